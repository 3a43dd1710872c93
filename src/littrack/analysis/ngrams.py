"""Counts the runs of neighbouring symbols in a long sequence: characters, or numbered words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int32]

_BORDER = 0  # the symbol that no run crosses
_BORDER_VARIETY = 3.0  # a border says as much as twenty different neighbours, e to the 3rd


@dataclass(frozen=True)
class Runs:
    """The frequent runs of one length, numbered from 0 in the order of their symbols."""

    length: int
    at: Numbers  # by place in the sequence: the run that begins there, -1 for none
    counts: NDArray[np.int64]  # by run
    first: NDArray[np.int64]  # by run: the first place where it begins


def count_runs(symbols: Numbers, longest: int, least: int) -> Iterator[Runs]:
    """The runs that occur at least `least` times, length by length up to `longest`.

    A run is frequent only if what it begins with is, so each length is counted among the places
    that the one before left over: memory is bounded by the sequence, not by its variety.
    """
    base = int(symbols.max(initial=0)) + 1
    at = np.where(symbols == _BORDER, -1, 0).astype(np.int32)
    for length in range(1, longest + 1):
        places = np.flatnonzero(at[: len(at) - length + 1] >= 0)
        places = places[symbols[places + length - 1] != _BORDER]
        keys = at[places].astype(np.int64) * base + symbols[places + length - 1]
        _, first, run, counts = np.unique(
            keys, return_index=True, return_inverse=True, return_counts=True
        )
        kept = counts >= least
        number = np.where(kept, np.cumsum(kept) - 1, -1).astype(np.int32)
        at = np.full(len(symbols), -1, np.int32)
        at[places] = number[run]
        yield Runs(length, at, counts[kept], places[first[kept]])


def measure_variety(symbols: Numbers, runs: Runs) -> NDArray[np.float64]:
    """By run: the entropy of what stands before it or of what follows it, whichever is less.

    A fragment of a word has few neighbours, a word many.
    """
    before = np.concatenate([[_BORDER], symbols[:-1]])
    after = np.concatenate([symbols[runs.length :], np.zeros(runs.length, symbols.dtype)])
    return np.minimum(_entropy(before, runs), _entropy(after, runs))


def _entropy(neighbours: Numbers, runs: Runs) -> NDArray[np.float64]:
    places = np.flatnonzero(runs.at >= 0)
    base = int(neighbours.max(initial=0)) + 1
    keys, counts = np.unique(
        runs.at[places].astype(np.int64) * base + neighbours[places], return_counts=True
    )
    run = keys // base
    share = counts / runs.counts[run]
    surprise = np.where(keys % base == _BORDER, _BORDER_VARIETY, -np.log(share))
    weights: NDArray[np.float64] = share * surprise
    return np.bincount(run, weights, minlength=len(runs.counts)).astype(np.float64)
