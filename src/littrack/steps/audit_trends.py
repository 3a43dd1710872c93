"""Count a phrase three ways: in the library, by arXiv in one answer, by arXiv part by part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from littrack.analysis.trends import find_next_period, list_periods
from littrack.errors import SourceUnavailable
from littrack.records import Window
from littrack.steps.asking import OnWait, at_recorded_time, open_http
from littrack.steps.opening import OpenLibrary
from littrack.steps.trends import Asked, Reach, TrendRequest, find_asked, load_reach
from littrack.store import trends as stored
from littrack.trends import Audit, Semantics, SeriesKind

if TYPE_CHECKING:
    from littrack.sources.http import CheckedHttp


@dataclass(frozen=True, slots=True)
class _Local:
    """What the library says of a window; ``counts`` lie between neighbouring ``edges``."""

    asked: Asked
    edges: tuple[datetime, ...]
    counts: tuple[int, ...]
    withdrawn: int
    reach: Reach


def audit_trends(
    library: OpenLibrary, request: TrendRequest, *, on_wait: OnWait | None = None
) -> list[Audit]:
    """Compare each phrase of a request with what arXiv says, over whole periods.

    arXiv is asked once for the whole span and once for each period in which the library holds a
    paper (one in which it holds none would take minutes: arXiv's zeros are asked thrice). Offline,
    or when arXiv does not answer, the audit says so.

    Raises:
        InputError, NotFound: as `count_trends`.
        SourceError: arXiv's answers cannot be used.
    """
    library = at_recorded_time(library)
    found = [one for one in find_asked(library, request) if one.kind is SeriesKind.PHRASE]
    locals_ = [_count_locally(library, request, one) for one in found]
    audits: list[Audit] = []
    try:
        with open_http(library, on_wait, patient=False) as http:
            audits.extend(_ask(http, library.settings.arxiv.api_url, one) for one in locals_)
    except SourceUnavailable as exc:
        for one in locals_[len(audits) :]:
            audits.append(replace(_audit(one), explanation=f"arXiv did not say: {exc}"))
    return audits


def _count_locally(library: OpenLibrary, request: TrendRequest, asked: Asked) -> _Local:
    with library.engine.connect() as conn:
        reach = load_reach(conn, library.now())
        ids = asked.load(conn, request.since)
        first = request.since or stored.load_first(conn, ids) or reach.now
        last = request.until or min(reach.now, reach.until)
        periods = list_periods(first, last, request.step)
        edges = [one for one in periods if request.until is None or one < request.until]
        edges += [find_next_period(one, request.step) for one in edges[-1:]]
        spans = list(pairwise(edges))
        counts = tuple(stored.count_between(conn, ids, a, b) for a, b in spans)
        gone = stored.count_withdrawn(conn, ids, edges[0], edges[-1]) if spans else 0
    return _Local(asked, tuple(edges), counts, gone, reach)


def _audit(local: _Local) -> Audit:
    start, end = (local.edges[0], local.edges[-1]) if local.edges else (local.reach.now,) * 2
    details = {"withdrawn here": local.withdrawn, "windows": len(local.counts)}
    return Audit(local.asked.name, start, end, sum(local.counts), details=details)


def _ask(http: CheckedHttp, url: str, local: _Local) -> Audit:
    from littrack.sources.query_api.harvest import fetch_count

    audit = _audit(local)
    if not local.counts:
        return replace(audit, explanation="the library holds no paper of that span")
    name = local.asked.name.replace('"', " ")
    query = f'ti:"{name}" OR abs:"{name}"'
    source = fetch_count(http, url, query, Window(audit.start, audit.end))
    windows = [
        Window(start, end)
        for (start, end), count in zip(pairwise(local.edges), local.counts, strict=True)
        if count
    ]
    parts = sum(fetch_count(http, url, query, window) for window in windows)
    skipped = len(local.counts) - len(windows)
    details = {**audit.details, "windows asked": len(windows)}
    audit = replace(audit, source=source, parts=parts, details=details)
    return replace(audit, explanation=" ".join(_explain(audit, local, skipped)))


def _explain(audit: Audit, local: _Local, skipped: int) -> Iterator[str]:
    """Why the three may differ, as far as the library can tell; first whether they do."""
    source, parts = audit.source or 0, audit.parts or 0
    if audit.local == source == parts:
        yield "All three agree."
        return
    if audit.local < source:
        yield f"The library lacks {source - audit.local:,} of arXiv's {source:,}."
    elif audit.local > source:
        yield f"The library has {audit.local - source:,} more than arXiv's {source:,}."
    if local.asked.semantics is not Semantics.ARXIV_STEM:
        yield f"arXiv counts by stems, this count is {local.asked.semantics}."
    if local.reach.is_partial(audit.start, audit.end):
        known = f"{min(local.reach.until, local.reach.now):%Y-%m-%d}"
        yield f"The library is not whole there: it reaches to {known}" + (
            f" and has {len(local.reach.holes)} holes." if local.reach.holes else "."
        )
    if local.withdrawn:
        yield f"{local.withdrawn:,} withdrawn papers are left out here and counted there."
    if source != parts:
        yield f"arXiv's own parts add up to {parts:,}" + (
            f"; {skipped} without a paper here were not asked."
            if skipped
            else ": its counts move from answer to answer, and its windows overlap by a minute."
        )
    if audit.local != source:
        yield "Papers dated by announcement or by their id may fall on the other side of an edge."
