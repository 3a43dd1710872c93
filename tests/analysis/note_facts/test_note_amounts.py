"""Amounts and dates as notes write them, in Chinese and English."""

from __future__ import annotations

import pytest

from littrack.analysis.note_facts.amounts import extract_amounts, extract_ranges
from littrack.analysis.note_facts.dates import extract_dates
from littrack.claims import ModelDateKind, Unit

P, T, W, B = Unit.PARAMETERS, Unit.TOKENS, Unit.WORDS, Unit.BYTES


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("共 8B/62B/540B 参数", [(8e9, P), (62e9, P), (540e9, P)]),
        ("参数量 1300 亿", [(130e9, None)]),
        ("具有60亿参数", [(6e9, P)]),
        ("用 1.56T 词预训练,137B 参数", [(1.56e12, W), (137e9, P)]),
        ("读了 1.2 万亿 tokens", [(1.2e12, T)]),
        ("780 B 高质量 token", [(780e9, T)]),
        ("10.5 TB of text", [(10.5e12, B)]),
        ("trained on 1.4 trillion tokens", [(1.4e12, T)]),
        ("a 6.7 billion-parameter model", [(6.7e9, P)]),
        ("175B/1750亿", [(175e9, None), (175e9, None)]),
    ],
)
def test_an_amount_has_its_scale_and_its_unit(text: str, expected: list[object]) -> None:
    assert [(one.value, one.unit) for one in extract_amounts(text)] == expected


@pytest.mark.parametrize(
    "text", ["每张卡 80GB 显存", "32 GB of RAM is not enough? 32GB RAM", "GPT-3"]
)
def test_memory_and_names_are_no_amounts(text: str) -> None:
    assert [one for one in extract_amounts(text) if one.unit is not B] == []
    assert "GB RAM" not in "".join(one.text for one in extract_amounts(text))


def test_a_size_within_a_name_is_no_amount() -> None:
    assert extract_amounts("LLaMA-7B and Qwen-14B") == []


def test_bounds_and_parts_are_marked() -> None:
    bound, part = extract_amounts("超过 100B 参数,其中 22B 视觉参数")
    assert bound.is_bound
    assert part.is_part


def test_active_parameters_are_told_from_all() -> None:
    assert [one.qualifier for one in extract_amounts("236B 参数,21B 激活参数")] == ["", "active"]


def test_a_range_knows_that_its_first_number_is_bare() -> None:
    (bare,) = extract_ranges("在 5 到 5000 亿个标记上训练")
    assert (bare.low, bare.high, bare.unit, bare.bare) == (5.0, 5e11, T, True)
    (whole,) = extract_ranges("from 70M to 16B parameters")
    assert (whole.low, whole.high, whole.unit, whole.bare) == (70e6, 16e9, P, False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2022-10-05", ["2022-10-05"]),
        ("2021 年 10 月", ["2021-10"]),
        ("2023年3月14日开放", ["2023-03-14"]),
        ("released on October 5, 2022", ["2022-10-05"]),
        ("(Fu et al. Nov 2022)", ["2022-11"]),
        ("in Jan of 2022", ["2022-01"]),
        ("out since 2020", ["2020"]),
        ("见 https://arxiv.org/abs/2204.02311v5 与 arXiv:2210.02414", []),
        ("2022-13-40 没有这一天", []),
    ],
)
def test_a_date_is_as_precise_as_it_is_written(text: str, expected: list[str]) -> None:
    assert [str(one.date) for one in extract_dates(text)] == expected


def test_a_date_says_what_happened_on_it_where_the_note_does() -> None:
    text = "训练于 2022 年 3 月至 7 月,在 2022 年 11 月上传 arxiv"
    kinds = [(one.date.kind, str(one.date)) for one in extract_dates(text)]
    assert kinds == [
        (ModelDateKind.TRAINING_START, "2022-03"),
        (ModelDateKind.TRAINING_END, "2022-07"),
        (ModelDateKind.ARXIV_V1, "2022-11"),
    ]
