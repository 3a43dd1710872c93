"""Papers in and one paper out: ingest, import and show."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from littrack.cli.command import command
from littrack.cli.context import LibraryOption, flags_of, opened
from littrack.cli.messages import finish
from littrack.cli.options import (
    CategoryOption,
    Period,
    SinceOption,
    UntilOption,
    check_span,
)
from littrack.cli.output import Output
from littrack.cli.progress import watched
from littrack.errors import InputError
from littrack.present.papers import paper_object, render_paper
from littrack.records import RunReport

if TYPE_CHECKING:
    from littrack.steps.ingest import IngestRequest

NEXT = "next: littrack update --no-ingest (makes what is new searchable)"


class Via(StrEnum):
    """Which of arXiv's doors to use."""

    API = "api"
    OAI = "oai"


class FileFormat(StrEnum):
    """What a file of papers may be."""

    AUTO = "auto"
    JSONL = "jsonl"


QueryOption = Annotated[
    list[str] | None,
    typer.Option(
        "--query",
        metavar="Q",
        help="In arXiv's query language; may be repeated: any of them.",
        show_default=False,
    ),
]
IdsOption = Annotated[
    list[str] | None,
    typer.Option("--ids", metavar="ID,...", help="These papers instead.", show_default=False),
]


@command(
    "ingest",
    "littrack ingest --category cs.CL --since 2024-01 --until 2024-01",
    "littrack ingest --query 'abs:\"chain of thought\"' --category 'cs.*'",
    "littrack ingest --ids 2201.11903,1706.03762",
    "littrack ingest        (the subscriptions of littrack.toml)",
)
def ingest(
    ctx: typer.Context,
    query: QueryOption = None,
    category: CategoryOption = None,
    ids: IdsOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    via: Annotated[Via, typer.Option("--via", help="How to ask arXiv.")] = Via.API,
    library: LibraryOption = None,
) -> None:
    """Pull papers from arXiv.

    A run that was stopped goes on where it was. With no options: the subscriptions of
    littrack.toml, each from where its last run stopped.
    """
    from littrack.steps import ingest as step

    request = _request(query, category, ids, since, until, via)
    library_ = opened(ctx, library)
    with watched(flags_of(ctx)) as watch:
        if request is None and library_.settings.subscriptions:
            reports = step.ingest_subscriptions(
                library_, progress=watch.progress, on_wait=watch.on_wait
            )
        else:
            asked = request or step.IngestRequest()  # of nothing: the step says what to give
            reports = [step.ingest(library_, asked, progress=watch.progress, on_wait=watch.on_wait)]
    finish(ctx, reports, NEXT)


def _request(
    queries: list[str] | None,
    categories: list[str] | None,
    ids: list[str] | None,
    since: Period | None,
    until: Period | None,
    via: Via,
) -> IngestRequest | None:
    """What the options ask for; None when they ask for nothing."""
    from littrack.steps.ingest import IngestRequest

    check_span(since, until)
    if ids and (queries or categories or since or until):
        raise typer.BadParameter("goes with no other choice of papers", param_hint="--ids")
    if not (ids or queries or categories):
        if since or until:
            hint = "--since" if since else "--until"
            raise typer.BadParameter("needs --category or --query beside it", param_hint=hint)
        return None
    listed = [one.strip() for text in ids or () for one in text.replace(",", " ").split()]
    return IngestRequest(
        queries=tuple(queries or ()),
        categories=tuple(categories or ()),
        ids=tuple(listed),
        since=since.start if since else None,
        until=until.end if until else None,
        via=via.value,
    )


@command(
    "import",
    "littrack import arxiv-metadata-oai-snapshot.json",
    "littrack import papers.jsonl.gz more.jsonl",
)
def import_files(
    ctx: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="What to import.")],
    format: Annotated[
        FileFormat, typer.Option("--format", help="What the files are.")
    ] = FileFormat.AUTO,
    library: LibraryOption = None,
) -> None:
    """Import papers from files.

    arXiv's metadata snapshot (Kaggle) or simple JSON lines, gzipped or not. A run that was
    stopped goes on where it was; importing a file again changes nothing.
    """
    from littrack.steps.import_files import import_file

    library_ = opened(ctx, library)
    reports: list[RunReport] = []
    failures: list[InputError] = []
    with watched(flags_of(ctx)) as watch:
        for path in files:
            try:
                reports.append(
                    import_file(library_, path, format=format.value, progress=watch.progress)
                )
            except InputError as exc:  # the other files are still worth having
                failures.append(exc)
                reports.append(RunReport(f"import {path.name}", {}, (), (str(exc),), False))
    if len(failures) == len(files):
        raise failures[0]
    finish(ctx, reports, NEXT)


@command("show", "littrack show 2201.11903", "littrack show arXiv:1706.03762v5 --json")
def show(
    ctx: typer.Context,
    arxiv_id: Annotated[
        str, typer.Argument(metavar="ID", help="An arXiv id in any form, or its address.")
    ],
    output: Output,
    library: LibraryOption = None,
) -> None:
    """Show one paper with its versions.

    With --json one object is printed.
    """
    from littrack.steps.show import show_paper

    details = show_paper(opened(ctx, library), arxiv_id)
    here = {
        "embedded": details.embedded,
        "first_seen": details.first_seen,
        "last_changed": details.last_changed,
    }
    shown = paper_object(details.paper, details.versions, here)
    output.page(shown, render_paper(shown))
