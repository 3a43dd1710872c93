"""A note's own list of references: which passages are entries, and what each one cites."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from littrack.identifiers import find_arxiv_ids
from littrack.notes import NoteReference, Passage, PassageKind
from littrack.sources.notes.blocks import Block
from littrack.sources.notes.links import ADDRESS, clean_address
from littrack.sources.references.citation_text import parse_citation
from littrack.sources.references.fields import find_doi
from littrack.text import fold

_HEADING = re.compile(
    r"(?:[\d.一二三四五六七八九十、#*\s]*)(?:参考(?:文献|资料|链接|论文)?|引用(?:文献)?|文献(?:列表)?"
    r"|references?|bibliography|works cited|further reading)[\s:：*]*"
)
_ENTRY = re.compile(
    r"\s*(?:\[\^?(?P<mark>[\w-]{1,20})\]|［(?P<wide>\d{1,3})］|【(?P<thick>\d{1,3})】)\s*[:：.]?\s*(?=\S)(?!\()"
)
_FOOTNOTE = re.compile(r"\s*\[(?P<mark>\^[^\]\s]{1,40})\]:\s*(?=\S)")
_COUNTED = re.compile(r"\s*(?P<mark>\d{1,3})(?:[.)、]\s*|\s+)(?=\S)")
_NUMBER = re.compile(r"\d{1,3}$")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_OPENING = re.compile(
    r"^(?P<who>[^:：]{2,60}?et\.? al\.?[,.]?|[^:：.]{2,60}\.)\s*(?P<year>(?:19|20)\d\d)[a-z]?\.\s*"
)
_CLUTTER = " \t\r\n.:：,，;；。"


def mark_references(text: str, blocks: Sequence[Block]) -> list[Block]:
    """The blocks, entries of a list of references marked as such."""
    marked: list[Block] = []
    is_listed = False
    for place, block in enumerate(blocks):
        words = text[block.start : block.end]
        if block.kind is PassageKind.HEADING:
            is_listed = _HEADING.fullmatch(fold(block.title[:60]).strip()) is not None
        elif block.kind in (PassageKind.PARAGRAPH, PassageKind.ITEM) and (
            (is_listed and _is_citation(words, block.kind))
            or _FOOTNOTE.match(words)
            or (_is_numbered(words) and _has_numbered_neighbour(text, blocks, place))
        ):
            block = block._replace(kind=PassageKind.REFERENCE)
        marked.append(block)
    return marked


def _is_citation(words: str, kind: PassageKind) -> bool:
    """Whether what stands under the heading of a list is one of its entries."""
    if _ENTRY.match(words) or kind is PassageKind.ITEM:
        return True
    return bool(ADDRESS.search(words) or find_arxiv_ids(words) or _YEAR.search(words[:400]))


def _is_numbered(words: str) -> bool:
    found = _ENTRY.match(words)
    if found is None or not _NUMBER.match(_mark(found)):
        return False
    return bool(ADDRESS.search(words) or find_arxiv_ids(words) or _YEAR.search(words[:400]))


def _has_numbered_neighbour(text: str, blocks: Sequence[Block], place: int) -> bool:
    near = blocks[max(0, place - 1) : place] + blocks[place + 1 : place + 2]  # type: ignore[operator]
    return any(_is_numbered(text[block.start : block.end]) for block in near)


def references_of(passages: Iterable[Passage]) -> tuple[NoteReference, ...]:
    """What the passages that are entries cite."""
    found = (one for one in passages if one.kind is PassageKind.REFERENCE)
    return tuple(map(_reference, found))


def _reference(passage: Passage) -> NoteReference:
    footnote = _FOOTNOTE.match(passage.text)
    found = footnote or _ENTRY.match(passage.text) or _COUNTED.match(passage.text)
    words = passage.text[found.end() :] if found else passage.text
    identifiers = find_arxiv_ids(words)
    address = ADDRESS.search(words)
    return NoteReference(
        mark=_mark(found) if found else "",
        span=passage.span,
        text=passage.text,
        arxiv_id=identifiers[0][2].base if identifiers else None,
        doi=find_doi(words),
        url=clean_address(address[0]) if address else None,
        title=_title(words),
    )


def _mark(found: re.Match[str]) -> str:
    groups = found.groupdict()
    return groups["mark"] or groups.get("wide") or groups.get("thick") or ""


def _title(words: str) -> str:
    """The title in an entry: of "Wei et. al. 2022. Title: https://..." as blogs have it, or any."""
    plain = ADDRESS.sub(" ", words).strip(_CLUTTER)
    opening = _OPENING.match(plain)
    if opening:
        return plain[opening.end() :].strip(_CLUTTER)
    linked = re.match(r"\[([^\[\]]{3,300})\]\(", words)
    if linked:
        return linked[1].strip()
    return parse_citation(words).title or (plain if len(plain) < 300 else "")
