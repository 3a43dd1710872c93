"""The bilingual term table: which words of a query name a concept, and how else it is called.

思维链, 思維鏈, 链式思维, CoT and chain-of-thought are one concept. A query is searched in all its
forms, because papers are English, notes are Chinese, and both abbreviate.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from littrack.records import Term
from littrack.text import fold, has_chinese, stem, tokens, words


@dataclass(frozen=True, slots=True)
class TermMatch:
    """A term found in a text, by the form that was written there (folded)."""

    term: Term
    form: str


class TermTable:
    """Terms by every form, ready for longest match."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self.terms = tuple(terms)
        self._chinese: dict[str, Term] = {}
        # As written, and by stems: a plural is the same term, but adapter is not adaptation.
        self._english: dict[tuple[str, ...], Term] = {}
        self._stemmed: dict[tuple[str, ...], Term] = {}
        self._abbreviations: dict[tuple[str, ...], set[str]] = {}
        for term in self.terms:
            for form in term.chinese:
                self._chinese.setdefault(fold(form), term)
            for form in (*term.english, *term.abbreviations):
                written = tuple(words(form))
                self._english.setdefault(written, term)
                self._stemmed.setdefault(tuple(map(stem, written)), term)
            for form in term.abbreviations:
                self._abbreviations.setdefault(tuple(words(form)), set()).add(form)
        self._longest_chinese = max(map(len, self._chinese), default=0)
        self._longest_english = max(map(len, self._english), default=0)

    def find(self, text: str) -> list[TermMatch]:
        """The terms in a text, longest first at each place, each concept once."""
        found: dict[int, TermMatch] = {}
        for match in (*self._find_chinese(text), *self._find_english(text)):
            found.setdefault(id(match.term), match)
        return list(found.values())

    def _find_chinese(self, text: str) -> Iterable[TermMatch]:
        folded = fold(text) if has_chinese(text) else ""
        place = 0
        while place < len(folded):
            for length in range(min(self._longest_chinese, len(folded) - place), 1, -1):
                form = folded[place : place + length]
                if form in self._chinese and _is_whole(folded, place, place + length):
                    yield TermMatch(self._chinese[form], form)
                    place += length
                    break
            else:
                place += 1

    def _find_english(self, text: str) -> Iterable[TermMatch]:
        written = words(text)
        stems = [stem(word) for word in written]
        place = 0
        while place < len(written):
            for length in range(min(self._longest_english, len(written) - place), 0, -1):
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
