"""What a query demands, as SQL: a condition becomes one over rows of `papers`.

Words go to the full text, with the tokens that it was made with; all else to the tables. What a
library knows of a paper is that of today, also where a search is of an earlier moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles

from littrack.claims import Outcome
from littrack.conditions import (
    And,
    Category,
    Condition,
    DateRange,
    Fact,
    Has,
    IsWithdrawn,
    Not,
    Or,
    PaperId,
    Papers,
    TextField,
    Topics,
    Words,
)
from littrack.store.fulltext import Phrase
from littrack.store.tables import (
    claims,
    extractions,
    paper_authors,
    paper_categories,
    paper_topics,
    paper_versions,
    papers,
)
from littrack.text import Language, language, tokens, words

_COLUMNS = {TextField.TITLE: "title", TextField.ABSTRACT: "abstract", TextField.ANY: ""}
_LABELS = {"title": "A", "abstract": "B", "authors": "C", "": ""}  # see fulltext.py
_CODE_HOSTS = ("github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "huggingface.co")
_HAN = "[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]"


def is_met(condition: Condition) -> sa.ColumnElement[bool]:
    """Whether a row of `papers` meets a condition; what must be looked up first was looked up."""
    match condition:
        case And(parts):
            return sa.and_(*map(is_met, parts))
        case Or(parts):
            return sa.or_(*map(is_met, parts))
        case Not(part):
            return sa.not_(is_met(part))
        case Words(text, field, prefix):
            return _Matches(_COLUMNS[field], find_phrases(text, prefix=prefix))
        case Category(name):
            return papers.c.id.in_(in_categories([name]))
        case PaperId(arxiv_id):
            return papers.c.arxiv_id == arxiv_id
        case DateRange(start, end):
            after = papers.c.published >= start if start else sa.true()
            return sa.and_(after, papers.c.published < end if end else sa.true())
        case Has(fact):
            return _has(fact)
        case IsWithdrawn():
            return papers.c.withdrawn.expression
        case Papers(ids):
            return _IsListed(ids)
        case Topics(numbers):
            within = paper_topics.c.topic_id.in_(numbers)
            return papers.c.id.in_(sa.select(paper_topics.c.paper_id).where(within))
    raise TypeError(f"{condition} was not looked up; see littrack.steps.conditions")


def in_categories(categories: Iterable[str]) -> sa.Select[Any]:
    """The papers of any of these categories; "cs.*" is a whole archive."""
    category = paper_categories.c.category
    conditions = [
        category.startswith(name[:-1], autoescape=True) if name.endswith("*") else category == name
        for name in categories
    ]
    return sa.select(paper_categories.c.paper_id).where(sa.or_(*conditions))


def _has(fact: Fact) -> sa.ColumnElement[bool]:
    if fact is Fact.DOI:
        return sa.func.coalesce(papers.c.doi, "") != ""
    if fact is Fact.JOURNAL:
        return sa.func.coalesce(papers.c.journal_ref, "") != ""
    if fact is Fact.VERSIONS:
        return sa.func.coalesce(papers.c.version, 1) > 1
    if fact is Fact.MODEL:
        presenting = sa.select(claims.c.paper).where(is_presented(), claims.c.paper.is_not(None))
        return papers.c.arxiv_id.in_(presenting)
    comment = sa.func.lower(sa.func.coalesce(paper_versions.c.comment, ""))
    current = sa.select(paper_versions.c.id)
    if fact is Fact.COMMENT:
        return papers.c.version_id.in_(current.where(comment != ""))
    if fact is Fact.CODE:
        linked = [comment.contains(host, autoescape=True) for host in _CODE_HOSTS]
        in_abstract = _Matches("abstract", [(tuple(tokens(host)), False) for host in _CODE_HOSTS])
        return sa.or_(in_abstract, papers.c.version_id.in_(current.where(sa.or_(*linked))))
    raise TypeError(f"has:{fact} was not looked up")


def is_presented() -> sa.ColumnElement[bool]:
    """Whether a row of `claims` is in force and not merely up for review."""
    c = extractions.c
    accepted = sa.select(c.version_id).where(c.outcome == Outcome.ACCEPT.value)
    read = claims.c.version_id.is_(None) | claims.c.version_id.in_(accepted)
    return sa.and_(claims.c.retired_at.is_(None), read)


# Words


def find_phrases(text: str, *, prefix: bool = False) -> list[tuple[Phrase, bool]]:
    """Tokens side by side, any of which a text must hold, with whether the last is a beginning.

    A run of Chinese ends anywhere; a single character is the start of a pair. The beginning of a
    word is compared with stems, so its own stem will do as well.
    """
    found = tokens(text)
    last = found[-1] if found else ""
    if len(last) == 1 and not last.isascii():  # the end of a run of Chinese, see text.tokens
        return [(tuple(found[:-1]), False)] if _ends_run(found) else [(tuple(found), True)]
    if not prefix:
        return [(tuple(found), False)]
    return [((*found[:-1], words(text)[-1]), True), (tuple(found), False)]


def _ends_run(found: Sequence[str]) -> bool:
    """Whether the last character belongs to a pair before it."""
    return len(found) > 1 and len(found[-2]) == 2 and found[-2].endswith(found[-1])


class _Matches(sa.ColumnElement[bool]):
    """Whether the full text of a paper holds one of the phrases, in a column or ("") in any."""

    inherit_cache = False
    type = sa.Boolean()

    def __init__(
        self, column: str, phrases: Sequence[tuple[Phrase, bool]], paper_id: str = "papers.id"
    ) -> None:
        self.column, self.phrases, self.paper_id = column, phrases, paper_id


@compiles(_Matches, "sqlite")
def _sqlite_matches(element: _Matches, compiler: Any, **_: Any) -> str:
    phrases = (f'"{" ".join(one)}"{"*" if starts else ""}' for one, starts in element.phrases)
    query = (f"{element.column} : " if element.column else "") + f"({' OR '.join(phrases)})"
    literal = compiler.render_literal_value(query, sa.String())
    found = f"SELECT rowid FROM papers_fts WHERE papers_fts MATCH {literal}"
    return f"{element.paper_id} IN ({found})"


@compiles(_Matches, "postgresql")
def _postgresql_matches(element: _Matches, compiler: Any, **_: Any) -> str:
    label = _LABELS[element.column]
    options = []
    for phrase, starts in element.phrases:
        marks = [label] * (len(phrase) - 1) + [label + ("*" if starts else "")]
        lexemes = (
            f"'{word}'" + (f":{mark}" if mark else "")
            for word, mark in zip(phrase, marks, strict=True)
        )
        options.append(f"({' <-> '.join(lexemes)})")
    literal = compiler.render_literal_value(" | ".join(options), sa.String())
    return (
        f"{element.paper_id} IN (SELECT paper_id FROM papers_fulltext "
        f"WHERE lexemes @@ CAST({literal} AS tsquery))"
    )


class _IsListed(sa.ColumnElement[bool]):
    """Whether a paper's id is among these: they may be many more than a statement takes values."""

    inherit_cache = False
    type = sa.Boolean()

    def __init__(self, ids: Sequence[int]) -> None:
        self.ids = ids


