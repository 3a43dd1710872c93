"""The papers of sections, those that a person is asked about, and what is decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from littrack.errors import NotFound
from littrack.sources.section_file import SectionDecision, append_section_decisions
from littrack.steps.opening import OpenLibrary
from littrack.steps.sections import decisions_path, find_section, load_decided, load_sections
from littrack.store import sections as store
from littrack.store.engine import begin
from littrack.store.papers import load_ids
from littrack.topics import Section, SectionAssignment

if TYPE_CHECKING:
    import sqlalchemy as sa


@dataclass(frozen=True, slots=True)
class SectionCount:
    """A section and how many papers are in it, without those of sections inside it."""

    section: Section
    decided: int
    assigned: int
    review: int  # it is the likeliest of those that a person is asked about


@dataclass(frozen=True, slots=True)
class SectionReview:
    """A paper whose section is not clear, and the sections that it may be."""

    arxiv_id: str
    title: str
    choices: tuple[SectionAssignment, ...]  # the likeliest first


def count_sections(library: OpenLibrary) -> list[SectionCount]:
    """Every section in the survey's order, with its papers."""
    sections = load_sections(library)
    with library.engine.connect() as conn:
        counts = store.count_assignments(conn)
    return [
        SectionCount(
            one, *(counts.get((one.key, status), 0) for status in ("decided", "assigned", "review"))
        )
        for one in sections
    ]


def load_papers_of(library: OpenLibrary, key: str) -> list[store.AssignedPaper]:
    """The papers of a section and of those inside it: a person's first, then the surest.

    Raises:
        NotFound: there is no such section.
    """
    sections = load_sections(library)
    inside = {find_section(sections, key).key}
    for _ in sections:  # as deep as the tree can be
        inside |= {one.key for one in sections if one.parent in inside}
    with library.engine.connect() as conn:
        found = store.load_assignments(
            conn, sections=sorted(inside), statuses=("decided", "assigned")
        )
    return sorted(
        found,
        key=lambda one: (
            one.assignment.status != "decided",
            -one.assignment.confidence,
            one.assignment.arxiv_id,
        ),
    )


def load_section_review(library: OpenLibrary, key: str | None = None) -> list[SectionReview]:
    """What a person is asked about, the likeliest first; of one section: those it leads.

    Raises:
        NotFound: there is no such section.
    """
    sections = load_sections(library)
    if key is not None:
        find_section(sections, key)
    waiting: dict[str, list[store.AssignedPaper]] = {}
    with library.engine.connect() as conn:
        for one in store.load_assignments(conn, statuses=("review",)):
            waiting.setdefault(one.assignment.arxiv_id, []).append(one)
    items = [
        SectionReview(paper, rows[0].title, tuple(one.assignment for one in rows))
        for paper, rows in waiting.items()
    ]
    chosen = [one for one in items if key is None or one.choices[0].section == key]
    return sorted(chosen, key=lambda one: (-one.choices[0].confidence, one.arxiv_id))


def decide_sections(library: OpenLibrary, decisions: Sequence[SectionDecision]) -> Path:
    """Write decisions to their file, and make the table agree with them at once.

    What others may be learnt from them is learnt by the next `assign_sections`.

    Raises:
        NotFound: the library holds no such paper, or there is no such section.
        OutputError: the file cannot be written.
    """
    sections = load_sections(library)
    for one in decisions:
        find_section(sections, one.section)
    with library.engine.connect() as conn:
        ids = load_ids(conn, [one.arxiv_id for one in decisions])
    missing = [one.arxiv_id for one in decisions if one.arxiv_id not in ids]
    if missing:
        pull = f"littrack ingest --ids {','.join(missing)}"
        raise NotFound(f"the library holds no paper {missing[0]}; pull it with: {pull}")
    path = decisions_path(library)
    with library.writing("littrack sections"):
        append_section_decisions(path, decisions)
        decided = load_decided(library, sections)
        with begin(library.engine) as conn:
            for arxiv_id, paper_id in ids.items():
                _apply(conn, library, paper_id, arxiv_id, decided[arxiv_id])
    return path


def _apply(
    conn: sa.Connection,
    library: OpenLibrary,
    paper_id: int,
    arxiv_id: str,
    decided: Mapping[str, bool],
) -> None:
    """Rows of a paper as decided; what the classifier said of other sections stays."""
    known = [one.assignment for one in store.load_assignments(conn, arxiv_ids=[arxiv_id])]
    confidence = {one.section: one.confidence for one in known}
    accepted = [(key, 1.0, "decided") for key, accepts in decided.items() if accepts]
    open_still = [
        (one.section, one.confidence, one.status)
        for one in known
        if one.section not in decided and one.status not in ("decided", "rejected") and not accepted
    ]
    refused = [
        (key, confidence.get(key, 0.0), "rejected")
        for key, accepts in decided.items()
        if not accepts
    ]
    rows = [
        SectionAssignment(arxiv_id, key, place, sure, status)
        for place, (key, sure, status) in enumerate((*accepted, *open_still, *refused), 1)
    ]
    store.save_assignments(conn, {paper_id: rows}, "a person", library.now())
