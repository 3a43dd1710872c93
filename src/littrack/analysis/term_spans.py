"""Where the terms of a table stand in a text, in which of their forms."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from littrack.analysis.token_spans import fold_with_places
from littrack.notes import Folded
from littrack.records import Term
from littrack.terms import FormKind, Span, TermUse
from littrack.text import stem, words

# A character of Chinese, Japanese or Korean, or a word of letters and digits.
_UNIT = re.compile(
    r"[\u3005-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U000323af]|[^\W_\u3005-\ud7af]+"
)
_GAP = re.compile(r"\s?[-–‑—]?\s?|\s+")  # what may stand between the words of a term


@dataclass(frozen=True, slots=True)
class FoundForm:
    """A form of a term in a text."""

    number: int  # of the term in the table
    form: str  # as the table has it
    kind: FormKind
    span: Span


@dataclass(frozen=True, slots=True)
class _Unit:
    text: str  # folded
    stem: str
    span: Span


class TermFinder:
    """Finds every form of every term, the longest at each place."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self._written: dict[tuple[str, ...], tuple[int, str, FormKind]] = {}
        self._stemmed: dict[tuple[str, ...], tuple[int, str, FormKind]] = {}
        self._short: dict[str, tuple[int, str, FormKind]] = {}
        self._longest: dict[str, int] = {}
        for number, term in enumerate(terms):
            for form in term.abbreviations:
                self._short.setdefault(form, (number, form, FormKind.ABBREVIATION))
            for form in term.english:
                self._add(form, (number, form, FormKind.ENGLISH))
            for form in term.chinese:
                self._add(form, (number, form, FormKind.CHINESE))

    def _add(self, form: str, known: tuple[int, str, FormKind]) -> None:
        units = tuple(unit for word in words(form) for unit in _UNIT.findall(word))
        if not units:
            return
        stems = tuple(map(stem, units))
        self._written.setdefault(units, known)
        self._stemmed.setdefault(stems, known)
        self._longest[stems[0]] = max(self._longest.get(stems[0], 0), len(units))

    def find(self, text: str) -> list[FoundForm]:
        """The forms in a text, in order; none within another."""
        units = list(_units(text))
        found: list[FoundForm] = []
        place = 0
        while place < len(units):
            length, known = self._match(text, units, place)
            if known is not None:
                span = (units[place].span[0], units[place + length - 1].span[1])
                found.append(FoundForm(*known, span))
            place += length
        return found

    def _match(
        self, text: str, units: Sequence[_Unit], place: int
    ) -> tuple[int, tuple[int, str, FormKind] | None]:
        first = units[place]
        reach = _reach(text, units, place, self._longest.get(first.stem, 0))
        for length in range(reach, 0, -1):
            piece = units[place : place + length]
            known = self._written.get(tuple(unit.text for unit in piece))
            known = known or self._stemmed.get(tuple(unit.stem for unit in piece))
            if known is not None:
                return length, known
        return self._match_short(text, units, place)

    def _match_short(
        self, text: str, units: Sequence[_Unit], place: int
    ) -> tuple[int, tuple[int, str, FormKind] | None]:
        """An abbreviation, which counts only as it is written: RAG, RAGs, not rag."""
        for length in (2, 1):  # MT-NLG is two words
            if place + length <= len(units):
                written = text[units[place].span[0] : units[place + length - 1].span[1]]
                known = self._short.get(written) or self._short.get(written.removesuffix("s"))
                if known is not None:
                    return length, known
        return 1, None


def _units(text: str) -> Iterator[_Unit]:
    folded, starts, ends = fold_with_places(text)
    for found in _UNIT.finditer(folded):
        first, last = found.span()
        yield _Unit(found[0], stem(found[0]), (starts[first], ends[last - 1]))


def _reach(text: str, units: Sequence[_Unit], place: int, longest: int) -> int:
    """How many units from a place on, at most `longest`, stand together."""
    reach = min(longest, 1)
    while reach < longest and place + reach < len(units):
        gap = text[units[place + reach - 1].span[1] : units[place + reach].span[0]]
        if gap and not _GAP.fullmatch(gap):
            break
        reach += 1
    return reach


def count_uses(text: Folded, finder: TermFinder) -> list[TermUse]:
    """How often each form stands in a text, and where first in the original of it."""
    found = finder.find(text.text)
    counts = Counter((one.form, one.kind) for one in found)
    first: dict[tuple[str, FormKind], Span] = {}
    for one in found:
        first.setdefault((one.form, one.kind), text.original(*one.span))
    return [TermUse(*key, count, first[key]) for key, count in counts.items()]
