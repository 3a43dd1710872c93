"""How the library stands: what it holds, how fresh and complete it is, what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from littrack.errors import IndexError_, IndexMissing, LittrackError, NotFound
from littrack.records import Change, Rejection
from littrack.sources.quarantine import read_quarantine
from littrack.steps import index
from littrack.steps.curate import count_waiting
from littrack.steps.opening import OpenLibrary
from littrack.steps.sources import load_sources
from littrack.store import claims, harvests, papers, runs, schema, vectors
from littrack.store.notes import count_notes
from littrack.vector_index import read_manifest

SHOWN = 5  # of refused answers and unreadable records, in the doctor's list


@dataclass(frozen=True, slots=True)
class Status:
    """Counts and freshness; `hints` say what to do next, most urgent first."""

    papers: int
    versions: int  # versions whose text is known
    withdrawn: int
    embedded: int
    indexed: int
    notes: int
    claims: int  # about models, in force
    to_review: int  # papers that may release a model
    model: str
    library: str
    sources: tuple[Mapping[str, Any], ...]
    hints: tuple[str, ...]


def load_status(library: OpenLibrary) -> Status:
    """Read it all from SQL and the index's manifest; changes nothing."""
    identity = library.passage_identity
    with library.engine.connect() as conn:
        counts = papers.count_papers(conn)
        encoder_id = vectors.load_encoder_id(conn, identity)
        embedded = vectors.count_vectors(conn, encoder_id)
        states = index.load_states(conn, encoder_id or 0)
        claimed = sum(claims.load_origins(conn).values())
        held_notes = count_notes(conn)
    to_review = count_waiting(library)
    sources = load_sources(library)
    try:
        manifest = read_manifest(library.index_folder, identity)
        indexed, behind = manifest.count, (manifest.vectors_state, manifest.papers_state) != states
    except IndexError_:
        indexed, behind = 0, bool(counts["papers"])
    return Status(
        papers=counts["papers"],
        versions=counts["versions"],
        withdrawn=counts["withdrawn"],
        embedded=embedded,
        indexed=indexed,
        notes=held_notes,
        claims=claimed,
        to_review=to_review,
        model=f"{identity.model}@{identity.revision[:12]}",
        library=str(library.folder),
        sources=tuple(sources),
        hints=(*_hints(counts["papers"], embedded, behind, sources), *_review_hint(to_review)),
    )


def _review_hint(to_review: int) -> Iterator[str]:
    if to_review:
        papers_ = "paper may release a model" if to_review == 1 else "papers may release models"
        yield f"{to_review:,} {papers_}. Decide: littrack models review"


def _hints(
    held: int, embedded: int, behind: bool, sources: list[Mapping[str, Any]]
) -> Iterator[str]:
    if not held:
        yield (
            "the library is empty. Fill it with: littrack quickstart, littrack import FILE, or "
            "littrack ingest --category cs.CL --since 2024-01"
        )
    for source in sources:
        if source["state"] in runs.UNFINISHED:
            yield f"{source['name']} was interrupted: run the same command again to go on"
        elif source["state"] == "never run":
            yield f"subscription {source['subscription']} has not run yet. Run: littrack ingest"
        elif not source["complete"]:
            yield f"{source['name']} is incomplete: run it again, or see littrack doctor"
        elif source["stale"]:
            yield f"{source['name']} is stale. Run: littrack ingest"
    if embedded < held or behind:
        yield "the index is behind the papers. Run: littrack update --no-ingest"


@dataclass(frozen=True, slots=True)
class RunDetails:
    """One run of the ledger: what it asked for, counted, changed and could not read."""

    run: runs.Run
    changes: tuple[Change, ...]
    titles: Mapping[str, str]  # of the changed papers, by arXiv id
    coverage: tuple[harvests.Coverage, ...]
    rejections: tuple[Rejection, ...]


def load_run_details(library: OpenLibrary, run_id: int | None = None) -> RunDetails:
    """A run by its number, or the newest harvest.

    Raises:
        NotFound: there is none.
    """
    with library.engine.connect() as conn:
        run = runs.load_newest_harvest(conn) if run_id is None else runs.load_run(conn, run_id)
        if run is None:
            which = "no harvest yet" if run_id is None else f"no run {run_id}"
            raise NotFound(f"the ledger holds {which}; littrack status lists the newest runs")
        changes = harvests.load_changes(conn, run.id)
        titles = papers.load_titles(conn, [change.arxiv_id for change in changes])
        return RunDetails(
            run,
            tuple(changes),
            titles,
            tuple(harvests.load_coverage_of_run(conn, run.id)),
            tuple(harvests.load_rejections(conn, run.id)),
        )


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    level: Literal["ok", "warning", "error"]
    what: str
    advice: str = ""


