"""Encodings of notes: the characters are right, and lead back to the same bytes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from littrack.errors import InputError
from littrack.sources.notes.decoding import decode_note

NOTE = Path("笔记.txt")
SIMPLIFIED = "这篇论文训练了一个语言模型，参数量为 540B。\r\n作者认为规模很重要。\r\n"
TRADITIONAL = "這篇論文訓練了一個語言模型，參數量為 540B。\r\n作者認為規模很重要。\r\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (SIMPLIFIED, "utf-8"),
        ("\ufeff" + SIMPLIFIED, "utf-8"),
        ("\ufeff" + SIMPLIFIED, "utf-16-le"),
        ("\ufeff" + TRADITIONAL, "utf-16-be"),
        ("plain English in UTF-16 without a mark\r\n", "utf-16-le"),
        (SIMPLIFIED, "gb18030"),
        ("模型 BERT 的笔记", "gb18030"),
        (TRADITIONAL, "big5hkscs"),
        ("Café, naïve and résumé in a Western note", "cp1252"),
        ("", "utf-8"),
    ],
)
def test_a_note_is_decoded_exactly_and_leads_back_to_its_bytes(text: str, encoding: str) -> None:
    data = text.encode(encoding)
    decoded = decode_note(data, NOTE)
    assert decoded.text == text
    assert decoded.text.encode(decoded.encoding) == data


def test_a_few_broken_bytes_become_replacement_characters() -> None:
    data = SIMPLIFIED.encode() * 10
    decoded = decode_note(data[:300] + b"\xff" + data[300:-1], NOTE)
    assert decoded.encoding == "utf-8"
    assert 1 <= decoded.text.count("\ufffd") <= 3
    assert decoded.text.startswith("这篇论文训练")


@pytest.mark.parametrize(
    ("text", "encoding"), [(SIMPLIFIED, "gb18030"), (TRADITIONAL, "big5hkscs")]
)
def test_an_old_file_that_breaks_off_within_a_character_is_read(text: str, encoding: str) -> None:
    decoded = decode_note(text.encode(encoding)[:-5], NOTE)
    assert decoded.encoding == encoding
    assert text.startswith(decoded.text.rstrip("\ufffd"))


def test_an_encoding_of_another_language_is_refused() -> None:
    with pytest.raises(InputError, match="cannot be told"):
        decode_note("Обучение языковых моделей требует данных.".encode("koi8-r"), NOTE)


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(256)) * 8,
        b"\x89PNG\r\n\x1a\n" + b"\0\1\2\3" * 200,
        b"\x00\xff" * 100 + b"\x01",
    ],
)
def test_a_binary_file_is_no_note(data: bytes) -> None:
    with pytest.raises(InputError, match=r"note|UTF-8"):
        decode_note(data, NOTE)


@given(st.binary(max_size=400))
def test_any_bytes_are_decoded_or_refused(data: bytes) -> None:
    try:
        decoded = decode_note(data, NOTE)
    except InputError:
        return
    if "\ufffd" not in decoded.text:
        assert decoded.text.encode(decoded.encoding) == data


@given(st.text(max_size=200))
def test_all_text_in_utf_8_is_read_as_it_is(text: str) -> None:
    try:
        assert decode_note(text.encode("utf-8", "replace"), NOTE).encoding != ""
    except InputError:
        assert any(ord(character) < 32 or character in "\ufffe\uffff" for character in text)
