"""What sources say against each other about a model, and what cannot be by itself.

The kinds, as a maintainer sees them:

    date-type      a date of something else: the announcement, the weights, a later version
    date           a date that no source accounts for
    order          a date before that of a model it is made from
    value          another number or word
    unit           something else is counted: words for tokens, active parameters for all
    outlier        so far off that a digit may have slipped
    estimate       somebody's guess at what its makers do not disclose
    base           made from another model
    attribution    made by somebody else
    entity         perhaps another model is meant
    internal       one text says both
    decision       recorded after a person decided otherwise
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from littrack.analysis.cells import group_equal, is_same, is_same_date, is_same_organisation
from littrack.analysis.date_disputes import Parents, find_date_disputes, fineness
from littrack.analysis.disputes import (
    Dispute,
    as_internal,
    by_source,
    joined_text,
    value_text,
    who_says,
)
from littrack.analysis.families import LINEAGE
from littrack.analysis.model_names import name_key, split_size
from littrack.analysis.quantity_disputes import find_quantity_disputes
from littrack.claims import (
    Cell,
    Claim,
    ClaimConflict,
    ClaimValue,
    EvidenceKind,
    Hardware,
    Model,
    ModelField,
    Parent,
    Quantity,
    Relation,
    TypedDate,
)
from littrack.records import Precision
from littrack.text import fold

# Fields whose rivals are other words for the same, or no matter.
_QUIET = {ModelField.TITLE, ModelField.LINK, ModelField.ALIAS, ModelField.CAPTION}
_QUIET |= {ModelField.BUCKET, ModelField.FAMILY, ModelField.ARCHITECTURE}
_QUIET |= {ModelField.PRETRAIN_SOURCES, ModelField.LICENCE}
_QUANTITIES = {ModelField.SIZE, ModelField.PRETRAIN_DATA, ModelField.TRAINING_TIME}
_MOST_BEARERS = 2  # a size that more models of a family have points at none of them
_ALIKE = 0.85  # ElutherAI is EleutherAI
_AND = re.compile(r"\s*(?:&|/|,| and )\s*")
# Houses under an older name, under initials that are none, and those that belong to another.
_HOUSES = {"facebook": "meta", "ai2": "allen institute for ai", "wechat": "tencent"}


def find_conflicts(
    models: Iterable[Model], relations: Iterable[Relation] = ()
) -> list[ClaimConflict]:
    """What is said against what is shown, model by model, as few entries as say it.

    Args:
        models: All that are known: what is said of one may be true of another.
        relations: The edges between them: no model is older than what it is made from.
    """
    known = _Known.of(tuple(models), tuple(relations))
    return [
        conflict
        for model in known.models
        for cell in model.cells.values()
        if cell.values and cell.field not in _QUIET
        for conflict in _conflicts_of(model, cell, known)
    ]


@dataclass(frozen=True, slots=True)
class _Known:
    """All models, and what tells them apart."""

    models: tuple[Model, ...]
    by_key: Mapping[str, str] = field(default_factory=dict)  # names and aliases
    parents: Mapping[str, Parents] = field(default_factory=dict)
    presented: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # models by paper

    @classmethod
    def of(cls, models: tuple[Model, ...], relations: tuple[Relation, ...]) -> _Known:
        keys = {name_key(name): one.name for one in models for name in one.aliases}
        keys |= {name_key(one.name): one.name for one in models}
        first = {one.name: _first_date(one) for one in models}
        parents: dict[str, dict[str, TypedDate | None]] = {}
        for edge in relations:
            if edge.kind in LINEAGE:
                parents.setdefault(edge.child, {})[edge.parent] = first.get(edge.parent)
        presented: dict[str, tuple[str, ...]] = {}
        for one in models:
            for paper in _own_papers(one):
                presented[paper] = (*presented.get(paper, ()), one.name)
        return cls(models, keys, parents, presented)

    def name_of(self, name: str) -> str:
        """The model that a name means, be it with a size; else the name's key."""
        key, shorter = name_key(name), name_key(split_size(name)[0])
        return self.by_key.get(key) or self.by_key.get(shorter) or key

    def descends(self, child: str, ancestor: str) -> bool:
        """Whether a model comes from another one over any number of edges."""
        line = [child]
        for name in line:  # grows while it is read
            line += [parent for parent in self.parents.get(name, ()) if parent not in line]
        return ancestor in line

    def bearers(self, model: Model, size: Quantity) -> list[str]:
        """The other models of its family that have a size, if they are few."""
        families = set(model.values(ModelField.FAMILY))
        found = [
            one.name
            for one in self.models
            if one is not model
            and families & set(one.values(ModelField.FAMILY))
            and any(is_same(size, had) for had in one.sizes)
        ]
        return found if len(found) <= _MOST_BEARERS else []


