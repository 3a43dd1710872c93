"""Import papers from a file: whole, resumable, every bad line named and none of them fatal."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from littrack.errors import InputError
from littrack.identifiers import is_odd
from littrack.records import Progress, Rejection, RunReport, no_progress
from littrack.sources.paper_files.csv_files import CsvFile, find_header
from littrack.sources.paper_files.json_lines import (
    Fingerprint,
    SnapshotLine,
    find_layout,
    fingerprint,
    read_raw_lines,
)
from littrack.sources.paper_files.lines import read_lines
from littrack.sources.paper_files.xml_files import XmlRecord, find_root, find_xml_format, read_xml
from littrack.sources.text_files import decode
from littrack.steps.opening import OpenLibrary
from littrack.steps.parse_ahead import Parsed, parse, parse_ahead
from littrack.store import runs
from littrack.store.engine import begin
from littrack.store.papers import load_papers
from littrack.store.saving import save_papers
from littrack.store.tombstones import save_deletions, save_revivals

if TYPE_CHECKING:
    import sqlalchemy as sa

PaperFormat = Literal["jsonl", "atom", "oai", "csv"]
Format = Literal["auto", "jsonl", "atom", "oai", "csv"]

BATCH = 5_000  # lines a transaction: about a second's work, lost at most when killed
LARGE_BYTES = 4_000_000  # from here a second process that parses is worth its start
SHOWN_REJECTIONS = 1_000  # kept in the report; all are counted
_HEAD_BYTES = 2**16  # that tell what a file is
_HEAD_LINES = 100
_TABLES = (".csv", ".tsv")
_Item = TypeVar("_Item")


def find_format(path: Path) -> PaperFormat | None:
    """What kind of papers a file holds, from its beginning; None: a list of references, or nothing.

    Raises:
        InputError: it cannot be opened.
    """
    head = _read_head(path)
    try:
        text = decode(head, path, is_cut=True).text.lstrip()
    except InputError:
        return None
    if text.startswith("{"):
        return None  # JSON lines, or CSL-JSON
    if text.startswith("<"):
        return find_xml_format(text)
    suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() != ".gz"]
    header = find_header(text)
    named_so = bool(suffixes) and suffixes[-1] in _TABLES
    return "csv" if named_so or (header is not None and header.is_of_papers) else None


def import_file(
    library: OpenLibrary,
    path: Path,
    *,
    format: Format = "auto",
    progress: Progress = no_progress,
) -> RunReport:
    """Import papers: an arXiv snapshot (Kaggle) or simple JSON lines, saved answers, or a table.

    Saved answers are those of arXiv's query API (Atom) and of OAI-PMH (arXivRaw); a table is CSV or
    TSV. All may be gzipped. Each batch is saved together with the line (of XML: the record) it ends
    at, so a run that was killed goes on there and the library is the same as after an uninterrupted
    run. Importing a file again changes nothing. ``complete`` is False when something was rejected.

    Raises:
        InputError: no such file, not such a file, or (after all that could be read was saved) one
            that breaks off.
    """
    found = fingerprint(path)
    opened = _open_papers(path, found, format)
    with library.writing(f"littrack import {path.name}"), _no_garbage_collection():
        target = f"{path.name} sha256:{found.sha256}"
        with begin(library.engine) as conn:
            run = runs.save_run_start(conn, "import", target, library.now())
        state = dict(run.checkpoint or {})
        start = int(state.get("line", 0))
        counts: Counter[str] = Counter(run.counts)
        rejections: list[Rejection] = []
        try:
            for parsed in opened.batches(start):
                if opened.is_snapshot:  # where OAI-PMH may go on from
                    state["snapshot_day"] = _newest_day(state.get("snapshot_day"), parsed)
                _save_batch(library, run.id, parsed, counts, state)
                batch = [line for line, _ in parsed]
                room = SHOWN_REJECTIONS - len(rejections)
                rejections += [line.rejection for line in batch if line.rejection][:room]
                _report(progress, path, found, batch)
        except InputError as exc:
            _end(library, run.id, "failed", str(exc))
            if papers := counts["read"] - counts["rejected"] - counts["deleted"]:
                raise InputError(
                    f"{exc}. The {papers} papers before that are in the library; import the whole "
                    "file again when you have it"
                ) from exc
            raise
        status = "incomplete" if counts["rejected"] else "complete"
        _end(library, run.id, status, None)
    names = ("read", "new", "updated", "unchanged", "older", "rejected")
    return RunReport(
        f"import {path.name}",
        {name: counts[name] for name in (*names, *(("deleted",) if counts["deleted"] else ()))},
        tuple(rejections),
        tuple(_warnings(opened, start, counts)),
        complete=not counts["rejected"],
    )


def _read_head(path: Path) -> bytes:
    """The first bytes of a file, unpacked; those before the damage of one that is damaged."""
    fingerprint(path)  # says that there is no such file
    head = b""
    try:
        for line in islice(read_lines(path), _HEAD_LINES):
            head += (line.data or b"")[:_HEAD_BYTES] + b"\n"
            if len(head) > _HEAD_BYTES:
                break
    except InputError:
        pass
    return head[:_HEAD_BYTES]


@dataclass(frozen=True, slots=True)
class _Papers:
    """A file that was opened; `position` is what its records are counted by."""

    batches: Callable[[int], Iterator[Parsed]]  # after so many lines or records
    position: str = "line"
    is_snapshot: bool = False
    warning: str = ""


def _open_papers(path: Path, found: Fingerprint, format: Format) -> _Papers:
    known = (find_format(path) if format == "auto" else format) or "jsonl"
    if known == "csv":
        table = CsvFile(path)
        return _Papers(lambda start: _unparsed(table.records(start)), warning=table.warning)
    if known != "jsonl":
        xml = known
        return _Papers(lambda start: _unparsed(read_xml(path, xml, start)), "record")
    _refuse_markup(path)
    layout = find_layout(path)

    def batches(start: int) -> Iterator[Parsed]:
        lines = _UntilFailure(read_raw_lines(path, start))
        if found.size > LARGE_BYTES:
            yield from parse_ahead(lines.batches(), layout)
        else:
            yield from (parse(batch, layout) for batch in lines.batches())
        lines.raise_failure()

    return _Papers(batches, is_snapshot=layout == "kaggle")


def _refuse_markup(path: Path) -> None:
    """Say what a file is that was saved in place of papers: a web page, an RSS feed."""
    root = find_root(_read_head(path).decode("utf-8", "replace").lstrip())
    if root:
        raise InputError(
            f"this is XML or HTML (<{root}>), but neither an answer of arXiv's query API (<feed>) "
            "nor of its OAI-PMH (<OAI-PMH>)",
            path,
        )


def _unparsed(records: Iterator[SnapshotLine]) -> Iterator[Parsed]:
    """Records in batches, up to the error that may end them."""
    reading = _UntilFailure(records)
    for batch in reading.batches():
        yield [(record, None) for record in batch]
    reading.raise_failure()


class _UntilFailure(Generic[_Item]):
    """What is read from a file in batches; an error in the file ends them and is kept for later."""

    def __init__(self, items: Iterator[_Item]) -> None:
        self._failure: InputError | None = None
        self._items = items

    def batches(self) -> Iterator[list[_Item]]:
        """Up to `BATCH` at a time."""
        items = self._until_failure()
        while batch := list(islice(items, BATCH)):
            yield batch

    def raise_failure(self) -> None:
        """Raise the error that ended the batches, if one did."""
        if self._failure is not None:
            raise self._failure

    def _until_failure(self) -> Iterator[_Item]:
        try:
            yield from self._items
        except InputError as exc:
            self._failure = exc


def _warnings(opened: _Papers, start: int, counts: Counter[str]) -> Iterator[str]:
    if opened.warning:
        yield opened.warning
    if start:
        yield f"went on after {opened.position} {start}, where the last run stopped"
    if counts["odd ids"]:
        yield (
            f"{counts['odd ids']} papers have ids of four digits where arXiv gives five: a final "
            "zero was probably lost. They are kept as the file has them; links to them may fail"
        )


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
        if any(isinstance(line, XmlRecord) for line, _ in parsed):
            save_revivals(conn, papers)
            counts["deleted"] += _save_deletions(conn, parsed, library)
        counts["read"] += len(parsed)
        counts["rejected"] += sum(line.rejection is not None for line, _ in parsed)
        counts["odd ids"] += sum(is_odd(paper.arxiv_id) for paper in papers)
        counts["new"] += saved.new
        counts["updated"] += saved.updated
        counts["unchanged"] += saved.unchanged
        counts["older"] += saved.older
        state["line"] = parsed[-1][0].line_number
        runs.save_run_progress(conn, run_id, state, counts)


def _save_deletions(conn: sa.Connection, parsed: Parsed, library: OpenLibrary) -> int:
    """Mark what a saved answer calls deleted, unless it is older than what the library knows."""
    gone = {
        line.deletion.arxiv_id: line.deletion.modified
        for line, _ in parsed
        if isinstance(line, XmlRecord) and line.deletion
    }
    if gone:
        held = load_papers(conn, list(gone))
        later = {p.arxiv_id for p in held if p.modified and p.modified > gone[p.arxiv_id]}
        fresh = [(arxiv_id, day) for arxiv_id, day in gone.items() if arxiv_id not in later]
        save_deletions(conn, fresh, library.now())
    return len(gone)


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
