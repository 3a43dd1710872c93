from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
import sqlalchemy as sa
from corpus import sixty_papers
from dumps import dump_full_text
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import a_paper, utc
from littrack.records import Filters, Paper
from littrack.store.engine import begin
from littrack.store.fulltext import (
    COLUMN_WEIGHTS,
    Phrase,
    count_tokens,
    find_by_words,
    find_in_titles,
    rebuild_fulltext,
    refresh_fulltext,
)
from littrack.store.papers import choose_papers, load_papers_by_id
from littrack.store.saving import save_papers
from littrack.store.state import load_state, save_state
from littrack.text import TOKENS_REVISION, query_tokens, tokens

NOW = utc("2026-01-02")
SIXTY = sixty_papers()
Answer = list[tuple[int, float]]


def save(engine: sa.Engine, papers: Sequence[Paper]) -> None:
    with begin(engine) as conn:
        save_papers(conn, papers, NOW)


def find(
    engine: sa.Engine,
    phrases: Mapping[Phrase, float],
    filters: Filters | None = None,
    limit: int = 100,
) -> Answer:
    choice = None if filters is None else choose_papers(filters)
    with engine.connect() as conn:
        return find_by_words(conn, phrases, limit=limit, choice=choice)


def found_by(engine: sa.Engine, query: str) -> set[int]:
    """The ids of the papers for the words of a query."""
    return {paper_id for paper_id, _ in find(engine, {(t,): 1.0 for t in query_tokens(query)})}


@pytest.fixture
def sixty(engine: sa.Engine) -> sa.Engine:
    save(engine, SIXTY)
    return engine


# The slow and obvious answer


def columns(paper: Paper) -> dict[str, list[str]]:
    return {
        "title": tokens(paper.title),
        "abstract": tokens(paper.abstract),
        "authors": tokens("; ".join(paper.authors)),
    }


def occurrences(phrase: Phrase, text: Sequence[str]) -> int:
    """How often the phrase stands in the text; one Chinese character is the start of a pair."""
    if len(phrase) == 1 and len(phrase[0]) == 1 and not phrase[0].isascii():
        return sum(token.startswith(phrase[0]) for token in text)
    size = len(phrase)
    return sum(tuple(text[i : i + size]) == phrase for i in range(len(text)))


def slow_bm25(papers: Sequence[Paper], phrases: Mapping[Phrase, float]) -> dict[int, float]:
    """Okapi BM25 of every paper with one of the phrases, as the text books write it."""
    texts = {number: columns(paper) for number, paper in enumerate(papers, 1)}
    lengths = {number: sum(map(len, text.values())) for number, text in texts.items()}
    mean = sum(lengths.values()) / len(lengths)
    scores: dict[int, float] = {}
    for phrase, weight in phrases.items():
        frequency = {
            number: sum(COLUMN_WEIGHTS[c] * occurrences(phrase, t) for c, t in text.items())
            for number, text in texts.items()
        }
        holding = [number for number, f in frequency.items() if f]
        idf = math.log((len(papers) - len(holding) + 0.5) / (len(holding) + 0.5))
        for number in holding:
            f, norm = frequency[number], 1.2 * (0.25 + 0.75 * lengths[number] / mean)
            part = weight * max(idf, 1e-6) * f * 2.2 / (f + norm)
            scores[number] = scores.get(number, 0.0) + part
    return scores


def assert_same(found: Answer, expected: Mapping[int, float]) -> None:
    """The same papers and scores; best first, and by id where scores are equal."""
    assert dict(found) == pytest.approx(expected, rel=1e-6)
    assert found == sorted(found, key=lambda item: (-item[1], item[0]))


QUERIES: list[dict[Phrase, float]] = [
    {("graph",): 1.0},
    {("languag", "model"): 2.0, ("languag",): 1.0, ("model",): 1.0},
    {("chain", "of", "thought"): 2.0, ("chain",): 1.0, ("thought",): 1.0},
    {("graph", "of", "graph"): 1.0},
    {("推理",): 1.0},
    {("图",): 1.0},
    {("图",): 1.0, ("graph",): 0.7, ("地图",): 1.0},
    {("检索", "索增", "增强"): 1.4, ("检索",): 1.0, ("retriev",): 0.7},
    {("思维", "维链"): 2.0, ("链式", "式思", "思维"): 1.4},
    {("ada",): 1.0, ("王小", "小明"): 1.0},
    {("the",): 1.0, ("of",): 1.0, ("a",): 0.5},
    {("rag",): 1.0, ("nowher",): 3.0},
    {("nowher",): 1.0},
    {("无处",): 1.0, ("无",): 1.0},
]


