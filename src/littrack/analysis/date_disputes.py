"""Dates that are not the one shown: of another event, a day off, before a parent, or unexplained.

Most dates that differ are right about something else. So those that say what happened come first,
and those that only say "released" are put with the event they agree with; what remains is wrong or
unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta

from littrack.analysis.cells import is_same_date
from littrack.analysis.disputes import Dispute, who_says
from littrack.claims import Cell, Claim, EvidenceKind, ModelDateKind, TypedDate
from littrack.records import Precision

Parents = Mapping[str, TypedDate | None]  # what a model is made from, and its earliest known date

NEAR = timedelta(days=2)  # time zones, and lists that take the day of the news
_AT_THE_WEEKEND = timedelta(days=4)  # arXiv gives ids of the month in which it announces
EVENTS = {  # an unexplained date goes with the first of them that it fits equally well
    ModelDateKind.WEIGHTS_RELEASE: "its weights were released",
    ModelDateKind.ANNOUNCED: "it was announced",
    ModelDateKind.API_RELEASE: "its API was opened",
    ModelDateKind.VENUE: "it was published at a venue",
    ModelDateKind.ARXIV_V1: "version 1 was submitted to arXiv",
    ModelDateKind.ARXIV_LATEST: "a later version was submitted to arXiv",
    ModelDateKind.TRAINING_END: "its training ended",
    ModelDateKind.TRAINING_START: "its training began",
}
_KINDS = list(EVENTS)
_TRAINING = (ModelDateKind.TRAINING_START, ModelDateKind.TRAINING_END)
_FINENESS = (Precision.YEAR, Precision.QUARTER, Precision.MONTH, Precision.DAY, Precision.SECOND)


def find_date_disputes(cell: Cell, parents: Parents) -> Iterator[Dispute]:
    """What is said against the date of a release, one dispute for each event or day."""
    shown = cell.values[0]
    if not isinstance(shown, TypedDate):
        return
    rivals = sorted(cell.rivals, key=lambda claim: -fineness(_date(claim)))  # sorting is stable
    events = _grouped(claim for claim in rivals if _date(claim).kind in EVENTS)
    told = [list(event) for event in events]
    left: list[Claim] = []
    for claim in (one for one in rivals if _date(one).kind not in EVENTS):
        number = _event_of(_date(claim), shown, [_date(event[0]) for event in events])
        (left if number is None else told[number]).append(claim)
    for event in told:
        if _is_used(event) and not _is_id_month(_date(event[0]), shown):
            yield _event_dispute(event, shown)
    for group in _grouped(claim for claim in left if not _is_vague(_date(claim), shown)):
        yield _unexplained(group, shown, parents)


def _date(claim: Claim) -> TypedDate:
    assert isinstance(claim.value, TypedDate)
    return claim.value


def fineness(date: TypedDate) -> int:
    """How much of the date is meant: a day more than a month."""
    return _FINENESS.index(date.precision)


def _grouped(claims: Iterable[Claim]) -> list[list[Claim]]:
    """Claims of one event and date together, the finest first."""
    groups: list[list[Claim]] = []
    for claim in claims:
        date = _date(claim)
        for group in groups:
            head = _date(group[0])
            if head.kind is date.kind and is_same_date(head, date):
                group.append(claim)
                break
        else:
            groups.append([claim])
    return groups


def _event_of(date: TypedDate, shown: TypedDate, events: Sequence[TypedDate]) -> int | None:
    """The event that a date of unstated kind agrees with best; None if what is shown is nearer."""
    fits = [(_distance(date, event), _KINDS.index(event.kind), n) for n, event in enumerate(events)]
    best = min((fit for fit in fits if fit[0] is not None), default=None)
    if best is None or best[0] is None:
        return None
    own = _distance(date, shown)
    return best[2] if own is None or best[0] < own else None


def _distance(one: TypedDate, other: TypedDate) -> int | None:
    """0: the same; 1 or 2: as many days apart; 3: the same month, and one is its first day."""
    if is_same_date(one, other):
        return 0
    if min(fineness(one), fineness(other)) < _FINENESS.index(Precision.DAY):
        return None
    apart = abs(one.value - other.value)
    if apart <= NEAR:
        return max(1, apart.days)
    same_month = (one.value.year, one.value.month) == (other.value.year, other.value.month)
    return 3 if same_month and 1 in (one.value.day, other.value.day) else None


def _is_used(event: Sequence[Claim]) -> bool:
    """Whether anybody takes the event for the release: training and later versions are none."""
    kind = _date(event[0]).kind
    if kind in _TRAINING:
        return any(_date(claim).kind is not kind for claim in event)
    if kind is ModelDateKind.ARXIV_LATEST:
        return any(claim.evidence.kind is not EvidenceKind.PAPER for claim in event)
    return True


def _is_id_month(date: TypedDate, shown: TypedDate) -> bool:
    """Whether a first version and its id are of two months: it was submitted on the last days."""
    same_kind = date.kind is shown.kind is ModelDateKind.ARXIV_V1
    is_month = Precision.MONTH in (date.precision, shown.precision)
    return same_kind and is_month and abs(date.value - shown.value) <= _AT_THE_WEEKEND


def _event_dispute(event: Sequence[Claim], shown: TypedDate) -> Dispute:
    date = _date(event[0])
    rival, who = str(date), who_says(event, str(date))
    if date.kind is shown.kind:
        words = f"{who}: {date}, and what is shown is the same event: {EVENTS[date.kind]}"
        return Dispute("date", rival, words, tuple(event))
    return Dispute("date-type", rival, f"{who}: on {date}, {EVENTS[date.kind]}", tuple(event))


def _is_vague(date: TypedDate, shown: TypedDate) -> bool:
    """Whether it is a bare year at the border of another: lists give the year they heard of it."""
    return date.precision is Precision.YEAR and abs(date.value.year - shown.value.year) < 2


def _unexplained(group: Sequence[Claim], shown: TypedDate, parents: Parents) -> Dispute:
    date = _date(group[0])
    rival, who = str(date), who_says(group, str(date))
    for parent, came in parents.items():
        if came and date.value < came.value and not is_same_date(date, came):
            words = f"{who}: {date}, before {parent} was there ({came}), from which it is made"
            return Dispute("order", rival, words, tuple(group))
    return Dispute("date", rival, f"{who}: {date}, {_remark(date, shown)}", tuple(group))


def _remark(date: TypedDate, shown: TypedDate) -> str:
    """What may be the matter with a date of which no source says what happened then."""
    distance = _distance(date, shown)
    if distance in (1, 2):
        days = "a day" if distance == 1 else f"{distance} days"
        return f"{days} {'later' if date.value > shown.value else 'earlier'}"
    unknown = "and no source says what happened then"
    if date.precision is Precision.DAY and date.value.day == 1 and distance == 3:
        return "the first of the same month: perhaps the day is not known"
    if date.precision is Precision.DAY and (date.value.month, date.value.day) == (1, 1):
        return f"{unknown}; a first of January may stand for a year"
    later = date.precision is Precision.DAY and date.value > shown.value
    if later and shown.kind is ModelDateKind.ARXIV_V1:
        return f"{unknown}; perhaps a later version of the paper was submitted"
    return unknown
