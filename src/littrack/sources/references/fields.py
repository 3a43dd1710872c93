"""What every format of reference list has in common: arXiv ids among fields, years, clean texts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape
from typing import NamedTuple

from littrack.errors import InputError
from littrack.identifiers import ArxivId, find_arxiv_ids, parse_arxiv_id
from littrack.records import Reference
from littrack.text import clean, fold

Field = tuple[str, str]  # its name in the file, its text

AND_OTHERS = "et al."  # what a shortened list of authors ends with, as arXiv papers have it here
_OTHERS = frozenset(("others", "et al", "et al.", "and others", "等", "等.", "et.al.", "et. al."))
_TEX = re.compile(r"\\[A-Za-z]+|[{}\\]")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_DOI = re.compile(r"10\.\d{4,9}/\S+")


class Entry(NamedTuple):
    """A reference as read; `remark` is what reading it brought to light, in words."""

    reference: Reference
    remark: str = ""


class FoundId(NamedTuple):
    """The identifier of an entry, None when it has none."""

    arxiv_id: ArxivId | None
    remark: str = ""


def find_id(fields: Iterable[Field]) -> FoundId:
    """The first arXiv id in fields that are given most trusted first; another id is remarked on."""
    found = [
        (name, one)
        for name, text in fields
        for _, _, one in find_arxiv_ids(_TEX.sub(" ", text) if text else "")
    ]
    if not found:
        return FoundId(None)
    first_name, first = found[0]
    others = {one.base: name for name, one in found[1:] if one.base != first.base}
    version = next(
        (one.version for _, one in found if one.base == first.base and one.version), None
    )
    named = ", ".join(f"{base} ({name})" for base, name in others.items())
    remark = f"{first.base} is from {first_name}; the entry also names {named}" if named else ""
    return FoundId(ArxivId(first.base, version), remark)


def stated_id(text: str, archive: str = "") -> ArxivId | None:
    """What a field for identifiers says; a bare old number is completed by its archive."""
    text = _TEX.sub("", text).strip()
    if re.fullmatch(r"\d{7}(v\d+)?", text, re.ASCII) and archive:
        text = f"{archive}/{text}"
    try:
        return parse_arxiv_id(text)
    except InputError:
        return None


def find_year(*texts: str) -> int | None:
    """The first year in the first of the texts that has one."""
    for text in texts:
        if found := _YEAR.search(text):
            return int(found[0])
    return None


def find_doi(text: str) -> str | None:
    """The DOI in a text, lower case as DOIs compare; None when there is none."""
    found = _DOI.search(text)
    return found[0].rstrip(".,;)}").lower() if found else None


def listed_authors(names: Iterable[str]) -> tuple[str, ...]:
    """Names as they stand, empty ones left out; "others" in any language becomes "et al."."""
    cleaned = (clean(name).strip(" ,;") for name in names)
    return tuple(AND_OTHERS if fold(name) in _OTHERS else name for name in cleaned if name)


def without_markup(text: str) -> str:
    """A title without the HTML that reference managers write into it."""
    return clean(unescape(_TAG.sub("", text)))