@pytest.mark.parametrize("phrases", QUERIES)
def test_scores_are_those_of_the_formula(sixty: sa.Engine, phrases: dict[Phrase, float]) -> None:
    assert_same(find(sixty, phrases), slow_bm25(SIXTY, phrases))


@pytest.mark.parametrize(
    "filters",
    [
        Filters(),
        Filters(withdrawn=True),
        Filters(categories=("cs.*",)),
        Filters(categories=("math.ST", "cs.IR"), withdrawn=True),
        Filters(since=utc("2023-03-10"), until=utc("2023-04-03")),
        Filters(since=utc("2030-01-01")),
    ],
)
def test_a_filter_takes_papers_out_and_leaves_scores_as_they_are(
    sixty: sa.Engine, filters: Filters
) -> None:
    phrases: dict[Phrase, float] = {
        ("model",): 1.0,
        ("模型",): 1.0,
        ("图",): 0.5,
        ("a", "graph"): 1,
    }

    def passes(paper: Paper) -> bool:
        wanted = [name.removesuffix("*") for name in filters.categories]
        return (
            (filters.withdrawn or not paper.withdrawn)
            and (filters.since is None or paper.published.value >= filters.since)
            and (filters.until is None or paper.published.value.date() <= filters.until.date())
            and (not wanted or any(paper.categories[0].startswith(name) for name in wanted))
        )

    every = slow_bm25(SIXTY, phrases)
    expected = {number: score for number, score in every.items() if passes(SIXTY[number - 1])}
    assert_same(find(sixty, phrases, filters), expected)


def test_a_score_worked_out_by_hand(engine: sa.Engine) -> None:
    said = [("river graph", "one two"), ("stone", "one two three four"), ("cloud", "one two three")]
    save(
        engine,
        [
            a_paper(arxiv_id=f"2303.0000{i}", title=t, abstract=a, authors=())
            for i, (t, a) in enumerate(said)
        ],
    )
    # In 1 of 3 papers: idf = ln(2.5 / 1.5). Lengths 4, 5, 4: the mean is 13/3, and the norm
    # 1.2 * (0.25 + 0.75 * 4 / (13/3)) = 1.2 * (0.25 + 9/13). Once in the title: f is its weight.
    f = COLUMN_WEIGHTS["title"]
    expected = math.log(2.5 / 1.5) * f * 2.2 / (f + 1.2 * (0.25 + 9 / 13))
    assert find(engine, {("graph",): 1.0}) == [(1, pytest.approx(expected))]
    assert find(engine, {("graph",): 0.5}) == [(1, pytest.approx(expected / 2))]
    # In 3 of 3: the idf would be negative and is 1e-6 instead.
    assert max(score for _, score in find(engine, {("two",): 1.0})) < 2.2e-6


def test_the_limit_keeps_the_best_and_equal_scores_stand_by_id(engine: sa.Engine) -> None:
    save(engine, [a_paper(arxiv_id=f"2303.{i:05d}") for i in range(5)])
    save(engine, [a_paper(arxiv_id="2303.00009", title="Meaning, meaning, meaning")])
    found = find(engine, {("mean",): 1.0}, limit=4)
    assert [paper_id for paper_id, _ in found] == [6, 1, 2, 3]
    assert len({score for _, score in found[1:]}) == 1


def test_nothing_asked_finds_nothing(sixty: sa.Engine) -> None:
    assert find(sixty, {}) == []
    assert find(sixty, {("graph",): 1.0}, limit=0) == []


def test_an_empty_library_finds_nothing(engine: sa.Engine) -> None:
    assert find(engine, {("graph",): 1.0, ("图",): 1.0}) == []
    assert find(engine, {("graph",): 1.0}, Filters(categories=("cs.CL",))) == []


# The two databases


@pytest.fixture
def both(
    make_sqlite: Callable[[], sa.Engine], make_postgresql: Callable[[str], sa.Engine]
) -> tuple[sa.Engine, sa.Engine]:
    engines = make_sqlite(), make_postgresql("template_littrack")
    for engine in engines:
        save(engine, SIXTY)
    return engines


VOCABULARY = sorted({t for paper in SIXTY for text in columns(paper).values() for t in text})


