from __future__ import annotations

from littrack.present.metrics import COUNTS, render_metrics

SOURCE = {
    "name": 'api cot: (abs:"思维链")',
    "complete": True,
    "stale": False,
    "holes": [{"from": "2024-01-01"}],
    "last_success": "1970-01-02T00:00:00+00:00",
}


def test_counts_and_sources_are_gauges_with_quoted_labels() -> None:
    never = SOURCE | {"name": "oai nlp", "last_success": None, "complete": False}
    status = dict.fromkeys(COUNTS, 7) | {"sources": [SOURCE, never]}
    lines = render_metrics(status).splitlines()
    assert "littrack_papers 7" in lines
    assert 'littrack_source_complete{source="api cot: (abs:\\"思维链\\")"} 1' in lines
    assert (
        'littrack_source_last_success_seconds{source="api cot: (abs:\\"思维链\\")"} 86400' in lines
    )
    assert 'littrack_source_last_success_seconds{source="oai nlp"} 0' in lines
    assert 'littrack_source_holes{source="oai nlp"} 1' in lines
    assert sum(line.startswith("# TYPE") for line in lines) == len(COUNTS) + 4
