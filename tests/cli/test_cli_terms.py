"""terms: list, import and lint, as they are typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import Run

GLOSSARY = "english,chinese,abbreviation\nquokka learning,矮袋鼠学习/袋鼠学习,QKL\n"


@pytest.fixture
def folder(run: Run, empty: Path, tmp_path: Path) -> Path:
    """A library with an imported glossary."""
    (tmp_path / "glossary.csv").write_text(GLOSSARY, "utf-8")
    done = run("terms", "import", tmp_path / "glossary.csv", "--library", empty)
    assert done.exit_code == 0, done.output
    return empty


def test_terms_are_listed_with_all_their_forms(run: Run, folder: Path) -> None:
    rows = json.loads(run("terms", "list", "--found", "--json", "--library", folder).stdout)
    assert [row["term"] for row in rows] == ["quokka learning"]
    assert rows[0]["chinese"] == ["矮袋鼠学习", "袋鼠学习"]
    assert rows[0]["abbreviations"] == ["QKL"]
    assert rows[0]["sources"] == ["import:glossary.csv"]
    assert {"form", "kind", "count", "sources"} == rows[0]["variants"][0].keys()
    assert "矮袋鼠学习, 袋鼠学习, QKL" in run("terms", "list", "袋鼠", "--library", folder).stdout


def test_the_shipped_terms_are_listed_by_default(run: Run, empty: Path) -> None:
    rows = json.loads(run("terms", "--json", "--library", empty).stdout)
    assert any(row["chinese"][:1] == ["思维链"] for row in rows)
    assert all(row["bundled"] for row in rows)


def test_nothing_found_has_its_exit_code(run: Run, empty: Path) -> None:
    done = run("terms", "list", "袋鼠", "--json", "--fail-empty", "--library", empty)
    assert done.exit_code == 3
    assert json.loads(done.stdout) == []


def test_lint_names_the_place_and_strict_makes_it_an_error(
    run: Run, folder: Path, tmp_path: Path
) -> None:
    (folder / "terms.toml").write_text('[[term]]\nchinese = ["袋鼠学习"]\n', "utf-8")
    manuscript = tmp_path / "chapter.md"
    manuscript.write_text("# 一\n讲矮袋鼠学习。\n", "utf-8")
    done = run("terms", "lint", manuscript, "--json", "--library", folder)
    assert done.exit_code == 0
    assert json.loads(done.stdout) == []  # 袋鼠学习 is part of it
    manuscript.write_text("# 一\n先微调，再微调，也精调。\n", "utf-8")
    done = run("terms", "lint", manuscript, "--json", "--strict", "--library", folder)
    assert done.exit_code == 4
    [row] = json.loads(done.stdout)
    assert (row["line"], row["column"]) == (2, 10)
    assert (row["form"], row["preferred"]) == ("精调", "微调")
    assert row["file"] == str(manuscript)
    assert "1 findings" in done.stderr


def test_a_file_without_terms_is_refused(run: Run, empty: Path, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("a,b\nc,d\n", "utf-8")
    done = run("terms", "import", tmp_path / "other.csv", "--library", empty)
    assert done.exit_code == 65
    assert "needs a header" in done.stderr
