from __future__ import annotations

from collections.abc import Sequence

import pytest
import sqlalchemy as sa
from corpus import sixty_papers

from builders import a_date, a_paper, utc
from littrack.analysis.phrases import Phrase, parse_phrase
from littrack.records import DateKind, Paper, Precision
from littrack.store import frozen_months as frozen
from littrack.store import trends
from littrack.store.engine import begin
from littrack.store.saving import save_papers
from littrack.trends import Semantics

NOW = utc("2026-01-02")
TEXTS = [
    ("Language models", "We train."),
    ("A language", "model of rivers"),  # not across title and abstract
    ("On words", r"A \emph{language} model; the model's performance is good."),
    ("On words", r"{\it language} {\it models} and model performance"),
    ("On words", "language-modelling with the language\u2019s models"),
    ("Chain of thought", "no"),
    ("Chains for thoughts", "no"),
    ("Thought of chain", "a chain, then a thought"),
    ("Ontological corpora", "possibly the OS of Zipf's law"),
    ("An ontology of the corpus", "a possible O S; Zipf law"),
    ("大語言模型綜述", "RAG系统的图"),
    ("语言 模型", "图像与地图"),
    ("State in the art", "state of the art"),
    ('Schr\u00f6dinger and Schr\\"odinger', "n-gram, $n$-grams"),
]
PHRASES = (
    *("language model", "large language model", "model performance", "chain of thought"),
    *(
        "ontology",
        "corpus",
        "possibly",
        "OS",
        "Zipf's law",
        "语言模型",
        "rag系统",
        "图",
        "state of the art",
    ),
    *(
        "Schrödinger",
        "n-gram",
        "to be",
        "of the",
        "graph",
        "model",
        "思维链",
        "small model",
        "the model",
    ),
)


def every_paper() -> list[Paper]:
    made = [
        a_paper(
            arxiv_id=f"2401.{number:05d}", title=title, abstract=abstract, authors=("Model Graph",)
        )
        for number, (title, abstract) in enumerate(TEXTS, 1)
    ]
    return [*sixty_papers(), *made]


def lookup(phrase: Phrase) -> trends.Lookup:
    asked = phrase.question
    return trends.Lookup(
        asked.sure,
        asked.unsure,
        asked.near,
        asked.doubtful,
        lambda title, abstract: phrase.is_in(title) or phrase.is_in(abstract),
    )


def save(engine: sa.Engine, papers: Sequence[Paper]) -> None:
    with begin(engine) as conn:
        save_papers(conn, papers, NOW)


@pytest.fixture
def filled(engine: sa.Engine) -> sa.Engine:
    save(engine, every_paper())
    return engine


def test_the_full_text_finds_what_reading_every_text_finds(filled: sa.Engine) -> None:
    held = 0
    with filled.connect() as conn:
        texts = list(trends.load_texts(conn, range(1, 100)))
        assert len(texts) == len(every_paper())
        for text in PHRASES:
            for semantics in Semantics:
                phrase = parse_phrase(text, semantics)
                read = [i for i, *both in texts if any(map(phrase.is_in, both))]
                assert trends.load_matches(conn, lookup(phrase)) == read, (text, semantics)
                held += len(read)
    assert held > 150


def test_authors_hold_no_phrase(filled: sa.Engine) -> None:
    with filled.connect() as conn:
        found = trends.load_matches(conn, lookup(parse_phrase("model graph", Semantics.LITERAL)))
    assert found == []


def test_only_papers_since_a_day_are_found_where_that_is_asked(filled: sa.Engine) -> None:
    phrase, april, end = parse_phrase("graph", Semantics.ARXIV_STEM), utc("2023-04-01"), NOW
    with filled.connect() as conn:
        every = trends.load_matches(conn, lookup(phrase))
        later = trends.load_matches(conn, lookup(phrase), since=april)
        among = [trends.load_between(conn, ids, april, end) for ids in (every, later)]
    assert among[0] == among[1]
    assert 0 < len(later) < len(every)


def test_months_are_counted_by_kind_of_date_without_withdrawn_papers(engine: sa.Engine) -> None:
    month = a_date("2022-03-01", Precision.MONTH, DateKind.ID_MONTH)
    save(
        engine,
        [
            a_paper(arxiv_id="2203.00001", published=a_date("2022-03-31 23:59:59")),
            a_paper(arxiv_id="2203.00002", published=month),
            a_paper(arxiv_id="2203.00003", published=a_date("2022-03-02"), withdrawn=True),
            a_paper(arxiv_id="2204.00001", published=a_date("2022-04-01 00:00:00")),
        ],
    )
    with engine.connect() as conn:
        found = trends.count_months(conn, [1, 2, 3, 4])
        assert [(one.month, one.kind, one.papers) for one in found] == [
            (utc("2022-03-01"), DateKind.ID_MONTH, 1),
            (utc("2022-03-01"), DateKind.V1, 1),
            (utc("2022-04-01"), DateKind.V1, 1),
        ]
        edges = [utc("2022-03-01"), utc("2022-04-01"), utc("2022-05-01")]
        assert trends.count_all(conn, edges) == [2, 1]
        assert trends.count_between(conn, [1, 2, 3], edges[0], edges[1]) == 2
        assert trends.count_withdrawn(conn, [1, 2, 3], edges[0], edges[1]) == 1
        assert trends.load_between(conn, [4, 1, 3], edges[0], edges[2]) == [1, 4]
        assert trends.load_first(conn, [4, 1]) == utc("2022-03-31 23:59:59")
        assert trends.load_months(conn, [1, 2, 4], edges[1]) == {
            edges[0]: ["2203.00001", "2203.00002"]
        }


def test_categories_are_whole_or_archives(filled: sa.Engine) -> None:
    with filled.connect() as conn:
        one = trends.load_members_of_category(conn, "cs.IR")
        archive = trends.load_members_of_category(conn, "cs.*")
    assert set(one) < set(archive)
    assert archive == sorted(set(archive))


def test_frozen_months_are_replaced_and_their_changes_logged(engine: sa.Engine) -> None:
    month = utc("2022-01-01")
    first = frozen.FrozenMonth(month, 2, frozen.hash_ids(["b", "a"]), NOW)
    second = frozen.FrozenMonth(month, 3, frozen.hash_ids(["a", "b", "c"]), NOW)
    change = frozen.TrendChange("p", "plural", month, 2, 3, "late paper c", NOW)
    state = {"papers": 4, "rules": 1, "months": 2, "announced": 0}
    with begin(engine) as conn:
        frozen.save_frozen(conn, "p", "plural", [first])
        frozen.save_frozen(conn, "p", "plural", [second])
        frozen.save_trend_changes(conn, [change])
        frozen.save_trend_changes(conn, [change])
        frozen.save_freeze_state(conn, "p", "plural", state)
    with engine.connect() as conn:
        assert frozen.load_frozen(conn, "p", "plural") == {month: second}
        assert frozen.load_frozen(conn, "p", "literal") == {}
        assert frozen.load_trend_changes(conn, "p", "plural") == [change, change]
        assert frozen.load_freeze_state(conn, "p", "plural") == state
    assert first.sha256 == frozen.hash_ids(["a", "b"]) != second.sha256
