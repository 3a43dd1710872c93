"""How far a long step is: bars on stderr when somebody watches, silence otherwise."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from littrack.cli.context import Flags
from littrack.cli.messages import say

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

WORTH_SAYING_SECONDS = 5.0  # shorter waits are arXiv's ordinary pace


class Watch:
    """What a step calls as it goes; without bars it keeps quiet about progress."""

    def __init__(self, flags: Flags, bars: Progress | None) -> None:
        self._flags, self._bars = flags, bars
        self._tasks: dict[str, TaskID] = {}

    def progress(self, task: str, done: float, total: float | None) -> None:
        """Draw a bar for each task."""
        if self._bars is None:
            return
        if task not in self._tasks:
            self._tasks[task] = self._bars.add_task(task, total=total)
        self._bars.update(self._tasks[task], completed=done, total=total)

    def on_wait(self, seconds: float, why: str) -> None:
        """Say why nothing moves for a while; in a log as well, where silence looks like a hang."""
        long = seconds >= WORTH_SAYING_SECONDS and not self._flags.quiet
        if long or self._flags.verbose:
            self._line(f"waiting {seconds:.0f} s: {why}")

    def say(self, line: str) -> None:
        """A line of the step's own."""
        if not self._flags.quiet:
            self._line(line)

    def _line(self, line: str) -> None:
        if self._bars is not None:  # above the bars, not through them
            self._bars.console.print(line, markup=False, highlight=False)
        else:
            say(line)


@contextmanager
def watched(flags: Flags) -> Iterator[Watch]:
    """Bars while the block runs, if stderr is a terminal and --quiet was not given."""
    if flags.quiet or not sys.stderr.isatty():
        yield Watch(flags, None)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as Remaining

    name = TextColumn("{task.description}", markup=False)
    columns = (name, BarColumn(), MofNCompleteColumn(), Remaining())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        yield Watch(flags, bars)
