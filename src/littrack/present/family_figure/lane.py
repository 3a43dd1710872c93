"""Models in a row from left to right: those of a series, or the members in its box."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from littrack.claims import ModelKind
from littrack.present.family_figure.graph import Edge, Node
from littrack.present.family_figure.layers import (
    Block,
    Layout,
    Spacing,
    Stop,
    Trunk,
    break_cycles,
    lay_out,
)
from littrack.present.family_figure.picture import (
    QUIET,
    Box,
    Picture,
    Point,
    Text,
    moved,
    wrapped,
)
from littrack.present.family_figure.series import find_spine
from littrack.present.family_figure.wires import Bundle, draw_bundle, spread_ports
from littrack.present.family_figure.words import COLOURS, Strand
from littrack.present.svg import text_width

NAME_SIZE, DATE_SIZE, CAPTION_SIZE, LABEL_SIZE = 13.5, 11.0, 11.5, 11.5
_CAPTION_ROOM = 122.0
_LINE = 14.0  # of a caption
_PAD = 13.0
_ROW = 6  # models without relations in a row


@dataclass(frozen=True, slots=True)
class Look:
    """The colours of nodes: of the series, of its members, of products."""

    fill: str
    pale: str  # within what nobody has reviewed


SERIES, MEMBERS, PRODUCTS = (
    Look("#27517f", "#e9eff6"),
    Look("#4a76a6", "#eff4f9"),
    Look("#2d8165", "#e8f3ef"),
)


@dataclass(frozen=True, slots=True)
class Lane:
    """A finished row: its shapes from (0, 0), and where each node's body and caption stand."""

    picture: Picture
    boxes: Mapping[str, Box]
    feet: Mapping[str, float]  # by node: where it ends with its caption


def body_size(node: Node) -> tuple[float, float]:
    """Width and height of a node without its caption."""
    name = text_width(node.name, NAME_SIZE, bold=True)
    date = text_width(node.date, DATE_SIZE)
    return max(name, date) + 2 * _PAD, 38.0 if node.date else 30.0


def caption_lines(node: Node) -> tuple[tuple[str, float], ...]:
    """A node's caption in lines, each with its middle's distance from the body."""
    lines: list[tuple[str, float]] = []
    y = 1.0 - _LINE / 2
    for part in filter(None, (*node.caption, " · ".join(node.tags))):
        y += 3.0 if lines else 0.0
        for line in wrapped(part, CAPTION_SIZE, _CAPTION_ROOM):
            y += _LINE
            lines.append((line, y))
    return tuple(lines)


def caption_height(node: Node) -> float:
    """How far a node's caption reaches below its body."""
    return max((y + _LINE / 2 for _, y in caption_lines(node)), default=0.0)


def draw_lane(
    nodes: Sequence[Node], edges: Sequence[Edge], look: Look, stretch: float = 0.0
) -> Lane:
    """Nodes and the edges among them; ``stretch``: room between ranks more than needed."""
    bundles = _bundles(nodes, edges)
    trunks = [bundle.trunk for bundle in bundles] if bundles else _side_by_side(nodes)
    blocks = [block_of(node) for node in nodes]
    spacing = Spacing(across=14.0, along=9.0 + stretch, slope=0.05)
    layout = lay_out(blocks, trunks, spacing)
    room = {node.name: body_size(node)[1] for node in nodes}
    ports = spread_ports(layout, trunks, room, step=9.0)
    inset = {node.name: (block_of(node).depth - body_size(node)[0]) / 2 for node in nodes}
    slim = replace(layout, routes=_to_bodies(layout, trunks, inset))
    wires = [wire for bundle in bundles for wire in draw_bundle(bundle, slim, ports, _place)]
    boxes = {node.name: _box(node, layout, look) for node in nodes}
    captions = [text for node in nodes for text in _caption(node, boxes[node.name])]
    labels = [_label(bundle, layout) for bundle in bundles if bundle.edges[0].label]
    texts = (*captions, *labels)
    tops = [box.y for box in boxes.values()] + [text.frame[1] for text in texts]
    top = min(tops, default=0.0)  # captions stand below only: above there is room to spare
    feet = {node.name: boxes[node.name].frame[3] + caption_height(node) - top for node in nodes}
    height = max(feet.values(), default=0.0)
    picture = Picture(layout.depth, height, (), tuple(wires), (), tuple(boxes.values()), texts)
    picture = moved(picture, 0.0, -top)
    return Lane(picture, {box.name: box for box in picture.boxes}, feet)


def _place(at: float, along: float) -> Point:
    return along, at


