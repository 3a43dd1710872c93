"""Layered layout of a directed graph (Sugiyama): ranks, order within ranks, positions.

Lengths *along* the flow and *across* it are kept apart, so that one layout serves figures that run
down and figures that run right. Blocks stand on even ranks. A trunk is a line that leaves a block
and branches towards others: its label stands on the odd rank behind its origin, and on every rank
that it passes it has a lane of its own. So lines meet neither blocks nor labels.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from littrack.present.family_figure.ordering import order_ranks
from littrack.present.family_figure.positions import place_items

LANE = 4.0  # room that a passing line takes
_PAGE = 0.8  # height that a figure may have, of its width


@dataclass(frozen=True, slots=True)
class Block:
    """What takes room: a node with all that belongs to it."""

    key: str
    breadth: float  # across the flow
    depth: float  # along it
    side: int = 0  # 1: within the region, which stands behind the others on every rank


@dataclass(frozen=True, slots=True)
class Trunk:
    """A line from one block to others. ``breadth`` and ``depth`` are its label's, 0 without one."""

    key: str
    origin: str
    targets: tuple[str, ...]
    breadth: float = 0.0
    depth: float = 0.0
    spine: bool = False  # runs straight through the middle


@dataclass(frozen=True, slots=True)
class Spacing:
    """How far things stand apart, and how broad a rank may get before leaves move on."""

    across: float = 12.0
    along: float = 16.0
    slope: float = 0.09  # more room between ranks whose lines go far across
    limit: float = float("inf")


@dataclass(frozen=True, slots=True)
class Stop:
    """Where something stands: its middle across the flow, its start and end along it.

    ``past`` is where its whole rank ends: from there on a line may turn aside.
    """

    at: float
    start: float
    end: float
    past: float


@dataclass(frozen=True, slots=True)
class Layout:
    """Where all stands; nothing stands before 0, neither across nor along."""

    blocks: Mapping[str, Stop]
    labels: Mapping[str, Stop]  # by trunk
    routes: Mapping[tuple[str, str], tuple[Stop, ...]]  # by trunk and target, both ends included
    breadth: float
    depth: float
    region: tuple[float, float] | None = None  # across the flow, with the lines that run in it


@dataclass(eq=False, slots=True)
class Item:
    """A block, or a trunk on one rank that it passes."""

    name: str
    rank: int
    breadth: float
    depth: float
    side: int = 0
    pinned: bool = False
    at: float = 0.0
    before: list[tuple[Item, float]] = field(default_factory=list)  # with the link's weight
    behind: list[tuple[Item, float]] = field(default_factory=list)


def lay_out(blocks: Sequence[Block], trunks: Sequence[Trunk], spacing: Spacing) -> Layout:
    """Place all. Trunks must not run in circles: see `break_cycles`."""
    if not blocks:
        return Layout({}, {}, {}, 0.0, 0.0)
    layouts = []
    for share in (1.0, 0.9, 0.8, 0.7, 0.6, 0.5):  # lanes take room that is not known before
        layouts.append(_laid_out(blocks, trunks, spacing, share * spacing.limit))
        if spacing.limit == float("inf"):
            break
    # The one that is largest when it is made to fit a page.
    return min(layouts, key=lambda one: max(one.breadth, one.depth / _PAGE, spacing.limit))


def _laid_out(
    blocks: Sequence[Block], trunks: Sequence[Trunk], spacing: Spacing, limit: float
) -> Layout:
    ranks = assign_ranks(blocks, trunks, limit)
    items = {block.key: _block_item(block, ranks[block.key]) for block in blocks}
    region = min((ranks[block.key] for block in blocks if block.side), default=0)
    chains = {trunk.key: _lanes(trunk, items, 2 * region) for trunk in trunks}
    rows: dict[int, list[Item]] = defaultdict(list)
    for item in (*items.values(), *(one for chain in chains.values() for one in chain)):
        rows[item.rank].append(item)
    ordered = order_ranks([rows[rank] for rank in sorted(rows)])
    place_items(ordered, spacing.across)
    return _measured(ordered, items, trunks, chains, spacing)


