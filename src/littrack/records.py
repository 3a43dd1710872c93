"""The nouns of littrack on one page: frozen records that the four tiers hand to each other.

Those of the model timeline are in `littrack.claims`.

Times are aware UTC datetimes. A sequence is a tuple. ``None`` means "not stated by the source";
nothing is guessed into a record. This module imports nothing of littrack but conditions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from littrack.conditions import Condition

# What a long step calls as it goes: (what is being done, how many are done, of how many).
Progress = Callable[[str, float, float | None], None]


def no_progress(task: str, done: float, total: float | None) -> None:
    """Show nothing."""


class DateKind(StrEnum):
    """What a paper's ``published`` date is, strongest evidence last."""

    ID_MONTH = "id_month"  # only the month in the arXiv id is known (month of announcement)
    ANNOUNCED = "announced"  # day of the daily list it appeared in: v1's day or a few days later
    V1 = "v1"  # submission of version 1, as arXiv states it


class Precision(StrEnum):
    """How much of a date is meant."""

    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"
    DAY = "day"
    SECOND = "second"


class AbstractKind(StrEnum):
    """Who wrote the text in ``abstract``, stronger last."""

    NONE = "none"
    SUMMARY = "summary"  # a sentence of littrack's starter collection
    AUTHOR = "author"  # the paper's own abstract


@dataclass(frozen=True, slots=True)
class PaperDate:
    """A date that knows what it is: ``2023-03-01, month, id_month`` is "some day of March 2023"."""

    value: datetime
    precision: Precision
    kind: DateKind

    def __str__(self) -> str:
        """``2022-01-28``, or ``2022-01`` when only the month is known."""
        return self.value.strftime("%Y-%m" if self.precision is Precision.MONTH else "%Y-%m-%d")


@dataclass(frozen=True, slots=True)
class PaperVersion:
    """One submitted version. ``number`` 0 = the source did not number it.

    Sources that give only the history (number and date) leave the text fields None.
    """

    number: int
    submitted: datetime | None
    title: str | None = None
    abstract: str | None = None
    authors: tuple[str, ...] | None = None
    categories: tuple[str, ...] | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper as one source describes it now; ``versions`` holds its history as far as stated.

    ``arxiv_id`` is canonical and without version. ``categories`` has the primary one first.
    ``version`` is the number of the version described, None when the source does not say.
    """

    arxiv_id: str
    title: str
    abstract: str
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    published: PaperDate
    version: int | None = None
    updated: datetime | None = None
    abstract_kind: AbstractKind = AbstractKind.AUTHOR
    comment: str | None = None
    journal_ref: str | None = None
    doi: str | None = None
    report_no: str | None = None
    license: str | None = None
    submitter: str | None = None
    withdrawn: bool = False
    modified: datetime | None = None  # last change of metadata: OAI datestamp, Kaggle update_date
    versions: tuple[PaperVersion, ...] = ()

    @property
    def url(self) -> str:
        """The abstract page."""
        return f"https://arxiv.org/abs/{self.arxiv_id}"


@dataclass(frozen=True, slots=True)
class Rejection:
    """One record that could not be read: where it stood, why, and its bytes as they came."""

    where: str
    reason: str
    payload: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open span of submission times, ``start <= published < end``; None is open."""

    start: datetime | None
    end: datetime | None


class ChangeKind(StrEnum):
    """What a run changed about one paper."""

    NEW = "new"
    LATE = "late"  # new, though an earlier run read the days in which it was submitted
    VERSION = "new version"
    METADATA = "metadata"  # the same version, said otherwise: journal, DOI, category, comment ...
    WITHDRAWN = "withdrawn"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing a run changed, as its report names it."""

    arxiv_id: str
    kind: ChangeKind
    detail: str = ""  # "v2 -> v3", "journal_ref, doi", "submitted 2026-10-01"


@dataclass(frozen=True, slots=True)
class SaveCounts:
    """What saving a batch of papers did."""

    new: int = 0
    updated: int = 0  # anything a reader can see changed (text, version, date, category ...)
    unchanged: int = 0
    older: int = 0  # described an older version than the one known: history kept, text not
    changes: tuple[Change, ...] = field(default=(), compare=False)  # by name, in order

    def __add__(self, other: SaveCounts) -> SaveCounts:
        return SaveCounts(
            self.new + other.new,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
            self.older + other.older,
            self.changes + other.changes,
        )

    @property
    def total(self) -> int:
        """Papers looked at."""
        return self.new + self.updated + self.unchanged + self.older


@dataclass(frozen=True, slots=True)
class RunReport:
    """What one step did, for the person and for the ledger."""

    name: str
    counts: Mapping[str, int] = field(default_factory=dict)
    rejections: tuple[Rejection, ...] = ()
    warnings: tuple[str, ...] = ()
    complete: bool = True
    run: int | None = None  # its number in the ledger, where the changes it made are listed


@dataclass(frozen=True, slots=True)
class Announcement:
    """One line of arXiv's daily announcement feed: a hint, never a record."""

    arxiv_id: str
    version: int | None
    kind: str  # new, cross, replace, replace-cross
    title: str
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    abstract: str
    announced: datetime | None


