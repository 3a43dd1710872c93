"""How good topics are and how well they still fit: coherence, agreement, drift."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

# Drift: each measure over its limit; at 1 or above a new fit is due.
NEW_SHARE = 0.25  # papers that came since, to those of the fit
LESS_SIMILAR = 0.5  # standard deviations that the new papers lie farther from their topics
MORE_OUTSIDE = 0.05  # share of new papers that belong nowhere, beyond that of the fit
MOVED_SHARE = 0.2  # of papers whose text changed: their topic changed too
ENOUGH = 30  # papers; fewer say nothing about similarity, outsiders and moves


def measure_coherence(texts_with: Sequence[np.ndarray], texts: int) -> float | None:
    """Mean normalised pointwise mutual information of all pairs of terms, -1 to 1.

    Each term is given as the texts that hold it, once each; None for fewer than two terms.
    """
    holds = np.zeros((len(texts_with), texts), np.float32)
    for row, own in zip(holds, texts_with, strict=True):
        row[own] = 1
    together = holds @ holds.T  # counts below 2^24: exact
    alone = np.diag(together)
    scores = [
        _npmi(together[i, j], alone[i] * float(alone[j]), texts)
        for i, j in combinations(range(len(holds)), 2)
    ]
    return sum(scores) / len(scores) if scores else None


def _npmi(both: float, product: float, texts: int) -> float:
    if both == 0:
        return -1.0
    if both == texts:
        return 1.0
    return math.log(both * texts / product) / -math.log(both / texts)


def measure_agreement(one: np.ndarray, other: np.ndarray) -> float:
    """The adjusted Rand index of two labellings of the same things: 1 the same, 0 as by chance."""
    if len(one) < 2:
        return 1.0
    ones, others = (np.unique(labels, return_inverse=True)[1] for labels in (one, other))
    width = int(others.max()) + 1
    cells = np.bincount(ones.astype(np.int64) * width + others)
    together = _pairs(cells)
    rows, columns = _pairs(np.bincount(ones)), _pairs(np.bincount(others))
    expected = rows * columns / (len(one) * (len(one) - 1) / 2)
    largest = (rows + columns) / 2
    return 1.0 if largest == expected else (together - expected) / (largest - expected)


def _pairs(counts: np.ndarray) -> float:
    wide = counts.astype(np.float64)
    return float((wide * (wide - 1) / 2).sum())


@dataclass(frozen=True, slots=True)
class Drift:
    """How far the library has moved away from its topics; a fit is due at a score of 1."""

    score: float
    parts: Mapping[str, float]  # each measure over its limit

    @property
    def is_due(self) -> bool:
        """Whether the topics should be fitted again."""
        return self.score >= 1


def measure_drift(measures: Mapping[str, float]) -> Drift:
    """Drift from the measures of a fit and of what was assigned since.

    ``papers``, ``similarity``, ``spread`` and ``outside`` (a share) are of the fit; ``new``,
    ``new_similarity`` (a sum), ``new_outside``, ``changed`` and ``moved`` count what came since.
    """
    new, changed = measures.get("new", 0), measures.get("changed", 0)
    parts = {"new papers": new / max(1, measures["papers"]) / NEW_SHARE}
    if new >= ENOUGH:
        lost = measures["similarity"] - measures.get("new_similarity", 0) / new
        parts["less similar"] = lost / max(measures["spread"], 1e-9) / LESS_SIMILAR
        outside = measures.get("new_outside", 0) / new
        parts["outside"] = (outside - measures["outside"]) / MORE_OUTSIDE
    if changed >= ENOUGH:
        parts["moved"] = measures.get("moved", 0) / changed / MOVED_SHARE
    parts = {name: round(max(0.0, value), 3) for name, value in parts.items()}
    return Drift(max(parts.values()), parts)
