"""Folding notes for comparison, the way back to the original, and the damages they carry."""

from __future__ import annotations

import string
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from littrack.analysis.lost_spaces import find_lost_spaces
from littrack.analysis.note_hygiene import count_scripts, find_damages, fold_passage
from littrack.analysis.pinyin import find_pinyin
from littrack.notes import DamageKind
from littrack.text import fold

TROUBLE = st.text(
    alphabet=st.one_of(
        st.sampled_from(
            "訓練(xùn)（lè）上下文學習[]\n\r：https://arxiv.org/abs/2201LargeLanguageModel"
        ),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=80,
)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("訓(xùn)練大模型", "训练大模型"),
        ("大模型的能力(nénglì)", "大模型的能力"),
        ("我的(de)老師們(men)", "我的老师们"),
        ("綠(lǜ)色（sè）", "绿色"),
        ("F(xiàn)在更酷", "f在更酷"),
        ("生成式模型(GPT)", "生成式模型(gpt)"),
        ("见下文(see)", "见下文(see)"),
        ("他的简历(résumé)", "他的简历(résumé)"),
        ("男性(men)", "男性(men)"),
        ("ＧＰＴ－３ 與 思維鏈", "gpt-3 与 思维链"),
        ("大语言模型LargeLanguageModel很大", "大语言模型large language model很大"),
        ("Bytheway, a Pre-trainedLanguageModel", "by the way, a pre-trained language model"),
        ("CommonCrawl ChatGPT PyTorch ZeroSearch", "commoncrawl chatgpt pytorch zerosearch"),
        ("[A Title of\r\n\r\nTwo Lines](https://a.b/c)", "[a title of two lines](https://a.b/c)"),
        ("https://arxiv.org/abs/\n2201.11903 好", "https://arxiv.org/abs/2201.11903 好"),
        ("ｶﾞ e\u0301", "ガ é"),
    ],
)
def test_a_passage_is_folded_for_comparing(text: str, folded: str) -> None:
    assert fold_passage(text).text == folded


def test_a_fold_leads_back_to_the_words_as_they_stand_in_the_note() -> None:
    text = "我們用思維鏈(liàn)提示訓(xùn)練LargeLanguageModel。"
    folded = fold_passage(text)
    for words, original in (
        ("思维链提示", "思維鏈(liàn)提示"),
        ("训练", "訓(xùn)練"),
        ("large language model", "LargeLanguageModel"),
        ("language", "Language"),
    ):
        start = folded.text.index(words)
        span = folded.original(start, start + len(words))
        assert text[slice(*span)] == original


@given(TROUBLE)
def test_places_never_go_back_and_stay_inside_the_text(text: str) -> None:
    folded = fold_passage(text)
    assert len(folded.places) == len(folded.text)
    assert all(0 <= start <= end <= len(text) for start, end in folded.places)
    for (start, end), (later, last) in pairwise(folded.places):
        assert start <= later and end <= last
    for place in range(len(folded.text)):
        assert folded.original(place, place + 1) == folded.places[place]


@given(st.text(alphabet=string.printable.replace("[", ""), max_size=60))
def test_folding_plain_ascii_is_lower_case(text: str) -> None:
    folded = fold_passage(text, words=frozenset())
    assert folded.text == text.lower()
    assert folded.places == tuple((place, place + 1) for place in range(len(text)))


@given(st.text(alphabet="上下文學習訓練數據與模型里裡后後GPTｇ－3é， \u0301", max_size=40))
def test_without_damages_a_passage_folds_as_everything_else_in_littrack_does(text: str) -> None:
    assert fold_passage(text).text == fold(text)


@given(TROUBLE)
def test_folding_twice_changes_nothing_that_pinyin_left(text: str) -> None:
    once = fold_passage(text)
    if not find_pinyin(once.text) and "[" not in text and "/" not in text:
        assert fold(once.text) == fold(fold_passage(once.text).text)


def test_known_names_stay_whole_and_new_words_part_runs() -> None:
    words = frozenset(("retrieval", "augmented", "generation", "promptlearning"))
    assert [lost.places for lost in find_lost_spaces("RetrievalAugmentedGeneration", words)] == [
        (9, 18)
    ]
    assert find_lost_spaces("PromptLearning", words) == []


def test_each_damage_is_named_with_what_it_was() -> None:
    text = (
        "訓(xùn)練了LargeLanguageModel。\n破損\ufffd之處，抽取?。\n"
        "见 [A Title\n\nof Two Lines](https://a.b/c)\nå¤§æ¨¡åž‹\n"
    )
    found = [(damage.kind, damage.found, damage.meant) for damage in find_damages(text)]
    assert found == [
        (DamageKind.PINYIN, "訓(xùn)", "訓"),
        (DamageKind.LOST_SPACES, "LargeLanguageModel", "Large Language Model"),
        (DamageKind.REPLACEMENT, "\ufffd", ""),
        (DamageKind.REPLACEMENT, "?。", ""),
        (DamageKind.BROKEN_LINK, "A Title\n\nof Two Lines", "A Title of Two Lines"),
        (DamageKind.MOJIBAKE, "å¤§æ¨¡åž‹", "大模型"),
    ]
    assert all(text[slice(*damage.span)] == damage.found for damage in find_damages(text))


def test_utf_8_that_was_read_as_chinese_is_found_and_chinese_is_not() -> None:
    garbled = "语言模型很大".encode().decode("gb18030")
    damages = find_damages(f"甲 {garbled} 乙")
    assert [(damage.kind, damage.meant) for damage in damages] == [
        (DamageKind.MOJIBAKE, "语言模型很大")
    ]
    assert find_damages("一段完全正常的中文笔记，谈语言模型与缩放定律。") == ()


def test_the_script_of_a_note_is_counted_and_the_other_one_is_pointed_out() -> None:
    traditional = "這篇論文訓練語言模型，並說明為什麼規模與數據對結果這樣重要，還討論實驗與評測。"
    scripts = count_scripts(traditional)
    assert (scripts.main, scripts.simplified) == ("traditional", 0)
    assert find_damages(traditional + "里面的后面") == ()  # written so in both
    mixed = find_damages(traditional + "这个模型们很大。")
    assert [(one.kind, one.found) for one in mixed] == [(DamageKind.MIXED_SCRIPT, "这个模型们")]
    assert count_scripts("plain English").main == "none"


@given(TROUBLE)
def test_damages_lie_inside_the_text(text: str) -> None:
    for damage in find_damages(text):
        assert text[slice(*damage.span)] == damage.found != ""