def block_of(node: Node) -> Block:
    """The room a node takes; its caption counts twice, since lines enter in the middle."""
    width, height = body_size(node)
    widest = max((text_width(line, CAPTION_SIZE) for line, _ in caption_lines(node)), default=0.0)
    return Block(node.name, height + 2 * caption_height(node), max(width, widest + 8))


def _bundles(nodes: Sequence[Node], edges: Sequence[Edge]) -> list[Bundle]:
    """One trunk an edge: what is one line in a family is a step in a series."""
    names = [node.name for node in nodes]
    models = [node.name for node in nodes if node.kind is not ModelKind.SYSTEM]
    spine = set(find_spine(list(dict.fromkeys((*models, *names))), edges))
    back = break_cycles(names, [(edge.parent, edge.child) for edge in edges])
    found = []
    for number, edge in enumerate(edges):
        ends = edge.parent, edge.child
        backwards = ends in back
        origin, target = reversed(ends) if backwards else ends
        depth = text_width(edge.label, LABEL_SIZE) + 4 if edge.label else 0.0
        breadth = 2 * (LABEL_SIZE + 4) if edge.label else 0.0
        trunk = Trunk(f"{number}", origin, (target,), breadth, depth, spine=ends in spine)
        found.append(Bundle(trunk, (edge,), {target: (edge,)}, backwards))
    return found


def _side_by_side(nodes: Sequence[Node]) -> list[Trunk]:
    """Lines that nobody draws: they put models without relations in rows."""
    pairs = pairwise(nodes)
    return [
        Trunk(f"{number}", one.name, (other.name,))
        for number, (one, other) in enumerate(pairs, 1)
        if number % _ROW
    ]


def _to_bodies(
    layout: Layout, trunks: Sequence[Trunk], inset: Mapping[str, float]
) -> dict[tuple[str, str], tuple[Stop, ...]]:
    """The routes, prolonged from the captions, which may be wider, to the bodies."""
    routes = {}
    for trunk in trunks:
        for target in trunk.targets:
            first, *between, last = layout.routes[trunk.key, target]
            first = replace(first, end=first.end - inset[trunk.origin])
            last = replace(last, start=last.start + inset[target])
            routes[trunk.key, target] = (first, *between, last)
    return routes


def _box(node: Node, layout: Layout, look: Look) -> Box:
    width, height = body_size(node)
    stop = layout.blocks[node.name]
    x, y = (stop.start + stop.end) / 2, stop.at
    colour = "#ffffff" if node.reviewed else look.fill
    texts = [Text(node.name, x, y - (7.0 if node.date else 0.0), NAME_SIZE, colour, bold=True)]
    if node.date:
        texts.append(Text(node.date, x, y + 9.5, DATE_SIZE, colour))
    radius = height / 2 if node.kind is not ModelKind.SYSTEM else 8.0
    return Box(
        *(node.name, x - width / 2, y - height / 2, width, height, radius),
        fill=look.fill if node.reviewed else look.pale,
        stroke=look.fill,
        dashed=not node.reviewed,
        texts=tuple(texts),
        tooltip=node.tooltip,
        address=node.address,
    )


def draw_node(node: Node, middle: Point, look: Look) -> tuple[Box, list[Text]]:
    """A node that stands for itself, with its caption."""
    layout = lay_out([block_of(node)], [], Spacing())
    stop = layout.blocks[node.name]
    box = _box(node, layout, look)
    dx, dy = middle[0] - (stop.start + stop.end) / 2, middle[1] - stop.at
    texts = tuple(replace(text, x=text.x + dx, y=text.y + dy) for text in box.texts)
    box = replace(box, x=box.x + dx, y=box.y + dy, texts=texts)
    return box, _caption(node, box)


def _caption(node: Node, box: Box) -> list[Text]:
    x = box.x + box.width / 2
    return [
        Text(line, x, box.frame[3] + 2 + y, CAPTION_SIZE, "#27517f")
        for line, y in caption_lines(node)
    ]


def _label(bundle: Bundle, layout: Layout) -> Text:
    stop = layout.labels[bundle.trunk.key]
    colour = QUIET if bundle.strand is Strand.PRODUCT else COLOURS[bundle.strand]
    along = (stop.start + stop.end) / 2
    y = stop.at - 0.75 * LABEL_SIZE
    edge = bundle.edges[0]
    return Text(edge.label, along, y, LABEL_SIZE, colour, tooltip=edge.tooltip)


def group_edges(
    edges: Sequence[Edge], part_of: Mapping[str, str]
) -> tuple[dict[str, list[Edge]], list[Edge]]:
    """The edges within each part, and those between parts."""
    within: dict[str, list[Edge]] = defaultdict(list)
    between = []
    for edge in edges:
        if part_of[edge.parent] == part_of[edge.child]:
            within[part_of[edge.parent]].append(edge)
        else:
            between.append(edge)
    return within, between