def phrases_of_the_corpus() -> st.SearchStrategy[dict[Phrase, float]]:
    texts = [text for paper in SIXTY for text in columns(paper).values()]
    starts = st.tuples(st.sampled_from(texts), st.integers(0, 40), st.integers(1, 4))
    runs = starts.map(lambda s: tuple(s[0][s[1] % len(s[0]) :][: s[2]]))
    words = st.sampled_from(VOCABULARY).map(lambda word: (word,))
    weights = st.sampled_from([0.7, 1.0, 1.4, 2.0])
    return st.dictionaries(runs | words, weights, min_size=1, max_size=6)


@pytest.mark.postgres
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(phrases=phrases_of_the_corpus(), withdrawn=st.booleans())
def test_both_databases_give_the_same_papers_in_the_same_order(
    both: tuple[sa.Engine, sa.Engine], phrases: dict[Phrase, float], withdrawn: bool
) -> None:
    sqlite, postgresql = (find(engine, phrases, Filters(withdrawn=withdrawn)) for engine in both)
    assert dict(sqlite) == pytest.approx(dict(postgresql), rel=1e-6)
    # scores that only rounding tells apart may stand either way round
    ranks = [
        [(round(-score, 9), paper_id) for paper_id, score in found]
        for found in (sqlite, postgresql)
    ]
    assert sorted(ranks[0]) == sorted(ranks[1])
    assert [r for r, _ in ranks[0]] == [r for r, _ in ranks[1]]


# Languages


def test_a_chinese_word_of_two_characters_is_found_inside_sentences(engine: sa.Engine) -> None:
    said = ["本文研究语言模型的推理能力", "推，理", "推广理论", "语言 模型"]
    save(engine, [a_paper(arxiv_id=f"2303.0000{i}", title=t) for i, t in enumerate(said)])
    assert found_by(engine, "推理") == {1}
    assert found_by(engine, "模型") == {1, 4}


def test_one_chinese_character_is_found_wherever_it_stands(engine: sa.Engine) -> None:
    said = ["图论", "地图", "地图集", "理论", "graph图"]
    save(engine, [a_paper(arxiv_id=f"2303.0000{i}", title=t) for i, t in enumerate(said)])
    assert found_by(engine, "图") == {1, 2, 3, 5}


@pytest.mark.parametrize("query", ["思维链", "思維鏈", "思維链"])
def test_traditional_and_simplified_find_each_other(sixty: sa.Engine, query: str) -> None:
    titles = {SIXTY[number - 1].title for number in found_by(sixty, query)}
    assert titles >= {"思维链提示方法", "思維鏈與推理", "链式思维的评测"}


@pytest.mark.parametrize("query", ["Networks", "ＮＥＴＷＯＲＫ", "networking", "Nétwörk"])
def test_forms_of_an_english_word_are_one(engine: sa.Engine, query: str) -> None:
    save(engine, [a_paper(title="A network"), a_paper(arxiv_id="2303.00002", title="A net")])
    assert found_by(engine, query) == {1}


@pytest.mark.parametrize(
    "name", ["Erdos", "Erdős", "Erd\\H{o}s", "Ibrahim", "İbrahim", "Zoe", "Zoë", 'Zo\\"e']
)
def test_authors_are_found_with_and_without_accents(engine: sa.Engine, name: str) -> None:
    named = ("Pál Erd\\H{o}s", "İbrahim Şahin", 'Zo\\"e Li')
    save(engine, [a_paper(authors=named), a_paper(arxiv_id="2303.00002")])
    assert found_by(engine, name) == {1}


def test_a_phrase_does_not_run_from_the_title_into_the_abstract(engine: sa.Engine) -> None:
    save(engine, [a_paper(title="a red", abstract="green blue", authors=("Yellow",))])
    assert find(engine, {("red", "green"): 1.0}) == []
    assert find(engine, {("blue", "yellow"): 1.0}) == []
    assert [i for i, _ in find(engine, {("green", "blue"): 1.0})] == [1]


STRANGE = [
    'it\'s 100% "quoted" & <b>: a|b !(c) \\d *',
    "コンピュータ・ビジョン",
    "ロボット゠研究",
    "naïve ﬁne café ½ ² ⅷ",
    "한국어 모델",
    "Привет, λόγος",
    "模型😀模型",
    "x" * 700,
    "𠮷野家 㐀",
    "a_b C++ C# .NET 3.5",
]


