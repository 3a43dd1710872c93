"""From a claim to the sentence of a paper, and the sentence that a search shows."""

from __future__ import annotations

from pathlib import Path

import pytest
from papers_on_disk import LANDMARKS, many_papers, write_lines

from littrack.records import ClaimSource, Filters
from littrack.steps.highlights import highlight
from littrack.steps.import_files import import_file
from littrack.steps.opening import OpenLibrary
from littrack.steps.search import search_papers
from littrack.steps.similar import Examples, find_like
from littrack.steps.source import find_sources, split_claims
from littrack.steps.update import update

HERONS = (
    "Counting birds is slow work. We train Heron, a network of 175 billion parameters, on 300B "
    "tokens of field notes written by volunteers. It names nine birds in ten, at dusk too."
)
PAPERS = [
    *LANDMARKS,
    *many_papers(40),
    {"id": "2401.90001", "title": "Heron: A Network That Counts Birds", "abstract": HERONS,
     "authors": ["Ada Lovelace"], "categories": ["cs.CV"], "published": "2024-01-20"},
    {"id": "2401.90002", "title": "Egret", "authors": ["Grace Hopper"], "categories": ["cs.CL"],
     "abstract": "Egret reads letters. 我們用一萬封舊信訓練了這個模型。It has 7B parameters.",
     "published": "2024-01-21"},
]  # fmt: skip


@pytest.fixture
def filled(library: OpenLibrary, tmp_path: Path) -> OpenLibrary:
    import_file(library, write_lines(tmp_path / "papers.jsonl", PAPERS))
    update(library, ingest_first=False)
    return library


def best(library: OpenLibrary, claim: str) -> ClaimSource:
    return find_sources(library, claim, limit=1)[0]


def quoted(source: ClaimSource) -> str:
    text = source.paper.title if source.place.field == "title" else source.paper.abstract
    return text[source.place.start : source.place.end]


CLAIMS = (
    ("a network of 175 billion parame-\nters, on 300B tokens", "2401.90001", "exact", "We train"),
    ("It narnes nine birds in ten, at dusk t0o", "2401.90001", "near", "It names"),
    ("Heron 有 1750 亿参数,在 3000 亿词元上训练", "2401.90001", "numbers", "We train"),
    ("我们用一万封旧信训练了这个模型", "2401.90002", "exact", "我們用"),
    ("A Network That Counts Birds", "2401.90001", "exact", "Heron: A Network"),
)


def test_the_sentence_behind_a_claim_is_found(filled: OpenLibrary) -> None:
    for claim, arxiv_id, match, begins in CLAIMS:
        source = best(filled, claim)
        assert (source.paper.arxiv_id, source.match) == (arxiv_id, match)
        assert quoted(source).startswith(begins)
        assert source.sentence == " ".join(quoted(source).split())
        assert 0.5 <= source.score <= 1


def test_numbers_that_differ_are_told(filled: OpenLibrary) -> None:
    source = best(filled, "We train Heron, a network of 176B parameters, on 300B tokens")
    assert source.agree == ("300B",)
    assert source.differ == (("176B", "175 billion"),)


def test_a_claim_from_nowhere_has_no_source(filled: OpenLibrary) -> None:
    assert find_sources(filled, "Bread rises faster in a warm kitchen") == []
    assert find_sources(filled, "今天的天气很好") == []


def test_without_an_index_words_still_find_it(library: OpenLibrary, tmp_path: Path) -> None:
    import_file(library, write_lines(tmp_path / "papers.jsonl", PAPERS))
    assert best(library, "It names nine birds in ten").paper.arxiv_id == "2401.90001"


def test_a_text_is_split_into_its_claims_with_their_places() -> None:
    text = (
        "# Notes\n\nOne claim\nover two lines.\n\n- an item\n- another\n\n---\n" + "Long one. " * 80
    )
    claims = split_claims(text)
    assert [" ".join(claim.text.split()) for claim in claims[:4]] == [
        "# Notes", "One claim over two lines.", "- an item", "- another",
    ]  # fmt: skip
    assert len(claims) == 84
    assert all(text[claim.start : claim.end] == claim.text for claim in claims)


def test_a_search_shows_the_sentence_nearest_in_meaning_where_no_word_matches(
    filled: OpenLibrary,
) -> None:
    hits = search_papers(filled, "鸟类计数", limit=3, mode="semantic")
    shown = {hit.paper.arxiv_id: hit for hit in highlight(filled, "avian", hits)}
    assert shown["2401.90001"].snippet == "Counting birds is slow work."
    assert shown["2401.90001"].highlights == ()


def test_the_explanation_learns_which_words_matched(filled: OpenLibrary) -> None:
    hits = search_papers(filled, "birds at dusk", limit=1, explain=True)
    hit = highlight(filled, "birds at dusk", hits)[0]
    assert hit.explanation is not None
    matched = {one["word"]: one["count"] for one in hit.explanation.details["matched"]}
    assert matched == {"birds": 3, "dusk": 1}
    assert sum(hit.explanation.parts.values()) == pytest.approx(hit.score)
    places = [hit.paper.abstract[p.start : p.end] for p in hit.highlights if p.field == "abstract"]
    assert places == ["birds", "dusk"]
    assert hit.snippet.startswith("It names nine")


def test_examples_are_averaged_and_never_found_themselves(filled: OpenLibrary) -> None:
    examples = Examples(("2401.90001", "1512.03385"), ("2005.11401",))
    found = [hit.paper.arxiv_id for hit in find_like(filled, examples, limit=50)]
    assert len(found) == len(PAPERS) - 3
    assert not {"2401.90001", "1512.03385", "2005.11401"} & set(found)
    recent = find_like(filled, Examples(("birds",)), filters=Filters(categories=("cs.CV",)))
    assert {hit.paper.arxiv_id for hit in recent} == {"2401.90001", "1512.03385"}
