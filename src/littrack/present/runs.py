"""One run of the ledger as an object for scripts and as text for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from littrack.present.changes import ORDER, sort_changes
from littrack.present.tables import Table, render_aligned
from littrack.records import Change, ChangeKind, Rejection

CHANGE_COLUMNS = {"kind": "Change", "arxiv_id": "arXiv", "detail": "What", "title": "Title"}
COVERAGE_COLUMNS = {
    "part": "Set",
    "from": "From",
    "until": "Until",
    "papers": "Papers",
    "complete": "Whole",
}
_PAYLOAD_CHARACTERS = 300  # of an unreadable record, on the page
_NEW_SHOWN = 20  # new papers are many; all are in --json


def run_object(
    run: Mapping[str, Any],
    changes: Sequence[Change],
    titles: Mapping[str, str],
    coverage: Sequence[Mapping[str, Any]],
    rejections: Sequence[Rejection],
) -> dict[str, Any]:
    """Everything the ledger holds of a run: what it asked, counted, read, changed and refused."""
    kinds = [change.kind for change in changes]
    return {
        **run,
        "coverage": list(coverage),
        "changed": {str(kind): kinds.count(kind) for kind in ORDER if kind in kinds},
        "changes": [
            {
                "kind": str(change.kind),
                "arxiv_id": change.arxiv_id,
                "detail": change.detail,
                "title": titles.get(change.arxiv_id),
            }
            for change in sort_changes(changes)
        ],
        "rejections": [
            {"where": one.where, "reason": one.reason, "payload": _text(one.payload)}
            for one in rejections
        ],
    }


def coverage_row(
    part: str, start: datetime | None, end: datetime, papers: int, complete: bool
) -> dict[str, Any]:
    """A span that was read; ``from`` null is the beginning."""
    return {
        "part": part,
        "from": start.isoformat() if start else None,
        "until": end.isoformat(),
        "papers": papers,
        "complete": complete,
    }


def render_run(run: Mapping[str, Any]) -> str:
    """A page about a run, from its object."""
    lines = [f"run        {run['run']}", f"asked      {run['source']} {run['target']}"]
    lines += [f"state      {run['state']}" + (f" ({run['note']})" if run["note"] else "")]
    lines += [f"time       {run['started']} to {run['finished'] or 'now'}"]
    lines += [f"{name:<10} {number}" for name, number in run["counts"].items() if number]
    text = "\n".join(lines) + "\n"
    if run["coverage"]:
        text += "\n" + render_aligned(Table(run["coverage"], COVERAGE_COLUMNS, ()))
    for one in run["rejections"]:
        text += f"\nunreadable: {one['where']}: {one['reason']}\n"
        text += f"  {one['payload'][:_PAYLOAD_CHARACTERS]}\n"
    if run["changes"]:
        text += "\n" + _changes(run)
    return text


def _changes(run: Mapping[str, Any]) -> str:
    new = str(ChangeKind.NEW)
    shown = [change for change in run["changes"] if change["kind"] != new]
    of_new = [change for change in run["changes"] if change["kind"] == new]
    text = render_aligned(Table([*shown, *of_new[:_NEW_SHOWN]], CHANGE_COLUMNS, ()))
    hidden = len(of_new) - _NEW_SHOWN
    return text + (f"... and {hidden:,} more new papers (--json lists all)\n" if hidden > 0 else "")


def _text(payload: bytes) -> str:
    """The bytes of a record as text that can be printed without steering the terminal."""
    text = payload.decode("utf-8", "backslashreplace")
    safe = (c if c.isprintable() or c in "\n\t" else ascii(c)[1:-1] for c in text)
    return "".join(safe)
