"""Papers that arXiv says are gone: kept, flagged, and known by their id for ever."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from littrack.records import Change, ChangeKind, Paper
from littrack.store.papers import load_papers
from littrack.store.saving import save_papers
from littrack.store.tables import papers, tombstones

_CHUNK = 500


def save_deletions(
    conn: sa.Connection, deletions: Sequence[tuple[str, datetime]], now: datetime
) -> list[Change]:
    """Mark these ids (with the day arXiv says it for) as gone; what the library holds is flagged.

    A paper stays with all its versions; it is left out where withdrawn papers are.
    """
    if not deletions:
        return []
    days = dict(deletions)
    known = load_tombstones(conn, list(days))
    fresh = {arxiv_id: day for arxiv_id, day in days.items() if known.get(arxiv_id) != day}
    if not fresh:
        return []
    conn.execute(tombstones.delete().where(tombstones.c.arxiv_id.in_(list(fresh))))
    rows = [{"arxiv_id": i, "modified": day, "recorded_at": now} for i, day in fresh.items()]
    conn.execute(tombstones.insert(), rows)
    held = load_papers(conn, list(fresh))
    gone = [
        replace(p, withdrawn=True, modified=max(p.modified or day, day))
        for p, day in ((p, fresh[p.arxiv_id]) for p in held)
    ]
    save_papers(conn, gone, now)
    return [Change(arxiv_id, ChangeKind.DELETED) for arxiv_id in fresh if arxiv_id not in known]


def load_tombstones(conn: sa.Connection, arxiv_ids: Sequence[str]) -> dict[str, datetime]:
    """Which of these ids are gone, and the day arXiv says it for."""
    c = tombstones.c
    found: dict[str, datetime] = {}
    for start in range(0, len(arxiv_ids), _CHUNK):
        query = sa.select(c.arxiv_id, c.modified).where(
            c.arxiv_id.in_(arxiv_ids[start : start + _CHUNK])
        )
        found.update(conn.execute(query).tuples().all())
    return found


def save_revivals(conn: sa.Connection, batch: Sequence[Paper]) -> None:
    """Take back the mark of papers that arXiv describes again at a later day."""
    if conn.scalar(sa.select(sa.func.count()).select_from(tombstones)) == 0:
        return
    marked = load_tombstones(conn, [paper.arxiv_id for paper in batch])
    alive = [
        paper.arxiv_id
        for paper in batch
        if paper.modified and paper.arxiv_id in marked and paper.modified > marked[paper.arxiv_id]
    ]
    if alive:
        conn.execute(tombstones.delete().where(tombstones.c.arxiv_id.in_(alive)))


def load_missing(
    conn: sa.Connection, listed: Sequence[tuple[str, datetime, bool]]
) -> list[tuple[str, datetime, bool]]:
    """Those of (id, day of last change, deleted) that the library lacks or holds as of earlier."""
    held: dict[str, datetime] = {}
    c = papers.c
    for start in range(0, len(listed), _CHUNK):
        ids = [arxiv_id for arxiv_id, _, _ in listed[start : start + _CHUNK]]
        query = sa.select(c.arxiv_id, c.modified).where(c.arxiv_id.in_(ids))
        held.update(conn.execute(query.where(c.modified.is_not(None))).tuples().all())
    gone = load_tombstones(conn, [arxiv_id for arxiv_id, _, deleted in listed if deleted])
    return [
        entry
        for entry in listed
        if (known := (gone if entry[2] else held).get(entry[0])) is None or known < entry[1]
    ]
