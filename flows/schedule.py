"""Run the flows of a library by the clock: ``littrack schedule``.

One process serves the deployments, one run at a time, and has a Prefect server as its child unless
PREFECT_API_URL names another. Prefect is imported late: it reads its environment but once.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from littrack.errors import InputError, OutputError
from littrack.store.engine import schedule_lock

from . import prefect_environment as environment
from .server import prefect_server

if TYPE_CHECKING:
    from prefect.client.schemas.objects import State
    from prefect.deployments.runner import RunnerDeployment

# arXiv announces at 20:00 Eastern time, Sunday to Thursday; OAI-PMH has it about 22:30.
TIMEZONE = "America/New_York"
WEEKLY = "0 12 * * 6"
SPREAD_MINUTES = 30
_DRAIN_SECONDS = 20.0
_CRON = re.compile(r"[\d*/,\-A-Za-z#]+( +[\d*/,\-A-Za-z#]+){4}", re.ASCII)
DIED = "the scheduler died; the next run goes on"
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Schedule:
    """When what runs, as cron has it."""

    nightly: str
    weekly: str = WEEKLY
    timezone: str = TIMEZONE

    def check(self) -> None:
        """Refuse what is plainly no time, before anything is started.

        Raises:
            InputError: which one, and how it is written.
        """
        for what, cron in (("nightly", self.nightly), ("weekly", self.weekly)):
            if not _CRON.fullmatch(cron.strip()):
                raise InputError(f'--{what} {cron!r} is no time: write "30 23 * * 0-4" for 23:30')
        try:
            ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as exc:
            raise InputError(f"--timezone {self.timezone!r} is none: write Asia/Shanghai") from exc


def choose_nightly(library: Path) -> str:
    """A minute of the half hour after 23:30, Sunday to Thursday: the same one for a library.

    Not every library of the world is to ask arXiv in the same minute.
    """
    minute = int(sha256(str(library).encode()).hexdigest(), 16) % SPREAD_MINUTES
    return f"{30 + minute} 23 * * 0-4"


def serve_schedule(library: Path, schedule: Schedule, *, port: int, say: Say) -> None:
    """Serve until stopped.

    Raises:
        InputError: a time that cron does not know.
        StoreLocked: another scheduler serves this library.
        SourceUnavailable: Prefect's server does not answer.
    """
    with _connected(library, "littrack schedule", port, say):
        from prefect import serve

        deployments = make_deployments(library, schedule)
        say(f"nightly {schedule.nightly}, weekly {schedule.weekly} ({schedule.timezone})")
        say(f"backfill by hand: prefect deployment run '{deployments[-1].full_name}' -p since=...")
        say("stop with Ctrl-C")
        logging.getLogger("prefect.runner").setLevel(logging.WARNING)  # "at capacity", all night
        serve(*deployments, limit=1, pause_on_shutdown=False, print_starting_message=False)


def run_once(library: Path, what: str, *, port: int, say: Say) -> State[Any]:
    """Run one flow now, seen by Prefect; the state it ended in."""
    with _connected(library, f"littrack schedule --once {what}", port, say):
        from prefect import tags
        from prefect.events.worker import EventsWorker
        from prefect.logging.handlers import APILogWorker

        try:
            with tags(*_tags(library)):
                state: State[Any] = _flows()[what](str(library), return_state=True)
        finally:  # while the server still listens
            for worker in (APILogWorker, EventsWorker):
                worker.drain_all(timeout=_DRAIN_SECONDS)
        return state


@contextmanager
def _connected(library: Path, doing: str, port: int, say: Say) -> Iterator[None]:
    """Be the only scheduler, with a server at hand and the dead runs of the last one closed."""
    with schedule_lock(library, doing):
        home = environment.choose_home(library)
        environment.prepare_runs(_import_root())
        url = environment.users_server()
        if url is not None:
            environment.use_server(url)
            say(f"Prefect: {url}")
            _close_dead_runs(library)
            yield
            return
        say("starting Prefect's server ...")
        with prefect_server(home, port) as url:
            environment.use_server(url)
            say(f"Prefect: {url.removesuffix('/api')} (prefect commands: PREFECT_API_URL={url})")
            _close_dead_runs(library)
            yield


def _import_root() -> Path:
    """The folder that this package is imported from: a checkout's, or the installed one's."""
    return Path(__file__).resolve().parents[len(str(__package__).split("."))]


def _flows() -> dict[str, Any]:
    from .backfill import backfill
    from .nightly import nightly
    from .weekly import weekly

    return {"nightly": nightly, "weekly": weekly, "backfill": backfill}


def _tags(library: Path) -> list[str]:
    return ["littrack", f"library:{environment.deployment_name(library)}"]


def make_deployments(library: Path, schedule: Schedule) -> list[RunnerDeployment]:
    """Nightly and weekly by the clock, backfill by hand."""
    from prefect.schedules import Cron
    from prefect.types.entrypoint import EntrypointType

    name = environment.deployment_name(library)
    times = {"nightly": schedule.nightly, "weekly": schedule.weekly, "backfill": ""}
    deployments = []
    for what, flow in _flows().items():
        try:
            cron = Cron(times[what], timezone=schedule.timezone) if times[what] else None
        except ValueError as exc:
            raise InputError(f"{what}: {times[what]!r} ({schedule.timezone}) is no time") from exc
        deployments.append(
            flow.to_deployment(
                name,
                schedule=cron,
                parameters={"folder": str(library)},
                tags=_tags(library),
                entrypoint_type=EntrypointType.MODULE_PATH,
            )
        )
    return deployments


def _close_dead_runs(library: Path) -> None:
    """Runs that a dead scheduler left behind would seem to run for ever."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas import filters
    from prefect.client.schemas.objects import StateType
    from prefect.states import Crashed

    alive = [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]
    seeming = filters.FlowRunFilter(
        tags=filters.FlowRunFilterTags(all_=_tags(library)),
        state=filters.FlowRunFilterState(type=filters.FlowRunFilterStateType(any_=alive)),
    )
    with get_client(sync_client=True) as client:
        for run in client.read_flow_runs(flow_run_filter=seeming):
            client.set_flow_run_state(run.id, Crashed(message=DIED), force=True)


