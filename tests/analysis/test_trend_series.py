from __future__ import annotations

from datetime import datetime

import pytest

from builders import utc
from littrack.analysis.trends import (
    average_per_day,
    build_points,
    find_change_points,
    find_next_period,
    find_period,
    list_periods,
    measure_growth,
)
from littrack.trends import Growth, Step, TrendPoint


def months(first: str, number: int) -> list[datetime]:
    found = [utc(first)]
    while len(found) < number:
        found.append(find_next_period(found[-1], Step.MONTH))
    return found


def points(counts: list[int], totals: list[int] | None = None) -> list[TrendPoint]:
    every = totals or [100] * len(counts)
    return [
        TrendPoint(month, count, 0, total)
        for month, count, total in zip(
            months("2020-01-01", len(counts)), counts, every, strict=True
        )
    ]


def test_a_moment_is_in_its_month_quarter_and_year() -> None:
    moment = utc("2023-08-17 12:30:00")
    assert find_period(moment, Step.MONTH) == utc("2023-08-01")
    assert find_period(moment, Step.QUARTER) == utc("2023-07-01")
    assert find_period(moment, Step.YEAR) == utc("2023-01-01")
    assert find_next_period(utc("2023-10-01"), Step.QUARTER) == utc("2024-01-01")


def test_periods_go_from_one_moment_to_another() -> None:
    found = list_periods(utc("2022-11-30"), utc("2023-02-01"), Step.MONTH)
    assert [f"{one:%Y-%m}" for one in found] == ["2022-11", "2022-12", "2023-01", "2023-02"]
    assert list_periods(utc("2023-01-01"), utc("2022-01-01"), Step.MONTH) == []


def test_points_sum_up_from_the_baseline_and_know_the_share_of_all_papers() -> None:
    ours = {utc("2022-01-01"): 2, utc("2022-02-01"): 3, utc("2022-05-01"): 5}
    every = {utc("2022-01-01"): 10, utc("2022-05-01"): 20}
    periods = [utc("2022-01-01"), utc("2022-04-01")]
    found = build_points(
        periods, Step.QUARTER, (ours, every), 7, lambda _start, end: end > utc("2022-06-01")
    )
    assert [(p.count, p.cumulative, p.total, p.share) for p in found] == [
        (5, 12, 10, 0.5),
        (5, 17, 20, 0.25),
    ]
    assert [p.partial for p in found] == [False, True]


def test_an_average_is_a_day_and_of_no_time_there_is_none() -> None:
    assert average_per_day(10, utc("2022-01-01"), utc("2022-01-21")) == 0.5
    assert average_per_day(0, utc("2022-01-01"), utc("2022-01-01")) is None


def test_a_step_in_the_counts_is_found_with_an_interval_around_it() -> None:
    (found,) = find_change_points(points([10, 9, 11, 10, 12, 9, 40, 38, 42, 41, 39, 40]))
    assert found.period == utc("2020-07-01")
    assert found.earliest <= found.period <= found.latest
    assert found.before == pytest.approx(61 / 6)
    assert found.after == 40


def test_an_even_series_has_no_change_point() -> None:
    assert find_change_points(points([10, 9, 11, 10, 12, 9, 10, 11, 9, 10])) == []
    assert find_change_points([]) == find_change_points(points([5, 50])) == []


def test_growth_of_the_library_is_no_change_of_the_share() -> None:
    counts, totals = [10, 10, 10, 10, 40, 40, 40, 40], [100] * 4 + [400] * 4
    assert find_change_points(points(counts, totals))
    assert find_change_points(points(counts, totals), shares=True) == []


def test_growth_compares_shares_of_the_last_whole_months_with_those_before() -> None:
    found = measure_growth(points([9, 9, 2, 2, 6, 6], [100, 100, 100, 100, 200, 200]), 2)
    assert found == Growth(4, 12, 0.02, 0.03)
    assert found.gain == pytest.approx(0.01)


def test_a_month_that_is_not_over_does_not_grow() -> None:
    series = [*points([2, 2, 4, 4]), TrendPoint(utc("2020-05-01"), 90, 0, 100, partial=True)]
    assert measure_growth(series, 2) == Growth(4, 8, 0.02, 0.04)


def test_there_is_no_growth_to_tell_without_enough_months_or_papers() -> None:
    assert measure_growth(points([1, 2, 3]), 2) is None
    assert measure_growth(points([0, 0, 3, 3], [0, 0, 9, 9]), 2) is None
