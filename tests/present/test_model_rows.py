"""Models as objects for scripts."""

from __future__ import annotations

import json
from dataclasses import replace

from builders import utc
from littrack.claims import (
    Basis,
    Cell,
    EvidenceKind,
    ModelDateKind,
    ModelField,
    ModelStatus,
    Parent,
    Quantity,
    RelationKind,
    TypedDate,
    Unit,
)
from littrack.present.model_rows import (
    KEYS,
    is_unverified,
    missing_evidence,
    model_object,
    models_table,
    release_text,
)
from littrack.present.tables import render_csv, render_jsonl
from littrack.records import Precision
from model_builders import a_cell, a_claim, a_day, a_model, palm

CONTRACT = (
    *("model", "organisation", "release", "date_kind", "arxiv_id", "sizes_b", "public"),
    *("base_model", "pretrain_tokens_b", "hardware", "status", "evidence"),
)


def test_a_model_is_the_object_of_the_contract() -> None:
    found = model_object(palm())
    evidence = found.pop("evidence")
    assert {key: found[key] for key in CONTRACT if key != "evidence"} == {
        "model": "PaLM",
        "organisation": "Google",
        "release": "2022-04",
        "date_kind": "arxiv_v1",
        "arxiv_id": "2204.02311",
        "sizes_b": [8, 62, 540],
        "public": False,
        "base_model": None,
        "pretrain_tokens_b": 780,
        "hardware": "6144 TPU v4",
        "status": "curated",
    }
    assert evidence["release"]["source"] == "2204.02311v1"
    assert evidence["hardware"]["locator"] == "section 4"
    assert set(evidence) == {
        *("release", "size", "organisation", "access", "pretrain_data", "hardware"),
        *("in_context_learning", "chain_of_thought", "rlhf"),
    }


def test_evidence_is_the_strongest_claim_with_its_characters() -> None:
    size = a_claim(
        ModelField.SIZE,
        "7B",
        sentence="Ours has 7B parameters.",
        start=3,
        end=26,
        confidence=0.9,
        retrieved=None,
    )
    found = model_object(a_model("A", {ModelField.SIZE: [size, "13B"]}))["evidence"]["size"]
    assert found == {
        "source": "2204.02311v1",
        "sentence": "Ours has 7B parameters.",
        "locator": "abstract",
        "start": 3,
        "end": 26,
        "kind": "paper",
        "basis": "stated",
        "method": "parsed",
        "confidence": 0.9,
        "note": "",
        "retrieved": None,
    }


def test_every_object_has_every_key_and_what_nobody_states_is_none() -> None:
    bare = model_object(a_model("Bare", status=ModelStatus.CANDIDATE))
    assert set(bare) == set(KEYS) == set(model_object(palm()))
    lists = {"sizes_b", "active_sizes_b", "estimated_sizes_b", "undisclosed", "aliases", "dates"}
    lists |= {"base_models", "pretrain_data", "domain"}
    told = {"model", "status", "kind", "withdrawn", "unverified"}
    for key, value in bare.items():
        if key in lists:
            assert value == []
        elif key in ("evidence", "conflicts"):
            assert value == {}
        elif key not in told:
            assert value is None
    assert (bare["status"], bare["unverified"]) == ("candidate", True)


def test_objects_are_json_and_csv_rows() -> None:
    table = models_table([palm()])
    assert json.loads(render_jsonl(table))["rlhf"] is False
    assert render_csv(table).split("\r\n")[0] == ",".join(KEYS)


def test_an_estimate_and_what_is_undisclosed_are_no_size() -> None:
    sizes = [Quantity(None, Unit.PARAMETERS), Quantity(1.8e12, Unit.PARAMETERS, estimate=True)]
    found = model_object(a_model("GPT-4", {ModelField.SIZE: sizes}))
    assert found["sizes_b"] == []
    assert found["estimated_sizes_b"] == [1800]
    assert found["undisclosed"] == ["size"]


def test_active_and_public_sizes_stand_apart() -> None:
    sizes = ["200B", "13B public", "97B active"]
    found = model_object(a_model("PanGu-α", {ModelField.SIZE: sizes}))
    assert found["sizes_b"] == [13, 200]
    assert found["public_size_b"] == 13
    assert found["active_sizes_b"] == [97]


def test_words_and_bytes_are_never_tokens() -> None:
    found = model_object(a_model("LaMDA", {ModelField.PRETRAIN_DATA: "1.56T words"}))
    assert found["pretrain_tokens_b"] is None
    assert found["pretrain_data"] == [
        {"value": 1.56e12, "unit": "words", "estimate": False, "text": "1.56T words"}
    ]


