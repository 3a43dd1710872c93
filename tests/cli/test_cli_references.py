"""``littrack import`` of reference lists: what is printed where, and the exit codes."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from command_line import Run

BIB = """@misc{good, title={Attention Is All You Need}, author={Vaswani, A.}, eprint={1706.03762}}
@misc{swapped, title={Attention Is All You Need}, author={Vaswani, A.}, eprint={1512.03385}}
@misc{bare, title={Deep Residual Learning for Image Recognition}, author={He, Kaiming}}
"""


@pytest.fixture
def bib(tmp_path: Path) -> Path:
    """Three references: one right, one with another paper's id, one without id."""
    path = tmp_path / "references.bib"
    path.write_text(BIB, "utf-8")
    return path


def test_findings_are_printed_the_worst_first(run: Run, filled: Path, bib: Path) -> None:
    result = run("--offline", "import", bib, "--library", filled)
    assert result.exit_code == 0
    heading, *rows = result.stdout.splitlines()
    assert heading.split()[:4] == ["Status", "Place", "Key", "arXiv"]
    assert [row.split()[0] for row in rows] == ["id_mismatch", "unchecked"]
    assert "line 2" in rows[0] and "1706.03762" in rows[0]
    assert "3 read, 1 verified, 1 id_mismatch, 1 unchecked" in result.stderr
    assert "correct the file" in result.stderr


def test_json_has_every_reference(run: Run, filled: Path, bib: Path) -> None:
    found = json.loads(run("--offline", "import", "--json", bib, "--library", filled).stdout)
    assert [one["status"] for one in found] == ["verified", "id_mismatch", "unchecked"]
    assert set(found[0]) >= {
        "place", "key", "title", "arxiv_id", "status", "explanation", "paper", "paper_title",
        "suggestion",
    }  # fmt: skip
    assert found[1]["paper_title"] == "Deep Residual Learning for Image Recognition"
    assert found[1]["suggestion"] == "1706.03762"
    assert found[2]["suggestion"] == "1512.03385"


def test_a_file_for_the_answer_chooses_its_form(
    run: Run, filled: Path, bib: Path, tmp_path: Path
) -> None:
    checked = tmp_path / "checked.csv"
    result = run("--offline", "import", bib, "-o", checked, "--library", filled)
    assert result.stdout == ""
    with checked.open(newline="", encoding="utf-8") as file:
        assert [row["key"] for row in csv.DictReader(file)] == ["good", "swapped", "bare"]


def test_a_faultless_list_prints_nothing_but_its_counts(run: Run, filled: Path, bib: Path) -> None:
    bib.write_text(BIB.splitlines()[0], "utf-8")
    result = run("--offline", "import", bib, "--library", filled)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "1 read, 1 verified" in result.stderr
    assert "littrack update" not in result.stderr  # no paper is new


def test_papers_and_references_can_come_in_one_command(
    run: Run, empty: Path, file: Path, bib: Path, tmp_path: Path
) -> None:
    lines = tmp_path / "reading.txt"
    lines.write_text("1. Attention Is All You Need. arXiv:1706.03762\n2. Wombats. 2020.\n", "utf-8")
    result = run("--offline", "import", file, bib, lines, "--library", empty)
    assert result.exit_code == 0
    assert "List" in result.stdout.splitlines()[0]
    assert "import papers.jsonl: 4 read, 4 new" in result.stderr
    assert "import reading.txt: 2 read, 1 verified, 1 unchecked" in result.stderr
    assert "next: littrack update --no-ingest" in result.stderr


def test_a_broken_entry_makes_the_import_partly_done(run: Run, filled: Path, bib: Path) -> None:
    bib.write_text(BIB + "@misc{cut, title={Off", "utf-8")
    result = run("--offline", "import", bib, "--library", filled)
    assert result.exit_code == 5
    assert "line 4: not BibTeX that can be read" in result.stderr
    assert "INCOMPLETE" in result.stderr


@pytest.mark.parametrize(
    ("format", "says"),
    [("ris", "--format bibtex"), ("csl", "--format bibtex"), ("jsonl", "JSON lines")],
)
def test_a_wrong_format_is_an_input_error(
    run: Run, filled: Path, bib: Path, format: str, says: str
) -> None:
    result = run("--offline", "import", "--format", format, bib, "--library", filled)
    assert result.exit_code == 65
    assert says in result.stderr
