"""Checking notes against a library: with the catalogue, stored versions, and a person's answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders import a_date, a_paper, a_version
from littrack.analysis.note_conflicts.found import conflict_key
from littrack.notes import ConflictState, LinkMethod, LinkStatus, Note, NoteLink
from littrack.sources.notes.reading import read_note
from littrack.steps.claims import load_catalogue
from littrack.steps.note_conflicts import check_notes
from littrack.steps.opening import OpenLibrary
from littrack.store.saving import save_papers

TEXT = """# 笔记

## PaLM

- 发布时间：2022-10-05
- 参数量：540B 参数

## GPT-4

- 发布时间：2023-03-14
"""


@pytest.fixture
def catalogued(library: OpenLibrary) -> OpenLibrary:
    """A library with the catalogue and five versions of one paper."""
    load_catalogue(library)
    paper = a_paper(
        arxiv_id="2204.02311",
        title="PaLM: Scaling Language Modeling with Pathways",
        published=a_date("2022-04-05 10:00:00"),
        version=5,
        versions=(a_version(1, "2022-04-05"), a_version(5, "2022-10-05")),
    )
    with library.engine.begin() as conn:
        save_papers(conn, [paper], library.now())
    return library


@pytest.fixture
def note(tmp_path: Path) -> Note:
    path = tmp_path / "note.md"
    path.write_text(TEXT, "utf-8")
    return read_note(path, "note.md")


def test_a_library_knows_the_dates_of_versions(catalogued: OpenLibrary, note: Note) -> None:
    (one,) = check_notes(catalogued, [note], [[]])
    assert one.explanation == "这是 arXiv 第 5 版（v5）的日期，论文首发于 2022-04-05"
    assert note.text[slice(*one.span)] == "2022-10-05"
    assert one.state is ConflictState.OPEN


def test_remarks_come_only_when_they_are_asked_for(catalogued: OpenLibrary, note: Note) -> None:
    found = check_notes(catalogued, [note], [[]], remarks=True)
    assert [one.model for one in found] == ["PaLM", "GPT-4"]


def test_what_a_person_answered_is_kept(catalogued: OpenLibrary, note: Note) -> None:
    (one,) = check_notes(catalogued, [note], [[]])
    states = {conflict_key(one): ConflictState.DISMISSED, "another": ConflictState.ACCEPTED}
    (again,) = check_notes(catalogued, [note], [[]], states)
    assert again.state is ConflictState.DISMISSED


def test_a_linked_paper_is_loaded_though_no_model_is_named(
    catalogued: OpenLibrary, tmp_path: Path
) -> None:
    path = tmp_path / "other.md"
    path.write_text("## 一种新方法\n\n- 发布时间：2022-10-05\n- 论文：Pathways\n", "utf-8")
    note = read_note(path, "other.md")
    place = note.passages[-1]
    link = NoteLink(
        *(place.number, place.span, LinkStatus.LINKED, LinkMethod.TITLE), target="2204.02311"
    )
    (one,) = check_notes(catalogued, [note], [[link]])
    assert (one.model, one.arxiv_id, one.known_value) == ("一种新方法", "2204.02311", "2022-04-05")


def test_a_library_without_models_still_finds_what_needs_none(
    library: OpenLibrary, tmp_path: Path
) -> None:
    path = tmp_path / "n.md"
    path.write_text("门槛是 62B 和 175B。\n\n也就是 63B 和 175B。\n", "utf-8")
    (one,) = check_notes(library, [read_note(path, "n.md")], [[]])
    assert one.quote == "63B 和 175B"


def test_an_empty_list_of_notes_is_fine(library: OpenLibrary) -> None:
    assert check_notes(library, [], []) == []
