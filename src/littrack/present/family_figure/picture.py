"""What a finished figure consists of: shapes with their places, for SVG and TikZ alike.

Lengths are CSS pixels, x to the right and y downwards.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import hypot

from littrack.present.svg import text_width

Point = tuple[float, float]

INK = "#1c2733"
QUIET = "#5d6975"
ASCENT = 0.36  # of the font size: from the middle of a line of text down to its baseline


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text; ``y`` is its middle, so that halves of boxes can be reckoned with."""

    text: str
    x: float
    y: float
    size: float
    colour: str = INK
    bold: bool = False
    italic: bool = False
    anchor: str = "middle"  # or "start"
    tooltip: str = ""

    @property
    def frame(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        width = text_width(self.text, self.size, bold=self.bold)
        left = self.x - width / 2 if self.anchor == "middle" else self.x
        return left, self.y - 0.55 * self.size, left + width, self.y + 0.55 * self.size


@dataclass(frozen=True, slots=True)
class Box:
    """A node: its body and the texts in and below it."""

    name: str
    x: float
    y: float
    width: float
    height: float
    radius: float
    fill: str
    stroke: str
    dashed: bool
    texts: tuple[Text, ...]
    tooltip: str = ""
    address: str | None = None

    @property
    def frame(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of the body."""
        return self.x, self.y, self.x + self.width, self.y + self.height


@dataclass(frozen=True, slots=True)
class Wire:
    """A line: each step is a point to go straight to, or three of a Bézier curve."""

    start: Point
    steps: tuple[tuple[Point, ...], ...]
    colour: str
    dashed: bool
    arrow: str = ""  # "filled" or "hollow", at the end
    width: float = 1.4
    tooltip: str = ""

    def arrow_head(self) -> tuple[Point, Point, Point] | None:
        """Tip and the other corners of the arrow's head."""
        if not self.arrow:
            return None
        path = [self.start, *(point for step in self.steps for point in step)]
        tip, from_ = path[-1], next(one for one in reversed(path[:-1]) if one != path[-1])
        length = hypot(tip[0] - from_[0], tip[1] - from_[1])
        dx, dy = (tip[0] - from_[0]) / length, (tip[1] - from_[1]) / length
        back = (tip[0] - HEAD * dx, tip[1] - HEAD * dy)
        half = 0.48 * HEAD
        return (
            tip,
            (back[0] - half * dy, back[1] + half * dx),
            (back[0] + half * dy, back[1] - half * dx),
        )


HEAD = 6.5  # length of an arrow's head


@dataclass(frozen=True, slots=True)
class Frame:
    """A dotted or dashed box around nodes, with its label."""

    x: float
    y: float
    width: float
    height: float
    dashes: str
    label: Text | None = None


@dataclass(frozen=True, slots=True)
class BlockArrow:
    """A broad arrow, as its outline."""

    points: tuple[Point, ...]
    tooltip: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """All shapes of a figure, those drawn first first."""

    width: float
    height: float
    frames: tuple[Frame, ...] = ()
    wires: tuple[Wire, ...] = ()
    arrows: tuple[BlockArrow, ...] = ()
    boxes: tuple[Box, ...] = ()
    texts: tuple[Text, ...] = ()


def moved(picture: Picture, dx: float, dy: float) -> Picture:
    """The same picture, every shape elsewhere."""

    def point(one: Point) -> Point:
        return one[0] + dx, one[1] + dy

    def text(one: Text) -> Text:
        return replace(one, x=one.x + dx, y=one.y + dy)

    return Picture(
        picture.width,
        picture.height,
        tuple(
            replace(one, x=one.x + dx, y=one.y + dy, label=one.label and text(one.label))
            for one in picture.frames
        ),
        tuple(
            replace(
                one,
                start=point(one.start),
                steps=tuple(tuple(map(point, step)) for step in one.steps),
            )
            for one in picture.wires
        ),
        tuple(replace(one, points=tuple(map(point, one.points))) for one in picture.arrows),
        tuple(
            replace(one, x=one.x + dx, y=one.y + dy, texts=tuple(map(text, one.texts)))
            for one in picture.boxes
        ),
        tuple(map(text, picture.texts)),
    )


def wrapped(words: str, size: float, room: float, *, bold: bool = False) -> tuple[str, ...]:
    """A text in lines that fit the room where it can be parted, as equal as may be.

    It is parted at spaces and, as a last resort, behind hyphens; Chinese anywhere.
    """
    pieces = _pieces(words)
    count = 1
    while True:
        whole = text_width(words, size, bold=bold)
        for share in (1.0, 1.15, 1.4, 1.8, 3.0):
            lines = _filled(pieces, size, min(room, share * whole / count), bold=bold)
            if len(lines) <= count:
                return tuple(lines)
        count += 1


def _pieces(words: str) -> list[str]:
    pieces = [""]
    for character in words:
        if character > "\u2e80" or (pieces[-1][-1:] in (" ", "-") and character != " "):
            pieces.append(character)
        else:
            pieces[-1] += character
    return [piece for piece in pieces if piece]


def _filled(pieces: list[str], size: float, room: float, *, bold: bool) -> list[str]:
    lines: list[str] = []
    for piece in pieces:
        if lines and text_width((lines[-1] + piece).strip(), size, bold=bold) <= room:
            lines[-1] += piece
        else:
            lines.append(piece)
    return [line.strip() for line in lines]
