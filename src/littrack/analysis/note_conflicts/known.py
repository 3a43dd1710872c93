"""What is known when a note is checked: models with all that is said of them, papers, ancestry."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from littrack.analysis.cells import is_same, is_same_date
from littrack.analysis.date_disputes import fineness
from littrack.analysis.families import LINEAGE
from littrack.analysis.model_resolution import Registry
from littrack.analysis.models import claims_of_paper
from littrack.claims import (
    Cell,
    Claim,
    EvidenceKind,
    Model,
    ModelField,
    ModelStatus,
    Quantity,
    Relation,
    RelationKind,
    TypedDate,
)
from littrack.records import Paper, Precision

_MONTH = 2  # how fine a date is at least
# Edges over which no weights come.
_OTHERWISE = {RelationKind.DATA, RelationKind.DISTILLATION, RelationKind.SUCCESSOR}


@dataclass(frozen=True, slots=True)
class Known:
    """Everything that notes are held against."""

    registry: Registry
    models: Mapping[str, Model] = field(default_factory=dict)
    papers: Mapping[str, Paper] = field(default_factory=dict)
    parents: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by name of the child
    bases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # whose weights it has

    @classmethod
    def of(
        cls,
        models: Iterable[Model],
        relations: Iterable[Relation],
        papers: Iterable[Paper],
        registry: Registry,
    ) -> Known:
        """From what the library holds; candidates that nobody has accepted are left out."""
        edges = [edge for edge in relations if edge.kind in LINEAGE]
        parents = _parents(edges)
        bases = _parents([edge for edge in edges if edge.kind not in _OTHERWISE])
        kept = {one.name: one for one in models if one.status is not ModelStatus.CANDIDATE}
        held = {one.arxiv_id: one for one in papers}
        return cls(registry, kept, held, parents, bases)

    def model_of(self, name: str, paper: str | None = None) -> Model | None:
        """The model that a note's name means, None when that is open."""
        found = self.registry.resolve(name, paper=paper).model
        return self.models.get(found) if found else None

    def name_of_paper(self, paper: str | None) -> str:
        """The one curated model that a paper presents, else its title."""
        named = [one for one in self.models.values() if paper and one.paper == paper]
        curated = [one.name for one in named if one.status is ModelStatus.CURATED]
        if len(curated) == 1:
            return curated[0]
        held = self.papers.get(paper or "")
        return held.title if held else ""

    def claims(self, model: Model, name: ModelField) -> tuple[Claim, ...]:
        """All that sources other than notes say, what is shown first."""
        cell = model.cells.get(name)
        said = (*cell.claims, *cell.rivals) if cell else ()
        return tuple(one for one in said if one.evidence.kind is not EvidenceKind.NOTE)

    def release_cell(self, model: Model | None, paper: str | None) -> Cell | None:
        """The dates of a model; of a paper without one, those of the paper."""
        cell = model.cells.get(ModelField.RELEASE) if model else None
        if cell is not None and cell.values:
            return cell
        held = self.papers.get(paper or "")
        if held is None:
            return None
        claims = claims_of_paper(held, held.published.value, held.title)
        return Cell(ModelField.RELEASE, (claims[0].value,), tuple(claims[:1]), tuple(claims[1:]))

    def first_date(self, model: Model) -> TypedDate | None:
        """The earliest day or month that any source has for it."""
        dates = [one.value for one in self.claims(model, ModelField.RELEASE)]
        told = [one for one in dates if isinstance(one, TypedDate) and fineness(one) >= _MONTH]
        first = min(told, key=lambda one: one.value, default=None)
        if first is None:
            return None
        same = [one for one in told if is_same_date(one, first)]  # a month, and days in it
        return min(same, key=lambda one: (-fineness(one), one.value))

    def shown_date(self, model: Model) -> TypedDate | None:
        """The date that its cell shows, if it is a month or a day."""
        date = model.release
        return date if date is not None and date.precision is not Precision.YEAR else None

    def ancestors(self, name: str) -> list[str]:
        """The models whose weights one has, over any number of edges."""
        line = [name]
        for one in line:  # grows while it is read
            line += [parent for parent in self.bases.get(one, ()) if parent not in line]
        return line[1:]

    def bearers(self, model: Model, size: Quantity, paper: str | None) -> list[str]:
        """Other models that have a size and are near: of the same paper, family or stem."""
        near = [
            one.name
            for one in self.models.values()
            if one.name != model.name
            and one.status is ModelStatus.CURATED
            and any(is_same(size, had) for had in one.sizes)
            and ((paper is not None and one.paper == paper) or _is_kin(model, one))
        ]
        linked = [name for name in near if paper is not None and self.models[name].paper == paper]
        return linked or near


def _parents(edges: Iterable[Relation]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for edge in edges:
        found[edge.child] = (*found.get(edge.child, ()), edge.parent)
    return found


def _is_kin(model: Model, other: Model) -> bool:
    families = set(model.values(ModelField.FAMILY)) & set(other.values(ModelField.FAMILY))
    stem = re.split(r"[-\d\s.]", other.name)[0]
    return bool(families) or (len(stem) > 2 and stem in model.name)


def sources_of(claims: Sequence[Claim]) -> tuple[str, ...]:
    """Where claims are from, each source once."""
    return tuple(dict.fromkeys(one.evidence.source for one in claims))


def month_text(moment: datetime) -> str:
    """A month as notes write it."""
    return f"{moment:%Y-%m}"
