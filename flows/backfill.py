"""The run by hand for the past: a category, an archive or a span of days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from prefect import flow
from prefect.client.schemas.objects import State

from littrack.steps.ingest import IngestRequest

from .outcome import begin_run, finish_run, run_name
from .tasks import build_index, embed, ingest_span


@flow(name="littrack-backfill", flow_run_name=run_name)
def backfill(
    folder: str | None = None,
    categories: list[str] | None = None,
    query: str = "",
    since: date | None = None,
    until: date | None = None,
    via: Literal["api", "oai"] = "api",
) -> State[Any]:
    """Ingest what is asked for, embed, index. The same words go on where a stopped run was.

    Args:
        folder: The library's; without it, the one littrack finds.
        categories: Such as cs.CL, or cs.* for a whole archive.
        query: In arXiv's query language.
        since: The first day, by first submission (api) or last change (oai).
        until: The last day, which is meant too.
        via: api for days of submission and queries, oai for whole categories.
    """
    begin_run()
    request = make_request(categories, query, since, until, via)
    done = {
        "ingest": ingest_span(folder, request, return_state=True),
        "embed": embed(folder, return_state=True),
        "index": build_index(folder, return_state=True),
    }
    return finish_run("backfill", folder, done)


def make_request(
    categories: list[str] | None, query: str, since: date | None, until: date | None, via: str
) -> IngestRequest:
    """What the flow's parameters ask for."""
    return IngestRequest(
        queries=(query,) if query else (),
        categories=tuple(categories or ()),
        since=_midnight(since) if since else None,
        until=_midnight(until + timedelta(days=1)) if until else None,
        via=via,
    )


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
