"""Where terms stand in a text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from littrack.analysis.term_mining import strip_pinyin
from littrack.analysis.term_spans import TermFinder, count_uses
from littrack.records import Term
from littrack.terms import FormKind, TermUse

FINDER = TermFinder(
    [
        Term(("emergent ability",), ("涌现能力", "突现能力", "突现")),
        Term(("fine-tuning", "finetuning"), ("微调", "精调")),
        Term(("instruction tuning",), ("指令微调", "指令精调")),
        Term(("retrieval-augmented generation",), ("检索增强生成",), ("RAG",)),
        Term(("adapter",), ("适配器",)),
        Term(("adaptation",), ("适配",)),
    ]
)


def found(text: str) -> list[tuple[str, str]]:
    return [(one.form, text[slice(*one.span)]) for one in FINDER.find(text)]


def test_the_longest_form_counts() -> None:
    assert found("突现能力与指令微调") == [("突现能力", "突现能力"), ("指令微调", "指令微调")]
    assert found("只有突现，没有微调") == [("突现", "突现"), ("微调", "微调")]


def test_traditional_characters_and_capitals_are_the_same_form() -> None:
    assert found("湧現能力") == [("涌现能力", "湧現能力")]
    assert found("Fine-Tuning helps") == [("fine-tuning", "Fine-Tuning")]


def test_an_inflected_form_is_found_but_another_word_is_not() -> None:
    assert found("Emergent abilities appear") == [("emergent ability", "Emergent abilities")]
    assert found("an adapter, some adaptation") == [
        ("adapter", "adapter"),
        ("adaptation", "adaptation"),
    ]


def test_an_abbreviation_counts_as_it_is_written_only() -> None:
    assert found("RAG and RAGs, a rag, STORAGE") == [("RAG", "RAG"), ("RAG", "RAGs")]


def test_words_of_two_sentences_are_no_term() -> None:
    assert found("We give an instruction. Tuning follows.") == []
    assert found("instruction\ntuning") == [("instruction tuning", "instruction\ntuning")]


def test_uses_are_counted_with_the_place_of_the_first() -> None:
    text = "精調(diào)之后再精调，也说微调。"
    assert count_uses(strip_pinyin(text), FINDER) == [
        TermUse("精调", FormKind.CHINESE, 2, (0, 2)),
        TermUse("微调", FormKind.CHINESE, 1, (text.index("微"), text.index("微") + 2)),
    ]
    assert count_uses(strip_pinyin(""), FINDER) == []


@given(st.text("突现能力微调 fine-tuningRAG ﬁÉ臺\n.", max_size=40))
def test_what_is_found_stands_in_order_and_apart(text: str) -> None:
    end = 0
    for one in FINDER.find(text):
        assert end <= one.span[0] < one.span[1] <= len(text)
        end = one.span[1]
