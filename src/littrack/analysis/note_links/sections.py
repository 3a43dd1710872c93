"""The sections of a note, and the paper that each is about as far as its own words say it.

A line "论文地址: ..." in a section names its paper more surely than its heading does; a heading is
followed before any text below it; what is said of a section holds for those below it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from littrack.analysis.note_links.spots import TRUSTED
from littrack.notes import (
    LinkMethod,
    LinkStatus,
    Note,
    NoteLink,
    Passage,
    PassageKind,
    TargetKind,
)

_PAPER_LABEL = re.compile(
    r"^[\s•*\-+>#\d.]*\**(?:原?(?:论文|論文)(?:地址|链接|鏈接|标题|標題|题目|題目|名称|名)?|原文(?:地址|链接)?"
    r"|标题|標題|题目|paper(?:\s+(?:link|title|url))?|title|arxiv|source)\**\s*[:：]",
    re.IGNORECASE,
)
# Of the score of what was found: on a labelled line, in the heading, as the section's only paper.
_FROM_LABEL, _FROM_HEADING, _FROM_ONLY, _FROM_PARENT = 0.97, 0.95, 0.88, 0.85
_LEAD, _BRIEF = 250, 800  # characters
_LENGTH = 1_500  # characters at the beginning of a section that say what it is about
_SPREADS = 6_000  # a longer section is about more than its beginning says
_ON_LABEL = (LinkMethod.ID, LinkMethod.TITLE, LinkMethod.ALIAS)
_NOT_READ = (PassageKind.BOILERPLATE, PassageKind.REFERENCE, PassageKind.CODE)


@dataclass(frozen=True, slots=True)
class Section:
    """Passages under the same headings, and what they are about if something says it."""

    headings: tuple[str, ...]
    passages: tuple[Passage, ...]
    subject: NoteLink | None = None
    is_closed: bool = False  # its heading names what no paper is known of: do not guess

    @property
    def text(self) -> str:
        """What to search for: its beginning, without what is no content."""
        kept = [one.text for one in self.passages if one.kind not in _NOT_READ]
        return "\n".join(kept)[:_LENGTH]

    @property
    def is_brief(self) -> bool:
        """Whether it is so short that a paper it names anywhere is what it is about."""
        return sum(len(one.text) for one in self.passages) <= _BRIEF

    @property
    def is_short(self) -> bool:
        """Whether its beginning speaks for all of it."""
        return sum(len(one.text) for one in self.passages) <= _SPREADS


def split_sections(note: Note) -> list[Section]:
    """The sections of a note in order; a heading belongs to what it heads."""
    following = [*note.passages[1:], None][: len(note.passages)]
    paths = [_path(one, after) for one, after in zip(note.passages, following, strict=True)]
    grouped = groupby(zip(paths, note.passages, strict=True), key=lambda pair: pair[0])
    return [Section(path, tuple(one for _, one in pairs)) for path, pairs in grouped]


def _path(passage: Passage, following: Passage | None) -> tuple[str, ...]:
    """The headings over a passage; those of a heading end with itself."""
    if passage.kind is not PassageKind.HEADING:
        return passage.headings
    depth = len(passage.headings)
    if following is not None and following.headings[:depth] == passage.headings:
        below = following.headings[: depth + 1]
        if len(below) > depth:
            return below
    return (*passage.headings, passage.text.strip())


def find_subjects(
    sections: Sequence[Section], spots: Mapping[int, Sequence[NoteLink]]
) -> list[Section]:
    """The sections with their subjects, as far as a line, a heading or a section above says it."""
    told: dict[tuple[str, ...], NoteLink] = {}
    found = []
    for section in sections:
        subject, is_closed = _own_subject(section, spots)
        if subject is not None:
            told[section.headings] = subject
        elif not is_closed:
            subject = _inherited(section.headings, told)
        found.append(replace(section, subject=subject, is_closed=is_closed))
    return found


def _inherited(
    headings: tuple[str, ...], told: Mapping[tuple[str, ...], NoteLink]
) -> NoteLink | None:
    for length in range(len(headings) - 1, -1, -1):
        above = told.get(headings[:length])
        if above is not None:
            where = f"below {headings[length - 1]!r}" if length else "in this note"
            said = f"{where}: {above.explanation}"
            return replace(above, score=above.score * _FROM_PARENT, explanation=said)
    return None


def _own_subject(
    section: Section, spots: Mapping[int, Sequence[NoteLink]]
) -> tuple[NoteLink | None, bool]:
    """The paper that the section's labelled line or heading names; whether it names no paper."""
    labelled = [
        link
        for passage in section.passages
        if _PAPER_LABEL.match(passage.text)
        for link in _papers(spots.get(passage.number, ()), _ON_LABEL)
    ]
    if len({link.target for link in labelled}) == 1:
        return _weaker(max(labelled, key=lambda one: one.score), _FROM_LABEL), False
    heads = [one for one in section.passages if one.kind is PassageKind.HEADING]
    links = [link for head in heads for link in spots.get(head.number, ())]
    papers = _papers(links)
    if len({link.target for link in papers}) == 1:
        return _weaker(papers[0], _FROM_HEADING), False
    stated = [
        link
        for passage in section.passages
        if passage.kind not in _NOT_READ
        for link in _papers(spots.get(passage.number, ()), (LinkMethod.ID, LinkMethod.TITLE))
    ]
    names = [link for link in links if _is_a_name(link)]
    has_id = any(link.method is LinkMethod.ID for link in stated)  # a title alone is weighed later
    if has_id and len({link.target for link in stated}) == 1 and _leads(stated[0], section):
        return _weaker(stated[0], _FROM_ONLY), False
    return None, bool(names)


def _is_a_name(link: NoteLink) -> bool:
    """Whether a model is named for sure, be it open which."""
    if link.target_kind is TargetKind.PAPER:
        return len(link.candidates) != 1  # one candidate: nobody has confirmed it
    return link.target_kind is TargetKind.MODEL and link.score >= TRUSTED


def _leads(link: NoteLink, section: Section) -> bool:
    """Whether a link stands where a section says what it is about: at its beginning."""
    return link.span[0] - section.passages[0].span[0] <= _LEAD or section.is_brief


def _papers(
    links: Sequence[NoteLink], methods: tuple[LinkMethod, ...] = tuple(LinkMethod)
) -> list[NoteLink]:
    return [
        link
        for link in links
        if link.target_kind is TargetKind.PAPER
        and link.status is LinkStatus.LINKED
        and link.method in methods
    ]


def _weaker(link: NoteLink, share: float) -> NoteLink:
    return replace(link, score=link.score * share)
