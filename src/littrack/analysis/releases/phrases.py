"""The words with which a paper speaks of itself, one to three in a row, as features."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

from littrack.analysis.releases.naming import NameCandidate
from littrack.analysis.releases.passages import Passage

_OWN = re.compile(
    r"\b(?:we|our|ours|here|this (?:paper|work|report|study|article)|introduc\w+|present\w*"
    r"|propos\w+|releas\w+|available)\b",
    re.IGNORECASE,
)
_WEIGHT = 18.0  # of all phrases together, beside features that are 1 each
_FEWEST = 300  # phrases: those of a shorter text count no more
_TOKEN = re.compile(r"\x00|[a-z]+(?:'s)?|\d[\d.]*[bmt]?\b|[,:;()?]")
_SIZE = re.compile(r"\d[\d.]*[bmt]\b")
_MARKS = frozenset(",:;()?")
_NAME, _SIZED, _NUMBER = "NAME", "SIZE", "NUM"
_BEFORE, _AFTER = 4, 8  # words near a name


def count_phrases(
    title: Passage, abstract: Passage, ranked: Sequence[NameCandidate]
) -> dict[str, float]:
    """What stands in the title, around the name and in the sentences about the paper's own work.

    The name counts as NAME, a number as NUM: what is learned of one model is known of others.
    Each phrase counts the less the more there are.
    """
    name = ranked[0].best.name if ranked else ""
    pattern = re.compile(re.escape(name) + r"[\w.-]*", re.IGNORECASE) if name else None
    found = dict.fromkeys(f'title "{one}"' for one in _phrases(_tokens(title.text, pattern), 3))
    for start, end in abstract.sentences:
        tokens = _tokens(abstract.text[start:end], pattern)
        found |= dict.fromkeys([f'word "{token}"' for token in tokens])
        if _NAME in tokens or _OWN.search(abstract.text, start, end):
            found |= dict.fromkeys([f'own "{one}"' for one in _phrases(tokens, 3)])
        for place, token in enumerate(tokens):
            if token == _NAME:
                near = tokens[max(0, place - _BEFORE) : place + _AFTER]
                found |= dict.fromkeys([f'near "{one}"' for one in _phrases(near, 2)])
    return dict.fromkeys(found, _WEIGHT / math.sqrt(max(_FEWEST, len(found))))


def is_phrase(feature: str) -> bool:
    """Whether a feature is one of those above."""
    return feature.endswith('"')


def _tokens(text: str, name: re.Pattern[str] | None) -> list[str]:
    text = name.sub("\x00", text) if name else text
    words = _TOKEN.findall(text.lower())
    return [word if word[0] > "9" or word in _MARKS else _meaning(word) for word in words]


def _meaning(word: str) -> str:
    if word == "\x00":
        return _NAME
    return _SIZED if _SIZE.match(word) else _NUMBER


def _phrases(tokens: Sequence[str], longest: int) -> Iterator[str]:
    """All that stand one to `longest` in a row."""
    for length in range(1, longest + 1):
        yield from map(" ".join, zip(*(tokens[start:] for start in range(length)), strict=False))
