"""The survey's Table 1 and its repository's list of models."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from littrack.cli.command import command
from littrack.cli.context import LibraryOption, flags_of, opened
from littrack.cli.files import write_file
from littrack.cli.messages import hint, warn
from littrack.cli.output import JsonlOption, JsonOption, NlOption
from littrack.cli.timeline import (
    AsOfOption,
    LanguageOption,
    SelectOption,
    UnreviewedOption,
    UntilOption,
    chosen,
)
from littrack.errors import InputError


class TableForm(StrEnum):
    """How Table 1 is written; `table` is for people, `latex` and `html` are for print."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    TSV = "tsv"
    MD = "md"
    LATEX = "latex"
    HTML = "html"


_SUFFIXES = {
    ".tex": TableForm.LATEX,
    ".html": TableForm.HTML,
    ".htm": TableForm.HTML,
    ".md": TableForm.MD,
    ".csv": TableForm.CSV,
    ".tsv": TableForm.TSV,
    ".json": TableForm.JSON,
    ".jsonl": TableForm.JSONL,
    ".txt": TableForm.TABLE,
    "": TableForm.TABLE,
}


@command(
    "table",
    "littrack table",
    "littrack table -o table1.tex",
    "littrack table --format md --language zh --until 2023-05",
    "littrack table --list -o README.md",
)
def table(
    ctx: typer.Context,
    form: Annotated[
        TableForm | None, typer.Option("--format", help="How to write it; a table by default.")
    ] = None,
    json: JsonOption = False,
    jsonl: JsonlOption = False,
    nl: NlOption = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="Write to a file instead; its name (.tex, .md, .html ...) chooses the form.",
            show_default=False,
        ),
    ] = None,
    as_list: Annotated[
        bool, typer.Option("--list", help="The list of the survey's repository, as Markdown.")
    ] = False,
    standalone: Annotated[
        bool, typer.Option("--standalone", help="LaTeX that compiles by itself.")
    ] = False,
    language: LanguageOption = None,
    until: UntilOption = None,
    as_of: AsOfOption = None,
    select: SelectOption = None,
    unreviewed: UnreviewedOption = None,
    library: LibraryOption = None,
) -> None:
    """Write the survey's Table 1.

    Twelve columns, public and closed models apart; units are English or Chinese from the same
    stored numbers, and what nobody states is "-".
    """
    from littrack.steps.figures import TableStyle, draw_table

    path = None if output is None or str(output) == "-" else output
    wanted = {form: True, TableForm.JSON: json, TableForm.JSONL: jsonl or nl}
    chosen_form = _choose_form({one for one in wanted if one and wanted[one]}, path)
    _check_form(chosen_form, as_list=as_list, standalone=standalone)
    drawn = draw_table(
        opened(ctx, library),
        TableStyle(chosen_form.value, language, as_list=as_list, standalone=standalone),
        chosen(as_of, until, select, unreviewed),
    )
    if path is None:
        typer.echo(drawn.content, nl=False)
    else:
        write_file(path, drawn.content)
        hint(flags_of(ctx), f"{path}: {drawn.told}")
    for warning in drawn.warnings:
        warn(warning)


def _choose_form(wanted: set[TableForm], path: Path | None) -> TableForm:
    """As the options say, else as the name of the file does."""
    if len(wanted) > 1:
        listed = " and ".join(sorted(wanted))
        raise typer.BadParameter(f"{listed} exclude each other", param_hint="--format")
    if wanted:
        return wanted.pop()
    suffix = path.suffix.lower() if path else ""
    if suffix not in _SUFFIXES:
        known = ", ".join(name for name in _SUFFIXES if name)
        raise InputError(f"no table can be written as {suffix}; known are {known}")
    return _SUFFIXES[suffix]


def _check_form(form: TableForm, *, as_list: bool, standalone: bool) -> None:
    if as_list and form not in (TableForm.TABLE, TableForm.MD):
        raise typer.BadParameter(f"is Markdown and cannot be {form}", param_hint="--list")
    if standalone and form is not TableForm.LATEX:
        raise typer.BadParameter(
            "is for LaTeX: --format latex, or -o FILE.tex", param_hint="--standalone"
        )
