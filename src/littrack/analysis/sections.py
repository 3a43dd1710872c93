"""Which sections of the survey a paper belongs to, learnt from their words and example papers.

The score of a section is what two opinions add up to:

    log p(section)                    multinomial logistic regression over the paper's vector and
                                      the TF-IDF of its title; a section's own words are an example
    8 * cosine to its prototype       the mean of its examples, pulled towards its own words as if
                                      these were three more of them

The second carries sections with few examples or none, the first those with many. Scores become
confidences by a softmax whose temperature is chosen on examples that were held out; the same ones
say how near to a prototype a paper must be to belong to the survey at all. The numbers were chosen
on development data (benchmarks/sections.py); BM25 over the sections' words added nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from littrack.text import tokens
from littrack.topics import Section

METHOD = "sections 1"  # raise when the same input would give another answer

Matrix = NDArray[np.float32]
Scores = NDArray[np.float64]
Flags = NDArray[np.bool_]

_PULL = 3.0  # examples that a section's own words count as, in its prototype
_TITLES = 0.5  # weight of the title's words beside the vector, both of length one
_STRENGTH = 10.0  # of the regression: inverse of the regularisation
_NEARNESS = 8.0  # weight of the cosine to the prototype
_FOLDS = 5
_FEWEST = 20  # examples from which on something can be held out
_TEMPERATURE = 1.0  # with fewer
_OUTSIDE = 0.05  # of the held-out examples may lie further out than what belongs to the survey
# Never below one: examples are clearer cases than the papers that follow them.
_TEMPERATURES = np.geomspace(1.0, 5.0, 60)
ASSIGNED, MARGIN = 0.5, 0.2  # confidence, and lead over the next, to need no person
OFFERED = 3  # sections that a person is asked about


@dataclass(frozen=True, slots=True)
class SectionWords:
    """The classes: what each says of itself, and that as a vector."""

    keys: tuple[str, ...]
    texts: tuple[str, ...]
    vectors: Matrix  # (k, dimension), of length one


@dataclass(frozen=True, slots=True)
class ExamplePapers:
    """Papers that a person put into sections."""

    titles: tuple[str, ...]
    vectors: Matrix  # (n, dimension), of length one
    belongs: Flags  # (n, k)

    def part(self, kept: Flags) -> ExamplePapers:
        """Those of them that a mask keeps."""
        titles = tuple(title for title, keep in zip(self.titles, kept, strict=True) if keep)
        return ExamplePapers(titles, self.vectors[kept], self.belongs[kept])


@dataclass(frozen=True, slots=True)
class SectionClassifier:
    """Fitted to one set of sections and examples."""

    keys: tuple[str, ...]
    prototypes: Matrix
    words: Any = None  # TF-IDF of titles; None: there are no examples, or there is one section
    regression: Any = None
    temperature: float = _TEMPERATURE
    floor: float | None = None  # cosine to the nearest prototype; None: everything belongs
    right_at_1: float | None = None  # of the held-out examples
    right_at_3: float | None = None

    def nearness(self, vectors: Matrix) -> Scores:
        """The cosine of each paper to its nearest prototype."""
        best: Scores = (vectors @ self.prototypes.T).max(axis=1).astype(np.float64)
        return best

    def is_inside(self, vectors: Matrix) -> Flags:
        """Which papers belong to the survey at all."""
        if self.floor is None:
            return np.ones(len(vectors), bool)
        inside: Flags = self.nearness(vectors) >= self.floor
        return inside

    def scores(self, vectors: Matrix, titles: Sequence[str]) -> Scores:
        """How well each section (k) fits each paper (n)."""
        nearness: Scores = _NEARNESS * (vectors @ self.prototypes.T).astype(np.float64)
        if self.regression is None or not len(vectors):
            return nearness
        features = _features(self.words, vectors, titles)
        scores: Scores = nearness + self.regression.predict_log_proba(features)
        return scores

    def confidences(self, vectors: Matrix, titles: Sequence[str]) -> Scores:
        """The same as probabilities; each row adds up to one."""
        return softmax(self.scores(vectors, titles) / self.temperature)


def softmax(scores: Scores) -> Scores:
    """Each row as probabilities."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Scores = raised / raised.sum(axis=1, keepdims=True)
    return shares


def choose_classes(sections: Sequence[Section]) -> tuple[Section, ...]:
    """The sections that papers go into: those with none inside them, or with examples."""
    around = {section.parent for section in sections}
    return tuple(one for one in sections if one.key not in around or one.examples)


def describe_section(section: Section, sections: Sequence[Section]) -> str:
    """What a section says of itself, with the title of the section around it."""
    around = next((one.title for one in sections if one.key == section.parent), "")
    parts = (section.title, section.title_zh, around, section.description)
    return "\n".join(part for part in parts if part)


# --- fitting --------------------------------------------------------------------------------------


