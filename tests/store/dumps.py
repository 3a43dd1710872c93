"""Everything a database holds, to be compared."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from littrack.store.tables import metadata

Dump = dict[str, list[tuple[Any, ...]]]

_FULL_TEXT = {
    "sqlite": 'SELECT doc, col, "offset", term FROM temp.words ORDER BY 1, 2, 3',
    "postgresql": "SELECT paper_id, lexemes::text, length FROM papers_fulltext ORDER BY paper_id",
}


def dump_rows(conn: sa.Connection) -> Dump:
    """Every row of every table that SQLAlchemy knows and the database has, in order of the key."""
    there = set(sa.inspect(conn).get_table_names())
    return {
        table.name: [
            tuple(row) for row in conn.execute(table.select().order_by(*table.primary_key))
        ]
        for table in metadata.sorted_tables
        if table.name in there
    }


def dump_full_text(conn: sa.Connection) -> list[tuple[Any, ...]]:
    """Which token of which paper stands where."""
    if conn.dialect.name == "sqlite":
        conn.exec_driver_sql(
            "CREATE VIRTUAL TABLE IF NOT EXISTS temp.words "
            "USING fts5vocab('main', 'papers_fts', 'instance')"
        )
    return [tuple(row) for row in conn.exec_driver_sql(_FULL_TEXT[conn.dialect.name])]


def dump(source: sa.Engine | sa.Connection) -> Dump:
    """Every row of every table, and the full text."""
    if isinstance(source, sa.Engine):
        with source.connect() as conn:
            return dump(conn)
    return dump_rows(source) | {"full text": dump_full_text(source)}
