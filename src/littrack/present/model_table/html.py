"""The table as a self-contained page: every cell leads to the sentence it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from littrack.claims import Claim, EvidenceKind, Model
from littrack.identifiers import url_of
from littrack.present.model_rows import TABLE_FIELDS, link_of
from littrack.present.model_table.rows import (
    TableCell,
    TableGroup,
    TableOptions,
    TableRow,
    caption,
    group_rows,
    notes,
)
from littrack.present.model_table.words import COLUMNS
from littrack.present.model_words import FIELDS, Language, full_text, source_text
from littrack.present.svg import FONT_FAMILY

_STYLE = """
:root { color-scheme: light dark; --line: #8886; --soft: #8881; --mark: #a85b00; }
@media (prefers-color-scheme: dark) { :root { --mark: #e9a14a; } }
body { font: 15px/1.45 FONTS; margin: 2rem auto; max-width: 84rem; padding: 0 1rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; border-top: 2px solid; border-bottom: 2px solid;
  font-size: 13px; font-variant-numeric: tabular-nums; width: 100%; }
caption { font-size: 15px; margin-bottom: .6rem; text-align: left; }
th, td { padding: .22rem .5rem; text-align: center; vertical-align: baseline; }
th { font-weight: 600; }
thead tr:last-child th { border-bottom: 1px solid; }
thead .over { border-bottom: 1px solid var(--line); }
thead th { vertical-align: bottom; }
tbody th, .base_model, .hardware, th.model { text-align: left; }
.size { text-align: right; }
td.release, td.size, td.data_cutoff, td.training_time, td.pretrain_data { white-space: nowrap; }
tbody tr:hover > * { background: var(--soft); }
tbody .group { border-top: 1px solid; font-style: italic; padding-top: .5rem; }
tbody + tbody .group { border-top: 1px solid; }
tbody th { font-weight: 500; white-space: nowrap; }
td a, tbody th a { color: inherit; text-decoration: underline dotted var(--line);
  text-underline-offset: 3px; }
.unverified { color: var(--mark); font-size: 11px; font-style: italic; }
.notes { font-size: 13px; margin: .8rem 0 2rem; padding: 0; list-style: none; }
section { break-inside: avoid; margin-top: 1.2rem; }
h2 { font-size: 18px; } h3 { font-size: 15px; margin-bottom: .2rem; }
dl { display: grid; font-size: 13px; gap: .15rem .8rem; grid-template-columns: 14rem 1fr; }
dl { margin: 0; } dt { font-weight: 600; grid-column: 1; } dd { grid-column: 2; margin: 0; }
dt:target, dt:target + dd { background: #fd06; }
@media print { body { margin: 0; max-width: none; } .wide { overflow: visible; } }
""".replace("FONTS", FONT_FAMILY)
_SPANNED = 2  # columns below one heading


def render_html_table(models: Iterable[Model], options: TableOptions) -> str:
    """The page: the table, its notes, and below them the evidence model by model."""
    groups = group_rows(models, options.language)
    title = escape(caption(groups, options))
    language = "en" if options.language == "en" else "zh-Hans"
    rows = [row for group in groups for row in group.rows]
    number_of = {row.model.name: number for number, row in enumerate(rows, 1)}
    body = "\n".join(_bodies(groups, number_of, options))
    return f"""<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{_STYLE}</style>
</head>
<body>
<div class="wide">
<table>
<caption>{title}</caption>
{_head(options)}
{body}
</table>
</div>
{_notes(groups, options)}
<h2>{escape(options.words.evidence)}</h2>
{"".join(_evidence(row.model, number_of[row.model.name], options) for row in rows)}</body>
</html>
"""


def _head(options: TableOptions) -> str:
    words = options.words
    first, second = [], []
    spanned = 0
    for key in COLUMNS:
        heading = f"{escape(words.headings[key])}</th>"
        over = words.over.get(key)
        if over:
            spanned = _SPANNED
            group = f'<th class="over" colspan="{_SPANNED}" scope="colgroup">{escape(over)}</th>'
            first.append(group)
        if spanned:
            spanned -= 1
            second.append(f'<th scope="col">{heading}')
        else:
            first.append(f'<th class="{key}" rowspan="2" scope="col">{heading}')
    return f"<thead>\n<tr>{''.join(first)}</tr>\n<tr>{''.join(second)}</tr>\n</thead>"


def _bodies(
    groups: Sequence[TableGroup], number_of: dict[str, int], options: TableOptions
) -> Iterator[str]:
    for group in groups:
        heading = escape(options.words.groups[group.public])
        span = f'class="group" colspan="{len(COLUMNS)}" scope="rowgroup"'
        rows = "\n".join(_row(row, number_of[row.model.name], options) for row in group.rows)
        yield f"<tbody>\n<tr><th {span}>{heading}</th></tr>\n{rows}\n</tbody>"


def _row(row: TableRow, number: int, options: TableOptions) -> str:
    first, *rest = row.cells.items()
    name = escape(first[1].marked)
    link = link_of(row.model)
    if link and _is_web(link):
        name = f'<a href="{escape(link)}">{name}</a>'
    if row.unverified:
        name += f' <span class="unverified">{escape(options.words.unverified)}</span>'
    cells = "".join(_cell(key, cell, number, options.language) for key, cell in rest)
    return f'<tr><th scope="row">{name}</th>{cells}</tr>'


def _cell(key: str, cell: TableCell, number: int, language: Language) -> str:
    text = escape(cell.marked)
    if cell.claim is not None:
        tip = escape(_told(cell.claim, language))
        text = f'<a href="#e{number}-{key}" title="{tip}">{text}</a>'
    return f'<td class="{key}">{text}</td>'


def _told(claim: Claim, language: Language) -> str:
    """``arXiv:2204.02311v1, abstract: “...”``."""
    found = claim.evidence
    where = ", ".join(part for part in (source_text(found), found.locator) if part)
    quote = "“{}”".format(" ".join(found.sentence.split())) if found.sentence else ""
    colon = ": " if language == "en" else "："
    return colon.join(part for part in (where, quote or found.note) if part)


def _notes(groups: Sequence[TableGroup], options: TableOptions) -> str:
    colon = ": " if options.language == "en" else "："
    lines = [
        f"<li><b>{escape(sign)}</b>{colon}{escape(meaning)}</li>"
        for sign, meaning in notes(groups, options.language)
    ]
    lines.append(f"<li>{escape(options.words.abbreviations)}</li>")
    return '<ul class="notes">\n' + "\n".join(lines) + "\n</ul>"


def _evidence(model: Model, number: int, options: TableOptions) -> str:
    lines = []
    for name in TABLE_FIELDS:
        cell = model.cells.get(name)
        if cell is None or not (cell.claims or cell.rivals):
            continue
        lines.append(f'<dt id="e{number}-{name}">{escape(FIELDS[options.language][name])}</dt>')
        lines += [_claim(claim, options, otherwise=False) for claim in cell.claims]
        lines += [_claim(claim, options, otherwise=True) for claim in cell.rivals]
    if not lines:
        return ""
    return (
        f"<section>\n<h3>{escape(model.name)}</h3>\n<dl>\n"
        + "\n".join(lines)
        + "\n</dl>\n</section>\n"
    )


def _claim(claim: Claim, options: TableOptions, *, otherwise: bool) -> str:
    value = escape(full_text(claim.field, claim.value, options.language))
    address = _address(claim)
    told = escape(_told(claim, options.language))
    told = f'<a href="{escape(address)}">{told}</a>' if address else told
    note = f" <i>({escape(options.words.otherwise)})</i>" if otherwise else ""
    return f"<dd>{value}{note} – {told}</dd>"


def _address(claim: Claim) -> str | None:
    source = claim.evidence.source
    if claim.evidence.kind is EvidenceKind.PAPER and source_text(claim.evidence) != source:
        return url_of(source)
    return source if _is_web(source) else None


def _is_web(address: str) -> bool:
    """Whether an address may stand in a link: no script runs from it."""
    return address.startswith(("https://", "http://"))
