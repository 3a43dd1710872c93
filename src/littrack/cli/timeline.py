"""The model timeline: list, export, explain; and why a cell says what it says."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from littrack.cli.command import command
from littrack.cli.context import LibraryOption, flags_of, opened
from littrack.cli.files import write_file
from littrack.cli.messages import hint, warn
from littrack.cli.options import AsOfOption as AsOfOption
from littrack.cli.options import Period, parse_period
from littrack.cli.output import Format, Output

UntilOption = Annotated[
    Period | None,
    typer.Option(
        "--until",
        parser=parse_period,
        metavar="DATE",
        help="Only what had been released by the end of: 2023, 2023-05 or 2023-05-17.",
        show_default=False,
    ),
]
SelectOption = Annotated[
    str | None,
    typer.Option(
        "--select",
        metavar="RULE",
        help='Another rule than survey.select, for example "size_b >= 10 and public".',
        show_default=False,
    ),
]
UnreviewedOption = Annotated[
    bool | None,
    typer.Option(
        "--unreviewed/--reviewed",
        help="With what extraction accepted and nobody has looked at yet.",
        show_default=False,
    ),
]
LanguageOption = Annotated[
    str | None,
    typer.Option("--language", metavar="en|zh", help="Of words and units.", show_default=False),
]


def last_moment(period: Period | None) -> datetime | None:
    """Of a day, month or year; what has the date of the next day's midnight is not within it."""
    return period.end - timedelta(microseconds=1) if period else None


def chosen(
    as_of: Period | None, until: Period | None, select: str | None, unreviewed: bool | None
) -> Any:
    """What the options ask of the timeline."""
    from littrack.steps.timeline import Choice

    return Choice(
        as_of=last_moment(as_of),
        until=last_moment(until),
        unreviewed=unreviewed,
        select=select,
    )


@command(
    "list",
    "littrack timeline",
    "littrack timeline list --printed --until 2023-06",
    "littrack timeline list --json --as-of 2026-11-01",
)
def list_timeline(
    ctx: typer.Context,
    output: Output,
    printed: Annotated[
        bool, typer.Option("--printed", help="Only what figures and tables show.")
    ] = False,
    until: UntilOption = None,
    as_of: AsOfOption = None,
    select: SelectOption = None,
    unreviewed: UnreviewedOption = None,
    library: LibraryOption = None,
) -> None:
    """List every model with its date, oldest first."""
    from littrack.present.model_rows import models_table
    from littrack.steps.timeline import load_timeline

    timeline = load_timeline(opened(ctx, library), chosen(as_of, until, select, unreviewed))
    shown = timeline.printed if printed else [entry.model for entry in timeline.entries]
    output.table(models_table(shown))
    if not shown:
        hint(flags_of(ctx), timeline.why_nothing)
    if timeline.unreviewed:
        hint(flags_of(ctx), f"{timeline.unreviewed:,} more that nobody has reviewed: --unreviewed")
    if timeline.waiting:
        hint(flags_of(ctx), f"{timeline.waiting:,} may be models: littrack models review")


@command(
    "export",
    "littrack timeline export timeline.svg timeline.pdf",
    "littrack timeline export figure.tex --language zh --until 2023-12",
    'littrack timeline export open.png --select "public and size_b >= 10"',
)
def export(
    ctx: typer.Context,
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="Their names choose the forms, see below."),
    ],
    language: LanguageOption = None,
    until: UntilOption = None,
    as_of: AsOfOption = None,
    select: SelectOption = None,
    unreviewed: UnreviewedOption = None,
    library: LibraryOption = None,
) -> None:
    """Draw the timeline figure in the survey's buckets.

    .svg, .png and .pdf are pictures, .html a page that needs nothing else, .mmd Mermaid, .tex TikZ.
    The same library gives the same bytes.
    """
    from littrack.steps.figures import draw_timeline

    library_ = opened(ctx, library)
    choice = chosen(as_of, until, select, unreviewed)
    # All are drawn before the first is written: one unknown suffix, and nothing happens.
    drawings = [draw_timeline(library_, file.suffix, choice, language) for file in files]
    for file, drawn in zip(files, drawings, strict=True):
        write_file(file, drawn.content)
        hint(flags_of(ctx), f"{file}: {drawn.told}")
    for warning in dict.fromkeys(text for drawn in drawings for text in drawn.warnings):
        warn(warning)


@command(
    "explain",
    "littrack timeline explain PaLM",
    'littrack timeline explain BERT --select "size_b >= 10"',
)
def explain(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A model, by any of its names.")],
    output: Output,
    select: SelectOption = None,
    language: LanguageOption = None,
    as_of: AsOfOption = None,
    unreviewed: UnreviewedOption = None,
    library: LibraryOption = None,
) -> None:
    """Say why figures show a model, or why they do not.

    Each condition of the selection rule is told with the value seen.
    """
    from littrack.steps.timeline import describe_entry, explain_entry

    library_ = opened(ctx, library)
    entry = explain_entry(library_, name, chosen(as_of, None, select, unreviewed))
    output.page(*describe_entry(library_, entry, language))


@command(
    "why",
    "littrack why PaLM.release",
    "littrack why LaMDA",
    "littrack why GPT-3.5.base_model --json",
)
def why(
    ctx: typer.Context,
    cell: Annotated[
        str, typer.Argument(metavar="MODEL[.FIELD]", help="A model, or one field of it.")
    ],
    output: Output,
    as_of: AsOfOption = None,
    library: LibraryOption = None,
) -> None:
    """Show every claim behind a model, or behind one field.

    Who says so, where, in which sentence, how it was read and when; and who says otherwise.
    """
    from littrack.steps.why import explain_cell

    found = explain_cell(opened(ctx, library), cell, as_of=last_moment(as_of))
    if output.format is Format.TABLE:
        output.write(found.text)
    else:
        output.table(found.table)


COMMANDS = (list_timeline, export, explain)
