"""Papers in SQL: save many at once, load some, choose which may be searched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from littrack.records import (
    AbstractKind,
    DateKind,
    Filters,
    Paper,
    PaperDate,
    PaperVersion,
    Precision,
    SaveCounts,
)
from littrack.store.bulk import insert_rows, insert_tuples
from littrack.store.fulltext import (
    Choice,
    FulltextRow,
    refresh_fulltext,
    save_fulltext,
)
from littrack.store.merging import content_digest, merge, merge_versions, record_hash
from littrack.store.state import count_change
from littrack.store.tables import paper_authors, paper_categories, paper_versions, papers
from littrack.text import IndexedTokens, content_hash, indexed_tokens

# SQLite takes at most 32,766 values in a statement; a chunk's lookups stay far below.
_CHUNK = 500


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
            counts += SaveCounts(new=1)
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
        versions.row(
            writes, paper_id, new, content_digest(new), now
        )  # an older version's text is history worth keeping
    if record_hash(merged) in (old_hash, record_hash(old)):
        return SaveCounts(older=1) if older else SaveCounts(unchanged=1)
    writes.replaced.append((paper_id, *indexed_tokens(old.title, old.abstract, old.authors)))
    _collect(writes, versions, paper_id, merged, now, is_new=False)
    return SaveCounts(older=1) if older else SaveCounts(updated=1)


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
    writes.authors.extend((paper_id, position, name) for position, name in enumerate(paper.authors))
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


def load_papers(conn: sa.Connection, arxiv_ids: Sequence[str]) -> list[Paper]:
    """The papers of these arXiv ids that the library holds, in the order asked, with history."""
    return _load(conn, papers.c.arxiv_id, arxiv_ids)


def load_papers_by_id(conn: sa.Connection, paper_ids: Sequence[int]) -> list[Paper]:
    """The papers of these SQL ids, in the order asked, with history."""
    return _load(conn, papers.c.id, paper_ids)


def _load(conn: sa.Connection, key: sa.Column[Any], wanted: Sequence[Any]) -> list[Paper]:
    found: dict[Any, Paper] = {}
    for start in range(0, len(wanted), _CHUNK):
        chunk = list(dict.fromkeys(wanted[start : start + _CHUNK]))
        version = paper_versions.alias("v")
        query = (
            sa.select(papers, version)
            .join(version, version.c.id == papers.c.version_id)
            .where(key.in_(chunk))
            .set_label_style(sa.LABEL_STYLE_TABLENAME_PLUS_COL)
        )
        rows = conn.execute(query).mappings().all()
        history = _load_history(conn, [row["papers_id"] for row in rows])
        for row in rows:
            found[row[f"papers_{key.name}"]] = _paper(row, history.get(row["papers_id"], ()))
    return [found[item] for item in wanted if item in found]


def _load_history(
    conn: sa.Connection, paper_ids: Sequence[int]
) -> dict[int, tuple[PaperVersion, ...]]:
    c = paper_versions.c
    query = sa.select(c.paper_id, c.number, c.submitted).where(c.paper_id.in_(paper_ids))
    history: dict[int, list[PaperVersion]] = {}
    for row in conn.execute(query.order_by(c.paper_id, c.number, c.id)):
        history.setdefault(row.paper_id, []).append(PaperVersion(row.number, row.submitted))
    return {paper_id: merge_versions((), tuple(found)) for paper_id, found in history.items()}


def load_versions(conn: sa.Connection, arxiv_id: str) -> list[PaperVersion]:
    """Every version of a paper with its text as far as known, oldest first."""
    c = paper_versions.c
    query = (
        sa.select(paper_versions)
        .join(papers, papers.c.id == c.paper_id)
        .where(papers.c.arxiv_id == arxiv_id)
        .order_by(c.number, c.id)
    )
    return [
        PaperVersion(
            number=row.number,
            submitted=row.submitted,
            title=row.title,
            abstract=row.abstract,
            authors=None if row.authors is None else tuple(row.authors),
            categories=None if row.categories is None else tuple(row.categories),
            comment=row.comment,
        )
        for row in conn.execute(query)
    ]


def _paper(row: sa.RowMapping, history: tuple[PaperVersion, ...]) -> Paper:
    return Paper(
        arxiv_id=row["papers_arxiv_id"],
        title=row["v_title"],
        abstract=row["v_abstract"] or "",
        authors=tuple(row["v_authors"] or ()),
        categories=tuple(row["v_categories"] or ()),
        published=PaperDate(
            row["papers_published"],
            Precision(row["papers_published_precision"]),
            DateKind(row["papers_published_kind"]),
        ),
        version=row["papers_version"],
        updated=row["papers_updated"],
        abstract_kind=AbstractKind(row["v_abstract_kind"]),
        comment=row["v_comment"],
        journal_ref=row["papers_journal_ref"],
        doi=row["papers_doi"],
        report_no=row["papers_report_no"],
        license=row["papers_license"],
        submitter=row["papers_submitter"],
        withdrawn=bool(row["papers_withdrawn"]),
        modified=row["papers_modified"],
        versions=history,
    )


def choose_papers(filters: Filters) -> Choice | None:
    """Which papers a search with these filters may return; None = every one.

    Withdrawn papers are left out unless asked for. Where nothing else is asked, the choice names
    these few to leave out instead of all the others.
    """
    only_withdrawn = replace(filters, withdrawn=True) == Filters(withdrawn=True)
    if only_withdrawn:
        withdrawn = sa.select(papers.c.id).where(papers.c.withdrawn)
        return None if filters.withdrawn else Choice(withdrawn, is_excluded=True)
    query = sa.select(papers.c.id)
    if not filters.withdrawn:
        query = query.where(~papers.c.withdrawn)
    if filters.since is not None:
        query = query.where(papers.c.published >= filters.since)
    if filters.until is not None:
        query = query.where(papers.c.published < filters.until + timedelta(days=1))
    if filters.categories:
        query = query.where(papers.c.id.in_(_in_categories(filters.categories)))
    return Choice(query, is_excluded=False)


def _in_categories(categories: Iterable[str]) -> sa.Select[Any]:
    category = paper_categories.c.category
    conditions = [
        category.startswith(name[:-1], autoescape=True) if name.endswith("*") else category == name
        for name in categories
    ]
    return sa.select(paper_categories.c.paper_id).where(sa.or_(*conditions))


def load_choice(conn: sa.Connection, choice: Choice) -> list[int]:
    """The ids that a choice names, ascending."""
    return list(conn.scalars(choice.ids.order_by(papers.c.id)))


def load_ids(conn: sa.Connection, arxiv_ids: Sequence[str]) -> dict[str, int]:
    """The SQL ids of these papers, of those the library holds."""
    query = sa.select(papers.c.arxiv_id, papers.c.id).where(papers.c.arxiv_id.in_(arxiv_ids))
    return {row.arxiv_id: row.id for row in conn.execute(query)}


def load_newest_id(conn: sa.Connection) -> int:
    """The highest SQL id; as ids are given without gaps, also the number of papers."""
    return conn.scalar(sa.select(sa.func.max(papers.c.id))) or 0


def load_seen(conn: sa.Connection, arxiv_id: str) -> tuple[datetime, datetime]:
    """When a paper of the library was first seen, and when it last changed here."""
    query = sa.select(papers.c.first_seen_at, papers.c.last_changed_at)
    row = conn.execute(query.where(papers.c.arxiv_id == arxiv_id)).one()
    return row.first_seen_at, row.last_changed_at


def load_earliest(conn: sa.Connection, paper_ids: Sequence[int], limit: int) -> list[int]:
    """Those of the papers that were submitted first, earliest first; withdrawn ones left out."""
    found: list[tuple[datetime, int]] = []
    for start in range(0, len(paper_ids), 5_000):
        query = (
            sa.select(papers.c.published, papers.c.id)
            .where(papers.c.id.in_(paper_ids[start : start + 5_000]), ~papers.c.withdrawn)
            .order_by(papers.c.published, papers.c.id)
            .limit(limit)
        )
        found += [(row.published, row.id) for row in conn.execute(query)]
    return [paper_id for _, paper_id in sorted(found)[:limit]]


def count_papers(conn: sa.Connection) -> dict[str, int]:
    """How many papers, versions with text, and withdrawn papers the library holds."""
    with_text = paper_versions.c.content_hash != b""
    counts = {
        "papers": sa.select(sa.func.count()).select_from(papers),
        "versions": sa.select(sa.func.count()).select_from(paper_versions).where(with_text),
        "withdrawn": sa.select(sa.func.count()).select_from(papers).where(papers.c.withdrawn),
    }
    return {name: conn.scalar(query) or 0 for name, query in counts.items()}
