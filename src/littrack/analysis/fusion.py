"""Joining rankings of different kinds into one: scores made comparable, then weighted.

"lexical" and "semantic" find papers, by words and by meaning; "title", "coverage" and "focus" order
the best of them by their pieces (`littrack.analysis.soft_matching`).

Each ranking's scores are standardised (less the mean, over the standard deviation of its own best)
and then summed by weight. On development data this beat reciprocal rank fusion, which throws the
distances away, for notes and descriptions of papers, and lost slightly for headings. Source of the
method: Fox & Shaw (1994), CombSUM, with z-score normalisation as in Montague & Aslam (2001).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from littrack.analysis.queries import Query

NOTHING: Mapping[str, Mapping[str, float]] = MappingProxyType({})

Ranking = Sequence[tuple[int, float]]  # (id, score), best first

# For a few words, in any language; meaning against words chosen on development data among .3 to .8
# in tenths and .65. Between .6 and .7 little changes.
SHORT = {"semantic": 0.65, "lexical": 0.35, "title": 0.3}
# For texts. Chinese: fitted as the logistic choice of the right paper among those looked at, on one
# half of the development notes and measured on the other, then on all. English descriptions share
# more words with their paper: there a tenth more or less of each changes nothing.
TEXT = {
    "en": {"semantic": 0.6, "lexical": 0.3, "coverage": 0.5, "focus": 0.5, "title": 0.4},
    "zh": {"semantic": 0.42, "lexical": 0.22, "coverage": 0.81, "focus": 0.86, "title": 0.61},
}


# Beside the others, of a cross-encoder, which reads more than all of them: not fitted, none ships.
CROSS_ENCODER = 2.0


def choose_weights(
    rankings: Iterable[str], query: Query, own: Mapping[str, Mapping[str, float]] = NOTHING
) -> dict[str, float]:
    """The weight of each of the rankings for this query; a single one counts as it is.

    `own` are weights by kind of query and ranking that take the place of those here.
    """
    names = list(rankings)
    if len(names) == 1:
        return {names[0]: 1.0}
    kind = "short" if query.is_short else "zh" if query.is_chinese else "en"
    usual = SHORT if query.is_short else TEXT[kind]
    weights = {"cross-encoder": CROSS_ENCODER, **usual, **own.get(kind, {})}
    return {name: weights.get(name, 0.0) for name in names}


@dataclass(frozen=True, slots=True)
class Fused:
    """What each ranking adds to the score of each id; a row's parts add up to its score."""

    ids: NDArray[np.int64]  # ascending, (n,)
    names: tuple[str, ...]
    parts: NDArray[np.float64]  # (n, number of names)

    def best(self, limit: int) -> list[tuple[int, float]]:
        """The ids of the highest sums with these; equal sums by id, so answers repeat exactly."""
        sums = self.parts.sum(axis=1)
        chosen = np.lexsort((self.ids, -sums))[:limit]
        return list(zip(self.ids[chosen].tolist(), sums[chosen].tolist(), strict=True))

    def parts_of(self, key: int) -> dict[str, float]:
        """The parts of one id's score by name."""
        row = int(np.searchsorted(self.ids, key))
        return dict(zip(self.names, self.parts[row].tolist(), strict=True))

    def plus(self, name: str, bonus: Mapping[int, float]) -> Fused:
        """With another part, of the ids that are here; 0 for those that have no bonus."""
        column = np.array([bonus.get(key, 0.0) for key in self.ids.tolist()])
        if not column.any():
            return self
        return Fused(self.ids, (*self.names, name), np.column_stack([self.parts, column]))


def standardise(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scores as standard deviations above their mean; 0 where they are all the same."""
    deviation = scores.std() if len(scores) else 0.0
    return (scores - scores.mean()) / deviation if deviation else np.zeros(len(scores))


def fuse(rankings: Mapping[str, Ranking], weights: Mapping[str, float]) -> Fused:
    """The rankings joined.

    An id that a ranking does not hold gets that ranking's lowest score, no less: it was not among
    its best, which says little about how far below it lies.
    """
    found = {name: np.array([key for key, _ in ranking], np.int64)
             for name, ranking in rankings.items()}  # fmt: skip
    ids = np.unique(np.concatenate(list(found.values()))) if found else np.zeros(0, np.int64)
    parts = np.zeros((len(ids), len(found)))
    for place, (name, ranking) in enumerate(rankings.items()):
        standard = standardise(np.array([score for _, score in ranking], np.float64))
        column = np.full(len(ids), standard.min(initial=np.inf) if len(standard) else 0.0)
        column[np.searchsorted(ids, found[name])] = standard
        parts[:, place] = weights[name] * column
    return Fused(ids, tuple(found), parts)
