"""The main job: import, embed, index, search in two languages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from papers_on_disk import LANDMARKS, many_papers, write_lines

from littrack.errors import IndexMissing, InputError, NotFound
from littrack.records import Filters
from littrack.steps import first_use
from littrack.steps.embed import embed_papers
from littrack.steps.import_files import import_file
from littrack.steps.index import build, verify
from littrack.steps.opening import OpenLibrary
from littrack.steps.search import search_papers
from littrack.steps.similar import Examples, find_like


@pytest.fixture
def filled(library: OpenLibrary, landmarks: Path) -> OpenLibrary:
    import_file(library, landmarks)
    embed_papers(library)
    build(library)
    return library


@pytest.mark.parametrize("mode", ["hybrid", "semantic", "lexical"])
@pytest.mark.parametrize("query", ["chain-of-thought", "思维链", "思維鏈", "CoT", "链式思维"])
def test_a_concept_is_found_by_each_of_its_names(
    filled: OpenLibrary, query: str, mode: str
) -> None:
    hits = search_papers(filled, query, mode=mode)  # type: ignore[arg-type]
    assert hits[0].paper.arxiv_id == "2201.11903"
    assert hits[0].rank == 1


def test_the_explanation_adds_up_to_the_score(filled: OpenLibrary) -> None:
    for hit in search_papers(filled, "retrieval-augmented generation", explain=True):
        assert hit.explanation is not None
        assert sum(hit.explanation.parts.values()) == pytest.approx(hit.score)


def test_both_rankings_are_named_where_both_found_the_paper(filled: OpenLibrary) -> None:
    best = search_papers(filled, "low-rank adaptation")[0]
    assert (best.paper.arxiv_id, best.matched_by) == ("2106.09685", ("lexical", "semantic"))


@pytest.mark.parametrize("mode", ["hybrid", "semantic", "lexical"])
def test_filters_choose_before_the_best_are_taken(filled: OpenLibrary, mode: str) -> None:
    vision = Filters(categories=("cs.CV",))
    hits = search_papers(filled, "language models images", filters=vision, limit=1, mode=mode)  # type: ignore[arg-type]
    assert [hit.paper.arxiv_id for hit in hits] == ["1512.03385"]
    until = Filters(until=datetime(2017, 6, 12, tzinfo=UTC))
    hits = search_papers(filled, "attention deep models", filters=until, mode="semantic")
    assert {hit.paper.arxiv_id for hit in hits} == {"1706.03762", "1512.03385"}


def test_the_paper_that_named_a_thing_comes_before_its_followers(
    library: OpenLibrary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    followers = [
        {
            "id": f"2301.{i:05d}",
            "title": f"Tree of thoughts for task {i}",
            "abstract": "Applied to planning. " + "Tree of thoughts again. " * (i % 5),
            "published": f"2023-0{1 + i % 9}-11",
        }
        for i in range(1, 90)
    ]
    origin = {
        "id": "2212.00001",
        "title": "Tree of Thoughts: a longer title about deliberate problem solving",
        "abstract": "A tree of thoughts is searched for a partial solution worth going on.",
        "published": "2022-12-01",
    }
    records = [*followers, origin, *many_papers(400)]
    import_file(library, write_lines(tmp_path / "trees.jsonl", records))

    def rank() -> int:
        hits = search_papers(library, "tree of thoughts", mode="lexical", limit=100)
        return next(hit.rank for hit in hits if hit.paper.arxiv_id == "2212.00001")

    with_bonus = rank()
    monkeypatch.setattr(first_use, "FIRST_USE_WEIGHT", 0.0)
    assert with_bonus < 60 < rank()  # seventy followers repeat the phrase more often


def test_a_query_without_a_word_is_refused(filled: OpenLibrary) -> None:
    with pytest.raises(InputError, match="no word"):
        search_papers(filled, "?!… 。，")


def test_words_can_be_searched_before_there_is_an_index(
    library: OpenLibrary, landmarks: Path
) -> None:
    import_file(library, landmarks)
    assert search_papers(library, "residual", mode="lexical")[0].paper.arxiv_id == "1512.03385"
    with pytest.raises(IndexMissing, match="update --no-ingest"):
        search_papers(library, "residual")


def test_similar_papers_leave_out_the_paper_itself(filled: OpenLibrary) -> None:
    found = [hit.paper.arxiv_id for hit in find_like(filled, Examples(("arXiv:1706.03762v5",)))]
    assert "1706.03762" not in found
    assert len(found) == 4
    assert find_like(filled, Examples(("图像识别 残差网络",)))[0].paper.arxiv_id == "1512.03385"
    with pytest.raises(NotFound, match=r"2301\.00001"):
        find_like(filled, Examples(("2301.00001",)))


def test_nothing_is_encoded_when_nothing_changed(
    filled: OpenLibrary, open_in: Callable[[Path], OpenLibrary], landmarks: Path
) -> None:
    assert embed_papers(filled).counts == {"embedded": 0}
    assert import_file(filled, landmarks).counts["unchanged"] == 5
    assert build(filled).counts == {"indexed": 5, "added": 0, "removed": 0}


def test_a_changed_abstract_changes_one_vector_and_one_place_in_the_index(
    filled: OpenLibrary, tmp_path: Path
) -> None:
    changed = dict(LANDMARKS[4], abstract="Now about protein folding instead of images.")
    import_file(filled, write_lines(tmp_path / "changed.jsonl", [changed]))
    assert verify(filled).counts["unembedded"] == 1
    assert embed_papers(filled).counts == {"embedded": 1}
    assert verify(filled).counts["stale"] == 1
    assert build(filled).counts == {"indexed": 5, "added": 1, "removed": 0}
    assert verify(filled).complete
    assert search_papers(filled, "蛋白质折叠", mode="semantic")[0].paper.arxiv_id == "1512.03385"


def test_an_open_library_sees_an_index_that_was_written_since(
    filled: OpenLibrary, open_in: Callable[[Path], OpenLibrary], tmp_path: Path
) -> None:
    assert len(search_papers(filled, "attention", mode="semantic")) == 5
    other = open_in(filled.folder)
    import_file(other, write_lines(tmp_path / "more.jsonl", many_papers(3)))
    embed_papers(other)
    build(other)
    assert len(search_papers(filled, "attention", mode="semantic")) == 8


def test_vectors_of_another_encoder_do_not_put_the_index_behind(filled: OpenLibrary) -> None:
    from littrack.records import EncoderIdentity
    from littrack.steps.index import is_behind
    from littrack.store import vectors
    from littrack.store.engine import begin

    assert not is_behind(filled)
    with begin(filled.engine) as conn:
        other = vectors.save_encoder(conn, EncoderIdentity("other", "r1", "", 4))
        text_hashes = [row[1] for row in vectors.load_unembedded(conn, other, after=0, limit=9)]
        vectors.save_vectors(conn, other, text_hashes, np.ones((5, 4), np.float32))
    assert not is_behind(filled)


def test_an_index_without_vectors_says_that_papers_are_not_embedded(
    library: OpenLibrary, landmarks: Path
) -> None:
    import_file(library, landmarks)
    assert "littrack embed" in build(library).warnings[0]


@pytest.mark.parametrize("mode", ["hybrid", "semantic"])
@pytest.mark.parametrize("query", ["asdfgh qwerty zxcv", "格展点子涌计欺灵", "the of and"])
def test_nonsense_finds_nothing(filled: OpenLibrary, query: str, mode: str) -> None:
    assert search_papers(filled, query, mode=mode) == []  # type: ignore[arg-type]


@pytest.mark.parametrize("query", ["语言模型怎样推理", "langauge modle reasonning", "attention"])
def test_words_that_no_paper_holds_are_no_nonsense(filled: OpenLibrary, query: str) -> None:
    assert search_papers(filled, query)


def test_a_text_is_compared_piece_by_piece_and_a_few_words_with_titles(filled: OpenLibrary) -> None:
    text = (
        "这篇论文在提示里写出中间推理步骤，让大语言模型一步一步地算出答案，"
        "数学应用题的正确率因此大幅提高。"
    )
    first = search_papers(filled, text, explain=True)[0]
    assert first.paper.arxiv_id == "2201.11903"
    assert first.explanation is not None
    assert {"title", "coverage", "focus"} <= first.explanation.parts.keys()
    assert sum(first.explanation.parts.values()) == pytest.approx(first.score)
    short = search_papers(filled, "推理", explain=True)[0].explanation
    assert short is not None
    assert "title" in short.parts
    assert "coverage" not in short.parts
