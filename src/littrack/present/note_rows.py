"""Notes, their links and what contradicts them, as rows for scripts and pages for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from littrack.notes import (
    LinkStatus,
    Note,
    NoteConflict,
    NoteLink,
    Passage,
    TargetKind,
)
from littrack.present.tables import Table

LINK_COLUMNS = {
    "note": "Note",
    "passage": "Passage",
    "status": "Status",
    "arxiv_id": "arXiv",
    "score": "Score",
    "method": "Method",
    "quote": "Where",
    "title": "Title",
}
LINK_KEYS = (
    *("note", "passage", "start", "end", "heading", "arxiv_id", "title", "method", "score"),
    *("status", "target_kind", "target", "candidates", "explanation", "quote"),
)
CONFLICT_COLUMNS = {
    "note": "Note",
    "id": "Id",
    "model": "Model",
    "field": "Field",
    "note_value": "In the note",
    "known_value": "Known",
    "state": "State",
    "explanation": "Why",
}
CONFLICT_KEYS = (
    *("note", "start", "end", "quote", "model", "arxiv_id", "field", "note_value"),
    *("known_value", "kind", "explanation", "state", "id", "line", "sources"),
)
_SHOWN = 60  # characters of a passage


def links_table(found: Iterable[tuple[str, Passage, NoteLink]]) -> Table:
    """Links: note, the passage it starts from, the link."""
    rows = [link_row(note, passage, link) for note, passage, link in found]
    return Table(rows, LINK_COLUMNS, LINK_KEYS)


def link_row(note: str, passage: Passage, link: NoteLink) -> dict[str, Any]:
    """A link as an object."""
    start, end = link.span
    is_paper = link.target_kind is TargetKind.PAPER
    within = passage.text[start - passage.span[0] : end - passage.span[0]]
    return {
        "note": note,
        "passage": link.passage,
        "start": start,
        "end": end,
        "heading": list(passage.headings),
        "arxiv_id": link.target if is_paper and link.status is LinkStatus.LINKED else None,
        "title": link.title,
        "method": link.method.value if link.method else None,
        "score": round(link.score, 4),
        "status": link.status.value,
        "target_kind": link.target_kind.value,
        "target": link.target,
        "candidates": [
            {"target": name, "score": round(score, 4)} for name, score in link.candidates
        ],
        "explanation": link.explanation,
        "quote": shortened(within),
    }


def shortened(text: str, width: int = _SHOWN) -> str:
    """The beginning of a text, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= width else line[: width - 1] + "…"


def conflicts_table(found: Iterable[tuple[str, NoteConflict, int]]) -> Table:
    """What contradicts notes: key, conflict, line of the note."""
    rows = [conflict_row(*one) for one in found]
    return Table(rows, CONFLICT_COLUMNS, CONFLICT_KEYS)


def conflict_row(key: str, conflict: NoteConflict, line: int) -> dict[str, Any]:
    """A conflict as an object; `id` is what ``littrack notes decide`` calls it."""
    return {
        "note": conflict.note,
        "start": conflict.span[0],
        "end": conflict.span[1],
        "quote": conflict.quote,
        "model": conflict.model,
        "arxiv_id": conflict.arxiv_id,
        "field": conflict.field,
        "note_value": conflict.note_value,
        "known_value": conflict.known_value,
        "kind": conflict.kind.value,
        "explanation": conflict.explanation,
        "state": conflict.state.value,
        "id": key,
        "line": line,
        "sources": list(conflict.sources),
    }


def note_object(
    note: Note, links: Sequence[NoteLink], conflicts: Sequence[tuple[str, NoteConflict, int]]
) -> dict[str, Any]:
    """A note with all that was found, as an object."""
    return {
        "note": note.path,
        "title": note.title,
        "format": note.format,
        "encoding": note.encoding,
        "passages": [
            {
                "passage": one.number,
                "start": one.span[0],
                "end": one.span[1],
                "kind": one.kind.value,
                "heading": list(one.headings),
                "language": one.language,
                "script": one.script,
                "text": one.text,
            }
            for one in note.passages
        ],
        "links": [link_row(note.path, note.passages[one.passage], one) for one in links],
        "conflicts": [conflict_row(*one) for one in conflicts],
        "references": len(note.references),
        "damages": [
            {
                "kind": one.kind.value,
                "start": one.span[0],
                "end": one.span[1],
                "found": one.found,
                "meant": one.meant,
            }
            for one in note.damages
        ],
    }


def render_note(
    note: Note, links: Sequence[NoteLink], conflicts: Sequence[tuple[str, NoteConflict, int]]
) -> str:
    """A note for people: its passages by number, each with what it is about."""
    lines = [note.title, f"{note.path}, {note.format}", ""]
    about: dict[int, list[NoteLink]] = {}
    for link in links:
        about.setdefault(link.passage, []).append(link)
    for passage in note.passages:
        lines.append(f"{passage.number:>4}  {shortened(passage.text, 90)}")
        lines += [f"      -> {_link_text(one)}" for one in about.get(passage.number, [])]
    if conflicts:
        lines += ["", "contradicted"]
        lines += [
            f"  {key}  line {line}  {one.model}.{one.field}: {one.explanation} [{one.state}]"
            for key, one, line in conflicts
        ]
    return "\n".join(lines) + "\n"


def _link_text(link: NoteLink) -> str:
    if link.status is LinkStatus.NONE:
        return "no paper"
    if link.status is LinkStatus.AMBIGUOUS:
        return "one of " + ", ".join(name for name, _ in link.candidates)
    if link.status is LinkStatus.UNRESOLVED:
        return f"unresolved: {link.title or link.explanation or 'not in the library'}"
    how = f"{link.method.value}, {link.score:.2f}" if link.method else f"{link.score:.2f}"
    return f"{link.target} {shortened(link.title)} ({how})"
