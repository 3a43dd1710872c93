r"""A chart as a `tikzpicture` with pgfplots: the places of the SVG, the fonts of the document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from littrack.present.charts.shapes import (
    STAR,
    STAR_COLOUR,
    STAR_RADIUS,
    Chart,
    Curve,
    Mark,
    Panel,
    Rule,
    Text,
    Vertex,
)
from littrack.present.svg import number
from littrack.present.timeline_figure.tikz import latex_text
from littrack.text import has_chinese

_POINTS = 0.75  # a CSS pixel
_DAY = 86_400_000.0
_HEAD = r"""% Needs \usepackage{pgfplots} \pgfplotsset{compat=1.16}. Labels are measured in
% Helvetica; to use another font, define \littrackfont before the picture.
"""
_CHINESE = r"""% Chinese text: compile with XeLaTeX and say
%   \usepackage{ctex} \newcommand\littrackfont{\sffamily}
"""
_BEGIN = r"""\providecommand\littrackfont{\fontfamily{phv}\selectfont}
\begin{tikzpicture}[x=0.75pt, y=-0.75pt,
  every node/.style={inner sep=0pt, outer sep=0pt},
  /pgfplots/littrack axis/.style={scale only axis, axis lines*=left,
    y axis line style={draw=none},
    grid=major, grid style={line width=0.4pt, draw=black!12}, tick align=outside,
    major tick length=3pt, ytick style={draw=none}, clip=false, anchor=south west,
    scaled ticks=false, tick label style={font=\littrackfont\fontsize{7.1}{8.5}\selectfont}},
  /pgfplots/littrack curve/.style={line width=1.3pt, line join=round, no markers},
  /pgfplots/littrack partial/.style={littrack curve, dash pattern=on 1.5pt off 1.5pt},
  /pgfplots/littrack dot/.style={only marks, mark=*, mark size=1.8pt},
  /pgfplots/littrack mark/.style={only marks, mark=*, mark size=2pt,
    mark options={fill=black, draw=white}},
  /pgfplots/every tick label/.style={inner sep=2pt}]
"""


def render_pgfplots(chart: Chart) -> str:
    r"""The picture, for `\input` into a document."""
    colours = sorted({_colour for panel in chart.panels for _colour in _colours(panel)})
    lines = [
        *(f"\\definecolor{{{_name(one)}}}{{HTML}}{{{one[1:].upper()}}}" for one in colours),
        f"\\useasboundingbox (0,0) rectangle ({number(chart.width)},{number(chart.height)});",
        *(line for panel in chart.panels for line in _panel(panel)),
        *(_text(text) for text in chart.texts),
    ]
    title = f"% {' '.join(chart.title.split())}\n"
    picture = _BEGIN + "\n".join(lines) + "\n\\end{tikzpicture}\n"
    return title + _HEAD + (_CHINESE if has_chinese(picture) else "") + picture


def _colours(panel: Panel) -> Iterator[str]:
    yield STAR_COLOUR
    yield from (curve.style.colour for curve in panel.curves)
    yield from (dots.colour for dots in panel.dots)
    yield from (rule.colour for rule in panel.rules)
    yield from (text.colour for text in (*panel.texts, *panel.labels))


def _name(colour: str) -> str:
    return f"littrack{colour[1:]}"


def _panel(panel: Panel) -> Iterator[str]:
    yield from (_rule(rule) for rule in panel.rules if rule.dotted)
    yield from _axis(panel)
    for curve in panel.curves:
        yield from _curve(panel, curve)
    for dots in panel.dots:
        yield _plot(
            f"only marks, mark=*, mark size=0.8pt, color={_name(dots.colour)}, opacity=0.55",
            [(_x(panel, x), y) for x, y in dots.points],
        )
    yield from (_mark(panel, mark) for mark in panel.marks if not mark.star)
    yield "\\end{axis}\n\\end{scope}"
    yield from (_star(panel, mark) for mark in panel.marks if mark.star)
    yield from (_rule(rule) for rule in panel.rules if not rule.dotted)
    yield from (_text(text) for text in (*panel.texts, *panel.labels))


def _axis(panel: Panel) -> Iterator[str]:
    frame = panel.frame
    width, height = (frame.right - frame.left) * _POINTS, (frame.bottom - frame.top) * _POINTS
    xs = [(_x(panel, value), label) for value, label in panel.x.ticks]
    low, high = _x(panel, panel.x.low), _x(panel, panel.x.high)
    # The axis in units of its own: those of the picture, upside down, would move it off the page.
    yield rf"\coordinate (littrack corner) at ({number(frame.left)},{number(frame.bottom)});"
    yield r"\begin{scope}[x=1cm, y=1cm]"
    yield r"\begin{axis}[littrack axis, at={(littrack corner)},"
    yield f"  width={number(width)}pt, height={number(height)}pt,"
    yield f"  xmin={low:.5g}, xmax={high:.5g}, ymin={panel.y.low:g}, ymax={panel.y.high:.6g},"
    yield f"  {_ticks('x', xs)},"
    yield f"  {_ticks('y', panel.y.ticks)}{', axis line style={draw=none}' if not xs else ''}]"


def _ticks(axis: str, ticks: Sequence[tuple[float, str]]) -> str:
    if not ticks:
        return rf"{axis}tick=\empty"
    places = ",".join(f"{value:.6g}" for value, _ in ticks)
    labels = ",".join(f"{{{latex_text(label)}}}" for _, label in ticks)
    return f"{axis}tick={{{places}}}, {axis}ticklabels={{{labels}}}"


def _x(panel: Panel, value: float) -> float:
    """Times in days from the left edge's: TeX reckons with five digits."""
    return (value - panel.x.low) / _DAY if panel.x.is_time else value


