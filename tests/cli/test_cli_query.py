"""The query language at the command line: what is demanded, counted and translated."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import Run


def ids(run: Run, library: Path, *arguments: str) -> list[str]:
    result = run("search", *arguments, "--library", library, "--json")
    assert result.exit_code == 0, result.output
    return [hit["arxiv_id"] for hit in json.loads(result.stdout)]


@pytest.mark.parametrize("mode", ["hybrid", "semantic", "lexical"])
def test_what_is_demanded_holds_in_every_mode(run: Run, filled: Path, mode: str) -> None:
    query = 'language models cat:cs.CL -ti:survey NOT au:vaswani "word problems"'
    assert ids(run, filled, query, "--mode", mode) == ["2201.11903"]
    found = ids(run, filled, "ti:language models", "--mode", mode)
    assert sorted(found) == ["2201.11903", "2303.18223"]


def test_a_query_of_conditions_alone_lists_the_newest_first(run: Run, filled: Path) -> None:
    assert ids(run, filled, "date:[2015 TO 2017] cat:cs.*") == ["1706.03762", "1512.03385"]
    assert ids(run, filled, "au:he", "--explain") == ["1512.03385"]
    assert ids(run, filled, "(au:he OR au:zhao) -cat:cs.CV") == ["2303.18223"]
    assert ids(run, filled, "lang:mixed") == ["2303.18223"]


def test_options_demand_too(run: Run, filled: Path) -> None:
    assert ids(run, filled, "models", "--author", "wei", "--author", "he") == [
        *("2201.11903", "1512.03385"),
    ]


def test_a_mistake_is_shown_with_its_column(run: Run, filled: Path) -> None:
    result = run("search", "graph AND (text", "--library", filled)
    assert result.exit_code == 65
    assert "at column 16: expected ')'" in result.stderr
    assert result.stderr.rstrip().endswith("^")
    result = run("search", "x", "--topic", "cooking", "--library", filled)
    assert (result.exit_code, result.stdout) == (65, "")
    assert "no topic is called 'cooking'" in result.stderr


def test_facets_count_all_that_match(run: Run, filled: Path) -> None:
    result = run("search", "language models", "--facets", "--library", filled, "--json")
    rows = json.loads(result.stdout)
    assert {"facet": "year", "value": "2022", "papers": 1, "label": ""} in rows
    assert {"facet": "category", "value": "cs.CL", "papers": 2, "label": ""} in rows
    table = run("search", "cat:cs.CL", "--facets", "--library", filled).stdout
    assert table.splitlines()[0].split() == ["Facet", "Value", "Papers", "Label"]


def test_a_query_is_translated_without_a_library(run: Run, tmp_path: Path) -> None:
    result = run("search", "ti:transform* -survey", "--to-arxiv")
    assert (result.exit_code, result.stdout) == (0, "(ti:transform* ANDNOT all:survey)\n")
    result = run("search", "model:PaLM", "--to-arxiv")
    assert result.exit_code == 65
    assert "arXiv cannot express" in result.stderr
