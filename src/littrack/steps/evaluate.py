"""Measure search on judgements that the user supplies."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from littrack.analysis.ranking import measure, recall
from littrack.errors import InputError
from littrack.identifiers import parse_recorded_id
from littrack.records import Hit, Progress, no_progress
from littrack.steps.json_lines import read_json_lines, texts_of
from littrack.steps.opening import OpenLibrary
from littrack.steps.search import Mode, search_papers
from littrack.store import papers

DEPTH = 50
_WANTED = 'a judgement like {"query": "...", "relevant": ["2201.11903"]}'
Ranked = tuple[tuple[str, float], ...]  # arXiv ids and scores, best first
One = TypeVar("One")
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Judgement:
    """A query and the papers that should be found; none for a query that should find nothing."""

    query: str
    relevant: tuple[str, ...]
    kind: str = "all"
    id: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """What was found for one judgement, and how long that took."""

    judgement: Judgement
    ranked: Ranked
    seconds: float

    @property
    def ids(self) -> tuple[str, ...]:
        """The papers found, best first."""
        return tuple(arxiv_id for arxiv_id, _ in self.ranked)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Measures by kind of query ("all" first), and what they were made from.

    A measure is None where no query of that kind can tell. ``missing`` are relevant papers that the
    library does not hold: no search can find them.
    """

    measures: Mapping[str, Mapping[str, float | None]]
    runs: tuple[Run, ...]
    missing: tuple[str, ...] = ()


def read_judgements(path: Path) -> Iterator[Judgement]:
    """Judgements from JSON lines: "query", "relevant" (arXiv ids), maybe "type" and "id".

    Raises:
        InputError: with the line, for a file that holds anything else.
    """

    def parse(data: Mapping[str, Any]) -> Judgement:
        relevant = tuple(base_id(item) for item in texts_of(data["relevant"]))
        kind, name = str(data.get("type") or "all"), str(data.get("id") or "")
        return Judgement(str(data["query"]), relevant, kind, name)

    return read_json_lines(path, parse, _WANTED)


def base_id(text: str) -> str:
    """The id without version; a misspelt one stays as it is: it will be found by no search."""
    try:
        return parse_recorded_id(text).base
    except InputError:
        return text


def evaluate_search(
    library: OpenLibrary, path: Path, *, mode: Mode = "hybrid", progress: Progress = no_progress
) -> Evaluation:
    """Run every query and compare the answers with the judgements.

    A query without a word to search for counts as one that finds nothing. What is read at the first
    search (encoder, index) is read before the clock runs.
    """
    judgements = list(read_judgements(path))
    if not judgements:
        raise InputError("holds no judgement", path)
    find_ids(library, judgements[0].query, mode)
    runs = []
    for done, judgement in enumerate(judgements, 1):
        begin = time.perf_counter()
        ranked = find_ids(library, judgement.query, mode)
        runs.append(Run(judgement, ranked, time.perf_counter() - begin))
        progress("searching", done, len(judgements))
    wanted = [arxiv_id for judgement in judgements for arxiv_id in judgement.relevant]
    return Evaluation(measure_kinds(runs), tuple(runs), find_missing(library, wanted))


def find_ids(library: OpenLibrary, query: str, mode: Mode, limit: int = DEPTH) -> Ranked:
    """The best papers for a query, which may be no query at all."""
    try:
        hits: Sequence[Hit] = search_papers(library, query, limit=limit, mode=mode)
    except InputError:
        return ()
    return tuple((hit.paper.arxiv_id, hit.score) for hit in hits)


def find_missing(library: OpenLibrary, wanted: Collection[str]) -> tuple[str, ...]:
    """Those of the arXiv ids that the library does not hold."""
    asked = sorted(set(wanted))
    with library.engine.connect() as conn:
        held = papers.load_ids(conn, asked)
    return tuple(arxiv_id for arxiv_id in asked if arxiv_id not in held)


def measure_kinds(runs: Sequence[Run]) -> dict[str, dict[str, float | None]]:
    """The measures over all queries and over those of each kind."""
    return by_kind(runs, lambda run: run.judgement.kind, measure_runs)


def by_kind(
    items: Sequence[One], kind: Callable[[One], str], make: Callable[[Sequence[One]], Made]
) -> dict[str, Made]:
    """What is made of all the items, as "all", and of those of each kind."""
    kinds = sorted({kind(item) for item in items} - {"all"})
    parts = {name: [item for item in items if kind(item) == name] for name in kinds}
    return {"all": make(items)} | {name: make(part) for name, part in parts.items()}


def measure_runs(runs: Sequence[Run]) -> dict[str, float | None]:
    """How well these queries were answered, and how fast.

    nDCG, recall and MRR are over the queries that have a relevant paper. "answered" is the share of
    the others, for which there is nothing to find, that were answered all the same.
    """
    judged = [(run.ids, run.judgement.relevant) for run in runs if run.judgement.relevant]
    others = [bool(run.ranked) for run in runs if not run.judgement.relevant]
    names = measure([])
    found: Mapping[str, float | None] = measure(judged) if judged else dict.fromkeys(names)
    first = [recall(ids, relevant, 1) > 0 for ids, relevant in judged]
    times = 1_000 * np.array([run.seconds for run in runs])
    return {
        "queries": float(len(runs)),
        "success@1": float(np.mean(first)) if first else None,
        **found,
        "answered": float(np.mean(others)) if others else None,
        "p50_ms": float(np.percentile(times, 50)),
        "p95_ms": float(np.percentile(times, 95)),
    }
