"""The structure of Markdown, as CommonMark and Obsidian have it -> blocks.

markdown-it-py finds the blocks by line; what stands within a line is read in `links`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from littrack.notes import PassageKind, Span
from littrack.sources.notes.blocks import Block, is_torn_link, lines_of, merged
from littrack.sources.notes.frontmatter import find_frontmatter

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_DEEPEST = 20  # lists within lists: what is deeper is read as text
# Between them stands what littrack wrote into the note: as a comment of Obsidian's or of HTML.
_MANAGED = (
    ("%% littrack begin", "%% littrack end", "%%"),
    ("<!-- littrack begin", "<!-- littrack end", "-->"),
)
_NOT_A_BREAK = re.compile(r"[^\r\n]")
_MARK = re.compile(r"[ \t]*(?:(?:>[ \t]?)+|[-*+][ \t]+(?:\[[ xX]\][ \t]+)?)*")
_CALLOUT = re.compile(r"\[![\w-]{1,30}(?:\|[^\]]*)?\][+-]?[ \t]*")
_BLOCK_ID = re.compile(r"[ \t]+\^[A-Za-z0-9-]{1,60}[ \t]*$")
_LONGEST_SETEXT = 80  # characters above a line of dashes that are a heading


class Markdown(NamedTuple):
    """What a Markdown file holds."""

    blocks: list[Block]
    frontmatter: Mapping[str, object]


def find_markdown_blocks(text: str) -> Markdown:
    """The blocks of a note; its frontmatter and what littrack wrote into it are not among them."""
    values, begins = find_frontmatter(text)
    body = without_managed_blocks(_NOT_A_BREAK.sub(" ", text[:begins]) + text[begins:])
    body = body.replace("\ufeff", " ")
    spans = lines_of(body)
    blocks = list(_blocks(body, spans))
    return Markdown(_without_tears(text, blocks), values)


def without_managed_blocks(text: str) -> str:
    """The text, of the same length, in which what littrack itself wrote is white space."""
    for begin, finish, close in _MANAGED:
        start = text.find(begin)
        while start >= 0 and (last := text.find(finish, start)) >= 0:
            closed = text.find(close, last + len(finish))
            end = closed + len(close) if closed >= 0 else len(text)
            text = text[:start] + _NOT_A_BREAK.sub(" ", text[start:end]) + text[end:]
            start = text.find(begin, end)
    return text


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"maxNesting": _DEEPEST}).enable("table")
    parser.disable(["reference", "code"])  # notes indent paragraphs, and define footnotes
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


def _blocks(text: str, spans: list[Span]) -> Iterator[Block]:
    """The blocks in order; `spans` are those of the lines."""
    inside: list[str] = []
    for token in _parser().parse(text.replace("\0", " ")):
        if token.nesting == 1:
            inside.append(token.type)
        elif token.nesting == -1:
            inside.pop()
        if token.map is None or token.map[0] >= len(spans):
            continue
        lines = spans[token.map[0] : token.map[1]]
        if token.type == "heading_open":
            yield from _heading(text, lines, token)
        elif token.type == "paragraph_open":
            yield from _paragraph(text, lines, inside)
        elif token.type == "tr_open":
            yield Block(lines[0][0], lines[-1][1], PassageKind.ROW)
        elif token.type in ("fence", "html_block"):
            yield from _verbatim(lines, token.type)


def _heading(text: str, lines: list[Span], token: Token) -> Iterator[Block]:
    start, end = lines[0][0], lines[0][1]
    if token.markup in "=-" and (len(lines) > 2 or end - start > _LONGEST_SETEXT):
        yield from _lines(text, lines[:-1])
        return
    start = _after_mark(text, start, end)
    title = _BLOCK_ID.sub("", text[start:end]).strip().strip("#").strip()
    yield Block(start, end, PassageKind.HEADING, int(token.tag[1:]), title)


def _lines(
    text: str, lines: list[Span], kind: PassageKind = PassageKind.PARAGRAPH
) -> Iterator[Block]:
    for start, end in merged(text, lines):
        start = _after_mark(text, start, end)
        identifier = _BLOCK_ID.search(text[start:end])
        yield Block(start, start + identifier.start() if identifier else end, kind)


def _paragraph(text: str, lines: list[Span], inside: list[str]) -> Iterator[Block]:
    kind = PassageKind.PARAGRAPH
    if "blockquote_open" in inside:
        kind = PassageKind.QUOTE
        lines = [span for span in lines if text[slice(*span)].strip("> \t")]
        if lines and (callout := _callout(text, lines[0])):
            lines = [callout, *lines[1:]]
    elif "list_item_open" in inside:
        kind = PassageKind.ITEM
    yield from _lines(text, lines, kind)


def _callout(text: str, span: Span) -> Span | None:
    """The first line of a callout without "[!note]"."""
    start = _after_mark(text, *span)
    found = _CALLOUT.match(text, start, span[1])
    return (found.end(), span[1]) if found else None


def _after_mark(text: str, start: int, end: int) -> int:
    """Where a line's own words begin: behind "> " and "- ", but not behind "1.", which is cited."""
    found = _MARK.match(text, start, end)
    return found.end() if found and found.end() < end else start


def _verbatim(lines: list[Span], kind: str) -> Iterator[Block]:
    if kind == "html_block":
        yield from (Block(start, end) for start, end in lines)
    elif len(lines) > 2:
        yield Block(lines[1][0], lines[-2][1], PassageKind.CODE)


def _without_tears(text: str, blocks: list[Block]) -> list[Block]:
    """The blocks, two of them made one where a link was torn apart by a blank line."""
    whole: list[Block] = []
    for block in blocks:
        last = whole[-1] if whole else None
        torn = (
            last is not None
            and last.kind in (PassageKind.PARAGRAPH, PassageKind.ITEM)
            and block.kind is PassageKind.PARAGRAPH
            and is_torn_link(text[last.start : last.end].rstrip(), text[block.start : block.end])
        )
        if torn and last is not None:
            whole[-1] = last._replace(end=block.end)
        else:
            whole.append(block)
    return whole
