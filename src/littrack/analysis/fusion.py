"""Joining rankings of different kinds into one: scores made comparable, then weighted.

"lexical" and "semantic" find papers, by words and by meaning; "title", "coverage" and "focus" order
the best of them by their pieces (`littrack.analysis.soft_matching`).

Each ranking's scores are standardised (less the mean, over the standard deviation of its own best)
and then summed by weight. On development data this beat reciprocal rank fusion, which throws the
distances away, for notes and descriptions of papers, and lost slightly for headings. Source of the
method: Fox & Shaw (1994), CombSUM, with z-score normalisation as in Montague & Aslam (2001).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

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


def standardise(ranking: Ranking) -> dict[int, float]:
    """Scores as standard deviations above the mean of the ranking, by id."""
    if not ranking:
        return {}
    scores = [score for _, score in ranking]
    mean = sum(scores) / len(scores)
    deviation = math.sqrt(sum((score - mean) ** 2 for score in scores) / len(scores))
    return {key: (score - mean) / deviation if deviation else 0.0 for key, score in ranking}


def fuse(
    rankings: Mapping[str, Ranking], weights: Mapping[str, float]
) -> dict[int, dict[str, float]]:
    """What each ranking adds to each id's score: ``{id: {name: part}}``; the parts sum up.

    An id that a ranking does not hold gets that ranking's lowest score, no less: it was not among
    its best, which says little about how far below it lies.
    """
    standard = {name: standardise(ranking) for name, ranking in rankings.items()}
    floor = {name: min(scores.values(), default=0.0) for name, scores in standard.items()}
    ids = {key for scores in standard.values() for key in scores}
    return {
        key: {
            name: weights[name] * scores.get(key, floor[name]) for name, scores in standard.items()
        }
        for key in ids
    }


def order(parts: Mapping[int, Mapping[str, float]]) -> list[tuple[int, float]]:
    """Ids by the sum of their parts, best first; equal sums by id, so answers repeat exactly."""
    sums = ((key, sum(part.values())) for key, part in parts.items())
    return sorted(sums, key=lambda item: (-item[1], item[0]))
