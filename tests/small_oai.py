"""A small OAI-PMH service on loopback, with arXiv's tokens, that fails on demand."""

from __future__ import annotations

import random
import re
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit
from xml.sax.saxutils import escape

import pytest

from littrack.records import Paper
from littrack.sources.harvest import HarvestPage
from littrack.sources.oai.records import OaiHeader
from small_arxiv import JUNK, Moment, QuietServer, moments_of, send

CL, LG = "cs:cs:CL", "cs:cs:LG"
HEADERS = {"Content-Type": "text/xml"}  # arXiv states no charset
V1 = "Mon, 02 Apr 2007 19:18:42 GMT"


@dataclass
class OaiRecord:
    """A record as the small service holds it; ``raw`` replaces the whole metadata."""

    arxiv_id: str
    day: str  # of its last change
    title: str = "A title"
    authors: str = "Ada Lovelace, Charles Babbage"
    sets: tuple[str, ...] = (CL,)
    versions: str = f'<version version="v1"><date>{V1}</date><size>9kb</size></version>'
    extra: str = "<comments>9 pages</comments><abstract>An abstract.</abstract>"
    deleted: bool = False
    raw: str | None = None

    def header(self) -> str:
        status = ' status="deleted"' if self.deleted else ""
        sets = "".join(f"<setSpec>{name}</setSpec>" for name in self.sets)
        identifier = f"<identifier>oai:arXiv.org:{self.arxiv_id}</identifier>"
        return f"<header{status}>{identifier}<datestamp>{self.day}</datestamp>\n{sets}</header>\n"

    def record(self) -> str:
        if self.deleted:
            return f"<record>\n{self.header()}</record>\n"
        title = f"<title>{escape(self.title)}</title>" if self.title else ""
        raw = self.raw or (
            f"<id>{self.arxiv_id}</id><submitter>Ada</submitter>{self.versions}{title}\n"
            f"<authors>{escape(self.authors)}</authors><categories>cs.CL cs.AI</categories>"
            f"{self.extra}"
        )
        return (
            f"<record>\n{self.header()}<metadata>\n"
            f'<arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/">{raw}</arXivRaw>\n'
            "</metadata>\n</record>\n"
        )


