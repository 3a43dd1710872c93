"""Sizes, training data and times that contradict what is shown, and those that only seem to.

A source that states what is shown may state more: further sizes of a family, or the data in other
units, contradict nothing. What its makers call 7B has 7.61B; but 175B and 176B are two numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

from littrack.analysis.disputes import (
    TEXTS,
    Dispute,
    as_internal,
    by_source,
    joined_text,
    who_says,
)
from littrack.claims import Basis, Cell, Claim, ModelField, Quantity, Unit
from littrack.quantities import render_quantity

OUTLIER = 20  # times larger or smaller: a slip of a digit rather than another measurement
ROUNDING = 0.10  # at most so far is a size from the one it is rounded to
FAR = 2  # times: two sizes of one family
_HOURS = {Unit.HOURS: 1.0, Unit.DAYS: 24.0}

Bearers = Callable[[Quantity], Sequence[str]]  # other models of the family that have a size


def find_quantity_disputes(cell: Cell, bearers: Bearers) -> Iterator[Dispute]:
    """What is said against a quantity, one dispute for all sources that say the same."""
    against = [claim for claim in cell.claims if _is_near_miss(claim, cell)]
    against += [claim for claim in cell.rivals if _contradicts(claim, cell)]
    groups: dict[tuple[str, str], list[Claim]] = {}
    for held in by_source(against).values():
        for kind, said in _by_kind(held, cell).items():
            groups.setdefault((kind, joined_text(said)), []).extend(said)
    for (kind, rival), said in groups.items():
        yield _dispute(cell, kind, rival, said, bearers)


def _by_kind(held: Sequence[Claim], cell: Cell) -> dict[str, list[Claim]]:
    """What one source says against a cell, by what is the matter with it.

    A second count of the data is no slip, and the bytes beside a count of tokens are no mistake.
    """
    found: dict[str, list[Claim]] = {}
    for claim in held:
        found.setdefault(_kind(_quantity(claim), cell), []).append(claim)
    if cell.field is ModelField.PRETRAIN_DATA and "value" in found:
        found["value"] += found.pop("outlier", [])
        found.pop("unit", None)
    return found


def _quantity(claim: Claim) -> Quantity:
    assert isinstance(claim.value, Quantity)
    return claim.value


def _shown(cell: Cell) -> list[Quantity]:
    return [one for one in cell.values if isinstance(one, Quantity)]


def _is_near_miss(claim: Claim, cell: Cell) -> bool:
    """Whether a claim counts as agreeing and yet gives another number: 175B for 176B."""
    value = _quantity(claim)
    if value.value is None or cell.field is ModelField.TRAINING_TIME:
        return False
    return not any(_is_rounding(value, one) for one in _shown(cell))


def _contradicts(claim: Claim, cell: Cell) -> bool:
    value, shown = _quantity(claim), _shown(cell)
    if value.value is None:
        return claim.evidence.basis is Basis.STATED or all(one.estimate for one in shown)
    if cell.field is ModelField.SIZE and any(_is_rounding(value, one) for one in shown):
        return False
    agrees = any(one.evidence.source == claim.evidence.source for one in cell.claims)
    if not agrees or _times_off(value, shown) > OUTLIER:
        return True
    is_text = claim.evidence.kind in TEXTS  # rows of a table may be about several variants
    return is_text and any(_is_close(value, one) for one in shown)


def _times(value: Quantity, other: Quantity) -> float:
    """How many times the other it is; 0 where the two cannot be compared."""
    if not value.value or not other.value or value.unit is not other.unit:
        return 0.0
    return value.value / other.value


def _is_close(value: Quantity, other: Quantity) -> bool:
    """Whether two numbers are near enough to be meant as one."""
    return abs(_times(value, other) - 1) <= ROUNDING


def _is_near(claim: Claim, held: Sequence[Claim]) -> bool:
    return any(_is_close(_quantity(claim), _quantity(one)) for one in held)


def _times_off(value: Quantity, shown: Sequence[Quantity]) -> float:
    """How many times larger it is than all that is shown; 0 where that cannot be said."""
    return min((_times(value, one) for one in shown), default=0.0)


def _is_rounding(value: Quantity, other: Quantity) -> bool:
    """Whether one of them is the other with fewer digits, rounded or cut off."""
    if not value.value or not other.value or value.unit is not other.unit:
        return False
    if (value.qualifier == "active") != (other.qualifier == "active"):
        return False
    coarse, fine = sorted((value.value, other.value), key=_digits)
    step = 10.0 ** (math.floor(math.log10(fine)) - _digits(coarse) + 1)
    ends = (math.floor(fine / step + 0.5) * step, math.floor(fine / step + 1e-9) * step)
    near = abs(fine - coarse) <= ROUNDING * coarse
    return near and any(math.isclose(coarse, end, rel_tol=1e-9) for end in ends)


def _digits(number: float) -> int:
    """How many digits of a number are not zeros at its end: 3 of 176e9."""
    return len(f"{number:.8e}".partition("e")[0].rstrip("0").replace(".", "")) or 1


def _kind(value: Quantity, cell: Cell) -> str:
    """What is the matter with a quantity."""
    shown = _shown(cell)
    if value.value is None or value.estimate or any(one.value is None for one in shown):
        return "estimate"
    if all(_unit(one) is not _unit(value) for one in shown):
        return "unit"
    if value.qualifier == "active" and all(one.qualifier != "active" for one in shown):
        return "unit"
    factors = [_times(value, one) for one in shown if _times(value, one)]
    if factors and (min(factors) > OUTLIER or max(factors) * OUTLIER < 1):
        return "outlier"
    return "value"


def _unit(quantity: Quantity) -> Unit:
    return Unit.HOURS if quantity.unit is Unit.DAYS else quantity.unit


def _dispute(cell: Cell, kind: str, rival: str, held: Sequence[Claim], bearers: Bearers) -> Dispute:
    who, value = who_says(held, rival), _quantity(held[0])
    said = Dispute(kind, rival, f"{who}: {_remark(kind, rival, value, cell)}", tuple(held))
    if kind not in ("value", "outlier"):
        return said
    far = [_quantity(claim) for claim in held if _is_far(_quantity(claim), cell)]
    others = list(dict.fromkeys(name for size in far for name in bearers(size)))
    if cell.field is ModelField.SIZE and others:
        named = " or ".join(others)
        words = f"{who}: {rival}, which is the size of {named}; perhaps that model is meant"
        return Dispute("entity", rival, words, tuple(held))
    near = [claim for claim in cell.claims if _is_near(claim, held)]
    return as_internal(said, near) if kind == "value" else said


def _is_far(value: Quantity, cell: Cell) -> bool:
    """Whether a size is another order than all that are shown, not the same one told otherwise."""
    factors = [_times(value, one) for one in _shown(cell)]
    return all(factor > FAR or factor * FAR < 1 for factor in factors)


def _remark(kind: str, rival: str, value: Quantity, cell: Cell) -> str:
    shown = _shown(cell)
    if kind == "estimate":
        if value.value is None:
            return "not disclosed; what is shown is an estimate" if shown else rival
        return f"{rival}, an estimate of what is not disclosed"
    if value.qualifier == "active":
        return f"{rival} at a time, not in all"
    if kind == "unit":
        units = ", ".join(dict.fromkeys(one.unit.value for one in shown))
        return f"{rival}; {value.unit} are not {units}"
    if kind == "outlier":
        return f"{rival}, so far off that a digit may have slipped"
    return rival + _converted(value, shown)


def _converted(value: Quantity, shown: Sequence[Quantity]) -> str:
    """Hours in days, or days in hours, where a time is written otherwise than the one shown."""
    other = next((one for one in shown if one.value and one.unit is not value.unit), None)
    if other is None or value.unit not in _HOURS or other.unit not in _HOURS:
        return ""
    hours = (other.value or 0.0) * _HOURS[other.unit]
    same = Quantity(float(f"{hours / _HOURS[value.unit]:.3g}"), value.unit)
    return f"; {render_quantity(other)} are {render_quantity(same)}"
