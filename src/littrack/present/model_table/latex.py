"""The table as LaTeX: booktabs, check marks, citations; to include, or a document of its own."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from littrack.claims import Model
from littrack.present.model_table.rows import (
    TableCell,
    TableGroup,
    TableOptions,
    TableRow,
    caption,
    group_rows,
    notes,
)
from littrack.present.model_table.words import CHECK, COLUMNS, NOTHING, Mark
from littrack.text import has_chinese

ROWS = 80  # of one float: more do not fit on a page
_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "“": "``",
    "”": "''",
    "–": "--",
    "—": "---",
    "×": r"$\times$",
    "±": r"$\pm$",
    "≥": r"$\geq$",
    "≤": r"$\leq$",
    "†": r"$^\dagger$",
    "‡": r"$^\ddagger$",
    CHECK: r"\checkmark",
    "[": "{[}",  # at the start of a row it would be the space below the row before
    "]": "{]}",
    "*": "{*}",
}
# Capitals that look like Latin ones have no command of their own.
_LATIN_CAPITALS = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΧ", "ABEZHIKMNOPTX", strict=True))
_ALIGNMENT = {"model": "l", "size": "r", "base_model": "l", "hardware": "l"}


def escape_latex(text: str) -> str:
    r"""Text that LaTeX prints as it is; Greek letters become mathematics.

    >>> escape_latex("PanGu-α & 10%_x")
    'PanGu-$\\alpha$ \\& 10\\%\\_x'
    """
    printable = "".join(character if character.isprintable() else " " for character in text)
    return "".join(map(_escaped, " ".join(printable.split())))


def _escaped(character: str) -> str:
    if character in _SPECIAL:
        return _SPECIAL[character]
    name = unicodedata.name(character, "")
    if not name.startswith("GREEK") or " LETTER " not in name or " WITH " in name:
        return character
    if character in _LATIN_CAPITALS:
        return f"$\\mathrm{{{_LATIN_CAPITALS[character]}}}$"
    letter = name.rpartition(" ")[2].lower()
    command = {"lamda": "lambda", "omicron": "mathit{o}"}.get(letter, letter)
    return f"$\\{command.capitalize() if 'CAPITAL' in name else command}$"


def citation_key(arxiv_id: str, options: TableOptions) -> str:
    """The key in the user's bibliography, else one made from the identifier."""
    return options.citation_keys.get(arxiv_id, f"arxiv-{arxiv_id.replace('/', '-')}")


def render_latex_table(models: Iterable[Model], options: TableOptions) -> str:
    """A float as wide as the page, several if need be; with ``standalone`` a whole document."""
    groups = group_rows(models, options.language)
    floats = [
        _float(page, groups, options, is_continued=number > 0)
        for number, page in enumerate(_pages(groups))
    ]
    body = "\n".join(floats)
    return _document(body, options) if options.standalone else _requirements(body) + body


def _pages(groups: Sequence[TableGroup]) -> Iterator[list[TableGroup]]:
    """Groups cut so that no page has more than `ROWS` rows; one empty page for no models."""
    page: list[TableGroup] = []
    free = ROWS
    for group in groups:
        rows = group.rows
        while rows:
            page.append(TableGroup(group.public, rows[:free]))
            rows, free = rows[free:], free - len(rows[:free])
            if free == 0:
                yield page
                page, free = [], ROWS
    if page or not groups:
        yield page


def _requirements(body: str) -> str:
    chinese = "% Chinese text: compile with XeLaTeX and \\usepackage{ctex}\n"
    packages = "% needs \\usepackage{booktabs,amssymb,graphicx}\n"
    return packages + (chinese if has_chinese(body) else "")


def _document(body: str, options: TableOptions) -> str:
    scheme = "" if options.language == "zh" else ",scheme=plain"
    start = (
        ("% compile with XeLaTeX", f"\\documentclass[a4paper{scheme}]{{ctexart}}")
        if has_chinese(body)
        else ("\\documentclass[a4paper]{article}", "\\usepackage[utf8]{inputenc}")
    )
    lines = (
        *start,
        "\\usepackage[landscape,margin=15mm]{geometry}",
        "\\usepackage{booktabs,amssymb,graphicx}",
        "\\begin{document}",
        body.rstrip(),
        "\\end{document}",
    )
    return "\n".join(lines) + "\n"


def _float(
    page: Sequence[TableGroup],
    groups: Sequence[TableGroup],
    options: TableOptions,
    *,
    is_continued: bool,
) -> str:
    title = escape_latex(caption(groups, options))
    if is_continued:
        title = f"{title} {escape_latex(options.words.continued)}"
    columns = "".join(_ALIGNMENT.get(key, "c") for key in COLUMNS)
    lines = [
        r"\begin{table*}[p]",
        r"\centering",
        rf"\caption{{{title}}}",
        "" if is_continued else r"\label{tab:models}",
        r"\resizebox{\textwidth}{!}{%",
        rf"\begin{{tabular}}{{@{{}}{columns}@{{}}}}",
        r"\toprule",
        *_headings(options),
    ]
    for group in page:
        lines += _group(group, options)
    lines += [r"\bottomrule", r"\end{tabular}}", *_notes(groups, options), r"\end{table*}", ""]
    return "\n".join(line for line in lines if line) + "\n"


def _headings(options: TableOptions) -> list[str]:
    words = options.words
    above, rules, column = [], [], 0
    while column < len(COLUMNS):
        over = words.over.get(COLUMNS[column])
        above.append(rf"\multicolumn{{2}}{{c}}{{{escape_latex(over)}}}" if over else "")
        if over:
            rules.append(rf"\cmidrule(lr){{{column + 1}-{column + 2}}}")
        column += 2 if over else 1
    named = (escape_latex(words.headings[key]) for key in COLUMNS)
    return [" & ".join(above) + r" \\", "".join(rules), " & ".join(named) + r" \\"]


def _group(group: TableGroup, options: TableOptions) -> list[str]:
    heading = escape_latex(options.words.groups[group.public])
    first = rf"\multicolumn{{{len(COLUMNS)}}}{{@{{}}l}}{{\textit{{{heading}}}}} \\"
    return [r"\midrule", first, *(_row(row, options) for row in group.rows)]


def _row(row: TableRow, options: TableOptions) -> str:
    cells = [_cell(cell) for cell in row.cells.values()]
    if row.model.paper is not None:
        cells[0] += rf"~\cite{{{citation_key(row.model.paper, options)}}}"
    if row.unverified:
        cells[0] += rf" \emph{{({escape_latex(options.words.unverified)})}}"
    return " & ".join(cells) + r" \\"


def _cell(cell: TableCell) -> str:
    marks = "".join("*" if mark is Mark.PUBLIC_SIZE else escape_latex(mark) for mark in cell.marks)
    if cell.text.startswith("~"):  # about so much
        return rf"$\sim${escape_latex(cell.text[1:])}{marks}"
    return (NOTHING if cell.text == NOTHING else escape_latex(cell.text)) + marks


def _notes(groups: Sequence[TableGroup], options: TableOptions) -> list[str]:
    colon, stop = (": ", ". ") if options.language == "en" else ("：", "；")
    parts = [
        f"{_sign(sign)}{colon}{escape_latex(meaning)}"
        for sign, meaning in notes(groups, options.language)
    ]
    text = stop.join([*parts, escape_latex(options.words.abbreviations)])
    return [r"\par\smallskip", rf"\parbox{{\textwidth}}{{\footnotesize {text}}}"] if groups else []


def _sign(sign: str) -> str:
    return r"$\sim$" if sign == "~" else escape_latex(sign)
