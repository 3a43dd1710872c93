"""Freeze counts: a month that is over and wholly harvested changes later only with a logged cause.

What is kept of a month is its count and the hash of its sorted arXiv ids. When the hash differs
later, the papers that changed since are looked at: those that came or went by what is known of them
must lead from the new ids back to the old hash; where they do not, the cause is "unknown".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from littrack.analysis.phrases import RULES, Phrase, parse_phrase
from littrack.analysis.trends import find_next_period, find_period, list_periods
from littrack.errors import InputError, OutputError, SettingsError, StoreLocked
from littrack.records import ChangeKind, DateKind, RunReport
from littrack.steps.opening import OpenLibrary
from littrack.steps.trends import Asked, Reach, TrendRequest, find_asked, freeze_name, load_reach
from littrack.store import frozen_months as frozen
from littrack.store import trends as stored
from littrack.store.engine import begin
from littrack.store.frozen_months import ChangedPaper, FrozenMonth, TrendChange
from littrack.trends import Semantics, SeriesKind, Step

if TYPE_CHECKING:
    import sqlalchemy as sa

PHRASES = ("language model", "large language model")  # of the survey's Figure 1
SETTLED_AFTER = timedelta(days=7)  # arXiv announces papers days after they were submitted
_MOST_NAMED = 5  # papers in a cause

Ids = Mapping[datetime, Sequence[str]]  # by month


def settled_phrases(library: OpenLibrary) -> tuple[str, ...]:
    """The phrases that are frozen with every update: survey.trends in the settings.

    Raises:
        SettingsError: it is no list of phrases.
    """
    given = library.settings.survey.get("trends", PHRASES)
    if not isinstance(given, (list, tuple)) or not all(isinstance(one, str) for one in given):
        raise SettingsError('survey.trends is a list of phrases, such as ["language model"]')
    return tuple(given)


def freeze_trends(library: OpenLibrary) -> RunReport:
    """Freeze the complete months of the settings' phrases; the report counts what became of them.

    Raises:
        SettingsError: survey.trends cannot be read.
        StoreLocked, OutputError: the library cannot be written.
    """
    try:
        request = TrendRequest(phrases=settled_phrases(library))
        asked = find_asked(library, request) if request.phrases else []
    except InputError as exc:
        raise SettingsError(f"survey.trends: {exc}") from exc
    return _freeze(library, asked)


def keep_counts(library: OpenLibrary, request: TrendRequest) -> RunReport | None:
    """Freeze what a request counted, so that the next one is fast; None where it cannot be written.

    A library that is read-only, or being written, is left as it is.
    """
    asked = [one for one in find_asked(library, request) if one.kind is SeriesKind.PHRASE]
    with library.engine.connect() as conn:
        asked = [one for one in asked if not is_fresh(conn, one)]
    if not asked:
        return None
    try:
        return _freeze(library, asked)
    except (OutputError, StoreLocked):
        return None


def is_fresh(conn: sa.Connection, asked: Asked) -> bool:
    """Whether a phrase is frozen and no paper has changed since."""
    state = frozen.load_freeze_state(conn, *_key(asked))
    return state["rules"] == RULES and state["papers"] == frozen.load_papers_state(conn)


def _key(asked: Asked) -> tuple[str, str]:
    return freeze_name(asked), (asked.semantics or Semantics.LITERAL).value


def _freeze(library: OpenLibrary, asked: Sequence[Asked]) -> RunReport:
    counts = {"phrases": len(asked), "months": 0, "changed": 0}
    warnings: list[str] = []
    if not asked:
        return RunReport("trends", counts)
    now = library.now()
    with library.writing("littrack trends"), begin(library.engine) as conn:
        reach = load_reach(conn, now)
        for one in asked:
            months, changes = _freeze_phrase(conn, one, reach)
            counts["months"] += months
            counts["changed"] += len(changes)
            warnings += [
                f"{one.name}, {change.month:%Y-%m}: {change.before:,} -> {change.after:,} "
                f"({change.cause})"
                for change in changes
            ]
    return RunReport("trends", counts, warnings=tuple(warnings))


def _freeze_phrase(
    conn: sa.Connection, asked: Asked, reach: Reach
) -> tuple[int, list[TrendChange]]:
    """Freeze the months of one phrase: how many are new, and which were counted otherwise."""
    key, ids = _key(asked), asked.load(conn, None)
    known = frozen.load_frozen(conn, *key)
    months = _complete_months(conn, ids, known, reach)
    fresh = {
        month: FrozenMonth(month, len(found), frozen.hash_ids(found), reach.now)
        for month, found in months.items()
    }
    changed = [m for m, one in known.items() if m in fresh and one.sha256 != fresh[m].sha256]
    changes: list[TrendChange] = []
    if changed:
        phrase = parse_phrase(asked.name, asked.semantics or Semantics.LITERAL)
        since = min(known[month].frozen_at for month in changed)
        papers = frozen.load_changed_papers(conn, since)
        for month in changed:
            cause = find_cause(phrase, months[month], known[month], papers)
            before, after = known[month].papers, fresh[month].papers
            changes.append(TrendChange(*key, month, before, after, cause, reach.now))
    added = [one for month, one in fresh.items() if month not in known or month in changed]
    frozen.save_frozen(conn, *key, added)
    frozen.save_trend_changes(conn, changes)
    frozen.save_freeze_state(conn, *key, _state(conn, ids, fresh))
    return len(added) - len(changed), changes


def _complete_months(
    conn: sa.Connection, ids: Sequence[int], known: Mapping[datetime, object], reach: Reach
) -> dict[datetime, list[str]]:
    """The arXiv ids of every month from the first paper's to the last that can be frozen."""
    found = stored.load_months(conn, ids, find_period(reach.now, Step.MONTH))
    complete: dict[datetime, list[str]] = {}
    first = min((*found, *known), default=None)
    for month in list_periods(first, reach.now, Step.MONTH) if first else []:
        end = find_next_period(month, Step.MONTH)
        settled = end + SETTLED_AFTER <= reach.now and not reach.is_partial(month, end)
        if not settled and month not in known:
            break
        complete[month] = found.get(month, [])
    return complete


