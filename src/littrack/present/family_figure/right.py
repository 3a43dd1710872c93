"""A series that runs to the right, its members in boxes below it, its products at the end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise

from littrack.present.family_figure.graph import Edge, Graph
from littrack.present.family_figure.lane import (
    LABEL_SIZE,
    MEMBERS,
    PRODUCTS,
    SERIES,
    Lane,
    block_of,
    body_size,
    draw_lane,
    draw_node,
    group_edges,
)
from littrack.present.family_figure.picture import (
    QUIET,
    BlockArrow,
    Box,
    Frame,
    Picture,
    Point,
    Text,
    Wire,
    moved,
)
from littrack.present.family_figure.series import Parts, part_series
from littrack.present.family_figure.words import COLOURS, Strand, say

_LANE = "\n"  # the part that is no series' box; no model is called so
_PAD = 14.0  # between a box's frame and what stands in it
_ARROW = 44.0  # room for a broad arrow beside a box
_CORRIDOR, _TRACK = 34.0, 17.0  # between rows: at least, and for each line that runs there
_STRETCH = 34.0  # how much farther apart than needed members may stand


@dataclass(slots=True)
class Sheet:
    """The figure while it is put together."""

    graph: Graph
    parts: Parts
    lanes: dict[str, Lane] = field(default_factory=dict)
    frames: dict[str, Frame] = field(default_factory=dict)
    boxes: dict[str, Box] = field(default_factory=dict)
    feet: dict[str, float] = field(default_factory=dict)
    row_of: dict[str, int] = field(default_factory=dict)  # by node: 0 is the lane
    corridors: dict[int, float] = field(default_factory=dict)  # by row: where the one above begins
    texts: list[Text] = field(default_factory=list)
    wires: list[Wire] = field(default_factory=list)
    arrows: list[BlockArrow] = field(default_factory=list)


def draw_right(graph: Graph) -> Picture:
    """The figure without legend and caption, from (0, 0)."""
    parts = part_series(graph)
    sheet = Sheet(graph, parts)
    part_of = {name: series for series, names in parts.boxes.items() for name in names}
    part_of |= {name: f"\n{name}" for name in parts.products}
    edges = [edge for edge in graph.edges if not _is_told_by_box(edge, parts)]
    within, between = group_edges(edges, defaultdict(lambda: _LANE, part_of))
    sheet.row_of = _rows(sheet)
    between = [edge for edge in between if not _is_broad_arrow(edge, sheet)]
    columns = _draw_lanes(sheet, within)
    _place_rows(sheet, columns, _tracks(between, sheet))
    for series in parts.boxes:
        _link_box(sheet, series)
    for edge in graph.edges:
        if _is_broad_arrow(edge, sheet):
            _draw_broad_arrow(sheet, edge)
    _draw_between(sheet, between)
    return _gathered(sheet)


def _is_told_by_box(edge: Edge, parts: Parts) -> bool:
    """Between a series and what stands in its box: the box says it."""
    return edge.child in parts.boxes.get(edge.parent, ()) or edge.parent in parts.boxes.get(
        edge.child, ()
    )


def _rows(sheet: Sheet) -> dict[str, int]:
    """The lane is row 0, each box one more; products stand beside the last box they come from."""
    rows = dict.fromkeys(sheet.parts.lane, 0)
    row_of_series = {series: number for number, series in enumerate(sheet.parts.boxes, 1)}
    for series, names in sheet.parts.boxes.items():
        rows |= dict.fromkeys(names, row_of_series[series])
    for product in sheet.parts.products:
        parents = [edge.parent for edge in sheet.graph.edges if edge.child == product]
        near = [row_of_series.get(parent, rows.get(parent, 0)) for parent in parents]
        rows[product] = max(near) or 1
    return rows


def _is_broad_arrow(edge: Edge, sheet: Sheet) -> bool:
    """A product's edge from its row's box, or from the lane's model that it stands below."""
    if edge.strand is not Strand.PRODUCT or edge.child not in sheet.parts.products:
        return False
    return _is_from_box(edge, sheet) or edge.parent == _above(edge.child, sheet)


def _is_from_box(edge: Edge, sheet: Sheet) -> bool:
    row = sheet.row_of[edge.child]
    series = [one for one in sheet.parts.boxes if _box_row(one, sheet) == row]
    inside = [name for one in series for name in (one, *sheet.parts.boxes[one])]
    return edge.parent in inside and _first_in_row(edge.child, sheet)


