from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import pytest
import sqlalchemy as sa
from corpus import sixty_papers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import utc
from littrack.analysis.author_search import parse_author
from littrack.conditions import (
    And,
    Category,
    Condition,
    DateRange,
    Fact,
    Has,
    HasModel,
    IsWithdrawn,
    Not,
    Or,
    PaperId,
    Papers,
    TextField,
    Words,
)
from littrack.records import Facet, FacetKind, Filters, Paper
from littrack.store.conditions import load_by_author, load_languages
from littrack.store.engine import begin
from littrack.store.facets import count_facets, count_withdrawn, load_matching, load_newest
from littrack.store.fulltext import find_by_words
from littrack.store.papers import choose_papers
from littrack.store.saving import save_papers
from littrack.text import fold, language, tokens, words

NOW = utc("2026-01-02")
COMMENTS = (None, "12 pages", "Code: https://GitHub.com/a/b", "")
AUTHORS = (("Ada Graph", "王小明"), ("Ben Rivers", "Élodie van der Meer"), ("Wei Li", "Jo Meer"))


def library() -> list[Paper]:
    """Sixty texts with more to ask for."""
    return [
        replace(
            paper,
            authors=AUTHORS[number % 3],
            comment=COMMENTS[number % 4],
            doi=f"10.1/{number}" if number % 5 == 0 else None,
            journal_ref="J. 1" if number % 6 == 0 else None,
            version=1 + number % 2,
            categories=(*paper.categories, "stat.ML") if number % 4 == 0 else paper.categories,
            abstract=paper.abstract + (" See gitlab.com/x." if number % 11 == 0 else ""),
        )
        for number, paper in enumerate(sixty_papers(), 1)
    ]


LIBRARY = library()


@pytest.fixture
def conn(engine: sa.Engine) -> sa.Connection:
    with begin(engine) as writing:
        save_papers(writing, LIBRARY, NOW)
    with engine.connect() as reading:
        yield reading


# The slow and obvious answer


def texts(paper: Paper, field: TextField) -> list[str]:
    parts = {"ti": [paper.title], "abs": [paper.abstract]}
    return parts.get(field, [paper.title, paper.abstract, "; ".join(paper.authors)])


def holds(text: str, wanted: Words) -> bool:
    """By tokens side by side; Chinese as a piece of a run."""
    asked, found = tokens(wanted.text), tokens(text)
    if len(asked) > 1 and not asked[-1].isascii() and len(asked[-1]) == 1:
        asked = asked[:-1]
    options = [(asked, len(asked[-1]) == 1 and not asked[-1].isascii())]
    if wanted.prefix:
        options.append(([*asked[:-1], words(wanted.text)[-1]], True))
    for asked, starts in options:
        for place in range(len(found) - len(asked) + 1):
            there = found[place : place + len(asked)]
            if there == asked:
                return True
            if starts and there[:-1] == asked[:-1] and there[-1].startswith(asked[-1]):
                return True
    return False


def has(paper: Paper, fact: Fact) -> bool:
    links = ("github.com", "gitlab.com")
    return {
        Fact.DOI: bool(paper.doi),
        Fact.JOURNAL: bool(paper.journal_ref),
        Fact.COMMENT: bool(paper.comment),
        Fact.VERSIONS: (paper.version or 1) > 1,
        Fact.CODE: any(link in fold(f"{paper.abstract} {paper.comment}") for link in links),
        Fact.MODEL: False,
    }[fact]


def is_met(condition: Condition, number: int, paper: Paper) -> bool:
    match condition:
        case Not(part):
            return not is_met(part, number, paper)
        case And(parts):
            return all(is_met(part, number, paper) for part in parts)
        case Or(parts):
            return any(is_met(part, number, paper) for part in parts)
        case Words(_, field, _):
            return any(holds(text, condition) for text in texts(paper, field))
        case Category(name):
            return any(
                one == name or (name.endswith(".*") and one.startswith(name[:-1]))
                for one in paper.categories
            )
        case PaperId(arxiv_id):
            return paper.arxiv_id == arxiv_id
        case DateRange(start, end):
            when = paper.published.value
            return (start is None or start <= when) and (end is None or when < end)
        case Has(fact):
            return has(paper, fact)
        case IsWithdrawn():
            return paper.withdrawn
        case Papers(ids):
            return number in ids
    raise TypeError(condition)


def expected(condition: Condition) -> list[int]:
    return [number for number, paper in enumerate(LIBRARY, 1) if is_met(condition, number, paper)]


def found(conn: sa.Connection, condition: Condition) -> list[int]:
    return load_matching(conn, Filters(where=condition, withdrawn=True))


def test_a_condition_finds_what_the_obvious_way_finds(conn: sa.Connection) -> None:
    for condition in (
        Words("graph"),
        Words("graphs", TextField.TITLE),
        Words("chain of thought", TextField.ABSTRACT),
        Words("learn", prefix=True),
        Words("language mod", prefix=True),
        Words("思维链"),
        Words("思維鏈", TextField.TITLE),
        Words("图", TextField.TITLE),
        Words("rivers"),  # an author and a word
        Category("cs.*"),
        Category("stat.ML"),
        PaperId("2303.00007"),
        DateRange(utc("2023-03-10"), utc("2023-04-02")),
        IsWithdrawn(),
        Papers((3, 5, 999)),
        Papers(()),
        *(Has(fact) for fact in Fact if fact is not Fact.NOTE),
    ):
        assert found(conn, condition) == expected(condition), condition
        assert found(conn, Not(condition)) == expected(Not(condition)), condition


