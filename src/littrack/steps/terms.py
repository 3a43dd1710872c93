"""The bilingual term table of a library: what littrack ships, and what its notes and people add.

Pairs come from notes (`mine_terms`) and from glossaries (`import_terms`); terms.toml in the
library's folder, kept under version control, says which forms are preferred and which are wrong.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from littrack.analysis.term_forms import FormIndex, form_key
from littrack.analysis.term_lint import find_odd_forms
from littrack.analysis.term_mining import (
    MINER,
    find_pairs,
    find_pairs_in_rows,
    strip_pinyin,
)
from littrack.analysis.term_spans import TermFinder, count_uses
from littrack.analysis.term_table import join_terms
from littrack.analysis.terms import TermTable, read_terms
from littrack.errors import InputError
from littrack.notes import Note, PassageKind
from littrack.records import Progress, RunReport, Term, no_progress
from littrack.sources.term_file import GLOSSARIES, read_glossary, read_term_entries
from littrack.sources.text_files import read_text
from littrack.steps.opening import OpenLibrary
from littrack.steps.translations import translation_table
from littrack.store import notes
from littrack.store import terms as store
from littrack.store.engine import begin
from littrack.store.state import load_state
from littrack.store.terms import TermSource
from littrack.terms import KnownTerm, OddForm, TermEntry, TermPair

if TYPE_CHECKING:
    import sqlalchemy as sa

TERMS_FILE = "terms.toml"
IMPORTED = "import:"  # before the name of a glossary's file, to tell it from a note

BATCH = 200  # notes that are held in memory at once


# --- the table ------------------------------------------------------------------------------------


@cache
def bundled_terms() -> tuple[Term, ...]:
    """The terms that littrack ships."""
    lines = (files("littrack") / "data" / "terms.tsv").read_text("utf-8").splitlines()
    return tuple(read_terms(lines))


def terms_path(library: OpenLibrary) -> Path:
    """Where a person's preferred forms are; the file need not exist."""
    return library.folder / TERMS_FILE


def load_term_table(library: OpenLibrary) -> TermTable:
    """The terms for search: shipped, preferred, imported and found in notes.

    Raises:
        InputError: terms.toml cannot be read.
    """
    entries = read_term_entries(terms_path(library))
    with library.engine.connect() as conn:
        state = load_state(conn, store.STATE)
    return _table(library.engine, state, entries)


# Asked at every search; the same until a note, a glossary or terms.toml changes.
@lru_cache(maxsize=4)
def _table(engine: sa.Engine, _state: int, entries: tuple[TermEntry, ...]) -> TermTable:
    with engine.connect() as conn:
        pairs = store.load_term_pairs(conn)
    joined = join_terms(bundled_terms(), entries, pairs)
    return TermTable((one.term for one in joined), translation_table)


def load_known_terms(library: OpenLibrary) -> list[KnownTerm]:
    """Every term with its forms, who writes them, and how often.

    Raises:
        InputError: terms.toml cannot be read.
    """
    entries = read_term_entries(terms_path(library))
    with library.engine.connect() as conn:
        pairs, uses = store.load_term_pairs(conn), store.load_term_uses(conn)
    return join_terms(bundled_terms(), entries, pairs, uses)


def choose_terms(
    terms: Sequence[KnownTerm], word: str | None = None, *, found: bool = False
) -> list[KnownTerm]:
    """Those with a word in one of their forms; `found`: that more than littrack itself has."""
    wanted = form_key(word) if word else ""
    return [
        one
        for one in terms
        if any(wanted in form_key(form.form) for form in one.forms)
        and (not found or one.decided or any(form.sources for form in one.forms))
    ]


# --- notes and glossaries -------------------------------------------------------------------------


def update_terms(library: OpenLibrary, progress: Progress = no_progress) -> RunReport:
    """Mine the library's notes that are new or changed, and forget those that are gone."""
    _, miner = _open_miner(library)
    with library.engine.connect() as conn:
        known = store.load_term_sources(conn)
        live = {one.file.path: one for one in notes.load_known_notes(conn) if one.gone_at is None}
        waiting = [
            one.id
            for path, one in live.items()
            if not _is_mined(_source(path, one.file.sha256, miner), known.get(path))
        ]
        changed = notes.load_notes(conn, waiting)
    gone = [name for name, source in known.items() if source.is_note and name not in live]
    report = mine_terms(library, changed, gone, progress)
    recounted = _count_stale(library, {path: one.id for path, one in live.items()})
    counts = {**report.counts, "notes": len(live)}
    counts["counted"] += recounted
    return replace(report, counts=counts)


def mine_terms(
    library: OpenLibrary,
    changed: Sequence[Note],
    gone: Sequence[str] = (),
    progress: Progress = no_progress,
) -> RunReport:
    """Take the pairs out of notes that are new or changed, and forget the notes that are `gone`.

    How often each form is used is counted in these notes, where they or the table changed.
    """
    mined = pairs = 0
    with library.writing("littrack terms"):
        with begin(library.engine) as conn:
            store.delete_term_sources(conn, list(gone))
            known = store.load_term_sources(conn)
        index, miner = _open_miner(library)
        for number, note in enumerate(changed):
            progress("terms of notes", number, len(changed))
            source = _source(note.path, note.sha256, miner)
            if _is_mined(source, known.get(note.path)):
                continue
            found = find_pairs(note, index)
            with begin(library.engine) as conn:
                store.save_term_pairs(conn, source, found, library.now())
            mined, pairs = mined + 1, pairs + len(found)
        counted = _count_uses(library, changed)
    counts = {"notes": len(changed), "mined": mined, "pairs": pairs, "counted": counted}
    return RunReport("terms", counts | {"gone": len(gone)})