def _curve(panel: Panel, curve: Curve) -> Iterator[str]:
    colour = f"color={_name(curve.style.colour)}"
    dashes = "".join(
        f" {'off' if place % 2 else 'on'} {number(length * _POINTS)}pt"
        for place, length in enumerate(curve.style.dashes)
    )
    for run in curve.runs:
        look = "littrack partial" if run.partial else "littrack curve"
        look += f", dash pattern={dashes.strip()}" if dashes and not run.partial else ""
        yield _plot(f"{look}, {colour}", _places(panel, run.vertices))
    for vertices, fill in ((curve.filled, ""), (curve.hollow, ", mark options={fill=white}")):
        if vertices:
            yield _plot(f"littrack dot, {colour}{fill}", _places(panel, vertices))
    for bar in curve.bars:
        start, end = (number(_x(panel, place)) for place in (bar.start, bar.end))
        fill = "fill=white, dash pattern=on 1.5pt off 1.5pt, draw" if bar.partial else "fill"
        corner = f"(axis cs:{end},{bar.vertex.y:.6g})"
        look = f"{fill}={_name(curve.style.colour)}"
        yield rf"\path[{look}] (axis cs:{start},0) rectangle {corner};{_period(bar.vertex)}"


def _period(vertex: Vertex) -> str:
    """When a point was, for those who read the source."""
    return f" % {datetime.fromtimestamp(vertex.x / 1000, UTC):%Y-%m-%d}"


def _places(panel: Panel, vertices: Sequence[Vertex]) -> list[tuple[float, float]]:
    return [(_x(panel, vertex.x), vertex.y) for vertex in vertices]


def _plot(look: str, places: Sequence[tuple[float, float]]) -> str:
    points = " ".join(f"({x:.5g},{y:.6g})" for x, y in places)
    return rf"\addplot[{look}] coordinates {{{points}}};"


def _mark(panel: Panel, mark: Mark) -> str:
    place = [(_x(panel, mark.x), mark.y)]
    return f"{_plot('littrack mark', place)} % {latex_text(mark.name)}, {mark.date}"


def _star(panel: Panel, mark: Mark) -> str:
    x, y = panel.place(mark.x, mark.y)
    corners = (f"({number(x + STAR_RADIUS * a)},{number(y + STAR_RADIUS * b)})" for a, b in STAR)
    outline = " -- ".join(corners)
    look = f"fill={_name(STAR_COLOUR)}, draw=black, line width=0.4pt"
    return rf"\path[{look}] {outline} -- cycle; % {latex_text(mark.name)}, {mark.date}"


def _rule(rule: Rule) -> str:
    places = " -- ".join(f"({number(x)},{number(y)})" for x, y in (rule.start, rule.end))
    dots = ", dash pattern=on 0.75pt off 1.5pt" if rule.dotted else ""
    return rf"\draw[line width=0.5pt, color={_name(rule.colour)}{dots}] {places};"


def _text(text: Text) -> str:
    anchor = {"start": "west", "middle": "center", "end": "east"}[text.anchor]
    size = text.size * _POINTS
    font = rf"\littrackfont\fontsize{{{number(size)}}}{{{number(1.2 * size)}}}\selectfont"
    font += r"\bfseries" if text.bold else ""
    colour = f"text={_name(text.colour)}"
    place = f"({number(text.x)},{number(text.y)})"
    return rf"\node[anchor={anchor}, {colour}, font={font}] at {place} {{{latex_text(text.text)}}};"
