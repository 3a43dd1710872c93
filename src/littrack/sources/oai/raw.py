"""One record in arXiv's own format, arXivRaw -> a paper with its version history.

Of arXiv's formats this one alone has the dates of all versions; text is that of the last one, with
TeX as typed. Every complaint is a ValueError in words for the user.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache

from lxml import etree

from littrack.errors import InputError
from littrack.identifiers import parse_recorded_id
from littrack.records import AbstractKind, DateKind, Paper, PaperDate, PaperVersion, Precision
from littrack.sources.fields import (
    first_doi,
    is_withdrawn,
    one_line,
    optional_line,
    parse_rfc_2822,
)
from littrack.sources.oai.authors import split_names

RAW = "{http://arxiv.org/OAI/arXivRaw/}"
_ROOT, _VERSION = f"{RAW}arXivRaw", f"{RAW}version"
_NAMESPACE_LENGTH = len(RAW)
_NUMBER = re.compile(r"v([1-9]\d{0,3})", re.ASCII)
_NO_SIZE = re.compile(r"0+\s*(?:[kK]?[bB])?", re.ASCII)


def raw_paper(raw: etree._Element, arxiv_id: str, modified: datetime) -> Paper:
    """The paper that ``<arXivRaw>`` describes, as of its last version.

    ``arxiv_id`` and ``modified`` are those of the record's header.
    """
    if raw.tag != _ROOT:
        raise ValueError(f"the metadata is <{raw.tag}>, not arXivRaw")
    texts, history, gone = _fields(raw)
    _check_id(texts.get("id"), arxiv_id)
    title = one_line(texts.get("title") or "")
    if not title:
        raise ValueError("no title")
    abstract = one_line(texts.get("abstract") or "")
    authors = split_names(texts.get("authors") or "")
    categories = _categories(texts.get("categories") or "")
    comment = optional_line(texts.get("comments"))
    first, last = history[0], history[-1]
    text = (title, abstract, authors, categories, comment)
    history[-1] = PaperVersion(last.number, last.submitted, *text)
    assert first.submitted is not None  # `_history` sees to it
    return Paper(
        arxiv_id,
        title,
        abstract,
        authors,
        categories,
        PaperDate(first.submitted, Precision.SECOND, DateKind.V1),
        last.number,
        last.submitted,
        AbstractKind.AUTHOR if abstract else AbstractKind.NONE,
        comment,
        optional_line(texts.get("journal-ref")),
        first_doi(texts.get("doi")),
        optional_line(texts.get("report-no")),
        optional_line(texts.get("license")),
        optional_line(texts.get("submitter")),
        gone or is_withdrawn(comment, abstract),
        modified,
        tuple(history),
    )


def _fields(raw: etree._Element) -> tuple[dict[str, str], list[PaperVersion], bool]:
    """(text by element name, versions in order, whether the last version's file is gone)."""
    texts: dict[str, str] = {}
    versions: list[tuple[PaperVersion, bool]] = []
    for child in raw:
        if child.tag == _VERSION:
            versions.append(_version(child))
            continue
        name = str(child.tag)[_NAMESPACE_LENGTH:]
        if len(child) or name in texts:
            raise ValueError(f"<{name}> occurs twice, or has elements where text belongs")
        texts[name] = child.text or ""
    versions.sort(key=lambda pair: pair[0].number)
    numbers = [version.number for version, _ in versions]
    if not numbers or numbers[0] != 1:
        raise ValueError("no first version")
    if len(set(numbers)) < len(numbers):
        raise ValueError("two versions of one number")
    return texts, [version for version, _ in versions], versions[-1][1]


def _version(element: etree._Element) -> tuple[PaperVersion, bool]:
    """A version without text, and whether it says that there is no file (any more)."""
    match = _NUMBER.fullmatch(str(element.get("version", "")))
    if match is None:
        raise ValueError(f"a version is {element.get('version')!r}, not of the form v1, v2 ...")
    texts = {str(child.tag)[_NAMESPACE_LENGTH:]: (child.text or "").strip() for child in element}
    submitted = parse_rfc_2822(texts.get("date"))
    gone = "I" in texts.get("source_type", "") or bool(_NO_SIZE.fullmatch(texts.get("size", "")))
    return PaperVersion(int(match[1]), submitted), gone


def _check_id(text: str | None, arxiv_id: str) -> None:
    if text is None:
        raise ValueError("no id")
    if text == arxiv_id:  # nearly always
        return
    try:
        base = parse_recorded_id(text).base
    except InputError as exc:
        raise ValueError(f"id: {exc}") from exc
    if base != arxiv_id:
        raise ValueError(f"the header is that of {arxiv_id}, the metadata that of {base}")


@lru_cache(maxsize=4096)  # combinations recur
def _categories(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text.split()))
