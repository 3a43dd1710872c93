"""Places for labels: never on one another, on a curve, on a mark, or outside.

Each function takes what is to be labelled in a fixed order and gives the same answer every time.
A label without a free place gets None: the caller says so instead of drawing it on top of others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot

from littrack.present.charts.shapes import Box, Point

_GAP = 2.0  # between two labels
_CLEAR = 1.5  # between a label and a curve
_FEW = 14  # labels: the places of more are not weighed against each other, which takes long
_ROUNDS = 6  # of looking for better places
_UNPLACED = 1e6  # the cost of a label without a place
_DEEPEST = 2  # so many labels move to make room for another
_MOST_MOVED, _MOST_TRIED = 2, 4  # labels that leave a place, places that are tried so
# Where a label lies from its mark, and how much less it is liked there, in pixels of distance.
_DIRECTIONS = (
    (-1.0, -0.6, 0.0),
    (-1.0, 0.0, 1.0),
    (-0.6, -1.0, 1.0),
    (0.0, -1.0, 2.0),
    (0.4, -1.0, 6.0),
    (0.8, -1.0, 7.0),
    (-0.25, -1.0, 2.5),
    (1.0, 0.6, 7.0),
    (1.0, 0.0, 8.0),
    (0.6, 1.0, 9.0),
    (0.0, 1.0, 10.0),
    (1.0, -0.6, 10.0),
    (-0.6, 1.0, 12.0),
    (-1.0, 0.6, 12.0),
)
_ACROSS = 100.0  # the dislike of a leader that crosses a curve
_FAR = 1.25  # one long leader is worse than two short ones
_DISTANCES = (0.0, 3.0, *(6.7 * step for step in range(1, 13)), 100.0, 130.0)


@dataclass(frozen=True, slots=True)
class Anchor:
    """A mark that wants a label of a size."""

    x: float
    y: float
    width: float
    height: float
    radius: float = 4.0

    def box(self, part: float = 1.0) -> Box:
        """The mark itself, or its middle part."""
        x, y, r = self.x, self.y, self.radius * part
        return Box(x - r, y - r, x + r, y + r)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place for a label and the line that leads to it, None where it lies at its mark."""

    box: Box
    leader: tuple[Point, Point] | None
    cost: float
    reach: Box  # around both, a little wider

    def clashes(self, other: Spot) -> bool:
        """Whether two labels cannot both be there."""
        if not self.reach.meets(other.reach):
            return False  # as most are: the rest is slow
        if self.box.meets(other.box, _GAP):
            return True
        mine, theirs = self.leader, other.leader
        if mine and other.box.is_crossed(*mine):
            return True
        if theirs and self.box.is_crossed(*theirs):
            return True
        return bool(mine and theirs and _cross(*mine, *theirs))


def place_labels(
    anchors: Sequence[Anchor],
    room: Box,
    curves: Sequence[Sequence[Point]] = (),
    taken: Sequence[Box] = (),
) -> list[Spot | None]:
    """A spot for each mark's label within the room, near it and clear of all that is drawn."""
    return _choose([_spots(anchor, anchors, room, curves, taken) for anchor in anchors])


def place_names(anchors: Sequence[Anchor], room: Box) -> list[Spot | None]:
    """A spot for the name of each group of dots: on its middle where that is free, or near it."""
    choices = []
    for anchor in anchors:
        middle = _spot(_moved(anchor, 0, 0, 0), None, -1.0)
        choices.append([middle] * room.holds(middle.box) + _spots(anchor, [], room, (), ()))
    return _choose(choices)


def _choose(choices: Sequence[Sequence[Spot]]) -> list[Spot | None]:
    """Spots that go together, from the best of several starts; those with few choices first."""
    numbers = range(len(choices))
    orders = [sorted(numbers, key=lambda one: len(choices[one]))]
    if len(choices) <= _FEW:
        orders += [list(numbers), list(reversed(numbers))]
    chosen = min((_search(choices, order) for order in orders), key=lambda one: _cost(one, choices))
    return [chosen.get(number) for number in numbers]


def _cost(chosen: Mapping[int, Spot], choices: Sequence[Sequence[Spot]]) -> float:
    missing = len(choices) - len(chosen)
    return sum(spot.cost for spot in chosen.values()) + _UNPLACED * missing


def _search(choices: Sequence[Sequence[Spot]], order: Sequence[int]) -> dict[int, Spot]:
    """First any spots that go together, then better ones."""
    few = len(choices) <= _FEW
    chosen: dict[int, Spot] = {}
    for number in order:
        _insert(number, choices, chosen, _DEEPEST if few else 0)
    for _ in range(_ROUNDS if few else 1):
        before = dict(chosen)
        for number, spots in enumerate(choices):
            _improve(number, spots, choices, chosen)
        if chosen == before:
            break
    return chosen


def _improve(
    number: int,
    spots: Sequence[Spot],
    choices: Sequence[Sequence[Spot]],
    chosen: dict[int, Spot],
) -> None:
    """Moves a label to the best place that the others leave, or that one other may well leave."""
    now = chosen.get(number)
    best, gain = {}, 0.0
    for spot in spots:
        saved = (now.cost if now else _UNPLACED) - spot.cost
        if saved <= gain:
            break  # the spots are in the order of their costs
        clashing = [one for one, at in chosen.items() if one != number and spot.clashes(at)]
        if not clashing:
            best, gain = {number: spot}, saved
        elif len(clashing) == 1 and len(choices) <= _FEW:
            other = clashing[0]
            rest = [at for one, at in chosen.items() if one not in (number, other)] + [spot]
            free = (at for at in choices[other] if not any(map(at.clashes, rest)))
            moved = next(free, None)
            if moved and saved + chosen[other].cost - moved.cost > gain:
                gain = saved + chosen[other].cost - moved.cost
                best = {number: spot, other: moved}
    chosen.update(best)