class ReferenceStatus(StrEnum):
    """What became of checking a reference's arXiv id against the paper it names."""

    VERIFIED = "verified"  # id, title and first author belong together
    TITLE_VARIANT = "title_variant"  # the right paper under another title
    ID_MISMATCH = "id_mismatch"  # the id is another paper's
    NOT_FOUND = "not_found"  # there is no paper of that id
    UNCHECKED = "unchecked"  # no id, or nothing to compare with


@dataclass(frozen=True, slots=True)
class Reference:
    """One entry of somebody's reference list, as it stands there."""

    place: str  # "line 12", "entry 3"
    key: str  # its citation key or mark; "" when it has none
    kind: str  # article, misc, ...; "" when not stated
    title: str
    authors: tuple[str, ...]
    year: int | None = None
    arxiv_id: str | None = None  # canonical, without version
    version: int | None = None
    doi: str | None = None
    url: str | None = None
    raw: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class CheckedReference:
    """A reference and what the check found; ``paper`` is the paper it was compared with."""

    reference: Reference
    status: ReferenceStatus
    explanation: str = ""
    paper: str | None = None  # arXiv id; for id_mismatch the paper that the id really is
    paper_title: str | None = None
    suggestion: str | None = None  # arXiv id of the paper with that title, where one is known


@dataclass(frozen=True, slots=True)
class EncoderIdentity:
    """What makes vectors comparable: same model, revision, prompt, dimension, number type."""

    model: str
    revision: str
    prompt: str
    dimension: int
    dtype: str = "float16"


@dataclass(frozen=True, slots=True)
class Filters:
    """What a search may return at all; applied before the best are chosen."""

    since: datetime | None = None  # published on or after
    until: datetime | None = None  # published before or on (its whole day)
    categories: tuple[str, ...] = ()  # any of them; "cs.*" is a whole archive
    withdrawn: bool = False  # withdrawn papers too
    as_of: datetime | None = None  # known to the library at that moment, as it was known then
    where: Condition | None = None  # what the query demands, see littrack.steps.conditions


class FacetKind(StrEnum):
    """What papers are counted by."""

    YEAR = "year"
    CATEGORY = "category"  # the primary one
    TOPIC = "topic"
    MODEL = "model"  # that they present
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Facet:
    """How many of the papers found have a value; `label` says what the value is called."""

    kind: FacetKind
    value: str
    papers: int
    label: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The arithmetic behind one hit: the parts add up to the score."""

    parts: Mapping[str, float]
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """The characters ``[start, end)`` of a paper's title or abstract, as they are stored."""

    field: str  # "title" or "abstract"
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hit:
    """One answer of a search. ``score`` compares hits of the same query only."""

    rank: int
    paper: Paper
    score: float
    matched_by: tuple[str, ...]
    snippet: str = ""
    explanation: Explanation | None = None
    snippet_at: Place | None = None  # where the snippet stands
    highlights: tuple[Place, ...] = ()  # the words of the query in the title and in the snippet

    @property
    def title(self) -> str:
        """The paper's title."""
        return self.paper.title

    @property
    def published(self) -> PaperDate:
        """When version 1 was submitted, as far as known; prints as a date."""
        return self.paper.published


@dataclass(frozen=True, slots=True)
class ClaimSource:
    """A sentence of a paper that a claim seems to come from."""

    rank: int
    paper: Paper
    score: float  # 0 to 1, of any claim
    sentence: str
    place: Place
    match: str  # "exact", "near", "numbers" or "meaning": the strongest evidence
    agree: tuple[str, ...] = ()  # numbers of the claim that the sentence states
    differ: tuple[tuple[str, str], ...] = ()  # stated otherwise: the claim's, the sentence's
    highlights: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Term:
    """One concept of the field in both languages, preferred form first."""

    english: tuple[str, ...]
    chinese: tuple[str, ...]
    abbreviations: tuple[str, ...] = ()
