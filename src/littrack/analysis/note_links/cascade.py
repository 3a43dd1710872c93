"""From the evidence in a note to its links, passage by passage.

    1  ids and addresses        stand there
    2  reference marks          lead to an entry of the note's list, and that to a paper
    3  titles                   stand there, whole or nearly so
    4  names of models          of the catalogue or of the library's papers
    5  author and year          with what stands beside, or by the note's own list
    6  the section              what its labelled line or heading says holds for its passages
    7  words and meaning        for sections of which nothing above says anything

`read_note_spots` does 1 to 6; the caller searches for what is left (`sections_to_search`) and
`link_passages` joins all. The first link of a passage is the one that it is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from littrack.analysis.note_hygiene import fold_passage
from littrack.analysis.note_links.citations import (
    find_by_author,
    find_cited,
    resolve_reference,
)
from littrack.analysis.note_links.clues import ModelName, Read
from littrack.analysis.note_links.evidence import Evidence
from littrack.analysis.note_links.openings import read_opening
from littrack.analysis.note_links.sections import Section, find_subjects, split_sections
from littrack.analysis.note_links.spots import (
    find_linked,
    find_named,
    find_terms,
    find_titled,
)
from littrack.analysis.note_links.subject import Subject
from littrack.analysis.note_links.title_index import words_of
from littrack.notes import (
    LinkMethod,
    LinkStatus,
    Note,
    NoteLink,
    NoteReference,
    Passage,
    PassageKind,
    TargetKind,
)

_FROM_SECTION = 0.9  # of the section's score: a passage may speak of something else
_SHORTEST_SEARCHED = 60  # characters of a section
_LEAD = 16  # characters: a name that stands within is what a passage is about
_BESIDE = 4  # characters between a name and the author that is cited for it
_ONE_SENSE = 0.8  # of a name that several bear, where the note has said which it means
_BRIEF = 120  # characters of a passage that is about what it names
_SURE = (LinkMethod.ID, LinkMethod.TITLE)
_ORDER = {method: place for place, method in enumerate(LinkMethod)}


@dataclass(frozen=True, slots=True)
class NoteSpots:
    """What a note says itself: the spots of each passage, and its sections with their subjects."""

    note: Note
    spots: Mapping[int, tuple[NoteLink, ...]]
    sections: tuple[Section, ...]


def read_note_spots(note: Note, evidence: Evidence) -> NoteSpots:
    """Steps 1 to 6: everything but a search."""
    by_span = {reference.span: reference for reference in note.references}
    entries: list[tuple[NoteReference, NoteLink]] = []
    for passage in note.passages:
        reference = by_span.get(passage.span)
        if reference is not None:
            entries.append((reference, resolve_reference(reference, passage, evidence)))
    by_mark = {ref.mark: link for ref, link in entries if ref.mark}
    links_of_entries = {link.passage: link for _, link in entries}
    spots: dict[int, tuple[NoteLink, ...]] = {}
    for passage in note.passages:
        if passage.number in links_of_entries:
            spots[passage.number] = (links_of_entries[passage.number],)
        elif passage.kind not in (PassageKind.BOILERPLATE, PassageKind.CODE):
            spots[passage.number] = _find_spots(passage, note, entries, by_mark, evidence)
    sections = find_subjects(split_sections(note), spots)
    meant = _meant_names(note, sections, spots)
    if meant:
        spots = {key: tuple(_settled(one, note, meant) for one in of) for key, of in spots.items()}
        sections = find_subjects(split_sections(note), spots)
    return NoteSpots(note, spots, tuple(sections))


def _meant_names(
    note: Note, sections: Sequence[Section], spots: Mapping[int, Sequence[NoteLink]]
) -> dict[str, NoteLink]:
    """Names that several models bear, which head a section whose own lines say which is meant."""
    meant: dict[str, NoteLink] = {}
    for section in sections:
        subject = section.subject
        for passage in section.passages:
            if subject is not None and passage.kind is PassageKind.HEADING:
                for link in spots.get(passage.number, ()):
                    if any(one == subject.target for one, _ in link.candidates):
                        meant.setdefault(note.text[slice(*link.span)], subject)
    return meant


def _settled(link: NoteLink, note: Note, meant: Mapping[str, NoteLink]) -> NoteLink:
    """An ambiguous name as what the note has said that it means by it."""
    subject = meant.get(note.text[slice(*link.span)])
    if link.status is not LinkStatus.AMBIGUOUS or subject is None:
        return link
    return replace(
        link,
        status=LinkStatus.LINKED,
        score=_ONE_SENSE,
        target=subject.target,
        title=subject.title,
        explanation="several bear this name; elsewhere in the note it means this paper",
    )


def _find_spots(
    passage: Passage,
    note: Note,
    entries: Sequence[tuple[NoteReference, NoteLink]],
    by_mark: Mapping[str, NoteLink],
    evidence: Evidence,
) -> tuple[NoteLink, ...]:
    words = words_of(fold_passage(passage.text))
    models = evidence.find_models(passage.text)
    found = [
        *find_linked(passage, note, evidence),
        *find_titled(passage, evidence.titles.find_titles(words), evidence),
        *find_cited(passage, by_mark),
    ]
    found += list(find_by_author(passage, entries, models, evidence, found))
    found += _outside(find_named(passage, models, evidence), found)
    found += find_terms(passage, evidence)
    return tuple(sorted(found, key=lambda link: (link.span, _ORDER[link.method or LinkMethod.ID])))


def _outside(named: Iterable[NoteLink], found: Sequence[NoteLink]) -> list[NoteLink]:
    """Names that are not part of what leads to a paper already, nor settled by what follows."""
    papers = [
        link for link in found if link.target_kind is TargetKind.PAPER and link.target is not None
    ]
    closed = [link.span for link in papers if link.method in _SURE]
    cited = [link.span[0] for link in papers if link.method is LinkMethod.CITATION]

    def is_settled(link: NoteLink) -> bool:
        start, end = link.span
        if link.status is LinkStatus.AMBIGUOUS and any(0 <= at - end <= _BESIDE for at in cited):
            return True  # GLM (Zeng et al., 2022)
        return any(a <= start and end <= b for a, b in closed)

    return [link for link in named if link.target_kind is TargetKind.MODEL or not is_settled(link)]


def sections_to_search(spots: NoteSpots) -> list[int]:
    """The places of the sections of which nothing yet says what they are about."""
    return [
        place
        for place, section in enumerate(spots.sections)
        if section.subject is None
        and not section.is_closed
        and len(section.text) >= _SHORTEST_SEARCHED
    ]


def read_section(section: Section, note: Note, evidence: Evidence) -> tuple[str, Read]:
    """The text to search a section's paper by, titles above it first, and what is found in it."""
    text = section.text
    above = [one for one in (note.title, *section.headings[:-1]) if one not in text]
    text = "\n".join([*dict.fromkeys(above), text])
    return text, read_text(text, evidence)


