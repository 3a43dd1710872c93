"""Counters in the database that files made from it are compared with.

An index remembers the counter it was made at; when the counter has moved on, it is behind.
"""

from __future__ import annotations

import sqlalchemy as sa

from littrack.store.tables import library_state


def count_change(conn: sa.Connection, key: str) -> None:
    """Note that what `key` names ("papers", "vectors:1") has changed in this transaction."""
    raised = (
        library_state.update()
        .where(library_state.c.key == key)
        .values(value=library_state.c.value + 1)
    )
    if not conn.execute(raised).rowcount:
        conn.execute(library_state.insert(), {"key": key, "value": 1})


def load_state(conn: sa.Connection, key: str) -> int:
    """The counter; 0 before the first change."""
    query = sa.select(library_state.c.value).where(library_state.c.key == key)
    return conn.scalar(query) or 0


def save_state(conn: sa.Connection, key: str, value: int) -> None:
    """Set a counter that is compared as a whole (a revision, say)."""
    changed = library_state.update().where(library_state.c.key == key).values(value=value)
    if not conn.execute(changed).rowcount:
        conn.execute(library_state.insert(), {"key": key, "value": value})
