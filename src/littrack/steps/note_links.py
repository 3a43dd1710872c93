"""Link the passages of notes to papers, models, terms and other notes."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from functools import cache
from importlib.resources import files

from littrack.analysis.note_links.cascade import (
    NoteSpots,
    link_passages,
    read_note_spots,
    read_section,
    read_text,
    sections_to_search,
    subject_link,
)
from littrack.analysis.note_links.clues import Hit, Read, gather_clues
from littrack.analysis.note_links.evidence import (
    Evidence,
    FirstAuthor,
    family_name,
    known_models,
    note_key,
)
from littrack.analysis.note_links.marks import find_author_years
from littrack.analysis.note_links.subject import (
    LinkWeights,
    Subject,
    choose_subject,
    parse_weights,
)
from littrack.analysis.note_links.title_index import TitleIndex
from littrack.errors import InputError
from littrack.notes import Note, NoteLink
from littrack.records import Progress, no_progress
from littrack.steps.models import load_models
from littrack.steps.opening import OpenLibrary
from littrack.steps.search import search_text
from littrack.steps.terms import load_term_table
from littrack.store.paper_names import (
    load_all_titles,
    load_first_authors,
    load_repositories,
)
from littrack.text import words

HITS = 12  # of a search: how far behind the first the others lie says how sure it is
TEXT_LIMIT = 1_500  # characters at the beginning of a text that say what it is about
_MOST_SEARCHES = 8  # for one note
_REPOSITORY = re.compile(r"github\.com/", re.IGNORECASE)


@cache
def link_weights() -> LinkWeights:
    """The bundled weights, fitted by benchmarks/links.py."""
    return parse_weights(json.loads((files("littrack") / "data" / "note_links.json").read_bytes()))


def load_evidence(
    library: OpenLibrary, notes: Sequence[Note], *, exclude: Collection[str] = ()
) -> Evidence:
    """What the library knows that these notes may speak of.

    Args:
        library: The library.
        notes: The notes to link; authors and code are loaded only if one of them names any.
        exclude: Papers to act as if the library did not hold them.
    """
    models = load_models(library)
    cites = any(find_author_years(note.text) for note in notes)
    has_code = any(_REPOSITORY.search(note.text) for note in notes)
    with library.engine.connect() as conn:
        titles = TitleIndex(load_all_titles(conn))
        authors = _by_family_name(load_first_authors(conn)) if cites else {}
        repositories = load_repositories(conn) if has_code else {}
    return Evidence(
        titles,
        models.registry,
        known_models(models.models),
        load_term_table(library),
        authors,
        repositories,
        {note_key(note.path): note.path for note in notes},
        frozenset(exclude),
    )


def _by_family_name(
    authors: Sequence[tuple[str, str, int]],
) -> dict[str, list[FirstAuthor]]:
    found: dict[str, list[FirstAuthor]] = {}
    for arxiv_id, name, year in authors:
        found.setdefault(family_name(name), []).append(FirstAuthor(arxiv_id, name, year))
    return found


def link_notes(
    library: OpenLibrary,
    notes: Sequence[Note],
    *,
    evidence: Evidence | None = None,
    progress: Progress = no_progress,
) -> list[list[NoteLink]]:
    """The links of each note, in the order of its passages; boilerplate has none.

    The first link of a passage says what the passage is about.

    Args:
        library: The library.
        notes: The notes.
        evidence: From `load_evidence`, where several calls share it; loaded here if None.
        progress: Told how many notes are done.

    Raises:
        IndexMissing, IndexStale: what a section means cannot be searched for.
    """
    evidence = evidence or load_evidence(library, notes)
    linked = []
    for done, note in enumerate(notes, 1):
        spots = read_note_spots(note, evidence)
        linked.append(link_passages(spots, _search_sections(library, spots, evidence)))
        progress("linking notes", done, len(notes))
    return linked


def _search_sections(
    library: OpenLibrary, spots: NoteSpots, evidence: Evidence
) -> dict[int, NoteLink]:
    """The subjects of the sections that say nothing themselves, by place; sure or nearly so."""
    found: dict[int, NoteLink] = {}
    for place in sections_to_search(spots)[:_MOST_SEARCHES]:
        text, read = read_section(spots.sections[place], spots.note, evidence)
        subject = find_subject(library, text, read, evidence)
        if subject is not None and (subject.is_sure or subject.is_near):
            found[place] = subject_link(subject, evidence)
    return found


def link_text(library: OpenLibrary, text: str, evidence: Evidence) -> Subject | None:
    """The paper that a text of its own is about, with the next best; a link only if `is_sure`."""
    text = text[:TEXT_LIMIT]
    return find_subject(library, text, read_text(text, evidence), evidence)


def find_subject(library: OpenLibrary, text: str, read: Read, evidence: Evidence) -> Subject | None:
    """The likeliest paper, by the text's own words if they are enough, else with a search."""
    weights, titles = link_weights(), evidence.titles
    stated = gather_clues(read, titles, (), evidence.exclude)
    subject = choose_subject(stated, weights.unsearched)
    if subject is not None and subject.is_sure:
        return subject
    hits = search_hits(library, text, evidence)
    return choose_subject(gather_clues(read, titles, hits, evidence.exclude), weights.searched)


def search_hits(library: OpenLibrary, text: str, evidence: Evidence) -> list[Hit]:
    """The best papers for a text; none where it holds no word."""
    try:
        found = search_text(library, text, limit=HITS + len(evidence.exclude))
    except InputError:
        return []
    hits = [
        Hit(one.paper.arxiv_id, one.score, frozenset(words(one.paper.abstract))) for one in found
    ]
    return [hit for hit in hits if hit.arxiv_id not in evidence.exclude][:HITS]
