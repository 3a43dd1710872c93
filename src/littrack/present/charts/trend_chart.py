"""Trends as a chart: curves or bars over time with the landmarks of the field."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from littrack.present.charts.formats import check_suffix, render_chart
from littrack.present.charts.page import render_page, render_table
from littrack.present.charts.trend_layout import arrange_trends
from littrack.present.charts.words import WORDS, ChartOptions, period_name, shown_share
from littrack.present.tables import Row, Table, render_csv
from littrack.trends import Landmark, TrendPoint, TrendSeries

COLUMNS = ("series", "kind", "match", "period", "count", "cumulative", "total", "share", "partial")


def render_trend_chart(
    series: Sequence[TrendSeries],
    landmarks: Sequence[Landmark] = (),
    *,
    suffix: str = ".svg",
    options: ChartOptions | None = None,
    same_scales: bool = False,
) -> str | bytes:
    """The chart as a file of a suffix; ``same_scales`` makes its panels comparable.

    Raises:
        InputError: no chart can be written so, or there is no series to draw.
    """
    options = options or ChartOptions()
    suffix = check_suffix(suffix)
    if suffix == ".csv":
        return render_csv(Table(list(trend_rows(series)), {}, COLUMNS))
    inner = replace(options, title="") if suffix == ".html" else options  # a page has a heading
    chart = arrange_trends(series, landmarks, inner, same_scales=same_scales)
    if suffix == ".html":
        tables = list(_tables(series, landmarks, options))
        return render_page(chart, options.title or chart.title, tables)
    return render_chart(chart, suffix)


def trend_rows(series: Sequence[TrendSeries]) -> Iterator[Row]:
    """A row a period, everything that is known of it."""
    for one in series:
        for point in one.points:
            yield {
                "series": one.name,
                "kind": one.kind.value,
                "match": one.semantics.value if one.semantics else None,
                "period": period_name(point.period, one.step),
                "count": point.count,
                "cumulative": point.cumulative,
                "total": point.total,
                "share": None if point.share is None else f"{point.share:.6f}",
                "partial": point.partial,
            }


def _tables(
    series: Sequence[TrendSeries], landmarks: Sequence[Landmark], options: ChartOptions
) -> Iterator[str]:
    """The numbers as drawn, a row a period and a column a series; then the landmarks."""
    words = WORDS[options.language]
    points = {
        (period_name(point.period, one.step), number): point
        for number, one in enumerate(series)
        for point in one.points
    }
    rows = []
    for period in sorted({period for period, _ in points}):
        row = [points.get((period, number)) for number in range(len(series))]
        partial = any(point is not None and point.partial for point in row)
        shown = words.of.format(period, words.partly) if partial else period
        rows.append([shown, *(_cell(point, options) for point in row)])
    yield render_table(words.table, [words.period, *(one.name for one in series)], rows)
    if landmarks:
        dated = sorted(landmarks, key=lambda one: (one.date, one.name))
        cells = [[one.name, f"{one.date:%Y-%m-%d}", one.date_kind] for one in dated]
        yield render_table(words.landmarks, words.landmark_columns, cells, words=True)


def _cell(point: TrendPoint | None, options: ChartOptions) -> str:
    if point is None:
        return ""
    if options.share:
        return shown_share(point.share)
    return f"{point.cumulative if options.cumulative else point.count:,}"
