"""A file of answers that arXiv gave, saved as they came -> papers, deletions and what was wrong.

Two services' answers are read, as strictly as over the network: the query API's Atom and OAI-PMH's
records in arXivRaw. A file may hold several answers, one after the other (``cat``), and may be
gzipped. An answer that breaks off gives its whole records before the error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from littrack.errors import InputError, SourceError, SourceMalformed
from littrack.records import Paper, Rejection
from littrack.sources.harvest import Deletion
from littrack.sources.oai.records import OaiAnswer, parse_answer, salvage_answer
from littrack.sources.paper_files.json_lines import SnapshotLine
from littrack.sources.paper_files.lines import read_lines
from littrack.sources.query_api.atom import FeedPage, parse_feed, salvage_feed

XmlFormat = Literal["atom", "oai"]

NAMES: dict[XmlFormat, str] = {
    "atom": "an answer of arXiv's query API (Atom)", "oai": "an answer of OAI-PMH",
}  # fmt: skip
_LARGEST_ANSWER = 256 * 2**20  # arXiv's have a few MiB
_DECLARATION = re.compile(rb"(?=<\?xml\s)")  # in text every < is escaped: an answer begins here
_BEFORE_ROOT = re.compile(
    r"(?:\s|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>]*>)*", re.DOTALL | re.IGNORECASE
)
_ROOT = re.compile(r"<(?:[\w.-]+:)?([A-Za-z][\w.-]*)")
_FORMATS = {"feed": "atom", "OAI-PMH": "oai"}
_FORMAT_NAMES = {
    b"http://arxiv.org/OAI/arXiv/": "arXiv",
    b"http://arxiv.org/OAI/arXivOld/": "arXivOld",
    b"http://www.openarchives.org/OAI/2.0/oai_dc/": "oai_dc",
}
_RAW = b"http://arxiv.org/OAI/arXivRaw/"
_METADATA = re.compile(rb"<metadata\b")
_WANTED = "ask for ListRecords with metadataPrefix=arXivRaw"


@dataclass(frozen=True, slots=True)
class XmlRecord(SnapshotLine):
    """One record; its "line" is its number in the file. One of the three things is set."""

    deletion: Deletion | None = None


class _Answer(NamedTuple):
    """What one answer gave; `failure` says why there is not all of it."""

    found: list[Paper | Deletion | Rejection]
    failure: str = ""


def find_root(text: str) -> str:
    """The name of the root element, without name space; "" when the text is no XML."""
    before = _BEFORE_ROOT.match(text.removeprefix("\ufeff"))
    root = _ROOT.match(text.removeprefix("\ufeff"), before.end() if before else 0)
    return root[1] if root else ""


def find_xml_format(text: str) -> XmlFormat | None:
    """Which service's answer begins like this; None for anything else."""
    name = _FORMATS.get(find_root(text))
    return "atom" if name == "atom" else "oai" if name else None


def read_xml(path: Path, format: XmlFormat, start: int = 0) -> Iterator[XmlRecord]:
    """Every record after the first ``start``: of each answer its papers, deletions, rejections.

    Raises:
        InputError: not readable; or, after all that could be read, an answer breaks off, is an
            error, or has no papers in a format that is read.
    """
    number, failure = 0, ""
    try:
        for page, (position, body) in enumerate(_answers(path), 1):
            answer = _read_atom(body) if format == "atom" else _read_oai(body)
            place = f"page {page}: " if page > 1 else ""
            for one in answer.found:
                number += 1
                if number > start:
                    yield _record(number, position, one, place)
            if answer.failure and not failure:
                after = f" (after record {number})" if number else ""
                failure = place + answer.failure + after
    except InputError as exc:
        raise InputError(f"{exc.reason}; {number} whole records came before", path) from exc
    if failure:
        raise InputError(failure, path)
    if not number:
        raise InputError(f"there is no record in it; expected {NAMES[format]} with papers", path)


