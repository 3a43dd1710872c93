"""Abbreviations and the words they stand for (Schwartz and Hearst, PSB 2003)."""

from __future__ import annotations

import re

_WORD = re.compile(r"[A-Za-z0-9]+")
_ABBREVIATION = re.compile(r"(?=[^\s]*[A-Z][^\s]*[A-Z])[A-Z][A-Za-z0-9]*(?:[-&/][A-Za-z0-9]+)*")
_LONGEST = 10


def is_abbreviation(text: str) -> bool:
    """One word with two capitals or more: CoT, RNNs, QLoRA; nothing that has no small meaning."""
    return len(text) <= _LONGEST and _ABBREVIATION.fullmatch(text) is not None


def find_meaning(abbreviation: str, words: str) -> str | None:
    """The end of `words` that the abbreviation stands for; None if its letters are not there.

    Every letter must be found from right to left, the first one at the beginning of a word.

    >>> find_meaning("ELMo", "known as Embedding from Language Models")
    'Embedding from Language Models'
    """
    letters = [c for c in re.sub(r"(?<=[A-Z])s$", "", abbreviation).lower() if c.isalnum()]
    starts = [found.start() for found in _WORD.finditer(words)][-len(letters) :]
    if len(starts) == len(letters) and is_initials(abbreviation, words[starts[0] :]):
        return words[starts[0] :]
    place = len(words)
    for number in range(len(letters) - 1, -1, -1):
        place -= 1
        while place >= 0 and not _fits(words, place, letters[number], first=number == 0):
            place -= 1
        if place < 0:
            return None
    meaning = words[place:]
    fits = len(_WORD.findall(meaning)) <= min(len(letters) + 5, 2 * len(letters))
    return meaning if fits and len(meaning) > len(abbreviation) else None


def _fits(words: str, place: int, letter: str, *, first: bool) -> bool:
    if words[place].lower() != letter:
        return False
    return not first or place == 0 or not words[place - 1].isalnum()


def is_initials(abbreviation: str, words: str) -> bool:
    """Whether it is made of the first letters of the words, as FT is of fine-tuning."""
    initials = "".join(word[0] for word in _WORD.findall(words)).lower()
    return initials == re.sub(r"(?<=[A-Z])s$", "", abbreviation).lower()
