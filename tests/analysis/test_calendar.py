from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from builders import utc
from littrack.analysis.calendar import Span, find_empty_days, find_gaps, join_days, join_spans

START = utc("2024-01-01")
hours = st.integers(0, 200).map(lambda hour: START + timedelta(hours=hour))
spans = st.lists(st.tuples(hours, hours).map(lambda two: (min(two), max(two))), max_size=8)


def within(moment: datetime, found: list[Span]) -> bool:
    return any(start <= moment < end for start, end in found)


@given(spans)
def test_joined_spans_cover_the_same_hours_and_never_touch(given_spans: list[Span]) -> None:
    joined = join_spans(given_spans)
    for hour in range(200):
        moment = START + timedelta(hours=hour)
        assert within(moment, joined) == within(moment, given_spans)
    assert all(one[1] < other[0] for one, other in pairwise(joined))


@given(spans, hours, hours)
def test_gaps_and_spans_together_are_the_whole(
    given_spans: list[Span], one: datetime, other: datetime
) -> None:
    start, end = min(one, other), max(one, other)
    gaps = find_gaps(given_spans, start, end)
    for hour in range(200):
        moment = START + timedelta(hours=hour)
        expected = start <= moment < end and not within(moment, given_spans)
        assert within(moment, gaps) == expected


def weeks_of(papers_a_day: int) -> dict[date, int]:
    days = (date(2024, 1, 1) + timedelta(days=n) for n in range(60))
    return {day: papers_a_day for day in days if day.weekday() < 5}


def test_a_weekday_without_papers_among_busy_ones_is_found() -> None:
    counts = weeks_of(30) | {date(2024, 1, 17): 0}
    assert find_empty_days(counts, date(2024, 1, 1), date(2024, 3, 1)) == [date(2024, 1, 17)]


def test_weekends_and_quiet_categories_are_no_holes() -> None:
    assert find_empty_days(weeks_of(30), date(2024, 1, 1), date(2024, 2, 29)) == []
    counts = weeks_of(3) | {date(2024, 1, 17): 0}
    assert find_empty_days(counts, date(2024, 1, 1), date(2024, 2, 29)) == []


def test_empty_days_with_only_a_weekend_between_them_are_one_hole() -> None:
    friday, monday, wednesday = date(2024, 1, 5), date(2024, 1, 8), date(2024, 1, 10)
    assert join_days([monday, friday, wednesday]) == [(friday, monday), (wednesday, wednesday)]
