"""Spans of time and days of the week: what was read, what is missing between. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from statistics import median

Span = tuple[datetime, datetime]  # half-open

_NEIGHBOURS = 10  # weekdays on either side that tell what is usual
_USUAL_AT_LEAST = 10  # papers a weekday, below which an empty day means nothing
_DAY = timedelta(days=1)


def join_spans(spans: Iterable[Span]) -> list[Span]:
    """The same time in as few spans as possible, in order."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        elif start < end:
            joined.append((start, end))
    return joined


def find_gaps(spans: Iterable[Span], start: datetime, end: datetime) -> list[Span]:
    """What of ``start`` to ``end`` is in none of the spans."""
    gaps, reached = [], start
    for one_start, one_end in join_spans(spans):
        if reached < min(one_start, end):
            gaps.append((reached, min(one_start, end)))
        reached = max(reached, one_end)
    if reached < end:
        gaps.append((reached, end))
    return gaps


def find_empty_days(counts: Mapping[date, int], start: date, end: date) -> list[date]:
    """Weekdays from ``start`` to before ``end`` without a paper where papers are usual.

    Usual is the median of the ten weekdays on either side; where it is below ten papers, an empty
    day says nothing (small categories, the first years).
    """
    days = _weekdays(start, end)
    empty = []
    for place, day in enumerate(days):
        if counts.get(day, 0):
            continue
        around = days[max(0, place - _NEIGHBOURS) : place + _NEIGHBOURS + 1]
        others = [counts.get(other, 0) for other in around if other != day]
        if others and median(others) >= _USUAL_AT_LEAST:
            empty.append(day)
    return empty


def join_days(days: Iterable[date]) -> list[tuple[date, date]]:
    """First and last of each run of days with nothing but a weekend between them."""
    runs: list[tuple[date, date]] = []
    for day in sorted(days):
        if runs and len(_weekdays(runs[-1][1], day)) <= 1:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


def _weekdays(start: date, end: date) -> Sequence[date]:
    days = (start + _DAY * number for number in range((end - start).days))
    return [day for day in days if day.weekday() < 5]
