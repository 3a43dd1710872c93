"""Series of counts over time: periods, sums, shares, averages a day, change points. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate, pairwise

from littrack.trends import ChangePoint, Growth, Step, TrendPoint

_MONTHS = {Step.MONTH: 1, Step.QUARTER: 3, Step.YEAR: 12}
_FEWEST = 3  # periods on either side of a change point
_WITHIN = 1.92  # of the log-likelihood: half the 95 % quantile of chi squared


def find_period(moment: datetime, step: Step) -> datetime:
    """The first moment of the month, quarter or year that a moment is in."""
    months = _MONTHS[step]
    month = (moment.month - 1) // months * months + 1
    return moment.replace(month=month, day=1, hour=0, minute=0, second=0, microsecond=0)


def find_next_period(period: datetime, step: Step) -> datetime:
    """The first moment of the period after this one."""
    month = period.month - 1 + _MONTHS[step]
    return period.replace(year=period.year + month // 12, month=month % 12 + 1)


def list_periods(first: datetime, last: datetime, step: Step) -> list[datetime]:
    """The periods from that of one moment to that of another."""
    periods, end = [find_period(first, step)], find_period(last, step)
    while periods[-1] < end:
        periods.append(find_next_period(periods[-1], step))
    return periods if periods[0] <= end else []


def build_points(
    periods: Sequence[datetime],
    step: Step,
    counts: tuple[Mapping[datetime, int], Mapping[datetime, int]],
    baseline: int,
    is_partial: Callable[[datetime, datetime], bool],
) -> tuple[TrendPoint, ...]:
    """The points of a series.

    Args:
        periods: Neighbours, in order.
        step: Their length.
        counts: By month: the papers of the series, and all papers.
        baseline: Papers before the first period.
        is_partial: Whether a span (from, to before) is not yet known as a whole.
    """
    ours, every = (sum_periods(by_month, step) for by_month in counts)
    found = [ours.get(period, 0) for period in periods]
    sums = list(accumulate(found, initial=baseline))[1:]
    return tuple(
        TrendPoint(
            period,
            count,
            cumulative,
            every.get(period, 0),
            is_partial(period, find_next_period(period, step)),
        )
        for period, count, cumulative in zip(periods, found, sums, strict=True)
    )


def sum_periods(by_month: Mapping[datetime, int], step: Step) -> dict[datetime, int]:
    """Months put together."""
    found: dict[datetime, int] = {}
    for month, count in by_month.items():
        period = find_period(month, step)
        found[period] = found.get(period, 0) + count
    return found


def measure_growth(points: Sequence[TrendPoint], months: int = 12) -> Growth | None:
    """A series' share of all papers in the last whole months beside as many before them.

    None where there are not twice as many whole months, or no papers at all in one of the halves.
    """
    whole = [point for point in points if not point.partial][-2 * months :]
    before, now = whole[:months], whole[-months:]
    totals = [sum(point.total for point in half) for half in (before, now)]
    if len(whole) < 2 * months or not all(totals):
        return None
    counts = [sum(point.count for point in half) for half in (before, now)]
    return Growth(counts[0], counts[1], counts[0] / totals[0], counts[1] / totals[1])


def average_per_day(count: int, start: datetime, end: datetime) -> float | None:
    """Papers a day; None for no time at all."""
    days = (end - start) / timedelta(days=1)
    return count / days if days > 0 else None


def find_change_points(
    points: Sequence[TrendPoint], *, shares: bool = False, most: int = 5
) -> list[ChangePoint]:
    """Where a series goes over to another level, in order; partial periods are left out.

    Counts are taken as Poisson with one rate between two changes. The series is cut in two where
    that explains it best, as long as the gain is above Schwarz's criterion, up to `most` times.
    Where shares are compared, the rate is that of all papers.
    """
    whole = [point for point in points if not point.partial]
    counts = [point.count for point in whole]
    sizes = [float(point.total) if shares else 1.0 for point in whole]
    edges = {0, len(whole)}
    found: list[ChangePoint] = []
    while len(found) < most:
        cuts = [cut for start, end in _pairs(edges) if (cut := _cut(counts, sizes, start, end))]
        if not cuts:
            break
        best = max(cuts, key=lambda cut: cut.gain)
        edges.add(best.place)
        low, high = best.interval
        found.append(
            ChangePoint(
                whole[best.place].period,
                whole[low].period,
                whole[high].period,
                _rate(counts, sizes, best.start, best.place),
                _rate(counts, sizes, best.place, best.end),
            )
        )
    return sorted(found, key=lambda change: change.period)


@dataclass(frozen=True, slots=True)
class _Cut:
    start: int
    place: int
    end: int
    gain: float
    interval: tuple[int, int]


def _pairs(edges: set[int]) -> Iterator[tuple[int, int]]:
    ordered = sorted(edges)
    return pairwise(ordered)


def _cut(counts: Sequence[int], sizes: Sequence[float], start: int, end: int) -> _Cut | None:
    """The best place to cut a stretch in two, if it is worth it."""
    places = range(start + _FEWEST, end - _FEWEST + 1)
    if not places:
        return None
    whole = _likelihood(counts, sizes, start, end)
    gains = {
        place: _likelihood(counts, sizes, start, place)
        + _likelihood(counts, sizes, place, end)
        - whole
        for place in places
    }
    best = max(gains, key=lambda place: gains[place])
    if gains[best] <= 1.5 * math.log(len(counts)):  # two rates and a place instead of one rate
        return None
    likely = [place for place in places if gains[place] >= gains[best] - _WITHIN]
    return _Cut(start, best, end, gains[best], (min(likely), max(likely)))


def _rate(counts: Sequence[int], sizes: Sequence[float], start: int, end: int) -> float:
    return sum(counts[start:end]) / (sum(sizes[start:end]) or 1.0)


def _likelihood(counts: Sequence[int], sizes: Sequence[float], start: int, end: int) -> float:
    """The log-likelihood of the counts at one rate, but for terms that all cuts share."""
    papers, rate = sum(counts[start:end]), _rate(counts, sizes, start, end)
    return papers * (math.log(rate) - 1.0) if rate > 0 else 0.0