def examine(library: OpenLibrary) -> list[Finding]:
    """Look at everything that can be wrong with a library; changes nothing."""
    checks = (_database, _encoder, _index, _sources_health, _quarantine)
    findings: list[Finding] = []
    for check in checks:
        findings += _safely(check, library)
    return findings


def _safely(check: Callable[[OpenLibrary], list[Finding]], library: OpenLibrary) -> list[Finding]:
    try:
        return check(library)
    except LittrackError as exc:
        return [Finding("error", str(exc))]


def _database(library: OpenLibrary) -> list[Finding]:
    problems = [*schema.differences(library.engine), *schema.damage(library.engine)]
    if problems:
        advice = "restore the database from a backup, or import again into a new library"
        return [Finding("error", f"database: {problem}", advice) for problem in problems]
    with library.engine.connect() as conn:
        held = papers.count_papers(conn)["papers"]
    return [Finding("ok", f"database: schema {schema.HEAD}, sound, {held} papers")]


def _encoder(library: OpenLibrary) -> list[Finding]:
    identity = library.passage_identity
    what = f"encoder: {identity.model}@{identity.revision[:12]}, {identity.dimension} dimensions"
    return [Finding("ok", what)]


def _index(library: OpenLibrary) -> list[Finding]:
    try:
        report = index.verify(library)
    except IndexMissing:
        with library.engine.connect() as conn:
            held = papers.count_papers(conn)["papers"]
        level: Literal["ok", "warning"] = "warning" if held else "ok"
        return [Finding(level, "index: none yet", "littrack update --no-ingest" if held else "")]
    except IndexError_ as exc:
        return [Finding("error", f"index: {exc}", "littrack index rebuild")]
    wrong = {k: n for k, n in report.counts.items() if k != "indexed" and n}
    if wrong:
        listed = ", ".join(f"{number} {name}" for name, number in wrong.items())
        return [Finding("warning", f"index: {listed}", "littrack update --no-ingest")]
    return [Finding("ok", f"index: {report.counts['indexed']} vectors, as SQL has them")]


def _sources_health(library: OpenLibrary) -> list[Finding]:
    sources = load_sources(library)
    findings = []
    for source in sources:
        name = f"source: {source['name']}"
        if not source["complete"]:
            note = f" ({source['note']})" if source["note"] else ""
            what = f"{name} is {source['state']}{note}"
            findings.append(Finding("warning", what, "run the same command again"))
        elif source["stale"]:
            what = f"{name} was last whole on {(source['last_success'] or 'no day')[:10]}"
            findings.append(Finding("warning", what, "littrack ingest"))
        for hole in source["holes"]:
            what = f"{name}: {hole['why']}, {hole['from']} to {hole['until']}"
            span = f"--since {hole['from']} --until {hole['until']}"
            findings.append(Finding("warning", what, f"littrack ingest --category ... {span}"))
        findings += _unreadable(library, source)
    return findings or [Finding("ok", f"sources: {len(sources)}, all complete")]


def _unreadable(library: OpenLibrary, source: Mapping[str, Any]) -> list[Finding]:
    """Records that a source's newest run could not read; their bytes are in the database."""
    if source["run"] is None:
        return []
    with library.engine.connect() as conn:
        rejected = harvests.load_rejections(conn, source["run"])
    advice = f"littrack status --run {source['run']} shows it"
    return [
        Finding("warning", f"unreadable: {one.where}: {one.reason}", advice)
        for one in rejected[:SHOWN]
    ]


def _quarantine(library: OpenLibrary) -> list[Finding]:
    folder = library.state_folder / "quarantine"
    refused = read_quarantine(folder)
    if not refused:
        return []
    findings = [
        Finding(
            "warning",
            f"refused {one.when:%Y-%m-%d %H:%M}: {one.reason} (HTTP {one.status}, {one.path.name})",
        )
        for one in refused[:SHOWN]
    ]
    what = f"quarantine: {len(refused)} refused answers of arXiv are kept in {folder}"
    return [Finding("warning", what, "look at the newest; delete them when you have"), *findings]
