"""CSL-JSON (Zotero, pandoc, Crossref) -> references; items around a broken one are still read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
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

ID_FIELDS = (
    *("archive_location", "arxiv", "number", "container-title", "volume", "URL", "DOI", "note"),
    *("archive", "publisher"),
)
_ITEM_KEYS = frozenset(("type", "title", "author", "issued", "DOI", "URL", "container-title"))
_NEXT_ITEM = re.compile(r"[\[}\],]\s*(?=\{)")
_LONGEST_KEPT = 65_536  # characters of what could not be read


def is_csl(value: object) -> bool:
    """Whether an object is an item as CSL-JSON has it, not a paper of littrack's own lines.

    CSL writes people as objects and dates as parts.
    """
    if not isinstance(value, Mapping):
        return False
    people, issued = value.get("author"), value.get("issued")
    structured = isinstance(issued, Mapping) or (
        isinstance(people, list) and any(isinstance(one, Mapping) for one in people)
    )
    return structured or ("type" in value and "authors" not in value and "title" in value)


def parse_csl(text: str) -> tuple[list[Entry], list[Rejection]]:
    """Every item of a file, in order, and everything in it that is none."""
    entries: list[Entry] = []
    rejections: list[Rejection] = []
    for number, (item, raw) in enumerate(_items(text), 1):
        place = f"entry {number}"
        try:
            entries.append(_entry(item, raw, place))
        except ValueError as exc:
            kept = raw[:_LONGEST_KEPT].encode("utf-8", "backslashreplace")
            rejections.append(Rejection(place, str(exc), kept))
    return entries, rejections


def _items(text: str) -> Iterator[tuple[object, str]]:
    """(item, its text): of an array, of ``{"items": [...]}``, of one object, of an object a line.

    Where the text is no JSON, (the complaint as a ValueError, the stretch that cannot be read).
    """
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        yield from _salvaged(text)
        return
    if isinstance(whole, dict):
        held = whole.get("items")
        whole = held if isinstance(held, list) else [whole]
    for item in whole if isinstance(whole, list) else [whole]:
        yield item, clean(json.dumps(item, ensure_ascii=False))


def _salvaged(text: str) -> Iterator[tuple[object, str]]:
    """The items of JSON that is broken somewhere, or that has an object a line."""
    decoder = json.JSONDecoder()
    place = _next_brace(text, 0)
    unread = place
    while 0 <= place < len(text):
        try:
            item, end = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            item, end = None, place
        if isinstance(item, dict) and _ITEM_KEYS & item.keys():
            if text[unread:place].strip(" \r\n\t,[]"):
                yield ValueError("not JSON that can be read"), text[unread:place]
            yield item, text[place:end]
            place = unread = _next_brace(text, end)
        else:
            found = _NEXT_ITEM.search(text, max(end - 1, place + 1))
            place = found.end() if found else len(text)
    if unread >= 0 and text[unread:].strip(" \r\n\t,[]}"):
        yield ValueError("not JSON that can be read to the end"), text[unread:]


def _next_brace(text: str, start: int) -> int:
    found = text.find("{", start)
    return found if found >= 0 else len(text)


def _entry(item: object, raw: str, place: str) -> Entry:
    if isinstance(item, ValueError):
        raise item
    if not isinstance(item, Mapping) or not _ITEM_KEYS & item.keys():
        raise ValueError("not a CSL-JSON item: an object with type, title, author ...")
    fields = [(name, _text(item.get(name))) for name in ID_FIELDS]
    identifier, remark = find_id(fields)
    title = without_markup(_text(item.get("title")))
    reference = Reference(
        place=place,
        key=_text(item.get("citation-key")) or _text(item.get("id")),
        kind=_text(item.get("type")) or "document",  # CSL's word for anything
        title=title,
        authors=listed_authors(map(_name, _listed(item.get("author") or item.get("editor")))),
        year=_year(item.get("issued")),
        arxiv_id=identifier.base if identifier else None,
        version=identifier.version if identifier else None,
        doi=find_doi(_text(item.get("DOI"))),
        url=_text(item.get("URL")) or None,
        raw=raw,
    )
    return Entry(reference, remark)


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _name(person: object) -> str:
    """``van den Oord, Aaron``; a name that is not in parts stays as it stands."""
    if not isinstance(person, Mapping):
        return _text(person)
    literal = _text(person.get("literal") or person.get("name"))
    particle = _text(person.get("non-dropping-particle") or person.get("dropping-particle"))
    family = f"{particle} {_text(person.get('family'))}".strip()
    given = _text(person.get("given"))
    return ", ".join(part for part in (family, given) if part) or literal


def _year(issued: object) -> int | None:
    if isinstance(issued, Mapping):
        parts = issued.get("date-parts")
        issued = (
            parts[:1] if isinstance(parts, list) else issued.get("raw") or issued.get("literal")
        )
    return find_year(str(issued))


def _text(value: object) -> str:
    """A value as clean text, for JSON may hold what no database takes; of a list, its first."""
    if isinstance(value, list):
        return _text(value[0]) if value else ""
    return "" if value is None or isinstance(value, (Mapping, bool)) else clean(str(value))
