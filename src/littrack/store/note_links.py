"""What notes are about, what contradicts them, and what a person said of both, in SQL.

Links and conflicts are found anew whenever a note changes. Decisions are only ever added to; of
those about one thing the last one counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from littrack.notes import (
    ConflictKind,
    LinkMethod,
    LinkStatus,
    NoteConflict,
    NoteLink,
    TargetKind,
)
from littrack.store.bulk import insert_rows
from littrack.store.notes import storable
from littrack.store.tables import note_conflicts, note_decisions, note_links, notes

_CHUNK = 500


class NoteDecisionKind(StrEnum):
    """What a person said: of a passage, or of a conflict."""

    LINK = "link"  # the passage is about these papers
    NONE = "none"  # it is about no paper
    RESET = "reset"  # as if nothing had been said
    ACCEPTED = "accepted"  # the note is wrong
    DISMISSED = "dismissed"  # the note is right, or it does not matter
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class NoteDecision:
    """What a person said about a passage or a conflict of a note."""

    kind: NoteDecisionKind
    decided_by: str
    decided_at: datetime
    because: str = ""
    key: str = ""  # of the conflict
    quote: str = ""  # the words of the passage
    headings: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()  # arXiv ids


@dataclass(frozen=True, slots=True)
class KeyedConflict:
    """A conflict, and the key by which decisions name it."""

    key: str
    conflict: NoteConflict


# --- links ----------------------------------------------------------------------------------------


def save_links(
    conn: sa.Connection, note_id: int, links: Sequence[NoteLink], papers_state: int
) -> None:
    """Make these the links of a note; `papers_state`: the papers that they were found among."""
    conn.execute(note_links.delete().where(note_links.c.note_id == note_id))
    rows = [_link_row(note_id, position, link) for position, link in enumerate(links)]
    insert_rows(conn, note_links, rows)
    linked = notes.update().where(notes.c.id == note_id)
    conn.execute(linked.values(linked_state=papers_state))


def _link_row(note_id: int, position: int, link: NoteLink) -> dict[str, Any]:
    return {
        "note_id": note_id,
        "position": position,
        "passage": link.passage,
        "char_start": link.span[0],
        "char_end": link.span[1],
        "status": link.status.value,
        "method": link.method.value if link.method else None,
        "score": link.score,
        "target_kind": link.target_kind.value,
        "target": storable(link.target) if link.target is not None else None,
        "title": storable(link.title),
        "candidates": [[storable(name), score] for name, score in link.candidates],
        "explanation": storable(link.explanation),
    }


def load_links(conn: sa.Connection, note_ids: Sequence[int]) -> list[list[NoteLink]]:
    """The links of each note, in the order of `note_ids` and of the text."""
    c = note_links.c
    found: dict[int, list[NoteLink]] = {}
    for start in range(0, len(note_ids), _CHUNK):
        chunk = list(note_ids[start : start + _CHUNK])
        query = sa.select(note_links).where(c.note_id.in_(chunk)).order_by(c.note_id, c.position)
        for row in conn.execute(query):
            found.setdefault(row.note_id, []).append(_link(row))
    return [found.get(note_id, []) for note_id in note_ids]


def _link(row: sa.Row[Any]) -> NoteLink:
    return NoteLink(
        passage=row.passage,
        span=(row.char_start, row.char_end),
        status=LinkStatus(row.status),
        method=LinkMethod(row.method) if row.method else None,
        score=row.score,
        target_kind=TargetKind(row.target_kind),
        target=row.target,
        title=row.title,
        candidates=tuple((name, score) for name, score in row.candidates),
        explanation=row.explanation,
    )


def count_links(conn: sa.Connection) -> dict[tuple[int, str], int]:
    """The links by note and status."""
    c = note_links.c
    query = sa.select(c.note_id, c.status, sa.func.count()).group_by(c.note_id, c.status)
    return {(row[0], row[1]): row[2] for row in conn.execute(query)}


def load_notes_about(conn: sa.Connection, arxiv_id: str) -> list[tuple[str, NoteLink]]:
    """The passages about a paper: path of the note and link, in the notes that are there."""
    c = note_links.c
    query = (
        sa.select(notes.c.path, note_links)
        .join(notes, notes.c.id == c.note_id)
        .where(
            c.target == arxiv_id,
            c.target_kind == TargetKind.PAPER.value,
            c.status == LinkStatus.LINKED.value,
            notes.c.gone_at.is_(None),
        )
        .order_by(notes.c.path, c.position)
    )
    return [(row.path, _link(row)) for row in conn.execute(query)]


# --- conflicts ------------------------------------------------------------------------------------


def save_conflicts(
    conn: sa.Connection, note_id: int, found: Iterable[KeyedConflict], now: datetime
) -> None:
    """Make these the conflicts of a note; what was decided about them is kept elsewhere."""
    conn.execute(note_conflicts.delete().where(note_conflicts.c.note_id == note_id))
    rows = [
        {
            "note_id": note_id,
            "position": position,
            "key": one.key,
            "char_start": one.conflict.span[0],
            "char_end": one.conflict.span[1],
            "quote": storable(one.conflict.quote),
            "model": storable(one.conflict.model),
            "arxiv_id": one.conflict.arxiv_id,
            "field": one.conflict.field,
            "note_value": storable(one.conflict.note_value),
            "known_value": storable(one.conflict.known_value),
            "kind": one.conflict.kind.value,
            "explanation": storable(one.conflict.explanation),
            "sources": [storable(source) for source in one.conflict.sources],
            "found_at": now,
        }
        for position, one in enumerate(found)
    ]
    insert_rows(conn, note_conflicts, rows)


def load_conflicts(
    conn: sa.Connection, note_ids: Sequence[int] | None = None
) -> dict[int, list[KeyedConflict]]:
    """What was last found against each note, or these, by its id; all as if undecided."""
    c = note_conflicts.c
    query = sa.select(note_conflicts, notes.c.path).join(notes, notes.c.id == c.note_id)
    if note_ids is not None:
        query = query.where(c.note_id.in_(list(note_ids)))
    found: dict[int, list[KeyedConflict]] = {}
    for row in conn.execute(query.order_by(c.note_id, c.position)):
        conflict = NoteConflict(
            note=row.path,
            span=(row.char_start, row.char_end),
            quote=row.quote,
            model=row.model,
            arxiv_id=row.arxiv_id,
            field=row.field,
            note_value=row.note_value,
            known_value=row.known_value,
            kind=ConflictKind(row.kind),
            explanation=row.explanation,
            sources=tuple(row.sources),
        )
        found.setdefault(row.note_id, []).append(KeyedConflict(row.key, conflict))
    return found


# --- decisions ------------------------------------------------------------------------------------


def save_decision(conn: sa.Connection, note_id: int, decision: NoteDecision) -> None:
    """Add what a person said."""
    number = (conn.scalar(sa.select(sa.func.max(note_decisions.c.id))) or 0) + 1
    row = {
        "id": number,
        "note_id": note_id,
        "kind": decision.kind.value,
        "key": decision.key,
        "quote": storable(decision.quote),
        "headings": [storable(heading) for heading in decision.headings],
        "targets": list(decision.targets),
        "decided_by": storable(decision.decided_by),
        "because": storable(decision.because),
        "decided_at": decision.decided_at,
    }
    conn.execute(note_decisions.insert(), row)


def load_decisions(conn: sa.Connection) -> dict[int, list[NoteDecision]]:
    """What was said about each note, by its id, the oldest first."""
    found: dict[int, list[NoteDecision]] = {}
    for row in conn.execute(sa.select(note_decisions).order_by(note_decisions.c.id)):
        decision = NoteDecision(
            NoteDecisionKind(row.kind),
            row.decided_by,
            row.decided_at,
            row.because,
            row.key,
            row.quote,
            tuple(row.headings),
            tuple(row.targets),
        )
        found.setdefault(row.note_id, []).append(decision)
    return found
