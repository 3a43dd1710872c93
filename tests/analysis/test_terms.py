from __future__ import annotations

from collections import defaultdict
from importlib.resources import files

import pytest

from littrack.analysis.terms import (
    TermMatch,
    TermTable,
    other_forms,
    read_terms,
    translate_terms,
)
from littrack.records import Term
from littrack.text import fold, has_chinese

MODEL = Term(("language model",), ("语言模型",), ("LM",))
LARGE = Term(("large language model", "big language model"), ("大语言模型", "大模型"), ("LLM",))
RAG = Term(("retrieval-augmented generation",), ("检索增强生成",), ("RAG",))
THOUGHT = Term(("chain of thought",), ("思维链", "链式思维"), ("CoT",))
SMALL = TermTable([MODEL, LARGE, RAG, THOUGHT])


def english(text: str, table: TermTable = SMALL) -> list[str]:
    """The preferred English of the terms found."""
    return [match.term.english[0] for match in table.find(text)]


@pytest.fixture(scope="module")
def bundled() -> TermTable:
    return TermTable(bundled_terms())


def bundled_terms() -> list[Term]:
    text = (files("littrack") / "data" / "terms.tsv").read_text("utf-8")
    return read_terms(text.splitlines())


# Finding


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("large language models that reason", ["large language model"]),
        ("a language model", ["language model"]),
        ("language model or large language model", ["language model", "large language model"]),
        ("大语言模型的推理", ["large language model"]),
        ("语言模型的推理", ["language model"]),
        ("大語言模型", ["large language model"]),
        ("Big Language-Model", ["large language model"]),
        ("language, models", ["language model"]),
        ("models of language", []),
        ("语言，模型", []),
        ("", []),
    ],
)
def test_the_longest_form_is_found_at_each_place(text: str, expected: list[str]) -> None:
    assert english(text) == expected


@pytest.mark.parametrize(
    "form", ["chain of thought", "Chains-of-Thought", "思维链", "思維鏈", "链式思维"]
)
def test_every_form_is_the_same_concept(form: str) -> None:
    assert [match.term for match in SMALL.find(form)] == [THOUGHT]


def test_a_concept_written_twice_is_found_once_as_it_was_written_first() -> None:
    found = SMALL.find("思维链和链式思维 chain of thought")
    assert found == [TermMatch(THOUGHT, "思维链")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RAG for law", ["retrieval-augmented generation"]),
        ("a rag and a doll", []),
        ("rag", ["retrieval-augmented generation"]),  # the whole query
        ("Rag", ["retrieval-augmented generation"]),
        ("用RAG做问答", ["retrieval-augmented generation"]),
        ("CoT prompting", ["chain of thought"]),
        ("cot prompting", []),
        ("cot", ["chain of thought"]),
    ],
)
def test_an_abbreviation_counts_as_it_is_written_or_as_the_whole_query(
    text: str, expected: list[str]
) -> None:
    assert english(text) == expected


def test_an_abbreviation_inside_another_word_does_not_count_but_its_plural_does() -> None:
    assert english("STORAGE of a rag") == []
    assert english("building RAGs") == ["retrieval-augmented generation"]


def test_an_empty_table_finds_nothing() -> None:
    assert TermTable([]).find("大语言模型 RAG") == []


# Reading


def test_a_table_is_read_with_its_header_and_its_blank_lines_passed_over() -> None:
    lines = [
        "en\tzh\tabbr\n",
        "graph| map \t图\t\n",
        "\n",
        "# note\n",
        "only\t\n",
        "a\t乙\tA|B\textra\n",
    ]
    assert read_terms(lines) == [
        Term(("graph", "map"), ("图",), ()),
        Term(("only",), (), ()),
        Term(("a",), ("乙",), ("A", "B")),
    ]
    assert read_terms([]) == []


# Other forms


def test_other_forms_leave_out_what_was_written() -> None:
    (match,) = SMALL.find("大语言模型")
    assert other_forms(match, chinese=True) == [
        "large language model",
        "big language model",
        "LLM",
        "大模型",
    ]
    assert other_forms(match, chinese=False) == [
        "large language model",
        "big language model",
        "LLM",
    ]
    (match,) = SMALL.find("Large Language Models")
    assert "large language model" not in other_forms(match, chinese=True)
    assert "大语言模型" in other_forms(match, chinese=True)


def test_terms_are_translated_to_their_preferred_english() -> None:
    assert translate_terms(SMALL.find("用检索增强生成改进大模型")) == (
        "retrieval-augmented generation large language model"
    )
    assert translate_terms([]) == ""
    assert translate_terms([TermMatch(Term((), ("甲",)), "甲")]) == ""


# The bundled table


def test_no_form_of_the_bundled_table_stands_in_two_rows() -> None:
    rows: dict[str, list[str]] = defaultdict(list)
    for term in bundled_terms():
        for form in {fold(form) for form in (*term.english, *term.chinese, *term.abbreviations)}:
            rows[form].append(term.english[0])
    assert len(rows) > 1_000
    assert {form: held for form, held in rows.items() if len(held) > 1} == {}


def test_every_bundled_term_has_both_languages_and_chinese_forms_are_chinese() -> None:
    terms = bundled_terms()
    assert len(terms) > 500
    for term in terms:
        assert term.english, term
        assert term.chinese, term
        assert all(has_chinese(form) for form in term.chinese), term
        assert not any(has_chinese(form) for form in (*term.english, *term.abbreviations)), term


@pytest.mark.parametrize(
    "form", ["思维链", "链式思维", "思維鏈", "CoT", "chain of thought", "chain-of-thought"]
)
def test_chain_of_thought_is_one_concept_in_all_its_forms(bundled: TermTable, form: str) -> None:
    (match,) = bundled.find(form)
    assert match.term is bundled.find("chain of thought")[0].term
    assert match.term.english[0].replace("-", " ").startswith("chain of thought")


def lost_forms(table: TermTable, *, chinese: bool) -> list[str]:
    """The forms that find another row than their own, or none."""
    return [
        form
        for term in table.terms
        for form in (term.chinese if chinese else (*term.english, *term.abbreviations))
        if term not in [match.term for match in table.find(form)]
    ]


def test_every_chinese_form_of_the_bundled_table_finds_its_own_row(bundled: TermTable) -> None:
    assert lost_forms(bundled, chinese=True) == []


def test_every_english_form_of_the_bundled_table_finds_its_own_row(bundled: TermTable) -> None:
    assert lost_forms(bundled, chinese=False) == []
