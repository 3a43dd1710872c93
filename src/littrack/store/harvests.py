"""What the runs of the ledger covered, changed and could not read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from littrack.records import Change, ChangeKind, Rejection
from littrack.store.bulk import insert_tuples
from littrack.store.tables import (
    source_changes,
    source_coverage,
    source_rejections,
    source_runs,
)


@dataclass(frozen=True, slots=True)
class Coverage:
    """One span that a run read to its end; ``complete``: all that the source holds of it came."""

    part: str  # an OAI set; "" for the whole target
    basis: str  # "submitted" (v1, the query API) or "modified" (OAI-PMH)
    start: datetime | None  # None: from the beginning
    end: datetime
    papers: int
    complete: bool


def save_coverage(conn: sa.Connection, run_id: int, covered: Coverage) -> None:
    """Note that a span was read."""
    row = {
        "run_id": run_id,
        "sequence": _next(conn, source_coverage, run_id),
        "part": covered.part,
        "basis": covered.basis,
        "starts_at": covered.start,
        "ends_at": covered.end,
        "papers": covered.papers,
        "complete": covered.complete,
    }
    conn.execute(source_coverage.insert(), row)


def load_coverage(conn: sa.Connection, source: str, target: str) -> list[Coverage]:
    """Every span that runs for exactly this target read, in the order they did."""
    return _load_coverage(conn, source_runs.c.source == source, source_runs.c.target == target)


def load_coverage_of_part(conn: sa.Connection, source: str, part: str) -> list[Coverage]:
    """Every span of an OAI set that was read, whatever it was read for."""
    return _load_coverage(conn, source_runs.c.source == source, source_coverage.c.part == part)


def load_coverage_of_run(conn: sa.Connection, run_id: int) -> list[Coverage]:
    """Every span that one run read."""
    return _load_coverage(conn, source_runs.c.id == run_id)


def _load_coverage(conn: sa.Connection, *wanted: sa.ColumnElement[bool]) -> list[Coverage]:
    c = source_coverage.c
    query = sa.select(c.part, c.basis, c.starts_at, c.ends_at, c.papers, c.complete)
    query = query.join(source_runs, source_runs.c.id == c.run_id).where(*wanted)
    return [Coverage(*row) for row in conn.execute(query.order_by(c.run_id, c.sequence))]


def save_changes(conn: sa.Connection, run_id: int, changes: Sequence[Change]) -> None:
    """Add what a run changed to its list."""
    if changes:
        first = _next(conn, source_changes, run_id)
        insert_tuples(
            conn,
            source_changes,
            [
                (run_id, number, change.arxiv_id, change.kind.value, change.detail)
                for number, change in enumerate(changes, first)
            ],
        )


def load_changes(
    conn: sa.Connection, run_id: int, kinds: Iterable[ChangeKind] = tuple(ChangeKind)
) -> list[Change]:
    """What a run changed, in the order it did; only these kinds."""
    c = source_changes.c
    query = sa.select(c.arxiv_id, c.kind, c.detail).where(
        c.run_id == run_id, c.kind.in_([kind.value for kind in kinds])
    )
    return [
        Change(row.arxiv_id, ChangeKind(row.kind), row.detail)
        for row in conn.execute(query.order_by(c.sequence))
    ]


def count_changes(conn: sa.Connection, run_id: int) -> dict[ChangeKind, int]:
    """How many changes of each kind a run made."""
    c = source_changes.c
    query = sa.select(c.kind, sa.func.count()).where(c.run_id == run_id).group_by(c.kind)
    found = {ChangeKind(kind): number for kind, number in conn.execute(query).tuples()}
    return {kind: found[kind] for kind in ChangeKind if kind in found}


def save_rejections(
    conn: sa.Connection, run_id: int, rejections: Sequence[Rejection], now: datetime
) -> None:
    """Keep records that could not be read, with their bytes, for inspection."""
    first = _next(conn, source_rejections, run_id)
    rows = [
        {
            "run_id": run_id,
            "sequence": number,
            "place": rejection.where,
            "reason": rejection.reason,
            "payload": rejection.payload,
            "recorded_at": now,
        }
        for number, rejection in enumerate(rejections, first)
    ]
    if rows:
        conn.execute(source_rejections.insert(), rows)


def load_rejections(conn: sa.Connection, run_id: int) -> list[Rejection]:
    """The records of a run that could not be read."""
    c = source_rejections.c
    query = sa.select(c.place, c.reason, c.payload).where(c.run_id == run_id)
    return [Rejection(*row) for row in conn.execute(query.order_by(c.sequence))]


def _next(conn: sa.Connection, table: sa.Table, run_id: int) -> int:
    c = table.c
    return (conn.scalar(sa.select(sa.func.max(c.sequence)).where(c.run_id == run_id)) or 0) + 1