def test_the_known_answers_of_some_conditions(conn: sa.Connection) -> None:
    def numbers(condition: Condition) -> list[int]:
        return found(conn, condition)

    assert numbers(Words("chain of thought", TextField.TITLE)) == [4]
    assert numbers(Words("思维链")) == [6, 7]
    assert numbers(Has(Fact.MODEL)) == []
    assert numbers(Has(Fact.CODE))[:4] == [2, 6, 10, 11]


WORDS = st.builds(
    Words,
    st.sampled_from(["graph", "models", "learned", "思维链", "模型", "图", "small models", "meer"]),
    st.sampled_from(TextField),
    st.booleans(),
)
DAYS = st.datetimes(datetime(2023, 2, 27), datetime(2023, 5, 3)).map(
    lambda day: utc(day.date().isoformat())
)
LEAVES: st.SearchStrategy[Condition] = st.one_of(
    WORDS,
    st.builds(Category, st.sampled_from(["cs.CL", "cs.*", "math.ST", "stat.ML", "hep-th"])),
    st.builds(DateRange, st.none() | DAYS, st.none() | DAYS),
    st.builds(Has, st.sampled_from([Fact.DOI, Fact.JOURNAL, Fact.COMMENT, Fact.CODE])),
    st.just(IsWithdrawn()),
    st.sets(st.integers(1, 64)).map(lambda ids: Papers(tuple(sorted(ids)))),
)


def _larger(parts: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    several = st.lists(parts, min_size=2, max_size=3).map(tuple)
    return st.one_of(parts.map(Not), several.map(And), several.map(Or))


@given(wanted=st.recursive(LEAVES, _larger, max_leaves=6))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_condition_finds_what_the_obvious_way_finds(
    conn: sa.Connection, wanted: Condition
) -> None:
    assert found(conn, wanted) == expected(wanted)
    hidden = [number for number in expected(wanted) if not LIBRARY[number - 1].withdrawn]
    assert load_matching(conn, Filters(where=wanted)) == hidden
    choice = choose_papers(Filters(where=wanted))
    by_words = {i for i, _ in find_by_words(conn, {("model",): 1.0}, limit=99, choice=choice)}
    assert by_words == set(hidden).intersection(expected(Words("model")))


def test_many_papers_can_be_listed(conn: sa.Connection) -> None:
    assert found(conn, Papers(tuple(range(1, 200_000)))) == list(range(1, 61))


def test_what_was_not_looked_up_is_a_mistake_of_ours() -> None:
    with pytest.raises(TypeError, match="was not looked up"):
        choose_papers(Filters(where=HasModel("PaLM")))


def test_papers_are_found_by_an_author(conn: sa.Connection) -> None:
    for name, prefix, index in (
        ("Graph", False, 0),
        ("graph, a.", False, 0),
        ("王", False, 0),
        ("rivers", False, 1),
        ("elodie van der meer", False, 1),
        ("meer, elodie", False, 1),
        ("li", False, 2),
        ("jo mee", True, 2),
    ):
        wanted = parse_author(name, prefix=prefix)
        ids = load_by_author(conn, wanted.families, wanted.is_named, prefix=prefix)
        named = [n for n, paper in enumerate(LIBRARY, 1) if paper.authors == AUTHORS[index]]
        assert ids == named, name


def test_given_names_alone_are_nobody(conn: sa.Connection) -> None:
    wanted = parse_author("wei")
    assert load_by_author(conn, wanted.families, wanted.is_named, prefix=False) == []


def test_languages_are_those_of_the_texts(conn: sa.Connection) -> None:
    every = {n: language(f"{p.title} {p.abstract}") for n, p in enumerate(LIBRARY, 1)}
    assert load_languages(conn) == {n: name for n, name in every.items() if name != "en"}
    assert "zh" in every.values()


# Facets


def of_kind(facets: Sequence[Facet], kind: FacetKind) -> dict[str, int]:
    return {one.value: one.papers for one in facets if one.kind is kind}


def test_facets_count_every_paper_given(conn: sa.Connection) -> None:
    ids = load_matching(conn, Filters(where=Words("model")))
    facets = count_facets(conn, ids, limit=2)
    chosen = [LIBRARY[number - 1] for number in ids]
    assert of_kind(facets, FacetKind.YEAR) == {"2023": len(chosen)}
    by_category = of_kind(facets, FacetKind.CATEGORY)
    assert len(by_category) == 2
    for name, number in by_category.items():
        assert number == sum(paper.categories[0] == name for paper in chosen)
    assert not of_kind(facets, FacetKind.TOPIC)
    assert count_withdrawn(conn, list(range(1, 61))) == 8


def test_the_newest_come_first(conn: sa.Connection) -> None:
    assert load_newest(conn, Filters(where=Category("cs.CL")), 3) == [60, 57, 54]
    assert load_newest(conn, Filters(), 2) == [60, 59]
