"""Where a harvest of the query API stands: windows still to read, as a small JSON text. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from littrack.errors import InputError
from littrack.records import Window
from littrack.sources.query_api.queries import EARLIEST, compose_query, normalise_query

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class PendingWindow:
    """A span of v1 times still to read, ``start <= v1 < end``; ``count`` None = not asked yet."""

    start: datetime
    end: datetime
    count: int | None = None
    redone: bool = False  # it is being read for the second time

    @property
    def window(self) -> Window:
        """As a record."""
        return Window(self.start, self.end)

    def split(self, parts: int) -> tuple[PendingWindow, ...]:
        """Neighbouring spans of equal length, whole minutes; itself when it cannot be split."""
        minutes = int((self.end - self.start) / _MINUTE)
        parts = max(1, min(parts, minutes))
        edges = [self.start + _MINUTE * (minutes * i // parts) for i in range(parts)] + [self.end]
        return tuple(PendingWindow(a, b, None, self.redone) for a, b in pairwise(edges))


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What is left of a harvest; the first pending window may be half read."""

    query: str
    pending: tuple[PendingWindow, ...]
    next_start: int = 0
    seen: tuple[str, ...] = ()  # ids of the first pending window that were delivered

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return not self.pending

    @property
    def remaining(self) -> int | None:
        """Papers still to read; None while a window is not counted."""
        counts = [window.count for window in self.pending]
        if None in counts:
            return None
        return max(0, sum(count or 0 for count in counts) - self.next_start)

    def counted(self, *pending: PendingWindow) -> Checkpoint:
        """The first window is replaced by these (with their counts)."""
        return replace(self, pending=pending + self.pending[1:])

    def advanced(self, next_start: int, seen: tuple[str, ...]) -> Checkpoint:
        """One more page of the first window was delivered."""
        return replace(self, next_start=next_start, seen=seen)

    def again(self, page_size: int) -> Checkpoint:
        """The first window is to be counted and read once more, in parts of about half a page.

        What goes wrong between pages (papers of one second changing places, a page that starts too
        early) cannot go wrong on a single one. A window that cannot be parted keeps what was seen:
        two readings that each miss another paper are whole together.
        """
        first = replace(self.pending[0], redone=True)
        parts = first.split(1 + 2 * (first.count or 0) // page_size)
        if len(parts) == 1:
            whole = replace(first, count=None)
            return replace(self, pending=(whole, *self.pending[1:]), next_start=0)
        return Checkpoint(self.query, parts + self.pending[1:])

    def finished(self) -> Checkpoint:
        """The first window is done."""
        return Checkpoint(self.query, self.pending[1:])

    def to_json(self) -> str:
        """Text that `from_json` reads; the same state always gives the same text."""
        pending = [
            [w.start.isoformat(), w.end.isoformat(), w.count, w.redone] for w in self.pending
        ]
        state = {
            "source": "arxiv-api",
            "query": self.query,
            "pending": pending,
            "next_start": self.next_start,
            "seen": self.seen,
        }
        return json.dumps(state, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Checkpoint:
        """Read what `to_json` wrote.

        Raises:
            InputError: it is not such a text.
        """
        try:
            state = json.loads(text)
            if state["source"] != "arxiv-api":
                raise ValueError(f"it belongs to the source {state['source']!r}")
            pending = tuple(
                PendingWindow(
                    datetime.fromisoformat(a), datetime.fromisoformat(b), count, bool(redone)
                )
                for a, b, count, redone in state["pending"]
            )
            return cls(
                normalise_query(state["query"]),
                pending,
                int(state["next_start"]),
                tuple(str(arxiv_id) for arxiv_id in state["seen"]),
            )
        except (ValueError, TypeError, KeyError) as exc:
            raise InputError(f"the saved place of an arXiv harvest cannot be read: {exc}") from exc


def plan_windows(query: str, windows: Iterable[Window], now: datetime) -> Checkpoint:
    """The beginning of a harvest. An open start is 1991-08-01, an open end tomorrow.

    Raises:
        InputError: a query that arXiv cannot answer as meant, an empty window, or none.
    """
    pending = []
    for window in windows:
        start = max(window.start or EARLIEST, EARLIEST)
        end = window.end or now.replace(second=0, microsecond=0) + timedelta(days=1)
        compose_query(query, Window(start, end))
        pending.append(PendingWindow(start, end))
    if not pending:
        raise InputError("no span of time to harvest")
    return Checkpoint(normalise_query(query), tuple(pending))
