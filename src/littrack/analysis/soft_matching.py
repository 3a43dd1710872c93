"""How far two texts say the same in other words: each piece of one seeks its nearest in the other.

A text's vector is the mean of the vectors of its pieces; a mean forgets which pieces there were.
Here they are compared one by one, as in late interaction (ColBERT, Khattab & Zaharia 2020), so that
卷积 meets "convolution" and "speech recognition" meets "recognising speech". Pieces count by the
length of their vector: training makes the vectors of words that tell papers apart long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]  # of pieces
Vectors = NDArray[np.float32]  # one row per piece


@dataclass(frozen=True, slots=True)
class PaperPieces:
    """A paper to compare, as ids of pieces in the order of the text."""

    title: Ids
    abstract: Ids


@dataclass(frozen=True, slots=True)
class SoftMatch:
    """Shares from about 0 to 1: how well each piece of one text is met by some piece of another."""

    coverage: float  # of the query by the title and the abstract
    focus: float  # of the title and the abstract by the query
    title: float  # of the title by the query


def distinct_ids(query: Ids, papers: Sequence[PaperPieces]) -> Ids:
    """The ids whose vectors `compare_softly` needs, ascending."""
    return np.unique(np.concatenate([query, *(p.title for p in papers), *_abstracts(papers)]))


def _abstracts(papers: Sequence[PaperPieces]) -> list[Ids]:
    return [paper.abstract for paper in papers]


def compare_softly(
    query: Ids, papers: Sequence[PaperPieces], ids: Ids, vectors: Vectors
) -> list[SoftMatch]:
    """Each paper against the query; `vectors` are those of `ids`, which `distinct_ids` gave."""
    weights = np.linalg.norm(vectors, axis=1)
    units = vectors / np.maximum(weights, 1e-6)[:, None]
    wanted = np.searchsorted(ids, np.unique(query))
    likeness = units @ units[wanted].T  # a row per piece of any text, a column per one of the query
    nearest = likeness.max(axis=1, initial=0.0)
    found = []
    for paper in papers:
        title = np.searchsorted(ids, paper.title)
        whole = np.unique(np.searchsorted(ids, np.concatenate([paper.title, paper.abstract])))
        covered = likeness[whole].max(axis=0, initial=0.0)
        found.append(
            SoftMatch(
                coverage=_mean(covered, weights[wanted]),
                focus=_mean(nearest[whole], weights[whole]),
                title=_mean(nearest[title], weights[title]),
            )
        )
    return found


def _mean(values: NDArray[np.float32], weights: NDArray[np.float32]) -> float:
    total = float(weights.sum())
    return float(values @ weights) / total if total else 0.0
