"""How likely a paper is to release a model: a linear model over `features`, its weights as data."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from heapq import nlargest
from importlib.resources import files
from typing import Any

from littrack.analysis.releases.glance import EVERYTHING, Glance
from littrack.claims import Outcome

WEIGHTS = "release_classifier.json"
_MOST_REASONS = 6


@dataclass(frozen=True, slots=True)
class ReleaseClassifier:
    """Weights of the features, and the scores from which a paper is queued or accepted."""

    intercept: float
    weights: Mapping[str, float]
    review: float
    accept: float
    glance: Glance = EVERYTHING

    def score(self, features: Mapping[str, float]) -> float:
        """The probability of a release."""
        return _probability(self._sum(features))

    def highest(self, features: Mapping[str, float], further: Collection[str]) -> float:
        """The most that the score can become when some of `further` turn out to be there too."""
        gain = sum(max(0.0, self.weights.get(name, 0.0)) for name in further)
        return _probability(self._sum(features) + gain)

    def _sum(self, features: Mapping[str, float]) -> float:
        weights = self.weights
        return self.intercept + sum(
            value * weights[name] for name, value in features.items() if name in weights
        )

    def outcome(self, score: float, names: Sequence[str]) -> Outcome:
        """What becomes of a paper; one that names no model is never accepted unseen."""
        if score >= self.accept and names:
            return Outcome.ACCEPT
        return Outcome.REVIEW if score >= self.review else Outcome.REJECT

    def reasons(self, features: Mapping[str, float]) -> tuple[str, ...]:
        """The features that moved the score most, with a + or - before each."""
        weights = self.weights
        moved = {k: value * weights[k] for k, value in features.items() if k in weights}
        first = nlargest(_MOST_REASONS, moved, key=lambda name: abs(moved[name]))
        return tuple(f"{'+' if moved[name] > 0 else '-'} {name}" for name in first if moved[name])


def _probability(total: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


def read_weights() -> bytes:
    """The bundled weights as they are in the file."""
    return (files("littrack") / "data" / WEIGHTS).read_bytes()


@cache
def bundled_classifier() -> ReleaseClassifier:
    """The classifier that is part of littrack."""
    return parse_classifier(json.loads(read_weights()))


def parse_classifier(data: Mapping[str, Any]) -> ReleaseClassifier:
    """A classifier from what `render_classifier` wrote."""
    glance = data.get("glance")
    return ReleaseClassifier(
        data["intercept"],
        data["weights"],
        data["review"],
        data["accept"],
        Glance(**glance) if glance else EVERYTHING,
    )


def render_classifier(classifier: ReleaseClassifier, note: str) -> str:
    """The classifier as JSON, a weight a line, so that a change can be read."""
    data = {"note": note, **asdict(classifier)}
    if classifier.glance is EVERYTHING:
        del data["glance"]
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"
