"""Killed at any request and run again, a harvest leaves the library that one run would have left.

The ledger too: runs, answers, coverage and changes are those of a run that nobody disturbed.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from dumps import Dump, dump

from littrack.steps.opening import OpenLibrary
from littrack.store.schema import damage

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")

KILLS = 12  # by hand: raise it to look harder
MOMENTS = ("before", "within", "after")
# Loads everything once; for each line that it reads a child harvests, and it says how that ended.
WORK = """
import os, sys
from datetime import UTC, datetime, timedelta
from functools import partial
from types import SimpleNamespace
from littrack.settings import load_settings
from littrack.sources import cassettes, limiter
from littrack.sources.oai import harvest as oai
from littrack.sources.query_api import harvest as arxiv_api
from littrack.steps import ingest
from littrack.steps.opening import open_library
via, url, folder = sys.argv[1:]
moment = datetime(2026, 1, 1, 12, tzinfo=UTC)
passed = [0.0]  # a clock that only sleeping moves, and sleeping takes no time
def now():
    return moment + timedelta(seconds=passed[0])
arxiv_api.ApiOptions = partial(arxiv_api.ApiOptions, page_size=10, split_above=20)
def sleep(seconds):
    passed[0] += seconds
limiter.SystemClock = lambda: SimpleNamespace(now=now, monotonic=lambda: passed[0], sleep=sleep)
settings = {"library": folder, "arxiv.delay_seconds": 0}
settings |= {f"arxiv.{name}_url": url for name in ("api", "oai", "rss")}
def harvest():
    library = open_library(load_settings(overrides=settings), lambda: moment)
    span = {} if via == "oai" else {
        "since": datetime(2024, 1, 1, tzinfo=UTC), "until": datetime(2024, 2, 1, tzinfo=UTC)}
    report = ingest.ingest(library, ingest.IngestRequest(categories=("cs.CL",), via=via, **span))
    assert report.complete, report
for line in sys.stdin:
    child = os.fork()
    if not child:
        try:
            harvest()
        except BaseException as exc:
            print(repr(exc), file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class Harvests:
    """Children that harvest, one after the other."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process, self.child = process, 0

    def run(self) -> int:
        """The exit code of one child; negative when a signal ended it."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        self.child = int(self.process.stdout.readline())
        code = int(self.process.stdout.readline())
        self.child = 0
        return code

    def kill(self) -> None:
        """Kill the child that runs, if one does."""
        if self.child:
            with suppress(ProcessLookupError):
                os.kill(self.child, signal.SIGKILL)


@contextmanager
def harvesting(door: Any, folder: Path) -> Iterator[Harvests]:
    process = subprocess.Popen(
        [sys.executable, "-c", WORK, door.via, door.service.url, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Harvests(process)
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def dump_of(door: Any, library_of: Callable[..., OpenLibrary]) -> Callable[[str], Dump]:
    """Everything that a library holds; it must be sound."""

    def read(name: str) -> Dump:
        library = library_of(door, name=name)
        assert damage(library.engine) == []
        found = dump(library.engine)
        library.engine.dispose()
        return found

    return read


class Killer:
    """Has one service kill the child at one of its requests, and counts."""

    def __init__(self, door: Any, requests: int) -> None:
        self.door, self.requests, self.kills = door, requests, 0
        self.dice = random.Random(5)
        self.target, self.delay = (0, ""), 0.0

    def moment(self, number: int, when: str) -> None:
        if (number, when) == self.target:
            time.sleep(self.delay)
            self.harvests.kill()

    def harvest(self, folder: Path) -> None:
        """Harvest into this library until a child comes to its end."""
        with harvesting(self.door, folder) as self.harvests:
            while code := self.once():
                assert code == -signal.SIGKILL
                self.kills += 1

    def once(self) -> int:
        self.door.service.asked.clear()
        number = self.dice.randint(1, self.requests) if self.kills < KILLS else 0
        when = self.dice.choice(MOMENTS)
        # Behind its answer the child may be anywhere: reading, storing, or at the next question.
        self.target, self.delay = (number, when), self.dice.uniform(0, 0.03) * (when == "after")
        return self.harvests.run()


def test_harvests_killed_at_random_requests_end_in_the_same_library_and_ledger(
    door: Any, dump_of: Callable[[str], Dump], tmp_path: Path
) -> None:
    with harvesting(door, tmp_path / "whole") as harvests:
        assert harvests.run() == 0
    whole = dump_of("whole")
    killer = Killer(door, len(door.service.asked))
    door.service.moment = killer.moment
    for number in count():
        name = f"killed {number}"
        killer.harvest(tmp_path / name)
        assert dump_of(name) == whole
        if killer.kills >= KILLS:
            break
