"""The labels of a panel: names at the ends of curves, landmarks on or above them, averages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from littrack.present.charts.axes import stamp
from littrack.present.charts.curves import height_at
from littrack.present.charts.grid import LEAD, ROW, SIZE, Grid
from littrack.present.charts.placement import Anchor, place_labels, spread, stack_flags
from littrack.present.charts.shapes import (
    FRAME,
    QUIET,
    STAR_RADIUS,
    Axis,
    Box,
    Curve,
    Mark,
    Panel,
    Point,
    Rule,
    Text,
)
from littrack.present.charts.words import WORDS, ChartOptions, DailyAverage
from littrack.present.svg import shorten, text_width
from littrack.trends import Landmark

MARK_RADIUS = 2.8
_INSET = 4.0


def inside(landmarks: Sequence[Landmark], axis: Axis) -> list[Landmark]:
    """The landmarks that a time axis reaches, the oldest first."""
    found = [one for one in landmarks if axis.low <= stamp(one.date) <= axis.high]
    return sorted(found, key=lambda one: (one.date, one.name))


def flag_rows(landmarks: Sequence[Landmark], axis: Axis, width: float) -> list[int]:
    """The row of each landmark that the axis reaches, when they stand above the panel."""
    found = inside(landmarks, axis)
    starts = [axis.part(stamp(one.date)) * width for one in found]
    return stack_flags(starts, [text_width(one.name, SIZE) + 3 for one in found], 3.0)


def add_flags(panel: Panel, landmarks: Sequence[Landmark]) -> Panel:
    """Landmarks of a panel with several curves: a dotted line each, and the name above."""
    width = panel.frame.right - panel.frame.left
    rules, labels = [], []
    found = inside(landmarks, panel.x)
    for one, row in zip(found, flag_rows(landmarks, panel.x, width), strict=True):
        x = panel.place(stamp(one.date), 0)[0]
        y = panel.frame.top - ROW * (row + 0.5) - 1
        rules.append(Rule((x, panel.frame.bottom), (x, y - ROW / 2 + 2), FRAME, dotted=True))
        labels.append(Text(one.name, x + 3, y, SIZE))
    return replace(panel, rules=(*panel.rules, *rules), labels=(*panel.labels, *labels))


def name_curves(panel: Panel, grid: Grid) -> Panel:
    """The names of several curves at their ends, as near to them as they can be."""
    curves = [curve for curve in panel.curves if curve.vertices]
    ends = [panel.place(curve.vertices[-1].x, curve.vertices[-1].y) for curve in curves]
    edges = panel.frame.top + ROW / 2, panel.frame.bottom - ROW / 2
    heights = spread([y for _, y in ends], ROW, *edges)
    x = panel.frame.right + LEAD
    labels, rules = [], []
    for curve, end, y in zip(curves, ends, heights, strict=True):
        name = shorten(curve.name, SIZE, grid.right - LEAD)
        labels.append(Text(name, x, y, SIZE))
        rules.append(Rule(end, (x - 2, y), curve.style.colour))
    return replace(panel, rules=(*panel.rules, *rules), labels=(*panel.labels, *labels))


def average_lines(average: DailyAverage, options: ChartOptions) -> tuple[str, str]:
    """What an average says."""
    words = WORDS[options.language]
    return (
        words.before.format(average.before, average.turn),
        words.after.format(average.after, average.turn),
    )


def add_average(panel: Panel, average: DailyAverage, options: ChartOptions) -> Panel | None:
    """Two lines in the first corner that no curve passes through; None when there is none."""
    lines = average_lines(average, options)
    width = max(text_width(line, SIZE) for line in lines)
    frame, height = panel.frame, 2 * ROW
    left, right = frame.left + _INSET + 2, frame.right - _INSET - 2 - width
    top, bottom = frame.top + _INSET, frame.bottom - _INSET - height
    for x, y in ((left, top), (right, bottom), (right, top), (left, bottom)):
        box = Box(x - 3, y - 2, x + width + 3, y + height + 2)
        crossed = any(box.is_crossed(*step) for path in _paths(panel) for step in _steps(path))
        if frame.holds(box) and not crossed:
            texts = (
                Text(line, x, y + ROW * (number + 0.5), SIZE, halo=True)
                for number, line in enumerate(lines)
            )
            return replace(panel, labels=(*panel.labels, *texts))
    return None


def mark_landmarks(panel: Panel, landmarks: Sequence[Landmark], options: ChartOptions) -> Panel:
    """Landmarks on the only curve of a panel, each with its label where there is room."""
    curve = panel.curves[0]
    marks = [
        Mark(one.name, stamp(one.date), y, f"{one.date:%Y-%m-%d}", one.name == options.star)
        for one in inside(landmarks, panel.x)
        if (y := height_at(curve, stamp(one.date))) is not None
    ]
    anchors = [_anchor(panel.place(mark.x, mark.y), mark) for mark in marks]
    frame = panel.frame
    room = Box(frame.left + 2, frame.top + 2, frame.right - 2, frame.bottom - 2)
    taken = [label.box for label in panel.labels]
    spots = place_labels(anchors, room, _paths(panel), taken)
    labels, rules, unlabelled = [], [], []
    for mark, spot in zip(marks, spots, strict=True):
        if spot is None:
            unlabelled.append(mark.name)
            continue
        y = (spot.box.top + spot.box.bottom) / 2
        labels.append(Text(mark.name, spot.box.left, y, SIZE, bold=mark.star, halo=True))
        if spot.leader:
            rules.append(Rule(*spot.leader, QUIET))
    return replace(
        panel,
        marks=tuple(marks),
        labels=(*panel.labels, *labels),
        rules=(*panel.rules, *rules),
        unlabelled=tuple(unlabelled),
    )


def _anchor(place: Point, mark: Mark) -> Anchor:
    box = Text(mark.name, 0, 0, SIZE, bold=mark.star).box
    radius = STAR_RADIUS if mark.star else MARK_RADIUS
    return Anchor(*place, box.right - box.left, box.bottom - box.top, radius + 1)


def _paths(panel: Panel) -> list[list[Point]]:
    """The curves of a panel as lines on the page, bars by their outlines."""
    return [path for curve in panel.curves for path in _curve_paths(panel, curve)]


def _curve_paths(panel: Panel, curve: Curve) -> list[list[Point]]:
    paths = [[panel.place(one.x, one.y) for one in run.vertices] for run in curve.runs]
    for bar in curve.bars:
        corners = ((bar.start, 0.0), (bar.start, bar.vertex.y), (bar.end, bar.vertex.y))
        paths.append([panel.place(*corner) for corner in (*corners, (bar.end, 0.0))])
    for one in (*curve.filled, *curve.hollow):
        x, y = panel.place(one.x, one.y)
        paths.append([(x - 3, y), (x + 3, y)])
    return paths


def _steps(path: Sequence[Point]) -> list[tuple[Point, Point]]:
    return list(pairwise(path))
