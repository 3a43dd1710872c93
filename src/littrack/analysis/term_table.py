"""One table of what littrack ships, a person decided, and notes and glossaries say.

A form belongs to one term. A pair joins the term that has one of its forms, and adds the others
to it; where its forms belong to different terms of the table, somebody is wrong, and nothing is
joined.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from littrack.analysis.term_forms import abbreviation_key, form_key, split_joined
from littrack.records import Term
from littrack.terms import FormKind, KnownTerm, PairKind, TermEntry, TermForm, TermPair, TermUse
from littrack.text import fold

PairsBySource = Mapping[str, Sequence[TermPair]]
UsesBySource = Mapping[str, Sequence[TermUse]]

_SURENESS = {kind: number for number, kind in enumerate(PairKind)}
_Form = tuple[FormKind, str]
_Key = tuple[bool, str]  # whether it is an abbreviation, and what equal forms have in common


def _key(kind: FormKind, form: str) -> _Key:
    if kind is FormKind.ABBREVIATION:
        return True, abbreviation_key(form)
    return False, form_key(form)


@dataclass(slots=True)
class _Concept:
    """A term while the table is made."""

    forms: list[_Form] = field(default_factory=list)
    sources: dict[_Key, set[str]] = field(default_factory=lambda: defaultdict(set))
    rejected: set[_Key] = field(default_factory=set)
    avoid: tuple[str, ...] = ()
    bundled: bool = False
    decided: bool = False


class _Table:
    def __init__(self) -> None:
        self.concepts: list[_Concept] = []
        self.owner: dict[_Key, _Concept] = {}

    def new(self) -> _Concept:
        self.concepts.append(_Concept())
        return self.concepts[-1]

    def give(self, concept: _Concept, kind: FormKind, form: str) -> None:
        """A form to a term, unless another has it or it was rejected there."""
        key = _key(kind, form)
        owner = self.owner.setdefault(key, concept) if key[1] else None
        if owner is concept and key not in concept.rejected and (kind, form) not in concept.forms:
            concept.forms.append((kind, form))

    def add(self, concept: _Concept, kind: FormKind, form: str) -> None:
        """A form that is found somewhere; in another spelling than one of the term it is no new."""
        if _key(kind, form) not in self.owner:
            self.give(concept, kind, form)

    def merge(self, kept: _Concept, other: _Concept) -> None:
        """All that a term has to another one."""
        self.concepts = [one for one in self.concepts if one is not other]
        for form in other.forms:
            self.owner[_key(*form)] = kept
            kept.forms.append(form)
        for key, sources in other.sources.items():
            kept.sources[key] |= sources
        kept.bundled = kept.bundled or other.bundled


def join_terms(
    bundled: Iterable[Term],
    entries: Sequence[TermEntry] = (),
    pairs: PairsBySource | None = None,
    uses: UsesBySource | None = None,
) -> list[KnownTerm]:
    """Every term, with all its forms: those a person decided, then the shipped, then the found."""
    table = _Table()
    for entry in entries:
        _add_entry(table, entry)
    for term in bundled:
        _add_bundled(table, term)
    for source, pair in _in_order(pairs or {}):
        _add_pair(table, source, pair)
    counts, writers = _count(uses or {})
    return [_known(concept, counts, writers) for concept in table.concepts if concept.forms]


def _add_entry(table: _Table, entry: TermEntry) -> None:
    concept = table.new()
    concept.decided, concept.avoid = True, entry.avoid
    concept.rejected = {key for form in entry.reject for key in _any_kind(form)}
    for kind, form in _forms(entry.english, entry.chinese, entry.abbreviations):
        table.give(concept, kind, form)
    for form in entry.avoid:
        table.give(concept, FormKind.ENGLISH if form.isascii() else FormKind.CHINESE, form)


def _any_kind(form: str) -> tuple[_Key, _Key]:
    return _key(FormKind.ENGLISH, form), _key(FormKind.ABBREVIATION, form)


def _forms(
    english: Iterable[str], chinese: Iterable[str], abbreviations: Iterable[str]
) -> list[_Form]:
    return [
        *((FormKind.ENGLISH, form) for form in english),
        *((FormKind.CHINESE, form) for form in chinese),
        *((FormKind.ABBREVIATION, form) for form in abbreviations),
    ]


def _add_bundled(table: _Table, term: Term) -> None:
    """A shipped term; it goes to whom a person gave any of its forms."""
    forms = _forms(term.english, term.chinese, term.abbreviations)
    owners = [owner for form in forms if (owner := table.owner.get(_key(*form))) and owner.decided]
    concept = owners[0] if owners else table.new()
    concept.bundled = True
    for kind, form in forms:
        table.give(concept, kind, form)


def _in_order(pairs: PairsBySource) -> list[tuple[str, TermPair]]:
    """The surest first, whatever the order of the notes."""
    listed = [(source, pair) for source in sorted(pairs) for pair in pairs[source]]
    return sorted(listed, key=lambda one: _SURENESS[one[1].kind])


def _add_pair(table: _Table, source: str, pair: TermPair) -> None:
    forms = pair.forms
    full = [form for form in forms if form[0] is not FormKind.ABBREVIATION]
    # An abbreviation has many meanings: it tells the term only where no English stands beside it.
    telling = full if pair.english else forms
    owners = {id(owner): owner for form in telling if (owner := table.owner.get(_key(*form)))}
    fixed = [owner for owner in owners.values() if owner.bundled or owner.decided]
    if len(fixed) < 2:
        concept = fixed[0] if fixed else next(iter(owners.values()), None) or table.new()
        for other in owners.values():
            if other is not concept:
                table.merge(concept, other)
        for kind, form in forms:
            table.add(concept, kind, _standard(kind, form))
    for kind, form in forms:
        key = _key(kind, form)
        if key in table.owner:
            table.owner[key].sources[key].add(source)


def _standard(kind: FormKind, form: str) -> str:
    """As the table writes it: simplified characters, spaces between words, no plural."""
    if kind is FormKind.CHINESE:
        return fold(form)
    return abbreviation_key(form) if kind is FormKind.ABBREVIATION else split_joined(form)


def _count(uses: UsesBySource) -> tuple[dict[_Form, int], dict[_Form, set[str]]]:
    counts: dict[_Form, int] = defaultdict(int)
    writers: dict[_Form, set[str]] = defaultdict(set)
    for source, own in uses.items():
        for use in own:
            counts[use.kind, use.form] += use.count
            writers[use.kind, use.form].add(source)
    return counts, writers


def _known(
    concept: _Concept, counts: Mapping[_Form, int], writers: Mapping[_Form, set[str]]
) -> KnownTerm:
    avoided = {form_key(form) for form in concept.avoid}
    pairing = dict(concept.sources)  # of several spellings, the first stands for all
    forms = [
        TermForm(
            form,
            kind,
            counts.get((kind, form), 0),
            tuple(sorted(pairing.pop(_key(kind, form), set()) | writers.get((kind, form), set()))),
        )
        for kind, form in concept.forms
    ]
    order = list(FormKind)
    forms.sort(key=lambda one: (form_key(one.form) in avoided, order.index(one.kind)))
    of = {kind: tuple(one.form for one in forms if one.kind is kind) for kind in FormKind}
    term = Term(of[FormKind.ENGLISH], of[FormKind.CHINESE], of[FormKind.ABBREVIATION])
    return KnownTerm(term, tuple(forms), concept.bundled, concept.decided, concept.avoid)
