"""Notes are taken in: what is new or changed is read and linked, nothing else is."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from note_library import ATTENTION, copy_library, make_library

from builders import utc
from littrack.errors import InputError, NotFound
from littrack.notes import (
    ConflictState,
    LinkMethod,
    LinkStatus,
    Note,
    NoteLink,
    Passage,
    PassageKind,
    TargetKind,
)
from littrack.steps.index import build
from littrack.steps.note_decisions import (
    Decided,
    apply_decisions,
    decide_conflict,
    decide_passage,
)
from littrack.steps.note_views import (
    check_library_notes,
    list_notes,
    load_placed_links,
    show_note,
)
from littrack.steps.notes import add_notes, has_notes, update_notes
from littrack.steps.opening import OpenLibrary
from littrack.store.engine import begin
from littrack.store.note_links import NoteDecision, NoteDecisionKind
from littrack.store.state import count_change

NOW = utc("2026-11-20 12:00:00")
Linked = list[tuple[str, str | None]]


@pytest.fixture(scope="session")
def note_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of five papers, embedded and indexed, to copy."""
    folder = tmp_path_factory.mktemp("notes") / "library"
    make_library(folder)
    return folder


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """A folder of notes: one about two papers, one about none, and what is no note."""
    folder = tmp_path / "vault"
    (folder / "llm").mkdir(parents=True)
    (folder / ".obsidian").mkdir()
    (folder / ".obsidian" / "app.md").write_text("1706.03762", "utf-8")
    (folder / "llm" / "attention.md").write_text(ATTENTION, "utf-8")
    (folder / "shopping.md").write_text("牛奶、面包。\n", "utf-8")
    (folder / "attention.md.littrack.md").write_text("2106.09685", "utf-8")
    return folder


@pytest.fixture
def library(note_template: Path, tmp_path: Path, vault: Path) -> OpenLibrary:
    """A library whose settings name the vault."""
    return copy_library(note_template, tmp_path / "library", notes__folders=[str(vault)])


def linked(library: OpenLibrary) -> Linked:
    """The papers that passages were linked to, by note."""
    found = load_placed_links(library, statuses=[LinkStatus.LINKED])
    papers = [one for one in found if one.link.target_kind == "paper"]
    return sorted({(one.note, one.link.target) for one in papers})


ABOUT: Linked = [("llm/attention.md", "1706.03762"), ("llm/attention.md", "2106.09685")]


def test_a_folder_is_read_once_and_linked(library: OpenLibrary, vault: Path) -> None:
    report = add_notes(library, [vault])
    assert (report.counts["new"], report.counts["linked"]) == (2, 2)
    assert linked(library) == ABOUT
    again = add_notes(library, [vault])
    assert (again.counts["unchanged"], again.counts["new"], again.counts["linked"]) == (2, 0, 0)


def test_a_changed_note_is_linked_again_alone(library: OpenLibrary, vault: Path) -> None:
    update_notes(library)
    (vault / "shopping.md").write_text("读 https://arxiv.org/abs/1512.03385\n", "utf-8")
    report = update_notes(library)
    assert (report.counts["changed"], report.counts["unchanged"], report.counts["linked"]) == (
        1,
        1,
        1,
    )
    assert linked(library) == [*ABOUT, ("shopping.md", "1512.03385")]


def test_a_note_that_was_only_touched_is_not_read(library: OpenLibrary, vault: Path) -> None:
    update_notes(library)
    os.utime(vault / "shopping.md", (1, 1))
    assert update_notes(library).counts["unchanged"] == 2


def test_links_move_with_the_passages_they_start_from(library: OpenLibrary, vault: Path) -> None:
    update_notes(library)
    note = vault / "llm" / "attention.md"
    note.write_text("\n\n" + ATTENTION.removeprefix("---\ntags: [transformer]\n---\n"), "utf-8")
    report = update_notes(library)
    assert (report.counts["changed"], report.counts["linked"]) == (1, 0)
    text = note.read_text("utf-8")
    for one in load_placed_links(library, ["attention.md"], statuses=[LinkStatus.LINKED]):
        start, end = one.link.span
        assert text[slice(*one.passage.span)] == one.passage.text
        assert one.passage.span[0] <= start <= end <= one.passage.span[1]
        if one.link.method is LinkMethod.ID:
            assert str(one.link.target) in text[start:end]


def test_a_note_that_is_gone_is_marked_and_comes_back(library: OpenLibrary, vault: Path) -> None:
    update_notes(library)
    (vault / "shopping.md").rename(vault.parent / "shopping.md")
    assert update_notes(library).counts["gone"] == 1
    assert [one.known.file.path for one in list_notes(library)] == ["llm/attention.md"]
    assert len(list_notes(library, gone=True)) == 2
    (vault.parent / "shopping.md").rename(vault / "shopping.md")
    assert update_notes(library).counts["gone"] == 0
    assert len(list_notes(library)) == 2


