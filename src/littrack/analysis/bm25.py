"""BM25 over a few papers at hand, with counts that the caller chooses: see `store/fulltext.py`.

The full text counts every paper there is, so each paper that comes later moves all scores a little.
Computed here from the counts of an earlier day, scores stay what they were.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from littrack.text import IndexedTokens

K1, B = 1.2, 0.75
_LEAST_IDF = 1e-6

Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WordCounts:
    """In how many papers each phrase occurs, of how many."""

    papers: int
    matches: Mapping[Phrase, int]

    def idf(self, phrase: Phrase) -> float:
        """How much a phrase says: the rarer, the more."""
        found = self.matches.get(phrase, 0)
        return max(_LEAST_IDF, math.log((self.papers - found + 0.5) / (found + 0.5)))


def score_by_words(
    documents: Mapping[int, IndexedTokens],
    phrases: Mapping[Phrase, float],
    counts: WordCounts,
    column_weights: Sequence[float],
) -> list[tuple[int, float]]:
    """The documents with one of the phrases, as ``(id, score)``, best first; equal ones by id.

    Lengths are compared with the mean of these documents.
    """
    split = {key: tuple(column.split() for column in found) for key, found in documents.items()}
    lengths = {key: sum(map(len, columns)) for key, columns in split.items()}
    mean = sum(lengths.values()) / max(1, len(lengths)) or 1.0
    scores: dict[int, float] = {}
    for key, columns in split.items():
        norm = K1 * (1 - B + B * lengths[key] / mean)
        for phrase, weight in phrases.items():
            counted = [count_phrase(column, phrase) for column in columns]
            found = sum(n * w for n, w in zip(counted, column_weights, strict=True))
            if found:
                part = weight * counts.idf(phrase) * found * (K1 + 1) / (found + norm)
                scores[key] = scores.get(key, 0.0) + part
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))


def count_phrase(words: Sequence[str], phrase: Phrase) -> int:
    """How often a phrase occurs; one of a single Chinese character stands for all it begins.

    >>> count_phrase(["chain", "of", "thought", "chain"], ("chain", "of"))
    1
    """
    first = phrase[0]
    if len(phrase) == 1:
        if len(first) == 1 and not first.isascii():
            return sum(word.startswith(first) for word in words)
        return words.count(first)
    if first not in words:
        return 0
    starts = (place for place, word in enumerate(words) if word == first)
    return sum(tuple(words[i : i + len(phrase)]) == phrase for i in starts)
