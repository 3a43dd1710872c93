"""A library goes into one file and comes back, on another database too, whatever happens."""

from __future__ import annotations

import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from dumps import dump
from every_table import fill_every_table
from papers_on_disk import many_papers, write_lines

from littrack.errors import InputError, NotFound, OutputError, SchemaOutdated, StoreError
from littrack.settings import Loaded, load_settings
from littrack.steps.embed import embed_papers
from littrack.steps.import_files import import_file
from littrack.steps.opening import OpenLibrary, open_library
from littrack.steps.snapshot import (
    create_snapshot,
    mask_passwords,
    name_snapshot,
    restore_snapshot,
    verify_snapshot,
)
from littrack.store import schema
from littrack.store.engine import begin, open_engine, write_lock
from littrack.store.tables import metadata, tombstones

SETTINGS = '# 我的库\n[survey]\nname = "综述"\n'


@pytest.fixture
def backend() -> str:
    """Both databases are made by the tests themselves."""
    return "sqlite"


def settings_of(folder: Path, url: str | None = None) -> Callable[[], Loaded]:
    environment = {} if url is None else {"LITTRACK_DATABASE__URL": url}
    return lambda: load_settings(folder, environment, {"library": str(folder)})


def snapshot_of(library: OpenLibrary, path: Path) -> str:
    return create_snapshot(library.settings.database.url, library.folder, path).address


