"""What changed in a paper from version to version, as text for people and as rows for scripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from littrack.present.papers import wrapped
from littrack.present.tables import Table

COLUMNS = {"before": "From", "after": "To", "field": "Field", "marked": "Change"}
NOTHING = "no differences: the texts of fewer than two versions were seen, or they are the same\n"


def differences_table(rows: Sequence[Mapping[str, Any]]) -> Table:
    """One row a field."""
    return Table(rows, COLUMNS, ("before", "after", "field", "old", "new", "marked"))


def render_differences(rows: Sequence[Mapping[str, Any]]) -> str:
    """A page: version by version, field by field."""
    lines: list[str] = []
    for (before, after), fields in groupby(rows, lambda row: (row["before"], row["after"])):
        step = f"v{before} -> v{after}" if before != after else f"v{after}, corrected"
        lines += ["", step] if lines else [step]
        for row in fields:
            first, *rest = wrapped(f"{row['field']}: {row['marked']}")
            lines += [f"  {first}", *(f"    {line}" for line in rest)]
    return "\n".join(lines) + "\n" if lines else NOTHING
