"""One object of the arXiv metadata snapshot on Kaggle -> a paper with its version history.

The snapshot has the dates of all versions but the text of the last one only, does not say its
version in the id, and marks withdrawal nowhere but in comment and abstract.
Every complaint is a ValueError in words for the user.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from typing import Any

from littrack.records import AbstractKind, DateKind, Paper, PaperDate, PaperVersion, Precision
from littrack.sources.fields import (
    first_doi,
    is_withdrawn,
    one_line,
    optional_line,
    parse_date,
    parse_rfc_2822,
)
from littrack.sources.paper_files.simple_lines import (
    NAMES,
    id_month,
    needed_id,
    needed_title,
    split_authors,
    text_or_none,
)

_VERSION = re.compile(r"v([1-9]\d{0,3})", re.ASCII)


def is_kaggle(record: dict[str, Any]) -> bool:
    """Whether an object has the keys that only the Kaggle snapshot has."""
    return "authors_parsed" in record or ("versions" in record and "update_date" in record)


def kaggle_paper(record: dict[str, Any]) -> Paper:
    """The paper that a snapshot line describes, as of its last version."""
    identifier = needed_id(record)
    title = needed_title(record)
    abstract = one_line(text_or_none(record, "abstract") or "")
    authors = _authors(record)
    categories = tuple((text_or_none(record, "categories") or "").split())
    comment = optional_line(text_or_none(record, "comments"))
    history = _history(record.get("versions"))
    published, version, updated = id_month(identifier), None, None
    if history:
        if history[0].number == 1 and history[0].submitted is not None:
            published = PaperDate(history[0].submitted, Precision.SECOND, DateKind.V1)
        version, updated = history[-1].number, history[-1].submitted
        text = (title, abstract, authors, categories, comment)
        history[-1] = PaperVersion(version, updated, *text)
    return Paper(
        identifier.base,
        title,
        abstract,
        authors,
        categories,
        published,
        version,
        updated,
        AbstractKind.AUTHOR if abstract else AbstractKind.NONE,
        comment,
        optional_line(text_or_none(record, "journal-ref")),
        first_doi(text_or_none(record, "doi")),
        optional_line(text_or_none(record, "report-no")),
        optional_line(text_or_none(record, "license")),
        optional_line(text_or_none(record, "submitter")),
        is_withdrawn(comment, abstract),
        _modified(text_or_none(record, "update_date")),
        tuple(history),
    )


def _history(value: object) -> list[PaperVersion]:
    """Versions in order of their number, without text."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise ValueError("versions is not a list")
    history = []
    for item in value:
        match = _VERSION.fullmatch(str(item.get("version"))) if isinstance(item, dict) else None
        if match is None:
            raise ValueError(f"a version is not of the form v1, v2 ...: {str(item)[:60]}")
        history.append(PaperVersion(int(match[1]), parse_rfc_2822(item.get("created"))))
    history.sort(key=lambda version: version.number)
    return history


@lru_cache(maxsize=16384)
def _modified(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        return parse_date(text, DateKind.V1).value
    except ValueError as exc:
        raise ValueError(f"update_date {text!r} is not a date: {exc}") from exc


def _authors(record: dict[str, Any]) -> tuple[str, ...]:
    """Fore name, key name, suffix; from the free text when the parsed names are missing."""
    parsed = record.get("authors_parsed")
    if not parsed:
        free = split_authors(text_or_none(record, "authors") or "")
        return tuple(name for part in free if (name := NAMES(part)))
    names = []
    try:
        for key, fore, *more in parsed:
            suffix = more[0] if more else ""
            names.append(NAMES(" ".join(part for part in (fore, key, suffix) if part)))
    except (TypeError, ValueError, AttributeError) as exc:
        raise ValueError("authors_parsed is not a list of [key name, fore name, suffix]") from exc
    return tuple(name for name in names if name)
