"""Which paper a stretch of text is about, by everything that speaks for each candidate.

A logistic regression weighs `clues.FEATURES`; without a search these that a search gives are 0 and
`searched` says so. The weights come from a file that benchmarks/links.py fits, so that a better
search or encoder needs no change here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from littrack.analysis.note_links.clues import FEATURES, Clues, features
from littrack.errors import InputError

_NEAR = 0.2


@dataclass(frozen=True, slots=True)
class Weights:
    """A fitted regression: one weight per feature, and from which probability on a link is made."""

    values: tuple[float, ...]
    constant: float
    threshold: float

    def probability(self, row: Sequence[float]) -> float:
        """How likely the candidate is the right one."""
        total = self.constant + sum(w * x for w, x in zip(self.values, row, strict=True))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


@dataclass(frozen=True, slots=True)
class LinkWeights:
    """Weights for texts that were not searched for, and for those that were."""

    unsearched: Weights
    searched: Weights


@dataclass(frozen=True, slots=True)
class Subject:
    """The best candidate, how likely it is, and the next best."""

    arxiv_id: str
    probability: float
    clues: Clues
    candidates: tuple[tuple[str, float], ...]  # the best first, this one among them
    is_sure: bool  # likely enough for a link

    @property
    def is_near(self) -> bool:
        """Whether it is not sure, but worth a person's look."""
        return not self.is_sure and self.probability >= _NEAR


def parse_weights(data: Mapping[str, Mapping[str, object]]) -> LinkWeights:
    """Weights as they stand in their file.

    Raises:
        InputError: it is of another version: a feature is missing or unknown.
    """
    parts = []
    for name in ("unsearched", "searched"):
        part = dict(data[name])
        constant, threshold = part.pop("constant"), part.pop("threshold")
        if set(part) != set(FEATURES):
            raise InputError(f"the weights for linking ({name}) are for other features")
        values = tuple(float(str(part[feature])) for feature in FEATURES)
        parts.append(Weights(values, float(str(constant)), float(str(threshold))))
    return LinkWeights(*parts)


def choose_subject(found: Mapping[str, Clues], weights: Weights) -> Subject | None:
    """The likeliest of the candidates; None where there is none."""
    rows = features(found)
    ranked = sorted(
        ((weights.probability(row), arxiv_id) for arxiv_id, row in rows.items()),
        key=lambda item: (-item[0], item[1]),
    )
    if not ranked:
        return None
    best = ranked[0]
    candidates = tuple((arxiv_id, round(chance, 3)) for chance, arxiv_id in ranked[:5])
    is_sure = best[0] >= weights.threshold
    return Subject(best[1], best[0], found[best[1]], candidates, is_sure)
