"""Papers from arXiv: ingest, and a look at what it announces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from littrack.cli.command import command
from littrack.cli.context import Flags, LibraryOption, flags_of, opened
from littrack.cli.messages import finish, hint, warn
from littrack.cli.options import (
    CategoryOption,
    Period,
    SinceOption,
    UntilOption,
    check_span,
)
from littrack.cli.output import Format, Output
from littrack.cli.progress import watched
from littrack.present.announcements import announcements_table
from littrack.present.changes import SHOWN, render_changes, sort_changes
from littrack.records import ChangeKind, RunReport

if TYPE_CHECKING:
    from littrack.steps.ingest import IngestRequest
    from littrack.steps.opening import OpenLibrary
    from littrack.steps.peek import Peeked

NEXT = "next: littrack update --no-ingest (makes what is new searchable)"


class Via(StrEnum):
    """Which of arXiv's doors to use."""

    API = "api"
    OAI = "oai"


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
ViaOption = Annotated[
    Via | None,
    typer.Option(
        "--via",
        help="How to ask: api for queries and ids; oai lists whole categories by day of change.",
        show_default="api; a subscription has its own",
    ),
]
PeekOption = Annotated[
    bool,
    typer.Option("--peek", help="Show today's announcements instead; nothing is stored."),
]
RecordOption = Annotated[
    str | None,
    typer.Option(
        "--record", metavar="DIR", help="Keep arXiv's answers in this folder.", show_default=False
    ),
]
ReplayOption = Annotated[
    str | None,
    typer.Option(
        "--replay",
        metavar="DIR",
        help="Take the answers from such a folder instead of arXiv.",
        show_default=False,
    ),
]


@command(
    "ingest",
    "littrack ingest --category cs.CL --since 2024-01 --until 2024-01",
    "littrack ingest --query 'abs:\"chain of thought\"' --category 'cs.*'",
    "littrack ingest --category cs.CL --via oai",
    "littrack ingest --ids 2201.11903,1706.03762",
    "littrack ingest --peek --json | jq -r '.[].title'",
    "littrack ingest --replay DIR",
    "littrack ingest        (the subscriptions of littrack.toml)",
)
def ingest(
    ctx: typer.Context,
    output: Output,
    query: QueryOption = None,
    category: CategoryOption = None,
    ids: IdsOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    via: ViaOption = None,
    peek: PeekOption = False,
    record: RecordOption = None,
    replay: ReplayOption = None,
    library: LibraryOption = None,
) -> None:
    """Pull papers from arXiv.

    A run that was stopped goes on where it was. With no options: the subscriptions of
    littrack.toml, each from where its last run stopped. --format, --json and -o go with --peek.
    """
    if record is not None and replay is not None:
        raise typer.BadParameter("exclude each other", param_hint="--record and --replay")
    if peek:
        others = {"--query": query, "--ids": ids, "--since": since, "--until": until, "--via": via}
        _refuse_beside_peek(others)
    else:
        _refuse_output(output)
    request = None if peek else _request(query, category, ids, since, until, via)
    library_ = opened(ctx, library, overrides={"record": record, "replay": replay})
    if peek:
        _peek(flags_of(ctx), library_, category or [], output)
    else:
        _pull(ctx, library_, request, via)


def _refuse_beside_peek(options: Mapping[str, Any]) -> None:
    for name, value in options.items():
        if value:
            raise typer.BadParameter(
                f"shows the announcements of categories and does not go with {name}",
                param_hint="--peek",
            )


def _refuse_output(output: Output) -> None:
    """Without --peek there is nothing to format or to write."""
    if output.path is not None or output.format is not Format.TABLE:
        name = "--format" if output.path is None else "--output"
        raise typer.BadParameter("goes with --peek only: what is pulled is stored", param_hint=name)


def _request(
    queries: list[str] | None,
    categories: list[str] | None,
    ids: list[str] | None,
    since: Period | None,
    until: Period | None,
    via: Via | None,
) -> IngestRequest | None:
    """What the options ask for; None when they ask for nothing."""
    from littrack.steps.ingest import IngestRequest

    check_span(since, until)
    if ids and (queries or categories or since or until):
        raise typer.BadParameter("goes with no other choice of papers", param_hint="--ids")
    if not (ids or queries or categories):
        if since or until:
            name = "--since" if since else "--until"
            raise typer.BadParameter("needs --category or --query beside it", param_hint=name)
        return None
    listed = [one.strip() for text in ids or () for one in text.replace(",", " ").split()]
    return IngestRequest(
        queries=tuple(queries or ()),
        categories=tuple(categories or ()),
        ids=tuple(listed),
        since=since.start if since else None,
        until=until.end if until else None,
        via=(via or Via.API).value,
    )


def _pull(
    ctx: typer.Context, library: OpenLibrary, request: IngestRequest | None, via: Via | None
) -> None:
    from littrack.steps import ingest as step

    with watched(flags_of(ctx)) as watch:
        watch.begin("ingesting")
        if request is None and library.settings.subscriptions:
            if via is not None:
                warn("--via was ignored: each subscription has its own in littrack.toml")
            reports = step.ingest_subscriptions(
                library, progress=watch.progress, on_wait=watch.on_wait
            )
        else:
            asked = request or step.IngestRequest()  # of nothing: the step says what to give
            reports = [step.ingest(library, asked, progress=watch.progress, on_wait=watch.on_wait)]
    _finish(ctx, library, reports)


def _finish(ctx: typer.Context, library: OpenLibrary, reports: Sequence[RunReport]) -> None:
    """The counts, then what changed, then what to do next; also when a part is missing."""
    flags = flags_of(ctx)
    try:
        finish(ctx, reports)
    finally:
        for report in reports:
            if report.run is not None:
                _tell_changes(flags, library, report.run)
        hint(flags, NEXT)


def _tell_changes(flags: Flags, library: OpenLibrary, run: int) -> None:
    """Name what a run changed; new papers are counted only."""
    from littrack.steps.ingest import load_changes
    from littrack.steps.show import load_titles

    changes, counts = load_changes(library, run)
    changes = sort_changes(changes)
    titles = load_titles(library, [one.arxiv_id for one in changes[:SHOWN]])
    new = counts.get(ChangeKind.NEW, 0)
    for line in render_changes(changes, titles, new=new, run=run):
        hint(flags, line)


def _peek(flags: Flags, library: OpenLibrary, categories: Sequence[str], output: Output) -> None:
    from littrack.steps.peek import peek

    with watched(flags) as watch:
        found = peek(library, categories, on_wait=watch.on_wait)
    for warning in found.warnings:
        warn(warning)
    output.table(announcements_table((one.announcement, one.held) for one in found.papers))
    hint(flags, _summary(found))


def _summary(found: Peeked) -> str:
    """What was announced, and what of it the library lacks."""
    where = ", ".join(found.categories)
    day = f"{found.published:%Y-%m-%d}" if found.published else "the newest announcement"
    if not found.papers:
        weekday = f" ({found.published:%A})" if found.published else ""
        return (
            f"nothing is announced in {where} for {day}{weekday}; "
            "on Saturdays, Sundays and holidays arXiv announces nothing"
        )
    counts: dict[str, int] = {}
    for one in found.papers:
        counts[one.held] = counts.get(one.held, 0) + 1
    parts = ", ".join(f"{number:,} {held}" for held, number in counts.items())
    return f"{day}, {where}: {len(found.papers):,} announced, {parts}; nothing was stored"
