"""Titles found in running text, among titles that share their words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from littrack.analysis.note_hygiene import fold_passage
from littrack.analysis.note_links.title_index import TitleIndex, TitleMatch, words_of

TITLES = [
    ("2106.09685", "LoRA: Low-Rank Adaptation of Large Language Models"),
    ("2201.11903", "Chain-of-Thought Prompting Elicits Reasoning in Large Language Models"),
    ("2203.11171", "Self-Consistency Improves Chain of Thought Reasoning in Language Models"),
    ("2005.14165", "Language Models are Few-Shot Learners"),
    ("2109.07684", "Language Models are Few-shot Multilingual Learners"),
    ("2302.13971", "LLaMA: Open and Efficient Foundation Language Models"),
    ("2206.14858", "Solving Quantitative Reasoning Problems with Language Models"),
    ("1807.06521", "CBAM: Convolutional Block Attention Module"),
    ("2009.00001", "Bottleneck Towers"),
    ("2009.00002", "Bottleneck Towers"),
    *(
        (f"2401.{n:05}", f"Study {n} of language models and of how they reason")
        for n in range(1, 40)
    ),
]
INDEX = TitleIndex(TITLES)


def find(text: str) -> list[TitleMatch]:
    return INDEX.find_titles(words_of(fold_passage(text)))


def best(text: str) -> str | None:
    found = find(text)
    return found[0].arxiv_id if found else None


@pytest.mark.parametrize(
    ("text", "arxiv_id"),
    [
        ("这篇 LoRA: Low-Rank Adaptation of Large Language Models 很有名", "2106.09685"),
        ("low-rank adaptation of large language models", "2106.09685"),
        ("Minerva: Solving Quantitative Reasoning Problems with Language Models", "2206.14858"),
        ("Chain of thought prompting elicit reasoning in large langauge models", "2201.11903"),
        ("论文:LLaMA:Open and Efficient Foundation LanguageModels", "2302.13971"),
        ("Language Models are Few-Shot Learners", "2005.14165"),
        ("language models are few-shot multilingual learners", "2109.07684"),
    ],
)
def test_a_title_is_found_however_it_is_written(text: str, arxiv_id: str) -> None:
    assert best(text) == arxiv_id


@pytest.mark.parametrize(
    "text",
    [
        "",
        "大语言模型的推理能力",
        "large language models reason in a few steps",
        "Study 77 of language models and of how they reason",  # another number, another work
    ],
)
def test_words_that_titles_share_are_no_title(text: str) -> None:
    assert best(text) is None


def test_the_span_covers_the_title_in_the_original_text() -> None:
    text = "见《Language Models are Few-Shot Learners》一文"
    found = find(text)[0]
    assert text[slice(*found.span)] == "Language Models are Few-Shot Learners"
    assert found.likeness == pytest.approx(1.0)


def test_pinyin_in_the_text_does_not_move_the_span() -> None:
    text = "訓(xùn)練用 LoRA: Low-Rank Adaptation of Large Language Models 吧"
    start, end = find(text)[0].span
    assert text[start:end] == "LoRA: Low-Rank Adaptation of Large Language Models"


def test_two_papers_of_one_title_are_both_found() -> None:
    assert {one.arxiv_id for one in find("Bottleneck Towers")} == {"2009.00001", "2009.00002"}


def test_a_name_leads_to_the_papers_whose_titles_begin_with_it() -> None:
    [name] = INDEX.find_names(words_of(fold_passage("CBAM 模块如下;CBAM 很轻")))
    assert (name.name, name.papers, len(name.spans)) == ("cbam", ("1807.06521",), 2)


def test_the_share_of_a_title_present_counts_rare_words_more() -> None:
    rare = INDEX.share_present("2106.09685", {"lora", "adaptation"})
    common = INDEX.share_present("2106.09685", {"language", "models"})
    assert rare > 1.5 * common
    assert INDEX.share_present("9999.99999", {"lora"}) == 0.0


def test_an_empty_library_holds_no_title() -> None:
    empty = TitleIndex([])
    assert empty.find_titles(words_of(fold_passage("any words at all"))) == []
    assert "2106.09685" not in empty


@given(st.text(max_size=200))
def test_any_text_can_be_searched_for_titles(text: str) -> None:
    for match in find(text):
        assert 0 <= match.span[0] < match.span[1] <= len(text)
        assert 0 < match.likeness <= 1.0001
