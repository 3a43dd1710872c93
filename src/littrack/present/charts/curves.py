"""A series as it is drawn: points in the units of the axes, whole and partial periods apart."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import groupby, pairwise

from littrack.present.charts.axes import MONTHS, add_months, stamp
from littrack.present.charts.shapes import Bar, Curve, Run, Style, Vertex
from littrack.present.charts.words import WORDS, ChartOptions, period_name, shown_share
from littrack.trends import TrendPoint, TrendSeries

# Told apart by the colour-blind (after Okabe and Ito, the light ones darkened for thin lines); the
# seventh and later ones by dashes.
COLOURS = ("#0072b2", "#d55e00", "#1b2733", "#009e73", "#b0568a", "#3a93c9")
_DASHES: tuple[tuple[float, ...], ...] = ((), (7.0, 2.5), (7.0, 2.0, 1.5, 2.0))
_MOST_BARS = 60
_BAR_PART = 0.84  # of its period


def style_of(number: int) -> Style:
    """The look of the series of a number; it repeats after 18."""
    dashes = _DASHES[number // len(COLOURS) % len(_DASHES)]
    return Style(COLOURS[number % len(COLOURS)], dashes)


def draw_curve(
    series: TrendSeries, style: Style, options: ChartOptions, *, alone: bool = False
) -> Curve:
    """The curve of a series: bars if it is ``alone`` in its panel, not cumulative and not long."""
    if options.cumulative:
        return _cumulative(series, style, options)
    known = [point for point in series.points if _value(point, options) is not None]
    if alone and len(series.points) <= _MOST_BARS:
        bars = tuple(_bar(point, series, options) for point in known)
        return Curve(series.name, style, bars=bars)
    drawn = [(_middle(point, series, options), point.partial) for point in known]
    gaps = [
        add_months(before.period, MONTHS[series.step]) != after.period
        for before, after in pairwise(known)
    ]
    steps = [
        (None if gap else one[1] or other[1])
        for gap, (one, other) in zip(gaps, pairwise(drawn), strict=True)
    ]
    return _joined(series.name, style, drawn, steps)


def height_at(curve: Curve, x: float) -> float | None:
    """The value of a curve at a time; None before it begins, after it ends and in its gaps."""
    for bar in curve.bars:
        edge = (bar.end - bar.start) * (1 / _BAR_PART - 1) / 2  # to where its period begins
        if bar.start - edge <= x < bar.end + edge:
            return bar.vertex.y
    for run in curve.runs:
        xs = [vertex.x for vertex in run.vertices]
        if xs[0] <= x <= xs[-1]:
            after = max(bisect_left(xs, x), 1)
            one, other = run.vertices[after - 1], run.vertices[after]
            return one.y + (other.y - one.y) * (x - one.x) / (other.x - one.x)
    return None


def highest(curves: Sequence[Curve]) -> float:
    """The greatest value of all."""
    return max((vertex.y for curve in curves for vertex in curve.vertices), default=0.0)


def _cumulative(series: TrendSeries, style: Style, options: ChartOptions) -> Curve:
    """What had come by the end of each period, from what was there before the first."""
    if not series.points:
        return Curve(series.name, style)
    first = Vertex(stamp(series.points[0].period), float(series.baseline))
    drawn = [(first, False)]
    for point in series.points:
        end = add_months(point.period, MONTHS[series.step])
        vertex = Vertex(stamp(end), float(point.cumulative), facts(point, series, options))
        drawn.append((vertex, point.partial))
    return _joined(series.name, style, drawn, [partial for _, partial in drawn[1:]])


def _joined(
    name: str,
    style: Style,
    drawn: Sequence[tuple[Vertex, bool]],
    steps: Sequence[bool | None],  # to the next vertex: partial or not, None where there is a gap
) -> Curve:
    """Lines between vertices, and dots for those that are partial or stand alone."""
    runs = []
    for partial, numbers in groupby(range(len(steps)), key=lambda number: steps[number]):
        if partial is not None:
            chain = list(numbers)
            vertices = tuple(vertex for vertex, _ in drawn[chain[0] : chain[-1] + 2])
            runs.append(Run(vertices, partial))
    joined = {vertex.x for run in runs for vertex in run.vertices}
    return Curve(
        name,
        style,
        tuple(runs),
        filled=tuple(one for one, partial in drawn if not partial and one.x not in joined),
        hollow=tuple(one for one, partial in drawn if partial),
    )


def _middle(point: TrendPoint, series: TrendSeries, options: ChartOptions) -> Vertex:
    start = stamp(point.period)
    end = stamp(add_months(point.period, MONTHS[series.step]))
    return Vertex((start + end) / 2, _value(point, options) or 0.0, facts(point, series, options))


def _bar(point: TrendPoint, series: TrendSeries, options: ChartOptions) -> Bar:
    start = stamp(point.period)
    length = stamp(add_months(point.period, MONTHS[series.step])) - start
    edge = length * (1 - _BAR_PART) / 2
    vertex = _middle(point, series, options)
    return Bar(start + edge, start + length - edge, vertex, point.partial)


def _value(point: TrendPoint, options: ChartOptions) -> float | None:
    return point.share if options.share else float(point.count)


def facts(point: TrendPoint, series: TrendSeries, options: ChartOptions) -> dict[str, str]:
    """What is known of one period, under the words of the chart's language."""
    words = WORDS[options.language]
    period = period_name(point.period, series.step)
    found = {
        words.period: f"{period} ({words.partly})" if point.partial else period,
        words.papers[series.step]: f"{point.count:,}",
        words.cumulative: f"{point.cumulative:,}",
    }
    if point.total:
        found[words.share[series.step]] = shown_share(point.share)
    return {"title": series.name, **found}  # Vega shows a "title" as a heading
