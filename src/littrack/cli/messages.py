"""What is said beside the data: hints, warnings and reports, all on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

import typer

from littrack.cli.context import Flags, flags_of
from littrack.present.library import describe_counts
from littrack.records import RunReport

SHOWN_REJECTIONS = 10  # of a report, unless --verbose asks for all
PARTLY_DONE = 5
NOTHING_FOUND = 3
FINDINGS = 4


class _Log:
    """How lines on stderr are written; one for the process, as stderr is."""

    as_json = False


def log_as_json(wanted: bool) -> None:
    """From now on, write a JSON object for each line: time, level, message."""
    _Log.as_json = wanted


def say(text: str, level: str = "info") -> None:
    """A line on stderr."""
    if _Log.as_json:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        line = {"time": now, "level": level, "message": text}
        text = json.dumps(line, ensure_ascii=False)
    elif level != "info":
        text = f"littrack: {level}: {text}"
    print(text, file=sys.stderr, flush=True)


def warn(text: str) -> None:
    """A warning; --quiet does not silence it."""
    say(text, "warning")


def hint(flags: Flags, text: str) -> None:
    """What happened or what to do next."""
    if not flags.quiet:
        say(text)


def finish(ctx: typer.Context, reports: Sequence[RunReport], then: str = "") -> None:
    """Say what was done and `then` what to do next; exit code 5 if a part is missing."""
    flags = flags_of(ctx)
    for report in reports:
        _tell(flags, report)
    if then:
        hint(flags, then)
    if not all(report.complete for report in reports):
        raise typer.Exit(PARTLY_DONE)


def _tell(flags: Flags, report: RunReport) -> None:
    shown = len(report.rejections) if flags.verbose else SHOWN_REJECTIONS
    for rejection in report.rejections[:shown]:
        warn(f"{rejection.where}: {rejection.reason}")
    hidden = max(report.counts.get("rejected", 0), len(report.rejections)) - shown
    if hidden > 0:
        more = "" if flags.verbose else " (littrack --verbose ... shows them)"
        warn(f"{hidden:,} more were rejected{more}")
    for warning in report.warnings:
        warn(warning)
    line = f"{report.name}: {describe_counts(report.counts)}"
    if report.complete:
        hint(flags, line)
    else:
        warn(f"{line} - INCOMPLETE")
