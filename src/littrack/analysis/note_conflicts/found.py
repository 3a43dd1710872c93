"""A conflict before it becomes one of its note: what is said, what is known, how grave it is."""

from __future__ import annotations

from dataclasses import dataclass

from littrack.analysis.note_conflicts.wording import Language
from littrack.notes import ConflictKind, Note, NoteConflict, Span
from littrack.text import language


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule has found in one note.

    ``minor``: both values have a good source or differ by what sources differ; worth a remark,
    no alarm.
    """

    span: Span
    model: str
    field: str
    value: str
    known: str
    kind: ConflictKind
    explanation: str
    arxiv_id: str | None = None
    sources: tuple[str, ...] = ()
    minor: bool = False

    def conflict(self, note: Note) -> NoteConflict:
        """As it is reported of a note."""
        return NoteConflict(
            note=note.path,
            span=self.span,
            quote=note.text[slice(*self.span)],
            model=self.model,
            arxiv_id=self.arxiv_id,
            field=self.field,
            note_value=self.value,
            known_value=self.known,
            kind=self.kind,
            explanation=self.explanation,
            sources=self.sources,
        )


def conflict_key(conflict: NoteConflict) -> str:
    """What a person's answer to a conflict is kept under.

    The known value is no part of it: who knows that the note is right knows it still when the
    library learns the day of a month. Neither is the place, for notes are edited.
    """
    parts = (conflict.note, conflict.model, conflict.field, conflict.kind, conflict.note_value)
    return "\x1f".join(parts)


def note_language(note: Note) -> Language:
    """The language in which a note's conflicts are explained; a mixed note is a Chinese one."""
    return "zh" if language(note.text) in ("zh", "mixed") else "en"


def line_of(note: Note, offset: int) -> int:
    """The number of the line in which a character stands, from 1."""
    return note.text.count("\n", 0, offset) + 1
