from __future__ import annotations

from typing import Any

from builders import utc
from littrack.analysis.cells import choose_cell
from littrack.analysis.model_conflicts import find_conflicts
from littrack.claims import (
    Basis,
    Claim,
    ClaimConflict,
    ClaimValue,
    Evidence,
    EvidenceKind,
    Model,
    ModelDateKind,
    ModelField,
    ModelStatus,
    Quantity,
    TypedDate,
    Unit,
)
from littrack.records import Precision

DATE, SIZE, DATA = ModelField.RELEASE, ModelField.SIZE, ModelField.PRETRAIN_DATA


def said(source: str, field: ModelField, value: ClaimValue, **more: Any) -> Claim:
    kind = more.pop("kind", EvidenceKind.TABLE)
    basis = Basis.STATED if source in ("paper", "Ada") else Basis.REPORTED
    recorded = more.pop("recorded_at", utc("2026-01-01"))
    return Claim("M", field, value, Evidence(kind, source, basis=basis), recorded, **more)


def on(day: str, kind: ModelDateKind = ModelDateKind.UNSPECIFIED) -> TypedDate:
    precision = Precision.DAY if day.count("-") == 2 else Precision.MONTH
    return TypedDate(kind, utc(day if day.count("-") == 2 else f"{day}-01"), precision)


def conflicts(field: ModelField, *claims: Claim) -> list[ClaimConflict]:
    cell = choose_cell(field, claims)
    return find_conflicts([Model("M", ModelStatus.CURATED, {field: cell})])


def test_a_date_of_a_later_version_is_named_as_such() -> None:
    [found] = conflicts(
        DATE,
        said("paper", DATE, on("2022-04-05", ModelDateKind.ARXIV_V1)),
        said("paper", DATE, on("2022-10-05", ModelDateKind.ARXIV_LATEST)),
        said("a note", DATE, on("2022-10-05"), kind=EvidenceKind.NOTE),
    )
    assert (found.kind, found.shown, found.rival) == ("date-type", "2022-04-05", "2022-10-05")
    assert found.explanation == (
        "paper, a note: on 2022-10-05, a later version was submitted to arXiv"
    )


def test_a_date_that_fits_nothing_is_said_to_fit_nothing() -> None:
    [found] = conflicts(
        DATE,
        said("paper", DATE, on("2019-10-23", ModelDateKind.ARXIV_V1)),
        said("a note", DATE, on("2019-06-11"), kind=EvidenceKind.NOTE),
    )
    assert found.explanation == "a note: 2019-06-11, and no source says what happened then"


def test_words_are_told_from_tokens() -> None:
    [found] = conflicts(
        DATA,
        said("paper", DATA, Quantity(768e9, Unit.TOKENS)),
        said("a note", DATA, Quantity(1.56e12, Unit.WORDS)),
    )
    assert found.kind == "unit"
    assert found.explanation == "a note: 1.56T words; words are not tokens"


def test_active_parameters_are_no_size() -> None:
    [found] = conflicts(
        SIZE,
        said("paper", SIZE, Quantity(1200e9, Unit.PARAMETERS)),
        said("a note", SIZE, Quantity(97e9, Unit.PARAMETERS, "active")),
    )
    assert (found.kind, found.rival) == ("unit", "97B active")


def test_a_hundredfold_size_is_a_slip_of_a_digit() -> None:
    [found] = conflicts(
        SIZE,
        said("paper", SIZE, Quantity(175e9, Unit.PARAMETERS)),
        said("a note", SIZE, Quantity(17500e9, Unit.PARAMETERS), kind=EvidenceKind.NOTE),
    )
    assert "a digit may have slipped" in found.explanation


def test_an_estimate_of_what_is_not_disclosed_is_no_fact() -> None:
    [found] = conflicts(
        SIZE,
        said("paper", SIZE, Quantity(None, Unit.PARAMETERS)),
        said("Epoch", SIZE, Quantity(1.8e12, Unit.PARAMETERS, estimate=True)),
    )
    assert found.explanation == "Epoch: ~1800B, an estimate of what is not disclosed"


def test_evidence_that_came_after_a_decision_is_reported_against_it() -> None:
    decided = said("Ada", SIZE, Quantity(6e9, Unit.PARAMETERS), kind=EvidenceKind.PERSON)
    later = said("paper", SIZE, Quantity(9e9, Unit.PARAMETERS), recorded_at=utc("2026-02-01"))
    [found] = conflicts(SIZE, decided, later)
    assert found.kind == "decision"
    assert found.explanation == "paper: recorded after the decision of Ada, 2026-01-01"
    earlier = said("paper", SIZE, Quantity(9e9, Unit.PARAMETERS), recorded_at=utc("2025-12-01"))
    assert [one.kind for one in conflicts(SIZE, decided, earlier)] == ["value"]


def test_sources_that_agree_are_no_conflict() -> None:
    assert (
        conflicts(
            SIZE,
            said("paper", SIZE, Quantity(540e9, Unit.PARAMETERS)),
            said("Epoch", SIZE, Quantity(540.35e9, Unit.PARAMETERS)),
        )
        == []
    )


def test_one_rival_value_is_one_conflict_with_all_who_state_it() -> None:
    [found] = conflicts(
        SIZE,
        said("paper", SIZE, Quantity(1.6e9, Unit.PARAMETERS)),
        said("a note", SIZE, Quantity(1.3e9, Unit.PARAMETERS), kind=EvidenceKind.NOTE),
        said("a list", SIZE, Quantity(1.3e9, Unit.PARAMETERS)),
    )
    assert found.explanation == "a list, a note: 1.3B"
    assert len(found.claims) == 3
