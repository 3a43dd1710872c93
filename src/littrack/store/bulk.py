"""Insert many rows; on SQLite without SQLAlchemy's work per row, which costs more than the insert.

Times and JSON are written exactly as the types in tables.py write them; a test compares the two.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from littrack.store.tables import UTCDateTime, sqlite_time

Row = Mapping[str, Any]


def insert_rows(conn: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> None:
    """Insert rows that name every column of the table."""
    if not rows:
        return
    if conn.dialect.name != "sqlite":
        conn.execute(table.insert(), list(rows))
        return
    names = table.c.keys()
    converters = [(place, _CONVERTERS.get(type(c.type))) for place, c in enumerate(table.c)]
    converting = [(place, convert) for place, convert in converters if convert is not None]
    values = [_converted([row[name] for name in names], converting) for row in rows]
    insert_tuples(conn, table, values)


def insert_tuples(conn: sa.Connection, table: sa.Table, rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows of plain numbers and texts (or what the driver takes) in column order."""
    if not rows:
        return
    mark = "?" if conn.dialect.name == "sqlite" else "%s"
    columns, marks = ", ".join(table.c.keys()), ", ".join([mark] * len(table.c))
    statement = f"INSERT INTO {table.name} ({columns}) VALUES ({marks})"
    conn.exec_driver_sql(statement, [tuple(row) for row in rows])


def _converted(
    row: list[Any], converting: Sequence[tuple[int, Callable[[Any], Any]]]
) -> Sequence[Any]:
    for place, convert in converting:
        if row[place] is not None:
            row[place] = convert(row[place])
    return row


_CONVERTERS: dict[type, Callable[[Any], Any]] = {UTCDateTime: sqlite_time, sa.JSON: json.dumps}
