"""Tokens with their places in the original text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from littrack.analysis.token_spans import find_token_spans
from littrack.text import tokens

# Letters whose folding changes length or script, among plain ones.
ODD = "aZ9 é\u0301ﬁÅ½ＡｂÖß思維链繁体乾隆發髮が가\u1100\u1161ø_-\\'\"{}o."


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Growing graphs, v2", ["Growing", "graphs", "v2"]),
        ("Erd\\H{o}s and Poincar\\'e", ["Erd\\H{o}s", "and", "Poincar\\'e"]),
        ("the ﬁnal ＧＰＴ", ["the", "ﬁnal", "ＧＰＴ"]),
        ("用思維鏈推理", ["用思", "思維", "維鏈", "鏈推", "推理", "理"]),
        ("T5模型 v1", ["T5", "模型", "型", "v1"]),
        ("re\u0301sume\u0301 x", ["re\u0301sume\u0301", "x"]),
        ("", []),
    ],
)
def test_each_token_knows_the_characters_it_was_made_of(text: str, pieces: list[str]) -> None:
    spans = find_token_spans(text)
    assert [text[span.start : span.end] for span in spans] == pieces
    assert [span.token for span in spans] == tokens(text)


@given(st.text(alphabet=ODD, max_size=40))
def test_the_tokens_are_those_of_the_index(text: str) -> None:
    assert [span.token for span in find_token_spans(text)] == tokens(text)


@given(st.text(max_size=30))
def test_spans_stay_within_any_text_and_in_order(text: str) -> None:
    spans = find_token_spans(text)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert [span.start for span in spans] == sorted(span.start for span in spans)
