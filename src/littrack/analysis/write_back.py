"""Put blocks into the text of a note and take them out again; all else stays as it was.

A block is a marker line, lines of littrack's, and a marker line. It goes to the end of a line,
behind two line ends of its own and before the one that was there, if one was: so taking it out with
the two gives the text back, character by character, even where the last line had no end.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from littrack.errors import InputError
from littrack.notes import Passage, PassageKind, Span


class Marker(StrEnum):
    """How the lines around a block are written: so that readers of notes do not show them."""

    OBSIDIAN = "obsidian"
    HTML = "html"


class Placement(StrEnum):
    """Where blocks go."""

    END = "end"  # one at the end of the note
    SECTION = "section"  # one behind each section that there is something to say about
    SIDECAR = "sidecar"  # a file beside the note; the note itself is not touched


_MARKED = {Marker.OBSIDIAN: "%% littrack {} %%", Marker.HTML: "<!-- littrack {} -->"}
_LINE_END = re.compile(r"\r\n|\r|\n")
_MARK = re.compile(
    r"(?<![^\r\n])(?:%% littrack (?P<a>begin|end) %%|<!-- littrack (?P<b>begin|end) -->)(?![^\r\n])"
)


@dataclass(frozen=True, slots=True)
class Block:
    """Lines for a note, and the place in its text behind which they belong."""

    place: int
    lines: tuple[str, ...]


def find_blocks(text: str) -> list[Span]:
    """Where blocks stand, from marker to marker, without the line ends around them.

    Raises:
        InputError: a marker is missing: what is littrack's and what is not cannot be told.
    """
    spans: list[Span] = []
    start: int | None = None
    for mark in _MARK.finditer(text):
        begins = (mark["a"] or mark["b"]) == "begin"
        if begins == (start is not None):
            line = len(_LINE_END.findall(text, 0, mark.start())) + 1
            missing = "end" if begins else "begin"
            raise InputError(
                f"line {line}: a littrack marker without its {missing}; put the missing marker "
                "back, or delete this one"
            )
        if start is None:
            start = mark.start()
        else:
            spans.append((start, mark.end()))
            start = None
    if start is not None:
        line = len(_LINE_END.findall(text, 0, start)) + 1
        raise InputError(f"line {line}: a littrack block that does not end; delete its marker")
    return spans


def remove_blocks(text: str) -> str:
    """The text without its blocks: as it was before they were put in."""
    for start, end in reversed(find_blocks(text)):
        line_end = _LINE_END.search(text, start)
        before = text[:start]
        for _ in range(2):
            before = before.removesuffix(line_end[0] if line_end else "\n")
        text = before + text[end:]
    return text


def insert_blocks(text: str, blocks: Sequence[Block], marker: Marker = Marker.OBSIDIAN) -> str:
    """The text with blocks behind their places; places count characters of `text`, which has none.

    Blocks of one place stand in the order given.
    """
    line_end = find_line_end(text)
    placed = [(_end_of_line(text, block.place), block) for block in blocks]
    written, behind = "", 0
    for place, block in sorted(placed, key=lambda item: item[0]):
        written += text[behind:place] + line_end * 2 + _render(block, marker, line_end)
        behind = place
    return written + text[behind:]


def replace_block(text: str, block: Block, marker: Marker = Marker.OBSIDIAN) -> str:
    """The text with one block: where a person left the one it has, else behind its place."""
    spans = find_blocks(text)
    if len(spans) != 1:
        return insert_blocks(remove_blocks(text), [block], marker)
    start, end = spans[0]
    inside = _LINE_END.search(text, start, end)
    line_end = inside[0] if inside else find_line_end(text)
    return text[:start] + _render(block, marker, line_end) + text[end:]


def find_line_end(text: str) -> str:
    """The line end that a text has most."""
    counted = Counter(_LINE_END.findall(text))
    return max(counted, key=lambda one: counted[one]) if counted else "\n"


def _end_of_line(text: str, place: int) -> int:
    """The end of the last line before `place` that is not empty, or else of the first one."""
    place = len(text[:place].rstrip("\r\n"))
    found = _LINE_END.search(text, place)
    return found.start() if found else len(text)


def _render(block: Block, marker: Marker, line_end: str) -> str:
    marks = [_MARKED[marker].format(word) for word in ("begin", "end")]
    return line_end.join([marks[0], *map(_harmless, block.lines), marks[1]])


def _harmless(line: str) -> str:
    """A line that is one line, and no marker."""
    line = " ".join(line.splitlines())
    return line.replace("%% littrack", "% % littrack").replace("<!-- littrack", "<! -- littrack")


def find_section_end(text: str, passages: Iterable[Passage], number: int) -> int:
    """Where the section that a passage is in ends: at the line of the next heading."""
    following = (one for one in passages if one.number > number)
    heading = next((one for one in following if one.kind is PassageKind.HEADING), None)
    if heading is None:
        return len(text)
    start = heading.span[0]  # perhaps behind the marks that make it a heading
    return max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
