"""Back a library up, look at the file, make a library of it."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import pytest
from command_line import Run

from littrack.store.tables import metadata


@pytest.fixture
def snapshot(run: Run, filled: Path, tmp_path: Path) -> Path:
    """The library of four papers in a file."""
    path = tmp_path / "backup.zip"
    assert run("snapshot", "create", path, "--library", filled).exit_code == 0
    return path


def search(run: Run, library: Path) -> str:
    return run("search", "attention", "--library", library, "--json").stdout


def test_there_and_back_finds_the_same(run: Run, filled: Path, tmp_path: Path) -> None:
    made = run("snapshot", "create", "--library", filled)
    name, address = made.stdout.splitlines()
    assert re.fullmatch(r"filled-\d{8}T\d{6}Z\.littrack\.zip", name)
    assert f"snapshot: {len(metadata.tables)} tables" in made.stderr
    assert f"next: littrack snapshot verify {name}" in made.stderr
    checked = run("snapshot", "verify", name, "--deep")
    assert checked.exit_code == 0
    assert address in checked.stderr
    assert "the snapshot is sound" in checked.stderr
    new = tmp_path / "new"
    restored = run("snapshot", "restore", name, new)
    assert (restored.exit_code, restored.stdout) == (0, f"restored: {new}\n")
    assert "next: littrack index build" in restored.stderr
    assert run("index", "build", "--library", new).exit_code == 0
    assert search(run, new) == search(run, filled) != "[]\n"
    assert run("doctor", "--library", new).exit_code == 0


def test_verify_tells_of_every_member(run: Run, snapshot: Path) -> None:
    rows = json.loads(run("snapshot", "verify", snapshot, "--json").stdout)
    by_name = {row["member"]: row for row in rows}
    assert by_name["database/papers.jsonl"]["rows"] == 4
    assert {row["state"] for row in rows} == {"ok"}
    assert len(by_name) == len(rows) == len(zipfile.ZipFile(snapshot).namelist())
    assert all(re.fullmatch("[0-9a-f]{64}", row["sha256"]) for row in rows)


def test_a_damaged_snapshot_is_exit_code_4_and_another_file_65(run: Run, snapshot: Path) -> None:
    data = bytearray(snapshot.read_bytes())
    with zipfile.ZipFile(snapshot) as archive:
        data[archive.getinfo("database/papers.jsonl").header_offset + 90] ^= 255
    snapshot.write_bytes(data)
    found = run("snapshot", "verify", snapshot)
    assert found.exit_code == 4
    assert "DAMAGED" in found.stderr
    assert "is damaged" in found.stdout
    snapshot.write_bytes(data[:1000])
    for command in ("verify", "restore"):
        cut = run("snapshot", command, snapshot)
        assert cut.exit_code == 65
        assert "no snapshot, or a part of one" in cut.stderr


def test_nothing_is_overwritten(run: Run, snapshot: Path, filled: Path) -> None:
    again = run("snapshot", "create", snapshot, "--library", filled)
    assert again.exit_code == 73
    assert "is there already" in again.stderr
    onto = run("snapshot", "restore", snapshot, filled)
    assert onto.exit_code == 65
    assert "4 rows of papers" in onto.stderr


def test_a_folder_takes_a_snapshot_with_the_usual_name(
    run: Run, filled: Path, tmp_path: Path
) -> None:
    (tmp_path / "backups").mkdir()
    assert run("snapshot", "create", tmp_path / "backups", "--library", filled).exit_code == 0
    assert [path.name[:7] for path in (tmp_path / "backups").iterdir()] == ["filled-"]


def test_restore_goes_to_the_current_folder_or_the_named_one_never_to_two(
    run: Run, snapshot: Path, tmp_path: Path
) -> None:
    assert run("snapshot", "restore", snapshot, "a", "--library", "b").exit_code == 2
    assert run("snapshot", "restore", snapshot, "").exit_code == 2
    assert run("snapshot", "restore", snapshot, "--library", tmp_path / "named").exit_code == 0
    assert (tmp_path / "named" / "littrack.db").is_file()
    assert run("-q", "snapshot", "restore", snapshot).stdout == f"restored: {Path.cwd()}\n"
    assert Path("littrack.toml").is_file()


def test_no_library_is_not_a_backup(run: Run, tmp_path: Path) -> None:
    none = run("snapshot", "create", "--library", tmp_path / "absent")
    assert none.exit_code == 65
    assert "there is no library" in none.stderr
    assert not (tmp_path / "absent").exists()
