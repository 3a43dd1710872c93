"""A clock that never waits, and a small arXiv on loopback that fails on demand."""

from __future__ import annotations

import re
import socket
import struct
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from xml.sax.saxutils import escape

import pytest

from littrack.sources.http import CheckedHttp, HttpOptions
from littrack.sources.limiter import Limiter

START = datetime(2026, 1, 1, tzinfo=UTC)
JUNK = {"badbytes": b"\xe9\xff", "ctrl": b"\x0b\x01"}  # what no XML may hold
# Called with the number of a request: "before" it is answered, "within" its answer (half of it is
# sent; or the connection is about to be reset) and "after".
Moment = Callable[[int, str], None]


class FakeClock:
    """Sleeping moves the time on; `during` runs in every sleep."""

    def __init__(self) -> None:
        self.elapsed = 0.0
        self.jump = 0.0  # of the wall clock only
        self.slept: list[float] = []
        self.during: Callable[[], None] | None = None

    def now(self) -> datetime:
        return START + timedelta(seconds=self.elapsed + self.jump)

    def monotonic(self) -> float:
        return self.elapsed

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.elapsed += seconds
        if self.during is not None:
            self.during()


@dataclass
class Record:
    """A paper as the small arXiv holds it."""

    arxiv_id: str
    published: str
    version: int = 1
    title: str = "A title"
    summary: str = "An abstract."
    extra: str = ""  # further elements of the entry

    def entry(self) -> str:
        return (
            f"<entry><id>http://arxiv.org/abs/{self.arxiv_id}v{self.version}</id>"
            f"<title>{escape(self.title)}</title><updated>{self.published}</updated>"
            f"<summary>{escape(self.summary)}</summary><category term='cs.CL'/>"
            f"<published>{self.published}</published><arxiv:primary_category term='cs.CL'/>"
            f"{self.extra}<author><name>Ada Lovelace</name></author></entry>"
        )


def feed(
    entries: list[str], total: int | None = None, start: int = 0, title: str = "arXiv Query"
) -> bytes:
    """An Atom answer as arXiv lays it out."""
    total = len(entries) if total is None else total
    return (
        "<?xml version='1.0' encoding='UTF-8'?>"
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom" '
        'xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">'
        f"<id>https://arxiv.org/api/x</id><title>{escape(title)}</title>"
        f"<opensearch:itemsPerPage>100</opensearch:itemsPerPage>"
        f"<opensearch:totalResults>{total}</opensearch:totalResults>"
        f"<opensearch:startIndex>{start}</opensearch:startIndex>"
        f"{''.join(entries)}</feed>"
    ).encode()


def error_feed(message: str) -> bytes:
    return feed(
        [
            "<entry><id>https://arxiv.org/api/errors#x</id><title>Error</title>"
            f"<updated>2026-01-01T00:00:00Z</updated><summary>{escape(message)}</summary></entry>"
        ]
    )


