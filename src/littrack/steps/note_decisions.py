"""What a person says about a passage or a conflict of a note: kept apart, and it wins."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from littrack.analysis.note_conflicts.found import conflict_key
from littrack.analysis.note_passages import find_passage
from littrack.errors import InputError, NotFound
from littrack.notes import (
    ConflictState,
    LinkMethod,
    LinkStatus,
    Note,
    NoteConflict,
    NoteLink,
    Passage,
    TargetKind,
)
from littrack.steps.curate import reviewer
from littrack.steps.opening import OpenLibrary
from littrack.store import note_links, notes
from littrack.store.engine import begin
from littrack.store.note_links import NoteDecision, NoteDecisionKind
from littrack.store.papers import load_ids, load_titles

Kind = NoteDecisionKind
_KEY_LENGTH = 9  # hex digits: unique within a note
_STATES = {
    Kind.ACCEPTED: ConflictState.ACCEPTED,
    Kind.DISMISSED: ConflictState.DISMISSED,
    Kind.OPEN: ConflictState.OPEN,
}


def short_key(conflict: NoteConflict) -> str:
    """The key of a conflict within its note, to be typed; a note that is renamed keeps its keys."""
    key = conflict_key(replace(conflict, note=""))
    digest = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
    return "c" + digest[:_KEY_LENGTH]  # a number alone is a passage's


def load_states(library: OpenLibrary) -> dict[tuple[int, str], ConflictState]:
    """What was decided about conflicts, by note and key; the last word counts."""
    with library.engine.connect() as conn:
        decided = note_links.load_decisions(conn)
    return {
        (note_id, one.key): _STATES[one.kind]
        for note_id, said in decided.items()
        for one in said
        if one.key
    }


def decide_passage(
    library: OpenLibrary,
    path: str,
    number: int,
    targets: Sequence[str] | None,
    *,
    by: str | None = None,
    because: str = "",
) -> str:
    """Say which papers a passage is about; none: no paper; None: nothing is said any more.

    Returns the path of the note. The passage is found again by its words when the note changes.

    Raises:
        NotFound: there is no such note, passage or paper.
    """
    with library.engine.connect() as conn:
        note_id = notes.load_known_note(conn, path).id
        [note] = notes.load_notes(conn, [note_id])
        held = load_ids(conn, list(targets or ()))
    missing = [one for one in targets or () if one not in held]
    if missing:
        pull = f"littrack ingest --ids {','.join(missing)}"
        raise NotFound(f"the library holds no paper {missing[0]}; pull it with: {pull}")
    passage = _passage(note, number)
    kind = Kind.RESET if targets is None else Kind.LINK if targets else Kind.NONE
    decision = NoteDecision(
        kind,
        reviewer(library, by),
        library.now(),
        because,
        quote=passage.text,
        headings=passage.headings,
        targets=tuple(targets or ()),
    )
    with library.writing("littrack notes decide"):
        with begin(library.engine) as conn:
            note_links.save_decision(conn, note_id, decision)
        _renew_links(library, note_id, note, anew=targets is None)
    return note.path


def _passage(note: Note, number: int) -> Passage:
    found = next((one for one in note.passages if one.number == number), None)
    if found is None:
        last = len(note.passages) - 1
        raise NotFound(f"{note.path} has no passage {number}: they go from 0 to {last}")
    return found


def _renew_links(library: OpenLibrary, note_id: int, note: Note, *, anew: bool) -> None:
    """Bring the stored links to what is decided; `anew`: found again, as nothing is any more."""
    with library.engine.connect() as conn:
        known = notes.load_known_note(conn, note.path)
        [links] = note_links.load_links(conn, [note_id])
    if anew:
        from littrack.steps.note_links import link_notes, load_evidence

        with library.engine.connect() as conn:
            every = notes.load_live_notes(conn)  # notes link to notes
        evidence = load_evidence(library, list(every.values()))
        [links] = link_notes(library, [note], evidence=evidence)
    if known.linked_state is None:
        return  # the next update finds its links, and what is decided with them
    links = apply_decisions(load_decided(library), note_id, note, links)
    with begin(library.engine) as conn:
        note_links.save_links(conn, note_id, links, known.linked_state)


@dataclass(frozen=True, slots=True)
class Decided:
    """What was said about every note, by its id, and the titles of the papers named there."""

    decisions: Mapping[int, Sequence[NoteDecision]]
    titles: Mapping[str, str]


def load_decided(library: OpenLibrary) -> Decided:
    """Everything that was ever said."""
    with library.engine.connect() as conn:
        decisions = note_links.load_decisions(conn)
        named = {target for said in decisions.values() for one in said for target in one.targets}
        return Decided(decisions, load_titles(conn, sorted(named)))


def apply_decisions(
    decided: Decided, note_id: int, note: Note, links: Sequence[NoteLink]
) -> list[NoteLink]:
    """The links with those of passages that a person decided about in their place."""
    last = find_decided(note, decided.decisions.get(note_id, ()))
    kept = [
        link
        for link in links
        if link.passage not in last or link.target_kind is not TargetKind.PAPER
    ]
    said = [
        link
        for number, decision in last.items()
        for link in _decided_links(note.passages[number], decision, decided.titles)
    ]
    # The first link of a passage says what it is about: their order means something.
    return sorted([*said, *kept], key=lambda link: link.passage)


def find_decided(note: Note, decisions: Sequence[NoteDecision]) -> dict[int, NoteDecision]:
    """The last decision about each passage, by number; those of passages that are gone wait."""
    last: dict[int, NoteDecision] = {}
    for one in decisions:
        if one.key:
            continue
        passage = find_passage(note, one.quote, one.headings)
        if passage is not None:
            last[passage.number] = one
    return {number: one for number, one in last.items() if one.kind is not Kind.RESET}


def _decided_links(
    passage: Passage, decision: NoteDecision, titles: Mapping[str, str]
) -> list[NoteLink]:
    said = f"decided by {decision.decided_by}"
    said += f": {decision.because}" if decision.because else ""
    if decision.kind is Kind.NONE:
        place = (passage.number, passage.span)
        nothing = NoteLink(*place, LinkStatus.NONE, LinkMethod.PERSON, 1.0, explanation=said)
        return [nothing]
    return [
        NoteLink(
            passage.number,
            passage.span,
            LinkStatus.LINKED,
            LinkMethod.PERSON,
            1.0,
            TargetKind.PAPER,
            target,
            titles.get(target, ""),
            explanation=said,
        )
        for target in decision.targets
    ]


def decide_conflict(
    library: OpenLibrary,
    path: str,
    key: str,
    state: ConflictState,
    *,
    by: str | None = None,
    because: str = "",
) -> str:
    """Say what becomes of a conflict of a note, by its key or the beginning of it.

    Raises:
        NotFound: there is no such note, or nothing of that key was found against it.
        InputError: the key begins several.
    """
    with library.engine.connect() as conn:
        known = notes.load_known_note(conn, path)
        found = note_links.load_conflicts(conn, [known.id]).get(known.id, [])
    keys = sorted({one.key for one in found if one.key.startswith(key)})
    if not keys:
        raise NotFound(
            f"no conflict {key!r} was found in {known.file.path}; littrack notes check lists them"
        )
    if len(keys) > 1:
        raise InputError(f"{key!r} begins {len(keys)} conflicts: {', '.join(keys)}")
    kind = next(kind for kind, meant in _STATES.items() if meant is state)
    decision = NoteDecision(kind, reviewer(library, by), library.now(), because, keys[0])
    with library.writing("littrack notes decide"), begin(library.engine) as conn:
        note_links.save_decision(conn, known.id, decision)
    return known.file.path
