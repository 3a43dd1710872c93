"""A PostgreSQL library has one writer, wherever its writers' folders are."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from littrack.errors import StoreLocked
from littrack.store.locks import database_lock


def test_a_second_writer_is_told_what_the_first_one_does(engine: sa.Engine) -> None:
    if engine.dialect.name == "sqlite":
        with database_lock(engine, "one"), database_lock(engine, "two"):
            return  # the folder's lock keeps a SQLite library
    with database_lock(engine, "littrack ingest cat:cs.CL"):
        said = pytest.raises(StoreLocked, match=r"littrack ingest cat:cs\.CL")
        with said, database_lock(engine, "littrack import"):
            pytest.fail("two writers at once")
        with engine.connect() as conn:
            assert conn.scalar(sa.text("SELECT 1")) == 1, "readers are not stopped"
    with database_lock(engine, "littrack import"):
        pass


def test_the_lock_ends_with_an_error_inside(engine: sa.Engine) -> None:
    with pytest.raises(ValueError, match="inside"), database_lock(engine, "one"):
        raise ValueError("inside")
    with database_lock(engine, "two"):
        pass
