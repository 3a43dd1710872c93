"""How fields that every source has become values of a record: text, times, withdrawal.

Source of the rules: arXiv's withdrawal help page and what its records look like (TeX is kept,
abstracts are hard-wrapped, titles broken over lines).
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import lru_cache
from unicodedata import normalize

from littrack.records import DateKind, PaperDate, Precision
from littrack.text import clean

_WITHDRAWN = re.compile(r"\bwithdrawn\b(?!\s+from\s+(?!(?:the\s+)?arxiv))", re.IGNORECASE)
_NOT_WITHDRAWN = re.compile(
    r"\b(?:not|previously|supersedes?|replaces?)\s+(?:\w+\s+)?withdrawn", re.I
)
_WITHDRAWN_ABSTRACT = re.compile(
    r"\W*(?:this|the)\s+(?:\w+\s+){0,2}(?:has|have|was|is)\s+(?:been\s+|being\s+)?withdrawn\b", re.I
)
_ISO_DAY = re.compile(r"(\d{4})-(\d\d)(?:-(\d\d))?", re.ASCII)
_RFC_2822 = re.compile(
    r"(?:[A-Z][a-z]{2}, )?\s*(\d{1,2}) ([A-Z][a-z]{2}) (\d{4})"
    r" (\d\d):(\d\d):(\d\d) (?:GMT|UTC|\+0000)",
    re.ASCII,
)
_MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
_FIRST_YEAR, _LAST_YEAR = 1900, 2200  # outside: a mistyped year, not a date


def one_line(text: str) -> str:
    """Text as stored: NFC, one line, no control characters, TeX kept.

    Equal to `littrack.text.clean`, in a fraction of the time for the text that papers have.
    """
    flat = (text if text.isascii() else normalize("NFC", text)).replace("\n", " ")
    if not flat.isprintable():  # holds controls, or white space other than the plain blank
        return clean(text)
    return " ".join(flat.split()) if "  " in flat else flat.strip(" ")


def optional_line(text: str | None) -> str | None:
    """`one_line`, with nothing for nothing: None and blank text are both "not stated"."""
    return (one_line(text) or None) if text else None


def first_doi(text: str | None) -> str | None:
    """The first of several DOIs separated by blanks (authors enter preprint and journal)."""
    return text.split()[0] if text and text.strip() else None


def is_withdrawn(comment: str | None, abstract: str = "") -> bool:
    """Whether the record says that the paper is withdrawn: in the comment or as the abstract.

    "withdrawn from <a conference>" is not a withdrawal from arXiv.
    """
    if comment and _WITHDRAWN.search(comment) and not _NOT_WITHDRAWN.search(comment):
        return True
    return "withdrawn" in abstract[:120] and _WITHDRAWN_ABSTRACT.match(abstract) is not None


def parse_time(text: str) -> datetime:
    """An ISO 8601 time as an aware UTC datetime of whole seconds; no zone means UTC.

    Raises:
        ValueError: it is not a time.
    """
    time = datetime.fromisoformat(text.strip())
    if not _FIRST_YEAR <= time.year < _LAST_YEAR:
        raise ValueError(f"year {time.year} is not possible")
    time = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    return time.replace(microsecond=0)


@lru_cache(maxsize=16384)  # a corpus has few days and many papers
def parse_date(text: str, kind: DateKind) -> PaperDate:
    """YYYY-MM, YYYY-MM-DD or an ISO time, with as much precision as it has.

    Raises:
        ValueError: it is not a date, or an impossible one.
    """
    match = _ISO_DAY.fullmatch(text.strip())
    if match is None and ":" not in text:
        raise ValueError("expected YYYY, YYYY-MM, YYYY-MM-DD or an ISO 8601 time")
    if match is None:
        return PaperDate(parse_time(text), Precision.SECOND, kind)
    year, month, day = match.groups()
    found = date(int(year), int(month), int(day or 1))
    if not _FIRST_YEAR <= found.year < _LAST_YEAR:
        raise ValueError(f"year {found.year} is not possible")
    value = datetime(found.year, found.month, found.day, tzinfo=UTC)
    return PaperDate(value, Precision.DAY if day else Precision.MONTH, kind)


def parse_rfc_2822(text: object) -> datetime:
    """``Mon, 2 Apr 2007 19:18:42 GMT``, a version's date; `strptime` takes ten times as long.

    Raises:
        ValueError: it is not such a time, or an impossible one.
    """
    match = _RFC_2822.fullmatch(text) if isinstance(text, str) else None
    if match is None or match[2] not in _MONTHS:
        raise ValueError(f"a version's date is {text!r}, not like 'Mon, 2 Apr 2007 19:18:42 GMT'")
    day, month, year, hour, minute, second = match.groups()
    try:
        return datetime(
            int(year), _MONTHS[month], int(day), int(hour), int(minute), int(second), tzinfo=UTC
        )
    except ValueError as exc:
        raise ValueError(f"a version's date is impossible: {text}") from exc
