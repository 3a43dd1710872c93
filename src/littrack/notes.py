"""The nouns of notes: what a person wrote, passage by passage, and what it is about.

    Note        a file as it was read: its text, and where each part of it stands
    Passage     a stretch of the note under its headings
    Folded      a text made ready for comparing, in which every character knows where it came from
    NoteLink    a passage and the paper, model, term or note that it is about
    NoteFact    a value that a note states about a model, where it stands
    NoteConflict  a value of a note that something else contradicts

Offsets count characters of `Note.text`. For text files that is the file decoded as it is, line ends
kept, so that an offset leads back to the bytes; for HTML, PDF, DOCX and Zotero it is the text that
the reader took out of them. This module imports only `records` and `claims`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from littrack.claims import ClaimValue, ModelField

Span = tuple[int, int]


class PassageKind(StrEnum):
    """What a passage is in the structure of its note."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"  # of a list
    ROW = "row"  # of a table
    QUOTE = "quote"
    CODE = "code"
    REFERENCE = "reference"  # an entry of the note's own list of references
    ANNOTATION = "annotation"  # of a PDF, in Zotero
    BOILERPLATE = "boilerplate"  # what a scraper or a blog put around the note


class DamageKind(StrEnum):
    """What happened to a spot on its way into the note; shown, never mended in place."""

    PINYIN = "pinyin"  # 訓(xùn)
    LOST_SPACES = "lost spaces"  # LargeLanguageModel
    REPLACEMENT = "replacement character"  # U+FFFD: bytes that nobody can read any more
    MOJIBAKE = "mojibake"  # text that was decoded with the wrong encoding
    BROKEN_LINK = "broken link"  # torn apart by a line break
    MIXED_SCRIPT = "mixed script"  # simplified and traditional characters in one note


@dataclass(frozen=True, slots=True)
class Damage:
    """One destroyed spot."""

    kind: DamageKind
    span: Span
    found: str
    meant: str = ""  # what it was, where that is certain


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a note."""

    number: int  # from 0, in order
    span: Span
    text: str  # exactly ``note.text[span]``
    kind: PassageKind
    headings: tuple[str, ...] = ()  # from the outermost, as written, without marks
    language: str = "other"  # see littrack.text.language
    script: str = "none"  # see littrack.text.script


@dataclass(frozen=True, slots=True)
class NoteReference:
    """An entry of a note's list of references, and the marks that cite it."""

    mark: str  # "7" of [7] or ^[7]^, "^1" of a footnote; "" without one
    span: Span
    text: str
    arxiv_id: str | None = None
    doi: str | None = None
    url: str | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Hyperlink:
    """A link as it stands in a note: a URL, an id, or the name of another note."""

    span: Span
    target: str
    label: str = ""
    is_wikilink: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """A note as it was read."""

    path: str  # as the library knows it: relative to its folder, with forward slashes
    text: str
    title: str
    format: str  # markdown, text, html, pdf, docx, zotero
    encoding: str  # utf-8, gb18030, big5 ...; "" where the format has its own
    sha256: str  # of the file's bytes
    passages: tuple[Passage, ...] = ()
    references: tuple[NoteReference, ...] = ()
    links: tuple[Hyperlink, ...] = ()
    damages: tuple[Damage, ...] = ()
    frontmatter: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Folded:
    """A text made ready for comparing; ``places[i]`` is where its character i stands originally."""

    text: str
    places: tuple[Span, ...]

    def original(self, start: int, end: int) -> Span:
        """The span of the original text that a span of the folded one came from."""
        if start >= end:
            place = self.places[start][0] if start < len(self.places) else self._end
            return place, place
        return self.places[start][0], self.places[end - 1][1]

    @property
    def _end(self) -> int:
        return self.places[-1][1] if self.places else 0


class LinkMethod(StrEnum):
    """How a link was found, the surest first."""

    PERSON = "person"
    ID = "id"  # an arXiv id, DOI or URL in the passage
    CITATION = "citation"  # a mark that leads to the list of references, or author and year
    TITLE = "title"
    ALIAS = "alias"  # a model's name
    SECTION = "section"  # what the heading above is about
    SEMANTIC = "semantic"  # words and meaning


class LinkStatus(StrEnum):
    """What became of a passage."""

    LINKED = "linked"
    AMBIGUOUS = "ambiguous"  # several would do, and nothing decides
    UNRESOLVED = "unresolved"  # it cites something that the library does not hold
    NONE = "none"  # it is about no paper


class TargetKind(StrEnum):
    """What a link leads to."""

    PAPER = "paper"
    MODEL = "model"
    TERM = "term"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class NoteLink:
    """A passage, or a spot in it, and what it is about."""

    passage: int
    span: Span  # the spot that says so; the whole passage where it is its meaning
    status: LinkStatus
    method: LinkMethod | None = None
    score: float = 0.0  # 0 to 1: how surely it is the right one
    target_kind: TargetKind = TargetKind.PAPER
    target: str | None = None  # arXiv id, model's name, term, path of a note
    title: str = ""
    candidates: tuple[tuple[str, float], ...] = ()  # of an ambiguous link, the best first
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class NoteFact:
    """What a note states about a model."""

    passage: int
    span: Span
    model: str  # as the note calls it
    arxiv_id: str | None  # of the paper that its passage is linked to
    field: ModelField
    value: ClaimValue
    sentence: str


class ConflictKind(StrEnum):
    """In what way a note's value and a known one disagree."""

    DATE_TYPE = "date-type"  # a date of something else: a later version, a placeholder
    VALUE = "value"
    UNIT = "unit"
    ENTITY = "entity"  # a value of another model
    ORDER = "order"  # a child before its parent
    INTERNAL = "internal"  # the note contradicts itself
    CITATION = "citation"
    ATTRIBUTION = "attribution"


class ConflictState(StrEnum):
    """What a person made of a conflict."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class NoteConflict:
    """A value of a note that something else contradicts."""

    note: str
    span: Span
    quote: str
    model: str
    arxiv_id: str | None
    field: str  # release_date, size, base_model, pretrain_data, ...
    note_value: str
    known_value: str
    kind: ConflictKind
    explanation: str  # one sentence, in the note's language
    sources: tuple[str, ...] = ()  # where the known value is from
    state: ConflictState = ConflictState.OPEN
