"""Which of many claims about one field is shown: named rules, and what says otherwise.

The claims are ranked by who knows best: a person's decision; then what somebody looked up before
what is only said to stand somewhere; then who made the model, third parties, what somebody
concluded; among equals the finer statement, then the one that more sources make. Nothing is
averaged, and what is not shown stays visible as a rival.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from littrack.claims import (
    Basis,
    Cell,
    Claim,
    ClaimValue,
    EvidenceKind,
    Hardware,
    ModelDateKind,
    ModelField,
    Parent,
    Quantity,
    RelationKind,
    TypedDate,
    Unit,
)
from littrack.records import Precision
from littrack.text import fold

SAME_NUMBER = 0.02  # 540B and 540.35B are one statement
PERSON = "decided by a person"
_BASES = (Basis.INFERRED, Basis.REPORTED, Basis.STATED)
_PRECISIONS = (
    Precision.YEAR,
    Precision.QUARTER,
    Precision.MONTH,
    Precision.DAY,
    Precision.SECOND,
)
# What several claims add up to, instead of excluding each other.
_MANY = {
    ModelField.ALIAS,
    ModelField.LINK,
    ModelField.ORGANISATION,
    ModelField.SIZE,
    ModelField.BASE_MODEL,
    ModelField.DOMAIN,
}
# Where the values of one class of sources are a whole that others contradict.
_WHOLE = {ModelField.ORGANISATION, ModelField.SIZE, ModelField.BASE_MODEL}
# Edges that do not say what a model was made from.
_OTHER_EDGES = {
    RelationKind.SUCCESSOR,
    RelationKind.MEMBER,
    RelationKind.PRODUCT,
    RelationKind.DATA,
}

_PUBLIC = (
    ModelDateKind.ANNOUNCED,
    ModelDateKind.API_RELEASE,
    ModelDateKind.WEIGHTS_RELEASE,
    ModelDateKind.VENUE,
    ModelDateKind.UNSPECIFIED,
)
# Each rule is a list of groups of kinds: the earliest date of the first group that has any.
DATE_RULES: Mapping[str, tuple[tuple[ModelDateKind, ...], ...]] = MappingProxyType(
    {
        # A Survey of Large Language Models, caption of its timeline: the submission date of the
        # paper, without a paper the earliest public release.
        "survey": ((ModelDateKind.ARXIV_V1,), _PUBLIC),
        "earliest": ((ModelDateKind.ARXIV_V1, *_PUBLIC),),
        "weights": ((ModelDateKind.WEIGHTS_RELEASE,), (ModelDateKind.ARXIV_V1,), _PUBLIC),
        "latest-version": ((ModelDateKind.ARXIV_LATEST,), (ModelDateKind.ARXIV_V1,), _PUBLIC),
    }
)


def choose_cell(field: ModelField, claims: Sequence[Claim], date_rule: str = "survey") -> Cell:
    """The cell of one field from all claims about it."""
    ranked = sorted(claims, key=_rank, reverse=True)
    decided = [claim for claim in ranked if claim.evidence.kind is EvidenceKind.PERSON]
    if field is ModelField.RELEASE:
        return _choose_date(ranked, decided, date_rule)
    if field in _MANY:
        return _choose_many(field, ranked, decided)
    return _choose_one(field, ranked, decided)


def _rank(claim: Claim) -> tuple[object, ...]:
    """Who knows best comes first; the last parts only make the order certain."""
    evidence = claim.evidence
    return (
        evidence.kind is EvidenceKind.PERSON,
        *_standing(claim),
        claim.confidence,
        claim.recorded_at,
        evidence.source,
        evidence.locator,
        repr(claim.value),
    )


Standing = tuple[bool, bool, int]


def _standing(claim: Claim) -> Standing:
    """The class of a claim's source: notes below all others, then what nobody looked up."""
    evidence = claim.evidence
    is_note = evidence.kind is EvidenceKind.NOTE
    return not is_note, evidence.checked, _BASES.index(evidence.basis)


# --- one value ------------------------------------------------------------------------------------


