"""The models as they are known: claims, extraction and a person's decisions put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from littrack.analysis.cells import DATE_RULES
from littrack.analysis.models import Models, Proposal, SeenPaper, build_models
from littrack.claims import Claim, Decision, ModelField, Outcome
from littrack.errors import SettingsError
from littrack.records import Paper
from littrack.sources.curation_file import read_curation
from littrack.steps.opening import OpenLibrary
from littrack.store.claims import load_claims
from littrack.store.extractions import Extracted, load_extracted
from littrack.store.papers import load_first_seen, load_papers

if TYPE_CHECKING:
    import sqlalchemy as sa

CURATION_FILE = "curation.toml"


def curation_path(library: OpenLibrary) -> Path:
    """Where a person's decisions are."""
    return library.folder / CURATION_FILE


def load_models(
    library: OpenLibrary, *, as_of: datetime | None = None, date_rule: str | None = None
) -> Models:
    """Every model there is, in whatever state of review.

    Args:
        library: The library.
        as_of: As it was known on that day; now if None.
        date_rule: Instead of the settings' rule for dates.

    Raises:
        SettingsError: there is no such rule, or the curation file cannot be read.
    """
    rule = date_rule or str(library.settings.survey.get("date_rule", "survey"))
    if rule not in DATE_RULES:
        raise SettingsError(f"there is no date rule {rule!r}; known are {', '.join(DATE_RULES)}")
    decisions = load_decisions(library, as_of)
    with library.engine.connect() as conn:
        claims = load_claims(conn, as_of=as_of)
        outcomes = (Outcome.ACCEPT, Outcome.REVIEW)
        extracted = load_extracted(conn, outcomes, as_of=as_of)
        papers = _load_papers(conn, claims, extracted, decisions, as_of)
    proposals = [Proposal(one.arxiv_id, one.outcome, one.score, one.names) for one in extracted]
    return build_models(claims, proposals, decisions, papers, rule)


def load_decisions(library: OpenLibrary, as_of: datetime | None = None) -> list[Decision]:
    """A person's decisions, oldest first, up to a day."""
    decisions = read_curation(curation_path(library))
    known = [one for one in decisions if as_of is None or one.when <= as_of]
    return sorted(known, key=lambda one: one.when)


def _load_papers(
    conn: sa.Connection,
    claims: Sequence[Claim],
    extracted: Sequence[Extracted],
    decisions: Sequence[Decision],
    as_of: datetime | None,
) -> dict[str, SeenPaper]:
    """The papers that models are presented in; on an earlier day, their versions until then."""
    wanted = {str(one.value) for one in claims if one.field is ModelField.PAPER}
    wanted |= {one.arxiv_id for one in extracted}
    wanted |= {one.paper for one in decisions if one.paper}
    found = load_papers(conn, sorted(wanted))
    seen = load_first_seen(conn, sorted(wanted))
    if as_of is not None:
        found = [_as_of(paper, as_of) for paper in found if seen[paper.arxiv_id] <= as_of]
    return {paper.arxiv_id: (paper, seen[paper.arxiv_id]) for paper in found}


def _as_of(paper: Paper, day: datetime) -> Paper:
    """Without the versions that came later."""
    earlier = [one for one in paper.versions if one.submitted and one.submitted <= day]
    if not earlier or paper.updated is None or paper.updated <= day:
        return paper
    newest = max(earlier, key=lambda one: one.number)
    return replace(paper, version=newest.number, updated=newest.submitted, withdrawn=False)


def unknown_model(models: Models, name: str) -> str:
    """Why a name leads to no model, and which ones are near."""
    if not models.models:
        return "no model is known yet; littrack update brings the catalogue and reads the papers"
    found = models.registry.resolve(name)
    if len(found.candidates) == 1:
        return f"no model is called {name!r}; did you mean {found.candidates[0]}?"
    if found.candidates:
        listed = ", ".join(found.candidates)
        return f"{name!r} may be several models: {listed}; say which"
    from difflib import get_close_matches

    names = {model.name.lower(): model.name for model in models.models}
    near = [names[key] for key in get_close_matches(name.lower(), list(names), n=3)]
    hint = f"; did you mean {' or '.join(near)}?" if near else "; littrack models list has all"
    return f"no model is called {name!r}{hint}"
