"""Blocks: where the parts of a note stand, before they become passages.

A reader of a format finds blocks; `passages_of` gives each its headings, language and script.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from littrack.notes import Passage, PassageKind, Span
from littrack.text import language, script, sentences


class Block(NamedTuple):
    """A part of a note; `level` and `title` are a heading's: 1 is the outermost."""

    start: int
    end: int
    kind: PassageKind = PassageKind.PARAGRAPH
    level: int = 0
    title: str = ""


LONGEST_PASSAGE = 2_000  # characters: longer ones are cut at ends of sentences
_DEEPEST = 40  # headings above one another: more are no outline
_BLANK = "".join(filter(str.isspace, map(chr, range(0x3001)))) + "\ufeff\u200b"
_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n|\Z)")
_MARKS = re.compile(r"^(?:\*\*|__|\s)+|(?:\*\*|__|\s)+$")
_SENTENCE_END = re.compile(r"[.!?。！？；;：:…][\"')\]”’」』）]*$")
_LOWER = re.compile(r"[(（]?[a-zà-ÿ]")
_OPEN = re.compile(r"[,，、(（\[-]$")
_BEGINS_ANEW = re.compile(r"[-*+•·●◦■▪>|#\[【]|\d{1,2}[.、)]")
_OPEN_LINK = re.compile(r"\[(?!\[)[^\[\]]{3,300}$")
_CLOSED_LINK = re.compile(r"[^\[\]]{0,300}\]\(\s*https?:")
_WRAPPED = 50  # columns: shorter lines end where their writer ended them


def lines_of(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """The spans of the lines, without their ends; only line feed and carriage return end one."""
    end = len(text) if end is None else end
    spans, place = [], start
    while place < end:
        found = _LINE.match(text, place, end)
        assert found is not None
        spans.append((place, place + len(found[0].rstrip("\r\n"))))
        place = found.end()
    return spans


def trimmed(text: str, start: int, end: int) -> Span:
    """The span without white space at its ends; a byte order mark counts as such."""
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip(_BLANK))
    return start + left, max(start + left, start + len(piece.rstrip(_BLANK)))


def width(text: str) -> int:
    """Columns that a text takes: a Chinese character takes two."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)


def goes_on(previous: str, line: str, column: int = _WRAPPED) -> bool:
    """Whether a line only continues the one before, broken where the page ended."""
    previous, line = previous.rstrip(), line.lstrip()
    if not previous or not line:
        return False
    if is_torn_link(previous, line):
        return True
    if _BEGINS_ANEW.match(line) or width(previous) < column or _SENTENCE_END.search(previous):
        return False
    return _LOWER.match(line) is not None or _OPEN.search(previous) is not None


def is_torn_link(previous: str, line: str) -> bool:
    """Whether a Markdown link begins in one line and ends in the other."""
    open_link = _OPEN_LINK.search(previous[-300:])
    return open_link is not None and _CLOSED_LINK.match(line) is not None


def merged(text: str, spans: Iterable[Span]) -> Iterator[Span]:
    """The spans of lines as those of what was written in one piece."""
    held: Span | None = None
    for start, end in spans:
        if held and goes_on(text[slice(*held)][-400:], text[start:end]):
            held = held[0], end
            continue
        if held:
            yield held
        held = start, end
    if held:
        yield held


def passages_of(text: str, blocks: Iterable[Block]) -> tuple[Passage, ...]:
    """Passages in order, each under its headings; blocks without any text leave none."""
    outline: list[tuple[int, str]] = []
    found: list[Passage] = []
    for block in blocks:
        start, end = trimmed(text, block.start, block.end)
        if start == end:
            continue
        if block.kind is PassageKind.HEADING:
            while outline and outline[-1][0] >= block.level:
                outline.pop()
        headings = tuple(title for _, title in outline)
        if block.kind is PassageKind.HEADING and len(outline) < _DEEPEST:
            outline.append((block.level, _MARKS.sub("", block.title) or text[start:end]))
        for piece in _pieces(text, start, end):
            found.append(_passage(len(found), text, piece, block.kind, headings))
    return tuple(found)


def _passage(
    number: int, text: str, span: Span, kind: PassageKind, headings: tuple[str, ...]
) -> Passage:
    words = text[slice(*span)]
    return Passage(number, span, words, kind, headings, language(words), script(words))


def _pieces(text: str, start: int, end: int) -> Iterator[Span]:
    """The span, or its parts where it is too long, cut between sentences or else anywhere."""
    if end - start <= LONGEST_PASSAGE:
        yield start, end
        return
    place = start
    for _, stop in sentences(text[start:end]):
        stop += start
        while stop - place > LONGEST_PASSAGE:
            yield place, place + LONGEST_PASSAGE
            place += LONGEST_PASSAGE
        if stop - place > LONGEST_PASSAGE // 2:
            yield place, stop
            place = stop
    if text[place:end].strip(_BLANK):
        yield place, end
