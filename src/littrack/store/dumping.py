"""The rows of every table as lines of JSON that SQLite and PostgreSQL both give and take back.

A line is one row, an array in the order of its shape's columns, in the order of the key: times as
``2022-01-28T17:49:20Z``, bytes in base64, JSON as it is. The same rows are the same bytes in either
database. Full text is not among them: it is made from the papers.
"""

from __future__ import annotations

import binascii
import hashlib
import json
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from littrack.errors import InputError
from littrack.store import schema
from littrack.store.bulk import insert_tuples
from littrack.store.engine import open_engine
from littrack.store.fulltext import rebuild_fulltext
from littrack.store.tables import UTCDateTime, metadata

# Rows that migrations put into a new database themselves.
SEEDED = ("library_state",)
_SPANS = ("starts_at", "ends_at")  # what was asked for, not when
_READ_ROWS = 500
_WRITTEN_ROWS, _WRITTEN_BYTES = 2_000, 4_000_000  # of one INSERT
_UTC_LENGTH = 26  # UTCDateTime is VARCHAR(26) in SQLite, and nothing else is


@dataclass(frozen=True, slots=True)
class Shape:
    """A table as a dump knows it: the kind of each column's values, and the columns of its key.

    Kinds are "int", "float", "bool", "text", "bytes", "json" and "time".
    """

    name: str
    columns: Mapping[str, str]
    key: tuple[str, ...]


def find_shapes(revision: str) -> list[Shape]:
    """Every table of the schema at `revision`, parents first; derived ones are left out.

    Raises:
        InputError: there is no such schema.
    """
    if revision == schema.HEAD:
        return [_shape(table) for table in metadata.sorted_tables]
    return reflect_shapes(revision)


def reflect_shapes(revision: str) -> list[Shape]:
    """The same, from a database that the migrations make for it, in memory."""
    from alembic.util import CommandError

    empty = open_engine("sqlite://", Path())
    try:
        schema.upgrade(empty, revision)
    except CommandError as exc:
        raise InputError(f"schema {revision!r} is none of littrack's") from exc
    reflected = sa.MetaData()
    with empty.connect() as conn:
        reflected.reflect(conn, only=lambda name, _: _is_kept(name))
    empty.dispose()
    return [_shape(table) for table in reflected.sorted_tables]


def _is_kept(name: str) -> bool:
    return name != "alembic_version" and schema.include_name(name, "table", None)


def _shape(table: sa.Table) -> Shape:
    """Columns in the order of tables.py as far as it knows them; migrations may add at the end."""
    known = metadata.tables.get(table.name)
    order = [] if known is None else known.c.keys()
    names = sorted(table.c.keys(), key=lambda name: order.index(name) if name in order else 999)
    kinds = {}
    for name in names:
        best = known.c[name] if known is not None and name in known.c else table.c[name]
        kinds[name] = _kind(best)
    return Shape(table.name, kinds, tuple(name for name in names if table.c[name].primary_key))


def _kind(column: sa.Column[Any]) -> str:
    was_time = isinstance(column.type, sa.String) and column.type.length == _UTC_LENGTH
    if was_time or isinstance(column.type, UTCDateTime):
        return "time"
    for kind, types in _TYPES.items():
        if isinstance(column.type, types):
            return kind
    raise TypeError(f"{column.type!r} ({column}) has no portable form yet: give it one in _TYPES")


_TYPES: Mapping[str, Any] = {
    "bool": sa.Boolean,
    "int": sa.Integer,
    "float": sa.Float,
    "json": sa.JSON,
    "bytes": sa.LargeBinary,
    "text": sa.String,
}


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that sees one state of the database and holds up nobody."""
    with engine.connect() as conn:
        if conn.dialect.name == "postgresql":
            conn.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with conn.begin():
            yield conn


def load_strangers(conn: sa.Connection, shapes: Sequence[Shape]) -> list[str]:
    """Tables in the database that are not littrack's."""
    there = {name for name in sa.inspect(conn).get_table_names() if _is_kept(name)}
    return sorted(there - {shape.name for shape in shapes})


def count_rows(conn: sa.Connection, shapes: Iterable[Shape]) -> dict[str, int]:
    """The number of rows by table."""
    return {
        shape.name: conn.scalar(sa.select(sa.func.count()).select_from(sa.table(shape.name))) or 0
        for shape in shapes
    }


def load_newest(conn: sa.Connection, shapes: Iterable[Shape]) -> str | None:
    """When something was last recorded in the library, by the times it keeps of that."""
    found = []
    for shape in shapes:
        for name, kind in shape.columns.items():
            if kind == "time" and name.endswith("_at") and name not in _SPANS:
                newest: sa.Select[Any] = sa.select(sa.func.max(sa.column(name))).select_from(
                    sa.table(shape.name)
                )
                found.append(conn.scalar(newest))
    convert = _FROM_DATABASE[conn.dialect.name]["time"]
    return max((convert(value) for value in found if value is not None), default=None)


def load_encoders(conn: sa.Connection) -> list[dict[str, Any]]:
    """The encoders that vectors were made by, with their number."""
    encoders, vectors = metadata.tables["encoders"], metadata.tables["vectors"]
    number = sa.select(sa.func.count()).where(vectors.c.encoder_id == encoders.c.id)
    query = sa.select(encoders, number.scalar_subquery().label("vectors")).order_by(encoders.c.id)
    return [dict(row) for row in conn.execute(query).mappings()]


# --- rows -> lines --------------------------------------------------------------------------------

