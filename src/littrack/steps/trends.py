"""Count papers over time: by phrase, term, category, topic, model or authors.

Dates are those of version 1, as far as the library knows them. A month that is over and wholly
harvested is frozen when it is counted (`littrack.steps.freeze_trends`); as long as no paper has
changed since, frozen months are believed and only the open ones are counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from littrack.analysis.author_search import parse_author
from littrack.analysis.calendar import Span, find_gaps, join_spans
from littrack.analysis.phrases import RULES, Phrase, parse_phrase
from littrack.analysis.trends import (
    average_per_day,
    build_points,
    find_change_points,
    find_next_period,
    list_periods,
)
from littrack.errors import InputError, NotFound
from littrack.present.trend_rows import period_name
from littrack.records import DateKind, Paper, Precision
from littrack.steps.harvest_plan import BEGINNING, covered_spans
from littrack.steps.opening import OpenLibrary
from littrack.store import frozen_months, harvests
from littrack.store import trends as stored
from littrack.store.conditions import load_by_author
from littrack.store.papers import load_papers_by_id
from littrack.trends import ChangePoint, Semantics, SeriesKind, Step, TrendSeries

if TYPE_CHECKING:
    import sqlalchemy as sa

    from littrack.analysis.model_resolution import Registry

Load = Callable[["sa.Connection", datetime | None], list[int]]  # the papers since a moment
_MOST_NOTES = 5  # of changed months


@dataclass(frozen=True, slots=True)
class TrendRequest:
    """What to count. Counts are by whole periods: those that ``since`` and ``until`` are in."""

    phrases: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()  # concepts of the term table, in either language
    categories: tuple[str, ...] = ()
    topics: tuple[int, ...] = ()
    models: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()  # each a group: "Jason Wei; Denny Zhou"
    semantics: Semantics = Semantics.ARXIV_STEM
    step: Step = Step.MONTH
    since: datetime | None = None  # None: the first paper of any series
    until: datetime | None = None  # exclusive; None: as far as the library reaches
    starts: tuple[datetime, ...] = ()  # instead of ``since``, one for each series
    baseline: bool = True  # cumulative counts begin with the papers before the first period


@dataclass(frozen=True, slots=True)
class Asked:
    """One series to count, and how its papers are found."""

    name: str
    kind: SeriesKind
    load: Load
    semantics: Semantics | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """Of which days the library can be expected to hold all papers."""

    now: datetime
    until: datetime  # nothing later was read
    holes: tuple[Span, ...]  # days that a harvest should have read and did not

    def is_partial(self, start: datetime, end: datetime) -> bool:
        """Whether a period is not over, not reached, or has a hole."""
        return end > min(self.now, self.until) or any(a < end and start < b for a, b in self.holes)


@dataclass(frozen=True, slots=True)
class Counted:
    """The papers of a series by month, however they were counted."""

    months: Mapping[datetime, int]
    by_month_only: int = 0  # dated by the month in the arXiv id
    by_day_announced: int = 0
    unplaced: int = 0  # of which not even the month is known
    notes: tuple[str, ...] = ()


def count_trends(library: OpenLibrary, request: TrendRequest) -> list[TrendSeries]:
    """Count every series that is asked for, over the same periods.

    Raises:
        InputError: nothing is asked for, or a phrase holds no word, or the span is empty.
        NotFound: there is no such term or model.
    """
    asked = find_asked(library, request)
    if request.since and request.until and request.since >= request.until:
        raise InputError("the trend ends before it begins")
    with library.engine.connect() as conn:
        reach = load_reach(conn, library.now())
        counted = [count(conn, one) for one in asked]
        first, last = _choose_span(request, counted, reach)
        every = list_periods(first, last, request.step) if first else []
        edges = [*every, *(find_next_period(one, request.step) for one in every[-1:])]
        totals = dict(zip(every, stored.count_all(conn, edges), strict=True))
    windows = [
        list_periods(start or first or last, last, request.step)
        for start in _starts(request, len(asked))
    ]
    return [
        _series(request, one, found, (periods, totals), reach)
        for one, found, periods in zip(asked, counted, windows, strict=True)
    ]


def _starts(request: TrendRequest, number: int) -> Sequence[datetime | None]:
    """Where each series begins, as far as that is asked for."""
    if len(request.starts) not in (0, number):
        raise InputError(f"{len(request.starts)} starts for {number} series: give one, or one each")
    return request.starts or [request.since] * number


def _series(
    request: TrendRequest,
    asked: Asked,
    counted: Counted,
    window: tuple[list[datetime], Mapping[datetime, int]],
    reach: Reach,
) -> TrendSeries:
    periods, totals = window
    if not periods or not totals:
        return _empty(asked, request.step)
    before = sum(papers for month, papers in counted.months.items() if month < periods[0])
    baseline = before if request.baseline else 0
    points = build_points(
        periods, request.step, (counted.months, totals), baseline, reach.is_partial
    )
    notes = [*counted.notes, *_date_notes(counted)]
    if before and not request.baseline:
        notes.append(f"{before:,} papers before {periods[0]:%Y-%m} are not in the sums")
    partial = [point.period for point in points if point.partial]
    if partial:
        notes.append(_partial_note(partial, request.step, reach))
    return TrendSeries(
        asked.name,
        asked.kind,
        request.step,
        points,
        asked.semantics,
        baseline,
        counted.unplaced,
        tuple(notes),
    )


def _empty(asked: Asked, step: Step) -> TrendSeries:
    return TrendSeries(asked.name, asked.kind, step, (), asked.semantics)


def _date_notes(counted: Counted) -> Iterator[str]:
    every = sum(counted.months.values())
    if counted.by_month_only:
        yield (
            f"{counted.by_month_only:,} of the library's {every:,} are dated by the month "
            "in their id"
        )
    if counted.by_day_announced:
        yield (
            f"{counted.by_day_announced:,} of the library's {every:,} are dated by the day of "
            "announcement, up to a few days after version 1"
        )
    if counted.unplaced:
        yield f"{counted.unplaced:,} more have no date that says the month"


def _partial_note(periods: Sequence[datetime], step: Step, reach: Reach) -> str:
    listed = ", ".join(period_name(period, step) for period in periods[-3:])
    more = f" and {len(periods) - 3} earlier" if len(periods) > 3 else ""
    ends = f"papers are known until {min(reach.until, reach.now):%Y-%m-%d}"
    return f"partial: {listed}{more}; {ends}"


def _choose_span(
    request: TrendRequest, counted: Sequence[Counted], reach: Reach
) -> tuple[datetime | None, datetime]:
    """From what is asked for, else from the first paper; to the end of what the library knows."""
    months = [month for one in counted for month, papers in one.months.items() if papers]
    first = min(request.starts, default=request.since or min(months, default=None))
    end = request.until or min(reach.now, reach.until)
    last = end - timedelta(microseconds=1)
    return first, last if request.until else max([last, *months])


# What is asked for


def find_asked(library: OpenLibrary, request: TrendRequest) -> list[Asked]:
    """The series of a request, in order: phrases, terms, categories, topics, models, authors.

    Raises:
        InputError, NotFound: as `count_trends`.
    """
    asked = [
        *(_phrase(text, request.semantics) for text in request.phrases),
        *(_term(library, text, request.semantics) for text in request.terms),
        *(_category(name) for name in request.categories),
        *(_topic(number) for number in request.topics),
        *_models(library, request.models),
        *map(_authors, request.authors),
    ]
    if not asked:
        raise InputError(
            'nothing to count: name a phrase ("language model"), or --category, --term, --model '
            "or --author"
        )
    return list({(one.kind, one.name.lower()): one for one in asked}.values())


def _phrase(text: str, semantics: Semantics) -> Asked:
    phrase = parse_phrase(text, semantics)

    def load(conn: sa.Connection, since: datetime | None) -> list[int]:
        return stored.load_matches(conn, _lookup(phrase), since=since)

    return Asked(phrase.text, SeriesKind.PHRASE, load, semantics)


def load_matches(
    conn: sa.Connection, phrase: str, semantics: Semantics, *, since: datetime | None = None
) -> list[int]:
    """The SQL ids of the papers whose title or abstract holds the phrase, ascending."""
    return _phrase(phrase, semantics).load(conn, since)


def _lookup(phrase: Phrase, holds: Callable[[str], bool] | None = None) -> stored.Lookup:
    question, decide = phrase.question, holds or phrase.is_in
    sure = () if holds else question.sure
    return stored.Lookup(
        sure,
        question.unsure if not holds else (*question.sure, *question.unsure),
        question.near,
        question.doubtful,
        lambda title, abstract: decide(title) or decide(abstract),
    )


def _term(library: OpenLibrary, text: str, semantics: Semantics) -> Asked:
    """A concept by all its names; abbreviations only as they are written (RAG, not rag)."""
    from littrack.steps.terms import load_term_table

    found = load_term_table(library).find(text)
    if not found:
        raise NotFound(f"the term table does not know {text!r}; count it as a phrase")
    term = found[0].term
    names = [parse_phrase(form, semantics) for form in (*term.english, *term.chinese)]
    short = [parse_phrase(form, Semantics.LITERAL) for form in term.abbreviations]

    def load(conn: sa.Connection, since: datetime | None) -> list[int]:
        lookups = [_lookup(name) for name in names] + [_lookup(s, s.is_written_in) for s in short]
        return _any_of(conn, lookups, since)

    return Asked(text, SeriesKind.TERM, load, semantics)


def _any_of(
    conn: sa.Connection, lookups: Sequence[stored.Lookup], since: datetime | None
) -> list[int]:
    found: set[int] = set()
    for lookup in lookups:
        found.update(stored.load_matches(conn, lookup, since=since))
    return sorted(found)


def _category(name: str) -> Asked:
    return Asked(
        name, SeriesKind.CATEGORY, lambda conn, _since: stored.load_members_of_category(conn, name)
    )


def _topic(number: int) -> Asked:
    return Asked(
        f"topic {number}",
        SeriesKind.TOPIC,
        lambda conn, _since: stored.load_members_of_topic(conn, number),
    )


def _authors(names: str) -> Asked:
    """Papers of any of these people, by family name or whole name; a paper of two counts once."""
    group = [parse_author(name.strip(), prefix=False) for name in names.split(";") if name.strip()]
    if not group:
        raise InputError(f"{names!r} names no author")

    def load(conn: sa.Connection, _since: datetime | None) -> list[int]:
        found: set[int] = set()
        for one in group:
            found.update(load_by_author(conn, one.families, one.is_named, prefix=False))
        return sorted(found)

    return Asked("; ".join(part.strip() for part in names.split(";")), SeriesKind.AUTHORS, load)


def _models(library: OpenLibrary, names: Sequence[str]) -> Iterator[Asked]:
    """Papers that name a model in the title or abstract, by any of its names."""
    if not names:
        return
    from littrack.steps.models import load_models, unknown_model

    models = load_models(library)
    for wanted in names:
        model = models.find(wanted)
        if model is None:
            raise NotFound(unknown_model(models, wanted))
        yield Asked(
            model.name, SeriesKind.MODEL, _mentions((model.name, *model.aliases), models.registry)
        )


def _mentions(names: Sequence[str], registry: Registry) -> Load:
    from littrack.analysis.model_resolution import find_mentions

    def holds(text: str) -> bool:
        return any(one.resolution.model == names[0] for one in find_mentions(text, registry))

    def load(conn: sa.Connection, since: datetime | None) -> list[int]:
        lookups = [_lookup(parse_phrase(name, Semantics.LITERAL), holds) for name in names]
        return _any_of(conn, lookups, since)

    return load


# Counting


def count(conn: sa.Connection, asked: Asked) -> Counted:
    """The papers of a series by month; frozen months as they are frozen, where nothing changed."""
    frozen, state = {}, {}
    if asked.semantics is not None and asked.kind is SeriesKind.PHRASE:
        key = (freeze_name(asked), asked.semantics.value)
        frozen = frozen_months.load_frozen(conn, *key)
        state = frozen_months.load_freeze_state(conn, *key)
    if not frozen:
        return _tally(stored.count_months(conn, asked.load(conn, None)))
    notes = tuple(_change_notes(frozen_months.load_trend_changes(conn, *key)))
    if state["papers"] != frozen_months.load_papers_state(conn) or state["rules"] != RULES:
        counted = _tally(stored.count_months(conn, asked.load(conn, None)))
        return replace(counted, notes=(*notes, *_difference_notes(frozen, counted.months)))
    end = find_next_period(max(frozen), Step.MONTH)
    since_then = stored.count_months(conn, asked.load(conn, end))
    opened = _tally([one for one in since_then if one.month >= end])
    return Counted(
        {month: one.papers for month, one in frozen.items()} | dict(opened.months),
        state["months"] + opened.by_month_only,
        state["announced"] + opened.by_day_announced,
        opened.unplaced,
        notes,
    )


def _tally(found: Sequence[stored.MonthCount]) -> Counted:
    months, kinds, unplaced = Counter[datetime](), Counter[DateKind](), 0
    for one in found:
        if one.precision in (Precision.YEAR, Precision.QUARTER):
            unplaced += one.papers
            continue
        months[one.month] += one.papers
        kinds[one.kind] += one.papers
    return Counted(
        dict(sorted(months.items())),
        kinds[DateKind.ID_MONTH],
        kinds[DateKind.ANNOUNCED],
        unplaced,
    )


def _change_notes(changes: Sequence[frozen_months.TrendChange]) -> Iterator[str]:
    for one in changes[-_MOST_NOTES:]:
        yield (
            f"{one.month:%Y-%m} was frozen at {one.before:,} and is {one.after:,} "
            f"since {one.recorded_at:%Y-%m-%d}: {one.cause}"
        )


def _difference_notes(
    frozen: Mapping[datetime, frozen_months.FrozenMonth], months: Mapping[datetime, int]
) -> Iterator[str]:
    differing = [one for one in frozen.values() if one.papers != months.get(one.month, 0)]
    for one in differing[-_MOST_NOTES:]:
        yield (
            f"{one.month:%Y-%m} was frozen at {one.papers:,} and is {months.get(one.month, 0):,} "
            "now; the next littrack update says why"
        )


def freeze_name(asked: Asked) -> str:
    """What a phrase's frozen months are kept under: case and spacing do not matter."""
    return " ".join(asked.name.lower().split())


