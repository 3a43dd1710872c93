"""The table as rows for CSV, JSON and the terminal, and as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from littrack.claims import Model
from littrack.present.model_rows import link_of
from littrack.present.model_table.rows import (
    TableGroup,
    TableOptions,
    TableRow,
    caption,
    group_rows,
    notes,
)
from littrack.present.model_table.words import ADAPTATION, COLUMNS, EVALUATION
from littrack.present.model_words import escape_inline
from littrack.present.tables import Table

KEYS = ("group", *COLUMNS, "unverified", "arxiv_id", "link")


def survey_table(models: Iterable[Model], options: TableOptions) -> Table:
    """The twelve columns as rows of text, with the group and whether a row is unverified."""
    words = options.words
    rows = [
        _row(row, words.groups[group.public])
        for group in group_rows(models, options.language)
        for row in group.rows
    ]
    return Table(rows, words.headings, KEYS)


def _row(row: TableRow, group: str) -> dict[str, Any]:
    return {
        "group": group,
        **{key: cell.marked for key, cell in row.cells.items()},
        "unverified": row.unverified,
        "arxiv_id": row.model.paper,
        "link": link_of(row.model),
    }


def render_markdown_table(models: Iterable[Model], options: TableOptions) -> str:
    """A pipe table a group, the caption above, the notes below."""
    groups = group_rows(models, options.language)
    words = options.words
    lines = [f"**{escape_inline(caption(groups, options))}**", ""]
    for group in groups:
        lines += [f"### {words.groups[group.public]}", "", *_pipes(group, options), ""]
    lines += [_note(sign, meaning, options) for sign, meaning in notes(groups, options.language)]
    lines += [f"- {words.abbreviations}"] if groups else []
    return "\n".join(lines).rstrip() + "\n"


def _note(sign: str, meaning: str, options: TableOptions) -> str:
    shown = f"*{sign}*" if sign == options.words.unverified else f"`{sign}`"
    return f"- {shown}{': ' if options.language == 'en' else '：'}{meaning}"


def _pipes(group: TableGroup, options: TableOptions) -> list[str]:
    headings = [_heading(key, options) for key in COLUMNS]
    rows = [_cells(row, options) for row in group.rows]
    return [_line(line) for line in (headings, ["---", *_ALIGNED], *rows)]


_ALIGNED = ["---:" if key == "size" else "---" for key in COLUMNS[1:]]


def _heading(key: str, options: TableOptions) -> str:
    """A Markdown table has one line of headings: "Adaptation: IT"."""
    words = options.words
    over = {ADAPTATION: ADAPTATION, "rlhf": ADAPTATION}
    over |= {EVALUATION: EVALUATION, "chain_of_thought": EVALUATION}
    above = words.over[over[key]] if key in over else ""
    colon = ": " if options.language == "en" else "："
    return f"{above}{colon}{words.headings[key]}" if above else words.headings[key]


def _cells(row: TableRow, options: TableOptions) -> list[str]:
    cells = [escape_inline(cell.marked) for cell in row.cells.values()]
    link = link_of(row.model)
    cells[0] = f"[{cells[0]}]({_address(link)})" if link else cells[0]
    cells[0] += f" *{options.words.unverified}*" if row.unverified else ""
    return cells


def _address(link: str) -> str:
    """An address that ends where it should within Markdown."""
    for sign, code in ((" ", "%20"), ("(", "%28"), (")", "%29"), ("|", "%7C"), ("<", "%3C")):
        link = link.replace(sign, code)
    return link


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