def url_of(engine: sa.Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


@pytest.fixture
def full(library: OpenLibrary) -> OpenLibrary:
    """A library with three rows in every table, settings and curation files."""
    fill_every_table(library.engine)
    (library.folder / "littrack.toml").write_text(SETTINGS, "utf-8")
    (library.folder / "aliases.yaml").write_text("思维链: [CoT]\n", "utf-8")
    (library.folder / "mine.bib").write_bytes(b"@misc{a, title = {\xff}}\r\n")
    (library.folder / "notes.md").write_text("not curation")
    return library


@pytest.fixture
def file(full: OpenLibrary, tmp_path: Path) -> Path:
    """Its snapshot."""
    snapshot_of(full, tmp_path / "file.zip")
    return tmp_path / "file.zip"


def rewrite(path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """The same zip with other members."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def edit_manifest(path: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    def edit(members: dict[str, bytes]) -> None:
        manifest = json.loads(members["manifest.json"])
        change(manifest)
        members["manifest.json"] = json.dumps(manifest).encode()

    return rewrite(path, edit)


# --- there and back -------------------------------------------------------------------------------


def test_a_library_comes_back_with_everything(
    full: OpenLibrary, file: Path, tmp_path: Path
) -> None:
    report = restore_snapshot(file, tmp_path / "again", settings_of(tmp_path / "again"))
    tables = len(metadata.tables)
    rows = 3 * tables + 1  # the revision of the full text's tokens
    assert report.counts == {"tables": tables, "rows": rows, "files": 3}
    assert report.warnings == ()
    again = open_library(settings_of(tmp_path / "again")())
    assert dump(again.engine) == dump(full.engine)
    assert schema.damage(again.engine) == schema.differences(again.engine) == []
    for name in ("littrack.toml", "aliases.yaml", "mine.bib"):
        assert (again.folder / name).read_bytes() == (full.folder / name).read_bytes()
    assert not (again.folder / "notes.md").exists()


@pytest.mark.postgres
def test_sqlite_to_postgresql_to_sqlite_is_the_same_library_and_the_same_bytes(
    full: OpenLibrary, file: Path, tmp_path: Path, make_postgresql: Callable[[str], sa.Engine]
) -> None:
    server = make_postgresql("template0")
    moved = tmp_path / "moved"
    report = restore_snapshot(file, moved, settings_of(moved, url_of(server)))
    assert len(report.warnings) == 1
    assert "(environment LITTRACK_DATABASE__URL); littrack.toml does not" in report.warnings[0]
    create_snapshot(url_of(server), moved, tmp_path / "second.zip")
    restore_snapshot(tmp_path / "second.zip", tmp_path / "back", settings_of(tmp_path / "back"))
    back = open_library(settings_of(tmp_path / "back")())
    assert dump(back.engine) == dump(full.engine)
    snapshot_of(back, tmp_path / "third.zip")
    assert file.read_bytes() == (tmp_path / "second.zip").read_bytes()
    assert file.read_bytes() == (tmp_path / "third.zip").read_bytes()


def test_the_same_state_is_the_same_file_and_a_change_is_another_address(
    full: OpenLibrary, file: Path, tmp_path: Path
) -> None:
    again = snapshot_of(full, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == file.read_bytes()
    assert again == hashlib.sha256(zipfile.ZipFile(file).read("manifest.json")).hexdigest()
    (full.folder / "aliases.yaml").write_text("思维链: [CoT, 链]\n", "utf-8")
    assert snapshot_of(full, tmp_path / "other.zip") != again


def test_every_table_is_in_the_file_and_nothing_derived(file: Path) -> None:
    names = zipfile.ZipFile(file).namelist()
    tables = {f"database/{name}.jsonl" for name in metadata.tables}
    files = {"settings/littrack.toml", "curation/aliases.yaml", "curation/mine.bib"}
    assert set(names) == tables | files | {"manifest.json"}
    assert len(names) == len(set(names))


@pytest.mark.parametrize("revision", ["0001", "0002"])
def test_an_older_schema_is_backed_up_as_it_is_and_migrated_when_restored(
    full: OpenLibrary, tmp_path: Path, revision: str
) -> None:
    before = dump(full.engine)
    tables = reversed(metadata.sorted_tables)  # children before their parents
    since = [table.name for table in tables if table.name not in old_tables(revision)]
    with begin(full.engine) as conn:
        for name in since:
            conn.execute(metadata.tables[name].delete())
    schema.downgrade(full.engine, revision)
    snapshot_of(full, tmp_path / "old.zip")
    assert verify_snapshot(tmp_path / "old.zip", deep=True).is_sound
    open_library(settings_of(tmp_path / "new")()).engine.dispose()  # empty, at the newest schema
    restore_snapshot(tmp_path / "old.zip", tmp_path / "new", settings_of(tmp_path / "new"))
    again = open_library(settings_of(tmp_path / "new")())
    assert schema.current(again.engine) == schema.HEAD
    assert dump(again.engine) == before | {name: [] for name in since}
    assert schema.differences(again.engine) == []


def old_tables(revision: str) -> set[str]:
    from littrack.store.dumping import find_shapes

    return {shape.name for shape in find_shapes(revision)}


def test_imported_papers_and_their_vectors_are_found_again(
    library: OpenLibrary, tmp_path: Path
) -> None:
    import_file(library, write_lines(tmp_path / "papers.jsonl", many_papers(700)))
    embed_papers(library)
    snapshot_of(library, tmp_path / "papers.zip")
    seen: list[tuple[str, float]] = []
    new = tmp_path / "new"
    restore_snapshot(tmp_path / "papers.zip", new, settings_of(new), lambda *a: seen.append(a[:2]))
    again = open_library(settings_of(new)())
    assert dump(again.engine) == dump(library.engine)
    assert embed_papers(again).counts == {"embedded": 0}
    rows = [done for task, done in seen if task == "restoring rows"]
    assert rows == sorted(rows) and rows[-1] > 2_000


# --- creating -------------------------------------------------------------------------------------


def test_a_file_that_is_there_is_never_overwritten(full: OpenLibrary, file: Path) -> None:
    before = file.read_bytes()
    with pytest.raises(OutputError, match="is there already"):
        snapshot_of(full, file)
    assert file.read_bytes() == before


def test_a_failed_snapshot_leaves_no_file(
    full: OpenLibrary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("littrack.steps.snapshot._read_own_files", lambda folder: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        snapshot_of(full, tmp_path / "a.zip")
    assert [path.name for path in tmp_path.glob("*a.zip*")] == []
    with pytest.raises(OutputError, match="cannot write"):
        snapshot_of(full, tmp_path / "absent" / "a.zip")


def test_a_library_that_is_being_written_can_be_backed_up(
    full: OpenLibrary, tmp_path: Path
) -> None:
    with write_lock(full.folder, "a long import"), begin(full.engine) as conn:
        stones = tombstones.select()
        row = conn.execute(stones).mappings().first()
        assert row is not None
        conn.execute(tombstones.insert(), dict(row) | {"arxiv_id": "not committed"})
        snapshot_of(full, tmp_path / "a.zip")
    lines = zipfile.ZipFile(tmp_path / "a.zip").read("database/tombstones.jsonl")
    assert len(lines.splitlines()) == 3


def test_a_folder_without_a_library_is_not_backed_up(tmp_path: Path) -> None:
    for folder in (tmp_path / "absent", tmp_path):
        with pytest.raises(NotFound):
            create_snapshot("sqlite:///littrack.db", folder, tmp_path / "a.zip")
    assert not (tmp_path / "a.zip").exists()


def test_the_table_of_another_program_is_left_out_and_named(
    full: OpenLibrary, tmp_path: Path
) -> None:
    with begin(full.engine) as conn:
        conn.exec_driver_sql("CREATE TABLE recipes (id INTEGER)")
    made = create_snapshot(full.settings.database.url, full.folder, tmp_path / "a.zip")
    assert made.report.warnings == (
        "recipes: this table is not littrack's, and not in the snapshot",
    )
    assert verify_snapshot(made.path, deep=True).is_sound


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ('# url = "postgresql://me:pa/ss@w@host/db"', '# url = "postgresql://me:***@host/db"'),
        ("api = 'https://me:secret@proxy/api?x=1'", "api = 'https://me:***@proxy/api?x=1'"),
        ('url = "postgresql://h/d?password=s&x=1"', 'url = "postgresql://h/d?password=***&x=1"'),
        ('a = "postgresql+psycopg://me@host/db" # b@c', None),
        ("url = {http://localhost:8080/@me}, see a:b@c", None),
        ('"postgresql://host:5432/x" and me@example.org', None),
    ],
)
def test_passwords_of_urls_are_masked_and_nothing_else(written: str, kept: str | None) -> None:
    masked = mask_passwords(written.encode()).decode()
    assert masked == (kept or written)
    assert mask_passwords(masked.encode()).decode() == masked


def test_a_password_in_a_file_is_not_in_the_snapshot_and_this_is_said(
    full: OpenLibrary, tmp_path: Path
) -> None:
    secret = '# url = "postgresql+psycopg://me:hunter2@host/papers"\n'
    (full.folder / "littrack.toml").write_text(secret, "utf-8")
    made = create_snapshot(full.settings.database.url, full.folder, tmp_path / "a.zip")
    words = "littrack.toml: passwords in it are not in the snapshot"
    assert words in made.report.warnings[0]
    with zipfile.ZipFile(made.path) as archive:
        assert not [name for name in archive.namelist() if b"hunter2" in archive.read(name)]
    report = restore_snapshot(made.path, tmp_path / "new", settings_of(tmp_path / "new"))
    assert words in report.warnings[0]


def test_the_name_of_a_snapshot_tells_of_what_and_when(full: OpenLibrary) -> None:
    assert name_snapshot(full.folder, full.now()) == "library-20261120T120000Z.littrack.zip"
    assert name_snapshot(Path("/"), full.now()) == "library-20261120T120000Z.littrack.zip"


# --- verifying ------------------------------------------------------------------------------------


def test_a_sound_snapshot_is_found_sound(full: OpenLibrary, file: Path) -> None:
    for deep in (False, True):
        found = verify_snapshot(file, deep=deep)
        assert found.is_sound
        assert found.manifest.schema == schema.HEAD
        assert found.manifest.newest == "2026-11-02T03:04:05.000006Z"
        assert len(found.problems) == len(metadata.tables) + 3


DAMAGE: dict[str, tuple[Callable[[dict[str, bytes]], object], str, str]] = {
    "a byte": (
        lambda m: m.update(
            {"database/papers.jsonl": m["database/papers.jsonl"].replace("É".encode(), b"EE")}
        ),
        "database/papers.jsonl", "is not what the manifest says",
    ),
    "a row": (
        lambda m: m.update({"database/papers.jsonl": m["database/papers.jsonl"] * 2}),
        "database/papers.jsonl", "has 6 rows, the manifest says 3",
    ),
    "a line": (
        lambda m: m.update({"database/papers.jsonl": b"[1]\n"}),
        "database/papers.jsonl", "row 1 cannot be read",
    ),
    "a member": (lambda m: m.pop("database/vectors.jsonl"), "database/vectors.jsonl", "is missing"),
    "a file": (
        lambda m: m.update({"curation/aliases.yaml": b"x: 1\n"}),
        "curation/aliases.yaml", "is not what the manifest says",
    ),
    "one more": (lambda m: m.update({"extra": b""}), "extra", "not in the manifest"),
}  # fmt: skip


@pytest.mark.parametrize("what", DAMAGE)
def test_what_was_changed_is_found_by_name(file: Path, what: str) -> None:
    change, name, words = DAMAGE[what]
    rewrite(file, lambda members: change(members) and None)
    problems = {name: words for name, words in verify_snapshot(file).problems.items() if words}
    assert list(problems) == [name]
    assert words in problems[name]


@pytest.mark.parametrize("what", [what for what in DAMAGE if what != "one more"])
def test_a_damaged_snapshot_is_not_restored_and_leaves_an_empty_library(
    file: Path, tmp_path: Path, what: str
) -> None:
    rewrite(file, lambda members: DAMAGE[what][0](members) and None)
    new = tmp_path / "new"
    with pytest.raises(InputError):
        restore_snapshot(file, new, settings_of(new))
    left = {path.name for path in new.iterdir()}
    assert not {"littrack.toml", "aliases.yaml", "mine.bib"} & left
    again = open_library(settings_of(new)())
    assert not any(rows for name, rows in dump(again.engine).items() if name != "library_state")


def test_a_flipped_bit_on_the_disk_is_found(file: Path) -> None:
    data = bytearray(file.read_bytes())
    with zipfile.ZipFile(file) as archive:
        data[archive.getinfo("database/papers.jsonl").header_offset + 80] ^= 1
    file.write_bytes(data)
    problems = verify_snapshot(file).problems
    assert [name for name, words in problems.items() if words] == ["database/papers.jsonl"]


def test_rows_that_do_not_belong_together_are_found_by_restoring(file: Path) -> None:
    def change(members: dict[str, bytes]) -> None:
        name = "database/paper_authors.jsonl"
        members[name] = members[name].replace(b"[3,", b"[9,")
        manifest = json.loads(members["manifest.json"])
        for member in manifest["members"]:
            if member["name"] == name:
                member["sha256"] = hashlib.sha256(members[name]).hexdigest()
        members["manifest.json"] = json.dumps(manifest).encode()

    rewrite(file, change)
    assert verify_snapshot(file).is_sound
    found = verify_snapshot(file, deep=True)
    assert "does not take rows 1 to 3 of paper_authors" in found.problems["manifest.json"]


def test_what_is_no_snapshot_is_said_to_be_none(file: Path, tmp_path: Path) -> None:
    whole = file.read_bytes()
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("readme.txt", "hello")
    cases = {
        "a part": (whole[: len(whole) // 2], "no snapshot, or a part of one"),
        "its end": (whole[200:], "database/encoders.jsonl"),
        "text": (b"hello", "no snapshot"),
        "nothing": (b"", "no snapshot"),
        "another zip": (other.getvalue(), "no snapshot: it has no manifest.json"),
    }
    for name, (data, words) in cases.items():
        (tmp_path / name).write_bytes(data)
        if name == "its end":
            assert not verify_snapshot(tmp_path / name).is_sound
            continue
        for use in (verify_snapshot, lambda path: restore_snapshot(path, tmp_path / "x", Any)):
            with pytest.raises(InputError, match=words):
                use(tmp_path / name)
    with pytest.raises(InputError, match="No such file"):
        verify_snapshot(tmp_path / "absent")
    with pytest.raises(InputError):
        verify_snapshot(tmp_path)
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (lambda m: m.update(format="other"), InputError, "format is 'other'"),
        (lambda m: m.pop("schema"), InputError, "cannot be read: 'schema'"),
        (lambda m: m.update(version=2), SchemaOutdated, "a newer littrack"),
        (lambda m: m.update(schema="9999"), SchemaOutdated, "schema 9999, newer than this"),
        (lambda m: m.update(schema="0000"), InputError, "none of littrack's"),
        (lambda m: m["members"].pop(0), InputError, "editions is missing"),
        (lambda m: m["members"].append(m["members"][0] | {"table": "x; DROP"}), InputError,
         "x; DROP is no table of schema"),
        (lambda m: m["members"][0].update(table="x; DROP"), InputError, "editions is missing"),
        (lambda m: m["members"][0]["columns"].update(x="int"), InputError, "has other columns"),
        (lambda m: m["members"][0].update(name="../../x"), InputError, "may not be called"),
        (lambda m: m["members"][-1].update(name="curation/.."), InputError, "may not be called"),
        (lambda m: m["members"].append(
            {"name": "curation/littrack.db", "sha256": hashlib.sha256(b"").hexdigest(),
             "bytes": 0, "masked": False}), InputError, "is missing"),
    ],
)  # fmt: skip
def test_a_manifest_that_says_otherwise_is_refused(
    file: Path, tmp_path: Path, change: Any, error: type[Exception], words: str
) -> None:
    edit_manifest(file, change)
    new = tmp_path / "new"
    with pytest.raises(error, match=words):
        restore_snapshot(file, new, settings_of(new))
    assert not (new / "littrack.toml").exists()


def test_a_file_that_no_library_has_is_not_written(file: Path, tmp_path: Path) -> None:
    def change(members: dict[str, bytes]) -> None:
        members["curation/.littrack.lock.json"] = b""
        manifest = json.loads(members["manifest.json"])
        sha256 = hashlib.sha256(b"").hexdigest()
        name = "curation/.littrack.lock.json"
        manifest["members"].append({"name": name, "sha256": sha256, "bytes": 0, "masked": False})
        members["manifest.json"] = json.dumps(manifest).encode()

    rewrite(file, change)
    with pytest.raises(InputError, match="is no file of a library"):
        restore_snapshot(file, tmp_path / "new", settings_of(tmp_path / "new"))


# --- restoring ------------------------------------------------------------------------------------


def test_a_library_that_holds_anything_is_refused_and_stays_as_it_is(
    full: OpenLibrary, file: Path
) -> None:
    before = dump(full.engine)
    with pytest.raises(StoreError, match=r"is not empty \(.*3 rows of papers.*nothing was changed"):
        restore_snapshot(file, full.folder, settings_of(full.folder))
    assert dump(full.engine) == before
    assert (full.folder / "littrack.toml").read_text("utf-8") == SETTINGS


def test_an_empty_library_may_be_there_and_its_files_are_kept(
    library: OpenLibrary, file: Path
) -> None:
    (library.folder / "littrack.toml").write_text("# mine\n")
    (library.folder / "aliases.yaml").write_text("mine: 1\n")
    with begin(library.engine) as conn:
        for table in reversed(metadata.sorted_tables):
            conn.execute(table.delete())
    report = restore_snapshot(file, library.folder, settings_of(library.folder))
    assert report.counts["files"] == 0
    assert [warning.split(" was there")[0] for warning in report.warnings] == [
        str(library.folder / "littrack.toml"),
        str(library.folder / "aliases.yaml"),
    ]
    assert (library.folder / "littrack.toml").read_text() == "# mine\n"
    assert (library.folder / "aliases.yaml").read_text() == "mine: 1\n"


def test_the_index_of_another_database_is_not_taken_over(file: Path, tmp_path: Path) -> None:
    (tmp_path / "new" / "index").mkdir(parents=True)
    (tmp_path / "new" / "index" / "old.faiss").write_bytes(b"")
    with pytest.raises(StoreError, match="was made from another database"):
        restore_snapshot(file, tmp_path / "new", settings_of(tmp_path / "new"))


def test_a_newer_or_foreign_database_is_refused(file: Path, tmp_path: Path) -> None:
    for name, statement, error in (
        ("newer", "UPDATE alembic_version SET version_num = '9999'", SchemaOutdated),
        ("foreign", "DROP TABLE alembic_version", StoreError),
    ):
        engine = open_library(settings_of(tmp_path / name)()).engine
        with begin(engine) as conn:
            conn.exec_driver_sql(statement)
        with pytest.raises(error):
            restore_snapshot(file, tmp_path / name, settings_of(tmp_path / name))


KILLED = """
import os, signal, sys
from pathlib import Path
from littrack.settings import load_settings
from littrack.steps.snapshot import restore_snapshot
folder = Path(sys.argv[2])
def progress(task, done, total):
    if task == sys.argv[3] and done >= float(sys.argv[4]):
        os.kill(os.getpid(), signal.SIGKILL)
restore_snapshot(Path(sys.argv[1]), folder,
                 lambda: load_settings(folder, None, {"library": str(folder)}), progress)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="nothing to kill with")
@pytest.mark.parametrize("moment", [("restoring rows", "2000"), ("making the full text", "0")])
def test_a_restore_killed_in_the_middle_leaves_an_empty_library_and_can_be_repeated(
    library: OpenLibrary,
    tmp_path: Path,
    moment: tuple[str, str],
    backend: str,
    request: pytest.FixtureRequest,
) -> None:
    import_file(library, write_lines(tmp_path / "papers.jsonl", many_papers(700)))
    file, new = tmp_path / "a.zip", tmp_path / "new"
    snapshot_of(library, file)
    url = None
    if backend == "postgresql":
        url = url_of(request.getfixturevalue("make_postgresql")("template0"))
    environment = os.environ if url is None else os.environ | {"LITTRACK_DATABASE__URL": url}
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(file), str(new), *moment], env=environment, timeout=120
    )
    assert killed.returncode == -signal.SIGKILL
    engine = open_engine(settings_of(new, url)().database_url, new)
    with engine.connect() as conn:
        assert conn.scalar(sa.text("SELECT count(*) FROM papers")) == 0
    restore_snapshot(file, new, settings_of(new, url))
    found = dump(engine)
    engine.dispose()
    expected = dump(library.engine)
    if backend == "postgresql":  # the full text looks different there
        assert len(found.pop("full text")) == 700
        expected.pop("full text")
    assert found == expected
