"""The claims about a model, and the edges of a family, as rows for scripts."""

from __future__ import annotations

import json
from dataclasses import replace

from littrack.claims import Basis, EvidenceKind, ModelField, Parent, Relation, RelationKind
from littrack.present.claim_rows import KEYS, claims_table
from littrack.present.family_rows import relation_object, relations_table
from littrack.present.tables import render_csv, render_json, render_markdown
from model_builders import a_cell, a_claim, a_model, palm


def test_every_claim_is_a_row_with_its_sentence_and_characters() -> None:
    rows = claims_table(palm()).rows
    assert {row["field"] for row in rows} == {
        "release", "size", "organisation", "access", "pretrain_data", "hardware",
        "in_context_learning", "chain_of_thought", "rlhf",
    }  # fmt: skip
    assert all(set(row) == set(KEYS) for row in rows)
    size = rows[3]
    assert (size["value"], size["start"], size["end"]) == ("540B", 42, 87)
    assert size["sentence"] == "We trained a model of 540 billion parameters."
    assert (size["method"], size["confidence"], size["tool"]) == ("rule", 0.97, "littrack 0.5.0")
    assert (size["standing"], size["rule"]) == ("shown", "best source")
    assert size["recorded"] == "2023-05-01T00:00:00+00:00"


def test_what_says_otherwise_comes_after_what_is_shown() -> None:
    rival = a_claim(
        ModelField.SIZE, "62B", source="notes/a.md", kind=EvidenceKind.NOTE, basis=Basis.REPORTED
    )
    cell = replace(a_cell(ModelField.SIZE, "540B"), rivals=(rival,))
    model = a_model("PaLM", {ModelField.SIZE: cell, ModelField.ACCESS: "closed"})
    table = claims_table(model, ModelField.SIZE)
    assert [(row["value"], row["standing"], row["kind"], row["basis"]) for row in table.rows] == [
        ("540B", "shown", "paper", "stated"),
        ("62B", "rival", "note", "reported"),
    ]
    assert claims_table(model, ModelField.RLHF).rows == []


def test_people_see_seven_columns_and_scripts_all() -> None:
    table = claims_table(palm(), ModelField.HARDWARE)
    head = render_markdown(table).splitlines()[0]
    assert head == "| model | field | value | standing | kind | source | locator |"
    assert render_csv(table).splitlines()[0].split(",") == list(KEYS)
    [row] = json.loads(render_json(table))
    assert (row["value"], row["locator"]) == ("6144 TPU v4", "section 4")


def test_an_edge_is_a_row_with_everything_that_is_said_for_it() -> None:
    claim = a_claim(
        ModelField.BASE_MODEL,
        Parent("LLaMA", RelationKind.CONTINUED, "+ chinese data"),
        subject="Panda",
        sentence="Panda goes on from LLaMA.",
    )
    relation = Relation(
        "Panda", "LLaMA", RelationKind.CONTINUED, "+ chinese data", explicit=True, claims=(claim,)
    )
    assert relation_object(relation) == {
        "child": "Panda",
        "parent": "LLaMA",
        "kind": "continued pre-training",
        "label": "+ chinese data",
        "explicit": True,
        "strength": "solid",
        "evidence": [
            {
                "source": "2204.02311v1",
                "locator": "abstract",
                "basis": "stated",
                "sentence": "Panda goes on from LLaMA.",
                "note": "",
            }
        ],
    }
    dashed = replace(relation, explicit=False)
    assert render_markdown(relations_table([relation, dashed])).splitlines()[2:] == [
        "| Panda | LLaMA | continued pre-training | + chinese data | solid |",
        "| Panda | LLaMA | continued pre-training | + chinese data | dashed |",
    ]
