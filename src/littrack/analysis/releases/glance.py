"""A look at single words that spares most papers the reading: the plainly unlikely are left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_BORDERS = ",.:;()-/\"'"


@dataclass(frozen=True, slots=True)
class Glance:
    """Weights of words in titles and abstracts, and the sum from which a paper is read."""

    intercept: float
    title: Mapping[str, float]
    abstract: Mapping[str, float]
    least: float

    def likelihood(self, title: str, abstract: str) -> float:
        """The sum of the weights of all words, each counted once."""
        total = self.intercept
        for text, weights in ((title, self.title), (abstract, self.abstract)):
            known = weights.get
            for word in words_of(text):
                total += known(word, 0.0)
        return total

    def is_worth_reading(self, title: str, abstract: str) -> bool:
        """False for a paper that plainly releases no model."""
        return self.likelihood(title, abstract) >= self.least


EVERYTHING = Glance(0.0, {}, {}, 0.0)  # leaves nothing out


def words_of(text: str) -> set[str]:
    """The words of a text in small letters; "pre-trained" is two."""
    text = text.lower()
    for border in _BORDERS:
        text = text.replace(border, " ")
    return set(text.split())
