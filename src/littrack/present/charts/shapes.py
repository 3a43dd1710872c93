"""What a finished chart consists of, for Vega-Lite and pgfplots alike.

Places on the page are CSS pixels, x to the right and y downwards. Curves, marks and dots are in
the units of their panel's axes: the milliseconds since 1970 for times.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import cos, pi, sin

from littrack.present.svg import text_width

Point = tuple[float, float]

INK, QUIET, GRID, FRAME = "#1b2733", "#4d5964", "#e1e6ea", "#8b97a3"
STAR_COLOUR, STAR_RADIUS = "#d55e00", 6.0
STAR = tuple(  # its corners on a circle of radius 1, from the top
    (radius * sin(corner * pi / 5), -radius * cos(corner * pi / 5))
    for corner, radius in enumerate((1.0, 0.4) * 5)
)
LINE = 1.2  # from one line of text to the next, in font sizes


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the page."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box, gap: float = 0.0) -> bool:
        """Whether the two overlap, or are closer than the gap."""
        return (
            self.left < other.right + gap
            and other.left < self.right + gap
            and self.top < other.bottom + gap
            and other.top < self.bottom + gap
        )

    def holds(self, other: Box) -> bool:
        """Whether the other is wholly within."""
        return (
            self.left <= other.left
            and other.right <= self.right
            and self.top <= other.top
            and other.bottom <= self.bottom
        )

    def is_crossed(self, start: Point, end: Point) -> bool:
        """Whether a straight line enters the box (Liang and Barsky)."""
        dx, dy = end[0] - start[0], end[1] - start[1]
        first, last = 0.0, 1.0
        for step, room in (
            (-dx, start[0] - self.left),
            (dx, self.right - start[0]),
            (-dy, start[1] - self.top),
            (dy, self.bottom - start[1]),
        ):
            if step == 0:
                if room < 0:
                    return False
            elif step < 0:
                first = max(first, room / step)
            else:
                last = min(last, room / step)
        return first <= last


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text; ``y`` is its middle."""

    text: str
    x: float
    y: float
    size: float
    anchor: str = "start"  # or "middle", "end"
    bold: bool = False
    colour: str = INK
    halo: bool = False  # a white rim, for texts on top of a drawing

    @property
    def box(self) -> Box:
        """What it covers."""
        width = text_width(self.text, self.size, bold=self.bold)
        left = self.x - {"start": 0.0, "middle": width / 2, "end": width}[self.anchor]
        half = self.size * LINE / 2
        return Box(left, self.y - half, left + width, self.y + half)


@dataclass(frozen=True, slots=True)
class Rule:
    """A thin straight line on the page: from a label to what it names."""

    start: Point
    end: Point
    colour: str = QUIET
    dotted: bool = False


@dataclass(frozen=True, slots=True)
class Style:
    """How one of several curves is told from the others, in colours and in grey."""

    colour: str
    dashes: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Vertex:
    """A point of a curve; ``facts`` are what a reader who points at it is told."""

    x: float
    y: float
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Run:
    """A part of a curve without gaps."""

    vertices: tuple[Vertex, ...]
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """A period's count as a bar from 0."""

    start: float
    end: float
    vertex: Vertex
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Curve:
    """A series as drawn: bars, or runs of lines with dots where none is or a period is partial."""

    name: str
    style: Style
    runs: tuple[Run, ...] = ()
    filled: tuple[Vertex, ...] = ()
    hollow: tuple[Vertex, ...] = ()
    bars: tuple[Bar, ...] = ()

    @property
    def vertices(self) -> tuple[Vertex, ...]:
        """Every point once, in order."""
        found = {
            vertex.x: vertex
            for vertices in (*(run.vertices for run in self.runs), self.filled, self.hollow)
            for vertex in vertices
        }
        found |= {bar.vertex.x: bar.vertex for bar in self.bars}
        return tuple(found[x] for x in sorted(found))


@dataclass(frozen=True, slots=True)
class Mark:
    """A landmark on a curve."""

    name: str
    x: float
    y: float
    date: str
    star: bool = False


@dataclass(frozen=True, slots=True)
class Dots:
    """Many points of one group, named for those who point at them."""

    name: str
    colour: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Axis:
    """A scale from ``low`` to ``high`` with its ticks, each a value and its label."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...] = ()
    is_time: bool = False

    def part(self, value: float) -> float:
        """Where a value lies, from 0 to 1."""
        return (value - self.low) / (self.high - self.low)


@dataclass(frozen=True, slots=True)
class Panel:
    """One pair of axes and what is drawn in and around it."""

    frame: Box
    x: Axis
    y: Axis
    curves: tuple[Curve, ...] = ()
    marks: tuple[Mark, ...] = ()
    dots: tuple[Dots, ...] = ()
    rules: tuple[Rule, ...] = ()
    texts: tuple[Text, ...] = ()  # heading, notes
    labels: tuple[Text, ...] = ()  # of curves, marks and groups: these never overlap
    unlabelled: tuple[str, ...] = ()

    def place(self, x: float, y: float) -> Point:
        """Where a point of the axes lies on the page."""
        width, height = self.frame.right - self.frame.left, self.frame.bottom - self.frame.top
        return (
            self.frame.left + self.x.part(x) * width,
            self.frame.bottom - self.y.part(y) * height,
        )


@dataclass(frozen=True, slots=True)
class Chart:
    """A page with its panels, all of one size, in rows from left to right."""

    width: float
    height: float
    columns: int
    panels: tuple[Panel, ...]
    texts: tuple[Text, ...]  # title and caption
    title: str
    description: str
    tag: str = "en"
