"""What Zotero holds of a paper, and the text it makes: heading, paper, notes, annotations."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from littrack.errors import InputError
from littrack.identifiers import find_arxiv_ids
from littrack.notes import NoteReference, PassageKind, Span
from littrack.sources.notes.html import add_fragment
from littrack.sources.notes.manuscript import Manuscript
from littrack.sources.references.fields import find_doi, find_year


@dataclass(frozen=True, slots=True)
class Annotation:
    """A spot that was marked in a PDF, and the remark on it."""

    text: str = ""
    comment: str = ""
    page: str = ""


@dataclass(frozen=True, slots=True)
class ZoteroItem:
    """A paper with its notes; `fields` are all that may name its id: DOI, url, extra ..."""

    title: str = ""
    authors: tuple[str, ...] = ()
    date: str = ""
    key: str = ""
    fields: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    annotations: tuple[Annotation, ...] = ()


_UNTITLED = "(no title)"
_MOST_AUTHORS = 3


def add_items(items: Iterable[ZoteroItem], manuscript: Manuscript) -> tuple[NoteReference, ...]:
    """The text of all items that have notes or annotations, and what they are about.

    Raises:
        InputError: none of them has any.
    """
    references = [
        _add_item(item, manuscript) for item in items if any(item.notes) or item.annotations
    ]
    if not references:
        raise InputError("no item in it has notes or annotations (were they exported with it?)")
    return tuple(references)


def _add_item(item: ZoteroItem, manuscript: Manuscript) -> NoteReference:
    manuscript.add(item.title or _UNTITLED, PassageKind.HEADING, 1)
    words = describe_item(item)
    start = manuscript.add(words, PassageKind.REFERENCE)
    for annotation in item.annotations:
        page = f" (p. {annotation.page})" if annotation.page else ""
        parts = [
            annotation.text.strip() + page if annotation.text.strip() else "",
            annotation.comment,
        ]
        manuscript.add("\n".join(filter(None, map(str.strip, parts))), PassageKind.ANNOTATION)
    for note in item.notes:
        add_fragment(note, manuscript, below=1)
    return _reference(item, words, (start, start + len(words)))


def describe_item(item: ZoteroItem) -> str:
    """The paper in one line, as a reference list would name it."""
    authors = ", ".join(item.authors[:_MOST_AUTHORS])
    if len(item.authors) > _MOST_AUTHORS:
        authors += " et al."
    identifiers = dict.fromkeys(
        f"arXiv:{found}" for text in item.fields for _, _, found in find_arxiv_ids(text)
    )
    year = find_year(item.date)
    doi = next((f"doi:{doi}" for text in item.fields if (doi := find_doi(text))), "")
    address = next((text for text in item.fields if text.startswith("http")), "")
    parts = [authors, str(year or ""), item.title or _UNTITLED, *identifiers, doi, address]
    return " ".join(re.sub(r"\.?$", ".", part, count=1) for part in parts[:3] if part) + "".join(
        f" {part}" for part in parts[3:] if part
    )


def _reference(item: ZoteroItem, words: str, span: Span) -> NoteReference:
    found = find_arxiv_ids(words)
    return NoteReference(
        mark=item.key,
        span=span,
        text=words,
        arxiv_id=found[0][2].base if found else None,
        doi=find_doi(words),
        url=next((text for text in item.fields if text.startswith("http")), None),
        title=item.title,
    )
