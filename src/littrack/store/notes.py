"""Notes in SQL: their text, their structure, and the files they were read from.

A note whose file is gone is marked, never deleted: what a person decided about it stays, should
the file come back. What no database takes (NUL, halves of characters) is replaced in its text, one
for one, so that every offset stays true.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from littrack.errors import NotFound
from littrack.notes import (
    Damage,
    DamageKind,
    Hyperlink,
    Note,
    NoteReference,
    Passage,
    PassageKind,
)
from littrack.store.bulk import insert_rows
from littrack.store.tables import note_conflicts, note_links, note_passages, notes
from littrack.text import language, script

_CHUNK = 500
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class NoteFile:
    """Where a note was read from, and how the file stood then: what tells whether it changed."""

    path: str  # the note's
    folder: str  # absolute: `path` counts from there
    file: str  # absolute
    sha256: str
    size: int
    modified_ns: int


@dataclass(frozen=True, slots=True)
class KnownNote:
    """What is stored of a note, but for its text."""

    id: int
    file: NoteFile
    title: str
    format: str
    encoding: str
    language: str
    script: str
    read_at: datetime
    gone_at: datetime | None
    linked_state: int | None  # None: its links are still to be found


def load_known_notes(conn: sa.Connection) -> list[KnownNote]:
    """Every note, also those whose file is gone, by path."""
    return [_known(row) for row in conn.execute(_KNOWN)]


_LARGE = ("text", "frontmatter", "cited", "hyperlinks", "damages")
_KNOWN = sa.select(*(column for column in notes.c if column.name not in _LARGE)).order_by(
    notes.c.path
)


def load_known_note(conn: sa.Connection, path: str) -> KnownNote:
    """A note by its path, by its file, or by the end of its path where only one note has that.

    Raises:
        NotFound: there is none, or there are several.
    """
    for wanted in (notes.c.path == path, notes.c.file == os.path.abspath(path)):
        exactly = conn.execute(_KNOWN.where(wanted)).first()
        if exactly is not None:
            return _known(exactly)
    found = [one for one in load_known_notes(conn) if one.file.path.endswith("/" + path)]
    if len(found) == 1:
        return found[0]
    if found:
        listed = ", ".join(one.file.path for one in found[:5])
        raise NotFound(f"{len(found)} notes end in {path!r}: {listed}; say which")
    raise NotFound(f"the library holds no note {path!r}; littrack notes list has all")


def _known(row: sa.Row[Any]) -> KnownNote:
    file = NoteFile(
        row.path, row.folder, row.file, bytes(row.sha256).hex(), row.size, row.modified_ns
    )
    kind = (row.title, row.format, row.encoding, row.language, row.script)
    return KnownNote(row.id, file, *kind, row.read_at, row.gone_at, row.linked_state)


def count_notes(conn: sa.Connection) -> int:
    """The notes whose files are there."""
    query = sa.select(sa.func.count()).select_from(notes).where(notes.c.gone_at.is_(None))
    return conn.scalar(query) or 0


def count_passages(conn: sa.Connection) -> dict[int, int]:
    """The passages of each note, by its id."""
    c = note_passages.c
    query = sa.select(c.note_id, sa.func.count()).group_by(c.note_id)
    return {row[0]: row[1] for row in conn.execute(query)}


def save_note(
    conn: sa.Connection, note: Note, file: NoteFile, now: datetime, *, note_id: int | None = None
) -> int:
    """Store a note as it was read now, in place of `note_id`; its id. Its links are to be found."""
    row = _row(note, file) | {"read_at": now, "gone_at": None, "linked_state": None}
    if note_id is None:
        note_id = (conn.scalar(sa.select(sa.func.max(notes.c.id))) or 0) + 1
        conn.execute(notes.insert(), row | {"id": note_id})
    else:
        conn.execute(notes.update().where(notes.c.id == note_id).values(row))
        for table in (note_passages, note_links, note_conflicts):
            conn.execute(table.delete().where(table.c.note_id == note_id))
    rows = [_passage_row(note_id, passage) for passage in note.passages]
    insert_rows(conn, note_passages, rows)
    return note_id


def _row(note: Note, file: NoteFile) -> dict[str, Any]:
    return {
        "path": storable(file.path),
        "folder": storable(file.folder),
        "file": storable(file.file),
        "sha256": bytes.fromhex(file.sha256),
        "size": file.size,
        "modified_ns": file.modified_ns,
        "title": storable(note.title),
        "format": note.format,
        "encoding": note.encoding,
        "language": language(note.text),
        "script": script(note.text),
        "text": storable(note.text),
        "frontmatter": _plain(note.frontmatter),
        "cited": [_plain(asdict(one)) for one in note.references],
        "hyperlinks": [_plain(asdict(one)) for one in note.links],
        "damages": [_plain(asdict(one)) for one in note.damages],
    }


def _passage_row(note_id: int, passage: Passage) -> dict[str, Any]:
    return {
        "note_id": note_id,
        "number": passage.number,
        "char_start": passage.span[0],
        "char_end": passage.span[1],
        "kind": passage.kind.value,
        "headings": [storable(heading) for heading in passage.headings],
        "language": passage.language,
        "script": passage.script,
    }


def storable(text: str) -> str:
    """The text without what no database takes; as long as before."""
    return _UNSTORABLE.sub("\ufffd", text)


def _plain(value: object) -> Any:
    """What JSON can say of a value: frontmatter may hold dates, and numbers that are none."""
    if isinstance(value, Mapping):
        return {storable(str(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return storable(str(value))


def save_file_state(conn: sa.Connection, note_id: int, file: NoteFile) -> None:
    """Remember that a file was written again, or moved, with the same content."""
    values = {
        "path": storable(file.path),
        "folder": storable(file.folder),
        "file": storable(file.file),
        "size": file.size,
        "modified_ns": file.modified_ns,
        "gone_at": None,
    }
    conn.execute(notes.update().where(notes.c.id == note_id).values(values))


def save_gone(conn: sa.Connection, note_id: int, now: datetime) -> None:
    """Mark a note whose file is not there any more."""
    conn.execute(notes.update().where(notes.c.id == note_id).values(gone_at=now))


def load_notes(conn: sa.Connection, note_ids: Sequence[int]) -> list[Note]:
    """Notes as they were read, in the order of `note_ids`."""
    found: dict[int, Note] = {}
    for start in range(0, len(note_ids), _CHUNK):
        chunk = list(note_ids[start : start + _CHUNK])
        passages = _load_passages(conn, chunk)
        for row in conn.execute(sa.select(notes).where(notes.c.id.in_(chunk))):
            found[row.id] = _note(row, passages.get(row.id, ()))
    return [found[note_id] for note_id in note_ids]


def load_live_notes(conn: sa.Connection) -> dict[int, Note]:
    """The notes whose files are there, by id, in the order of their paths."""
    found = sa.select(notes.c.id).where(notes.c.gone_at.is_(None)).order_by(notes.c.path)
    ids = list(conn.scalars(found))
    return dict(zip(ids, load_notes(conn, ids), strict=True))


def _load_passages(conn: sa.Connection, note_ids: Sequence[int]) -> dict[int, list[sa.Row[Any]]]:
    c = note_passages.c
    query = sa.select(note_passages).where(c.note_id.in_(list(note_ids)))
    found: dict[int, list[sa.Row[Any]]] = {}
    for row in conn.execute(query.order_by(c.note_id, c.number)):
        found.setdefault(row.note_id, []).append(row)
    return found


def _note(row: sa.Row[Any], passages: Iterable[sa.Row[Any]]) -> Note:
    return Note(
        path=row.path,
        text=row.text,
        title=row.title,
        format=row.format,
        encoding=row.encoding,
        sha256=bytes(row.sha256).hex(),
        passages=tuple(_passages(row.text, passages)),
        references=tuple(NoteReference(**_spanned(one)) for one in row.cited),
        links=tuple(Hyperlink(**_spanned(one)) for one in row.hyperlinks),
        damages=tuple(
            Damage(**(_spanned(one) | {"kind": DamageKind(one["kind"])})) for one in row.damages
        ),
        frontmatter=row.frontmatter,
    )


def _passages(text: str, rows: Iterable[sa.Row[Any]]) -> Iterator[Passage]:
    for row in rows:
        span = (row.char_start, row.char_end)
        yield Passage(
            row.number,
            span,
            text[slice(*span)],
            PassageKind(row.kind),
            tuple(row.headings),
            row.language,
            row.script,
        )


def _spanned(stored: Mapping[str, Any]) -> dict[str, Any]:
    start, end = stored["span"]
    return {**stored, "span": (start, end)}