def _first_date(model: Model) -> TypedDate | None:
    """The earliest day or month that is known of it; a bare year is too vague to argue with."""
    cell = model.cells.get(ModelField.RELEASE)
    claims = (*cell.claims, *cell.rivals) if cell else ()
    dates = [one.value for one in claims if isinstance(one.value, TypedDate)]
    told = [date for date in dates if date.precision is not Precision.YEAR]
    first = min(told, key=lambda date: date.value, default=None)
    if first is None:
        return None
    same = [date for date in told if is_same_date(date, first)]  # a month, and days in it
    return min(same, key=lambda date: (-fineness(date), date.value))


def _own_papers(model: Model) -> set[str]:
    """The papers that present it, as more than notes say."""
    cell = model.cells.get(ModelField.PAPER)
    claims = cell.claims if cell else ()
    return {str(one.value) for one in claims if one.evidence.kind is not EvidenceKind.NOTE}


def _conflicts_of(model: Model, cell: Cell, known: _Known) -> Iterator[ClaimConflict]:
    shown = ", ".join(map(value_text, cell.values))
    for dispute in _disputes(model, cell, known):
        dispute = _against_decision(cell, dispute)
        claims = tuple(dict.fromkeys((*cell.claims[:1], *dispute.claims)))
        yield ClaimConflict(
            *(model.name, cell.field, dispute.kind, shown, dispute.rival, dispute.explanation),
            claims,
        )


def _disputes(model: Model, cell: Cell, known: _Known) -> Iterable[Dispute]:
    if cell.field is ModelField.RELEASE:
        return find_date_disputes(cell, known.parents.get(model.name, {}))
    if cell.field in _QUANTITIES:
        return find_quantity_disputes(cell, lambda size: known.bearers(model, size))
    if cell.field is ModelField.ORGANISATION:
        return _other_makers(cell)
    if cell.field is ModelField.BASE_MODEL:
        return _other_bases(cell, known)
    if cell.field is ModelField.PAPER:
        return _other_papers(model, cell, known)
    return _other_values(cell)


def _against_decision(cell: Cell, dispute: Dispute) -> Dispute:
    """Evidence that came after a person decided otherwise asks for another look."""
    decided = [one for one in cell.claims if one.evidence.kind is EvidenceKind.PERSON]
    if not decided or all(one.recorded_at <= decided[0].recorded_at for one in dispute.claims):
        return dispute
    who = who_says(dispute.claims, dispute.rival)
    by = f"{decided[0].evidence.source}, {decided[0].recorded_at:%Y-%m-%d}"
    words = f"{who}: recorded after the decision of {by}"
    return replace(dispute, kind="decision", explanation=words)


def _dispute(kind: str, held: Sequence[Claim], remark: str = "") -> Dispute:
    rival = joined_text(held)
    said = f"{who_says(held, rival)}: {rival}"
    return Dispute(kind, rival, f"{said}, {remark}" if remark else said, tuple(held))


# --- words ----------------------------------------------------------------------------------------


def _other_values(cell: Cell) -> Iterator[Dispute]:
    shown = cell.values[0]
    for group in group_equal(cell.rivals):
        if _is_told_less(group[0].value, shown):
            continue
        agreeing = {one.evidence.source for one in cell.claims}
        rows = isinstance(shown, Hardware) and {one.evidence.source for one in group} <= agreeing
        if not rows:  # one who states the hardware shown may state that of other variants
            yield as_internal(_dispute("value", group), cell.claims)


