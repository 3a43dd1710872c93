"""Papers in SQL: load some, choose which may be searched, count them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
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
)
from littrack.store import as_of as earlier
from littrack.store.conditions import in_categories, is_met
from littrack.store.fulltext import Choice, find_earliest
from littrack.store.merging import merge_versions
from littrack.store.tables import paper_versions, papers

# SQLite takes at most 32,766 values in a statement; a chunk's lookups stay far below.
_CHUNK = 500


def load_papers(
    conn: sa.Connection, arxiv_ids: Sequence[str], *, as_of: datetime | None = None
) -> list[Paper]:
    """The papers of these arXiv ids that the library holds, in the order asked, with history.

    With `as_of`, those it held at that moment, with the texts and versions known then.
    """
    return _load(conn, papers.c.arxiv_id, arxiv_ids, as_of)


def load_papers_by_id(
    conn: sa.Connection, paper_ids: Sequence[int], *, as_of: datetime | None = None
) -> list[Paper]:
    """The papers of these SQL ids, as `load_papers`."""
    return _load(conn, papers.c.id, paper_ids, as_of)


def load_first_seen(conn: sa.Connection, arxiv_ids: Sequence[str]) -> dict[str, datetime]:
    """When the library first saw each of these papers that it holds."""
    found: dict[str, datetime] = {}
    for start in range(0, len(arxiv_ids), _CHUNK):
        chunk = arxiv_ids[start : start + _CHUNK]
        query = sa.select(papers.c.arxiv_id, papers.c.first_seen_at)
        rows = conn.execute(query.where(papers.c.arxiv_id.in_(chunk)))
        found |= {row.arxiv_id: row.first_seen_at for row in rows}
    return found


def _load(
    conn: sa.Connection, key: sa.Column[Any], wanted: Sequence[Any], as_of: datetime | None
) -> list[Paper]:
    found: dict[Any, Paper] = {}
    last_version = None if as_of is None else earlier.load_newest_version_id(conn, as_of)
    for start in range(0, len(wanted), _CHUNK):
        chunk = list(dict.fromkeys(wanted[start : start + _CHUNK]))
        version = paper_versions.alias("v")
        query = (
            sa.select(papers, version)
            .join(version, version.c.id == papers.c.version_id)
            .where(key.in_(chunk))
            .set_label_style(sa.LABEL_STYLE_TABLENAME_PLUS_COL)
        )
        if as_of is not None:
            query = query.where(earlier.is_known(as_of))
        rows = conn.execute(query).mappings().all()
        history = _load_history(conn, [row["papers_id"] for row in rows], last_version)
        texts = {} if as_of is None else _load_texts(conn, rows, as_of)
        for row in rows:
            paper = _paper(row, history.get(row["papers_id"], ()))
            if as_of is not None and row["papers_id"] in texts:
                paper = _with_text(paper, texts[row["papers_id"]], as_of)
            found[row[f"papers_{key.name}"]] = paper
    return [found[item] for item in wanted if item in found]


def _load_texts(
    conn: sa.Connection, rows: Sequence[sa.RowMapping], moment: datetime
) -> dict[int, tuple[sa.RowMapping, bool]]:
    """What the papers that changed since the moment said then, and whether they were withdrawn."""
    changed = [row["papers_id"] for row in rows if row["papers_last_changed_at"] > moment]
    if not changed:
        return {}
    still = sa.select(papers.c.id).where(papers.c.id.in_(changed), earlier.is_withdrawn(moment))
    withdrawn = set(conn.scalars(still))
    texts = earlier.load_texts_of(conn, changed, moment)
    return {paper_id: (text, paper_id in withdrawn) for paper_id, text in texts.items()}


def _with_text(paper: Paper, then: tuple[sa.RowMapping, bool], moment: datetime) -> Paper:
    """The paper with what an earlier version of it, or an earlier text of this one, said."""
    text, withdrawn = then
    same_version = text["number"] == (paper.version or 0)
    return replace(
        paper,
        version=text["number"] or None,
        updated=paper.updated if same_version else text["submitted"],
        title=text["title"],
        abstract=text["abstract"] or "",
        abstract_kind=AbstractKind(text["abstract_kind"]),
        authors=tuple(text["authors"] or ()),
        categories=tuple(text["categories"] or ()),
        comment=text["comment"],
        withdrawn=withdrawn,
        modified=paper.modified if paper.modified and paper.modified <= moment else None,
    )


def _load_history(
    conn: sa.Connection, paper_ids: Sequence[int], last_version: int | None
) -> dict[int, tuple[PaperVersion, ...]]:
    c = paper_versions.c
    query = sa.select(c.paper_id, c.number, c.submitted).where(c.paper_id.in_(paper_ids))
    if last_version is not None:
        query = query.where(c.id <= last_version)
    history: dict[int, list[PaperVersion]] = {}
    for row in conn.execute(query.order_by(c.paper_id, c.number, c.id)):
        history.setdefault(row.paper_id, []).append(PaperVersion(row.number, row.submitted))
    return {paper_id: merge_versions((), tuple(found)) for paper_id, found in history.items()}


def load_versions(
    conn: sa.Connection, arxiv_id: str, *, as_of: datetime | None = None
) -> list[PaperVersion]:
    """Every version of a paper with its text as far as known, oldest first.

    With `as_of`, as far as was known at that moment: a text that came later leaves the date.
    """
    c = paper_versions.c
    query = (
        sa.select(paper_versions)
        .join(papers, papers.c.id == c.paper_id)
        .where(papers.c.arxiv_id == arxiv_id)
        .order_by(c.number, c.id)
    )
    if as_of is not None:
        query = query.where(c.id <= earlier.load_newest_version_id(conn, as_of))
    return [
        _version(row, with_text=as_of is None or row.recorded_at <= as_of)
        for row in conn.execute(query)
    ]


def _version(row: sa.Row[Any], *, with_text: bool) -> PaperVersion:
    if not with_text:
        return PaperVersion(row.number, row.submitted)
    return PaperVersion(
        number=row.number,
        submitted=row.submitted,
        title=row.title,
        abstract=row.abstract,
        authors=None if row.authors is None else tuple(row.authors),
        categories=None if row.categories is None else tuple(row.categories),
        comment=row.comment,
    )


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

    Withdrawn papers are left out unless asked for, and papers not known yet at the moment of
    `as_of`. Where nothing else is asked, the choice names these few to leave out instead of all the
    others. What conditions go by (dates, categories, words ...) is what is known today, also at an
    earlier moment.
    """
    hidden = [] if filters.withdrawn else [earlier.is_withdrawn(filters.as_of)]
    if filters.as_of is not None:
        hidden.append(~earlier.is_known(filters.as_of))
    if replace(filters, withdrawn=True, as_of=None) == Filters(withdrawn=True):
        if not hidden:
            return None
        return Choice(sa.select(papers.c.id).where(sa.or_(*hidden)), is_excluded=True)
    # As a list of the few: a date and an id are then all that is read of each paper.
    left_out = (sa.select(papers.c.id).where(one).correlate(None) for one in hidden)
    query = sa.select(papers.c.id).where(*(papers.c.id.not_in(ids) for ids in left_out))
    if filters.since is not None:
        query = query.where(papers.c.published >= filters.since)
    if filters.until is not None:
        query = query.where(papers.c.published < filters.until + timedelta(days=1))
    if filters.categories:
        query = query.where(papers.c.id.in_(in_categories(filters.categories)))
    if filters.where is not None:
        query = query.where(is_met(filters.where))
    return Choice(query, is_excluded=False)


