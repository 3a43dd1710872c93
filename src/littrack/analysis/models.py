"""From claims to models: which claims are about the same model, and what is shown of each.

    catalogue, curation          name the models that are known
    imported tables, notes       are resolved to them by id, name, size and date, or stay open
    extraction                   proposes new ones; a paper's model keeps its own identity, so two
                                 models that share a name are not mixed up

A model is made anew from its claims each time. A person's decision always wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from littrack.analysis.cells import choose_cell
from littrack.analysis.decisions import apply_decisions, last_answers
from littrack.analysis.model_drafts import Draft, Drafts
from littrack.analysis.model_names import name_key
from littrack.analysis.model_resolution import Registry, Resolution
from littrack.claims import (
    Basis,
    Claim,
    Decision,
    DecisionKind,
    Evidence,
    EvidenceKind,
    Model,
    ModelDateKind,
    ModelField,
    ModelKind,
    ModelStatus,
    Outcome,
    Quantity,
    TypedDate,
)
from littrack.records import DateKind, Paper, Precision

CATALOGUE, EXTRACTION, METADATA = "catalogue", "extraction", "arXiv"  # origins


SeenPaper = tuple[Paper, datetime]  # and when the library first saw it


@dataclass(frozen=True, slots=True)
class Proposal:
    """What extraction made of a paper: the names it releases, and the outcome."""

    arxiv_id: str
    outcome: Outcome
    score: float
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenClaim:
    """A claim about a name that may be several models, or none that is known."""

    claim: Claim
    resolution: Resolution


@dataclass(frozen=True, slots=True)
class Models:
    """Every model, and what could not be settled."""

    models: tuple[Model, ...]  # by name
    open_claims: tuple[OpenClaim, ...] = ()
    idle_decisions: tuple[Decision, ...] = ()  # about models that nothing is known of
    edges: tuple[Claim, ...] = ()  # what is said about parents; the subject is the model's name
    registry: Registry = field(default_factory=lambda: Registry(()), compare=False, repr=False)

    def find(self, name: str) -> Model | None:
        """The model of that name, alias or spelling; None when it is unknown or ambiguous."""
        by_name = {model.name: model for model in self.models}
        if name in by_name:
            return by_name[name]
        return by_name.get(self.registry.resolve(name).model or "")


def build_models(
    claims: Sequence[Claim],
    proposals: Sequence[Proposal],
    decisions: Sequence[Decision],
    papers: Mapping[str, SeenPaper],
    date_rule: str = "survey",
) -> Models:
    """Every model that claims, extraction and decisions speak of.

    Args:
        claims: All of them, with their `origin`.
        proposals: The papers that extraction accepts or puts up for review.
        decisions: A person's, oldest first; the last one about the same thing counts.
        papers: Those the library holds, by arXiv id, each with the time of first sight: they give
            the dates of versions.
        date_rule: A key of `DATE_RULES`.
    """
    drafts, decisions = Drafts(), last_answers(decisions)
    _add_known(drafts, claims, decisions)
    open_claims = _add_told(drafts, claims)
    _add_proposed(drafts, claims, proposals, decisions)
    idle = apply_decisions(drafts, decisions)
    for draft in drafts.by_name.values():
        for paper in sorted(draft.papers):
            if paper in papers:
                draft.claims += claims_of_paper(*papers[paper], draft.name)
    registry = drafts.registry()
    models = (_model(draft, papers, date_rule) for draft in drafts.by_name.values())
    ordered = sorted(models, key=lambda model: (name_key(model.name), model.name))
    edges = [edge for draft in drafts.by_name.values() for edge in _edges(draft)]
    return Models(tuple(ordered), tuple(open_claims), tuple(idle), tuple(edges), registry)


def _add_known(drafts: Drafts, claims: Iterable[Claim], decisions: Iterable[Decision]) -> None:
    """The catalogue names models; so does a person who accepts one."""
    for claim in claims:
        if claim.origin == CATALOGUE:
            draft = drafts.of(claim.subject, ModelStatus.CURATED)
            _hold(drafts, draft, claim)
    for decision in decisions:
        if decision.kind is DecisionKind.ACCEPT and decision.paper:
            draft = drafts.of(decision.model, ModelStatus.CURATED)
            drafts.give_paper(draft, decision.paper)


def _hold(drafts: Drafts, draft: Draft, claim: Claim) -> None:
    draft.claims.append(claim)
    if claim.paper is not None and claim.evidence.kind is not EvidenceKind.NOTE:
        drafts.give_paper(draft, claim.paper)
    if claim.field is ModelField.PAPER:
        drafts.give_paper(draft, str(claim.value))
    elif claim.field is ModelField.ALIAS:
        draft.aliases.append(str(claim.value))


def _add_told(drafts: Drafts, claims: Iterable[Claim]) -> list[OpenClaim]:
    """Tables and notes: each subject is resolved; one that a table has alone becomes a model."""
    told: dict[tuple[str, str, str | None], list[Claim]] = {}
    for claim in claims:
        if claim.origin not in (CATALOGUE, EXTRACTION):
            told.setdefault((claim.origin, claim.subject, claim.paper), []).append(claim)
    registry = drafts.registry()
    still_open: list[OpenClaim] = []
    for (_, subject, paper), held in told.items():
        found = registry.resolve(subject, paper=paper, size=_size_of(held), date=_date_of(held))
        name = found.model
        if found.how == "ambiguous" or (name is None and _is_noted(held)):
            still_open += [OpenClaim(claim, found) for claim in held]
            continue
        draft = drafts.of(name or subject, ModelStatus.ACCEPTED)
        for claim in held:
            _hold(drafts, draft, claim)
    return still_open


def _is_noted(held: Sequence[Claim]) -> bool:
    """A note names many things; it makes no model of them."""
    return all(claim.evidence.kind is EvidenceKind.NOTE for claim in held)


def _size_of(held: Iterable[Claim]) -> float | None:
    sizes = [one.value for one in held if one.field is ModelField.SIZE]
    values = [size.value for size in sizes if isinstance(size, Quantity)]
    return max((value for value in values if value is not None), default=None)


def _date_of(held: Iterable[Claim]) -> datetime | None:
    dates = [one.value.value for one in held if isinstance(one.value, TypedDate)]
    return min(dates, default=None)


def _add_proposed(
    drafts: Drafts,
    claims: Iterable[Claim],
    proposals: Sequence[Proposal],
    decisions: Iterable[Decision],
) -> None:
    """A paper's release is the model known for that paper, or a new one."""
    read: dict[str, list[Claim]] = {}
    for claim in claims:
        if claim.origin == EXTRACTION and claim.paper:
            read.setdefault(claim.paper, []).append(claim)
    given = {one.paper: one.model for one in decisions if one.kind is DecisionKind.ACCEPT}
    names = {name_key(name): name for name in drafts.by_name}
    for proposal in proposals:
        if not proposal.names and proposal.arxiv_id not in given:
            continue
        draft = _own_draft(drafts, proposal, given.get(proposal.arxiv_id), names)
        drafts.give_paper(draft, proposal.arxiv_id)
        for claim in read.get(proposal.arxiv_id, ()):
            if _is_about(claim, proposal, draft):
                draft.claims.append(claim)


