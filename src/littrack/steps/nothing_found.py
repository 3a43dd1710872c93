"""Why a search found nothing, told apart: only one of five answers is "there is no such paper"."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from littrack.errors import IndexError_
from littrack.records import Filters, Hit
from littrack.steps.index import is_behind
from littrack.steps.opening import OpenLibrary
from littrack.steps.sources import load_sources
from littrack.store import papers, runs
from littrack.vector_index import read_manifest

Reason = Literal["empty library", "filters", "index", "source", "no match"]
# Asks the same question with other filters.
Retry = Callable[[Filters], Sequence[Hit]]

_MEND = "littrack update --no-ingest"
COUNTED = 1_000  # matches without the filters are counted up to here


@dataclass(frozen=True, slots=True)
class Absence:
    """A reason why nothing, or not everything, was found; `message` says what to do about it."""

    reason: Reason
    message: str

    def __str__(self) -> str:
        return f"{self.reason}: {self.message}"


def is_empty(library: OpenLibrary) -> bool:
    """Whether the library holds no paper at all."""
    with library.engine.connect() as conn:
        return not papers.load_newest_id(conn)


def explain_nothing(library: OpenLibrary, filters: Filters, retry: Retry) -> list[Absence]:
    """Every reason why nothing was found, the likeliest first; "no match" only without another."""
    if is_empty(library):
        advice = "littrack import FILE, littrack ingest, or littrack quickstart"
        return [Absence("empty library", f"nothing to search yet: {advice}")]
    reasons = [
        *_by_filters(library, filters, retry),
        *_by_missing_index(library),
        *find_shortcomings(library),
    ]
    if reasons:
        return reasons
    with library.engine.connect() as conn:
        held = papers.count_papers(conn)["papers"]
    return [Absence("no match", f"no match among {held:,} papers; try other words")]


def find_shortcomings(library: OpenLibrary) -> list[Absence]:
    """Why papers that should be found may not be: an index that is behind, unfinished sources."""
    behind = Absence("index", f"the index is behind the papers: {_MEND}")
    return [*([behind] if is_behind(library) else []), *_by_sources(library)]


def _by_filters(library: OpenLibrary, filters: Filters, retry: Retry) -> Iterator[Absence]:
    """What would be found without the filters; withdrawn papers are always filtered by default."""
    everything = Filters(withdrawn=True)
    if filters == everything:
        return
    found = len(retry(everything))
    if not found:
        return
    if filters == Filters():
        yield Absence("filters", f"only withdrawn papers match ({_many(found)}): add --withdrawn")
        return
    kept = _count_left(library, filters)
    left = f" among the {kept:,} papers that the filters leave"
    if not kept:
        left = ": the filters leave no paper"
    yield Absence("filters", f"no match{left}; without filters {_many(found)} match")


def _count_left(library: OpenLibrary, filters: Filters) -> int:
    with library.engine.connect() as conn:
        held = papers.count_papers(conn)["papers"]
        choice = papers.choose_papers(filters)
        if choice is None:
            return held
        named = len(papers.load_choice(conn, choice))
    return held - named if choice.is_excluded else named


def _many(found: int) -> str:
    return f"{found:,} or more" if found >= COUNTED else f"{found:,}"


def _by_missing_index(library: OpenLibrary) -> Iterator[Absence]:
    try:
        read_manifest(library.index_folder, library.passage_identity)
    except IndexError_ as exc:
        yield Absence("index", f"meaning was not searched: {exc}")


def _by_sources(library: OpenLibrary) -> Iterator[Absence]:
    """One line, however many sources are incomplete: it names the first."""
    incomplete = [source for source in load_sources(library) if not source["complete"]]
    if not incomplete:
        return
    first, more = incomplete[0], len(incomplete) - 1
    state = first["state"]
    if state in runs.UNFINISHED:
        said = "was interrupted: run the same command again to go on"
    elif state == "never run":
        said = "has not run yet: littrack ingest"
    else:
        said = "is incomplete: run it again, or see littrack doctor"
    others = f" (and {more} more)" if more else ""
    yield Absence("source", f"papers may be missing; {first['name']}{others} {said}")
