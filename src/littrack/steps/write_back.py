"""Write what was found into the notes, inside blocks of littrack's own, or beside them.

Planning touches nothing: it says what would change, note by note, as a difference. A file that is
not as it was read is left alone, and so is one whose bytes its text would not lead back to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from littrack.analysis.write_back import (
    Block,
    Marker,
    Placement,
    find_section_end,
    insert_blocks,
    remove_blocks,
    replace_block,
)
from littrack.errors import InputError, OutputError
from littrack.notes import ConflictState, NoteConflict, Passage, PassageKind
from littrack.present.note_blocks import (
    SIDECAR_HEADER,
    render_block,
    render_difference,
    render_sidecar,
)
from littrack.records import Progress, Rejection, RunReport, no_progress
from littrack.sources.note_files import read_note_file, write_note_file
from littrack.steps.note_views import NotePage, choose_notes, show_note
from littrack.steps.notes import SIDECAR, file_digest, update_notes
from littrack.steps.opening import OpenLibrary
from littrack.store.notes import KnownNote

_WRITABLE = ("markdown", "text")  # formats whose file is the text itself


@dataclass(frozen=True, slots=True)
class WriteBack:
    """How to write back."""

    placement: Placement = Placement.END
    marker: Marker = Marker.OBSIDIAN
    undo: bool = False  # take out what was written


AT_THE_END = WriteBack()


@dataclass(frozen=True, slots=True)
class PlannedWrite:
    """What becomes of one file."""

    note: str
    file: Path
    before: bytes | None  # None: there is none
    after: bytes | None  # None: it goes
    difference: str


@dataclass(frozen=True, slots=True)
class WritePlan:
    """The files that are to change, and the notes that cannot be written to."""

    writes: tuple[PlannedWrite, ...]
    unchanged: int
    rejections: tuple[Rejection, ...]


def plan_write_back(
    library: OpenLibrary, paths: Sequence[str] = (), how: WriteBack = AT_THE_END
) -> WritePlan:
    """What writing to these notes, or to all, would change.

    Raises:
        NotFound: there is no such note.
    """
    writes: list[PlannedWrite] = []
    rejections: list[Rejection] = []
    unchanged = 0
    for known in choose_notes(library, paths):
        try:
            for planned in _plan(library, known, how):
                changes = planned.before != planned.after
                unchanged += not changes
                writes += [planned] if changes else []
        except InputError as exc:
            rejections.append(Rejection(known.file.path, exc.reason))
    return WritePlan(tuple(writes), unchanged, tuple(rejections))


def _plan(library: OpenLibrary, known: KnownNote, how: WriteBack) -> Iterator[PlannedWrite]:
    page = show_note(library, known.file.path)
    if how.placement is Placement.SIDECAR:
        yield _plan_sidecar(page, how)
        return
    if known.format in _WRITABLE:
        yield _plan_inside(page, how)
    elif not how.undo:
        raise InputError(f"{known.format} cannot be written into; --at sidecar writes beside it")


def _plan_inside(page: NotePage, how: WriteBack) -> PlannedWrite:
    known, file = page.known, Path(page.known.file.file)
    before = read_note_file(file)
    if before is None or file_digest(file) != known.file.sha256:
        raise InputError("it has changed since it was read; read it again: littrack notes add")
    text = before.decode(known.encoding, "replace")
    if _encoded(text, known.encoding) != before:
        raise InputError(f"not all of it is {known.encoding}; --at sidecar writes beside it")
    after = _with_blocks(text, page, how)
    changed = before if after == text else _encoded(after, known.encoding)
    difference = render_difference(known.file.path, text, after)
    return PlannedWrite(known.file.path, file, before, changed, difference)


def _encoded(text: str, encoding: str) -> bytes:
    """Bytes of the note's own encoding; what that has no character for is written as in HTML."""
    return text.encode(encoding, "xmlcharrefreplace")


def _with_blocks(text: str, page: NotePage, how: WriteBack) -> str:
    """The text with the blocks that it should have, and no others."""
    if how.undo:
        return remove_blocks(text)
    passages = page.note.passages
    if how.placement is Placement.END:
        lines = _lines(page, passages, with_headings=True)
        return (
            replace_block(text, Block(len(text), lines), how.marker)
            if lines
            else (remove_blocks(text))
        )
    blocks = []
    for section in _sections(passages):
        lines = _lines(page, section, with_headings=False)
        if lines:
            place = find_section_end(text, passages, section[-1].number)
            blocks.append(Block(len(remove_blocks(text[:place])), lines))
    return insert_blocks(remove_blocks(text), blocks, how.marker)


def _sections(passages: Sequence[Passage]) -> Iterator[tuple[Passage, ...]]:
    """Passages from one heading to the next."""
    starts = [one.number for one in passages if one.kind is PassageKind.HEADING and one.number]
    bounds = [0, *starts, len(passages)]
    for start, end in pairwise(bounds):
        if start < end:
            yield tuple(passages[start:end])


def _lines(page: NotePage, passages: Sequence[Passage], *, with_headings: bool) -> tuple[str, ...]:
    """What is to be said about some passages."""
    numbers = {one.number for one in passages}
    links = [link for link in page.links if link.passage in numbers]
    doubts = [
        one.conflict
        for one in page.conflicts
        if one.conflict.state is ConflictState.OPEN and _is_within(one.conflict, passages)
    ]
    headings = {one.number: _heading(one) for one in passages} if with_headings else {}
    return render_block(links, doubts, headings, page.known.language)


def _heading(passage: Passage) -> str:
    """What a passage stands under; a heading stands for itself."""
    if passage.kind is PassageKind.HEADING:
        return passage.text.strip("# \t")
    return passage.headings[-1] if passage.headings else ""


def _is_within(conflict: NoteConflict, passages: Sequence[Passage]) -> bool:
    return any(one.span[0] <= conflict.span[0] < one.span[1] for one in passages)


def _plan_sidecar(page: NotePage, how: WriteBack) -> PlannedWrite:
    note = Path(page.known.file.file)
    file = note.with_name(note.name + SIDECAR)
    before = read_note_file(file)
    if before is not None and not before.startswith(SIDECAR_HEADER.encode()):
        raise InputError(f"{file.name} is not littrack's: rename it, or write into the note itself")
    lines = () if how.undo else _lines(page, page.note.passages, with_headings=True)
    after = render_sidecar(page.note.title, lines).encode() if lines else None
    name = page.known.file.path + SIDECAR
    old, new = ((data or b"").decode("utf-8", "replace") for data in (before, after))
    return PlannedWrite(name, file, before, after, render_difference(name, old, new))


def write_back(
    library: OpenLibrary, plan: WritePlan, *, progress: Progress = no_progress
) -> RunReport:
    """Do what was planned; a file that changed since the plan is left alone.

    Notes are read again at once: their links stay, at their new places.
    """
    rejections = list(plan.rejections)
    written = 0
    with library.writing("littrack notes write-back"):
        for done, one in enumerate(plan.writes, 1):
            try:
                write_note_file(one.file, one.before, one.after)
                written += 1
            except (InputError, OutputError) as exc:
                reason = exc.reason if isinstance(exc, InputError) else str(exc)
                rejections.append(Rejection(one.note, reason))
            progress("writing back", done, len(plan.writes))
    if any(not one.note.endswith(SIDECAR) for one in plan.writes):
        update_notes(library, progress=progress)
    counts = {"written": written, "unchanged": plan.unchanged, "rejected": len(rejections)}
    return RunReport("write-back", counts, tuple(rejections), complete=not rejections)
