"""RIS (Zotero, EndNote, publishers) -> references, entry by entry, each read by rispy alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from littrack.records import Reference, Rejection
from littrack.sources.references.fields import (
    Entry,
    find_doi,
    find_id,
    find_year,
    listed_authors,
    without_markup,
)
from littrack.text import clean

# rispy's names of the tags AN, UR, DO, JO, JF, VL, IS, M1, N1, C1-C3, PB, T2; most trusted first.
ID_FIELDS = (
    *("accession_number", "urls", "doi", "journal_name", "alternate_title3", "volume", "number"),
    *("note", "notes", "custom1", "custom2", "custom3", "publisher", "secondary_title"),
)
_TAG_LINE = re.compile(r"^([A-Z][A-Z0-9])[ \t]{1,2}-[ \t]?", re.MULTILINE)
_START = re.compile(r"TY  - ")
_END = re.compile(r"ER  -")
_REPEATED = ("M1", "AN", "DO", "C1", "C2", "C3")  # beside those that rispy takes as lists


def parse_ris(text: str) -> tuple[list[Entry], list[Rejection]]:
    """Every entry of a file, in order, and every stretch of lines that is none."""
    entries: list[Entry] = []
    rejections: list[Rejection] = []
    for line, chunk in _chunks(_TAG_LINE.sub(r"\1  - ", text)):
        place = f"line {line}"
        try:
            entries.append(_entry(chunk, place))
        except ValueError as exc:
            rejections.append(Rejection(place, str(exc), chunk.encode("utf-8")))
    return entries, rejections


def _chunks(text: str) -> Iterator[tuple[int, str]]:
    """(line of its beginning, lines) of each entry: from TY to ER or to the next TY.

    Lines outside of entries make a chunk of their own.
    """
    begin, lines = 1, list[str]()
    for number, line in enumerate(text.split("\n"), 1):
        if _START.match(line) and any(map(str.strip, lines)):
            yield begin, "\n".join(lines)
            lines = []
        if line.strip() or lines:
            begin = begin if lines else number
            lines.append(line)
        if _END.match(line):
            yield begin, "\n".join(lines)
            lines = []
    if any(map(str.strip, lines)):
        yield begin, "\n".join(lines)


def _entry(chunk: str, place: str) -> Entry:
    if not _START.match(chunk):
        raise ValueError("not a RIS entry: it does not begin with a TY line")
    import rispy
    from rispy.config import LIST_TYPE_TAGS

    closed = chunk if re.search(r"^ER  -", chunk, re.MULTILINE) else f"{chunk}\nER  - "
    found = rispy.loads(closed, list_tags=[*LIST_TYPE_TAGS, *_REPEATED])
    if not found:
        raise ValueError("not a RIS entry that can be read")
    record: dict[str, Any] = found[0]
    title = _first(record, "title", "primary_title", "translated_title", "short_title")
    authors = record.get("authors") or record.get("first_authors") or []
    identifier, remark = find_id((name, _text(record.get(name))) for name in ID_FIELDS)
    if not (title or authors or identifier):
        raise ValueError("the entry has neither title nor author nor arXiv id")
    reference = Reference(
        place=place,
        key=clean(_text(record.get("id"))),
        kind=clean(_text(record.get("type_of_reference"))).lower() or "gen",  # RIS for "any"
        title=without_markup(title),
        authors=listed_authors(authors),
        year=find_year(*(_text(record.get(name)) for name in ("year", "publication_year", "date"))),
        arxiv_id=identifier.base if identifier else None,
        version=identifier.version if identifier else None,
        doi=find_doi(_text(record.get("doi"))),
        url=next(iter(record.get("urls") or []), None),
        raw=chunk,
    )
    return Entry(reference, remark)


def _first(record: dict[str, Any], *names: str) -> str:
    return next((text for name in names if (text := _text(record.get(name)))), "")


def _text(value: object) -> str:
    """A tag's text; the texts of a repeated one."""
    if isinstance(value, list):
        return " ; ".join(map(str, value))
    return "" if value is None else str(value)
