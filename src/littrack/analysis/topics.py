"""Topics as clusters of papers: spherical k-means that gives the same answer on every machine.

Vectors and centroids are rounded to grids (multiples of 2^-12 and 2^-11). A product of two then is
a multiple of 2^-23, and no partial sum of a dot product of unit vectors reaches 2: every sum fits
the 24 bits of a float32, so nothing is ever rounded and the order of adding cannot matter. The
matrix products are therefore the same to the last bit on any number of threads, with any BLAS; the
sums of papers are exact in float64 for the same reason.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

VECTOR_GRID, CENTROID_GRID = 4096, 2048
PAPERS_A_TOPIC = 8  # the rule: topics = sqrt(papers / 8), that is 50 for 20,000 papers
FEWEST, MOST = 8, 400
FEWEST_PAPERS = 20  # below this there is nothing to find
SMALLEST = 5  # papers; a smaller cluster is none
STAYS_WITHIN = 0.1  # the number of topics changes only when the rule is farther away than this
RESTARTS = 4  # on a sample; the tightest goes on
_SAMPLE = 200  # papers a topic
_SETTLED = 0.001  # of the papers still change their cluster: then it is done
_ROUNDS = 100
_CHUNK = 4096


@dataclass(frozen=True, slots=True)
class Clustering:
    """Centroids (k, d), and of every vector its nearest centroid and the cosine to it."""

    centroids: np.ndarray
    labels: np.ndarray
    similarities: np.ndarray
    rounds: int  # until it had settled


def choose_topic_count(papers: int, current: int | None = None) -> int:
    """How many topics so many papers have: the root of an eighth of them, from 8 to 400.

    A topic has ten papers on average at least. A number that is about right stays.

    >>> choose_topic_count(20_000), choose_topic_count(21_000, current=50), choose_topic_count(40)
    (50, 50, 4)
    """
    ruled = min(MOST, max(FEWEST, round(math.sqrt(papers / PAPERS_A_TOPIC))))
    ruled = max(2, min(ruled, papers // 10))
    if current is not None and abs(ruled - current) <= STAYS_WITHIN * current:
        return current
    return ruled


def choose_broad_count(topics: int, current: int | None = None) -> int:
    """How many broader topics: the root of the number of topics; none for fewer than nine."""
    if topics < 9:
        return 0
    ruled = round(math.sqrt(topics))
    return current if current and abs(ruled - current) <= 1 else ruled


def to_grid(matrix: np.ndarray, grid: int = VECTOR_GRID) -> np.ndarray:
    """Rows of length 1, rounded so that products are exact; zero rows stay zero."""
    lengths = np.sqrt(np.square(matrix, dtype=np.float64).sum(axis=1, keepdims=True))
    unit = matrix / np.where(lengths > 0, lengths, 1)
    return (np.rint(unit * grid) / grid).astype(np.float32)


def find_nearest(vectors: np.ndarray, centroids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of every vector (on its grid) the nearest centroid and the cosine; the first of equals."""
    labels = np.empty(len(vectors), np.int32)
    similarities = np.empty(len(vectors), np.float32)
    for start in range(0, len(vectors), _CHUNK):
        products = vectors[start : start + _CHUNK] @ centroids.T
        nearest = products.argmax(axis=1)
        labels[start : start + _CHUNK] = nearest
        similarities[start : start + _CHUNK] = products[np.arange(len(nearest)), nearest]
    return labels, similarities


def find_clusters(
    vectors: np.ndarray,
    count: int,
    *,
    seed: int = 0,
    start: np.ndarray | None = None,
    weights: np.ndarray | None = None,
) -> Clustering:
    """Cluster vectors (on their grid) into at most `count`; equal ones should come once.

    With `start`, from these centroids on: further ones are added where vectors fit worst, none is
    taken away. Otherwise the best of several beginnings on a sample.
    """
    generator = np.random.default_rng(seed)
    weights = np.ones(len(vectors)) if weights is None else weights
    if start is None:
        start = _begin(vectors, weights, count, generator)
    elif len(start) < count:
        start = _add_seeds(vectors, start, count, generator)
    return _settle(vectors, weights, start)


def drop_small(vectors: np.ndarray, found: Clustering, smallest: int = SMALLEST) -> Clustering:
    """The clustering without clusters of fewer than `smallest` vectors; theirs go to the next."""
    large = np.bincount(found.labels, minlength=len(found.centroids)) >= smallest
    if large.all() or not large.any():
        return found
    return Clustering(
        found.centroids[large], *find_nearest(vectors, found.centroids[large]), found.rounds
    )


