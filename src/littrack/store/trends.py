"""Counts over time in SQL: papers that hold a phrase, papers by month."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from littrack.records import DateKind, Precision
from littrack.store.fulltext import count_tokens
from littrack.store.tables import (
    paper_categories,
    paper_topics,
    papers,
    source_coverage,
    source_runs,
    sqlite_time,
)

Tokens = tuple[str, ...]  # neighbours; the last may end in "*": begins so
Near = tuple[Tokens, int, tuple[Tokens, ...]]  # all within so many, and one of these if any
Holds = Callable[[str, str], bool]  # whether a title and an abstract hold what is looked for

_CHUNK = 2_000
_EARLIEST = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Lookup:
    """What to ask the full text; `holds` decides where it cannot."""

    sure: tuple[Tokens, ...]
    unsure: tuple[Tokens, ...]
    near: tuple[Near, ...]
    doubtful: frozenset[str]  # tokens that are rarely in any text
    holds: Holds


@dataclass(frozen=True, slots=True)
class MonthCount:
    """Papers of one month whose date is of one kind."""

    month: datetime
    kind: DateKind
    precision: Precision
    papers: int


# Papers that hold a phrase


def load_matches(
    conn: sa.Connection, lookup: Lookup, *, since: datetime | None = None
) -> list[int]:
    """The SQL ids of the papers whose title or abstract holds it, ascending.

    The full text answers; only texts for which it cannot decide are read. With `since`, only papers
    published then or later.
    """
    counts = count_tokens(conn, lookup.doubtful)
    absent = {token for token, papers_ in counts.items() if not papers_}
    sure = [one for one in lookup.sure if absent.isdisjoint(one)]
    near = [one for one in lookup.near if absent.isdisjoint(one[0])]
    decided = _find(conn, sure, [], since)
    open_ids = set(_find(conn, lookup.unsure, near, since)).difference(decided)
    decided.extend(_holding(conn, sorted(open_ids), lookup.holds))
    return sorted(decided)


def _holding(conn: sa.Connection, ids: Sequence[int], holds: Holds) -> Iterator[int]:
    for paper_id, title, abstract in load_texts(conn, ids):
        if holds(title, abstract):
            yield paper_id


def load_texts(conn: sa.Connection, ids: Sequence[int]) -> Iterator[tuple[int, str, str]]:
    """The titles and abstracts of these papers as they are now."""
    for start in range(0, len(ids), _CHUNK):
        query = sa.text(
            "SELECT p.id, v.title, v.abstract FROM papers p "
            "JOIN paper_versions v ON v.id = p.version_id "
            f"WHERE p.id IN ({_listed(conn)})"
        )
        for row in conn.execute(query, {"listed": _list(conn, ids[start : start + _CHUNK])}):
            yield row.id, row.title or "", row.abstract or ""


def _listed(conn: sa.Connection) -> str:
    """A SELECT of the ids bound as ``:listed``."""
    if conn.dialect.name == "sqlite":
        return "SELECT value AS id FROM json_each(:listed)"
    return "SELECT unnest(CAST(:listed AS integer[])) AS id"


def _list(conn: sa.Connection, ids: Sequence[int]) -> Any:
    return json.dumps(list(ids)) if conn.dialect.name == "sqlite" else list(ids)


def _find(
    conn: sa.Connection, phrases: Sequence[Tokens], near: Sequence[Near], since: datetime | None
) -> list[int]:
    if not phrases and not near:
        return []
    values: dict[str, Any] = {} if since is None else {"since": since}
    if conn.dialect.name == "sqlite":
        parts = [*map(_fts5_phrase, phrases), *map(_fts5_near, near)]
        values["match"] = "{title abstract} : (" + " OR ".join(parts) + ")"
        query = "SELECT rowid FROM papers_fts WHERE papers_fts MATCH :match"
        later = "SELECT id FROM papers WHERE published >= :since"
        # Papers are numbered as they come, so most of the full text can be passed over. The plus
        # makes SQLite ask the index of dates, instead of reading papers until one is late enough.
        first = "SELECT min(+id) FROM papers WHERE published >= :since"
        inside = f" AND rowid >= ({first}) AND +rowid IN ({later})"
    else:
        parts = [*map(_tsquery_phrase, phrases), *map(_tsquery_near, near)]
        values["match"] = " | ".join(f"({part})" for part in parts)
        query = "SELECT paper_id FROM papers_fulltext WHERE lexemes @@ CAST(:match AS tsquery)"
        inside = " AND paper_id IN (SELECT id FROM papers WHERE published >= :since)"
    statement = sa.text(query + (inside if since else "") + " ORDER BY 1")
    if since is not None:
        statement = statement.bindparams(sa.bindparam("since", type_=papers.c.published.type))
    return list(conn.scalars(statement, values))


def _fts5_phrase(tokens: Tokens) -> str:
    return (
        '"' + " ".join(tokens).removesuffix("*") + '"' + ("*" if tokens[-1].endswith("*") else "")
    )


def _fts5_near(near: Near) -> str:
    tokens, between, beside = near
    words = " ".join(_fts5_phrase((token,)) for token in dict.fromkeys(tokens))
    inside = f"NEAR({words}, {between})"
    return f"({inside} AND ({' OR '.join(map(_fts5_phrase, beside))}))" if beside else inside


def _tsquery_phrase(tokens: Tokens) -> str:
    return " <-> ".join(map(_lexeme, tokens))


def _tsquery_near(near: Near) -> str:
    tokens, _, beside = near
    together = " & ".join(map(_lexeme, tokens))
    if not beside:
        return together
    return f"{together} & ({' | '.join(f'({_tsquery_phrase(one)})' for one in beside)})"


def _lexeme(token: str) -> str:
    """In the title or the abstract, see fulltext.py."""
    word = token.removesuffix("*").replace("\\", "\\\\").replace("'", "''")
    return f"'{word}':AB" + ("*" if token.endswith("*") else "")


# Papers by other things that they have in common


def load_members_of_category(conn: sa.Connection, category: str) -> list[int]:
    """The papers of a category, or of a whole archive ("cs.*")."""
    c = paper_categories.c
    is_in = (
        c.category.startswith(category[:-1], autoescape=True)
        if category.endswith("*")
        else c.category == category
    )
    return sorted(set(conn.scalars(sa.select(c.paper_id).where(is_in))))


def load_members_of_topic(conn: sa.Connection, topic: int) -> list[int]:
    """The papers that are assigned to a topic."""
    c = paper_topics.c
    return list(conn.scalars(sa.select(c.paper_id).where(c.topic_id == topic).order_by(c.paper_id)))


# By month


def count_months(conn: sa.Connection, ids: Sequence[int]) -> list[MonthCount]:
    """These papers by the month of version 1; withdrawn ones are left out."""
    if not ids:
        return []
    month = (
        "substr(p.published, 1, 7)"
        if conn.dialect.name == "sqlite"
        else "to_char(p.published AT TIME ZONE 'UTC', 'YYYY-MM')"
    )
    query = sa.text(
        f"SELECT {month} AS month, p.published_kind AS kind, p.published_precision AS precision, "
        f"count(*) AS papers FROM ({_listed(conn)}) l JOIN papers p ON p.id = l.id "
        "WHERE NOT p.withdrawn GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    )
    return [
        MonthCount(_month(row.month), DateKind(row.kind), Precision(row.precision), row.papers)
        for row in conn.execute(query, {"listed": _list(conn, ids)})
    ]


def _month(text: str) -> datetime:
    return datetime(int(text[:4]), int(text[5:7]), 1, tzinfo=UTC)


def count_between(conn: sa.Connection, ids: Sequence[int], start: datetime, end: datetime) -> int:
    """How many of these papers have their date from ``start`` to before ``end``."""
    query = sa.text(f"SELECT count(*) {_WITHIN_SPAN.format(listed=_listed(conn))}")
    found = conn.scalar(_timed(query), {"listed": _list(conn, ids), "start": start, "end": end})
    return int(found or 0)


def count_all(conn: sa.Connection, edges: Sequence[datetime]) -> list[int]:
    """All papers from each moment to before the next one, withdrawn ones left out."""
    spans = list(pairwise(edges))
    # The index alone answers; to see who is withdrawn would need every row.
    gone = list(conn.scalars(sa.select(papers.c.published).where(papers.c.withdrawn)))
    less = [sum(start <= one < end for one in gone) for start, end in spans]
    return [every - few for every, few in zip(_count_spans(conn, spans), less, strict=True)]


def _count_spans(conn: sa.Connection, spans: Sequence[tuple[datetime, datetime]]) -> list[int]:
    if conn.dialect.name == "sqlite":
        query = (
            "SELECT (SELECT count(*) FROM papers p WHERE p.published >= json_extract(s.value, "
            "'$[0]') AND p.published < json_extract(s.value, '$[1]')) FROM json_each(?) s "
            "ORDER BY s.key"
        )
        texts = json.dumps([[sqlite_time(start), sqlite_time(end)] for start, end in spans])
        return [row[0] for row in conn.exec_driver_sql(query, (texts,))]
    c = papers.c
    within = sa.and_(c.published >= sa.bindparam("start"), c.published < sa.bindparam("end"))
    counting = sa.select(sa.func.count()).select_from(papers).where(within)
    return [conn.scalar(counting, {"start": a, "end": b}) or 0 for a, b in spans]


def load_newest(conn: sa.Connection) -> datetime | None:
    """The latest date of any paper."""
    found: datetime | None = conn.scalar(sa.select(sa.func.max(papers.c.published)))
    return found


def load_between(
    conn: sa.Connection, ids: Sequence[int], start: datetime, end: datetime
) -> list[int]:
    """Those of these papers in a span, oldest first; withdrawn ones are left out."""
    query = sa.text(
        f"SELECT p.id {_WITHIN_SPAN.format(listed=_listed(conn))} ORDER BY p.published, p.arxiv_id"
    )
    return list(
        conn.scalars(_timed(query), {"listed": _list(conn, ids), "start": start, "end": end})
    )


def count_withdrawn(conn: sa.Connection, ids: Sequence[int], start: datetime, end: datetime) -> int:
    """How many of these papers are withdrawn and would else count in a span."""
    query = sa.text(
        f"SELECT count(*) FROM ({_listed(conn)}) l JOIN papers p ON p.id = l.id "
        "WHERE p.withdrawn AND p.published >= :start AND p.published < :end"
    )
    return conn.scalar(_timed(query), {"listed": _list(conn, ids), "start": start, "end": end}) or 0


def load_first(conn: sa.Connection, ids: Sequence[int]) -> datetime | None:
    """The date of the earliest of these papers."""
    query = sa.text(
        f"SELECT min(p.published) AS first FROM ({_listed(conn)}) l JOIN papers p ON p.id = l.id "
        "WHERE NOT p.withdrawn"
    )
    found: datetime | None = conn.scalar(
        query.columns(first=papers.c.published.type), {"listed": _list(conn, ids)}
    )
    return found


_WITHIN_SPAN = (
    "FROM ({listed}) l JOIN papers p ON p.id = l.id "
    "WHERE NOT p.withdrawn AND p.published >= :start AND p.published < :end"
)


def _timed(query: sa.TextClause) -> sa.TextClause:
    """The query with its span bound as times are stored."""
    time = papers.c.published.type
    return query.bindparams(*(sa.bindparam(name, type_=time) for name in ("start", "end")))


def load_arxiv_ids(
    conn: sa.Connection, ids: Sequence[int], start: datetime, end: datetime
) -> dict[str, datetime]:
    """Those of the papers in a span with their dates, oldest first; withdrawn ones left out."""
    query = sa.text(
        f"SELECT p.arxiv_id, p.published {_WITHIN_SPAN.format(listed=_listed(conn))} "
        "ORDER BY p.published, p.arxiv_id"
    )
    rows = conn.execute(
        _timed(query).columns(arxiv_id=sa.Text, published=papers.c.published.type),
        {"listed": _list(conn, ids), "start": start, "end": end},
    )
    return {row.arxiv_id: row.published for row in rows}


# What harvests left out


def load_targets(conn: sa.Connection) -> list[tuple[str, str]]:
    """Every source and target that was asked by day of submission."""
    c, run = source_coverage.c, source_runs.c
    query = sa.select(run.source, run.target).distinct().join(source_coverage, run.id == c.run_id)
    return list(
        conn.execute(query.where(c.basis == "submitted").order_by(run.source, run.target)).tuples()
    )


def load_months(
    conn: sa.Connection, ids: Sequence[int], until: datetime
) -> dict[datetime, list[str]]:
    """The sorted arXiv ids of these papers by month, of the months before a moment."""
    found: defaultdict[datetime, list[str]] = defaultdict(list)
    for arxiv_id, day in load_arxiv_ids(conn, ids, _EARLIEST, until).items():
        found[day.replace(day=1, hour=0, minute=0, second=0, microsecond=0)].append(arxiv_id)
    return {month: sorted(listed) for month, listed in sorted(found.items())}
