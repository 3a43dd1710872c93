"""Ten notes by ten writers: what is wrong in them is found, and nothing else is reported."""

from __future__ import annotations

from pathlib import Path

from noted import a_note, check, told


def test_a_chinese_block_with_the_date_of_a_later_version(tmp_path: Path) -> None:
    note = a_note(
        tmp_path,
        "## PaLM\n\n- 发布时间：2022-10-05\n- 参数量：8B/62B/540B 参数\n- 训练数据：780B token\n"
        "- 论文：https://arxiv.org/abs/2204.02311\n",
    )
    (one,) = check(note).conflicts
    assert told([one]) == [("PaLM", "release_date", "2022-10-05", "date-type")]
    assert one.explanation == "这是 arXiv 第 5 版（v5）的日期，论文首发于 2022-04-05"
    assert (one.arxiv_id, one.quote, one.sources) == ("2204.02311", "2022-10-05", ("2204.02311v5",))


def test_an_english_block_with_the_date_of_a_later_version(tmp_path: Path) -> None:
    note = a_note(
        tmp_path,
        "# My reading\n\n## PaLM\n\n- Release date: 5 October 2022\n- Parameters: 540B\n"
        "- Company: Google\n- Paper: https://arxiv.org/abs/2204.02311\n",
    )
    (one,) = check(note).conflicts
    assert one.explanation == "this is the date of v5; the paper is from 2022-04-05"
    assert one.known_value == "2022-04-05"


def test_a_note_without_an_error_is_left_alone(tmp_path: Path) -> None:
    note = a_note(
        tmp_path,
        "# 几个开源模型\n\n## Gopher\n\n- 发布时间：2021 年 12 月\n"
        "- 数据和模型规模：280B 参数，300B token\n"
        "- 方法：在 4096 块 TPU v3 上训练 920 小时\n- 机构：DeepMind\n\n"
        "## Galactica\n\n"
        "- 发布时间：2022-11-16\n- 参数量：125M - 120B 参数\n"
        "- 训练数据：106B token\n- 公司：Meta\n\n"
        "Falcon 由 Technology Innovation Institute 推出。BLOOM-176B 和 OPT-175B 都是开放的。\n",
    )
    checked = check(note)
    assert told(checked.conflicts) == []
    assert told(checked.remarks) == []


def test_an_english_note_without_an_error_is_left_alone(tmp_path: Path) -> None:
    note = a_note(
        tmp_path,
        "# Scaling\n\nJurassic-1 has 178 billion parameters, and GPT-3, which has 175B parameters, "
        "came first: it was released in May 2020. Flan-PaLM is based on PaLM. "
        "Codex was developed by OpenAI.\n\n"
        "When GPT-4 came out, PaLM had been out for 11 months.\n",
    )
    assert told(check(note).conflicts) == []


def test_a_size_of_another_model_and_a_slipped_digit(tmp_path: Path) -> None:
    note = a_note(
        tmp_path,
        "## ChatGLM\n\n- 参数量：1300 亿参数\n\n## Jurassic-1\n\n- 参数量：17800 亿参数\n\n"
        "## UL2\n\n- 参数量：20B 参数\n",
    )
    first, second = check(note).conflicts
    assert told([first]) == [("ChatGLM", "size", "1300 亿", "entity")]
    assert "GLM-130B" in first.explanation
    assert told([second]) == [("Jurassic-1", "size", "1.78 万亿", "value")]
    assert "10 倍" in second.explanation


def test_makers_bases_and_countries_that_are_not_theirs(tmp_path: Path) -> None:
    note = a_note(
        tmp_path,
        "## Koala\n\n- Developer: a French startup\n- Base model: GPT-J\n\n## StarCoder\n\n"
        "LLaMA was developed by OpenAI.\n",
    )
    found = check(note).conflicts
    assert told(found) == [
        ("Koala", "organisation", "a French startup"[2:], "attribution"),
        ("Koala", "base_model", "GPT-J", "entity"),
        ("LLaMA", "organisation", "OpenAI", "attribution"),
    ]
    assert found[0].explanation == "Koala was made by Berkeley, which is in the US"
    assert found[1].explanation == "Koala is made from LLaMA, not from GPT-J"


def test_what_the_calendar_forbids(tmp_path: Path) -> None:
    note = a_note(
        tmp_path,
        "## Alpaca\n\n- 发布时间：2023-01-20\n\n"
        "2021 年 6 月，有人基于 280B 的 Gopher 做了实验。\n\n"
        "在 Gopher 发布时，谷歌已经发布 PaLM 2 个月了。\n",
    )
    found = check(note).conflicts
    kinds = [(one.model, one.kind.value) for one in found]
    assert kinds == [("Alpaca", "order"), ("Gopher", "order")]
    assert "LLaMA 到 2023-02-24 才发布" in found[0].explanation


def test_months_that_do_not_lie_between_two_models(tmp_path: Path) -> None:
    note = a_note(tmp_path, "Gopher was released 6 months after PaLM, people say.\n")
    (one,) = check(note).conflicts
    assert told([one])[0][::3] == ("Gopher", "order")
    assert one.explanation == (
        "Gopher came out in 2021-12-08, but PaLM in 2022-04-05: 6 months do not lie between"
    )


def test_citations_that_their_own_ids_contradict(tmp_path: Path) -> None:
    note = a_note(
        tmp_path,
        "早在 2023 年 3 月 [1] 就有人试过，另见 2021 年 12 月 [2] 的工作。\n\n## 参考文献\n\n"
        "[1] Doe et al. 2020. A study. https://arxiv.org/abs/2304.01373\n\n"
        "[2] Roe et al. 2021. Another. https://arxiv.org/abs/2112.11446\n",
    )
    found = check(note).conflicts
    assert [(one.note_value, one.known_value, one.kind.value) for one in found] == [
        ("2023-03", "2023-04", "citation"),
        ("2020", "2023-04", "citation"),
    ]


def test_ranges_and_ratios_that_the_abstract_states_otherwise(tmp_path: Path) -> None:
    note = a_note(
        tmp_path,
        "## Gopher\n\n- 方法：训练了 4400 万到 1400 亿参数的一组模型，只用 1/5 的训练数据\n"
        "- 参数量：280B 参数\n- 论文：https://arxiv.org/abs/2112.11446\n",
    )
    found = check(note).conflicts
    assert [(one.field, one.kind.value) for one in found] == [
        ("parameters_range", "value"),
        ("ratio", "value"),
    ]
    assert found[1].explanation == "论文里的 1/5 说的是能耗，不是训练数据"
