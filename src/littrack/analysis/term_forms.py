"""When two forms of a term are the same form, and the terms of a table by their forms."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from littrack.records import Term
from littrack.terms import FormKind
from littrack.text import words

_CAMEL = re.compile(r"(?:[A-Z][a-z]+-?[a-z]*){2,}s?")
_CAMEL_BORDER = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LONGEST_CHINESE = 20


@lru_cache(maxsize=100_000)
def form_key(form: str) -> str:
    """What forms have in common that differ in writing only.

    >>> form_key("Chain of Thought") == form_key("chain-of-thoughts") == form_key("ChainOfThought")
    True
    >>> form_key("思維鏈") == form_key("思维链")
    True
    """
    return "".join(_singular(word) for word in words(split_joined(form)))


def _singular(word: str) -> str:
    """Stems would say too much: an adapter is no adaptation."""
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    return word[:-3] + "y" if word.endswith("ies") else word[:-1]


def split_joined(form: str) -> str:
    """The form with the spaces that it lost: LargeLanguageModel; a name as LLaMA stays."""
    return _CAMEL_BORDER.sub(" ", form) if _CAMEL.fullmatch(form) else form


def abbreviation_key(form: str) -> str:
    """Abbreviations are told apart by their capitals; a plural is the same one."""
    return re.sub(r"(?<=[A-Z])s$", "", form)


class FormIndex:
    """Which term a form belongs to; a form of two terms belongs to the first."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self.terms = tuple(terms)
        self._by_key: dict[str, int] = {}
        self._by_abbreviation: dict[str, int] = {}
        for number, term in enumerate(self.terms):
            for form in (*term.english, *term.chinese):
                self._by_key.setdefault(form_key(form), number)
            for form in term.abbreviations:
                self._by_abbreviation.setdefault(abbreviation_key(form), number)

    def find(self, form: str, kind: FormKind | None = None) -> int | None:
        """The number of the term that has this form."""
        if kind is not FormKind.CHINESE:
            found = self._by_abbreviation.get(abbreviation_key(form))
            if found is not None:
                return found
        return self._by_key.get(form_key(form)) if form else None

    def find_end(self, run: str) -> tuple[str, int] | None:
        """The longest known form that a Chinese run ends with, and its term."""
        for start in range(max(0, len(run) - _LONGEST_CHINESE), len(run) - 1):
            found = self._by_key.get(form_key(run[start:]))
            if found is not None:
                return run[start:], found
        return None

    def find_start(self, run: str) -> tuple[str, int] | None:
        """The longest known form that a Chinese run begins with, and its term."""
        for end in range(min(_LONGEST_CHINESE, len(run)), 1, -1):
            found = self._by_key.get(form_key(run[:end]))
            if found is not None:
                return run[:end], found
        return None

    def find_last_words(self, run: str) -> tuple[str, int] | None:
        """The longest known English form that a run of words ends with, and its term."""
        starts = [0, *(border.end() for border in re.finditer(r"[\s–—-]+", run))]
        for start in starts:
            found = self.find(run[start:])
            if found is not None:
                return run[start:], found
        return None
