"""Checked references as objects for scripts and as a table of findings for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from littrack.present.tables import Table
from littrack.records import CheckedReference, ReferenceStatus

KEYS = (
    *("list", "place", "key", "kind", "title", "authors", "year", "arxiv_id", "version", "doi"),
    *("url", "status", "explanation", "paper", "paper_title", "suggestion"),
)
_COLUMNS = {
    "status": "Status",
    "place": "Place",
    "key": "Key",
    "arxiv_id": "arXiv",
    "explanation": "What is found",
}
_WORST_FIRST = (
    ReferenceStatus.ID_MISMATCH,
    ReferenceStatus.NOT_FOUND,
    ReferenceStatus.TITLE_VARIANT,
    ReferenceStatus.UNCHECKED,
    ReferenceStatus.VERIFIED,
)

ListedReference = tuple[str, CheckedReference]  # the name of its list first


def reference_object(name: str, checked: CheckedReference) -> dict[str, Any]:
    """A reference and what its check found, as scripts read it."""
    reference = checked.reference
    return {
        "list": name,
        "place": reference.place,
        "key": reference.key,
        "kind": reference.kind,
        "title": reference.title,
        "authors": list(reference.authors),
        "year": reference.year,
        "arxiv_id": reference.arxiv_id,
        "version": reference.version,
        "doi": reference.doi,
        "url": reference.url,
        "status": str(checked.status),
        "explanation": checked.explanation,
        "paper": checked.paper,
        "paper_title": checked.paper_title,
        "suggestion": checked.suggestion,
    }


def references_table(references: Sequence[ListedReference]) -> Table:
    """Every reference, in the order of the lists."""
    return Table([reference_object(*one) for one in references], _COLUMNS, KEYS)


def findings_table(references: Sequence[ListedReference]) -> Table:
    """What a person should look at: all that is not verified, the worst first.

    Columns that nobody filled are left out; with several lists, a column says which.
    """
    found = [one for one in references if one[1].status is not ReferenceStatus.VERIFIED]
    found.sort(key=lambda one: (_WORST_FIRST.index(one[1].status), not one[1].suggestion))
    rows = [reference_object(*one) for one in found]
    columns = {key: name for key, name in _COLUMNS.items() if any(row[key] for row in rows)}
    if len({name for name, _ in references}) > 1:
        columns = {"list": "List"} | columns
    return Table(rows, columns, KEYS)
