"""A library as a whole: init, quickstart, status and doctor."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from littrack.cli.command import command
from littrack.cli.context import LibraryOption, flags_of, load, open_loaded, opened
from littrack.cli.messages import FINDINGS, finish, hint
from littrack.cli.output import Output
from littrack.cli.progress import watched
from littrack.present.library import findings_table, render_status
from littrack.present.metrics import render_metrics
from littrack.present.papers import hits_table
from littrack.present.runs import coverage_row, render_run, run_object
from littrack.present.tables import render_aligned
from littrack.settings import load_settings

if TYPE_CHECKING:
    from littrack.steps.opening import OpenLibrary

FolderArgument = Annotated[
    str | None, typer.Argument(metavar="DIR", help="The library's folder.", show_default=False)
]
RunOption = Annotated[
    str | None,
    typer.Option(
        "--run", metavar="N|last", help="One harvest instead, by its number.", show_default=False
    ),
]
TRY = """\
try next:
  littrack search "chain-of-thought"
  littrack search 检索增强生成
  littrack similar 1706.03762
  littrack why LaMDA.release
  littrack family LLaMA
  littrack status"""


@command("init", "littrack init my-survey", "cd my-survey && littrack status")
def init(
    ctx: typer.Context,
    folder: FolderArgument = None,
    library: LibraryOption = None,
) -> None:
    """Make a library.

    That is a folder with a commented littrack.toml and an empty database.

    Without DIR in the folder that --library names, else in the current one.
    """
    from littrack.steps.opening import create_library

    chosen = _one_of(ctx, folder, library)
    loaded = load(ctx, "." if chosen is None else chosen)
    made = create_library(loaded.library)
    open_loaded(loaded).engine.dispose()
    print(f"{'made a library' if made else 'already a library'}: {loaded.library}")
    hint(flags_of(ctx), "next: littrack quickstart, littrack import FILE, or littrack ingest")


@command("quickstart", "littrack quickstart my-survey", "littrack --offline quickstart my-survey")
def quickstart(
    ctx: typer.Context,
    folder: FolderArgument = None,
    library: LibraryOption = None,
) -> None:
    """Go from nothing to the first search in one go.

    Makes a library, fills it with the bundled starter collection of landmark papers and, when
    arXiv answers, with its newest; embeds them, makes the index, and draws the timeline of models
    from the bundled catalogue into figures/. It may be repeated.
    """
    from littrack.steps import quickstart as step

    loaded = load(ctx, _one_of(ctx, folder, library))
    flags = flags_of(ctx)
    library_ = open_loaded(loaded)
    with watched(flags) as watch:
        watch.say(f"library: {loaded.library}")
        reports = step.quickstart(library_, progress=watch.progress, say=watch.say)
    _show_searches(library_)
    where = (
        "" if _is_found_from_here(loaded.library) else f"\n(in {loaded.library}, or with --library)"
    )
    finish(ctx, reports, TRY + where)


@command(
    "status",
    "littrack status",
    "littrack status --run last",
    "littrack status --metrics -o /var/lib/node_exporter/littrack.prom",
)
def status(
    ctx: typer.Context,
    output: Output,
    run: RunOption = None,
    metrics: Annotated[
        bool, typer.Option("--metrics", help="As gauges in Prometheus' text format.")
    ] = False,
    library: LibraryOption = None,
) -> None:
    """Show what the library holds and how fresh it is.

    With --run, what one harvest did: which papers are new, changed or withdrawn, which spans were
    read, what could not be read. With --json one object is printed.
    """
    from littrack.steps.status import load_status

    if run is not None:
        _show_run(opened(ctx, library), run, output)
        return
    found = load_status(opened(ctx, library))
    row = asdict(found)
    row |= {"sources": [dict(source) for source in found.sources], "hints": list(found.hints)}
    if metrics:
        output.write(render_metrics(row))
        return
    output.page(row, render_status(row))
    for line in found.hints:
        hint(flags_of(ctx), f"hint: {line}")


def _show_run(library: OpenLibrary, number: str, output: Output) -> None:
    from littrack.steps.status import load_run_details

    if number != "last" and not number.isdecimal():
        raise typer.BadParameter(f"{number!r} is neither a number nor last", param_hint="--run")
    details = load_run_details(library, None if number == "last" else int(number))
    run = details.run
    about = {
        "run": run.id,
        "source": run.source,
        "target": run.target,
        "state": run.status,
        "note": run.note,
        "started": run.started_at.isoformat(),
        "finished": run.finished_at.isoformat() if run.finished_at else None,
        "counts": dict(run.counts),
    }
    coverage = [
        coverage_row(one.part, one.start, one.end, one.papers, one.complete)
        for one in details.coverage
    ]
    shown = run_object(about, details.changes, details.titles, coverage, details.rejections)
    output.page(shown, render_run(shown))


@command("doctor", "littrack doctor", "littrack doctor --json")
def doctor(ctx: typer.Context, output: Output, library: LibraryOption = None) -> None:
    """Look for what is wrong with a library.

    The exit code is 4 if something is.
    """
    from littrack.steps.status import examine

    findings = examine(opened(ctx, library))
    output.table(findings_table([asdict(finding) for finding in findings]))
    if any(finding.level == "error" for finding in findings):
        raise typer.Exit(FINDINGS)


def _show_searches(library: OpenLibrary) -> None:
    """The proof that it works: what two queries find in the library that was just made."""
    from littrack.steps.search import search_papers

    for query in ("chain-of-thought", "检索增强生成"):
        print(f"$ littrack search {query} -n 3")
        print(render_aligned(hits_table(search_papers(library, query, limit=3))))


def _one_of(ctx: typer.Context, folder: str | None, library: str | None) -> str | None:
    """The folder, whichever way it was named."""
    named = flags_of(ctx).library if library is None else library
    if folder is not None and named is not None and folder != named:
        raise typer.BadParameter("give the folder once: as DIR or with --library")
    return named if folder is None else folder


def _is_found_from_here(folder: Path) -> bool:
    """Whether a command without --library would take this library."""
    return load_settings().library == folder
