"""The nightly run: what is new at arXiv, made searchable.

``littrack update`` does the same without Prefect. Alerts and publishing will be further lines of
the list.
"""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from .outcome import begin_run, finish_run, run_name
from .tasks import assign, build_index, count, embed, extract, ingest, read_notes


@flow(name="littrack-nightly", flow_run_name=run_name)
def nightly(folder: str | None = None) -> State[Any]:
    """Ingest, embed, index, read, count; `folder`, or the library littrack finds."""
    started = begin_run()
    done = {
        "ingest": ingest(folder, return_state=True),
        "embed": embed(folder, return_state=True),
        "index": build_index(folder, return_state=True),
        "topics": assign(folder, return_state=True),
        "releases": extract(folder, return_state=True),
        "notes": read_notes(folder, return_state=True),
        "trends": count(folder, return_state=True),
    }
    return finish_run("nightly", folder, done, started)
