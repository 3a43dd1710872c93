"""All that the library knows of one paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from littrack.errors import NotFound
from littrack.identifiers import parse_recorded_id
from littrack.records import Paper, PaperVersion
from littrack.steps.opening import OpenLibrary
from littrack.store import papers, vectors


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
