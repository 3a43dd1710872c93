"""The spans of a printed timeline."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest

from littrack.analysis.buckets import find_bucket, group_by_bucket, parse_buckets, survey_buckets
from littrack.claims import Cell, Model, ModelDateKind, ModelField, ModelStatus, TypedDate
from littrack.errors import SettingsError
from littrack.records import Precision


def day(year: int, month: int = 1, day: int = 1) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)


def date(value: datetime, precision: Precision = Precision.DAY) -> TypedDate:
    return TypedDate(ModelDateKind.ARXIV_V1, value, precision)


def model(name: str, release: TypedDate | None) -> Model:
    cells = {ModelField.RELEASE: Cell(ModelField.RELEASE, (release,))} if release else {}
    return Model(name, ModelStatus.CURATED, cells)


def test_the_survey_divides_its_years_as_printed() -> None:
    found = [str(bucket) for bucket in survey_buckets(2018, day(2024, 12, 31))]
    assert found == [
        *("2018", "2019", "2020", "2021 1-4", "2021 5-8", "2021 9-10", "2021 11-12"),
        *("2022 1-3", "2022 4-6", "2022 7-10", "2022 11-12"),
        *("2023 1-6", "2023 7-12", "2024 1-6", "2024 7-12"),
    ]


def test_the_last_span_is_the_one_that_holds_the_last_day() -> None:
    assert [str(one) for one in survey_buckets(2023, day(2025, 6, 30))][-1] == "2025 1-6"
    assert [str(one) for one in survey_buckets(2023, day(2025, 7, 1))][-1] == "2025 7-12"
    assert survey_buckets(2024, day(2023)) == ()


def test_spans_follow_each_other_without_gap_or_overlap() -> None:
    buckets = survey_buckets(2017, day(2030))
    assert all(one.end == other.start for one, other in pairwise(buckets))
    assert buckets[0].start == day(2017)
    assert buckets[-1].end == day(2030, 7)


def test_own_spans_can_say_what_the_survey_has() -> None:
    lines = [
        *("2019", "2020", "2021: 1-4, 5-8, 9-10, 11-12", "2022: 1-3,4-6,7-10,11-12"),
        *("2023: 1-6, 7-12", "2024: 1-6, 7-12"),
    ]
    assert parse_buckets(lines) == survey_buckets(2019, day(2024, 12))


def test_own_spans_may_be_single_months_in_any_order_of_years() -> None:
    found = parse_buckets(["2024: 1-11, 12", " 2023 : 1 – 12 "])
    assert [str(bucket) for bucket in found] == ["2023", "2024 1-11", "2024 12"]
    assert found[-1].end == day(2025)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([], "is empty"),
        (["21: 1-12"], 'has "21: 1-12"'),
        (["0000"], 'has "0000"'),
        (["2021", "2021: 1-6, 7-12"], "2021 twice"),
        (["2021: 1-6, 8-12"], "begins with month 7"),
        (["2021: 1-6, 6-12"], "begins with month 7"),
        (["2021: 1-6"], "months 7 to 12 are in no span"),
        (["2021: 1-6, 7-13"], "ends by 12"),
        (["2021: 6-1"], "begins with month 1"),
        (["2021:"], "begins with month 1"),
        (["2021: Jan-Jun"], "begins with month 1"),
    ],
)
def test_spans_that_cannot_be_used_are_refused(lines: list[str], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        parse_buckets(lines)


@pytest.mark.parametrize(
    ("release", "bucket"),
    [
        (date(day(2022, 4, 5)), "2022 4-6"),
        (date(datetime(2022, 10, 31, 23, 59, 59, tzinfo=UTC), Precision.SECOND), "2022 7-10"),
        (date(day(2022, 11, 1)), "2022 11-12"),
        (date(day(2022, 6), Precision.MONTH), "2022 4-6"),
        (date(day(2022, 12), Precision.MONTH), "2022 11-12"),
        (date(day(2022, 1), Precision.QUARTER), "2022 1-3"),
        (date(day(2022, 10), Precision.QUARTER), "None"),
        (date(day(2022), Precision.YEAR), "None"),
        (date(day(2020), Precision.YEAR), "2020"),
        (date(day(2018, 12, 31)), "None"),
        (date(day(2025, 1, 1)), "None"),
    ],
)
def test_a_date_falls_into_the_span_that_holds_all_of_it(release: TypedDate, bucket: str) -> None:
    assert str(find_bucket(release, survey_buckets(2019, day(2024, 12)))) == bucket


def test_models_are_grouped_oldest_first_and_nothing_is_guessed() -> None:
    models = [
        model("PaLM", date(day(2022, 4, 5))),
        model("undated", None),
        model("OPT", date(day(2022, 5), Precision.MONTH)),
        model("some time in 2022", date(day(2022), Precision.YEAR)),
        model("GPT-NeoX-20B", date(day(2022, 4, 14))),
        model("BERT", date(day(2018, 10, 11))),
        model("T5", date(day(2019), Precision.YEAR)),
    ]
    groups, unplaced = group_by_bucket(models, survey_buckets(2019, day(2022, 12)))
    assert {str(bucket): [one.name for one in group] for bucket, group in groups if group} == {
        "2019": ["T5"],
        "2022 4-6": ["PaLM", "GPT-NeoX-20B", "OPT"],
    }
    assert len(groups) == 10  # the empty ones too
    assert [one.name for one in unplaced] == ["BERT", "some time in 2022", "undated"]
