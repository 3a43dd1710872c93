"""The bilingual term table: which words of a query name a concept, and how else it is called.

思维链, 思維鏈, 链式思维, CoT and chain-of-thought are one concept. A query is searched in all its
forms, because papers are English, notes are Chinese, and both abbreviate.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from littrack.analysis.translations import TranslationTable
from littrack.records import Term
from littrack.text import fold, has_chinese, stem, tokens, words

Form = TypeVar("Form", str, tuple[str, ...])


@dataclass(frozen=True, slots=True)
class TermMatch:
    """A term found in a text, by the form that was written there (folded)."""

    term: Term
    form: str


class TermTable:
    """Terms by every form, ready for longest match; each index is made when first needed.

    `load_translations` gives the English of Chinese words that are no terms here.
    """

    def __init__(
        self,
        terms: Iterable[Term],
        load_translations: Callable[[], TranslationTable] = TranslationTable,
    ) -> None:
        self.terms = tuple(terms)
        self._load_translations = load_translations

    @cached_property
    def translations(self) -> TranslationTable:
        """What was mined, for Chinese that the terms do not cover."""
        return self._load_translations()

    @cached_property
    def _chinese(self) -> dict[str, Term]:
        return _first((fold(form), t) for t in self.terms for form in t.chinese)

    # English as written, and by stems: a plural is the same term, but adapter is not adaptation.
    @cached_property
    def _english(self) -> dict[tuple[str, ...], Term]:
        return _first(
            (tuple(words(form)), term)
            for term in self.terms
            for form in (*term.english, *term.abbreviations)
        )

    @cached_property
    def _stemmed(self) -> dict[tuple[str, ...], Term]:
        return _first((tuple(map(stem, form)), term) for form, term in self._english.items())

    @cached_property
    def _abbreviations(self) -> dict[tuple[str, ...], set[str]]:
        found: dict[tuple[str, ...], set[str]] = {}
        for term in self.terms:
            for form in term.abbreviations:
                found.setdefault(tuple(words(form)), set()).add(form)
        return found

    def find(self, text: str) -> list[TermMatch]:
        """The terms in a text, longest first at each place, each concept once."""
        found: dict[int, TermMatch] = {}
        for match in (*self._find_chinese(text), *self._find_english(text)):
            found.setdefault(id(match.term), match)
        return list(found.values())

    def _find_chinese(self, text: str) -> Iterable[TermMatch]:
        if not has_chinese(text):
            return
        folded, longest = fold(text), max(map(len, self._chinese), default=0)
        place = 0
        while place < len(folded):
            for length in range(min(longest, len(folded) - place), 1, -1):
                form = folded[place : place + length]
                if form in self._chinese and _is_whole(folded, place, place + length):
                    yield TermMatch(self._chinese[form], form)
                    place += length
                    break
            else:
                place += 1

    def _find_english(self, text: str) -> Iterable[TermMatch]:
        written = words(text)
        if all(map(has_chinese, written)):
            return
        stems, longest = [stem(word) for word in written], max(map(len, self._english), default=0)
        place = 0
        while place < len(written):
            for length in range(min(longest, len(written) - place), 0, -1):
                form = tuple(written[place : place + length])
                term = self._english.get(form)
                term = term or self._stemmed.get(tuple(stems[place : place + length]))
                if term is not None and self._is_meant(form, text, len(written)):
                    yield TermMatch(term, " ".join(form))
                    place += length
                    break
            else:
                place += 1

    def _is_meant(self, form: tuple[str, ...], text: str, query_length: int) -> bool:
        """Abbreviations count only as they are written (RAG, not rag), except as a whole query."""
        singular = (*form[:-1], form[-1].removesuffix("s"))
        written = self._abbreviations.get(form) or self._abbreviations.get(singular)
        if written is None or query_length == len(form):
            return True
        return any(_stands_in(abbreviation, text) for abbreviation in written)


def _first(pairs: Iterable[tuple[Form, Term]]) -> dict[Form, Term]:
    """A form that two terms share belongs to the one that stands first in the table."""
    found: dict[Form, Term] = {}
    for form, term in pairs:
        found.setdefault(form, term)
    return found


def _is_whole(text: str, start: int, end: int) -> bool:
    """Whether no Latin word is cut in two at either end."""

    def cuts(place: int) -> bool:
        around = text[place - 1 : place + 1] if 0 < place < len(text) else ""
        return len(around) == 2 and around.isascii() and around.isalnum()

    return not cuts(start) and not cuts(end)


def _stands_in(abbreviation: str, text: str) -> bool:
    """Whether it is written there as a word of its own, or its plural: RAG, RAGs, not STORAGE."""
    whole = rf"(?<![A-Za-z]){re.escape(abbreviation)}s?(?![A-Za-z])"
    return re.search(whole, text) is not None


def read_terms(lines: Iterable[str]) -> list[Term]:
    """Terms from the lines of a table: English, Chinese, abbreviations; forms split by ``|``.

    The first line is the header. Lines without a tab (blank, comments) are passed over.
    """
    terms = []
    for line in list(lines)[1:]:
        if "\t" not in line:
            continue
        english, chinese, abbreviations = [*line.rstrip("\n").split("\t"), "", ""][:3]
        terms.append(Term(_forms(english), _forms(chinese), _forms(abbreviations)))
    return terms


def _forms(cell: str) -> tuple[str, ...]:
    return tuple(form.strip() for form in cell.split("|") if form.strip())


def translate_terms(matches: Sequence[TermMatch]) -> str:
    """The preferred English of the terms, to stand beside a Chinese query."""
    return " ".join(match.term.english[0] for match in matches if match.term.english)


def other_forms(match: TermMatch, *, chinese: bool) -> list[str]:
    """How else the concept is written; the Chinese forms only if asked for."""
    term = match.term
    forms: Mapping[tuple[str, ...], str] = {
        tuple(tokens(form)): form
        for form in (*term.english, *term.abbreviations, *(term.chinese if chinese else ()))
    }
    written = tuple(tokens(match.form))
    return [form for key, form in forms.items() if key != written]
