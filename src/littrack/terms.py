"""The nouns of a growing term table: what sources say about how a concept is called.

    TermPair    two forms that a note or a glossary puts side by side as one concept
    TermUse     how often a source writes a form, and where first
    TermEntry   what a person decided about a term of the library (terms.toml)
    KnownTerm   a concept with all its forms, and who writes each of them
    OddForm     a place in a manuscript where another form of a term should stand

`records.Term` is the concept as search uses it. This module imports only it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from littrack.records import Term

Span = tuple[int, int]


class FormKind(StrEnum):
    """What a form of a term is."""

    ENGLISH = "english"
    CHINESE = "chinese"
    ABBREVIATION = "abbreviation"


class PairKind(StrEnum):
    """Where a pair stands, the surest first."""

    TABLE = "table"  # a row of a glossary
    LIST = "list"  # "PLM: pre-trained language model"
    INLINE = "inline"  # 思维链(chain-of-thought), within a sentence


@dataclass(frozen=True, slots=True)
class TermPair:
    """Forms of one concept as a source puts them side by side; "" where it gives none."""

    kind: PairKind
    english: str = ""
    chinese: str = ""
    abbreviation: str = ""
    span: Span = (0, 0)  # in the text of the source
    meaning: str = ""  # what a glossary says about it

    @property
    def forms(self) -> tuple[tuple[FormKind, str], ...]:
        """The forms that it has, each with its kind."""
        forms = (
            (FormKind.ENGLISH, self.english),
            (FormKind.CHINESE, self.chinese),
            (FormKind.ABBREVIATION, self.abbreviation),
        )
        return tuple((kind, form) for kind, form in forms if form)


@dataclass(frozen=True, slots=True)
class TermUse:
    """How often a source writes a form (as the table has it), and where first."""

    form: str
    kind: FormKind
    count: int
    span: Span


@dataclass(frozen=True, slots=True)
class TermEntry:
    """What a person decided about a term: its forms, the preferred one first in each language."""

    english: tuple[str, ...] = ()
    chinese: tuple[str, ...] = ()
    abbreviations: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()  # forms of it that nobody should write
    reject: tuple[str, ...] = ()  # no forms of it, whoever says so


@dataclass(frozen=True, slots=True)
class TermForm:
    """A form of a term, and who writes it how often."""

    form: str
    kind: FormKind
    count: int = 0  # in all notes
    sources: tuple[str, ...] = ()  # notes and imported files that pair or use it


@dataclass(frozen=True, slots=True)
class KnownTerm:
    """A concept as the library knows it, the preferred form of each kind first."""

    term: Term
    forms: tuple[TermForm, ...] = ()
    bundled: bool = False  # it is in the table that littrack ships
    decided: bool = False  # a person chose its forms
    avoid: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OddForm:
    """A place in a manuscript where another form of a term should stand."""

    span: Span
    line: int  # from 1
    column: int  # from 1, in characters
    form: str  # as written there
    preferred: str
    reason: str
