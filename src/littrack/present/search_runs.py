"""What a search ranked for each query: as JSON lines, or as a run for trec_eval and its kin."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RankedQuery:
    """A query and the papers found for it with their scores, best first."""

    id: str  # "" where the user gave it none: its place in the file stands for it
    query: str
    kind: str
    ranked: tuple[tuple[str, float], ...]


def render_json_run(queries: Iterable[RankedQuery]) -> str:
    """An object a line: the query, its type, the ranked ids and their scores."""
    rows = (
        {
            **({"id": one.id} if one.id else {}),
            "query": one.query,
            "type": one.kind,
            "ranked": [arxiv_id for arxiv_id, _ in one.ranked],
            "scores": [round(score, 6) for _, score in one.ranked],
        }
        for one in queries
    )
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def render_trec_run(queries: Sequence[RankedQuery], tag: str) -> str:
    """Lines of ``query Q0 document rank score tag``; a query without an id is its line's number.

    Readers of the format sort by score, so equal scores are set apart by the last digit.
    """
    lines = []
    for number, one in enumerate(queries, 1):
        query = re.sub(r"\s+", "_", one.id.strip()) or str(number)
        ceiling = float("inf")
        for rank, (arxiv_id, score) in enumerate(one.ranked, 1):
            ceiling = min(round(score, 6), ceiling - 1e-6)
            lines.append(f"{query} Q0 {arxiv_id} {rank} {ceiling:.6f} {tag}\n")
    return "".join(lines)
