"""Fits the weights of the release classifier to labels, and says honestly how good they are."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from littrack.analysis.releases.glance import Glance, words_of
from littrack.analysis.releases.phrases import is_phrase
from littrack.analysis.releases.scoring import ReleaseClassifier

_STRENGTH = 0.2  # inverse of the regularisation
_RAREST_FEATURE = 5  # papers that must have one
_MOST_PHRASES = 10_000  # of those whose weights matter most
_FOLDS = 10
# Thresholds are chosen on scores of papers that the weights were not fitted to.
_PRECISION = 0.985
_DOUBTFUL = 0.4  # of a label that could be otherwise


@dataclass(frozen=True, slots=True)
class Example:
    """What is read of a labelled paper."""

    key: str  # decides on the fold
    features: Mapping[str, float]
    release: bool
    doubtful: bool = False

    @property
    def weight(self) -> float:
        """How much it counts."""
        return _DOUBTFUL if self.doubtful else 1.0

    @property
    def fold(self) -> int:
        """Which part it is held out with, the same however many others there are."""
        return zlib.crc32(self.key.encode()) % _FOLDS


def train_classifier(examples: Sequence[Example]) -> ReleaseClassifier:
    """Fit a logistic regression; what is worth a look is decided later, by `set_thresholds`."""
    import numpy as np

    counts = Counter(name for one in examples for name in one.features)
    least = min(_RAREST_FEATURE, len(examples))
    names = sorted(name for name, count in counts.items() if count >= least)
    matrix = _matrix([one.features for one in examples], names)
    truth = np.array([one.release for one in examples])
    model = _fit(matrix, truth, np.array([one.weight for one in examples]))
    fitted = dict(zip(names, model.coef_[0].tolist(), strict=True))
    phrases = sorted(
        filter(is_phrase, names), key=lambda name: (-abs(fitted[name]) * counts[name] ** 0.5, name)
    )
    left_out = frozenset(phrases[_MOST_PHRASES:])
    weights = {name: round(x, 3) for name, x in fitted.items() if name not in left_out}
    return ReleaseClassifier(round(float(model.intercept_[0]), 3), weights, review=0.5, accept=1.0)


def score_held_out(examples: Sequence[Example]) -> tuple[float, ...]:
    """The score of each example by weights that were fitted without its fold."""
    held_out = [0.0] * len(examples)
    for fold in sorted({one.fold for one in examples}):
        classifier = train_classifier([one for one in examples if one.fold != fold])
        for place, one in enumerate(examples):
            if one.fold == fold:
                held_out[place] = classifier.score(one.features)
    return tuple(held_out)


def _matrix(features: Sequence[Mapping[str, float]], names: Sequence[str]) -> Any:
    """A sparse matrix: which example has how much of which of the named features."""
    import numpy as np
    from scipy.sparse import csr_matrix

    places = {name: place for place, name in enumerate(names)}
    rows = [[(places[k], value) for k, value in one.items() if k in places] for one in features]
    ends = np.cumsum([0, *map(len, rows)])
    columns = np.array([place for row in rows for place, _value in row], dtype=np.int64)
    values = np.array([value for row in rows for _place, value in row], dtype=np.float64)
    return csr_matrix((values, columns, ends), shape=(len(features), len(names)))


def _fit(matrix: Any, truth: Any, weights: Any) -> Any:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=_STRENGTH, max_iter=2000)
    return model.fit(matrix, truth, sample_weight=weights)


def choose_accept(
    scores: Sequence[float], examples: Sequence[Example], precision: float = _PRECISION
) -> float:
    """The lowest held-out score from which on `precision` of the examples are releases."""
    right = seen = 0.0
    accept = 1.0
    order = sorted(range(len(scores)), key=lambda place: (-scores[place], examples[place].key))
    for place in order:
        seen += examples[place].weight
        right += examples[place].weight * examples[place].release
        if right >= precision * seen:
            accept = scores[place]
    return accept


def choose_review(scores: Sequence[float], accept: float, queued: float) -> float:
    """The lowest score from which on a share `queued` of papers in general waits for a look."""
    ranked = sorted(scores, reverse=True)
    accepted = sum(score >= accept for score in ranked)
    place = accepted + int(queued * len(ranked))
    return min(accept, ranked[place - 1]) if accepted < place <= len(ranked) else accept


_SPARSE = 0.15  # inverse of the regularisation: so small that some hundred words remain
_KEPT = 0.94  # of the papers worth reading; the others are the least likely of the queue
_RAREST = 15  # papers that must have a word


def train_glance(texts: Sequence[tuple[str, str]], worth: Sequence[bool]) -> Glance:
    """Word weights that tell the papers worth reading, as titles and abstracts show them.

    The threshold is chosen on a third of the papers that the weights for it are not fitted to.
    """
    import numpy as np

    documents = [
        dict.fromkeys([f"title {word}" for word in sorted(words_of(title))], 1.0)
        | dict.fromkeys([f"abstract {word}" for word in sorted(words_of(abstract))], 1.0)
        for title, abstract in texts
    ]
    counts = Counter(word for document in documents for word in document)
    words = sorted(word for word, count in counts.items() if count >= min(_RAREST, len(texts)))
    matrix, truth = _matrix(documents, words), np.array(worth)
    cut = len(texts) * 2 // 3
    first = _fit_sparse(matrix[:cut], truth[:cut])
    sums = np.sort(first.decision_function(matrix[cut:])[truth[cut:]])
    model = _fit_sparse(matrix, truth)
    weights = {w: round(x, 3) for w, x in zip(words, model.coef_[0].tolist(), strict=True) if x}
    parts = [
        {word.removeprefix(part): x for word, x in weights.items() if word.startswith(part)}
        for part in ("title ", "abstract ")
    ]
    least = round(float(sums[int((1 - _KEPT) * len(sums))]), 3) if len(sums) else -100.0
    return Glance(round(float(model.intercept_[0]), 3), parts[0], parts[1], least)


def _fit_sparse(matrix: Any, truth: Any) -> Any:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(
        C=_SPARSE, l1_ratio=1, solver="liblinear", class_weight={False: 1, True: 3}, random_state=1
    )
    return model.fit(matrix, truth)
