"""The values of a query's fields: checked where they stand, so that an error names the column."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from enum import StrEnum

from littrack.analysis.query_pieces import Kind, Piece, error_at
from littrack.conditions import (
    Author,
    Category,
    Condition,
    DateRange,
    Fact,
    Has,
    HasModel,
    InLanguage,
    InNote,
    InTopic,
    IsWithdrawn,
    PaperId,
    TextField,
    Words,
    parse_period,
)
from littrack.errors import InputError
from littrack.identifiers import parse_recorded_id
from littrack.text import tokens, words

# Fields of which a paper has one value, or of which one will do: a list means any of them.
ANY_OF = frozenset(("cat", "id", "year", "date", "lang", "has", "topic"))
LANGUAGES = {"en": "en", "english": "en", "zh": "zh", "chinese": "zh", "中文": "zh", "英文": "en"}
LANGUAGES |= {"mixed": "mixed", "other": "other"}
# Archives with subjects: cat:cs is all of cs.*.
_ARCHIVES = frozenset(
    ("astro-ph", "cond-mat", "cs", "econ", "eess", "math", "nlin", "physics", "q-bio", "q-fin")
) | {"stat"}
_CATEGORY = re.compile(r"([a-z-]+)(?:\.([a-z-]+|\*))?", re.IGNORECASE | re.ASCII)
_RANGE = re.compile(r"(\S+)\s+TO\s+(\S+)", re.IGNORECASE)
_YEARS = re.compile(r"(\d{4})-(\d{4})", re.ASCII)


def read_value(text: str, field: str, piece: Piece) -> Condition:
    """What a field demands with this value.

    Raises:
        InputError: the field has no such value; names the column.
    """
    try:
        if piece.kind is Kind.RANGE and field not in ("date", "year"):
            raise InputError("brackets are for dates: date:[2023 TO 2024-06]")
        if not piece.text:
            raise InputError(f"{field}: has no value")
        return _READERS[field](piece)
    except InputError as exc:
        raise error_at(text, piece.start, exc.reason) from exc


def _words(field: TextField) -> Callable[[Piece], Condition]:
    def read(piece: Piece) -> Condition:
        if not tokens(piece.text):
            raise InputError(f"{piece.text!r} holds no word to search for")
        return Words(piece.text.rstrip("*"), field, prefix=piece.kind is Kind.PREFIX)

    return read


def _author(piece: Piece) -> Condition:
    name = " ".join(piece.text.rstrip("*").replace("_", " ").split())  # arXiv's del_maestro
    if not words(name):
        raise InputError(f"{piece.text!r} is no name")
    return Author(name, prefix=piece.kind is Kind.PREFIX)


def _whole(piece: Piece) -> str:
    """The value with its star, where a star does not mean a beginning."""
    has_star = piece.kind is Kind.PREFIX or piece.text.endswith("*")
    return piece.text.rstrip("* ") + ("*" if has_star else "")


def _category(piece: Piece) -> Condition:
    found = _CATEGORY.fullmatch(_whole(piece))
    if found is None:
        raise InputError(f"{_whole(piece)!r} is no category: write cs.CL, cs.* or cs")
    archive, subject = found[1].lower(), found[2]
    if subject is None:
        return Category(f"{archive}.*" if archive in _ARCHIVES else archive)
    subject = subject.upper() if len(subject) == 2 else subject.lower()
    return Category(f"{archive}.{subject}")


def _paper_id(piece: Piece) -> Condition:
    return PaperId(parse_recorded_id(_whole(piece)).base)


def _date(piece: Piece) -> Condition:
    if piece.kind is not Kind.RANGE:
        return DateRange(*parse_period(_whole(piece)))
    found = _RANGE.fullmatch(piece.text.strip())
    if found is None:
        raise InputError("expected two dates: [2023 TO 2024-06], with * for an open end")
    first, last = found.groups()
    start = None if first == "*" else parse_period(first)[0]
    end = None if last == "*" else parse_period(last)[1]
    if start and end and start >= end:
        raise InputError("it ends before it begins")
    return DateRange(start, end)


def _year(piece: Piece) -> Condition:
    found = _YEARS.fullmatch(piece.text)
    if found and piece.kind is not Kind.RANGE:
        return _date(Piece(Kind.RANGE, f"{found[1]} TO {found[2]}", piece.start))
    for one in re.findall(r"[^\s*]+", piece.text):
        if not re.fullmatch(r"\d{4}|TO|to", one, re.ASCII):
            raise InputError(f"{one!r} is no year: write 2023, or date:2023-05")
    return _date(piece)


def _language(piece: Piece) -> Condition:
    return InLanguage(LANGUAGES[_one_of(piece.text.lower(), LANGUAGES, "language")])


def _fact(piece: Piece) -> Condition:
    return Has(Fact(_one_of(piece.text.lower(), set(Fact), "has:")))


def _state(piece: Piece) -> Condition:
    _one_of(piece.text.lower(), ("withdrawn",), "is:")
    return IsWithdrawn()


def _one_of(value: str, known: Iterable[StrEnum | str], what: str) -> str:
    names = sorted(map(str, known))
    if value in names:
        return value
    near = get_close_matches(value, names, 1)
    hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(names)}"
    known_as = f"no {what} {value!r}" if not what.endswith(":") else f"no {what}{value}"
    raise InputError(f"there is {known_as}; {hint}")


_READERS: dict[str, Callable[[Piece], Condition]] = {
    **{str(field): _words(field) for field in TextField},
    "au": _author,
    "cat": _category,
    "id": _paper_id,
    "date": _date,
    "year": _year,
    "model": lambda piece: HasModel(_whole(piece)),
    "topic": lambda piece: InTopic(_whole(piece)),
    "note": lambda piece: InNote(_whole(piece)),
    "lang": _language,
    "has": _fact,
    "is": _state,
}
