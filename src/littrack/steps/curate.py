"""The review queue, and the decisions that a person makes about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from littrack.analysis.model_names import name_key
from littrack.analysis.models import EXTRACTION, Models
from littrack.analysis.selection import compile_rule
from littrack.claims import Claim, Decision, DecisionKind, Model, ModelStatus, Outcome
from littrack.errors import NotFound
from littrack.records import Paper
from littrack.sources.curation_file import append_decisions
from littrack.steps.models import curation_path, load_decisions, load_models, unknown_model
from littrack.steps.opening import OpenLibrary
from littrack.store.claims import load_claims, load_curated_papers
from littrack.store.extractions import Extracted, load_extracted, load_waiting
from littrack.store.papers import load_papers


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """A paper that may release a model, with all that helps to decide."""

    name: str
    arxiv_id: str
    version: int
    title: str
    abstract: str
    published: str
    score: float
    outcome: Outcome
    names: tuple[str, ...]
    claims: tuple[Claim, ...]
    reasons: tuple[str, ...]
    known: str = ""  # the curated model that it is, or that has its name
    decided: str = ""  # what a person already said


def load_review(
    library: OpenLibrary,
    outcomes: Sequence[Outcome] = (Outcome.REVIEW, Outcome.ACCEPT),
    *,
    since: datetime | None = None,
    everything: bool = False,
) -> list[ReviewItem]:
    """What waits for a person, the likeliest first.

    Args:
        library: The library.
        outcomes: What extraction said of it.
        since: Only what was read then or later.
        everything: Also what is decided, known already, or outside the survey's scope.
    """
    models = load_models(library)
    decided = {one.paper: one.kind.value for one in _answers(load_decisions(library))}
    with library.engine.connect() as conn:
        extracted = load_extracted(conn, outcomes, since=since)
        ids = [one.arxiv_id for one in extracted]
        papers = {paper.arxiv_id: paper for paper in load_papers(conn, ids)}
        claims = _by_paper(load_claims(conn, papers=ids) if ids else [])
    by_paper, by_name = _curated_by_paper(models), _curated_by_name(models)
    items = []
    for one in extracted:
        namesakes = (by_name.get(name_key(name), "") for name in one.names)
        known = by_paper.get(one.arxiv_id, "") or next(filter(None, namesakes), "")
        item = _item(one, papers[one.arxiv_id], claims.get(one.arxiv_id, ()), known)
        answer = decided.get(one.arxiv_id, "") or ("accept" if one.arxiv_id in by_paper else "")
        items.append(replace(item, decided=answer))
    if not everything:
        items = [one for one in items if not one.decided and _is_in_scope(library, models, one)]
    return sorted(items, key=lambda one: (-one.score, one.arxiv_id))


def count_waiting(library: OpenLibrary) -> int:
    """How many papers are up for review and nobody has decided about."""
    decided = {one.paper for one in _answers(load_decisions(library))}
    with library.engine.connect() as conn:
        return len(load_waiting(conn) - decided - load_curated_papers(conn))


def _answers(decisions: Sequence[Decision]) -> list[Decision]:
    """Those that settle whether a paper's model is one."""
    kinds = (DecisionKind.ACCEPT, DecisionKind.REJECT, DecisionKind.MERGE)
    settled = (*kinds, DecisionKind.NOT_A_MODEL)
    return [one for one in decisions if one.paper and one.kind in settled]


def _by_paper(claims: Sequence[Claim]) -> dict[str, tuple[Claim, ...]]:
    found: dict[str, list[Claim]] = {}
    for claim in claims:
        if claim.origin == EXTRACTION and claim.paper:
            found.setdefault(claim.paper, []).append(claim)
    return {paper: tuple(held) for paper, held in found.items()}


def _curated_by_paper(models: Models) -> dict[str, str]:
    curated = (model for model in models.models if model.status is ModelStatus.CURATED)
    return {model.paper: model.name for model in curated if model.paper}


def _curated_by_name(models: Models) -> dict[str, str]:
    """A curated model by each of its names."""
    return {
        name_key(name): model.name
        for model in models.models
        if model.status is ModelStatus.CURATED
        for name in (*model.aliases, model.name)
    }


def _item(one: Extracted, paper: Paper, claims: Sequence[Claim], known: str) -> ReviewItem:
    return ReviewItem(
        name=one.names[0] if one.names else "",
        arxiv_id=one.arxiv_id,
        version=one.number,
        title=one.title,
        abstract=one.abstract,
        published=str(paper.published),
        score=round(one.score, 4),
        outcome=one.outcome,
        names=one.names,
        claims=tuple(claims),
        reasons=one.reasons,
        known=known,
    )


def _is_in_scope(library: OpenLibrary, models: Models, item: ReviewItem) -> bool:
    """Whether the settings' rule wants it; what it cannot tell is shown."""
    scope = str(library.settings.survey.get("scope", ""))
    if not scope:
        return True
    found = [model for model in models.models if model.paper == item.arxiv_id]
    return not found or compile_rule(scope).keeps(found[0]).kept is not False


def decide(library: OpenLibrary, decisions: Sequence[Decision]) -> Path:
    """Write decisions to the curation file, which holds them from now on.

    Raises:
        NotFound: one is about a model or paper that the library does not know.
        OutputError: the file cannot be written.
    """
    models = None
    for decision in decisions:
        if decision.kind in (DecisionKind.ACCEPT, DecisionKind.REJECT) and decision.paper:
            if _holds(library, decision.paper):
                continue
            models = models or load_models(library)
            if models.find(decision.model) is None:
                pull = f"littrack ingest --ids {decision.paper}"
                raise NotFound(f"the library holds no paper {decision.paper}; pull it with: {pull}")
            continue
        models = models or load_models(library)
        _find(models, decision.model)
        if decision.kind is DecisionKind.MERGE:
            _find(models, str(decision.value))
    path = curation_path(library)
    with library.writing("littrack models"):
        append_decisions(path, decisions)
    return path


def start_curation(library: OpenLibrary) -> None:
    """Make the curation file with the words that explain it, if there is none."""
    path = curation_path(library)
    if not path.exists():
        append_decisions(path, ())


def _holds(library: OpenLibrary, paper: str) -> bool:
    with library.engine.connect() as conn:
        return bool(load_papers(conn, [paper]))


def _find(models: Models, name: str) -> Model:
    model = models.find(name)
    if model is None:
        raise NotFound(unknown_model(models, name))
    return model


def reviewer(library: OpenLibrary, given: str | None = None) -> str:
    """Whose decision it is: as said, as in the settings, or the user of this machine."""
    import getpass

    named = given or str(library.settings.survey.get("reviewer", ""))
    if named:
        return named
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container without a user
        return "unknown"
