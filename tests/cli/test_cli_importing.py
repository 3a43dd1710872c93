"""``littrack import`` of papers: what a file is, what is said of it, and the exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from command_line import Run


def shown(run: Run, library: Path) -> list[dict[str, Any]]:
    """What every paper of the library is shown as, but for when it was seen."""
    ids = ("2201.11903", "1706.03762", "1512.03385", "2303.18223")
    objects = [json.loads(run("show", i, "--json", "--library", library).stdout) for i in ids]
    return [{k: v for k, v in one.items() if "seen" not in k} for one in objects]


@pytest.mark.parametrize("form", ["csv", "tsv"])
def test_what_a_search_wrote_can_be_imported_again_and_changes_nothing(
    run: Run, filled: Path, tmp_path: Path, form: str
) -> None:
    before = shown(run, filled)
    file = tmp_path / f"hits.{form}"
    run("search", "attention language models image", "-o", file, "--library", filled)
    rows = len(file.read_text("utf-8").splitlines()) - 1
    assert rows > 1
    result = run("import", file, "--library", filled)
    assert result.exit_code == 0
    assert f"{rows} read, {rows} unchanged" in result.stderr
    assert shown(run, filled) == before


def test_what_a_search_wrote_fills_an_empty_library(
    run: Run, filled: Path, empty: Path, tmp_path: Path
) -> None:
    file = tmp_path / "hits.csv"
    run("search", "attention", "--mode", "lexical", "-o", file, "--library", filled)
    assert run("import", file, "--library", empty).exit_code == 0
    found = json.loads(run("show", "1706.03762", "--json", "--library", empty).stdout)
    assert found["authors"] == ["Ashish Vaswani"]
    assert (found["published"], found["published_kind"]) == ("2017-06-12", "v1")


def test_answers_tables_and_lists_are_told_apart(
    run: Run, empty: Path, tmp_path: Path, make_feed: Any, record: Any
) -> None:
    answer, table, listed = tmp_path / "a.xml", tmp_path / "b.txt", tmp_path / "c.txt"
    answer.write_bytes(make_feed([record("1706.03762", "2017-06-12T17:57:34Z").entry()]))
    table.write_text("arxiv_id;title\n1512.03385;Deep Residual Learning\n")
    listed.write_text("He et al. Deep Residual Learning. arXiv:1512.03385, 2015.\n")
    result = run("--offline", "import", answer, table, listed, "--library", empty)
    assert "import a.xml: 1 read, 1 new" in result.stderr
    assert "import b.txt: 1 read, 1 new" in result.stderr
    assert "import c.txt: 1 read, 1" in result.stderr


def test_a_bad_row_is_named_and_the_exit_code_says_that_a_part_is_missing(
    run: Run, empty: Path, tmp_path: Path
) -> None:
    file = tmp_path / "papers.csv"
    file.write_text("id,title\n2303.18223,A Survey\n23.1,Damaged\n")
    result = run("import", file, "--library", empty)
    assert result.exit_code == 5
    assert "line 3: id: '23.1' is not an arXiv identifier" in result.stderr


def test_a_table_of_references_is_refused_with_what_is_needed(
    run: Run, empty: Path, tmp_path: Path
) -> None:
    file = tmp_path / "references.csv"
    file.write_text("Title,DOI\nDeep Residual Learning,10.1109/CVPR.2016.90\n")
    result = run("import", file, "--library", empty)
    assert result.exit_code == 65
    assert "no column of arXiv ids" in result.stderr
    assert "id (or arxiv_id) and title" in result.stderr


@pytest.mark.parametrize("format", ["atom", "oai", "csv", "jsonl"])
def test_a_file_of_another_format_than_asked_for_is_refused(
    run: Run, empty: Path, tmp_path: Path, format: str
) -> None:
    file = tmp_path / "page.html"
    file.write_text("<html><body>Later</body></html>\n")
    result = run("import", "--format", format, file, "--library", empty)
    assert result.exit_code == 65
    assert "page.html: " in result.stderr
