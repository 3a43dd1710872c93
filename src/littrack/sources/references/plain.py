"""Reference lists in plain text or Markdown -> references, as people type them.

An entry is a numbered or bulleted item with the lines that continue it, else a line. Where most
entries have a year or an identifier, a line goes on in the next one while it still lacks both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from littrack.identifiers import find_arxiv_ids
from littrack.records import Reference, Rejection
from littrack.sources.references.citation_text import parse_citation
from littrack.sources.references.fields import Entry, find_doi, find_id, find_year
from littrack.text import clean, has_chinese

_MARK = re.compile(
    r"\s{0,8}(?:[\[［【]\s*(?P<label>[^\]］】\s\[]{1,40})\s*[\]］】](?!\()\s*[:：]?"
    r"|[(（](?P<number>\d{1,3})[)）]|(?P<count>\d{1,3})(?:[.)](?=\s)|[、．](?!\d))|(?P<bullet>[-*+•·])(?=\s))"
    r"\s*(?=\S)"
)
_HEADING = re.compile(r"\s*(?:#{1,6}\s|={3,}|-{3,}\s*$|```|~~~|<!--|\|?\s*:?-{3,})")
_LINK = re.compile(
    r"!?\[([^\]]{0,500})\]\(<?([^()\s>]+(?:\([^()\s]*\)[^()\s]*)?)>?(?:\s+\"[^\"]*\")?\)"
)
_EMPHASIS = re.compile(
    r"(\*\*|__|`)(?=\S)(.+?)(?<=\S)\1|(?<![\w*])([*_])(?=\S)([^*_]+?)(?<=\S)\3(?!\w)"
)
_ADDRESS = re.compile(r"https?://[^\s<>()\[\]，。；、]+")
_FINISHED = re.compile(r"[.。．\])）/\d]\s*$")
_SPACED_END = re.compile(r"[\u3400-\u9fff，。；：、]$")
_SHORTEST_LINK = 5  # letters of a link's text that may be a title
_SHORTEST = 12  # letters of a line (Chinese: half as many) that can be a title alone


def parse_lines(text: str) -> tuple[list[Entry], list[Rejection]]:
    """Every reference of a list, in order.

    Headings are no references, nor is prose beside a list; an item of a list always is one. Nothing
    is rejected: a line that says too little has a reference with an empty title.
    """
    return [_entry(*found) for found in _entries(text)], []


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a list is written: with a mark before each item; with a year or id in most."""

    is_marked: bool
    is_dated: bool


def _find_layout(text: str) -> _Layout:
    lines = [line for line in text.split("\n") if line.strip() and not _HEADING.match(line)]
    marks = [_MARK.match(line) is not None for line in lines]
    paragraphs = len(re.findall(r"\n[ \t]*\n", text))
    is_marked = (sum(marks) > 1 or marks[:1] == [True]) and sum(marks) * 3 >= paragraphs
    return _Layout(is_marked, sum(map(_says_when, lines)) * 4 > len(lines))


def _entries(text: str) -> Iterator[tuple[int, str, str]]:
    """(line, mark, text without it) of every reference."""
    layout = _find_layout(text)
    start, mark, held = 0, "", ""
    for number, whole in enumerate([*text.split("\n"), ""], 1):
        line = whole.expandtabs(4)
        found = _MARK.match(line) if layout.is_marked else None
        ends = not line.strip() or _HEADING.match(line) is not None
        begins = found is not None or line.lstrip().startswith("|")  # a row of a table
        if held and (begins or ends or not (mark or _goes_on(held, line, layout))):
            if mark or _is_reference(held, layout):
                yield start, mark, held
            held = ""
        if ends:
            continue
        if found:
            start, mark, held = number, _label(found), line[found.end() :].strip()
        elif held:
            held = _joined(held, line.strip())
        else:
            start, mark, held = number, "", line.strip()


def _goes_on(held: str, line: str, layout: _Layout) -> bool:
    """Whether a line without mark continues what is held."""
    if line[:1].isspace() or line[:1].islower():
        return True
    return layout.is_dated and (not _says_when(held) or _FINISHED.search(held) is None)


def _is_reference(text: str, layout: _Layout) -> bool:
    """Whether what has no mark is one: prose beside a list names no id, a heading no year."""
    if layout.is_marked:
        return bool(find_arxiv_ids(text)) or find_doi(text) is not None
    if _says_when(text):
        return True
    is_long = len(text) * (2 if has_chinese(text) else 1) >= _SHORTEST
    return is_long and (not layout.is_dated or _FINISHED.search(text) is not None)


def _label(found: re.Match[str]) -> str:
    label = found["label"] or found["number"] or found["count"] or ""
    return f"[{label}]" if label else "-"


def _says_when(text: str) -> bool:
    return find_year(text) is not None or bool(find_arxiv_ids(text)) or find_doi(text) is not None


def _joined(held: str, line: str) -> str:
    """Two lines as one: a word broken at its hyphen stays whole, Chinese takes no space."""
    if re.search(r"[A-Za-z]-$", held) and line[:1].islower():
        return held + line
    return held + ("" if _SPACED_END.search(held) else " ") + line


def _entry(line: int, mark: str, text: str) -> Entry:
    plain = _without_markdown(text)
    identifier, remark = find_id([("the line", plain)])
    citation = parse_citation(plain)
    address = _ADDRESS.search(plain)
    reference = Reference(
        place=f"line {line}",
        key="" if mark == "-" else mark,
        kind="",  # nobody says what it is: checks may look for title and author anywhere in `raw`
        title=citation.title,
        authors=citation.authors,
        year=citation.year,
        arxiv_id=identifier.base if identifier else None,
        version=identifier.version if identifier else None,
        doi=find_doi(plain),
        url=address[0].rstrip(".,;") if address else None,
        raw=plain,
    )
    return Entry(reference, remark)


def _without_markdown(text: str) -> str:
    text = _EMPHASIS.sub(lambda found: found[2] or found[4] or "", text)
    text = _LINK.sub(_link_text, text)
    if text.startswith("|"):
        text = ". ".join(cell.strip() for cell in text.strip("|").split("|") if cell.strip())
    return clean(text)


def _link_text(found: re.Match[str]) -> str:
    """A link as text; what is linked is a title, unless it says "pdf" or names who wrote it."""
    text, address = found[1].strip(" *_"), found[2]
    is_title = len(text) > _SHORTEST_LINK and not re.search(r"\bet al\b|arxiv|[”\"]", text, re.I)
    return f"“{text}” {address} " if is_title else f"{text} {address} "
