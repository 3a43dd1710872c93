"""One object of littrack's simple JSON lines -> a paper.

Keys: ``id`` and ``title`` are needed; ``abstract, authors, categories, published, published_kind
(v1, announced, id_month), updated, version, comment, doi, journal_ref, summary, summary_zh`` may be
there. Every complaint is a ValueError in words for the user.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any

from littrack.errors import InputError
from littrack.identifiers import ArxivId, month_of, parse_recorded_id
from littrack.records import AbstractKind, DateKind, Paper, PaperDate, PaperVersion, Precision
from littrack.sources.fields import (
    first_doi,
    is_withdrawn,
    one_line,
    optional_line,
    parse_date,
    parse_time,
)

_VERSION = re.compile(r"v?([1-9]\d{0,3})", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)
_AND = re.compile(r",\s+and\s+|\s+and\s+|,\s+")
_DATE_KINDS = {kind.value: kind for kind in DateKind}
NAMES: Callable[[str], str] = lru_cache(maxsize=65536)(one_line)  # authors recur


def simple_paper(record: dict[str, Any]) -> Paper:
    """The paper that a simple line describes."""
    identifier = needed_id(record)
    title = needed_title(record)
    abstract, kind = _abstract(record)
    authors = _names(record.get("authors"), "authors", split_authors)
    categories = _names(record.get("categories"), "categories", str.split)
    published = _published(record, identifier)
    comment = optional_line(text_or_none(record, "comment"))
    version = _version(record.get("version"), identifier)
    updated = _updated(text_or_none(record, "updated"))
    versions: tuple[PaperVersion, ...] = ()
    if version is not None:
        submitted = updated
        if version == 1 and published.precision is Precision.SECOND:
            submitted = published.value if published.kind is DateKind.V1 else updated
        text = (title, abstract, authors, categories, comment)
        versions = (PaperVersion(version, submitted, *text),)
    return Paper(
        identifier.base,
        title,
        abstract,
        authors,
        categories,
        published,
        version,
        updated,
        kind,
        comment,
        optional_line(text_or_none(record, "journal_ref")),
        first_doi(text_or_none(record, "doi")),
        withdrawn=is_withdrawn(comment, abstract),
        versions=versions,
    )


def needed_id(record: dict[str, Any]) -> ArxivId:
    """The identifier under ``id``."""
    text = record.get("id")
    if not isinstance(text, str):
        raise ValueError(
            "no id" if text is None else f"id is {text!r}, not text (put it in quotes)"
        )
    try:
        return parse_recorded_id(text)
    except InputError as exc:
        raise ValueError(f"id: {exc}") from exc


def needed_title(record: dict[str, Any]) -> str:
    """The text under ``title``; "0" is a real title, blank is none."""
    text = text_or_none(record, "title")
    title = "" if text is None else one_line(text)
    if not title:
        raise ValueError("no title")
    return title


def text_or_none(record: dict[str, Any], key: str) -> str | None:
    """The text under ``key``, or None for null or nothing there."""
    value = record.get(key)
    if value is None or isinstance(value, str):
        return value
    raise ValueError(f"{key} is {_kind(value)}, not text")


def split_authors(text: str) -> list[str]:
    """Names in one string: separated by semicolons, else by commas and "and"."""
    return text.split(";") if ";" in text else _AND.split(text)


def id_month(identifier: ArxivId) -> PaperDate:
    """What the identifier alone tells of the date."""
    return _id_month(identifier.base)


@lru_cache(maxsize=1024)
def _id_month(base: str) -> PaperDate:
    return PaperDate(month_of(base), Precision.MONTH, DateKind.ID_MONTH)


def _abstract(record: dict[str, Any]) -> tuple[str, AbstractKind]:
    abstract = one_line(text_or_none(record, "abstract") or "")
    if abstract:
        return abstract, AbstractKind.AUTHOR
    summaries = (text_or_none(record, name) for name in ("summary", "summary_zh"))
    summary = one_line(" ".join(summary for summary in summaries if summary))
    return summary, AbstractKind.SUMMARY if summary else AbstractKind.NONE


def _names(value: object, key: str, split: Callable[[str], list[str]]) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        value = split(value)
    if not isinstance(value, list):
        raise ValueError(f"{key} is {_kind(value)}, not a list of texts")
    try:
        return tuple([name for item in value if (name := NAMES(item))])
    except (AttributeError, TypeError) as exc:
        raise ValueError(f"{key} holds something that is not text") from exc


def _published(record: dict[str, Any], identifier: ArxivId) -> PaperDate:
    text, kind_text = record.get("published"), record.get("published_kind")
    if kind_text is not None and kind_text not in _DATE_KINDS:
        raise ValueError(f"published_kind is {kind_text!r}; it is {', '.join(_DATE_KINDS)} or null")
    if type(text) is int:
        text = str(text)
    if text is None or text == "":
        return id_month(identifier)
    if not isinstance(text, str):
        raise ValueError(f"published is {_kind(text)}, not a date")
    kind = _DATE_KINDS[kind_text] if kind_text is not None else DateKind.V1
    if _YEAR.fullmatch(text) and 1991 <= int(text) < 2100:
        return id_month(identifier)  # the identifier's month says more than a year
    try:
        return parse_date(text, kind)
    except ValueError as exc:
        raise ValueError(f"published {text!r} is not a date: {exc}") from exc


def _version(value: object, identifier: ArxivId) -> int | None:
    if value is None:
        return identifier.version
    if type(value) is int and value > 0:
        return value
    match = _VERSION.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError(f"version is {value!r}; it is a number from 1 on, or v1, v2 ...")
    return int(match[1])


def _updated(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        return parse_time(text)
    except ValueError as exc:
        raise ValueError(f"updated {text!r} is not a date: {exc}") from exc


def _kind(value: object) -> str:
    names = {bool: "true or false", int: "a number", float: "a number", list: "a list"}
    return names.get(type(value), "an object" if isinstance(value, dict) else repr(value))
