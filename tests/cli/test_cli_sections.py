"""sections: init, assign, list, papers, review, accept and reject, as they are typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import PAPERS, Run, write_papers

TREE = """\
[[section]]
key = "reasoning"
title = "Reasoning"
examples = ["2201.11903"]
[[section]]
key = "vision"
title = "Vision"
examples = ["1512.03385"]
"""


@pytest.fixture
def sections(run: Run, tmp_path: Path) -> Path:
    """A library of four papers, two of them examples of sections."""
    folder = tmp_path / "library"
    papers = write_papers(tmp_path / "papers.jsonl", PAPERS)
    assert run("import", papers, "--library", folder).exit_code == 0
    assert run("embed", "--library", folder).exit_code == 0
    (folder / "sections.toml").write_text(TREE, "utf-8")
    return folder


def test_the_example_is_written_once(run: Run, tmp_path: Path) -> None:
    nothing = run("sections", "--library", tmp_path / "new")
    assert nothing.exit_code == 65
    assert "littrack sections init" in nothing.stderr
    assert run("sections", "init", "--library", tmp_path / "new").exit_code == 0
    assert run("sections", "init", "--library", tmp_path / "new").exit_code == 65
    rows = json.loads(run("sections", "--json", "--library", tmp_path / "new").stdout)
    assert rows[0]["section"] == "overview"
    assert {"title", "title_zh", "parent", "decided", "assigned", "review"} <= rows[0].keys()


def test_a_decision_is_kept_through_assignments(run: Run, sections: Path) -> None:
    assert run("sections", "assign", "--library", sections).exit_code == 0
    done = run(
        *("sections", "accept", "2303.18223", "reasoning", "--because", "it has a part on it"),
        *("--by", "jane", "--library", sections),
    )
    assert done.exit_code == 0, done.output
    assert "section-decisions.toml" in done.stderr
    run("sections", "assign", "--all", "--library", sections)
    rows = json.loads(
        run("sections", "papers", "reasoning", "--json", "--library", sections).stdout
    )
    decided = [row["arxiv_id"] for row in rows if row["status"] == "decided"]
    assert decided == ["2201.11903", "2303.18223"]


def test_the_queue_is_a_table_and_an_array(run: Run, sections: Path) -> None:
    run("sections", "assign", "--library", sections)
    rows = json.loads(run("sections", "review", "--json", "--library", sections).stdout)
    for row in rows:
        assert {"arxiv_id", "title", "section", "confidence", "choices"} == row.keys()
        assert row["choices"][0]["section"] == row["section"]
    shown = run("sections", "review", "--library", sections)
    assert shown.exit_code == 0
    assert len(shown.stdout.splitlines()) == (len(rows) + 1 if rows else 0)


def test_mistakes_are_told(run: Run, sections: Path) -> None:
    library = ("--library", sections)
    assert run("sections", "accept", "vision", *library).exit_code == 2
    assert run("sections", "reject", "2201.11903", "vision", *library).exit_code == 2
    unknown = run("sections", "papers", "visoin", *library)
    assert unknown.exit_code == 65
    assert "did you mean vision" in unknown.stderr
    empty = run("sections", "papers", "vision", "--fail-empty", *library)
    assert empty.exit_code == 3
