"""The pairs of texts that the encoder learns to bring together.

A pair is (query side, document side, the paper both are about), and comes in six kinds: a field of
a Chinese summary and its paper, the whole summary and its paper, a title and its abstract, the
first third of an abstract and the rest, and the two sides of a sentence or of a term.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from littrack.encoder.corpus import Corpus, Ids, Ragged, tokenise

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Rows = NDArray[np.int64]

SHORT_SHARE = 0.3  # of Chinese queries are cut to a short window
TERM_REPEATS = 10  # times that a term is shown in one pass: there are few, and they matter


@dataclass(frozen=True)
class Pairs:
    """One kind of pair: row `query[i]` of `queries` belongs to row `document[i]` of `documents`.

    Pairs with the same `paper` never compete with each other. `short` is the share of queries
    that is cut to a short window; to `borrowing` queries a few words of their document are added:
    Chinese notes about English papers are full of English words.
    """

    kind: str
    queries: Ragged
    query: Rows
    documents: Ragged
    document: Rows
    paper: Rows
    short: float = 0.0
    borrowing: bool = False

    def __len__(self) -> int:
        return len(self.query)

    def take(self, rows: Rows) -> Pairs:
        """The pairs at `rows`, over the same texts."""
        return replace(
            self, query=self.query[rows], document=self.document[rows], paper=self.paper[rows]
        )


def make_pairs(corpus: Corpus, tokenizer: Tokenizer) -> list[Pairs]:
    """All kinds of pairs of `corpus` that are not empty."""
    titles = tokenise(tokenizer, corpus.titles)
    abstracts = tokenise(tokenizer, corpus.abstracts)
    fields = tokenise(tokenizer, [field for _, several in corpus.summaries for field in several])
    counts = np.array([len(several) for _, several in corpus.summaries], dtype=np.int64)
    summarised = np.array([row for row, _ in corpus.summaries], dtype=np.int64)
    papers = np.arange(len(titles), dtype=np.int64)
    described = np.repeat(summarised, counts)
    groups, each = np.arange(len(counts)), np.arange(len(fields), dtype=np.int64)
    whole = _merge_rows(fields, counts)
    both = join(titles, abstracts)
    head, tail = _cut(abstracts, 3)
    kinds = [
        Pairs("field to paper", fields, each, both, described, described, short=SHORT_SHARE),
        Pairs("summary to paper", whole, groups, both, summarised, summarised, borrowing=True),
        Pairs("title to abstract", titles, papers, abstracts, papers, papers),
        Pairs("opening to rest", head, papers, tail, papers, papers),
    ]
    for kind, texts, repeats in (
        ("sentences", corpus.parallel, 1),
        ("terms", corpus.terms, TERM_REPEATS),
    ):
        chinese = tokenise(tokenizer, [zh for _, zh in texts])
        english = tokenise(tokenizer, [en for en, _ in texts])
        rows = np.tile(np.arange(len(texts), dtype=np.int64), repeats)
        kinds.append(Pairs(kind, chinese, rows, english, rows, _number_meanings(texts)[rows]))
    return [pairs for pairs in map(_without_empty, kinds) if len(pairs)]


def _number_meanings(texts: Sequence[tuple[str, str]]) -> Rows:
    """A number per pair; pairs that share a side get one number, as they mean the same."""
    number_of: dict[str, int] = {}
    numbers = np.zeros(len(texts), dtype=np.int64)
    for row, (one, other) in enumerate(texts):
        number = number_of.get(one, number_of.get(other, row))
        number_of[one] = number_of[other] = numbers[row] = number
    return numbers


def _without_empty(pairs: Pairs) -> Pairs:
    full = (pairs.queries.lengths()[pairs.query] > 0) & (
        pairs.documents.lengths()[pairs.document] > 0
    )
    return pairs.take(np.flatnonzero(full))


def _merge_rows(texts: Ragged, counts: Rows) -> Ragged:
    """Groups of `counts[i]` neighbouring rows as one row each."""
    return Ragged(texts.ids, texts.starts[np.concatenate([[0], np.cumsum(counts)])])


def join(first: Ragged, second: Ragged) -> Ragged:
    """Row i of `first` followed by row i of `second`."""
    texts = np.concatenate([first.ids, second.ids])
    starts = np.stack([first.starts[:-1], second.starts[:-1] + len(first.ids)], axis=1)
    lengths = np.stack([first.lengths(), second.lengths()], axis=1)
    picked = gather(texts, starts.ravel(), lengths.ravel())
    return Ragged(picked, np.concatenate([[0], np.cumsum(lengths.sum(axis=1))]))


def _cut(texts: Ragged, parts: int) -> tuple[Ragged, Ragged]:
    """The first 1/parts of every row, and what follows it."""
    lengths = texts.lengths()
    first = lengths // parts
    begins = texts.starts[:-1]
    return tuple(  # type: ignore[return-value]
        Ragged(gather(texts.ids, start, length), np.concatenate([[0], np.cumsum(length)]))
        for start, length in ((begins, first), (begins + first, lengths - first))
    )


def gather(ids: Ids, starts: Rows, lengths: Rows) -> Ids:
    """The slices ids[starts[i]:starts[i] + lengths[i]], one after the other."""
    ends = np.cumsum(lengths)
    places = np.arange(ends[-1] if len(ends) else 0)
    picked: Ids = ids[places + np.repeat(starts - ends + lengths, lengths)]
    return picked
