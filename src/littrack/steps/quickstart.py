"""The main job on a fresh machine in one go: fill a library, make it searchable, search it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from importlib.resources import as_file, files

from littrack.errors import LittrackError, SourceError
from littrack.records import Progress, RunReport, no_progress
from littrack.steps.embed import embed_papers
from littrack.steps.import_files import import_file
from littrack.steps.index import build
from littrack.steps.ingest import IngestRequest, ingest
from littrack.steps.opening import OpenLibrary

# What is tried of live arXiv: small, recent, and about what the survey is about.
RECENT = IngestRequest(queries=('all:"large language model"',), categories=("cs.CL",))
RECENT_DAYS = 2


def quickstart(
    library: OpenLibrary,
    *,
    progress: Progress = no_progress,
    say: Callable[[str], None] = lambda _line: None,
) -> list[RunReport]:
    """Load the bundled starter collection, add the newest of arXiv when it answers, then index.

    The starter collection comes first and always: landmark papers make the first searches worth
    looking at, and with no network they are the library. Repeating it changes nothing.
    """
    reports = []
    with as_file(files("littrack") / "data" / "starter.jsonl") as path:
        reports.append(import_file(library, path, progress=progress))
    counts = reports[0].counts
    say(f"starter collection: {counts['read']} landmark papers of the LLM literature")
    reports += _try_arxiv(library, progress, say)
    reports.append(embed_papers(library, progress))
    reports.append(build(library, progress))
    return reports


def _try_arxiv(
    library: OpenLibrary, progress: Progress, say: Callable[[str], None]
) -> list[RunReport]:
    """The last days of live arXiv, or a word on why not; never a reason to fail."""
    until = library.now().replace(hour=0, minute=0, second=0)
    request = replace(RECENT, since=until - timedelta(days=RECENT_DAYS), until=until)
    try:
        report = ingest(library, request, progress=progress, patient=False)
    except SourceError as exc:
        say(f"live arXiv: not now ({exc}); littrack ingest tries again whenever you like")
        return []
    except LittrackError as exc:
        say(f"live arXiv: {exc}")
        return []
    say(f"live arXiv: {report.counts['received']} papers of the last {RECENT_DAYS} days")
    return [report]
