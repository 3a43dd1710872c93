"""Positions across the flow: lines as short and straight as the order and the gaps allow.

The sum of the squared lengths of all lines is made small, rank by rank in turn. Within one rank,
with its neighbours fixed, that is isotonic regression, which pooling adjacent violators solves
exactly; the turns converge because the ranks share no constraint but the wall of the region.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from littrack.present.family_figure.layers import Item

_TURNS = 80
_WALL = 16.0  # between the region's items and all others, besides the usual gap
_PINNED = 1e6


def place_items(rows: Sequence[list[Item]], gap: float) -> None:
    """Set ``at`` of every item: the gap between neighbours, the region behind one wall."""
    _relax(rows, gap, _TURNS, None)
    wall = _wall(rows)
    if wall is not None:
        _relax(rows, gap, _TURNS // 2, wall)
        _move_region(rows, gap)
        _relax(rows, gap, _TURNS // 8, _wall(rows))
        _move_region(rows, gap)
    for _ in range(2):
        _straighten(rows, gap)


def _relax(rows: Sequence[list[Item]], gap: float, turns: int, wall: float | None) -> None:
    for _ in range(turns):
        for row in (*rows, *reversed(rows)):
            _settle(row, gap, wall)


def _move_region(rows: Sequence[list[Item]], gap: float) -> None:
    """Put the whole region next to where the others end."""
    wall = _wall(rows)
    inside = [item for row in rows for item in row if item.side]
    if wall is None or wall == -inf:
        return
    slack = min(item.at - item.breadth / 2 for item in inside) - (wall + gap + _WALL)
    for item in inside:
        item.at -= slack


def _wall(rows: Sequence[list[Item]]) -> float | None:
    """Where, on the region's ranks, the others end. None without a region."""
    others = [
        item.at + item.breadth / 2 for row in _region_rows(rows) for item in row if not item.side
    ]
    return max(others, default=-inf) if _region_rows(rows) else None


def _region_rows(rows: Sequence[list[Item]]) -> Sequence[list[Item]]:
    inside = [number for number, row in enumerate(rows) if any(item.side for item in row)]
    return rows[inside[0] : inside[-1] + 1] if inside else ()


def _settle(row: Sequence[Item], gap: float, wall: float | None) -> None:
    """Place one row, all others fixed."""
    if wall is None:
        _settle_part(row, gap, (-inf, inf))
    else:
        _settle_part([item for item in row if not item.side], gap, (-inf, wall))
        _settle_part([item for item in row if item.side], gap, (wall + gap + _WALL, inf))


def _settle_part(row: Sequence[Item], gap: float, bounds: tuple[float, float]) -> None:
    """Place neighbours that must stay between two bounds."""
    if not row:
        return
    offsets = _offsets(row, gap)
    wanted, weights = [], []
    for item, offset in zip(row, offsets, strict=True):
        links = (*item.before, *item.behind)
        weight = sum(strength for _, strength in links)
        middle = sum(other.at * strength for other, strength in links) / weight if links else 0.0
        wanted.append((0.0 if item.pinned else middle) - offset)
        weights.append(_PINNED if item.pinned else weight or 1e-3)
    lowest = bounds[0] + row[0].breadth / 2
    highest = bounds[1] - row[-1].breadth / 2 - offsets[-1]
    for item, value, offset in zip(row, isotonic(wanted, weights), offsets, strict=True):
        item.at = min(max(value, lowest), highest) + offset


def _offsets(row: Sequence[Item], gap: float) -> list[float]:
    """How far each item is from the first when all stand as close as they may."""
    offsets = [0.0]
    for left, right in pairwise(row):
        room = gap + (_WALL if left.side != right.side else 0.0)
        offsets.append(offsets[-1] + left.breadth / 2 + right.breadth / 2 + room)
    return offsets


def isotonic(wanted: Sequence[float], weights: Sequence[float]) -> list[float]:
    """The rising numbers nearest to the wanted ones, by weighted squares.

    >>> isotonic([1.0, 3.0, 2.0], [1.0, 1.0, 1.0])
    [1.0, 2.5, 2.5]
    """
    pools: list[tuple[float, float, int]] = []  # mean, weight, how many
    for value, weight in zip(wanted, weights, strict=True):
        count = 1
        while pools and pools[-1][0] >= value:
            mean, other, many = pools.pop()
            value = (value * weight + mean * other) / (weight + other)
            weight, count = weight + other, count + many
        pools.append((value, weight, count))
    return [mean for mean, _, count in pools for _ in range(count)]


def _straighten(rows: Sequence[list[Item]], gap: float) -> None:
    """Let each line run straight over as many ranks as its neighbours leave it room for."""
    room = _Room(rows, gap)
    for item in (one for row in rows for one in row):
        begins = all(other.name != item.name for other, _ in item.before)
        if begins and not item.pinned:
            _straighten_line(_line(item), room)


def _straighten_line(line: Sequence[Item], room: _Room) -> None:
    start = 0
    while start < len(line):
        low, high = room.of(line[start])
        end = start + 1
        while end < len(line):
            lower, higher = room.of(line[end])
            if max(low, lower) > min(high, higher):
                break
            low, high, end = max(low, lower), min(high, higher), end + 1
        middle = sum(item.at for item in line[start:end]) / (end - start)
        for item in line[start:end]:
            item.at = min(max(middle, low), high)
        start = end


class _Room:
    """How far an item may be moved while all others stand still."""

    def __init__(self, rows: Sequence[list[Item]], gap: float) -> None:
        self.gap = gap
        self.left: dict[Item, Item] = {}
        self.right: dict[Item, Item] = {}
        for row in rows:
            self.left |= zip(row[1:], row, strict=False)
            self.right |= pairwise(row)
        self.walled = {item for row in _region_rows(rows) for item in row}
        self.wall = _wall(rows)

    def of(self, item: Item) -> tuple[float, float]:
        """Between what its middle must stay."""
        low, high, half = -inf, inf, item.breadth / 2
        if item in self.left:
            low = self.left[item].at + self._apart(self.left[item], item)
        if item in self.right:
            high = self.right[item].at - self._apart(item, self.right[item])
        if item in self.walled and self.wall is not None:
            if item.side:
                low = max(low, self.wall + self.gap + _WALL + half)
            else:
                high = min(high, self.wall - half)
        return min(low, item.at), max(high, item.at)

    def _apart(self, one: Item, other: Item) -> float:
        room = self.gap + (_WALL if one.side != other.side else 0.0)
        return one.breadth / 2 + other.breadth / 2 + room


def _line(item: Item) -> list[Item]:
    """An item and those that carry its line on, up to a leaf that nothing else leads to."""
    line = [item]
    while True:
        following = [other for other, _ in line[-1].behind]
        lanes = [other for other in following if other.name == item.name]
        leaves = [one for one in following if len(one.before) == 1 and not one.behind]
        if not lanes and len(following) == len(leaves) == 1 and line[-1].rank % 2:
            return [*line, *leaves]
        if not lanes:
            return line
        line += lanes
