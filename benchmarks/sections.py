"""How often a held-out paper is put into the section that lists it, beside simple baselines.

    python benchmarks/sections.py retrieval_dev.jsonl LIBRARY [--split 1] [--headings leaves|all]

`retrieval_dev.jsonl` holds one object a line; used are those of type "survey_section" with `query`
(a heading), `relevant` (the arXiv ids listed below it) and `repo` (the survey). The sections of one
survey are the classes; counted are headings with six papers or more in the library, which needs
vectors. Half of each section's papers are examples, half are asked about; a paper is on the same
side in every section that lists it. An answer is right if that section lists the paper.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import os
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from littrack.analysis.sections import (
    ExamplePapers,
    SectionWords,
    count_right,
    fit_classifier,
    judge,
)
from littrack.settings import load_settings
from littrack.steps.opening import OpenLibrary, open_library
from littrack.store import vectors
from littrack.store.papers import load_ids, load_papers
from littrack.text import query_tokens, tokens

FEWEST_PAPERS, FEWEST_SECTIONS = 6, 2
Listed = dict[str, set[str]]  # arXiv ids by heading


@dataclass(frozen=True)
class Task:
    """One survey: what may be learnt from, and what is asked."""

    words: SectionWords
    examples: ExamplePapers
    asked: ExamplePapers
    texts: Mapping[str, list[str]]  # tokens of title (twice) and abstract, by title


def read_surveys(path: Path, held: set[str], *, leaves: bool) -> dict[str, Listed]:
    """The surveys' sections; without those that hold another one, if only leaves are wanted."""
    surveys: defaultdict[str, Listed] = defaultdict(dict)
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        found = set(row["relevant"]) & held if row["type"] == "survey_section" else set()
        if len(found) >= FEWEST_PAPERS:
            surveys[row["repo"]][row["query"]] = found
    if leaves:
        surveys = {name: drop_parents(listed) for name, listed in surveys.items()}
    return {name: one for name, one in sorted(surveys.items()) if len(one) >= FEWEST_SECTIONS}


def drop_parents(listed: Listed) -> Listed:
    """Without sections that hold nine tenths of a smaller one."""

    def holds(big: set[str], small: set[str]) -> bool:
        return len(small) < len(big) and len(big & small) >= 0.9 * len(small)

    return {
        key: found
        for key, found in listed.items()
        if not any(holds(found, other) for other in listed.values())
    }


def split(listed: Listed, seed: int) -> tuple[list[str], list[str]]:
    """Examples and papers to ask about: dealt in turn, the smallest sections first."""
    asked: dict[str, bool] = {}
    for key in sorted(listed, key=lambda key: (len(listed[key]), key)):
        shuffled = sorted(
            listed[key], key=lambda one: hashlib.sha256(f"{seed}{one}".encode()).digest()
        )
        counts = Counter(asked[one] for one in shuffled if one in asked)
        for paper in shuffled:
            if paper not in asked:
                asked[paper] = counts[True] < counts[False]
                counts[asked[paper]] += 1
    return sorted(p for p in asked if not asked[p]), sorted(p for p in asked if asked[p])


def make_task(library: OpenLibrary, listed: Listed, seed: int, papers: Mapping[str, Any]) -> Task:
    keys = tuple(sorted(listed))

    def part(ids: Sequence[str]) -> ExamplePapers:
        belongs = np.array([[one in listed[key] for key in keys] for one in ids], bool)
        matrix = np.array([papers[one][1] for one in ids], np.float32)
        return ExamplePapers(tuple(papers[one][0].title for one in ids), matrix, belongs)

    words = SectionWords(keys, keys, library.encoder.encode_queries(keys))
    examples, asked = split(listed, seed)
    known = [papers[one][0] for one in (*examples, *asked)]
    texts = {one.title: tokens(one.title) * 2 + tokens(one.abstract) for one in known}
    return Task(words, part(examples), part(asked), texts)


def load_all(library: OpenLibrary, wanted: Sequence[str]) -> dict[str, Any]:
    """Each paper with its vector."""
    with library.engine.connect() as conn:
        identity = library.passage_identity
        encoder = vectors.load_encoder_id(conn, identity)
        if encoder is None:
            raise SystemExit("the library has no vectors: littrack embed")
        ids = load_ids(conn, wanted)
        parts = vectors.load_vectors(conn, encoder, identity.dimension, sorted(ids.values()))
        rows = {number: row for part in parts for number, row in zip(*part, strict=True)}
        papers = load_papers(conn, sorted(ids))
        return {p.arxiv_id: (p, rows[ids[p.arxiv_id]]) for p in papers if ids[p.arxiv_id] in rows}


# --- the baselines --------------------------------------------------------------------------------


def by_words(task: Task, queries: Sequence[Mapping[str, float]]) -> np.ndarray:
    """Okapi BM25 over the papers that are asked about, k1 = 1.2, b = 0.75."""
    texts = [task.texts[title] for title in task.asked.titles]
    held = Counter(word for text in texts for word in set(text))
    mean = sum(map(len, texts)) / len(texts)
    scores = np.zeros((len(texts), len(queries)))
    for row, text in enumerate(texts):
        counts, norm = Counter(text), 1.2 * (0.25 + 0.75 * len(text) / mean)
        for column, query in enumerate(queries):
            scores[row, column] = sum(
                weight
                * math.log(1 + (len(texts) - held[word] + 0.5) / (held[word] + 0.5))
                * (counts[word] * 2.2 / (counts[word] + norm))
                for word, weight in query.items()
                if word in counts
            )
    return scores


def bm25_heading(task: Task) -> np.ndarray:
    return by_words(task, [dict.fromkeys(query_tokens(key), 1.0) for key in task.words.keys])