def _box_row(series: str, sheet: Sheet) -> int:
    return sheet.row_of[sheet.parts.boxes[series][0]]


def _first_in_row(product: str, sheet: Sheet) -> bool:
    row = sheet.row_of[product]
    return product == next(one for one in sheet.parts.products if sheet.row_of[one] == row)


def _above(product: str, sheet: Sheet) -> str | None:
    """The model of the lane below which a row's first product stands: its last parent there."""
    if not _first_in_row(product, sheet) or sheet.row_of[product] != 1:
        return None
    parents = [
        edge.parent
        for edge in sheet.graph.edges
        if edge.child == product and edge.strand is Strand.PRODUCT
    ]
    found = [name for name in sheet.parts.lane if name in parents and name not in sheet.parts.boxes]
    return found[-1] if found else None


def _draw_lanes(sheet: Sheet, within: Mapping[str, list[Edge]]) -> dict[str, float]:
    """Draw all lanes so that what belongs together stands together; the products' columns."""
    nodes = sheet.graph.nodes

    def lane(stretch: float) -> Lane:
        names = [nodes[name] for name in sheet.parts.lane]
        return draw_lane(names, within.get(_LANE, []), SERIES, stretch)

    def box(series: str) -> Callable[[float], Lane]:
        names = [nodes[name] for name in sheet.parts.boxes[series]]
        return lambda stretch: draw_lane(names, within.get(series, []), MEMBERS, stretch)

    for series in sheet.parts.boxes:
        sheet.lanes[series] = box(series)(0.0)
    sheet.lanes[_LANE] = lane(0.0)
    columns = {}
    reach: dict[int, float] = defaultdict(float)  # by row: how far to the right it is taken
    for series, drawn in sheet.lanes.items():
        if series != _LANE:
            reach[_box_row(series, sheet)] = drawn.picture.width + 2 * _PAD
    for product in sheet.parts.products:
        row, width = sheet.row_of[product], body_size(nodes[product])[0]
        needed = reach[row] + (_ARROW if reach[row] else 0.0) + width / 2
        above = _above(product, sheet)
        if above is not None:
            measure = partial(_middle, name=above)
            sheet.lanes[_LANE] = _stretched(lane, measure, needed)
            needed = max(needed, _middle(sheet.lanes[_LANE], above))
        columns[product] = needed
        reach[row] = needed + width / 2
    if not columns:
        widest = max(reach.values(), default=0.0)
        sheet.lanes[_LANE] = _stretched(lane, lambda one: one.picture.width, widest)
    for series in sheet.parts.boxes:
        beside = [name for name in columns if sheet.row_of[name] == _box_row(series, sheet)]
        room = columns[beside[0]] - body_size(nodes[beside[0]])[0] / 2 - _ARROW if beside else 0.0
        inner = room - 2 * _PAD
        sheet.lanes[series] = _stretched(box(series), lambda one: one.picture.width, inner)
    return columns


def _middle(lane: Lane, name: str) -> float:
    return lane.boxes[name].x + lane.boxes[name].width / 2


def _stretched(
    draw: Callable[[float], Lane], measure: Callable[[Lane], float], wanted: float
) -> Lane:
    """The lane with its ranks so far apart that a measure of it gets as large as is wanted."""
    plain, wider = draw(0.0), draw(1.0)
    gain = measure(wider) - measure(plain)
    if wanted <= measure(plain) or gain <= 0:
        return plain
    return draw(min(_STRETCH, (wanted - measure(plain)) / gain))


def _tracks(between: Sequence[Edge], sheet: Sheet) -> dict[int, int]:
    """How many lines run in the corridor above each row."""
    counts: dict[int, int] = defaultdict(int)
    for edge in between:
        for corridor in set(_corridors(edge, sheet)):
            counts[corridor] += 1
    return counts


def _corridors(edge: Edge, sheet: Sheet) -> tuple[int, int]:
    """The corridors, by the row below each, that an edge leaves into and comes from."""
    one, other = sheet.row_of[edge.parent], sheet.row_of[edge.child]
    if one == other:
        return max(one, 1), max(one, 1)
    return (one + 1, other) if one < other else (one, other + 1)


