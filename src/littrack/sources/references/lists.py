"""A file of references -> records.Reference, in whichever format it is written.

The content tells the format first, the name of the file second:

    bibtex   a line begins with @word{        .bib .bibtex
    ris      a line begins with "TY  - "      .ris
    csl      JSON of CSL items                .json
    text     anything else, by its name       .txt .md .markdown .text .rst
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from json import loads
from pathlib import Path
from typing import Literal

from littrack.errors import InputError
from littrack.records import Rejection
from littrack.sources.paper_files.lines import GZIP_MAGIC, open_file, read_lines
from littrack.sources.references.bibtex import parse_bibtex
from littrack.sources.references.csl_json import is_csl, parse_csl
from littrack.sources.references.fields import Entry
from littrack.sources.references.plain import parse_lines
from littrack.sources.references.ris import parse_ris
from littrack.sources.text_files import decode, read_text

ListFormat = Literal["bibtex", "ris", "csl", "text"]

NAMES: dict[ListFormat, str] = {
    "bibtex": "BibTeX", "ris": "RIS", "csl": "CSL-JSON", "text": "a plain reference list",
}  # fmt: skip
_SUFFIXES: dict[str, ListFormat] = {
    ".bib": "bibtex", ".bibtex": "bibtex", ".ris": "ris", ".txt": "text", ".md": "text",
    ".markdown": "text", ".text": "text", ".rst": "text",
}  # fmt: skip
_PARSERS: dict[ListFormat, Callable[[str], tuple[list[Entry], list[Rejection]]]] = {
    "bibtex": parse_bibtex, "ris": parse_ris, "csl": parse_csl, "text": parse_lines,
}  # fmt: skip
_BIBTEX = re.compile(r"^[ \t]*@[A-Za-z]+[ \t]*[{(]", re.MULTILINE)
_RIS = re.compile(r"^TY[ \t]{1,2}-", re.MULTILINE)
_CSL_PEOPLE = re.compile(r"\"(?:author|issued|editor)\"\s*:\s*(?:\[\s*)?\{|\"date-parts\"\s*:")
_CSL_ITEM = re.compile(r"\"type\"\s*:\s*\"[a-z_-]+\"")
_LITTRACK_KEYS = re.compile(r"\"(?:authors|abstract|categories|versions)\"\s*:")
_HEAD_BYTES = 2**18


@dataclass(frozen=True, slots=True)
class ReferenceList:
    """What a file held; `encoding_warning` is empty for UTF-8."""

    format: ListFormat
    entries: tuple[Entry, ...]
    rejections: tuple[Rejection, ...]
    encoding_warning: str = ""


def find_format(path: Path) -> ListFormat | None:
    """What kind of reference list a file is; None when it is none, but perhaps papers.

    Raises:
        InputError: it cannot be opened; or its name says it is a list and its bytes that it is
            binary or empty.
    """
    by_name = _SUFFIXES.get(path.suffix.lower())
    with open_file(path) as file:
        data = file.read(_HEAD_BYTES)
    is_cut = len(data) == _HEAD_BYTES
    if data.startswith(GZIP_MAGIC):
        if by_name is None and _SUFFIXES.get(Path(path.stem).suffix.lower()) is None:
            return None
        data = b"\n".join(line.data or b"" for line in islice(read_lines(path), 2_000))
        is_cut = True
    try:
        text = decode(data, path, is_cut=is_cut).text
    except InputError:
        if by_name is not None:
            raise
        return None
    return (
        _format_of(text.lstrip(), is_cut)
        or by_name
        or _SUFFIXES.get(Path(path.stem).suffix.lower() if path.suffix.lower() == ".gz" else "")
    )


def _format_of(text: str, is_cut: bool) -> ListFormat | None:
    """What the content alone tells."""
    if re.match(r"\[\s*(?:\{|\]|$)|\{", text):
        return "csl" if _is_csl(text) else None
    if _RIS.search(text):
        return "ris"
    return "bibtex" if _BIBTEX.search(text) else None


def _is_csl(text: str) -> bool:
    """Whether JSON holds CSL items rather than papers, told from its beginning."""
    first = text.partition("\n")[0]
    try:
        value = loads(first)
    except (ValueError, RecursionError):
        if _CSL_PEOPLE.search(text):
            return True
        return bool(_CSL_ITEM.search(text)) and not _LITTRACK_KEYS.search(text)
    if isinstance(value, dict) and isinstance(value.get("items"), list):
        value = value["items"]
    if isinstance(value, list):
        return all(map(is_csl, value[:1]))
    return is_csl(value)


def read_bibliography(path: Path, format: ListFormat | None = None) -> ReferenceList:
    """Every reference of a file, in order, and every entry that could not be read.

    Raises:
        InputError: not readable as a file, or there is no reference of that format in it.
    """
    asked = format or find_format(path)
    if asked is None:
        raise InputError(f"this is no reference list: expected {_expected()}", path)
    text, warning = read_text(path)
    entries, rejections = _PARSERS[asked](text)
    if not entries and not (rejections and format is None):
        found = find_format(path)
        hint = (
            f"; it looks like {NAMES[found]} (--format {found})"
            if found not in (None, asked)
            else ""
        )
        raise InputError(f"there is no reference in it that reads as {NAMES[asked]}{hint}", path)
    return ReferenceList(asked, tuple(entries), tuple(rejections), warning)


def _expected() -> str:
    return ", ".join(list(NAMES.values())[:-1]) + " or " + NAMES["text"]
