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
    from littrack.analysis.version_diffs import FieldDiff


@dataclass(frozen=True, slots=True)
class PaperDetails:
    """A paper, every version of it with what it said, and what was done with it here."""

    paper: Paper
    versions: list[PaperVersion]
    embedded: bool
    first_seen: datetime
    last_changed: datetime


def show_paper(library: OpenLibrary, wanted: str) -> PaperDetails:
    """Look a paper up by any form of its arXiv id.

    Raises:
        InputError: not an arXiv id.
        NotFound: the library does not hold it.
    """
    arxiv_id = parse_recorded_id(wanted).base
    with library.engine.connect() as conn:
        found = papers.load_papers(conn, [arxiv_id])
        if not found:
            raise NotFound(
                f"the library holds no paper {arxiv_id}. "
                f"Get it with: littrack ingest --ids {arxiv_id}"
            )
        seen = papers.load_seen(conn, arxiv_id)
        encoder_id = vectors.load_encoder_id(conn, library.passage_identity)
        embedded = encoder_id is not None and vectors.has_vector(conn, encoder_id, arxiv_id)
        versions = papers.load_versions(conn, arxiv_id)
    return PaperDetails(found[0], versions, embedded, *seen)


def load_titles(library: OpenLibrary, arxiv_ids: Sequence[str]) -> dict[str, str]:
    """Titles by arXiv id, of those papers that the library holds."""
    with library.engine.connect() as conn:
        return papers.load_titles(conn, arxiv_ids)


def list_differences(library: OpenLibrary, wanted: str) -> list[FieldDiff]:
    """What changed in a paper from version to version, as far as their texts were seen.

    Raises:
        InputError, NotFound: as `show_paper`.
    """
    from littrack.analysis.version_diffs import find_differences

    return find_differences(show_paper(library, wanted).versions)
