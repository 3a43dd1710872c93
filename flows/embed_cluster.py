"""Embed a large corpus on many workers: ``littrack embed`` spread over a Dask cluster.

    python flows/embed_cluster.py LIBRARY --workers 8
    python flows/embed_cluster.py LIBRARY --cluster tcp://host:8786 --model NAME@REVISION

Needs ``pip install 'littrack[dask]'`` here and on every worker. A worker that dies takes nothing
with it: Dask gives its batches to others, and whatever is left undone is what the next run finds.
What is done where, and why, is told in littrack.steps.embed_batches.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

import dask
from distributed import Client, LocalCluster
from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import get_client
from prefect.context import FlowRunContext
from prefect.settings import (
    PREFECT_API_URL,
    PREFECT_SERVER_ANALYTICS_ENABLED,
    PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS,
    temporary_settings,
)
from prefect_dask import DaskTaskRunner

from littrack.errors import AnswerBroken, InputError, LittrackError, SourceUnavailable
from littrack.records import EncoderIdentity, RunReport
from littrack.settings import load_settings
from littrack.steps.embed import BLOCK
from littrack.steps.embed_batches import (
    Batch,
    Job,
    Rows,
    embed_in_batches,
    encode_batch,
    identify_encoder,
    local_model,
)
from littrack.steps.opening import OpenLibrary, open_library

BATCH = BLOCK  # texts: what dies with a worker is some seconds of work, not minutes
WAITING = 4  # batches on their way for each worker thread: none waits for the driver
DASK = {  # for a local cluster; another one has its own
    "distributed.scheduler.allowed-failures": 3,  # deaths under one batch, before it is to blame
    "distributed.admin.low-level-log-length": 20,  # messages kept: of 1,000 texts would pile up
}
PATIENCE_SECONDS = 60  # for the first worker of a cluster
TOLD_SECONDS = 10


def can_pass(_task: Any, _run: Any, state: Any) -> bool:
    """Whether a failure is worth another try: a wrong model stays wrong."""
    error = state.result(raise_on_failure=False)
    return not isinstance(error, (InputError, SourceUnavailable)) or isinstance(error, AnswerBroken)


# A task's result is in the database or on its way there: Prefect keeps and caches none of it.
@task(cache_policy=NO_CACHE, persist_result=False, retries=1, retry_condition_fn=can_pass)
def identify(model: str, offline: bool) -> EncoderIdentity:
    """Which encoder a worker opens under that name; the driver needs no model itself."""
    return identify_encoder(model, offline=offline)


@task(
    task_run_name="embed-{batch.key}",
    cache_policy=NO_CACHE,
    persist_result=False,
    retries=2,
    retry_delay_seconds=[5, 30],
    retry_condition_fn=can_pass,
)
def encode(job: Job, batch: Batch) -> Rows | None:
    """Encode a batch, and store it where workers may write."""
    return encode_batch(job, batch)


@flow(name="littrack-embed-batches")
def embed_with_runner(folder: str | None, model: str | None, batch: int) -> RunReport:
    """Embed through whatever runs this flow's tasks."""
    library = opened(folder, model)
    client: Client = FlowRunContext.get().task_runner.client  # type: ignore[union-attr]
    name, offline = local_model(library.settings.encoder.model), library.settings.offline
    identity = waiting_for(identify.submit(name, offline))()
    return embed_in_batches(
        library,
        identity,
        lambda job, part: waiting_for(encode.submit(job, part)),
        size=batch,
        window=lambda: WAITING * max(1, sum(client.nthreads().values())),
        progress=Teller(),
    )


