"""One OAI-PMH answer -> headers and papers, or a refusal. Nothing is repaired.

`parse_answer` takes an answer as a whole or not at all. `salvage_answer` is for an answer that
stays bad however often it is asked for: it takes every record that is good by itself, names each
that is not, and still insists on the rest of the answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from lxml import etree

from littrack.errors import InputError, SourceMalformed
from littrack.identifiers import parse_recorded_id
from littrack.records import Paper, Rejection
from littrack.sources.fields import one_line, parse_time
from littrack.sources.harvest import Deletion
from littrack.sources.oai.raw import raw_paper
from littrack.sources.strict_xml import parse_xml

OAI = "{http://www.openarchives.org/OAI/2.0/}"
ID_PREFIX = "oai:arXiv.org:"
VERBS = ("ListRecords", "ListIdentifiers", "GetRecord")

_HEADER, _RECORD, _METADATA = f"{OAI}header", f"{OAI}record", f"{OAI}metadata"
_TOKEN, _IDENTIFIER, _DATESTAMP = f"{OAI}resumptionToken", f"{OAI}identifier", f"{OAI}datestamp"
_VERB_TAGS = {f"{OAI}{verb}": verb for verb in VERBS}
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_ONE_DAY = timedelta(days=1)

_ROOT_START = re.compile(rb"<OAI-PMH\b[^>]*>")
_ROOT_END = b"</OAI-PMH>"
_RECORD_BYTES = re.compile(rb"<record>.*?</record>", re.DOTALL)
_HEADER_BYTES = re.compile(rb"<header\b[^>]*>.*?</header>", re.DOTALL)
_ID_BYTES = re.compile(rb"<identifier>\s*oai:arXiv\.org:([^<\s]{1,40})\s*</identifier>")


@dataclass(frozen=True, slots=True)
class OaiHeader:
    """What a list says of one record without its text."""

    arxiv_id: str
    datestamp: datetime  # day of its last change, midnight UTC
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class OaiRefusal:
    """The protocol's own error, ``noRecordsMatch`` and the like, and arXiv's words for it."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class OaiAnswer:
    """One answer: records, or a refusal."""

    response_date: datetime
    verb: str = ""  # of `VERBS`; "" with a refusal
    headers: tuple[OaiHeader, ...] = ()  # of all records that could be read
    papers: tuple[Paper, ...] = ()
    deletions: tuple[Deletion, ...] = ()
    rejections: tuple[Rejection, ...] = ()  # only when salvaged
    token: str | None = None  # "" is an empty element, None is no element: both end a list
    refusal: OaiRefusal | None = None

    @property
    def entries(self) -> int:
        """Records in the answer, readable or not."""
        return len(self.headers) + len(self.rejections)

    @property
    def newest(self) -> datetime | None:
        """The latest day of change among the records."""
        return max((header.datestamp for header in self.headers), default=None)


@dataclass(slots=True)
class _Found:
    """What has been read so far."""

    latest: datetime  # no record can have changed after this
    headers: list[OaiHeader] = field(default_factory=list)
    papers: list[Paper] = field(default_factory=list)
    token: str | None = None

    def read(self, element: etree._Element) -> None:
        """Take one record or header.

        Raises:
            ValueError: it lacks what every record has, or says what cannot be.
        """
        if element.tag == _HEADER:
            self.headers.append(self._header(element))
            return
        parts = {child.tag: child for child in element}
        header = self._header(parts[_HEADER]) if _HEADER in parts else None
        if header is None:
            raise ValueError("no header")
        if not header.deleted:
            metadata = parts.get(_METADATA)
            if metadata is None or len(metadata) != 1:
                raise ValueError("no metadata")
            self.papers.append(raw_paper(metadata[0], header.arxiv_id, header.datestamp))
        self.headers.append(header)

    def _header(self, element: etree._Element) -> OaiHeader:
        status = element.get("status")
        if status not in (None, "deleted"):
            raise ValueError(f"the record's status is {status!r}")
        datestamp = _day(element.findtext(_DATESTAMP))
        if datestamp > self.latest:
            raise ValueError(f"changed on {datestamp:%Y-%m-%d}, which is yet to come")
        return OaiHeader(_id(element.findtext(_IDENTIFIER)), datestamp, status is not None)

    def answer(self, response_date: datetime, verb: str) -> OaiAnswer:
        return OaiAnswer(
            response_date,
            verb,
            tuple(self.headers),
            tuple(self.papers),
            tuple(Deletion(h.arxiv_id, h.datestamp) for h in self.headers if h.deleted),
            token=self.token,
        )


