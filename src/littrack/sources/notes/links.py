"""The links in a note's text: Markdown, wikilinks, addresses, arXiv ids and DOIs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from littrack.identifiers import find_arxiv_ids
from littrack.notes import Hyperlink, Span

_WIKILINK = re.compile(
    r"(?P<embed>!?)\[\[(?P<target>[^\[\]|\r\n]{1,300})(?:\|(?P<label>[^\[\]\r\n]{0,300}))?\]\]"
)
_LABEL = r"[^\[\]]{0,300}(?:\[[^\[\]]{0,100}\][^\[\]]{0,200}){0,2}"
_MARKDOWN = re.compile(
    rf"(?P<image>!?)\[(?P<label>{_LABEL})\]\(\s*<?(?P<target>[^\s()<>]{{1,2000}}"
    r"(?:\([^\s()<>]{0,200}\)[^\s()<>]{0,500}){0,3})>?(?:\s+[\"'][^\"'\r\n]{0,300}[\"'])?\s*\)"
)
ADDRESS = re.compile(
    r"https?://[^\s<>\"'`{}|\\^\[\]（）【】《》“”‘’，。；：、！？\u3400-\u9fff\uff00-\uffef]{2,2000}",
    re.I,
)
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>，。；、）】]{2,200}")
_TRAILING = ".,;:!?*_~'\""
# What an address that was torn by the end of a line goes on with, for the forms that tell.
_TORN = re.compile(
    r"(?P<head>https?://(?:www\.|export\.)?arxiv\.org/(?:abs|pdf)/?(?:\d{0,4}\.?\d{0,4})?)"
    r"[ \t]*(?:\r\n|\n)[ \t]*(?P<rest>/?[\d.]{2,}(?:v\d{1,2})?(?:\.pdf)?)(?=\s|$|[)\]，。）])",
    re.I,
)
_ATTACHMENT = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|bmp|mp[34]|mov|webm|wav|m4a|ogg)$", re.I)
_SIZE = re.compile(r"\d{1,4}(?:x\d{1,4})?$")


def find_links(text: str) -> tuple[Hyperlink, ...]:
    """Every link, in order; what stands inside another one is not given again. No pictures."""
    taken = bytearray(len(text))
    found = [
        link
        for kind in (_wikilinks, _markdown_links, _torn_addresses, _addresses, _identifiers)
        for span, link in kind(text)
        if _take(taken, span) and link is not None
    ]
    return tuple(sorted(found, key=lambda link: link.span))


def clean_address(address: str) -> str:
    """An address without the punctuation of the sentence that it stands in."""
    address = address.rstrip(_TRAILING)
    while address.endswith(")") and address.count(")") > address.count("("):
        address = address[:-1].rstrip(_TRAILING)
    return address


Found = Iterator[tuple[Span, Hyperlink | None]]


def _take(taken: bytearray, span: Span) -> bool:
    """Whether the span was free; it is not any more."""
    start, end = span
    if any(taken[start:end]):
        return False
    taken[start:end] = b"\1" * (end - start)
    return True


def _wikilinks(text: str) -> Found:
    for found in _WIKILINK.finditer(text):
        target, label = found["target"].strip(), (found["label"] or "").strip()
        if found["embed"] and _SIZE.match(label):
            label = ""  # how wide to show it
        is_note = bool(target) and not _ATTACHMENT.search(target.partition("#")[0])
        yield found.span(), Hyperlink(found.span(), target, label, True) if is_note else None


def _markdown_links(text: str) -> Found:
    for found in _MARKDOWN.finditer(text):
        label = " ".join(found["label"].split())
        target = found["target"]
        is_picture = bool(found["image"]) or _ATTACHMENT.search(target) is not None
        yield found.span(), None if is_picture else Hyperlink(found.span(), target, label)


def _torn_addresses(text: str) -> Found:
    for found in _TORN.finditer(text):
        address = found["head"] + found["rest"]
        if find_arxiv_ids(address):
            yield found.span(), Hyperlink(found.span(), address)


def _addresses(text: str) -> Found:
    for found in ADDRESS.finditer(text):
        address = clean_address(found[0])
        span = found.start(), found.start() + len(address)
        if len(address) > len("https://") + 1:
            yield span, Hyperlink(span, address)


def _identifiers(text: str) -> Found:
    for start, end, identifier in find_arxiv_ids(text):
        yield (start, end), Hyperlink((start, end), str(identifier))
    for found in _DOI.finditer(text):
        doi = clean_address(found[0])
        span = found.start(), found.start() + len(doi)
        yield span, Hyperlink(span, doi)
