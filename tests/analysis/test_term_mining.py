"""Bilingual terms from notes: tables, lists and sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from littrack.analysis.term_forms import FormIndex, form_key
from littrack.analysis.term_mining import find_pairs, find_pairs_in_rows, strip_pinyin
from littrack.notes import Note, Passage, PassageKind
from littrack.records import Term
from littrack.terms import FormKind, PairKind, TermPair

KNOWN = FormIndex(
    [
        Term(("large language model",), ("大语言模型", "大型语言模型"), ("LLM",)),
        Term(("language model",), ("语言模型",)),
        Term(("chain-of-thought", "chain of thought"), ("思维链", "链式思维"), ("CoT",)),
        Term(("in-context learning",), ("上下文学习", "语境学习"), ("ICL",)),
        Term(("fine-tuning",), ("微调", "精调")),
        Term(("token",), ("词元",)),
        Term(("emergent ability", "emergence"), ("涌现能力", "涌现")),
        Term(("mixture of experts",), ("混合专家", "混合专家模型"), ("MoE",)),
        Term(("prompt",), ("提示词", "提示")),
    ]
)


def a_note(text: str, *headings: str, kind: PassageKind = PassageKind.PARAGRAPH) -> Note:
    passage = Passage(0, (0, len(text)), text, kind, headings)
    return Note("a.md", text, "", "markdown", "utf-8", "00" * 32, (passage,))


def mined(text: str, *headings: str) -> list[tuple[str, str, str]]:
    pairs = find_pairs(a_note(text, *headings), KNOWN)
    return [(pair.english, pair.chinese, pair.abbreviation) for pair in pairs]


# --- sentences ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("大模型会有涌现能力(Emergent Abilities)。", ("Emergent Abilities", "涌现能力", "")),
        ("采用链式思维(chain-of-thought, CoT)", ("chain-of-thought", "链式思维", "CoT")),
        ("Chain-of-Thought（思维链）很有用", ("Chain-of-Thought", "思维链", "")),
        ("上下文学习（ICL）不改参数", ("", "上下文学习", "ICL")),
        ("这种现象被称为涌现Emergence。", ("Emergence", "涌现", "")),
        ("下图比较语境学习ICL和别的办法", ("", "语境学习", "ICL")),
        ("然后微调FT一遍", ("", "微调", "FT")),
        ("就是大语言模型LargeLanguageModel。", ("Large Language Model", "大语言模型", "")),
        ("• Prompt 提示词;别的不说", ("Prompt", "提示词", "")),
        ("它用 chain of thought (CoT) 来推理", ("chain of thought", "", "CoT")),
        ("叫做“灾难遗忘”（catastrophic forgetting）", ("catastrophic forgetting", "灾难遗忘", "")),
        ("我们训练了**奖励模型**(reward model)", ("reward model", "奖励模型", "")),
        ("模型用了旋转位置编码（Rotary Position Embedding, RoPE）",
         ("Rotary Position Embedding", "旋转位置编码", "RoPE")),
        ("的知识蒸馏（英文：knowledge distillation）", ("knowledge distillation", "知识蒸馏", "")),
        ("自适应梯度裁剪算法（AGC）", ("", "自适应梯度裁剪算法", "AGC")),
    ],
)  # fmt: skip
def test_a_pair_in_a_sentence_is_found(text: str, pair: tuple[str, str, str]) -> None:
    assert mined(text) == [pair]


@pytest.mark.parametrize(
    "text",
    [
        "我们用了新的模型(BERT)",
        "输入(reward, state, action)",
        "删除连续的 token(自编码)",
        "数据集（RecSys 2023）",
        "GPT-4（开源社区没有）",
        "结果见图(Figure 3)",
        "最近的工作（Wei et al., 2022）",
        "用 attention 机制做 language model 训练",
        "爱丁堡大学 (University of Edinburgh)",
        "训(xùn)练(liàn)很久(jiǔ)",
        "排序（step3）",
        "使用各种框架(VGG，ResNet等)",
    ],
)
def test_a_remark_in_parentheses_is_no_pair(text: str) -> None:
    assert mined(text) == []


def test_words_after_an_abbreviation_belong_to_the_term() -> None:
    found = mined("• chain-of-thought(CoT) prompting 链式思维提示,很有用")
    assert ("chain-of-thought", "", "CoT") in found
    other = FormIndex([Term(("chain-of-thought prompting",), ("链式思维",))])
    [pair, _] = find_pairs(a_note("• chain-of-thought(CoT) prompting 链式思维提示,很有用"), other)
    assert (pair.english, pair.chinese) == ("chain-of-thought prompting", "链式思维提示")


def test_a_form_that_the_note_repeats_shows_where_the_term_begins() -> None:
    text = "大家一起讨论跳跃连接（skip connection）。去掉跳跃连接会变差，跳跃连接很好。"
    assert mined(text) == [("skip connection", "跳跃连接", "")]


def test_a_span_leads_back_to_the_note_with_its_readings() -> None:
    text = "前面的話。思維鏈(liàn)提示(shì)詞(chain-of-thought)"
    readings = "訓(xùn)練。思維鏈(liàn)（chain-of-thought）的效(xiào)果"
    [pair] = find_pairs(a_note(readings), KNOWN)
    assert pair.chinese == "思維鏈"
    assert readings[slice(*pair.span)] == "思維鏈(liàn)（chain-of-thought）"
    assert strip_pinyin(text).text == "前面的話。思維鏈提示詞(chain-of-thought)"


def test_a_reading_goes_and_another_word_in_brackets_stays() -> None:
    assert strip_pinyin("他的(de)训(xùn)练").text == "他的训练"
    assert strip_pinyin("这支笔(pen)").text == "这支笔(pen)"
    assert strip_pinyin("训(xùn)练(BERT)").text == "训练(BERT)"


@pytest.mark.parametrize("kind", [PassageKind.BOILERPLATE, PassageKind.CODE, PassageKind.REFERENCE])
def test_what_the_author_did_not_write_is_left_out(kind: PassageKind) -> None:
    assert find_pairs(a_note("涌现能力(Emergent Abilities)", kind=kind), KNOWN) == []


# --- lists ----------------------------------------------------------------------------------------


def test_a_list_of_abbreviations_is_read() -> None:
    text = (
        "PLMs:pre-trained language models\nSLM:statistical language models\nICL:In-context learning"
    )
    assert mined(text) == [
        ("pre-trained language models", "", "PLMs"),
        ("statistical language models", "", "SLM"),
        ("In-context learning", "", "ICL"),
    ]
    assert {pair.kind for pair in find_pairs(a_note(text), KNOWN)} == {PairKind.LIST}


def test_a_label_is_no_term_but_under_a_heading_for_terms_it_is() -> None:
    line = "- 课程学习: curriculum learning"
    assert mined(line) == []
    assert mined(line, "笔记", "术语表") == [("curriculum learning", "课程学习", "")]


def test_a_known_term_before_a_definition_is_a_pair() -> None:
    text = "• 混合专家模型:mixture-of-expert (MoE) models:用许多小网络"
    assert ("mixture-of-expert models", "混合专家模型", "") in mined(text)


def test_a_link_is_no_abbreviation() -> None:
    assert mined("https://example.org/LLMSurvey") == []


# --- tables ---------------------------------------------------------------------------------------

TABLE = """\
英文 | 中文 | 釋義 |
---|---|---|
Emergent Ability | 突現(xiàn)能力 | 只有大模型才有
Curriculum Learning (CL) | 課程學(xué)習(xí)/循序學習 | 先易后难

