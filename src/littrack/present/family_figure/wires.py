"""Lines along the routes of a layout: smooth, parted where they branch, broken for their labels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from littrack.present.family_figure.graph import Edge
from littrack.present.family_figure.layers import Layout, Stop, Trunk
from littrack.present.family_figure.picture import Point, Wire
from littrack.present.family_figure.words import COLOURS, Strand

Place = Callable[[float, float], Point]  # across, along -> x, y
End = tuple[float, str, bool]  # where a line comes from, its trunk, whether it is the spine


@dataclass(frozen=True, slots=True)
class Bundle:
    """The edges that one trunk draws: alike in parent, strand, label and evidence."""

    trunk: Trunk
    edges: tuple[Edge, ...]
    targets: Mapping[str, tuple[Edge, ...]]  # by the block they lead to
    backwards: bool = False  # it was turned round to break a circle: the arrow is at its origin

    @property
    def strand(self) -> Strand:
        """What all its edges pass on."""
        return self.edges[0].strand


@dataclass(frozen=True, slots=True)
class Ports:
    """Where lines leave and enter blocks, across the flow."""

    leave: Mapping[str, float]  # by trunk
    enter: Mapping[tuple[str, str], float]  # by trunk and target


def spread_ports(
    layout: Layout, trunks: Sequence[Trunk], room: Mapping[str, float], step: float = 13.0
) -> Ports:
    """Lines side by side, in the order in which they come and go.

    ``room`` is the breadth of each block's body.
    """
    leaving: dict[str, list[End]] = defaultdict(list)
    entering: dict[str, list[End]] = defaultdict(list)
    for trunk in trunks:
        leaving[trunk.origin].append((layout.labels[trunk.key].at, trunk.key, trunk.spine))
        for target in trunk.targets:
            before = layout.routes[trunk.key, target][-2].at
            entering[target].append((before, trunk.key, trunk.spine))
    leave = {
        key: at
        for block, ends in leaving.items()
        for key, at in _side_by_side(layout.blocks[block].at, ends, room[block], step)
    }
    enter = {
        (key, block): at
        for block, ends in entering.items()
        for key, at in _side_by_side(layout.blocks[block].at, ends, room[block], step)
    }
    return Ports(leave, enter)


def _side_by_side(
    middle: float, ends: list[End], room: float, step: float
) -> Iterable[tuple[str, float]]:
    """Around the middle, which belongs to the spine where there is one."""
    ordered = sorted(ends)
    spines = [number for number, (_, _, is_spine) in enumerate(ordered) if is_spine]
    centre = spines[0] if spines else (len(ends) - 1) / 2
    apart = min(step, 0.4 * room / max(1.0, centre, len(ends) - 1 - centre))
    for number, (_, key, _) in enumerate(ordered):
        yield key, middle + (number - centre) * apart


def draw_bundle(
    bundle: Bundle,
    layout: Layout,
    ports: Ports,
    place: Place,
    *,
    broken: bool = False,
    stacked: Collection[str] = (),
) -> list[Wire]:
    """All pieces of a trunk, each drawn once.

    ``broken``: the label stands in a gap of the line. Within the ``stacked`` blocks it goes on.
    """
    key = bundle.trunk.key
    after: dict[Stop, dict[Stop, list[str]]] = defaultdict(dict)  # next stops, with what they reach
    for target in bundle.trunk.targets:
        route = layout.routes[key, target]
        for one, other in pairwise(route):
            after[one].setdefault(other, []).append(target)
    root = layout.routes[key, bundle.trunk.targets[0]][0]
    has_gap = broken and bundle.trunk.depth > 0
    wires: list[Wire] = []
    todo = [(root, other) for other in after[root]]
    while todo:
        first, stop = todo.pop(0)
        reached = after[first][stop]
        at = ports.leave[key] if first is root else first.at
        start = (at, first.end)
        steps: list[tuple[Point, ...]] = [((at, first.past),)] if first.past > first.end else []
        while True:
            is_last = stop not in after
            into = ports.enter[key, reached[0]] if is_last else stop.at
            steps.append(_bend(start if not steps else steps[-1][-1], (into, stop.start)))
            following = after.get(stop, {})
            if is_last or (has_gap and first is root) or len(following) > 1:
                break
            steps.append(((stop.at, stop.past),))
            (stop,) = following
        if len(following) > 1 and not (has_gap and first is root):
            steps.append(((stop.at, stop.end),))
        is_node = is_last and all(target not in stacked for target in reached)
        wires.append(_wire(bundle, start, steps, reached, place, is_last=is_node))
        todo += [(stop, other) for other in following]
    if bundle.backwards:
        wires[0] = _turned(wires[0], bundle)
    return wires


def _bend(one: Point, other: Point) -> tuple[Point, ...]:
    """From one rank to the next: along, across, along. Points are (across, along)."""
    if abs(one[0] - other[0]) < 0.5:
        return (other,)
    middle = (one[1] + other[1]) / 2
    return (one[0], middle), (other[0], middle), other


def _wire(
    bundle: Bundle,
    start: Point,
    steps: Sequence[tuple[Point, ...]],
    reached: Sequence[str],
    place: Place,
    *,
    is_last: bool,
) -> Wire:
    kept = [
        step
        for last, step in zip([(start,), *steps], steps, strict=False)
        if step[-1] != last[-1] or len(step) > 1
    ]
    arrow = "hollow" if bundle.strand is Strand.DATA else "filled"
    edges = [edge for target in reached for edge in bundle.targets[target]]
    return Wire(
        place(*start),
        tuple(tuple(place(*point) for point in step) for step in kept),
        COLOURS[bundle.strand],
        not all(edge.explicit for edge in edges),
        arrow if is_last and not bundle.backwards else "",
        5.0 if bundle.strand is Strand.PRODUCT else 1.4,
        "\n".join(edge.tooltip for edge in edges),
    )


def _turned(wire: Wire, bundle: Bundle) -> Wire:
    """The first piece of a trunk, drawn towards its origin, so that the arrow ends there."""
    points = [wire.start]
    steps: list[tuple[Point, ...]] = []
    for step in wire.steps:
        steps.insert(0, (*reversed(step[:-1]), points[-1]))
        points.append(step[-1])
    arrow = "hollow" if bundle.strand is Strand.DATA else "filled"
    return Wire(points[-1], tuple(steps), wire.colour, wire.dashed, arrow, wire.width, wire.tooltip)
