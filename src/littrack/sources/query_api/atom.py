"""The query API's Atom answer -> records, or a refusal. Nothing is repaired.

The `arxiv` package parses the same answers with a recovering parser: a page broken off in the
middle of an entry yields a shortened abstract, a page without a date loses the entry, and
`totalResults`, the rewritten query, all but one DOI are dropped (measured with 4.0.2). Its
`arxiv.Search` describes our queries (see `harvest`), but answers are read here, strictly.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from littrack.errors import InputError, SourceMalformed, SourceUnavailable
from littrack.identifiers import parse_recorded_id
from littrack.records import (
    AbstractKind,
    DateKind,
    Paper,
    PaperDate,
    PaperVersion,
    Precision,
    Rejection,
)
from littrack.sources.fields import first_doi, is_withdrawn, one_line, optional_line, parse_time
from littrack.sources.strict_xml import parse_xml

ATOM = "{http://www.w3.org/2005/Atom}"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"
ARXIV = "{http://arxiv.org/schemas/atom}"

# For cutting an answer that the parser refuses as a whole.
_FEED_TAG = re.compile(rb"<feed\b[^>]*>")
_ENTRY = re.compile(rb"<entry\b.*?</entry>", re.DOTALL)
_ID = re.compile(rb"<id>\s*([\x21-\x7e]{1,200}?)\s*</id>")

# What arXiv says of a query that will never work, as opposed to a bad moment of the service.
_QUERY_ERROR = re.compile(
    r"incorrect id format|must be (?:an integer|non-negative|in\b)|invalid query string"
    r"|either a search_query or id_list|max_results|sort(?:By|Order)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class FeedPage:
    """One answer: the papers on it, and what the service says of the whole result."""

    total: int  # opensearch:totalResults
    start: int  # opensearch:startIndex
    query_title: str  # the feed's title: shows the query as the service rewrote it
    papers: tuple[Paper, ...]
    rejections: tuple[Rejection, ...] = ()  # entries that are no papers; `where` tells them apart
    asked_at: datetime | None = None  # the service's clock; midnight when it caches by day

    @property
    def identities(self) -> tuple[str, ...]:
        """What tells the entries apart, readable or not."""
        return (*(p.arxiv_id for p in self.papers), *(r.where for r in self.rejections))


def parse_feed(body: bytes) -> FeedPage:
    """Read one whole Atom answer.

    Raises:
        SourceMalformed: not well-formed to its end, not a feed, or an entry lacks what every
            paper has (id, title, published, updated). An id that is there but impossible would be
            as impossible next time: it is a rejection, and the page is good.
        InputError: arXiv's error entry for a query that can never work.
        SourceUnavailable: arXiv's error entry for anything else.
    """
    root = _root(body)
    entries = root.findall(f"{ATOM}entry")
    for entry in entries:
        _raise_error_entry(entry)
    return _page(root, [_paper(entry, body) for entry in entries], body)


def salvage_feed(body: bytes) -> FeedPage:
    """Read a whole answer of which single entries cannot be read: those become rejections.

    Only for an answer that stays unreadable when asked for again. Each entry is parsed by itself,
    as strictly as ever, so no damaged one gets through.

    Raises:
        SourceMalformed: the answer is broken off, or damaged outside its entries.
    """
    opening = _FEED_TAG.search(body)
    if opening is None or not body.rstrip().endswith(b"</feed>"):
        raise SourceMalformed("the answer is not a whole Atom feed", body)
    root = _root(_ENTRY.sub(b"", body))
    records: list[Paper | Rejection] = []
    for place, found in enumerate(_ENTRY.finditer(body), 1):
        alone = opening[0] + found[0] + b"</feed>"
        try:
            entry = _root(alone)[0]
            _raise_error_entry(entry)
            records.append(_paper(entry, alone))
        except SourceMalformed as exc:
            where = _ID.search(found[0])
            name = where[1].decode("ascii", "replace") if where else f"entry {place} of the page"
            records.append(Rejection(name, str(exc), found[0]))
    return _page(root, records, body)


def _page(root: etree._Element, records: list[Paper | Rejection], body: bytes) -> FeedPage:
    try:
        asked_at = parse_time(root.findtext(f"{ATOM}updated") or "")
    except ValueError:
        asked_at = None
    return FeedPage(
        total=_count(root, "totalResults", body),
        start=_count(root, "startIndex", body),
        query_title=one_line(root.findtext(f"{ATOM}title") or ""),
        papers=tuple(record for record in records if isinstance(record, Paper)),
        rejections=tuple(record for record in records if isinstance(record, Rejection)),
        asked_at=asked_at,
    )


def _root(body: bytes) -> etree._Element:
    root = parse_xml(body)
    if root.tag != f"{ATOM}feed":
        raise SourceMalformed(f"the answer is <{root.tag}>, not an Atom feed", body)
    return root


def _raise_error_entry(entry: etree._Element) -> None:
    identifier = entry.findtext(f"{ATOM}id") or ""
    is_error = "/api/errors" in identifier or (
        entry.findtext(f"{ATOM}title") == "Error" and entry.find(f"{ATOM}published") is None
    )
    if not is_error:
        return
    message = one_line(entry.findtext(f"{ATOM}summary") or "no reason given")
    if _QUERY_ERROR.search(message):
        raise InputError(f"arXiv cannot answer this query: {message}")
    raise SourceUnavailable(f"arXiv answered with an error: {message}")


def _count(root: etree._Element, name: str, body: bytes) -> int:
    text = (root.findtext(f"{OPENSEARCH}{name}") or "").strip()
    if not (text.isascii() and text.isdigit()):
        raise SourceMalformed(f"the feed's {name} is {text!r}, not a number", body)
    return int(text)


def _paper(entry: etree._Element, body: bytes) -> Paper | Rejection:
    id_text = _required(entry, "id", body)
    title = one_line(_required(entry, "title", body))
    try:
        published = parse_time(_required(entry, "published", body))
        updated = parse_time(_required(entry, "updated", body))
    except ValueError as exc:
        raise SourceMalformed(f"an entry ({id_text}) has a bad date: {exc}", body) from exc
    try:
        identifier = parse_recorded_id(id_text.rpartition("/abs/")[2])
    except InputError as exc:
        return Rejection(id_text, str(exc), etree.tostring(entry))
    abstract = one_line(entry.findtext(f"{ATOM}summary") or "")
    comment = optional_line(entry.findtext(f"{ARXIV}comment"))
    authors = _authors(entry)
    categories = _categories(entry)
    current = PaperVersion(
        number=identifier.version or 0,
        submitted=updated,
        title=title,
        abstract=abstract,
        authors=authors,
        categories=categories,
        comment=comment,
    )
    return Paper(
        arxiv_id=identifier.base,
        title=title,
        abstract=abstract,
        authors=authors,
        categories=categories,
        published=PaperDate(published, Precision.SECOND, DateKind.V1),
        version=identifier.version,
        updated=updated,
        abstract_kind=AbstractKind.AUTHOR if abstract else AbstractKind.NONE,
        comment=comment,
        journal_ref=optional_line(entry.findtext(f"{ARXIV}journal_ref")),
        doi=first_doi(entry.findtext(f"{ARXIV}doi")),
        withdrawn=is_withdrawn(comment, abstract),
        versions=_history(current, published),
    )


def _history(current: PaperVersion, published: datetime) -> tuple[PaperVersion, ...]:
    """The versions that Atom tells of: the first one's date and the current one."""
    if current.number == 1:
        return (current,)
    return (PaperVersion(number=1, submitted=published), current)


def _required(entry: etree._Element, name: str, body: bytes) -> str:
    text = entry.findtext(f"{ATOM}{name}")
    if text is None or not text.strip():  # the title "0" is real: only absence is absence
        where = one_line(entry.findtext(f"{ATOM}id") or "no id")
        raise SourceMalformed(f"an entry ({where}) has no <{name}>", body)
    return text


def _authors(entry: etree._Element) -> tuple[str, ...]:
    names = (author.findtext(f"{ATOM}name") for author in entry.findall(f"{ATOM}author"))
    return tuple(one_line(name) for name in names if name and name.strip())


def _categories(entry: etree._Element) -> tuple[str, ...]:
    primary = entry.find(f"{ARXIV}primary_category")
    elements = ([] if primary is None else [primary]) + entry.findall(f"{ATOM}category")
    terms = (element.get("term") or "" for element in elements)
    return tuple(dict.fromkeys(term.strip() for term in terms if term.strip()))