def read_text(text: str, evidence: Evidence) -> Read:
    """What is found in a text that stands alone."""
    words = words_of(fold_passage(text))
    models = [
        ModelName(one.model.paper, ((one.mention.start, one.mention.end),), one.model.trust)
        for one in evidence.find_models(text)
        if one.model is not None and one.model.paper
    ]
    return Read(
        frozenset(word.text for word in words),
        read_opening(text, words),
        evidence.titles.find_titles(words),
        evidence.titles.find_names(words),
        _joined(models),
    )


def _joined(models: Sequence[ModelName]) -> list[ModelName]:
    """Each paper once, with every place of its name."""
    found: dict[str, ModelName] = {}
    for model in models:
        known = found.get(model.arxiv_id)
        if known is None:
            found[model.arxiv_id] = model
        else:
            found[model.arxiv_id] = replace(known, spans=known.spans + model.spans)
    return list(found.values())


def subject_link(subject: Subject, evidence: Evidence) -> NoteLink:
    """A section's subject as a link of no passage yet, with the strongest reason for it."""
    clues = subject.clues
    method, said = LinkMethod.SEMANTIC, "nearest by words and meaning"
    if clues.title >= 0.8:
        method, said = LinkMethod.TITLE, "its title stands there"
    elif clues.name >= 0.5:
        method, said = LinkMethod.ALIAS, "its name stands there"
    link = NoteLink(
        0,
        (0, 0),
        LinkStatus.LINKED,
        method,
        round(subject.probability, 3),
        TargetKind.PAPER,
        subject.arxiv_id,
        evidence.title_of(subject.arxiv_id),
        subject.candidates,
        said,
    )
    if subject.is_sure:
        return link
    said = f"{said}, but not surely enough"
    return replace(link, status=LinkStatus.AMBIGUOUS, target=None, title="", explanation=said)


