"""The spots of a passage that say what it is about: ids, titles, names, terms, other notes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from littrack.analysis.note_hygiene import fold_passage
from littrack.analysis.note_links.evidence import Evidence, NamedModel, note_key
from littrack.analysis.note_links.title_index import TitleMatch
from littrack.errors import InputError
from littrack.identifiers import parse_arxiv_id
from littrack.notes import (
    Folded,
    Hyperlink,
    LinkMethod,
    LinkStatus,
    Note,
    NoteLink,
    Passage,
    Span,
    TargetKind,
)

# How sure each kind of spot is; measured on development notes (benchmarks/links.py).
ID_SCORE, REPOSITORY_SCORE, NOTE_SCORE, TERM_SCORE = 0.99, 0.9, 0.99, 0.9
TRUSTED = 0.8  # of a model: from here on its name is enough for a link
_FEWEST_WORDS = 4  # content words of a title that is one wherever it stands
_SURE_TITLE = 0.8  # of likeness times telling
_SHORT_TITLE = 0.55  # of one that stands in brackets, after a label or alone on its line
_BEFORE_TITLE = re.compile(r"(?:[《「『“\"\[【:：]\s*|^[\s>#*•\-\d.]*)\Z")
_AFTER_TITLE = re.compile(r"\s*(?:[》」』”\"\]】]|[.。,，;；]?\s*$|\n)")
_PAPER_SITES = re.compile(
    r"arxiv\.org|doi\.org|aclanthology\.org|aclweb\.org/anthology|openreview\.net|neurips\.cc"
    r"|papers\.nips\.cc|thecvf\.com|mlr\.press|semanticscholar\.org|ieeexplore|dl\.acm\.org",
    re.IGNORECASE,
)
_REPOSITORY = re.compile(r"github\.com/([\w.-]+/[\w.-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a spot leads to a paper, and how surely."""

    method: LinkMethod
    score: float
    said: str


def paper_link(
    passage: Passage, span: Span, arxiv_id: str, reason: Reason, evidence: Evidence
) -> NoteLink:
    """A link to a paper; unresolved where the library does not hold it."""
    held = evidence.holds(arxiv_id)
    return NoteLink(
        passage.number,
        span,
        LinkStatus.LINKED if held else LinkStatus.UNRESOLVED,
        reason.method,
        reason.score if held else 0.0,
        TargetKind.PAPER,
        arxiv_id,
        evidence.title_of(arxiv_id) if held else "",
        explanation=reason.said if held else f"{reason.said}; the library does not hold it",
    )


def open_link(
    passage: Passage, span: Span, method: LinkMethod, explanation: str, papers: Iterable[str] = ()
) -> NoteLink:
    """A link that nothing decides: ambiguous where papers may be meant, else unresolved."""
    several = tuple(papers)
    share = 1 / len(several) if several else 0.0
    return NoteLink(
        passage.number,
        span,
        LinkStatus.AMBIGUOUS if several else LinkStatus.UNRESOLVED,
        method,
        share,
        candidates=tuple((arxiv_id, share) for arxiv_id in several),
        explanation=explanation,
    )


def find_linked(passage: Passage, note: Note, evidence: Evidence) -> Iterator[NoteLink]:
    """What the addresses, ids and wikilinks of a passage lead to."""
    start, end = passage.span
    for link in note.links:
        if start <= link.span[0] < end:
            found = _follow(passage, link, evidence)
            if found is not None:
                yield found


def _follow(passage: Passage, link: Hyperlink, evidence: Evidence) -> NoteLink | None:
    arxiv_id = _id_in(link.target)
    if arxiv_id is not None:
        said = f"{link.target} names the paper"
        reason = Reason(LinkMethod.ID, ID_SCORE, said)
        return paper_link(passage, link.span, arxiv_id, reason, evidence)
    if link.is_wikilink:
        return _follow_wikilink(passage, link, evidence)
    code = _REPOSITORY.search(link.target)
    if code:
        owner = evidence.repositories.get(code[1].lower().removesuffix(".git"))
        if owner is None or not evidence.holds(owner):
            return None
        said = f"the paper's abstract names {code[0]}"
        reason = Reason(LinkMethod.ID, REPOSITORY_SCORE, said)
        return paper_link(passage, link.span, owner, reason, evidence)
    if _PAPER_SITES.search(link.target) or link.target.startswith("10."):
        said = f"{link.target} is a paper's address that leads to no arXiv id"
        return open_link(passage, link.span, LinkMethod.ID, said)
    return None