def _source(path: str, sha256: str, miner: str) -> TermSource:
    return TermSource(path, True, bytes.fromhex(sha256), miner)


def _open_miner(library: OpenLibrary) -> tuple[FormIndex, str]:
    """The terms that pairs are recognised by, and the mark of pairs that were found with them.

    What notes themselves say is not among them: the order of the notes would matter.
    """
    with library.engine.connect() as conn:
        pairs = store.load_term_pairs(conn)
    imported = {name: own for name, own in pairs.items() if name.startswith(IMPORTED)}
    entries = read_term_entries(terms_path(library))
    terms = [one.term for one in join_terms(bundled_terms(), entries, imported)]
    return FormIndex(terms), f"{MINER}-{_digest(terms).hex()[:16]}"


def _is_mined(source: TermSource, before: TermSource | None) -> bool:
    if before is None:
        return False
    return (before.sha256, before.miner) == (source.sha256, source.miner)


def _count_stale(library: OpenLibrary, note_ids: Mapping[str, int]) -> int:
    """Count anew in notes that did not change while the table did."""
    digest = _digest([one.term for one in load_known_terms(library)])
    with library.engine.connect() as conn:
        sources = store.load_term_sources(conn)
    stale = [number for path, number in note_ids.items() if sources[path].counted_with != digest]
    counted = 0
    for start in range(0, len(stale), BATCH):
        with library.engine.connect() as conn:
            batch = notes.load_notes(conn, stale[start : start + BATCH])
        with library.writing("littrack terms"):
            counted += _count_uses(library, batch)
    return counted


def _count_uses(library: OpenLibrary, texts: Sequence[Note]) -> int:
    """Count the forms in the notes that were not counted with the table as it is now."""
    terms = [one.term for one in load_known_terms(library)]
    digest = _digest(terms)
    with library.engine.connect() as conn:
        sources = store.load_term_sources(conn)
    stale = [note for note in texts if sources[note.path].counted_with != digest]
    finder = TermFinder(terms if stale else ())
    for note in stale:
        uses = count_uses(strip_pinyin(_prose(note)), finder)
        with begin(library.engine) as conn:
            store.save_term_uses(conn, note.path, uses, digest)
    return len(stale)


def _prose(note: Note) -> str:
    """The text, with spaces for what somebody else put around it, so that places stay."""
    text = list(note.text)
    for passage in note.passages:
        if passage.kind in (PassageKind.BOILERPLATE, PassageKind.CODE, PassageKind.REFERENCE):
            start, end = passage.span
            text[start:end] = " " * (end - start)
    return "".join(text)


def _digest(terms: Sequence[Term]) -> bytes:
    return hashlib.sha256(repr(terms).encode("utf-8", "backslashreplace")).digest()


def import_terms(library: OpenLibrary, path: Path) -> RunReport:
    """Take the pairs out of a glossary: CSV or TSV with a header, or any note with pairs in it.

    A file of the same name that was imported before is replaced.

    Raises:
        InputError: it cannot be read, or holds no pair.
    """
    pairs = _read_pairs(path)
    if not pairs:
        raise InputError(
            "holds no pair of terms: a table needs a header such as english, chinese, abbreviation "
            "(or 英文, 中文, 缩写)",
            path,
        )
    source = TermSource(
        IMPORTED + path.name, False, hashlib.sha256(path.read_bytes()).digest(), MINER
    )
    before = load_known_terms(library)
    with library.writing(f"littrack terms import {path.name}"), begin(library.engine) as conn:
        store.save_term_pairs(conn, source, pairs, library.now())
    after = load_known_terms(library)
    counts = {"pairs": len(pairs), "new terms": len(after) - len(before)}
    counts["new forms"] = _forms(after) - _forms(before)
    return RunReport(f"terms import {path.name}", counts)


def _forms(terms: Sequence[KnownTerm]) -> int:
    return sum(len(one.forms) for one in terms)


def _read_pairs(path: Path) -> list[TermPair]:
    if path.suffix.lower() in GLOSSARIES:
        return find_pairs_in_rows(read_glossary(path))
    from littrack.sources.notes.reading import read_note  # its formats' libraries are slow to load

    return find_pairs(read_note(path, path.name), FormIndex(bundled_terms()))


# --- manuscripts ----------------------------------------------------------------------------------


def lint_terms(library: OpenLibrary, path: Path) -> list[OddForm]:
    """Where a manuscript (LaTeX, Markdown, text) should write a term otherwise.

    Raises:
        InputError: the manuscript or terms.toml cannot be read.
    """
    known = load_known_terms(library)
    return find_odd_forms(read_text(path).text, known, tex=path.suffix.lower() in (".tex", ".ltx"))
