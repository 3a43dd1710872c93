"""Claims from tables: the bundled catalogue, and tables of the user's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from littrack.analysis.models import CATALOGUE
from littrack.claims import Claim
from littrack.records import Progress, Rejection, RunReport, no_progress
from littrack.sources.claim_tables import read_catalogue, read_claims
from littrack.steps.opening import OpenLibrary
from littrack.steps.tool import TOOL
from littrack.store.claims import ClaimCounts, replace_claims
from littrack.store.engine import begin


def load_catalogue(library: OpenLibrary) -> RunReport:
    """Bring the catalogue that comes with this littrack into the library.

    Claims that an older one made and this one does not are retired, not deleted.
    """
    found = read_catalogue(library.now())
    return _report("catalogue", _replace(library, CATALOGUE, found))


def import_claims(
    library: OpenLibrary,
    path: Path,
    *,
    sources: Path | None = None,
    progress: Progress = no_progress,
) -> RunReport:
    """Take a table of claims in; the same file again replaces what it said before.

    Rows that hold no claim littrack can read are named in the report, and the rest is taken.

    Args:
        library: The library.
        path: The table, see the catalogue's README for its columns.
        sources: A table that says of each source what it is: a note, a paper, a page ...
        progress: Is told how many claims were read.

    Raises:
        InputError: a file cannot be read at all.
    """
    rejected: list[Rejection] = []
    found = read_claims(path, library.now(), sources, rejected)
    progress("reading claims", len(found), len(found))
    report = _report(f"import {path.name}", _replace(library, f"import:{path.name}", found))
    return replace(report, rejections=tuple(rejected), complete=not rejected)


def _replace(library: OpenLibrary, origin: str, found: Sequence[Claim]) -> ClaimCounts:
    claims = [replace(claim, origin=origin, tool=TOOL) for claim in found]
    with library.writing("littrack models import"), begin(library.engine) as conn:
        return replace_claims(conn, origin, claims, library.now())


def _report(name: str, counts: ClaimCounts) -> RunReport:
    parts = {"new": counts.new, "retired": counts.retired, "unchanged": counts.unchanged}
    return RunReport(name, parts)
