"""The same answer forever: searches and papers as they were known on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from papers_on_disk import LANDMARKS, many_papers, write_lines

from littrack.analysis.bm25 import WordCounts, count_phrase, score_by_words
from littrack.errors import NotFound
from littrack.records import Filters, Hit
from littrack.steps.embed import embed_papers
from littrack.steps.import_files import import_file
from littrack.steps.index import build
from littrack.steps.opening import OpenLibrary
from littrack.steps.search import search_papers
from littrack.steps.show import list_differences, show_paper
from littrack.steps.similar import Examples, find_like
from littrack.store import fulltext

DAY = datetime(2026, 11, 20, 23, 59, 59, 999_999, tzinfo=UTC)  # the end of the fixtures' day
LATER = datetime(2026, 12, 24, 8, tzinfo=UTC)
THEN = Filters(as_of=DAY)
MODES = ("hybrid", "semantic", "lexical")
QUERIES = ("retrieval with language models", "思维链", "attention", "deep residual learning", "CoT")


@pytest.fixture
def filled(library: OpenLibrary, tmp_path: Path) -> OpenLibrary:
    """Sixty-five papers, seen on one day."""
    add(library, tmp_path / "first.jsonl", [*LANDMARKS, *many_papers(60)])
    return library


def add(library: OpenLibrary, path: Path, records: list[dict[str, Any]]) -> None:
    import_file(library, write_lines(path, records))
    embed_papers(library)
    build(library)


def at(library: OpenLibrary, now: datetime) -> OpenLibrary:
    """The same library on another day."""
    return replace(library, now=lambda: now)


def later_papers() -> list[dict[str, Any]]:
    """Twenty papers on what the queries ask for: one earlier than all, and each with the words."""
    subjects = ("Chain-of-Thought", "Attention", "Deep Residual Learning", "Language Models")
    return [
        {
            "id": f"15{1 + i % 12:02d}.{90_000 + i}",
            "title": f"{subjects[i % 4]}",
            "abstract": f"{subjects[i % 4]} with retrieval. " * (1 + i % 5) + "思维链。" * (i % 3),
            "categories": ["cs.CL"],
            "published": f"2015-{1 + i % 12:02d}-01",
        }
        for i in range(20)
    ]


def answers(hits: list[Hit]) -> list[tuple[str, str, str, tuple[str, ...]]]:
    return [(hit.paper.arxiv_id, hit.title, hit.snippet, hit.matched_by) for hit in hits]


@pytest.mark.parametrize("mode", MODES)
def test_papers_of_later_days_change_nothing(
    filled: OpenLibrary, tmp_path: Path, mode: Any
) -> None:
    def search(filters: Filters) -> list[list[Hit]]:
        return [search_papers(filled, q, mode=mode, filters=filters) for q in QUERIES]

    before, now = search(THEN), search(Filters())
    add(at(filled, LATER), tmp_path / "later.jsonl", later_papers())
    after = search(THEN)
    assert list(map(answers, after)) == list(map(answers, before))
    for old, new in zip(before, after, strict=True):
        assert [hit.score for hit in new] == pytest.approx([hit.score for hit in old], abs=1e-5)
    # Without the option, and from the later day on, they are found, and before all others.
    for filters in (Filters(), Filters(as_of=LATER)):
        assert list(map(answers, search(filters))) != list(map(answers, now))


def test_similar_papers_stay_the_same_too(filled: OpenLibrary, tmp_path: Path) -> None:
    wanted = ("1706.03762", "shortcuts between layers of image classifiers")
    before = [answers(find_like(filled, Examples((one,)), filters=THEN)) for one in wanted]
    add(at(filled, LATER), tmp_path / "later.jsonl", later_papers())
    assert [answers(find_like(filled, Examples((one,)), filters=THEN)) for one in wanted] == before
    with pytest.raises(NotFound, match=r"did not know 1501\.90000 by 2026-11-20"):
        find_like(filled, Examples(("1501.90000",)), filters=THEN)


@pytest.mark.parametrize("mode", MODES)
def test_nothing_was_known_before_the_first_import(filled: OpenLibrary, mode: Any) -> None:
    yesterday = Filters(as_of=DAY - timedelta(days=1))
    assert search_papers(filled, "attention", mode=mode, filters=yesterday) == []


def test_what_is_known_and_what_had_happened_are_two_questions(filled: OpenLibrary) -> None:
    until_2016 = Filters(as_of=DAY, until=datetime(2016, 1, 1, tzinfo=UTC))
    hits = search_papers(filled, "deep models", filters=until_2016)
    assert [hit.paper.arxiv_id for hit in hits] == ["1512.03385"]


@pytest.mark.parametrize("query", QUERIES)
def test_on_the_day_itself_the_best_are_those_of_a_search_without_a_day(
    filled: OpenLibrary, query: str
) -> None:
    for mode in MODES:
        now, then = (
            search_papers(filled, query, mode=mode, filters=filters)  # type: ignore[arg-type]
            for filters in (Filters(), THEN)
        )
        assert now[0].paper.arxiv_id == then[0].paper.arxiv_id
        assert len(now) == len(then)


def test_a_revised_paper_is_found_by_its_text_of_today_and_shown_with_that_of_then(
    filled: OpenLibrary, tmp_path: Path
) -> None:
    revised = dict(LANDMARKS[4], title="Protein Folding", abstract="About proteins that fold.")
    add(at(filled, LATER), tmp_path / "revised.jsonl", [revised])
    for mode in MODES:
        best = search_papers(filled, "protein folding", mode=mode, filters=THEN)[0]  # type: ignore[arg-type]
        assert best.title == "Deep Residual Learning for Image Recognition"
        assert best.snippet.startswith("Shortcut connections")
    assert search_papers(filled, "protein folding")[0].title == "Protein Folding"


def test_a_page_shows_what_was_known(filled: OpenLibrary, tmp_path: Path) -> None:
    before = show_paper(filled, "1512.03385", as_of=DAY)
    assert before == show_paper(filled, "1512.03385")
    revised = dict(LANDMARKS[4], title="Deep Residual Learning, Revised")
    add(at(filled, LATER), tmp_path / "revised.jsonl", [revised])
    assert show_paper(filled, "1512.03385", as_of=DAY) == before
    assert show_paper(filled, "1512.03385").paper.title == "Deep Residual Learning, Revised"
    assert show_paper(filled, "1512.03385", as_of=LATER) == show_paper(filled, "1512.03385")
    assert list_differences(filled, "1512.03385", as_of=DAY) == []
    assert list_differences(filled, "1512.03385") != []


def test_a_paper_that_was_not_known_yet_says_when_it_was(filled: OpenLibrary) -> None:
    with pytest.raises(NotFound) as told:
        show_paper(filled, "1512.03385", as_of=datetime(2026, 11, 1, tzinfo=UTC))
    assert str(told.value) == (
        "the library did not know 1512.03385 by 2026-11-01: it saw it first on 2026-11-20"
    )


def test_bm25_here_is_that_of_the_database_when_the_counts_and_the_mean_are_the_same(
    library: OpenLibrary, tmp_path: Path
) -> None:
    titles = ("graph", "graph of graph", "graph of words")
    records = [
        {"id": f"2401.0000{i}", "title": title, "abstract": "Graph methods.", "published": "2024"}
        for i, title in enumerate(titles, 1)
    ]
    import_file(library, write_lines(tmp_path / "graphs.jsonl", records))
    phrases = {("graph",): 1.0, ("graph", "of"): 0.5}
    documents = {i: (title, "graph method", "") for i, title in enumerate(titles, 1)}
    weights = tuple(fulltext.COLUMN_WEIGHTS.values())
    counts = WordCounts(3, {("graph",): 3, ("graph", "of"): 2})
    with library.engine.connect() as conn:
        expected = fulltext.find_by_words(conn, phrases, limit=9)
    found = score_by_words(documents, phrases, counts, weights)
    assert [key for key, _ in found] == [key for key, _ in expected]
    assert [score for _, score in found] == pytest.approx([score for _, score in expected])


def test_one_chinese_character_counts_wherever_a_pair_begins_with_it() -> None:
    assert count_phrase(["思维", "维链", "链"], ("思",)) == 1
    assert count_phrase(["思维", "维链", "链"], ("思维", "维链")) == 1
    assert count_phrase(["思维", "链"], ("维链",)) == 0
