"""Months of a phrase that are frozen: what they were counted at, and the log of what changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from littrack.store.as_of import is_known, is_withdrawn, load_texts_of
from littrack.store.state import load_state, save_state
from littrack.store.tables import (
    papers,
    source_changes,
    source_runs,
    tombstones,
    trend_changes,
    trend_months,
)

_STATES = {"papers": "", "months": ":month", "announced": ":day", "rules": ":rules"}


@dataclass(frozen=True, slots=True)
class FrozenMonth:
    """What a complete month was counted at."""

    month: datetime
    papers: int
    sha256: bytes  # of its sorted arXiv ids
    frozen_at: datetime


@dataclass(frozen=True, slots=True)
class TrendChange:
    """A frozen month that another count replaced, and why."""

    phrase: str
    semantics: str
    month: datetime
    before: int
    after: int
    cause: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class ChangedPaper:
    """A paper that changed since a moment, as far as that can be told."""

    arxiv_id: str
    published: datetime
    first_seen_at: datetime
    is_new: bool
    withdrawn: bool
    was_withdrawn: bool
    is_deleted: bool  # arXiv says so
    version: int | None
    earlier_version: int | None
    earlier_title: str
    earlier_abstract: str
    reported: tuple[str, ...]  # what harvests said of it since


def load_frozen(conn: sa.Connection, phrase: str, semantics: str) -> dict[datetime, FrozenMonth]:
    """The frozen months of a phrase, in order."""
    c = trend_months.c
    query = sa.select(c.month, c.papers, c.sha256, c.frozen_at)
    rows = conn.execute(query.where(c.phrase == phrase, c.semantics == semantics).order_by(c.month))
    return {row.month: FrozenMonth(*row) for row in rows}


def load_frozen_phrases(conn: sa.Connection) -> list[tuple[str, str]]:
    """Every phrase of which months are frozen, with its semantics."""
    c = trend_months.c
    query = sa.select(c.phrase, c.semantics).distinct().order_by(c.phrase, c.semantics)
    return list(conn.execute(query).tuples())


def save_frozen(
    conn: sa.Connection, phrase: str, semantics: str, months: Sequence[FrozenMonth]
) -> None:
    """Freeze months, in place of what they were frozen at."""
    c = trend_months.c
    if not months:
        return
    of_phrase = sa.and_(c.phrase == phrase, c.semantics == semantics)
    again = c.month.in_([one.month for one in months])
    conn.execute(trend_months.delete().where(of_phrase, again))
    rows = [
        {
            "phrase": phrase,
            "semantics": semantics,
            "month": one.month,
            "papers": one.papers,
            "sha256": one.sha256,
            "frozen_at": one.frozen_at,
        }
        for one in months
    ]
    conn.execute(trend_months.insert(), rows)


def load_trend_changes(conn: sa.Connection, phrase: str, semantics: str) -> list[TrendChange]:
    """What became of frozen months of a phrase, in the order it was seen."""
    c = trend_changes.c
    query = sa.select(
        c.phrase, c.semantics, c.month, c.before, c.after, c.cause, c.recorded_at
    ).where(c.phrase == phrase, c.semantics == semantics)
    return [TrendChange(*row) for row in conn.execute(query.order_by(c.id))]


def save_trend_changes(conn: sa.Connection, changes: Sequence[TrendChange]) -> None:
    """Add to the log."""
    first = (conn.scalar(sa.select(sa.func.max(trend_changes.c.id))) or 0) + 1
    rows = [
        {"id": number} | {name: getattr(change, name) for name in TrendChange.__slots__}
        for number, change in enumerate(changes, first)
    ]
    if rows:
        conn.execute(trend_changes.insert(), rows)


def hash_ids(arxiv_ids: Iterable[str]) -> bytes:
    """SHA-256 of the sorted arXiv ids, a line each: what a frozen month is known by."""
    lines = "".join(f"{arxiv_id}\n" for arxiv_id in sorted(arxiv_ids))
    return hashlib.sha256(lines.encode()).digest()


def load_freeze_state(conn: sa.Connection, phrase: str, semantics: str) -> dict[str, int]:
    """At what state of the papers and of the rules a phrase was frozen, and how it was dated."""
    return {name: load_state(conn, _key(phrase, semantics, name)) for name in _STATES}


def save_freeze_state(
    conn: sa.Connection, phrase: str, semantics: str, state: Mapping[str, int]
) -> None:
    """Note at what state a phrase is frozen."""
    for name in _STATES:
        save_state(conn, _key(phrase, semantics, name), state[name])


def _key(phrase: str, semantics: str, name: str) -> str:
    digest = hashlib.sha256(f"{semantics}\n{phrase}".encode()).hexdigest()[:16]
    return f"trends:{digest}{_STATES[name]}"


def load_papers_state(conn: sa.Connection) -> int:
    """The counter that moves on when any paper changes."""
    return load_state(conn, "papers")


def load_changed_papers(conn: sa.Connection, since: datetime) -> list[ChangedPaper]:
    """The papers that changed after a moment, with what they said at it."""
    changed = papers.c.last_changed_at > since
    then = sa.case((is_withdrawn(since), 1), else_=0)
    query = sa.select(papers, sa.case((is_known(since), 0), else_=1), then).where(changed)
    rows = conn.execute(query.order_by(papers.c.published, papers.c.arxiv_id)).all()
    texts = load_texts_of(conn, [row.id for row in rows], since) if len(rows) <= _MOST else {}
    deleted = set(conn.scalars(sa.select(tombstones.c.arxiv_id)))
    reported = _load_reported(conn, since)
    found = []
    for row in rows:
        text = dict(texts[row.id]) if row.id in texts else dict[str, Any]()
        found.append(
            ChangedPaper(
                arxiv_id=row.arxiv_id,
                published=row.published,
                first_seen_at=row.first_seen_at,
                is_new=bool(row[-2]),
                withdrawn=row.withdrawn,
                was_withdrawn=bool(row[-1]),
                is_deleted=row.arxiv_id in deleted,
                version=row.version,
                earlier_version=text.get("number"),
                earlier_title=text.get("title") or "",
                earlier_abstract=text.get("abstract") or "",
                reported=reported.get(row.arxiv_id, ()),
            )
        )
    return found


_MOST = 5_000  # papers whose earlier texts are looked up


def _load_reported(conn: sa.Connection, since: datetime) -> dict[str, tuple[str, ...]]:
    """What the runs since then said that they changed."""
    runs = sa.select(source_runs.c.id).where(source_runs.c.finished_at > since)
    c = source_changes.c
    found: dict[str, tuple[str, ...]] = {}
    for arxiv_id, kind in conn.execute(
        sa.select(c.arxiv_id, c.kind).where(c.run_id.in_(runs)).order_by(c.run_id, c.sequence)
    ):
        found[arxiv_id] = (*found.get(arxiv_id, ()), kind)
    return found
