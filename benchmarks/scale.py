"""How a library of a million papers is filled and searched on this machine. The papers are made up.

    python benchmarks/scale.py papers.jsonl.gz --folder DIR [--papers 1000000] [--queries 100]

The file's papers are repeated until there are enough. A repetition joins the beginning of a title
with the end of another's, and the sentences of two abstracts of the same primary category, chosen
by a seeded generator: words stay as frequent as they are, no two texts are the same, but what is
found says nothing about quality. A library that DIR holds already is measured as it is. Rates are
by the wall clock, of one run; a command runs in processes of its own, the median of seven.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any, get_args

import numpy as np
import sqlalchemy as sa
from library import RUNS, counted, machine, megabytes, peak_memory, print_table, timed

from littrack.library import Library
from littrack.records import Filters
from littrack.steps import embed, index
from littrack.steps.import_files import import_file
from littrack.steps.opening import OpenLibrary
from littrack.steps.search import Mode, search_papers
from littrack.store import papers, vectors
from littrack.vector_index import read_manifest

SEED = 20240501
REPEATED = re.compile(r"\d{4}\.\d{5}")  # before 2015 ids had room for 9,999 papers a month only
SHORT = {
    "English": (
        "chain-of-thought", "large language model", "retrieval augmented generation", "diffusion",
        "mixture of experts", "graph neural network", "protein folding", "speech recognition",
        "quantum error correction", "instruction tuning", "language model", "policy gradient",
    ),
    "Chinese": (
        "思维链", "大语言模型", "检索增强生成", "扩散模型", "混合专家", "图神经网络", "蛋白质折叠",
        "语音识别", "量子纠错", "指令微调", "语言模型", "强化学习",
    ),
}  # fmt: skip
Source = dict[str, Any]  # a line of the file
Row = tuple[str, str, str]  # what, figure, details


def read_rows(path: Path) -> list[Source]:
    """The papers of a file of simple JSON lines, without fields the library would not read."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def repeat(rows: list[Source], total: int) -> Iterator[Source]:
    """The rows, then as many varied ones as are missing to `total`; always the same ones."""
    yield from rows[:total]
    recent = [row for row in rows if REPEATED.fullmatch(row["id"])]
    by_category = defaultdict(list)
    numbers: defaultdict[str, int] = defaultdict(int)  # the highest in use, by month
    for row in recent:
        by_category[tuple(row["categories"][:1])].append(row)
        month, _, number = row["id"].partition(".")
        numbers[month] = max(numbers[month], int(number))
    chance = random.Random(SEED)
    left = total - len(rows)
    while left > 0 and recent:
        for row in recent:
            if left <= 0:
                return
            month = row["id"].partition(".")[0]
            if numbers[month] < 99_999:
                numbers[month] += 1
                left -= 1
                other = chance.choice(by_category[tuple(row["categories"][:1])])
                yield vary(row, other, f"{month}.{numbers[month]:05d}")


