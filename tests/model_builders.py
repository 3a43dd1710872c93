"""Models and claims for tests, in few words. Sentences are written for the tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from builders import utc
from littrack.claims import (
    Basis,
    Cell,
    Claim,
    ClaimValue,
    Evidence,
    EvidenceKind,
    Hardware,
    Method,
    Model,
    ModelDateKind,
    ModelField,
    ModelStatus,
    Parent,
    Quantity,
    TypedDate,
    Unit,
)
from littrack.quantities import parse_hardware, parse_quantity
from littrack.records import Precision

RECORDED = utc("2023-05-01")
_PRECISIONS = {4: Precision.YEAR, 7: Precision.MONTH, 10: Precision.DAY}
_UNITS = {
    ModelField.SIZE: Unit.PARAMETERS,
    ModelField.PRETRAIN_DATA: Unit.TOKENS,
    ModelField.TRAINING_TIME: Unit.DAYS,
}


def a_day(text: str, kind: ModelDateKind = ModelDateKind.ARXIV_V1) -> TypedDate:
    """``"2022"``, ``"2022-04"`` or ``"2022-04-05"``: as precise as it is long."""
    return TypedDate(kind, utc((text + "-01-01")[:10]), _PRECISIONS[len(text)])


def a_value(field: ModelField, value: str | ClaimValue) -> ClaimValue:
    """Text as the value that the field has."""
    if not isinstance(value, str):
        return value
    if field in _UNITS:
        return parse_quantity(value, _UNITS[field])
    if field is ModelField.HARDWARE:
        return parse_hardware(value)
    if field is ModelField.BASE_MODEL:
        return Parent(value)
    if field is ModelField.RELEASE:
        return a_day(value)
    return a_day(value, ModelDateKind.UNSPECIFIED) if field is ModelField.DATA_CUTOFF else value


def a_claim(field: ModelField, value: str | ClaimValue, **changes: Any) -> Claim:
    """A claim of a paper; changes are of the claim or of its evidence."""
    source, seen = "2204.02311v1", RECORDED  # somebody looked it up
    evidence = Evidence(EvidenceKind.PAPER, source, "abstract", basis=Basis.STATED, retrieved=seen)
    parts = {name: changes.pop(name) for name in list(changes) if hasattr(evidence, name)}
    fields: dict[str, Any] = {
        "subject": "PaLM",
        "field": field,
        "value": a_value(field, value),
        "evidence": replace(evidence, **parts),
        "recorded_at": RECORDED,
    }
    return Claim(**fields | changes)


def a_decision(
    field: ModelField, value: str | ClaimValue, who: str, because: str, when: datetime
) -> Claim:
    """A person's decision about a field, as the curation file makes it a claim."""
    evidence = Evidence(EvidenceKind.PERSON, who, "curation.toml, line 3", note=because)
    return Claim("PaLM", field, a_value(field, value), evidence, when, Method.HUMAN)


def a_cell(field: ModelField, *said: str | ClaimValue | Claim, **parts: Any) -> Cell:
    """What is shown, each value with a claim of its own; parts are of the cell."""
    claims = tuple(one if isinstance(one, Claim) else a_claim(field, one) for one in said)
    values = tuple(dict.fromkeys(claim.value for claim in claims))
    return Cell(field, values, **{"claims": claims, "rule": "best source"} | parts)


def a_model(name: str, cells: Mapping[ModelField, Any] | None = None, **changes: Any) -> Model:
    """A reviewed model; a cell may be given by its value, or by several in a list."""
    made = {}
    for field, said in (cells or {}).items():
        several = said if isinstance(said, list) else [said]
        made[field] = said if isinstance(said, Cell) else a_cell(field, *several)
    fields: dict[str, Any] = {"name": name, "status": ModelStatus.CURATED, "cells": made}
    return Model(**fields | changes)


def palm(**changes: Any) -> Model:
    """PaLM as it is known, from a claim each."""
    release = a_claim(
        ModelField.RELEASE,
        "2022-04-05",
        source="2204.02311v1",
        locator="arXiv metadata",
    )
    size = a_claim(
        ModelField.SIZE,
        "540B",
        start=42,
        end=87,
        sentence="We trained a model of 540 billion parameters.",
        confidence=0.97,
        method=Method.RULE,
        tool="littrack 0.5.0",
    )
    hardware = a_claim(ModelField.HARDWARE, Hardware("TPU v4", 6144), locator="section 4")
    cells = {
        ModelField.RELEASE: a_cell(ModelField.RELEASE, release, rule="survey"),
        ModelField.SIZE: ["8B", "62B", size],
        ModelField.ORGANISATION: "Google",
        ModelField.ACCESS: "closed",
        ModelField.PRETRAIN_DATA: Quantity(780e9, Unit.TOKENS),
        ModelField.HARDWARE: hardware,
        ModelField.IN_CONTEXT_LEARNING: True,
        ModelField.CHAIN_OF_THOUGHT: True,
        ModelField.RLHF: False,
    }
    return a_model("PaLM", cells, paper="2204.02311", **changes)