def _own_draft(
    drafts: Drafts, proposal: Proposal, given: str | None, names: dict[str, str]
) -> Draft:
    """The model known for the paper under one of its names, else a new one with a free name."""
    if given is not None:
        return drafts.by_name[given]
    owners = drafts.by_paper.get(proposal.arxiv_id, [])
    if len(owners) == 1:
        return owners[0]
    keys = [name_key(name) for name in proposal.names]
    for owner in owners:
        if {name_key(name) for name in (owner.name, *owner.aliases)} & set(keys):
            return owner
    accepted = proposal.outcome is Outcome.ACCEPT
    name = proposal.names[0]
    if names.get(keys[0]) is not None:  # another paper's model has that name
        name = f"{name} ({proposal.arxiv_id})"
    names[name_key(name)] = name
    return drafts.of(name, ModelStatus.ACCEPTED if accepted else ModelStatus.CANDIDATE)


def _is_about(claim: Claim, proposal: Proposal, draft: Draft) -> bool:
    """Extraction speaks of a paper's first name; the others are further names of the release."""
    return claim.field is not ModelField.ALIAS or str(claim.value) in proposal.names


def _edges(draft: Draft) -> list[Claim]:
    """What is said about its parents; a person's word is the only one where there is one."""
    said = [claim for claim in draft.claims if claim.field is ModelField.BASE_MODEL]
    decided = [claim for claim in said if claim.evidence.kind is EvidenceKind.PERSON]
    return [replace(claim, subject=draft.name) for claim in decided or said]


