from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

import littrack
from builders import a_paper, utc
from littrack.errors import InputError, OutputError, StoreError, StoreLocked
from littrack.store import engine as engine_module
from littrack.store.engine import begin, open_engine, write_lock
from littrack.store.papers import load_papers
from littrack.store.saving import save_papers
from littrack.store.schema import open_database

NOW = utc("2026-01-02")
SOURCE = str(Path(littrack.__file__).parent.parent)
HOLDER = """\
import sys
from pathlib import Path
from littrack.store.engine import write_lock
with write_lock(Path(sys.argv[1]), "littrack ingest"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path: Path) -> subprocess.Popen[str]:
    """Another process that holds the library until its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        env=os.environ | {"PYTHONPATH": SOURCE},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        if process.poll() is None:
            process.kill()


def test_a_second_process_is_told_who_holds_the_library_and_for_what(
    holder: subprocess.Popen[str], tmp_path: Path
) -> None:
    with pytest.raises(StoreLocked) as raised, write_lock(tmp_path, "littrack import"):
        pytest.fail("both hold the library")
    message = str(raised.value)
    assert "'littrack ingest'" in message
    assert f"process {holder.pid}" in message
    assert str(tmp_path) in message


def test_the_lock_of_a_killed_holder_is_free(holder: subprocess.Popen[str], tmp_path: Path) -> None:
    holder.send_signal(signal.SIGKILL)
    holder.wait(timeout=30)
    with write_lock(tmp_path, "littrack import"):
        told = json.loads((tmp_path / ".littrack.lock.json").read_text("utf-8"))
        assert (told["doing"], told["pid"]) == ("littrack import", os.getpid())


def test_the_lock_is_free_after_its_holder_is_done(
    holder: subprocess.Popen[str], tmp_path: Path
) -> None:
    holder.communicate("", timeout=30)
    assert holder.returncode == 0
    assert not (tmp_path / ".littrack.lock.json").exists()
    with write_lock(tmp_path, "littrack import"):
        pass


def test_an_error_inside_gives_the_lock_back(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), write_lock(tmp_path, "first"):
        raise ZeroDivisionError
    with write_lock(tmp_path, "second"):
        told = json.loads((tmp_path / ".littrack.lock.json").read_text("utf-8"))
    assert told["doing"] == "second"


def test_a_holder_that_cannot_be_read_still_locks(
    holder: subprocess.Popen[str], tmp_path: Path
) -> None:
    (tmp_path / ".littrack.lock.json").write_text("{", "utf-8")
    with pytest.raises(StoreLocked, match="another littrack process"), write_lock(tmp_path, "x"):
        pass


