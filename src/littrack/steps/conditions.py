"""Read a query and look up what it demands: authors, models, topics and languages become papers.

`understand` is the one entrance: it takes the text that a person typed and gives what to rank by
and the filters with all that the query demands, as the store can ask it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from littrack.analysis.arxiv_query import to_arxiv
from littrack.analysis.author_search import parse_author
from littrack.analysis.query_language import parse_search
from littrack.analysis.snippets import first_sentence
from littrack.conditions import (
    And,
    Author,
    Condition,
    Fact,
    Has,
    HasModel,
    InLanguage,
    InNote,
    InTopic,
    IsWithdrawn,
    Not,
    Or,
    Papers,
    Topics,
    join_all,
    leaves,
)
from littrack.errors import InputError, NotFound
from littrack.records import Explanation, Filters, Hit
from littrack.steps.opening import OpenLibrary
from littrack.store import conditions as stored
from littrack.store import facets, papers
from littrack.store.topics import load_topic, load_topics
from littrack.text import fold, query_tokens

if TYPE_CHECKING:
    import sqlalchemy as sa

    from littrack.text import Language

_NO_NOTES = "this library holds no notes yet: note: and has:note find nothing to ask"


def understand(library: OpenLibrary, text: str, filters: Filters) -> tuple[str, Filters]:
    """What a query ranks by ("" = nothing), and the filters with what it demands.

    Raises:
        InputError: the query cannot be read (names the column), or asks for notes.
        NotFound: there is no such model or topic.
    """
    query = parse_search(text)
    demanded = join_all([one for one in (filters.where, query.condition) if one is not None])
    return query.free, look_up(library, replace(filters, where=demanded))


def look_up(library: OpenLibrary, filters: Filters) -> Filters:
    """The filters with all that must be looked up replaced by what was found.

    ``is:withdrawn`` anywhere makes withdrawn papers findable: the condition then decides.
    """
    if filters.where is None:
        return filters
    asked = any(isinstance(leaf, IsWithdrawn) for leaf, _ in leaves(filters.where))
    with library.engine.connect() as conn:
        where = _LookUp(library, conn).replace(filters.where)
    return replace(filters, where=where, withdrawn=filters.withdrawn or asked)


def ranked_by(text: str) -> str:
    """What a query ranks by, without the marks of the query language."""
    return parse_search(text).free


def translate_query(text: str) -> str:
    """The query as arXiv's API reads it.

    Raises:
        InputError: it cannot be read, or arXiv cannot express it.
    """
    return to_arxiv(parse_search(text))


def list_newest(
    library: OpenLibrary, filters: Filters, *, limit: int = 10, explain: bool = False
) -> list[Hit]:
    """The newest papers that the filters let through: the answer to a query that ranks nothing."""
    with library.engine.connect() as conn:
        ids = facets.load_newest(conn, filters, limit)
        found = papers.load_papers_by_id(conn, ids, as_of=filters.as_of)
    why = Explanation({}, {"order": "newest first"}) if explain else None
    return [
        Hit(rank, paper, 0.0, ("filter",), first_sentence(paper.abstract), why)
        for rank, paper in enumerate(found, 1)
    ]


class _LookUp:
    """Replaces conditions by papers; what several of them need is loaded once."""

    def __init__(self, library: OpenLibrary, conn: sa.Connection) -> None:
        self.library, self.conn = library, conn

    def replace(self, condition: Condition) -> Condition:
        match condition:
            case Not(part):
                return Not(self.replace(part))
            case And(parts):
                return And(tuple(map(self.replace, parts)))
            case Or(parts):
                return Or(tuple(map(self.replace, parts)))
            case Author(name, prefix):
                return self.author(name, prefix=prefix)
            case HasModel(name):
                return self.model(name)
            case InTopic(name):
                return self.topic(name)
            case InLanguage(language):
                return self.language(language)
            case InNote() | Has(Fact.NOTE):
                raise InputError(_NO_NOTES)
        return condition

    def author(self, name: str, *, prefix: bool) -> Condition:
        wanted = parse_author(name, prefix=prefix)
        found = stored.load_by_author(self.conn, wanted.families, wanted.is_named, prefix=prefix)
        return Papers(tuple(found))

    def model(self, name: str) -> Condition:
        from littrack.steps.trends import TrendRequest, find_asked

        (asked,) = find_asked(self.library, TrendRequest(models=(name,)))
        named = {*asked.load(self.conn, None), *stored.load_presenting(self.conn, asked.name)}
        return Papers(tuple(sorted(named)))

    def topic(self, name: str) -> Condition:
        if name.isascii() and name.isdigit():
            return Topics(self._numbers_under(int(name)))
        wanted, living = set(query_tokens(name)), load_topics(self.conn)
        labels = {topic.number: (topic.label, topic.label_zh) for topic in living}
        found = [
            number
            for number, names in labels.items()
            if any(fold(name) == fold(label) for label in names)
        ] or [
            number
            for number, names in labels.items()
            if wanted and any(wanted <= set(query_tokens(label)) for label in names)
        ]
        if not found:
            raise NotFound(f"no topic is called {name!r}; littrack topics list shows them")
        numbers = {n for number in found for n in self._numbers_under(number)}
        return Topics(tuple(sorted(numbers)))

    def _numbers_under(self, number: int) -> tuple[int, ...]:
        """A topic, or what it was merged into, and those that it is broader than."""
        topic = load_topic(self.conn, number)
        while topic.merged_into is not None:
            topic = load_topic(self.conn, topic.merged_into)
        below = [one.number for one in load_topics(self.conn) if one.parent == topic.number]
        return (topic.number, *below)

    def language(self, language: str) -> Condition:
        if language == "en":
            return Not(Papers(tuple(self.languages)))
        return Papers(tuple(i for i, found in self.languages.items() if found == language))

    @cached_property
    def languages(self) -> dict[int, Language]:
        return stored.load_languages(self.conn)