@dataclass
class SmallArxiv:
    """What the handler answers from; `script` names the fault of each coming request."""

    clock: FakeClock
    records: list[Record] = field(default_factory=list)
    script: list[str] = field(default_factory=list)  # used up from the front; "" = no fault
    always: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    moment: Moment | None = None
    url: str = ""

    def pages_asked(self) -> list[dict[str, str]]:
        """Requests for pages, without those that only count."""
        return [asked for asked in self.asked if asked["max_results"] != "1"]

    def found(self, asked: dict[str, str]) -> list[Record]:
        if "id_list" in asked:
            wanted = asked["id_list"].split(",")
            return [record for record in self.records if record.arxiv_id in wanted]
        low, high = re.findall(r"\[(\d{12}) TO (\d{12})\]", asked["search_query"])[-1]
        ends = [f"{t[:4]}-{t[4:6]}-{t[6:8]}T{t[8:10]}:{t[10:]}:00Z" for t in (low, high)]
        hits = [record for record in self.records if ends[0] <= record.published <= ends[1]]
        return sorted(hits, key=lambda record: record.published)

    def answer(self, asked: dict[str, str], fault: str) -> tuple[int, dict[str, str], bytes]:
        refused = self._refused(asked, fault)
        if refused is not None:
            return refused
        hits, start = self.found(asked), int(asked.get("start", 0))
        if fault == "ties":  # papers of one second change places
            hits = sorted(hits[::-1], key=lambda record: record.published)
        entries = [record.entry() for record in hits[start : start + int(asked["max_results"])]]
        total = 0 if fault == "zero" else len(hits)
        if fault.startswith("total"):
            total = max(0, total + int(fault[5:]))
        query = f"search_query={asked.get('search_query', '')}&id_list=&start={start}"
        body = feed(_damaged(entries, fault), total, start, f"arXiv Query: {query}")
        if fault == "truncated":
            body = body[: len(body) * 2 // 3]
        body = body.replace(b"<summary>", b"<summary>" + JUNK.get(fault, b""), 1)
        return 200, {"Content-Type": "application/atom+xml; charset=utf-8"}, body

    def _refused(
        self, asked: dict[str, str], fault: str
    ) -> tuple[int, dict[str, str], bytes] | None:
        """What has nothing to do with the question."""
        if fault in ("429", "rate200"):
            status = 429 if fault == "429" else 200
            return status, {"Content-Type": "text/plain"}, b"Rate exceeded."
        if fault.startswith(("500", "503")):
            return int(fault[:3]), {"Retry-After": fault[4:] or "0"}, b"first byte timeout"
        if fault == "html":
            return 200, {"Content-Type": "text/html"}, b"<html><body>Access denied</body></html>"
        if fault == "400":
            headers = {"Content-Type": "application/atom+xml; charset=utf-8"}
            return 400, headers, error_feed("incorrect id format for abc")
        if fault in ("redirect", "moved"):
            query = f"?{urlencode(asked)}" if fault == "moved" else ""
            return 301, {"Location": self.url + query}, b""
        return None


def _damaged(entries: list[str], fault: str) -> list[str]:
    """The entries of a page that is not what it should be."""
    if fault == "nofield":
        return [re.sub("<title>.*?</title>", "", entry) for entry in entries]
    shown = {"zero": 0, "empty": 0, "short": len(entries) // 2}.get(fault, len(entries))
    return entries[:shown] + (entries[-1:] if fault == "dup" else [])


def send(
    handler: BaseHTTPRequestHandler,
    answer: tuple[int, dict[str, str], bytes],
    *,
    cut: bool = False,
    moment: Callable[[str], None] = lambda _when: None,
) -> None:
    """Send an answer; one that is `cut` was announced to be longer."""
    status, headers, body = answer
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body) + (50 if cut else 0)))
    handler.send_header("Connection", "close")
    handler.end_headers()
    handler.wfile.write(body[: len(body) // 2])
    moment("within")
    handler.wfile.write(body[len(body) // 2 :])
    moment("after")


def moments_of(small: Any) -> Callable[[str], None]:
    """Tells `small.moment` of the request that came last."""
    number = len(small.asked)
    return lambda when: None if small.moment is None else small.moment(number, when)


def _handler(small: SmallArxiv) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = {
                name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()
            }
            small.asked.append(asked)
            small.times.append(small.clock.monotonic())
            small.agents.append(self.headers["User-Agent"])
            moment = moments_of(small)
            moment("before")
            fault = small.script.pop(0) if small.script else small.always
            if fault == "reset":
                moment("within")
                linger = struct.pack("ii", 1, 0)  # closing then sends a reset
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                self.connection.close()
                return
            answer = small.answer(asked, fault)
            send(self, answer, cut=fault == "cut", moment=moment)

        def finish(self) -> None:
            with suppress(OSError, ValueError):  # a reset connection cannot be flushed
                super().finish()

        def log_message(self, *args: Any) -> None:
            pass

    return Handler


class QuietServer(HTTPServer):
    """A client that hangs up is part of some tests, and not worth a traceback."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def small_arxiv(clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallArxiv]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    small = SmallArxiv(clock)
    server = QuietServer(("127.0.0.1", 0), _handler(small))
    small.url = f"http://127.0.0.1:{server.server_port}/api/query"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield small
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def make_http(clock: FakeClock, tmp_path: Path) -> Iterator[Callable[..., CheckedHttp]]:
    opened: list[CheckedHttp] = []

    def make(**options: Any) -> CheckedHttp:
        limiter = Limiter(tmp_path / "locks", 3.0, clock)
        opened.append(CheckedHttp(limiter, clock, HttpOptions(seed=7, **options)))
        return opened[-1]

    yield make
    for http in opened:
        http.close()


@pytest.fixture
def record() -> type[Record]:
    return Record


@pytest.fixture
def make_feed() -> Callable[..., bytes]:
    return feed


@pytest.fixture
def make_error_feed() -> Callable[[str], bytes]:
    return error_feed
