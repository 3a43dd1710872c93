"""Hits for people: marks in their places, arithmetic that adds up, a page that is safe."""

from __future__ import annotations

import re

import pytest

from builders import a_paper
from littrack.present.hit_lines import (
    Piece,
    hit_lines,
    mark_pieces,
    render_lines,
    write_sum,
)
from littrack.present.hits_page import render_hits_page
from littrack.records import Explanation, Hit, Paper, Place


def a_hit(paper: Paper | None = None, why: Explanation | None = None) -> Hit:
    paper = paper or a_paper()
    start = paper.abstract.index("Readers")
    return Hit(
        rank=1,
        paper=paper,
        score=1.5,
        matched_by=("lexical", "semantic"),
        snippet=paper.abstract[start:],
        explanation=why,
        snippet_at=Place("abstract", start, len(paper.abstract)),
        highlights=(Place("title", 0, 7), Place("abstract", start, start + 7)),
    )


WHY = Explanation(
    {"lexical": 0.2004, "semantic": 1.2998, "first use": -0.0002},
    {
        "lexical": {"rank": 3, "score": 12.0},
        "semantic": {"rank": 1, "score": 0.5, "weight": 0.65, "standardised": 2.0},
        "matched": [{"word": "readers", "weight": 4.25, "count": 2}],
        "terms": {"cot": ["chain of thought", "思维链"]},
    },
)


def test_marked_pieces_are_the_text_again() -> None:
    text = "Readers  find\nthem [b]"
    pieces = mark_pieces(text, (0, len(text)), [Place("abstract", 9, 13)])
    assert pieces == [Piece("Readers "), Piece("find", "match"), Piece(" them [b]")]


def test_marks_outside_of_what_is_shown_are_left_out() -> None:
    assert mark_pieces("one two", (4, 7), [Place("title", 0, 3)]) == [Piece("two")]


def test_a_hit_has_its_title_facts_and_sentence() -> None:
    assert render_lines(hit_lines([a_hit(), a_hit()])) == (
        "1. Finding papers by meaning\n"
        "   2303.00001v1 · 2023-03-01 · cs.IR · Ada Lovelace, 王小明\n"
        "   Readers find them by what they mean.\n"
        "\n"
        "1. Finding papers by meaning\n"
        "   2303.00001v1 · 2023-03-01 · cs.IR · Ada Lovelace, 王小明\n"
        "   Readers find them by what they mean.\n"
    )


def test_an_explanation_names_arithmetic_ranks_words_and_terms() -> None:
    lines = render_lines(hit_lines([a_hit(why=WHY)])).splitlines()[2:]
    assert lines == [
        "   score     words 0.200 + meaning 0.65 × 2.000 = 1.300 + first use 0.000 = 1.500",
        "   ranks     by words 3 (BM25 12.000) · by meaning 1 (cosine 0.500)",
        "   words     readers 4.2 ×2",
        "   term      cot → chain of thought, 思维链",
        "   sentence  Readers find them by what they mean.",
    ]


@pytest.mark.parametrize(
    "parts",
    [
        {"a": 0.3333, "b": 0.3333, "c": 0.3334},
        {"a": 0.0004, "b": 0.0004, "c": 0.0004},
        {"a": 1.2345, "b": -0.2345, "c": 0.00049, "d": 7.00051},
        {"a": -1.0005, "b": -1.0005},
        {"any name": 2.0},
    ],
)
def test_the_numbers_add_up_as_they_are_shown(parts: dict[str, float]) -> None:
    left, _, total = write_sum(parts, sum(parts.values()), {}).rpartition(" = ")
    numbers = [float(number) for number in re.findall(r"-?\d+\.\d+", left)]
    assert sum(numbers) == pytest.approx(float(total), abs=1e-9)
    assert len(numbers) == len(parts)


def test_a_page_marks_words_and_runs_no_script() -> None:
    paper = a_paper(title="Finding <script>x</script>", abstract="We. Readers & others mean it.")
    page = render_hits_page("思维链 <b>", [a_hit(paper, WHY)])
    assert "<mark>Finding</mark> &lt;script&gt;x" in page
    assert "<mark>Readers</mark> &amp; others" in page
    assert "<h1>思维链 &lt;b&gt;</h1>" in page
    assert '<html lang="zh-Hans">' in page
    assert "found by its words and its meaning" in page
    assert "<dt>score</dt><dd>words 0.200" in page
    assert "<script>" not in page


def test_a_page_without_hits_says_so() -> None:
    assert "nothing found" in render_hits_page("graph", [])
