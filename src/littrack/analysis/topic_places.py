"""Where topics and papers lie on a map of two dimensions.

Topics that are about like things become neighbours (t-SNE, van der Maaten & Hinton 2008, begun from
the principal components so that a map changes little when topics do); the papers of a topic stand
around it. Distances on the map rank neighbours and say no more.
"""

from __future__ import annotations

import numpy as np
from threadpoolctl import threadpool_limits

_FEWEST = 12  # topics; the principal components show fewer as well
_PERPLEXITY = 8.0  # how many neighbours a topic is held to
_SPREAD = 0.42  # of the distance to the nearest topic: how far a typical paper stands from its own


def place_on_map(centroids: np.ndarray) -> np.ndarray:
    """Two coordinates for every centroid; the widest axis first, its signs fixed."""
    if len(centroids) < 2:
        return np.zeros((len(centroids), 2))
    with threadpool_limits(1):  # the same sums in the same order every time
        places = _components(centroids.astype(np.float64))
        if len(centroids) >= _FEWEST:
            places = _components(_neighbours_together(centroids, places))
    strongest = places[np.abs(places).argmax(axis=0), np.arange(2)]
    return np.asarray(places * np.where(strongest < 0, -1, 1))


def _components(points: np.ndarray) -> np.ndarray:
    centred = points - points.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    found = np.zeros((len(points), 2))
    found[:, : len(axes[:2])] = centred @ axes[:2].T
    return found


def _neighbours_together(centroids: np.ndarray, start: np.ndarray) -> np.ndarray:
    from sklearn.manifold import TSNE

    apart = np.clip(1.0 - centroids.astype(np.float64) @ centroids.T.astype(np.float64), 0, None)
    np.fill_diagonal(apart, 0.0)
    model = TSNE(
        perplexity=min(_PERPLEXITY, (len(centroids) - 1) / 3),
        metric="precomputed",
        method="exact",
        init=(start / (start[:, 0].std() or 1.0) * 1e-4).astype(np.float32),
        learning_rate="auto",
        random_state=0,
    )
    return np.asarray(model.fit_transform(apart), np.float64)


def place_papers(vectors: np.ndarray, topics: np.ndarray, centroids: np.ndarray) -> np.ndarray:
    """Two coordinates for every paper, near the topic it belongs to.

    Args:
        vectors: Of the papers, (n, d).
        topics: The row of each paper's topic among the centroids, (n,).
        centroids: Of all topics, (k, d).
    """
    places = place_on_map(centroids)
    result: np.ndarray = places[topics].copy()
    room = _room(places)
    for topic in np.unique(topics):
        own = np.flatnonzero(topics == topic)
        if len(own) < 3:
            continue
        with threadpool_limits(1):
            inside = _components(vectors[own].astype(np.float64))
        spread = np.sqrt(np.square(inside).sum(axis=1).mean()) or 1.0
        result[own] += inside / spread * room * _SPREAD
    return result


def _room(places: np.ndarray) -> float:
    """The median distance of a topic to its nearest neighbour."""
    apart = np.sqrt(np.square(places[:, None, :] - places[None, :, :]).sum(axis=2))
    np.fill_diagonal(apart, np.inf)
    return float(np.median(apart.min(axis=1))) if len(places) > 1 else 1.0