def _state(
    conn: sa.Connection, ids: Sequence[int], fresh: Mapping[datetime, object]
) -> dict[str, int]:
    inside = [one for one in stored.count_months(conn, ids) if one.month in fresh]
    return {
        "papers": frozen.load_papers_state(conn),
        "rules": RULES,
        "months": sum(one.papers for one in inside if one.kind is DateKind.ID_MONTH),
        "announced": sum(one.papers for one in inside if one.kind is DateKind.ANNOUNCED),
    }


# Why a frozen month is another


def find_cause(
    phrase: Phrase, ids: Sequence[str], was: FrozenMonth, papers: Sequence[ChangedPaper]
) -> str:
    """What leads from the hash of a frozen month to the ids it has now.

    Args:
        phrase: What is counted.
        ids: The arXiv ids of the month now.
        was: The month as it was frozen.
        papers: Those that changed since the freezing.
    """
    tries = [_go_back(phrase, set(ids), was, papers, presumed=one) for one in (True, False)]
    for earlier, causes in tries:
        if frozen.hash_ids(earlier) == was.sha256:
            return _named(causes)
    earlier, causes = tries[-1]
    for paper in papers:  # a date that changed leaves no trace but this
        if frozen.hash_ids(earlier ^ {paper.arxiv_id}) == was.sha256:
            return _named(causes | {paper.arxiv_id: ChangeKind.METADATA.value})
    return f"unknown; {_named(causes)}" if causes else "unknown"


def _go_back(
    phrase: Phrase,
    now: set[str],
    was: FrozenMonth,
    papers: Sequence[ChangedPaper],
    *,
    presumed: bool,
) -> tuple[set[str], dict[str, str]]:
    """The ids that a month had, as far as can be told, and why each that differs does.

    That a paper is withdrawn is often known without the day; `presumed`: it has been since then.
    """
    earlier, causes = set(now), dict[str, str]()
    for paper in papers:
        held = _held(phrase, paper, was) and (presumed or not paper.was_withdrawn)
        if held and paper.arxiv_id not in now and _is_in(paper, was):
            earlier.add(paper.arxiv_id)
            causes[paper.arxiv_id] = _why_gone(paper)
        elif not held and paper.arxiv_id in now:
            earlier.discard(paper.arxiv_id)
            causes[paper.arxiv_id] = "late paper" if paper.is_new else _why_changed(paper)
    return earlier, causes


def _is_in(paper: ChangedPaper, month: FrozenMonth) -> bool:
    return find_period(paper.published, Step.MONTH) == month.month


def _held(phrase: Phrase, paper: ChangedPaper, was: FrozenMonth) -> bool:
    """Whether its text counted when the month was frozen, as far as that can be told."""
    if paper.first_seen_at > was.frozen_at:
        return False
    return phrase.is_in(paper.earlier_title) or phrase.is_in(paper.earlier_abstract)


def _why_gone(paper: ChangedPaper) -> str:
    if paper.is_deleted:
        return ChangeKind.DELETED.value
    if paper.withdrawn:
        return ChangeKind.WITHDRAWN.value
    return _why_changed(paper)


def _why_changed(paper: ChangedPaper) -> str:
    is_newer = (paper.version or 0) > (paper.earlier_version or 0)
    if is_newer or ChangeKind.VERSION.value in paper.reported:
        return ChangeKind.VERSION.value
    return ChangeKind.METADATA.value


def _named(causes: Mapping[str, str]) -> str:
    """``late paper 2201.00001, 2201.00007; withdrawn 2201.00002``."""
    return "; ".join(_listed(causes)) or "unknown"


def _listed(causes: Mapping[str, str]) -> Iterator[str]:
    for cause in dict.fromkeys(causes.values()):
        ids = [arxiv_id for arxiv_id, why in causes.items() if why == cause]
        more = f" and {len(ids) - _MOST_NAMED} more" if len(ids) > _MOST_NAMED else ""
        yield f"{cause} {', '.join(ids[:_MOST_NAMED])}{more}"
