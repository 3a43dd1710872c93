"""Models while their claims are gathered: found by name and by paper."""

from __future__ import annotations

from dataclasses import dataclass, field

from littrack.analysis.model_names import name_key
from littrack.analysis.model_resolution import Known, Registry
from littrack.claims import Claim, ModelField, ModelStatus, Quantity, TypedDate


@dataclass(slots=True)
class Draft:
    """A model while its claims are gathered."""

    name: str
    status: ModelStatus
    claims: list[Claim] = field(default_factory=list)
    papers: set[str] = field(default_factory=set)
    aliases: list[str] = field(default_factory=list)


class Drafts:
    """All models in the making, found by name and by paper."""

    def __init__(self) -> None:
        self.by_name: dict[str, Draft] = {}
        self.by_paper: dict[str, list[Draft]] = {}

    def of(self, name: str, status: ModelStatus) -> Draft:
        """The model of that name; a new one begins with the status given."""
        return self.by_name.setdefault(name, Draft(name, status))

    def give_paper(self, draft: Draft, paper: str) -> None:
        """Let a paper be one that presents the model."""
        if paper not in draft.papers:
            draft.papers.add(paper)
            self.by_paper.setdefault(paper, []).append(draft)

    def registry(self) -> Registry:
        """What names lead to which model, as far as is gathered."""
        named = (draft for draft in self.by_name.values() if name_key(draft.name))
        return Registry([_known(draft) for draft in named])


def _known(draft: Draft) -> Known:
    sizes = [claim.value for claim in draft.claims if claim.field is ModelField.SIZE]
    dates = [
        claim.value.value
        for claim in draft.claims
        if claim.field is ModelField.RELEASE and isinstance(claim.value, TypedDate)
    ]
    families = [str(one.value) for one in draft.claims if one.field is ModelField.FAMILY]
    values = (size.value for size in sizes if isinstance(size, Quantity))
    return Known(
        name=draft.name,
        aliases=tuple(draft.aliases),
        papers=frozenset(draft.papers),
        first=min(dates, default=None),
        sizes=tuple(sorted({value for value in values if value is not None})),
        family=next(iter(families), ""),
    )