def find_floors(labels: np.ndarray, similarities: np.ndarray, count: int) -> np.ndarray:
    """The cosine below which a paper belongs to no topic, for each topic.

    The lower quartile of the topic's own papers less the range between their quartiles: about one
    paper in a hundred.
    """
    floors = np.zeros(count)
    for number in range(count):
        own = similarities[labels == number]
        if len(own):
            low, high = np.quantile(own.astype(np.float64), (0.25, 0.75), method="lower")
            floors[number] = low - (high - low)
    return floors


def centroid_of(vectors: np.ndarray) -> np.ndarray:
    """The direction of the vectors together, on the grid of centroids."""
    total = vectors.sum(axis=0, dtype=np.float64, keepdims=True)
    return np.asarray(to_grid(total, CENTROID_GRID)[0])


def _begin(
    vectors: np.ndarray, weights: np.ndarray, count: int, generator: np.random.Generator
) -> np.ndarray:
    """The tightest of several clusterings of a sample."""
    size = min(len(vectors), _SAMPLE * count)
    best: tuple[float, np.ndarray] | None = None
    for _ in range(RESTARTS):
        chosen = np.sort(generator.choice(len(vectors), size, replace=False))
        sample, share = vectors[chosen], weights[chosen]
        first = sample[generator.integers(size)][None]
        found = _settle(sample, share, _add_seeds(sample, first, count, generator))
        # Judged on the sample's own papers; float64 sums in a fixed order.
        tightness = float((found.similarities.astype(np.float64) * share).sum() / share.sum())
        if best is None or tightness > best[0]:
            best = tightness, found.centroids
    assert best is not None
    return best[1]


def _add_seeds(
    vectors: np.ndarray, start: np.ndarray, count: int, generator: np.random.Generator
) -> np.ndarray:
    """k-means++: further seeds, each drawn with the odds of its distance from all before it."""
    seeds = list(start)
    nearest = (vectors @ start.T).max(axis=1)
    while len(seeds) < count:
        odds = np.cumsum(np.clip(1 - nearest.astype(np.float64), 0, None))
        if odds[-1] <= 0:  # fewer different vectors than seeds wanted
            break
        chosen = int(np.searchsorted(odds, generator.random() * odds[-1], side="right"))
        seed = vectors[min(chosen, len(vectors) - 1)]
        seeds.append(seed)
        nearest = np.maximum(nearest, vectors @ seed)
    return to_grid(np.array(seeds), CENTROID_GRID)


def _settle(vectors: np.ndarray, weights: np.ndarray, start: np.ndarray) -> Clustering:
    """Lloyd's rounds until hardly a vector changes its cluster; an empty cluster stays put."""
    centroids, count = start, len(start)
    labels, similarities = find_nearest(vectors, centroids)
    totals = _totals(vectors, weights, labels, count)
    rounds = 0
    while rounds < _ROUNDS:
        rounds += 1
        moved_centroids = to_grid(totals, CENTROID_GRID)
        centroids = np.where(totals.any(axis=1, keepdims=True), moved_centroids, centroids)
        new, similarities = find_nearest(vectors, centroids)
        moved = np.flatnonzero(new != labels)
        if len(moved):  # exact sums: taking away and adding gives what summing anew would
            rows, share = vectors[moved], weights[moved]
            totals += _totals(rows, share, new[moved], count)
            totals -= _totals(rows, share, labels[moved], count)
        labels = new
        if len(moved) <= _SETTLED * len(vectors):
            break
    return Clustering(centroids, labels, similarities, rounds)


def _totals(vectors: np.ndarray, weights: np.ndarray, labels: np.ndarray, count: int) -> np.ndarray:
    """The weighted sum of every cluster's vectors (count, d), exact."""
    totals = np.zeros((count, vectors.shape[1]))
    order = np.argsort(labels, kind="stable")
    borders = np.searchsorted(labels[order], np.arange(count + 1))
    even = bool((weights == 1).all())
    for number in range(count):
        rows = order[borders[number] : borders[number + 1]]
        if len(rows):
            own = vectors[rows] if even else vectors[rows] * weights[rows, None]
            totals[number] = own.sum(axis=0, dtype=np.float64)
    return totals