def _choose_one(field: ModelField, ranked: Sequence[Claim], decided: Sequence[Claim]) -> Cell:
    groups = group_equal(ranked)
    if decided:
        shown = next(group for group in groups if decided[0] in group)
        value, rule = decided[0].value, PERSON
    else:
        shown = max(groups, key=_merit)
        value, rule = _finest(shown), "best source"
    rivals = tuple(claim for claim in ranked if claim not in shown)
    return Cell(field, (value,), tuple(shown), rivals, rule)


def _merit(group: Sequence[Claim]) -> tuple[bool, Standing, bool, int]:
    """An estimate is below all else, and what says something above "not disclosed"."""
    value = group[0].value
    is_open = isinstance(value, Quantity) and value.value is None
    return not _is_estimate(group[0]), _standing(group[0]), not is_open, len(group)


def _is_estimate(claim: Claim) -> bool:
    return isinstance(claim.value, Quantity) and claim.value.estimate


def _finest(group: Sequence[Claim]) -> ClaimValue:
    """Among equal statements, as the best source writes it; hardware as told most, in short."""
    told = [one.value for one in group if isinstance(one.value, Hardware)]
    if not told:
        return group[0].value
    return max(
        told, key=lambda one: (one.count is not None, len(_chip_words(one.kind)), -len(one.kind))
    )


def group_equal(claims: Iterable[Claim]) -> list[list[Claim]]:
    """Claims that say the same, in the order in which each statement first occurs."""
    groups: list[list[Claim]] = []
    for claim in claims:
        for group in groups:
            if is_same(group[0].value, claim.value):
                group.append(claim)
                break
        else:
            groups.append([claim])
    return groups


def is_same(one: ClaimValue, other: ClaimValue) -> bool:
    """Whether two values say the same thing as far as both go."""
    if isinstance(one, Quantity) and isinstance(other, Quantity):
        return _is_same_quantity(one, other)
    if isinstance(one, TypedDate) and isinstance(other, TypedDate):
        return is_same_date(one, other)
    if isinstance(one, Parent) and isinstance(other, Parent):
        return _letters(one.name) == _letters(other.name)
    if isinstance(one, Hardware) and isinstance(other, Hardware):
        counts_agree = one.count is None or other.count is None or one.count == other.count
        return counts_agree and _is_same_chip(one.kind, other.kind)
    if isinstance(one, str) and isinstance(other, str):
        return fold(one).strip() == fold(other).strip()
    return one == other


def _is_same_quantity(one: Quantity, other: Quantity) -> bool:
    if one.value is None or other.value is None:
        return one.value is other.value
    hours = {Unit.HOURS: 1.0, Unit.DAYS: 24.0}
    if one.unit in hours and other.unit in hours:
        first, second = one.value * hours[one.unit], other.value * hours[other.unit]
    elif one.unit is not other.unit:
        return False
    else:
        first, second = one.value, other.value
    activity = "active" in (one.qualifier, other.qualifier) and one.qualifier != other.qualifier
    return not activity and abs(first - second) <= SAME_NUMBER * max(first, second)


def _letters(text: str) -> str:
    return "".join(character for character in fold(text) if character.isalnum())


def _is_same_chip(one: str, other: str) -> bool:
    """Whether 80G A100 says what A100 says, only more; 40G A100 says something else."""
    first, second = _chip_words(one), _chip_words(other)
    return first <= second or second <= first


def _chip_words(kind: str) -> set[str]:
    """What tells chips apart: "NVIDIA A100-SXM4-80 GB" is an 80g a100."""
    words = re.sub(r"(\d+)\s*gb?\b", r"\1g", fold(kind).replace("-", " ")).split()
    return set(words) - _NO_CHIP


_NO_CHIP = {
    "芯片",
    "huawei",
    "google",
    "nvidia",
    "chips",
    "chip",
    "gpus",
    "gpu",
    "tpus",
    "sxm",
    "sxm4",
    "pcie",
}


def is_same_date(one: TypedDate, other: TypedDate) -> bool:
    """Whether two dates agree as far as the coarser of them goes, whatever happened on them."""
    precision = min(one.precision, other.precision, key=_PRECISIONS.index)
    return _cut(one.value, precision) == _cut(other.value, precision)