def _spots(
    anchor: Anchor,
    anchors: Sequence[Anchor],
    room: Box,
    curves: Sequence[Sequence[Point]],
    taken: Sequence[Box],
) -> list[Spot]:
    """Every spot that is free before other labels are placed, the best first."""
    others = [
        other
        for other in anchors  # what lies on the very same place cannot be kept clear of
        if hypot(other.x - anchor.x, other.y - anchor.y) >= anchor.radius * 0.8
    ]
    steps = [step for curve in curves for step in pairwise(curve)]
    marks = [other.box() for other in others]
    cores = [other.box(0.5) for other in others]  # marks may overlap
    found = []
    for distance in _DISTANCES:
        for right, down, dislike in _DIRECTIONS:
            box = _moved(anchor, right, down, distance)
            if not room.holds(box) or any(box.meets(one, 1.0) for one in (*marks, *taken)):
                continue
            wide = Box(box.left - _CLEAR, box.top - _CLEAR, box.right + _CLEAR, box.bottom + _CLEAR)
            if any(wide.is_crossed(*step) for step in steps):
                continue
            leader = _leader(anchor, box) if distance > 3 else None
            if leader and any(one.is_crossed(*leader) for one in (*cores, *taken)):
                continue
            cost = distance**_FAR + dislike
            if leader and any(_cross(*leader, *step) for step in steps):
                cost += _ACROSS
            found.append(_spot(box, leader, cost))
    return sorted(found, key=lambda spot: spot.cost)


def _spot(box: Box, leader: tuple[Point, Point] | None, cost: float) -> Spot:
    xs = [box.left, box.right, *(x for x, _ in leader or ())]
    ys = [box.top, box.bottom, *(y for _, y in leader or ())]
    reach = Box(min(xs) - _GAP, min(ys) - _GAP, max(xs) + _GAP, max(ys) + _GAP)
    return Spot(box, leader, cost, reach)


def _moved(anchor: Anchor, right: float, down: float, distance: float) -> Box:
    """The label's box, pushed off its mark in a direction."""
    x = anchor.x + right * (anchor.width / 2 + anchor.radius + 1 + distance)
    y = anchor.y + down * (anchor.height / 2 + anchor.radius + distance)
    width, height = anchor.width / 2, anchor.height / 2
    return Box(x - width, y - height, x + width, y + height)


def _leader(anchor: Anchor, box: Box) -> tuple[Point, Point]:
    """From the rim of the mark to the nearest point of the label."""
    x = min(max(anchor.x, box.left), box.right)
    y = min(max(anchor.y, box.top), box.bottom)
    away = hypot(x - anchor.x, y - anchor.y) or 1.0
    part = anchor.radius / away
    rim = (anchor.x + (x - anchor.x) * part, anchor.y + (y - anchor.y) * part)
    return rim, (x, y)


def _insert(
    number: int, choices: Sequence[Sequence[Spot]], chosen: dict[int, Spot], depth: int
) -> bool:
    """Gives a label a spot, moving others that stand there, and so on, if it must."""
    blocked: dict[tuple[int, ...], list[Spot]] = {}
    for spot in choices[number]:
        clashing = tuple(one for one, other in chosen.items() if spot.clashes(other))
        if not clashing:
            chosen[number] = spot
            return True
        if len(clashing) <= _MOST_MOVED:
            blocked.setdefault(clashing, []).append(spot)
    if depth == 0:
        return False
    for others, spots in blocked.items():
        for spot in spots[:_MOST_TRIED]:
            before = dict(chosen)
            for other in others:
                del chosen[other]
            chosen[number] = spot
            if all(_insert(other, choices, chosen, depth - 1) for other in others):
                return True
            chosen.clear()
            chosen.update(before)
    return False


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether two stretches of line cross."""

    def side(p: Point, q: Point, r: Point) -> float:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0


def spread(wanted: Sequence[float], least: float, low: float, high: float) -> list[float]:
    """Places nearest to the wanted ones that are at least so far apart, between low and high.

    What is pushed together moves as a block to the mean of what its members want.

    >>> spread([5, 5, 9], 2, 0, 10)
    [4.0, 6.0, 9.0]
    """
    order = sorted(range(len(wanted)), key=lambda number: (wanted[number], number))
    blocks: list[list[float]] = []  # wanted place of the first member, members
    for number, one in enumerate(order):
        blocks.append([wanted[one] - number * least, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            start, count = blocks.pop()
            before, others = blocks[-1]
            blocks[-1] = [(before * others + start * count) / (others + count), others + count]
    firsts = [start for start, count in blocks for _ in range(int(count))]
    last = max(low, high - (len(order) - 1) * least)
    places = [0.0] * len(order)
    for number, (one, first) in enumerate(zip(order, firsts, strict=True)):
        places[one] = min(max(first, low), last) + number * least
    return places


def stack_flags(starts: Sequence[float], widths: Sequence[float], gap: float) -> list[int]:
    """Rows, 0 the lowest, for flags whose poles stand below them: no pole crosses a flag.

    A flag flies to the right of its pole; the poles are in order from left to right.
    """
    rows = [0] * len(starts)
    for number in reversed(range(len(starts))):
        end = starts[number] + widths[number] + gap
        under = [rows[one] for one in range(number + 1, len(starts)) if starts[one] < end]
        rows[number] = max(under, default=-1) + 1
    return rows
