"""How fast littrack harvests an OAI-PMH service on this machine, beside the client Sickle.

    python benchmarks/harvest.py http://127.0.0.1:8000/oai [--category cs.CL] [--records N]

Three processes, one after the other, each read the records of the category in the format arXivRaw:
one only fetches the pages; littrack fetches, checks, stores them into a fresh SQLite library with
full text, and proves by the list of identifiers that it has all (delay 0, which only loopback
allows); Sickle, where it is installed, fetches and parses them. With --records each stops after so
many, littrack then without the proof. Rates are by the wall clock, of one run, the service's own
time included.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from html import unescape
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

from littrack.settings import load_settings
from littrack.sources.limiter import is_loopback
from littrack.sources.oai.sets import set_of
from littrack.steps.ingest import IngestRequest, ingest
from littrack.steps.opening import open_library

FORMAT = "arXivRaw"
_TOKEN = re.compile(rb"<resumptionToken[^>]*>([^<]+)</resumptionToken>")


class Enough(KeyboardInterrupt):
    """As many records as were asked for; a harvest ends as if by hand."""


def pages(url: str, set_name: str) -> Iterator[bytes]:
    """The pages of a list, as bytes."""
    asked = {"verb": "ListRecords", "metadataPrefix": FORMAT, "set": set_name}
    while True:
        with urlopen(f"{url}?{urlencode(asked)}") as answer:
            body = answer.read()
        yield body
        token = _TOKEN.search(body[-4000:])
        if token is None:
            return
        asked = {"verb": "ListRecords", "resumptionToken": unescape(token[1].decode())}


def fetch_only(url: str, category: str, limit: int) -> int:
    count = 0
    for body in pages(url, set_of(category)):
        count += body.count(b"<record>")
        if count >= limit:
            break
    return count


def harvest(url: str, category: str, limit: int) -> int:
    """Into a fresh library; the records that were stored."""
    received = 0

    def progress(_what: str, done: float, _total: float | None) -> None:
        nonlocal received
        received = int(done)
        if received >= limit:
            raise Enough

    with tempfile.TemporaryDirectory() as folder:
        os.environ["LITTRACK_HOME"] = str(Path(folder, "home"))
        settings = {f"arxiv.{name}_url": url for name in ("api", "oai", "rss")}
        overrides = {"library": str(Path(folder, "library")), "arxiv.delay_seconds": 0}
        library = open_library(load_settings(Path(folder), {}, overrides | settings))
        try:
            request = IngestRequest(categories=(category,), via="oai")
            report = ingest(library, request, progress=progress)
            if not report.complete:
                sys.exit(f"the harvest is not complete: {'; '.join(report.warnings)}")
        except Enough:
            pass
        finally:
            library.engine.dispose()
    return received


def sickle(url: str, category: str, limit: int) -> int:
    from sickle import Sickle

    records = Sickle(url).ListRecords(metadataPrefix=FORMAT, set=set_of(category))
    return sum(1 for _ in islice(records, limit))


WORK: dict[str, Callable[[str, str, int], int]] = {
    "fetch only": fetch_only,
    "littrack": harvest,
    "Sickle": sickle,
}


def measure(name: str, url: str, category: str, limit: int) -> None:
    """Do one of `WORK` in this process and print what it took."""
    unit = 1 if sys.platform == "darwin" else 1024
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    begin = time.perf_counter()
    count = WORK[name](url, category, limit)
    seconds = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    print(json.dumps({"count": count, "seconds": seconds, "before": before, "peak": peak}))


def row(name: str, arguments: list[str]) -> str:
    """A line of the table, from a process of its own."""
    if name == "Sickle" and find_spec("sickle") is None:
        return f"{name:12} is not installed: skipped"
    line = [sys.executable, __file__, *arguments, "--only", name]
    ran = subprocess.run(line, capture_output=True, text=True, check=False)
    if ran.returncode:
        return f"{name:12} failed: {ran.stderr.strip().rpartition(chr(10))[2]}"
    took = json.loads(ran.stdout)
    rate = took["count"] / took["seconds"]
    return (
        f"{name:12} {took['count']:>9,} {took['seconds']:>9.2f} {rate:>11,.0f} "
        f"{took['peak'] / 1e6:>9,.0f} {took['before'] / 1e6:>9,.0f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("url", help="base address of an OAI-PMH service on loopback")
    parser.add_argument("--category", default="cs.CL")
    parser.add_argument("--records", type=int, default=sys.maxsize, metavar="N")
    parser.add_argument("--only", choices=WORK, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not is_loopback(options.url):
        parser.error(f"{options.url} is not on loopback: arXiv is not there to be measured")
    for name in [name for name in os.environ if name.startswith("LITTRACK_")]:
        del os.environ[name]  # the defaults are measured, whatever this user has set
    os.environ["NO_PROXY"] = "127.0.0.1,localhost,::1"
    if options.only:
        measure(options.only, options.url, options.category, options.records)
        return
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"{'':12} {'records':>9} {'seconds':>9} {'records/s':>11} {'peak MB':>9} {'before':>9}")
    arguments = [options.url, "--category", options.category, "--records", str(options.records)]
    for name in WORK:
        print(row(name, arguments), flush=True)


if __name__ == "__main__":
    main()
