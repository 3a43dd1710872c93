"""Which model a passage is about: its heading, the paper it is linked to, its note's title."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from littrack.analysis.model_resolution import Registry, find_mentions
from littrack.analysis.note_facts.labels import parse_label
from littrack.analysis.note_facts.reading import readable
from littrack.claims import ModelField
from littrack.identifiers import find_arxiv_ids
from littrack.notes import LinkMethod, LinkStatus, Note, NoteLink, Passage, TargetKind

_NUMBERING = re.compile(r"^\s*(?:#+\s*)?(?:\d+(?:\.\d+)*|[一二三四五六七八九十]+)[.、)\s]\s*")
_TAIL = re.compile(r"\s*(?:系列)?(?:大)?(?:语言)?(?:模型|model)\s*$", re.IGNORECASE)
_OWN = (LinkMethod.PERSON, LinkMethod.ID, LinkMethod.TITLE, LinkMethod.CITATION)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a block is about, as the note calls it; ``paper`` is the one that the block links to."""

    name: str
    model: str | None  # as it is known, None when nothing decides
    paper: str | None


class Subjects:
    """The subjects of a note's passages."""

    def __init__(self, note: Note, links: Sequence[NoteLink], registry: Registry) -> None:
        self._registry = registry
        self._title = note.title
        self._by_passage = {one.number: [] for one in note.passages}  # type: dict[int, list[NoteLink]]
        for link in links:
            if link.status is LinkStatus.LINKED and link.target_kind is TargetKind.PAPER:
                self._by_passage.setdefault(link.passage, []).append(link)
        self._section: dict[tuple[str, ...], str] = {}
        self._named: dict[tuple[tuple[str, ...], str | None], Subject | None] = {}
        self._titles: dict[tuple[str, ...], str] = {}  # what a block gives as its paper's title
        self._stated: dict[int, str | None] = {}
        for passage in note.passages:
            paper, title = self._stated_paper(passage)
            self._stated[passage.number] = paper
            if paper and passage.headings:
                self._section.setdefault(passage.headings, paper)
            if title and passage.headings:
                self._titles.setdefault(passage.headings, title)

    def _stated_paper(self, passage: Passage) -> tuple[str | None, str]:
        """The paper that a line of a block names as its own (论文地址, "Paper:"), and the title."""
        title = ""
        for line in readable(passage.text).text.split("\n"):
            label = parse_label(line)
            if label is None or label.field not in (ModelField.TITLE, ModelField.LINK):
                continue
            ids = find_arxiv_ids(line)
            if ids:
                return ids[0][2].base, line[label.end :]
            if label.field is ModelField.LINK:
                continue
            title = line[label.end :]
            own = [one for one in self._by_passage.get(passage.number, ()) if one.method in _OWN]
            if own and own[0].target:
                return own[0].target, title
        return None, title

    def of_passage(self, passage: Passage) -> Subject | None:
        """What the passage is about, None if neither heading nor title is a model's name."""
        paper = self._section.get(passage.headings) or self._stated.get(passage.number)
        key = (passage.headings, paper)
        if key not in self._named:
            title = self._titles.get(passage.headings, "")
            self._named[key] = self._find(passage.headings or (self._title,), paper, title)
        return self._named[key]

    def _find(self, headings: Sequence[str], paper: str | None, title: str) -> Subject | None:
        for heading in reversed(headings):
            plain = _TAIL.sub("", _NUMBERING.sub("", readable(heading).text)).strip()
            found = self._registry.resolve(plain, paper=paper)
            if found.model is not None:
                return Subject(plain, found.model, paper)
            if found.how == "ambiguous":
                return self._titled(plain, found.candidates, title) or Subject(plain, None, paper)
            mentions = find_mentions(plain, self._registry)
            named = list(dict.fromkeys(one.resolution.model for one in mentions))
            if len(named) == 1 and named[0]:
                return Subject(mentions[0].text, named[0], paper)
            if mentions:
                break  # a heading about several models is about none of them alone
        if paper is None:
            return None
        return Subject(_TAIL.sub("", _NUMBERING.sub("", headings[-1])).strip(), None, paper)

    def _titled(self, name: str, candidates: Sequence[str], title: str) -> Subject | None:
        """The one of several models with a name whose other name the paper's title has."""
        named = {one.resolution.model for one in find_mentions(title, self._registry)}
        chosen = [one for one in candidates if one in named]
        if len(chosen) != 1:
            return None
        papers = self._registry.entries[chosen[0]].papers
        return Subject(name, chosen[0], min(papers, default=None))