def link_passages(
    spots: NoteSpots, searched: Mapping[int, NoteLink] | None = None
) -> list[NoteLink]:
    """All links of a note, passage by passage; `searched` are subjects by place of section."""
    links: list[NoteLink] = []
    for place, section in enumerate(spots.sections):
        found = (searched or {}).get(place)
        is_open = found is not None and found.status is not LinkStatus.LINKED
        subject = section.subject or (None if is_open else found)
        left = None if section.subject or section.is_short else len(section.text)
        for passage in section.passages:
            if passage.kind is PassageKind.BOILERPLATE:
                continue
            own = spots.spots.get(passage.number, ())
            whole = None if left is not None and left <= 0 else subject
            links += _of_passage(passage, own, whole, is_searched=section.subject is None)
            if is_open and found is not None and passage.kind is not PassageKind.HEADING:
                # Said once, where the section begins.
                links.append(replace(found, passage=passage.number, span=passage.span))
                is_open = False
            left = None if left is None else left - len(passage.text)
    return links


def _of_passage(
    passage: Passage, own: Sequence[NoteLink], subject: NoteLink | None, *, is_searched: bool
) -> list[NoteLink]:
    """The links of one passage, the one that it is about first."""
    papers = [link for link in own if link.target_kind is TargetKind.PAPER]
    if passage.kind is PassageKind.REFERENCE or not passage.text.strip():
        return list(own)
    stated = [link for link in papers if link.method in _SURE and link.target]
    leading = [
        link
        for link in own
        if link.method is LinkMethod.ALIAS
        and link.target_kind in (TargetKind.PAPER, TargetKind.MODEL)
        and link.span[0] - passage.span[0] <= _LEAD
    ]
    is_brief = len(passage.text) <= _BRIEF
    is_told = is_brief and (bool(stated) or _is_of_another(leading, subject))
    if subject is None or is_told:
        if papers or own:
            return sorted(own, key=_by_strength)
        return [NoteLink(passage.number, passage.span, LinkStatus.NONE)]
    whole = replace(
        subject,
        passage=passage.number,
        span=passage.span,
        method=subject.method if is_searched else LinkMethod.SECTION,
        score=round(subject.score * (1.0 if is_searched else _FROM_SECTION), 3),
    )
    if passage.kind is PassageKind.HEADING and any(one.target == whole.target for one in papers):
        return sorted(own, key=_by_strength)
    return [whole, *own]


def main_link(passage: Passage, links: Sequence[NoteLink]) -> NoteLink | None:
    """The paper that a passage is about, of the links that it has; None where it only names some.

    That is its first link if it holds for the whole passage, or leads a brief one.
    """
    first = links[0] if links else None
    if first is None or first.status is not LinkStatus.LINKED:
        return None
    leads = first.span[0] - passage.span[0] <= _LEAD and len(passage.text) <= _BRIEF
    is_main = first.method is LinkMethod.PERSON or first.span == passage.span or leads
    return first if first.target_kind is TargetKind.PAPER and is_main else None


def _is_of_another(leading: Sequence[NoteLink], subject: NoteLink | None) -> bool:
    papers = {
        link.target for link in leading if link.target_kind is TargetKind.PAPER and link.target
    }
    return bool(papers) and (subject is None or subject.target not in papers)


def _by_strength(link: NoteLink) -> tuple[bool, bool, int, int]:
    """Papers before the rest, what is linked before what is open, the surer way first."""
    return (
        link.target_kind is not TargetKind.PAPER,
        link.status is not LinkStatus.LINKED,
        _ORDER[link.method or LinkMethod.SEMANTIC],
        link.span[0],
    )
