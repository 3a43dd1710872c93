"""Sizes, training data, hardware and times of notes that no source states."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from littrack.analysis.cells import is_same
from littrack.analysis.note_conflicts.found import Found
from littrack.analysis.note_conflicts.known import Known, sources_of
from littrack.analysis.note_conflicts.wording import (
    FIELDS,
    UNITS,
    Language,
    explain,
    number_style,
    of,
    value_text,
)
from littrack.analysis.quantity_disputes import ROUNDING
from littrack.claims import (
    Basis,
    Claim,
    ClaimValue,
    EvidenceKind,
    Hardware,
    Model,
    ModelField,
    Quantity,
    Unit,
)
from littrack.notes import ConflictKind, NoteFact

_SLIPS = (10.0, 100.0, 1000.0)
_LONE = 1.25  # times: above the largest known size no unlisted variant can account for it
_OF_VARIANT = 0.9
_COUNTS = (Unit.TOKENS, Unit.WORDS)
_GOOD = (Basis.STATED,)


def find_amount_conflicts(
    fact: NoteFact,
    beside: Sequence[NoteFact],
    model: Model | None,
    known: Known,
    language: Language,
) -> list[Found]:
    """What is the matter with an amount, at most one thing.

    Args:
        fact: The amount that a note states.
        beside: Other amounts of the same field and model in the same passage.
        model: What it is stated of.
        known: What is known of that and other models.
        language: Of the note.
    """
    if model is None:
        return []
    claims = known.claims(model, fact.field)
    if not claims or any(_says(one.value, fact.value) for one in claims):
        return _rival(fact, model, claims, language)
    if isinstance(fact.value, Hardware):
        return _hardware(fact, model, claims, language)
    assert isinstance(fact.value, Quantity)
    if fact.field is ModelField.SIZE:
        return _size(fact, fact.value, beside, model, known, language)
    return _data(fact, fact.value, model, claims, language)


def _says(stated: ClaimValue, value: ClaimValue) -> bool:
    """Whether a source's value is the note's, be it rounded."""
    if isinstance(stated, Quantity) and isinstance(value, Quantity):
        if stated.unit in (Unit.HOURS, Unit.DAYS) or stated.value is None or value.value is None:
            return is_same(stated, value)
        active = "active" in (stated.qualifier, value.qualifier)
        if stated.unit is not value.unit or (active and stated.qualifier != value.qualifier):
            return False
        return is_rounding(stated.value, value.value)
    return is_same(stated, value)


def is_rounding(one: float, other: float) -> bool:
    """Whether one number is the other with fewer digits, rounded or cut off.

    >>> is_rounding(137e9, 137.4e9), is_rounding(175e9, 176e9)
    (True, False)
    """
    if math.isclose(one, other, rel_tol=1e-9):
        return True
    coarse, fine = sorted((one, other), key=_digits)
    step = 10.0 ** (math.floor(math.log10(fine)) - _digits(coarse) + 1)
    ends = (math.floor(fine / step + 0.5) * step, math.floor(fine / step + 1e-9) * step)
    near = abs(fine - coarse) <= ROUNDING * coarse
    return near and any(math.isclose(coarse, end, rel_tol=1e-9) for end in ends)


def _digits(number: float) -> int:
    return len(f"{number:.8e}".partition("e")[0].rstrip("0").replace(".", "")) or 1


def _rival(
    fact: NoteFact, model: Model, claims: Sequence[Claim], language: Language
) -> list[Found]:
    """A value that a good source states against the one shown is worth a remark."""
    shown = model.cells.get(fact.field)
    if shown is None or not shown.values or fact.field is ModelField.SIZE:
        return []
    if any(_says(value, fact.value) for value in shown.values):
        return []
    same = [one for one in claims if _says(one.value, fact.value)]
    good = [
        one
        for one in same
        if one.evidence.basis in _GOOD or one.evidence.kind is EvidenceKind.PAPER
    ]
    comparable = [
        one for one in shown.values if getattr(one, "unit", 0) is getattr(fact.value, "unit", 0)
    ]
    if not good or not comparable or not isinstance(fact.value, Quantity):
        return []
    found = _found("rival", fact, model, comparable, language, sources=sources_of(good))
    return [_minor(found)]


def _minor(found: Found) -> Found:
    return replace(found, minor=True)


def _found(
    rule: str,
    fact: NoteFact,
    model: Model,
    known: Sequence[ClaimValue],
    language: Language,
    *,
    kind: ConflictKind = ConflictKind.VALUE,
    sources: Sequence[str] = (),
    **values: object,
) -> Found:
    style = number_style(fact.sentence, language)
    told = ", ".join(value_text(one, style) for one in known)
    value = value_text(fact.value, style)
    field = of(FIELDS[fact.field], language)
    values = {"model": model.name, "field": field, "known": told, "value": value, **values}
    words = explain(rule, language, **values)
    paper = fact.arxiv_id or model.paper
    return Found(
        *(fact.span, model.name, fact.field.value, value, told, kind, words), paper, tuple(sources)
    )


# --- sizes ----------------------------------------------------------------------------------------


def _size(
    fact: NoteFact,
    value: Quantity,
    beside: Sequence[NoteFact],
    model: Model,
    known: Known,
    language: Language,
) -> list[Found]:
    claims = known.claims(model, ModelField.SIZE)
    shown = [one for one in model.sizes if one.value]
    if value.value is None or value.qualifier or not shown:
        return []
    sources = sources_of(model.cells[ModelField.SIZE].claims)[:3]
    if len(shown) == 1 and _is_of_ancestor(value, model, known):
        return [_minor(_found("unlisted", fact, model, shown, language, sources=sources))]
    others = known.bearers(model, value, fact.arxiv_id)
    largest = max(one.value or 0.0 for one in shown)
    if value.value > _LONE * largest and others:
        other = " / ".join(others[:2])
        return [
            _found(
                "entity",
                fact,
                model,
                shown,
                language,
                kind=ConflictKind.ENTITY,
                sources=sources,
                other=other,
            )
        ]
    for times in _SLIPS:
        if any(math.isclose(value.value, (one.value or 0.0) * times) for one in shown):
            slip = {"times": f"{times:.0f}", "kind": ConflictKind.VALUE, "sources": sources}
            return [_found("slip", fact, model, shown[-1:], language, **slip)]  # type: ignore[arg-type]
    near = [one for one in shown if one.value and abs(value.value / one.value - 1) < 0.25]
    agreeing = [one for one in beside if any(_says(claim.value, one.value) for claim in claims)]
    if near or value.value > _LONE * largest:
        return [_found("value", fact, model, near or shown[-1:], language, sources=sources)]
    found = _found("unlisted", fact, model, shown, language, sources=sources)
    return [] if agreeing else [_minor(found)]  # a smaller variant that no source lists


def _is_of_ancestor(value: Quantity, model: Model, known: Known) -> bool:
    """Whether a model that it is made from has that size: Guanaco comes in all sizes of LLaMA."""
    line = [known.models[name] for name in known.ancestors(model.name) if name in known.models]
    return any(is_same(value, size) for one in line for size in one.sizes)


# --- data, hardware, time -------------------------------------------------------------------------


def _data(
    fact: NoteFact, value: Quantity, model: Model, claims: Sequence[Claim], language: Language
) -> list[Found]:
    told = [one.value for one in claims if isinstance(one.value, Quantity) and one.value.value]
    same_unit = [one for one in told if one.unit is value.unit]
    times = (Unit.HOURS, Unit.DAYS)
    if value.unit in times:
        same_unit = [one for one in told if one.unit in times]
    sources = sources_of(claims)[:3]
    for one in told:
        swapped = value.unit in _COUNTS and one.unit in (*_COUNTS, Unit.BYTES)
        if swapped and is_rounding(one.value or 0.0, value.value or 0.0):
            unit = of(UNITS[one.unit], language)
            return [
                _found(
                    "unit",
                    fact,
                    model,
                    [one],
                    language,
                    kind=ConflictKind.UNIT,
                    sources=sources,
                    unit=unit,
                )
            ]
    if same_unit:
        if _is_of_variant(value, same_unit, model):
            return [
                _minor(_found("unlisted", fact, model, same_unit[:1], language, sources=sources))
            ]
        return [_found("value", fact, model, same_unit[:1], language, sources=sources)]
    return []


def _is_of_variant(value: Quantity, told: Sequence[Quantity], model: Model) -> bool:
    """Whether a smaller amount may be that of the smaller sizes of a model."""
    least = min(one.value or 0.0 for one in told)
    return len(model.sizes) > 1 and (value.value or 0.0) < _OF_VARIANT * least


def _hardware(
    fact: NoteFact, model: Model, claims: Sequence[Claim], language: Language
) -> list[Found]:
    """Another number of the same chips; other chips may have served another part of the work."""
    assert isinstance(fact.value, Hardware)
    kind = Hardware(fact.value.kind)
    same = [one for one in claims if isinstance(one.value, Hardware) and one.value.count]
    same = [one for one in same if is_same(Hardware(getattr(one.value, "kind", "")), kind)]
    if not same or fact.value.count is None:
        return []
    return [_found("value", fact, model, [same[0].value], language, sources=sources_of(same)[:3])]
