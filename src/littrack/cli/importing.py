"""Files in: papers, and reference lists whose arXiv ids are checked."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from littrack.cli.command import command
from littrack.cli.context import LibraryOption, flags_of, opened
from littrack.cli.messages import finish, hint
from littrack.cli.output import Format, JsonOption, Output, OutputOption, choose_output
from littrack.cli.progress import watched
from littrack.errors import InputError
from littrack.records import ReferenceStatus, RunReport

if TYPE_CHECKING:
    from littrack.cli.progress import Watch
    from littrack.steps.import_files import Format as PaperFormat
    from littrack.steps.import_references import Format as ListFormat
    from littrack.steps.import_references import ImportedReferences
    from littrack.steps.opening import OpenLibrary

NEXT = "next: littrack update --no-ingest (makes what is new searchable)"


class FileFormat(StrEnum):
    """What a file may be: papers up to `csv`, reference lists from `bibtex` on."""

    AUTO = "auto"
    JSONL = "jsonl"
    ATOM = "atom"
    OAI = "oai"
    CSV = "csv"
    BIBTEX = "bibtex"
    RIS = "ris"
    CSL = "csl"
    TEXT = "text"


_LISTS = (FileFormat.BIBTEX, FileFormat.RIS, FileFormat.CSL, FileFormat.TEXT)


@command(
    "import",
    "littrack import arxiv-metadata-oai-snapshot.json",
    "littrack import papers.jsonl.gz answer.xml papers.csv",
    "littrack import references.bib        (checks every arXiv id in it)",
    "littrack import --json references.bib reading-list.md > checked.json",
)
def import_files(
    ctx: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="What to import.")],
    format: Annotated[
        FileFormat, typer.Option("--format", help="What the files are.")
    ] = FileFormat.AUTO,
    json: JsonOption = False,
    output: OutputOption = None,
    library: LibraryOption = None,
) -> None:
    """Import papers, or check a reference list.

    Papers: arXiv's metadata snapshot (Kaggle) or simple JSON lines; answers of arXiv saved as XML
    (Atom of its query API, OAI-PMH as arXivRaw); CSV or TSV whose first line names the columns,
    at least id and title. Gzipped or not. A run that was stopped goes on where it was; importing a
    file again changes nothing.

    References: BibTeX, RIS, CSL-JSON, or plain text with a reference a line. Every arXiv id is
    compared with the title and the first author beside it; papers that the library lacks are pulled
    from arXiv. Printed is what is not verified; --json and -o FILE.csv give all.
    """
    form = choose_output(
        {"format": None, "json": json, "jsonl": False, "nl": False, "output": output},
        colour=flags_of(ctx).colour,
    )
    library_ = opened(ctx, library)
    reports: list[RunReport] = []
    failures: list[InputError] = []
    lists: list[ImportedReferences] = []
    with watched(flags_of(ctx)) as watch:
        for path in files:
            try:
                reports.append(_import(library_, path, format, watch, lists))
            except InputError as exc:  # the other files are still worth having
                failures.append(exc)
                reports.append(RunReport(f"import {path.name}", {}, (), (str(exc),), False))
    if len(failures) == len(files):
        raise failures[0]
    if lists or json or output:
        _print(form, lists)
    _advise(ctx, lists)
    holds_new = any(report.counts.get("papers added", 1) for report in reports)
    finish(ctx, reports, NEXT if holds_new else "")


def _import(
    library: OpenLibrary,
    path: Path,
    format: FileFormat,
    watch: Watch,
    lists: list[ImportedReferences],
) -> RunReport:
    """One file, whatever it is; a reference list is added to `lists`."""
    from littrack.steps.import_references import import_references

    if _holds_papers(path, format):
        from littrack.steps.import_files import import_file

        of_papers = cast("PaperFormat", format.value)
        return import_file(library, path, format=of_papers, progress=watch.progress)
    asked = cast("ListFormat", format.value)
    found = import_references(
        library, path, format=asked, progress=watch.progress, on_wait=watch.on_wait
    )
    lists.append(found)
    return found.report


def _holds_papers(path: Path, format: FileFormat) -> bool:
    """Whether a file is one of papers, as asked or else by its content."""
    from littrack.steps.import_files import find_format
    from littrack.steps.import_references import is_reference_list

    if format is not FileFormat.AUTO:
        return format not in _LISTS
    return find_format(path) is not None or not is_reference_list(path)


def _print(form: Output, lists: list[ImportedReferences]) -> None:
    """Findings for people, everything for programs."""
    from littrack.present.references import findings_table, references_table

    references = [(found.name, one) for found in lists for one in found.checked]
    for_people = form.format in (Format.TABLE, Format.MD)
    form.table(findings_table(references) if for_people else references_table(references))


def _advise(ctx: typer.Context, lists: list[ImportedReferences]) -> None:
    wrong = (ReferenceStatus.ID_MISMATCH, ReferenceStatus.NOT_FOUND, ReferenceStatus.TITLE_VARIANT)
    found = sum(one.status in wrong for listed in lists for one in listed.checked)
    if found:
        what = "one reference does" if found == 1 else f"{found} references do"
        hint(flags_of(ctx), f"{what} not agree with arXiv: correct the file and import it again")