def bm25_titles(task: Task) -> np.ndarray:
    queries = []
    for column, key in enumerate(task.words.keys):
        query = Counter(dict.fromkeys(query_tokens(key), 1.0))
        places = np.flatnonzero(task.examples.belongs[:, column])
        for place in places:
            for word in set(tokens(task.examples.titles[place])):
                query[word] += 1.0 / len(places)
        queries.append(query)
    return by_words(task, queries)


def heading_vector(task: Task) -> np.ndarray:
    return task.asked.vectors @ task.words.vectors.T


def nearest_centroid(task: Task) -> np.ndarray:
    sums = task.examples.belongs.T.astype(np.float32) @ task.examples.vectors
    return task.asked.vectors @ (sums / (np.linalg.norm(sums, axis=1, keepdims=True) + 1e-9)).T


def neighbours(task: Task, count: int = 10) -> np.ndarray:
    """Votes of the nearest examples, by likeness, against the size of their section."""
    likeness = task.asked.vectors @ task.examples.vectors.T
    best = np.argsort(-likeness, axis=1, kind="stable")[:, :count]
    top = np.take_along_axis(likeness, best, axis=1)
    votes = np.exp((top - top[:, :1]) / 0.05)
    sizes = np.sqrt(task.examples.belongs.sum(axis=0))
    return np.einsum("nk,nkc->nc", votes, task.examples.belongs[best]) / np.maximum(sizes, 1)


def prototypes(task: Task) -> np.ndarray:
    fitted = fit_classifier(task.words, task.examples)
    return task.asked.vectors @ fitted.prototypes.T


def regression(task: Task) -> np.ndarray:
    fitted = fit_classifier(task.words, task.examples)
    nearness = 8.0 * (task.asked.vectors @ fitted.prototypes.T)
    return fitted.scores(task.asked.vectors, task.asked.titles) - nearness


def ours(task: Task) -> np.ndarray:
    fitted = fit_classifier(task.words, task.examples)
    return fitted.confidences(task.asked.vectors, task.asked.titles)


METHODS: Mapping[str, Callable[[Task], np.ndarray]] = {
    "BM25, heading": bm25_heading,
    "BM25, heading + titles of examples": bm25_titles,
    "vector of the heading": heading_vector,
    "10 nearest examples": neighbours,
    "nearest centroid": nearest_centroid,
    "prototypes (centroid + heading)": prototypes,
    "regression, vector + title words": regression,
    "littrack: both": ours,
}


def print_table(tasks: Mapping[str, Task]) -> None:
    print(f"{'':36}{'all papers':>14}{'mean of surveys':>18}")
    print(f"{'':36}{'@1':>7}{'@3':>7}{'@1':>11}{'@3':>7}{'s':>7}")
    sizes = np.array([len(task.asked.titles) for task in tasks.values()])
    for name, method in METHODS.items():
        begin = time.perf_counter()
        scores = [method(task) for task in tasks.values()]
        seconds = time.perf_counter() - begin
        right = np.array(
            [
                [count_right(found, task.asked.belongs, depth) for depth in (1, 3)]
                for found, task in zip(scores, tasks.values(), strict=True)
            ]
        )
        every, mean = (sizes @ right) / sizes.sum(), right.mean(axis=0)
        cells = f"{every[0]:7.3f}{every[1]:7.3f}{mean[0]:11.3f}{mean[1]:7.3f}{seconds:7.1f}"
        print(f"{name:36}{cells}")


def print_confidence(tasks: Mapping[str, Task]) -> None:
    """Whether a confidence of 70% is right seven times in ten, and what a person would be asked."""
    sure, right, assigned, inside = [], [], [], []
    for task in tasks.values():
        fitted = fit_classifier(task.words, task.examples)
        found = fitted.confidences(task.asked.vectors, task.asked.titles)
        sure += found.max(axis=1).tolist()
        right += task.asked.belongs[np.arange(len(found)), found.argmax(axis=1)].tolist()
        assigned += [judge(row)[0] == "assigned" for row in found]
        inside += fitted.is_inside(task.asked.vectors).tolist()
    confidence, truth, kept = np.array(sure), np.array(right), np.array(assigned)
    bins = np.minimum((confidence * 10).astype(int), 9)
    error = sum(
        abs(confidence[bins == one].mean() - truth[bins == one].mean()) * (bins == one).mean()
        for one in set(bins.tolist())
    )
    print(f"confidence {confidence.mean():.3f}, right {truth.mean():.3f}, calibration {error:.3f}")
    print(f"assigned {kept.mean():.1%}, of these right {truth[kept].mean():.1%}; the rest: review")
    print(f"held-out papers found inside the survey: {np.mean(inside):.1%}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("queries", type=Path)
    parser.add_argument("library", type=Path)
    parser.add_argument("--split", type=int, default=1)
    parser.add_argument("--headings", choices=("leaves", "all"), default="leaves")
    options = parser.parse_args()

    loaded = load_settings(options.library, None, {"library": str(options.library)})
    library = open_library(loaded)
    rows = [json.loads(line) for line in options.queries.read_text("utf-8").splitlines()]
    papers = load_all(library, sorted({one for row in rows for one in row["relevant"]}))
    leaves = options.headings == "leaves"
    surveys = read_surveys(options.queries, set(papers), leaves=leaves)
    tasks = {name: make_task(library, one, options.split, papers) for name, one in surveys.items()}
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {library.encoder.name}")
    for name, task in tasks.items():
        counts = f"{len(task.words.keys):3} sections, {len(task.examples.titles):4} examples"
        print(f"  {name:50}{counts}, {len(task.asked.titles):4} asked")
    print_table(tasks)
    print_confidence(tasks)


if __name__ == "__main__":
    main()
