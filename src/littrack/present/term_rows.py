"""Terms as rows: one a term, with every form, how often it is used and where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from littrack.present.tables import Row, Table
from littrack.terms import FormKind, KnownTerm, OddForm

_LIST = ("term", "chinese", "abbreviations", "variants", "uses", "sources", "bundled", "decided")
_LINT = ("file", "line", "column", "start", "end", "form", "preferred", "reason")
_SHOWN = 8  # forms in a table for people


def make_term_table(terms: Sequence[KnownTerm], *, for_people: bool) -> Table:
    """The terms; people see their forms in one cell."""
    columns = {"term": "Term", "forms": "Forms (uses)", "sources": "Sources"}
    rows = [_row(one) for one in terms]
    if for_people:
        rows = [
            row | {"forms": _forms_text(one), "sources": len(row["sources"])}
            for row, one in zip(rows, terms, strict=True)
        ]
    return Table(rows, columns, _LIST)


def _row(known: KnownTerm) -> dict[str, Any]:
    term = known.term
    sources = sorted({source for form in known.forms for source in form.sources})
    return {
        "term": next(iter((*term.english, *term.chinese, *term.abbreviations)), ""),
        "english": list(term.english),
        "chinese": list(term.chinese),
        "abbreviations": list(term.abbreviations),
        "avoid": list(known.avoid),
        "variants": [
            {
                "form": form.form,
                "kind": form.kind.value,
                "count": form.count,
                "sources": list(form.sources),
            }
            for form in known.forms
        ],
        "uses": sum(form.count for form in known.forms),
        "sources": sources,
        "bundled": known.bundled,
        "decided": known.decided,
    }


def _forms_text(known: KnownTerm) -> str:
    others = known.forms[1:] if known.forms[0].kind is FormKind.ENGLISH else known.forms
    shown = [form.form + (f" ({form.count})" if form.count else "") for form in others[:_SHOWN]]
    more = len(others) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def make_odd_form_table(found: Sequence[tuple[str, OddForm]]) -> Table:
    """Places in manuscripts, each with the name of its file."""
    rows: list[Row] = [
        {
            "file": file,
            "line": one.line,
            "column": one.column,
            "start": one.span[0],
            "end": one.span[1],
            "form": one.form,
            "preferred": one.preferred,
            "reason": one.reason,
        }
        for file, one in found
    ]
    columns = {"file": "File", "line": "Line", "column": "Column", "form": "Written"}
    return Table(rows, columns | {"preferred": "Better", "reason": "Why"}, _LINT)
