"""Something in every table, made from the tables themselves: new ones join by themselves."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from littrack.store.engine import begin
from littrack.store.fulltext import rebuild_fulltext
from littrack.store.tables import UTCDateTime, metadata

ROWS = 3  # the last has NULL wherever it may
TEXTS = ("É 思维链\n\u2028“a”", "a\\n'b'\t\U0001f600\x7f", "B;{}$1%s?:x")


def value_of(column: sa.Column[Any], number: int) -> Any:
    """The value of a column in the row of that number; what refers to it has the same."""
    for key in column.foreign_keys:
        return value_of(key.column, number)
    if column.table.name == "papers" and column.name == "version_id":
        return 1 + number % 2  # a version that has a text
    if number == ROWS and column.nullable:
        return None
    match column.type:
        case UTCDateTime():
            return datetime(2026, 11, number - 1 or 1, 3, 4, 5, (number % 2) * 6, tzinfo=UTC)
        case sa.JSON():
            return ["é", "思维链", "Ada"] if column.name != "counts" else {"n": 0.1 + 0.2}
        case sa.Boolean():
            return number % 2 == 1
        case sa.Integer():
            return number if not isinstance(column.type, sa.BigInteger) else 2**62 + number
        case sa.Float():
            return number / 3
        case sa.LargeBinary():
            return bytes([0, 255, 10, 39, 92, number])
        case sa.String():
            return (str(number) + TEXTS[number - 1])[: column.type.length]
    raise TypeError(f"no value for {column}")


def fill_every_table(engine: sa.Engine) -> None:
    """Three rows each, and the full text of the papers."""
    with begin(engine) as conn:
        for table in metadata.sorted_tables:
            rows = [
                {column.name: value_of(column, number) for column in table.c}
                for number in range(1, ROWS + 1)
            ]
            conn.execute(table.insert(), rows)
        rebuild_fulltext(conn)
