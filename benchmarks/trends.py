"""Whether the full text finds what reading every text finds, and how fast a library counts.

    python benchmarks/trends.py DIR [--exact]

DIR is a library. With --exact every title and abstract is read for 30 phrases by 3 semantics and
compared with what the full text answers (a minute per 50,000 papers). Then each phrase is counted
by month as `littrack trends` does it: for the first time, and once its months are frozen.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from littrack.analysis.phrases import Phrase, parse_phrase, read_text
from littrack.library import Library
from littrack.steps.freeze_trends import keep_counts
from littrack.steps.opening import OpenLibrary
from littrack.steps.trends import TrendRequest, count_trends, load_matches
from littrack.store import trends as stored
from littrack.store.papers import load_newest_id
from littrack.trends import Semantics

PHRASES = (
    *("language model", "large language model", "pre-trained language model", "neural network"),
    *("chain of thought", "chain-of-thought prompting", "state of the art", "question answering"),
    *("retrieval-augmented generation", "in-context learning", "instruction tuning", "attention"),
    *("ontology", "graph neural network", "corpus", "low-rank adaptation", "mixture of experts"),
    *("diffusion model", "reinforcement learning from human feedback", "scaling law", "GPT-4"),
    *("Zipf's law", "n-gram", "k-nearest neighbor", "model performance", "L2 norm", "Schrödinger"),
    *("to be or not to be", "语言模型", "possibly"),
)
RUNS = 5


def find_by_reading(
    library: OpenLibrary, phrases: list[Phrase]
) -> tuple[dict[Phrase, list[int]], float]:
    """Every paper that holds each phrase, by reading every text."""
    found: dict[Phrase, list[int]] = {phrase: [] for phrase in phrases}
    begin = time.perf_counter()
    for paper_id, *texts in every_text(library):
        read = [read_text(text) for text in texts]
        for phrase in phrases:
            if any(map(phrase.is_among, read)):
                found[phrase].append(paper_id)
    return found, time.perf_counter() - begin


def every_text(library: OpenLibrary) -> Iterator[tuple[int, str, str]]:
    with library.engine.connect() as conn:
        newest = load_newest_id(conn)
        for start in range(1, newest + 1, 5_000):
            yield from stored.load_texts(conn, range(start, start + 5_000))


def check(library: OpenLibrary) -> None:
    phrases = [parse_phrase(text, semantics) for text in PHRASES for semantics in Semantics]
    read, seconds = find_by_reading(library, phrases)
    wrong = 0
    print(f"{'phrase':44}{'literal':>9}{'plural':>9}{'stem':>9}   full text, ms")
    for text in PHRASES:
        counts, times = [], []
        for semantics in Semantics:
            begin = time.perf_counter()
            with library.engine.connect() as conn:
                found = load_matches(conn, text, semantics)
            times.append(time.perf_counter() - begin)
            expected = read[parse_phrase(text, semantics)]
            wrong += found != expected
            mark = "" if found == expected else f" not {len(expected):,}"
            counts.append(f"{len(found):,}{mark}")
        listed = " ".join(f"{1000 * one:6.0f}" for one in times)
        print(f"{text:44}{counts[0]:>9}{counts[1]:>9}{counts[2]:>9}   {listed}", flush=True)
    print(f"{len(phrases)} comparisons, {wrong} differ; reading took {seconds:.0f} s")


def measure(library: OpenLibrary) -> None:
    with library.engine.connect() as conn:
        print(f"\n{load_newest_id(conn):,} papers; seconds to count by month")
    print(f"{'phrase':44}{'semantics':12}{'papers':>9}{'first':>8}{'again':>8}")
    for text in PHRASES[:8]:
        for semantics in (Semantics.ARXIV_STEM, Semantics.LITERAL):
            request = TrendRequest(phrases=(text,), semantics=semantics)
            begin = time.perf_counter()
            (series,) = count_trends(library, request)
            first = time.perf_counter() - begin
            keep_counts(library, request)
            again = []
            for _ in range(RUNS):
                begin = time.perf_counter()
                (same,) = count_trends(library, request)
                again.append(time.perf_counter() - begin)
            assert same.points == series.points
            papers = sum(point.count for point in series.points)
            told = f"{papers:>9,}{first:8.2f}{median(again):8.2f}"
            print(f"{text:44}{semantics:12}{told}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("library", type=Path)
    parser.add_argument("--exact", action="store_true")
    arguments = parser.parse_args()
    library = Library.open(arguments.library).opened
    if arguments.exact:
        check(library)
    measure(library)


if __name__ == "__main__":
    main()
