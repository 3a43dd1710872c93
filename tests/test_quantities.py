"""Quantities as papers, notes and tables write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from littrack.claims import Hardware, Quantity, Unit
from littrack.quantities import in_billions, parse_hardware, parse_quantity, render_quantity


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("540B parameters", 540e9, Unit.PARAMETERS),
        ("7B-parameter", 7e9, Unit.PARAMETERS),
        ("125 M params", 125e6, Unit.PARAMETERS),
        ("768B tokens", 768e9, Unit.TOKENS),
        ("1.56 trillion words", 1.56e12, Unit.WORDS),
        ("4000 亿 tokens", 400e9, Unit.TOKENS),
        ("1万亿tokens", 1e12, Unit.TOKENS),
        ("4000亿个token", 400e9, Unit.TOKENS),
        ("1750 亿参数", 175e9, Unit.PARAMETERS),
        ("1.2 萬億個參數", 1.2e12, Unit.PARAMETERS),
        ("2,500,000 examples", 2.5e6, Unit.EXAMPLES),
        ("750 GB", 750e9, Unit.BYTES),
        ("2.6TB", 2.6e12, Unit.BYTES),
        ("540e9 parameters", 540e9, Unit.PARAMETERS),
        ("10 bytes", 10.0, Unit.BYTES),
        ("57.7 days", 57.7, Unit.DAYS),
        ("57.7 d", 57.7, Unit.DAYS),
        ("920 h", 920.0, Unit.HOURS),
        ("105 天", 105.0, Unit.DAYS),
        ("2 weeks", 14.0, Unit.DAYS),
    ],
)
def test_a_quantity_is_read_as_papers_and_notes_write_it(
    text: str, value: float, unit: Unit
) -> None:
    assert parse_quantity(text) == Quantity(value, unit)


def test_what_is_counted_may_be_known_from_elsewhere() -> None:
    assert parse_quantity("11B", Unit.PARAMETERS) == Quantity(11e9, Unit.PARAMETERS)
    assert parse_quantity("11B tokens", Unit.PARAMETERS) == Quantity(11e9, Unit.TOKENS)
    with pytest.raises(ValueError, match="does not say what is counted"):
        parse_quantity("11B")


def test_estimates_qualifiers_and_the_undisclosed_are_read() -> None:
    size = Unit.PARAMETERS
    assert parse_quantity("~1.8T", size) == Quantity(1.8e12, size, estimate=True)
    assert parse_quantity("97B active", size) == Quantity(97e9, size, "active")
    assert parse_quantity("13B public", size) == Quantity(13e9, size, "public")
    assert parse_quantity("970 亿（激活）", size) == Quantity(97e9, size, "active")
    assert parse_quantity("Not disclosed", size) == Quantity(None, size)


@pytest.mark.parametrize(
    "text", ["", "many", "B", "1e999B tokens", "12 apples", "not disclosed", "-3B tokens", "1.2.3B"]
)
def test_what_is_no_quantity_is_refused_with_the_text(text: str) -> None:
    with pytest.raises(ValueError, match=r"no number|no unit|too large") as caught:
        parse_quantity(text)
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1024 TPU v3", Hardware("TPU v3", 1024)),
        ("4,480 80G A100", Hardware("80G A100", 4480)),
        ("512×A100", Hardware("A100", 512)),
        ("1024 x A100", Hardware("A100", 1024)),
        ("96 块 V100", Hardware("V100", 96)),
        ("2048块A100", Hardware("A100", 2048)),
        ("80G A100", Hardware("80G A100")),
        ("TPU v4", Hardware("TPU v4")),
    ],
)
def test_hardware_has_a_count_where_one_is_stated(text: str, found: Hardware) -> None:
    assert parse_hardware(text) == found


def test_no_hardware_is_an_error() -> None:
    with pytest.raises(ValueError, match="hardware is empty"):
        parse_hardware("  ")


@pytest.mark.parametrize(
    ("quantity", "english", "chinese"),
    [
        (Quantity(540e9, Unit.PARAMETERS), "540B", "5400 亿"),
        (Quantity(540.35e9, Unit.PARAMETERS), "540.35B", "5403.5 亿"),
        (Quantity(1200e9, Unit.PARAMETERS), "1200B", "1.2 万亿"),
        (Quantity(117e6, Unit.PARAMETERS), "117M", "1.17 亿"),
        (Quantity(999999999.9, Unit.PARAMETERS), "1B", "10 亿"),
        (Quantity(1e12, Unit.TOKENS), "1T tokens", "1 万亿 tokens"),
        (Quantity(768e9, Unit.TOKENS), "768B tokens", "7680 亿 tokens"),
        (Quantity(1.56e12, Unit.WORDS), "1.56T words", "1.56 万亿 词"),
        (Quantity(52e3, Unit.EXAMPLES), "52K examples", "5.2 万 样本"),
        (Quantity(750e9, Unit.BYTES), "750 GB", "750 GB"),
        (Quantity(12.0, Unit.BYTES), "12 bytes", "12 bytes"),
        (Quantity(57.7, Unit.DAYS), "57.7 d", "57.7 天"),
        (Quantity(574.0, Unit.HOURS), "574 h", "574 小时"),
        (Quantity(1.8e12, Unit.PARAMETERS, estimate=True), "~1800B", "~1.8 万亿"),
        (Quantity(None, Unit.TOKENS), "-", "-"),
    ],
)
def test_one_stored_number_is_written_in_two_languages(
    quantity: Quantity, english: str, chinese: str
) -> None:
    assert render_quantity(quantity) == english
    assert render_quantity(quantity, "zh") == chinese


@given(
    digits=st.integers(1, 999_999),
    exponent=st.integers(0, 12),
    unit=st.sampled_from([unit for unit in Unit if unit is not Unit.DAYS]),
    language=st.sampled_from(["en", "zh"]),
)
def test_what_is_written_is_read_back_as_the_same_number(
    digits: int, exponent: int, unit: Unit, language: str
) -> None:
    quantity = Quantity(float(digits * 10**exponent), unit)
    assert parse_quantity(render_quantity(quantity, language), unit) == quantity


def test_billions_are_whole_numbers_where_they_can_be() -> None:
    assert repr(in_billions(Quantity(540e9, Unit.PARAMETERS))) == "540"
    assert in_billions(Quantity(1.3e9, Unit.PARAMETERS)) == 1.3
    assert in_billions(Quantity(None, Unit.PARAMETERS)) is None
