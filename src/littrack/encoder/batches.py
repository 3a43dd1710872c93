"""Batches of token ids, drawn anew in every pass over the pairs.

A batch holds one kind of pair only, so that the other documents in it are fair competitors: same
language, same length. Three draws make a small corpus go further: some queries are cut to a short
window (people type short queries), tokens are left out at random (a sample of a long document
estimates the same mean at less cost), and long pieces are now and then taken apart into the two
pieces that they were merged from, so that the parts learn the meaning too (after BPE-dropout,
Provilkov et al. 2020, arXiv:1910.13267).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from littrack.encoder.corpus import Ids, Ragged
from littrack.encoder.pairs import Pairs, Rows, gather, join

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Parts = NDArray[np.int32]  # shape (vocabulary, 2): the two pieces a piece was merged from, or -1

SHORT_TOKENS = (1, 10)  # fewest and most tokens of a short query
LONGEST = 160  # tokens of a text that one step sees, drawn from all of them
KEPT = (0.6, 1.0)  # the share of tokens kept is drawn from this range, text by text
BORROWED = 20  # most tokens of the document in a mixed query
TAKEN_APART = 0.15  # chance that a piece of a query is replaced by its two parts


@dataclass(frozen=True)
class Batch:
    """What one step of the optimiser sees; row i of both sides is about `paper[i]`."""

    kind: str
    queries: Ragged
    documents: Ragged
    paper: Rows


def find_parts(tokenizer: Tokenizer) -> Parts:
    """For each piece the two pieces it was merged from, -1 for single characters."""
    model = json.loads(tokenizer.to_str())["model"]
    ids = model["vocab"]
    parts = np.full((len(ids), 2), -1, dtype=np.int32)
    for left, right in model["merges"]:
        whole = ids.get(left + right)
        if whole is not None and parts[whole, 0] < 0:
            parts[whole] = ids[left], ids[right]
    return parts


def draw_batches(
    kinds: list[Pairs], parts: Parts, size: int, rng: np.random.Generator
) -> Iterator[Batch]:
    """Every pair once, in batches of `size` of one kind, in random order.

    What is left over of a kind after its last full batch is skipped in this pass, unless the kind
    is smaller than a batch.
    """
    plan: list[tuple[Pairs, Rows]] = []
    for pairs in kinds:
        order = rng.permutation(len(pairs))
        whole = max(len(order) - len(order) % size, min(len(order), size))
        plan += [(pairs, order[start : start + size]) for start in range(0, whole, size)]
    for place in rng.permutation(len(plan)):
        pairs, rows = plan[place]
        yield _draw(pairs.take(rows), parts, rng)


def count_batches(kinds: list[Pairs], size: int) -> int:
    """How many batches `draw_batches` will give."""
    return sum(max(len(pairs) // size, 1) for pairs in kinds)


def _draw(pairs: Pairs, parts: Parts, rng: np.random.Generator) -> Batch:
    queries = _rows(pairs.queries, pairs.query)
    if pairs.short:
        queries = _shorten(queries, pairs.short, rng)
    queries = _take_apart(_sample(queries, rng), parts, rng)
    documents = _rows(pairs.documents, pairs.document)
    if pairs.borrowing:
        queries = join(queries, _borrow(documents, rng))
    documents = _sample(documents, rng)
    return Batch(pairs.kind, queries, documents, pairs.paper)


def _rows(texts: Ragged, rows: Rows) -> Ragged:
    lengths = texts.lengths()[rows]
    return Ragged(gather(texts.ids, texts.starts[rows], lengths), _starts(lengths))


def _shorten(texts: Ragged, share: float, rng: np.random.Generator) -> Ragged:
    """Cuts a `share` of the rows to a window of a few neighbouring tokens."""
    lengths = texts.lengths()
    chosen = rng.random(len(texts)) < share
    wanted = rng.integers(SHORT_TOKENS[0], SHORT_TOKENS[1] + 1, len(texts))
    shorter = np.where(chosen, np.minimum(wanted, lengths), lengths)
    offset = (rng.random(len(texts)) * (lengths - shorter + 1)).astype(np.int64)
    return Ragged(gather(texts.ids, texts.starts[:-1] + offset, shorter), _starts(shorter))


def _sample(texts: Ragged, rng: np.random.Generator) -> Ragged:
    """Leaves tokens out at random; a text keeps at least one token and about LONGEST at most."""
    lengths = texts.lengths()
    share = rng.uniform(*KEPT, len(texts)) * np.minimum(1, LONGEST / np.maximum(lengths, 1))
    share = np.where(lengths <= 3, 1.0, share)
    keep = rng.random(len(texts.ids)) < np.repeat(share, lengths)
    keep[texts.starts[:-1][lengths > 0]] = True
    return _keep(texts, keep)


def _borrow(documents: Ragged, rng: np.random.Generator) -> Ragged:
    """A few pieces of each document, none for every other one, as a reader would note them."""
    lengths = documents.lengths()
    wanted = rng.integers(0, BORROWED + 1, len(documents)) * (rng.random(len(documents)) < 0.5)
    share = np.repeat(wanted / np.maximum(lengths, 1), lengths)
    return _keep(documents, rng.random(len(documents.ids)) < share)


def _keep(texts: Ragged, keep: NDArray[np.bool_]) -> Ragged:
    before = np.concatenate([[0], np.cumsum(keep)])
    return Ragged(texts.ids[keep], before[texts.starts])


def _take_apart(texts: Ragged, parts: Parts, rng: np.random.Generator) -> Ragged:
    """Replaces pieces by their parts at random."""
    split = (rng.random(len(texts.ids)) < TAKEN_APART) & (parts[texts.ids, 0] >= 0)
    places = np.concatenate([[0], np.cumsum(split + 1)])
    ids: Ids = np.repeat(texts.ids, split + 1)
    where = places[:-1][split]
    ids[where], ids[where + 1] = parts[texts.ids[split], 0], parts[texts.ids[split], 1]
    return Ragged(ids, places[texts.starts])


def _starts(lengths: Rows) -> Rows:
    return np.concatenate([[0], np.cumsum(lengths)])
