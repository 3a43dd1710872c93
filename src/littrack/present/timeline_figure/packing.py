"""Where the stacks of a timeline stand, so that none overlaps another.

Each span of time has a cell on the axis and its models in stacks above or below it. A stack may
be wider than its cell: it then reaches over the cells of neighbours that stand on the other side.
All choices of sides are tried, span by span, and what another choice beats everywhere is dropped.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from littrack.present.timeline_figure.cards import Card, rows_height

ROW_GAP, COLUMN_GAP = 3.5, 4.0
INSET = 9.0  # of the line from the axis, from the ends of the stack it leads to
_WIDEST_FRONT = 300  # choices that are followed at a time

ABOVE, BELOW = 0, 1


@dataclass(frozen=True, slots=True)
class Stack:
    """The cards of one span on one side of the axis, in columns."""

    columns: tuple[tuple[Card, ...], ...]

    @property
    def widths(self) -> tuple[float, ...]:
        """Of each column: its widest card."""
        return tuple(max(card.width for card in column) for column in self.columns)

    @property
    def width(self) -> float:
        """Of all columns and the gaps between them."""
        return sum(self.widths) + COLUMN_GAP * (len(self.columns) - 1)

    @property
    def height(self) -> float:
        """Of the highest column."""
        return max(rows_height(column, ROW_GAP) for column in self.columns)


@dataclass(frozen=True, slots=True)
class Choice:
    """How one span's models stand: its stack above and its stack below; None where it has none."""

    sides: tuple[Stack | None, Stack | None]
    before: float  # what its cell on the axis needs to the left of where the stacks meet it
    after: float  # and to the right

    @property
    def stacks(self) -> list[tuple[int, Stack]]:
        """The stacks there are, each with its side."""
        return [(side, stack) for side, stack in enumerate(self.sides) if stack is not None]


@dataclass(frozen=True, slots=True)
class Reach:
    """How far to the right the spans so far go, and what was chosen for them."""

    ends: tuple[float, float]  # of the stacks above and below
    cell: float  # of the last span's cell on the axis
    penalty: float = 0.0
    choices: tuple[Choice, ...] = ()
    lefts: tuple[tuple[float, ...], ...] = ()  # of the stacks of each choice

    @property
    def width(self) -> float:
        """Of all that stands so far."""
        return max(*self.ends, self.cell)

    def is_beaten(self, other: Reach) -> bool:
        """Whether another one is at least as good in all that matters further on."""
        return (
            other.ends[0] <= self.ends[0]
            and other.ends[1] <= self.ends[1]
            and other.cell <= self.cell
            and other.penalty <= self.penalty
        )


def fold_cards(cards: Sequence[Card], limit: float) -> Stack:
    """The cards in as few columns as the height allows, and these as even as can be."""
    count = len(_columns(cards, limit))
    heights = sorted({height for start in range(len(cards)) for height in _heights(cards[start:])})
    even = bisect_left(heights, -count, key=lambda height: -len(_columns(cards, height)))
    return Stack(tuple(_columns(cards, heights[even])))


def _heights(cards: Sequence[Card]) -> Iterator[float]:
    """Of columns of the first card, of the first two ..."""
    return accumulate((card.height for card in cards), lambda height, one: height + ROW_GAP + one)


def _columns(cards: Sequence[Card], limit: float) -> list[tuple[Card, ...]]:
    """The cards one after another, a new column wherever the limit is reached."""
    columns: list[list[Card]] = []
    height = float("inf")
    for card in cards:
        height += ROW_GAP + card.height
        if height > limit:
            columns.append([])
            height = card.height
        columns[-1].append(card)
    return [tuple(column) for column in columns]


