"""Open the library's database: SQLite with the settings that survive a crash, or PostgreSQL.

The only place where driver errors become littrack's, and where a writer takes the library's lock.
"""

from __future__ import annotations

import json
import os
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from littrack.errors import InputError, LittrackError, OutputError, StoreError, StoreLocked

# A reader never waits (WAL); a writer waits this long for another one before it gives up.
BUSY_SECONDS = 30


def open_engine(url: str, folder: Path) -> sa.Engine:
    """An engine for `url`; a relative SQLite path is taken from the library's `folder`.

    A SQLite file in a folder that cannot be written is opened read-only. Nothing is created here
    except an empty SQLite file; see schema.py.
    """
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError as exc:
        raise InputError(f"database.url is not a database URL: {url!r}") from exc
    if parsed.get_backend_name() == "postgresql":
        return _open_postgresql(parsed)
    if parsed.get_backend_name() != "sqlite":
        raise InputError(
            f"database.url names {parsed.get_backend_name()!r}: littrack keeps its library in "
            "sqlite:///... or postgresql+psycopg://..."
        )
    path = folder / parsed.database if parsed.database else None
    return _open_sqlite(path)


def _open_sqlite(path: Path | None) -> sa.Engine:
    target, uri = ":memory:", False
    if path is not None:
        target = str(path)
        if path.exists() and not _is_writable(path):
            target, uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1", True

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(
            target, uri=uri, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )

    pool = sa.pool.StaticPool if path is None else sa.pool.QueuePool
    engine = sa.create_engine("sqlite://", creator=connect, poolclass=pool)
    sa.event.listen(engine, "connect", _prepare_read_only if uri else _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    _translate_errors(engine, "the database" if path is None else str(path))
    return engine


def _is_writable(path: Path) -> bool:
    """Whether SQLite could write here: it needs the file and, for its journal, the folder.

    Asked by opening, not by `os.access`, which does not know of read-only mounts everywhere.
    """
    try:
        with path.open("r+b"):
            pass
        probe = path.with_name(f".{path.name}.{os.getpid()}.probe")
        probe.touch()
        probe.unlink()
    except OSError:
        return False
    return True


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",  # safe with WAL: a crash loses no consistency
        "foreign_keys=ON",
        f"busy_timeout={BUSY_SECONDS * 1000}",
        "cache_size=-65536",  # 64 MiB
        "temp_store=MEMORY",
        "wal_autocheckpoint=8000",  # pages; fewer, larger copies into the database during imports
    ):
        connection.execute(f"PRAGMA {pragma}")


def _prepare_read_only(connection: sqlite3.Connection, _record: Any) -> None:
    connection.execute("PRAGMA query_only=ON")


def _begin_sqlite(connection: sa.Connection) -> None:
    """Begin ourselves: pysqlite would not put DDL into a transaction.

    A writer asks for the write lock at once, so that it waits here and not in the middle.
    """
    writing = connection.get_execution_options().get("littrack_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _open_postgresql(url: sa.URL) -> sa.Engine:
    try:
        engine = sa.create_engine(url.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
    except ModuleNotFoundError as exc:
        raise StoreError(
            "PostgreSQL needs the psycopg driver. Run: pip install 'littrack[postgres]'"
        ) from exc
    _translate_errors(engine, url.render_as_string(hide_password=True))
    return engine


@contextmanager
def begin(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that will write; commits at the end, rolls back on any exception."""
    with engine.connect().execution_options(littrack_writes=True) as conn, conn.begin():
        yield conn


def _translate_errors(engine: sa.Engine, name: str) -> None:
    """Make driver errors ours as they enter, whatever statement raised them."""

    @sa.event.listens_for(engine, "handle_error")
    def _(context: sa.engine.ExceptionContext) -> None:
        error = translate(context.original_exception, name)
        if error is not None:
            raise error from context.original_exception


def translate(exc: BaseException | None, name: str) -> LittrackError | None:
    """The littrack error for a driver's, or None when it is a mistake in our own SQL."""
    message = str(exc).strip().splitlines()[0] if exc and str(exc).strip() else ""
    low = message.lower()
    if "readonly database" in low or "unable to open database" in low or "read-only" in low:
        return OutputError(f"cannot write {name}: {message}. Is its folder there and writable?")
    if "disk is full" in low or "disk i/o error" in low or "no space left" in low:
        return OutputError(f"cannot write {name}: {message}")
    if "database is locked" in low or "database table is locked" in low:
        return StoreLocked(f"{name} is being written by another program; try again when it is done")
    if "not a database" in low or "malformed" in low or "file is encrypted" in low:
        return StoreError(
            f"{name} is damaged or not a SQLite database ({message}). Restore it from a backup, "
            "or move it away and import again; index files can always be made from it"
        )
    if type(exc).__module__.startswith("psycopg") and type(exc).__name__ == "OperationalError":
        return StoreError(f"cannot use the database {name}: {message}")
    return None


@contextmanager
def write_lock(folder: Path, doing: str) -> Iterator[None]:
    """Hold the library for writing: one process at a time, readers are never stopped.

    The operating system frees the lock when its holder dies, so a killed run leaves none behind.

    Raises:
        StoreLocked: another process holds it; the message says which, since when and for what.
        OutputError: the folder cannot be written.
    """
    with _lock(folder, ".littrack.lock", doing, "being written"):
        yield


@contextmanager
def schedule_lock(folder: Path, doing: str) -> Iterator[None]:
    """Be the library's only scheduler; readers and writers are not stopped.

    Raises:
        StoreLocked, OutputError: as `write_lock`.
    """
    with _lock(folder, ".littrack.schedule.lock", doing, "being scheduled"):
        yield


@contextmanager
def _lock(folder: Path, name: str, doing: str, state: str) -> Iterator[None]:
    from filelock import FileLock, Timeout

    path, who = folder / name, folder / f"{name}.json"
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout as exc:
        held = f"the library {folder} is {state} by {_holder(who)}"
        raise StoreLocked(f"{held}; try again later") from exc
    except (OSError, NotImplementedError) as exc:
        raise OutputError(f"cannot write to the library {folder}: {exc}") from exc
    try:
        with _as_output_error(folder):
            since = datetime.now(UTC).isoformat(timespec="seconds")
            holder = {"pid": os.getpid(), "host": socket.gethostname(), "since": since}
            who.write_text(json.dumps(holder | {"doing": doing}), "utf-8")
        yield
    finally:
        who.unlink(missing_ok=True)
        lock.release()


@contextmanager
def _as_output_error(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise OutputError(f"cannot write to the library {folder}: {exc.strerror}") from exc


def _holder(who: Path) -> str:
    try:
        holder = json.loads(who.read_text("utf-8"))
        return (
            f"'{holder['doing']}' (process {holder['pid']} on {holder['host']}, "
            f"since {holder['since']})"
        )
    except (OSError, ValueError, KeyError):
        return "another littrack process"
