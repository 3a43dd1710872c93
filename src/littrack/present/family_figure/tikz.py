"""The figure in TikZ: the same drawing as the SVG, set in the document's own font."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from littrack.claims import Model, Relation
from littrack.present.family_figure.graph import AS_USUAL, FamilyOptions, build_graph
from littrack.present.family_figure.picture import (
    BlockArrow,
    Box,
    Frame,
    Picture,
    Point,
    Text,
    Wire,
)
from littrack.present.family_figure.svg import draw_family
from littrack.present.family_figure.words import COLOURS, Strand
from littrack.present.svg import number, text_width
from littrack.text import has_chinese

_SCALE = 0.75  # points a CSS pixel
_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "←": r"$\leftarrow$",
    **{character: f"\\{character}" for character in "&%$#_"},
}


def render_family_tikz(
    models: Sequence[Model],
    relations: Sequence[Relation],
    *,
    root: str,
    options: FamilyOptions = AS_USUAL,
) -> str:
    r"""A `tikzpicture` that needs TikZ alone; \\resizebox fits it into a column."""
    graph = build_graph(models, relations, root, options)
    picture = draw_family(graph)
    lines = list(_document(picture))
    if has_chinese("".join(lines)):
        lines.insert(0, "% Chinese text: compile with XeLaTeX or LuaLaTeX and the ctex package.")
    return "".join(f"{line}\n" for line in lines)


def _document(picture: Picture) -> Iterator[str]:
    yield r"% \usepackage{tikz}; in a column: \resizebox{\linewidth}{!}{...}"
    yield rf"\begin{{tikzpicture}}[x={_SCALE}pt, y=-{_SCALE}pt, line width=0.9pt]"
    for colour in sorted(set(_colours(picture))):
        yield rf"  \definecolor{{{_name(colour)}}}{{HTML}}{{{colour[1:].upper()}}}"
    for frame in picture.frames:
        yield from _frame(frame)
    for wire in picture.wires:
        yield from _wire(wire)
    for arrow in picture.arrows:
        yield _block_arrow(arrow)
    for box in picture.boxes:
        yield from _box(box)
    for text in picture.texts:
        yield _text(text)
    yield r"\end{tikzpicture}"


def _colours(picture: Picture) -> Iterator[str]:
    yield COLOURS[Strand.PRODUCT]
    yield from (wire.colour for wire in picture.wires)
    for box in picture.boxes:
        yield from (box.fill, box.stroke, *(text.colour for text in box.texts))
    labels = (frame.label for frame in picture.frames if frame.label)
    yield from (text.colour for text in (*picture.texts, *labels))


def _name(colour: str) -> str:
    return f"littrack{colour[1:]}"


def _point(point: Point) -> str:
    return f"({number(point[0])},{number(point[1])})"


def _frame(frame: Frame) -> Iterator[str]:
    corner = (frame.x + frame.width, frame.y + frame.height)
    style = "dotted" if frame.dashes.startswith("1.") else "dashed"
    yield (
        rf"  \draw[{style}, gray, rounded corners=4pt] {_point((frame.x, frame.y))} "
        f"rectangle {_point(corner)};"
    )
    if frame.label:
        yield _text(frame.label)


def _wire(wire: Wire) -> Iterator[str]:
    path = _point(wire.start)
    for step in wire.steps:
        if len(step) == 1:
            path += f" -- {_point(step[0])}"
        else:
            one, other, end = map(_point, step)
            path += f" .. controls {one} and {other} .. {end}"
    dashes = ", dash pattern=on 3.5pt off 2.2pt" if wire.dashed else ""
    width = number(wire.width * 0.65)
    yield rf"  \draw[{_name(wire.colour)}, line width={width}pt{dashes}] {path};"
    head = wire.arrow_head()
    if head is not None:
        fill = _name(wire.colour) if wire.arrow == "filled" else "white"
        corners = " -- ".join(map(_point, head))
        yield rf"  \filldraw[draw={_name(wire.colour)}, fill={fill}] {corners} -- cycle;"


def _block_arrow(arrow: BlockArrow) -> str:
    corners = " -- ".join(map(_point, arrow.points))
    return rf"  \fill[{_name(COLOURS[Strand.PRODUCT])}] {corners} -- cycle;"


def _box(box: Box) -> Iterator[str]:
    style = f"draw={_name(box.stroke)}, fill={_name(box.fill)}"
    radius = number(box.radius * _SCALE * 0.98)
    dashes = ", dashed" if box.dashed else ""
    yield (
        rf"  \filldraw[{style}{dashes}, rounded corners={radius}pt] {_point((box.x, box.y))} "
        f"rectangle {_point((box.x + box.width, box.y + box.height))};"
    )
    yield from map(_text, box.texts)


def _text(text: Text) -> str:
    size = text.size * _SCALE
    font = rf"\fontsize{{{number(size)}}}{{{number(1.2 * size)}}}\selectfont\sffamily"
    font += r"\bfseries" if text.bold else ""
    x = text.x if text.anchor == "middle" else text.x + text_width(text.text, text.size) / 2
    place = _point((x, text.y))
    style = f"inner sep=0pt, text={_name(text.colour)}, font={{{font}}}"
    return rf"  \node[{style}] at {place} {{{escape_latex(text.text)}}};"


def escape_latex(text: str) -> str:
    r"""A text as LaTeX holds it; Greek letters become mathematics.

    >>> escape_latex("PanGu-α & 5%")
    'PanGu-$\\alpha$ \\& 5\\%'
    """
    return "".join(_SPECIAL.get(one) or _greek(one) or one for one in text)


def _greek(character: str) -> str:
    if not "\u0391" <= character <= "\u03c9":
        return ""
    found = re.fullmatch(r"GREEK (SMALL|CAPITAL) LETTER (\w+)", unicodedata.name(character, ""))
    if found is None:
        return ""
    name = found[2].lower().replace("lamda", "lambda")
    if found[1] == "SMALL":
        return character if name == "omicron" else rf"$\{name}$"
    has_command = name in _CAPITALS
    return rf"$\{name.capitalize()}$" if has_command else _LATIN.get(name, character)


_CAPITALS = {
    *("gamma", "delta", "theta", "lambda", "xi", "pi", "sigma", "upsilon", "phi", "psi", "omega")
}
_LATIN = {"alpha": "A", "beta": "B", "epsilon": "E", "eta": "H", "kappa": "K", "mu": "M"}
