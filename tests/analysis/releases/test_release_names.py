from __future__ import annotations

import pytest

from littrack.analysis.releases.extraction import read_release
from littrack.analysis.releases.names import (
    before_size,
    is_shaped_like_a_name,
    name_at,
    name_key,
    without_size,
)
from littrack.analysis.releases.passages import read_passage


@pytest.mark.parametrize(
    ("title", "abstract", "expected"),
    [
        ("Corvus: A Speech Model", "We present Corvus, a speech model.", "Corvus"),
        ("Corvus 3 Technical Report", "This report describes our models.", "Corvus 3"),
        ("Introducing Corvus-VL", "It sees and reads.", "Corvus-VL"),
        ("Crows and language", "We train a model called phi-corvus.", "phi-corvus"),
        ("Crows", "We introduce a 9B-parameter transformer, CorvusLM, that sings.", "CorvusLM"),
        ("Crows", "Our 280 billion parameter model, CorvusCite, quotes its sources.", "CorvusCite"),
        ("Crows", "We propose a dense retriever (CorvusDPR) for search.", "CorvusDPR"),
        ("Corvusbert: Birds First", "We propose CorvusBERT, a language model.", "CorvusBERT"),
        ("OpenAI Corvus-5 System Card", "This report describes it.", "Corvus-5"),
        (
            "Audio Corvus 2: A Model That Hears",
            "We introduce Audio Corvus 2 (AC2), an audio language model (ALM) beyond other ALMs.",
            "Audio Corvus 2",
        ),
        ("Crows", "We release Corvus 3D, a model of crows.", "Corvus 3D"),
        (
            "Crows",
            "We fine-tune it. We call the resulting models CorvusInstruct.",
            "CorvusInstruct",
        ),
    ],
)
def test_a_model_is_named_as_the_paper_names_it(title: str, abstract: str, expected: str) -> None:
    assert read_release(title, abstract).names[:1] == (expected,)


def test_models_listed_together_are_all_named() -> None:
    reading = read_release("Birds", "We release the models Corvus-Mini, Corvus-Max, and Pica-Max.")
    assert {"Corvus-Mini", "Corvus-Max", "Pica-Max"} <= set(reading.names)


def test_addresses_and_data_are_no_names() -> None:
    reading = read_release(
        "Corvus: A Model",
        "We present Corvus, a model, trained on Corvus-600K and tested on CorvusBench."
        " See corvus.github.io and Corvus.github.io for more.",
    )
    assert reading.names == ("Corvus",)


def test_a_benchmark_beside_a_model_is_not_its_name() -> None:
    reading = read_release(
        "Corvus: A Model", "We present Corvus, a model, and CorvidEval, a benchmark of riddles."
    )
    assert reading.names[0] == "Corvus"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Pangu Ultra MoE is large", "Pangu Ultra MoE"),
        ("Poro 34B was trained", "Poro 34B"),
        ("the model", None),
        ("BERT-based models", None),
        ("Radford et al. showed", None),
        ("LLMs are", None),
        ("Corvus models sing", "Corvus"),
    ],
)
def test_a_name_ends_where_its_words_end(text: str, expected: str | None) -> None:
    span = name_at(text, 0)
    assert (span and text[slice(*span)]) == expected


def test_names_are_compared_without_case_hyphens_and_tex() -> None:
    assert name_key(r"PanGu-\(\alpha\)") == name_key("Pangu α") == name_key("pangu-alpha")
    assert name_key("GPT-3") != name_key("GPT-4")


def test_sizes_are_taken_off_names() -> None:
    assert without_size("Poro-34B-Base") == "Poro-Base"
    assert before_size("Poro-34B-Base") == "Poro"
    assert without_size("GPT-4") == "GPT-4"


def test_small_words_are_no_names() -> None:
    assert [
        is_shaped_like_a_name(word) for word in ("mT5", "model", "pre-trained", "dots.llm1")
    ] == [
        True,
        False,
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("original", "text"),
    [
        (r"\textbf{phi-1.5} at $\sim$2B", "phi-1.5 at ~2B"),
        (r"\textbf\{phi\} and \emph{tau}", "phi and tau"),
        ("**Poro** is ``open''", 'Poro is "open"'),
        ("Qwen\u20112 uses 2\u00a0T", "Qwen-2 uses 2 T"),
        (r"100\% of MS~MARCO", "100% of MS MARCO"),
        ("plain", "plain"),
    ],
)
def test_markup_is_left_out_and_places_are_kept(original: str, text: str) -> None:
    passage = read_passage("abstract", original)
    assert passage.text == text
    for place, letter in enumerate(text):
        start, end = passage.original_span((place, place + 1))
        if letter.isalnum():
            assert original[start:end] == letter
