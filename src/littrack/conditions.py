"""What a query demands of a paper: the nouns of the query language, and how they are written.

A condition prints as the text that `littrack.analysis.query_language` reads it from. Authors,
models, labels of topics, languages and notes are looked up before a search (they become `Papers`
and `Topics`, see `littrack.steps.conditions`); all else is asked of the database as it stands.
This module imports nothing of littrack but its errors.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from littrack.errors import InputError


class TextField(StrEnum):
    """Where words are looked for."""

    ANY = "all"  # title, abstract and names of authors
    TITLE = "ti"
    ABSTRACT = "abs"


class Fact(StrEnum):
    """What a paper may have."""

    DOI = "doi"
    JOURNAL = "journal"
    COMMENT = "comment"
    VERSIONS = "versions"  # more than one
    CODE = "code"  # a link to a host of code, in the abstract or the comment
    MODEL = "model"  # it presents one
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Words:
    """Neighbouring words; with `prefix`, the last is the beginning of one."""

    text: str
    field: TextField = TextField.ANY
    prefix: bool = False

    def __str__(self) -> str:
        return f'{self.field}:"{self.text}"' + ("*" if self.prefix else "")


@dataclass(frozen=True, slots=True)
class Author:
    """An author's family name or whole name; with `prefix`, the beginning of a family name."""

    name: str
    prefix: bool = False

    def __str__(self) -> str:
        return f'au:"{self.name}"' + ("*" if self.prefix else "")


@dataclass(frozen=True, slots=True)
class Category:
    """A category, or a whole archive as "cs.*"; any of a paper's, not only the primary one."""

    name: str

    def __str__(self) -> str:
        return f"cat:{self.name}"


@dataclass(frozen=True, slots=True)
class PaperId:
    """A paper by its canonical arXiv id."""

    arxiv_id: str

    def __str__(self) -> str:
        return f"id:{self.arxiv_id}"


@dataclass(frozen=True, slots=True)
class DateRange:
    """Published in a span of whole days, ``start <= published < end``; None is open."""

    start: datetime | None = None
    end: datetime | None = None

    def __str__(self) -> str:
        last = self.end and self.end - timedelta(days=1)
        first, final = (day.date().isoformat() if day else "*" for day in (self.start, last))
        return f"date:[{first} TO {final}]"


@dataclass(frozen=True, slots=True)
class HasModel:
    """The paper names a model in its title or abstract, or presents it."""

    name: str

    def __str__(self) -> str:
        return f'model:"{self.name}"'


@dataclass(frozen=True, slots=True)
class InTopic:
    """The paper belongs to a topic: by number, or any whose label or terms hold the words."""

    name: str

    def __str__(self) -> str:
        return f'topic:"{self.name}"'


@dataclass(frozen=True, slots=True)
class InNote:
    """A note links to the paper."""

    name: str

    def __str__(self) -> str:
        return f'note:"{self.name}"'


@dataclass(frozen=True, slots=True)
class InLanguage:
    """The language of title and abstract, as `littrack.text.language` names it."""

    language: str

    def __str__(self) -> str:
        return f"lang:{self.language}"


@dataclass(frozen=True, slots=True)
class Has:
    """The paper has something."""

    fact: Fact

    def __str__(self) -> str:
        return f"has:{self.fact}"


@dataclass(frozen=True, slots=True)
class IsWithdrawn:
    """The paper was withdrawn."""

    def __str__(self) -> str:
        return "is:withdrawn"


@dataclass(frozen=True, slots=True)
class Papers:
    """These papers, by SQL id, ascending: what another condition was looked up as."""

    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Topics:
    """Papers of these topics, by number."""

    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """What the part does not hold for."""

    part: Condition

    def __str__(self) -> str:
        return f"NOT {self.part}"


@dataclass(frozen=True, slots=True)
class And:
    """All of the parts, at least two."""

    parts: tuple[Condition, ...]

    def __str__(self) -> str:
        return "(" + " AND ".join(map(str, self.parts)) + ")"


@dataclass(frozen=True, slots=True)
class Or:
    """Any of the parts, at least two."""

    parts: tuple[Condition, ...]

    def __str__(self) -> str:
        return "(" + " OR ".join(map(str, self.parts)) + ")"


Leaf = (
    Words
    | Author
    | Category
    | PaperId
    | DateRange
    | HasModel
    | InTopic
    | InNote
    | InLanguage
    | Has
    | IsWithdrawn
    | Papers
    | Topics
)
Condition = Leaf | Not | And | Or


def join_all(parts: list[Condition]) -> Condition | None:
    """One condition that demands all of them, flat; None for none."""
    flat = [one for part in parts for one in (part.parts if isinstance(part, And) else (part,))]
    return And(tuple(flat)) if len(flat) > 1 else flat[0] if flat else None


def join_any(parts: list[Condition]) -> Condition:
    """One condition that demands any of them (at least one), flat."""
    flat = [one for part in parts for one in (part.parts if isinstance(part, Or) else (part,))]
    return Or(tuple(flat)) if len(flat) > 1 else flat[0]


def leaves(condition: Condition, *, positive: bool = True) -> Iterator[tuple[Leaf, bool]]:
    """Every leaf in order, and whether it is demanded rather than excluded."""
    match condition:
        case Not(part):
            yield from leaves(part, positive=not positive)
        case And(parts) | Or(parts):
            for part in parts:
                yield from leaves(part, positive=positive)
        case leaf:
            yield leaf, positive


_DATE = re.compile(r"(\d{4})(?:-(\d\d?)(?:-(\d\d?))?)?", re.ASCII)


def parse_period(text: str) -> tuple[datetime, datetime]:
    """The first moment of a year, month or day, and the first after it, in UTC.

    Raises:
        InputError: it is none of these, or no day of the calendar.
    """
    found = _DATE.fullmatch(text.strip())
    try:
        if found is None:
            raise ValueError
        year, month, day = (int(part) if part else 0 for part in found.groups())
        start = datetime(year, month or 1, day or 1, tzinfo=UTC)
        if day:
            end = start + timedelta(days=1)
        elif month:
            end = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
        else:
            end = datetime(year + 1, 1, 1, tzinfo=UTC)
    except (ValueError, OverflowError) as exc:
        raise InputError(f"{text!r} is no date: write 2023, 2023-05 or 2023-05-17") from exc
    return start, end