def render_prefect_yaml(
    schedule: Schedule, *, name: str, folder: str | None, directory: str, package: str
) -> str:
    """A prefect.yaml that deploys the same flows to a pool of workers.

    Args:
        schedule: When they run.
        name: Of the deployments.
        folder: The library; None for the one that littrack finds from `directory`.
        directory: Where the workers are to run them.
        package: Where Python finds the flows.
    """
    times = {"nightly": schedule.nightly, "weekly": schedule.weekly, "backfill": ""}
    lines = [
        "# The flows for a pool of workers; docs/scheduling.md has the commands.",
        "# littrack schedule --write-prefect-yaml FILE writes one for a library.",
        "name: littrack",
        "pull:",
        "- prefect.deployments.steps.set_working_directory:",
        f"    directory: {json.dumps(directory, ensure_ascii=False)}",
        "deployments:",
    ]
    for what, cron in times.items():
        lines += [
            f"- name: {json.dumps(name, ensure_ascii=False)}",
            f"  entrypoint: {package}.{what}.{what}",
            "  tags: [littrack]",
            f"  parameters: {json.dumps({'folder': folder}, ensure_ascii=False)}",
            "  work_pool: {name: littrack}",
        ]
        when = f'[{{cron: "{cron}", timezone: "{schedule.timezone}"}}]' if cron else "[]"
        lines.append(f"  schedules: {when}")
    return "\n".join(lines) + "\n"


def write_prefect_yaml(library: Path, schedule: Schedule, path: Path) -> None:
    """Write one for this library and this installation.

    Raises:
        OutputError: it cannot be written, or is there already.
    """
    package = str(__package__)
    directory = library if package.startswith("littrack.") else _import_root()
    text = render_prefect_yaml(
        schedule,
        name=environment.deployment_name(library),
        folder=str(library),
        directory=str(directory),
        package=package,
    )
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as exc:
        raise OutputError(f"cannot write {path}: {exc.strerror}") from exc
