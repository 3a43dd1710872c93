"""The main job on a fresh machine in one go: fill a library, search it, see its timeline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from importlib.resources import as_file, files

from littrack.errors import LittrackError, SourceError
from littrack.records import Progress, RunReport, no_progress
from littrack.steps.claims import load_catalogue
from littrack.steps.curate import start_curation
from littrack.steps.embed import embed_papers
from littrack.steps.extract import extract_releases
from littrack.steps.figures import draw_timeline
from littrack.steps.import_files import import_file
from littrack.steps.index import build
from littrack.steps.ingest import IngestRequest, ingest
from littrack.steps.opening import OpenLibrary
from littrack.steps.topics import update_topics

# What is tried of live arXiv: small, recent, and about what the survey is about.
RECENT = IngestRequest(queries=('all:"large language model"',), categories=("cs.CL",))
RECENT_DAYS = 2
FIGURES = "figures"  # below the library


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
    reports.append(update_topics(library, progress))
    load_catalogue(library)
    start_curation(library)
    reports.append(extract_releases(library, progress))
    _draw(library, say)
    return reports


def _draw(library: OpenLibrary, say: Callable[[str], None]) -> None:
    """The timeline figure, to look at first."""
    folder = library.folder / FIGURES
    try:
        folder.mkdir(exist_ok=True)
        for suffix in (".svg", ".png", ".html"):
            drawn = draw_timeline(library, suffix)
            path = folder / f"timeline{suffix}"
            content = drawn.content
            path.write_bytes(content.encode() if isinstance(content, str) else content)
    except OSError as exc:
        say(f"the timeline figure could not be written: {exc.strerror or exc}")
        return
    say(f"timeline: {drawn.told}; look at {path}")


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
