"""Import papers from a file: whole, resumable, every bad line named and none of them fatal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Literal

from littrack.errors import InputError
from littrack.identifiers import is_odd
from littrack.records import Paper, Progress, Rejection, RunReport, SaveCounts, no_progress
from littrack.sources.snapshot import Fingerprint, SnapshotLine, fingerprint, read_snapshot
from littrack.steps.opening import OpenLibrary
from littrack.store import runs
from littrack.store.engine import begin
from littrack.store.papers import save_papers

Format = Literal["auto", "jsonl"]

BATCH = 5_000  # lines a transaction: about a second's work, lost at most when killed
SHOWN_REJECTIONS = 1_000  # kept in the report; all are counted


def import_file(
    library: OpenLibrary,
    path: Path,
    *,
    format: Format = "auto",
    progress: Progress = no_progress,
) -> RunReport:
    """Import an arXiv snapshot (Kaggle) or simple JSON lines, gzipped or not.

    Each batch is saved together with the line it ends at, so a run that was killed goes on there
    and the library is the same as after an uninterrupted run. Importing a file again changes
    nothing. ``complete`` is False when lines were rejected.

    Raises:
        InputError: no such file, not such a file, or (after all that could be read was saved) a
            gzipped file that breaks off.
    """
    found = fingerprint(path)
    with library.writing(f"littrack import {path.name}"):
        target = f"{path.name} sha256:{found.sha256}"
        with begin(library.engine) as conn:
            run = runs.save_run_start(conn, "import", target, library.now())
        start = int((run.checkpoint or {}).get("line", 0))
        counts: Counter[str] = Counter(run.counts)
        rejections: list[Rejection] = []
        lines = read_snapshot(path, start)
        try:
            for batch, failure in _batches(lines):
                _save_batch(library, run.id, batch, counts)
                room = SHOWN_REJECTIONS - len(rejections)
                rejections += [line.rejection for line in batch if line.rejection][:room]
                _report(progress, path, found, batch)
                if failure is not None:
                    raise failure
        except InputError as exc:
            _end(library, run.id, "failed", str(exc))
            if counts["read"]:
                raise InputError(
                    f"{exc}. The {counts['read'] - counts['rejected']} papers before that are in "
                    "the library; import the whole file again when you have it"
                ) from exc
            raise
        status = "incomplete" if counts["rejected"] else "complete"
        _end(library, run.id, status, None)
    warnings = [f"went on after line {start}, where the last run stopped"] if start else []
    if counts["odd ids"]:
        warnings.append(
            f"{counts['odd ids']} papers have ids of four digits where arXiv gives five: a final "
            "zero was probably lost. They are kept as the file has them; links to them may fail"
        )
    names = ("read", "new", "updated", "unchanged", "older", "rejected")
    return RunReport(
        f"import {path.name}",
        {name: counts[name] for name in names},
        tuple(rejections),
        tuple(warnings),
        complete=not counts["rejected"],
    )


def _batches(
    lines: Iterator[SnapshotLine],
) -> Iterator[tuple[list[SnapshotLine], InputError | None]]:
    """Batches, the last one together with the error that ended the file, if one did."""
    failure: list[InputError] = []

    def until_failure() -> Iterator[SnapshotLine]:
        try:
            yield from lines
        except InputError as exc:
            failure.append(exc)

    rest = until_failure()
    while batch := list(islice(rest, BATCH)):
        following = next(rest, None)  # looks ahead, so that the error comes with the last batch
        if following is None:
            yield batch, failure[0] if failure else None
            return
        yield batch, None
        rest = chain([following], rest)
    if failure:
        raise failure[0]


def _save_batch(
    library: OpenLibrary, run_id: int, batch: list[SnapshotLine], counts: Counter[str]
) -> None:
    papers: list[Paper] = [line.paper for line in batch if line.paper is not None]
    with begin(library.engine) as conn:
        saved: SaveCounts = save_papers(conn, papers, library.now())
        counts["read"] += len(batch)
        counts["rejected"] += len(batch) - len(papers)
        counts["odd ids"] += sum(is_odd(paper.arxiv_id) for paper in papers)
        counts["new"] += saved.new
        counts["updated"] += saved.updated
        counts["unchanged"] += saved.unchanged
        counts["older"] += saved.older
        runs.save_run_progress(conn, run_id, {"line": batch[-1].line_number}, counts)


def _report(progress: Progress, path: Path, found: Fingerprint, batch: list[SnapshotLine]) -> None:
    share = found.progress(batch[-1].byte_position)
    line = batch[-1].line_number
    progress(f"importing {path.name}", line, max(line, round(line / share)) if share else None)


def _end(library: OpenLibrary, run_id: int, status: str, note: str | None) -> None:
    with begin(library.engine) as conn:
        runs.save_run_end(conn, run_id, status, library.now(), note)
