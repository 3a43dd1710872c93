"""The weekly run: look whether all is well, and back it up."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from .outcome import begin_run, finish_run, run_name
from .tasks import back_up, examine, refit, verify


@flow(name="littrack-weekly", flow_run_name=run_name)
def weekly(folder: str | None = None) -> State[Any]:
    """Examine, verify the index, refit topics, back up; `folder`, or the library it finds."""
    begin_run()
    done = {
        "examine": examine(folder, return_state=True),
        "verify": verify(folder, return_state=True),
        "refit": refit(folder, return_state=True),
        "back up": back_up(folder, return_state=True),
    }
    return finish_run("weekly", folder, done)
