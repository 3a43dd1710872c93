"""By what papers are called, for all of a library at once: titles, first authors, code."""

from __future__ import annotations

import re

import sqlalchemy as sa

from littrack.store.tables import paper_authors, paper_versions, papers

_REPOSITORY = re.compile(r"github\.com/([\w.-]+/[\w.-]*\w)", re.IGNORECASE)


def load_all_titles(conn: sa.Connection) -> list[tuple[str, str]]:
    """(arXiv id, title) of every version of every paper, the current title of each first."""
    is_older = (paper_versions.c.id != papers.c.version_id).label("is_older")
    query = (
        sa.select(papers.c.arxiv_id, paper_versions.c.title, is_older)
        .join(papers, papers.c.id == paper_versions.c.paper_id)
        .where(paper_versions.c.title.is_not(None))
    )
    rows = conn.execute(query).all()
    current = {row.arxiv_id: row.title for row in rows if not row.is_older}
    older = {(row.arxiv_id, row.title) for row in rows if row.is_older}
    return [*current.items(), *sorted(older - current.items())]


def load_first_authors(conn: sa.Connection) -> list[tuple[str, str, int]]:
    """(arXiv id, first author, year of version 1) of every paper."""
    query = (
        sa.select(papers.c.arxiv_id, paper_authors.c.name, papers.c.published)
        .join(papers, papers.c.id == paper_authors.c.paper_id)
        .where(paper_authors.c.position == 0)
    )
    return [(row.arxiv_id, row.name, row.published.year) for row in conn.execute(query)]


def load_repositories(conn: sa.Connection) -> dict[str, str]:
    """The paper whose abstract names a repository on GitHub, by its name; shared ones left out."""
    query = (
        sa.select(papers.c.arxiv_id, paper_versions.c.abstract)
        .join(paper_versions, paper_versions.c.id == papers.c.version_id)
        .where(paper_versions.c.abstract.like("%github.com/%"))
    )
    owners: dict[str, set[str]] = {}
    for row in conn.execute(query):
        for found in _REPOSITORY.finditer(row.abstract):
            owners.setdefault(found[1].lower().removesuffix(".git"), set()).add(row.arxiv_id)
    return {name: ids.pop() for name, ids in owners.items() if len(ids) == 1}