def _cut(value: datetime, precision: Precision) -> tuple[int, ...]:
    whole = (value.year, (value.month + 2) // 3, value.month, value.day)
    return whole[: {Precision.YEAR: 1, Precision.QUARTER: 2, Precision.MONTH: 3}.get(precision, 4)]


# --- dates ----------------------------------------------------------------------------------------


def _choose_date(ranked: Sequence[Claim], decided: Sequence[Claim], rule: str) -> Cell:
    chosen = decided[0] if decided else _dated(ranked, rule)
    if chosen is None:
        return Cell(ModelField.RELEASE, (), (), tuple(ranked), rule)
    date = _as_date(chosen)
    agreeing = [one for one in ranked if one is not chosen and is_same_date(_as_date(one), date)]
    rivals = tuple(one for one in ranked if one is not chosen and one not in agreeing)
    claims = (chosen, *agreeing)
    return Cell(ModelField.RELEASE, (date,), claims, rivals, PERSON if decided else rule)


def _as_date(claim: Claim) -> TypedDate:
    if not isinstance(claim.value, TypedDate):
        raise TypeError(f"a release is a date, not {claim.value!r}")
    return claim.value


def _dated(ranked: Sequence[Claim], rule: str) -> Claim | None:
    for kinds in DATE_RULES[rule]:
        found = [claim for claim in ranked if _as_date(claim).kind in kinds]
        if found:
            return _earliest(found)
    return None


def _earliest(ranked: Sequence[Claim]) -> Claim:
    """The earliest date that is attested; of those that agree with it the best source's, finest.

    Of one kind of date only the best class of sources counts: what arXiv says of its own dates is
    not outvoted by a table. A date is attested when its source says what happened then, or when a
    second source has it too: lists copy years and slips from each other.
    """
    best: dict[ModelDateKind, Standing] = {}
    for claim in ranked:
        kind = _as_date(claim).kind
        best[kind] = max(best.get(kind, _standing(claim)), _standing(claim))
    able = [claim for claim in ranked if _standing(claim) == best[_as_date(claim).kind]]
    able = [claim for claim in able if _standing(claim)[0]] or able  # notes: if there is no other
    attested = [claim for claim in able if _is_attested(claim, able)] or able
    finest = max(map(_fineness_of_date, attested))
    least = min(finest, _PRECISIONS.index(Precision.MONTH))
    told = [claim for claim in attested if _fineness_of_date(claim) >= least]
    first = min(told, key=lambda claim: (_as_date(claim).value, -_fineness_of_date(claim)))
    first = _same_month_typed(first, told)
    same = [claim for claim in able if is_same_date(_as_date(claim), _as_date(first))]
    return max(same, key=lambda claim: (_fineness_of_date(claim), _rank(claim)))


def _same_month_typed(first: Claim, told: Sequence[Claim]) -> Claim:
    """Of dates in one month, the one whose source says what happened: lists put the month's 1st."""
    if _as_date(first).kind is not ModelDateKind.UNSPECIFIED:
        return first
    month = _cut(_as_date(first).value, Precision.MONTH)
    typed = [one for one in told if _as_date(one).kind is not ModelDateKind.UNSPECIFIED]
    near = [one for one in typed if _cut(_as_date(one).value, Precision.MONTH) == month]
    return min(near, key=lambda one: _as_date(one).value, default=first)


def _is_attested(claim: Claim, others: Sequence[Claim]) -> bool:
    date = _as_date(claim)
    if date.kind is not ModelDateKind.UNSPECIFIED or claim.evidence.basis is Basis.STATED:
        return True
    sources = {one.evidence.source for one in others if is_same_date(_as_date(one), date)}
    return len(sources) > 1


def _fineness_of_date(claim: Claim) -> int:
    return _PRECISIONS.index(_as_date(claim).precision)


# --- several values -------------------------------------------------------------------------------


def _choose_many(field: ModelField, ranked: Sequence[Claim], decided: Sequence[Claim]) -> Cell:
    able = [claim for claim in ranked if _tells(claim)]
    facts = [claim for claim in able if not _is_estimate(claim)]
    if decided:
        shown, rule = list(decided), PERSON
    elif field in _WHOLE and able:
        best = max(map(_standing, facts or able))
        shown = [claim for claim in facts or able if _standing(claim) == best]
        rule = "best sources"
        shown += _extending(shown, able) if field is ModelField.SIZE else []
        shown = _one_source(shown) if field is ModelField.ORGANISATION else shown
    else:
        shown, rule = able, "all sources"
    groups = group_equal(shown)
    values = tuple(_plainest(group) for group in groups)
    supporting = [one for one in able if any(is_same(one.value, value) for value in values)]
    rivals = tuple(one for one in able if one not in supporting)
    return Cell(field, _sorted(values), tuple(supporting), rivals, rule)


def _extending(shown: Sequence[Claim], able: Sequence[Claim]) -> list[Claim]:
    """What lesser sources add that state all the sizes shown, and more: 8B and 62B to the 540B."""
    sources: dict[str, list[Claim]] = {}
    for claim in able:
        if claim not in shown and claim.evidence.kind is not EvidenceKind.NOTE:
            sources.setdefault(claim.evidence.source, []).append(claim)
    return [
        claim
        for held in sources.values()
        if all(any(is_same(one.value, claim.value) for claim in held) for one in shown)
        for claim in held
    ]


def _tells(claim: Claim) -> bool:
    """Whether a claim says what a cell shows: a successor is no base model."""
    return not (isinstance(claim.value, Parent) and claim.value.kind in _OTHER_EDGES)


def _plainest(group: Sequence[Claim]) -> ClaimValue:
    """Of sizes that are the same, the roundest: 540B rather than 540.35B."""
    values = [claim.value for claim in group]
    quantities = [one for one in values if isinstance(one, Quantity) and one.value is not None]
    if not quantities:
        return values[0]
    plain = min(quantities, key=lambda one: (one.estimate, len(f"{one.value:.12g}".rstrip("0"))))
    public = any(one.qualifier == "public" for one in quantities)
    return Quantity(plain.value, plain.unit, "public", plain.estimate) if public else plain


def _sorted(values: Sequence[ClaimValue]) -> tuple[ClaimValue, ...]:
    """Quantities by size, all else in the order of the sources."""
    if all(isinstance(value, Quantity) for value in values):
        return tuple(sorted(values, key=_size))
    return tuple(values)


def _size(value: ClaimValue) -> float:
    return (value.value or 0.0) if isinstance(value, Quantity) else 0.0


# --- organisations --------------------------------------------------------------------------------


def _one_source(able: Sequence[Claim]) -> list[Claim]:
    """The organisations as one source names them: as most sources do, in the fewest letters.

    Taken together, the sources would name one laboratory in three ways.
    """
    sources: dict[str, list[Claim]] = {}
    for claim in able:
        sources.setdefault(claim.evidence.source, []).append(claim)

    def merit(held: Sequence[Claim]) -> tuple[float, int, str]:
        names = [str(claim.value) for claim in held]
        alike = sum(_share(names, [str(one.value) for one in o]) for o in sources.values())
        return round(alike, 6), -sum(map(len, names)), held[0].evidence.source

    return max(sources.values(), key=merit)


def _share(one: Sequence[str], other: Sequence[str]) -> float:
    """How much two lists of organisations have in common, 0 to 1, whatever they call them."""
    common = sum(any(is_same_organisation(a, b) for b in other) for a in one)
    return common / (len(one) + len(other) - common)


def is_same_organisation(one: str, other: str) -> bool:
    """Google is Google Research, and BAAI is the Beijing Academy of Artificial Intelligence."""
    first, second = fold(one).split(), fold(other).split()
    if set(first) <= set(second) or set(second) <= set(first):
        return True
    short, words = (first, second) if len(first) == 1 else (second, first)
    initials = "".join(word[0] for word in words if word not in ("of", "the", "for", "and"))
    return len(short) == 1 and len(words) > 1 and short[0] == initials
