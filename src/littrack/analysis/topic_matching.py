"""Which new cluster is which old topic, and what became of the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

LEAST_OVERLAP = 0.25  # Jaccard; below it a cluster is a new topic
MOST_OF = 0.5  # of its papers: then a dead topic went there, a new one came from there


@dataclass(frozen=True, slots=True)
class Matching:
    """New clusters (by place) and old topics (by id)."""

    kept: Mapping[int, int]  # cluster -> the topic it goes on as
    overlaps: Mapping[int, float]  # of the kept clusters, Jaccard
    born: tuple[int, ...]  # clusters that are new
    origins: Mapping[int, int]  # of born clusters: the topic most of their papers come from
    dead: tuple[int, ...]  # topics that no cluster goes on as
    heirs: Mapping[int, int]  # of dead topics: the cluster most of their papers went to


def match_topics(
    before: np.ndarray, after: np.ndarray, topics: Sequence[int], clusters: int
) -> Matching:
    """Match by papers: the assignment with the greatest sum of Jaccard overlaps.

    `before` holds for every paper its place in `topics`, `after` its cluster; -1 is none.
    """
    shared = _count_shared(before, after, len(topics), clusters)
    olds = np.bincount(before[before >= 0], minlength=len(topics))
    news = np.bincount(after[after >= 0], minlength=clusters)
    overlap = shared / np.maximum(olds[:, None] + news[None, :] - shared, 1)
    pairs = [(o, n) for o, n in _assign(overlap) if overlap[o, n] >= LEAST_OVERLAP]
    kept = {n: topics[o] for o, n in pairs}
    matched = {o for o, _ in pairs}
    born = tuple(n for n in range(clusters) if n not in kept)
    dead = tuple(o for o in range(len(topics)) if o not in matched)
    return Matching(
        kept=kept,
        overlaps={n: float(overlap[o, n]) for o, n in pairs},
        born=born,
        origins={n: topics[o] for n in born if (o := _most(shared[:, n])) is not None},
        dead=tuple(topics[o] for o in dead),
        heirs={topics[o]: n for o in dead if (n := _most(shared[o])) is not None},
    )


def _count_shared(before: np.ndarray, after: np.ndarray, topics: int, clusters: int) -> np.ndarray:
    both = (before >= 0) & (after >= 0)
    cells = before[both].astype(np.int64) * clusters + after[both]
    return np.bincount(cells, minlength=topics * clusters).reshape(topics, clusters)


def _assign(overlap: np.ndarray) -> list[tuple[int, int]]:
    if 0 in overlap.shape:
        return []
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(overlap, maximize=True)
    return [(int(o), int(n)) for o, n in zip(rows, columns, strict=True)]


def _most(shared: np.ndarray) -> int | None:
    """Where most of them are, if it is at least half."""
    total = int(shared.sum())
    place = int(shared.argmax()) if total else 0
    return place if total and shared[place] >= MOST_OF * total else None
