"""Where everything on the timeline stands; what is drawn, in whatever language, is drawn from this.

The axis is as wide as a page's text or narrower. If the spans do not fit on one axis, it continues
on a second one below, as text continues on the next line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log

from littrack.claims import Bucket
from littrack.present.svg import text_width
from littrack.present.timeline_figure.cards import Card, measure_card
from littrack.present.timeline_figure.packing import (
    COLUMN_GAP,
    ROW_GAP,
    START,
    Choice,
    Reach,
    centre_ticks,
    choices_for,
    follow,
    widen,
)
from littrack.present.timeline_figure.words import Groups

WIDTH = 960.0  # of the figure at most
MARGIN = 4.0
AXIS_HEIGHT = 22.0
LEAD = 15.0  # between the axis and the stacks
_BAR, _HOOK = 7.0, 3.0  # from the stacks
ARROW = 12.0
YEAR_SIZE, MONTHS_SIZE = 14.0, 13.0
_BAND_GAP = 22.0
_LABEL_PAD = 6.0
_ASPECT = 2.3  # of width to height: what a figure over two columns looks best with
_MORE_BANDS = 0.25  # how much further from it one axis may be than two
_GAPS = range(26, 7, -2)  # between stacks, widest first
_LOWEST = 1.5  # aspect below which higher stacks are not tried


@dataclass(frozen=True, slots=True)
class Box:
    """A card in its place; as wide as its column."""

    card: Card
    x: float
    y: float
    width: float


@dataclass(frozen=True, slots=True)
class Bracket:
    """The line from the axis to a stack, and along the whole width of it."""

    tick: float
    axis: float  # y
    bar: float  # y of the line along the stack
    hook: float  # y where the hooks at its ends end
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Cell:
    """A part of the axis with its label: a year, or the months of a divided year."""

    label: str
    x: float
    width: float
    is_year: bool


@dataclass(frozen=True, slots=True)
class Band:
    """One axis: its cells, each year's before its months'."""

    y: float
    cells: tuple[Cell, ...]
    end: float  # x
    last: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """The figure without its legend."""

    width: float
    height: float
    bands: tuple[Band, ...]
    brackets: tuple[Bracket, ...]
    boxes: tuple[Box, ...]


def arrange(groups: Groups, *, organisations: bool = True) -> Layout:
    """The timeline in the shape that comes nearest to a figure over two columns."""
    buckets = [bucket for bucket, _ in groups]
    cards = [
        [measure_card(one, organisation=organisations) for one in group] for _, group in groups
    ]
    if not buckets:
        return Layout(WIDTH / 2, 0.0, (), (), ())
    best: tuple[float, Layout] | None = None
    for limit in _limits(cards):
        layout = _place(buckets, _fill_bands(buckets, cards, limit))
        aspect = layout.width / layout.height
        score = abs(log(aspect / _ASPECT)) + _MORE_BANDS * (len(layout.bands) - 1)
        if best is None or score < best[0]:
            best = (score, layout)
        if aspect < _LOWEST and len(layout.bands) == 1:
            break
    assert best is not None  # there is at least one limit
    return best[1]


def _limits(cards: Sequence[Sequence[Card]]) -> Iterator[float]:
    """The heights of stacks to try: one row, two rows ..."""
    heights = [card.height for group in cards for card in group] or [0.0]
    most = max(map(len, cards))
    row = sorted(heights)[len(heights) // 2]
    for rows in range(1, max(1, most) + 1):
        yield max(max(heights), rows * (row + ROW_GAP) - ROW_GAP)


def _fill_bands(
    buckets: Sequence[Bucket], cards: Sequence[Sequence[Card]], limit: float
) -> list[Reach]:
    """The spans on as few axes as they need when stacks are no higher than the limit."""
    room = WIDTH - 2 * MARGIN - ARROW
    bands: list[Reach] = []
    front, before = [START], None
    for bucket, group in zip(buckets, cards, strict=True):
        sides = choices_for(group, *_needs(bucket, before), limit)
        grown = follow(front, sides, _GAPS[-1], room)
        if not grown:
            bands += [_best(front)] if front != [START] else []
            sides = choices_for(group, *_needs(bucket, None), limit)
            # A span that is too wide for any axis makes its own axis wider.
            grown = follow([START], sides, _GAPS[-1], room) or follow(
                [START], sides, _GAPS[-1], float("inf")
            )
        front, before = grown, bucket
    return [*bands, _best(front)]


def _best(front: Sequence[Reach]) -> Reach:
    """The most regular choice, its stacks as far apart as there is room."""
    found = min(front, key=lambda one: (one.penalty, _imbalance(one), one.width))
    room = max(WIDTH - 2 * MARGIN - ARROW, found.width)
    return next(wide for gap in _GAPS if (wide := widen(found, gap)).width <= room)


def _imbalance(reach: Reach) -> float:
    """How high the figure gets: the highest stacks above and below."""
    return _height(reach.choices, 0) + _height(reach.choices, 1)


def _height(choices: Sequence[Choice], side: int) -> float:
    stacks = (choice.sides[side] for choice in choices)
    return max((stack.height for stack in stacks if stack), default=0.0)


def _needs(bucket: Bucket, before: Bucket | None) -> tuple[float, float]:
    """What a span's cell needs to the left and right of its middle.

    The first span of a year, or of an axis, has the year's cell before its own.
    """
    year = _year_width(bucket)
    if not bucket.label:
        return year / 2, year / 2
    half = text_width(bucket.label, MONTHS_SIZE) / 2 + _LABEL_PAD
    first = before is None or before.year != bucket.year
    return half + year * first, half


def _year_width(bucket: Bucket) -> float:
    return text_width(str(bucket.year), YEAR_SIZE, bold=True) + 2 * _LABEL_PAD


def _place(buckets: Sequence[Bucket], reaches: Sequence[Reach]) -> Layout:
    """Coordinates for all that is chosen."""
    inner = max(reach.width for reach in reaches)
    bands: list[Band] = []
    brackets: list[Bracket] = []
    boxes: list[Box] = []
    y, first = MARGIN, 0
    for number, reach in enumerate(reaches):
        above, below = (_height(reach.choices, side) for side in (0, 1))
        y += above + LEAD if above else 0.0
        ticks = [MARGIN + tick for tick in centre_ticks(reach, inner)]
        spans = buckets[first : first + len(ticks)]
        end = MARGIN + inner
        last = number == len(reaches) - 1
        bands.append(Band(y, tuple(_cells(spans, _edges(ticks, reach.choices, end))), end, last))
        for tick, choice, lefts in zip(ticks, reach.choices, reach.lefts, strict=True):
            for left, (side, stack) in zip(lefts, choice.stacks, strict=True):
                axis = y + AXIS_HEIGHT * side
                away = 1 if side else -1
                edge, x = axis + LEAD * away, MARGIN + left
                bar, hook = edge - _BAR * away, edge - _HOOK * away
                brackets.append(Bracket(tick, axis, bar, hook, x, x + stack.width))
                boxes += _boxes(stack.columns, stack.widths, x, edge, hanging=bool(side))
        y += AXIS_HEIGHT + (LEAD + below if below else 0.0) + _BAND_GAP
        first += len(ticks)
    width = inner + 2 * MARGIN + ARROW
    return Layout(width, y - _BAND_GAP + MARGIN, tuple(bands), tuple(brackets), tuple(boxes))


def _boxes(
    columns: Sequence[Sequence[Card]],
    widths: Sequence[float],
    x: float,
    edge: float,
    *,
    hanging: bool,
) -> Iterator[Box]:
    """The boxes of one stack, which hangs from its edge or stands on it; oldest on top, left."""
    for column, width in zip(columns, widths, strict=True):
        height = sum(card.height + ROW_GAP for card in column) - ROW_GAP
        y = edge if hanging else edge - height
        for card in column:
            yield Box(card, x, y, width)
            y += card.height + ROW_GAP
        x += width + COLUMN_GAP


def _edges(ticks: Sequence[float], choices: Sequence[Choice], end: float) -> list[float]:
    """Where the cells of the axis begin and end: what is left between two is shared."""
    inner = []
    for (tick, after), (choice, following) in zip(pairwise(ticks), pairwise(choices), strict=True):
        left, right = tick + choice.after, after - following.before
        inner.append((left + right) / 2)
    return [MARGIN, *inner, end]


def _cells(spans: Sequence[Bucket], edges: Sequence[float]) -> Iterator[Cell]:
    """The cells of one axis, from left to right."""
    before: Bucket | None = None
    for bucket, (start, end) in zip(spans, pairwise(edges), strict=True):
        if before is None or before.year != bucket.year:
            width = _year_width(bucket) if bucket.label else end - start
            yield Cell(str(bucket.year), start, width, is_year=True)
            start += width
        if bucket.label:
            yield Cell(bucket.label, start, end - start, is_year=False)
        before = bucket
