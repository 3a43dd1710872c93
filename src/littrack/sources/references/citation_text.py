"""One reference as running text -> authors, title and year, in the usual styles of both languages.

IEEE          J. Wei and X. Wang, "Chain-of-thought prompting," in Proc. NeurIPS, 2022.
APA           Wei, J., & Wang, X. (2022). Chain-of-thought prompting. NeurIPS.
ACL           Jason Wei and Xuezhi Wang. 2022. Chain-of-thought prompting. In NeurIPS.
plain         Jason Wei and Xuezhi Wang. Chain-of-thought prompting. arXiv:2201.11903, 2022.
GB/T 7714     赵鑫, 周昆, 李军毅, 等. 大语言模型综述[J]. 计算机学报, 2023.
title only    Chain-of-thought prompting, arXiv:2201.11903
"""

from __future__ import annotations

import re
from typing import NamedTuple

from littrack.identifiers import find_arxiv_ids
from littrack.sources.references.fields import find_year, listed_authors
from littrack.text import clean, has_chinese


class Citation(NamedTuple):
    """What a line says; empty where it does not say it in a way that can be told."""

    authors: tuple[str, ...]
    title: str
    year: int | None


_LONGEST = 4_000  # characters of a reference that are read; three hundred authors fit
_LOOK_BACK = 40  # characters before a full stop that tell an abbreviation
_QUOTED = re.compile(
    r"[“\"「『《](?P<title>[^”\"」』》]{6,}?)[,.，。]?[”\"」』》]|``(?P<tex>.{6,}?)[,.]?''"
)
_TYPE_MARK = re.compile(r"\s*[\[［]\s*(?:[A-Z]{1,2}(?:/[A-Z]{2})?|arXiv|预印本)\s*[\]］]")
_YEAR_MARK = re.compile(
    r"[(（]\s*(?:1[5-9]|20)\d\d[a-z]?(?:,[^)）]*)?\s*[)）]\s*[.,:：。]?|(?<=[.。])\s+20\d\d[a-z]?\s*[.。]"
)
_CLUTTER = re.compile(
    r"https?://\S+|\bdoi:\s*\S+|\b10\.\d{4,9}/\S+|\[?\bcs\.[A-Z]{2}\]?|\bURL\b|"
    r"\b(?:CoRR|(?:arXiv|ArXiv)(?:\.org)?(?:\s+(?:e-?print|preprint))?)\b(?:\s*,)?|\babs/(?=\s|$)|预印本",
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s.,-])(?:[A-ZÀ-Þ]|[A-Z]\.-?[A-Z]|al|vs|Jr|Sr|St|Dr|Mr|Ms|Prof|Vol|No|pp|Proc|Eds?)$"
)
_BREAK = re.compile(r"[.?!](?=\s|$)|[。．？！]|//")
_SURNAME_FIRST = re.compile(r"(?:[a-z]+\s)*[A-ZÀ-Þ][\w'’‐-]+,\s(?:[A-Z]\.[\s-]?)+(?:,|and|&|$)")
_LAST_INITIAL = re.compile(r",\s(?:[A-Z]\.[\s-]?)*[A-Z]$")
_TITLE_WORD = re.compile(r"\s+[^\W\d_][\w-]*[^\W_](?!\s*(?:,|and\b))")
_NAMED_BEHIND = re.compile(
    r"\s*[,(（，—–-]\s*(?P<name>[^\W\d_][\w .'’-]{1,40}?\s+et al\b|\w{2,4}等).*$"
)
_AND = re.compile(r"\s*(?:;|；|、|，|,?\s+and\s+|,?\s*&\s*|,)\s*")
_WORD_OF_NAME = re.compile(r"[^\W\d_][\w.'’‐-]*$")
_PARTICLES = frozenset(
    ("van", "von", "der", "den", "de", "la", "le", "di", "da", "dos", "del", "el", "al", "bin")
)
_GROUP = re.compile(
    r"\b(?:Team|Collaboration|Group|AI|OpenAI|Google|Meta|DeepSeek|Anthropic|DeepMind)\b"
)
_VENUE = re.compile(
    r"^(?:in\s|in:|proc\b|proceedings|advances in|journal|transactions|pages|pp\b|vol)", re.I
)


def parse_citation(text: str) -> Citation:
    """Authors, title and year of a reference."""
    plain = _without_identifiers(text[:_LONGEST])
    year = find_year(*(found[0] for found in _YEAR_MARK.finditer(plain)), _last_year(plain))
    quoted = _QUOTED.search(plain)
    if quoted and _may_precede_title(plain[: quoted.start()]):
        title = quoted["title"] or quoted["tex"]
        return Citation(_authors(plain[: quoted.start()]), _tidy(title), year)
    marked = _TYPE_MARK.search(plain)
    if marked and marked.start() > 0:
        before = _sentences(plain[: marked.start()])
        title = before[-1] if len(before) == 1 else " ".join(before[1:])
        return Citation(_authors(before[0]) if len(before) > 1 else (), _tidy(title), year)
    dated = _YEAR_MARK.search(plain)
    after = _sentences(plain[dated.end() :]) if dated else []
    if dated and after and _looks_like_authors(plain[: dated.start()]):
        return Citation(_authors(plain[: dated.start()]), _tidy(after[0]), year)
    return _by_sentences(plain, year)


