"""Save what a source says of many papers at once: what is known already writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from littrack.records import (
    AbstractKind,
    Change,
    ChangeKind,
    Paper,
    PaperVersion,
    SaveCounts,
)
from littrack.store.bulk import insert_rows, insert_tuples
from littrack.store.changes import find_change
from littrack.store.fulltext import (
    FulltextRow,
    refresh_fulltext,
    save_fulltext,
)
from littrack.store.merging import content_digest, merge, merge_versions, record_hash
from littrack.store.papers import load_papers
from littrack.store.state import count_change
from littrack.store.tables import paper_authors, paper_categories, paper_versions, papers
from littrack.text import IndexedTokens, content_hash, indexed_tokens

# SQLite takes at most 32,766 values in a statement; a chunk's lookups stay far below.
_CHUNK = 500
AND_OTHERS = "et al."  # ends a list that its source cut short: shown, but nobody's name


@dataclass(slots=True)
class _Writes:
    """Rows of one batch, collected first and written table by table."""

    tokens: Mapping[int, IndexedTokens]
    papers_new: list[dict[str, Any]] = field(default_factory=list)
    papers_changed: list[dict[str, Any]] = field(default_factory=list)
    versions_new: list[dict[str, Any]] = field(default_factory=list)
    versions_filled: list[dict[str, Any]] = field(default_factory=list)
    versions_dated: list[dict[str, Any]] = field(default_factory=list)
    authors: list[tuple[int, int, str]] = field(default_factory=list)
    categories: list[tuple[int, int, str]] = field(default_factory=list)
    fulltext: list[FulltextRow] = field(default_factory=list)
    replaced: list[FulltextRow] = field(default_factory=list)


def save_papers(
    conn: sa.Connection,
    batch: Sequence[Paper],
    now: datetime,
    tokens: Mapping[int, IndexedTokens] = MappingProxyType({}),
) -> SaveCounts:
    """Learn what a source says of these papers; what is known already writes nothing.

    The rules are in merging.py. `now` is stored as the time of first sight or last change. A
    caller that has their `indexed_tokens` already gives them by ``id()`` of the paper. The caller
    holds the library's write lock and commits.
    """
    refresh_fulltext(conn)
    counts = SaveCounts()
    for chunk in _distinct_chunks(batch):
        counts += _save_distinct(conn, chunk, now, tokens)
    return counts


def _distinct_chunks(batch: Sequence[Paper]) -> Iterator[list[Paper]]:
    """Cut where a chunk is full or a paper occurs again, so that each is merged in its turn."""
    chunk: list[Paper] = []
    seen: set[str] = set()
    for paper in batch:
        if len(chunk) == _CHUNK or paper.arxiv_id in seen:
            yield chunk
            chunk, seen = [], set()
        chunk.append(paper)
        seen.add(paper.arxiv_id)
    if chunk:
        yield chunk


def _save_distinct(
    conn: sa.Connection, batch: list[Paper], now: datetime, tokens: Mapping[int, IndexedTokens]
) -> SaveCounts:
    ids = [paper.arxiv_id for paper in batch]
    known = conn.execute(
        sa.select(papers.c.arxiv_id, papers.c.id, papers.c.record_hash).where(
            papers.c.arxiv_id.in_(ids)
        )
    )
    hashes = {row.arxiv_id: (row.id, row.record_hash) for row in known}
    maybe_changed = [
        paper
        for paper in batch
        if paper.arxiv_id in hashes and record_hash(paper) != hashes[paper.arxiv_id][1]
    ]
    old = {p.arxiv_id: p for p in load_papers(conn, [p.arxiv_id for p in maybe_changed])}
    next_paper = _next_id(conn, papers)
    versions = _VersionIds(conn, [hashes[p.arxiv_id][0] for p in maybe_changed])
    writes, counts = _Writes(tokens), SaveCounts(unchanged=len(hashes) - len(maybe_changed))
    for paper in batch:
        if paper.arxiv_id not in hashes:
            _collect(writes, versions, next_paper, paper, now, is_new=True)
            next_paper += 1
            counts += SaveCounts(new=1, changes=(Change(paper.arxiv_id, ChangeKind.NEW),))
        elif paper.arxiv_id in old:
            counts += _collect_change(
                writes, versions, *hashes[paper.arxiv_id], old[paper.arxiv_id], paper, now
            )
    _write(conn, writes)
    if counts.new or counts.updated:
        count_change(conn, "papers")
    return counts


def _collect_change(
    writes: _Writes,
    versions: _VersionIds,
    paper_id: int,
    old_hash: bytes,
    old: Paper,
    new: Paper,
    now: datetime,
) -> SaveCounts:
    merged = merge(old, new)
    older = (new.version or 0) < (old.version or 0)
    if older and new.title and new.abstract_kind is AbstractKind.AUTHOR:
        # An older version's text is history worth keeping.
        versions.row(writes, paper_id, new, content_digest(new), now)
    if record_hash(merged) in (old_hash, record_hash(old)):
        return SaveCounts(older=1) if older else SaveCounts(unchanged=1)
    writes.replaced.append((paper_id, *indexed_tokens(old.title, old.abstract, old.authors)))
    _collect(writes, versions, paper_id, merged, now, is_new=False)
    change = find_change(old, merged, new)
    changes = () if change is None else (change,)
    return SaveCounts(older=1) if older else SaveCounts(updated=1, changes=changes)


def _collect(
    writes: _Writes,
    versions: _VersionIds,
    paper_id: int,
    paper: Paper,
    now: datetime,
    *,
    is_new: bool,
) -> None:
    history = merge_versions((), paper.versions)
    digest = content_digest(paper)
    version_id = versions.row(writes, paper_id, paper, digest, now)
    for version in history:
        versions.history_row(writes, paper_id, version, now)
    row = {
        "id": paper_id,
        "arxiv_id": paper.arxiv_id,
        "version": paper.version,
        "version_id": version_id,
        "published": paper.published.value,
        "published_precision": paper.published.precision.value,
        "published_kind": paper.published.kind.value,
        "updated": paper.updated,
        "journal_ref": paper.journal_ref,
        "doi": paper.doi,
        "report_no": paper.report_no,
        "license": paper.license,
        "submitter": paper.submitter,
        "withdrawn": paper.withdrawn,
        "modified": paper.modified,
        "record_hash": record_hash(paper, digest),
        "last_changed_at": now,
    }
    if is_new:
        writes.papers_new.append(row | {"first_seen_at": now})
    else:
        writes.papers_changed.append({f"b_{key}": value for key, value in row.items()})
    writes.authors.extend(
        (paper_id, position, name)
        for position, name in enumerate(paper.authors)
        if name != AND_OTHERS
    )
    writes.categories.extend(
        (paper_id, position, category)
        for position, category in enumerate(dict.fromkeys(paper.categories))
    )
    tokens = writes.tokens.get(id(paper))
    tokens = tokens or indexed_tokens(paper.title, paper.abstract, paper.authors)
    writes.fulltext.append((paper_id, *tokens))


class _VersionIds:
    """Which row of paper_versions holds what: finds it, fills it or adds it."""

    def __init__(self, conn: sa.Connection, paper_ids: Sequence[int]) -> None:
        self._next = _next_id(conn, paper_versions)
        self._rows: dict[tuple[int, int], dict[bytes, int]] = {}
        self._undated: set[int] = set()
        table = paper_versions.c
        query = sa.select(
            table.id, table.paper_id, table.number, table.content_hash, table.submitted
        ).where(table.paper_id.in_(paper_ids))
        for row in conn.execute(query) if paper_ids else ():
            self._rows.setdefault((row.paper_id, row.number), {})[row.content_hash] = row.id
            if row.submitted is None:
                self._undated.add(row.id)

    def row(
        self, writes: _Writes, paper_id: int, paper: Paper, digest: bytes, now: datetime
    ) -> int:
        """The row with this content; a row that had only a date is filled, none is edited."""
        number = paper.version or 0
        rows = self._rows.setdefault((paper_id, number), {})
        if digest in rows:
            return rows[digest]
        text = {
            "title": paper.title,
            "abstract": paper.abstract,
            "abstract_kind": paper.abstract_kind.value,
            "authors": list(paper.authors),
            "categories": list(paper.categories),
            "comment": paper.comment,
            "text_hash": content_hash(paper.title, paper.abstract),
            "content_hash": digest,
            "recorded_at": now,
        }
        if b"" in rows:
            rows[digest] = rows.pop(b"")
            writes.versions_filled.append(
                {"b_id": rows[digest]} | {f"b_{key}": value for key, value in text.items()}
            )
            return rows[digest]
        submitted = next((v.submitted for v in paper.versions if v.number == number), None)
        identity = {"paper_id": paper_id, "number": number, "submitted": submitted}
        rows[digest] = self._add(writes, identity | text)
        return rows[digest]

    def history_row(
        self, writes: _Writes, paper_id: int, version: PaperVersion, now: datetime
    ) -> None:
        """A row for a version that is known by its date; one that is there learns the date once."""
        rows = self._rows.setdefault((paper_id, version.number), {})
        if rows:
            if version.submitted is not None:
                undated = self._undated.intersection(rows.values())
                self._undated -= undated
                writes.versions_dated += [
                    {"b_id": number, "b_submitted": version.submitted} for number in sorted(undated)
                ]
            return
        empty = dict.fromkeys(
            ("title", "abstract", "abstract_kind", "authors", "categories", "comment", "text_hash")
        )
        identity = {"paper_id": paper_id, "number": version.number, "submitted": version.submitted}
        rows[b""] = self._add(writes, identity | empty | {"content_hash": b"", "recorded_at": now})

    def _add(self, writes: _Writes, row: dict[str, Any]) -> int:
        number, self._next = self._next, self._next + 1
        writes.versions_new.append({"id": number} | row)
        return number


def _write(conn: sa.Connection, writes: _Writes) -> None:
    insert_rows(conn, papers, writes.papers_new)
    if writes.papers_changed:
        columns = [c.name for c in papers.columns if c.name not in ("id", "first_seen_at")]
        conn.execute(
            papers.update()
            .where(papers.c.id == sa.bindparam("b_id"))
            .values({name: sa.bindparam(f"b_{name}") for name in columns}),
            writes.papers_changed,
        )
        for table in (paper_authors, paper_categories):
            ids = [row[0] for row in writes.replaced]
            conn.execute(table.delete().where(table.c.paper_id.in_(ids)))
    insert_rows(conn, paper_versions, writes.versions_new)
    for changes in (writes.versions_filled, writes.versions_dated):
        if changes:
            columns = [key[2:] for key in changes[0] if key != "b_id"]
            conn.execute(
                paper_versions.update()
                .where(paper_versions.c.id == sa.bindparam("b_id"))
                .values({name: sa.bindparam(f"b_{name}") for name in columns}),
                changes,
            )
    insert_tuples(conn, paper_authors, writes.authors)
    insert_tuples(conn, paper_categories, writes.categories)
    save_fulltext(conn, writes.fulltext, writes.replaced)


def _next_id(conn: sa.Connection, table: sa.Table) -> int:
    return (conn.scalar(sa.select(sa.func.max(table.c.id))) or 0) + 1
