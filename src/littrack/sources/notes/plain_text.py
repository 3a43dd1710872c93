"""The structure of plain text, as people type it and as scrapers leave it -> blocks."""

from __future__ import annotations

import re
from collections.abc import Sequence

from littrack.notes import PassageKind, Span
from littrack.sources.notes.blocks import Block, goes_on, is_torn_link, lines_of, width
from littrack.sources.notes.outline import find_numbered, find_unnumbered

_BULLET = re.compile(r"\s*(?:[•·●◦■▪○]|[-*+](?=\s))\s*")
_COUNTED = re.compile(r"\s*(?:\d{1,3}[.)、]|[（(]\d{1,2}[)）])\s*(?=\S)")
_QUOTE = re.compile(r"\s*>\s?")
_RULE = re.compile(r"[\s|:\-–—=*_]+$")
_SEPARATOR = re.compile(r"\s*\|?\s*:?-{3,}:?\s*(?:\|\s*:?-*:?\s*)+$")
_SHORTEST_TABLE = 3  # rows, where no line separates the first of them
_FULL_LINE = 0.75  # of the widest line: from there on a line may have been broken by the page


def find_plain_blocks(text: str, *, is_wrapped: bool = False) -> list[Block]:
    """Headings, paragraphs, items and rows; `is_wrapped`: every line ends where the page did."""
    text = text.replace("\ufeff", " ")  # a byte order mark
    spans = lines_of(text)
    lines = [text[start:end] for start, end in spans]
    rows = _find_rows(lines)
    column = _column(lines) if is_wrapped else 0
    squeezed, places = _squeezed(lines)
    blocks: list[Block] = []
    after_blank = True
    for number, (start, end) in enumerate(spans):
        line = lines[number]
        if not line.strip():
            after_blank = True
            continue
        if _RULE.match(line):
            after_blank = True
        elif number in rows:
            blocks.append(Block(start, end, PassageKind.ROW))
            after_blank = True
        elif _is_continued(text, blocks, (start, end), after_blank, column):
            blocks[-1] = blocks[-1]._replace(end=end)
            after_blank = False
        else:
            blocks.append(_block(line, start, squeezed, places[number]))
            after_blank = blocks[-1].kind is PassageKind.HEADING
    return blocks


def _block(line: str, start: int, lines: Sequence[str], place: int) -> Block:
    """What one line begins; `place` is where it stands among `lines`."""
    end = start + len(line)
    heading = find_numbered(line) or find_unnumbered(lines, place)
    if heading:
        return Block(start, end, PassageKind.HEADING, *heading)
    bullet = _BULLET.match(line)
    if bullet and bullet.end() < len(line):
        return Block(start + bullet.end(), end, PassageKind.ITEM)
    if _COUNTED.match(line):
        return Block(start, end, PassageKind.ITEM)
    quote = _QUOTE.match(line)
    if quote and quote.end() < len(line):
        return Block(start + quote.end(), end, PassageKind.QUOTE)
    return Block(start, end)


def _is_continued(
    text: str, blocks: list[Block], span: Span, after_blank: bool, column: int
) -> bool:
    """Whether a line goes on with the last block: a torn link does so even after a blank line."""
    if not blocks or blocks[-1].kind in (PassageKind.HEADING, PassageKind.ROW):
        return False
    previous = text[max(blocks[-1].start, blocks[-1].end - 400) : blocks[-1].end]
    line = text[slice(*span)]
    if after_blank:
        return is_torn_link(previous.rstrip(), line.lstrip())
    if column and find_numbered(line) is None and not _BULLET.match(line):
        last = re.split(r"[\r\n]", previous)[-1]
        return width(last) >= column and not re.search(r"[.!?。！？:：]\s*$", last)
    return goes_on(re.split(r"[\r\n]", previous)[-1], line)


def _column(lines: Sequence[str]) -> int:
    """From which column on a line may be broken by the page, not by its writer."""
    widths = sorted(width(line.strip()) for line in lines if line.strip())
    return int(_FULL_LINE * widths[len(widths) * 9 // 10]) if widths else 0


def _squeezed(lines: Sequence[str]) -> tuple[list[str], dict[int, int]]:
    """The lines with never more than one blank one in a row, and where each one went."""
    kept: list[str] = []
    places: dict[int, int] = {}
    for number, line in enumerate(lines):
        if line.strip() or (kept and kept[-1]):
            places[number] = len(kept)
            kept.append(line.strip())
    return kept, places


def _find_rows(lines: Sequence[str]) -> set[int]:
    """The numbers of the lines that are rows of a table."""
    rows: set[int] = set()
    group: list[int] = []
    for number, line in enumerate([*lines, ""]):
        if ("|" in line and not line.lstrip().startswith("|")) or line.count("|") > 1:
            group.append(number)
            continue
        kept = [each for each in group if not _SEPARATOR.match(lines[each])]
        bars = {lines[each].strip().strip("|").count("|") for each in kept}
        if len(kept) < len(group) or (len(kept) >= _SHORTEST_TABLE and len(bars) == 1):
            rows.update(kept)
        group = []
    return rows
