"""Measure search on judgements that the user supplies."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from littrack.analysis.ranking import measure
from littrack.errors import InputError
from littrack.identifiers import parse_recorded_id
from littrack.records import Progress, no_progress
from littrack.steps.opening import OpenLibrary
from littrack.steps.search import Mode, search_papers

DEPTH = 50


@dataclass(frozen=True, slots=True)
class Judgement:
    """A query and the papers that should be found."""

    query: str
    relevant: tuple[str, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Measures by kind of query (and "all"), and what was ranked for each query."""

    measures: Mapping[str, Mapping[str, float]]
    runs: tuple[Mapping[str, object], ...]


def read_judgements(path: Path) -> Iterator[Judgement]:
    """Judgements from JSON lines: ``{"query": ..., "relevant": [arXiv ids], "type": optional}``.

    Raises:
        InputError: with the line, for a file that holds anything else.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        raise InputError(f"cannot be read: {exc}", path) from exc
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
            relevant = tuple(_base_id(str(item)) for item in data["relevant"])
            yield Judgement(str(data["query"]), relevant, str(data.get("type", "all")))
        except (ValueError, KeyError, TypeError) as exc:
            reason = f'not a judgement like {{"query": "...", "relevant": ["2201.11903"]}}: {exc}'
            raise InputError(reason, path, number) from exc


def _base_id(text: str) -> str:
    """The id without version; a misspelt one stays as it is: it will be found by no search."""
    try:
        return parse_recorded_id(text).base
    except InputError:
        return text


def evaluate_search(
    library: OpenLibrary, path: Path, *, mode: Mode = "hybrid", progress: Progress = no_progress
) -> Evaluation:
    """Run every query and compare the answers with the judgements.

    A query without a word to search for counts as one that finds nothing.
    """
    judgements = list(read_judgements(path))
    if not judgements:
        raise InputError("holds no judgement", path)
    ranked: list[list[str]] = []
    for done, judgement in enumerate(judgements, 1):
        try:
            hits = search_papers(library, judgement.query, limit=DEPTH, mode=mode)
        except InputError:
            hits = []
        ranked.append([hit.paper.arxiv_id for hit in hits])
        progress("searching", done, len(judgements))
    kinds = dict.fromkeys(["all", *sorted({judgement.kind for judgement in judgements})])
    measures = {
        kind: {"queries": float(len(chosen))} | dict(measure(chosen))
        for kind in kinds
        if (
            chosen := [
                (ids, judgement.relevant)
                for ids, judgement in zip(ranked, judgements, strict=True)
                if kind in ("all", judgement.kind)
            ]
        )
    }
    runs = tuple(
        {"query": judgement.query, "ranked": ids}
        for judgement, ids in zip(judgements, ranked, strict=True)
    )
    return Evaluation(measures, runs)
