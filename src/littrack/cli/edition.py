"""Editions of the survey: freeze one, list them, say what changed between two."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from littrack.cli.command import command
from littrack.cli.context import LibraryOption, flags_of, opened
from littrack.cli.messages import hint, warn
from littrack.cli.output import Format, Output
from littrack.cli.timeline import AsOfOption, LanguageOption, SelectOption, UntilOption, chosen
from littrack.present.tables import Table


@command(
    "create",
    "littrack edition create v17",
    "littrack edition create v16 --as-of 2026-03-11",
    "littrack edition create v17 --files out/",
)
def create(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the edition is called: v17.")],
    files: Annotated[
        Path | None,
        typer.Option("--files", metavar="DIR", help="Also write its figures and tables there."),
    ] = None,
    select: SelectOption = None,
    until: UntilOption = None,
    as_of: AsOfOption = None,
    library: LibraryOption = None,
) -> None:
    """Freeze the timeline and the table under a name.

    An edition never changes again; what happens later is told by `littrack edition diff`.
    """
    from littrack.steps.editions import create_edition

    library_ = opened(ctx, library)
    made = create_edition(library_, name, chosen(as_of, until, select, None), files)
    hint(flags_of(ctx), f"edition {name}: {len(made.rows):,} models, frozen")
    if not made.rows:
        warn("it shows no model: littrack timeline list --printed says what to do")
    hint(flags_of(ctx), f"next, when something has changed: littrack edition diff {name} now")


@command("list", "littrack edition list", "littrack edition list --json")
def list_editions(ctx: typer.Context, output: Output, library: LibraryOption = None) -> None:
    """List the frozen editions, oldest first."""
    from littrack.steps.editions import list_editions as step

    rows = step(opened(ctx, library))
    keys = ("edition", "created", "as_of", "models", "public", "sha256")
    columns = {key: key.replace("_", " ") for key in keys[:-1]}
    output.table(Table(rows, columns, keys))
    if not rows:
        hint(flags_of(ctx), "no editions yet: littrack edition create NAME freezes one")


@command(
    "diff",
    "littrack edition diff v16 v17",
    "littrack edition diff v16 v17 --language zh -o CHANGES.md",
    "littrack edition diff v16 now --json",
)
def diff(
    ctx: typer.Context,
    earlier: Annotated[str, typer.Argument(metavar="A", help="The earlier edition.")],
    later: Annotated[
        str, typer.Argument(metavar="B", help='The later one; "now" is the library as it is.')
    ],
    output: Output,
    language: LanguageOption = None,
    library: LibraryOption = None,
) -> None:
    """Write the change log between two editions.

    Every change with its cause: new evidence, a person's decision, another rule.
    """
    from littrack.steps.editions import compare

    changes = compare(opened(ctx, library), earlier, later)
    if output.format in (Format.TABLE, Format.MD):
        output.write(changes.changelog(language, "md" if output.format is Format.MD else "text"))
    else:
        output.table(changes.table)


COMMANDS = (create, list_editions, diff)
