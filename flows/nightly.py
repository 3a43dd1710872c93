"""The nightly run as a Prefect flow: the steps of ``littrack update``, each a task.

Remove the decorators and it still works; ``littrack update`` is exactly that and needs no Prefect.
Run it once: ``python flows/nightly.py [LIBRARY]``. (Schedules and deployments come later.)
"""

from __future__ import annotations

import sys

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE

from littrack.records import RunReport
from littrack.settings import load_settings
from littrack.steps.embed import embed_papers
from littrack.steps.index import build
from littrack.steps.ingest import ingest_subscriptions
from littrack.steps.opening import OpenLibrary, open_library


def opened(folder: str | None) -> OpenLibrary:
    """The library in `folder`, or the one littrack finds."""
    return open_library(load_settings(overrides={"library": folder}))


# Each task opens the library itself: a database handle cannot travel to another process. Nothing is
# cached, because what a task does depends on the library and not on its arguments.
@task(cache_policy=NO_CACHE, retries=2, retry_delay_seconds=[60, 600])
def ingest(folder: str | None) -> list[RunReport]:
    """Pull what the subscriptions ask for; alone in touching the world, and so retried."""
    return ingest_subscriptions(opened(folder))


@task(cache_policy=NO_CACHE)
def embed(folder: str | None) -> RunReport:
    """Embed what is new."""
    return embed_papers(opened(folder))


@task(cache_policy=NO_CACHE)
def build_index(folder: str | None) -> RunReport:
    """Bring the index up to date."""
    return build(opened(folder))


@flow(name="littrack-nightly")
def nightly(folder: str | None = None) -> list[RunReport]:
    """Ingest, embed, index: the library in `folder`, or the one littrack finds."""
    reports = [*ingest(folder), embed(folder), build_index(folder)]
    logger = get_run_logger()
    for report in reports:
        logger.info("%s: %s", report.name, dict(report.counts))
        if not report.complete:
            logger.warning("%s is incomplete: %s", report.name, "; ".join(report.warnings))
    return reports


if __name__ == "__main__":
    nightly(sys.argv[1] if len(sys.argv) > 1 else None)
