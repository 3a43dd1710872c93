"""The version of the database's schema: check it in one query, migrate it with Alembic.

Alembic is imported only to migrate; opening a library that is up to date costs one SELECT.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from littrack.errors import SchemaOutdated, StoreError
from littrack.store.engine import begin, open_engine

HEAD = "0007"  # the newest revision in db/migrations/versions; a test compares the two


def open_database(url: str, folder: Path) -> sa.Engine:
    """An engine on a database that is at this version's schema; a new one is made.

    Raises:
        SchemaOutdated: it was made by another version of littrack.
        OutputError: it does not exist and cannot be made.
    """
    engine = open_engine(url, folder)
    if is_empty(engine):
        upgrade(engine)
    check(engine)
    return engine


def migrations_folder() -> Path:
    """Where the Alembic scripts are: inside an installed wheel, else in the checkout."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "_migrations", package.parent.parent / "db" / "migrations"):
        if (folder / "env.py").is_file():
            return folder
    raise StoreError(f"littrack's migrations are missing near {package}; reinstall littrack")


def current(engine: sa.Engine) -> str | None:
    """The revision that the database is at; None when no schema was ever made."""
    with engine.connect() as conn:
        if not sa.inspect(conn).has_table("alembic_version"):
            return None
        found: str | None = conn.scalar(sa.text("SELECT version_num FROM alembic_version"))
        return found


def is_empty(engine: sa.Engine) -> bool:
    """Whether there is no schema and no table of anyone else's either."""
    with engine.connect() as conn:
        return not set(sa.inspect(conn).get_table_names()) - {"alembic_version"}


def check(engine: sa.Engine) -> None:
    """Refuse a database that this littrack cannot use.

    Raises:
        SchemaOutdated: made by an older or a newer littrack.
        StoreError: it holds tables, but not littrack's.
    """
    found = current(engine)
    if found == HEAD:
        return
    if found is None:
        raise StoreError(
            "the database holds tables that are not littrack's; give littrack one of its own"
        )
    if found < HEAD:
        raise SchemaOutdated(
            f"the database has schema {found}, this littrack needs {HEAD}. Nothing was changed. "
            "Back it up and run: littrack db upgrade"
        )
    raise SchemaOutdated(
        f"the database has schema {found}, newer than this littrack knows ({HEAD}). "
        "Nothing was changed. Install the newer littrack that made it"
    )


def upgrade(engine: sa.Engine, revision: str = "head") -> None:
    """Bring the schema to `revision`, in one transaction where the database can."""
    from alembic import command

    with begin(engine) as conn:
        command.upgrade(_config(conn), revision)


def downgrade(engine: sa.Engine, revision: str) -> None:
    """Bring the schema back to `revision` ("base" = no tables)."""
    from alembic import command

    with begin(engine) as conn:
        command.downgrade(_config(conn), revision)


def differences(engine: sa.Engine) -> list[str]:
    """What the tables in the database lack or have beyond `tables.py`; empty when equal."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from littrack.store.tables import metadata

    with engine.connect() as conn:
        options = {"include_name": include_name, "compare_type": True}
        context = MigrationContext.configure(conn, opts=options)
        return [str(difference) for difference in compare_metadata(context, metadata)]


def damage(engine: sa.Engine) -> list[str]:
    """What SQLite's own check finds broken in the file and its full text; PostgreSQL needs none."""
    if engine.dialect.name != "sqlite":
        return []
    with engine.connect() as conn:
        found = [row[0] for row in conn.exec_driver_sql("PRAGMA quick_check(20)")]
        found += [f"{row[0]}: a row without its parent" for row in _orphans(conn)]
    return [line for line in found if line != "ok"]


def _orphans(conn: sa.Connection) -> list[Any]:
    return list(conn.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(20))


def include_name(name: str | None, kind: str, _parents: Any) -> bool:
    """Leave the full text's tables to the migrations: Alembic cannot compare virtual tables."""
    return kind != "table" or not (name or "").startswith(("papers_fts", "papers_fulltext"))


def _config(conn: sa.Connection) -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    config.attributes["connection"] = conn
    return config
