"""Titles and abstracts of many papers at once, without the rest of a record."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from littrack.store.tables import paper_versions, papers

_CHUNK = 500  # SQLite takes at most 32,766 values in a statement


def load_texts(conn: sa.Connection, paper_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """The current title and abstract of each of these papers, by SQL id."""
    found: dict[int, tuple[str, str]] = {}
    for start in range(0, len(paper_ids), _CHUNK):
        query = (
            sa.select(papers.c.id, paper_versions.c.title, paper_versions.c.abstract)
            .join(paper_versions, paper_versions.c.id == papers.c.version_id)
            .where(papers.c.id.in_(paper_ids[start : start + _CHUNK]))
        )
        found |= {key: (title, abstract or "") for key, title, abstract in conn.execute(query)}
    return found
