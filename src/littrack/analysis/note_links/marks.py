"""Spots that point at a work without naming it: [7], (Devlin et al., 2018), Wei 等人 2022."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from littrack.notes import Span

_BRACKETS = re.compile(r"\^?\[(?P<inside>\^?[\w\-–—,，;；、\s]{1,40})\]\^?(?!\()")
_RANGE = re.compile(r"(\d{1,3})\s*[-–—]\s*(\d{1,3})")
_LONGEST_RANGE = 30
_NAME = r"[A-ZÀ-Þ][A-Za-zÀ-ÿ'’-]+"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?\s*"
_AUTHOR_YEAR = re.compile(
    rf"(?P<name>{_NAME})(?:\.?,?\s*(?:et\.?\s*al\b\.?|等人?)|\s*(?:and|&|和|与)\s*{_NAME})"
    rf"[\s.,，(（\[]*(?:在|于|於)?\s*(?:{_MONTH})?(?P<year>(?:19|20)\d\d)(?!\d)"
)


@dataclass(frozen=True, slots=True)
class CitedMark:
    """Marks of a list of references in one pair of brackets."""

    span: Span
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AuthorYear:
    """A work cited by its first author and its year."""

    span: Span
    name: str
    year: int


def find_marks(text: str, known: Collection[str]) -> list[CitedMark]:
    """The brackets in a text in which every mark is one of the note's list of references."""
    found = []
    for match in _BRACKETS.finditer(text):
        marks = _marks_in(match["inside"])
        if marks and all(mark in known for mark in marks):
            found.append(CitedMark(match.span(), marks))
    return found


def _marks_in(inside: str) -> tuple[str, ...]:
    """The marks one by one: "3, 5-7" is 3, 5, 6 and 7."""
    marks: list[str] = []
    for part in re.split(r"[,，;；、]", inside):
        span = _RANGE.fullmatch(part.strip())
        if span and 0 < int(span[2]) - int(span[1]) < _LONGEST_RANGE:
            marks += map(str, range(int(span[1]), int(span[2]) + 1))
        else:
            marks.append(part.strip())
    return tuple(marks)


def find_author_years(text: str) -> list[AuthorYear]:
    """Works cited by author and year, in English or Chinese."""
    return [
        AuthorYear(found.span(), found["name"], int(found["year"]))
        for found in _AUTHOR_YEAR.finditer(text)
    ]
