"""What a harvest is to read: decided once, at its start, from what earlier runs covered.

    query API     every gap in what was read by day of submission, and the last 7 days again;
                  once in 30 days the last 60, because moderation holds papers back for weeks
    OAI-PMH       each set from two days before its last complete reading, by day of change; the
                  first time from the beginning, or from the newest day of an imported snapshot,
                  whose completeness the listing of identifiers then proves

The plan is kept in the ledger with the run, so that a run taken up again does what it set out to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from littrack.analysis.calendar import Span, find_gaps, join_spans
from littrack.records import Window
from littrack.store import harvests, runs

if TYPE_CHECKING:
    import sqlalchemy as sa

    from littrack.steps.ingest import IngestRequest

# arXiv announces papers days after they were submitted (arXiv help, "availability").
LOOK_BACK, LONG_LOOK_BACK = timedelta(days=7), timedelta(days=60)
LONG_LOOK_BACK_EVERY = timedelta(days=30)
# A record that changes during a harvest can shift another past the cursor: the last days again.
OAI_OVERLAP = timedelta(days=2)
BEGINNING = datetime.fromisoformat("1991-08-01T00:00:00+00:00")  # of arXiv


@dataclass(frozen=True, slots=True)
class OaiPart:
    """One set: records changed since a day, proved by listing identifiers since another."""

    set_name: str
    since: datetime | None
    list_since: datetime | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run reads; ``kind`` is first, daily, monthly or once."""

    kind: str
    windows: tuple[Window, ...] = ()  # query API, by v1
    parts: tuple[OaiPart, ...] = ()  # OAI-PMH, by day of change
    until: datetime | None = None  # OAI-PMH only
    late_before: datetime | None = None  # a new paper submitted earlier was announced late

    def to_json(self) -> dict[str, Any]:
        """As the ledger keeps it."""
        return {
            "kind": self.kind,
            "windows": [[_text(w.start), _text(w.end)] for w in self.windows],
            "parts": [[p.set_name, _text(p.since), _text(p.list_since)] for p in self.parts],
            "until": _text(self.until),
            "late_before": _text(self.late_before),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Plan:
        """What `to_json` wrote."""
        return cls(
            kind=kept["kind"],
            windows=tuple(Window(_time(a), _time(b)) for a, b in kept["windows"]),
            parts=tuple(OaiPart(name, _time(a), _time(b)) for name, a, b in kept["parts"]),
            until=_time(kept["until"]),
            late_before=_time(kept["late_before"]),
        )


def make_plan(conn: sa.Connection, request: IngestRequest, now: datetime) -> Plan:
    """What this request is to read now.

    Raises:
        InputError: a category that OAI-PMH has no set for.
    """
    if request.ids:
        return Plan("once")
    if request.via == "oai":
        return _plan_oai(conn, request)
    if not request.name:
        return Plan("once", windows=(Window(request.since, request.until),))
    return _plan_api(conn, request, now)


def _plan_api(conn: sa.Connection, request: IngestRequest, now: datetime) -> Plan:
    covered = covered_spans(harvests.load_coverage(conn, "api", request.target))
    if not covered:
        return Plan("first", windows=(Window(None, None),))
    reached = covered[-1][1]
    monthly = _is_monthly_due(conn, request, now)
    look_back = LONG_LOOK_BACK if monthly else LOOK_BACK
    gaps = find_gaps(covered, BEGINNING, reached)
    spans = join_spans([*gaps, (max(BEGINNING, reached - look_back), reached)])
    windows = [Window(start, end) for start, end in spans[:-1]]
    windows.append(Window(spans[-1][0], None))
    kind = "monthly" if monthly else "daily"
    return Plan(kind, windows=tuple(windows), late_before=reached - LOOK_BACK)


def _is_monthly_due(conn: sa.Connection, request: IngestRequest, now: datetime) -> bool:
    """Whether the last long look back is a month old."""
    for run in runs.load_runs_of(conn, "api", request.target):
        kind = (run.checkpoint or {}).get("plan", {}).get("kind")
        if run.status == "complete" and kind in ("first", "monthly"):
            return now - run.started_at >= LONG_LOOK_BACK_EVERY
    return True


def _plan_oai(conn: sa.Connection, request: IngestRequest) -> Plan:
    from littrack.sources.oai.sets import set_of

    sets = [set_of(category) for category in request.categories]
    if not request.name:
        parts = [OaiPart(name, request.since, request.since) for name in sets]
        return Plan("once", parts=tuple(parts), until=request.until)
    reached = {name: _reached(harvests.load_coverage_of_part(conn, "oai", name)) for name in sets}
    snapshot = runs.load_newest_snapshot_day(conn)
    parts = [_oai_part(name, reached[name], snapshot) for name in sets]
    days = [day for day in reached.values() if day is not None]
    late_before = min(days) - LOOK_BACK if len(days) == len(sets) else None
    return Plan("daily" if days else "first", parts=tuple(parts), late_before=late_before)


def _oai_part(name: str, reached: datetime | None, snapshot: datetime | None) -> OaiPart:
    if reached is not None:
        since = day_of(reached) - OAI_OVERLAP
        return OaiPart(name, since, since)
    return OaiPart(name, day_of(snapshot) - OAI_OVERLAP if snapshot else None, None)


def _reached(coverage: Sequence[harvests.Coverage]) -> datetime | None:
    """How far a set is known without a gap from its beginning."""
    covered = covered_spans(coverage)
    return covered[0][1] if covered and covered[0][0] <= BEGINNING else None


def covered_spans(coverage: Sequence[harvests.Coverage]) -> list[Span]:
    """What was read whole, joined."""
    return join_spans((one.start or BEGINNING, one.end) for one in coverage if one.complete)


def day_of(time: datetime) -> datetime:
    """Its midnight: OAI-PMH counts in days."""
    return time.replace(hour=0, minute=0, second=0, microsecond=0)


def _text(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat()


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