@flow(name="littrack-embed-cluster")
def embed_on_cluster(
    folder: str | None = None,
    cluster: str | None = None,
    workers: int | None = None,
    batch: int = BATCH,
    model: str | None = None,
) -> RunReport:
    """Embed the library in `folder` on the Dask cluster at an address, or on `workers` processes.

    Without either there is a process for every core. A local worker has one thread, and so have
    its numerical libraries: more would only fight for the cores.
    """
    if batch < 1 or (workers is not None and workers < 1):
        raise InputError("a batch and a cluster have at least one member")
    logger = get_run_logger()
    if cluster:
        reach(cluster)
        runner, settings = DaskTaskRunner(address=cluster), temporary_settings()
    else:
        local = {"n_workers": workers, "threads_per_worker": 1, "dashboard_address": None}
        runner = DaskTaskRunner(cluster_class=LocalCluster, cluster_kwargs=local)
        settings = sharing_one_server()
    spread = embed_with_runner.with_options(task_runner=runner)
    with settings, dask.config.set(DASK):
        report: RunReport = spread(folder, model, batch)
    for warning in report.warnings:
        logger.warning(warning)
    logger.info("%s: %s%s", report.name, dict(report.counts), "" if report.complete else " - PART")
    return report


def opened(folder: str | None, model: str | None) -> OpenLibrary:
    """The library in `folder`, or the one littrack finds, with another encoder if one is named."""
    return open_library(load_settings(overrides={"library": folder, "encoder.model": model}))


def sharing_one_server() -> AbstractContextManager[Any]:
    """Settings under which local workers use this process's Prefect server.

    With a temporary server each would start one of its own otherwise. Workers elsewhere do: set
    PREFECT_API_URL to a server that all can reach to avoid it.
    """
    with get_client(sync_client=True) as client:
        return temporary_settings({PREFECT_API_URL: str(client.api_url)})


def reach(address: str) -> None:
    """See that a cluster is there and has a worker.

    Raises:
        SourceUnavailable: it has not, or there is none.
    """
    try:
        with Client(address, timeout=PATIENCE_SECONDS / 2, set_as_default=False) as client:
            client.wait_for_workers(1, timeout=PATIENCE_SECONDS)
    except (OSError, ValueError) as exc:  # a time-out is an OSError
        raise SourceUnavailable(
            f"no Dask cluster with a worker at {address} ({exc}). Start `dask scheduler` and "
            "`dask worker ADDRESS` there, or use --workers N on this machine"
        ) from exc


def waiting_for(future: Any) -> Callable[[], Any]:
    """The wait for a task; what befell its worker becomes a littrack error."""

    def wait() -> Any:
        try:
            return future.result()
        except LittrackError:
            raise
        except Exception as exc:  # whatever a model or a dying cluster raises
            reason = " ".join(str(exc).split())[:300]
            raise AnswerBroken(f"lost on the cluster ({type(exc).__name__}: {reason})") from exc

    return wait


class Teller:
    """Progress as lines of the run's log, ten seconds apart."""

    def __init__(self) -> None:
        self.logger, self.began, self.told = get_run_logger(), time.monotonic(), 0.0

    def __call__(self, doing: str, done: float, total: float | None) -> None:
        """Tell, unless it was just told."""
        now = time.monotonic()
        if now - self.told < TOLD_SECONDS and done != total:
            return
        self.told, speed = now, done / max(now - self.began, 1e-9)
        self.logger.info("%s %s of %s, %.0f/s", doing, f"{done:,.0f}", f"{total or 0:,.0f}", speed)


def parse_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="embed_cluster.py", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("library", nargs="?", help="its folder; else the one littrack finds")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--cluster", metavar="ADDRESS", help="a running Dask scheduler's")
    where.add_argument("--workers", type=int, metavar="N", help="processes here (default: cores)")
    parser.add_argument("--model", metavar="NAME", help="another encoder than encoder.model")
    parser.add_argument("--batch", type=int, default=BATCH, help="texts a task (%(default)s)")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the flow; 0, 5 if a batch is left for the next run, or the error's own code."""
    given = parse_arguments(arguments)
    calm = {
        PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS: 120,  # a busy machine takes half a minute
        PREFECT_SERVER_ANALYTICS_ENABLED: False,
    }
    try:
        with temporary_settings(calm):
            report = embed_on_cluster(
                given.library, given.cluster, given.workers, given.batch, given.model
            )
    except LittrackError as exc:
        sys.stderr.write(f"littrack: error: {exc}\n")
        return exc.exit_code
    except KeyboardInterrupt:
        sys.stderr.write("littrack: interrupted: what came before is stored; the same goes on\n")
        return 130
    return 0 if report.complete else 5


if __name__ == "__main__":
    raise SystemExit(main())
