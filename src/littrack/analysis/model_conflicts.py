"""What sources say against each other about a model, and what cannot be by itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from littrack.analysis.cells import is_same_date
from littrack.claims import (
    Cell,
    Claim,
    ClaimConflict,
    ClaimValue,
    EvidenceKind,
    Hardware,
    Model,
    ModelDateKind,
    ModelField,
    Parent,
    Quantity,
    TypedDate,
)
from littrack.quantities import render_quantity

OUTLIER = 20  # times larger or smaller: a slip of a digit rather than another measurement
# Fields whose rivals are other words for the same, or no matter.
_QUIET = {ModelField.TITLE, ModelField.LINK, ModelField.ALIAS, ModelField.CAPTION}
_QUIET |= {ModelField.BUCKET, ModelField.FAMILY, ModelField.ARCHITECTURE}
_QUIET |= {ModelField.PRETRAIN_SOURCES, ModelField.LICENCE}
_SAID = {
    ModelDateKind.ARXIV_V1: "version 1 was submitted to arXiv",
    ModelDateKind.ARXIV_LATEST: "a later version was submitted to arXiv",
    ModelDateKind.ANNOUNCED: "it was announced",
    ModelDateKind.API_RELEASE: "its API was opened",
    ModelDateKind.WEIGHTS_RELEASE: "its weights were released",
    ModelDateKind.TRAINING_START: "its training began",
    ModelDateKind.TRAINING_END: "its training ended",
    ModelDateKind.VENUE: "it was published at a venue",
    ModelDateKind.UNSPECIFIED: "it was released, in whatever sense",
}


def find_conflicts(models: Iterable[Model]) -> list[ClaimConflict]:
    """Every rival claim that matters, model by model, one entry for each different value."""
    return [
        conflict
        for model in models
        for cell in model.cells.values()
        if cell.field not in _QUIET
        for conflict in _conflicts_of(model, cell)
    ]


def _conflicts_of(model: Model, cell: Cell) -> list[ClaimConflict]:
    if not cell.values:
        return []
    shown = ", ".join(map(value_text, cell.values))
    groups: dict[str, list[Claim]] = {}
    for claim in cell.rivals:
        groups.setdefault(_group_key(claim), []).append(claim)
    found = []
    for held in groups.values():
        kind, words = _explain(cell, held)
        claims = (*cell.claims[:1], *held)
        rival = value_text(held[0].value)
        found.append(ClaimConflict(model.name, cell.field, kind, shown, rival, words, claims))
    return found


def _group_key(claim: Claim) -> str:
    """A day and its month, 540B and 540.0B are written alike where they say the same."""
    return value_text(claim.value).casefold()


def _explain(cell: Cell, held: Sequence[Claim]) -> tuple[str, str]:
    sources = ", ".join(dict.fromkeys(claim.evidence.source for claim in held))
    overruled = _newer_than_decision(cell, held)
    if overruled:
        return "decision", f"{sources}: recorded after the decision of {overruled}"
    value = held[0].value
    if isinstance(value, TypedDate):
        return _explain_date(cell, value, sources)
    if isinstance(value, Quantity):
        return _explain_quantity(cell, value, sources)
    return "value", f"{sources}: {value_text(value)}"


def _newer_than_decision(cell: Cell, held: Sequence[Claim]) -> str:
    decided = [one for one in cell.claims if one.evidence.kind is EvidenceKind.PERSON]
    if decided and any(claim.recorded_at > decided[0].recorded_at for claim in held):
        return f"{decided[0].evidence.source}, {decided[0].recorded_at:%Y-%m-%d}"
    return ""


def _explain_date(cell: Cell, value: TypedDate, sources: str) -> tuple[str, str]:
    """A date of something else is no error by itself, but it must not be shown as the date."""
    if value.kind is not ModelDateKind.UNSPECIFIED:
        return "date-type", f"{sources}: on {value}, {_SAID[value.kind]}"
    for claim in (*cell.claims, *cell.rivals):
        other = claim.value
        known = isinstance(other, TypedDate) and other.kind is not ModelDateKind.UNSPECIFIED
        if isinstance(other, TypedDate) and known and is_same_date(other, value):
            return "date-type", f"{sources}: on {other}, {_SAID[other.kind]}"
    return "date-type", f"{sources}: {value}, and no source says what happened then"


def _explain_quantity(cell: Cell, value: Quantity, sources: str) -> tuple[str, str]:
    written = render_quantity(value)
    shown = [one for one in cell.values if isinstance(one, Quantity)]
    if value.value is None:
        return "value", f"{sources}: not disclosed"
    if any(one.value is None for one in shown) or value.estimate:
        return "value", f"{sources}: {written}, an estimate of what is not disclosed"
    if shown and all(one.unit is not value.unit for one in shown):
        units = ", ".join(dict.fromkeys(one.unit.value for one in shown))
        return "unit", f"{sources}: {written}; {value.unit} are not {units}"
    if value.qualifier == "active":
        return "unit", f"{sources}: {written} active at a time, not in all"
    numbers = [one.value for one in shown if one.value]
    if numbers and (value.value > OUTLIER * max(numbers) or value.value * OUTLIER < min(numbers)):
        return "value", f"{sources}: {written}, so far off that a digit may have slipped"
    return "value", f"{sources}: {written}"


def value_text(value: ClaimValue) -> str:
    """A value in one line, for people."""
    match value:
        case Quantity():
            active = " active" if value.qualifier == "active" else ""
            return render_quantity(value) + active
        case Parent():
            return value.name
        case bool():
            return "yes" if value else "no"
        case TypedDate() | Hardware():
            return str(value)
        case _:
            return value
