"""How two titles compare: the same, variants of one title, or titles of two works."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from enum import IntEnum
from functools import lru_cache

from littrack.text import STOP_WORDS, fold, has_chinese


class Likeness(IntEnum):
    """How much two titles have in common."""

    OTHER = 0
    SCRIPT = 1  # one is Chinese, the other is not: letters cannot tell
    VARIANT = 2
    SAME = 3


# Left out or added without meaning another work.
_EMPTY_WORDS = STOP_WORDS | {
    "technical",
    "report",
    "preprint",
    "extended",
    "abstract",
    "版",
    "技术报告",
}
_SPELLING = 0.8  # likeness of two words above which they count as spellings of one
_LEFT_OUT, _REPLACED = 0.2, 0.125  # of the content words: so many may differ between variants
_LONG_BEGINNING = 5  # content words after which a title may break off
_ABBREVIATIONS = {"llm": ("large", "language", "model"), "llms": ("large", "language", "models")}
_SHORTEST_NAME = 4  # letters before a colon that identify a work
_COMMAND = re.compile(r"\\([A-Za-z]+)\*?(\s*\{)?")
_ACCENT = re.compile(r"\\[\"'`^~=.]\s*\{?([A-Za-z])\}?|\\[cHkruvbd]\s*\{([A-Za-z])\}")
_PARTS = re.compile(r"[:：]|\s[-–—]+\s|[–—]|[()（）]|[?？!！]\s")
_TOKEN = re.compile(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+")


@lru_cache(maxsize=4096)
def title_key(title: str) -> str:
    r"""The letters and digits of a title and nothing else; equal for equal titles.

    >>> title_key(r"{LoRA}: Low-Rank Adaptation") == title_key("LORA - low rank adaptation")
    True
    """
    return "".join(_tokens(title))


def compare_titles(one: str, other: str) -> Likeness:
    """Whether two titles are of one work, as far as titles can tell."""
    if title_key(one) == title_key(other):
        return Likeness.SAME
    if _shares_part(one, other) or _is_spelling(_tokens(one), _tokens(other)):
        return Likeness.VARIANT
    return Likeness.SCRIPT if has_chinese(one) != has_chinese(other) else Likeness.OTHER


def main_part(title: str) -> str:
    """A title without its subtitle.

    >>> main_part("Tree of Thoughts: Deliberate Problem Solving")
    'Tree of Thoughts'
    """
    return _PARTS.split(title)[0].strip()


def _tokens(title: str) -> tuple[str, ...]:
    """Words and single Chinese characters, folded, without TeX and accents."""
    if "\\" in title:
        title = _ACCENT.sub(lambda found: found[1] or found[2], title)
        # What a command is applied to stays; one that stands for a character keeps its name.
        title = _COMMAND.sub(lambda found: "{" if found[2] else f"{found[1]} ", title)
    folded = re.sub(r"[{}$]", "", fold(title))
    if not folded.isascii():
        apart = unicodedata.normalize("NFD", folded)
        folded = "".join(map(_named, apart))
    return tuple(_TOKEN.findall(folded))


def _named(character: str) -> str:
    """A Greek letter by its name, as TeX writes it; an accent as nothing."""
    if "\u0370" <= character <= "\u03ff":
        return unicodedata.name(character, "").rpartition(" ")[2].lower()
    return "" if unicodedata.category(character) == "Mn" else character


def _shares_part(one: str, other: str) -> bool:
    """Whether a subtitle is missing, added or replaced, or a title stands in brackets."""
    parts, others = _parts(one), _parts(other)
    if len(parts) == len(others) == 1:
        return False
    if title_key(one) in others or title_key(other) in parts:
        return True
    return parts[0] == others[0] and len(parts[0]) >= _SHORTEST_NAME


def _parts(title: str) -> list[str]:
    return [key for part in _PARTS.split(title) if (key := title_key(part))] or [""]


def _is_spelling(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two titles differ in spelling, small words and length only; never in numbers."""
    if _numbers(one) != _numbers(other):
        return False
    one, other = _written_out(one), _written_out(other)
    shorter, longer = sorted((one, other), key=len)
    if longer[: len(shorter)] == shorter and _content(shorter) >= _LONG_BEGINNING:
        return True
    left, right = _unmatched(one, other)
    if _likeness("".join(left), "".join(right)) > _SPELLING:
        return True  # parted otherwise: fine-tuning, finetuning
    most = _REPLACED if _content(left) and _content(right) else _LEFT_OUT
    return max(_content(left), _content(right)) <= most * min(_content(one), _content(other))


def _written_out(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(part for word in words for part in _ABBREVIATIONS.get(word, (word,)))


def _unmatched(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """The words of each that the other does not have, not even in another spelling."""
    left, right = list(one), list(other)
    for word in one:
        if word in right:
            left.remove(word)
            right.remove(word)
    for word in list(left):
        near = next((found for found in right if _likeness(word, found) > _SPELLING), None)
        if near is not None:
            left.remove(word)
            right.remove(near)
    return left, right


def _numbers(words: tuple[str, ...]) -> list[str]:
    """The digits in words: another number is another work (GPT-3, GPT-4)."""
    return sorted(re.findall(r"\d+", " ".join(words)))


def _likeness(one: str, other: str) -> float:
    if not one or not other or min(len(one), len(other)) < 3:
        return 1.0 if one == other else 0.0
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _content(words: list[str] | tuple[str, ...]) -> int:
    return sum(word not in _EMPTY_WORDS for word in words)
