"""How good a ranking is against judgements: nDCG, recall, reciprocal rank. Binary relevance."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence


def ndcg(ranked: Sequence[str], relevant: Collection[str], depth: int) -> float:
    """Normalised discounted cumulative gain at `depth` (Järvelin & Kekäläinen 2002), 0 to 1."""
    gain = sum(1 / math.log2(i + 2) for i, key in enumerate(ranked[:depth]) if key in relevant)
    ideal = sum(1 / math.log2(i + 2) for i in range(min(len(relevant), depth)))
    return gain / ideal if ideal else 0.0


def recall(ranked: Sequence[str], relevant: Collection[str], depth: int) -> float:
    """The share of the relevant ones among the first `depth`, 0 to 1."""
    return len(set(ranked[:depth]) & set(relevant)) / len(relevant) if relevant else 0.0


def reciprocal_rank(ranked: Sequence[str], relevant: Collection[str]) -> float:
    """One over the place of the first relevant one; 0 when there is none."""
    return next((1 / (i + 1) for i, key in enumerate(ranked) if key in relevant), 0.0)


def measure(runs: Sequence[tuple[Sequence[str], Collection[str]]]) -> Mapping[str, float]:
    """Means over queries, each given as (ranked ids, relevant ids)."""
    count = len(runs) or 1
    return {
        "nDCG@10": sum(ndcg(ranked, relevant, 10) for ranked, relevant in runs) / count,
        "recall@10": sum(recall(ranked, relevant, 10) for ranked, relevant in runs) / count,
        "recall@50": sum(recall(ranked, relevant, 50) for ranked, relevant in runs) / count,
        "MRR": sum(reciprocal_rank(ranked, relevant) for ranked, relevant in runs) / count,
    }
