"""Edges between models out of claims, and what cannot be true of them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from littrack.analysis.families import (
    LINEAGE,
    WEIGHTS,
    descendants,
    find_cycles,
    find_order_problems,
    find_relations,
    find_unknown_ends,
    group_family,
)
from littrack.claims import (
    Basis,
    Cell,
    Claim,
    Evidence,
    EvidenceKind,
    Model,
    ModelDateKind,
    ModelField,
    ModelStatus,
    Parent,
    Relation,
    RelationKind,
    TypedDate,
)
from littrack.records import Precision

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ALIASES = {"llama": "LLaMA", "LLaMA-7B": "LLaMA"}


def edge_claim(child: str, parent: Parent, basis: Basis = Basis.REPORTED) -> Claim:
    evidence = Evidence(EvidenceKind.PAPER, f"on {child}", basis=basis)
    return Claim(child, ModelField.BASE_MODEL, parent, evidence, NOW)


def resolve(name: str, _claim: Claim) -> str | None:
    return ALIASES.get(name, name)


def date(text: str, kind: ModelDateKind = ModelDateKind.ARXIV_V1) -> TypedDate:
    parts = [int(part) for part in text.split("-")]
    precision = (Precision.YEAR, Precision.MONTH, Precision.DAY)[len(parts) - 1]
    return TypedDate(kind, datetime(*[*parts, 1, 1][:3], tzinfo=UTC), precision)


def model(name: str, release: TypedDate | None = None, family: str = "") -> Model:
    cells = {}
    if release is not None:
        cells[ModelField.RELEASE] = Cell(ModelField.RELEASE, (release,))
    if family:
        cells[ModelField.FAMILY] = Cell(ModelField.FAMILY, (family,))
    return Model(name, ModelStatus.CURATED, cells)


def edge(child: str, parent: str, kind: RelationKind = RelationKind.FINE_TUNING) -> Relation:
    return Relation(child, parent, kind)


MODELS = [model("LLaMA"), model("Alpaca"), model("Koala")]


def test_claims_about_one_edge_are_merged_and_one_of_the_makers_makes_it_explicit() -> None:
    tuned = RelationKind.INSTRUCTION_TUNING
    reported = edge_claim("Alpaca", Parent("llama", tuned, "+ synthetic data"))
    stated = edge_claim("Alpaca", Parent("LLaMA-7B", tuned), Basis.STATED)
    (found,) = find_relations(MODELS, [reported, stated], resolve)
    assert found == Relation("Alpaca", "LLaMA", tuned, "+ synthetic data", True, (stated, reported))


def test_an_edge_that_nobody_states_is_not_explicit() -> None:
    claims = [edge_claim("Alpaca", Parent("LLaMA"), basis) for basis in list(Basis)[:2]]
    (found,) = find_relations(MODELS, claims, resolve)
    assert not found.explicit
    assert [claim.evidence.basis for claim in found.claims] == [Basis.REPORTED, Basis.INFERRED]


def test_edges_of_different_kinds_between_two_models_are_kept_apart() -> None:
    kinds = [RelationKind.DATA, RelationKind.FINE_TUNING]
    claims = [edge_claim("Koala", Parent("Alpaca", kind)) for kind in kinds]
    found = find_relations(MODELS, claims, resolve)
    assert [relation.kind for relation in found] == [RelationKind.FINE_TUNING, RelationKind.DATA]


def test_a_claim_that_does_not_say_how_counts_for_the_kind_that_others_tell() -> None:
    vague = edge_claim("Alpaca", Parent("LLaMA"), Basis.STATED)
    telling = edge_claim("Alpaca", Parent("LLaMA", RelationKind.INSTRUCTION_TUNING))
    (found,) = find_relations(MODELS, [vague, telling], resolve)
    assert found.kind is RelationKind.INSTRUCTION_TUNING
    assert found.explicit


def test_built_on_a_model_is_never_taken_for_trained_on_its_data() -> None:
    vague = edge_claim("Koala", Parent("Alpaca"))
    data = edge_claim("Koala", Parent("Alpaca", RelationKind.DATA))
    found = find_relations(MODELS, [vague, data], resolve)
    assert {relation.kind for relation in found} == {RelationKind.BASE, RelationKind.DATA}


def test_ends_that_are_no_known_models_come_back_with_their_claims() -> None:
    stranger = edge_claim("Alpaca", Parent("OpenLLaMA"))
    orphan = edge_claim("Wombat", Parent("Alpaca"))
    nobody = edge_claim("Wombat", Parent("OpenLLaMA"))
    claims = [stranger, orphan, nobody, edge_claim("Alpaca", Parent("LLaMA"))]
    found = find_unknown_ends(MODELS, claims, resolve)
    assert [(end.child, end.parent, end.missing) for end in found] == [
        ("Alpaca", "OpenLLaMA", "parent"),
        ("Wombat", "Alpaca", "child"),
        ("Wombat", "OpenLLaMA", "both"),
    ]
    assert found[0].claims == (stranger,)
    assert len(find_relations(MODELS, claims, resolve)) == 1


def test_claims_about_other_fields_are_no_edges() -> None:
    claim = Claim("Alpaca", ModelField.ACCESS, "open", Evidence(EvidenceKind.NOTE, "x"), NOW)
    assert find_relations(MODELS, [claim], resolve) == []
    assert find_unknown_ends(MODELS, [claim], resolve) == []


def test_descendants_come_nearest_first_and_each_once() -> None:
    relations = [
        edge("Vicuna", "LLaMA"),
        edge("LLaVA", "Vicuna"),
        edge("VisionLLM", "LLaVA", RelationKind.DATA),
        edge("VisionLLM", "Vicuna"),
        edge("LLaMA2", "LLaMA", RelationKind.SUCCESSOR),
    ]
    assert descendants("LLaMA", relations) == ["Vicuna", "LLaMA2", "LLaVA", "VisionLLM"]
    assert descendants("LLaMA", relations, WEIGHTS) == ["Vicuna", "LLaVA", "VisionLLM"]
    assert descendants("LLaVA", relations, WEIGHTS) == []


def test_descendants_of_a_circle_end() -> None:
    assert descendants("A", [edge("B", "A"), edge("A", "B")]) == ["B"]


def test_a_family_is_what_descends_from_a_model_or_what_bears_a_familys_name() -> None:
    models = [model("GPT-1", family="GPT"), model("GPT-2", family="GPT"), model("Alpaca")]
    relations = [edge("Alpaca", "GPT-2")]
    assert [one.name for one in group_family(models, "gpt")] == ["GPT-1", "GPT-2"]
    assert [one.name for one in group_family(models, "gpt-2", relations)] == ["GPT-2", "Alpaca"]
    assert [one.name for one in group_family(models, "Alpaca", relations)] == ["Alpaca"]
    assert group_family(models, "Wombat", relations) == []


def test_each_circle_is_found_once_by_its_shortest_way() -> None:
    relations = [edge("B", "A"), edge("C", "B"), edge("A", "C"), edge("A", "B"), edge("E", "D")]
    assert find_cycles(relations) == [("A", "B", "A"), ("C", "A", "B", "C")]
    assert find_cycles([edge("A", "A")]) == [("A", "A")]


def test_a_series_built_on_its_own_member_is_no_circle() -> None:
    relations = [
        edge("code-davinci-002", "GPT-3.5", RelationKind.MEMBER),
        edge("GPT-3.5", "code-davinci-002"),
    ]
    assert find_cycles(relations) == []


def test_a_child_before_its_parent_is_told_with_both_dates_and_their_kinds() -> None:
    models = [model("PaLM", date("2022-04-05")), model("U", date("2022-03"))]
    (problem,) = find_order_problems(models, [edge("U", "PaLM", RelationKind.CONTINUED)])
    assert problem.sentence == (
        "U (2022-03, arXiv v1) is said to come from PaLM (continued pre-training), which came out "
        "later (2022-04-05, arXiv v1)."
    )


@pytest.mark.parametrize(
    ("child", "parent", "is_problem"),
    [
        ("2022", "2022-12-31", False),  # a year may mean its last day
        ("2022", "2023", True),
        ("2022-03", "2022-03-31", False),
        ("2022-03-30", "2022-03-31", True),
        ("2022-03-31", "2022-03", False),
        ("2022-12", "2023-01", True),
        ("2023-02-01", "2022", False),
    ],
)
def test_dates_are_compared_as_far_as_both_are_known(
    child: str, parent: str, is_problem: bool
) -> None:
    models = [model("A", date(child)), model("B", date(parent))]
    assert bool(find_order_problems(models, [edge("A", "B")])) == is_problem


def test_another_date_of_the_parent_that_agrees_is_named() -> None:
    early = date("2021-05-18", ModelDateKind.ANNOUNCED)
    evidence = Evidence(EvidenceKind.URL, "https://example.org")
    rival = Claim("LaMDA", ModelField.RELEASE, early, evidence, NOW)
    cell = Cell(ModelField.RELEASE, (date("2022-01"),), (), (rival,))
    parent = Model("LaMDA", ModelStatus.CURATED, {ModelField.RELEASE: cell})
    (problem,) = find_order_problems(
        [parent, model("FLAN", date("2021-09"))], [edge("FLAN", "LaMDA")]
    )
    assert problem.sentence.endswith("Another date of LaMDA agrees: 2021-05-18, announced.")


def test_two_kinds_of_dates_are_said_to_be_so() -> None:
    parent = date("2022-04", ModelDateKind.UNSPECIFIED)
    models = [model("A", date("2022-03")), model("B", parent)]
    (problem,) = find_order_problems(models, [edge("A", "B")])
    assert "2022-04, kind not stated" in problem.sentence
    assert problem.sentence.endswith("The dates are of two kinds.")


def test_a_product_may_be_older_than_the_model_within_it() -> None:
    models = [model("ChatGPT", date("2022-11-30")), model("GPT-4", date("2023-03-14"))]
    assert find_order_problems(models, [edge("ChatGPT", "GPT-4", RelationKind.PRODUCT)]) == []


def test_without_a_date_nothing_is_said_about_the_order() -> None:
    models = [model("A"), model("B", date("2022"))]
    assert find_order_problems(models, [edge("A", "B"), edge("B", "A"), edge("A", "C")]) == []


def test_succession_membership_and_products_carry_no_weights_on() -> None:
    assert RelationKind.CONTINUED in WEIGHTS
    assert RelationKind.SUCCESSOR in LINEAGE - WEIGHTS
    assert not {RelationKind.MEMBER, RelationKind.PRODUCT} & LINEAGE
