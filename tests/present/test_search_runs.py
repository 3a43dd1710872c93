"""Runs as JSON lines and in TREC's format."""

from __future__ import annotations

import json

from littrack.present.search_runs import RankedQuery, render_json_run, render_trec_run

FOUND = RankedQuery("q 7", "思维链", "zh", (("2201.11903", 3.25), ("2203.11171", 1.5)))
NOTHING = RankedQuery("", "asdf", "nonsense", ())
TIED = RankedQuery("", "cot", "en", (("2201.11903", 0.5), ("2203.11171", 0.5), ("a/1", 0.5)))


def test_a_json_run_has_a_line_for_each_query_even_without_an_answer() -> None:
    first, second = map(json.loads, render_json_run([FOUND, NOTHING]).splitlines())
    assert first == {
        "id": "q 7",
        "query": "思维链",
        "type": "zh",
        "ranked": ["2201.11903", "2203.11171"],
        "scores": [3.25, 1.5],
    }
    assert second == {"query": "asdf", "type": "nonsense", "ranked": [], "scores": []}
    assert "思维链" in render_json_run([FOUND])


def test_a_trec_run_has_six_fields_and_ids_without_blanks() -> None:
    assert render_trec_run([FOUND, NOTHING], "ours").splitlines() == [
        "q_7 Q0 2201.11903 1 3.250000 ours",
        "q_7 Q0 2203.11171 2 1.500000 ours",
    ]


def test_a_query_without_an_id_is_its_place_in_the_file_and_ties_keep_their_order() -> None:
    lines = [line.split() for line in render_trec_run([NOTHING, TIED], "ours").splitlines()]
    assert [line[0] for line in lines] == ["2", "2", "2"]
    scores = [float(line[4]) for line in lines]
    assert scores[0] > scores[1] > scores[2] > 0.499
