"""Rows to text: JSON, JSON lines, CSV, TSV, Markdown and aligned columns.

A row is a plain dict. Scripts are given every key of it, people the chosen columns.
"""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows, with what is shown of them to whom.

    ``columns`` are the keys that people see, with their headings. ``keys`` are all that a CSV file
    has, so that its first line is the same when there are no rows.
    """

    rows: Sequence[Row]
    columns: Mapping[str, str]
    keys: Sequence[str]


def render_table(table: Table, format: str) -> str:
    """The table as text in one of `RENDERERS`; ends with a newline unless it is empty."""
    return RENDERERS[format](table)


def render_json(table: Table) -> str:
    """One array, an object a line: as easy to read as to parse. UTF-8, nothing escaped."""
    lines = ",\n ".join(_json(row) for row in table.rows)
    return f"[{lines}]\n"


def render_jsonl(table: Table) -> str:
    """An object a line."""
    return "".join(_json(row) + "\n" for row in table.rows)


def render_csv(table: Table) -> str:
    """RFC 4180: a header, CRLF, quotes where needed."""
    return _separated(table, lambda file: csv.writer(file), cell_text)


def render_tsv(table: Table) -> str:
    """Tab-separated, one line a row: tabs and line breaks within a cell become spaces."""

    def writer(file: io.StringIO) -> Any:
        return csv.writer(
            file, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE, quotechar=None
        )

    return _separated(table, writer, lambda value: _one_line(cell_text(value)))


def _separated(
    table: Table, open_writer: Callable[[io.StringIO], Any], text: Callable[[Any], str]
) -> str:
    file = io.StringIO(newline="")
    writer = open_writer(file)
    writer.writerow(table.keys)
    for row in table.rows:
        writer.writerow([text(row.get(key)) for key in table.keys])
    return file.getvalue()


def render_markdown(table: Table) -> str:
    """A pipe table of the shown columns."""
    lines = [list(table.columns.values()), ["---"] * len(table.columns), *_cells(table)]
    return "".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines
    )


def render_aligned(table: Table) -> str:
    """The shown columns, aligned with spaces; whole cells, so that they can be searched.

    Numbers stand right. Nothing is printed for no rows.
    """
    if not table.rows:
        return ""
    lines = [list(table.columns.values()), *_cells(table)]
    widths = [max(map(display_width, column)) for column in zip(*lines, strict=True)]
    numeric = [is_numeric(table, key) for key in table.columns]
    padded = (
        "  ".join(
            _pad(cell, width, right=right)
            for cell, width, right in zip(line, widths, numeric, strict=True)
        ).rstrip()
        for line in lines
    )
    return "".join(f"{line}\n" for line in padded)


def is_numeric(table: Table, key: str) -> bool:
    """Whether a column holds nothing but numbers."""
    values = [row.get(key) for row in table.rows]
    return all(isinstance(value, (int, float)) and value is not True for value in values)


def _cells(table: Table) -> list[list[str]]:
    return [[shown_text(row.get(key)) for key in table.columns] for row in table.rows]


def shown_text(value: Any) -> str:
    """A value as people see it: on one line, numbers rounded."""
    if isinstance(value, float) and not value.is_integer():
        return f"{value:.3f}"
    return _one_line(cell_text(value))


def cell_text(value: Any) -> str:
    """A value within a table's cell: lists joined by "; ", mappings as JSON, None empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return _json(value)
    if isinstance(value, (list, tuple)):
        return "; ".join(cell_text(item) for item in value)
    return str(value)


def display_width(text: str) -> int:
    """Columns that a text takes on a terminal.

    Wide East Asian characters take two, combining marks and other invisible ones none.
    """
    if text.isascii():
        return len(text)
    return sum(
        0
        if unicodedata.category(character) in ("Mn", "Me", "Cf")
        else 1 + (unicodedata.east_asian_width(character) in "WF")
        for character in text
    )


def _pad(text: str, width: int, *, right: bool) -> str:
    space = " " * (width - display_width(text))
    return space + text if right else text + space


def _one_line(text: str) -> str:
    """No line break, tab or control character: a title must not move the cursor."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def render_object(row: Row) -> str:
    """One object over several lines."""
    return json.dumps(row, ensure_ascii=False, indent=2) + "\n"


RENDERERS: Mapping[str, Callable[[Table], str]] = {
    "table": render_aligned,
    "json": render_json,
    "jsonl": render_jsonl,
    "csv": render_csv,
    "tsv": render_tsv,
    "md": render_markdown,
}
