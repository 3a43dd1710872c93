"""notes: add, update, list, show, links, check, decide and write-back, as they are typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import Run

NOTE = """\
# Transformer

论文：https://arxiv.org/abs/1706.03762 ，模型有 62B 和 175B 两种。

63B 和 175B 都开源了。

## 思维链

见 arXiv:2201.11903 和 arXiv:2404.00001。
"""
LINK_KEYS = {"note", "passage", "start", "end", "heading", "arxiv_id", "title", "method", "score"}
CHECK_KEYS = {"note", "start", "end", "quote", "model", "arxiv_id", "field", "note_value"}


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """A folder with a note about two papers of the library."""
    folder = tmp_path / "vault"
    folder.mkdir()
    (folder / "读书.md").write_text(NOTE, "utf-8")
    return folder


@pytest.fixture
def library(run: Run, filled: Path, vault: Path) -> Path:
    """A library of four papers that has read the note."""
    done = run("notes", "add", vault, "--library", filled)
    assert done.exit_code == 0, done.output
    assert "1 new, 1 linked" in done.stderr
    return filled


def test_links_have_the_keys_of_the_contract(run: Run, library: Path) -> None:
    rows = json.loads(run("notes", "links", "--json", "--library", library).stdout)
    assert all(row.keys() >= LINK_KEYS | {"status"} for row in rows)
    found = {row["arxiv_id"]: row for row in rows if row["arxiv_id"] and row["method"] == "id"}
    assert found.keys() == {"1706.03762", "2201.11903"}
    one = found["2201.11903"]
    assert "2201.11903" in NOTE[one["start"] : one["end"]]
    assert (one["note"], one["heading"], one["status"]) == (
        "读书.md", ["Transformer", "思维链"], "linked",
    )  # fmt: skip


def test_links_are_chosen_by_status_and_paper(run: Run, library: Path) -> None:
    rest = ("--json", "--library", library)
    unresolved = json.loads(run("notes", "links", "--status", "unresolved", *rest).stdout)
    assert [row["arxiv_id"] for row in unresolved] == [None]
    assert "2404.00001" in NOTE[unresolved[0]["start"] : unresolved[0]["end"]]
    about = json.loads(run("notes", "links", "--paper", "arXiv:1706.03762v5", *rest).stdout)
    assert {row["arxiv_id"] for row in about} == {"1706.03762"}
    nothing = run("notes", "links", "--paper", "1512.03385", "--fail-empty", *rest)
    assert (nothing.exit_code, nothing.stdout) == (3, "[]\n")


def test_the_list_and_a_note_say_what_became_of_it(run: Run, library: Path, vault: Path) -> None:
    [row] = json.loads(run("notes", "--json", "--library", library).stdout)
    assert (row["note"], row["title"], row["format"], row["unresolved"]) == (
        "读书.md", "Transformer", "markdown", 1,
    )  # fmt: skip
    shown = run("notes", "show", "读书.md", "--library", library).stdout
    assert "-> 1706.03762 Attention Is All You Need (id" in shown
    page = json.loads(run("notes", "show", "读书.md", "--json", "--library", library).stdout)
    assert page["passages"][0]["text"] in NOTE
    assert run("notes", "show", vault / "读书.md", "--library", library).stdout == shown
    assert run("notes", "show", "none.md", "--library", library).exit_code == 65


def test_a_library_without_notes_says_what_to_do(run: Run, empty: Path) -> None:
    done = run("notes", "--json", "--library", empty)
    assert (done.exit_code, done.stdout) == (0, "[]\n")
    assert "littrack notes add" in done.stderr
    assert run("notes", "check", "--json", "--library", empty).stdout == "[]\n"
    assert run("notes", "write-back", "--library", empty).exit_code == 0
    missing = run("notes", "add", empty / "none.md", "--library", empty)
    assert missing.exit_code == 65
    assert "no such file or folder" in missing.stderr


def test_checking_strictly_fails_until_all_is_decided(
    run: Run, library: Path, tmp_path: Path
) -> None:
    rest = ("--library", library)
    rows = json.loads(run("notes", "check", "--json", *rest).stdout)
    assert rows
    assert all(row.keys() >= CHECK_KEYS | {"known_value", "kind", "explanation"} for row in rows)
    assert {row["state"] for row in rows} == {"open"}
    assert run("notes", "check", "--strict", *rest).exit_code == 4
    for row in rows:
        done = run("notes", "decide", "读书.md", row["id"], "dismissed", "--by", "jane", *rest)
        assert done.exit_code == 0, done.output
    assert run("notes", "check", "--strict", "--json", *rest).stdout == "[]\n"
    again = json.loads(run("notes", "check", "--all", "--json", *rest).stdout)
    assert {row["state"] for row in again} == {"dismissed"}
    for name, begin in (("page.html", "<!DOCTYPE html>"), ("page.md", "# ")):
        assert run("notes", "check", "--all", "-o", tmp_path / name, *rest).exit_code == 0
        assert (tmp_path / name).read_text("utf-8").startswith(begin)


def test_a_passage_is_decided_by_its_number(run: Run, library: Path) -> None:
    rest = ("--library", library)
    [one] = json.loads(run("notes", "links", "--status", "unresolved", "--json", *rest).stdout)
    number = str(one["passage"])
    done = run("notes", "decide", "读书.md", number, "1512.03385", "--because", "see", *rest)
    assert "1512.03385" in done.stderr
    rows = json.loads(run("notes", "links", "--paper", "1512.03385", "--json", *rest).stdout)
    assert [row["method"] for row in rows] == ["person"]
    assert run("notes", "decide", "读书.md", number, "none", *rest).exit_code == 0
    assert run("notes", "decide", "读书.md", number, "reset", *rest).exit_code == 0
    rows = json.loads(run("notes", "links", "--status", "unresolved", "--json", *rest).stdout)
    assert len(rows) == 1
    assert run("notes", "decide", "读书.md", number, "perhaps", *rest).exit_code == 2
    assert run("notes", "decide", "读书.md", "cabc", "maybe", *rest).exit_code == 2


def test_writing_back_prints_first_and_undoes(run: Run, library: Path, vault: Path) -> None:
    rest = ("--library", library)
    note = vault / "读书.md"
    dry = run("notes", "write-back", *rest)
    assert dry.stdout.startswith("--- a/读书.md\n+++ b/读书.md\n")
    assert "nothing was written, --write does" in dry.stderr
    assert note.read_text("utf-8") == NOTE
    assert run("notes", "write-back", "--write", *rest).exit_code == 0
    assert note.read_text("utf-8").startswith(NOTE)
    assert "%% littrack begin %%" in note.read_text("utf-8")
    assert run("notes", "write-back", *rest).stdout == ""
    assert run("notes", "write-back", "--undo", "--write", *rest).exit_code == 0
    assert note.read_text("utf-8") == NOTE


def test_a_note_changed_since_is_reported_as_not_written(
    run: Run, library: Path, vault: Path
) -> None:
    (vault / "读书.md").write_text(NOTE + "新的一行\n", "utf-8")
    done = run("notes", "write-back", "--write", "--library", library)
    assert done.exit_code == 5
    assert "changed since it was read" in done.stderr
    assert (vault / "读书.md").read_text("utf-8") == NOTE + "新的一行\n"
    assert run("notes", "update", "--library", library).exit_code == 0
    assert run("notes", "write-back", "--write", "--library", library).exit_code == 0
