"""Import a reference list: every arXiv id is checked against the paper that has it.

A paper that the library does not hold is asked of arXiv, so that importing a bibliography also adds
the papers it cites. That arXiv answers says nothing yet: an id that exists may be another paper's.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from littrack.analysis.reference_checks import Resemblance, check_reference, compare_work
from littrack.analysis.titles import Likeness, compare_titles
from littrack.errors import InputError, SourceError
from littrack.records import (
    CheckedReference,
    Paper,
    Progress,
    Reference,
    ReferenceStatus,
    RunReport,
    no_progress,
)
from littrack.sources.references.lists import (
    ListFormat,
    ReferenceList,
    find_format,
    read_bibliography,
)
from littrack.steps.ingest import IngestRequest, ingest
from littrack.steps.opening import OpenLibrary
from littrack.store.engine import begin
from littrack.store.papers import load_papers, load_versions
from littrack.store.references import load_title_candidates, save_references

if TYPE_CHECKING:
    import sqlalchemy as sa

    from littrack.sources.limiter import OnWait

Format = Literal["auto", "bibtex", "ris", "csl", "text"]

_MOST_CANDIDATES = 10  # papers with the title, or nearly, that are looked at more closely


@dataclass(frozen=True, slots=True)
class ImportedReferences:
    """What became of a list: the report, and every reference in the order of the file."""

    name: str  # of the list in the library: the file it came from
    checked: tuple[CheckedReference, ...]
    report: RunReport


@dataclass(slots=True)
class _Pulled:
    """What arXiv said of the ids that the library did not hold."""

    asked: int = 0
    added: int = 0
    unknown: dict[str, str] = field(default_factory=dict)  # reason by id
    failure: str = ""  # why the others could not be asked for
    is_offline: bool = False


def is_reference_list(path: Path) -> bool:
    """Whether a file is a list of references rather than of papers.

    Raises:
        InputError: it cannot be opened, or is named as a list and is binary or empty.
    """
    return find_format(path) is not None


def import_references(
    library: OpenLibrary,
    path: Path,
    *,
    format: Format = "auto",
    progress: Progress = no_progress,
    on_wait: OnWait | None = None,
) -> ImportedReferences:
    """Read a list, pull what it cites and the library lacks, check every entry, keep the result.

    Importing a file again replaces its entries. ``complete`` is False when an entry could not be
    read or arXiv could not be asked; what the check finds is no failure. When arXiv refuses, it is
    not waited for: what it gave is kept, and importing again asks for the rest.

    Raises:
        InputError: no such file, or no reference in it.
        StoreLocked, OutputError: the library cannot be written.
    """
    asked: ListFormat | None = None if format == "auto" else format
    found = read_bibliography(path, asked)
    pulled = _pull_missing(library, path, found, (progress, on_wait))
    checked: list[CheckedReference] = []
    with library.engine.connect() as conn:
        papers = _load_cited(conn, found)
        for reference, remark in found.entries:
            checked.append(_explained(_check(conn, reference, papers, pulled), remark))
            progress(f"checking {path.name}", len(checked), len(found.entries))
    name = str(path.resolve())
    with library.writing(f"littrack import {path.name}"), begin(library.engine) as conn:
        save_references(conn, name, checked, library.now())
    return ImportedReferences(name, tuple(checked), _report(path, found, checked, pulled))


def _pull_missing(
    library: OpenLibrary,
    path: Path,
    found: ReferenceList,
    watchers: tuple[Progress, OnWait | None],
) -> _Pulled:
    """Ask arXiv for the papers that the library lacks; an arXiv that refuses stops no import."""
    wanted = _cited_ids(found)
    with library.engine.connect() as conn:
        held = {paper.arxiv_id for paper in load_papers(conn, wanted)}
    missing = tuple(arxiv_id for arxiv_id in wanted if arxiv_id not in held)
    if not missing:
        return _Pulled()
    if library.settings.offline:
        return _Pulled(len(missing), failure="littrack is offline", is_offline=True)
    pulled = _Pulled(len(missing))
    request = IngestRequest(ids=missing, name=f"references of {path.name}")
    progress, on_wait = watchers
    try:
        report = ingest(library, request, progress=progress, on_wait=on_wait, patient=False)
    except (SourceError, InputError) as exc:
        pulled.failure = str(exc)
    else:
        # An answer that cannot be read is rejected too, but under its address.
        refused = (item for item in report.rejections if item.where in missing)
        pulled.unknown = {item.where: item.reason for item in refused}
    with library.engine.connect() as conn:
        pulled.added = len(load_papers(conn, missing))
    if pulled.added + len(pulled.unknown) < len(missing):
        pulled.failure = pulled.failure or "arXiv gave no record that can be read"
    return pulled


def _cited_ids(found: ReferenceList) -> list[str]:
    """Every id that is cited, once, in order."""
    ids = (entry.reference.arxiv_id for entry in found.entries)
    return list(dict.fromkeys(arxiv_id for arxiv_id in ids if arxiv_id))


def _load_cited(conn: sa.Connection, found: ReferenceList) -> dict[str, Paper]:
    return {paper.arxiv_id: paper for paper in load_papers(conn, _cited_ids(found))}


def _check(
    conn: sa.Connection, reference: Reference, papers: Mapping[str, Paper], pulled: _Pulled
) -> CheckedReference:
    """One reference against the paper of its id, else against the titles of the library."""
    paper = papers.get(reference.arxiv_id or "")
    if paper is None:
        return _suggested(conn, _without_paper(reference, pulled))
    checked = check_reference(reference, paper)
    if checked.status is not ReferenceStatus.VERIFIED:  # perhaps an older version was called so
        checked = check_reference(reference, paper, load_versions(conn, paper.arxiv_id))
    if checked.status in (ReferenceStatus.ID_MISMATCH, ReferenceStatus.UNCHECKED):
        return _suggested(conn, checked)
    return checked


def _without_paper(reference: Reference, pulled: _Pulled) -> CheckedReference:
    """The status of a reference whose paper is not at hand."""
    arxiv_id = reference.arxiv_id
    if arxiv_id is None:
        return CheckedReference(reference, ReferenceStatus.UNCHECKED, "no arXiv id")
    if arxiv_id in pulled.unknown:
        reason = f"there is no paper {arxiv_id}: {pulled.unknown[arxiv_id]}"
        return CheckedReference(reference, ReferenceStatus.NOT_FOUND, reason)
    why = f"{arxiv_id} is not in the library and could not be looked up: {pulled.failure}"
    return CheckedReference(reference, ReferenceStatus.UNCHECKED, why)


def _suggested(conn: sa.Connection, checked: CheckedReference) -> CheckedReference:
    """With the paper of the library that has this title, where there is one."""
    reference = checked.reference
    others = [paper for paper in _candidates(conn, reference) if paper.arxiv_id != checked.paper]
    rated = [(compare_work(reference, paper), paper) for paper in others]
    best, paper = max(rated, key=lambda item: item[0], default=(Resemblance.NONE, None))
    if paper is None or best is Resemblance.NONE:
        missing = checked.paper is None and reference.title
        said = f"no paper of the library has the title {reference.title!r}" if missing else ""
        return _explained(checked, said)
    said = f"the title is that of {paper.arxiv_id}"
    if best is Resemblance.LIKELY:
        said = f"perhaps {paper.arxiv_id} is meant: {paper.title!r}"
    elif best is Resemblance.TITLE_ONLY:
        said += f", but its first author is {paper.authors[0]!r}"
    return replace(_explained(checked, said), suggestion=paper.arxiv_id)


def _candidates(conn: sa.Connection, reference: Reference) -> list[Paper]:
    """Papers of the library that have the title or a variant of it, likest first."""
    alike = [
        (compare_titles(reference.title, title), arxiv_id)
        for arxiv_id, title in load_title_candidates(conn, reference.title)
    ]
    close = [item for item in alike if item[0] >= Likeness.VARIANT]
    best = sorted(close, key=lambda item: -item[0])[:_MOST_CANDIDATES]
    return load_papers(conn, [arxiv_id for _, arxiv_id in best])


def _explained(checked: CheckedReference, more: str) -> CheckedReference:
    parts = (checked.explanation, more)
    return replace(checked, explanation="; ".join(part for part in parts if part))


def _report(
    path: Path, found: ReferenceList, checked: Sequence[CheckedReference], pulled: _Pulled
) -> RunReport:
    statuses = Counter(str(one.status) for one in checked)
    counts = {
        "read": len(found.entries) + len(found.rejections),
        **{str(status): statuses[status] for status in ReferenceStatus},
        "rejected": len(found.rejections),
        "papers added": pulled.added,
    }
    return RunReport(
        f"import {path.name}",
        counts,
        found.rejections,
        tuple(_warnings(found, pulled)),
        complete=not found.rejections and (not pulled.failure or pulled.is_offline),
    )


def _warnings(found: ReferenceList, pulled: _Pulled) -> Iterator[str]:
    if found.encoding_warning:
        yield f"the file is {found.encoding_warning}; look at a name with accents to see if rightly"
    if pulled.failure:
        left = pulled.asked - pulled.added - len(pulled.unknown)
        yield f"{left} cited papers could not be looked up ({pulled.failure}); import again later"
    keys: defaultdict[str, list[str]] = defaultdict(list)
    ids: defaultdict[str, list[str]] = defaultdict(list)
    for reference, _ in found.entries:
        keys[reference.key].append(reference.place)
        ids[reference.arxiv_id or ""].append(reference.key or reference.place)
    for key, places in keys.items():
        if key and len(places) > 1:
            yield f"the key {key} is used {len(places)} times: {', '.join(places)}"
    for arxiv_id, who in ids.items():
        if arxiv_id and len(set(who)) > 1:
            yield f"{arxiv_id} is cited by {len(who)} entries: {', '.join(who)}"