def test_a_folder_that_is_not_there_loses_no_note(library: OpenLibrary, vault: Path) -> None:
    update_notes(library)
    vault.rename(vault.parent / "elsewhere")
    report = update_notes(library)
    assert report.counts["gone"] == 0
    assert "is not there; what was read of it is kept" in report.warnings[0]
    assert len(list_notes(library)) == 2


def test_a_note_that_was_renamed_keeps_what_was_decided(library: OpenLibrary, vault: Path) -> None:
    update_notes(library)
    decide_passage(library, "shopping.md", 0, ["2005.11401"], by="jane", because="因为")
    (vault / "shopping.md").rename(vault / "llm" / "food.md")
    report = update_notes(library)
    assert (report.counts["moved"], report.counts["new"], report.counts["gone"]) == (1, 0, 0)
    assert ("llm/food.md", "2005.11401") in linked(library)


def test_a_file_that_cannot_be_read_stops_no_other(library: OpenLibrary, vault: Path) -> None:
    (vault / "broken.md").write_bytes(bytes(range(256)) * 40)
    report = update_notes(library)
    assert not report.complete
    assert [one.where for one in report.rejections] == ["broken.md"]
    assert (report.counts["new"], report.counts["rejected"]) == (2, 1)


def test_a_path_that_does_not_exist_is_told(library: OpenLibrary, vault: Path) -> None:
    with pytest.raises(InputError, match="no such file or folder"):
        add_notes(library, [vault / "none.md"])


def test_two_folders_may_have_notes_of_one_name(library: OpenLibrary, tmp_path: Path) -> None:
    other = tmp_path / "work"
    other.mkdir()
    (other / "shopping.md").write_text("螺丝\n", "utf-8")
    update_notes(library)
    add_notes(library, [other / "shopping.md"])
    names = [one.known.file.path for one in list_notes(library)]
    assert names == ["llm/attention.md", "shopping.md", "work/shopping.md"]


def test_a_file_added_by_hand_is_named_from_its_vault(library: OpenLibrary, vault: Path) -> None:
    add_notes(library, [vault / "llm" / "attention.md"])
    assert [one.known.file.path for one in list_notes(library)] == ["llm/attention.md"]
    assert update_notes(library).counts["new"] == 1


def stop_at(task: str) -> Callable[[str, float, float | None], None]:
    """A progress that is interrupted once something of a task is done."""

    def progress(name: str, done: float, total: float | None) -> None:
        if name == task and done >= 1:
            raise KeyboardInterrupt

    return progress


@pytest.mark.parametrize("task", ["reading notes", "linking notes"])
def test_an_interrupted_run_goes_on_where_it_stopped(library: OpenLibrary, task: str) -> None:
    with pytest.raises(KeyboardInterrupt):
        update_notes(library, progress=stop_at(task))
    report = update_notes(library)
    assert report.counts["linked"] == (1 if task == "linking notes" else 2)
    assert linked(library) == ABOUT


def test_without_an_index_notes_wait_to_be_linked(
    tmp_path: Path, vault: Path, note_template: Path
) -> None:
    library = copy_library(note_template, tmp_path / "library")
    described = "读了一篇论文：生成器阅读稠密检索器在百科里找到的段落，回答需要知识的问题。" * 5
    (vault / "shopping.md").write_text(f"# 检索增强生成\n\n{described}\n", "utf-8")
    for file in library.index_folder.iterdir():
        file.unlink()
    report = add_notes(library, [vault])
    assert report.counts["new"] == 2
    assert "1 notes are not linked yet" in report.warnings[0]
    build(library)
    assert update_notes(library).counts["linked"] == 1


def test_unresolved_notes_are_tried_again_when_there_are_more_papers(
    library: OpenLibrary, vault: Path
) -> None:
    (vault / "shopping.md").write_text("读 https://arxiv.org/abs/2302.13971\n", "utf-8")
    update_notes(library)
    assert update_notes(library).counts["linked"] == 0
    with begin(library.engine) as conn:
        count_change(conn, "papers")
    assert update_notes(library).counts["linked"] == 1
    assert update_notes(library, again=True).counts["linked"] == 2


def test_notes_are_kept_in_either_database(
    open_in: Callable[[Path], OpenLibrary], tmp_path: Path, vault: Path
) -> None:
    library = open_in(tmp_path / "other")
    assert not has_notes(library)
    assert add_notes(library, [vault]).counts["new"] == 2
    assert has_notes(library)
    decide_passage(library, "shopping.md", 0, [], by="jane")
    (vault / "shopping.md").write_text("牛奶、面包和糖。\n", "utf-8")
    (vault / "llm" / "attention.md").unlink()
    report = update_notes(library)
    assert (report.counts["changed"], report.counts["gone"]) == (1, 1)
    [one] = list_notes(library)
    assert (one.known.file.path, one.passages) == ("shopping.md", 1)
    assert show_note(library, "shopping.md").note.text == "牛奶、面包和糖。\n"


# --- decisions ------------------------------------------------------------------------------------


