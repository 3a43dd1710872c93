"""How fast the bundled encoder reads abstracts, beside a sentence-transformers model if asked.

    python benchmarks/encode.py papers.jsonl.gz [--papers 20000]
        [--against MODEL] [--against-papers 256]

`papers.jsonl` holds one object a line with `title` and `abstract`. Each figure is the best of
several runs in one process, with the load of the machine printed beside it.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from littrack.encoder.opening import open_encoder
from littrack.encoder.protocol import Encoder

RUNS = 3
QUERIES = ("思维链提示", "retrieval-augmented generation", "大语言模型的幻觉", "mixture of experts")
COLD_START = (
    "import time; begin = time.perf_counter(); "
    "from littrack.encoder.opening import open_encoder; opened = time.perf_counter(); "
    "encoder = open_encoder('bundled'); loaded = time.perf_counter(); "
    "encoder.encode_queries(['思维链提示']); asked = time.perf_counter(); "
    "print(opened - begin, loaded - opened, asked - loaded)"
)


def read_texts(path: Path, count: int) -> list[str]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as stream:
        rows = [json.loads(line) for line in islice(stream, count)]
    return [f"{row['title']}. {row.get('abstract') or ''}" for row in rows]


def time_seconds(work: Callable[[], object], runs: int = RUNS) -> float:
    """The shortest of `runs` runs: the one least disturbed by other work."""
    taken = []
    for _ in range(runs):
        begin = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begin)
    return min(taken)


def report_speed(encoder: Encoder, texts: list[str], runs: int) -> float:
    """Prints the figures of one encoder; abstracts a second of the first run, on unseen texts."""
    begin = time.perf_counter()
    encoder.encode_passages(texts)
    first = time.perf_counter() - begin
    again = time_seconds(lambda: encoder.encode_passages(texts), runs)
    query = time_seconds(lambda: [encoder.encode_queries([q]) for q in QUERIES], 10) / len(QUERIES)
    print(f"{encoder.name} ({encoder.dimension} numbers), {len(texts)} abstracts")
    print(f"  abstracts a second, first run   {len(texts) / first:10.1f}")
    print(f"  abstracts a second, best of {runs}   {len(texts) / again:10.1f}")
    print(f"  one query, warm                 {query * 1000:10.3f} ms")
    return len(texts) / first


def report_cold_start() -> None:
    best = [float("inf")] * 3
    for _ in range(RUNS):
        ran = subprocess.run([sys.executable, "-c", COLD_START], capture_output=True, check=True)
        best = [min(*pair) for pair in zip(best, map(float, ran.stdout.split()), strict=True)]
    names = ("imports", "opening the model", "its first query")
    print("bundled model in a new process")
    for name, seconds in zip(names, best, strict=True):
        print(f"  {name:31} {seconds * 1000:10.1f} ms")


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("papers", type=Path)
    parser.add_argument("--papers", dest="count", type=int, default=20_000)
    parser.add_argument("--against", metavar="MODEL")
    parser.add_argument("--against-papers", type=int, default=256)
    options = parser.parse_args()

    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    report_cold_start()
    texts = read_texts(options.papers, options.count)
    words = sum(len(text.split()) for text in texts) / max(len(texts), 1)
    before = peak_megabytes()
    print(f"texts: title and abstract, {words:.0f} words on average")
    ours = report_speed(open_encoder("bundled"), texts, RUNS)
    print(
        f"  memory, peak, with the texts    {peak_megabytes():10.0f} MB (before: {before:.0f} MB)"
    )
    if options.against:
        theirs = report_speed(open_encoder(options.against), texts[: options.against_papers], 1)
        print(f"  memory, peak                    {peak_megabytes():10.0f} MB")
        print(f"the bundled model is {ours / theirs:.0f} times as fast")


if __name__ == "__main__":
    main()