# --- a draft as a model ---------------------------------------------------------------------------


def claims_of_paper(paper: Paper, seen: datetime, subject: str) -> list[Claim]:
    """What arXiv's own record of a paper says of the model that it presents."""
    published = paper.published
    exact = published.kind is DateKind.V1
    first = TypedDate(
        ModelDateKind.ARXIV_V1,
        published.value if exact else published.value.replace(day=1, hour=0, minute=0, second=0),
        Precision.DAY if exact else Precision.MONTH,
    )
    note = "" if exact else "the day of submission is not known here; month as in the arXiv id"
    found = [_metadata(paper, seen, subject, f"{paper.arxiv_id}v1", (first, note))]
    if paper.version is not None and paper.version > 1 and paper.updated is not None:
        latest = TypedDate(ModelDateKind.ARXIV_LATEST, paper.updated)
        source = f"{paper.arxiv_id}v{paper.version}"
        found.append(_metadata(paper, seen, subject, source, (latest, "")))
    return found


def _metadata(
    paper: Paper, seen: datetime, subject: str, source: str, told: tuple[TypedDate, str]
) -> Claim:
    date, note = told
    evidence = Evidence(EvidenceKind.PAPER, source, "arXiv metadata", note=note, basis=Basis.STATED)
    return Claim(
        *(subject, ModelField.RELEASE, date, evidence, seen),
        paper=paper.arxiv_id,
        origin=METADATA,
    )


def _model(draft: Draft, papers: Mapping[str, SeenPaper], date_rule: str) -> Model:
    by_field: dict[ModelField, list[Claim]] = {}
    for claim in draft.claims:
        by_field.setdefault(claim.field, []).append(claim)
    cells = {
        name: choose_cell(name, held, date_rule)
        for name, held in sorted(by_field.items(), key=lambda item: list(ModelField).index(item[0]))
    }
    named = [str(value) for cell in (cells.get(ModelField.ALIAS),) if cell for value in cell.values]
    aliases = dict.fromkeys(name for name in (*draft.aliases, *named) if name != draft.name)
    kind = cells.get(ModelField.KIND)
    paper = _paper_of(draft, cells.get(ModelField.PAPER))
    return Model(
        draft.name,
        draft.status,
        cells,
        tuple(aliases),
        _kind(str(kind.values[0]) if kind and kind.values else "model"),
        paper,
        paper in papers and papers[paper][0].withdrawn if paper else False,
    )


def _kind(text: str) -> ModelKind:
    return ModelKind(text) if text in set(ModelKind) else ModelKind.MODEL


def _paper_of(draft: Draft, cell: object) -> str | None:
    """The paper that presents it: as decided or claimed, else the first of those it has."""
    values = getattr(cell, "values", ())
    if values:
        return str(values[0])
    return min(draft.papers, default=None)
