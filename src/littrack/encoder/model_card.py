"""The README.md of a trained model: data, method, figures, limits, and how to make it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from string import Template
from typing import Any


@dataclass(frozen=True)
class ModelCard:
    """Where a model comes from. `sources` counts the sentence pairs by where they were taken."""

    name: str
    recipe: Mapping[str, Any]
    pairs: Mapping[str, int]
    papers: int
    summaries: int
    sources: Mapping[str, int]
    terms: int
    files: Mapping[str, str]
    held_out: Mapping[str, float]


CARD = Template(
    """---
language: [zh, en]
library_name: sentence-transformers
pipeline_tag: sentence-similarity
tags: [sentence-transformers, model2vec, static-embeddings]
---

# $name

A static text encoder for Chinese and English scientific text: $vocabulary byte-pair pieces of
$dimension numbers each. The vector of a text is the mean of its pieces' vectors, at length one.
Made by littrack's own trainer; littrack, sentence-transformers (6.2 or later) and model2vec read
this folder and give the same vectors.

littrack folds a text first: NFKC, lower case, traditional characters to simplified ones. The
tokenizer file holds the first two; with other readers, convert traditional Chinese yourself.

## Data

| what | rows | licence |
|---|---|---|
| titles and abstracts of papers, arXiv metadata | $papers | CC0 |
| Chinese summaries of those papers, machine-written (dw-dengwei/daily-arXiv-ai-enhanced) \
| $summaries | Apache-2.0 |
$sources| hand-written terms, English and Chinese, of littrack | $terms | as littrack |

The licences of the sentence pairs are Apache-2.0, MIT and, for tatoeba, CC BY 2.0 FR
(sentences by the contributors of tatoeba.org).

## Method

Byte-pair vocabulary learned on the folded text. InfoNCE both ways (temperature 1/20, other
texts of the batch as competitors, pairs about the same paper excepted), batches of $batch, one kind
of pair to a batch. Tokens are sampled, pieces taken apart at random, some queries cut short, and
some mixed with words of their paper. Adam, learning rate 0.02 falling to 0, $passes passes,
$steps steps, seed $seed. Vectors are stored as int8 with one scale per piece.

| pairs | number |
|---|---|
$pairs

## Figures

$held_out

## Limits

A bag of pieces: word order is not read, so "A improves B" and "B improves A" are one text.
Chinese training text is machine-written and about papers of 2025 and 2026; older subjects are
known from English text alone. Languages other than Chinese and English are not supported.
A piece that was never seen says nothing.

## Made by

```
littrack train-encoder --papers papers.jsonl.gz --summaries zh_summaries.jsonl.gz \\
    --parallel parallel.tsv.gz --out DIR --seed $seed --vocabulary $asked \\
    --dimension $dimension --passes $passes
```

The hand-written terms are pairs like the others, each shown ten times a pass. The digests of the
training data are in littrack.json.
"""
)


def render_card(card: ModelCard, shape: tuple[int, ...]) -> str:
    """The card as Markdown; `shape` is that of the vectors."""
    rows = card.sources.items()
    sources = [f"| sentence pairs, {name} | {number:,} | see below |" for name, number in rows]
    return CARD.substitute(
        card.recipe,
        name=card.name,
        vocabulary=f"{shape[0]:,}",
        asked=card.recipe["vocabulary"],
        papers=f"{card.papers:,}",
        summaries=f"{card.summaries:,}",
        sources="".join(f"{line}\n" for line in sources),
        terms=f"{card.terms:,}",
        pairs="\n".join(f"| {kind} | {number:,} |" for kind, number in card.pairs.items()),
        held_out=_render_held_out(card.held_out),
    )


def _render_held_out(figures: Mapping[str, float]) -> str:
    if not figures:
        return "None were taken."
    return (
        f"{int(figures['summaries'])} Chinese summaries were kept out of the training. One field "
        f"of each (task, method, result and so on in turn) was to find its paper among all "
        f"{int(figures['papers']):,}:\nfirst in {figures['recall_at_1']:.2f} of the cases, "
        f"among the first ten in {figures['recall_at_10']:.2f}."
    )