def _place_rows(sheet: Sheet, columns: Mapping[str, float], tracks: Mapping[int, int]) -> None:
    """Put the drawn lanes, their frames and the products where they belong."""
    _put(sheet, _LANE, 0.0, 0.0)
    y = sheet.lanes[_LANE].picture.height
    last = max(sheet.row_of.values(), default=0)
    for row in range(1, last + 1):
        sheet.corridors[row] = y
        y += _CORRIDOR + _TRACK * tracks.get(row, 0)
        middle, bottom = y + _PAD + 20.0, y
        for series in (one for one in sheet.parts.boxes if _box_row(one, sheet) == row):
            lane = sheet.lanes[series]
            _put(sheet, series, _PAD, y + _PAD)
            width, height = lane.picture.width + 2 * _PAD, lane.picture.height + 2 * _PAD
            sheet.frames[series] = Frame(0.0, y, width, height, "1.5 3", _heading(sheet, series, y))
            first = sheet.boxes[sheet.parts.boxes[series][0]]
            middle, bottom = first.y + first.height / 2, y + height
        for product in (one for one in columns if sheet.row_of[one] == row):
            node = sheet.graph.nodes[product]
            box, texts = draw_node(node, (columns[product], middle), PRODUCTS)
            sheet.boxes[product] = box
            sheet.feet[product] = max([box.frame[3], *(text.frame[3] for text in texts)])
            sheet.texts += texts
            bottom = max(bottom, sheet.feet[product])
        y = bottom
    sheet.corridors[last + 1] = y


def _heading(sheet: Sheet, series: str, y: float) -> Text | None:
    """What a box without a node of its own is about."""
    if series in sheet.row_of:
        return None
    words = say("no relation known", sheet.graph.options.language)
    return Text(words, 4.0, y - 8, LABEL_SIZE - 1, QUIET, anchor="start")


def _put(sheet: Sheet, part: str, x: float, y: float) -> None:
    lane = sheet.lanes[part]
    picture = moved(lane.picture, x, y)
    sheet.boxes |= {box.name: box for box in picture.boxes}
    sheet.feet |= {name: foot + y for name, foot in lane.feet.items()}
    sheet.wires += picture.wires
    sheet.texts += picture.texts


def _link_box(sheet: Sheet, series: str) -> None:
    """A dashed line from the series' own node to its box."""
    if series not in sheet.boxes:
        return
    frame, node = sheet.frames[series], sheet.boxes[series]
    x, y = node.x + node.width / 2, sheet.feet[series] + 2
    enter = min(max(x, frame.x + 16), frame.x + frame.width - 16)
    turn = (y + frame.y) / 2
    steps = [((x, turn),), ((enter, turn),)] if abs(enter - x) > 0.5 else []
    edges = [edge for edge in sheet.graph.edges if edge.strand is Strand.MEMBER]
    tooltip = "\n".join(edge.tooltip for edge in edges if edge.parent == series)
    path = (*steps, ((enter, frame.y),))
    sheet.wires.append(
        Wire((x, y), path, COLOURS[Strand.MEMBER], dashed=True, width=1.2, tooltip=tooltip)
    )


def _draw_broad_arrow(sheet: Sheet, edge: Edge) -> None:
    box = sheet.boxes[edge.child]
    if _is_from_box(edge, sheet):
        frame = next(
            sheet.frames[series]
            for series in sheet.parts.boxes
            if _box_row(series, sheet) == sheet.row_of[edge.child]
        )
        start = (frame.x + frame.width + 7, box.y + box.height / 2)
        tip = (box.x - 5, start[1])
    else:
        x = box.x + box.width / 2
        start, tip = (x, sheet.feet[edge.parent] + 8), (x, box.y - 5)
    sheet.arrows.append(BlockArrow(broad_arrow(start, tip), edge.tooltip))


def broad_arrow(start: Point, tip: Point) -> tuple[Point, ...]:
    """The outline of an arrow that runs straight right or down."""
    (x0, y0), (x1, y1) = start, tip
    shaft, half, head = 5.0, 11.0, 12.0
    if y0 == y1:
        neck = x1 - head
        upper = ((x0, y0 - shaft), (neck, y0 - shaft), (neck, y0 - half), tip)
        return (*upper, (neck, y0 + half), (neck, y0 + shaft), (x0, y0 + shaft))
    neck = y1 - head
    left = ((x0 - shaft, y0), (x0 - shaft, neck), (x0 - half, neck), tip)
    return (*left, (x0 + half, neck), (x0 + shaft, neck), (x0 + shaft, y0))


