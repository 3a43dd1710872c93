"""The sentence behind a claim, by hand-made texts."""

from __future__ import annotations

import pytest

from littrack.analysis.claim_numbers import extract_numbers
from littrack.analysis.snippets import Phrase
from littrack.analysis.sources_of_claims import (
    Claim,
    Evidence,
    Trace,
    find_copy,
    find_names,
    find_trace,
    measure_copied,
    name_kind,
    read_text,
    score_evidence,
)
from littrack.text import STOP_WORDS

ABSTRACT = (
    "Counting birds is slow work. We train Heron, a network of 175 billion parameters, on 300B "
    "tokens of field notes. It names nine birds in ten, at dusk too. All code is free."
)
WEIGHTS: dict[Phrase, float] = {("heron",): 3.0, ("bird",): 2.0, ("dusk",): 1.0}


def trace(text: str, nearness: tuple[float, ...] = ()) -> Trace:
    claim = Claim(text)
    numbers = extract_numbers(ABSTRACT)
    found = find_trace(claim, read_text("abstract", ABSTRACT, WEIGHTS), WEIGHTS, nearness, numbers)
    assert found is not None
    return found


def sentence(found: Trace) -> str:
    return ABSTRACT[slice(*found.span)]


def kind(text: str, nearness: tuple[float, ...] = ()) -> str:
    return name_kind(Claim(text), trace(text, nearness))


@pytest.mark.parametrize(
    "copy",
    [
        "It names nine birds in ten",
        "IT NAMES  nine\nbirds in ten!",
        "It na-\nmes nine birds in ten",
        "Ｉt names nine birds in ten",
    ],
)
def test_a_copy_is_found_whatever_its_spaces_capitals_and_line_breaks(copy: str) -> None:
    span = find_copy(Claim(copy), ABSTRACT)
    assert span is not None
    assert ABSTRACT[slice(*span)] == "It names nine birds in ten"
    assert (kind(copy), sentence(trace(copy))) == (
        "exact",
        "It names nine birds in ten, at dusk too.",
    )


def test_a_copy_in_traditional_characters_has_offsets_into_the_original() -> None:
    text = "前言。我們訓練了一個鳥類識別網絡,參數不多。"
    span = find_copy(Claim("我们训练了一个鸟类识别网络"), text)
    assert span is not None
    assert text[slice(*span)] == "我們訓練了一個鳥類識別網絡"


def test_a_few_letters_are_no_copy() -> None:
    assert find_copy(Claim("free."), ABSTRACT) is None


def test_a_copy_over_two_sentences_has_both() -> None:
    found = trace("300B tokens of field notes. It names nine birds")
    assert found.is_copy
    assert sentence(found).startswith("We train Heron")
    assert sentence(found).endswith("at dusk too.")


def test_a_bad_scan_is_near() -> None:
    scan = "It narnes nine birds jn ten, at dusk t0o."
    assert 0.45 < measure_copied(Claim(scan), ABSTRACT) < 1
    assert kind(scan) == "near"
    assert sentence(trace(scan)) == "It names nine birds in ten, at dusk too."


def test_numbers_lead_across_languages_and_say_what_differs() -> None:
    found = trace("Heron 有 1750 亿参数,用 3000 亿词元训练")
    assert sentence(found).startswith("We train Heron")
    assert found.numbers.agree == ("1750 亿", "3000 亿")
    assert found.numbers.differ == ()
    assert kind("Heron 有 1750 亿参数,用 3000 亿词元训练") == "numbers"
    wrong = trace("Heron has 176B parameters and saw 300B tokens")
    assert wrong.numbers.agree == ("300B",)
    assert wrong.numbers.differ == (("176B", "175 billion"),)


def test_meaning_leads_where_nothing_else_does() -> None:
    found = trace("清点鸟类很费时间", (0.9, 0.2, 0.3, 0.1))
    assert sentence(found) == "Counting birds is slow work."
    assert kind("清点鸟类很费时间", (0.9, 0.2, 0.3, 0.1)) == "meaning"


def test_an_empty_text_has_no_trace() -> None:
    assert find_trace(Claim("birds"), read_text("abstract", "", WEIGHTS), WEIGHTS) is None


def test_more_evidence_never_lowers_the_score() -> None:
    claim = Claim("It narnes nine birds jn ten, at dusk t0o.")
    near, copy = trace(claim.text), trace("It names nine birds in ten, at dusk too.")
    weak = Evidence(near, 0.2, 0.1, 50)
    assert 0 < score_evidence(claim, weak) < score_evidence(claim, Evidence(near, 0.9, 0.1, 50))
    assert score_evidence(claim, weak) < score_evidence(claim, Evidence(near, 0.2, 0.8, 50))
    assert score_evidence(claim, weak) < score_evidence(claim, Evidence(near, 0.2, 0.1, 1))
    assert score_evidence(claim, weak) < score_evidence(claim, Evidence(copy, 0.2, 0.1, 50)) < 1


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("我们用 Heron-2 和 the corpus 训练", ["Heron-2", "corpus"]),
        ("The model Heron beats mT5 on birds", ["Heron", "mT5"]),
        ("nothing here", []),
    ],
)
def test_names_are_what_a_translator_leaves_as_it_is(text: str, names: list[str]) -> None:
    assert find_names(text, STOP_WORDS) == names
