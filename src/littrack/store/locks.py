"""One writer for a PostgreSQL library, whichever machine and folder it writes from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from littrack.errors import StoreLocked

_KEY = 0x6C697474  # "litt": the advisory lock of this database; no other program uses it
_NAME = "littrack: "


@contextmanager
def database_lock(engine: sa.Engine, doing: str) -> Iterator[None]:
    """Hold a PostgreSQL database for writing; readers are never stopped. Nothing on SQLite.

    A SQLite library is one folder, and `engine.write_lock` keeps it. The lock is the server's own
    (an advisory lock of a session), so it ends with its holder's connection, however that dies.

    Raises:
        StoreLocked: another process holds it; the message says what it does, from where.
    """
    if engine.dialect.name != "postgresql":
        yield
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        if not conn.scalar(sa.select(sa.func.pg_try_advisory_lock(_KEY))):
            raise StoreLocked(f"the database is {_holder(conn)}; try again later")
        named = sa.func.set_config("application_name", (_NAME + doing)[:63], False)
        before = conn.scalar(sa.func.current_setting("application_name"))
        conn.execute(sa.select(named))
        try:
            yield
        finally:
            conn.execute(sa.select(sa.func.set_config("application_name", before, False)))
            conn.execute(sa.select(sa.func.pg_advisory_unlock(_KEY)))


def _holder(conn: sa.Connection) -> str:
    query = sa.text(
        "SELECT a.application_name, a.client_addr, a.backend_start FROM pg_locks l "
        "JOIN pg_stat_activity a ON a.pid = l.pid "
        "WHERE l.locktype = 'advisory' AND l.objid = :key AND l.granted "
        "AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    row = conn.execute(query, {"key": _KEY}).first()
    if row is None:
        return "being written by another littrack process"
    doing = row.application_name.removeprefix(_NAME) or "littrack"
    where = row.client_addr or "this machine"
    return (
        f"being written by '{doing}' (from {where}, connected since {row.backend_start:%H:%M:%S})"
    )
