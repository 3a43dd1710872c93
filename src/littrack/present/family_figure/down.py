"""A family that grows downwards: what ends without children of its own stands in stacks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from littrack.claims import ModelKind
from littrack.present.family_figure.graph import Edge, Graph, Node
from littrack.present.family_figure.layers import (
    Block,
    Layout,
    Spacing,
    Trunk,
    break_cycles,
    lay_out,
)
from littrack.present.family_figure.picture import (
    QUIET,
    Box,
    Frame,
    Picture,
    Point,
    Text,
    Wire,
    wrapped,
)
from littrack.present.family_figure.wires import Bundle, Ports, draw_bundle, spread_ports
from littrack.present.family_figure.words import COLOURS, Strand, say
from littrack.present.svg import text_width

SIZE, ROOT_SIZE, TAG_SIZE, LABEL_SIZE = 13.0, 16.0, 10.5, 11.5
_ROOM = 108.0  # a name that is wider is set in several lines
_PAD = 7.0
_TALLEST = 6  # nodes in a stack
_STEP = 6.0  # between the nodes of a stack
_BUS = 13.0  # room for the line that runs beside a stack
FILLS = {"full": "#fdeec9", "parameter-efficient": "#ffffff", "": "#eef1f4"}
STROKES = {"full": "#b98a2f", "parameter-efficient": "#b98a2f", "": "#9aa5b1"}


@dataclass(frozen=True, slots=True)
class Stack:
    """Nodes that share all their parents, one below the other. Most hold one node."""

    key: str
    nodes: tuple[Node, ...]
    sizes: tuple[tuple[float, float], ...]
    buses: int  # lines that run beside it

    @property
    def block(self) -> Block:
        """The room it takes."""
        breadth = max(width for width, _ in self.sizes) + _BUS * self.buses
        depth = sum(height for _, height in self.sizes) + _STEP * (len(self.nodes) - 1)
        return Block(self.key, breadth, depth, int(self.nodes[0].multimodal))


def draw_down(graph: Graph) -> Picture:
    """The figure without legend and caption, from (0, 0)."""
    stacks = {stack.key: stack for stack in _stacks(graph)}
    bundles = bundle_edges(graph.edges, {n.name: key for key, s in stacks.items() for n in s.nodes})
    trunks = [bundle.trunk for bundle in bundles]
    blocks = [stack.block for stack in stacks.values()]
    spacing = Spacing(across=9.0, along=15.0, limit=graph.options.width)
    layout = lay_out(blocks, trunks, spacing)
    room = {key: 0.0 if stack.buses else stack.sizes[0][0] for key, stack in stacks.items()}
    ports = spread_ports(layout, trunks, room)
    ports = Ports(ports.leave, {**ports.enter, **_bus_ports(layout, stacks, trunks)})
    stacked = {key for key, stack in stacks.items() if stack.buses}
    wires = [
        wire
        for bundle in bundles
        for wire in draw_bundle(bundle, layout, ports, _place, broken=True, stacked=stacked)
    ]
    wires += [
        stub
        for bundle in bundles
        for target, edges in bundle.targets.items()
        if stacks[target].buses
        for stub in _stubs(stacks[target], layout, ports.enter[bundle.trunk.key, target], edges)
    ]
    boxes = [box for stack in stacks.values() for box in _boxes(stack, layout, graph.root)]
    labels = [_label(bundle, layout) for bundle in bundles if bundle.trunk.depth]
    frames = _region(boxes, layout, graph)
    width = max([layout.breadth, *(frame.x + frame.width for frame in frames)])
    height = max([layout.depth, *(frame.y + frame.height for frame in frames)])
    return Picture(width, height, tuple(frames), tuple(wires), (), tuple(boxes), tuple(labels))


def _place(at: float, along: float) -> Point:
    return at, along


def _stacks(graph: Graph) -> list[Stack]:
    """Leaves with the same edges from the same parents together, all others alone."""
    parents = {edge.parent for edge in graph.edges}
    groups: dict[tuple[object, ...], list[Node]] = defaultdict(list)
    entering: dict[str, list[Edge]] = defaultdict(list)
    for edge in graph.edges:
        entering[edge.child].append(edge)
    for node in graph.nodes.values():
        alike = sorted((e.parent, e.strand, e.label, e.explicit) for e in entering[node.name])
        alone = node.name if node.name in (*parents, graph.root) else ""
        groups[(alone, node.multimodal, *alike)].append(node)
    found = []
    for nodes in groups.values():
        count = -(-len(nodes) // _TALLEST)
        for part in range(count):
            some = nodes[part::count]
            sizes = [_size(node, graph.root) for node in some]
            widest = max(width for width, _ in sizes)
            buses = len(entering[some[0].name]) if len(some) > 1 else 0
            same = tuple((widest, height) for _, height in sizes)
            found.append(Stack(some[0].name, tuple(some), same, buses))
    return found


def _size(node: Node, root: str) -> tuple[float, float]:
    size = ROOT_SIZE if node.name == root else SIZE
    lines = wrapped(node.name, size, _ROOM, bold=node.name == root)
    widths = [text_width(line, size, bold=node.name == root) for line in lines]
    tags = text_width(_tag(node), TAG_SIZE)
    height = len(lines) * 1.2 * size + (1.25 * TAG_SIZE if node.tags else 0.0)
    return max(*widths, tags, 28.0) + 2 * _PAD, height + 9.0


def _tag(node: Node) -> str:
    return " · ".join(node.tags)


def bundle_edges(edges: Sequence[Edge], block_of: Mapping[str, str]) -> list[Bundle]:
    """Edges that leave one block and look alike share a trunk; none runs in a circle."""
    arcs = [(block_of[edge.parent], block_of[edge.child]) for edge in edges]
    back = break_cycles(list(dict.fromkeys(block_of.values())), list(dict.fromkeys(arcs)))
    groups: dict[tuple[object, ...], list[Edge]] = defaultdict(list)
    for edge, arc in zip(edges, arcs, strict=True):
        turned = arc[1] if arc in back else ""
        groups[(arc[0], edge.strand, edge.label, edge.explicit, turned)].append(edge)
    bundles = []
    for number, some in enumerate(groups.values()):
        targets: dict[str, list[Edge]] = defaultdict(list)
        backwards = (block_of[some[0].parent], block_of[some[0].child]) in back
        for edge in some:
            targets[block_of[edge.parent if backwards else edge.child]].append(edge)
        origin = block_of[some[0].child if backwards else some[0].parent]
        width = text_width(some[0].label, LABEL_SIZE) + 6 if some[0].label else 0.0
        depth = LABEL_SIZE + 4 if some[0].label else 0.0
        trunk = Trunk(f"{number}", origin, tuple(targets), width, depth)
        reached = {key: tuple(found) for key, found in targets.items()}
        bundles.append(Bundle(trunk, tuple(some), reached, backwards))
    return bundles


def _bus_ports(
    layout: Layout, stacks: Mapping[str, Stack], trunks: Iterable[Trunk]
) -> dict[tuple[str, str], float]:
    """Where lines enter stacks: the first from the left runs on its left side, the others right."""
    entering: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for trunk in trunks:
        for target in trunk.targets:
            if stacks[target].buses:
                entering[target].append((layout.routes[trunk.key, target][-2].at, trunk.key))
    found = {}
    for target, ends in entering.items():
        block = stacks[target].block
        left = layout.blocks[target].at - block.breadth / 2
        for number, (_, key) in enumerate(sorted(ends)):
            right = left + block.breadth + (number - len(ends)) * _BUS
            found[key, target] = left + 3 if number == 0 else right + _BUS - 3
    return found


def _stubs(stack: Stack, layout: Layout, bus: float, edges: Sequence[Edge]) -> list[Wire]:
    """From the line beside a stack into each of its nodes."""
    left = _left(stack, layout)
    width = stack.sizes[0][0]
    side = left if bus < left else left + width
    turn = 5.0 if bus < left else -5.0
    top = layout.blocks[stack.key].start
    wires = []
    previous = top
    for node, y in zip(stack.nodes, _tops(stack, top), strict=True):
        height = stack.sizes[stack.nodes.index(node)][1]
        middle = y + height / 2
        edge = next(one for one in edges if node.name in (one.child, one.parent))
        corner = ((bus, middle - 2), (bus + 0.4 * turn, middle), (bus + turn, middle))
        wires.append(
            Wire(
                (bus, previous),
                (((bus, middle - 5.0),), corner, ((side, middle),)),
                COLOURS[edge.strand],
                not edge.explicit,
                "hollow" if edge.strand is Strand.DATA else "filled",
                tooltip=edge.tooltip,
            )
        )
        previous = middle - 5.0
    return wires


def _left(stack: Stack, layout: Layout) -> float:
    """Where the bodies of a stack's nodes begin."""
    margin = _BUS if stack.buses else 0.0
    return layout.blocks[stack.key].at - stack.block.breadth / 2 + margin