def _draw_between(sheet: Sheet, edges: Sequence[Edge]) -> None:
    """Edges from row to row: they run along the corridors, each on its own track."""
    ends = [name for edge in edges for name in (edge.parent, edge.child)]
    used: dict[str, int] = defaultdict(int)
    tracks: dict[int, int] = defaultdict(int)
    for number, edge in enumerate(edges):
        xs = []
        for name in (edge.parent, edge.child):
            box = sheet.boxes[name]
            apart = min(12.0, (box.width - 24) / max(1, ends.count(name)))
            offset = (used[name] + 0.5 - ends.count(name) / 2) * apart
            xs.append(box.x + box.width / 2 + offset - apart)
            used[name] += 1
        sheet.wires.append(_wire_between(sheet, edge, (xs[0], xs[1]), (number, tracks)))


def _wire_between(
    sheet: Sheet, edge: Edge, xs: tuple[float, float], place: tuple[int, dict[int, int]]
) -> Wire:
    number, tracks = place
    leave, come = _corridors(edge, sheet)
    heights = []
    for corridor in dict.fromkeys((leave, come)):
        tracks[corridor] += 1
        heights.append(sheet.corridors[corridor] + 6 + _TRACK * tracks[corridor])
    out = _way_out(sheet, edge.parent, xs[0], heights[0])
    back = _way_out(sheet, edge.child, xs[1], heights[-1])[::-1]
    around: list[Point] = []
    if leave != come:  # round the rows between, on the left
        side = -14.0 - 8.0 * number
        around = [(side, heights[0]), (side, heights[-1])]
    points = [*out, *around, *back]
    if edge.label:
        x = (points[len(out) - 1][0] + points[len(out)][0]) / 2
        y = heights[0] - 0.72 * LABEL_SIZE
        sheet.texts.append(
            Text(edge.label, x, y, LABEL_SIZE, COLOURS[edge.strand], tooltip=edge.tooltip)
        )
    return Wire(
        points[0],
        tuple((point,) for one, point in pairwise(points) if point != one),
        COLOURS[edge.strand],
        not edge.explicit,
        "hollow" if edge.strand is Strand.DATA else "filled",
        4.0 if edge.strand is Strand.PRODUCT else 1.4,
        edge.tooltip,
    )


def _way_out(sheet: Sheet, name: str, x: float, height: float) -> list[Point]:
    """From a node to a corridor: straight, or beside the nodes that stand in the way."""
    box = sheet.boxes[name]
    below = height > box.y
    start = (x, sheet.feet[name] + 2 if below else box.y)
    low, high = sorted((start[1], height))
    blocking = [
        _extent(sheet, other)
        for other in sheet.boxes.values()
        if other.name != name and low < other.y + other.height and other.y < high
    ]
    if not any(left < x < right for left, right in blocking):
        return [start, (x, height)]
    shift = 0.5 * (x - box.x - box.width / 2)  # lines side by side stay so
    beside = box.frame[2] + 12 + shift
    while hit := [right for left, right in blocking if left < beside < right]:
        beside = max(hit) + 3
    middle = box.y + box.height / 2 + (9 - shift if below else shift - 9)
    return [(box.frame[2], middle), (beside, middle), (beside, height)]


def _extent(sheet: Sheet, box: Box) -> tuple[float, float]:
    """How far a node reaches to both sides, with its caption and a little room."""
    middle = box.x + box.width / 2
    half = block_of(sheet.graph.nodes[box.name]).depth / 2 + 6
    return middle - half, middle + half


def _gathered(sheet: Sheet) -> Picture:
    boxes, frames = list(sheet.boxes.values()), list(sheet.frames.values())
    lefts = [box.x for box in boxes] + [text.frame[0] for text in sheet.texts]
    lefts += [frame.x for frame in frames]
    lefts += [step[-1][0] for wire in sheet.wires for step in wire.steps]
    rights = [box.frame[2] for box in boxes] + [text.frame[2] for text in sheet.texts]
    rights += [frame.x + frame.width for frame in frames]
    bottoms = [*sheet.feet.values(), *(frame.y + frame.height for frame in frames)]
    bottoms += [step[-1][1] for wire in sheet.wires for step in wire.steps]
    left = min(lefts, default=0.0)
    picture = Picture(
        max(rights, default=0.0) - left,
        max(bottoms, default=0.0),
        tuple(frames),
        tuple(sheet.wires),
        tuple(sheet.arrows),
        tuple(boxes),
        tuple(sheet.texts),
    )
    return moved(picture, -left, 0.0)
