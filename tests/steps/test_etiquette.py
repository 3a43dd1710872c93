"""However many processes ask, fail, are killed and begin again: one request at a time, with pauses.

In real time, and judged by what the services saw. Their note of an answer's end is made before its
last bytes are sent, that of a request's begin after it came: a slow machine only makes the pauses
that are measured longer than those that were made.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any

import pytest

import small_arxiv as arxiv_module
import small_oai as oai_module
from small_arxiv import QuietServer

DELAY = 0.2
SECONDS = 60  # no child takes so long
# The pauses after a refusal are shortened; those between two requests are what the test is about.
WORK = """
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from littrack.settings import load_settings
from littrack.sources import http, limiter
from littrack.sources.query_api import harvest as arxiv_api
from littrack.steps import ingest
from littrack.steps.opening import open_library
via, folder, delay, *urls = sys.argv[1:]
http._SHORTEST_PAUSE_SECONDS = 0.3
limiter._POLL_SECONDS = 0.05
arxiv_api.ApiOptions = partial(arxiv_api.ApiOptions, page_size=10, split_above=20)
settings = {"library": folder, "arxiv.delay_seconds": float(delay)}
settings |= {f"arxiv.{name}_url": url for name, url in zip(("api", "oai", "rss"), urls)}
library = open_library(load_settings(Path(folder).parent, None, settings))
span = {} if via == "oai" else {
    "since": datetime(2024, 1, 1, tzinfo=UTC), "until": datetime(2024, 2, 1, tzinfo=UTC)}
report = ingest.ingest(library, ingest.IngestRequest(categories=("cs.CL",), via=via, **span))
sys.exit(0 if report.complete and report.counts["received"] >= 10 else 1)
"""


class ThreadedServer(ThreadingMixIn, QuietServer):
    """Would answer two at once, if two asked."""


@dataclass
class Log:
    """When requests began and their answers ended, in every service together."""

    begun: list[tuple[float, Any]] = field(default_factory=list)
    ended: list[tuple[float, Any]] = field(default_factory=list)

    def note(self, request: Any, when: str) -> None:
        if when == "before":
            self.begun.append((time.monotonic(), request))
        elif when == "within":
            self.ended.append((time.monotonic(), request))

    def pauses(self) -> list[float]:
        """Between the end of an answer, or of all before it, and the next request."""
        ends = {request: moment for moment, request in self.ended}
        ordered = sorted(self.begun)
        return [
            moment - max(ends[request] for _, request in ordered[:number])
            for number, (moment, _) in enumerate(ordered)
            if number
        ]


@contextmanager
def serving(small: Any, module: Any, path: str) -> Iterator[None]:
    server = ThreadedServer(("127.0.0.1", 0), module._handler(small))
    small.url = f"http://127.0.0.1:{server.server_port}{path}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def services(api_door: Any, oai_door: Any) -> Iterator[tuple[Any, Any]]:
    """Both services, each able to answer many at once, with faults to come."""
    api, oai = api_door.service, oai_door.service
    oai.page_size, oai.list_size = 10, 20
    api.script = ["503 0", "", "reset", "moved", "", "cut"]
    oai.script = ["", "cut", "", "moved", "503", "reset"]
    with ExitStack() as stack:
        stack.enter_context(serving(api, arxiv_module, "/api/query"))
        stack.enter_context(serving(oai, oai_module, "/oai"))
        yield api, oai


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="signals differ")
def test_processes_that_fail_and_are_killed_keep_to_one_request_and_its_pause(
    services: tuple[Any, Any], tmp_path: Path
) -> None:
    api, oai = services
    log = Log()
    children: list[subprocess.Popen[bytes]] = []

    def start(via: str) -> subprocess.Popen[bytes]:
        urls = (api.url, oai.url, oai.url)
        line = [sys.executable, "-c", WORK, via, str(tmp_path / via), str(DELAY), *urls]
        children.append(subprocess.Popen(line))
        return children[-1]

    def note_and_kill(number: int, when: str) -> None:
        log.note(("api", number), when)
        if (number, when) == (5, "within"):
            os.kill(children[0].pid, signal.SIGKILL)

    api.moment = note_and_kill
    oai.moment = lambda number, when: log.note(("oai", number), when)
    try:
        first, second = start("api"), start("oai")
        assert first.wait(SECONDS) == -signal.SIGKILL
        assert start("api").wait(SECONDS) == 0
        assert second.wait(SECONDS) == 0
    finally:
        for child in children:
            child.kill()
            child.wait()
    assert len(log.begun) == len(log.ended) == len(api.asked) + len(oai.asked)
    assert len(api.asked) >= 10 and len(oai.asked) >= 10
    assert min(log.pauses()) >= DELAY
