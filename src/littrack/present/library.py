"""A library's state, health and settings as text for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from littrack.present.tables import Table, render_aligned

SOURCE_COLUMNS = {
    "name": "Source",
    "papers": "Papers",
    "state": "State",
    "last": "Last whole",
    "missing": "Holes",
    "run": "Run",
}
FINDING_COLUMNS = {"level": "State", "what": "What", "advice": "Do this"}
SHOWN_HOLES = 10
COUNTS = (
    *("papers", "versions", "withdrawn", "embedded", "indexed"),
    *("notes", "claims", "to_review"),
)


def render_status(status: Mapping[str, Any]) -> str:
    """The counts, the model and the sources, from the object of ``littrack status --json``."""
    lines = [f"{'library':<10} {status['library']}", f"{'model':<10} {status['model']}"]
    lines += [f"{name.replace('_', ' '):<10} {status[name]}" for name in COUNTS]
    text = "\n".join(lines) + "\n"
    if status["sources"]:
        rows = [_source_row(source) for source in status["sources"]]
        text += "\n" + render_aligned(Table(rows, SOURCE_COLUMNS, ()))
        text += "".join(_hole_lines(source) for source in status["sources"])
    return text


def _source_row(source: Mapping[str, Any]) -> dict[str, Any]:
    last = (source["last_success"] or "never")[:16].replace("T", " ")
    is_stale = " (stale)" if source["stale"] else ""
    missing = len(source["holes"]) or ""
    return {**source, "last": last + is_stale, "missing": missing, "run": source["run"] or ""}


def _hole_lines(source: Mapping[str, Any]) -> str:
    """The calendar's holes, a few by day."""
    holes = source["holes"]
    if not holes:
        return ""
    lines = [f"\nholes of {source['name']}"]
    for hole in holes[:SHOWN_HOLES]:
        days = (
            hole["from"] if hole["from"] == hole["until"] else f"{hole['from']} to {hole['until']}"
        )
        lines.append(f"  {days}: {hole['why']}" + (f" ({hole['part']})" if "part" in hole else ""))
    if len(holes) > SHOWN_HOLES:
        lines.append(f"  ... and {len(holes) - SHOWN_HOLES} more (--json lists all)")
    return "\n".join(lines) + "\n"


def findings_table(findings: Sequence[Mapping[str, Any]]) -> Table:
    """What the doctor looked at."""
    return Table(findings, FINDING_COLUMNS, tuple(FINDING_COLUMNS))


def describe_counts(counts: Mapping[str, int]) -> str:
    """``3 new, 1 updated``: what is not zero; "nothing to do" when all is."""
    return ", ".join(f"{number:,} {name}" for name, number in counts.items() if number) or (
        "nothing to do"
    )
