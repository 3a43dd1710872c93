"""The family graph: edges from claims, with what is wrong about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from littrack.analysis.families import (
    find_cycles,
    find_order_problems,
    find_relations,
    find_unknown_ends,
    group_family,
)
from littrack.analysis.models import Models
from littrack.claims import Claim, Model, ModelStatus, Relation
from littrack.errors import NotFound
from littrack.present.family_rows import relations_table
from littrack.present.tables import Table
from littrack.steps.models import load_models
from littrack.steps.opening import OpenLibrary
from littrack.steps.timeline import find_model, is_model

_NAMED_SOURCES = 12  # of those that tell of relations, when the one asked for tells of none


@dataclass(frozen=True, slots=True)
class Family:
    """Models, the edges between them, and sentences about what cannot be right."""

    root: str
    models: tuple[Model, ...]
    relations: tuple[Relation, ...]
    problems: tuple[str, ...]

    @property
    def table(self) -> Table:
        """An edge a row."""
        return relations_table(self.relations)


def load_family(
    library: OpenLibrary,
    root: str | None = None,
    *,
    as_of: datetime | None = None,
    unreviewed: bool | None = None,
    source: str | None = None,
) -> Family:
    """The family of a model (all that descends from it) or of a family's name; None is everyone.

    With a source, only the relations that sources with that text in their names tell of.

    Raises:
        NotFound: nothing has that name, or no such source tells of a relation.
    """
    known = load_models(library, as_of=as_of)
    edges = known.edges if source is None else _told_by(source, known.edges)
    shown = _shown(library, known, unreviewed=unreviewed)
    relations = find_relations(shown, edges, name_resolver(known))
    joined = {name for relation in relations for name in (relation.child, relation.parent)}
    if root is not None:
        if not (family := group_family(shown, root, relations)):
            # Another name of a model, or one that is not shown otherwise.
            model = find_model(library, known, root, as_of)
            root = model.name
            family = group_family(shown, root, relations) or [model]
        shown = family
    if source is not None:
        shown = [one for one in shown if one.name in joined]
    elif root is None:  # a method without a relation is nobody's family
        shown = [one for one in shown if one.name in joined or is_model(one)]
    if not shown and source is not None:
        raise NotFound(f"no source with {source!r} in its name tells of a relation of {root}")
    names = {model.name for model in shown}
    inside = tuple(one for one in relations if one.child in names and one.parent in names)
    own = [claim for claim in edges if claim.subject in names]
    return Family(root or "", tuple(shown), inside, tuple(_problems(shown, inside, own, known)))


def _told_by(source: str, edges: Sequence[Claim]) -> list[Claim]:
    found = [one for one in edges if source.casefold() in one.evidence.source.casefold()]
    if edges and not found:
        told = Counter(one.evidence.source for one in edges)
        known = "; ".join(name for name, _ in told.most_common(_NAMED_SOURCES))
        raise NotFound(
            f"no source with {source!r} in its name tells of a relation; these do: {known}"
        )
    return found


def _shown(library: OpenLibrary, known: Models, *, unreviewed: bool | None) -> list[Model]:
    wanted = library.settings.survey.get("unreviewed", False) if unreviewed is None else unreviewed
    return [
        model
        for model in known.models
        if model.status is ModelStatus.CURATED or (wanted and model.status is ModelStatus.ACCEPTED)
    ]


def name_resolver(known: Models) -> Callable[[str, Claim], str | None]:
    """Which model a name in a claim about an edge means."""
    names = {model.name for model in known.models}

    def resolve(name: str, _claim: Claim) -> str | None:
        return name if name in names else known.registry.resolve(name).model

    return resolve


def _problems(
    models: Sequence[Model], relations: Sequence[Relation], edges: Sequence[Claim], known: Models
) -> list[str]:
    said = [one.sentence for one in find_order_problems(models, relations)]
    for cycle in find_cycles(relations):
        said.append("a circle, so one of these edges is wrong: " + " -> ".join(cycle))
    inside = {model.name for model in known.models}
    for end in find_unknown_ends(known.models, edges, name_resolver(known)):
        if end.child in inside:
            said.append(f"{end.child} is said to come from {end.parent}, which is no known model")
    return said