def _answers(path: Path) -> Iterator[tuple[int, bytes]]:
    """(bytes of the file read so far, an answer) of a file of one or more."""
    pieces: list[bytes] = []
    size = position = 0
    try:
        for line in read_lines(path):
            if line.data is None or size > _LARGEST_ANSWER:
                raise InputError("an answer or a line in it is longer than arXiv's ever are", path)
            first, *others = _DECLARATION.split(line.data) if b"<?xml" in line.data else [line.data]
            pieces.append(first)
            size, position = size + len(first) + 1, line.byte_position
            for other in others:
                if any(piece.strip(b"\xef\xbb\xbf \t\r") for piece in pieces):
                    yield position, b"\n".join(pieces).strip()
                pieces, size = [other], len(other)
    except InputError:
        if any(pieces):
            yield position, b"\n".join(pieces).strip()
        raise
    if any(pieces):
        yield position, b"\n".join(pieces).strip()


def _record(number: int, position: int, one: Paper | Deletion | Rejection, place: str) -> XmlRecord:
    if isinstance(one, Paper):
        return XmlRecord(number, position, one)
    if isinstance(one, Deletion):
        return XmlRecord(number, position, deletion=one)
    rejection = Rejection(place + one.where, one.reason, one.payload)
    return XmlRecord(number, position, rejection=rejection)


def _read_atom(body: bytes) -> _Answer:
    try:
        return _Answer(_of_feed(_parse_or_salvage_feed(body)))
    except SourceMalformed as exc:
        whole = _whole_part(body, b"</entry>", b"</feed>")
        try:
            found = _of_feed(salvage_feed(whole)) if whole else []
        except (SourceError, InputError):
            found = []
        return _Answer(found, _in_words(exc, "atom"))
    except (SourceError, InputError) as exc:  # an error entry
        return _Answer([], f"this is not a page of papers: {exc}")


def _parse_or_salvage_feed(body: bytes) -> FeedPage:
    try:
        return parse_feed(body)
    except SourceMalformed as exc:
        try:
            return salvage_feed(body)
        except SourceMalformed:
            raise exc from None  # it says where the answer is wrong


def _of_feed(page: FeedPage) -> list[Paper | Deletion | Rejection]:
    return [*page.papers, *page.rejections]


def _read_oai(body: bytes) -> _Answer:
    if _RAW not in body and _METADATA.search(body):
        named = [name for space, name in _FORMAT_NAMES.items() if space in body]
        format = f"the format {named[0]}" if named else "a format that littrack does not know"
        return _Answer(
            [],
            f"its records are in {format}; littrack reads arXivRaw, which alone has the dates of "
            f"all versions: {_WANTED}",
        )
    try:
        answer = _parse_or_salvage_answer(body)
    except SourceMalformed as exc:
        verb = b"ListRecords" if b"<ListRecords" in body else b"GetRecord"
        whole = _whole_part(body, b"</record>", b"</" + verb + b"></OAI-PMH>")
        try:
            found = _of_answer(salvage_answer(whole)) if whole else []
        except SourceMalformed:
            found = []
        return _Answer(found, _in_words(exc, "oai"))
    if answer.refusal is not None:
        refusal = answer.refusal
        return _Answer([], f"OAI-PMH refused to answer: {refusal.code} ({refusal.reason})")
    if answer.verb == "ListIdentifiers":
        return _Answer([], f"this is a list of ids without papers: {_WANTED}")
    return _Answer(_of_answer(answer))


def _parse_or_salvage_answer(body: bytes) -> OaiAnswer:
    try:
        return parse_answer(body)
    except SourceMalformed as exc:
        try:
            return salvage_answer(body)
        except SourceMalformed:
            raise exc from None


def _of_answer(answer: OaiAnswer) -> list[Paper | Deletion | Rejection]:
    return [*answer.papers, *answer.deletions, *answer.rejections]


def _whole_part(body: bytes, last: bytes, end: bytes) -> bytes | None:
    """An answer that breaks off, closed after its last whole record; None when there is none."""
    position = body.rfind(last)
    return body[: position + len(last)] + end if position >= 0 else None


def _in_words(exc: SourceMalformed, format: XmlFormat) -> str:
    return f"this is not {NAMES[format]}, or not all of it: {exc}"
