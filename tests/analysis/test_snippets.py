from __future__ import annotations

import pytest

from littrack.analysis.snippets import choose_snippet
from littrack.text import tokens

ABSTRACT = (
    "We look for papers. A graph of words helps readers to find them. "
    "The graph grows with every paper. 思维链帮助模型推理。最后是结论。"
)


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
    assert choose_snippet(ABSTRACT, tokens(query)) == expected


def test_a_word_said_often_counts_once() -> None:
    text = "Graph, graph, graph. A graph of words."
    assert choose_snippet(text, tokens("graph words")) == "A graph of words."


def test_an_empty_text_shows_nothing() -> None:
    assert choose_snippet("", ["graph"]) == ""
    assert choose_snippet(" \n ", ["graph"]) == ""


def test_white_space_is_collapsed() -> None:
    assert choose_snippet("One\n   long\tline.", []) == "One long line."


def test_a_long_sentence_is_cut_between_words() -> None:
    text = "Readers walk, along the edges of a graph."
    assert choose_snippet(text, [], longest=len(text)) == text
    assert choose_snippet(text, [], longest=20) == "Readers walk, along …"
    assert choose_snippet(text, [], longest=15) == "Readers walk …"


def test_a_long_chinese_sentence_is_cut_where_it_must_be() -> None:
    assert choose_snippet("思维链帮助模型推理", [], longest=4) == "思维链帮 …"
