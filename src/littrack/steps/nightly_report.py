"""Gather what a scheduled run did: from its reports, the ledger and the library's state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from littrack.claims import ModelField, Quantity
from littrack.present.nightly_report import SHOWN, NightlyReport
from littrack.quantities import render_quantity
from littrack.records import Change, ChangeKind, RunReport
from littrack.steps.curate import ReviewItem, load_review
from littrack.steps.opening import OpenLibrary
from littrack.steps.status import load_status
from littrack.store import harvests, papers


def load_nightly_report(
    library: OpenLibrary,
    what: str,
    reports: Sequence[RunReport],
    failures: Mapping[str, str],
    started: datetime | None = None,
) -> NightlyReport:
    """Everything that the page of this run tells; changes nothing."""
    changes: list[Change] = []
    with library.engine.connect() as conn:
        for report in reports:
            if report.run is not None:
                changes += harvests.load_changes(conn, report.run)
        titles = papers.load_titles(conn, _shown(changes))
    status = load_status(library)
    return NightlyReport(
        what=what,
        library=library.folder.name,
        finished=library.now(),
        reports=tuple(reports),
        failures=failures,
        changes=tuple(changes),
        titles=titles,
        sources=status.sources,
        advice=status.hints,
        candidates=_candidates(library, started),
    )


def _candidates(library: OpenLibrary, started: datetime | None) -> list[dict[str, Any]]:
    """What extraction proposes since then, a plain row each."""
    if started is None:
        return []
    return [
        {
            "model": item.name or "(no name read)",
            "arxiv_id": item.arxiv_id,
            "outcome": item.outcome.value,
            "score": item.score,
            "sizes": ", ".join(_sizes(item)),
            "title": item.title,
        }
        for item in load_review(library, since=started)
    ]


def _sizes(item: ReviewItem) -> list[str]:
    found = (one.value for one in item.claims if one.field is ModelField.SIZE)
    return [render_quantity(value) for value in found if isinstance(value, Quantity)]


def _shown(changes: Sequence[Change]) -> list[str]:
    """The papers whose titles the page shows: a first harvest changes a hundred thousand."""
    ids: list[str] = []
    for kind in ChangeKind:
        ids += [one.arxiv_id for one in changes if one.kind is kind][:SHOWN]
    return ids
