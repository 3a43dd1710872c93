from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa
from corpus import sixty_papers

from builders import a_paper, utc
from littrack.records import Filters, Paper
from littrack.store import fulltext, word_index
from littrack.store.engine import begin
from littrack.store.fulltext import count_tokens, find_by_words, find_in_titles, has_word_index
from littrack.store.papers import choose_papers, load_earliest
from littrack.store.saving import save_papers
from littrack.store.schema import open_database
from littrack.store.tombstones import save_deletions
from littrack.store.word_index import Phrase
from littrack.text import query_tokens, tokens

NOW = utc("2026-01-02")
SIXTY = sixty_papers()
QUERIES: list[dict[Phrase, float]] = [
    {("graph",): 1.0},
    {("model",): 1.0, ("languag",): 1.0, ("languag", "model"): 2.0},
    {("chain",): 1.0, ("thought",): 1.0, ("chain", "of", "thought"): 2.0, ("思维", "维链"): 1.4},
    {("检索",): 1.0, ("nowher",): 3.0, ("nowher", "model"): 2.0},
    {("of", "word"): 1.0, ("count",): 0.5},
]
Answer = list[tuple[int, float]]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    """Sixty papers in a SQLite file; the word index is worth it however few papers there are."""
    opened = open_database("sqlite:///littrack.db", tmp_path)
    save(opened, SIXTY)
    yield opened
    opened.dispose()


@pytest.fixture(autouse=True)
def any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fulltext, "WORTH_IT", 0)


def save(engine: sa.Engine, papers: Sequence[Paper]) -> None:
    with begin(engine) as conn:
        save_papers(conn, papers, NOW)


def update(engine: sa.Engine) -> int | None:
    with engine.connect() as conn:
        return fulltext.update_word_index(conn)


def is_used(engine: sa.Engine) -> bool:
    with engine.connect() as conn:
        return has_word_index(conn)


def find(
    engine: sa.Engine, phrases: Mapping[Phrase, float], filters: Filters | None = None
) -> Answer:
    choice = None if filters is None else choose_papers(filters)
    with engine.connect() as conn:
        return find_by_words(conn, phrases, limit=100, choice=choice)


def assert_same(found: Answer, expected: Answer) -> None:
    assert {i for i, _ in found} == {i for i, _ in expected}
    assert dict(found) == pytest.approx(dict(expected), rel=2e-3, abs=1e-6)
    places = dict(expected)
    scores = [places[i] for i, _ in found]
    assert scores == pytest.approx(sorted(scores, reverse=True), rel=2e-3, abs=1e-6)


@pytest.mark.parametrize("phrases", QUERIES)
def test_papers_and_scores_are_those_of_the_full_text(
    engine: sa.Engine, phrases: dict[Phrase, float]
) -> None:
    slow = find(engine, phrases)
    assert update(engine) == len(SIXTY)
    assert is_used(engine)
    assert slow
    assert_same(find(engine, phrases), slow)


@pytest.mark.parametrize("many", [-1.0, 1.0])  # ids are asked about, or loaded
@pytest.mark.parametrize(
    "filters", [Filters(since=utc("2023-01-10")), Filters(), Filters(categories=("cs.AI",))]
)
def test_a_filter_keeps_what_it_keeps_of_the_full_text(
    engine: sa.Engine, filters: Filters, many: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fulltext, "_MANY", many)
    slow = [find(engine, phrases, filters) for phrases in QUERIES]
    update(engine)
    for phrases, expected in zip(QUERIES, slow, strict=True):
        assert_same(find(engine, phrases, filters), expected)


def test_titles_and_counts_are_those_of_the_full_text(engine: sa.Engine) -> None:
    names = [tuple(tokens(name)) for name in ("graphs", "chain of thought", "RAG on", "of models")]
    words = [*sorted({t for paper in SIXTY for t in query_tokens(paper.title)}), "nowher"]

    def answers() -> tuple[list[list[int]], dict[str, int]]:
        with engine.connect() as conn:
            titles = [find_in_titles(conn, [name]) for name in names]
            return [*titles, find_in_titles(conn, names)], count_tokens(conn, words)

    slow = answers()
    update(engine)
    assert answers() == slow
    assert any(slow[0])


def test_the_earliest_papers_are_those_of_the_database(engine: sa.Engine) -> None:
    ids = list(range(3, 40, 2))
    with begin(engine) as conn:
        save_deletions(conn, [(SIXTY[4].arxiv_id, NOW)], NOW)
        slow = load_earliest(conn, ids, 5)
    update(engine)
    with engine.connect() as conn:
        assert has_word_index(conn)
        assert load_earliest(conn, ids, 5) == slow
        assert load_earliest(conn, ids, 99) == load_earliest(conn, ids[::-1], 99)
        assert 5 not in load_earliest(conn, [5, 7], 2)


