"""The figure as SVG: drawing, legend and caption. Same input, same bytes."""

from __future__ import annotations

from collections.abc import Sequence

from littrack.claims import Model, Relation
from littrack.present.family_figure.down import draw_down
from littrack.present.family_figure.graph import AS_USUAL, FamilyOptions, Graph, build_graph
from littrack.present.family_figure.legend import add_legend
from littrack.present.family_figure.picture import (
    ASCENT,
    BlockArrow,
    Box,
    Frame,
    Picture,
    Point,
    Text,
    Wire,
)
from littrack.present.family_figure.right import draw_right
from littrack.present.family_figure.words import COLOURS, Strand, caption_words
from littrack.present.svg import FONT_FAMILY, element, escape, link, number, text_element

_MARGIN = 12.0


def render_family_svg(
    models: Sequence[Model],
    relations: Sequence[Relation],
    *,
    root: str,
    options: FamilyOptions = AS_USUAL,
) -> str:
    """A family as a picture: nodes, typed edges, the evidence behind each edge as a tooltip.

    Args:
        models: What is drawn; relations that lead out of them are left out.
        relations: The edges, with the claims behind them.
        root: The model or family that the figure is about.
        options: Orientation, language, width, caption, legend.
    """
    graph = build_graph(models, relations, root, options)
    return picture_svg(draw_family(graph), caption_of(graph), options.language)


def draw_family(graph: Graph) -> Picture:
    """The whole figure as shapes: the drawing, its legend and its caption."""
    drawing = draw_right(graph) if graph.runs_right else draw_down(graph)
    return add_legend(drawing, graph, caption_of(graph))


def caption_of(graph: Graph) -> str:
    """The caption that was asked for, or one that counts."""
    if graph.options.caption is not None:
        return graph.options.caption
    counts = len(graph.nodes), sum(len(edge.relations) for edge in graph.edges)
    return caption_words(graph.root, counts, graph.options.language)


def picture_svg(picture: Picture, title: str, language: str) -> str:
    """A picture as an SVG document."""
    width, height = picture.width + 2 * _MARGIN, picture.height + 2 * _MARGIN
    shapes = [
        *map(_frame, picture.frames),
        *map(_wire, picture.wires),
        *map(_block_arrow, picture.arrows),
        *map(_box, picture.boxes),
        *map(_text, picture.texts),
    ]
    body = "\n".join(
        (
            element("title", escape(title)),
            element("rect", width=width, height=height, fill="#ffffff"),
            f'<g transform="translate({number(_MARGIN)} {number(_MARGIN)})">',
            *shapes,
            "</g>",
        )
    )
    root = element(
        "svg",
        f"\n{body}\n",
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=width,
        height=height,
        font_family=FONT_FAMILY,
        lang="zh-Hans" if language == "zh" else "en",
        role="img",
    )
    return root + "\n"


def _titled(tooltip: str) -> str:
    return element("title", escape(tooltip)) if tooltip else ""


def _frame(frame: Frame) -> str:
    box = element(
        "rect",
        x=frame.x,
        y=frame.y,
        width=frame.width,
        height=frame.height,
        rx=6,
        fill="none",
        stroke="#7b8794",
        stroke_dasharray=frame.dashes,
    )
    return box + (_text(frame.label) if frame.label else "")


def _wire(wire: Wire) -> str:
    path = "M" + _point(wire.start)
    for step in wire.steps:
        path += ("L" if len(step) == 1 else "C") + " ".join(map(_point, step))
    line = element(
        "path",
        d=path,
        fill="none",
        stroke=wire.colour,
        stroke_width=wire.width,
        stroke_dasharray="5 3.2" if wire.dashed else None,
    )
    head = wire.arrow_head()
    if head is not None:
        line += element(
            "polygon",
            points=" ".join(map(_point, head)),
            fill=wire.colour if wire.arrow == "filled" else "#ffffff",
            stroke=wire.colour,
            stroke_width=1,
            stroke_linejoin="round",
        )
    return element("g", _titled(wire.tooltip) + line)


def _point(point: Point) -> str:
    return f"{number(point[0])},{number(point[1])}"


def _block_arrow(arrow: BlockArrow) -> str:
    points = " ".join(map(_point, arrow.points))
    shape = element("polygon", points=points, fill=COLOURS[Strand.PRODUCT])
    return element("g", _titled(arrow.tooltip) + shape)


def _box(box: Box) -> str:
    body = element(
        "rect",
        x=box.x,
        y=box.y,
        width=box.width,
        height=box.height,
        rx=box.radius,
        fill=box.fill,
        stroke=box.stroke,
        stroke_width=1.1,
        stroke_dasharray="3.5 2.5" if box.dashed else None,
    )
    return link(
        element("g", _titled(box.tooltip) + body + "".join(map(_text, box.texts))), box.address
    )


def _text(text: Text) -> str:
    """With a halo where it stands on the ground, so that a line behind it does not hurt."""
    halo = text.colour != "#ffffff"
    shape = text_element(
        text.text,
        text.x,
        text.y + ASCENT * text.size,
        font_size=text.size,
        fill=text.colour,
        font_weight="bold" if text.bold else None,
        font_style="italic" if text.italic else None,
        text_anchor=None if text.anchor == "start" else text.anchor,
        stroke="#ffffff" if halo and text.tooltip else None,
        stroke_width=3 if halo and text.tooltip else None,
        paint_order="stroke" if halo and text.tooltip else None,
    )
    return element("g", _titled(text.tooltip) + shape) if text.tooltip else shape