def test_a_library_folder_that_is_not_there_cannot_be_locked(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot write"), write_lock(tmp_path / "file" / "x", ""):
        pass


@pytest.mark.parametrize("garbage", [b"not a database at all " * 100, bytes(range(256)) * 40])
def test_a_file_of_garbage_is_not_taken_for_a_database(tmp_path: Path, garbage: bytes) -> None:
    (tmp_path / "library.db").write_bytes(garbage)
    with pytest.raises(StoreError, match=r"library\.db is damaged or not a SQLite database"):
        open_database("sqlite:///library.db", tmp_path)
    assert (tmp_path / "library.db").read_bytes() == garbage


def test_a_damaged_page_is_reported_as_damage(tmp_path: Path) -> None:
    engine = open_database("sqlite:///library.db", tmp_path)
    with begin(engine) as conn:
        batch = [a_paper(arxiv_id=f"2303.{i:05d}", title=f"Paper {i}") for i in range(200)]
        save_papers(conn, batch, NOW)
    engine.dispose()
    path = tmp_path / "library.db"
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\x99" * (len(content) - 4096))
    with pytest.raises(StoreError, match="damaged"):
        open_database("sqlite:///library.db", tmp_path)


def test_a_database_that_cannot_be_written_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = open_database("sqlite:///library.db", tmp_path)
    with begin(first) as conn:
        save_papers(conn, [a_paper()], NOW)
    first.dispose()
    content = (tmp_path / "library.db").read_bytes()
    files = sorted(path.name for path in tmp_path.iterdir())
    # what _is_writable answers on a read-only disk; root could write whatever the mode says
    monkeypatch.setattr(engine_module, "_is_writable", lambda path: False)
    engine = open_database("sqlite:///library.db", tmp_path)
    with engine.connect() as conn:
        assert [paper.title for paper in load_papers(conn, ["2303.00001"])] == [a_paper().title]
    with pytest.raises(OutputError, match=r"cannot write .*library\.db"), begin(engine) as conn:
        save_papers(conn, [a_paper(title="Another")], NOW)
    engine.dispose()
    assert (tmp_path / "library.db").read_bytes() == content
    assert sorted(path.name for path in tmp_path.iterdir()) == files


def test_a_file_without_the_right_to_write_is_opened_for_reading(tmp_path: Path) -> None:
    open_database("sqlite:///library.db", tmp_path).dispose()
    (tmp_path / "library.db").chmod(0o444)
    if os.access(tmp_path / "library.db", os.W_OK):
        pytest.skip("who runs the tests may write everywhere")
    engine = open_database("sqlite:///library.db", tmp_path)
    with pytest.raises(OutputError), begin(engine) as conn:
        save_papers(conn, [a_paper()], NOW)
    engine.dispose()


def test_a_database_in_no_folder_cannot_be_made(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="Is its folder there"):
        open_database("sqlite:///nowhere/library.db", tmp_path)


def test_a_relative_path_counts_from_the_library_and_an_absolute_one_does_not(
    tmp_path: Path,
) -> None:
    open_database("sqlite:///own.db", tmp_path)
    other = tmp_path / "elsewhere"
    other.mkdir()
    open_database(f"sqlite:///{other}/absolute.db", tmp_path)
    assert (tmp_path / "own.db").exists()
    assert (other / "absolute.db").exists()


def test_a_library_in_memory_is_one_for_all_connections(tmp_path: Path) -> None:
    engine = open_database("sqlite://", tmp_path)
    with begin(engine) as conn:
        save_papers(conn, [a_paper()], NOW)
    with engine.connect() as conn:
        assert len(load_papers(conn, ["2303.00001"])) == 1
    assert list(tmp_path.iterdir()) == []


def test_sqlite_keeps_foreign_keys_and_lets_readers_in_while_one_writes(
    sqlite_engine: sa.Engine,
) -> None:
    with sqlite_engine.connect() as conn:
        assert conn.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert conn.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    with begin(sqlite_engine) as writer:
        save_papers(writer, [a_paper()], NOW)
        with sqlite_engine.connect() as reader:
            assert load_papers(reader, ["2303.00001"]) == []


def test_a_second_writer_waits_and_then_says_that_it_is_locked(
    make_sqlite: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "BUSY_SECONDS", 0)
    engine = open_database("sqlite:///library.db", tmp_path)
    with (
        begin(engine),
        pytest.raises(StoreLocked, match="written by another program"),
        begin(engine),
    ):
        pass


def test_a_transaction_that_fails_leaves_nothing(engine: sa.Engine) -> None:
    with pytest.raises(ZeroDivisionError), begin(engine) as conn:
        save_papers(conn, [a_paper()], NOW)
        raise ZeroDivisionError
    with engine.connect() as conn:
        assert load_papers(conn, ["2303.00001"]) == []


@pytest.mark.parametrize("url", ["mysql://localhost/papers", "papers.db", ""])
def test_a_url_of_no_known_database_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(InputError, match=r"database\.url"):
        open_engine(url, tmp_path)


def test_a_server_that_does_not_answer_is_named_without_the_password(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(StoreError, match="cannot use the database") as raised:
        open_database("postgresql://me:geheim@127.0.0.1:1/papers", tmp_path)
    assert "127.0.0.1" in str(raised.value)
    assert "geheim" not in str(raised.value)


def test_times_without_a_zone_are_refused(engine: sa.Engine) -> None:
    naive = utc("2026-01-02").replace(tzinfo=None)
    with pytest.raises((ValueError, sa.exc.StatementError), match="naive"), begin(engine) as conn:
        save_papers(conn, [a_paper()], naive)
