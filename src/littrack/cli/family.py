"""The family graph: who came from whom."""

from __future__ import annotations

from typing import Annotated

import typer

from littrack.cli.command import command
from littrack.cli.context import LibraryOption, flags_of, opened
from littrack.cli.files import write_file
from littrack.cli.messages import hint, warn
from littrack.cli.output import Format, Output
from littrack.cli.timeline import AsOfOption, LanguageOption, UnreviewedOption, last_moment


@command(
    "family",
    "littrack family LLaMA",
    "littrack family GPT -o gpt-series.svg",
    "littrack family LLaMA -o llama.pdf --language zh",
    'littrack family GPT --source "GPT series" -o as-in-the-survey.pdf',
    "littrack family LLaMA --json",
)
def family(
    ctx: typer.Context,
    output: Output,
    root: Annotated[
        str | None,
        typer.Argument(metavar="ROOT", help="A model or a family; all families without it."),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--source",
            metavar="TEXT",
            help="Only what a source with that text in its name says.",
            show_default=False,
        ),
    ] = None,
    language: LanguageOption = None,
    unreviewed: UnreviewedOption = None,
    as_of: AsOfOption = None,
    library: LibraryOption = None,
) -> None:
    """Show what came from a model, as a tree or a figure.

    -o FILE draws it: .svg, .png, .pdf, .html, .mmd (Mermaid), .dot (Graphviz), .tex (TikZ). Solid
    lines rest on what the makers state, dashed ones on what others report or infer.
    """
    from littrack.steps.families import load_family
    from littrack.steps.figures import draw_family
    from littrack.steps.timeline import no_models

    library_ = opened(ctx, library)
    found = load_family(
        library_,
        root,
        as_of=last_moment(as_of),
        unreviewed=unreviewed,
        source=source,
    )
    if output.format is not Format.TABLE:
        output.table(found.table)
    elif found.models or output.path is not None:
        suffix = output.path.suffix if output.path else ""
        drawn = draw_family(library_, found, suffix or ".txt", language)
        if output.path is None:
            output.write(str(drawn.content))
        else:
            write_file(output.path, drawn.content)
            hint(flags_of(ctx), f"{output.path}: {drawn.told}")
    if not found.models:
        hint(flags_of(ctx), no_models(last_moment(as_of)))
    for problem in found.problems:
        warn(problem)
