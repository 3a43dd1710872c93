"""The whole path for what is new: ingest the subscriptions, embed, index, read papers and notes."""

from __future__ import annotations

from littrack.errors import InputError, SourceError
from littrack.records import Progress, RunReport, no_progress
from littrack.steps.asking import OnWait
from littrack.steps.claims import load_catalogue
from littrack.steps.embed import embed_papers
from littrack.steps.extract import extract_releases
from littrack.steps.freeze_trends import freeze_trends
from littrack.steps.index import build
from littrack.steps.ingest import ingest_subscriptions
from littrack.steps.notes import has_notes, update_notes
from littrack.steps.opening import OpenLibrary
from littrack.steps.sections import assign_sections, has_sections
from littrack.steps.terms import update_terms
from littrack.steps.topics import update_topics


def update(
    library: OpenLibrary,
    *,
    ingest_first: bool = True,
    progress: Progress = no_progress,
    on_wait: OnWait | None = None,
) -> list[RunReport]:
    """Bring the library up to date; every part can be repeated and does only what is missing.

    A source that fails does not keep the rest from being done: its report says so.
    """
    reports: list[RunReport] = []
    if ingest_first:
        try:
            reports += ingest_subscriptions(library, progress=progress, on_wait=on_wait)
        except (SourceError, InputError) as exc:
            reports.append(RunReport("ingest", warnings=(str(exc),), complete=False))
    reports.append(embed_papers(library, progress))
    reports.append(build(library, progress))
    reports.append(update_topics(library, progress))
    load_catalogue(library)
    reports.append(extract_releases(library, progress))
    reports.append(freeze_trends(library))
    if has_notes(library):
        reports.append(update_notes(library, progress=progress))
        reports.append(update_terms(library, progress))
    if has_sections(library):
        reports.append(assign_sections(library, progress=progress).report)
    return reports
