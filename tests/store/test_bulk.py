"""The fast way of inserting rows writes exactly what SQLAlchemy's types write."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from littrack.store.bulk import insert_rows
from littrack.store.engine import begin
from littrack.store.tables import papers, source_runs

EAST = timezone(timedelta(hours=8))


def a_run(number: int) -> dict[str, object]:
    return {
        "id": number,
        "source": "import",
        "target": "论文.jsonl",
        "status": "running",
        "checkpoint": {"line": 3, "名": ["é", None, 1.5]},
        "counts": {},
        "note": None,
        "started_at": datetime(2026, 11, 20, 20, 15, 1, 250_000, tzinfo=EAST),
        "finished_at": None,
    }


def test_times_json_and_nulls_are_stored_as_the_types_store_them(engine: sa.Engine) -> None:
    with begin(engine) as conn:
        insert_rows(conn, source_runs, [a_run(1)])
        conn.execute(source_runs.insert(), a_run(2))
        raw = [
            tuple(row)[1:]
            for row in conn.exec_driver_sql("SELECT * FROM source_runs ORDER BY id").all()
        ]
        typed = conn.execute(sa.select(source_runs).order_by(source_runs.c.id)).all()
    assert raw[0] == raw[1]
    assert typed[0].started_at == datetime(2026, 11, 20, 12, 15, 1, 250_000, tzinfo=UTC)
    assert typed[0].checkpoint == {"line": 3, "名": ["é", None, 1.5]}


def test_a_row_that_lacks_a_column_is_refused(sqlite_engine: sa.Engine) -> None:
    with begin(sqlite_engine) as conn, pytest.raises(KeyError):
        insert_rows(conn, papers, [{"id": 1}])


def test_a_naive_time_is_refused(sqlite_engine: sa.Engine) -> None:
    naive = a_run(1) | {"started_at": datetime(2026, 11, 20)}
    with begin(sqlite_engine) as conn, pytest.raises(ValueError, match="naive"):
        insert_rows(conn, source_runs, [naive])
