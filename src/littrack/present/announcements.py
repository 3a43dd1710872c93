"""Announcements as rows: what scripts read and what people see."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from littrack.identifiers import url_of
from littrack.present.tables import Table
from littrack.records import Announcement

COLUMNS = {"kind": "Kind", "arxiv_id": "arXiv id", "held": "Held", "title": "Title"}
KEYS = (
    *("arxiv_id", "version", "kind", "title", "authors"),
    *("categories", "announced", "held", "url"),
)


def announcements_table(announcements: Iterable[tuple[Announcement, str]]) -> Table:
    """Announcements, each with whether it is held, in the order given."""
    return Table([announcement_object(*pair) for pair in announcements], COLUMNS, KEYS)


def announcement_object(one: Announcement, held: str) -> dict[str, Any]:
    """An announcement as scripts read it. ``announced`` is the moment its day began at arXiv."""
    announced = one.announced.isoformat().replace("+00:00", "Z") if one.announced else None
    return {
        "arxiv_id": one.arxiv_id,
        "version": one.version,
        "kind": one.kind,
        "title": one.title,
        "authors": list(one.authors),
        "categories": list(one.categories),
        "announced": announced,
        "held": held,
        "url": url_of(one.arxiv_id, one.version),
    }
