"""What a note cites: the entries of its list of references, their marks, author and year.

A mark leads to its entry, an entry to a paper by id or title. "Devlin et al., 2018" alone is shared
by many works: what stands beside it decides, else the note's own list, else it stays open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from littrack.analysis.author_names import begins_with_author, is_same_author
from littrack.analysis.note_links.evidence import Evidence, NamedModel, family_name
from littrack.analysis.note_links.marks import AuthorYear, find_author_years, find_marks
from littrack.analysis.note_links.spots import Reason, open_link, paper_link
from littrack.analysis.note_links.title_index import TitleMatch, iter_words
from littrack.analysis.titles import Likeness, compare_titles
from littrack.identifiers import find_arxiv_ids
from littrack.notes import LinkMethod, NoteLink, NoteReference, Passage, Span
from littrack.text import fold

_BY_ID, _BY_TITLE, _BY_NEIGHBOUR, _BY_LIST, _BY_AUTHOR = 0.99, 0.95, 0.95, 0.93, 0.75
_BESIDE, _TITLE_AFTER = 4, 12  # characters between a name or title and the author and year
_LEAST_LIKENESS = 0.85
_MOST_CANDIDATES = 8
_LEAST_SHARE = 0.5  # of a title's words in the passage, for author and year alone to be enough


def resolve_reference(reference: NoteReference, passage: Passage, evidence: Evidence) -> NoteLink:
    """The paper that an entry of the note's list cites, by its id, else by its title."""
    span, method = passage.span, LinkMethod.CITATION
    titled = _by_title(reference, evidence)
    if reference.arxiv_id is not None:
        said = f"the entry names {reference.arxiv_id}"
        link = paper_link(passage, span, reference.arxiv_id, Reason(method, _BY_ID, said), evidence)
        if titled is None or titled == reference.arxiv_id or not link.title:
            return link
        if compare_titles(reference.title, link.title) in (Likeness.SAME, Likeness.VARIANT):
            return link
        said += f", but its title is that of {titled}: {evidence.title_of(titled)!r}"
        return open_link(passage, span, method, said, (reference.arxiv_id, titled))
    if titled is not None:
        said = f"the entry has the title {evidence.title_of(titled)!r}"
        return paper_link(passage, span, titled, Reason(method, _BY_TITLE, said), evidence)
    return open_link(passage, span, method, "no paper of the library has the entry's title")


def _by_title(reference: NoteReference, evidence: Evidence) -> str | None:
    """The one paper whose title the entry has, if its author does not speak against it."""
    words = list(iter_words(fold(reference.title or reference.text)))
    found = [
        match
        for match in evidence.titles.find_titles(words)
        if match.likeness >= _LEAST_LIKENESS and match.arxiv_id not in evidence.exclude
    ]
    best = [one for one in found if one.likeness * one.telling >= 0.97 * _strongest(found)]
    papers = list(dict.fromkeys(one.arxiv_id for one in best))
    if len(papers) > 1:
        papers = [one for one in papers if _is_by(reference.text, one, evidence)]
    return papers[0] if len(papers) == 1 else None


def _strongest(found: Sequence[TitleMatch]) -> float:
    return max((match.likeness * match.telling for match in found), default=0.0)


def _is_by(text: str, arxiv_id: str, evidence: Evidence) -> bool:
    author = evidence.first_author(arxiv_id)
    return bool(author) and begins_with_author(text, [author])


def find_cited(passage: Passage, references: Mapping[str, NoteLink]) -> Iterator[NoteLink]:
    """What the marks in a passage lead to; `references` are the entries' links by mark."""
    for cited in find_marks(passage.text, references):
        span = _shifted(cited.span, passage)
        for mark in cited.marks:
            entry = references[mark]
            said = f"[{mark}] of the note's references: {entry.explanation}"
            yield replace(entry, passage=passage.number, span=span, explanation=said)


def find_by_author(
    passage: Passage,
    references: Sequence[tuple[NoteReference, NoteLink]],
    models: Sequence[NamedModel],
    evidence: Evidence,
    found: Sequence[NoteLink],
) -> Iterator[NoteLink]:
    """The works that a passage cites by author and year; `found` are the links it has already."""
    for cited in find_author_years(passage.text):
        if not _is_told(cited, passage, found):
            yield _by_author(cited, passage, references, models, evidence)


