"""The order of the items within each rank, so that few lines cross."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from littrack.present.family_figure.layers import Item

Row = list["Item"]
_SWEEPS = 24


def order_ranks(rows: Sequence[Row]) -> list[Row]:
    """The rows, each reordered: by barycentres, to and fro, then by swapping neighbours."""
    best = current = _first_order(rows)
    fewest = count_crossings(best)
    for sweep in range(_SWEEPS):
        if fewest == 0:
            break
        current = _transposed(_sorted_rows(current, downwards=sweep % 2 == 0))
        crossings = count_crossings(current)
        if crossings < fewest:
            best, fewest = current, crossings
    return best


def _first_order(rows: Sequence[Row]) -> list[Row]:
    """As a walk from the first rank meets the items: what belongs together stands together."""
    met: dict[Item, int] = {}
    todo = [item for row in reversed(rows) for item in reversed(row)]
    while todo:
        item = todo.pop()
        if item not in met:
            met[item] = len(met)
            todo += [other for other, _ in reversed(item.behind)]
    return [sorted(row, key=lambda item: (item.side, met[item])) for row in rows]


def count_crossings(rows: Sequence[Row]) -> int:
    """How often lines between neighbouring ranks cross."""
    total = 0
    for upper, lower in pairwise(rows):
        place = {item: number for number, item in enumerate(lower)}
        ends = [
            target
            for item in upper
            for target in sorted(place[other] for other, _ in item.behind if other in place)
        ]
        total += _inversions(ends)
    return total


def _inversions(numbers: Sequence[int]) -> int:
    seen: list[int] = []
    total = 0
    for number in numbers:
        place = bisect_right(seen, number)
        total += len(seen) - place
        seen.insert(place, number)
    return total


def _sorted_rows(rows: Sequence[Row], *, downwards: bool) -> list[Row]:
    """Each row by the mean place of its neighbours in the row before (or behind)."""
    result = [list(row) for row in rows]
    indices = range(1, len(rows)) if downwards else range(len(rows) - 2, -1, -1)
    for index in indices:
        fixed = result[index - 1 if downwards else index + 1]
        place = _relative(fixed)
        own = _relative(result[index])
        result[index].sort(key=_barycentre(place, own, downwards))
    return result


def _relative(row: Row) -> dict[Item, float]:
    return {item: (number + 0.5) / len(row) for number, item in enumerate(row)}


def _barycentre(
    place: Mapping[Item, float], own: Mapping[Item, float], downwards: bool
) -> Callable[[Item], tuple[int, float, float]]:
    def key(item: Item) -> tuple[int, float, float]:
        linked = item.before if downwards else item.behind
        found = [place[other] for other, _ in linked if other in place]
        middle = sum(found) / len(found) if found else own[item]
        return item.side, middle, own[item]

    return key


def _transposed(rows: list[Row]) -> list[Row]:
    """Neighbours change places wherever that leaves fewer crossings."""
    for _ in range(8):
        improved = False
        for index, row in enumerate(rows):
            near = [_places(rows, index - 1), _places(rows, index + 1)]
            for left in range(len(row) - 1):
                one, other = row[left], row[left + 1]
                if one.side == other.side and _swap_gains(one, other, near):
                    row[left], row[left + 1] = other, one
                    improved = True
        if not improved:
            break
    return rows


def _places(rows: Sequence[Row], index: int) -> dict[Item, int]:
    row = rows[index] if 0 <= index < len(rows) else []
    return {item: number for number, item in enumerate(row)}


def _swap_gains(one: Item, other: Item, near: Sequence[Mapping[Item, int]]) -> bool:
    gain = 0
    for place, (ours, theirs) in zip(
        near, ((one.before, other.before), (one.behind, other.behind)), strict=True
    ):
        for mine, _ in ours:
            for its, _ in theirs:
                if mine in place and its in place:
                    gain += (place[mine] > place[its]) - (place[mine] < place[its])
    return gain > 0
