"""Lists of references in SQL, and the papers whose title a reference may mean."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from littrack.records import CheckedReference, Reference, ReferenceStatus
from littrack.store.fulltext import Phrase, find_by_words, find_in_titles
from littrack.store.tables import paper_versions, papers, reference_entries
from littrack.text import query_tokens, tokens

_CHUNK = 500  # values in one statement; SQLite takes at most 32,766
_MOST_EXACT, _MOST_ALIKE = 2_000, 20  # papers with the same words in the title; with similar ones
_MOST_WORDS = 8  # of a title looked up one by one: the longest, which tell most


def save_references(
    conn: sa.Connection, name: str, checked: Sequence[CheckedReference], now: datetime
) -> None:
    """Keep a list's entries in place of what was kept of it before."""
    conn.execute(sa.delete(reference_entries).where(reference_entries.c.list == name))
    rows = [_row(name, position, one, now) for position, one in enumerate(checked, 1)]
    if rows:
        conn.execute(sa.insert(reference_entries), rows)


def load_references(conn: sa.Connection, name: str) -> list[CheckedReference]:
    """The entries of a list in its order, with the titles that the papers have now."""
    entry = reference_entries.c
    query = (
        sa.select(reference_entries, paper_versions.c.title.label("paper_title"))
        .outerjoin(papers, papers.c.arxiv_id == entry.paper)
        .outerjoin(paper_versions, paper_versions.c.id == papers.c.version_id)
        .where(entry.list == name)
        .order_by(entry.position)
    )
    return [_checked(row) for row in conn.execute(query)]


def load_lists(conn: sa.Connection) -> list[str]:
    """The names of all lists."""
    name = reference_entries.c.list
    return list(conn.scalars(sa.select(name).distinct().order_by(name)))


def load_citation_keys(conn: sa.Connection) -> dict[str, str]:
    """The key by which the user's own bibliographies cite each paper: the first one found."""
    entry = reference_entries.c
    sound = (ReferenceStatus.VERIFIED.value, ReferenceStatus.TITLE_VARIANT.value)
    query = sa.select(entry.paper, entry.key).where(entry.status.in_(sound), entry.key != "")
    keys: dict[str, str] = {}
    for row in conn.execute(query.order_by(entry.list, entry.position)):
        keys.setdefault(row.paper, row.key)
    return keys


def load_title_candidates(conn: sa.Connection, title: str) -> list[tuple[str, str]]:
    """(arXiv id, title) of the papers whose title may be this one; to be compared by the caller.

    Those with the same words in the same order, else the best for its words.
    """
    phrase = tuple(tokens(title))
    if not phrase:
        return []
    found = find_in_titles(conn, [phrase])[:_MOST_EXACT]
    return _load_titles(conn, found or _find_alike(conn, title))


def _find_alike(conn: sa.Connection, title: str) -> list[int]:
    """Papers for the longest words of the title: a few rare words are found fast and tell most."""
    words = sorted(dict.fromkeys(query_tokens(title)), key=lambda word: (-len(word), word))
    weights: dict[Phrase, float] = {(word,): 1.0 for word in words[:_MOST_WORDS]}
    return [paper_id for paper_id, _ in find_by_words(conn, weights, limit=_MOST_ALIKE)]


def _load_titles(conn: sa.Connection, paper_ids: Sequence[int]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for start in range(0, len(paper_ids), _CHUNK):
        query = (
            sa.select(papers.c.arxiv_id, paper_versions.c.title)
            .join(paper_versions, paper_versions.c.id == papers.c.version_id)
            .where(papers.c.id.in_(paper_ids[start : start + _CHUNK]))
            .order_by(papers.c.id)
        )
        found += [(row.arxiv_id, row.title or "") for row in conn.execute(query)]
    return found


def _row(name: str, position: int, checked: CheckedReference, now: datetime) -> dict[str, Any]:
    reference = checked.reference
    return {
        "list": name,
        "position": position,
        "place": reference.place,
        "key": reference.key,
        "kind": reference.kind,
        "title": reference.title,
        "authors": list(reference.authors),
        "year": reference.year,
        "arxiv_id": reference.arxiv_id,
        "version": reference.version,
        "doi": reference.doi,
        "url": reference.url,
        "raw": reference.raw,
        "status": str(checked.status),
        "explanation": checked.explanation,
        "paper": checked.paper,
        "suggestion": checked.suggestion,
        "checked_at": now,
    }


def _checked(row: sa.Row[Any]) -> CheckedReference:
    reference = Reference(
        place=row.place,
        key=row.key,
        kind=row.kind,
        title=row.title,
        authors=tuple(row.authors),
        year=row.year,
        arxiv_id=row.arxiv_id,
        version=row.version,
        doi=row.doi,
        url=row.url,
        raw=row.raw,
    )
    return CheckedReference(
        reference,
        ReferenceStatus(row.status),
        row.explanation,
        row.paper,
        row.paper_title,
        row.suggestion,
    )
