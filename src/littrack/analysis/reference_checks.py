"""Is a reference's arXiv id the id of the work it describes?

    title          first author          status
    same           same, or not known    verified
    same           another one           title_variant   the id is right, the entry is not
    variant        same, or not known    title_variant
    variant        listed, not first     title_variant
    variant        another one           id_mismatch     two signs against it
    another one    whoever it is         id_mismatch
    other script   same                  title_variant   a translated title
    other script   anything else         unchecked       letters cannot tell
    none           whoever it is         unchecked

"Variant" is a title with a subtitle more or less, another spelling, or the title of an older
version of the paper; if the reference cites that very version its title is "same". A plain line,
whose title can only be guessed, is also searched for the paper's title and author. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from littrack.analysis.author_names import (
    Agreement,
    begins_with_author,
    compare_first_authors,
)
from littrack.analysis.titles import Likeness, compare_titles, main_part, title_key
from littrack.records import CheckedReference, Paper, PaperVersion, Reference, ReferenceStatus

_SHORTEST_FOUND = 10  # letters of a title that cannot stand in a line by chance


@dataclass(frozen=True, slots=True)
class _TitleFinding:
    likeness: Likeness
    explanation: str = ""


def check_reference(
    reference: Reference, paper: Paper, versions: Sequence[PaperVersion] = ()
) -> CheckedReference:
    """Compare a reference with the paper that its id names; `versions` are the paper's."""
    title = _compare_title(reference, paper, versions)
    authors = _compare_authors(reference, paper, versions)
    status = _status(reference, title.likeness, authors)
    parts = [title.explanation, _explain_authors(reference, paper, authors)]
    if paper.withdrawn:
        parts.append("the paper was withdrawn")
    return CheckedReference(
        reference,
        status,
        "; ".join(part for part in parts if part),
        paper=paper.arxiv_id,
        paper_title=paper.title,
    )


class Resemblance(IntEnum):
    """How well a paper answers a reference that has no id, or another paper's."""

    NONE = 0
    TITLE_ONLY = 1  # the title to the letter, but by another first author
    LIKELY = 2  # a variant of the title, and the same first author
    SAME = 3  # the title to the letter, and nothing against the author


def compare_work(reference: Reference, paper: Paper) -> Resemblance:
    """Whether a paper may be the one that the reference means."""
    title = compare_titles(reference.title, paper.title)
    authors = _compare_authors(reference, paper, ())
    if title is Likeness.SAME:
        return Resemblance.TITLE_ONLY if authors is Agreement.OTHER else Resemblance.SAME
    likely = title is Likeness.VARIANT and authors is Agreement.SAME
    return Resemblance.LIKELY if likely else Resemblance.NONE


def _status(reference: Reference, title: Likeness, authors: Agreement) -> ReferenceStatus:
    """The table above."""
    agree = authors in (Agreement.SAME, Agreement.UNKNOWN)
    if not reference.title and title < Likeness.VARIANT:
        return ReferenceStatus.UNCHECKED
    if title is Likeness.SAME:
        return ReferenceStatus.VERIFIED if agree else ReferenceStatus.TITLE_VARIANT
    if title is Likeness.VARIANT:
        found = authors is not Agreement.OTHER
        return ReferenceStatus.TITLE_VARIANT if found else ReferenceStatus.ID_MISMATCH
    if title is Likeness.SCRIPT:
        same = authors is Agreement.SAME
        return ReferenceStatus.TITLE_VARIANT if same else ReferenceStatus.UNCHECKED
    return ReferenceStatus.ID_MISMATCH


def _compare_title(
    reference: Reference, paper: Paper, versions: Sequence[PaperVersion]
) -> _TitleFinding:
    likeness = compare_titles(reference.title, paper.title)
    if likeness is Likeness.SAME or _stands_in_line(reference, paper.title):
        return _TitleFinding(Likeness.SAME)
    for version in versions:
        older = version.title or ""
        if title_key(older) and compare_titles(reference.title, older) is Likeness.SAME:
            cited = reference.version is not None and reference.version == version.number
            which = f"version {version.number}" if version.number else "an older version"
            return _TitleFinding(
                Likeness.SAME if cited else Likeness.VARIANT,
                f"the title is that of {which}; now it is {paper.title!r}",
            )
    if likeness is Likeness.OTHER and _stands_in_line(reference, main_part(paper.title)):
        likeness = Likeness.VARIANT
    if not reference.title and likeness is Likeness.OTHER:
        return _TitleFinding(likeness, f"no title to compare with {paper.title!r}")
    if likeness is Likeness.SCRIPT:
        explanation = f"the title of {paper.arxiv_id} is {paper.title!r}, in another language"
    else:
        explanation = f"the title of {paper.arxiv_id} is {paper.title!r}, not {reference.title!r}"
    return _TitleFinding(likeness, explanation)


def _stands_in_line(reference: Reference, title: str) -> bool:
    """Whether a plain line, of which no kind is known, holds the title as it is."""
    key = title_key(title)
    return not reference.kind and len(key) >= _SHORTEST_FOUND and key in title_key(reference.raw)


def _compare_authors(
    reference: Reference, paper: Paper, versions: Sequence[PaperVersion]
) -> Agreement:
    """The best that any version's list of authors allows; their order changes now and then."""
    lists = [paper.authors, *(version.authors for version in versions if version.authors)]
    found = {compare_first_authors(reference.authors, names) for names in lists}
    plain = not reference.kind
    if plain and Agreement.SAME not in found and begins_with_author(reference.raw, paper.authors):
        return Agreement.SAME
    best = (Agreement.SAME, Agreement.LISTED, Agreement.UNKNOWN, Agreement.OTHER)
    return next(one for one in best if one in found)


def _explain_authors(reference: Reference, paper: Paper, authors: Agreement) -> str:
    if authors is Agreement.SAME:
        return ""
    if not reference.authors or not paper.authors:
        whose = "the reference" if not reference.authors else "the paper"
        return f"no author to compare ({whose} names none)"
    first, real = reference.authors[0], paper.authors[0]
    if authors is Agreement.UNKNOWN:
        return f"first author {first!r} cannot be compared with {real!r}"
    listed = f" ({first!r} is among the authors)" if authors is Agreement.LISTED else ""
    return f"the first author is {real!r}, not {first!r}{listed}"
