"""Linking the notes of a library: by their words, by a search, and not at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from littrack.analysis.note_links.cascade import main_link
from littrack.notes import LinkStatus, Note
from littrack.steps.embed import embed_papers
from littrack.steps.import_files import import_file
from littrack.steps.index import build
from littrack.steps.note_links import link_notes, load_evidence
from littrack.steps.opening import OpenLibrary
from note_builders import a_note

COT = "2201.11903"
TITLE = "Chain-of-Thought Prompting Elicits Reasoning in Large Language Models"


@pytest.fixture
def filled(library: OpenLibrary, landmarks: Path) -> OpenLibrary:
    import_file(library, landmarks)
    embed_papers(library)
    build(library)
    return library


def mains(library: OpenLibrary, note: Note, *, exclude: tuple[str, ...] = ()) -> list[str | None]:
    """What each passage is about."""
    evidence = load_evidence(library, [note], exclude=exclude)
    [links] = link_notes(library, [note], evidence=evidence)
    found = []
    for passage in note.passages:
        main = main_link(passage, [link for link in links if link.passage == passage.number])
        found.append(main.target if main else None)
    return found


def test_a_note_headed_by_a_title_is_about_that_paper(filled: OpenLibrary) -> None:
    note = a_note(f"# {TITLE}", "给模型看带中间步骤的例题,它就能解应用题。", "## 结论", "很有用。")
    assert mains(filled, note) == [COT, COT, COT, COT]


def test_a_paper_that_is_not_there_is_not_replaced_by_another(filled: OpenLibrary) -> None:
    note = a_note(f"{TITLE}\t", "给模型看带中间步骤的例题,它就能解应用题。")
    assert set(mains(filled, note, exclude=(COT,))) == {None}


def test_every_note_gets_its_own_list_and_boilerplate_none(filled: OpenLibrary) -> None:
    notes = [a_note("见 arXiv:1706.03762"), a_note("!相关文章 arXiv:1706.03762", path="b.md")]
    links = link_notes(filled, notes)
    assert [[link.target for link in one] for one in links] == [["1706.03762"], []]


def test_an_older_id_than_the_library_knows_stays_unresolved(filled: OpenLibrary) -> None:
    [[link]] = link_notes(filled, [a_note("见 arXiv:1301.3781")])
    assert (link.status, link.target) == (LinkStatus.UNRESOLVED, "1301.3781")


def test_notes_link_to_each_other_by_name(filled: OpenLibrary) -> None:
    notes = [a_note("见 [[Second]]"), a_note("x", path="folder/second.md")]
    assert link_notes(filled, notes)[0][0].target == "folder/second.md"


def test_progress_counts_notes(filled: OpenLibrary) -> None:
    told: list[float] = []
    link_notes(filled, [a_note("a"), a_note("b")], progress=lambda _, done, __: told.append(done))
    assert told == [1, 2]


def test_a_note_without_passages_has_no_links(filled: OpenLibrary) -> None:
    assert link_notes(filled, [replace(a_note("x"), passages=())]) == [[]]