def test_what_a_person_says_wins_and_outlives_edits(library: OpenLibrary, vault: Path) -> None:
    update_notes(library)
    page = show_note(library, "llm/attention.md")
    number = next(one.number for one in page.note.passages if "2106.09685" in one.text)
    decide_passage(library, "attention.md", number, ["2005.11401", "1512.03385"], by="jane")
    decided: Linked = [("llm/attention.md", "1512.03385"), ("llm/attention.md", "1706.03762"),
                       ("llm/attention.md", "2005.11401")]  # fmt: skip
    said = {one.link.target: one.link for one in load_placed_links(library, ["attention.md"])}
    assert said["2005.11401"].method is LinkMethod.PERSON
    assert said["2005.11401"].title.startswith("Retrieval-Augmented")
    assert set(decided) <= set(linked(library))
    note = vault / "llm" / "attention.md"
    note.write_text(ATTENTION.replace("两个小矩阵", "两个很小的矩阵") + "\n又一段。\n", "utf-8")
    assert update_notes(library).counts["linked"] == 1
    assert set(decided) <= set(linked(library))


def test_a_passage_may_be_about_no_paper_and_be_freed_again(library: OpenLibrary) -> None:
    update_notes(library)
    page = show_note(library, "llm/attention.md")
    number = next(one.number for one in page.note.passages if "1706.03762" in one.text)
    before = [one for one in page.links if one.passage == number]
    decide_passage(library, "attention.md", number, [], because="只是链接")
    [link] = [
        one for one in show_note(library, "attention.md").links
        if one.passage == number and one.target_kind == "paper"
    ]  # fmt: skip
    assert (link.status, link.method) == (LinkStatus.NONE, LinkMethod.PERSON)
    assert link.explanation.endswith("只是链接")
    decide_passage(library, "attention.md", number, None)
    page = show_note(library, "llm/attention.md")
    assert [one for one in page.links if one.passage == number] == before


def test_the_order_of_links_is_kept_and_a_decision_comes_first() -> None:
    passage = Passage(0, (0, 20), "PaLM 和 2106.09685 比较", PassageKind.PARAGRAPH)
    note = Note("a.md", passage.text, "a", "markdown", "utf-8", "", (passage,))
    links = [
        NoteLink(0, (7, 17), LinkStatus.LINKED, LinkMethod.ID, 1.0, target="2106.09685"),
        NoteLink(0, (0, 4), LinkStatus.LINKED, LinkMethod.ALIAS, 0.9, TargetKind.MODEL, "PaLM"),
    ]
    assert apply_decisions(Decided({}, {}), 1, note, links) == links
    said = NoteDecision(
        NoteDecisionKind.LINK, "jane", NOW, quote=passage.text, targets=("2204.02311",)
    )
    found = apply_decisions(Decided({1: [said]}, {"2204.02311": "PaLM"}), 1, note, links)
    assert [(one.target, one.method) for one in found] == [
        ("2204.02311", LinkMethod.PERSON),
        ("PaLM", LinkMethod.ALIAS),
    ]


def test_decisions_about_what_is_not_there_are_refused(library: OpenLibrary) -> None:
    update_notes(library)
    with pytest.raises(NotFound, match=r"no paper 2404\.00001"):
        decide_passage(library, "shopping.md", 0, ["2404.00001"])
    with pytest.raises(NotFound, match="has no passage 9"):
        decide_passage(library, "shopping.md", 9, [])
    with pytest.raises(NotFound, match="no conflict 'cabc'"):
        decide_conflict(library, "shopping.md", "cabc", ConflictState.DISMISSED)


# --- conflicts ------------------------------------------------------------------------------------

WRONG = "# BLOOM\n\n发布时间：2022-11-09\n\n模型有 62B 和 175B 两种。\n\n63B 和 175B 都开源了。\n"


def test_a_conflict_that_was_dismissed_stays_so(library: OpenLibrary, vault: Path) -> None:
    (vault / "bloom.md").write_text(WRONG, "utf-8")
    update_notes(library)
    found = check_library_notes(library)
    assert {one.conflict.note for one in found} == {"bloom.md"}
    assert all(one.conflict.state is ConflictState.OPEN for one in found)
    assert list_notes(library)[0].conflicts == len({one.key for one in found})
    first = found[0]
    assert WRONG.splitlines()[first.line - 1] in WRONG
    assert first.conflict.quote.split("\n")[0] in WRONG.splitlines()[first.line - 1]
    decide_conflict(library, "bloom.md", first.key[:7], ConflictState.DISMISSED, by="jane")
    (vault / "bloom.md").write_text(WRONG + "\n又一段。\n", "utf-8")
    update_notes(library)
    again = {one.key: one.conflict.state for one in check_library_notes(library, ["bloom.md"])}
    assert again[first.key] is ConflictState.DISMISSED
    assert list_notes(library)[0].conflicts == len(again) - 1
    decide_conflict(library, "bloom.md", first.key, ConflictState.OPEN)
    assert show_note(library, "bloom.md").conflicts[0].conflict.state is ConflictState.OPEN
    assert check_library_notes(library, ["shopping.md"]) == []
