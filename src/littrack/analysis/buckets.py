"""The spans of a printed timeline, and which model falls into which. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from littrack.claims import Bucket, Model, TypedDate
from littrack.errors import SettingsError
from littrack.records import Precision

# As the survey "A Survey of Large Language Models" divides its timeline: each span is its months.
_SURVEY = {
    2021: ((1, 4), (5, 8), (9, 10), (11, 12)),
    2022: ((1, 3), (4, 6), (7, 10), (11, 12)),
}
_HALF_YEARS = ((1, 6), (7, 12))
_WHOLE_YEAR = ((1, 12),)
_YEAR = re.compile(r"\s*(\d{4})\s*(?::(.*))?", re.DOTALL)
_MONTHS = re.compile(r"(\d{1,2})(?:\s*[-–]\s*(\d{1,2}))?")
_SETTING = "survey.buckets"
_SPANS = {Precision.YEAR: 12, Precision.QUARTER: 3, Precision.MONTH: 1}  # months


def survey_buckets(first: int, last: datetime) -> tuple[Bucket, ...]:
    """The survey's own spans from a year to the span that holds ``last``.

    Years to 2020 are whole, 2021 and 2022 divided in four, later ones in half years.
    """
    found: list[Bucket] = []
    for year in range(first, last.year + 1):
        spans = _WHOLE_YEAR if year <= 2020 else _SURVEY.get(year, _HALF_YEARS)
        found += _divide(year, spans)
    return tuple(bucket for bucket in found if bucket.start <= last)


def parse_buckets(lines: Iterable[str]) -> tuple[Bucket, ...]:
    """A user's own spans, a year each: "2021: 1-4, 5-8, 9-10, 11-12", or "2019" for all of it.

    Raises:
        SettingsError: not a year, a year twice, or months that are not 1 to 12 one after another.
    """
    found: dict[int, list[Bucket]] = {}
    for line in lines:
        year, spans = _parse_year(line)
        if year in found:
            raise SettingsError(f"{_SETTING} has the year {year} twice")
        found[year] = _divide(year, spans)
    if not found:
        raise SettingsError(f'{_SETTING} is empty: give a year a line, such as "2023: 1-6, 7-12"')
    return tuple(bucket for year in sorted(found) for bucket in found[year])


def _parse_year(line: str) -> tuple[int, Sequence[tuple[int, int]]]:
    parts = _YEAR.fullmatch(line)
    if parts is None or int(parts[1]) == 0:
        raise SettingsError(f'{_SETTING} has "{line}": write "2019", or "2021: 1-4, 5-8, 9-12"')
    if parts[2] is None:
        return int(parts[1]), _WHOLE_YEAR
    spans, following = [], 1
    for words in parts[2].split(","):
        months = _MONTHS.fullmatch(words.strip())
        start = int(months[1]) if months else 0
        end = int(months[2] or start) if months else 0
        if start != following or not start <= end <= 12:
            raise SettingsError(
                f'{_SETTING} has "{words.strip()}" in "{line}": '
                f"expected a span that begins with month {following} and ends by 12"
            )
        spans.append((start, end))
        following = end + 1
    if following != 13:
        raise SettingsError(f'{_SETTING} has "{line}": months {following} to 12 are in no span')
    return int(parts[1]), spans


def _divide(year: int, spans: Sequence[tuple[int, int]]) -> list[Bucket]:
    return [
        Bucket(year, _label(start, end), _month(year, start), _month(year, end + 1))
        for start, end in spans
    ]


def _label(start: int, end: int) -> str:
    if (start, end) == (1, 12):
        return ""
    return str(start) if start == end else f"{start}-{end}"


def _month(year: int, month: int) -> datetime:
    """The first day of a month; 13 is January of the next year."""
    return datetime(year + (month - 1) // 12, (month - 1) % 12 + 1, 1, tzinfo=UTC)


def find_bucket(release: TypedDate, buckets: Iterable[Bucket]) -> Bucket | None:
    """The span that holds all of a date; None where there is none or the date may be in several.

    "2022" tells no span of a divided year, and "2022 Q4" none of 7-10 and 11-12.
    """
    start = release.value
    months = _SPANS.get(release.precision)
    end = _month(start.year, start.month + months) if months else start
    for bucket in buckets:
        if bucket.start <= start < bucket.end and end <= bucket.end:
            return bucket
    return None


Groups = list[tuple[Bucket, list[Model]]]


def group_by_bucket(
    models: Iterable[Model], buckets: Sequence[Bucket]
) -> tuple[Groups, list[Model]]:
    """The models of each span, oldest first, and those that no span can be told of."""
    groups: dict[Bucket, list[Model]] = {bucket: [] for bucket in buckets}
    unplaced: list[Model] = []
    for model in models:
        bucket = find_bucket(model.release, buckets) if model.release else None
        (unplaced if bucket is None else groups[bucket]).append(model)
    for group in groups.values():
        group.sort(key=_age)
    return list(groups.items()), sorted(unplaced, key=lambda model: model.name.casefold())


def _age(model: Model) -> tuple[datetime, str]:
    """Sorts by date, then by name."""
    release = model.release
    return (release.value if release else datetime.min.replace(tzinfo=UTC), model.name.casefold())
