"""Where a command's answer goes and in which form: the options --format, --json, -o and kin."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from littrack.cli.files import write_file
from littrack.present.hit_lines import Line, Role, render_lines
from littrack.present.tables import (
    Row,
    Table,
    is_numeric,
    render_object,
    render_table,
    shown_text,
)


class Format(StrEnum):
    """The forms of an answer; `table` is for people, the others for programs."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    TSV = "tsv"
    MD = "md"


FormatOption = Annotated[
    Format | None,
    typer.Option("--format", help="How to print the answer; a table by default."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="The same as --format json.")]
JsonlOption = Annotated[
    bool, typer.Option("--jsonl", help="The same as --format jsonl: an object a line.")
]
NlOption = Annotated[bool, typer.Option("--nl", hidden=True)]  # what sqlite-utils calls it
OutputOption = Annotated[
    Path | None,
    typer.Option(
        "-o",
        "--output",
        metavar="FILE",
        help="Write to a file instead; its name (.json, .csv ...) chooses the form.",
        show_default=False,
    ),
]
# What `Output` stands for in the signature of a command: (name, type, default).
OPTIONS: tuple[tuple[str, Any, Any], ...] = (
    ("format", FormatOption, None),
    ("json", JsonOption, False),
    ("jsonl", JsonlOption, False),
    ("nl", NlOption, False),
    ("output", OutputOption, None),
)


@dataclass(frozen=True, slots=True)
class Output:
    """The chosen form and place."""

    format: Format
    path: Path | None = None
    colour: bool = False  # even if it is no terminal

    def table(self, table: Table) -> None:
        """Give out rows."""
        if self.format is Format.TABLE and self.path is None and self._is_watched():
            _print_table(table, force=self.colour)
        else:
            self.write(render_table(table, self.format))

    def page(self, row: Row, text: str) -> None:
        """Give out one object: as a page of text for people."""
        if self.format is Format.TABLE:
            self.write(text)
        elif self.format is Format.JSON:
            self.write(render_object(row))
        else:
            columns = {key: key for key in row}
            self.write(render_table(Table([row], columns, tuple(row)), self.format))

    def lines(self, lines: Sequence[Line]) -> None:
        """Give out lines for people; on a terminal their roles show as bold and colour."""
        if self.path is None and self._is_watched():
            _print_lines(lines, force=self.colour)
        else:
            self.write(render_lines(lines))

    @property
    def wants_page(self) -> bool:
        """Whether the answer goes to a file that a browser shows."""
        suffix = self.path.suffix.lower() if self.path else ""
        return self.format is Format.TABLE and suffix in (".html", ".htm")

    def write(self, text: str) -> None:
        """Text to the file or to stdout, at once: a broken pipe shows here, not at exit."""
        if self.path is None:
            sys.stdout.write(text)
            sys.stdout.flush()
        else:
            write_file(self.path, text)

    def _is_watched(self) -> bool:
        return self.colour or sys.stdout.isatty()


def choose_output(options: Mapping[str, Any], *, colour: bool = False) -> Output:
    """The output that the options ask for; asking for two forms is a mistake."""
    wanted = {options["format"]} if options["format"] else set()
    wanted |= {Format.JSON} if options["json"] else set()
    wanted |= {Format.JSONL} if options["jsonl"] or options["nl"] else set()
    if len(wanted) > 1:
        listed = " and ".join(sorted(wanted))
        raise typer.BadParameter(f"{listed} exclude each other", param_hint="--format")
    path = options["output"]
    if path is not None and str(path) == "-":
        path = None
    chosen = next(iter(wanted), None) or _format_of(path)
    return Output(chosen, path, colour)


def _format_of(path: Path | None) -> Format:
    suffix = path.suffix.lower().removeprefix(".") if path else ""
    return Format(suffix) if suffix in set(Format) else Format.TABLE


def _print_table(table: Table, *, force: bool) -> None:
    """A table in colour as wide as the terminal."""
    if not table.rows:
        return
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

    shown = RichTable(box=None, pad_edge=False, header_style="bold")
    for number, (key, heading) in enumerate(table.columns.items()):
        numeric = is_numeric(table, key)
        last = number == len(table.columns) - 1
        shown.add_column(
            heading,
            justify="right" if numeric else "left",
            style="" if last else "cyan",
            no_wrap=numeric or key in ("arxiv_id", "published"),
            overflow="fold",
        )
    for row in table.rows:  # Text: brackets in a title are no markup
        shown.add_row(*(Text(shown_text(row.get(key))) for key in table.columns))
    Console(force_terminal=True if force else None).print(shown)


_STYLES: Mapping[Role, str] = {
    "plain": "",
    "head": "bold",
    "match": "bold yellow",
    "faint": "dim",
}


def _print_lines(lines: Sequence[Line], *, force: bool) -> None:
    """Lines in colour, folded at the width of the terminal; NO_COLOR leaves bold and dim."""
    from rich.console import Console
    from rich.text import Text

    console = Console(force_terminal=True if force else None, highlight=False)
    for line in lines:  # Text: brackets in a title are no markup
        console.print(Text.assemble(*((piece.text, _STYLES[piece.role]) for piece in line)))
