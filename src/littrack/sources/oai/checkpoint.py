"""Where a harvest of OAI sets stands, as a small JSON text. Pure.

Each set is read in phases: its records; the list of all identifiers in it, which proves that
nothing is missing; a look past that list's end; and at last, one by one, what was missing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from types import EllipsisType
from typing import Any

from littrack.errors import InputError
from littrack.records import Window
from littrack.sources.oai.records import OaiAnswer, OaiHeader

EARLIEST = date(2005, 9, 16)  # the first day of change that arXiv's service knows
_DAYS = frozenset(
    {
        *("since", "until", "list_since", "from_day", "last_day", "records_until"),
        "earliest_missing",
    }
)


class Phase(StrEnum):
    """What is being done with the first set."""

    RECORDS = "records"
    LIST = "list"
    END = "end"  # is there anything after the list's last page?
    FETCH = "fetch"


@dataclass(frozen=True, slots=True)
class OaiCheckpoint:
    """What is left of a harvest. All but the sets and the three planned days is of the first set.

    Days are of last change, both ends included; None is open.
    """

    sets: tuple[str, ...]
    since: date | None = None
    until: date | None = None
    list_since: date | None = None  # from where on the library must hold what is listed
    phase: Phase = Phase.RECORDS
    token: str = ""  # "" = from the beginning, which is `from_day`
    from_day: date | None = None
    last_day: date | None = None  # newest day of the records of this phase that were delivered
    position: int = 0  # records delivered in this phase, repetitions too
    records_until: date | None = None  # newest day that the records reached; the list must too
    redone: bool = False  # the records are being read for the second time
    sound: bool = True  # nothing is known yet that makes the set incomplete
    responded: datetime | None = None  # the service's clock in the set's first answer
    missing: tuple[str, ...] = ()  # the first ids that the library lacks
    missing_count: int = 0  # all that it lacks
    earliest_missing: date | None = None
    shown: tuple[str, ...] = ()  # ids of the list's page before, if the next one overlaps it

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return not self.sets

    @property
    def list_falls_short(self) -> bool:
        """Whether the list ends on an earlier day than the records that were read before it."""
        if self.records_until is None:
            return False
        return self.last_day is None or self.last_day < self.records_until

    @property
    def window(self) -> Window:
        """The span of last change that the first set's harvest covers."""
        return Window(_midnight(self.since), self._end())

    def _end(self) -> datetime | None:
        if self.until is None or self.responded is None:
            return self.responded
        after = datetime.combine(self.until + timedelta(days=1), time(), UTC)
        return min(after, self.responded)

    def read(self, answer: OaiAnswer) -> OaiCheckpoint:
        """One more answer of the phase was delivered."""
        newest = answer.newest.date() if answer.newest else None
        days = [day for day in (self.last_day, newest) if day is not None]
        return replace(
            self,
            token=answer.token or "",
            last_day=max(days, default=None),
            position=self.position + answer.entries,
            responded=self.responded or answer.response_date,
        )

    def restarted(self) -> OaiCheckpoint:
        """The phase goes on without token, from the last day that was delivered."""
        return replace(self, token="", from_day=self.last_day or self.from_day, shown=())

    def listing(self) -> OaiCheckpoint:
        """The records are read; the list that proves it comes next."""
        following = self._phase(Phase.LIST, self.list_since)
        return replace(following, records_until=self.last_day)

    def again(self) -> OaiCheckpoint:
        """The records are to be read once more, from the first day on that lacks one."""
        anew = self._phase(Phase.RECORDS, self.earliest_missing)
        cleared = replace(anew, missing=(), missing_count=0, earliest_missing=None)
        return replace(cleared, redone=True, sound=True)

    def _phase(self, phase: Phase, from_day: date | None) -> OaiCheckpoint:
        begun = replace(self, phase=phase, token="", from_day=from_day, shown=())
        return replace(begun, last_day=None, position=0)

    def lacking(self, headers: Sequence[OaiHeader], keep: int) -> OaiCheckpoint:
        """The library lacks these too; the first ``keep`` ids are kept by name."""
        new = [header for header in headers if header.arxiv_id not in self.missing]
        ids = (*self.missing, *(header.arxiv_id for header in new))
        days = [self.earliest_missing, *(header.datestamp.date() for header in new)]
        return replace(
            self,
            missing=ids[:keep],
            missing_count=self.missing_count + len(new),
            earliest_missing=min((day for day in days if day is not None), default=None),
        )

    def fetched(self, sound: bool) -> OaiCheckpoint:
        """The first missing record was asked for by its id."""
        return replace(self, missing=self.missing[1:], sound=self.sound and sound)

    def finished(self) -> OaiCheckpoint:
        """The first set is done."""
        return _begin(self.sets[1:], self.since, self.until, self.list_since)

    def to_json(self) -> str:
        """Text that `from_json` reads; the same state always gives the same text."""
        return json.dumps({"source": "oai", **asdict(self)}, default=_iso)

    @classmethod
    def from_json(cls, text: str) -> OaiCheckpoint:
        """Read what `to_json` wrote.

        Raises:
            InputError: it is not such a text.
        """
        try:
            state = json.loads(text)
            if state.pop("source") != "oai":
                raise ValueError("it belongs to another source")
            if set(state) != {field.name for field in fields(cls)}:
                raise ValueError("it was written by another version of littrack")
            return cls(**{name: _restored(name, value) for name, value in state.items()})
        except (ValueError, TypeError, KeyError, AttributeError) as exc:
            raise InputError(f"the saved place of an OAI harvest cannot be read: {exc}") from exc


def plan_sets(
    sets: Iterable[str],
    since: date | None = None,
    until: date | None = None,
    list_since: date | EllipsisType | None = ...,
) -> OaiCheckpoint:
    """The beginning of a harvest of what changed from ``since`` to ``until``, both included.

    ``list_since`` is the day from which on the library must hold everything at the end: by default
    that is ``since``. None is open, and so is a day up to the service's first one. Of a time its
    day counts (UTC).

    Raises:
        InputError: no sets, or days in the wrong order.
    """
    wanted = tuple(dict.fromkeys(sets))
    if not wanted:
        raise InputError("no OAI set to harvest: give a category like cs.CL")
    first, last = _open(since), _day(until)
    if last is not None and last < (first or EARLIEST):
        raise InputError(f"nothing can have changed from {first or EARLIEST} until {last}")
    listed = first if list_since is ... else _open(list_since)
    if first is None or (listed is not None and listed > first):
        listed = first  # what is read is proved as well
    return _begin(wanted, first, last, listed)


def _begin(
    sets: tuple[str, ...], since: date | None, until: date | None, list_since: date | None
) -> OaiCheckpoint:
    return OaiCheckpoint(sets, since, until, list_since, from_day=since)


def _day(day: date | None) -> date | None:
    return day.astimezone(UTC).date() if isinstance(day, datetime) else day


def _open(day: date | None) -> date | None:
    found = _day(day)
    return None if found is None or found <= EARLIEST else found


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), UTC)


def _iso(value: Any) -> str:
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    raise TypeError(f"{value!r} does not belong into a saved place")


def _restored(name: str, value: Any) -> Any:
    if name in _DAYS:
        return None if value is None else date.fromisoformat(value)
    if name == "responded":
        return None if value is None else datetime.fromisoformat(value)
    if name in ("sets", "missing", "shown"):
        return tuple(str(item) for item in value)
    return Phase(value) if name == "phase" else value