@compiles(_IsListed)
def _is_listed(element: _IsListed, compiler: Any, **_: Any) -> str:
    listed = ",".join(map(str, element.ids))
    if compiler.dialect.name == "sqlite":
        return f"papers.id IN (SELECT value FROM json_each('[{listed}]'))"
    return f"papers.id = ANY(CAST('{{{listed}}}' AS integer[]))"


# What is looked up before a search


def load_by_author(
    conn: sa.Connection, families: Sequence[str], is_named: Callable[[str], bool], *, prefix: bool
) -> list[int]:
    """The papers with an author whose name will do; the full text says who may have one."""
    phrases = [phrase for family in families for phrase in find_phrases(family, prefix=prefix)]
    c = paper_authors.c
    near = [c.name.icontains(family, autoescape=True) for family in families]
    likely = sa.or_(*near, ~_is_ascii(conn, c.name), c.name.contains("\\", autoescape=True))
    listed = _Matches("authors", phrases, "paper_authors.paper_id")
    query = sa.select(c.paper_id, c.name).where(listed, likely).order_by(c.paper_id)
    rows = groupby(conn.execute(query), key=lambda row: row.paper_id)
    return [paper_id for paper_id, found in rows if any(is_named(row.name) for row in found)]


def _is_ascii(conn: sa.Connection, text: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Whether a text has as many characters as bytes."""
    if conn.dialect.name == "sqlite":
        return sa.func.length(text) == sa.func.length(sa.cast(text, sa.LargeBinary))
    return sa.func.length(text) == sa.func.octet_length(text)


def load_languages(conn: sa.Connection) -> dict[int, Language]:
    """The language of each paper that is not in English."""
    c = paper_versions.c
    text = c.title + " " + sa.func.coalesce(c.abstract, "")
    if conn.dialect.name == "sqlite":
        has_han = ~_is_ascii(conn, text) & text.op("GLOB")(f"*{_HAN}*")  # GLOB takes its time
        unusual = has_han | sa.not_(text.op("GLOB")("*[A-Za-z]*"))
    else:
        unusual = text.op("~")(_HAN) | sa.not_(text.op("~")("[A-Za-z]"))
    query = (
        sa.select(papers.c.id, c.title, c.abstract)
        .join(paper_versions, c.id == papers.c.version_id)
        .where(unusual)
        .order_by(papers.c.id)
    )
    found = ((row.id, language(f"{row.title} {row.abstract or ''}")) for row in conn.execute(query))
    return {paper_id: name for paper_id, name in found if name != "en"}


def load_presenting(conn: sa.Connection, model: str) -> list[int]:
    """The papers that present a model, by its name."""
    presenting = sa.select(claims.c.paper).where(is_presented(), claims.c.subject == model)
    return list(conn.scalars(sa.select(papers.c.id).where(papers.c.arxiv_id.in_(presenting))))
