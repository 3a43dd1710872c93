"""The nouns of trends: how a phrase is matched, and counts of papers over time.

A month is its first day; times are aware UTC datetimes. This module imports nothing of littrack.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Semantics(StrEnum):
    """When a text holds a phrase. Each holds what the one before holds, and more."""

    LITERAL = "literal"  # the words as written, whatever their case, hyphens and line breaks
    PLURAL = "plural"  # the last word in singular or plural too
    ARXIV_STEM = "arxiv-stem"  # every word by its stem, as arXiv's own search counts


class SeriesKind(StrEnum):
    """What the papers of a series have in common."""

    PHRASE = "phrase"
    TERM = "term"  # any of a concept's names, in English and Chinese
    CATEGORY = "category"
    TOPIC = "topic"
    MODEL = "model"
    AUTHORS = "authors"  # a paper of any of these people


class Step(StrEnum):
    """The length of a period."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One period of a series; ``total`` counts all papers of the library in it."""

    period: datetime  # its first day
    count: int
    cumulative: int  # up to its end, the baseline included
    total: int
    partial: bool = False  # not over yet, or not wholly harvested

    @property
    def share(self) -> float | None:
        """Of all papers; None when there are none."""
        return self.count / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class TrendSeries:
    """Counts of papers by version 1's date."""

    name: str  # "language model", "cs.CL", "topic 12", "GPT-4"
    kind: SeriesKind
    step: Step
    points: tuple[TrendPoint, ...]
    semantics: Semantics | None = None  # of phrases
    baseline: int = 0  # papers before the first point
    unplaced: int = 0  # papers of which only the month, or nothing, is known of the date
    notes: tuple[str, ...] = ()  # what a reader must know: coverage, gaps


@dataclass(frozen=True, slots=True)
class ChangePoint:
    """The period with which a series goes over to another level."""

    period: datetime
    earliest: datetime  # it may have been at any time from here (95 % interval)
    latest: datetime  # to here
    before: float  # papers a period, or share where shares are compared
    after: float


@dataclass(frozen=True, slots=True)
class Growth:
    """A series in two spans of the same length, one after the other."""

    papers_before: int
    papers: int
    share_before: float  # of all papers
    share: float

    @property
    def gain(self) -> float:
        """By how much the share of all papers grew; negative where it fell."""
        return self.share - self.share_before


@dataclass(frozen=True, slots=True)
class Landmark:
    """A model marked on a curve at its release."""

    name: str
    date: datetime
    date_kind: str


@dataclass(frozen=True, slots=True)
class Audit:
    """One period counted in several ways."""

    name: str
    start: datetime
    end: datetime
    local: int
    source: int | None = None  # what arXiv says it has
    parts: int | None = None  # the sum of its sub-windows there
    explanation: str = ""
    details: Mapping[str, int] = field(default_factory=dict)
