"""Count papers in SQL by what they have in common: year, category, topic, model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from littrack.conditions import Papers
from littrack.records import Facet, FacetKind, Filters
from littrack.store.conditions import is_met, is_presented
from littrack.store.papers import choose_papers
from littrack.store.tables import claims, paper_categories, paper_topics, papers, topics


def load_matching(conn: sa.Connection, filters: Filters) -> list[int]:
    """The SQL ids of all papers that the filters let through, ascending."""
    return list(conn.scalars(_matching(filters).order_by(papers.c.id)))


def load_newest(conn: sa.Connection, filters: Filters, limit: int) -> list[int]:
    """The SQL ids of the newest papers that the filters let through, newest first."""
    newest = papers.c.published.desc()
    return list(conn.scalars(_matching(filters).order_by(newest, papers.c.id).limit(limit)))


def _matching(filters: Filters) -> sa.Select[Any]:
    choice, query = choose_papers(filters), sa.select(papers.c.id)
    if choice is None:
        return query
    inside = papers.c.id.in_(choice.ids)
    return query.where(~inside if choice.is_excluded else inside)


def count_facets(conn: sa.Connection, ids: Sequence[int], *, limit: int) -> list[Facet]:
    """These papers by each kind of facet: every year, of the others the most frequent."""
    among = is_met(Papers(tuple(ids)))
    found: list[Facet] = []
    for kind, query in _queries(conn, among).items():
        rows = [
            Facet(kind, str(value), number, label or "")
            for value, number, label in conn.execute(query)
        ]
        if kind is FacetKind.YEAR:
            found += sorted(rows, key=lambda facet: facet.value, reverse=True)
        else:
            found += sorted(rows, key=lambda facet: (-facet.papers, facet.value))[:limit]
    return found


def _queries(conn: sa.Connection, among: sa.ColumnElement[bool]) -> dict[FacetKind, sa.Select[Any]]:
    """For each kind a query of value, number of papers, label."""
    year = (
        "substr(papers.published, 1, 4)"
        if conn.dialect.name == "sqlite"
        else "to_char(papers.published AT TIME ZONE 'UTC', 'YYYY')"
    )
    number, none = sa.func.count(papers.c.id.distinct()), sa.literal("")
    category, place, claim = paper_categories.c, paper_topics.c, claims.c
    by_year: sa.ColumnElement[str] = sa.literal_column(year, sa.Text())
    presented = sa.and_(claim.paper == papers.c.arxiv_id, is_presented())
    return {
        FacetKind.YEAR: sa.select(by_year, number, none).where(among).group_by(by_year),
        FacetKind.CATEGORY: sa.select(category.category, number, none)
        .join(papers, papers.c.id == category.paper_id)
        .where(category.position == 0, among)
        .group_by(category.category),
        FacetKind.TOPIC: sa.select(topics.c.id, number, topics.c.label)
        .join(paper_topics, place.topic_id == topics.c.id)
        .join(papers, papers.c.id == place.paper_id)
        .where(among)
        .group_by(topics.c.id, topics.c.label),
        FacetKind.MODEL: sa.select(claim.subject, number, none)
        .select_from(claims)
        .join(papers, presented)
        .where(among)
        .group_by(claim.subject),
    }


def count_withdrawn(conn: sa.Connection, ids: Sequence[int]) -> int:
    """How many of these papers are withdrawn."""
    withdrawn = sa.select(sa.func.count()).select_from(papers).where(papers.c.withdrawn)
    return conn.scalar(withdrawn.where(is_met(Papers(tuple(ids))))) or 0
