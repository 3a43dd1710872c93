"""Records for tests: whole by default, so that a test names only what it is about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from littrack.records import DateKind, EncoderIdentity, Paper, PaperDate, PaperVersion, Precision


def utc(text: str) -> datetime:
    """``"2023-03-01"`` or ``"2023-03-01 12:30:00"`` in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def a_date(
    text: str = "2023-03-01 10:00:00",
    precision: Precision = Precision.SECOND,
    kind: DateKind = DateKind.V1,
) -> PaperDate:
    return PaperDate(utc(text), precision, kind)


def a_version(number: int, submitted: str | None = None) -> PaperVersion:
    """A version of which only the number and the date are known."""
    return PaperVersion(number, None if submitted is None else utc(submitted))


def a_paper(**changes: Any) -> Paper:
    """Version 1 of a paper, as arXiv describes it."""
    published = a_date()
    fields: dict[str, Any] = {
        "arxiv_id": "2303.00001",
        "title": "Finding papers by meaning",
        "abstract": "We look for papers. Readers find them by what they mean.",
        "authors": ("Ada Lovelace", "王小明"),
        "categories": ("cs.IR", "cs.CL"),
        "published": published,
        "version": 1,
        "versions": (PaperVersion(1, published.value),),
    }
    return Paper(**fields | changes)


def an_encoder(**changes: Any) -> EncoderIdentity:
    fields: dict[str, Any] = {
        "model": "small-model",
        "revision": "r1",
        "prompt": "",
        "dimension": 4,
    }
    return EncoderIdentity(**fields | changes)