def vary(row: Source, other: Source, arxiv_id: str) -> Source:
    """Half of one paper and half of another, under the first one's date and names."""
    own, foreign = row["title"].split(), other["title"].split()
    sentences = [re.split(r"(?<=[.?!]) ", text["abstract"]) for text in (row, other)]
    kept = [s for i, s in enumerate(sentences[0]) if i % 2 == 0]
    kept += [s for i, s in enumerate(sentences[1]) if i % 2]
    title = " ".join([*own[: (len(own) + 1) // 2], *foreign[len(foreign) // 2 :]])
    return row | {"id": arxiv_id, "title": title, "abstract": " ".join(kept)}


def write_papers(path: Path, rows: Iterable[Source]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def fill(library: OpenLibrary, source: Path, total: int) -> Iterator[Row]:
    """Write the made-up papers, import, embed and index them."""
    with tempfile.TemporaryDirectory(dir=library.folder) as temporary:
        path = Path(temporary, "papers.jsonl")
        write_papers(path, repeat(read_rows(source), total))
        report, seconds = timed(lambda: import_file(library, path))
    yield (
        "import, with full text",
        f"{report.counts['read'] / seconds:,.0f} papers/s",
        counted(report),
    )
    report, seconds = timed(lambda: embed.embed_papers(library))
    yield "embed", f"{report.counts['embedded'] / seconds:,.0f} abstracts/s", library.encoder.name
    report, seconds = timed(lambda: index.build(library))
    yield "index build", f"{seconds:,.0f} s", counted(report)
    yield "import to index, peak memory", *peak_memory()
    report, seconds = timed(lambda: index.build(library))
    yield "index build, nothing new", f"{seconds:,.1f} s", counted(report)


def sizes(library: OpenLibrary) -> Iterator[Row]:
    manifest = read_manifest(library.index_folder, library.passage_identity)
    yield "papers in the index", f"{manifest.count:,}", manifest.kind
    yield "database", megabytes(library.folder, "littrack.db*"), ""
    yield "vector index", megabytes(library.index_folder, "papers-*"), ""
    yield "word index", megabytes(library.index_folder, "words-*/*"), ""


def latency(taken: list[tuple[float, float]]) -> tuple[str, str]:
    """By the clock, and what of it this process worked: on a busy machine it mostly waits."""
    (half, most), (worked, worked_most) = np.percentile(np.array(taken) * 1000, (50, 95), axis=0).T
    details = f"p50 and p95 of {len(taken)} queries; processor {worked:,.1f}, {worked_most:,.1f} ms"
    return f"{half:,.1f} ms, {most:,.1f} ms", details


def search_times(
    library: OpenLibrary, queries: Iterable[str], **named: Any
) -> list[tuple[float, float]]:
    taken = []
    for query in queries:
        begin, worked = time.perf_counter(), time.process_time()
        search_papers(library, query, **named)
        taken.append((time.perf_counter() - begin, time.process_time() - worked))
    return taken


def titles_of(library: OpenLibrary, count: int) -> list[str]:
    with library.engine.connect() as conn:
        highest = papers.load_newest_id(conn)
        chosen = random.Random(SEED).sample(range(1, highest + 1), count)
        return [paper.title for paper in papers.load_papers_by_id(conn, chosen)]


def searches(library: OpenLibrary, count: int) -> Iterator[Row]:
    """Warm searches: short queries in both languages, and titles, in every mode."""
    titles = titles_of(library, count)
    for mode in get_args(Mode):
        for name, queries in {**SHORT, "title": titles}.items():
            search_times(library, queries[:3], mode=mode)  # opens what the mode needs
            times = search_times(library, queries, mode=mode)
            yield f"search, warm, {mode}, {name}", *latency(times)


def filters_by_share(library: OpenLibrary) -> Iterator[tuple[str, Filters]]:
    """Spans of days that keep about these shares of all papers."""
    with library.engine.connect() as conn:
        highest = papers.load_newest_id(conn)
        sample = random.Random(SEED).sample(range(1, highest + 1), min(4_000, highest))
        days = sorted(p.published.value for p in papers.load_papers_by_id(conn, sample))
    middle, late = days[len(days) // 2], days[int(len(days) * 0.99)]
    yield "0.01% to 0.1%", Filters(since=middle, until=middle)
    yield "1%", Filters(since=late)
    yield "50%", Filters(since=middle)
    yield "nearly all", Filters(since=days[0] + timedelta(days=1))


def filtered(library: OpenLibrary) -> Iterator[Row]:
    """Whether pages are full whatever a filter keeps, and what it costs."""
    queries = [query for group in SHORT.values() for query in group]
    for name, filters in filters_by_share(library):
        with library.engine.connect() as conn:
            choice = papers.choose_papers(filters)
            assert choice is not None
            kept = conn.scalar(sa.select(sa.func.count()).select_from(choice.ids.subquery())) or 0
        pages = [len(search_papers(library, query, filters=filters)) for query in queries]
        full = sum(size == min(10, kept) for size in pages)
        figure, details = latency(search_times(library, queries, filters=filters))
        yield f"filter that keeps {name}", figure, f"{kept:,} papers; {full} pages full; {details}"


def recall(library: OpenLibrary, count: int) -> Iterator[Row]:
    """The index against the exact answer, for titles as queries."""
    queries = library.encoder.encode_queries(titles_of(library, count))
    opened = library.open_index()
    best_scores = np.empty((count, 0), np.float32)
    best_ids = np.empty((count, 0), np.int64)
    unit = queries / np.linalg.norm(queries, axis=1, keepdims=True)
    with library.engine.connect() as conn:
        encoder_id = vectors.load_encoder_id(conn, library.passage_identity) or 0
        for ids, matrix in vectors.load_vectors(conn, encoder_id, opened.dimension):
            scores = np.hstack([best_scores, unit @ matrix.T])
            every = np.hstack([best_ids, np.broadcast_to(ids, (count, len(ids)))])
            places = np.argpartition(-scores, min(1_000, scores.shape[1] - 1), axis=1)[:, :1_000]
            best_scores = np.take_along_axis(scores, places, 1)
            best_ids = np.take_along_axis(every, places, 1)
    order = np.argsort(-best_scores, axis=1)
    exact = np.take_along_axis(best_ids, order, 1)
    found = opened.search(queries, 1_000)[1]
    for depth in (10, 1_000):
        shares = [
            len({*e[:depth].tolist()} & {*f[:depth].tolist()}) / depth
            for e, f in zip(exact, found, strict=True)
        ]
        yield f"recall@{depth} of the index", f"{np.mean(shares):.3f}", f"{count} titles"


def commands(folder: Path) -> Iterator[Row]:
    """Whole commands, from the start of Python to the end of the process, and their memory."""
    watch = "import resource, subprocess, sys; code = subprocess.call(sys.argv[1:]); "
    watch += "used = resource.getrusage(resource.RUSAGE_CHILDREN); "
    watch += "print(used.ru_utime + used.ru_stime, used.ru_maxrss); sys.exit(code)"
    for query in ("chain-of-thought", "large language model", "思维链"):
        line = [sys.executable, "-m", "littrack", "--library", str(folder), "search", query]
        taken, worked, memory = [], [], 0
        for _ in range(RUNS):
            begin = time.perf_counter()
            ran = subprocess.run(
                [sys.executable, "-c", watch, *line], capture_output=True, check=True
            )
            taken.append(time.perf_counter() - begin)
            *_, processor, kilobytes = ran.stdout.split()
            worked.append(float(processor))
            memory = max(memory, int(kilobytes))
        figure = f"{median(taken) * 1000:,.0f} ms"
        details = f"({min(taken) * 1000:,.0f} to {max(taken) * 1000:,.0f}), processor "
        details += f"{median(worked) * 1000:,.0f} ms, {memory / 1024:,.0f} MB"
        yield f"littrack search {query}", figure, details


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("file", type=Path)
    parser.add_argument("--folder", type=Path, required=True, metavar="DIR")
    parser.add_argument("--papers", type=int, default=1_000_000, metavar="N")
    parser.add_argument("--queries", type=int, default=100, metavar="N")
    options = parser.parse_args()

    print(machine())
    print("The papers are made up: real ones repeated with their sentences mixed.")
    with tempfile.TemporaryDirectory() as home:
        for name in [name for name in os.environ if name.startswith("LITTRACK_")]:
            del os.environ[name]  # the defaults are measured, whatever this user has set
        os.environ["LITTRACK_HOME"] = home
        folder = options.folder.absolute()
        is_new = not (folder / "littrack.db").exists()
        library = Library.open(folder).opened
        rows = list(fill(library, options.file, options.papers)) if is_new else []
        rows += sizes(library)
        rows += commands(folder)
        rows += searches(library, options.queries)
        rows += filtered(library)
        rows.append(("searching process, peak memory", *peak_memory()))
        rows += recall(library, options.queries)
        library.engine.dispose()
    print_table(rows)
    print(f"load at the end {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
