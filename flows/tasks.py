"""The tasks: each is one step over a library, which it opens itself.

A database handle cannot travel to another process, so a task is given the library's folder. Nothing
is cached, because what a task does depends on the library and not on its arguments. Only the one
that touches the world is tried again; what arXiv or a kill cut off goes on where it was.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from prefect import get_run_logger, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.context import TaskRunContext
from prefect.exceptions import MissingContextError
from prefect.tasks import exponential_backoff

from littrack.errors import SourceError
from littrack.records import RunReport
from littrack.settings import load_settings
from littrack.steps import ingest as ingest_step
from littrack.steps import status as status_step
from littrack.steps.claims import load_catalogue
from littrack.steps.embed import embed_papers
from littrack.steps.extract import extract_releases
from littrack.steps.freeze_trends import freeze_trends
from littrack.steps.index import build
from littrack.steps.index import verify as verify_index
from littrack.steps.ingest import IngestRequest
from littrack.steps.notes import has_notes, update_notes
from littrack.steps.opening import OpenLibrary, open_library, utc_now
from littrack.steps.recent import month_rows, topic_rows
from littrack.steps.snapshot import create_snapshot, name_snapshot
from littrack.steps.terms import update_terms
from littrack.steps.topics import fit_topics, list_topics, load_drift, update_topics

HOUR = 3600.0
TRY_AGAIN = (69, 75)  # exit codes: nobody there, try later
RETRIES = 3
RETRY_SECONDS = 300.0  # then twice and four times that; the harvest itself was patient before
WORTH_SAYING_SECONDS = 30.0  # a wait
BACKUPS = "backups"  # below the library
KEPT_BACKUPS = 8


def opened(folder: str | None) -> OpenLibrary:
    """The library in `folder`, or the one littrack finds."""
    return open_library(load_settings(overrides={"library": folder}))


def is_worth_retrying(_task: Any, _run: TaskRun, state: State[Any]) -> bool:
    """Whether the outside world failed in a way that passes."""
    return isinstance(state.data, SourceError) and state.data.exit_code in TRY_AGAIN


def _named(verb: str) -> Callable[[dict[str, Any]], str]:
    """Names a task's run after what it does to which library."""

    def name(parameters: dict[str, Any]) -> str:
        folder = parameters.get("folder")
        return f"{verb} {Path(folder).name}" if folder else verb

    return name


_SOURCE: dict[str, Any] = {
    "cache_policy": NO_CACHE,
    "retries": RETRIES,
    "retry_delay_seconds": exponential_backoff(backoff_factor=RETRY_SECONDS),
    "retry_jitter_factor": 0.5,
    "retry_condition_fn": is_worth_retrying,
    "timeout_seconds": 20 * HOUR,  # a first harvest of a large category at arXiv's pace
}


def _on_wait(seconds: float, why: str) -> None:
    if seconds >= WORTH_SAYING_SECONDS:
        log().info("waiting %.0f s: %s", seconds, why)


def log() -> logging.Logger | logging.LoggerAdapter[Any]:
    """The run's log; without a run, an ordinary one."""
    try:
        return get_run_logger()
    except MissingContextError:
        return logging.getLogger("littrack.flows")


def _show(key: str, rows: list[dict[str, Any]]) -> None:
    """A table beside the run; without a run there is nobody to see it."""
    if rows and TaskRunContext.get() is not None:
        create_table_artifact(rows, key=key)


@task(task_run_name=_named("ingest"), **_SOURCE)
def ingest(folder: str | None) -> list[RunReport]:
    """Pull what the subscriptions ask for."""
    return ingest_step.ingest_subscriptions(opened(folder), on_wait=_on_wait)


@task(task_run_name=_named("ingest"), **_SOURCE)
def ingest_span(folder: str | None, request: IngestRequest) -> list[RunReport]:
    """Pull what the request asks for; the ledger knows how far an earlier run came."""
    return [ingest_step.ingest(opened(folder), request, on_wait=_on_wait)]


