"""What a note says against itself: lists that differ in one number, digits that slipped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from littrack.analysis.note_conflicts.found import Found, line_of
from littrack.analysis.note_conflicts.known import Known
from littrack.analysis.note_conflicts.wording import Language, explain, value_text
from littrack.analysis.note_facts.amounts import Amount, extract_amounts
from littrack.analysis.note_facts.reading import Sentence
from littrack.claims import ModelField, Quantity, Unit
from littrack.notes import ConflictKind, Note, NoteFact, Span

_LARGEST_SIZE = 1.1e13  # parameters: nobody has trained more
_SLIP = (10.0, 100.0, 1000.0)
_ONE_OFF = 0.05  # between two numbers that are meant as one
_JOIN = re.compile(r"\s*(?:和|与|及|、|,|/|and|,\s*and|以及)\s*")
_MOST_LISTS = 200  # different ones, of a note
_LEAST_TIMES = 2  # as often the right number must stand in the note


@dataclass(frozen=True, slots=True)
class _List:
    values: tuple[float, ...]
    text: str
    span: Span


def find_slips(note: Note, sentences: Sequence[Sentence], language: Language) -> list[Found]:
    """Numbers of a note that its other numbers show to be slips."""
    amounts = [(one, sentence) for sentence in sentences for one in extract_amounts(sentence.text)]
    sizes = [(one, s) for one, s in amounts if one.unit in (None, Unit.PARAMETERS)]
    lists = list(_lists(sentences))
    return [*_outliers(sizes, language), *_unlike_lists(note, lists, language)]


def _outliers(sizes: Sequence[tuple[Amount, Sentence]], language: Language) -> Iterator[Found]:
    """A size that no model has, and that another number of the note is with zeros added."""
    for one, sentence in sizes:
        if one.value < _LARGEST_SIZE or not re.search(r"B|亿|billion", one.text):
            continue
        for times in _SLIP:
            meant = one.value / times
            same = [other for other, _ in sizes if abs(other.value / meant - 1) < 1e-9]
            if len(same) >= _LEAST_TIMES:
                value = one.text
                words = explain("slip in note", language, known=same[0].text, value=value)
                yield Found(
                    sentence.span(one.start, one.end),
                    "",
                    "size",
                    value,
                    same[0].text,
                    ConflictKind.INTERNAL,
                    words,
                )
                break


def _lists(sentences: Sequence[Sentence]) -> Iterator[_List]:
    """Two or more amounts that are enumerated: "62B 和 175B"."""
    for sentence in sentences:
        row: list[Amount] = []
        for one in [*extract_amounts(sentence.text), None]:
            if one is not None and row and _JOIN.fullmatch(sentence.text, row[-1].end, one.start):
                row.append(one)
                continue
            if len(row) > 1:
                text = sentence.text[row[0].start : row[-1].end]
                span = sentence.span(row[0].start, row[-1].end)
                yield _List(tuple(amount.value for amount in row), text, span)
            row = [one] if one else []


def _unlike_lists(note: Note, lists: Sequence[_List], language: Language) -> Iterator[Found]:
    """A list that repeats an earlier one but for one number that is a little off."""
    first: dict[tuple[float, ...], _List] = {}
    for later in lists:
        if later.values in first or len(first) >= _MOST_LISTS:
            continue
        earlier = next((one for one in first.values() if _is_slip(one.values, later.values)), None)
        first[later.values] = later
        if earlier is None:
            continue
        line = line_of(note, earlier.span[0])
        words = explain("list in note", language, line=line, known=earlier.text)
        told = (later.text, earlier.text, ConflictKind.INTERNAL, words)
        yield Found(later.span, "", "number", *told, sources=(f"{note.path}:{line}",))


def _is_slip(one: Sequence[float], other: Sequence[float]) -> bool:
    if len(one) != len(other):
        return False
    odd = [(a, b) for a, b in zip(one, other, strict=True) if abs(a / b - 1) > 1e-9]
    return len(odd) == 1 and abs(odd[0][0] / odd[0][1] - 1) <= _ONE_OFF


def find_repeats(
    note: Note, facts: Sequence[NoteFact], known: Known, language: Language
) -> Iterator[Found]:
    """Two values for one thing: what a model's largest size is, or how much data it saw."""
    first: dict[tuple[str, ModelField, str], NoteFact] = {}
    for fact in facts:
        if not isinstance(fact.value, Quantity) or fact.value.value is None:
            continue
        model = known.model_of(fact.model, fact.arxiv_id)
        if model is not None and known.claims(model, fact.field):
            continue  # that has been compared with what is known
        key = (model.name if model else fact.model, fact.field, fact.value.unit)
        other = first.setdefault(key, fact)
        if other is fact or not isinstance(other.value, Quantity) or not other.value.value:
            continue
        ratio = fact.value.value / other.value.value
        if not 1e-9 < abs(ratio - 1) <= _ONE_OFF:
            continue
        line = line_of(note, other.span[0])
        value, told = value_text(fact.value, language), value_text(other.value, language)
        words = explain("twice", language, line=line, known=told, value=value)
        yield Found(
            fact.span,
            key[0],
            fact.field.value,
            value,
            told,
            ConflictKind.INTERNAL,
            words,
            fact.arxiv_id,
            (f"{note.path}:{line}",),
        )
