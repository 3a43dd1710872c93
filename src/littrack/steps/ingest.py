"""Ingest papers from arXiv: counted, resumable, complete or said to be incomplete."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from littrack.errors import InputError, RateLimited, SourceError
from littrack.records import (
    Change,
    ChangeKind,
    Progress,
    Rejection,
    RunReport,
    no_progress,
)
from littrack.steps.asking import OnWait, at_recorded_time, open_http
from littrack.steps.harvest_plan import BEGINNING, Plan, day_of, make_plan
from littrack.steps.opening import OpenLibrary
from littrack.store import harvests, runs
from littrack.store.engine import begin
from littrack.store.papers import load_submission_times
from littrack.store.saving import save_papers
from littrack.store.tombstones import load_missing, save_deletions, save_revivals

if TYPE_CHECKING:
    from littrack.sources.harvest import HarvestPage
    from littrack.sources.http import CheckedHttp
    from littrack.sources.oai.records import OaiHeader

# Archives that are categories themselves (arXiv's category taxonomy).
UNDIVIDED = frozenset(
    ("gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th", "math-ph", "nucl-ex", "nucl-th", "quant-ph")
)
COUNTS = ("received", "new", "updated", "unchanged", "older", "deleted", "rejected")
DATESTAMPS = (
    "OAI-PMH lists by day of last change: papers submitted in that span and changed after it are "
    "not in this harvest; --via api asks by day of submission"
)
EMPTY_AT_MOST = timedelta(days=30)  # a category without a paper for longer is not believed
_IDS_AT_ONCE = 100
_KEPT_WARNINGS = 100


@dataclass(frozen=True, slots=True)
class IngestRequest:
    """What to ask arXiv for: papers of a query and categories, in a span; or papers by id.

    ``since`` and ``until`` count by first submission through the query API and by last change
    through OAI-PMH. A request with a ``name`` is a subscription: it goes on from its last run.
    """

    queries: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None  # exclusive
    via: str = "api"
    name: str = ""

    @property
    def query(self) -> str:
        """One arXiv query: any of the queries, and in any of the categories."""
        groups = (self.queries, tuple(f"cat:{category}" for category in self.categories))
        return " AND ".join(_any_of(group) for group in groups if group)

    @property
    def target(self) -> str:
        """What the ledger knows this request by; the same words resume it."""
        span = f" since {self.since:%Y-%m-%d}" if self.since else ""
        span += f" until {self.until:%Y-%m-%d}" if self.until else ""
        what = f"ids {','.join(self.ids)}" if self.ids else self.query + span
        return f"{self.name}: {what}" if self.name else what


def _any_of(queries: tuple[str, ...]) -> str:
    """One query that any of these satisfies; arXiv knows no precedence, so all is in brackets."""
    if len(queries) == 1:
        return queries[0] if queries[0].startswith("cat:") else f"({queries[0]})"
    return "(" + " OR ".join(f"({query})" for query in queries) + ")"


def subscription_requests(library: OpenLibrary) -> list[IngestRequest]:
    """What the subscriptions of littrack.toml ask for."""
    return [
        IngestRequest(
            queries=(subscription.query,) if subscription.query else (),
            categories=subscription.categories,
            ids=subscription.ids,
            via=subscription.via,
            name=subscription.name,
        )
        for subscription in library.settings.subscriptions
    ]


def ingest_subscriptions(
    library: OpenLibrary, *, progress: Progress = no_progress, on_wait: OnWait | None = None
) -> list[RunReport]:
    """All subscriptions of littrack.toml, one after the other; one that fails stops no other.

    When one service of arXiv asks to slow down, the other subscriptions of that service wait for
    the next run.

    Raises:
        SourceError, InputError: every subscription failed; the first one's reason.
    """
    library = at_recorded_time(library)  # one moment for all, as a replay will have it
    reports: list[RunReport] = []
    failures: list[SourceError | InputError] = []
    limited: dict[str, RateLimited] = {}
    requests = subscription_requests(library)
    for request in requests:
        try:
            if request.via in limited:
                raise limited[request.via]
            reports.append(ingest(library, request, progress=progress, on_wait=on_wait))
        except (SourceError, InputError) as exc:
            if isinstance(exc, RateLimited):
                limited[request.via] = exc
            failures.append(exc)
            name = f"ingest {request.target}"
            reports.append(RunReport(name, warnings=(str(exc),), complete=False))
    if failures and len(failures) == len(requests):
        names = ", ".join(request.name for request in requests)
        raise type(failures[0])(f"subscription {names}: {failures[0]}") from failures[0]
    return reports


def ingest(
    library: OpenLibrary,
    request: IngestRequest,
    *,
    progress: Progress = no_progress,
    on_wait: OnWait | None = None,
    patient: bool = True,
) -> RunReport:
    """Pull what the request asks for and store it page by page with its checkpoint.

    A run that was stopped goes on where it was. Unless `patient`, the first refusal ends it instead
    of being waited out for up to half an hour. ``complete`` is False when arXiv's own count or
    listing and what it delivered do not agree, or a record could not be read or found.

    Raises:
        InputError: nothing is asked for, or arXiv cannot answer it as meant.
        SourceError: arXiv did not answer acceptably; what came before is stored.
    """
    _check_request(request)
    library = at_recorded_time(library)
    with (
        library.writing(f"littrack ingest {request.target}"),
        open_http(library, on_wait, patient) as http,
    ):
        with begin(library.engine) as conn:
            run = runs.save_run_start(conn, request.via, request.target, library.now())
        harvest = _Harvest(library, request, http, run, patient)
        try:
            harvest.begin()
            for pages in harvest.pages():
                harvest.save(pages)
                progress(*harvest.position(pages[-1]))
        except (SourceError, InputError, KeyboardInterrupt) as exc:
            harvest.stop(exc)
            raise
        harvest.end()
    return harvest.report()


def load_changes(library: OpenLibrary, run_id: int) -> tuple[list[Change], dict[ChangeKind, int]]:
    """What a run changed, but for the new papers; and how many changes of each kind it made."""
    kinds = [kind for kind in ChangeKind if kind is not ChangeKind.NEW]
    with library.engine.connect() as conn:
        return harvests.load_changes(conn, run_id, kinds), harvests.count_changes(conn, run_id)


def _check_request(request: IngestRequest) -> None:
    if not request.ids and not request.query:
        raise InputError(
            "nothing to ingest: give --query, --category or --ids, or name subscriptions in "
            "littrack.toml (see: littrack init)"
        )
    if request.via == "oai" and request.queries:
        raise InputError(
            "OAI-PMH lists whole categories and knows no queries: use --via api for a query"
        )
    _check_categories(request.categories)


def _check_categories(categories: Iterable[str]) -> None:
    """Refuse an archive where a category is meant: arXiv would find nothing, without a word."""
    for category in categories:
        if "." not in category and category not in UNDIVIDED:
            raise InputError(
                f"{category!r} is not an arXiv category: write {category}.* for the whole archive, "
                f"or one of its categories, such as cs.CL"
            )


class _Harvest:
    """One run: what it reads, what it has counted, and how each page is stored."""

    def __init__(
        self,
        library: OpenLibrary,
        request: IngestRequest,
        http: CheckedHttp,
        run: runs.Run,
        patient: bool,
    ) -> None:
        self.library, self.request, self.http, self.run = library, request, http, run
        self.patient = patient
        self.counts: Counter[str] = Counter(run.counts)
        self.state: dict[str, Any] = dict(run.checkpoint or {})
        self.rejections: list[Rejection] = []
        self.warnings: dict[str, None] = dict.fromkeys(self.state.get("warnings", ()))
        self.plan = Plan("once")

    def begin(self) -> None:
        """Decide what to read, or take up what was decided."""
        with begin(self.library.engine) as conn:
            if "plan" not in self.state:
                self.state["plan"] = make_plan(conn, self.request, self.library.now()).to_json()
                runs.save_run_progress(conn, self.run.id, self.state, self.counts)
        self.plan = Plan.from_json(self.state["plan"])
        if self.request.via == "oai" and self.request.until:
            self.warnings[DATESTAMPS] = None

    def pages(self) -> Iterator[list[HarvestPage]]:
        """What is left to read; the pages of one list belong into one transaction."""
        if self.request.ids:
            return self._pages_of_ids()
        if self.request.via == "oai":
            return ([page] for page in self._pages_of_sets())
        return ([page] for page in self._pages_of_windows())

    def _pages_of_ids(self) -> Iterator[list[HarvestPage]]:
        from littrack.sources.oai.harvest import fetch_records
        from littrack.sources.query_api.harvest import fetch_ids

        url, ids = self.library.settings.arxiv, self.request.ids
        for done in range(self.state.get("ids done", 0), len(ids), _IDS_AT_ONCE):
            batch = ids[done : done + _IDS_AT_ONCE]
            if self.request.via == "oai":
                pages = list(fetch_records(self.http, url.oai_url, batch))
            else:
                pages = list(fetch_ids(self.http, url.api_url, batch))
            self.state["ids done"] = done + len(batch)
            yield pages

    def _pages_of_windows(self) -> Iterator[HarvestPage]:
        from littrack.sources.query_api.harvest import ApiOptions, fetch_window
        from littrack.sources.query_api.windows import Checkpoint, plan_windows

        if "harvest" in self.state:
            checkpoint = Checkpoint.from_json(self.state["harvest"])
        else:  # counted from the start of the run, so that a run taken up again asks the same
            started = self.run.started_at
            checkpoint = plan_windows(self.request.query, self.plan.windows, started)
        options = ApiOptions() if self.patient else ApiOptions(zero_waits_seconds=())
        url = self.library.settings.arxiv.api_url
        return fetch_window(self.http, url, checkpoint, options)

    def _pages_of_sets(self) -> Iterator[HarvestPage]:
        from littrack.sources.oai.checkpoint import OaiCheckpoint, plan_sets
        from littrack.sources.oai.harvest import fetch_sets

        url = self.library.settings.arxiv.oai_url
        for number, part in enumerate(self.plan.parts):
            if number < self.state.get("part", 0):
                continue
            if self.state.get("part") == number and "harvest" in self.state:
                checkpoint = OaiCheckpoint.from_json(self.state["harvest"])
            else:
                checkpoint = plan_sets(
                    (part.set_name,),
                    _day(part.since),
                    _day(self.plan.until - timedelta(days=1)) if self.plan.until else None,
                    _day(part.list_since or BEGINNING),
                )
            self.state["part"] = number
            yield from fetch_sets(self.http, url, checkpoint, self._missing)

    def _missing(self, headers: Iterable[OaiHeader]) -> list[OaiHeader]:
        """Those that the library does not hold as arXiv lists them; all before it is stored."""
        listed = {(h.arxiv_id, h.datestamp, h.deleted): h for h in headers}
        with self.library.engine.connect() as conn:
            return [listed[entry] for entry in load_missing(conn, list(listed))]

    def save(self, pages: list[HarvestPage]) -> None:
        """The papers, the answers' marks in the ledger and the checkpoint: all or nothing."""
        now = self.library.now()
        with begin(self.library.engine) as conn:
            for page in pages:
                self._save_records(conn, page, now)
                self._save_marks(conn, page, now)
            if pages[-1].checkpoint:
                self.state["harvest"] = pages[-1].checkpoint
            self.state["warnings"] = list(self.warnings)[:_KEPT_WARNINGS]
            runs.save_run_progress(conn, self.run.id, self.state, self.counts)

    def _save_records(self, conn: Any, page: HarvestPage, now: datetime) -> None:
        saved = save_papers(conn, page.papers, now)
        save_revivals(conn, page.papers)
        deletions = [(gone.arxiv_id, gone.modified) for gone in page.deletions]
        changes = [*saved.changes, *save_deletions(conn, deletions, now)]
        submitted = {paper.arxiv_id: paper.published.value for paper in page.papers}
        late_before = self.plan.late_before
        changes = [_late(change, submitted.get(change.arxiv_id), late_before) for change in changes]
        harvests.save_changes(conn, self.run.id, changes)
        self.counts["received"] += len(page.papers)
        self.counts["new"] += saved.new
        self.counts["updated"] += saved.updated
        self.counts["unchanged"] += saved.unchanged
        self.counts["older"] += saved.older
        self.counts["deleted"] += sum(c.kind is ChangeKind.DELETED for c in changes)

    def _save_marks(self, conn: Any, page: HarvestPage, now: datetime) -> None:
        self.counts["rejected"] += len(page.rejections)
        self.counts["pages"] += bool(page.url)
        self.state["in span"] = self.state.get("in span", 0) + len(page.papers)
        if page.last and not self.request.ids:
            page = self._doubted(conn, page)
            self.counts["expected"] += page.total or 0
            self.counts["incomplete windows"] += not page.complete
            harvests.save_coverage(conn, self.run.id, self._coverage(page, now))
            self.state["in span"] = 0
        if page.url:
            runs.save_response(conn, self.run.id, _response(page, now))
        harvests.save_rejections(conn, self.run.id, page.rejections, now)
        self.rejections += page.rejections
        self.warnings |= dict.fromkeys(page.warnings)

    def _doubted(self, conn: Any, page: HarvestPage) -> HarvestPage:
        """A span of a category that arXiv says is empty, though that cannot be, is not whole."""
        start, end = page.window.start, page.window.end
        if page.total != 0 or self.request.queries or start is None or end is None:
            return page
        held = len(load_submission_times(conn, self.request.categories, start, end))
        if not held and end - start < EMPTY_AT_MOST:
            return page
        known = (
            f"the library holds {held} papers of it" if held else "no category is silent so long"
        )
        warning = (
            f"{start:%Y-%m-%d} to {end:%Y-%m-%d}: arXiv says there is nothing, {known}: INCOMPLETE"
        )
        return replace(page, complete=False, warnings=(*page.warnings, warning))

    def _coverage(self, page: HarvestPage, now: datetime) -> harvests.Coverage:
        """The span that ended with this page, as far as there was time by arXiv's own clock."""
        if self.request.via == "oai":
            start = self.plan.parts[self.state["part"]].list_since
            basis, end = "modified", day_of(page.window.end or page.asked_at or now)
        else:
            start, basis = page.window.start, "submitted"
            end = min(time for time in (page.window.end, page.asked_at, now) if time)
        papers = self.state["in span"] if page.total is None else page.total
        return harvests.Coverage(page.part, basis, start, end, papers, page.complete)

    def position(self, page: HarvestPage) -> tuple[str, float, float | None]:
        """How far the run is, for a progress bar."""
        what, received = f"ingesting {self.request.name or page.part}".strip(), self.counts
        if self.request.ids:
            return what, self.state.get("ids done", 0), len(self.request.ids)
        if page.reached is not None and not page.last:
            what += f", changes of {page.reached:%Y-%m-%d}"
        left = page.remaining
        return what, received["received"], None if left is None else received["received"] + left

    def stop(self, exc: BaseException) -> None:
        """The run ends early; the next one goes on. A wrong question or mere try is forgotten."""
        with begin(self.library.engine) as conn:
            merely_asked = isinstance(exc, InputError) or not self.patient
            if merely_asked and not self.counts["received"]:
                runs.delete_run(conn, self.run.id)
                return
            interrupted = isinstance(exc, KeyboardInterrupt)
            status = "failed" if isinstance(exc, InputError) else "stopped"
            note = "interrupted by hand" if interrupted else str(exc)
            runs.save_run_end(conn, self.run.id, status, self.library.now(), note)

    @property
    def complete(self) -> bool:
        """Whether all that was asked for came and could be read."""
        return not self.counts["incomplete windows"] and not self.counts["rejected"]

    def end(self) -> None:
        """Close the run in the ledger."""
        status = "complete" if self.complete else "incomplete"
        note = "; ".join(self.warnings) or None
        with begin(self.library.engine) as conn:
            runs.save_run_end(conn, self.run.id, status, self.library.now(), note)

    def report(self) -> RunReport:
        """What the run did, for the person."""
        return RunReport(
            f"ingest {self.request.target}",
            {name: self.counts[name] for name in COUNTS},
            tuple(self.rejections),
            tuple(self.warnings),
            self.complete,
            self.run.id,
        )


def _day(time: datetime | None) -> date | None:
    return None if time is None else time.date()


def _late(change: Change, submitted: datetime | None, late_before: datetime | None) -> Change:
    """A new paper that an earlier run should have seen, had it been announced then."""
    if change.kind is not ChangeKind.NEW or late_before is None or submitted is None:
        return change
    if submitted >= late_before:
        return change
    return replace(change, kind=ChangeKind.LATE, detail=f"submitted {submitted:%Y-%m-%d}")


def _response(page: HarvestPage, now: datetime) -> dict[str, Any]:
    return {
        "url": page.url,
        "status": page.status,
        "sha256": bytes.fromhex(page.sha256),
        "entries": page.entries,
        "total": page.total,
        "fetched_at": now,
    }
