"""All that the library knows of one paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from littrack.errors import NotFound
from littrack.identifiers import parse_recorded_id
from littrack.records import Paper, PaperVersion
from littrack.steps.opening import OpenLibrary
from littrack.store import papers, vectors

if TYPE_CHECKING:
    import sqlalchemy as sa

    from littrack.analysis.version_diffs import FieldDiff


@dataclass(frozen=True, slots=True)
class PaperDetails:
    """A paper, every version of it with what it said, and what was done with it here."""

    paper: Paper
    versions: list[PaperVersion]
    embedded: bool
    first_seen: datetime
    last_changed: datetime


def show_paper(library: OpenLibrary, wanted: str, *, as_of: datetime | None = None) -> PaperDetails:
    """Look a paper up by any form of its arXiv id.

    With `as_of`, with the versions and texts known to the library at that moment. What has no time
    (journal, DOI, licence, the date of version 1, whether it is embedded) is as of today.

    Raises:
        InputError: not an arXiv id.
        NotFound: the library does not hold it, or did not at that moment.
    """
    arxiv_id = parse_recorded_id(wanted).base
    with library.engine.connect() as conn:
        paper = find_paper(conn, arxiv_id, as_of)
        seen = papers.load_seen(conn, arxiv_id, as_of=as_of)
        encoder_id = vectors.load_encoder_id(conn, library.passage_identity)
        embedded = encoder_id is not None and vectors.has_vector(conn, encoder_id, arxiv_id)
        versions = papers.load_versions(conn, arxiv_id, as_of=as_of)
    return PaperDetails(paper, versions, embedded, *seen)


def find_paper(conn: sa.Connection, arxiv_id: str, as_of: datetime | None = None) -> Paper:
    """The paper with this canonical id, as it was known at a moment.

    Raises:
        NotFound: the library does not hold it, or did not at that moment.
    """
    found = papers.load_papers(conn, [arxiv_id], as_of=as_of)
    if found:
        return found[0]
    seen = papers.load_first_seen(conn, [arxiv_id])
    if seen:
        raise NotFound(
            f"the library did not know {arxiv_id} by {as_of:%Y-%m-%d}: "
            f"it saw it first on {seen[arxiv_id]:%Y-%m-%d}"
        )
    raise NotFound(
        f"the library holds no paper {arxiv_id}. Get it with: littrack ingest --ids {arxiv_id}"
    )


def load_titles(library: OpenLibrary, arxiv_ids: Sequence[str]) -> dict[str, str]:
    """Titles by arXiv id, of those papers that the library holds."""
    with library.engine.connect() as conn:
        return papers.load_titles(conn, arxiv_ids)


def list_differences(
    library: OpenLibrary, wanted: str, *, as_of: datetime | None = None
) -> list[FieldDiff]:
    """What changed in a paper from version to version, as far as their texts were seen.

    Raises:
        InputError, NotFound: as `show_paper`.
    """
    from littrack.analysis.version_diffs import find_differences

    return find_differences(show_paper(library, wanted, as_of=as_of).versions)
