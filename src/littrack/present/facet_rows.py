"""Facets as rows: how many papers have which value."""

from __future__ import annotations

from collections.abc import Sequence

from littrack.present.tables import Table
from littrack.records import Facet

COLUMNS = {"facet": "Facet", "value": "Value", "papers": "Papers", "label": "Label"}


def facets_table(facets: Sequence[Facet]) -> Table:
    """A row for each value."""
    rows = [
        {"facet": str(one.kind), "value": one.value, "papers": one.papers, "label": one.label}
        for one in facets
    ]
    return Table(rows, COLUMNS, tuple(COLUMNS))
