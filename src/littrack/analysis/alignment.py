"""Which terms of two languages translate each other, from texts that say the same in both.

Terms overlap (目标检测 holds 目标 and 检测), and so do their translations; each is linked with the
terms of the other language that it shares texts with, and the links of a text compete: within it a
term is explained by the best of its links, in both directions (an IBM model 1 each way, whose
expected counts are multiplied). So 反卷积 is
deconvolution, not the checkerboards that come with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy import sparse

_MOST_LINKS = 12  # of a term
_LEAST_TOGETHER = 3  # texts that two linked terms share
_LEAST_OVERLAP = 0.004  # see `Links.overlap`
_PASSES = 6
_BLOCK = 2_000  # terms whose links are counted at a time; bounds memory

Floats = NDArray[np.float32]
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Links:
    """Candidates for translation, sorted by source term."""

    source: Places  # column of the source matrix
    target: Places  # column of the target matrix
    together: Floats  # texts that hold both
    overlap: Floats  # of the texts of one with those of the other: the squared cosine, 0 to 1


@dataclass(frozen=True)
class _Meetings:
    """Every text in which both ends of a link occur."""

    link: NDArray[np.int32]
    source: NDArray[np.int32]  # the occurrence of the source term, numbered over all texts
    target: NDArray[np.int32]


def find_links(source: sparse.csr_matrix, target: sparse.csr_matrix) -> Links:
    """The best links of every source term; matrices are texts by terms, 1 where one occurs."""
    by_term, sizes = source.T.tocsr(), np.asarray(source.sum(0)).ravel()
    target_sizes = np.asarray(target.sum(0)).ravel()
    parts = []
    for start in range(0, by_term.shape[0], _BLOCK):
        shared = by_term[start : start + _BLOCK] @ target
        row = np.repeat(np.arange(shared.shape[0]), np.diff(shared.indptr)) + start
        overlap = shared.data**2 / (sizes[row] * target_sizes[shared.indices])
        kept = (shared.data >= _LEAST_TOGETHER) & (overlap >= _LEAST_OVERLAP)
        row, column = row[kept], shared.indices[kept]
        together, overlap = shared.data[kept], overlap[kept]
        best = np.lexsort((column, -overlap, row))
        rank = np.arange(len(best)) - np.searchsorted(row[best], row[best])
        best = best[rank < _MOST_LINKS]
        parts.append((row[best], column[best], together[best], overlap[best]))
    return Links(*map(np.concatenate, zip(*parts, strict=True)))


def weigh_links(
    links: Links, source: sparse.csr_matrix, target: sparse.csr_matrix
) -> NDArray[np.float64]:
    """By link: in how many texts its two terms are expected to translate each other."""
    meetings = _find_meetings(links, source, target)
    forward = backward = np.sqrt(links.overlap)
    for remaining in range(_PASSES, 0, -1):
        weight = _shares(forward, meetings.link, meetings.target, target.nnz)
        weight *= _shares(backward, meetings.link, meetings.source, source.nnz)
        expected = np.bincount(meetings.link, weight, len(links.source)).astype(np.float64)
        if remaining > 1:
            forward = _normalised(expected, links.source)
            backward = _normalised(expected, links.target)
    return expected


def _shares(
    strength: Floats, link: NDArray[np.int32], occurrence: NDArray[np.int32], size: int
) -> Floats:
    """By meeting: its part of all that its occurrence takes part in."""
    weight = strength[link]
    total = np.bincount(occurrence, weight, size).astype(np.float32)
    weight /= total[occurrence]
    return weight


def _normalised(expected: NDArray[np.float64], end: Places) -> Floats:
    total = np.maximum(np.bincount(end, expected), 1e-3)
    return (expected / total[end]).astype(np.float32) + np.float32(1e-30)


def _find_meetings(links: Links, source: sparse.csr_matrix, target: sparse.csr_matrix) -> _Meetings:
    starts = np.searchsorted(links.source, np.arange(source.shape[1] + 1))
    sizes = np.diff(starts)
    place = np.zeros(target.shape[1], np.int32)  # in the text at hand, from 1; 0 = not in it
    found: list[tuple[NDArray[np.int32], ...]] = []
    for text in range(source.shape[0]):
        first, first_target = source.indptr[text], target.indptr[text]
        terms = source.indices[first : source.indptr[text + 1]]
        translations = target.indices[first_target : target.indptr[text + 1]]
        number = sizes[terms]
        if not number.sum() or not len(translations):
            continue
        place[translations] = np.arange(1, len(translations) + 1)
        ends = np.cumsum(number)
        link = np.arange(ends[-1]) + np.repeat(starts[terms] - ends + number, number)
        there = place[links.target[link]]
        met = there > 0
        occurrence = np.repeat(np.arange(first, first + len(terms)), number)
        parts = (link[met], occurrence[met], there[met] - 1 + first_target)
        found.append(tuple(part.astype(np.int32) for part in parts))
        place[translations] = 0
    return _Meetings(*map(np.concatenate, zip(*found, strict=True)))
