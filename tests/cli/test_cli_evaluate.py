"""eval search and eval links, as they are typed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from command_line import Run

RESIDUAL = "Deep Residual Learning for Image Recognition"
CHAIN = "Chain-of-Thought Prompting Elicits Reasoning in Large Language Models"


def write(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


@pytest.fixture
def judgements(tmp_path: Path) -> Path:
    return write(
        tmp_path / "judgements.jsonl",
        {"query": "chain-of-thought", "relevant": ["2201.11903"], "id": "cot", "type": "en"},
        {"query": "残差网络", "relevant": ["1512.03385", "9901.00001"], "type": "zh"},
        {"query": "?!", "relevant": [], "type": "nonsense"},
    )


def test_search_is_measured_by_type_with_its_time(run: Run, filled: Path, judgements: Path) -> None:
    result = run("eval", "search", judgements, "--library", filled, "--json")
    assert result.exit_code == 0, result.output
    rows = {row["type"]: row for row in json.loads(result.stdout)}
    assert list(rows) == ["all", "en", "nonsense", "zh"]
    assert rows["all"]["queries"] == 3
    assert rows["all"]["success@1"] == 1.0
    assert rows["zh"]["recall@50"] == 0.5
    assert (rows["nonsense"]["answered"], rows["nonsense"]["nDCG@10"]) == (0.0, None)
    assert 0 < rows["all"]["p50_ms"] <= rows["all"]["p95_ms"]
    assert "1 of the papers asked for are not in this library: 9901.00001" in result.stderr


@pytest.mark.parametrize("suffix", ["trec", "run"])
def test_a_run_is_written_for_trec_tools(
    run: Run, filled: Path, judgements: Path, tmp_path: Path, suffix: str
) -> None:
    file = tmp_path / f"lexical.{suffix}"
    options = ("--runs", file, "--library", filled, "--mode", "lexical")
    result = run("eval", "search", judgements, *options)
    assert result.exit_code == 0, result.output
    rows = [line.split(" ") for line in file.read_text("utf-8").splitlines()]
    assert rows[0][:4] == ["cot", "Q0", "2201.11903", "1"]
    assert {row[5] for row in rows} == {"littrack-lexical"}
    assert {row[0] for row in rows} <= {"cot", "2"}


def test_other_runs_are_json_lines(
    run: Run, filled: Path, judgements: Path, tmp_path: Path
) -> None:
    file = tmp_path / "runs.jsonl"
    run("eval", "search", judgements, "--runs", file, "--library", filled)
    first, _, third = map(json.loads, file.read_text("utf-8").splitlines())
    assert (first["id"], first["ranked"][0]) == ("cot", "2201.11903")
    assert len(first["scores"]) == len(first["ranked"])
    assert third == {"query": "?!", "type": "nonsense", "ranked": [], "scores": []}


def test_links_are_measured_and_the_wrong_ones_written(
    run: Run, filled: Path, tmp_path: Path
) -> None:
    file = write(
        tmp_path / "passages.jsonl",
        {"text": f"{RESIDUAL}：残差连接", "arxiv_id": "1512.03385"},
        {"text": CHAIN, "arxiv_id": "1706.03762"},
        {"text": "……", "arxiv_id": None},
    )
    errors = tmp_path / "errors.jsonl"
    options = ("--errors", errors, "--library", filled, "--json")
    result = run("eval", "links", file, *options)
    assert result.exit_code == 0, result.output
    [row] = json.loads(result.stdout)
    assert (row["type"], row["passages"]) == ("all", 3)
    assert (row["precision"], row["recall"], row["R@10"]) == (0.5, 0.5, 0.5)
    [error] = map(json.loads, errors.read_text("utf-8").splitlines())
    assert (error["expected"], error["linked"]) == ("1706.03762", "2201.11903")


@pytest.mark.parametrize("command", ["search", "links"])
def test_a_line_of_another_kind_is_named(
    run: Run, filled: Path, tmp_path: Path, command: str
) -> None:
    file = write(tmp_path / "wrong.jsonl", {"title": "x"})
    result = run("eval", command, file, "--library", filled)
    assert result.exit_code == 65
    assert "wrong.jsonl" in result.stderr
    assert "is missing" in result.stderr