def envelope(inner: str, day: str = "2026-01-01") -> bytes:
    """An answer as arXiv lays it out."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
        f"<responseDate>{day}T00:00:09Z</responseDate>\n<request>http://x/oai</request>\n"
        f"{inner}</OAI-PMH>\n"
    ).encode()


def error(code: str, reason: str = "A reason.") -> bytes:
    return envelope(f"<error code='{code}'>{reason}</error>")


@dataclass
class SmallOai:
    """What the handler answers from; `script` names the fault of each coming request."""

    records: list[OaiRecord] = field(default_factory=list)
    script: list[str] = field(default_factory=list)  # used up from the front; "" = no fault
    always: str = ""
    odds: tuple[str, float] = ("", 0.0)  # a fault, and how likely it is
    random: random.Random = field(default_factory=lambda: random.Random(1))
    poison: dict[str, str] = field(default_factory=dict)  # id -> fault whenever it is shown
    before: Callable[[int], None] | None = None  # called with the number of each request
    moment: Moment | None = None
    today: str = "2026-01-01"  # of the service
    known_sets: tuple[str, ...] = (CL, LG)
    page_size: int = 4
    list_size: int = 7
    asked: list[dict[str, str]] = field(default_factory=list)
    url: str = ""

    def add(self, *records: OaiRecord) -> None:
        ids = {record.arxiv_id for record in records}
        self.records = [r for r in self.records if r.arxiv_id not in ids] + list(records)

    def verbs(self) -> list[str]:
        return [asked["verb"] for asked in self.asked]

    def fault(self) -> str:
        if self.script:
            return self.script.pop(0)
        name, odds = self.odds
        return name if self.random.random() < odds else self.always

    def answer(self, asked: dict[str, str], fault: str) -> tuple[int, dict[str, str], bytes]:
        if fault in ("500", "503", "429"):
            return int(fault), {"Retry-After": "1"}, b"not now"
        if fault == "moved":
            return 301, {"Location": f"{self.url}?{urlencode(asked)}"}, b""
        if fault == "html":
            return 200, {"Content-Type": "text/html"}, b"<html><body>Later</body></html>"
        body = self._document(asked, fault)
        body = body.replace(b"<responseDate>2026-01-01", f"<responseDate>{self.today}".encode())
        if fault == "truncated":
            body = body[: len(body) * 2 // 3]
        return 200, HEADERS, _damaged(body, fault)

    def _document(self, asked: dict[str, str], fault: str) -> bytes:
        if fault.startswith("error "):
            return error(fault[6:])
        if asked["verb"] == "GetRecord":
            return self._one(asked["identifier"].removeprefix("oai:arXiv.org:"))
        token = asked.get("resumptionToken")
        if token is not None and fault == "expire":
            return error("badResumptionToken")
        place = dict(asked) if token is None else dict(parse_qsl(unquote(token)))
        if place.get("set", CL) not in self.known_sets:
            return error("badArgument", "Set does not exist")
        found = self._found(place)
        skip = int(place.pop("skip", 0))
        size = self.page_size if asked["verb"] == "ListRecords" else self.list_size
        shown = found[skip : skip + size]
        if not shown:
            return error("noRecordsMatch")
        ending = "<resumptionToken/>" if token is not None else ""
        if len(found) > skip + size:
            ending = _token(place, skip, shown, found[skip + size])
        return self._page(asked["verb"], shown, ending, fault)

    def _found(self, place: dict[str, str]) -> list[OaiRecord]:
        low, high = place.get("from", "0000"), place.get("until", "9999")
        found = [
            record
            for record in self.records
            if low <= record.day <= high and place.get("set", CL) in record.sets
        ]
        return sorted(found, key=lambda record: (record.day, record.arxiv_id))

    def _one(self, arxiv_id: str) -> bytes:
        for record in self.records:
            if record.arxiv_id == arxiv_id:
                body = envelope(f"<GetRecord>{record.record()}</GetRecord>")
                return self._poisoned(body, [record])
        return error("idDoesNotExist", "Nothing found for this ID")

    def _page(self, verb: str, shown: list[OaiRecord], ending: str, fault: str) -> bytes:
        shown = list(shown)
        if fault == "empty":
            shown = []
        if fault == "short":
            shown = shown[: max(1, len(shown) // 2)]
        if fault == "dup":
            shown += shown[-2:]
        if fault == "shuffle":
            self.random.shuffle(shown)
        texts = [r.record() if verb == "ListRecords" else r.header() for r in shown]
        if fault == "nofield" and texts:
            texts[0] = re.sub("<title>.*?</title>", "", texts[0])
        body = envelope(f"<{verb}>{''.join(texts)}{ending}</{verb}>")
        return self._poisoned(body, shown)

    def _poisoned(self, body: bytes, shown: list[OaiRecord]) -> bytes:
        for record in shown:
            fault = self.poison.get(record.arxiv_id, "")
            mark = f"<id>{record.arxiv_id}</id>".encode()
            at = body.find(mark)
            if fault and at >= 0:
                body = body[:at] + _damaged(body[at:], fault)
        return body


def _token(place: dict[str, str], skip: int, shown: list[OaiRecord], after: OaiRecord) -> str:
    """As arXiv makes it: from the day of the record that comes next, past what was shown of it."""
    if after.day == shown[0].day:
        place = {**place, "skip": str(skip + len(shown))}
    else:
        count = sum(record.day == after.day for record in shown)
        place = {**place, "from": after.day, "skip": str(count)}
    text = escape(quote(urlencode(place)))
    return f"<resumptionToken expirationDate='2026-01-02T00:00:00Z'>{text}</resumptionToken>"


def _damaged(body: bytes, fault: str) -> bytes:
    junk = JUNK.get(fault)
    if junk is None:
        return body
    for place in (b"<title>", b"<setSpec>"):
        if place in body:
            return body.replace(place, place + junk, 1)
    return body


def _handler(small: SmallOai) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = dict(parse_qsl(urlsplit(self.path).query))
            small.asked.append(asked)
            if small.before is not None:
                small.before(len(small.asked))
            moment = moments_of(small)
            moment("before")
            fault = small.fault()
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


class Shelf:
    """What a library would hold: papers and deletions by id."""

    def __init__(self) -> None:
        self.papers: dict[str, Paper] = {}
        self.changed: dict[str, Any] = {}  # id -> the day as of which it is known

    def store(self, page: HarvestPage) -> None:
        for paper in page.papers:
            self.papers[paper.arxiv_id] = paper
            self.changed[paper.arxiv_id] = paper.modified
        for deletion in page.deletions:
            self.changed[deletion.arxiv_id] = deletion.modified

    def missing(self, headers: Any) -> list[OaiHeader]:
        return [
            header
            for header in headers
            if header.arxiv_id not in self.changed
            or self.changed[header.arxiv_id] < header.datestamp
        ]


@pytest.fixture
def small_oai(monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallOai]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    small = SmallOai()
    server = QuietServer(("127.0.0.1", 0), _handler(small))
    small.url = f"http://127.0.0.1:{server.server_port}/oai"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield small
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def oai_record() -> type[OaiRecord]:
    return OaiRecord


@pytest.fixture
def oai_envelope() -> Callable[..., bytes]:
    return envelope
