"""The family graph: edges between models out of claims, and what cannot be true of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from littrack.claims import (
    Basis,
    Claim,
    Model,
    ModelDateKind,
    ModelField,
    Parent,
    Relation,
    RelationKind,
    TypedDate,
)
from littrack.records import Precision

Resolve = Callable[[str, Claim], str | None]  # a name as a claim writes it -> a known model's

# The child holds the parent's weights. Data and distilled answers are inherited otherwise.
WEIGHTS = frozenset(RelationKind) - {
    RelationKind.DATA,
    RelationKind.DISTILLATION,
    RelationKind.SUCCESSOR,
    RelationKind.MEMBER,
    RelationKind.PRODUCT,
}
# The parent must be there first. A series gathers what is older than its name, and a product
# (ChatGPT) outlives the models within it.
LINEAGE = frozenset(RelationKind) - {RelationKind.MEMBER, RelationKind.PRODUCT}


@dataclass(frozen=True, slots=True)
class UnknownEnd:
    """What a claim calls a parent or a child and no known model answers to."""

    child: str
    parent: str
    missing: str  # "parent", "child" or "both"
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class OrderProblem:
    """A child that came out before its parent."""

    relation: Relation
    child_date: TypedDate
    parent_date: TypedDate
    sentence: str


def find_relations(
    models: Sequence[Model], claims: Sequence[Claim], resolve: Resolve
) -> list[Relation]:
    """The edges between known models, by child, parent and kind, in the models' order.

    A claim that does not say how the child came about (kind BASE) counts for the edge of those
    that do. Claims whose ends are not known: `find_unknown_ends`.
    """
    place = {model.name: number for number, model in enumerate(models)}
    edges: dict[tuple[str, str], dict[RelationKind, list[Claim]]] = {}
    for child, parent, claim in _resolved(place, claims, resolve):
        if child is not None and parent is not None:
            kinds = edges.setdefault((child, parent), defaultdict(list))
            kinds[_parent(claim).kind].append(claim)
    ordered = sorted(edges, key=lambda pair: (place[pair[0]], place[pair[1]]))
    return [
        _relation(child, parent, kind, found)
        for child, parent in ordered
        for kind, found in sorted(_specific(edges[child, parent]).items(), key=_kind_order)
    ]


def find_unknown_ends(
    models: Sequence[Model], claims: Sequence[Claim], resolve: Resolve
) -> list[UnknownEnd]:
    """The claims about edges that `find_relations` cannot draw, by the names they use."""
    found: dict[tuple[str, str, str], list[Claim]] = defaultdict(list)
    known = {model.name for model in models}
    for child, parent, claim in _resolved(known, claims, resolve):
        missing = {(True, True): "both", (True, False): "child", (False, True): "parent"}
        what = missing.get((child is None, parent is None))
        if what is not None:
            names = (child or claim.subject, parent or _parent(claim).name, what)
            found[names].append(claim)
    return [UnknownEnd(*names, tuple(found[names])) for names in sorted(found)]


def _resolved(
    known: Collection[str], claims: Sequence[Claim], resolve: Resolve
) -> Iterator[tuple[str | None, str | None, Claim]]:
    """Child and parent of each claim about an edge; None for what is no known model."""
    for claim in claims:
        if claim.field is not ModelField.BASE_MODEL or not isinstance(claim.value, Parent):
            continue
        ends = [resolve(name, claim) for name in (claim.subject, claim.value.name)]
        child, parent = (name if name in known else None for name in ends)
        yield child, parent, claim


def _parent(claim: Claim) -> Parent:
    assert isinstance(claim.value, Parent)
    return claim.value


def _specific(kinds: Mapping[RelationKind, list[Claim]]) -> dict[RelationKind, list[Claim]]:
    """The claims by kind; those that say only "built on it" go to the best attested kind."""
    told: dict[RelationKind, list[Claim]] = {kind: list(found) for kind, found in kinds.items()}
    vague = told.pop(RelationKind.BASE, [])
    candidates = sorted((kind for kind in told if kind in WEIGHTS), key=list(RelationKind).index)
    if vague and candidates:
        told[max(candidates, key=lambda kind: len(told[kind]))] += vague
    elif vague:
        told[RelationKind.BASE] = vague
    return told


def _kind_order(item: tuple[RelationKind, list[Claim]]) -> int:
    return list(RelationKind).index(item[0])


def _relation(child: str, parent: str, kind: RelationKind, claims: list[Claim]) -> Relation:
    strength = list(Basis)
    strongest = sorted(claims, key=lambda claim: -strength.index(claim.evidence.basis))
    label = next((text for claim in strongest if (text := _parent(claim).label)), "")
    explicit = strongest[0].evidence.basis is Basis.STATED
    return Relation(child, parent, kind, label, explicit, tuple(strongest))


def descendants(
    root: str,
    relations: Sequence[Relation],
    kinds: Collection[RelationKind] = frozenset(RelationKind),
) -> list[str]:
    """What comes from a model over any number of edges of some kinds, nearest first."""
    children: dict[str, list[str]] = defaultdict(list)
    for relation in relations:
        if relation.kind in kinds:
            children[relation.parent].append(relation.child)
    found = [root]
    for name in found:  # grows while it is read
        found += [child for child in dict.fromkeys(children[name]) if child not in found]
    return found[1:]


def group_family(
    models: Sequence[Model], root: str, relations: Sequence[Relation] = ()
) -> list[Model]:
    """The models of one family, in their order.

    ``root`` is a model's name: the model and all that descends from it. Or it is the name of a
    family: the models that bear it. Letter case does not matter.
    """
    name = next((one.name for one in models if one.name.casefold() == root.casefold()), None)
    inside = set() if name is None else {name, *descendants(name, relations)}
    if len(inside) < 2:  # a family's name, or a model of which nothing is known to descend
        inside |= {one.name for one in models if _bears(one, root)}
    return [model for model in models if model.name in inside]


def _bears(model: Model, family: str) -> bool:
    names = (str(name).casefold() for name in model.values(ModelField.FAMILY))
    return family.casefold() in names


def find_cycles(relations: Sequence[Relation]) -> list[tuple[str, ...]]:
    """Models that descend from themselves: one shortest circle for each, first name repeated.

    >>> a, b = Relation("A", "B", RelationKind.BASE), Relation("B", "A", RelationKind.BASE)
    >>> find_cycles([a, b])
    [('A', 'B', 'A')]
    """
    children: dict[str, set[str]] = defaultdict(set)
    for relation in relations:
        if relation.kind in LINEAGE:
            children[relation.parent].add(relation.child)
    seen: set[str] = set()
    cycles = []
    for name in sorted(children):
        path = () if name in seen else _way_back(name, children)
        seen.update(path)
        if path:
            cycles.append(path)
    return cycles


def _way_back(start: str, children: Mapping[str, set[str]]) -> tuple[str, ...]:
    """The shortest path from a model to itself; () when there is none."""
    came_from: dict[str, str] = {}
    queue = [start]
    for name in queue:
        for child in sorted(children.get(name, ())):
            if child == start:
                path = [name]
                while path[-1] != start:
                    path.append(came_from[path[-1]])
                return (*reversed(path), start)
            if child not in came_from:
                came_from[child] = name
                queue.append(child)
    return ()


def find_order_problems(
    models: Sequence[Model], relations: Sequence[Relation]
) -> list[OrderProblem]:
    """Children that came out before their parents, as far as both dates are known."""
    by_name = {model.name: model for model in models}
    problems = []
    for relation in relations:
        child, parent = by_name.get(relation.child), by_name.get(relation.parent)
        if child is None or parent is None or relation.kind not in LINEAGE:
            continue
        if child.release and parent.release and _end(child.release) <= parent.release.value:
            sentence = _order_sentence(relation, child.release, parent)
            problems.append(OrderProblem(relation, child.release, parent.release, sentence))
    return problems


def _order_sentence(relation: Relation, child_date: TypedDate, parent: Model) -> str:
    assert parent.release is not None
    sentence = (
        f"{relation.child} ({_dated(child_date)}) is said to come from {relation.parent} "
        f"({relation.kind}), which came out later ({_dated(parent.release)})."
    )
    cell = parent.cells[ModelField.RELEASE]
    others = [claim.value for claim in (*cell.claims, *cell.rivals)]
    dates = [one for one in others if isinstance(one, TypedDate)]
    told = [one for one in dates if one.precision is not Precision.YEAR]
    fitting = [one for one in told if one.value < _end(child_date)]
    if fitting:
        unstated = ModelDateKind.UNSPECIFIED
        earliest = min(fitting, key=lambda one: (one.kind is unstated, one.value))
        return f"{sentence} Another date of {parent.name} agrees: {_dated(earliest)}."
    if child_date.kind is not parent.release.kind:
        return f"{sentence} The dates are of two kinds."
    return sentence


def _dated(date: TypedDate) -> str:
    kind = "kind not stated" if date.kind is ModelDateKind.UNSPECIFIED else str(date.kind)
    return f"{date}, {kind.replace('arxiv', 'arXiv').replace('_', ' ')}"


def _end(date: TypedDate) -> datetime:
    """The first moment after what a date means."""
    months = {Precision.YEAR: 12, Precision.QUARTER: 3, Precision.MONTH: 1}.get(date.precision)
    if months is None:
        return date.value + timedelta(days=1)
    years, month = divmod(date.value.month - 1 + months, 12)
    return date.value.replace(year=date.value.year + years, month=month + 1, day=1)
