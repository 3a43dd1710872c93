"""table: Table 1 in every form, the repository's list, citation keys of the user's own."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pytest
from command_line import Run, write_papers
from model_library import ADVICE, make_model_library

HEADINGS = "| Model | Release time | Size (B) | Base model | Adaptation: IT | Adaptation: RLHF |"


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with the catalogue."""
    return make_model_library(tmp_path_factory.mktemp("models"))


def written(run: Run, models: Path, *options: str | Path) -> str:
    result = run("table", "--until", "2021", *options, "--library", models)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_people_see_aligned_columns_public_models_first(run: Run, models: Path) -> None:
    heading, first, *rest = written(run, models).splitlines()
    assert heading.split()[:3] == ["Model", "Release", "time"]
    assert first.split()[:3] == ["T5", "2019-10", "11"]
    names = [line.split("  ")[0] for line in rest]
    assert names.index("T0") < names.index("GPT-3"), "closed models stand below"
    assert "LaMDA" not in names


def test_markdown_and_html_and_latex_are_for_print(run: Run, models: Path) -> None:
    markdown = written(run, models, "--format", "md")
    assert markdown.startswith("**Statistics of large language models (20 in all)")
    assert HEADINGS in markdown
    assert "| [T5](https://arxiv.org/abs/1910.10683) | 2019-10 | 11 |" in markdown
    html = written(run, models, "--format", "html")
    assert html.startswith("<!doctype html>")
    latex = written(run, models, "--format", "latex")
    assert latex.startswith(r"% needs \usepackage{booktabs,amssymb,graphicx}")
    assert r"T5~\cite{arxiv-1910.10683} & 2019-10 & 11 &" in latex
    assert r"\documentclass" not in latex
    alone = written(run, models, "--format", "latex", "--standalone")
    assert alone.startswith("\\documentclass[a4paper]{article}\n")
    assert alone.rstrip().endswith(r"\end{document}")
    assert written(run, models, "--format", "latex") == latex


def test_chinese_units_come_from_the_same_numbers(run: Run, models: Path) -> None:
    table = written(run, models, "--format", "md", "--language", "zh")
    assert "### 公开可用" in table and "### 闭源" in table
    assert "| 1 万亿 tokens |" in table
    assert "3000 亿 tokens" in table


def test_scripts_get_the_objects_of_the_contract(run: Run, models: Path) -> None:
    rows = json.loads(written(run, models, "--json"))
    t5 = next(row for row in rows if row["model"] == "T5")
    assert (t5["release"], t5["sizes_b"][-1], t5["pretrain_tokens_b"]) == ("2019-10", 11, 1000)
    assert t5["evidence"]["release"]["source"]
    lines = written(run, models, "--jsonl").splitlines()
    assert [json.loads(line) for line in lines] == rows
    separated = list(csv.DictReader(io.StringIO(written(run, models, "--format", "csv"))))
    assert {row["model"] for row in separated} == {row["model"] for row in rows}
    assert separated[0]["group"] == "Publicly available"
    assert written(run, models, "--format", "tsv").splitlines()[0].split("\t")[:2] == [
        "group", "model",
    ]  # fmt: skip


def test_the_list_is_that_of_the_repository(run: Run, models: Path, tmp_path: Path) -> None:
    listed = written(run, models, "--list")
    assert listed.startswith(
        "## Publicly available\n\n| Model | Release time | Size (B) | Link |\n"
    )
    assert "| T5 | 2019/10 | 11 | [Paper](https://arxiv.org/abs/1910.10683) |\n" in listed
    readme = tmp_path / "README.md"
    assert written(run, models, "--list", "-o", readme) == ""
    assert readme.read_text("utf-8") == listed
    assert "## 公开可用" in written(run, models, "--list", "--language", "zh")


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("t.tex", "% needs"),
        ("t.htm", "<!doctype html>"),
        ("t.HTML", "<!doctype html>"),
        ("t.md", "**Statistics"),
        ("t.csv", "group,model,"),
        ("t.tsv", "group\tmodel\t"),
        ("t.json", "[{"),
        ("t.jsonl", "{"),
        ("t.txt", "Model  "),
        ("table", "Model  "),
    ],
)
def test_the_name_of_the_file_chooses_the_form(
    run: Run, models: Path, tmp_path: Path, name: str, start: str
) -> None:
    result = run("table", "--until", "2021", "-o", tmp_path / name, "--library", models)
    assert (result.exit_code, result.stdout) == (0, ""), result.output
    assert (tmp_path / name).read_text("utf-8").startswith(start)
    assert result.stderr == f"{tmp_path / name}: 20 models\n"


def test_a_form_that_is_asked_for_wins_over_the_name(
    run: Run, models: Path, tmp_path: Path
) -> None:
    written(run, models, "--format", "latex", "-o", tmp_path / "table.inc")
    assert (tmp_path / "table.inc").read_text("utf-8").startswith("% needs")
    assert written(run, models, "-o", "-") == written(run, models)


def test_papers_are_cited_by_the_keys_of_the_users_own_bibliography(
    run: Run, models: Path, tmp_path: Path
) -> None:
    own = shutil.copytree(models, tmp_path / "own")
    title = "Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer"
    paper = {
        "id": "1910.10683",
        "title": title,
        "abstract": "Text to text.",
        "published": "2019-10-23",
    }
    papers = write_papers(tmp_path / "papers.jsonl", [paper])
    bib = tmp_path / "survey.bib"
    entry = (
        f"@article{{Raffel-2020, title={{{title}}}, author={{Raffel, C.}}, eprint={{1910.10683}}}}"
    )
    bib.write_text(entry + "\n", "utf-8")
    for file in (papers, bib):
        assert run("--offline", "import", file, "--library", own).exit_code == 0
    latex = run("table", "--format", "latex", "--until", "2021", "--library", own).stdout
    assert r"T5~\cite{Raffel-2020} & 2019-10" in latex
    assert r"\cite{arxiv-2005.14165}" in latex, "the others are cited by their ids"


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("--json", "--jsonl"), 2, "json and jsonl exclude each other"),
        (("--format", "csv", "--json"), 2, "csv and json exclude each other"),
        (("--format", "pdf"), 2, "--format"),
        (("--list", "--json"), 2, "is Markdown and cannot be json"),
        (("--standalone",), 2, "is for LaTeX"),
        (("-o", "t.pdf"), 65, "no table can be written as .pdf; known are .tex"),
        (("-o", "absent/t.md"), 73, "cannot write absent/t.md"),
        (("--language", "fr"), 65, "no language 'fr': en or zh"),
        (("--until", "yesterday"), 2, "write 2023, 2023-05 or 2023-05-17"),
    ],
)
def test_mistakes_end_with_their_code_and_one_message(
    run: Run, models: Path, arguments: tuple[str, ...], code: int, says: str
) -> None:
    result = run("table", *arguments, "--library", models)
    assert result.exit_code == code, result.output
    assert says in result.stderr
    assert result.stdout == ""


def test_a_table_of_nothing_says_why(run: Run, models: Path, empty: Path) -> None:
    result = run("table", "--json", "--until", "1990", "--library", models)
    assert (result.exit_code, json.loads(result.stdout)) == (0, [])
    assert "no model fits what was asked for" in result.stderr
    no_rule = run("table", "--select", "size_b > 99999", "--library", models)
    assert "the selection rule keeps no model" in no_rule.stderr
    for options in ((), ("--json",), ("--list",), ("--format", "latex")):
        result = run("table", *options, "--library", empty)
        assert result.exit_code == 0
        assert ADVICE in result.stderr