@pytest.mark.parametrize("checked", [2, 1_000])
def test_the_first_to_say_a_phrase_in_a_title_are_found_however_many_say_it(
    engine: sa.Engine, checked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [("model",), ("chain", "of", "thought"), ("languag", "model")]
    update(engine)
    monkeypatch.setattr(word_index, "CHECKED", checked)
    for name in names:
        with engine.connect() as conn:
            every = find_in_titles(conn, [name])
            found = fulltext.find_first_in_titles(conn, [name], 3)
            assert found is not None
            assert found[1] == load_earliest(conn, every, 3)
            assert found[0] == len(every) or checked == 2
            assert found[0] >= 1


def test_of_a_very_common_phrase_the_best_by_words_are_looked_at(
    engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    update(engine)
    phrases: dict[Phrase, float] = {("model",): 1.0, ("languag",): 1.0, ("languag", "model"): 2.0}
    all_looked_at = find(engine, phrases)
    monkeypatch.setattr(word_index, "CHECKED", 2)
    found = find(engine, phrases)
    assert {i for i, _ in found} == {i for i, _ in all_looked_at}
    assert [i for i, _ in found[:1]] == [i for i, _ in all_looked_at[:1]]


def test_an_index_that_is_behind_is_not_used_and_reads_only_what_changed(
    engine: sa.Engine,
) -> None:
    update(engine)
    new = a_paper(arxiv_id="2401.00001", title="Zebras", abstract="Stripes of zebras.")
    changed = a_paper(arxiv_id=SIXTY[0].arxiv_id, title="Okapi", abstract="A horse?", version=9)
    save(engine, [new, changed])
    assert not is_used(engine)
    slow = [find(engine, {(word,): 1.0}) for word in ("zebra", "okapi", "graph")]
    assert [len(found) for found in slow[:2]] == [1, 1]
    assert update(engine) == 2
    assert is_used(engine)
    for word, expected in zip(("zebra", "okapi", "graph"), slow, strict=True):
        assert_same(find(engine, {(word,): 1.0}), expected)
    assert update(engine) == 0


def test_a_deleted_paper_is_not_found_after_an_update(engine: sa.Engine) -> None:
    update(engine)
    with begin(engine) as conn:
        save_deletions(conn, [(SIXTY[1].arxiv_id, NOW)], NOW)
    slow = find(engine, {("graph",): 1.0}, Filters())
    update(engine)
    assert_same(find(engine, {("graph",): 1.0}, Filters()), slow)


def test_an_index_made_anew_gives_the_same_answers(engine: sa.Engine) -> None:
    update(engine)
    first = [find(engine, phrases) for phrases in QUERIES]
    with engine.connect() as conn:
        assert fulltext.update_word_index(conn, anew=True) == len(SIXTY)
    assert [find(engine, phrases) for phrases in QUERIES] == first


class KilledError(BaseException):
    """What stands for a process that is gone: nothing handles it."""


def test_a_writer_that_is_killed_leaves_the_old_index(
    engine: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    update(engine)
    before = (tmp_path / "index" / "words.json").read_text()
    save(engine, [a_paper(arxiv_id="2401.00001", title="Zebras")])

    def fail(source: str, target: str) -> None:
        raise KilledError

    with monkeypatch.context() as patch, pytest.raises(KilledError):
        patch.setattr(os, "replace", fail)
        update(engine)
    assert (tmp_path / "index" / "words.json").read_text() == before
    assert len(find(engine, {("zebra",): 1.0})) == 1
    assert update(engine) == 1
    assert len(list((tmp_path / "index").iterdir())) == 2  # the manifest and its folder


@pytest.mark.parametrize("damage", ["manifest", "folder", "version", "file"])
def test_a_damaged_index_is_not_used_and_made_again(
    engine: sa.Engine, tmp_path: Path, damage: str
) -> None:
    update(engine)
    word_index._opened.clear()  # as another process would find it
    manifest = tmp_path / "index" / "words.json"
    told = json.loads(manifest.read_text())
    folder = tmp_path / "index" / told["folder"]
    match damage:
        case "manifest":
            manifest.write_text("{")
        case "folder":
            folder.rename(folder.with_name("elsewhere"))
        case "version":
            manifest.write_text(json.dumps(told | {"version": 0}))
        case "file":
            (folder / "papers").write_bytes(b"")
    assert not is_used(engine)
    assert find(engine, {("graph",): 1.0})
    assert update(engine) == len(SIXTY)
    assert is_used(engine)


def test_equal_scores_stand_by_id_and_the_limit_keeps_the_best() -> None:
    scores = np.array([0, 2, 3, 2, 0, 1], np.float32)
    assert fulltext._best_ids(scores, 3).tolist() == [2, 1, 3]
    assert fulltext._best_ids(scores, 2).tolist() == [2, 1]
    assert fulltext._best_ids(scores, 9).tolist() == [2, 1, 3, 5]
