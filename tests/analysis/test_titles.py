"""Comparing titles: what is one work in two spellings, and what only looks so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from littrack.analysis.titles import Likeness, compare_titles

COT = "Chain-of-Thought Prompting Elicits Reasoning in Large Language Models"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{LoRA}: Low-Rank Adaptation", "LoRA - low rank adaptation"),
        ("ＧＰＴ－４ Technical Report", "GPT-4 Technical Report"),
        (r"Erd\H{o}s and \textbf{graphs}", "Erdős and graphs"),
        (r"An $\alpha$-divergence of $\mathcal{N}=4$", "An α-divergence of N=4"),
        ("大語言模型綜述", "大语言模型综述"),
        ("Fine-tuning", "Finetuning"),
    ],
)
def test_spelling_of_marks_and_markup_makes_no_difference(one: str, other: str) -> None:
    assert compare_titles(one, other) is Likeness.SAME


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("LLaMA", "LLaMA: Open and Efficient Foundation Language Models"),
        ("GPT-4", "GPT-4 Technical Report"),
        ("Language models are few-shot learner", "Language Models are Few-Shot Learners"),
        ("Chain-of-Thought Prompting Elicits Reasoning in LLMs", COT),
        ("Chain of thought prompting elicits reasoning in large", COT),
        ("Finetuning modelling for translation", "Fine-tuning modeling for translation"),
        ("大语言模型综述", "A Survey of Large Language Models (大语言模型综述)"),
        ("Reflexion: an autonomous agent", "Reflexion: Verbal Reinforcement"),
    ],
)
def test_a_subtitle_or_a_spelling_makes_a_variant(one: str, other: str) -> None:
    assert compare_titles(one, other) is Likeness.VARIANT


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("GPT-3 Technical Report", "GPT-4 Technical Report"),
        ("Qwen2 Technical Report", "Qwen2.5 Technical Report"),
        ("Qwen-VL Technical Report", "Qwen Technical Report"),
        ("BERT", "RoBERTa: A Robustly Optimized BERT"),
        ("A Survey of Large Language Models", "A Survey on Multimodal Large Language Models"),
        ("Models Trained on Code", "Models Trained on Chemistry"),
        ("Attention Is All You Need", COT),
        ("", COT),
    ],
)
def test_another_number_or_subject_is_another_work(one: str, other: str) -> None:
    assert compare_titles(one, other) is Likeness.OTHER


def test_titles_in_two_languages_cannot_be_told_apart_by_letters() -> None:
    assert compare_titles("大语言模型综述", "A Survey of Large Language Models") is Likeness.SCRIPT


@given(st.text(max_size=40), st.text(max_size=40))
def test_comparing_does_not_depend_on_the_order(one: str, other: str) -> None:
    same = compare_titles(one, other) is Likeness.SAME
    assert same == (compare_titles(other, one) is Likeness.SAME)
    assert compare_titles(one, one) is Likeness.SAME
