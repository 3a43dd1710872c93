from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from littrack.analysis.phrases import (
    arxiv_stem,
    find_phrase,
    number_forms,
    parse_phrase,
)
from littrack.errors import InputError
from littrack.trends import Semantics

LITERAL, PLURAL, STEM = Semantics


def found(text: str, phrase: str, semantics: Semantics = LITERAL) -> list[str]:
    return [text[start:end] for start, end in find_phrase(text, phrase, semantics)]


@pytest.mark.parametrize(
    "text",
    [
        "A language model of rivers",
        "Language Model of rivers",
        "a language-model of rivers",
        "a language\u2013model",
        "a language\u2010model",
        "a language\n  model",
        "a language~model",
        "a {language} {model}",
        "a $language$ model",
        "a language--model",
        r"a \emph{language} model",
        r"a \textbf{\emph{language}} \textit{model}",
        r"a {\it language} {\bf model}",
        "a LANGUAGE, MODEL",
    ],
)
def test_case_dashes_line_breaks_and_tex_do_not_hide_a_phrase(text: str) -> None:
    for semantics in Semantics:
        (start, end), *others = find_phrase(text, "language model", semantics)
        assert not others
        assert text[start:end].lower().startswith("language")
        assert text[start:end].rstrip("}").lower().endswith("model")


def test_a_phrase_is_whole_words_one_after_the_other() -> None:
    for text in ("languages model", "language of model", "model language", "sublanguage model"):
        assert not found(text, "language model", LITERAL)
        assert not found(text, "language model", PLURAL)
    assert not found("language remodel", "language model", STEM)


def test_each_semantics_holds_what_the_one_before_holds_and_more() -> None:
    text = "language model, language models, language modeling, languages modelled"
    assert found(text, "language model", LITERAL) == ["language model"]
    assert found(text, "language model", PLURAL) == ["language model", "language models"]
    assert len(found(text, "language model", STEM)) == 4


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("model", "models"),
        ("study", "studies"),
        ("box", "boxes"),
        ("process", "processes"),
        ("corpus", "corpora"),
        ("matrix", "matrices"),
        ("hypothesis", "hypotheses"),
        ("criterion", "criteria"),
    ],
)
def test_singular_and_plural_find_each_other(one: str, other: str) -> None:
    assert other in number_forms(one)
    assert one in number_forms(other)


def test_stems_are_those_of_lucene() -> None:
    assert arxiv_stem("modeling") == arxiv_stem("models") == "model"
    assert arxiv_stem("possibly") == arxiv_stem("possible")  # later than Porter's paper
    assert arxiv_stem("ontology") == arxiv_stem("ontological")
    assert arxiv_stem("os") == "os"  # short words are whole
    assert arxiv_stem("biology") != arxiv_stem("biological")[:5]


def test_the_possessive_is_dropped_by_stems_only() -> None:
    text = "the language's model performance and a model\u2019s performance"
    assert found(text, "model performance", STEM) == [
        "model performance",
        "model\u2019s performance",
    ]
    assert found(text, "model performance", PLURAL) == ["model performance"]
    assert found("Zipf's law and Zipf law", "Zipf's law", LITERAL) == ["Zipf's law"]
    assert found("Zipf's law and Zipf law", "Zipf's law", STEM) == ["Zipf's law", "Zipf law"]


def test_a_stop_word_within_a_phrase_stands_for_any_one_word_by_stems() -> None:
    text = "chain of thought, chain-for-thought, chain thought, chain of a thought"
    assert found(text, "chain of thought", LITERAL) == ["chain of thought"]
    assert found(text, "chain of thought", STEM) == ["chain of thought", "chain-for-thought"]
    assert found("the language model", "the language model in", STEM) == ["language model"]
    assert found("to be or not to be", "to be", STEM) == ["to be", "to be"]


def test_chinese_is_found_folded_within_a_run_of_characters() -> None:
    assert found("本文提出思維鏈提示方法", "思维链") == ["思維鏈"]
    assert found("大语言模型综述", "语言模型", STEM) == ["语言模型"]
    assert found("我们评测RAG系统在长文档上的表现", "rag系统") == ["RAG系统"]
    assert not found("语言，模型", "语言模型")
    assert not found("图", "图像")


def test_accents_count_as_nothing_in_unicode_and_in_tex() -> None:
    for text in ("Schrödinger bridge", "Schrodinger bridge", r"Schr\"odinger bridge"):
        assert find_phrase(text, "Schrödinger bridge", LITERAL)
        assert find_phrase(text, r"Schr\"{o}dinger bridge", LITERAL)


def test_an_abbreviation_counts_as_it_is_written_or_in_plural() -> None:
    rag = parse_phrase("RAG", LITERAL)
    assert rag.is_written_in("We use RAG.") and rag.is_written_in("Two RAGs")
    assert not rag.is_written_in("a rag") and not rag.is_written_in("RAGGED")


def test_a_phrase_without_words_or_with_too_many_is_refused() -> None:
    with pytest.raises(InputError, match="no word"):
        parse_phrase("-- $$", STEM)
    with pytest.raises(InputError, match="more than"):
        parse_phrase("word " * 13, STEM)


WORDS = st.sampled_from(
    [
        "language",
        "model",
        "models",
        "of",
        "the",
        "Zipf's",
        r"\emph{law}",
        "图像",
        "RAG系统",
        "-",
        "s",
    ]
)


@given(st.lists(WORDS, max_size=8), st.lists(WORDS, min_size=1, max_size=3))
def test_wider_semantics_never_lose_a_text(text: list[str], phrase: list[str]) -> None:
    written, wanted = " ".join(text), " ".join(phrase)
    try:
        holds = [parse_phrase(wanted, semantics).is_in(written) for semantics in Semantics]
    except InputError:
        return
    assert holds == sorted(holds)
    for semantics, held in zip(Semantics, holds, strict=True):
        spans = find_phrase(written, wanted, semantics)
        assert bool(spans) == held
        assert all(0 <= start < end <= len(written) for start, end in spans)
