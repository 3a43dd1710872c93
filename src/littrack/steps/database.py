"""Bring a library's database to this version's schema, and check that it is whole."""

from __future__ import annotations

from pathlib import Path

from littrack.store import schema
from littrack.store.engine import open_engine, write_lock


def upgrade_database(url: str, folder: Path) -> tuple[str | None, str]:
    """Migrate to the newest schema; returns the revision before and after. Nothing is lost."""
    with write_lock(folder, "littrack db upgrade"):
        engine = open_engine(url, folder)
        before = schema.current(engine)
        if before != schema.HEAD:
            schema.upgrade(engine)
        schema.check(engine)
    return before, schema.HEAD


def check_database(url: str, folder: Path) -> list[str]:
    """How the database differs from what this version expects; empty when it does not.

    Raises:
        SchemaOutdated: it is at another version's schema.
        StoreError: it is damaged.
    """
    engine = open_engine(url, folder)
    schema.check(engine)
    return [*schema.differences(engine), *schema.damage(engine)]
