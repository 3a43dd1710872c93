"""Model names: which writings are one name, and what a name is made of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from littrack.analysis.model_names import (
    NameParts,
    is_misspelling,
    loose_key,
    name_key,
    parse_name,
    size_after,
    size_before,
    spelling_of,
    split_size,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("PanGu-α", "PanGu-alpha"),
        ("PanGu-α", r"Pangu-\(\alpha\)"),
        ("PanGu-α", r"PanGu-$\alpha$"),
        ("PanGu-Σ", "PanGu-Sigma"),
        ("PanGu-Σ", "pangu-ς"),
        ("Vicuña", "Vicuna"),
        ("Vicuña", r"Vicu\~na"),
        ("ＧＰＴ－４", "GPT-4"),
        ("GPT‑4", "GPT 4"),
        ("gpt_4", "GPT4"),
        ("**LLaMA**", "llama"),
        (r"\textsc{LLaMA}\xspace", "LLaMA"),
        ("[PaLM](https://example.org/palm_2)", "PaLM"),
        ("PaLM^[7]^", "PaLM"),
        ("DALL·E", "DALL-E"),
        ("Mixtral 8×7B", "Mixtral-8x7B"),
        ("Llama-2-70B", "LLaMA2 70B"),
        ("PaLM (540B)", "PaLM-540B"),
        ("威震天-图灵", "威震天圖靈"),
        (r"LLaMA$_2$", "LLaMA 2"),
    ],
)
def test_marks_markup_case_and_alphabet_make_no_difference(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Qwen2.5", "Qwen25"),
        ("Qwen2.5", "Qwen2 5B"),
        ("Qwen2-5B", "Qwen25B"),
        ("GPT-3.5", "GPT-35"),
        ("GPT-3", "GPT-4"),
        ("CodeT5", "CodeT5+"),
        ("T0", "T0++"),
        ("T5", "mT5"),
        ("GLM", "ChatGLM"),
        ("LaMDA", "LaMDA-PT"),
        ("PanGu-α", "PanGu-Σ"),
    ],
)
def test_numbers_plus_signs_and_letters_make_another_name(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


B = 1e9


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        (
            "Qwen2.5-Coder-32B-Instruct",
            NameParts("Qwen", "2.5", 32 * B, ("coder", "instruct")),
        ),
        ("Mixtral-8x7B", NameParts("Mixtral", "", 56 * B, (), experts=8)),
        ("GLM-130B", NameParts("GLM", "", 130 * B)),
        ("text-davinci-003", NameParts("text-davinci", "003")),
        ("code-davinci-002", NameParts("code-davinci", "002")),
        ("Llama 2 70B Chat", NameParts("Llama", "2", 70 * B, ("chat",))),
        ("ChatGLM3-6B", NameParts("ChatGLM", "3", 6 * B)),
        ("Flan-T5-XXL", NameParts("Flan-T5", "", None, ("xxl",))),
        ("GPT-NeoX-20B", NameParts("GPT-NeoX", "", 20 * B)),
        ("OPT-175B", NameParts("OPT", "", 175 * B)),
        ("BLOOM-176B", NameParts("BLOOM", "", 176 * B)),
        ("Phi-3-mini", NameParts("Phi", "3", None, ("mini",))),
        (
            "DeepSeek-R1-Distill-Qwen-7B",
            NameParts("DeepSeek", "R1", 7 * B, ("distill", "qwen")),
        ),
        ("LLaMA-13B", NameParts("LLaMA", "", 13 * B)),
        ("PaLM 2", NameParts("PaLM", "2")),
        ("ERNIE 3.0 Titan", NameParts("ERNIE", "3.0", None, ("titan",))),
        ("CodeT5+ 16B", NameParts("CodeT5+", "", 16 * B)),
        ("GPT-4o mini", NameParts("GPT", "4o", None, ("mini",))),
        ("GPT-2 (774M)", NameParts("GPT", "2", 0.774 * B)),
        ("DeepSeek-V2 (MoE-236B)", NameParts("DeepSeek", "2", 236 * B, ("moe",))),
        (
            "Qwen3-235B-A22B-Thinking",
            NameParts("Qwen", "3", 235 * B, ("thinking",), active=22 * B),
        ),
        ("Qwen2.5-7B-Instruct-1M", NameParts("Qwen", "2.5", 7 * B, ("instruct", "1m"))),
        ("Claude Opus 4.1", NameParts("Claude", "4.1", None, ("opus",))),
        ("Mistral 7B v0.2", NameParts("Mistral", "0.2", 7 * B)),
        ("PaLM（5400 亿参数）", NameParts("PaLM", "", 540 * B)),
        ("悟道 2.0", NameParts("悟道", "2.0")),
        ("360 Zhinao", NameParts("360 Zhinao")),
        ("Yi1.5", NameParts("Yi", "1.5")),
        ("UL2", NameParts("UL2")),
        ("", NameParts("")),
    ],
)
def test_a_name_is_taken_apart(name: str, parts: NameParts) -> None:
    assert parse_name(name) == parts


def test_a_size_leaves_no_empty_brackets_behind() -> None:
    assert split_size("PaLM (540B)")[0] == "PaLM"
    assert split_size("Mixtral-8x7B-Instruct")[0] == "Mixtral-Instruct"
    assert split_size("DeepSeek-V2 (MoE-236B)")[0] == "DeepSeek-V2 (MoE)"
    assert split_size("Palmyra-70B-32K")[0] == "Palmyra-32K"


def test_a_size_beside_a_name_is_read_on_both_sides() -> None:
    text = "GLM (130B) and the 10B GLM; 1300 亿参数的 GLM"
    assert size_after(text, 3) == (10, 130e9)
    assert size_before(text, text.index("GLM;")) == 10e9
    assert size_before(text, len(text) - 3) == 130e9
    assert size_after("GPT-3 and 175B", 5) is None


def test_a_zero_and_a_v_do_not_make_another_version() -> None:
    assert loose_key("ERNIE 3.0") == loose_key("ERNIE 3")
    assert loose_key("StableLM-v2") == loose_key("StableLM 2")
    assert loose_key("ERNIE 3.0") != loose_key("ERNIE 30")
    assert loose_key("GPT-4V") != loose_key("GPT-4")


@pytest.mark.parametrize(
    ("wrong", "right", "expected"),
    [
        ("Chinchillla", "Chinchilla", True),
        ("Galatica", "Galactica", True),
        ("Galcatica", "Galactica", True),
        ("Vicucna", "Vicuna", True),
        ("Mixtral", "Mistral", False),  # a letter replaced in a short word: two models
        ("BLOOMZ", "BLOOM", False),
        ("GPT-NeoXT", "GPT-NeoX", False),
        ("GLaM", "GLM", False),
        ("RoBERT", "RoBERTa", False),
        ("VideoLLaVA", "VideoLLaMA", False),
        ("Galatica 2", "Galactica", False),
    ],
)
def test_a_misspelling_is_inside_a_long_word(wrong: str, right: str, expected: bool) -> None:
    spelling = spelling_of(right)
    found = spelling is not None and is_misspelling(name_key(wrong), spelling)
    assert found is expected


@given(st.text())
def test_any_text_has_a_key_that_is_its_own_key(text: str) -> None:
    key = name_key(text)
    assert bool(key) >= any(letter.isascii() and letter.isalnum() for letter in text)
    parse_name(text)  # and nothing breaks


@given(st.from_regex(r"[A-Za-z]{2,8}[- ]?[1-9]{0,2}", fullmatch=True), st.integers(5, 999))
def test_a_size_comes_back_from_a_name_it_was_added_to(name: str, size: int) -> None:
    rest, parts = split_size(f"{name}-{size}B")
    assert parts.size == size * 1e9
    assert name_key(rest) == name_key(name)
