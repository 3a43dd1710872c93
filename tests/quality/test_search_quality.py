"""Search may not get worse: our own judgements on the starter collection of landmark papers.

The queries were written for these tests, from facts, in English and Chinese; see README.md. Nothing
is trained or tuned on them. A change that makes search better may raise the floors.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

import littrack
from littrack.settings import load_settings
from littrack.steps.embed import embed_papers
from littrack.steps.evaluate import Evaluation, evaluate_search, read_judgements
from littrack.steps.import_files import import_file
from littrack.steps.index import build
from littrack.steps.opening import OpenLibrary, open_library

JUDGEMENTS = Path(__file__).parent / "judgements.jsonl"
STARTER = Path(littrack.__file__).parent / "data" / "starter.jsonl"


@dataclass(frozen=True)
class Floor:
    """The least that a kind of query must reach."""

    ndcg: float
    first: float  # the share of queries whose first hit is right


# .03 of nDCG@10, and one query more wrong at first, below what was measured when they were set.
FLOORS: Mapping[str, Floor] = {
    "abbreviation": Floor(0.91, 0.85),
    "concept_en": Floor(0.88, 0.95),
    "known_item_en": Floor(0.89, 0.79),
    "known_item_zh": Floor(0.87, 0.77),
    "misspelt": Floor(0.94, 0.80),
    "name": Floor(0.78, 0.54),
    "pair_en": Floor(0.94, 0.93),
    "pair_zh": Floor(0.94, 0.93),
    "traditional": Floor(0.86, 0.74),
}
# Of the queries that mean nothing, or nothing here, the share that may be answered all the same.
ANSWERED = 0.7
SAME_IN_BOTH_LANGUAGES = 0.8  # of the first ten papers; the target of littrack's design


@pytest.fixture(scope="module")
def starter(tmp_path_factory: pytest.TempPathFactory) -> OpenLibrary:
    """The starter collection by its English summaries alone: Chinese must be understood."""
    folder = tmp_path_factory.mktemp("quality")
    overrides = {"library": str(folder / "library")}
    library = open_library(load_settings(folder, {"LITTRACK_HOME": str(folder)}, overrides))
    papers = [json.loads(line) for line in STARTER.read_text("utf-8").splitlines()]
    english = [{key: paper[key] for key in paper if key != "summary_zh"} for paper in papers]
    lines = "".join(json.dumps(paper) + "\n" for paper in english)
    (folder / "english.jsonl").write_text(lines, "utf-8")
    import_file(library, folder / "english.jsonl")
    embed_papers(library)
    build(library)
    return library


@pytest.fixture(scope="module")
def measured(starter: OpenLibrary) -> Evaluation:
    return evaluate_search(starter, JUDGEMENTS)


def test_every_judgement_can_be_met(measured: Evaluation) -> None:
    judgements = list(read_judgements(JUDGEMENTS))
    assert measured.missing == ()
    assert len({one.id for one in judgements}) == len(judgements) >= 150
    assert {one.kind for one in judgements} == {*FLOORS, "nonsense"}


@pytest.mark.parametrize("kind", FLOORS)
def test_a_kind_of_query_is_answered_as_well_as_before(measured: Evaluation, kind: str) -> None:
    found = measured.measures[kind]
    assert (found["nDCG@10"] or 0) >= FLOORS[kind].ndcg
    assert (found["success@1"] or 0) >= FLOORS[kind].first


def test_nonsense_is_answered_no_more_than_before(measured: Evaluation) -> None:
    found = measured.measures["nonsense"]["answered"]
    assert found is not None
    assert found <= ANSWERED


def test_a_question_finds_the_same_in_both_languages(measured: Evaluation) -> None:
    ids = {run.judgement.id: set(run.ids[:10]) for run in measured.runs}
    pairs = [name.removesuffix("-zh") for name in ids if name.endswith("-zh")]
    shared = [len(ids[f"{pair}-zh"] & ids[f"{pair}-en"]) / 10 for pair in pairs]
    assert len(pairs) >= 16
    assert sum(shared) / len(shared) >= SAME_IN_BOTH_LANGUAGES


def test_words_and_meaning_together_beat_each_alone(
    starter: OpenLibrary, measured: Evaluation
) -> None:
    together = measured.measures["all"]["nDCG@10"] or 0
    for mode in ("lexical", "semantic"):
        alone = evaluate_search(starter, JUDGEMENTS, mode=mode)  # type: ignore[arg-type]
        assert together > (alone.measures["all"]["nDCG@10"] or 0)


def test_the_file_is_written_one_object_a_line_with_the_keys_of_eval_search() -> None:
    for line in JUDGEMENTS.read_text("utf-8").splitlines():
        row = json.loads(line)
        assert set(row) == {"id", "type", "query", "relevant"}
        assert row["query"].strip() == row["query"] != ""