@pytest.mark.parametrize("text", STRANGE)
def test_every_token_of_a_strange_text_finds_it_and_scores_as_it_should(
    engine: sa.Engine, text: str
) -> None:
    papers = [a_paper(title=text), a_paper(arxiv_id="2303.00002"), a_paper(arxiv_id="2303.00003")]
    save(engine, papers)
    phrases = {(token,): 1.0 for token in tokens(text)}
    assert phrases
    for phrase in phrases:
        assert 1 in dict(find(engine, {phrase: 1.0}))
    assert_same(find(engine, phrases), slow_bm25(papers, phrases))


def test_words_far_into_a_long_text_are_found(engine: sa.Engine) -> None:
    long = "word " * 20_000 + "needle at the end"
    save(engine, [a_paper(abstract=long), a_paper(arxiv_id="2303.00002")])
    assert found_by(engine, "needle") == {1}


# Titles and counts


def test_titles_with_a_phrase_are_found_in_order_of_id(sixty: sa.Engine) -> None:
    def titles(*phrases: Phrase) -> set[str]:
        with sixty.connect() as conn:
            ids = find_in_titles(conn, phrases)
        assert ids == sorted(ids)
        return {SIXTY[number - 1].title for number in ids}

    assert titles(("languag", "model")) == {
        "Large language models read maps",
        "Language models that forget",
    }
    assert titles(("graph", "of"), ("word", "without")) == {
        "Graphs of words",
        "Words without graphs",
    }
    assert titles(("passag",)) == set()  # stands in abstracts only
    assert titles(("river",)) == {"Time series of rivers"}  # and not the author's name
    assert titles(("知识", "识图")) == {"知识图谱补全"}


def test_titles_with_one_chinese_character_are_found_wherever_it_stands(
    sixty: sa.Engine,
) -> None:
    with sixty.connect() as conn:
        found = load_papers_by_id(conn, find_in_titles(conn, [("图",)]))
    assert {paper.title for paper in found} == {p.title for p in SIXTY if "图" in p.title}
    assert len(found) == 5


def test_papers_are_counted_by_token(sixty: sa.Engine) -> None:
    asked = ["river", "推理", "nowher"]
    expected = {
        token: sum(any(token in text for text in columns(p).values()) for p in SIXTY)
        for token in asked
    }
    assert expected["nowher"] == 0 < expected["推理"]
    with sixty.connect() as conn:
        assert count_tokens(conn, [*asked, "river"]) == expected


# Upkeep

EMPTY = {
    "sqlite": "INSERT INTO papers_fts (papers_fts) VALUES ('delete-all')",
    "postgresql": "DELETE FROM papers_fulltext",
}


def test_the_full_text_made_anew_is_the_same(sixty: sa.Engine) -> None:
    with begin(sixty) as conn:
        before = dump_full_text(conn)
        assert rebuild_fulltext(conn) == len(SIXTY)
        assert dump_full_text(conn) == before


def test_a_lost_full_text_is_made_from_the_papers(sixty: sa.Engine) -> None:
    phrases: dict[Phrase, float] = {("graph",): 1.0}
    before = find(sixty, phrases)
    with begin(sixty) as conn:
        conn.exec_driver_sql(EMPTY[conn.dialect.name])
        assert find_by_words(conn, phrases, limit=9) == []
        rebuild_fulltext(conn)
    assert find(sixty, phrases) == before


def test_the_full_text_of_other_tokens_is_made_anew_when_it_is_used_again(
    sixty: sa.Engine,
) -> None:
    with begin(sixty) as conn:
        before = dump_full_text(conn)
        conn.exec_driver_sql(EMPTY[conn.dialect.name])
        refresh_fulltext(conn)  # made with these tokens: nothing to do
        assert dump_full_text(conn) == []
        save_state(conn, "tokens", TOKENS_REVISION - 1)
        refresh_fulltext(conn)
        assert dump_full_text(conn) == before
        assert load_state(conn, "tokens") == TOKENS_REVISION


def test_a_changed_paper_is_found_by_its_new_words_only(sixty: sa.Engine) -> None:
    changed: dict[str, Any] = {"title": "Volcanoes", "abstract": "Lava.", "version": 2}
    papers = [*SIXTY[:1], a_paper(arxiv_id=SIXTY[1].arxiv_id, **changed), *SIXTY[2:]]
    save(sixty, papers)
    assert found_by(sixty, "volcano") == {2}
    assert_same(find(sixty, {("graph",): 1.0}), slow_bm25(papers, {("graph",): 1.0}))
    assert 2 not in found_by(sixty, "graph")
