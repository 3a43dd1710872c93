"""Frozen editions in SQL: written once, never changed, checked when they are read."""

from __future__ import annotations

import hashlib
from datetime import datetime

import sqlalchemy as sa

from littrack.errors import InputError, NotFound, StoreError
from littrack.store.tables import editions


def save_edition(conn: sa.Connection, name: str, content: str, now: datetime) -> None:
    """Keep an edition as it is now.

    Raises:
        InputError: there is one of that name already.
    """
    if conn.scalar(sa.select(editions.c.name).where(editions.c.name == name)) is not None:
        raise InputError(f"there is an edition {name!r} already; editions are never overwritten")
    digest = hashlib.sha256(content.encode()).digest()
    row = {"name": name, "created_at": now, "content": content, "sha256": digest}
    conn.execute(editions.insert(), row)


def load_edition(conn: sa.Connection, name: str) -> str:
    """An edition's content, to the byte as it was frozen.

    Raises:
        NotFound: there is no such edition.
        StoreError: it is not what was frozen.
    """
    query = sa.select(editions.c.content, editions.c.sha256).where(editions.c.name == name)
    row = conn.execute(query).first()
    if row is None:
        known = ", ".join(item for item, _ in load_edition_names(conn))
        hint = f"known are {known}" if known else "make one: littrack edition create NAME"
        raise NotFound(f"there is no edition {name!r}; {hint}")
    content: str = row.content
    if hashlib.sha256(content.encode()).digest() != bytes(row.sha256):
        raise StoreError(f"edition {name!r} has been changed since it was frozen")
    return content


def load_edition_names(conn: sa.Connection) -> list[tuple[str, datetime]]:
    """Every edition and when it was frozen, oldest first."""
    query = sa.select(editions.c.name, editions.c.created_at)
    rows = conn.execute(query.order_by(editions.c.created_at, editions.c.name))
    return [(row.name, row.created_at) for row in rows]
