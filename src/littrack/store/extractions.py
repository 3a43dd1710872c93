"""Which paper versions were read for model releases, by which extractor, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from littrack.claims import Candidate, Outcome
from littrack.records import AbstractKind
from littrack.store.bulk import insert_rows
from littrack.store.tables import extractions, paper_versions, papers

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class UnreadVersion:
    """A paper version that the extractor has not seen."""

    version_id: int
    arxiv_id: str
    number: int  # 0: the source did not say
    title: str
    abstract: str


@dataclass(frozen=True, slots=True)
class Extracted:
    """What was made of the newest version of a paper that was read."""

    arxiv_id: str
    number: int
    title: str
    abstract: str
    outcome: Outcome
    score: float
    names: tuple[str, ...]
    reasons: tuple[str, ...]
    read_at: datetime


def count_unread(conn: sa.Connection, extractor: str) -> int:
    """Paper versions with a title that this extractor has not read."""
    return conn.scalar(sa.select(sa.func.count()).select_from(_unread(extractor).subquery())) or 0


def load_unread(conn: sa.Connection, extractor: str, limit: int) -> list[UnreadVersion]:
    """Up to `limit` of them, oldest in the library first.

    The abstract of a summary that is not the paper's own is left out.
    """
    rows = conn.execute(_unread(extractor).order_by(paper_versions.c.id).limit(limit))
    own = AbstractKind.AUTHOR.value
    return [
        UnreadVersion(
            row.id,
            row.arxiv_id,
            row.number,
            row.title,
            (row.abstract or "") if row.abstract_kind == own else "",
        )
        for row in rows
    ]


def _unread(extractor: str) -> sa.Select[tuple[int, str, int, str, str, str]]:
    v = paper_versions.c
    done = sa.and_(extractions.c.version_id == v.id, extractions.c.extractor == extractor)
    return (
        sa.select(v.id, papers.c.arxiv_id, v.number, v.title, v.abstract, v.abstract_kind)
        .join(papers, papers.c.id == v.paper_id)
        .outerjoin(extractions, done)
        .where(extractions.c.version_id.is_(None), v.title.is_not(None))
    )


def save_extractions(
    conn: sa.Connection, extractor: str, read: Mapping[int, Candidate], now: datetime
) -> None:
    """Note what became of these versions (by SQL id); an older extractor's word is replaced."""
    wanted = sorted(read)
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        conn.execute(extractions.delete().where(extractions.c.version_id.in_(chunk)))
    rows = [
        {
            "version_id": version,
            "extractor": extractor,
            "outcome": read[version].outcome.value,
            "score": read[version].score,
            "names": list(read[version].names),
            "reasons": list(read[version].reasons),
            "read_at": now,
        }
        for version in wanted
    ]
    insert_rows(conn, extractions, rows)


def count_outcomes(conn: sa.Connection) -> dict[Outcome, int]:
    """Paper versions by what became of them."""
    c = extractions.c
    query = sa.select(c.outcome, sa.func.count()).group_by(c.outcome)
    return {Outcome(row[0]): row[1] for row in conn.execute(query)}


def load_waiting(conn: sa.Connection) -> set[str]:
    """The arXiv ids of papers whose newest version that was read is up for review."""
    e, v = extractions.c, paper_versions.c
    query = sa.select(papers.c.arxiv_id, e.outcome).join(v.id.table, v.id == e.version_id)
    query = query.join(papers, papers.c.id == v.paper_id).order_by(v.number, v.id)
    newest = {row.arxiv_id: row.outcome for row in conn.execute(query)}
    return {one for one, outcome in newest.items() if outcome == Outcome.REVIEW.value}


def load_extracted(
    conn: sa.Connection,
    outcomes: Sequence[Outcome],
    *,
    as_of: datetime | None = None,
    since: datetime | None = None,
) -> list[Extracted]:
    """What is in the queue or accepted: one entry a paper, its newest version that was read.

    Args:
        conn: The connection.
        outcomes: Which of the three to load.
        as_of: Only what was read by then.
        since: Only what was read then or later.
    """
    newest: dict[str, Extracted] = {}
    for one in _load(conn, as_of, since):
        newest[one.arxiv_id] = one  # versions come in order
    wanted = set(outcomes)
    return [one for one in newest.values() if one.outcome in wanted]


def _load(
    conn: sa.Connection, as_of: datetime | None, since: datetime | None
) -> Iterator[Extracted]:
    e, v = extractions.c, paper_versions.c
    query = (
        sa.select(
            papers.c.arxiv_id,
            *(v.number, v.title, v.abstract),
            *(e.outcome, e.score, e.names, e.reasons, e.read_at),
        )
        .join(paper_versions, v.id == e.version_id)
        .join(papers, papers.c.id == v.paper_id)
        .order_by(papers.c.id, v.number, v.id)
    )
    # A paper is of interest when any of its versions was more than rejected.
    kept = sa.select(v.paper_id).join(extractions, e.version_id == v.id)
    query = query.where(v.paper_id.in_(kept.where(e.outcome != Outcome.REJECT.value)))
    if as_of is not None:
        query = query.where(e.read_at <= as_of)
    if since is not None:
        query = query.where(e.read_at >= since)
    for row in conn.execute(query):
        yield Extracted(
            arxiv_id=row.arxiv_id,
            number=row.number,
            title=row.title,
            abstract=row.abstract or "",
            outcome=Outcome(row.outcome),
            score=row.score,
            names=tuple(row.names),
            reasons=tuple(row.reasons),
            read_at=row.read_at,
        )
