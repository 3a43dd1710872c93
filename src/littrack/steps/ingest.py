"""Ingest papers from arXiv: counted, resumable, complete or said to be incomplete."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from littrack.errors import InputError, LittrackError, SourceError
from littrack.records import Progress, Rejection, RunReport, Window, no_progress
from littrack.steps.opening import OpenLibrary
from littrack.store import runs
from littrack.store.engine import begin
from littrack.store.saving import save_papers

if TYPE_CHECKING:
    from littrack.sources.harvest import HarvestPage
    from littrack.sources.http import CheckedHttp

OnWait = Callable[[float, str], None]

# arXiv announces papers days after they were submitted, moderation holds some for weeks: a
# subscription reads this much of the past again each time (facts: arXiv help, "availability").
LOOK_BACK = timedelta(days=7)
# Archives that are categories themselves (arXiv's category taxonomy).
UNDIVIDED = frozenset(
    ("gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th", "math-ph", "nucl-ex", "nucl-th", "quant-ph")
)
NO_OAI = "OAI-PMH comes with a later version of littrack; the papers were pulled through the API"


@dataclass(frozen=True, slots=True)
class IngestRequest:
    """What to ask arXiv for: papers of a query and categories, in a span; or papers by id."""

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


@dataclass(slots=True)
class _Tally:
    counts: Counter[str] = field(default_factory=Counter)
    rejections: list[Rejection] = field(default_factory=list)
    warnings: dict[str, None] = field(default_factory=dict)  # in order, each once
    complete: bool = True


def subscription_requests(library: OpenLibrary) -> list[IngestRequest]:
    """What the subscriptions of littrack.toml ask for, each from where its last run stopped."""
    requests = []
    for subscription in library.settings.subscriptions:
        request = IngestRequest(
            queries=(subscription.query,) if subscription.query else (),
            categories=subscription.categories,
            ids=subscription.ids,
            via=subscription.via,
            name=subscription.name,
        )
        requests.append(replace(request, since=_last_success(library, request)))
    return requests


def _last_success(library: OpenLibrary, request: IngestRequest) -> datetime | None:
    with library.engine.connect() as conn:
        started = runs.load_last_success(conn, "api", f"{request.name}: ")
    return None if started is None else started - LOOK_BACK


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
    of being waited out for up to half an hour. ``complete`` is False when arXiv's own count and
    what it delivered do not agree, or an id was not found.

    Raises:
        InputError: nothing is asked for, or arXiv cannot answer it as meant.
        SourceError: arXiv did not answer acceptably; what came before is stored.
    """
    if not request.ids and not request.query:
        raise InputError(
            "nothing to ingest: give --query, --category or --ids, or name subscriptions in "
            "littrack.toml (see: littrack init)"
        )
    _check_categories(request.categories)
    with library.writing(f"littrack ingest {request.target}"):
        with begin(library.engine) as conn:
            run = runs.save_run_start(conn, "api", request.target, library.now())
        warnings = {} if request.via == "api" else {NO_OAI: None}
        tally = _Tally(
            Counter(run.counts),
            complete=not run.counts.get("incomplete windows"),
            warnings=warnings,
        )
        try:
            with _open_http(library, on_wait, patient) as http:
                for page in _pages(library, http, request, run, patient):
                    _save_page(library, run.id, page, tally)
                    expected = tally.counts["expected"] or None
                    progress("ingesting", tally.counts["received"], expected)
        except (SourceError, InputError) as exc:
            _stop(library, run.id, tally, exc, patient)
            raise
        _end(library, run.id, tally)
    names = ("received", "new", "updated", "unchanged", "older", "rejected")
    return RunReport(
        f"ingest {request.target}",
        {name: tally.counts[name] for name in names},
        tuple(tally.rejections),
        tuple(tally.warnings),
        tally.complete and not tally.rejections,
    )


def _check_categories(categories: Iterable[str]) -> None:
    """Refuse an archive where a category is meant: arXiv would find nothing, without a word."""
    for category in categories:
        if "." not in category and category not in UNDIVIDED:
            raise InputError(
                f"{category!r} is not an arXiv category: write {category}.* for the whole archive, "
                f"or one of its categories, such as cs.CL"
            )


