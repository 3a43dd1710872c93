"""Run the library's flows by the clock: schedule."""

from __future__ import annotations

import importlib
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import littrack
from littrack.cli.command import command
from littrack.cli.context import LibraryOption, flags_of, load, open_loaded
from littrack.cli.messages import PARTLY_DONE, hint, warn
from littrack.errors import LittrackError, StoreLocked

if TYPE_CHECKING:
    from types import ModuleType

FAILED = 1


class Once(StrEnum):
    """The flows that need no further words."""

    NIGHTLY = "nightly"
    WEEKLY = "weekly"


NightlyOption = Annotated[
    str | None,
    typer.Option(
        "--nightly",
        metavar="CRON",
        help="When to ingest, embed and index.",
        show_default="a minute from 23:30 to 23:59, Sunday to Thursday",
    ),
]
WeeklyOption = Annotated[
    str | None,
    typer.Option(
        "--weekly",
        metavar="CRON",
        help="When to look for damage and back up.",
        show_default="Saturday 12:00",
    ),
]
TimezoneOption = Annotated[
    str | None,
    typer.Option(
        "--timezone",
        metavar="NAME",
        help="What the times are in.",
        show_default="America/New_York, where arXiv announces at 20:00",
    ),
]
OnceOption = Annotated[
    Once | None,
    typer.Option("--once", help="Run one flow now instead, and end.", show_default=False),
]
PortOption = Annotated[
    int,
    typer.Option(
        "--port",
        metavar="N",
        min=0,
        max=65535,
        help="Of Prefect's pages on loopback.",
        show_default="any free one",
    ),
]
FileOption = Annotated[
    Path | None,
    typer.Option(
        "--write-prefect-yaml",
        metavar="FILE",
        help="Write a prefect.yaml for a pool of workers instead, and end.",
        show_default=False,
    ),
]


@command(
    "schedule",
    "littrack schedule",
    'littrack schedule --nightly "30 6 * * 1-5" --timezone Asia/Shanghai',
    "littrack schedule --once nightly",
    "littrack schedule --write-prefect-yaml prefect.yaml",
)
def schedule(
    ctx: typer.Context,
    nightly: NightlyOption = None,
    weekly: WeeklyOption = None,
    timezone: TimezoneOption = None,
    once: OnceOption = None,
    port: PortOption = 0,
    write_prefect_yaml: FileOption = None,
    library: LibraryOption = None,
) -> None:
    """Keep the library up to date by the clock, until stopped.

    Nightly: ingest the subscriptions, embed, index. Weekly: look for damage, back up. Runs, their
    logs and reports are on Prefect's pages; its server is started, and stopped, with this command,
    unless PREFECT_API_URL names one. What was missed while the machine slept is done by one run.
    """
    loaded = load(ctx, library)
    open_loaded(loaded).engine.dispose()  # makes a new library, refuses an outdated one
    flows = import_flows()
    times = flows.Schedule(
        nightly or flows.choose_nightly(loaded.library),
        weekly or flows.WEEKLY,
        timezone or flows.TIMEZONE,
    )
    times.check()
    if write_prefect_yaml is not None:
        flows.write_prefect_yaml(loaded.library, times, write_prefect_yaml)
        hint(flags_of(ctx), f"wrote {write_prefect_yaml}; docs/scheduling.md tells what to do next")
        return

    def say(line: str) -> None:
        hint(flags_of(ctx), line)

    if once is None:
        flows.serve_schedule(loaded.library, times, port=port, say=say)
    else:
        _finish(flows.run_once(loaded.library, once.value, port=port, say=say), say)


def import_flows() -> ModuleType:
    """The schedule of the flows: beside src/ in a checkout, within the package when installed."""
    package = Path(littrack.__file__).parent
    if (package / "_flows").is_dir():
        return importlib.import_module("littrack._flows.schedule")
    checkout = package.parent.parent
    if not (checkout / "flows").is_dir():
        raise LittrackError("this installation of littrack has no flows; install it again")
    if str(checkout) not in sys.path:
        sys.path.insert(0, str(checkout))
    return importlib.import_module("flows.schedule")


def _finish(state: Any, say: Any) -> None:
    """Tell how the run ended, as an exit code too."""
    if state.name == "Locked":
        raise StoreLocked(state.message)
    if not state.is_completed():
        warn(state.message)
        raise typer.Exit(FAILED)
    if state.name == "Incomplete":
        warn(state.message)
        raise typer.Exit(PARTLY_DONE)
    say(state.message)
