"""Release dates of notes: of a later version, before the paper or a parent, or placeholders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from littrack.analysis.cells import is_same_date
from littrack.analysis.date_disputes import EVENTS as TYPED
from littrack.analysis.date_disputes import NEAR, find_date_disputes
from littrack.analysis.note_conflicts.found import Found
from littrack.analysis.note_conflicts.known import Known, month_text, sources_of
from littrack.analysis.note_conflicts.wording import EVENTS, Language, explain, of
from littrack.claims import (
    Basis,
    Cell,
    Claim,
    Evidence,
    EvidenceKind,
    Model,
    ModelDateKind,
    ModelField,
    TypedDate,
)
from littrack.identifiers import month_of
from littrack.notes import ConflictKind, NoteFact
from littrack.records import Precision

_TRAINING = (ModelDateKind.TRAINING_START, ModelDateKind.TRAINING_END)
_ANNOUNCED = timedelta(days=7)  # before or after the paper, without a source for it
_LAST_DAYS = timedelta(days=4)  # of a month: announced, and numbered, in the next one


def find_date_conflicts(
    fact: NoteFact, model: Model | None, known: Known, language: Language
) -> list[Found]:
    """What is the matter with a release date, at most one thing."""
    date = fact.value
    assert isinstance(date, TypedDate)
    paper = (model.paper if model else None) or fact.arxiv_id
    cell = known.release_cell(model, paper)
    if cell is None or not isinstance(cell.values[0], TypedDate):
        return _unknown(fact, date, language)
    shown = cell.values[0]
    if _agrees(date, cell, shown):
        return []
    name = model.name if model else fact.model
    case = _Case(fact, name, paper, date, shown, known, language)
    for look in (_later_version, _before_parent, _placeholder):
        found = look(case, model)
        if found is not None:
            return [found]
    event = _event(case, cell)
    if event is not None:
        return [event]
    days = Precision.DAY is date.precision is shown.precision
    if days and abs(date.value - shown.value) <= NEAR:
        return []
    near = days and abs(date.value - shown.value) <= _ANNOUNCED
    return [_beside_the_id(case, _agreeing(date, cell), is_near=near)]


def _agreeing(date: TypedDate, cell: Cell) -> list[Claim]:
    """The claims that say what the note says, though it is not what is shown."""
    found = []
    for one in cell.rivals:
        told = one.value
        is_vague = isinstance(told, TypedDate) and told.precision is Precision.YEAR
        if isinstance(told, TypedDate) and not is_vague and is_same_date(told, date):
            found.append(one)
    return found


def _unknown(fact: NoteFact, date: TypedDate, language: Language) -> list[Found]:
    """What can be said of the date of a model that nothing is known of: that it is no day."""
    if not _is_new_year(date):
        return []
    words = explain("no day", language)
    told = (str(date), f"{date.value:%Y}")
    return [Found(fact.span, fact.model, "release_date", *told, ConflictKind.DATE_TYPE, words)]


def _is_new_year(date: TypedDate) -> bool:
    return date.precision is Precision.DAY and (date.value.month, date.value.day) == (1, 1)


class _Case:
    """A date of a note and all that it is judged by."""

    def __init__(
        self,
        fact: NoteFact,
        name: str,
        paper: str | None,
        date: TypedDate,
        shown: TypedDate,
        known: Known,
        language: Language,
    ) -> None:
        self.fact, self.name, self.paper = fact, name, paper
        self.date, self.shown, self.known, self.language = date, shown, known, language

    def found(
        self,
        rule: str,
        kind: ConflictKind,
        *,
        shown: object = None,
        sources: Sequence[str] = (),
        minor: bool = False,
        also: str = "",
        **values: object,
    ) -> Found:
        """The conflict with the sentence of a rule."""
        told = str(shown or self.shown)
        values = {"model": self.name, "value": self.date, "known": told, **values}
        words = explain(rule, self.language, also=also, **values)
        return Found(
            *(self.fact.span, self.name, "release_date", str(self.date), told, kind, words),
            self.paper,
            tuple(sources),
            minor,
        )


def _agrees(date: TypedDate, cell: Cell, shown: TypedDate) -> bool:
    """Whether it is the date shown, or a date of the same event that some source states."""
    if date.kind in _TRAINING:
        return True  # what happened then is said, and it is no release
    if is_same_date(date, shown):
        return True
    if date.precision is Precision.YEAR:
        years = {
            one.value.value.year
            for one in (*cell.claims, *cell.rivals)
            if isinstance(one.value, TypedDate)
        }
        return any(abs(year - date.value.year) < 1 for year in years)
    if date.kind is ModelDateKind.UNSPECIFIED:
        return False
    held = [one.value for one in cell.rivals if isinstance(one.value, TypedDate)]
    return any(one.kind is date.kind and is_same_date(one, date) for one in held)


def _later_version(case: _Case, model: Model | None) -> Found | None:
    """The date of a version of the paper that is stored, other than the first."""
    paper = case.known.papers.get(case.paper or "")
    for version in paper.versions if paper else ():
        if version.number < 2 or version.submitted is None:
            continue
        submitted = TypedDate(ModelDateKind.ARXIV_LATEST, version.submitted)
        if case.date.precision is Precision.DAY and is_same_date(submitted, case.date):
            source = f"{case.paper}v{version.number}"
            return case.found(
                "version", ConflictKind.DATE_TYPE, number=version.number, sources=(source,)
            )
    return None


def _before_parent(case: _Case, model: Model | None) -> Found | None:
    """Before a model that it is made from; needs no date of its own."""
    for name in case.known.parents.get(model.name, ()) if model else ():
        parent = case.known.models.get(name)
        came = case.known.first_date(parent) if parent else None
        if came and case.date.value < came.value and not is_same_date(case.date, came):
            claims = case.known.claims(parent, ModelField.RELEASE) if parent else ()
            return case.found(
                "order date",
                ConflictKind.ORDER,
                parent=name,
                came=came,
                sources=sources_of([one for one in claims if one.value == came]),
            )
    return None


def _placeholder(case: _Case, model: Model | None) -> Found | None:
    if not _is_new_year(case.date):
        return None
    cell = case.known.release_cell(model, case.paper)
    sources = sources_of(cell.claims)[:3] if cell else ()
    return case.found("placeholder", ConflictKind.DATE_TYPE, sources=sources)


def _event(case: _Case, cell: Cell) -> Found | None:
    """The day of something else that a good source dates: both are true."""
    evidence = Evidence(EvidenceKind.NOTE, "note", basis=Basis.REPORTED)
    date = case.date
    claim = Claim(case.name, ModelField.RELEASE, date, evidence, datetime(2000, 1, 1, tzinfo=UTC))
    told = replace(cell, rivals=(*cell.rivals, claim))
    for dispute in find_date_disputes(told, {}):
        typed = [one for one in dispute.claims if getattr(one.value, "kind", None) in TYPED]
        if claim not in dispute.claims or not typed:
            continue
        what = typed[0].value
        assert isinstance(what, TypedDate)
        if not is_same_date(what, date) and abs(what.value - date.value) > NEAR:
            continue
        sources = sources_of([one for one in dispute.claims if one is not claim])[:3]
        if what.kind is ModelDateKind.ARXIV_LATEST:
            first = (f"arXiv:{case.paper}",) if case.paper else ()
            sources = (*first, *sources)
            return case.found("later version", ConflictKind.DATE_TYPE, sources=sources)
        event = of(EVENTS[what.kind], case.language)
        return case.found(
            "event",
            ConflictKind.DATE_TYPE,
            event=event,
            sources=sources,
            minor=True,
        )
    return None


def _beside_the_id(case: _Case, agreeing: Sequence[Claim], *, is_near: bool) -> Found:
    """No event accounts for the date; often the month in the paper's id shows that it is wrong.

    A model may be out before its paper: that is an error where the note dates the paper itself.
    """
    date, also, month = case.date, ", ".join(sources_of(agreeing)), None
    if case.paper and case.shown.kind is ModelDateKind.ARXIV_V1:
        month = month_of(case.paper)
    told: dict[str, Any] = {"also": also, "sources": sources_of(agreeing)[:3]}
    if month is None:
        return case.found("date", ConflictKind.VALUE, minor=is_near, **told)
    told |= {"sources": (f"arXiv:{case.paper}", *told["sources"])}
    numbered = {"paper": case.paper, "month": month_text(month), **told}
    if (date.value.year, date.value.month) > (month.year, month.month):
        return case.found("later than id", ConflictKind.DATE_TYPE, **numbered)
    if date.value >= case.shown.value or case.fact.arxiv_id == case.paper:
        is_early = month - date.value > _LAST_DAYS and date.precision is not Precision.YEAR
        rule = "earlier than id" if is_early else "date"
        return case.found(rule, ConflictKind.VALUE, minor=is_near, **numbered)
    return case.found("before paper", ConflictKind.DATE_TYPE, minor=True, **numbered)
