"""Which section of the survey each paper was assigned to, by which classifier.

A paper that belongs nowhere has a row too, of status "none" with the section that comes nearest:
so what has been looked at is told from what is new.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from littrack.store.bulk import insert_rows
from littrack.store.tables import paper_versions, papers, section_assignments
from littrack.topics import SectionAssignment

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class AssignedPaper:
    """An assignment, with the paper's title."""

    assignment: SectionAssignment
    title: str


def load_section_papers(conn: sa.Connection, paper_ids: Sequence[int]) -> list[tuple[str, str]]:
    """The arXiv id and current title of papers, in the order of `paper_ids`."""
    found: dict[int, tuple[str, str]] = {}
    version = paper_versions.c
    query = sa.select(papers.c.id, papers.c.arxiv_id, version.title).join(
        paper_versions, version.id == papers.c.version_id
    )
    for start in range(0, len(paper_ids), _CHUNK):
        chunk = [int(number) for number in paper_ids[start : start + _CHUNK]]
        for row in conn.execute(query.where(papers.c.id.in_(chunk))):
            found[row.id] = (row.arxiv_id, row.title or "")
    return [found[int(number)] for number in paper_ids]


def load_unassigned(conn: sa.Connection, classifier: str) -> list[int]:
    """Papers that this classifier has not seen as they are now, in order of id."""
    a = section_assignments.c
    seen = sa.exists().where(
        a.paper_id == papers.c.id,
        a.classifier == classifier,
        a.assigned_at >= papers.c.last_changed_at,
    )
    return list(conn.scalars(sa.select(papers.c.id).where(~seen).order_by(papers.c.id)))


def save_assignments(
    conn: sa.Connection,
    found: Mapping[int, Iterable[SectionAssignment]],
    classifier: str,
    now: datetime,
) -> None:
    """What was found out about each paper, in place of what was known before."""
    ids = sorted(found)
    for start in range(0, len(ids), _CHUNK):
        chunk = section_assignments.c.paper_id.in_(ids[start : start + _CHUNK])
        conn.execute(section_assignments.delete().where(chunk))
    rows = [
        {
            "paper_id": paper_id,
            "section": one.section,
            "place": one.place,
            "confidence": one.confidence,
            "status": one.status,
            "classifier": classifier,
            "assigned_at": now,
        }
        for paper_id in ids
        for one in found[paper_id]
    ]
    insert_rows(conn, section_assignments, rows)


def load_assignments(
    conn: sa.Connection,
    *,
    sections: Sequence[str] | None = None,
    statuses: Sequence[str] | None = None,
    arxiv_ids: Sequence[str] | None = None,
) -> list[AssignedPaper]:
    """Assignments to any of `sections` with any of `statuses`: by paper, then by place."""
    a, version = section_assignments.c, paper_versions.c
    query = (
        sa.select(papers.c.arxiv_id, a.section, a.place, a.confidence, a.status, version.title)
        .join(papers, papers.c.id == a.paper_id)
        .join(paper_versions, version.id == papers.c.version_id)
        .order_by(papers.c.id, a.place, a.section)
    )
    if sections is not None:
        query = query.where(a.section.in_(list(sections)))
    if statuses is not None:
        query = query.where(a.status.in_(list(statuses)))
    if arxiv_ids is not None:
        query = query.where(papers.c.arxiv_id.in_(list(arxiv_ids)))
    return [
        AssignedPaper(
            SectionAssignment(row.arxiv_id, row.section, row.place, row.confidence, row.status),
            row.title or "",
        )
        for row in conn.execute(query)
    ]


def count_assignments(conn: sa.Connection) -> dict[tuple[str, str], int]:
    """Papers by section and status; of those up for review, the likeliest section counts."""
    a = section_assignments.c
    query = (
        sa.select(a.section, a.status, sa.func.count())
        .where(sa.or_(a.status != "review", a.place == 1))
        .group_by(a.section, a.status)
    )
    return {(row[0], row[1]): row[2] for row in conn.execute(query)}
