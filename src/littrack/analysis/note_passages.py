"""Find a passage again in a note that was edited: by its words, or by what is most alike."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from littrack.notes import Note, Passage

_ALIKE = 0.8  # of the words of a passage that was edited, and is still the same one
_LONGEST = 2_000  # characters compared: SequenceMatcher is quadratic


def find_passage(note: Note, quote: str, headings: Sequence[str]) -> Passage | None:
    """The passage that had these words under these headings; None when nothing is like it."""
    wanted = _words(quote)
    same = [one for one in note.passages if _words(one.text) == wanted]
    if same:
        return max(same, key=lambda one: one.headings == tuple(headings))
    near = [one for one in note.passages if one.headings == tuple(headings)]
    rated = [(_likeness(wanted, _words(one.text)), one) for one in near]
    best, passage = max(rated, key=lambda item: item[0], default=(0.0, None))
    return passage if best >= _ALIKE else None


def _words(text: str) -> str:
    return " ".join(text.split())


def _likeness(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, one[:_LONGEST], other[:_LONGEST], autojunk=False)
    if matcher.real_quick_ratio() < _ALIKE or matcher.quick_ratio() < _ALIKE:
        return 0.0
    return matcher.ratio()


def find_moves(before: Sequence[Passage], after: Sequence[Passage]) -> list[int] | None:
    """How far each passage moved when the same passages stand elsewhere; None if they differ."""
    if [_content(one) for one in before] != [_content(one) for one in after]:
        return None
    return [new.span[0] - old.span[0] for old, new in zip(before, after, strict=True)]


def _content(passage: Passage) -> tuple[object, ...]:
    return passage.text, passage.kind, passage.headings