@task(cache_policy=NO_CACHE, timeout_seconds=12 * HOUR, task_run_name=_named("embed"))
def embed(folder: str | None) -> RunReport:
    """Embed what is new."""
    return embed_papers(opened(folder))


@task(cache_policy=NO_CACHE, timeout_seconds=6 * HOUR, task_run_name=_named("index"))
def build_index(folder: str | None) -> RunReport:
    """Bring the index up to date."""
    return build(opened(folder))


@task(cache_policy=NO_CACHE, timeout_seconds=6 * HOUR, task_run_name=_named("read releases of"))
def extract(folder: str | None) -> RunReport:
    """Read what is new for model releases."""
    library = opened(folder)
    load_catalogue(library)
    return extract_releases(library)


@task(cache_policy=NO_CACHE, timeout_seconds=6 * HOUR, task_run_name=_named("assign topics of"))
def assign(folder: str | None) -> RunReport:
    """Put new papers into topics; the first time, find the topics."""
    library = opened(folder)
    report = update_topics(library)
    _show("littrack-topics", topic_rows(list_topics(library)))
    return report


@task(cache_policy=NO_CACHE, timeout_seconds=6 * HOUR, task_run_name=_named("refit topics of"))
def refit(folder: str | None) -> RunReport:
    """Find the topics again when the library has drifted away from them; their ids stay."""
    library = opened(folder)
    drift = load_drift(library)
    if drift is None or not drift.is_due:
        return RunReport("refit", {"due": 0})
    report = fit_topics(library)
    _show("littrack-topics", topic_rows(list_topics(library)))
    return report


@task(cache_policy=NO_CACHE, timeout_seconds=6 * HOUR, task_run_name=_named("read notes of"))
def read_notes(folder: str | None) -> RunReport:
    """Read and link the notes that changed, and grow the term table from them."""
    library = opened(folder)
    if not has_notes(library):
        return RunReport("notes")
    report = update_notes(library)
    update_terms(library)
    return report


@task(cache_policy=NO_CACHE, timeout_seconds=6 * HOUR, task_run_name=_named("count trends of"))
def count(folder: str | None) -> RunReport:
    """Count the survey's phrases, and freeze the months that are over."""
    library = opened(folder)
    report = freeze_trends(library)
    _show("littrack-trends", month_rows(library))
    return report


@task(cache_policy=NO_CACHE, timeout_seconds=6 * HOUR, task_run_name=_named("verify index of"))
def verify(folder: str | None) -> RunReport:
    """Compare the index with the database."""
    return verify_index(opened(folder))


@task(cache_policy=NO_CACHE, timeout_seconds=6 * HOUR, task_run_name=_named("examine"))
def examine(folder: str | None) -> RunReport:
    """Look for what is wrong, as ``littrack doctor`` does; an error makes the report incomplete."""
    findings = status_step.examine(opened(folder))
    wrong = [one for one in findings if one.level != "ok"]
    counts = {
        "looked at": len(findings),
        "warnings": sum(one.level == "warning" for one in wrong),
        "errors": sum(one.level == "error" for one in wrong),
    }
    words = (f"{one.what} ({one.advice})" if one.advice else one.what for one in wrong)
    return RunReport("examine", counts, warnings=tuple(words), complete=not counts["errors"])


@task(cache_policy=NO_CACHE, timeout_seconds=12 * HOUR, task_run_name=_named("back up"))
def back_up(folder: str | None) -> RunReport:
    """Write a snapshot below the library; the oldest ones go."""
    loaded = load_settings(overrides={"library": folder})
    backups = loaded.library / BACKUPS
    backups.mkdir(exist_ok=True)
    path = backups / name_snapshot(loaded.library, utc_now())
    made = create_snapshot(loaded.database_url, loaded.library, path)
    for old in sorted(backups.glob("*.littrack.zip"))[:-KEPT_BACKUPS]:
        old.unlink()
    return made.report