Converter = Callable[[Any], Any]


def load_lines(conn: sa.Connection, shape: Shape) -> Iterator[tuple[int, bytes]]:
    """The rows in the order of the key, some at a time: how many, and their lines."""
    converters = _FROM_DATABASE[conn.dialect.name]
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    result = conn.execute(
        _select(shape, conn.dialect.name), execution_options={"yield_per": _READ_ROWS}
    )
    for rows in result.partitions():
        lines = [encode(row) for row in _converted(map(list, rows), shape, converters)]
        yield len(lines), ("\n".join(lines) + "\n").encode()


def hash_lines(conn: sa.Connection, shape: Shape) -> str:
    """The SHA-256 of a table's lines."""
    digest = hashlib.sha256()
    for _, chunk in load_lines(conn, shape):
        digest.update(chunk)
    return digest.hexdigest()


def _select(shape: Shape, dialect: str) -> sa.Select[Any]:
    """Columns without types: what the driver gives is converted here, once."""
    columns: list[sa.ColumnClause[Any]] = [sa.column(name) for name in shape.columns]
    # Bytes, not words: PostgreSQL's own order of texts differs from one machine to the next.
    order: list[Any] = [
        sa.collate(sa.column(name), "C")
        if dialect == "postgresql" and shape.columns[name] == "text"
        else sa.column(name)
        for name in shape.key
    ]
    return sa.select(*columns).select_from(sa.table(shape.name)).order_by(*order)


def _converted(
    rows: Iterable[list[Any]], shape: Shape, converters: Mapping[str, Converter]
) -> Iterator[list[Any]]:
    converting = [
        (place, converters[kind])
        for place, kind in enumerate(shape.columns.values())
        if kind in converters
    ]
    for row in rows:
        for place, convert in converting:
            if row[place] is not None:
                row[place] = convert(row[place])
        yield row


def _base64(value: bytes) -> str:
    return b64encode(value).decode("ascii")


def _portable_time(value: datetime) -> str:
    return value.astimezone(UTC).isoformat()[:-6] + "Z"


_FROM_DATABASE: Mapping[str, Mapping[str, Converter]] = {
    "sqlite": {
        "bool": bool,
        "bytes": _base64,
        "json": json.loads,
        "time": lambda text: f"{text[:10]}T{text[11:]}Z",
    },
    "postgresql": {"bytes": _base64, "time": _portable_time},
}


# --- lines -> rows --------------------------------------------------------------------------------


def find_row(line: bytes, shape: Shape) -> list[Any]:
    """The values of a line.

    Raises:
        ValueError: it is no row of this shape.
    """
    row = json.loads(line)
    if not isinstance(row, list) or len(row) != len(shape.columns):
        raise ValueError(f"not {len(shape.columns)} values")
    return row


def clear_rows(conn: sa.Connection, shapes: Sequence[Shape]) -> None:
    """Delete what a migration put in."""
    for shape in reversed(shapes):
        conn.execute(sa.delete(sa.table(shape.name)))


def save_lines(conn: sa.Connection, shape: Shape, lines: Iterable[bytes]) -> Iterator[int]:
    """Insert the rows; yields how many are in, batch by batch.

    Raises:
        InputError: a line is no row of this table, or the database does not take it.
    """
    table = sa.Table(shape.name, sa.MetaData(), *map(sa.Column, shape.columns))
    converters = _TO_DATABASE[conn.dialect.name]
    done = 0
    for batch in _batches(lines):
        try:
            rows = [find_row(line, shape) for line in batch]
            insert_tuples(conn, table, list(_converted(rows, shape, converters)))
        except (ValueError, TypeError, AttributeError, OverflowError) as exc:
            what = f"rows {done + 1} to {done + len(batch)} of {shape.name} cannot be read: {exc}"
            raise InputError(what) from exc
        except _REFUSALS as exc:
            first = str(exc.orig).strip().splitlines()[0]
            what = f"rows {done + 1} to {done + len(batch)} of {shape.name}"
            raise InputError(f"the database does not take {what}: {first}") from exc
        done += len(batch)
        yield done


_REFUSALS = (
    sa.exc.IntegrityError,
    sa.exc.DataError,
    sa.exc.ProgrammingError,
    sa.exc.InterfaceError,
)


def _batches(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    size = 0
    for line in lines:
        batch.append(line)
        size += len(line)
        if len(batch) == _WRITTEN_ROWS or size >= _WRITTEN_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _bytes(text: str) -> bytes:
    return binascii.a2b_base64(text, strict_mode=True)


def _time(text: str) -> str:
    """The time, if it is one; PostgreSQL would also take "yesterday"."""
    if not text.endswith("Z"):
        raise ValueError(f"{text!r} is no time in UTC")
    datetime.fromisoformat(text)
    return text


def _sqlite_time(text: str) -> str:
    """As `tables.sqlite_time` writes it."""
    return _time(text)[:-1].replace("T", " ")


_TO_DATABASE: Mapping[str, Mapping[str, Converter]] = {
    "sqlite": {"bytes": _bytes, "json": json.dumps, "time": _sqlite_time},
    "postgresql": {"bytes": _bytes, "json": json.dumps, "time": _time},
}


def refill_fulltext(conn: sa.Connection) -> None:
    """Make the full text from the papers, where the schema has it already."""
    if sa.inspect(conn).has_table(_FULLTEXT[conn.dialect.name]):
        rebuild_fulltext(conn)


_FULLTEXT = {"sqlite": "papers_fts", "postgresql": "papers_fulltext"}