def parse_answer(body: bytes) -> OaiAnswer:
    """Read one whole answer of ListRecords, ListIdentifiers or GetRecord, or a refusal.

    Raises:
        SourceMalformed: not well-formed to its end, not OAI-PMH, or a record in it is not good.
    """
    root = _root(body)
    response_date, content = _envelope(root, body)
    if content[0].tag == f"{OAI}error":
        return OaiAnswer(response_date, refusal=_refusal(content, body))
    verb = _VERB_TAGS.get(str(content[0].tag))
    if verb is None or len(content) > 1:
        raise SourceMalformed(f"the answer holds <{content[-1].tag}>, which nobody asked for", body)
    found = _Found(response_date + _ONE_DAY)
    expected = _HEADER if verb == "ListIdentifiers" else _RECORD
    for number, element in enumerate(content[0], 1):
        if element.tag == expected and found.token is None:
            try:
                found.read(element)
            except ValueError as exc:
                where = one_line(element.findtext(f".//{_IDENTIFIER}") or "no id")
                raise SourceMalformed(f"record {number} ({where}): {exc}", body) from exc
        elif element.tag == _TOKEN and found.token is None and verb != "GetRecord":
            found.token = (element.text or "").strip()
        else:
            raise SourceMalformed(f"{verb} holds a <{element.tag}> as its {number}. element", body)
    return found.answer(response_date, verb)


def salvage_answer(body: bytes) -> OaiAnswer:
    """Every record that is good by itself; each other one is a rejection with its bytes.

    Raises:
        SourceMalformed: cut short, or bad outside of its records too.
    """
    start = _ROOT_START.search(body, 0, 4096)
    if start is None or not body.rstrip().endswith(_ROOT_END):
        raise SourceMalformed("the answer is not OAI-PMH to its end", body)
    pieces = _RECORD_BYTES if b"<record>" in body else _HEADER_BYTES
    rest = parse_answer(pieces.sub(b"", body))
    found = _Found(rest.response_date + _ONE_DAY, token=rest.token)
    rejections = []
    for number, piece in enumerate(pieces.findall(body), 1):
        try:
            found.read(_root(body[: start.end()] + piece + _ROOT_END)[0])
        except (SourceMalformed, ValueError) as exc:
            rejections.append(Rejection(_place(piece, number), str(exc), piece))
    answer = found.answer(rest.response_date, rest.verb)
    return _with_rejections(answer, rejections)


def _with_rejections(answer: OaiAnswer, rejections: list[Rejection]) -> OaiAnswer:
    return OaiAnswer(
        answer.response_date,
        answer.verb,
        answer.headers,
        answer.papers,
        answer.deletions,
        tuple(rejections),
        answer.token,
    )


def _place(piece: bytes, number: int) -> str:
    """The record's id where it can be made out, else its position in the answer."""
    match = _ID_BYTES.search(piece)
    return match[1].decode("ascii", "replace") if match else f"record {number}"


def _root(body: bytes) -> etree._Element:
    root = parse_xml(body)
    if root.tag != f"{OAI}OAI-PMH":
        raise SourceMalformed(f"the answer is <{root.tag}>, not OAI-PMH", body)
    return root


def _envelope(root: etree._Element, body: bytes) -> tuple[datetime, list[etree._Element]]:
    """(the service's clock, what stands beside it: one verb's element, or errors)."""
    known = (f"{OAI}responseDate", f"{OAI}request")
    content = [child for child in root if child.tag not in known]
    if not content:
        raise SourceMalformed("the answer holds neither records nor an error", body)
    try:
        return parse_time(root.findtext(known[0]) or ""), content
    except ValueError as exc:
        raise SourceMalformed(f"the answer does not say when it was given: {exc}", body) from exc


def _refusal(content: list[etree._Element], body: bytes) -> OaiRefusal:
    if any(element.tag != f"{OAI}error" for element in content):
        raise SourceMalformed("the answer holds an error and something else", body)
    return OaiRefusal(content[0].get("code") or "", one_line(content[0].text or "no reason given"))


def _id(text: str | None) -> str:
    if text is None:
        raise ValueError("no identifier")
    text = text.strip()
    if not text.startswith(ID_PREFIX):
        raise ValueError(f"the identifier {text[:60]!r} does not begin with {ID_PREFIX}")
    try:
        return parse_recorded_id(text[len(ID_PREFIX) :]).base
    except InputError as exc:
        raise ValueError(f"id: {exc}") from exc


@lru_cache(maxsize=16384)  # a corpus has few days and many papers
def _day(text: str | None) -> datetime:
    if text is None or not _DAY.fullmatch(text.strip()):
        raise ValueError(f"the datestamp is {text!r}, not a day like 2024-03-31")
    day = date.fromisoformat(text.strip())
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