def ingest_subscriptions(
    library: OpenLibrary, *, progress: Progress = no_progress, on_wait: OnWait | None = None
) -> list[RunReport]:
    """All subscriptions of littrack.toml, one after the other; one that fails stops no other."""
    reports = []
    for request in subscription_requests(library):
        try:
            reports.append(ingest(library, request, progress=progress, on_wait=on_wait))
        except (SourceError, InputError) as exc:
            name = f"ingest {request.target}"
            reports.append(RunReport(name, warnings=(str(exc),), complete=False))
    return reports


def _open_http(library: OpenLibrary, on_wait: OnWait | None, patient: bool) -> CheckedHttp:
    from littrack.sources.http import CheckedHttp, HttpOptions
    from littrack.sources.limiter import Limiter, SystemClock

    clock, settings = SystemClock(), library.settings
    limiter = Limiter(library.state_folder, settings.arxiv.delay_seconds, clock)
    options = HttpOptions(
        contact=settings.arxiv.contact,
        offline=settings.offline,
        quarantine=library.state_folder / "quarantine",
        on_wait=on_wait,
        retries=HttpOptions().retries if patient else 0,
    )
    return CheckedHttp(limiter, clock, options)


def _pages(
    library: OpenLibrary,
    http: CheckedHttp,
    request: IngestRequest,
    run: runs.Run,
    patient: bool,
) -> Iterator[HarvestPage]:
    from littrack.sources.arxiv_api import ApiOptions, fetch_ids, fetch_window
    from littrack.sources.arxiv_windows import Checkpoint, plan_window

    url = library.settings.arxiv.api_url
    if request.ids:
        return fetch_ids(http, url, request.ids)
    saved = (run.checkpoint or {}).get("harvest")
    if saved:
        checkpoint = Checkpoint.from_json(saved)
    else:
        window = Window(request.since, request.until)
        checkpoint = plan_window(request.query, window, library.now())
    options = ApiOptions() if patient else ApiOptions(zero_waits_seconds=())
    return fetch_window(http, url, checkpoint, options)


def _save_page(library: OpenLibrary, run_id: int, page: HarvestPage, tally: _Tally) -> None:
    """The papers, the answer's mark in the ledger and the checkpoint: all or nothing."""
    counts = tally.counts
    with begin(library.engine) as conn:
        saved = save_papers(conn, page.papers, library.now())
        counts["received"] += len(page.papers)
        counts["new"] += saved.new
        counts["updated"] += saved.updated
        counts["unchanged"] += saved.unchanged
        counts["older"] += saved.older
        counts["rejected"] += len(page.rejections)
        if page.start == 0:
            counts["expected"] += page.total or 0
        if not page.complete:
            counts["incomplete windows"] += 1
        if page.url:
            runs.save_response(conn, run_id, _response(library, page))
        checkpoint: dict[str, Any] = {"harvest": page.checkpoint} if page.checkpoint else {}
        runs.save_run_progress(conn, run_id, checkpoint, counts)
    tally.rejections += page.rejections
    tally.warnings |= dict.fromkeys(page.warnings)
    tally.complete = tally.complete and page.complete


def _response(library: OpenLibrary, page: HarvestPage) -> dict[str, Any]:
    return {
        "url": page.url,
        "status": page.status,
        "sha256": bytes.fromhex(page.sha256),
        "entries": page.entries,
        "total": page.total,
        "fetched_at": library.now(),
    }


def _end(library: OpenLibrary, run_id: int, tally: _Tally) -> None:
    complete = tally.complete and not tally.rejections
    note = "; ".join(tally.warnings) or None
    with begin(library.engine) as conn:
        status = "complete" if complete else "incomplete"
        runs.save_run_end(conn, run_id, status, library.now(), note)


def _stop(
    library: OpenLibrary, run_id: int, tally: _Tally, exc: LittrackError, patient: bool
) -> None:
    """The source ended the run; the next one goes on. A wrong question or a mere try is forgot."""
    with begin(library.engine) as conn:
        merely_asked = isinstance(exc, InputError) or not patient
        if merely_asked and not tally.counts["received"]:
            runs.delete_run(conn, run_id)
        else:
            status = "stopped" if isinstance(exc, SourceError) else "failed"
            runs.save_run_end(conn, run_id, status, library.now(), str(exc))