def _is_told_less(value: ClaimValue, shown: ClaimValue) -> bool:
    """Whether it says the same, only less of it: closed of an API, chips without their name."""
    if isinstance(value, Hardware) and isinstance(shown, Hardware):
        return value.count == shown.count and not re.search(r"[a-z0-9]", fold(value.kind))
    return {value, shown} == {"api", "closed"}


# --- who made it, and from what -------------------------------------------------------------------


def _other_makers(cell: Cell) -> Iterator[Dispute]:
    """Sources none of whose organisations is among those shown; those that agree are one."""
    shown = [str(value) for value in cell.values]
    groups: list[list[Claim]] = []
    for held in by_source((*cell.claims, *cell.rivals)).values():
        if _share(_makers(held), shown):
            continue
        for group in groups:
            if _share(_makers(group), _makers(held)):
                group.extend(held)
                break
        else:
            groups.append(held)
    for group in groups:
        yield _dispute("attribution", group)


def _makers(claims: Iterable[Claim]) -> list[str]:
    return [str(claim.value) for claim in claims]


def _share(some: Sequence[str], others: Sequence[str]) -> bool:
    """Whether two lists of organisations have one in common, whatever they call it."""
    parts = [[part for name in names for part in _AND.split(name)] for names in (some, others)]
    return any(_is_same_house(one, other) for one in parts[0] for other in parts[1])


def _is_same_house(one: str, other: str) -> bool:
    first, second = _words(one), _words(other)
    if not first or not second:
        return False
    if is_same_organisation(" ".join(first), " ".join(second)):
        return True
    shorter, longer = sorted((first, second), key=len)
    if all(any(_is_same_word(one, other) for other in longer) for one in shorter):
        return True
    letters = ["".join(words) for words in (first, second)]
    return difflib.SequenceMatcher(None, letters[0], letters[1]).ratio() >= _ALIKE


def _words(name: str) -> list[str]:
    words = re.findall(r"\w+", fold(name).removesuffix("et al."))
    return [part for word in words for part in _HOUSES.get(word, word).split()]


def _is_same_word(one: str, other: str) -> bool:
    """Whether one is the other or short for it: lab, laboratory."""
    short, long = sorted((one, other), key=len)
    return one == other or (len(short) > 2 and long.startswith(short))


def _other_bases(cell: Cell, known: _Known) -> Iterator[Dispute]:
    """Parents that are neither those shown, whatever they are called, nor further up the line.

    Who states a parent that is shown and one more names two parents; only a note is held to one.
    """
    shown = {known.name_of(one.name) for one in cell.values if isinstance(one, Parent)}
    agreeing = {claim.evidence.source for claim in cell.claims}
    groups: dict[str, list[Claim]] = {}
    for claim in cell.rivals:
        assert isinstance(claim.value, Parent)
        name = known.name_of(claim.value.name)
        is_note = claim.evidence.kind is EvidenceKind.NOTE
        if name in shown or (claim.evidence.source in agreeing and not is_note):
            continue
        if not any(known.descends(one, name) or known.descends(name, one) for one in shown):
            groups.setdefault(name, []).append(claim)
    for held in groups.values():
        yield as_internal(_dispute("base", held), cell.claims)


# --- another model is meant -----------------------------------------------------------------------


def _other_papers(model: Model, cell: Cell, known: _Known) -> Iterator[Dispute]:
    """A paper that is known to present another model, and other papers than the one shown."""
    for group in group_equal((*cell.claims, *cell.rivals)):
        paper = str(group[0].value)
        others = [name for name in known.presented.get(paper, ()) if name != model.name]
        if others and paper not in _own_papers(model):
            yield _dispute("entity", group, f"which presents {', '.join(others)}")
        elif group[0] in cell.rivals:
            yield _dispute("value", group)