def _follow_wikilink(passage: Passage, link: Hyperlink, evidence: Evidence) -> NoteLink:
    path = evidence.notes.get(note_key(link.target.partition("#")[0]))
    return NoteLink(
        passage.number,
        link.span,
        LinkStatus.LINKED if path else LinkStatus.UNRESOLVED,
        LinkMethod.ID,
        NOTE_SCORE if path else 0.0,
        TargetKind.NOTE,
        path or link.target,
        link.label or link.target,
        explanation="the note of that name" if path else "no note of that name has been read",
    )


def _id_in(target: str) -> str | None:
    try:
        return parse_arxiv_id(target).base
    except InputError:
        return None


def find_titled(
    passage: Passage, matches: Sequence[TitleMatch], evidence: Evidence
) -> Iterator[NoteLink]:
    """The titles that stand in a passage; of those at one place the likest."""
    taken: list[Span] = []
    for match in matches:
        if match.arxiv_id in evidence.exclude or not _is_title(passage.text, match):
            continue
        if any(a < match.span[1] and match.span[0] < b for a, b in taken):
            continue
        taken.append(match.span)
        twins = [
            one.arxiv_id
            for one in matches
            if one.span == match.span
            and one.likeness * one.telling >= 0.97 * match.likeness * match.telling
            and one.arxiv_id not in evidence.exclude
        ]
        span = _shifted(match.span, passage)
        if len(set(twins)) > 1:
            said = f"{len(set(twins))} papers have the title {match.title!r}"
            yield open_link(passage, span, LinkMethod.TITLE, said, dict.fromkeys(twins))
            continue
        how = "the title" if match.likeness > 0.995 else "much of the title"
        reason = Reason(
            LinkMethod.TITLE, _title_score(match), f"{how} {match.title!r} stands there"
        )
        yield paper_link(passage, span, match.arxiv_id, reason, evidence)


def _title_score(match: TitleMatch) -> float:
    return round(0.98 * min(1.0, 0.3 + 0.7 * match.likeness) * min(1.0, 0.6 + match.telling / 2), 3)


def _is_title(text: str, match: TitleMatch) -> bool:
    """Whether words that are a title are meant as one: they are many, or set apart."""
    strength = match.likeness * match.telling
    if match.words >= _FEWEST_WORDS and strength >= _SURE_TITLE:
        return True
    start, end = match.span
    is_apart = _BEFORE_TITLE.search(text, 0, start) and _AFTER_TITLE.match(text, end)
    return bool(is_apart) and strength >= _SHORT_TITLE and match.words >= 2


def find_named(
    passage: Passage, models: Sequence[NamedModel], evidence: Evidence
) -> Iterator[NoteLink]:
    """The models that a passage names, and the papers that present them; each once."""
    seen: set[str] = set()
    for named in models:
        span = _shifted((named.mention.start, named.mention.end), passage)
        said, model = named.mention.resolution.explanation, named.model
        if named.mention.text in seen or (model and model.name in seen):
            continue
        seen |= {named.mention.text, *([model.name] if model else [])}
        if model is None:
            papers = dict.fromkeys(one.paper for one in named.candidates if one.paper)
            yield open_link(passage, span, LinkMethod.ALIAS, said, [p for p in papers if p])
            continue
        if model.paper and model.trust < TRUSTED:
            said = f"{said}; nobody has confirmed that model yet"
            unsure = open_link(passage, span, LinkMethod.ALIAS, said, [model.paper])
            yield replace(unsure, score=model.trust)
        elif model.paper:
            reason = Reason(LinkMethod.ALIAS, model.trust, said)
            yield paper_link(passage, span, model.paper, reason, evidence)
        yield NoteLink(
            passage.number,
            span,
            LinkStatus.LINKED,
            LinkMethod.ALIAS,
            model.trust,
            TargetKind.MODEL,
            model.name,
            model.name,
            explanation=said,
        )


def find_terms(passage: Passage, evidence: Evidence) -> Iterator[NoteLink]:
    """The terms of the bilingual table in a passage, each once."""
    folded: Folded | None = None
    for match in evidence.terms.find(passage.text):
        folded = folded or fold_passage(passage.text)
        place = folded.text.find(match.form)
        span = folded.original(place, place + len(match.form)) if place >= 0 else None
        name = match.term.english[0] if match.term.english else match.term.chinese[0]
        yield NoteLink(
            passage.number,
            _shifted(span, passage) if span else passage.span,
            LinkStatus.LINKED,
            LinkMethod.ALIAS,
            TERM_SCORE,
            TargetKind.TERM,
            name,
            name,
            explanation=f"{match.form!r} is a form of the term",
        )


def _shifted(span: Span, passage: Passage) -> Span:
    return span[0] + passage.span[0], span[1] + passage.span[0]