Prompt | 提示词 |
完。
"""


def test_a_glossary_table_gives_every_row_with_its_variants() -> None:
    pairs = find_pairs(a_note(TABLE), KNOWN)
    assert [(one.english, one.chinese, one.abbreviation) for one in pairs] == [
        ("Emergent Ability", "突現能力", ""),
        ("Curriculum Learning", "課程學習", "CL"),
        ("Curriculum Learning", "循序學習", "CL"),
        ("Prompt", "提示词", ""),
    ]
    assert pairs[0].meaning == "只有大模型才有"
    assert TABLE[slice(*pairs[0].span)].startswith("Emergent Ability | 突現(xiàn)能力")


def test_a_table_of_something_else_is_no_glossary() -> None:
    assert mined("模型 | 参数 | 时间\n---|---|---\nPaLM | 540B | 2022") == []


def test_rows_of_a_file_are_read_by_their_header() -> None:
    rows = [["en", "zh", "abbr"], ["Gating Network", "门控网络", ""], ["", "孤独", ""]]
    pair = TermPair(PairKind.TABLE, "Gating Network", "门控网络", "", (2, 2))
    assert find_pairs_in_rows(rows) == [pair]
    assert find_pairs_in_rows([["a", "b"], ["c", "d"]]) == []
    assert find_pairs_in_rows([]) == []


# --- forms ----------------------------------------------------------------------------------------


def test_forms_that_differ_in_writing_only_are_one() -> None:
    assert form_key("思維鏈") == form_key("思维链")
    assert (
        form_key("Chain of Thought") == form_key("chain-of-thought") == form_key("ChainOfThought")
    )
    assert form_key("Emergent Abilities") == form_key("emergent ability")
    assert form_key("威震天 - 图灵") == form_key("威震天图灵")
    assert form_key("adapter") != form_key("adaptation")


def test_abbreviations_are_known_by_their_capitals() -> None:
    assert KNOWN.find("LLMs") == KNOWN.find("large language models") == 0
    assert KNOWN.find("llm") is None
    assert KNOWN.find("CoT", FormKind.CHINESE) is None


@given(st.text("训练模型(xùn)(a)（）[]|:： CoTabc,，、\n-“”*", max_size=60))
def test_any_text_is_read_and_its_spans_lie_in_it(text: str) -> None:
    for pair in find_pairs(a_note(text, "术语"), KNOWN):
        start, end = pair.span
        assert 0 <= start <= end <= len(text)
        assert len(pair.forms) >= 2


def test_an_enormous_line_is_read_in_good_time() -> None:
    line = "我们训练跳跃连接（skip connection）和别的" * 4_000
    assert len(find_pairs(a_note(line), KNOWN)) == 4_000
