"""Two editions of the survey compared."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from builders import utc
from littrack.analysis.editions import compare_editions, freeze_edition, is_moved
from littrack.claims import (
    Cause,
    CauseKind,
    Claim,
    ClaimValue,
    Decision,
    DecisionKind,
    Edition,
    ItemChange,
    ItemKind,
    Model,
    ModelChangeKind,
    ModelDateKind,
    ModelField,
    ModelStatus,
)
from model_builders import a_cell, a_claim, a_day, a_decision, a_model

F, K = ModelField, ModelChangeKind
FIRST, LATER = utc("2023-05-07"), utc("2023-11-24")
SINCE = utc("2023-09-01")  # between the two


def an_edition(*models: Model, at: datetime = FIRST, **changes: Any) -> Edition:
    buckets = changes.pop("buckets", {})
    edition = freeze_edition(f"{at:%m}", models, buckets, created_at=at, as_of=at)
    return replace(edition, citations=(), **changes)


def later(*models: Model, **changes: Any) -> Edition:
    return an_edition(*models, at=LATER, **changes)


def new(field: ModelField, value: str | ClaimValue, **changes: Any) -> Claim:
    return a_claim(field, value, **{"recorded_at": SINCE, "source": "2306.01116v1"} | changes)


def told(before: Edition, after: Edition) -> list[tuple[ModelChangeKind, str, CauseKind]]:
    changes = compare_editions(before, after).models
    rows = [(change.after or change.before, change) for change in changes]
    return [(change.kind, row.model.name, change.cause.kind) for row, change in rows if row]


def test_an_edition_holds_the_models_by_name_with_their_buckets_and_papers() -> None:
    models = [a_model("b"), a_model("C", paper="2301.00001"), a_model("A", paper="2201.00001")]
    edition = freeze_edition("v1", models, {"b": "2022 7-10"}, created_at=FIRST, as_of=FIRST)
    assert [(row.model.name, row.bucket) for row in edition.rows] == [
        ("A", ""), ("b", "2022 7-10"), ("C", ""),
    ]  # fmt: skip
    assert edition.citations == ("2201.00001", "2301.00001")


def test_an_edition_does_not_differ_from_itself() -> None:
    cells = {F.RELEASE: "2022-04-05", F.SIZE: ["8B", "540B"]}
    edition = an_edition(a_model("PaLM", cells), figures={"timeline": 1})
    diff = compare_editions(edition, replace(edition, name="copy", created_at=LATER))
    assert (diff.models, diff.items) == ((), ())


def test_the_order_of_sizes_is_no_change() -> None:
    one, other = a_model("A", {F.SIZE: ["7B", "13B"]}), a_model("A", {F.SIZE: ["13B", "7B"]})
    assert told(an_edition(one), later(other)) == []


def test_a_new_model_is_added_by_new_evidence_and_a_lost_one_removed() -> None:
    gone = a_model("Gone", {F.SIZE: "1B"})
    came = a_model("Falcon", {F.RELEASE: new(F.RELEASE, "2023-06-01"), F.SIZE: "40B"})
    diff = compare_editions(an_edition(gone), later(came))
    assert [change.kind for change in diff.models] == [K.ADDED, K.REMOVED]
    assert diff.models[0].cause == Cause(CauseKind.EVIDENCE, "2306.01116v1", "abstract")
    assert diff.models[1].cause == Cause(CauseKind.RETRACTED, "2204.02311v1", "abstract")


def test_a_model_with_the_old_name_among_its_aliases_is_renamed() -> None:
    old = a_model("Galatica", {F.SIZE: "120B"})
    renamed = a_model("Galactica", {F.SIZE: "120B"}, aliases=("galatica",))
    diff = compare_editions(an_edition(old), later(renamed))
    assert [change.kind for change in diff.models] == [K.RENAMED]
    assert diff.models[0].cause.kind is CauseKind.UNKNOWN


def test_a_model_of_the_same_paper_is_renamed_unless_the_paper_presents_several() -> None:
    old = a_model("GPT-NeoX", paper="2204.06745")
    one, two = (a_model(name, paper="2204.06745") for name in ("GPT-NeoX-20B", "GPT-NeoXT"))
    assert told(an_edition(old), later(one)) == [
        (K.RENAMED, "GPT-NeoX-20B", CauseKind.UNKNOWN)
    ]  # fmt: skip
    kinds = [kind for kind, _, _ in told(an_edition(old), later(one, two))]
    assert kinds == [K.ADDED, K.ADDED, K.REMOVED]


def test_a_model_that_became_an_alias_was_merged_and_the_reverse_was_split_off() -> None:
    both = (a_model("GLM"), a_model("GLM-130B"))
    one = a_model("GLM-130B", aliases=("GLM",))
    merged = compare_editions(an_edition(*both), later(one)).models
    assert [(change.kind, change.cause) for change in merged] == [
        (K.REMOVED, Cause(CauseKind.MERGED, after="GLM-130B"))
    ]
    split = compare_editions(an_edition(one), later(*both)).models
    assert [(change.kind, change.cause) for change in split] == [
        (K.ADDED, Cause(CauseKind.SPLIT, before="GLM-130B"))
    ]


def a_ruling(kind: DecisionKind, model: str, value: str | None = None) -> Decision:
    return Decision(kind, model, "Li Wei", SINCE, "as the authors say", None, None, value)


@pytest.mark.parametrize(
    ("ruling", "before", "after", "expected"),
    [
        (
            a_ruling(DecisionKind.NOT_A_MODEL, "Self-Instruct"),
            ["Self-Instruct"],
            [],
            (K.REMOVED, Cause(CauseKind.DECISION, "Li Wei", "", "as the authors say")),
        ),
        (
            a_ruling(DecisionKind.MERGE, "GLM", "GLM-130B"),
            ["GLM"],
            [],
            (
                K.REMOVED,
                Cause(CauseKind.MERGED, "Li Wei", "", "as the authors say", "", "GLM-130B"),
            ),
        ),
        (
            a_ruling(DecisionKind.ACCEPT, "Baize"),
            [],
            ["Baize"],
            (K.ADDED, Cause(CauseKind.DECISION, "Li Wei", "", "as the authors say")),
        ),
        (
            a_ruling(DecisionKind.SPLIT, "GLM", "ChatGLM"),
            [],
            ["ChatGLM"],
            (K.ADDED, Cause(CauseKind.SPLIT, "Li Wei", "", "as the authors say", "GLM")),
        ),
    ],
)
def test_a_persons_decision_is_the_cause_of_what_it_did(
    ruling: Decision,
    before: list[str],
    after: list[str],
    expected: tuple[ModelChangeKind, Cause],
) -> None:
    one = an_edition(*map(a_model, before))
    other = later(*map(a_model, after), decisions=(ruling,))
    (change,) = compare_editions(one, other).models
    assert (change.kind, change.cause) == expected


def test_a_decision_that_both_editions_know_explains_nothing_new() -> None:
    ruling = (a_ruling(DecisionKind.ACCEPT, "Baize"),)
    assert told(an_edition(decisions=ruling), later(a_model("Baize"), decisions=ruling)) == [
        (K.ADDED, "Baize", CauseKind.UNKNOWN)
    ]


def test_what_the_selection_leaves_out_says_which_clause_did() -> None:
    before = an_edition(a_model("GPT-2"))
    diff = compare_editions(before, later(left_out={"GPT-2": "size_b > 10"}))
    assert diff.models[0].cause == Cause(CauseKind.LEFT_OUT, after="size_b > 10")


def test_another_selection_rule_is_the_cause_of_what_it_brought() -> None:
    before = an_edition(rules={"selection": "size_b > 10"})
    diff = compare_editions(before, later(a_model("A"), rules={"selection": "size_b > 1"}))
    rule = Cause(CauseKind.RULE, before="size_b > 10", after="size_b > 1")
    assert diff.models[0].cause == rule
    assert diff.items == (ItemChange(ItemKind.RULE, "selection", "size_b > 10", "size_b > 1"),)


# --- fields ---------------------------------------------------------------------------------------


def cause_of_size(before: Any, after: Any) -> Cause:
    one = an_edition(a_model("A", {F.SIZE: before}))
    (change,) = compare_editions(one, later(a_model("A", {F.SIZE: after}))).models
    assert (change.kind, change.field) == (K.FIELD, F.SIZE)
    return change.cause


def test_of_many_claims_the_new_one_that_says_what_is_new_is_the_cause() -> None:
    confirming = new(F.SIZE, "7B", source="a blog")
    cause = cause_of_size(["7B"], [confirming, new(F.SIZE, "13B", source="2306.01116v2")])
    assert cause == Cause(CauseKind.EVIDENCE, "2306.01116v2", "abstract")


def test_a_decision_is_a_stronger_cause_than_evidence() -> None:
    decision = a_decision(F.SIZE, "6B", "Li Wei", "the 130B is another model", SINCE)
    cause = cause_of_size(["130B"], [new(F.SIZE, "6B"), decision])
    assert cause == Cause(
        CauseKind.DECISION, "Li Wei", "curation.toml, line 3", "the 130B is another model"
    )


def test_evidence_that_is_gone_and_a_decision_taken_back_are_causes() -> None:
    assert cause_of_size([a_claim(F.SIZE, "1.3B", source="a blog")], ["1.6B"]) == Cause(
        CauseKind.RETRACTED, "a blog", "abstract"
    )
    decision = a_decision(F.SIZE, "6B", "Li Wei", "because", utc("2023-01-01"))
    assert cause_of_size([decision], ["130B"]).kind is CauseKind.UNDECIDED
    none = a_cell(F.SIZE)
    assert cause_of_size(["7B"], none).kind is CauseKind.RETRACTED


def test_another_rule_of_a_cell_or_another_weight_is_a_cause() -> None:
    small, large = a_claim(F.SIZE, "1.3B", source="a"), a_claim(F.SIZE, "1.6B", source="b")
    before = a_cell(F.SIZE, small, rivals=(large,), rule="best source")
    after = a_cell(F.SIZE, large, rivals=(small,), rule="best source")
    assert cause_of_size(before, after) == Cause(CauseKind.WEIGHED)
    other = replace(after, rule="all sources")
    assert cause_of_size(before, other) == Cause(
        CauseKind.RULE, before="best source", after="all sources"
    )


def test_another_date_rule_is_the_cause_of_another_date() -> None:
    v1, shown = a_claim(F.RELEASE, "2022-01-20"), a_claim(F.RELEASE, "2021-05")
    before = a_model("LaMDA", {F.RELEASE: a_cell(F.RELEASE, v1, rivals=(shown,))})
    after = a_model("LaMDA", {F.RELEASE: a_cell(F.RELEASE, shown, rivals=(v1,))})
    diff = compare_editions(
        an_edition(before, rules={"dates": "survey"}), later(after, rules={"dates": "earliest"})
    )
    assert [change.cause for change in diff.models] == [
        Cause(CauseKind.RULE, before="survey", after="earliest")
    ]


def test_access_base_organisation_data_hardware_paper_and_status_are_compared() -> None:
    old = {F.ACCESS: "closed", F.BASE_MODEL: "LLaMA", F.ORGANISATION: "A", F.RLHF: False}
    old |= {F.PRETRAIN_DATA: "350B tokens", F.HARDWARE: "8 A100"}
    fresh = {F.ACCESS: "open", F.BASE_MODEL: "GPT-J", F.ORGANISATION: "B", F.RLHF: True}
    fresh |= {F.PRETRAIN_DATA: "366B tokens", F.HARDWARE: "16 A100"}
    before = a_model("X", old, paper="2301.00001", status=ModelStatus.ACCEPTED)
    changes = compare_editions(an_edition(before), later(a_model("X", fresh, paper="2301.00002")))
    assert [change.field for change in changes.models] == [
        *(F.ACCESS, F.BASE_MODEL, F.ORGANISATION, F.PRETRAIN_DATA, F.HARDWARE, F.RLHF, F.PAPER),
        None,
    ]
    assert changes.models[-1].kind is K.REVIEWED


# --- the timeline ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "after", "expected"),
    [
        ("2023", "2022 7-10", True),
        ("2023", "2023 1-6", False),
        ("2023 1-6", "2023 7-12", True),
        ("2023 1-6", "2023", False),
        ("2021 1-4", "2021 4-6", False),
        ("", "2023", True),
        ("2023", "", True),
        ("", "", False),
        ("early", "late", True),
        ("early", "early", False),
        ("2024 5", "2024 5-6", False),
    ],
)
def test_a_model_moved_only_when_the_two_spans_exclude_each_other(
    old: str, after: str, expected: bool
) -> None:
    assert is_moved(old, after) is expected


def test_codegeex_moves_with_its_date_and_that_is_one_change() -> None:
    announced = new(F.RELEASE, a_day("2022-09", ModelDateKind.ANNOUNCED), source="a page")
    before = a_model("CodeGeeX", {F.RELEASE: "2023-03-30"})
    after = a_model("CodeGeeX", {F.RELEASE: announced})
    diff = compare_editions(
        an_edition(before, buckets={"CodeGeeX": "2023"}),
        later(after, buckets={"CodeGeeX": "2022 7-10"}),
    )
    (change,) = diff.models
    assert (change.kind, change.field) == (K.MOVED, None)
    assert change.cause == Cause(CauseKind.EVIDENCE, "a page", "abstract")
    assert diff.items == ()


def test_the_survey_s_two_timelines_differ_by_the_new_models_one_move_and_the_division() -> None:
    """As its figure did: 2023 divided into halves, 2024 added, CodeGeeX moved."""
    kept = {"T5": "2019", "GLM": "2022 7-10", "LLaMA": "2023", "GPT-4": "2023"}
    before = {**kept, "CodeGeeX": "2023"}
    after = {**kept, "LLaMA": "2023 1-6", "GPT-4": "2023 1-6", "CodeGeeX": "2022 7-10"}
    after |= {"Mistral": "2023 7-12", "Gemma": "2024 1-6"}
    diff = compare_editions(
        an_edition(
            *map(a_model, before), buckets=before, rules={"buckets": "2019, 2022 7-10, 2023"}
        ),
        later(
            *map(a_model, after),
            buckets=after,
            rules={"buckets": "2019, 2022 7-10, 2023 1-6, 2023 7-12, 2024 1-6"},
        ),
    )
    names = [(change.kind, change.after.model.name) for change in diff.models if change.after]
    assert names == [(K.ADDED, "Gemma"), (K.ADDED, "Mistral"), (K.MOVED, "CodeGeeX")]
    assert diff.models[2].cause == Cause(CauseKind.UNKNOWN)
    assert diff.items == (ItemChange(ItemKind.DIVISION, "2023", "2023", "2023 1-6, 2023 7-12"),)


def test_a_date_that_tells_no_half_year_leaves_a_timeline_that_is_divided() -> None:
    model = a_model("Late", {F.RELEASE: "2023"})
    diff = compare_editions(
        an_edition(model, buckets={"Late": "2023"}, rules={"buckets": "2022, 2023"}),
        later(model, rules={"buckets": "2022, 2023 1-6, 2023 7-12"}),
    )
    assert [(change.kind, change.cause) for change in diff.models] == [
        (K.MOVED, Cause(CauseKind.RULE, before="2023", after="2023 1-6, 2023 7-12"))
    ]


def test_a_printed_timeline_is_evidence_of_a_move() -> None:
    printed = new(F.BUCKET, "2022-07..10", source="LLMSurvey figure", locator="2024 edition")
    diff = compare_editions(
        an_edition(a_model("CodeGeeX"), buckets={"CodeGeeX": "2023"}),
        later(a_model("CodeGeeX", {F.BUCKET: printed}), buckets={"CodeGeeX": "2022 7-10"}),
    )
    assert diff.models[0].cause == Cause(CauseKind.EVIDENCE, "LLMSurvey figure", "2024 edition")


def test_figures_trends_citations_and_files_are_compared() -> None:
    before = an_edition(figures={"timeline": 54, "old": 3}, trends={"language model": 9868})
    before = replace(before, citations=("2201.00001",), files={"table1.tex": "aa"})
    after = later(figures={"timeline": 58}, trends={"language model": 12000})
    after = replace(after, citations=("2301.00001",), files={"table1.tex": "bb"})
    assert compare_editions(before, after).items == (
        ItemChange(ItemKind.FIGURE, "old", 3, None),
        ItemChange(ItemKind.FIGURE, "timeline", 54, 58),
        ItemChange(ItemKind.TREND, "language model", 9868, 12000),
        ItemChange(ItemKind.CITATION, "2201.00001", "2201.00001", None),
        ItemChange(ItemKind.CITATION, "2301.00001", None, "2301.00001"),
        ItemChange(ItemKind.FILE, "table1.tex", "aa", "bb"),
    )