def choices_for(cards: Sequence[Card], before: float, after: float, limit: float) -> list[Choice]:
    """The ways in which the models of one span can stand, none in a stack above the limit."""
    if not cards:
        return [Choice((None, None), before, after)]
    whole = fold_cards(cards, limit)
    found: list[tuple[Stack | None, Stack | None]] = [(whole, None), (None, whole)]
    if len(whole.columns) > 1:
        half = _first_half(cards, whole)
        found.append((fold_cards(cards[:half], limit), fold_cards(cards[half:], limit)))
    return [Choice(sides, before, after) for sides in found]


def _first_half(cards: Sequence[Card], whole: Stack) -> int:
    """How many cards stand above when a span has stacks on both sides: whole columns."""
    columns = (len(whole.columns) + 1) // 2
    return min(len(cards) - 1, sum(map(len, whole.columns[:columns])))


def add_span(reach: Reach, choice: Choice, gap: float) -> Reach:
    """One span more, as far to the left as it can stand."""
    starts = [end + gap if end else 0.0 for end in reach.ends]
    inside = [starts[side] + INSET for side, _ in choice.stacks]
    tick = max([reach.cell + choice.before, *inside])
    lefts, ends = [], list(reach.ends)
    for side, stack in choice.stacks:
        lefts.append(max(starts[side], tick + INSET - stack.width))
        ends[side] = lefts[-1] + stack.width
    return Reach(
        (ends[ABOVE], ends[BELOW]),
        tick + choice.after,
        reach.penalty + _penalty(reach, choice),
        (*reach.choices, choice),
        (*reach.lefts, tuple(lefts)),
    )


def _penalty(reach: Reach, choice: Choice) -> float:
    """Stacks should alternate between the sides, and a span should have one."""
    if len(choice.stacks) == 2:
        return 1.0
    before = next((one.stacks for one in reversed(reach.choices) if one.stacks), None)
    same = bool(before and choice.stacks and before[-1][0] == choice.stacks[0][0])
    return 0.5 * same


START = Reach((0.0, 0.0), 0.0)


def follow(
    front: Sequence[Reach], choices: Sequence[Choice], gap: float, room: float
) -> list[Reach]:
    """What can become of the choices so far with one span more, within the room."""
    grown = [add_span(reach, choice, gap) for reach in front for choice in choices]
    grown = sorted((one for one in grown if one.width <= room), key=_rank)
    kept: list[Reach] = []
    for one in grown:
        if not any(one.is_beaten(other) for other in kept):
            kept.append(one)
    return kept[:_WIDEST_FRONT]


def _rank(reach: Reach) -> tuple[float, ...]:
    return (reach.width, reach.penalty, *reach.ends, reach.cell)


def widen(reach: Reach, gap: float) -> Reach:
    """The same choices with another gap between stacks."""
    wider = START
    for choice in reach.choices:
        wider = add_span(wider, choice, gap)
    return replace(wider, penalty=reach.penalty)


def centre_ticks(reach: Reach, width: float) -> list[float]:
    """Where each span meets the axis: as near to the middle of its stacks as the others let it."""
    choices = reach.choices
    ranges = [_range(one, lefts) for one, lefts in zip(choices, reach.lefts, strict=True)]
    highest, room = [0.0] * len(ranges), width
    for place in reversed(range(len(ranges))):
        highest[place] = min(ranges[place][1], room - choices[place].after)
        room = highest[place] - choices[place].before
    ticks: list[float] = []
    room = 0.0
    for choice, (start, end), most in zip(choices, ranges, highest, strict=True):
        low = max(start, room + choice.before)
        middle = (start + end) / 2 if choice.stacks else low
        ticks.append(min(max(low, middle), most))
        room = ticks[-1] + choice.after
    return ticks


def _range(choice: Choice, lefts: Sequence[float]) -> tuple[float, float]:
    """Where the line to a span's stacks can stand: over all of them."""
    low, high = float("-inf"), float("inf")
    for left, (_, stack) in zip(lefts, choice.stacks, strict=True):
        low, high = max(low, left + INSET), min(high, left + stack.width - INSET)
    return low, high
