"""All that is the matter with some notes: every rule, each thing said once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from littrack.analysis.note_conflicts.abstracts import find_abstract_conflicts
from littrack.analysis.note_conflicts.amounts import find_amount_conflicts
from littrack.analysis.note_conflicts.citations import (
    find_citation_conflicts,
    find_cut_titles,
    find_reference_conflicts,
)
from littrack.analysis.note_conflicts.dates import find_date_conflicts
from littrack.analysis.note_conflicts.definitions import find_definition_conflicts
from littrack.analysis.note_conflicts.found import Found, note_language
from littrack.analysis.note_conflicts.known import Known
from littrack.analysis.note_conflicts.makers import GENERIC, find_maker_conflicts
from littrack.analysis.note_conflicts.orders import find_order_conflicts
from littrack.analysis.note_conflicts.slips import find_repeats, find_slips
from littrack.analysis.note_conflicts.wording import Language
from littrack.analysis.note_facts.extraction import extract_facts
from littrack.analysis.note_facts.reading import Sentence, read_sentences
from littrack.analysis.note_facts.subjects import Subjects
from littrack.claims import ModelField
from littrack.notes import ConflictKind, Note, NoteConflict, NoteFact, NoteLink

Links = Mapping[str, Sequence[NoteLink]]  # by path of the note
_AMOUNTS = {
    ModelField.SIZE,
    ModelField.PRETRAIN_DATA,
    ModelField.HARDWARE,
    ModelField.TRAINING_TIME,
}


@dataclass(frozen=True, slots=True)
class Checked:
    """What is the matter with notes; a remark is about two values that both have a good source."""

    conflicts: tuple[NoteConflict, ...] = ()
    remarks: tuple[NoteConflict, ...] = ()


def find_note_conflicts(notes: Sequence[Note], links: Links, known: Known) -> Checked:
    """Hold notes against what is known, against each other and against themselves."""
    read = [(note, list(read_sentences(note))) for note in notes]
    found: dict[str, list[Found]] = {}
    for note, sentences in read:
        found[note.path] = list(_of_note(note, sentences, links.get(note.path, ()), known))
    for note, one in find_definition_conflicts(read):
        found[note.path].append(one)
    conflicts: list[NoteConflict] = []
    remarks: list[NoteConflict] = []
    for note in notes:
        for one in _once(found[note.path]):
            named = replace(one, model=one.model or known.name_of_paper(one.arxiv_id))
            (remarks if one.minor else conflicts).append(named.conflict(note))
    return Checked(tuple(conflicts), tuple(remarks))


def _of_note(
    note: Note, sentences: Sequence[Sentence], links: Sequence[NoteLink], known: Known
) -> Iterator[Found]:
    language = note_language(note)
    facts = extract_facts(note, links, known.registry)
    for fact in _different(facts):
        yield from _of_fact(fact, facts, known, language)
    yield from find_repeats(note, facts, known, language)
    yield from find_slips(note, sentences, language)
    yield from find_reference_conflicts(note, language)
    subjects = Subjects(note, links, known.registry)
    marks = {one.mark: one for one in note.references if one.mark}
    for sentence in sentences:
        yield from find_order_conflicts(sentence, known, language)
        yield from find_citation_conflicts(sentence, marks, language)
        yield from find_cut_titles(sentence, links, known, language)
        subject = subjects.of_passage(sentence.passage)
        paper = known.papers.get(subject.paper or "") if subject else None
        if paper is not None:
            yield from find_abstract_conflicts(sentence, paper, language)


def _different(facts: Iterable[NoteFact]) -> list[NoteFact]:
    """What is stated, once for each statement, however often the note repeats it."""
    first: dict[object, NoteFact] = {}
    for fact in facts:
        first.setdefault((fact.model, fact.arxiv_id, fact.field, fact.value), fact)
    return list(first.values())


def _of_fact(
    fact: NoteFact, facts: Sequence[NoteFact], known: Known, language: Language
) -> list[Found]:
    model = known.model_of(fact.model, fact.arxiv_id)
    if model is not None and model.name.lower() in GENERIC:
        return []
    if fact.field is ModelField.RELEASE:
        return find_date_conflicts(fact, model, known, language)
    if fact.field in _AMOUNTS:
        beside = [
            one
            for one in facts
            if one.passage == fact.passage and one.field is fact.field and one is not fact
        ]
        return find_amount_conflicts(fact, beside, model, known, language)
    return find_maker_conflicts(fact, model, known, language)


def _once(found: Iterable[Found]) -> list[Found]:
    """Each thing once, where it stands first, and by one rule alone."""
    kept: dict[object, Found] = {}
    for one in sorted(found, key=lambda one: (one.minor, one.span)):
        is_order = one.kind is ConflictKind.ORDER
        value = "" if is_order else one.value
        kept.setdefault((one.model, one.field, value, one.kind if is_order else ""), one)
    spots: dict[object, Found] = {}
    for one in kept.values():
        spots.setdefault((one.span, one.field), one)
    return sorted(spots.values(), key=lambda one: one.span)