def _tops(stack: Stack, top: float) -> list[float]:
    tops = [top]
    for _, height in stack.sizes[:-1]:
        tops.append(tops[-1] + height + _STEP)
    return tops


def _boxes(stack: Stack, layout: Layout, root: str) -> list[Box]:
    left, stop = _left(stack, layout), layout.blocks[stack.key]
    return [
        _box(node, left, top, size, is_root=node.name == root)
        for node, top, size in zip(stack.nodes, _tops(stack, stop.start), stack.sizes, strict=True)
    ]


def _box(node: Node, left: float, top: float, size: tuple[float, float], *, is_root: bool) -> Box:
    width, height = size
    font = ROOT_SIZE if is_root else SIZE
    lines = wrapped(node.name, font, _ROOM, bold=is_root)
    used = len(lines) * 1.2 * font + (1.25 * TAG_SIZE if node.tags else 0.0)
    y = top + (height - used) / 2
    texts = []
    colour = "#ffffff" if is_root else "#1c2733"
    for number, line in enumerate(lines):
        middle = y + (number + 0.5) * 1.2 * font
        texts.append(Text(line, left + width / 2, middle, font, colour, bold=is_root))
    if node.tags:
        middle = y + len(lines) * 1.2 * font + 0.55 * TAG_SIZE
        texts.append(Text(_tag(node), left + width / 2, middle, TAG_SIZE, QUIET))
    fill = "#27415f" if is_root else FILLS.get(node.tuning, FILLS[""])
    stroke = "#27415f" if is_root else STROKES.get(node.tuning, STROKES[""])
    radius = 3.0 if node.kind in (ModelKind.MODEL, ModelKind.VISION) else height / 2
    return Box(
        *(node.name, left, top, width, height, radius, fill, stroke),
        dashed=not node.reviewed,
        texts=tuple(texts),
        tooltip=node.tooltip,
        address=node.address,
    )


def _label(bundle: Bundle, layout: Layout) -> Text:
    stop = layout.labels[bundle.trunk.key]
    return Text(
        bundle.edges[0].label,
        stop.at,
        (stop.start + stop.end) / 2,
        LABEL_SIZE,
        COLOURS[bundle.strand] if bundle.strand is not Strand.PRODUCT else QUIET,
        tooltip="\n".join(edge.tooltip for edge in bundle.edges),
    )


def _region(boxes: Sequence[Box], layout: Layout, graph: Graph) -> list[Frame]:
    """The frame around multimodal models, when there are at least two."""
    inside = [box for box in boxes if graph.nodes[box.name].multimodal]
    if len(inside) < 2 or layout.region is None:
        return []
    left, right = layout.region[0] - 11, layout.region[1] + 11
    top = min(box.y for box in inside) - 10
    bottom = max(box.y + box.height for box in inside) + 12
    words = say("Multimodal models", graph.options.language)
    label = Text(words, (left + right) / 2, bottom + 9, 11.0, QUIET, bold=True)
    return [Frame(left, top, right - left, bottom - top + 20, "5 3", label)]
