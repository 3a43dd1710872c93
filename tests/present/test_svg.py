"""Measuring and writing SVG."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from littrack.present.svg import (
    element,
    escape,
    link,
    number,
    shorten,
    text_element,
    text_width,
    wrap,
)


@pytest.mark.parametrize(
    ("text", "bold", "ems"),
    [
        ("", False, 0.0),
        ("A", False, 1366 / 2048),  # as Helvetica: 667 of 1000
        ("i", False, 455 / 2048),
        ("A", True, 1479 / 2048),
        ("GPT-4", False, (1593 + 1366 + 1251 + 682 + 1139) / 2048),
        ("α", False, 1184 / 2048),
        ("语言", False, 2.0),
        ("語", True, 1.0),
        ("e\u0301", False, 1139 / 2048),
        ("a\u200bb", False, 2278 / 2048),
        ("😀", False, 1.0),
    ],
)
def test_a_text_is_as_wide_as_its_characters(text: str, bold: bool, ems: float) -> None:
    assert text_width(text, 10.0, bold=bold) == pytest.approx(10.0 * ems)


def test_a_text_that_is_too_wide_ends_in_an_ellipsis() -> None:
    assert shorten("Google", 13, 100) == "Google"
    short = shorten("Shanghai AI Laboratory", 13, 80)
    assert short == "Shanghai…"
    assert text_width(short, 13) <= 80


@pytest.mark.parametrize(
    ("name", "lines", "wrapped"),
    [
        ("GPT-3", 2, ["GPT-3"]),
        ("DeepSeek-R1-Distill-Qwen-7B", 2, ["DeepSeek-R1-", "Distill-Qwen-7B"]),
        ("a model with a long name", 3, ["a model with a", "long name"]),
        ("百川智能大模型第三代", 2, ["百川智能大模型", "第三代"]),
        ("Abcdefghijklmnopqrstuvwxyz", 2, ["Abcdefghijklmno", "pqrstuvwxyz"]),
        ("Abcdefghijklmnopqrstuvwxyz" * 2, 2, ["Abcdefghijklmno", "pqrstuvwxyzA…"]),
    ],
)
def test_a_long_name_goes_on_several_lines(name: str, lines: int, wrapped: list[str]) -> None:
    assert wrap(name, 13, 100, lines=lines) == wrapped


@given(st.text(), st.integers(1, 4), st.floats(15, 200))
def test_no_line_is_wider_than_the_room(text: str, lines: int, room: float) -> None:
    found = wrap(text, 13, room, lines=lines)
    assert 1 <= len(found) <= lines
    assert all(text_width(line, 13) <= room for line in found)


@given(st.text())
def test_any_text_can_stand_in_xml(text: str) -> None:
    read = ET.fromstring(element("text", escape(text), title=text))
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(one for one in lines if one in "\t\n" or (" " <= one not in "\ufffe\uffff"))
    assert (read.text or "") == kept
    assert read.attrib["title"] == kept.replace("\n", " ").replace("\t", " ").replace("\r", " ")


def test_numbers_have_two_digits_at_most_and_no_negative_zero() -> None:
    found = [number(one) for one in (12.0, 0.333, -0.001, 100.0, 1 / 8)]
    assert found == ["12", "0.33", "0", "100", "0.12"]


def test_elements_are_written_with_their_attributes() -> None:
    assert element("path", d="M0 0", stroke_width=1.5, fill=None) == (
        '<path d="M0 0" stroke-width="1.5"/>'
    )
    assert text_element("A & B", 1, 2, class_="x") == '<text x="1" y="2" class="x">A &amp; B</text>'


def test_only_what_has_an_address_is_a_link() -> None:
    assert link("<g/>", None) == "<g/>"
    found = ET.fromstring(link("<g/>", "https://example.org/?a=1&b=2"))
    assert found.attrib["href"] == "https://example.org/?a=1&b=2"