def load_reach(conn: sa.Connection, now: datetime) -> Reach:
    """How far the library's papers go: to its newest one, or as far as a harvest read in full."""
    until, holes = stored.load_newest(conn) or BEGINNING, list[Span]()
    for source, target in stored.load_targets(conn):
        coverage = harvests.load_coverage(conn, source, target)
        coverage = [one for one in coverage if one.basis == "submitted"]
        whole = covered_spans(coverage)
        until = max([until, *(end for _, end in whole)])
        for one in coverage:
            holes += find_gaps(whole, one.start or BEGINNING, one.end)
    return Reach(now, until, tuple(join_spans(holes)))


# What stands behind a count


def list_papers(
    library: OpenLibrary, request: TrendRequest, start: datetime, end: datetime
) -> list[tuple[TrendSeries, list[Paper]]]:
    """The papers that are counted from ``start`` to before ``end``, for each series, oldest first.

    Raises:
        InputError, NotFound: as `count_trends`.
    """
    found = []
    with library.engine.connect() as conn:
        for asked in find_asked(library, request):
            ids = stored.load_between(conn, asked.load(conn, start), start, end)
            found.append((_empty(asked, request.step), load_papers_by_id(conn, ids)))
    return found


def list_changes(
    library: OpenLibrary, request: TrendRequest, *, shares: bool = False
) -> list[tuple[TrendSeries, list[ChangePoint]]]:
    """Where each series goes over to another level; of shares, relative to all papers."""
    return [
        (series, find_change_points(series.points, shares=shares))
        for series in count_trends(library, request)
    ]


def compare_averages(
    library: OpenLibrary, request: TrendRequest, moment: datetime
) -> list[tuple[TrendSeries, float | None, float | None]]:
    """Papers a day before and after a moment, for each series.

    From ``since``, or the first paper, to ``until``, or the end of what the library knows. A paper
    of which only the month is known counts on its first day.
    """
    compared = []
    with library.engine.connect() as conn:
        reach = load_reach(conn, library.now())
        last = min(reach.now, reach.until, *([request.until] if request.until else []))
        series = find_asked(library, request)
        for asked, start in zip(series, _starts(request, len(series)), strict=True):
            ids = asked.load(conn, start)
            first = start or stored.load_first(conn, ids) or moment
            before = average_per_day(stored.count_between(conn, ids, first, moment), first, moment)
            after = average_per_day(stored.count_between(conn, ids, moment, last), moment, last)
            compared.append((_empty(asked, request.step), before, after))
    return compared