def fit_classifier(wanted: SectionWords, examples: ExamplePapers) -> SectionClassifier:
    """Learn the sections; with twenty examples or more also how sure to be."""
    fitted = _fit(wanted, examples)
    if len(examples.titles) < _FEWEST:
        return fitted
    scores, nearness = _held_out(wanted, examples)
    return replace(
        fitted,
        temperature=choose_temperature(scores, examples.belongs),
        floor=float(np.quantile(nearness, _OUTSIDE)),
        right_at_1=count_right(scores, examples.belongs, 1),
        right_at_3=count_right(scores, examples.belongs, 3),
    )


def _fit(wanted: SectionWords, examples: ExamplePapers) -> SectionClassifier:
    counts = examples.belongs.sum(axis=0)[:, None]
    sums = examples.belongs.T.astype(np.float32) @ examples.vectors + _PULL * wanted.vectors
    means = sums / (counts + _PULL)
    lengths = np.linalg.norm(means, axis=1, keepdims=True)
    prototypes = (means / np.maximum(lengths, 1e-9)).astype(np.float32)
    if not examples.titles or len(wanted.keys) < 2:
        return SectionClassifier(wanted.keys, prototypes)
    return SectionClassifier(wanted.keys, prototypes, *_regression(wanted, examples))


def _regression(wanted: SectionWords, examples: ExamplePapers) -> tuple[Any, Any]:
    """The words of titles and the regression over them; a paper of two sections is half of each."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    titles = (*examples.titles, *wanted.texts)
    words = TfidfVectorizer(analyzer=tokens, sublinear_tf=True).fit(titles)
    own = np.eye(len(wanted.keys), dtype=bool)
    rows, classes = np.nonzero(np.vstack([examples.belongs, own]))
    weights = 1.0 / np.bincount(rows)[rows]
    features = _features(words, np.vstack([examples.vectors, wanted.vectors]), titles)[rows]
    regression = LogisticRegression(C=_STRENGTH, max_iter=500)
    # One thread: the same weights on every machine; and on a busy one several only wait.
    with threadpool_limits(1):
        return words, regression.fit(features, classes, sample_weight=weights)


def _features(words: Any, vectors: Matrix, titles: Sequence[str]) -> Any:
    from scipy import sparse

    dense = sparse.csr_matrix(vectors.astype(np.float64))
    return sparse.hstack([dense, _TITLES * words.transform(titles)]).tocsr()


def _held_out(wanted: SectionWords, examples: ExamplePapers) -> tuple[Scores, Scores]:
    """Scores, and cosines to the nearest prototype, by fits that did not see the paper."""
    scores = np.zeros(examples.belongs.shape)
    nearness = np.zeros(len(examples.titles))
    folds = _deal(examples.belongs)
    for fold in range(_FOLDS):
        out = folds == fold
        fitted, held = _fit(wanted, examples.part(~out)), examples.part(out)
        scores[out] = fitted.scores(held.vectors, held.titles)
        nearness[out] = fitted.nearness(held.vectors)
    return scores, nearness


def _deal(belongs: Flags) -> NDArray[np.int64]:
    """A fold for each example: those of a section are dealt round, like cards."""
    order = np.argsort(belongs.argmax(axis=1), kind="stable")
    folds = np.empty(len(belongs), np.int64)
    folds[order] = np.arange(len(belongs)) % _FOLDS
    return folds


def choose_temperature(scores: Scores, belongs: Flags) -> float:
    """The temperature under which what is true was the least surprising."""
    surprise = [
        -np.log((softmax(scores / one) * belongs).sum(axis=1) + 1e-12).mean()
        for one in _TEMPERATURES
    ]
    return float(_TEMPERATURES[int(np.argmin(surprise))])


def count_right(scores: Scores, belongs: Flags, depth: int) -> float:
    """The share of papers with a section of theirs among the best so many."""
    best = np.argsort(-scores, axis=1, kind="stable")[:, :depth]
    return float(np.take_along_axis(belongs, best, axis=1).any(axis=1).mean())


# --- judging --------------------------------------------------------------------------------------


def judge(confidences: Scores) -> tuple[str, tuple[int, ...]]:
    """What to do with a paper of the survey, and its likeliest sections: one, or some to ask about.

    >>> judge(np.array([0.1, 0.8, 0.1]))
    ('assigned', (1,))
    >>> judge(np.array([0.05, 0.35, 0.6]))
    ('assigned', (2,))
    >>> judge(np.array([0.0, 0.45, 0.55]))
    ('review', (2, 1, 0))
    """
    best = np.argsort(-confidences, kind="stable")[:OFFERED]
    places = tuple(int(place) for place in best)
    lead = confidences[best[0]] - (confidences[best[1]] if len(best) > 1 else 0.0)
    if confidences[best[0]] >= ASSIGNED and lead >= MARGIN:
        return "assigned", places[:1]
    return "review", places
