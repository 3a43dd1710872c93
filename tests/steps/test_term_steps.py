"""The term table of a library: mined from notes, imported, preferred, asked for."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from littrack.errors import InputError
from littrack.notes import Note, Passage, PassageKind
from littrack.settings import load_settings
from littrack.steps.opening import OpenLibrary, open_library
from littrack.steps.terms import (
    bundled_terms,
    choose_terms,
    import_terms,
    lint_terms,
    load_known_terms,
    load_term_table,
    mine_terms,
    terms_path,
    update_terms,
)
from littrack.store.engine import begin
from littrack.store.notes import NoteFile, save_gone, save_note
from littrack.terms import KnownTerm


@pytest.fixture
def library(tmp_path: Path) -> OpenLibrary:
    return open_library(load_settings(tmp_path, {}, {"library": str(tmp_path / "library")}))


def a_note(path: str, text: str) -> Note:
    digest = sha256(text.encode()).hexdigest()
    passage = Passage(0, (0, len(text)), text, PassageKind.PARAGRAPH)
    return Note(path, text, "", "markdown", "utf-8", digest, (passage,))


def term_of(library: OpenLibrary, form: str) -> KnownTerm:
    known = load_known_terms(library)
    return next(one for one in known if form in [each.form for each in one.forms])


NOTES = (
    a_note("a.md", "叫做闸门网络(gating network)。闸门网络选专家。微调闸门网络。"),
    a_note("b.md", "突现能力(Emergent Abilities)有时又写成涌现，突(tū)现也有。"),
)


def test_a_library_without_notes_has_the_shipped_table(library: OpenLibrary) -> None:
    assert load_term_table(library).terms == bundled_terms()
    assert load_term_table(library) is load_term_table(library)


def test_a_term_of_a_note_is_found_by_search_in_both_languages(library: OpenLibrary) -> None:
    report = mine_terms(library, NOTES)
    assert report.counts == {"notes": 2, "mined": 2, "pairs": 2, "counted": 2, "gone": 0}
    [match] = load_term_table(library).find("闸门网络")
    assert "gating network" in match.term.english


def test_uses_are_counted_by_note(library: OpenLibrary) -> None:
    mine_terms(library, NOTES)
    forms = {one.form: (one.count, one.sources) for one in term_of(library, "涌现").forms}
    assert forms["涌现"] == (1, ("b.md",))
    assert forms["突现"] == (1, ("b.md",))  # with its reading taken away
    assert forms["突现能力"] == (1, ("b.md",))
    gate = {one.form: one.count for one in term_of(library, "闸门网络").forms}
    assert gate["闸门网络"] == 3


def test_only_what_changed_is_mined_again(library: OpenLibrary) -> None:
    mine_terms(library, NOTES)
    again = mine_terms(library, NOTES)
    assert (again.counts["mined"], again.counts["counted"]) == (0, 0)
    changed = (a_note("a.md", "叫做路由网络(gating network)。"), NOTES[1])
    third = mine_terms(library, changed)
    assert third.counts["mined"] == 1
    assert third.counts["counted"] == 2  # the table has another form now
    assert "闸门网络" not in [one.form for one in term_of(library, "gating network").forms]


def test_a_note_that_is_gone_takes_its_terms_along(library: OpenLibrary) -> None:
    mine_terms(library, NOTES)
    mine_terms(library, [], gone=["a.md"])
    assert not load_term_table(library).find("闸门网络")


def test_boilerplate_gives_neither_pairs_nor_uses(library: OpenLibrary) -> None:
    note = NOTES[0]
    around = replace(note, passages=(replace(note.passages[0], kind=PassageKind.BOILERPLATE),))
    assert mine_terms(library, [around]).counts["pairs"] == 0
    assert choose_terms(load_known_terms(library), found=True) == []


def test_what_a_person_prefers_comes_first_and_what_is_rejected_goes(library: OpenLibrary) -> None:
    mine_terms(library, NOTES)
    text = '[[term]]\nenglish = "gating network"\nchinese = "门控网络"\nreject = ["闸门网络"]\n'
    terms_path(library).write_text(text, "utf-8")
    table = load_term_table(library)
    assert [match.term.chinese[0] for match in table.find("gating network")] == ["门控网络"]
    assert not table.find("闸门网络")
    terms_path(library).write_text("[[term]]\nchinees = 'x'\n", "utf-8")
    with pytest.raises(InputError, match=r"terms\.toml, line 2: chinees"):
        load_term_table(library)


def test_a_glossary_is_imported_and_imported_again(library: OpenLibrary, tmp_path: Path) -> None:
    path = tmp_path / "glossary.csv"
    path.write_text("english,chinese,abbreviation\nquokka learning,矮袋鼠学习,QKL\n", "utf-8")
    report = import_terms(library, path)
    assert report.counts == {"pairs": 1, "new terms": 1, "new forms": 3}
    [match] = load_term_table(library).find("QKL")
    assert match.term.chinese == ("矮袋鼠学习",)
    path.write_text("英文\t中文\n", "utf-8")
    with pytest.raises(InputError):
        import_terms(library, path)
    path.write_text("英文,中文\nquokka learning,短尾矮袋鼠学习\n", "utf-8")
    import_terms(library, path)
    assert term_of(library, "quokka learning").term.chinese == ("短尾矮袋鼠学习",)


def test_a_note_with_a_table_is_a_glossary_too(library: OpenLibrary, tmp_path: Path) -> None:
    path = tmp_path / "对照表.md"
    path.write_text(
        "# 表\n\n| 英文 | 中文 |\n|---|---|\n| quokka learning | 矮袋鼠学习 |\n", "utf-8"
    )
    assert import_terms(library, path).counts["new terms"] == 1
    path.write_text("没有术语。\n", "utf-8")
    with pytest.raises(InputError, match="holds no pair of terms"):
        import_terms(library, path)


def test_an_imported_term_is_recognised_in_notes_from_then_on(
    library: OpenLibrary, tmp_path: Path
) -> None:
    note = a_note("c.md", "这就是矮袋鼠学习QKL。")
    assert mine_terms(library, [note]).counts["pairs"] == 0
    path = tmp_path / "glossary.csv"
    path.write_text("english,chinese,abbr\nquokka learning,矮袋鼠学习,QKL\n", "utf-8")
    import_terms(library, path)
    assert mine_terms(library, [note]).counts["pairs"] == 1


def test_a_manuscript_is_checked_by_the_whole_table(library: OpenLibrary, tmp_path: Path) -> None:
    mine_terms(library, NOTES)
    terms_path(library).write_text('[[term]]\nchinese = "门控网络"\nenglish = "gating network"\n')
    path = tmp_path / "chapter.tex"
    path.write_text("\\section{闸门网络}\n% 闸门网络\n", "utf-8")
    [one] = lint_terms(library, path)
    assert (one.line, one.column, one.form, one.preferred) == (1, 10, "闸门网络", "门控网络")


def test_a_word_chooses_the_terms_that_have_it() -> None:
    known = [KnownTerm(one) for one in bundled_terms()]
    assert choose_terms(known, "x") == []


# --- the library's own notes ----------------------------------------------------------------------


def store_note(library: OpenLibrary, path: str, text: str, note_id: int | None = None) -> int:
    note = a_note(path, text)
    file = NoteFile(path, "/notes", f"/notes/{path}", note.sha256, len(text), 0)
    with begin(library.engine) as conn:
        return save_note(conn, note, file, library.now(), note_id=note_id)


def test_the_librarys_notes_are_mined_counted_and_forgotten(library: OpenLibrary) -> None:
    first = store_note(library, "a.md", NOTES[0].text)
    store_note(library, "b.md", NOTES[1].text + "也有闸门网络。")
    report = update_terms(library)
    assert report.counts == {"notes": 2, "mined": 2, "pairs": 2, "counted": 2, "gone": 0}
    sources = {one.form: one.sources for one in term_of(library, "闸门网络").forms}
    assert sources["闸门网络"] == ("a.md", "b.md")
    again = update_terms(library).counts
    assert (again["mined"], again["counted"], again["gone"]) == (0, 0, 0)
    with begin(library.engine) as conn:
        save_gone(conn, first, library.now())
    last = update_terms(library).counts
    assert (last["gone"], last["mined"]) == (1, 0)
    assert last["counted"] == 1  # b.md, as the table lost what a.md added
    assert not load_term_table(library).find("闸门网络")
