from __future__ import annotations

from littrack.present.facet_rows import facets_table
from littrack.present.tables import render_table
from littrack.records import Facet, FacetKind

FACETS = [Facet(FacetKind.YEAR, "2023", 5), Facet(FacetKind.TOPIC, "7", 3, "long context")]


def test_facets_are_rows_for_people_and_programs() -> None:
    table = facets_table(FACETS)
    assert render_table(table, "json") == (
        '[{"facet": "year", "value": "2023", "papers": 5, "label": ""},\n'
        ' {"facet": "topic", "value": "7", "papers": 3, "label": "long context"}]\n'
    )
    assert render_table(table, "table").splitlines()[2] == "topic  7           3  long context"


def test_no_facets_are_an_empty_list() -> None:
    assert render_table(facets_table([]), "json") == "[]\n"
