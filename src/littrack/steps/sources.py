"""How each source stands: how fresh it is, whether it is whole, what is missing between."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from littrack.analysis.calendar import Span, find_empty_days, find_gaps, join_days
from littrack.steps.harvest_plan import BEGINNING, covered_spans
from littrack.steps.ingest import subscription_requests
from littrack.store import harvests, papers, runs

if TYPE_CHECKING:
    import sqlalchemy as sa

    from littrack.settings import Subscription
    from littrack.steps.opening import OpenLibrary

STALE_AFTER = timedelta(days=3)  # a nightly run that fails once or twice is no news
_LOOKED_AT = timedelta(days=400)  # of the calendar; older days were looked at when they were new
_SETTLED_AFTER = timedelta(days=4)  # over a weekend, arXiv announces what came on Thursday


def load_sources(library: OpenLibrary) -> list[Mapping[str, Any]]:
    """Every target that was ever harvested or imported, the newest run first.

    ``holes`` lists {from, until, why}: spans that no complete run covers, and weekdays without a
    single paper where papers are usual (subscriptions to categories only).
    """
    # One that was changed in littrack.toml is another one: its old self is neither stale nor whole.
    requests = subscription_requests(library)
    subscriptions = {
        (request.via, request.target): one
        for request, one in zip(requests, library.settings.subscriptions, strict=True)
    }
    with library.engine.connect() as conn:
        sources = [
            _source(conn, run, subscriptions.get((run.source, run.target)), library.now())
            for run in runs.load_newest_by_target(conn)
        ]
    asked = {source["subscription"] for source in sources}
    return [*sources, *(_unasked(one) for one in subscriptions.values() if one.name not in asked)]


def _source(
    conn: sa.Connection, run: runs.Run, subscription: Subscription | None, now: datetime
) -> Mapping[str, Any]:
    success = runs.load_last_success(conn, run.source, run.target)
    coverage = harvests.load_coverage(conn, run.source, run.target)
    holes = list(_holes(conn, coverage, subscription))
    until = max((one.end for one in coverage if one.complete), default=None)
    is_stale = subscription is not None and (success is None or now - success > STALE_AFTER)
    return {
        "name": f"{run.source} {run.target.partition(' sha256:')[0]}",
        "last_success": success.isoformat() if success else None,
        "complete": run.status == "complete" and not any(h["why"] == "not read" for h in holes),
        "state": run.status,
        "papers": run.counts.get("read", run.counts.get("received", 0)),
        "note": run.note,
        "subscription": subscription.name if subscription else None,
        "stale": is_stale,
        "covered_until": until.isoformat() if until else None,
        "holes": holes,
        "run": run.id,
    }


def _unasked(subscription: Subscription) -> Mapping[str, Any]:
    """A subscription that has not run yet."""
    return {
        "name": f"{subscription.via} {subscription.name}",
        "last_success": None,
        "complete": False,
        "state": "never run",
        "papers": 0,
        "note": None,
        "subscription": subscription.name,
        "stale": True,
        "covered_until": None,
        "holes": [],
        "run": None,
    }


def _holes(
    conn: sa.Connection, coverage: list[harvests.Coverage], subscription: Subscription | None
) -> Iterator[dict[str, str]]:
    for part in dict.fromkeys(one.part for one in coverage):
        spans = covered_spans([one for one in coverage if one.part == part])
        for start, end in find_gaps(spans, *_whole(coverage, part)):
            where = {"part": part} if part else {}
            yield (
                {"from": f"{start:%Y-%m-%d}", "until": f"{end:%Y-%m-%d}"}
                | where
                | {"why": "not read"}
            )
    spans = covered_spans(coverage)
    if subscription is None or not subscription.categories or not spans:
        return
    end = spans[-1][1] - _SETTLED_AFTER
    start = max(spans[0][0], end - _LOOKED_AT)
    times = papers.load_submission_times(conn, subscription.categories, start, end)
    if not times:
        return
    counts = Counter(time.date() for time in times)
    empty = find_empty_days(counts, max(start, min(times)).date(), end.date())
    for first, last in join_days(empty):
        yield {"from": f"{first}", "until": f"{last}", "why": "no paper on a weekday"}


def _whole(coverage: list[harvests.Coverage], part: str) -> Span:
    """From the first to the last moment that any run was to read of this part."""
    spans = [one for one in coverage if one.part == part]
    return min(one.start or BEGINNING for one in spans), max(one.end for one in spans)
