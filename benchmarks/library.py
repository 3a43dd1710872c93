"""How fast a library is filled and searched on this machine, and how much room it takes.

    python benchmarks/library.py papers.jsonl.gz [--queries 100] [--folder DIR]

Makes a fresh library in DIR, or in a temporary folder that is removed afterwards, takes the file
through every step once, and prints one table. Rates are by the wall clock, of one run. A command
runs in processes of its own: the median of seven, and in brackets the fastest and the slowest.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import get_args

import numpy as np

from littrack.library import Library
from littrack.records import RunReport
from littrack.steps import embed, index
from littrack.steps.import_files import import_file
from littrack.steps.opening import OpenLibrary
from littrack.steps.search import Mode, search_papers
from littrack.store import papers, vectors
from littrack.vector_index import read_manifest

RUNS = 7
SEED = 20240501
COMMANDS = (
    ("--help",),
    ("search", "chain-of-thought"),
    ("search", "思维链"),
    ("search", "retrieval-augmented generation"),
    ("status",),
)
Row = tuple[str, str, str]  # what, figure, details


def machine() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    model = models[0] if models else platform.machine()
    return (
        f"{os.cpu_count()} cores ({model}), load {os.getloadavg()[0]:.1f}, {platform.system()}, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"faiss {version('faiss-cpu')}"
    )


def timed(step: Callable[[], RunReport]) -> tuple[RunReport, float]:
    begin = time.perf_counter()
    report = step()
    return report, time.perf_counter() - begin


def megabytes(folder: Path, pattern: str) -> str:
    size = sum(path.stat().st_size for path in folder.glob(pattern) if path.is_file())
    return f"{size / 1e6:,.1f} MB"


def peak_memory() -> tuple[str, str]:
    """The most that this process has held so far, and any one of its children."""
    unit = 1 if sys.platform == "darwin" else 1024
    own, child = (
        resource.getrusage(who).ru_maxrss * unit / 1e6
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return f"{own:,.0f} MB", f"largest child {child:,.0f} MB" if child else "no child processes"


def counted(report: RunReport) -> str:
    return ", ".join(f"{number:,} {name}" for name, number in report.counts.items() if number)


def fill(library: OpenLibrary, path: Path) -> Iterator[Row]:
    """Import, import again, embed, index."""
    report, seconds = timed(lambda: import_file(library, path))
    yield (
        "import, with full text",
        f"{report.counts['read'] / seconds:,.0f} papers/s",
        counted(report),
    )
    yield "import, peak memory", *peak_memory()
    yield "database", megabytes(library.folder, "littrack.db*"), ""

    report, seconds = timed(lambda: import_file(library, path))
    yield "import again", f"{report.counts['read'] / seconds:,.0f} papers/s", counted(report)

    name = library.encoder.name  # opened here, so that it is not timed
    report, seconds = timed(lambda: embed.embed_papers(library))
    yield "embed", f"{report.counts['embedded'] / seconds:,.0f} abstracts/s", name
    yield "database with vectors", megabytes(library.folder, "littrack.db*"), ""

    report, seconds = timed(lambda: index.build(library))
    kind = read_manifest(library.index_folder, library.passage_identity).kind
    size = megabytes(library.index_folder, "**/*")
    yield "index build", f"{seconds:,.2f} s", f"{kind}, {size}"


def run_commands(environment: dict[str, str]) -> Iterator[Row]:
    """Whole commands, from the start of Python to the end of the process."""
    for command in COMMANDS:
        line = [sys.executable, "-m", "littrack", *command]
        taken = []
        for _ in range(RUNS):
            begin = time.perf_counter()
            ran = subprocess.run(line, env=environment, capture_output=True, check=False)
            taken.append(time.perf_counter() - begin)
        figure = f"{median(taken) * 1000:,.0f} ms"
        details = f"({min(taken) * 1000:,.0f} to {max(taken) * 1000:,.0f})"
        if ran.returncode:
            figure = f"failed: exit code {ran.returncode}"
            details = ran.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        yield " ".join(["littrack", *command]), figure, details


def search(library: OpenLibrary, count: int) -> Iterator[Row]:
    """Searches within this process, the titles of random papers as queries."""
    with library.engine.connect() as conn:
        encoder_id = vectors.load_encoder_id(conn, library.passage_identity) or 0
        ids = sorted(map(int, vectors.load_text_hashes(conn, encoder_id)[0]))
        chosen = random.Random(SEED).sample(ids, min(count, len(ids)))
        titles = [paper.title for paper in papers.load_papers_by_id(conn, chosen)]
    for mode in get_args(Mode):
        search_papers(library, titles[0], mode=mode)  # opens what the mode needs
        taken = []
        for title in titles:
            begin = time.perf_counter()
            search_papers(library, title, mode=mode)
            taken.append((time.perf_counter() - begin) * 1000)
        half, most = np.percentile(taken, (50, 95))
        details = f"p50 and p95 of {len(titles)} titles as queries"
        yield f"search, warm, {mode}", f"{half:,.1f} ms, {most:,.1f} ms", details


def width(text: str) -> int:
    """Columns on a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def print_table(rows: list[Row]) -> None:
    widths = [max(width(row[column]) for row in rows) for column in range(2)]
    for row in rows:
        cells = (text + " " * (size - width(text)) for text, size in zip(row, widths, strict=False))
        print("  ".join([*cells, row[2]]).rstrip())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("papers", type=Path)
    parser.add_argument("--queries", type=int, default=100, metavar="N")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="keep the library here")
    options = parser.parse_args()
    if options.folder and options.folder.exists() and any(options.folder.iterdir()):
        parser.error(f"{options.folder} is not empty")

    print(machine())
    with tempfile.TemporaryDirectory() as temporary:
        folder = (options.folder or Path(temporary, "library")).absolute()
        for name in [name for name in os.environ if name.startswith("LITTRACK_")]:
            del os.environ[name]  # the defaults are measured, whatever this user has set
        os.environ["LITTRACK_HOME"] = str(Path(temporary, "home"))
        library = Library.open(folder).opened
        rows = list(fill(library, options.papers))
        rows += search(library, options.queries)
        rows += run_commands({**os.environ, "LITTRACK_LIBRARY": str(folder)})
        library.engine.dispose()
    print_table(rows)


if __name__ == "__main__":
    main()
