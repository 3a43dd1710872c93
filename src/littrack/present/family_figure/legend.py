"""What colours, lines and fills mean, below the drawing, and the caption below that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from littrack.present.family_figure.down import FILLS, STROKES
from littrack.present.family_figure.graph import Graph
from littrack.present.family_figure.picture import (
    INK,
    QUIET,
    BlockArrow,
    Box,
    Picture,
    Text,
    Wire,
    moved,
    wrapped,
)
from littrack.present.family_figure.words import COLOURS, Strand, say, strand_name
from littrack.present.svg import text_width

_SIZE, _CAPTION_SIZE = 10.5, 11.0
_SAMPLE = 26.0  # width of a line or box that is explained
_ROW = 19.0

Shape = Wire | Box | BlockArrow
Entry = tuple[Callable[[float, float], Shape], str]  # a sample at a place, and its words


def add_legend(picture: Picture, graph: Graph, caption: str) -> Picture:
    """The picture with a legend of what occurs in it, and its caption, in rows below."""
    entries = _entries(graph) if graph.options.legend else []
    width = max(picture.width, 320.0)
    widths = [_SAMPLE + 6 + text_width(words, _SIZE) + 20 for _, words in entries]
    rows: list[list[int]] = []
    for number, wide in enumerate(widths):
        if rows and sum(widths[one] for one in rows[-1]) + wide <= width + 20:
            rows[-1].append(number)
        else:
            rows.append([number])
    shapes: list[Shape] = []
    texts: list[Text] = []
    y = picture.height + 22
    for row in rows:
        x = (width - sum(widths[one] for one in row) + 20) / 2
        for number in row:
            sample, words = entries[number]
            shapes.append(sample(x, y))
            texts.append(Text(words, x + _SAMPLE + 6, y, _SIZE, INK, anchor="start"))
            x += widths[number]
        y += _ROW
    lines = wrapped(caption, _CAPTION_SIZE, width) if caption else ()
    for number, line in enumerate(lines):
        texts.append(Text(line, width / 2, y + 6 + 15 * number, _CAPTION_SIZE, QUIET))
    height = y + (15 * len(lines) if lines else -_ROW / 2)
    body = moved(picture, (width - picture.width) / 2, 0)
    return replace(
        body,
        width=width,
        height=height,
        wires=(*body.wires, *(one for one in shapes if isinstance(one, Wire))),
        arrows=(*body.arrows, *(one for one in shapes if isinstance(one, BlockArrow))),
        boxes=(*body.boxes, *(one for one in shapes if isinstance(one, Box))),
        texts=(*body.texts, *texts),
    )


def _entries(graph: Graph) -> list[Entry]:
    """What occurs, and no more."""
    language = graph.options.language
    used = {edge.strand for edge in graph.edges}
    lines = [strand for strand in Strand if strand in used and strand is not Strand.PRODUCT]
    if graph.runs_right:
        lines = [strand for strand in lines if strand is not Strand.MEMBER]
    found: list[Entry] = [
        (_line(COLOURS[strand], strand), strand_name(strand, language)) for strand in lines
    ]
    if Strand.PRODUCT in used:
        found.append((_block, strand_name(Strand.PRODUCT, language)))
    for explicit in sorted({edge.explicit for edge in graph.edges}, reverse=True):
        words = "stated by the makers" if explicit else "reported or inferred"
        found.append((_line("#333f4b", None, dashed=not explicit), say(words, language)))
    if not graph.runs_right:
        names = {"full": "full tuning", "parameter-efficient": "parameter-efficient tuning"}
        tunings = {node.tuning for node in graph.nodes.values()}
        for tuning in (one for one in names if one in tunings):
            found.append((_fill(tuning), say(names[tuning], language)))
    if not all(node.reviewed for node in graph.nodes.values()):
        found.append((_fill("", dashed=True), say("not reviewed yet", language)))
    return found


def _line(
    colour: str, strand: Strand | None, *, dashed: bool = False
) -> Callable[[float, float], Shape]:
    arrow = {None: "", Strand.DATA: "hollow"}.get(strand, "filled")
    return lambda x, y: Wire((x, y), (((x + _SAMPLE, y),),), colour, dashed, arrow)


def _fill(tuning: str, *, dashed: bool = False) -> Callable[[float, float], Shape]:
    fill = "#ffffff" if dashed else FILLS[tuning]
    stroke = "#5d6975" if dashed else STROKES[tuning]
    return lambda x, y: Box("", x, y - 6, _SAMPLE, 12, 3, fill, stroke, dashed, ())


def _block(x: float, y: float) -> Shape:
    tip, back = x + _SAMPLE, x + _SAMPLE - 8
    points = ((x, y - 3), (back, y - 3), (back, y - 6.5), (tip, y))
    lower = ((back, y + 6.5), (back, y + 3), (x, y + 3))
    return BlockArrow((*points, *lower))
