"""How fast releases are read out of titles and abstracts, and in how much memory.

    python benchmarks/releases.py papers.jsonl.gz [--papers 100000]

`papers.jsonl` holds one object a line with `title` and `abstract`; it is read from the beginning
again until there are enough papers.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import resource
import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from littrack.analysis.releases.extraction import EXTRACTOR, extract_candidate


def read_texts(path: Path) -> Iterator[tuple[str, str]]:
    """Titles and abstracts, over and over; nothing for a file without papers."""
    opener = gzip.open if path.suffix == ".gz" else open
    seen = True
    while seen:
        seen = False
        with opener(path, "rt", encoding="utf-8") as stream:
            for line in stream:
                row = json.loads(line)
                seen = True
                yield row["title"], row.get("abstract") or ""


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("papers", type=Path)
    parser.add_argument("--papers", dest="count", type=int, default=100_000)
    options = parser.parse_args()

    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; extractor {EXTRACTOR}")
    extract_candidate("A Model", "We present a model.")  # the weights are read once
    before, seconds, busy, papers = peak_megabytes(), 0.0, 0.0, 0
    outcomes: Counter[str] = Counter()
    for text in islice(read_texts(options.papers), options.count):
        begin, begin_busy = time.perf_counter(), time.process_time()
        candidate = extract_candidate(*text)
        seconds += time.perf_counter() - begin
        busy += time.process_time() - begin_busy
        outcomes[candidate.outcome.value] += 1
        papers += 1
    if not papers:
        raise SystemExit(f"{options.papers} holds no paper")
    print(f"{papers} papers in {seconds:.1f} s, {busy:.1f} s of them on a processor")
    print(f"  papers a second, one core   {papers / busy:10.0f}")
    print(f"  memory, peak                {peak_megabytes():10.0f} MB (before: {before:.0f} MB)")
    for outcome, count in outcomes.most_common():
        print(f"  {outcome:28}{count:10} {count / papers:8.2%}")


if __name__ == "__main__":
    main()