def load_choice(conn: sa.Connection, choice: Choice) -> list[int]:
    """The ids that a choice names, ascending."""
    return list(conn.scalars(choice.ids.order_by(papers.c.id)))


def load_ids(conn: sa.Connection, arxiv_ids: Sequence[str]) -> dict[str, int]:
    """The SQL ids of these papers, of those the library holds."""
    query = sa.select(papers.c.arxiv_id, papers.c.id).where(papers.c.arxiv_id.in_(arxiv_ids))
    return {row.arxiv_id: row.id for row in conn.execute(query)}


def load_titles(conn: sa.Connection, arxiv_ids: Sequence[str]) -> dict[str, str]:
    """The current titles of these papers, of those the library holds."""
    found: dict[str, str] = {}
    for start in range(0, len(arxiv_ids), _CHUNK):
        query = (
            sa.select(papers.c.arxiv_id, paper_versions.c.title)
            .join(paper_versions, paper_versions.c.id == papers.c.version_id)
            .where(papers.c.arxiv_id.in_(arxiv_ids[start : start + _CHUNK]))
        )
        found.update(conn.execute(query).tuples().all())
    return found


def load_submission_times(
    conn: sa.Connection, categories: Iterable[str], since: datetime, until: datetime
) -> list[datetime]:
    """When the papers of any of these categories were submitted, of those known to the second."""
    query = sa.select(papers.c.published).where(
        papers.c.published_kind == DateKind.V1.value,
        papers.c.published >= since,
        papers.c.published < until,
        papers.c.id.in_(in_categories(categories)),
    )
    return list(conn.scalars(query))


def load_newest_id(conn: sa.Connection) -> int:
    """The highest SQL id; as ids are given without gaps, also the number of papers."""
    return conn.scalar(sa.select(sa.func.max(papers.c.id))) or 0


def load_seen(
    conn: sa.Connection, arxiv_id: str, *, as_of: datetime | None = None
) -> tuple[datetime, datetime]:
    """When a paper of the library was first seen, and when it last changed here.

    With `as_of`, the last change of its texts by then, where it changed since.
    """
    query = sa.select(papers.c.id, papers.c.first_seen_at, papers.c.last_changed_at)
    row = conn.execute(query.where(papers.c.arxiv_id == arxiv_id)).one()
    if as_of is None or row.last_changed_at <= as_of:
        return row.first_seen_at, row.last_changed_at
    texts = earlier.load_texts_of(conn, [row.id], as_of)
    return row.first_seen_at, texts[row.id]["recorded_at"] if texts else row.first_seen_at


def load_earliest(
    conn: sa.Connection, paper_ids: Sequence[int], limit: int, *, as_of: datetime | None = None
) -> list[int]:
    """Those of the papers that were submitted first, earliest first; withdrawn ones left out."""
    if as_of is None and (known := find_earliest(conn, paper_ids, limit)) is not None:
        return known
    found: list[tuple[datetime, int]] = []
    kept = ~earlier.is_withdrawn(as_of)
    for start in range(0, len(paper_ids), 5_000):
        query = (
            sa.select(papers.c.published, papers.c.id)
            .where(papers.c.id.in_(paper_ids[start : start + 5_000]), kept)
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
