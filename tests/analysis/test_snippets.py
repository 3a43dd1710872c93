from __future__ import annotations

from collections.abc import Collection

import pytest

from littrack.analysis.snippets import (
    LONGEST,
    Phrase,
    choose_sentence,
    cut_sentence,
    find_matches,
    first_sentence,
    measure_coverage,
    merge,
    within,
    write_snippet,
)
from littrack.text import tokens

ABSTRACT = (
    "We look for papers. A graph of words helps readers to find them. "
    "The graph grows with every paper. 思维链帮助模型推理。最后是结论。"
)


def marked(text: str, *wanted: Phrase) -> list[str]:
    return [text[start:end] for start, end in merge(find_matches(text, wanted))]


@pytest.mark.parametrize(
    ("text", "wanted", "expected"),
    [
        ("Growing graphs grow", [("grow",), ("graph",)], ["Growing", "graphs", "grow"]),
        ("用思維鏈推理", [("思维",), ("维链",)], ["思維鏈"]),
        ("A Chain-of-\nThought, chained", [("chain", "of", "thought")], ["Chain-of-\nThought"]),
        ("CoT 与 ＣＯＴ", [("cot",)], ["CoT", "ＣＯＴ"]),
        ("图与图像", [("图",)], ["图", "图"]),
        ("the ﬁne-tuned Poincar\\'e ball", [("fine",), ("poincar",)], ["ﬁne", "Poincar\\'e"]),
        ("nothing", [("graph",)], []),
    ],
)
def test_words_match_as_in_the_index_and_stand_where_the_text_has_them(
    text: str, wanted: list[Phrase], expected: list[str]
) -> None:
    if ("poincar",) in wanted:
        wanted = [("fine",), tuple(tokens("Poincare"))]
    assert marked(text, *wanted) == expected


def snippet_of(text: str, wanted: Collection[str], longest: int = LONGEST) -> str:
    """As a hit shows it."""
    weights: dict[Phrase, float] = {(token,): 1.0 for token in wanted}
    matches = find_matches(text, weights)
    sentence = choose_sentence(text, matches, weights)
    if sentence is None:
        return ""
    return write_snippet(text, sentence, cut_sentence(text, sentence, matches, longest))


def test_a_phrase_does_not_match_its_words_apart() -> None:
    assert marked("chain of a thought", ("chain", "of", "thought")) == []


def test_coverage_is_by_weight_and_a_word_said_often_counts_once() -> None:
    weights: dict[Phrase, float] = {("graph",): 3.0, ("word",): 1.0}
    assert measure_coverage(find_matches("graph, graph, graph", weights), weights) == 0.75
    assert measure_coverage([], {}) == 0.0
    text = "Graph, graph, graph. A graph of words."
    assert snippet_of(text, tokens("graph words")) == "A graph of words."


def test_meaning_decides_where_words_do_not() -> None:
    text = "First words. Second words. Third."
    weights: dict[Phrase, float] = {("word",): 1.0}
    matches = find_matches(text, weights)
    assert choose_sentence(text, matches, weights) == (0, 12)
    assert choose_sentence(text, matches, weights, [0.1, 0.3, 0.9]) == (13, 26)
    assert choose_sentence(text, [], weights, [0.1, 0.3, 0.9]) == (27, 33)
    assert choose_sentence("", [], weights) is None


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("graph", "A graph of words helps readers to find them."),
        ("growing graphs", "The graph grows with every paper."),
        ("思維鏈", "思维链帮助模型推理。"),
        ("volcano", "We look for papers."),
        ("", "We look for papers."),
    ],
)
def test_the_sentence_with_most_of_the_query_is_shown_the_earlier_of_equals(
    query: str, expected: str
) -> None:
    assert snippet_of(ABSTRACT, tokens(query)) == expected


def test_an_empty_text_shows_nothing() -> None:
    assert snippet_of("", ["graph"]) == first_sentence("") == ""
    assert snippet_of(" \n ", ["graph"]) == first_sentence(" \n ") == ""


def test_white_space_is_collapsed() -> None:
    assert snippet_of("One\n   long\tline.", []) == "One long line."
    assert first_sentence("One\n   long\tline. Another.") == "One long line."


def test_a_long_sentence_is_cut_between_words() -> None:
    text = "Readers walk, along the edges of a graph."
    assert snippet_of(text, [], longest=len(text)) == text
    assert snippet_of(text, [], longest=20) == "Readers walk, along …"
    assert snippet_of(text, [], longest=15) == "Readers walk …"


def test_a_long_sentence_is_cut_around_what_was_found_late_in_it() -> None:
    text = "Word " * 60 + "and at last a graph of words " + "more " * 60
    sentence = (0, len(text.rstrip()))
    matches = find_matches(text, {("graph",): 1.0})
    shown = cut_sentence(text, sentence, matches, longest=100)
    assert shown[1] - shown[0] <= 100
    assert within(matches, shown) == matches
    snippet = write_snippet(text, sentence, shown)
    assert snippet.startswith("… Word ")
    assert snippet.endswith("more …")


def test_a_long_chinese_sentence_is_cut_where_it_must_be() -> None:
    assert snippet_of("思维链帮助模型推理", [], longest=4) == "思维链帮 …"
