"""A query in pieces, each with its column: words, phrases, fields, operators, parentheses."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from littrack.errors import InputError
from littrack.text import words

# How a field may be written, and what it is called.
FIELDS = {
    **{name: name for name in ("ti", "abs", "all", "au", "cat", "id", "year", "date")},
    **{name: name for name in ("model", "topic", "note", "lang", "has", "is")},
    **{"title": "ti", "abstract": "abs", "author": "au", "category": "cat", "language": "lang"},
}
_FIELD = re.compile(r"([a-z]+):(?=[^\s/])")  # no URL
_WORD = re.compile(r"[^\s()]+")
_VALUE = re.compile(r'[^\s()"]+')
_PREFIX = re.compile(r"[^\W\d_]\w{2,}\*")
_CLOSE = 0.76  # "tit" is near "ti"; but "data" is no misspelt "date"
_SHOWN = 60  # characters of a long query to either side of what is wrong


class Kind(StrEnum):
    """What a piece is."""

    WORD = "word"
    PHRASE = "phrase"  # in quotes
    PREFIX = "prefix"  # the beginning of a word, or of a phrase's last
    RANGE = "range"  # in brackets
    FIELD = "field"
    AND = "AND"
    OR = "OR"
    NOT = "NOT"
    MINUS = "-"
    OPEN = "("
    CLOSE = ")"
    UNCLOSED = '"'  # a quote or bracket that is never closed
    END = "end"


OPERATORS = frozenset((Kind.AND, Kind.OR, Kind.NOT))


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece; `start` counts characters of the query from 0."""

    kind: Kind
    text: str
    start: int


def cut_query(text: str) -> list[Piece]:
    """The pieces of a query, the last one its end.

    Raises:
        InputError: a field that does not exist, but looks like one that does.
    """
    pieces: list[Piece] = []
    place = 0
    while True:
        while place < len(text) and text[place].isspace():
            place += 1
        if place == len(text):
            return [*pieces, Piece(Kind.END, "", place)]
        after_field = bool(pieces) and pieces[-1].kind is Kind.FIELD
        piece, place = _cut(text, place, after_field=after_field)
        if piece.text == "ANDNOT":
            pieces.append(Piece(Kind.AND, "AND", piece.start))
            piece = Piece(Kind.NOT, "NOT", piece.start)
        pieces.append(piece)


def _cut(text: str, place: int, *, after_field: bool) -> tuple[Piece, int]:
    """The piece that begins here, and where the next may begin."""
    character = text[place]
    if character in "()":
        return Piece(Kind(character), character, place), place + 1
    if character == '"':
        return _enclosed(text, place, '"', Kind.PHRASE)
    if after_field:
        return _value(text, place)
    if _is_minus(text, place):
        return Piece(Kind.MINUS, "-", place), place + 1
    field = _FIELD.match(text, place)
    if field and field[1] in FIELDS:
        return Piece(Kind.FIELD, FIELDS[field[1]], place), field.end()
    if field:
        _refuse_misspelt(text, place, field[1])
    found = _WORD.match(text, place)
    word = found[0] if found else character
    kind = Kind.WORD
    if word in ("AND", "OR", "NOT"):
        kind = Kind(word)
    elif _PREFIX.fullmatch(word) and word == word.lower():  # RRT* is an algorithm
        return Piece(Kind.PREFIX, word[:-1], place), place + len(word)
    return Piece(kind, word, place), place + len(word)


def _enclosed(text: str, place: int, closing: str, kind: Kind) -> tuple[Piece, int]:
    """What stands in quotes or brackets; a star at its end makes a phrase the beginning of one."""
    end = text.find(closing, place + 1)
    if end < 0:
        return Piece(Kind.UNCLOSED, text[place], place), len(text)
    inside = " ".join(text[place + 1 : end].split())
    end += 1
    if kind is Kind.PHRASE and (inside.endswith("*") or text[end : end + 1] == "*"):
        end += text[end : end + 1] == "*"
        inside, kind = inside.rstrip("* "), Kind.PREFIX
    return Piece(kind, inside, place), end


def _value(text: str, place: int) -> tuple[Piece, int]:
    """What follows a field without quotes."""
    if text[place] == "[":
        return _enclosed(text, place, "]", Kind.RANGE)
    found = _VALUE.match(text, place)
    value = found[0] if found else text[place]
    end = place + len(value)
    if value.endswith("*") and value[-2:-1].isalnum():
        return Piece(Kind.PREFIX, value[:-1], place), end
    return Piece(Kind.WORD, value, place), end


def _is_minus(text: str, place: int) -> bool:
    """Whether a minus excludes what follows: it opens a word, and no number."""
    if re.search(r"[)]$|\w[(]$", text[:place][-2:]):  # O(n)-approximation, RGB(-D)
        return False
    following = text[place + 1 : place + 2]
    return text[place] == "-" and (following.isalpha() or following in ('"', "("))


def _refuse_misspelt(text: str, place: int, name: str) -> None:
    near = get_close_matches(name, FIELDS, 1, _CLOSE)
    if near:
        raise error_at(text, place, f"there is no field {name!r}: did you mean {near[0]}:?")


def error_at(text: str, place: int, problem: str) -> InputError:
    """What is wrong with a query, and where: the column, and a caret below it."""
    start = max(0, place - _SHOWN)
    shown = "".join(c if c.isprintable() else " " for c in text[start : place + _SHOWN])
    before = sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in shown[: place - start])
    return InputError(
        f"the query cannot be read at column {place + 1}: {problem}\n  {shown}\n  {' ' * before}^"
    )


def longest_run(pieces: list[Piece]) -> int:
    """The most neighbouring bare words; of Chinese, two characters count as one."""
    longest = run = 0
    for piece in pieces:
        run = run + _weight(piece.text) if piece.kind is Kind.WORD else 0
        longest = max(longest, run)
    return longest


def _weight(word: str) -> int:
    found = words(word) if not word.isascii() else [word]
    return sum(1 if one.isascii() else (len(one) + 1) // 2 for one in found) or 1