def break_cycles(names: Sequence[str], arcs: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    """The arcs to turn round so that nothing runs in a circle: those that lead back.

    >>> break_cycles("ab", [("a", "b"), ("b", "a")])
    {('b', 'a')}
    """
    targets: dict[str, list[str]] = defaultdict(list)
    for origin, target in arcs:
        targets[origin].append(target)
    entered = {target for _, target in arcs}
    back: set[tuple[str, str]] = set()
    done: set[str] = set()
    for start in sorted(names, key=lambda name: name in entered):
        path: list[tuple[str, int]] = [(start, 0)] if start not in done else []
        on_path = {start}
        while path:
            name, number = path.pop()
            if number == len(targets[name]):
                on_path.discard(name)
                done.add(name)
                continue
            path.append((name, number + 1))
            target = targets[name][number]
            if target in on_path:
                back.add((name, target))
            elif target not in done:
                on_path.add(target)
                path.append((target, 0))
    return back


def assign_ranks(
    blocks: Sequence[Block], trunks: Sequence[Trunk], limit: float = float("inf")
) -> dict[str, int]:
    """Each block behind all that lead to it, as near to the start as the limit allows."""
    parents: dict[str, list[str]] = {block.key: [] for block in blocks}
    children: dict[str, list[str]] = {block.key: [] for block in blocks}
    for trunk in trunks:
        for target in trunk.targets:
            parents[target].append(trunk.origin)
            children[trunk.origin].append(target)
    ranks = _longest_paths(parents, {})
    sides = [ranks[block.key] for block in blocks if block.side]
    if sides:  # the region begins where most of it can, not where its first block could
        first = max(sorted(set(sides)), key=sides.count)
        ranks = _longest_paths(parents, {block.key: first for block in blocks if block.side})
    for key in parents:  # what nothing leads to stands next to what it leads to
        if not parents[key] and children[key]:
            ranks[key] = min(ranks[child] for child in children[key]) - 1
    leaves = {block.key for block in blocks if not children[block.key]}
    return _folded(blocks, ranks, leaves, limit)


def _longest_paths(
    parents: Mapping[str, Sequence[str]], floors: Mapping[str, int]
) -> dict[str, int]:
    ranks: dict[str, int] = {}
    todo = list(parents)
    while todo:
        key = todo[-1]
        missing = [parent for parent in parents[key] if parent not in ranks]
        if missing and key not in ranks:
            todo += missing
            continue
        todo.pop()
        behind = max((ranks[parent] + 1 for parent in parents[key]), default=0)
        ranks[key] = max(behind, floors.get(key, 0))
    return ranks


def _folded(
    blocks: Sequence[Block], ranks: dict[str, int], leaves: set[str], limit: float
) -> dict[str, int]:
    """Leaves of ranks that are too broad move on, rank by rank: those first that have not yet."""
    first = dict(ranks)
    rank = 0
    while rank <= max(ranks.values()):
        here = [block for block in blocks if ranks[block.key] == rank]
        breadth = sum(block.breadth + 12 for block in here)
        movable = [block for block in here if block.key in leaves]
        movable.sort(key=lambda block: first[block.key])
        while breadth > limit and movable and len(here) > 1:
            block = movable.pop()
            here.remove(block)
            ranks[block.key] += 1
            breadth -= block.breadth + 12
        rank += 1
    return ranks


def _block_item(block: Block, rank: int) -> Item:
    return Item(block.key, 2 * rank, block.breadth, block.depth, block.side)


def _lanes(trunk: Trunk, items: Mapping[str, Item], region: int) -> list[Item]:
    """The trunk's items from behind its origin to before its last target, linked to all."""
    origin = items[trunk.origin]
    targets = [items[target] for target in trunk.targets]
    last = max(target.rank for target in targets)
    lanes: list[Item] = []
    for rank in range(origin.rank + 1, last):
        ahead = [target for target in targets if target.rank > rank]
        side = int(rank >= region and all(target.side for target in ahead))
        here = trunk.breadth if not lanes else 0.0
        depth = trunk.depth if not lanes else 0.0
        lane = Item(trunk.key, rank, max(here, LANE), depth, side, trunk.spine)
        _link(lanes[-1] if lanes else origin, lane, 8.0 if lanes else 2.0)
        lanes.append(lane)
    for target in targets:
        _link(lanes[target.rank - origin.rank - 2], target, 1.0)
        target.pinned = target.pinned or trunk.spine
    origin.pinned = origin.pinned or trunk.spine
    return lanes


def _link(one: Item, other: Item, weight: float) -> None:
    one.behind.append((other, weight))
    other.before.append((one, weight))


def _measured(
    rows: Sequence[Sequence[Item]],
    items: Mapping[str, Item],
    trunks: Sequence[Trunk],
    chains: Mapping[str, list[Item]],
    spacing: Spacing,
) -> Layout:
    """Positions along the flow, and everything in the words of the caller."""
    left = min(item.at - item.breadth / 2 for row in rows for item in row)
    right = max(item.at + item.breadth / 2 for row in rows for item in row)
    starts: dict[int, tuple[float, float]] = {}  # by rank: where it begins, how deep it is
    along = 0.0
    for row in rows:
        depth = max(item.depth for item in row)
        starts[row[0].rank] = (along, depth)
        reach = max((abs(item.at - one.at) for item in row for one, _ in item.behind), default=0.0)
        along += depth + spacing.along + min(60.0, spacing.slope * reach)
    stops = {item: _stop(item, left, *starts[item.rank]) for row in rows for item in row}
    routes = {}
    for trunk in trunks:
        for target in trunk.targets:
            passed = chains[trunk.key][: items[target].rank - items[trunk.origin].rank - 1]
            line = (items[trunk.origin], *passed, items[target])
            routes[trunk.key, target] = tuple(stops[item] for item in line)
    end = max(start + depth for start, depth in starts.values())
    places = {key: stops[item] for key, item in items.items()}
    labels = {key: stops[chain[0]] for key, chain in chains.items()}
    inside = [item for row in rows for item in row if item.side]
    region = (
        min((item.at - item.breadth / 2 for item in inside), default=0.0) - left,
        max((item.at + item.breadth / 2 for item in inside), default=0.0) - left,
    )
    return Layout(places, labels, routes, right - left, end, region if inside else None)


def _stop(item: Item, left: float, start: float, depth: float) -> Stop:
    """Blocks stand at the start of their rank, labels in its middle; lines pass all of it."""
    at, past = item.at - left, start + depth
    if item.depth == 0:
        return Stop(at, start, past, past)
    if item.rank % 2 == 0:
        return Stop(at, start, start + item.depth, past)
    margin = (depth - item.depth) / 2
    return Stop(at, start + margin, past - margin, past)