def _is_told(cited: AuthorYear, passage: Passage, found: Sequence[NoteLink]) -> bool:
    """Whether a title, an id or a mark right behind says already which work is meant."""
    end = cited.span[1] + passage.span[0]
    sure = (LinkMethod.ID, LinkMethod.TITLE, LinkMethod.CITATION)
    return any(link.method in sure and -2 <= link.span[0] - end <= _TITLE_AFTER for link in found)


def _by_author(
    cited: AuthorYear,
    passage: Passage,
    references: Sequence[tuple[NoteReference, NoteLink]],
    models: Sequence[NamedModel],
    evidence: Evidence,
) -> NoteLink:
    span, method = _shifted(cited.span, passage), LinkMethod.CITATION
    said = f"{cited.name} {cited.year}"
    beside = _model_beside(cited, models)
    if beside is not None:
        several = (beside.model,) if beside.model else beside.candidates
        papers = [one.paper for one in several if one.paper]
        fitting = [one for one in papers if _fits(cited, one, evidence)]
        if len(fitting) == 1:
            said += f", of {beside.mention.text}: the paper's first author"
            return paper_link(
                passage, span, fitting[0], Reason(method, _BY_NEIGHBOUR, said), evidence
            )
        said += f", which presents {beside.mention.text}, is none that the library knows as such"
        return open_link(passage, span, method, said)
    listed = [link for reference, link in references if _begins_with(reference.text, cited)]
    targets = dict.fromkeys(link.target or link.explanation for link in listed)
    if len(targets) == 1:
        said += f", in the note's references: {listed[0].explanation}"
        score = min(listed[0].score, _BY_LIST)
        return replace(listed[0], passage=passage.number, span=span, score=score, explanation=said)
    if targets:
        papers = [link.target for link in listed if link.target]
        fitting = list(dict.fromkeys(_most_present(papers, passage, evidence)))
        if len(fitting) == 1:
            said += ", the one of the note's references that the words fit"
            return paper_link(passage, span, fitting[0], Reason(method, _BY_AUTHOR, said), evidence)
        said += ": several of the note's references"
        return open_link(passage, span, method, said, dict.fromkeys(papers))
    return _by_library(cited, passage, evidence)


def _by_library(cited: AuthorYear, passage: Passage, evidence: Evidence) -> NoteLink:
    """Author and year alone: linked only where the words of the title stand there too."""
    span, said = _shifted(cited.span, passage), f"{cited.name} {cited.year}"
    known = evidence.authors.get(family_name(cited.name), ())
    papers = [
        one.arxiv_id
        for one in known
        if one.year in (cited.year, cited.year - 1) and evidence.holds(one.arxiv_id)
    ]
    fitting = list(dict.fromkeys(_most_present(papers, passage, evidence)))
    if len(fitting) == 1:
        said += ": its first author and year, and words of its title"
        method = LinkMethod.CITATION
        return paper_link(passage, span, fitting[0], Reason(method, _BY_AUTHOR, said), evidence)
    said += f": {len(papers)} papers of the library by first author and year"
    shown = papers if len(papers) <= _MOST_CANDIDATES else []
    return open_link(passage, span, LinkMethod.CITATION, said, shown)


def _most_present(papers: Sequence[str], passage: Passage, evidence: Evidence) -> list[str]:
    """The papers of whose title half the words are in the passage."""
    present = {word.text for word in iter_words(fold(passage.text))}
    shares = {one: evidence.titles.share_present(one, present) for one in papers}
    most = max(shares.values(), default=0.0)
    return [one for one in papers if shares[one] == most and most >= _LEAST_SHARE]


def _model_beside(cited: AuthorYear, models: Sequence[NamedModel]) -> NamedModel | None:
    """The model whose name stands right before: BERT (Devlin et al., 2018)."""
    near = [one for one in models if 0 <= cited.span[0] - one.mention.end <= _BESIDE]
    return near[-1] if near else None


def _fits(cited: AuthorYear, arxiv_id: str, evidence: Evidence) -> bool:
    """Whether the paper's first author is the one that is cited."""
    author = evidence.first_author(arxiv_id)
    return bool(author) and is_same_author(cited.name, author)


def _begins_with(text: str, cited: AuthorYear) -> bool:
    """Whether an entry of the list of references is by that author and of that year."""
    head = text[:80]
    named = re.search(rf"(?<![\w]){re.escape(cited.name)}(?![\w])", head)
    rest = text
    for start, end, _ in reversed(find_arxiv_ids(text)):
        rest = rest[:start] + rest[end:]
    return named is not None and named.start() < 12 and str(cited.year) in rest


def _shifted(span: Span, passage: Passage) -> Span:
    return span[0] + passage.span[0], span[1] + passage.span[0]
