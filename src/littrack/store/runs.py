"""The ledger: every import and harvest, what it asked, how far it came, what it counted.

A run that is still "running" without a process behind it (the write lock is free) was killed; the
next run for the same target goes on from its checkpoint, which was saved with the data it covers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from littrack.store.tables import source_responses, source_runs

UNFINISHED = ("running", "stopped")  # killed, or ended by the source: both go on


@dataclass(frozen=True, slots=True)
class Run:
    """A row of the ledger."""

    id: int
    source: str
    target: str
    status: str
    checkpoint: Mapping[str, Any] | None
    counts: Mapping[str, int]
    started_at: datetime
    finished_at: datetime | None
    note: str | None = None


def save_run_start(conn: sa.Connection, source: str, target: str, now: datetime) -> Run:
    """Begin a run for `target`, or take up the unfinished one."""
    last = load_last_run(conn, source, target)
    if last is not None and last.status in UNFINISHED:
        reopened = source_runs.update().where(source_runs.c.id == last.id)
        conn.execute(reopened.values(status="running", finished_at=None, note=None))
        return last
    number = (conn.scalar(sa.select(sa.func.max(source_runs.c.id))) or 0) + 1
    row = {"id": number, "source": source, "target": target, "status": "running"}
    conn.execute(source_runs.insert(), row | {"counts": {}, "started_at": now})
    return Run(number, source, target, "running", None, {}, now, None)


def delete_run(conn: sa.Connection, run_id: int) -> None:
    """Forget a run that brought nothing and is not to be taken up again."""
    conn.execute(source_runs.delete().where(source_runs.c.id == run_id))


def save_run_progress(
    conn: sa.Connection, run_id: int, checkpoint: Mapping[str, Any], counts: Mapping[str, int]
) -> None:
    """Move the checkpoint, in the transaction that saved what lies before it."""
    conn.execute(
        source_runs.update()
        .where(source_runs.c.id == run_id)
        .values(checkpoint=dict(checkpoint), counts=dict(counts))
    )


def save_run_end(
    conn: sa.Connection, run_id: int, status: str, now: datetime, note: str | None = None
) -> None:
    """Close a run as complete, incomplete or failed; or as stopped, to be taken up again."""
    conn.execute(
        source_runs.update()
        .where(source_runs.c.id == run_id)
        .values(status=status, finished_at=now, note=note)
    )


def save_response(conn: sa.Connection, run_id: int, response: Mapping[str, Any]) -> None:
    """Record one answer of the source: url, status, sha256, entries, total, fetched_at."""
    c = source_responses.c
    last = conn.scalar(sa.select(sa.func.max(c.sequence)).where(c.run_id == run_id)) or 0
    conn.execute(
        source_responses.insert(), {"run_id": run_id, "sequence": last + 1} | dict(response)
    )


def load_last_run(conn: sa.Connection, source: str, target: str) -> Run | None:
    """The newest run for a target."""
    c = source_runs.c
    query = sa.select(source_runs).where(c.source == source, c.target == target)
    row = conn.execute(query.order_by(c.id.desc()).limit(1)).one_or_none()
    return None if row is None else _run(row)


def load_runs_of(conn: sa.Connection, source: str, target: str) -> Sequence[Run]:
    """Every run for a target, newest first."""
    c = source_runs.c
    query = sa.select(source_runs).where(c.source == source, c.target == target)
    return [_run(row) for row in conn.execute(query.order_by(c.id.desc()))]


def load_last_success(conn: sa.Connection, source: str, target: str) -> datetime | None:
    """When the newest complete run for a target ended."""
    c = source_runs.c
    finished: datetime | None = conn.scalar(
        sa.select(sa.func.max(c.finished_at)).where(
            c.source == source, c.target == target, c.status == "complete"
        )
    )
    return finished


def load_run(conn: sa.Connection, run_id: int) -> Run | None:
    """One run by its number."""
    row = conn.execute(sa.select(source_runs).where(source_runs.c.id == run_id)).one_or_none()
    return None if row is None else _run(row)


def load_newest_harvest(conn: sa.Connection) -> Run | None:
    """The newest run that asked arXiv."""
    c = source_runs.c
    query = sa.select(source_runs).where(c.source.in_(("api", "oai")))
    row = conn.execute(query.order_by(c.id.desc()).limit(1)).one_or_none()
    return None if row is None else _run(row)


def load_newest_snapshot_day(conn: sa.Connection) -> datetime | None:
    """The latest day of change in arXiv's own snapshots, of those that were imported to the end."""
    c = source_runs.c
    query = sa.select(c.checkpoint).where(
        c.source == "import", c.status.in_(("complete", "incomplete"))
    )
    days = (row.checkpoint.get("snapshot_day") for row in conn.execute(query) if row.checkpoint)
    return max((datetime.fromisoformat(day) for day in days if day), default=None)


def load_newest_by_target(conn: sa.Connection) -> Sequence[Run]:
    """The newest run of every target of every source, newest first."""
    c = source_runs.c
    newest = sa.select(sa.func.max(c.id)).group_by(c.source, c.target)
    rows = conn.execute(sa.select(source_runs).where(c.id.in_(newest)).order_by(c.id.desc()))
    return [_run(row) for row in rows]


def load_runs(conn: sa.Connection, limit: int = 20) -> Sequence[Run]:
    """The newest runs of all sources, newest first."""
    rows = conn.execute(sa.select(source_runs).order_by(source_runs.c.id.desc()).limit(limit))
    return [_run(row) for row in rows]


def _run(row: sa.Row[Any]) -> Run:
    return Run(
        id=row.id,
        source=row.source,
        target=row.target,
        status=row.status,
        checkpoint=row.checkpoint,
        counts=row.counts,
        started_at=row.started_at,
        finished_at=row.finished_at,
        note=row.note,
    )
