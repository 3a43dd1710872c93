"""How far a long step is: bars on stderr when somebody watches, silence otherwise."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from littrack.cli.context import Flags
from littrack.cli.messages import say

if TYPE_CHECKING:
    from littrack.cli.bars import Bars

WORTH_SAYING_SECONDS = 5.0  # shorter waits pass before a line about them is read


class Watch:
    """What a step calls as it goes; without bars it keeps quiet about progress."""

    def __init__(self, flags: Flags, bars: Bars | None) -> None:
        self._flags, self._bars = flags, bars

    def begin(self, task: str) -> None:
        """Show a task before anything of it is done: the first answer may take a while."""
        if self._bars is not None:
            self._bars.begin(task)

    def progress(self, task: str, done: float, total: float | None) -> None:
        """Draw a bar for each task; a position may follow its name after a colon."""
        if self._bars is not None:
            self._bars.progress(task, done, total)

    def on_wait(self, seconds: float, why: str) -> None:
        """Count down until something moves again; in a log a line, as silence looks like a hang."""
        from littrack.sources.limiter import PACE

        if why == PACE:  # between any two requests: no news
            if self._bars is not None:
                self._bars.wait(seconds)
            return
        long = seconds >= WORTH_SAYING_SECONDS and not self._flags.quiet
        if long and self._bars is not None:
            self._bars.wait(seconds, why)
        if self._flags.verbose or (long and self._bars is None):
            self._line(f"waiting {seconds:.0f} s: {why}")

    def say(self, line: str) -> None:
        """A line of the step's own."""
        if not self._flags.quiet:
            self._line(line)

    def _line(self, line: str) -> None:
        if self._bars is not None:
            self._bars.line(line)
        else:
            say(line)


@contextmanager
def watched(flags: Flags) -> Iterator[Watch]:
    """Bars while the block runs, if stderr is a terminal and --quiet was not given."""
    if flags.quiet or not sys.stderr.isatty():
        yield Watch(flags, None)
        return
    from rich.console import Console

    from littrack.cli.bars import Bars

    bars = Bars(Console(stderr=True))
    with bars.live:
        yield Watch(flags, bars)
