"""Gather what a scheduled run did: from its reports, the ledger and the library's state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from littrack.present.nightly_report import SHOWN, NightlyReport
from littrack.records import Change, ChangeKind, RunReport
from littrack.steps.opening import OpenLibrary
from littrack.steps.status import load_status
from littrack.store import harvests, papers


def load_nightly_report(
    library: OpenLibrary,
    what: str,
    reports: Sequence[RunReport],
    failures: Mapping[str, str],
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
    )


def _shown(changes: Sequence[Change]) -> list[str]:
    """The papers whose titles the page shows: a first harvest changes a hundred thousand."""
    ids: list[str] = []
    for kind in ChangeKind:
        ids += [one.arxiv_id for one in changes if one.kind is kind][:SHOWN]
    return ids
