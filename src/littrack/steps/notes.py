"""Take notes in: read what is new or changed, link it, remember what is gone.

Each note is one transaction: killed, a run goes on where it stopped. A note that was read but not
yet linked is known by that, and linked by the next run. What littrack itself wrote into a note is
left out of what is read.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from littrack.analysis.boilerplate import mark_boilerplate
from littrack.analysis.note_hygiene import with_damages
from littrack.analysis.note_passages import find_moves
from littrack.analysis.write_back import find_blocks
from littrack.errors import IndexError_, InputError
from littrack.notes import LinkStatus, Note, NoteLink, Span
from littrack.records import Progress, Rejection, RunReport, no_progress
from littrack.sources.notes.reading import find_notes, read_note
from littrack.steps.note_decisions import apply_decisions, load_decided
from littrack.steps.opening import OpenLibrary
from littrack.store import note_links
from littrack.store import notes as store
from littrack.store.engine import begin
from littrack.store.state import load_state

if TYPE_CHECKING:
    import sqlalchemy as sa

SIDECAR = ".littrack.md"  # how the files end that littrack puts beside notes


@dataclass(frozen=True, slots=True)
class _Place:
    """A file that may be a note."""

    file: Path
    folder: Path
    name: str


@dataclass(slots=True)
class _Run:
    """What a run knows and counts."""

    library: OpenLibrary
    progress: Progress
    known: dict[str, store.KnownNote]  # by file
    counts: Counter[str] = field(default_factory=Counter)
    rejections: list[Rejection] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def has_notes(library: OpenLibrary) -> bool:
    """Whether folders of notes are named in the settings, or notes were ever read."""
    with library.engine.connect() as conn:
        return bool(library.settings.notes.folders or store.count_notes(conn))


def add_notes(
    library: OpenLibrary, paths: Sequence[Path], *, progress: Progress = no_progress
) -> RunReport:
    """Read these files, and the notes in these folders; link what is new or changed.

    Raises:
        InputError: there is no such file or folder.
    """
    for path in paths:
        if not path.exists():
            raise InputError("no such file or folder", path)
    with library.writing("littrack notes add"):
        run = _begin(library, progress)
        places = [place for path in paths for place in _find_places(run, path.absolute())]
        _read_all(run, places)
        return _finish(run)


def update_notes(
    library: OpenLibrary, *, again: bool = False, progress: Progress = no_progress
) -> RunReport:
    """Read what changed in the folders of the settings and among the notes added by hand.

    Notes that cite what the library did not hold are linked again once it holds more; with `again`
    all are. A folder that is not there loses no note: it may be on a disk that is not mounted.
    """
    with library.writing("littrack notes"):
        run = _begin(library, progress)
        places: dict[Path, _Place] = {}
        for folder in map(Path, library.settings.notes.folders):
            if folder.is_dir():
                places |= {place.file: place for place in _find_places(run, folder.absolute())}
            else:
                run.warnings.append(f"{folder} is not there; what was read of it is kept")
        for one in run.known.values():
            file = Path(one.file.file)
            if file not in places and file.is_file():
                places[file] = _Place(file, Path(one.file.folder), one.file.path)
        _read_all(run, list(places.values()))
        _mark_gone(run)
        return _finish(run, again=again)


def _begin(library: OpenLibrary, progress: Progress) -> _Run:
    with library.engine.connect() as conn:
        known = {one.file.file: one for one in store.load_known_notes(conn)}
    return _Run(library, progress, known)


def _find_places(run: _Run, path: Path) -> Iterator[_Place]:
    """The notes at a path, named from the outermost folder that is already read."""
    above = path if path.is_dir() else path.parent
    roots = {Path(one.file.folder) for one in run.known.values()}
    roots |= {Path(folder).absolute() for folder in run.library.settings.notes.folders}
    holding = [root for root in roots if above.is_relative_to(root)]
    folder = min([above, *holding], key=lambda one: len(one.parts))
    for file, _ in find_notes(path):
        if not file.name.endswith(SIDECAR):
            yield _Place(file, folder, file.relative_to(folder).as_posix())


# --- reading --------------------------------------------------------------------------------------


def _read_all(run: _Run, places: Sequence[_Place]) -> None:
    for done, place in enumerate(places, 1):
        try:
            run.counts[_read_one(run, place)] += 1
        except InputError as exc:
            run.rejections.append(Rejection(place.name, exc.reason))
        run.progress("reading notes", done, len(places))


def _read_one(run: _Run, place: _Place) -> str:
    """Read a file if it is new or changed; what became of it, in a word for the report."""
    known = run.known.get(str(place.file))
    if store.storable(str(place.file)) != str(place.file):
        raise InputError("its name is no text; rename it", place.file)
    try:
        stat = place.file.stat()
        then = (known.file.size, known.file.modified_ns) if known else None
        if known and known.gone_at is None and then == (stat.st_size, stat.st_mtime_ns):
            return "unchanged"
        digest = file_digest(place.file)
    except OSError as exc:
        raise InputError(f"cannot be read ({exc.strerror or exc})", place.file) from exc
    moved = None if known else _moved_here(run, digest)
    path = known.file.path if known else _free_path(run, place)
    state = store.NoteFile(
        path, str(place.folder), str(place.file), digest, stat.st_size, stat.st_mtime_ns
    )
    same = known if known and known.file.sha256 == digest else moved
    if same:
        with begin(run.library.engine) as conn:
            store.save_file_state(conn, same.id, state)
        _remember(run, same, state)
        return "moved" if moved else "unchanged"
    note = with_damages(mark_boilerplate(_without_blocks(read_note(place.file, path))))
    _save(run, note, replace(state, sha256=note.sha256), known)
    return "changed" if known else "new"


def file_digest(file: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _moved_here(run: _Run, digest: str) -> store.KnownNote | None:
    """The note that had this content in a file that is gone: a note renamed stays the same."""
    for one in run.known.values():
        if one.file.sha256 == digest and not Path(one.file.file).exists():
            return one
    return None


def _free_path(run: _Run, place: _Place) -> str:
    """What to call a new note: two folders may each have a note of that name."""
    taken = {one.file.path for one in run.known.values()}
    choices = (place.name, f"{place.folder.name}/{place.name}", place.file.as_posix())
    return next(name for name in choices if name not in taken)


def _remember(run: _Run, known: store.KnownNote, state: store.NoteFile) -> None:
    run.known.pop(known.file.file, None)
    run.known[state.file] = replace(known, file=state, gone_at=None)


def _without_blocks(note: Note) -> Note:
    """The note without what littrack wrote into it: it is about the same as before.

    Raises:
        InputError: a marker is missing.
    """
    blocks = find_blocks(note.text) if note.encoding else []
    if not blocks:
        return note
    kept = [one for one in note.passages if not _touches(one.span, blocks)]
    return replace(
        note,
        passages=tuple(replace(one, number=number) for number, one in enumerate(kept)),
        references=tuple(one for one in note.references if not _touches(one.span, blocks)),
        links=tuple(one for one in note.links if not _touches(one.span, blocks)),
        damages=tuple(one for one in note.damages if not _touches(one.span, blocks)),
    )


def _touches(span: Span, blocks: Sequence[Span]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in blocks)


def _save(run: _Run, note: Note, state: store.NoteFile, known: store.KnownNote | None) -> None:
    """Store a note; what was found stays where the passages say the same, only elsewhere."""
    now = run.library.now()
    with begin(run.library.engine) as conn:
        found = _load_found(conn, note, known)
        number = store.save_note(conn, note, state, now, note_id=known.id if known else None)
        if found is not None and known is not None and known.linked_state is not None:
            note_links.save_links(conn, number, found[0], known.linked_state)
            note_links.save_conflicts(conn, number, found[1], now)
        run.known[state.file] = store.load_known_note(conn, state.path)


def _load_found(
    conn: sa.Connection, note: Note, known: store.KnownNote | None
) -> tuple[list[NoteLink], list[note_links.KeyedConflict]] | None:
    """The links and conflicts of a note at their new places; None where it says something else."""
    if known is None:
        return None
    [before] = store.load_notes(conn, [known.id])
    moves = find_moves(before.passages, note.passages)
    cited = [[one.text for one in each.references] for each in (before, note)]
    if moves is None or cited[0] != cited[1]:
        return None
    [links] = note_links.load_links(conn, [known.id])
    conflicts = note_links.load_conflicts(conn, [known.id]).get(known.id, [])
    spans = [one.span for one in before.passages]
    moved = [replace(one, span=_moved(one.span, spans, moves)) for one in links]
    return moved, [
        replace(one, conflict=replace(one.conflict, span=_moved(one.conflict.span, spans, moves)))
        for one in conflicts
    ]


def _moved(span: Span, spans: Sequence[Span], moves: Sequence[int]) -> Span:
    """A span that moved with the passage it begins in."""
    inside = (
        move for (start, end), move in zip(spans, moves, strict=True) if start <= span[0] < end
    )
    move = next(inside, 0)
    return span[0] + move, span[1] + move


def _mark_gone(run: _Run) -> None:
    """Mark notes whose file is missing from a folder that is there."""
    now = run.library.now()
    for one in run.known.values():
        file = Path(one.file.file)
        if one.gone_at is None and not file.exists() and Path(one.file.folder).is_dir():
            with begin(run.library.engine) as conn:
                store.save_gone(conn, one.id, now)
            run.counts["gone"] += 1


# --- linking --------------------------------------------------------------------------------------


def _finish(run: _Run, *, again: bool = False) -> RunReport:
    _link(run, again=again)
    order = ("new", "changed", "moved", "gone", "unchanged", "linked", "rejected")
    run.counts["rejected"] = len(run.rejections)
    counts = {name: run.counts[name] for name in order}
    complete = not run.rejections
    return RunReport("notes", counts, tuple(run.rejections), tuple(run.warnings), complete)


def _link(run: _Run, *, again: bool) -> None:
    """Find the links of the notes that have none yet, and of those that more papers may help.

    Without an index they wait for the next run, as what they mean cannot be searched for.
    """
    library = run.library
    with library.engine.connect() as conn:
        state = load_state(conn, "papers")
        waiting = [one.id for one in _find_waiting(conn, state, again=again)]
    if not waiting:
        return
    try:
        for done, (note_id, links) in enumerate(_find_links(library, waiting), 1):
            with begin(library.engine) as conn:
                note_links.save_links(conn, note_id, links, state)
            run.counts["linked"] += 1
            run.progress("linking notes", done, len(waiting))
    except IndexError_ as exc:
        left = len(waiting) - run.counts["linked"]
        run.warnings.append(f"{left} notes are not linked yet: {exc}; then: littrack notes update")


def _find_waiting(conn: sa.Connection, state: int, *, again: bool) -> Iterator[store.KnownNote]:
    counted = note_links.count_links(conn)
    for one in store.load_known_notes(conn):
        if one.gone_at is not None:
            continue
        hopes = counted.get((one.id, LinkStatus.UNRESOLVED.value), 0) > 0
        if one.linked_state is None or again or (hopes and one.linked_state != state):
            yield one


def _find_links(
    library: OpenLibrary, note_ids: Sequence[int]
) -> Iterator[tuple[int, list[NoteLink]]]:
    """What the passages of these notes are about; what a person said of them wins."""
    from littrack.steps.note_links import link_notes, load_evidence

    with library.engine.connect() as conn:
        notes = store.load_live_notes(conn)
    evidence = load_evidence(library, list(notes.values()))  # of all: notes link to notes
    decided = load_decided(library)
    for note_id in note_ids:
        [links] = link_notes(library, [notes[note_id]], evidence=evidence)
        yield note_id, apply_decisions(decided, note_id, notes[note_id], links)
