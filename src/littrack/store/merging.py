"""What is known of a paper after one more source has spoken: pure rules, no SQL.

1. A newer version's text replaces an older one's; an older one only adds to the history.
   The latest datestamp that arXiv gave is kept in any case: it proves how new our knowledge is.
2. Of one and the same version, the record modified later wins; a field that a source does not
   state never erases one that another stated.
3. A stronger date wins: v1 > announced > the id's month; of equal kinds, the more precise one.
4. An author's abstract is never replaced by a summary, nor by nothing.
5. The query API and OAI-PMH write one text differently (accents as letters or as TeX, white space):
   what reads the same stays as it is known, so that asking both does not look like a change.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

from littrack.records import AbstractKind, DateKind, Paper, PaperDate, PaperVersion, Precision
from littrack.text import tokens

_DATE_STRENGTH = {DateKind.ID_MONTH: 0, DateKind.ANNOUNCED: 1, DateKind.V1: 2}
_PRECISION_STRENGTH = {Precision.MONTH: 0, Precision.DAY: 1, Precision.SECOND: 2}
_ABSTRACT_STRENGTH = {AbstractKind.NONE: 0, AbstractKind.SUMMARY: 1, AbstractKind.AUTHOR: 2}
_STATED = ("updated", "comment", "journal_ref", "doi", "report_no", "license", "submitter")
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def merge(known: Paper, new: Paper) -> Paper:
    """The paper after `new` was learned; equals `known` when it says nothing more."""
    published = _stronger_date(known.published, new.published)
    versions = merge_versions(known.versions, new.versions)
    modified = max((known.modified, new.modified), key=lambda time: time or _LONG_AGO)
    if _is_weaker(new, known):
        return replace(known, published=published, versions=versions, modified=modified)
    if _ABSTRACT_STRENGTH[new.abstract_kind] < _ABSTRACT_STRENGTH[known.abstract_kind]:
        new = replace(new, abstract=known.abstract, abstract_kind=known.abstract_kind)
    same_version = (new.version or 0) == (known.version or 0)
    corrected = bool(known.modified and new.modified and new.modified > known.modified)
    if same_version and not corrected and (known.modified or new.modified):
        new = _as_written(known, new)
    stated = {name: getattr(new, name) for name in _STATED}
    if same_version:
        stated = {n: getattr(known, n) if v is None else v for n, v in stated.items()}
        stated["withdrawn"] = new.withdrawn or (known.withdrawn and not corrected)
    else:  # what belongs to the paper, not to a version, outlives a version that is silent on it
        for name in ("journal_ref", "doi", "report_no", "license", "submitter"):
            stated[name] = stated[name] if stated[name] is not None else getattr(known, name)
    return replace(
        new,
        published=published,
        modified=modified,
        authors=new.authors or known.authors,
        categories=new.categories or known.categories,
        versions=versions,
        **stated,
    )


def _as_written(known: Paper, new: Paper) -> Paper:
    """Rule 5: `new`, in the known spelling where it reads the same.

    Not used where every letter counts: OAI-PMH with a later datestamp, or the API asked again.
    """
    same = {
        name: getattr(known, name)
        for name in ("title", "abstract")
        if tokens(getattr(known, name)) == tokens(getattr(new, name))
    }
    if known.authors and tokens(" ".join(known.authors)) == tokens(" ".join(new.authors)):
        same["authors"] = known.authors
    comments = known.comment or "", new.comment or ""
    if tokens(comments[0]) == tokens(comments[1]):
        same["comment"] = known.comment
    return replace(new, **same)


def _is_weaker(new: Paper, known: Paper) -> bool:
    """Whether `known` is to be believed: by version, then whose abstract it is, then datestamp.

    A source without datestamps (arXiv's API) is taken to speak of now.
    """
    new_rank = (new.version or 0, _ABSTRACT_STRENGTH[new.abstract_kind])
    known_rank = (known.version or 0, _ABSTRACT_STRENGTH[known.abstract_kind])
    if new_rank != known_rank:
        return new_rank < known_rank
    return bool(new.modified and known.modified and new.modified < known.modified)


def _stronger_date(known: PaperDate, new: PaperDate) -> PaperDate:
    def strength(date: PaperDate) -> tuple[int, int]:
        return _DATE_STRENGTH[date.kind], _PRECISION_STRENGTH[date.precision]

    if strength(new) == strength(known) and known.kind is DateKind.ANNOUNCED:
        return min(known, new, key=lambda date: date.value)  # the first list it stood on
    return new if strength(new) >= strength(known) else known


def merge_versions(
    known: tuple[PaperVersion, ...], new: tuple[PaperVersion, ...]
) -> tuple[PaperVersion, ...]:
    """The history by number; a date once known stays. Text is not part of it (see papers.py)."""
    dates: dict[int, datetime | None] = {}
    for version in (*known, *new):
        dates[version.number] = dates.get(version.number) or version.submitted
    return tuple(PaperVersion(number, dates[number]) for number in sorted(dates))


def content_digest(paper: Paper) -> bytes:
    """SHA-256 of everything that this version says, to the letter."""
    parts = (paper.title, paper.abstract, paper.abstract_kind, *paper.authors, *paper.categories)
    said = "\x1f".join((*parts, paper.comment or ""))
    return hashlib.sha256(said.encode("utf-8")).digest()


def record_hash(paper: Paper, digest: bytes | None = None) -> bytes:
    """SHA-256 over every field: equal when there is nothing to write.

    `digest` is the paper's `content_digest`, if the caller has it already.
    """
    p = paper
    history = [f"{v.number} {v.submitted}" for v in merge_versions((), p.versions)]
    date = (p.published.value, p.published.precision.value, p.published.kind.value)
    fields = (
        *(p.arxiv_id, p.version, p.updated, p.journal_ref, p.doi, p.report_no, p.license),
        *(p.submitter, p.withdrawn, p.modified, *date, len(p.authors), *history),
    )
    said = "\x1f".join("\0" if value is None else str(value) for value in fields)
    return hashlib.sha256(said.encode("utf-8") + (digest or content_digest(p))).digest()
