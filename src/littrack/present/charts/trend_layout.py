"""A trend chart as a whole: which series share a panel, headings, scales and caption."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from math import ceil

from littrack.errors import InputError
from littrack.present.charts.axes import MONTHS, add_months, time_axis, value_axis
from littrack.present.charts.caption import trend_caption
from littrack.present.charts.curves import draw_curve, highest, style_of
from littrack.present.charts.grid import (
    BELOW,
    CENTIMETRE,
    HEADING,
    MARGIN,
    ROW,
    SIZE,
    TITLE,
    Grid,
    choose_grid,
)
from littrack.present.charts.labels import (
    add_average,
    add_flags,
    average_lines,
    flag_rows,
    mark_landmarks,
    name_curves,
)
from littrack.present.charts.shapes import LINE, QUIET, Chart, Curve, Panel, Text
from littrack.present.charts.words import WORDS, ChartOptions, Words, period_name
from littrack.present.svg import shorten, wrap
from littrack.trends import Landmark, SeriesKind, TrendSeries

_FAR_APART = 4.0  # series whose peaks differ by more get panels of their own
_HEADROOM, _LABELS_ABOVE = 0.06, 0.15  # above the highest value, of it
_PAD = 0.02  # of a time axis, before its first and after its last day
_LETTERS = "abcdefghijklmnopqrstuvwxyz"

Group = Sequence[TrendSeries]


def arrange_trends(
    series: Sequence[TrendSeries],
    landmarks: Sequence[Landmark] = (),
    options: ChartOptions | None = None,
    *,
    same_scales: bool = False,
) -> Chart:
    """The chart of some series; ``same_scales`` makes its panels comparable with each other.

    Raises:
        InputError: there is no series at all.
    """
    if not series:
        raise InputError("there is no series to draw")
    options = options or ChartOptions()
    words = WORDS[options.language]
    groups = _groups(series, options)
    curves = _draw(groups, options)
    together = len(series) > 1 and len(groups) == 1
    headroom = _LABELS_ABOVE if landmarks and not together else _HEADROOM
    peaks = [highest(group) for group in curves]
    peaks = [max(peaks)] * len(peaks) if same_scales else peaks
    scales = [value_axis(peak, share=options.share, headroom=headroom) for peak in peaks]
    windows = [_window(series if same_scales else group) for group in groups]
    grid = choose_grid(
        len(groups),
        scales,
        [one.name for one in series] if together else (),
        [one.name for one in landmarks] if together else (),
        options.width_cm,
    )
    axes = [time_axis(*window, grid.width, words, _PAD) for window in windows]
    if together:
        rows = max(flag_rows(landmarks, axes[0], grid.width), default=-1) + 1
        grid = replace(grid, flags=rows * ROW)
    width = options.width_cm * CENTIMETRE
    texts = list(text_lines(options.title, TITLE, MARGIN, width, bold=True))
    top = texts[-1].box.bottom + 4 if texts else MARGIN
    panels = []
    for number, group in enumerate(groups):
        frame = grid.frame(number, top)
        panel = Panel(frame, axes[number], scales[number], tuple(curves[number]))
        letter = _LETTERS[number] if 1 < len(groups) <= len(_LETTERS) else ""
        panel = replace(panel, texts=tuple(_heading(panel, group, letter, grid, options)))
        if together:
            panels.append(add_flags(name_curves(panel, grid), landmarks))
        else:
            panels.append(_annotated(panel, group[0], landmarks, options))
    caption = trend_caption(series, options, list(_left_out(panels, series, options)))
    bottom = panels[-1].frame.bottom + BELOW + 2
    texts += text_lines(caption, SIZE, bottom, width, colour=QUIET)
    return Chart(
        width,
        ceil((texts[-1].box.bottom if caption else bottom) + MARGIN),
        grid.columns,
        tuple(panels),
        tuple(texts),
        options.title or words.title,
        _description(series, options, words),
        words.tag,
    )


def text_lines(
    text: str, size: float, top: float, width: float, *, bold: bool = False, colour: str = ""
) -> Iterator[Text]:
    """A text over the whole width, in as many lines as it needs."""
    if not text:
        return
    for number, line in enumerate(wrap(text, size, width - 2 * MARGIN, lines=40, bold=bold)):
        y = top + size * LINE * (number + 0.5)
        shown = Text(line, MARGIN, y, size, bold=bold)
        yield replace(shown, colour=colour) if colour else shown


def _groups(series: Group, options: ChartOptions) -> list[Group]:
    """The series of each panel: apart when one would be flat beside the other."""
    if options.panels != "auto":
        apart = options.panels == "each"
    else:
        peaks = [highest([draw_curve(one, style_of(0), options)]) for one in series]
        apart = 1 < len(series) <= 4 and max(peaks) > _FAR_APART * min(peaks)
    return [[one] for one in series] if apart else [series]


def _draw(groups: Sequence[Group], options: ChartOptions) -> list[list[Curve]]:
    """The curves of each panel, every one in its own style."""
    alone = len(groups[0]) == 1
    plain = len(groups) > 2  # small multiples: one look for all
    return [
        [
            draw_curve(one, style_of(0 if plain else number), options, alone=alone)
            for number, one in enumerate(group, first)
        ]
        for first, group in enumerate(groups)
    ]


def _window(group: Group) -> tuple[datetime, datetime]:
    """From the first period's first day to the last one's end; any year where there is none."""
    points = [(point.period, one.step) for one in group for point in one.points]
    if not points:
        return datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC)
    start = min(period for period, _ in points)
    return start, max(add_months(period, MONTHS[step]) for period, step in points)


def _heading(
    panel: Panel, group: Group, letter: str, grid: Grid, options: ChartOptions
) -> Iterator[Text]:
    """The name of the only series, below it what is counted; a word where nothing is."""
    words = WORDS[options.language]
    frame = panel.frame
    y = frame.top - grid.flags - 4 - SIZE * LINE / 2
    yield Text(_unit(group[0], options), frame.left, y, SIZE, colour=QUIET)
    if len(group) == 1:
        name = group[0].name
        name = words.quoted.format(name) if group[0].kind is SeriesKind.PHRASE else name
        name = f"({letter}) {name}" if letter else name
        name = shorten(name, HEADING, frame.right - frame.left, bold=True)
        y -= (SIZE + HEADING) * LINE / 2
        yield Text(name, frame.left, y, HEADING, bold=True)
    if not any(curve.vertices for curve in panel.curves):
        middle = (frame.left + frame.right) / 2, (frame.top + frame.bottom) / 2
        yield Text(words.nothing, *middle, SIZE, "middle", colour=QUIET)


def _unit(series: TrendSeries, options: ChartOptions) -> str:
    words = WORDS[options.language]
    if options.cumulative:
        return words.cumulative
    return words.share[series.step] if options.share else words.papers[series.step]


def _annotated(
    panel: Panel, series: TrendSeries, landmarks: Sequence[Landmark], options: ChartOptions
) -> Panel:
    """With the averages of the only series, and landmarks on its curve."""
    for average in options.averages:
        if average.series == series.name:
            panel = add_average(panel, average, options) or panel
    return mark_landmarks(panel, landmarks, options)


def _left_out(panels: Sequence[Panel], series: Group, options: ChartOptions) -> Iterator[str]:
    """What found no room in a panel, for the caption."""
    words = WORDS[options.language]
    unlabelled = list(dict.fromkeys(name for panel in panels for name in panel.unlabelled))
    if unlabelled:
        yield words.unlabelled.format(words.comma.join(unlabelled))
    drawn = {label.text for panel in panels for label in panel.labels}
    for average in options.averages:
        lines = average_lines(average, options)
        if average.series in {one.name for one in series} and not drawn.issuperset(lines):
            yield words.of.format(words.comma.join(lines), average.series)


def _description(series: Group, options: ChartOptions, words: Words) -> str:
    """The figure in words, for those who cannot see it: where each series begins and ends."""
    parts = []
    for one in series:
        curve = draw_curve(one, style_of(0), options)
        if not curve.vertices:
            parts.append(f"{one.name}: {words.nothing}")
            continue
        first, last = (period_name(one.points[end].period, one.step) for end in (0, -1))
        values = " – ".join(_shown(curve.vertices[end].y, options) for end in (0, -1))
        window = first if first == last else words.window.format(first, last)
        parts.append(f"{one.name}, {window}: {values}")
    return "; ".join(parts)


def _shown(value: float, options: ChartOptions) -> str:
    return f"{100 * value:.2f}%" if options.share else f"{value:,.0f}"
