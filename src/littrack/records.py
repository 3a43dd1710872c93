"""Every noun of littrack on one page: frozen records that the four tiers hand to each other.

Times are aware UTC datetimes. A sequence is a tuple. ``None`` means "not stated by the source";
nothing is guessed into a record. This module imports nothing of littrack.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

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
    """One record that could not be read: where it stood and why."""

    where: str
    reason: str


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open span of submission times, ``start <= published < end``; None is open."""

    start: datetime | None
    end: datetime | None


@dataclass(frozen=True, slots=True)
class SaveCounts:
    """What saving a batch of papers did."""

    new: int = 0
    updated: int = 0  # anything a reader can see changed (text, version, date, category ...)
    unchanged: int = 0
    older: int = 0  # described an older version than the one known: history kept, text not

    def __add__(self, other: SaveCounts) -> SaveCounts:
        return SaveCounts(
            self.new + other.new,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
            self.older + other.older,
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


@dataclass(frozen=True, slots=True)
class Explanation:
    """The arithmetic behind one hit: the parts add up to the score."""

    parts: Mapping[str, float]
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hit:
    """One answer of a search. ``score`` compares hits of the same query only."""

    rank: int
    paper: Paper
    score: float
    matched_by: tuple[str, ...]
    snippet: str = ""
    explanation: Explanation | None = None

    @property
    def title(self) -> str:
        """The paper's title."""
        return self.paper.title

    @property
    def published(self) -> PaperDate:
        """When version 1 was submitted, as far as known; prints as a date."""
        return self.paper.published


@dataclass(frozen=True, slots=True)
class Term:
    """One concept of the field in both languages, preferred form first."""

    english: tuple[str, ...]
    chinese: tuple[str, ...]
    abbreviations: tuple[str, ...] = ()
