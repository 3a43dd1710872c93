"""The sizes of a chart: how many panels in a row, and the room around each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

from littrack.present.charts.axes import TICK_SIZE
from littrack.present.charts.shapes import LINE, Axis, Box
from littrack.present.svg import text_width

CENTIMETRE = 96 / 2.54  # CSS pixels
MARGIN = 4.0
SIZE, HEADING, TITLE = 9.5, 10.5, 13.0  # 7.1, 7.9 and 9.8 points in print
ROW = SIZE * LINE + 1  # from one label to the next
BELOW = 20.0  # a panel: the labels of the time axis
LEAD = 12.0  # from the end of a curve to its name
_BETWEEN = 16.0  # panels
_TICK_ROOM = 9.0  # a tick and the space between it and its label
_WIDEST_NAME = 0.3  # of the chart
_SHAPES = {1: 0.4, 2: 0.7}  # height by width, for so many columns
_LEAST_HEIGHT = 110.0


@dataclass(frozen=True, slots=True)
class Grid:
    """The sizes that all panels of a chart share."""

    columns: int
    left: float  # room for the labels of the value axis
    right: float  # room for the names of curves
    width: float
    height: float
    named: bool = True  # each panel by its heading, not each curve at its end
    flags: float = 0.0  # room for landmarks above a panel

    @property
    def head(self) -> float:
        """The room above a panel: a line or two of heading, and flags."""
        return ceil((HEADING * self.named + SIZE) * LINE + 6 + self.flags)

    def frame(self, number: int, top: float) -> Box:
        """Where the panel of a number lies."""
        row, column = divmod(number, self.columns)
        x = MARGIN + self.left + column * (self.left + self.width + self.right + _BETWEEN)
        y = ceil(top) + self.head + row * (self.head + self.height + BELOW + 8)
        return Box(x, y, x + self.width, y + self.height)


def choose_grid(
    panels: int, scales: Sequence[Axis], names: Sequence[str], flags: Sequence[str], width_cm: float
) -> Grid:
    """The sizes for so many panels; ``names`` stand to the right of curves, ``flags`` above."""
    columns = _columns(panels, width_cm)
    whole = width_cm * CENTIMETRE - 2 * MARGIN
    labels = [label for scale in scales for _, label in scale.ticks]
    left = max((text_width(label, TICK_SIZE) for label in labels), default=0.0) + _TICK_ROOM
    right = 6.0
    if names:
        widest = max(text_width(name, SIZE) for name in names)
        right = min(widest, _WIDEST_NAME * whole) + LEAD + 2
    if flags:  # the last one may fly beyond the frame
        right = max(right, *(text_width(name, SIZE) + 6 for name in flags))
    left, right = ceil(left), ceil(right)  # whole pixels: Vega rounds where panels begin
    width = floor((whole - (columns - 1) * _BETWEEN) / columns - left - right)
    height = max(width * _SHAPES.get(columns, 0.75), _LEAST_HEIGHT, (len(names) + 1) * ROW)
    return Grid(columns, left, right, width, ceil(height), named=not names)


def _columns(panels: int, width_cm: float) -> int:
    fit = 1 if width_cm < 9 else 2 if width_cm < 13 else 3
    return min(fit, 2 if panels == 4 else panels)
