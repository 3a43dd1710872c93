"""Measuring search and linking: known answers on a few papers."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from littrack.errors import InputError
from littrack.steps.embed import embed_papers
from littrack.steps.evaluate import (
    Judgement,
    Run,
    evaluate_search,
    find_missing,
    measure_kinds,
    read_judgements,
)
from littrack.steps.evaluate_links import (
    LabelledPassage,
    Link,
    LinkedPassage,
    evaluate_links,
    link_error_row,
    measure_links,
    read_passages,
)
from littrack.steps.import_files import import_file
from littrack.steps.index import build
from littrack.steps.opening import OpenLibrary

COT, RESNET = "2201.11903", "1512.03385"
CHAIN = "Chain-of-Thought Prompting Elicits Reasoning in Large Language Models"


@pytest.fixture
def filled(library: OpenLibrary, landmarks: Path) -> OpenLibrary:
    import_file(library, landmarks)
    embed_papers(library)
    build(library)
    return library


def write(path: Path, *rows: Any) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


def a_run(ranked: Sequence[str], relevant: Sequence[str], kind: str = "all", ms: float = 1) -> Run:
    scored = tuple((arxiv_id, -float(place)) for place, arxiv_id in enumerate(ranked))
    return Run(Judgement("a query", tuple(relevant), kind), scored, ms / 1_000)


# --- search ---------------------------------------------------------------------------------------


def test_measures_are_means_over_the_queries_of_a_kind() -> None:
    runs = [a_run(["a", "b"], ["b"], "zh", ms=2), a_run(["c"], ["c"], "en", ms=4)]
    measures = measure_kinds(runs)
    assert list(measures) == ["all", "en", "zh"]
    assert measures["zh"]["nDCG@10"] == pytest.approx(1 / math.log2(3))
    assert measures["zh"]["MRR"] == 0.5
    assert (measures["zh"]["success@1"], measures["en"]["success@1"]) == (0.0, 1.0)
    assert measures["all"]["success@1"] == 0.5
    assert measures["all"]["p50_ms"] == pytest.approx(3)
    assert measures["all"]["answered"] is None


def test_queries_with_nothing_to_find_count_only_as_answered_or_not() -> None:
    runs = [a_run(["a"], ["a"]), a_run(["x"], [], "nonsense"), a_run([], [], "nonsense")]
    measures = measure_kinds(runs)
    assert measures["all"]["nDCG@10"] == 1.0
    assert measures["all"]["answered"] == 0.5
    assert measures["nonsense"]["nDCG@10"] is None
    assert measures["nonsense"]["queries"] == 2


def test_search_is_measured_on_a_library(filled: OpenLibrary, tmp_path: Path) -> None:
    file = write(
        tmp_path / "judgements.jsonl",
        {"query": "chain-of-thought", "relevant": [COT + "v3"], "type": "term", "id": "q1"},
        {"query": "?!", "relevant": [], "type": "nonsense"},
        {"query": "残差网络", "relevant": [RESNET, "9901.00001"], "type": "term"},
    )
    found = evaluate_search(filled, file)
    assert found.measures["all"]["success@1"] == 1.0
    assert found.measures["term"]["recall@10"] == 0.75
    assert found.measures["nonsense"]["answered"] == 0.0
    assert found.missing == ("9901.00001",)
    assert [run.judgement.id for run in found.runs] == ["q1", "", ""]
    assert found.runs[0].ids[0] == COT


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"query": "x"}', "'relevant' is missing"),
        ('{"query": "x", "relevant": "2201.11903"}', "is no list"),
        ("[1]", "no object in braces"),
        ("{", "not a judgement like"),
    ],
)
def test_a_line_that_is_no_judgement_is_named(tmp_path: Path, line: str, reason: str) -> None:
    file = tmp_path / "judgements.jsonl"
    file.write_text('{"query": "a", "relevant": []}\n\n' + line + "\n", "utf-8")
    with pytest.raises(InputError, match=reason) as caught:
        list(read_judgements(file))
    assert "line 3" in str(caught.value) or ":3" in str(caught.value)


def test_a_line_separator_within_a_query_ends_no_line(tmp_path: Path) -> None:
    file = write(tmp_path / "judgements.jsonl", {"query": "a\u2028b", "relevant": ["x"]})
    assert [one.query for one in read_judgements(file)] == ["a\u2028b"]


def test_a_file_without_judgements_is_refused(filled: OpenLibrary, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no judgement"):
        evaluate_search(filled, write(tmp_path / "empty.jsonl"))
    with pytest.raises(InputError, match="holds no passage"):
        evaluate_links(filled, write(tmp_path / "empty.jsonl"))


def test_missing_papers_are_named_once(filled: OpenLibrary) -> None:
    assert find_missing(filled, [COT, "2", "1", "2"]) == ("1", "2")


# --- links ----------------------------------------------------------------------------------------


def a_linked(target: str | None, linked: str | None, *candidates: str) -> LinkedPassage:
    passage = LabelledPassage("a passage", target)
    return LinkedPassage(passage, Link(linked, candidates), 0.001)


def test_precision_is_over_the_links_and_recall_over_the_papers_to_link() -> None:
    found = measure_links(
        [
            a_linked("a", "a", "a"),
            a_linked("b", "x", "x", "b"),
            a_linked("c", None, "c"),
            a_linked(None, "y", "y"),
            a_linked(None, None),
        ]
    )
    assert found["linked"] == 3 / 5
    assert found["precision"] == pytest.approx(1 / 3)
    assert found["recall"] == pytest.approx(1 / 3)
    assert found["R@1"] == pytest.approx(2 / 3)
    assert found["R@10"] == 1.0
    assert found["wrongly_linked"] == 0.5


def test_nothing_linked_has_no_precision() -> None:
    found = measure_links([a_linked(None, None)])
    assert (found["precision"], found["recall"], found["R@1"]) == (None, None, None)


def test_links_are_measured_on_a_library(filled: OpenLibrary, tmp_path: Path) -> None:
    file = write(
        tmp_path / "passages.jsonl",
        {"text": f"{CHAIN}：先写出中间步骤", "arxiv_id": COT, "kind": "zh"},
        {"text": "……", "arxiv_id": None},
    )
    found = evaluate_links(filled, file)
    assert found.measures["zh"]["recall"] == 1.0
    assert found.measures["all"]["linked"] == 0.5
    assert found.measures["all"]["wrongly_linked"] == 0.0


def test_another_linker_can_be_measured(filled: OpenLibrary, tmp_path: Path) -> None:
    file = write(tmp_path / "passages.jsonl", {"text": "residual networks", "arxiv_id": RESNET})

    def stubborn(_text: str) -> Link:
        return Link(COT, (COT, RESNET))

    found = evaluate_links(filled, file, link=stubborn)
    assert (found.measures["all"]["precision"], found.measures["all"]["R@10"]) == (0.0, 1.0)
    assert found.linked[0].is_error
    assert link_error_row(found.linked[0]) == {
        "text": "residual networks",
        "type": "all",
        "expected": RESNET,
        "linked": COT,
        "candidates": [COT, RESNET],
    }


def test_a_passage_needs_to_say_whether_it_has_a_paper(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="'arxiv_id' is missing"):
        list(read_passages(write(tmp_path / "a.jsonl", {"text": "x"})))
    with pytest.raises(InputError, match="neither text nor null"):
        list(read_passages(write(tmp_path / "b.jsonl", {"text": "x", "arxiv_id": 2201.119})))
