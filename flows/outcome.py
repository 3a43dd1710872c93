"""How a run begins and ends: its name, what it supersedes, its report, its state.

    Completed               all was done, and is whole
    Completed: Incomplete   all was done; arXiv gave less than it says it holds, or the doctor warns
    Failed                  a task could not do its work; the others did theirs
    Failed: Locked          another littrack was writing to the library; the message says which

The message of the state is one line that says what happened and what to do.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from prefect import runtime, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import State, StateType
from prefect.context import TaskRunContext
from prefect.exceptions import FailedRun
from prefect.states import Cancelled, Completed, Failed

from littrack.errors import LittrackError, StoreLocked
from littrack.present.nightly_report import (
    describe_failures,
    render_nightly,
    source_rows,
    summarise,
)
from littrack.records import RunReport
from littrack.steps.nightly_report import load_nightly_report
from littrack.steps.opening import utc_now

from .prefect_environment import scheduler_process
from .tasks import HOUR, log, opened

MISSED = "missed while nothing ran; a later run did its work"
_LOOK_SECONDS = 2.0


def run_name() -> str:
    """``nightly my-survey 2026-11-20 04:30``, in UTC."""
    kind = (runtime.flow_run.get_flow_name() or "").removeprefix("littrack-")
    folder = runtime.flow_run.get_parameters().get("folder")
    library = Path(folder).name if folder else ""
    start = runtime.flow_run.get_scheduled_start_time() or utc_now()
    return " ".join(f"{kind} {library} {start:%Y-%m-%d %H:%M}".split())


def begin_run() -> datetime:
    """End with the scheduler, tell our own errors without tracebacks, do missed runs' work.

    Returns when it began.
    """
    started = utc_now()
    for name in ("prefect.task_runs", "prefect.flow_runs"):
        logging.getLogger(name).addFilter(_drop_traceback)
    scheduler = scheduler_process()
    if scheduler is not None:
        threading.Thread(target=_end_with, args=(scheduler,), daemon=True).start()
    deployment = runtime.deployment.get_id()
    if deployment:
        missed = cancel_missed_runs(deployment, utc_now())
        if missed:
            log().info("%d runs were missed; this one does their work", missed)
    return started


def _drop_traceback(record: logging.LogRecord) -> bool:
    """Errors of littrack, and the state of a run, say all that there is to say in their message."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, LittrackError):
        record.exc_info = None
    return not isinstance(error, FailedRun)


def _end_with(scheduler: int) -> None:
    """Stop at once when the scheduler is gone: a run that nobody sees must not hold the library.

    What was stored stays, and the next run goes on from there.
    """
    while os.getppid() == scheduler:
        time.sleep(_LOOK_SECONDS)
    os._exit(1)


def cancel_missed_runs(deployment: str, now: datetime) -> int:
    """Take back the other scheduled runs that are due: one catches up for all of them."""
    due = FlowRunFilter(
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED])),
        expected_start_time=FlowRunFilterExpectedStartTime(before_=now),
    )
    of_deployment = DeploymentFilter(id=DeploymentFilterId(any_=[UUID(deployment)]))
    with get_client(sync_client=True) as client:
        runs = client.read_flow_runs(deployment_filter=of_deployment, flow_run_filter=due)
        missed = [run for run in runs if run.auto_scheduled]
        for run in missed:
            client.set_flow_run_state(run.id, Cancelled(message=MISSED), force=True)
    return len(missed)


def finish_run(
    what: str,
    folder: str | None,
    done: Mapping[str, State[Any]],
    started: datetime | None = None,
) -> State[Any]:
    """Write the report, and say how the run ended.

    What extraction proposes since `started` is listed in it.
    """
    reports: list[RunReport] = []
    failures: dict[str, str] = {}
    errors: list[object] = []
    for name, state in done.items():
        result = state.result(raise_on_failure=False)
        if state.is_completed():
            reports += result if isinstance(result, list) else [result]
        else:
            failures[name] = _reason(state, result)
            errors.append(result)
    told = report(what, folder, reports, failures, started, return_state=True)
    message = told.result(raise_on_failure=False) if told.is_completed() else ""
    return final_state(reports, failures, errors, str(message))


def _reason(state: State[Any], result: Any) -> str:
    if isinstance(result, LittrackError):
        return str(result)
    return state.message or repr(result)


def final_state(
    reports: Sequence[RunReport],
    failures: Mapping[str, str],
    errors: Sequence[object],
    summary: str,
) -> State[Any]:
    """What the run ends as; its data are the reports."""
    message = summary or "; ".join(describe_failures(failures))
    if failures:
        is_locked = all(isinstance(error, StoreLocked) for error in errors)
        return Failed(message=message, name="Locked" if is_locked else "Failed")
    if not all(one.complete for one in reports):
        return Completed(message=message, name="Incomplete", data=list(reports))
    return Completed(message=message, data=list(reports))


@task(cache_policy=NO_CACHE, timeout_seconds=HOUR, task_run_name="report")
def report(
    what: str,
    folder: str | None,
    reports: Sequence[RunReport],
    failures: Mapping[str, str],
    started: datetime | None = None,
) -> str:
    """Tell what the run did, on a page beside the run; returns one line of it."""
    told = load_nightly_report(opened(folder), what, reports, failures, started)
    if TaskRunContext.get() is not None:
        key = f"littrack-{what}"
        create_markdown_artifact(render_nightly(told), key=key, description=summarise(told))
        create_table_artifact(source_rows(told.sources), key="littrack-sources")
        if told.candidates:
            create_table_artifact(list(told.candidates), key="littrack-candidates")
    return summarise(told)
