"""Ticks: round numbers on a scale, and the months or years of a stretch of time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from math import floor, log10

from littrack.present.charts.shapes import Axis
from littrack.present.charts.words import Words
from littrack.present.svg import text_width
from littrack.trends import Step

TICK_SIZE = 9.5  # CSS pixels: 7.1 points in print
MONTHS = {Step.MONTH: 1, Step.QUARTER: 3, Step.YEAR: 12}
_GAP = 8.0  # between the labels of two ticks


def stamp(time: datetime) -> float:
    """A time as axes have it."""
    return time.timestamp() * 1000


def add_months(month: datetime, count: int) -> datetime:
    """The first day of a month some months later."""
    years, rest = divmod(month.month - 1 + count, 12)
    return datetime(month.year + years, rest + 1, 1, tzinfo=UTC)


def value_axis(highest: float, *, share: bool, headroom: float = 0.06) -> Axis:
    """From 0 to a little more than the highest value, with six round numbers at most."""
    top = highest * (1 + headroom) if highest > 0 else (0.01 if share else 1.0)
    step = _round_step(top / 6, whole=not share)
    digits = max(0, -floor(log10(step * 100) + 1e-9)) if share else 0
    values = [number * step for number in range(int(top / step + 1e-9) + 1)]
    return Axis(0.0, top, tuple((value, _number(value, share, digits)) for value in values))


def _round_step(least: float, *, whole: bool) -> float:
    """1, 2 or 5 times a power of ten, not below the least; a whole number of papers."""
    if whole and least <= 1:
        return 1.0
    power = 10.0 ** floor(log10(least))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= least * (1 - 1e-9))


def _number(value: float, share: bool, digits: int) -> str:
    return f"{100 * value:.{digits}f}%" if share else f"{round(value):,}"


def time_axis(start: datetime, end: datetime, room: float, words: Words, pad: float = 0.0) -> Axis:
    """From start to end, ``pad`` of its length more on both sides, ticks where labels have room."""
    low, high = stamp(start), stamp(end)
    if high <= low:
        high = stamp(add_months(start, 1))
    pad *= high - low
    low, high = low - pad, high + pad
    span = (high - low) / 86_400_000 / 30.44  # months
    for months in (1, 3, 6, 12, 24, 60, 120, 240):
        ticks = tuple(_time_ticks(low, high, months, words))
        widest = max((text_width(label, TICK_SIZE) for _, label in ticks), default=0.0)
        if (widest + _GAP) * span / months <= room:
            break
    return Axis(low, high, ticks, is_time=True)


def _time_ticks(low: float, high: float, months: int, words: Words) -> Iterator[tuple[float, str]]:
    """Januaries as their year, other months by name; the year to all when no January is there."""
    first = datetime.fromtimestamp(low / 1000, UTC)
    every = max(1, months // 12)
    month = datetime(first.year - first.year % every, 1, 1, tzinfo=UTC)
    found = []
    while stamp(month) <= high:
        if stamp(month) >= low:
            found.append(month)
        month = add_months(month, months)
    with_year = all(month.month != 1 for month in found)
    for month in found:
        yield stamp(month), _month_label(month, words, with_year=with_year, alone=months >= 12)


def _month_label(month: datetime, words: Words, *, with_year: bool, alone: bool) -> str:
    if alone:  # the axis has years only: the number says all
        return str(month.year)
    name = words.months[month.month - 1]
    if with_year:
        return words.month.format(month=name, year=month.year)
    return words.year.format(year=month.year) if month.month == 1 else name
