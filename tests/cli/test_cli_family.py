"""family: the tree, the edges for scripts, the figure, one source alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import Run
from model_library import ADVICE, make_model_library

STARTS = {
    ".svg": b"<svg ",
    ".png": b"\x89PNG\r\n\x1a\n",
    ".pdf": b"%PDF-",
    ".html": b"<!DOCTYPE html>",
    ".mmd": b"flowchart",
    ".dot": b"digraph",
    ".tex": b"% ",
    ".txt": b"GPT-1  2018.06\n",
}


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with the catalogue."""
    return make_model_library(tmp_path_factory.mktemp("models"))


def test_the_tree_says_how_each_came_about(run: Run, models: Path) -> None:
    tree = run("family", "LLaMA", "--library", models).stdout
    assert tree.startswith("LLaMA  2023.02\n├─ Alpaca  2023.03  instruction tuning")
    assert "├─ Chinese LLaMA  2023.04  continued pre-training (+ chinese data)\n" in tree
    assert tree.endswith("─ stated by the makers  ╌ reported or inferred  ↑ shown above\n")
    chinese = run("family", "LLaMA", "--language", "zh", "--library", models).stdout
    assert "指令微调" in chinese
    assert run("family", "LLaMA-13B", "--library", models).stdout == tree


def test_the_edges_are_objects_with_their_evidence(run: Run, models: Path) -> None:
    edges = json.loads(run("family", "LLaMA", "--json", "--library", models).stdout)
    [panda] = [one for one in edges if one["child"] == "Panda"]
    assert (panda["parent"], panda["kind"]) == ("LLaMA", "continued pre-training")
    assert (panda["explicit"], panda["strength"]) == (True, "solid")
    assert {"source", "locator", "basis", "sentence"} <= set(panda["evidence"][0])
    csv = run("family", "LLaMA", "--format", "csv", "--library", models).stdout
    assert csv.startswith("child,parent,kind,label,explicit,evidence,strength\n")
    every = json.loads(run("family", "--json", "--library", models).stdout)
    assert len(every) > len(edges)


def test_one_source_alone_gives_its_own_figure(run: Run, models: Path) -> None:
    edges = json.loads(
        run("family", "GPT", "--source", "gpt series", "--json", "--library", models).stdout
    )
    found = {(one["child"], one["parent"]): one["strength"] for one in edges}
    assert found[("Codex", "GPT-3")] == "solid"
    assert found[("GPT-2", "GPT-1")] == "dashed"
    assert ("InstructGPT", "GPT-3") not in found
    sources = {told["source"] for one in edges for told in one["evidence"]}
    assert all("GPT series" in source for source in sources)


def test_the_name_of_the_file_chooses_the_figure(run: Run, models: Path, tmp_path: Path) -> None:
    for suffix, start in STARTS.items():
        file = tmp_path / f"gpt{suffix.upper() if suffix == '.pdf' else suffix}"
        result = run("family", "GPT", "-o", file, "--library", models)
        assert (result.exit_code, result.stdout) == (0, ""), result.output
        assert file.read_bytes().startswith(start), suffix
        assert f"{file}: " in result.stderr
    again = tmp_path / "again.pdf"
    run("family", "GPT", "-o", again, "--library", models)
    assert again.read_bytes() == (tmp_path / "gpt.PDF").read_bytes()


def test_a_form_that_is_asked_for_wins_over_the_name(
    run: Run, models: Path, tmp_path: Path
) -> None:
    for options, file in ((("--json",), "x.svg"), ((), "x.json")):
        path = tmp_path / file
        assert run("family", "GPT", *options, "-o", path, "--library", models).exit_code == 0
        assert json.loads(path.read_text("utf-8"))[0]["child"]
    run("family", "GPT", "-o", tmp_path / "x.md", "--library", models)
    assert (tmp_path / "x.md").read_text("utf-8").startswith("| Model | From |")


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("Lama",), 65, "no model is called 'Lama'; did you mean LLaMA"),
        (("GPT", "--source", "zzz"), 65, "no source with 'zzz' in its name"),
        (("GPT", "--source", "LLaMA family"), 65, "tells of a relation of GPT"),
        (("GPT", "-o", "x.gif"), 65, "known are .svg, .png, .pdf"),
        (("GPT", "-o", "absent/x.svg"), 73, "cannot write absent/x.svg"),
        (("GPT", "--language", "fr"), 65, "no language 'fr': en or zh"),
        (("GPT", "LLaMA"), 2, "LLaMA"),
    ],
)
def test_mistakes_end_with_their_code_and_one_message(
    run: Run, models: Path, arguments: tuple[str, ...], code: int, says: str
) -> None:
    result = run("family", *arguments, "--library", models)
    assert result.exit_code == code, result.output
    assert says in result.stderr
    assert result.stdout == ""


def test_an_empty_library_says_what_to_do_next(run: Run, empty: Path) -> None:
    result = run("family", "--library", empty)
    assert (result.exit_code, result.stdout) == (0, "")
    assert ADVICE in result.stderr
    asked = run("family", "GPT", "--library", empty)
    assert asked.exit_code == 65
    assert ADVICE in asked.stderr
    assert json.loads(run("family", "--json", "--library", empty).stdout) == []