def test_a_successor_is_no_base_model_and_two_parents_are_both_named() -> None:
    parents = [
        Parent("PaLM"),
        Parent("ViT-22B", RelationKind.MULTIMODAL),
        Parent("Gopher", RelationKind.SUCCESSOR),
    ]
    found = model_object(a_model("PaLM-E", {ModelField.BASE_MODEL: parents}))
    assert found["base_model"] == "PaLM + ViT-22B"
    assert [one["kind"] for one in found["base_models"]] == ["base model", "multimodal"]


def test_a_release_is_a_month_when_the_day_is_known_and_never_more_than_is_known() -> None:
    assert release_text(a_day("2022-04-05")) == "2022-04"
    assert release_text(a_day("2022-04")) == "2022-04"
    assert release_text(a_day("2022")) == "2022"
    quarter = TypedDate(ModelDateKind.ANNOUNCED, utc("2022-04-01"), Precision.QUARTER)
    assert release_text(quarter) == "2022 Q2"
    found = model_object(palm())
    assert (found["release_date"], found["release_precision"]) == ("2022-04-05", "day")


def test_lamda_shows_its_four_dates_and_which_contradict_each_other() -> None:
    shown = a_claim(ModelField.RELEASE, "2022-01-20", source="2201.08239v1")
    rivals = (
        a_claim(ModelField.RELEASE, a_day("2021-05", ModelDateKind.ANNOUNCED), source="a list"),
        a_claim(ModelField.RELEASE, a_day("2021-06-18", ModelDateKind.ANNOUNCED), source="graphs"),
        a_claim(ModelField.RELEASE, a_day("2022-02-10", ModelDateKind.ARXIV_LATEST), source="t"),
    )
    cell = a_cell(ModelField.RELEASE, shown, rule="survey", rivals=rivals)
    found = model_object(a_model("LaMDA", {ModelField.RELEASE: cell}))
    told = [(one["value"], one["kind"], one["shown"], one["conflicts"]) for one in found["dates"]]
    assert told == [
        ("2021-05", "announced", False, True),
        ("2021-06-18", "announced", False, True),
        ("2022-01-20", "arxiv_v1", True, False),
        ("2022-02-10", "arxiv_latest", False, False),
    ]
    assert [one["value"] for one in found["conflicts"]["release"]] == [
        "2021-05", "2021-06-18", "2022-02-10",
    ]  # fmt: skip


def test_a_coarser_date_of_the_same_kind_is_no_contradiction() -> None:
    quarter = TypedDate(ModelDateKind.ARXIV_V1, utc("2022-04-01"), Precision.QUARTER)
    dates = [a_day("2022-04-05"), a_day("2022-04"), a_day("2022"), quarter]
    found = model_object(a_model("PaLM", {ModelField.RELEASE: dates}))
    assert [one["conflicts"] for one in found["dates"]] == [False] * 4


def test_what_is_not_reviewed_or_has_no_source_is_unverified() -> None:
    assert not is_unverified(palm())
    assert is_unverified(palm(status=ModelStatus.ACCEPTED))
    size = Quantity(7e9, Unit.PARAMETERS)
    unsourced = a_model("A", {ModelField.SIZE: Cell(ModelField.SIZE, (size,))})
    assert is_unverified(unsourced)
    assert missing_evidence(unsourced) == [ModelField.SIZE]
    claim = a_claim(ModelField.SIZE, "7B")
    nowhere = replace(claim, evidence=replace(claim.evidence, source=""))
    assert missing_evidence(a_model("A", {ModelField.SIZE: nowhere})) == [ModelField.SIZE]


def test_without_a_paper_the_link_is_the_announcement() -> None:
    model = a_model("ColossalChat", {ModelField.LINK: "https://example.org/chat"})
    assert model_object(model)["link"] == "https://example.org/chat"
    assert model_object(palm())["link"] == "https://arxiv.org/abs/2204.02311"


def test_conflicts_name_who_says_otherwise() -> None:
    rival = a_claim(ModelField.SIZE, "1.3B", source="a note", kind=EvidenceKind.NOTE)
    rival = replace(rival, evidence=replace(rival.evidence, basis=Basis.REPORTED))
    cell = a_cell(ModelField.SIZE, "1.6B", rivals=(rival,))
    found = model_object(a_model("Kosmos-1", {ModelField.SIZE: cell}))["conflicts"]
    assert [(one["value"], one["source"], one["basis"]) for one in found["size"]] == [
        ("1.3B", "a note", "reported")
    ]
