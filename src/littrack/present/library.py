"""A library's state, health and settings as text for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from littrack.present.tables import Table, render_aligned

SOURCE_COLUMNS = {"name": "Source", "papers": "Papers", "state": "State", "last_success": "Last"}
FINDING_COLUMNS = {"level": "State", "what": "What", "advice": "Do this"}
COUNTS = ("papers", "versions", "withdrawn", "embedded", "indexed", "notes")


def render_status(status: Mapping[str, Any]) -> str:
    """The counts, the model and the sources, from the object of ``littrack status --json``."""
    lines = [f"{'library':<10} {status['library']}", f"{'model':<10} {status['model']}"]
    lines += [f"{name:<10} {status[name]}" for name in COUNTS]
    text = "\n".join(lines) + "\n"
    if status["sources"]:
        sources = Table(status["sources"], SOURCE_COLUMNS, tuple(SOURCE_COLUMNS))
        text += "\n" + render_aligned(sources)
    return text


def findings_table(findings: Sequence[Mapping[str, Any]]) -> Table:
    """What the doctor looked at."""
    return Table(findings, FINDING_COLUMNS, tuple(FINDING_COLUMNS))


def describe_counts(counts: Mapping[str, int]) -> str:
    """``3 new, 1 updated``: what is not zero; "nothing to do" when all is."""
    return ", ".join(f"{number:,} {name}" for name, number in counts.items() if number) or (
        "nothing to do"
    )
