"""Dates in the sentences of notes, each with what happened on it as far as the sentence says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from littrack.claims import ModelDateKind, TypedDate
from littrack.records import Precision

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_YEAR = r"(?:19[89]|20[0-4])\d"
_CHINESE = re.compile(
    rf"(?<!\d)(?P<year>{_YEAR})\s*年\s*(?:(?P<month>1[0-2]|0?[1-9])\s*月(?:\s*(?P<day>[0-3]?\d)\s*[日号])?"
    r"(?:\s*[至到-]\s*(?P<until>1[0-2]|0?[1-9])\s*月)?)?"
)
_DIGITS = re.compile(
    rf"(?<![\d./-])(?P<year>{_YEAR})(?P<sign>[-/.])(?P<month>1[0-2]|0?[1-9])(?:(?P=sign)(?P<day>[0-3]?\d))?(?![\d/-])(?!\.\d)"
)
_ENGLISH = re.compile(
    rf"\b(?:(?P<day1>[0-3]?\d)(?:st|nd|rd|th)?\s+)?(?P<name>{_MONTH})\s+(?:of\s+)?(?:(?P<day2>[0-3]?\d)(?:st|nd|rd|th)?,?\s+)?(?P<year>{_YEAR})\b",
    re.IGNORECASE,
)
_YEAR_ONLY = re.compile(rf"\b(?:in|of|since)\s+(?P<year>{_YEAR})\b(?!-\d)", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|\barxiv:\s*\S+", re.IGNORECASE)
_KINDS: tuple[tuple[ModelDateKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(words, re.IGNORECASE))
    for kind, words in (
        (ModelDateKind.ARXIV_V1, r"上传|提交|arxiv|论文|preprint|\bpaper\b|submitted"),
        (ModelDateKind.WEIGHTS_RELEASE, r"权重|开源|weights|open[- ]sourced|checkpoints?"),
        (ModelDateKind.API_RELEASE, r"\bAPI\b|接口"),
        (ModelDateKind.ANNOUNCED, r"宣布|公布|官宣|announced|announcement|blog"),
    )
)
_TRAINING = re.compile(r"训练|\btrain", re.IGNORECASE)
_LONGEST = 80  # characters of a clause on either side of a date
_CLAUSE = re.compile(r"[,;，；。]")


@dataclass(frozen=True, slots=True)
class Dated:
    """A date where it stands in a sentence."""

    date: TypedDate
    start: int
    end: int
    text: str


def extract_dates(text: str) -> list[Dated]:
    """The dates of a sentence in order; numbers within addresses are none."""
    closed = [found.span() for found in _ADDRESS.finditer(text)]
    found: list[Dated] = []
    for dated in (*_chinese(text), *_digits(text), *_english(text)):
        taken = [*closed, *((one.start, one.end) for one in found if one.text != dated.text)]
        if not any(start < dated.end and dated.start < end for start, end in taken):
            found.append(dated)
    return sorted(found, key=lambda one: (one.start, one.date.value))


def _chinese(text: str) -> Iterator[Dated]:
    for match in _CHINESE.finditer(text):
        month, until = match["month"], match["until"]
        if until and _TRAINING.search(_clause(text, *match.span())):
            for kind, number in (
                (ModelDateKind.TRAINING_START, month),
                (ModelDateKind.TRAINING_END, until),
            ):
                date = TypedDate(
                    kind, datetime(int(match["year"]), int(number), 1, tzinfo=UTC), Precision.MONTH
                )
                yield Dated(date, *match.span(), match[0].strip())
            continue
        dated = _dated(text, match, match["year"], month, match["day"])
        if dated:
            yield dated


def _digits(text: str) -> Iterator[Dated]:
    for match in _DIGITS.finditer(text):
        dated = _dated(text, match, match["year"], match["month"], match["day"])
        if dated:
            yield dated


def _english(text: str) -> Iterator[Dated]:
    for match in _ENGLISH.finditer(text):
        month = str(_MONTHS.index(match["name"][:3].lower()) + 1)
        dated = _dated(text, match, match["year"], month, match["day1"] or match["day2"])
        if dated:
            yield dated
    for match in _YEAR_ONLY.finditer(text):
        dated = _dated(text, match, match["year"], None, None)
        if dated:
            yield dated


def _dated(
    text: str, match: re.Match[str], year: str, month: str | None, day: str | None
) -> Dated | None:
    """The date, None where the calendar has no such day."""
    finest = Precision.DAY if day else Precision.MONTH if month else Precision.YEAR
    try:
        value = datetime(int(year), int(month or 1), int(day or 1), tzinfo=UTC)
    except ValueError:
        return None
    kind = _kind(_clause(text, *match.span()))
    start = match.start("year") if finest is Precision.YEAR else match.start()
    end = start + len(text[start : match.end()].rstrip())
    return Dated(TypedDate(kind, value, finest), start, end, text[start:end])


def _clause(text: str, start: int, end: int) -> str:
    """What stands between the nearest commas."""
    before = _CLAUSE.split(text[max(0, start - _LONGEST) : start])[-1]
    behind = _CLAUSE.split(text[end : end + _LONGEST], maxsplit=1)[0]
    return before + text[start:end] + behind


def _kind(clause: str) -> ModelDateKind:
    return next((kind for kind, words in _KINDS if words.search(clause)), ModelDateKind.UNSPECIFIED)
