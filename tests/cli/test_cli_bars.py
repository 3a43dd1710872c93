"""What somebody sees while littrack works: bars on a terminal, lines in a log."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from rich.console import Console

from littrack.cli.bars import Bars
from littrack.cli.context import Flags
from littrack.cli.progress import Watch
from littrack.sources.limiter import PACE

REASON = "try 2 of 6: HTTP 503: first byte timeout"


class Screen:
    """A terminal with a clock of its own; `lines` is what the bars show now."""

    def __init__(self, width: int) -> None:
        self.width, self.time = width, 0.0
        self.printed = io.StringIO()
        self.bars = Bars(self._console(self.printed), auto_refresh=False)

    def _console(self, file: io.StringIO) -> Console:
        return Console(
            file=file,
            force_terminal=True,
            width=self.width,
            color_system=None,
            get_time=lambda: self.time,
        )

    @property
    def lines(self) -> list[str]:
        shown = io.StringIO()
        self._console(shown).print(self.bars.live.get_renderable())
        return shown.getvalue().splitlines()

    @property
    def line(self) -> str:
        """The only line, its bar left out."""
        (line,) = self.lines
        return " ".join(line.replace("━", "").replace("╸", "").replace("╺", "").split())


@pytest.fixture
def screen() -> Screen:
    return Screen(100)


@pytest.fixture
def watch(screen: Screen) -> Watch:
    return Watch(Flags(), screen.bars)


def test_before_the_first_answer_it_says_that_it_asks(screen: Screen, watch: Watch) -> None:
    watch.begin("ingesting")
    assert screen.line == "ingesting 0 papers, 0 pages, asking"


def test_the_line_has_papers_pages_and_the_next_request(screen: Screen, watch: Watch) -> None:
    watch.begin("ingesting")
    watch.progress("ingesting", 1000, 50_000)
    watch.on_wait(3.0, PACE)
    assert screen.line == "ingesting 1,000/50,000 papers, 1 page, next in 3 s"
    screen.time = 2.5
    assert screen.line.endswith("next in 1 s")
    screen.time = 3.0
    assert screen.line.endswith("1 page, asking")


def test_the_estimate_is_the_pace_of_the_pages_with_their_waits(
    screen: Screen, watch: Watch
) -> None:
    watch.progress("ingesting", 1000, 11_000)
    assert "left" not in screen.line  # one page tells no pace
    for page in range(2, 5):
        screen.time += 10.0
        watch.progress("ingesting", 1000 * page, 11_000)
    assert "4 pages, about 1 min left" in screen.line  # 7 pages of 10 seconds
    watch.on_wait(600.0, REASON)
    assert "about 11 min left" in screen.lines[0]


def test_a_run_that_goes_on_does_not_count_its_earlier_papers_as_pace(
    screen: Screen, watch: Watch
) -> None:
    watch.begin("ingesting")
    screen.time = 1.0
    watch.progress("ingesting", 500_000, 502_000)
    screen.time = 61.0
    watch.progress("ingesting", 501_000, 502_000)
    assert "about 1 min left" in screen.line


def test_only_the_last_pages_make_the_pace(screen: Screen, watch: Watch) -> None:
    watch.progress("ingesting", 0, 100_000)
    screen.time = 3600.0  # an hour of trouble at the start
    for page in range(1, 41):
        watch.progress("ingesting", 1000 * page, 100_000)
        screen.time += 1.0
    assert "about 1 min left" in screen.line  # 60 pages of a second


def test_without_a_total_there_is_a_position_and_no_estimate(screen: Screen, watch: Watch) -> None:
    for page in (1, 2, 3):
        screen.time += 5.0
        watch.progress(f"ingesting cs, changes of 2024-05-0{page}", page * 1000, None)
    assert screen.line == "ingesting cs 3,000 papers, 3 pages, at changes of 2024-05-03, asking"


def test_the_next_subscription_begins_anew_on_the_same_line(screen: Screen, watch: Watch) -> None:
    watch.begin("ingesting")
    for page in (1, 2):
        screen.time += 5.0
        watch.progress("ingesting llm", 1000 * page, 9000)
    assert screen.line.startswith("ingesting llm 2,000/9,000 papers, 2 pages, about")
    screen.time += 5.0
    watch.progress("ingesting vision", 4000, 9000)
    assert screen.line == "ingesting vision 4,000/9,000 papers, 1 page, asking"


def test_a_long_wait_counts_down_and_says_why(screen: Screen, watch: Watch) -> None:
    watch.progress("ingesting", 1000, 2000)
    watch.on_wait(74.0, REASON)
    assert screen.lines[0].rstrip().endswith("next in 1:14")
    assert screen.lines[1] == f"waiting 1:14: {REASON}"
    screen.time = 70.0
    assert screen.lines[1] == f"waiting 4 s: {REASON}"
    screen.time = 74.0
    assert screen.line.endswith("asking")
    assert screen.printed.getvalue() == ""  # nothing is left behind on the screen


def test_a_wait_before_anything_came_is_shown_too(screen: Screen, watch: Watch) -> None:
    watch.on_wait(30.0, REASON)
    assert screen.lines[-1] == f"waiting 30 s: {REASON}"


@pytest.mark.parametrize("width", [80, 60, 40])
def test_no_line_is_wider_than_the_terminal_and_none_moves_while_it_counts(width: int) -> None:
    screen = Screen(width)
    watch = Watch(Flags(), screen.bars)
    watch.progress("ingesting cs.CL, changes of 2024-05-03", 123_456, None)
    watch.on_wait(3.0, PACE)
    for _ in range(5):
        screen.time += 1.0
        (line,) = screen.lines
        assert len(line) <= width
        assert line.find("123,456") == screen.lines[0].find("123,456")
    watch.on_wait(900.0, REASON * 5)
    watch.progress("importing arxiv-metadata-oai-snapshot-of-a-long-name.json", 1234, 2_900_000)
    assert len(screen.lines) == 3
    assert all(len(line) <= width for line in screen.lines)


def test_eighty_columns_hold_a_large_harvest_whole() -> None:
    screen = Screen(80)
    watch = Watch(Flags(), screen.bars)
    watch.progress("ingesting cs.CL, changes of 2024-05-03", 123_456, None)
    watch.on_wait(3.0, PACE)
    assert screen.line == (
        "ingesting cs.CL 123,456 papers, 1 page, at changes of 2024-05-03, next in 3 s"
    )


def test_other_tasks_have_a_bar_each_without_pages(screen: Screen, watch: Watch) -> None:
    watch.progress("embedding", 2, 4)
    watch.progress("indexing", 4, 4)
    shown = [" ".join(line.replace("━", "").replace("╸", "").split()) for line in screen.lines]
    assert shown == ["embedding 2/4", "indexing 4/4"]


@pytest.mark.parametrize(
    ("flags", "seconds", "why", "said"),
    [
        (Flags(), 34.0, REASON, f"waiting 34 s: {REASON}\n"),
        (Flags(), 4.0, REASON, ""),
        (Flags(quiet=True), 34.0, REASON, ""),
        (Flags(verbose=True), 4.0, REASON, f"waiting 4 s: {REASON}\n"),
        (Flags(), 10.0, PACE, ""),
        (Flags(verbose=True), 10.0, PACE, ""),
    ],
)
def test_a_log_has_a_line_for_a_long_wait_and_none_for_arxivs_pace(
    flags: Flags, seconds: float, why: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    watch = Watch(flags, None)
    watch.begin("ingesting")
    watch.progress("ingesting", 1000, None)
    watch.on_wait(seconds, why)
    assert capsys.readouterr() == ("", said)


def test_what_is_said_stands_above_the_bars(
    screen: Screen, capsys: pytest.CaptureFixture[str]
) -> None:
    tell: list[Callable[[], None]] = [
        lambda: Watch(Flags(), screen.bars).say("[1/2] done"),
        lambda: Watch(Flags(verbose=True), screen.bars).on_wait(2.0, REASON),
        lambda: Watch(Flags(quiet=True), screen.bars).say("nothing"),
    ]
    for call in tell:
        call()
    assert screen.printed.getvalue() == f"[1/2] done\nwaiting 2 s: {REASON}\n"
    assert capsys.readouterr() == ("", "")
