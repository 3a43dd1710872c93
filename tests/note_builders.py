"""Notes for tests, from plain lines: "# heading", "[1] reference", "!boilerplate", or text."""

from __future__ import annotations

import re

from littrack.identifiers import find_arxiv_ids
from littrack.notes import Hyperlink, Note, NoteReference, Passage, PassageKind
from littrack.sources.notes.links import find_links

_REFERENCE = re.compile(r"\[(\d+)\] ")


def a_note(*lines: str, title: str = "", path: str = "note.md") -> Note:
    """A note of one passage a line."""
    text = "\n".join(lines)
    passages: list[Passage] = []
    references: list[NoteReference] = []
    headings: list[str] = []
    start = 0
    for number, line in enumerate(lines):
        span = (start, start + len(line))
        depth = len(line) - len(line.lstrip("#"))
        if depth:
            del headings[depth - 1 :]
            passages.append(Passage(number, span, line, PassageKind.HEADING, tuple(headings)))
            headings.append(line.lstrip("# "))
        elif marked := _REFERENCE.match(line):
            passages.append(Passage(number, span, line, PassageKind.REFERENCE, tuple(headings)))
            references.append(_reference(marked[1], span, line))
        else:
            kind = PassageKind.BOILERPLATE if line.startswith("!") else PassageKind.PARAGRAPH
            passages.append(Passage(number, span, line, kind, tuple(headings)))
        start = span[1] + 1
    links: tuple[Hyperlink, ...] = find_links(text)
    return Note(
        path, text, title, "markdown", "utf-8", "", tuple(passages), tuple(references), links
    )


def _reference(mark: str, span: tuple[int, int], line: str) -> NoteReference:
    ids = find_arxiv_ids(line)
    words = re.sub(r"https?://\S+", "", line.partition("] ")[2])
    title = re.sub(r"^[^:]*\b(?:19|20)\d\d\. ", "", words).strip(" :")
    return NoteReference(mark, span, line, ids[0][2].base if ids else None, title=title)
