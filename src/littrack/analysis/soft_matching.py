"""How far two texts say the same in other words: each piece of one seeks its nearest in the other.

A text's vector is the mean of the vectors of its pieces; a mean forgets which pieces there were.
Here they are compared one by one, as in late interaction (ColBERT, Khattab & Zaharia 2020), so that
卷积 meets "convolution" and "speech recognition" meets "recognising speech". Pieces count by the
length of their vector: training makes the vectors of words that tell papers apart long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

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
    titles, title_ends = _rows(ids, [paper.title for paper in papers])
    both = [np.concatenate([paper.title, paper.abstract]) for paper in papers]
    texts, text_ends = _distinct(*_rows(ids, both), len(ids))
    covered = _best(likeness, texts, text_ends) @ weights[wanted]
    coverage = covered / max(float(weights[wanted].sum()), 1e-12)
    focus = _means(nearest[texts], weights[texts], text_ends)
    title = _means(nearest[titles], weights[titles], title_ends)
    shares = zip(coverage.tolist(), focus.tolist(), title.tolist(), strict=True)
    return [SoftMatch(*three) for three in shares]


def _rows(ids: Ids, texts: Sequence[Ids]) -> tuple[Ids, Ids]:
    """The rows of all texts' pieces one after the other, and where each text ends."""
    ends = np.cumsum([len(text) for text in texts], dtype=np.int64)
    joined = np.concatenate(texts) if texts else np.zeros(0, np.int64)
    return np.searchsorted(ids, joined), ends


def _distinct(rows: Ids, ends: Ids, number: int) -> tuple[Ids, Ids]:
    """The same with each row once in a text."""
    text_of = np.repeat(np.arange(len(ends)), np.diff(ends, prepend=0))
    keys = np.unique(text_of * number + rows)
    return keys % max(number, 1), np.searchsorted(keys, (np.arange(len(ends)) + 1) * number)


def _best(likeness: Vectors, rows: Ids, ends: Ids) -> Vectors:
    """For each text and each piece of the query how near a piece of the text comes, 0 at least."""
    found = np.zeros((len(ends), likeness.shape[1]), np.float32)
    start = 0
    for text, end in enumerate(ends.tolist()):  # one at a time: what one needs fits the cache
        found[text] = likeness[rows[start:end]].max(axis=0, initial=0.0)
        start = end
    return found


def _means(values: NDArray[np.float32], weights: NDArray[np.float32], ends: Ids) -> Any:
    """The weighted mean of each text's values; 0 for a text without any."""
    sums = [
        np.diff(np.concatenate([[0.0], np.cumsum(column, dtype=np.float64)])[ends], prepend=0.0)
        for column in (values * weights, weights)
    ]
    return np.divide(sums[0], sums[1], out=np.zeros(len(ends)), where=sums[1] > 1e-12)
