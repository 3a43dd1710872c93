"""Check notes against the library: what models, papers and other notes say otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from littrack.analysis.families import find_relations
from littrack.analysis.note_conflicts.checking import Checked, find_note_conflicts
from littrack.analysis.note_conflicts.found import conflict_key
from littrack.analysis.note_conflicts.known import Known
from littrack.claims import ModelStatus
from littrack.notes import ConflictState, Note, NoteConflict, NoteLink, TargetKind
from littrack.steps.families import name_resolver
from littrack.steps.models import load_models
from littrack.steps.opening import OpenLibrary
from littrack.store.papers import load_papers

_NO_STATES: Mapping[str, ConflictState] = MappingProxyType({})


def check_notes(
    library: OpenLibrary,
    notes: Sequence[Note],
    links: Sequence[Sequence[NoteLink]],
    states: Mapping[str, ConflictState] = _NO_STATES,
    *,
    remarks: bool = False,
) -> list[NoteConflict]:
    """What is the matter with notes, each with what a person made of it.

    Args:
        library: Whose models and papers they are held against.
        notes: As they were read, boilerplate marked; all at once, for they are compared too.
        links: Of each note, in the same order.
        states: By the key of a conflict (see `conflict_key`); open where there is none.
        remarks: Whether to add what is no error: both values have a good source.
    """
    found = check_against(load_known(library, notes, links), notes, links)
    wanted = [*found.conflicts, *(found.remarks if remarks else ())]
    places = {note.path: place for place, note in enumerate(notes)}
    wanted.sort(key=lambda one: (places[one.note], one.span))
    return [replace(one, state=states.get(conflict_key(one), one.state)) for one in wanted]


def check_against(
    known: Known, notes: Sequence[Note], links: Sequence[Sequence[NoteLink]]
) -> Checked:
    """The same without a library, for several runs against one state of it."""
    by_path = {note.path: held for note, held in zip(notes, links, strict=True)}
    return find_note_conflicts(notes, by_path, known)


def load_known(
    library: OpenLibrary, notes: Iterable[Note], links: Iterable[Iterable[NoteLink]]
) -> Known:
    """The models, and the papers that present them or that the notes are linked to."""
    models = load_models(library)
    wanted = {
        one.target
        for held in links
        for one in held
        if one.target and one.target_kind is TargetKind.PAPER
    }
    wanted |= {ref.arxiv_id for note in notes for ref in note.references if ref.arxiv_id}
    vouched = [one for one in models.models if one.status is not ModelStatus.CANDIDATE]
    wanted |= {one.paper for one in vouched if one.paper}
    relations = find_relations(models.models, models.edges, name_resolver(models))
    with library.engine.connect() as conn:
        papers = load_papers(conn, sorted(wanted))
    return Known.of(models.models, relations, papers, models.registry)
