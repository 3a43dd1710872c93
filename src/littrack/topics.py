"""The nouns of topics and sections. This module imports nothing of littrack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class TopicTerm:
    """A word or phrase that marks a topic, with its weight (class-based TF-IDF)."""

    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class Topic:
    """A cluster of papers under an id that outlives refits."""

    number: int
    label: str
    label_zh: str
    size: int
    terms: tuple[TopicTerm, ...] = ()
    representatives: tuple[str, ...] = ()  # arXiv ids, the most central first
    parent: int | None = None  # the broader topic
    coherence: float | None = None  # NPMI of its terms in the library, -1 to 1
    named_by: str = ""  # a person; "" = by its terms
    died: bool = False
    merged_into: int | None = None


class TopicEventKind(StrEnum):
    """What happened to a topic."""

    BIRTH = "birth"
    DEATH = "death"
    MERGE = "merge"  # others went into it
    SPLIT = "split"  # others came out of it
    RENAME = "rename"


@dataclass(frozen=True, slots=True)
class TopicEvent:
    """One thing that happened to a topic, at a refit or by a person."""

    kind: TopicEventKind
    topic: int
    others: tuple[int, ...]
    detail: str
    recorded_at: datetime
    fit: int


@dataclass(frozen=True, slots=True)
class TopicFit:
    """One clustering of the library."""

    number: int
    fitted_at: datetime
    settings: Mapping[str, object] = field(default_factory=dict)
    measures: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the survey: what belongs into it, in words and by example."""

    key: str  # "pre-training/data"
    title: str
    title_zh: str = ""
    description: str = ""
    examples: tuple[str, ...] = ()  # arXiv ids
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class SectionAssignment:
    """A section that a paper may belong to."""

    arxiv_id: str
    section: str
    place: int  # 1: the likeliest
    confidence: float
    status: str  # assigned, review, decided, rejected
