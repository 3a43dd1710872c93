"""What the library knew at an earlier moment: conditions and rows that other queries put in.

A paper is known from its `first_seen_at` on, a version's text from its `recorded_at` on. Rows are
added, never edited, with two exceptions that are undone here or said: a version known by its date
alone may get its text later (its id still tells when it was added, for ids are given in order),
and fields of the paper itself (journal, DOI, licence, dates) carry no time and are as of today.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa

from littrack.records import ChangeKind
from littrack.store.tables import paper_versions, papers, source_changes, source_runs

_CHUNK = 5_000
_GONE = (ChangeKind.WITHDRAWN.value, ChangeKind.DELETED.value)


def is_known(moment: datetime) -> sa.ColumnElement[bool]:
    """Whether a row of `papers` was in the library at the moment."""
    return papers.c.first_seen_at <= moment


def is_withdrawn(moment: datetime | None) -> sa.ColumnElement[bool]:
    """Whether a paper counts as withdrawn: now, or as far as can be told, at the moment.

    A paper withdrawn now was not so then if no text of it that was known then says "withdrawn",
    and the text of now does, or a harvest since reports that it was withdrawn or deleted.
    """
    if moment is None:
        return papers.c.withdrawn.expression
    version, told = paper_versions.alias("w"), source_changes.c
    says_so = version.c.comment.ilike("%withdrawn%") | version.c.abstract.ilike("%withdrawn%")
    of_paper = sa.select(version.c.id).where(version.c.paper_id == papers.c.id, says_so)
    said_then = of_paper.where(version.c.recorded_at <= moment).correlate(papers).exists()
    says_now = of_paper.where(version.c.id == papers.c.version_id).correlate(papers).exists()
    later_runs = sa.select(source_runs.c.id).where(source_runs.c.started_at > moment)
    reported = sa.select(told.arxiv_id).where(told.run_id.in_(later_runs), told.kind.in_(_GONE))
    since = sa.and_(
        papers.c.last_changed_at > moment,
        ~said_then,
        says_now | papers.c.arxiv_id.in_(reported),
    )
    return sa.and_(papers.c.withdrawn, ~since)


def count_known(conn: sa.Connection, moment: datetime) -> int:
    """How many papers the library held at the moment."""
    return conn.scalar(sa.select(sa.func.count()).where(is_known(moment))) or 0


def find_known(conn: sa.Connection, paper_ids: Iterable[int], moment: datetime) -> set[int]:
    """Those of the papers that the library held at the moment."""
    ids, known = list(paper_ids), set[int]()
    for start in range(0, len(ids), _CHUNK):
        chunk = papers.c.id.in_(ids[start : start + _CHUNK])
        known.update(conn.scalars(sa.select(papers.c.id).where(chunk, is_known(moment))))
    return known


def load_texts_of(
    conn: sa.Connection, paper_ids: Sequence[int], moment: datetime
) -> dict[int, sa.RowMapping]:
    """The row of `paper_versions` that was current at the moment, for each of these papers.

    The highest version known then; of several texts of one version the one recorded last. (A text
    that was taken back, A to B to A, shows as B once a third has replaced it.)
    """
    c = paper_versions.c
    known = sa.and_(c.paper_id.in_(paper_ids), c.recorded_at <= moment, c.title.is_not(None))
    query = sa.select(paper_versions).where(known).order_by(c.number, c.recorded_at, c.id)
    return {row["paper_id"]: row for row in conn.execute(query).mappings()}


def load_newest_version_id(conn: sa.Connection, moment: datetime) -> int:
    """The highest id in `paper_versions` at the moment: a row above it was added later.

    Or is a date of the very last paper known then that got its text since: that alone is lost.
    """
    c = paper_versions.c
    query = sa.select(c.id).where(c.recorded_at <= moment).order_by(c.id.desc()).limit(1)
    return conn.scalar(query) or 0
