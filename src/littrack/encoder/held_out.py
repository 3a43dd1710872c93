"""Chinese summaries kept out of the training, to say in the model card what was learned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from littrack.encoder.corpus import Corpus, Ragged, tokenise
from littrack.encoder.protocol import Matrix

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Summaries = tuple[tuple[int, tuple[str, ...]], ...]

HELD_OUT = 400  # summaries, at most one in twenty


def hold_out(corpus: Corpus, rng: np.random.Generator) -> tuple[Corpus, Summaries]:
    """(`corpus` without some summaries, those summaries). Their papers stay."""
    count = min(HELD_OUT, len(corpus.summaries) // 20)
    chosen = set(rng.choice(len(corpus.summaries), count, replace=False).tolist())
    rest = tuple(item for place, item in enumerate(corpus.summaries) if place not in chosen)
    out = tuple(corpus.summaries[place] for place in sorted(chosen))
    return replace(corpus, summaries=rest), out


def measure(
    corpus: Corpus, summaries: Summaries, tokenizer: Tokenizer, vectors: Matrix
) -> Mapping[str, float]:
    """How often one field of a summary finds its own paper first, and among ten, of all papers.

    The fields take turns: task, method, result and so on. All fields together would nearly always
    succeed and tell nothing.
    """
    if not summaries:
        return {}
    both = [f"{title} {text}" for title, text in zip(corpus.titles, corpus.abstracts, strict=True)]
    papers = _mean_rows(tokenise(tokenizer, both), vectors)
    sentences = [fields[turn % len(fields)] for turn, (_, fields) in enumerate(summaries)]
    queries = _mean_rows(tokenise(tokenizer, sentences), vectors)
    wanted = np.array([row for row, _ in summaries])
    likeness = queries @ papers.T
    own = likeness[np.arange(len(wanted)), wanted]
    before = (likeness >= own[:, None]).sum(axis=1) - 1  # a tie counts against the model
    return {
        "summaries": len(summaries),
        "papers": len(papers),
        "recall_at_1": round(float((before < 1).mean()), 4),
        "recall_at_10": round(float((before < 10).mean()), 4),
    }


def _mean_rows(texts: Ragged, vectors: Matrix) -> Matrix:
    rows = np.zeros((len(texts), vectors.shape[1]), dtype=np.float32)
    for row, (start, end) in enumerate(zip(texts.starts[:-1], texts.starts[1:], strict=True)):
        rows[row] = vectors[texts.ids[start:end]].sum(axis=0)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    np.divide(rows, lengths, out=rows, where=lengths > 0)
    return rows
