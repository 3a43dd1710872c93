"""Import papers from a file: whole, resumable, every bad line named and none of them fatal."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from littrack.errors import InputError
from littrack.identifiers import is_odd
from littrack.records import Progress, Rejection, RunReport, no_progress
from littrack.sources.snapshot import (
    Fingerprint,
    Layout,
    RawLine,
    SnapshotLine,
    find_layout,
    fingerprint,
    read_raw_lines,
)
from littrack.steps.opening import OpenLibrary
from littrack.steps.parse_ahead import Parsed, parse, parse_ahead
from littrack.store import runs
from littrack.store.engine import begin
from littrack.store.saving import save_papers

Format = Literal["auto", "jsonl"]

BATCH = 5_000  # lines a transaction: about a second's work, lost at most when killed
LARGE_BYTES = 4_000_000  # from here a second process that parses is worth its start
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
    found, layout = fingerprint(path), find_layout(path)
    with library.writing(f"littrack import {path.name}"), _no_garbage_collection():
        target = f"{path.name} sha256:{found.sha256}"
        with begin(library.engine) as conn:
            run = runs.save_run_start(conn, "import", target, library.now())
        state = dict(run.checkpoint or {})
        start = int(state.get("line", 0))
        counts: Counter[str] = Counter(run.counts)
        rejections: list[Rejection] = []
        lines = _Lines(path, start)
        parsing = parse_ahead if found.size > LARGE_BYTES else _parse_here
        try:
            for parsed in parsing(lines.batches(), layout):
                if layout == "kaggle":  # where OAI-PMH may go on from
                    state["snapshot_day"] = _newest_day(state.get("snapshot_day"), parsed)
                _save_batch(library, run.id, parsed, counts, state)
                batch = [line for line, _ in parsed]
                room = SHOWN_REJECTIONS - len(rejections)
                rejections += [line.rejection for line in batch if line.rejection][:room]
                _report(progress, path, found, batch)
            if lines.failure is not None:
                raise lines.failure
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


class _Lines:
    """The raw lines of a file in batches; an error in the file ends them and is kept for later."""

    def __init__(self, path: Path, start: int) -> None:
        self.failure: InputError | None = None
        self._path, self._start = path, start

    def batches(self) -> Iterator[list[RawLine]]:
        """Up to `BATCH` lines at a time."""
        lines = self._until_failure()
        while batch := list(islice(lines, BATCH)):
            yield batch

    def _until_failure(self) -> Iterator[RawLine]:
        try:
            yield from read_raw_lines(self._path, self._start)
        except InputError as exc:
            self.failure = exc


def _parse_here(batches: Iterator[list[RawLine]], layout: Layout) -> Iterator[Parsed]:
    return (parse(batch, layout) for batch in batches)


def _newest_day(known: str | None, parsed: Parsed) -> str | None:
    """The latest day of change of arXiv's records so far, as ISO text."""
    days = [line.paper.modified for line, _ in parsed if line.paper and line.paper.modified]
    return max([known or "", *(day.isoformat() for day in days)]) or None


def _save_batch(
    library: OpenLibrary,
    run_id: int,
    parsed: Parsed,
    counts: Counter[str],
    state: dict[str, Any],
) -> None:
    papers = [line.paper for line, _ in parsed if line.paper is not None]
    tokens = {id(line.paper): found for line, found in parsed if found is not None}
    with begin(library.engine) as conn:
        saved = save_papers(conn, papers, library.now(), tokens)
        counts["read"] += len(parsed)
        counts["rejected"] += len(parsed) - len(papers)
        counts["odd ids"] += sum(is_odd(paper.arxiv_id) for paper in papers)
        counts["new"] += saved.new
        counts["updated"] += saved.updated
        counts["unchanged"] += saved.unchanged
        counts["older"] += saved.older
        state["line"] = parsed[-1][0].line_number
        runs.save_run_progress(conn, run_id, state, counts)


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Without Python's search for reference cycles, which takes a fifth of the time of an import.

    A batch makes a hundred thousand objects and no cycle among them.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _report(progress: Progress, path: Path, found: Fingerprint, batch: list[SnapshotLine]) -> None:
    share = found.progress(batch[-1].byte_position)
    line = batch[-1].line_number
    progress(f"importing {path.name}", line, max(line, round(line / share)) if share else None)


def _end(library: OpenLibrary, run_id: int, status: str, note: str | None) -> None:
    with begin(library.engine) as conn:
        runs.save_run_end(conn, run_id, status, library.now(), note)
