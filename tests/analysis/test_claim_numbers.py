"""Numbers of claims: read in two languages, compared one by one."""

from __future__ import annotations

import pytest

from littrack.analysis.claim_numbers import (
    Agreement,
    compare_numbers,
    extract_numbers,
    other_writings,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8B/62B/540B ... 780B tokens", [8e9, 62e9, 540e9, 780e9]),
        ("a 540-billion parameter model", [540e9]),
        ("参数5400亿, 7800 亿 tokens", [540e9, 780e9]),
        ("1.4 万亿词元", [1.4e12]),
        ("GPT-3 and T5 on A100, BLEU-4, v2", []),
        ("PaLM-540B", [540e9]),
        ("1,024 chips and 3.5% more in 2022", [1024, 3.5, 2022]),
        ("750 GB of text", [750e9]),
        ("五百", []),
    ],
)
def test_amounts_are_worth_the_same_however_they_are_written(
    text: str, expected: list[float]
) -> None:
    assert [number.value for number in extract_numbers(text)] == pytest.approx(expected)


def test_a_number_knows_what_it_is_and_where_it_stands() -> None:
    text = "In 2022, 62.5% of 176B"
    found = extract_numbers(text)
    assert [number.kind for number in found] == ["year", "percent", "amount"]
    assert [text[n.start : n.end] for n in found] == ["2022", "62.5%", "176B"]


def compare(claim: str, sentence: str, elsewhere: str = "") -> Agreement:
    return compare_numbers(*map(extract_numbers, (claim, sentence, elsewhere)))


def test_a_number_stated_otherwise_is_told_with_its_rival() -> None:
    found = compare("175B on 300B tokens", "It has 176 billion parameters and saw 300B tokens")
    assert (found.agree, found.differ) == (("300B",), (("175B", "176 billion"),))
    assert (found.absent, found.share) == ((), 0.25)


def test_a_number_of_another_sentence_of_the_paper_agrees() -> None:
    assert compare("540B and 780B", "540 billion parameters", "780 billion tokens").agree == (
        "540B",
        "780B",
    )


def test_what_is_far_off_or_of_another_kind_is_absent_not_different() -> None:
    assert compare("175B", "three runs of 2% and 5000 steps").absent == ("175B",)
    assert compare("in 2021", "in 2022").absent == ("2021",)
    assert compare("5%", "5 layers").agree == ()
    assert compare("no number", "5 layers").share == 0.0


def test_an_amount_says_more_than_a_small_count() -> None:
    text = "540B parameters, 12 layers, 1,024 chips, in 2022"
    assert compare(text, text).strength == pytest.approx(1 + 0.3 + 1 + 0.3)
    assert compare("540B, 540 billion", text).strength == 1


@pytest.mark.parametrize(
    ("text", "writings"),
    [
        ("5400 亿", ["540b", "540 billion"]),
        ("1.4 万亿", ["1.4t", "1.4 trillion"]),
        ("4.5 千", ["4.5k", "4.5 thousand"]),
        ("32", ["32"]),
    ],
)
def test_an_amount_is_looked_up_as_papers_in_english_write_it(
    text: str, writings: list[str]
) -> None:
    assert other_writings(extract_numbers(text)[0]) == writings
