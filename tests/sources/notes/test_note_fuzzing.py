"""Whatever a file holds, reading it ends soon: with a note, or with an InputError."""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from littrack.errors import InputError
from littrack.notes import Note
from littrack.sources.notes.reading import read_note

SUFFIXES = (".md", ".txt", ".html", ".pdf", ".docx", ".json", ".sqlite")
HEADS = {".pdf": b"%PDF-1.7\n", ".docx": b"PK\3\4", ".sqlite": b"SQLite format 3\0", ".json": b"["}
MARKS = st.sampled_from([
    "#", "- ", "> ", "|", "[", "]", "(", ")", "![", "[[", "]]", "```", "%%", "\n", "\r\n", "\r",
    "1. ", "[1] ", "[^1]: ", "---", "•", "<p>", "<li>", "</td>", "<tr>", "<pre>", "\t", "\n\n",
    "<a href='http://x.y/z'>", "https://arxiv.org/abs/", "2201.11903", "第一章 ", "参考文献",
    "%% littrack begin", "%% littrack end %%", "相关文章", "(xùn)", "\ufeff", "e\u0301", "A b",
    "模型", "  ", "\u2028", "\x0c",
])  # fmt: skip


def read_bytes(data: bytes, suffix: str) -> Note | None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"a{suffix}"
        path.write_bytes(data)
        try:
            note = read_note(path, path.name)
        except InputError as error:
            assert error.path == path and error.reason
            return None
    check(note)
    return note


def check(note: Note) -> None:
    """What holds for every note."""
    last = 0
    for number, passage in enumerate(note.passages):
        start, end = passage.span
        assert last <= start < end <= len(note.text)
        assert passage.text == note.text[start:end]
        assert passage.number == number
        last = end
    for spot in (*note.links, *note.references):
        assert 0 <= spot.span[0] < spot.span[1] <= len(note.text)


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(max_examples=25, deadline=5_000)
@given(data=st.binary(max_size=600))
def test_random_bytes_are_read_or_refused(suffix: str, data: bytes) -> None:
    read_bytes(HEADS.get(suffix, b"") + data, suffix)
    read_bytes(data, suffix)


@pytest.mark.parametrize("suffix", [".md", ".txt", ".html"])
@settings(max_examples=60, deadline=5_000)
@given(parts=st.lists(MARKS, max_size=40))
def test_any_mixture_of_marks_is_read_with_true_spans(suffix: str, parts: list[str]) -> None:
    read_bytes("".join(parts).encode("utf-8", "replace"), suffix)


@pytest.mark.parametrize("suffix", [".md", ".txt", ".html"])
@pytest.mark.parametrize(
    "unit",
    ["模", "a", "[", "[a", "[[", "![", "(", "> ", "- ", "#", "|", "`", "%%", "\n", "<div>", "* * ",
     "<table><tr><td>", "<a href='http://a.b/c'>x", "[a](", "http://a", "a.b", "：", "1.1", "\r",
     "[1] 2020\n", "1. ", "%% littrack begin\n", "相关文章\n", "> - ", "(xùn", "&amp;", "- \n  "],
)  # fmt: skip
def test_enormous_lines_and_deep_nesting_end_soon(suffix: str, unit: str) -> None:
    began = time.process_time()
    read_bytes((unit * (20_000 // len(unit))).encode(), suffix)
    assert time.process_time() - began < 3