def _by_sentences(plain: str, year: int | None) -> Citation:
    """Authors first, where the first sentence is names; else the title."""
    found = _sentences(plain)
    if not found:
        return Citation((), "", year)
    if len(found) > 1 and _looks_like_authors(found[0]) and not _VENUE.match(found[1]):
        return Citation(_authors(found[0]), _tidy(found[1]), year)
    behind = _NAMED_BEHIND.search(found[0])
    if behind:
        return Citation(_authors(behind["name"]), _tidy(found[0][: behind.start()]), year)
    return Citation((), _tidy(found[0]), year)


def _may_precede_title(text: str) -> bool:
    """Whether what stands before a quotation is not the beginning of a title that quotes."""
    text = text.strip()
    return not text or text[-1] in ",.，。、)）" or _looks_like_authors(text)


def _without_identifiers(text: str) -> str:
    """The text with every arXiv id cut out, and with it addresses, DOIs and "arXiv preprint"."""
    pieces, last = [], 0
    for start, end, _ in find_arxiv_ids(text):
        pieces.append(text[last:start])
        last = end
    joined = _CLUTTER.sub(" ", " ".join([*pieces, text[last:]]))
    return clean(re.sub(r"[(（\[［]\s*[.,:;，：]*\s*[)）\]］]", " ", joined))


def _sentences(text: str) -> list[str]:
    """Parts that end with a full stop, but not the stop of an initial or abbreviation."""
    parts, start = [], 0
    surname_first = _SURNAME_FIRST.match(text) is not None
    for found in _BREAK.finditer(text):
        before = text[max(start, found.start() - _LOOK_BACK) : found.start()]
        if found[0] == "." and _ABBREVIATION.search(before) and not before.endswith("et al"):
            ends_names = surname_first and _LAST_INITIAL.search(before)
            if not (ends_names and _TITLE_WORD.match(text, found.end())):
                continue
        kept = text[start : found.start()] + (found[0] if found[0] in "?？!！" else "")
        parts.append(kept)
        start = found.end()
    parts.append(text[start:])
    return [part.strip() for part in parts if re.search(r"\w", part)]


def _looks_like_authors(text: str) -> bool:
    """Whether a text is a list of names: capitalised words, commas, initials, no sentence."""
    text = text.strip(" .,，。:：")
    if not text:
        return False
    if re.search(r"\bet al$|[,，\s]等$", text):
        return True
    names = [name for name in _AND.split(text) if name.strip()]
    if has_chinese(text):
        return all(len(name.strip()) <= 4 or not has_chinese(name) for name in names)
    if not all(_looks_like_a_name(name) for name in names):
        return False
    initials = re.search(r"(?:^|\s)[A-Z]\.", text) is not None
    return len(names) > 1 or initials or bool(_GROUP.search(text)) or len(text.split()) in (2, 3)


def _looks_like_a_name(text: str) -> bool:
    words = text.strip().split()
    if not 0 < len(words) <= 5:
        return False
    return all(
        _WORD_OF_NAME.match(word) and (word[0].isupper() or word.lower() in _PARTICLES)
        for word in words
    )


def _authors(text: str) -> tuple[str, ...]:
    """The names; ``Wei, J.`` and ``Wei, Jason`` are put together again where initials follow."""
    text = re.sub(r"\bet\.?\s+al\b\.?", ", et al.", text).strip(" .,，。:：")
    names: list[str] = []
    for name in _AND.split(text):
        name = name.strip()
        is_initials = re.fullmatch(r"(?:[^\W\d_]\.?[\s-]*){1,3}", name) and not has_chinese(name)
        if is_initials and names and "," not in names[-1]:
            names[-1] = f"{names[-1]}, {name}"
        elif name:
            names.append(name)
    return listed_authors(names)


def _tidy(title: str) -> str:
    """A title without what clung to it: marks at its ends, a year in brackets."""
    title = _TYPE_MARK.sub("", title)
    title = re.sub(r"[,，]?\s*[(（]?(?:1[5-9]|20)\d\d[)）]?\s*$", "", title.strip(" .,;，。；"))
    return title.strip(' .,;:，。；：*_-—–“”"')


def _last_year(text: str) -> str:
    years = re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", text)
    return years[-1] if years else ""
