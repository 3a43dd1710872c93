"""Abbreviations and what they stand for."""

from __future__ import annotations

import pytest

from littrack.analysis.abbreviations import find_meaning, is_abbreviation, is_initials


@pytest.mark.parametrize("word", ["LLM", "CoT", "RNNs", "QLoRA", "MT-NLG", "FP16"])
def test_a_word_with_two_capitals_is_an_abbreviation(word: str) -> None:
    assert is_abbreviation(word)


@pytest.mark.parametrize("word", ["Decoder", "prompt", "C4", "In-context", "大模型", "A B", ""])
def test_what_has_one_capital_or_none_is_no_abbreviation(word: str) -> None:
    assert not is_abbreviation(word)


@pytest.mark.parametrize(
    ("short", "words", "meaning"),
    [
        ("PLMs", "pre-trained language models", "pre-trained language models"),
        ("ELMo", "also Embedding from Language Models", "Embedding from Language Models"),
        ("ToT", "we try Tree-of-Thought", "Tree-of-Thought"),
        ("MHA", "the usual multi-head attention", "multi-head attention"),
        ("HMM", "hidden Markov model", "hidden Markov model"),
    ],
)
def test_a_meaning_is_the_end_of_the_words_that_has_the_letters(
    short: str, words: str, meaning: str
) -> None:
    assert find_meaning(short, words) == meaning


@pytest.mark.parametrize(
    ("short", "words"),
    [("BERT", "large models"), ("AI", "an old house"), ("LM", ""), ("GAN", "a learning net")],
)
def test_words_without_the_letters_are_no_meaning(short: str, words: str) -> None:
    assert find_meaning(short, words) is None


def test_initials_are_first_letters_and_no_others() -> None:
    assert is_initials("FT", "fine-tuning")
    assert is_initials("LLMs", "large language model")
    assert not is_initials("FT", "full parameter tuning")
