"""What sources say against each other, against a person's decisions, and against the calendar."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from littrack.analysis.disputes import value_text
from littrack.analysis.families import OrderProblem, find_order_problems, find_relations
from littrack.analysis.model_conflicts import find_conflicts
from littrack.analysis.models import OpenClaim
from littrack.claims import ClaimConflict, ModelField
from littrack.errors import NotFound
from littrack.steps.families import name_resolver
from littrack.steps.models import load_models, unknown_model
from littrack.steps.opening import OpenLibrary

_OR = " / "  # between the models that a name may mean


def load_conflicts(library: OpenLibrary, name: str | None = None) -> list[ClaimConflict]:
    """Every conflict, or those of one model.

    Raises:
        NotFound: there is no such model.
    """
    models = load_models(library)
    relations = find_relations(models.models, models.edges, name_resolver(models))
    found = [
        *find_conflicts(models.models, relations),
        *map(_order, find_order_problems(models.models, relations)),
        *_entities(models.open_claims),
    ]
    if name is None:
        return found
    model = models.find(name)
    if model is None:
        raise NotFound(unknown_model(models, name))
    return [one for one in found if model.name in one.model.split(_OR)]


def _order(problem: OrderProblem) -> ClaimConflict:
    """A child that came out before its parent: one of the dates is wrong, or the edge."""
    relation = problem.relation
    return ClaimConflict(
        relation.child,
        ModelField.BASE_MODEL,
        "order",
        f"{relation.parent} ({problem.parent_date})",
        f"{relation.child} ({problem.child_date})",
        problem.sentence,
        relation.claims,
    )


def _entities(still_open: Iterable[OpenClaim]) -> Iterator[ClaimConflict]:
    """A name that may be several models is left open, and said to be, once for each source."""
    held: dict[tuple[str, str, str], list[OpenClaim]] = {}
    for one in still_open:
        if one.resolution.how == "ambiguous":
            names = _OR.join(one.resolution.candidates)
            key = (names, one.claim.subject, one.claim.evidence.source)
            held.setdefault(key, []).append(one)
    for (names, subject, source), group in held.items():
        claims = tuple(one.claim for one in group)
        rival = ", ".join(dict.fromkeys(f"{c.field} {value_text(c.value)}" for c in claims))
        words = f"{source}: {group[0].resolution.explanation}"
        yield ClaimConflict(names, ModelField.ALIAS, "entity", subject, rival, words, claims)
