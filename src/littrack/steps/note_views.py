"""Notes as they are asked for: the list, one of them, its links, what contradicts them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from littrack.notes import ConflictState, LinkStatus, Note, NoteConflict, NoteLink, Passage
from littrack.records import Progress, no_progress
from littrack.steps.note_decisions import load_states, short_key
from littrack.steps.opening import OpenLibrary
from littrack.store import note_links, notes
from littrack.store.engine import begin
from littrack.store.note_links import KeyedConflict
from littrack.store.notes import KnownNote

States = Mapping[tuple[int, str], ConflictState]  # by note and key


@dataclass(frozen=True, slots=True)
class NoteSummary:
    """A note in the list."""

    known: KnownNote
    passages: int
    linked: int
    ambiguous: int
    unresolved: int
    conflicts: int  # that the last check found and nobody decided about


@dataclass(frozen=True, slots=True)
class PlacedLink:
    """A link, and the passage it starts from."""

    note: str
    passage: Passage
    link: NoteLink


@dataclass(frozen=True, slots=True)
class FoundConflict:
    """What contradicts a note, as far as it is decided."""

    key: str  # what littrack notes decide calls it
    conflict: NoteConflict
    line: int  # of the note, from 1


@dataclass(frozen=True, slots=True)
class NotePage:
    """A note with all that was found."""

    known: KnownNote
    note: Note
    links: tuple[NoteLink, ...]
    conflicts: tuple[FoundConflict, ...]


def list_notes(library: OpenLibrary, *, gone: bool = False) -> list[NoteSummary]:
    """Every note by path; with `gone` also those whose file is not there any more."""
    states = load_states(library)
    with library.engine.connect() as conn:
        known = notes.load_known_notes(conn)
        passages, links = notes.count_passages(conn), note_links.count_links(conn)
        conflicts = note_links.load_conflicts(conn)
    return [
        NoteSummary(
            one,
            passages.get(one.id, 0),
            links.get((one.id, LinkStatus.LINKED), 0),
            links.get((one.id, LinkStatus.AMBIGUOUS), 0),
            links.get((one.id, LinkStatus.UNRESOLVED), 0),
            sum(_is_open(states, one.id, each) for each in conflicts.get(one.id, [])),
        )
        for one in known
        if gone or one.gone_at is None
    ]


def _is_open(states: States, note_id: int, one: KeyedConflict) -> bool:
    return states.get((note_id, one.key), ConflictState.OPEN) is ConflictState.OPEN


def show_note(library: OpenLibrary, path: str) -> NotePage:
    """One note, with its links and what the last check found against it.

    Raises:
        NotFound: there is no such note.
    """
    states = load_states(library)
    with library.engine.connect() as conn:
        known = notes.load_known_note(conn, path)
        [note] = notes.load_notes(conn, [known.id])
        [links] = note_links.load_links(conn, [known.id])
        conflicts = note_links.load_conflicts(conn, [known.id]).get(known.id, [])
    found = tuple(_found(note, known.id, one, states) for one in conflicts)
    return NotePage(known, note, tuple(links), found)


def _found(note: Note, note_id: int, one: KeyedConflict, states: States) -> FoundConflict:
    state = states.get((note_id, one.key), ConflictState.OPEN)
    before = note.text[: one.conflict.span[0]].replace("\r\n", "\n").replace("\r", "\n")
    return FoundConflict(one.key, replace(one.conflict, state=state), before.count("\n") + 1)


def load_placed_links(
    library: OpenLibrary,
    paths: Sequence[str] = (),
    *,
    statuses: Sequence[LinkStatus] = (),
    target: str | None = None,
) -> list[PlacedLink]:
    """The links of these notes, or of all that are there; only of these statuses, to this target.

    Raises:
        NotFound: there is no such note.
    """
    found: list[PlacedLink] = []
    chosen = choose_notes(library, paths)
    with library.engine.connect() as conn:
        read = notes.load_notes(conn, [one.id for one in chosen])
        linked = note_links.load_links(conn, [one.id for one in chosen])
    for note, links in zip(read, linked, strict=True):
        for link in links:
            if statuses and link.status not in statuses:
                continue
            if target is None or target == link.target:
                found.append(PlacedLink(note.path, note.passages[link.passage], link))
    return found


def choose_notes(library: OpenLibrary, paths: Sequence[str] = ()) -> list[KnownNote]:
    """The notes of these paths, or all whose files are there.

    Raises:
        NotFound: there is no such note.
    """
    with library.engine.connect() as conn:
        if paths:
            return [notes.load_known_note(conn, path) for path in paths]
        return [one for one in notes.load_known_notes(conn) if one.gone_at is None]


def load_live_notes(library: OpenLibrary) -> list[Note]:
    """Every note whose file is there, by path."""
    with library.engine.connect() as conn:
        return list(notes.load_live_notes(conn).values())


def check_library_notes(
    library: OpenLibrary, paths: Sequence[str] = (), *, progress: Progress = no_progress
) -> list[FoundConflict]:
    """Compare notes with the library, with each other and with themselves; what disagrees is kept.

    All notes are compared; `paths` choose whose conflicts are told.

    Raises:
        NotFound: there is no such note.
    """
    from littrack.steps.note_conflicts import check_notes

    chosen = {one.id for one in choose_notes(library, paths)}
    with library.engine.connect() as conn:
        every = notes.load_live_notes(conn)
        links = note_links.load_links(conn, list(every))
    progress("checking notes", 0, len(every))
    found = check_notes(library, list(every.values()), links)
    progress("checking notes", len(every), len(every))
    keyed: dict[str, list[KeyedConflict]] = {}
    for one in found:
        keyed.setdefault(one.note, []).append(KeyedConflict(short_key(one), one))
    _save_conflicts(library, {note_id: keyed.get(one.path, []) for note_id, one in every.items()})
    states = load_states(library)
    return [
        _found(note, note_id, conflict, states)
        for note_id, note in every.items()
        if note_id in chosen
        for conflict in keyed.get(note.path, ())
    ]


def _save_conflicts(library: OpenLibrary, found: Mapping[int, list[KeyedConflict]]) -> None:
    """Keep what is not known yet; a library that cannot be written can still be checked again."""
    with library.engine.connect() as conn:
        stored = note_links.load_conflicts(conn)
    changed = {key: one for key, one in found.items() if stored.get(key, []) != one}
    if not changed:
        return
    with library.writing("littrack notes check"), begin(library.engine) as conn:
        for note_id, conflicts in changed.items():
            note_links.save_conflicts(conn, note_id, conflicts, library.now())
