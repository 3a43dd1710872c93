r"""BibTeX and BibLaTeX -> references, entry by entry: a broken one never takes others with it.

bibtexparser splits the file and says which blocks it cannot read; pylatexenc turns ``{\'e}`` into
``é``. An arXiv id is looked for in the fields of `ID_FIELDS`, most trusted first.
"""

from __future__ import annotations

import logging
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from littrack.records import Reference, Rejection
from littrack.sources.references.fields import (
    Entry,
    FoundId,
    find_doi,
    find_id,
    find_year,
    listed_authors,
    stated_id,
)
from littrack.text import clean

if TYPE_CHECKING:
    from bibtexparser.library import Library
    from bibtexparser.model import Block
    from bibtexparser.model import Entry as BibtexEntry

ID_FIELDS = (
    *("eprint", "arxivid", "arxiv", "journal", "journaltitle", "volume", "number", "url"),
    *("doi", "note", "howpublished", "annote", "booktitle", "publisher"),
)
_LATEX = re.compile(r"[\\{}$~%]|--|``|''")
_COMMENT_SIGN = re.compile(r"(?<!\\)%")


def parse_bibtex(text: str) -> tuple[list[Entry], list[Rejection]]:
    """Every entry of a file, in order, and every block that could not be read."""
    entries: list[Entry] = []
    rejections: list[Rejection] = []
    library = _split(text)
    strings = {string.key.lower(): _unquoted(str(string.value)) for string in library.strings}
    for block in library.blocks:
        place = f"line {(block.start_line or 0) + 1}"
        found, reason = _readable(block)
        if found is not None:
            entries.append(_entry(found, place, strings))
        elif reason:
            rejections.append(Rejection(place, reason, (block.raw or "").encode("utf-8")))
    return entries, rejections


def _split(text: str) -> Library:
    """The blocks of a file, nothing in them interpreted."""
    from bibtexparser.entrypoint import parse_string

    # It logs what it also returns as failed blocks; without a handler Python prints that.
    logging.getLogger("bibtexparser").addHandler(logging.NullHandler())
    return parse_string(text, parse_stack=[])


def _readable(block: Block) -> tuple[BibtexEntry | None, str]:
    """The entry in a block, or why there is none; ("" for comments and the like).

    What bibtexparser refuses for a repeated key or field is readable: repeated keys are common in
    lists that grew by hand, and both entries are wanted.
    """
    from bibtexparser.model import Entry as BibtexEntry
    from bibtexparser.model import ParsingFailedBlock

    if isinstance(block, ParsingFailedBlock):
        kept = block.ignore_error_block
        if isinstance(kept, BibtexEntry):
            return kept, ""
        if kept is not None:  # a string that is defined twice
            return None, ""
        reason = clean(str(getattr(block.error, "abort_reason", block.error)))
        return None, f"not BibTeX that can be read: {reason or 'a brace or a comma is missing'}"
    return (block, "") if isinstance(block, BibtexEntry) else (None, "")


def _entry(block: BibtexEntry, place: str, strings: dict[str, str]) -> Entry:
    raw: dict[str, str] = {}
    for field in block.fields:  # of a repeated field the first counts, as for BibTeX itself
        raw.setdefault(field.key.lower(), _value(str(field.value), strings))
    found, remark = _identifier(raw)
    title = _to_unicode(raw.get("title", ""))
    if raw.get("subtitle"):
        title = f"{title}: {_to_unicode(raw['subtitle'])}"
    reference = Reference(
        place=place,
        key=block.key or "",
        kind=block.entry_type.lower(),
        title=title,
        authors=_authors(raw.get("author") or raw.get("editor", "")),
        year=find_year(raw.get("year", ""), raw.get("date", "")),
        arxiv_id=found.base if found else None,
        version=found.version if found else None,
        doi=find_doi(raw.get("doi", "").replace("\\", "")),
        url=raw.get("url", "").replace("\\", "") or None,
        raw=block.raw or "",
    )
    return Entry(reference, remark)


def _identifier(raw: dict[str, str]) -> FoundId:
    """The arXiv id of an entry; an eprint field that holds none is remarked on."""
    eprint = raw.get("eprint", "")
    archive = raw.get("archiveprefix") or raw.get("eprinttype", "")
    fields = [(name, raw[name]) for name in ID_FIELDS if raw.get(name)]
    if not eprint or (archive and "arxiv" not in archive.lower()):
        return find_id([item for item in fields if item[0] != "eprint"])
    section = raw.get("primaryclass") or raw.get("eprintclass", "")
    stated = stated_id(eprint, section.partition(".")[0])
    if stated is None:
        found, remark = find_id([item for item in fields if item[0] != "eprint"])
        said = f"eprint {clean(eprint)!r} is no arXiv id" if archive else ""
        return FoundId(found, "; ".join(part for part in (said, remark) if part))
    return find_id([("eprint", f"arXiv:{stated}"), *fields])


def _value(text: str, strings: dict[str, str]) -> str:
    """A field's text: quotes and braces off, ``#`` joined, names of strings replaced."""
    parts = text.split("#") if text.startswith('"') or "{" not in text else [text]
    known = (strings.get(part.strip().lower(), _unquoted(part)) for part in parts)
    return "".join(known).strip() if len(parts) > 1 else next(known).strip()


def _unquoted(text: str) -> str:
    text = text.strip()
    if len(text) > 1 and text[0] + text[-1] in ('""', "{}"):
        return text[1:-1]
    return text


def _authors(text: str) -> tuple[str, ...]:
    """Names split at "and" outside of braces, each as it stands there."""
    from bibtexparser.middlewares.names import split_multiple_persons_names

    return listed_authors(map(_to_unicode, split_multiple_persons_names(text)))


def _to_unicode(text: str) -> str:
    """TeX as the characters it stands for; what TeX cannot make sense of stays, without braces."""
    if not _LATEX.search(text):
        return clean(text)
    try:
        found = _latex_reader().latex_to_text(_COMMENT_SIGN.sub(r"\\%", text))
    except Exception:  # of many kinds (IndexError among them) on TeX that is broken: its text stays
        found = re.sub(r"[{}]", "", text)
    return clean(found)


@cache
def _latex_reader() -> Any:
    from pylatexenc.latex2text import LatexNodes2Text

    return LatexNodes2Text(math_mode="text")
