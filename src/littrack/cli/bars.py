"""The bars themselves: a line for each task, drawn with rich, never wider than the terminal.

    ingesting ━━━━━━━━━━━━     12,000/50,000 papers, 12 pages, about 2 min left, next in 3 s
    waiting 0:34: try 2 of 6: HTTP 503: first byte timeout

Loaded when a terminal watches: rich takes as long to import as the rest of the command line.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any

from rich.console import Console, RenderableType
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskID
from rich.progress_bar import ProgressBar
from rich.table import Column
from rich.text import Text

# The task that comes page by page from arXiv: "ingesting cs.CL, changes of 2024-05-03". Each call
# of `Bars.progress` is a page of it; whatever is ingested has the same line, one after the other.
PAGED = "ingesting"
_POSITION = ", changes of "
_PACE_PAGES = 20  # the estimate is of the last so many pages, waits between them included
_REFRESH_PER_SECOND = 4.0  # a countdown needs no more, and more flickers over slow lines
_NOTHING: dict[str, Any] = {"pages": 0, "position": "", "left": None}
_SLOT = len("next in 3 s")  # the end of a line: always as wide, so that nothing moves


class Bars:
    """What a `Watch` draws with. Times are seconds of the console's clock."""

    def __init__(self, console: Console, *, auto_refresh: bool = True) -> None:
        self.live = _Live(console, auto_refresh)
        self._tasks: dict[str, TaskID] = {}
        self._paces: dict[str, _Pace] = {}

    def begin(self, name: str) -> None:
        """Show a task of which nothing is done yet."""
        if _line_of(name) not in self._tasks:
            self._tasks[_line_of(name)] = self.live.add_task(name, total=None, **_NOTHING)

    def progress(self, task: str, done: float, total: float | None) -> None:
        """Draw how far a task is; its name may end with the day whose changes it has come to."""
        name, _, day = task.partition(_POSITION)
        self.begin(name)
        shown = self.live.tasks[self._tasks[_line_of(name)]]
        if name != shown.description or done < shown.completed:  # the next one, on the same line
            self._paces.pop(_line_of(name), None)
            shown.fields["pages"] = 0
        pace = self._paces.setdefault(_line_of(name), _Pace())
        self.live.update(
            shown.id,
            description=name,
            completed=done,
            total=total,
            pages=shown.fields["pages"] + 1,
            position=f"at changes of {day}" if day else "",
            left=pace.seconds_left(self.live.get_time(), done, total),
        )
        if total is None:  # rich leaves a total as it was when told None
            shown.total = None

    def wait(self, seconds: float, why: str = "") -> None:
        """Count down; with a reason, say it on a line of its own."""
        self.live.wait_ends, self.live.wait_reason = self.live.get_time() + seconds, why

    def line(self, text: str) -> None:
        """Print above the bars, not through them."""
        self.live.console.print(text, markup=False, highlight=False)


def _line_of(name: str) -> str:
    return PAGED if name.split(" ")[0] == PAGED else name


class _Pace:
    """How fast the last pages came, by the times at which they did."""

    def __init__(self) -> None:
        self._pages: deque[tuple[float, float]] = deque(maxlen=_PACE_PAGES)  # (time, done)

    def seconds_left(self, now: float, done: float, total: float | None) -> float | None:
        """An estimate from two pages on; None when nothing tells.

        The first page is where counting begins: a run that goes on has its earlier papers on it.
        """
        self._pages.append((now, done))
        (begun, before), came = self._pages[0], done - self._pages[0][1]
        if total is None or total <= done or came <= 0 or now <= begun:
            return None
        return (total - done) * (now - begun) / (done - before)


class _Live(Progress):
    """Rich's display with our columns, and a line below that says what is waited for."""

    def __init__(self, console: Console, auto_refresh: bool) -> None:
        self.wait_ends, self.wait_reason = 0.0, ""  # first: the display renders as it is made
        super().__init__(
            _Name(table_column=Column(no_wrap=True, overflow="ellipsis", max_width=32)),
            _Bar(bar_width=None, table_column=Column(ratio=1, min_width=2)),
            _Facts(self, Column(no_wrap=True, overflow="ellipsis")),
            console=console,
            auto_refresh=auto_refresh,
            refresh_per_second=_REFRESH_PER_SECOND,
            transient=True,
            expand=True,
        )

    @property
    def waits(self) -> float:
        """Seconds until the present wait ends; 0 when there is none."""
        return max(0.0, self.wait_ends - self.get_time())

    def get_renderables(self) -> Iterable[RenderableType]:
        """The lines of the display."""
        yield self.make_tasks_table(self.tasks)
        if self.wait_reason and self.waits:
            text = f"waiting {_clock(self.waits)}: {self.wait_reason}"
            yield Text(text, style="dim", no_wrap=True, overflow="ellipsis")


class _Name(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(task.description)


class _Bar(BarColumn):
    """A bar where there is a total; a bar without one would only pretend to know."""

    def render(self, task: Task) -> ProgressBar | Text:  # type: ignore[override]
        return Text("") if task.total is None else super().render(task)


class _Facts(ProgressColumn):
    """How much is done, in words; of papers from arXiv also the pages and the next request."""

    def __init__(self, live: _Live, table_column: Column) -> None:
        super().__init__(table_column)
        self._live = live

    def render(self, task: Task) -> Text:
        count = f"{task.completed:,.0f}" + (f"/{task.total:,.0f}" if task.total else "")
        left, waits = task.fields["left"], self._live.waits
        if left is not None and self._live.wait_reason:  # no ordinary wait: the pace lacks it
            left += waits
        estimate = "" if left is None else f"about {_duration(left)} left"
        if _line_of(task.description) != PAGED:
            return Text(", ".join(filter(None, (count, estimate))))
        pages = task.fields["pages"]
        pages_text = f"{pages:,} page{'' if pages == 1 else 's'}"
        slot = f"next in {_clock(waits)}" if waits else "asking"
        facts = (f"{count} papers", pages_text, task.fields["position"], estimate)
        return Text(", ".join([*filter(None, facts), slot.ljust(_SLOT)]))


def _clock(seconds: float) -> str:
    """``3 s``, ``2:05``: rounded up, so that a countdown ends at 1."""
    whole = int(-(-seconds // 1))
    return f"{whole} s" if whole < 60 else f"{whole // 60}:{whole % 60:02}"


def _duration(seconds: float) -> str:
    """An estimate, no more exact than it is: ``40 s``, ``12 min``, ``2 h 10 min``."""
    if seconds < 55:
        return f"{max(1, round(seconds / 5)) * 5} s"
    minutes = max(1, round(seconds / 60))
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min" if minutes % 60 else f"{minutes // 60} h"
