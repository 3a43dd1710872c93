"""The timeline as a TikZ picture, for papers: plain TikZ, the places of the SVG figure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from littrack.present.timeline_figure.cards import (
    NAME_LINE,
    NAME_SIZE,
    PAD_LEFT,
    PAD_TOP,
    organisation_line,
)
from littrack.present.timeline_figure.layout import ARROW, AXIS_HEIGHT, Band, Box, Bracket, arrange
from littrack.present.timeline_figure.legend import (
    SAMPLE_HEIGHT,
    SAMPLE_WIDTH,
    Entry,
    arrange_legend,
)
from littrack.present.timeline_figure.words import WORDS, FigureOptions, Groups, is_reviewed

_HEAD = r"""% A timeline of models, drawn by littrack. Needs \usepackage{tikz}, nothing else.
% It is 17 cm wide at most; widths are measured in Helvetica. To use another font,
% define \littrackfont before the picture.
"""
_FOREIGN = r"""% Has letters other than Latin and Greek: compile with XeLaTeX and say, for Chinese,
%   \usepackage{ctex} \newcommand\littrackfont{\sffamily}
"""
_BEGIN = r"""\providecommand\littrackfont{\fontfamily{phv}\selectfont}
\definecolor{littrackink}{HTML}{1B2733}
\definecolor{littrackquiet}{HTML}{55626E}
\definecolor{littrackline}{HTML}{8B97A3}
\definecolor{littrackaxis}{HTML}{33475B}
\definecolor{littrackmonths}{HTML}{E3E9EF}
\definecolor{littrackfill}{HTML}{D6E8F5}
\definecolor{littrackpublic}{HTML}{5B9BC8}
\definecolor{littrackmark}{HTML}{1F6FA8}
\definecolor{littrackother}{HTML}{B4BEC8}
\begin{tikzpicture}[x=0.5pt, y=-0.5pt, line width=0.5pt,
  every node/.style={inner sep=0pt, outer sep=0pt, anchor=base west, text=littrackink},
  tl name/.style={font=\littrackfont\fontsize{6.5}{7.5}\bfseries\boldmath\selectfont},
  tl small/.style={font=\littrackfont\fontsize{6.5}{7.5}\mdseries\selectfont},
  tl maker/.style={tl small, text=littrackquiet},
  tl year/.style={font=\littrackfont\fontsize{7}{8}\bfseries\selectfont, text=white, anchor=base},
  tl months/.style={tl small, anchor=base},
  tl box/.style={rounded corners=1.5pt},
  tl other/.style={tl box, draw=littrackother, fill=white},
  tl public/.style={tl box, draw=littrackpublic, fill=littrackfill},
  tl unreviewed/.style={draw=littrackink, dash pattern=on 1.5pt off 1pt},
  tl mark/.style={fill=littrackmark, rounded corners=0.75pt},
  tl lead/.style={draw=littrackline}]
"""
_STANDALONE = r"""\documentclass[tikz,border=2pt]{standalone}
\usepackage[T1]{fontenc}
"""
_STANDALONE_FOREIGN = r"""\documentclass[tikz,border=2pt]{standalone}
\usepackage{ctex}
\newcommand\littrackfont{\sffamily}
"""
_SPECIAL = {
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "\\": r"\textbackslash{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "…": r"\ldots{}",
    "–": "--",
    "—": "---",
    "×": r"$\times$",
    "∞": r"$\infty$",
    "²": r"$^2$",
    "³": r"$^3$",
}
# Greek capitals that TeX has no command for look like these.
_LATIN_CAPITALS = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΧο", "ABEZHIKMNOPTXo", strict=True))


def render_timeline_tikz(
    groups: Groups, *, options: FigureOptions | None = None, standalone: bool = False
) -> str:
    r"""A `tikzpicture` for `\input`; ``standalone`` makes it a document that compiles by itself."""
    options = options or FigureOptions()
    layout = arrange(groups, organisations=options.organisations)
    legend = arrange_legend(layout, options)
    drawn = [
        f"\\useasboundingbox (0,0) rectangle ({legend.width:.2f},{legend.height:.2f});",
        *(line for band in layout.bands for line in _axis(band)),
        *(_bracket(bracket) for bracket in layout.brackets),
        *(line for box in layout.boxes for line in _box(box)),
        *(line for entry in legend.entries for line in _entry(entry)),
    ]
    picture = _BEGIN + "\n".join(drawn) + "\n\\end{tikzpicture}\n"
    title = f"% {' '.join((options.title or WORDS[options.language].title).split())}\n"
    foreign = any(map(_is_foreign, picture))
    head = title + _HEAD + (_FOREIGN if foreign else "")
    if not standalone:
        return head + picture
    start = _STANDALONE_FOREIGN if foreign else _STANDALONE
    return head + start + "\\begin{document}\n" + picture + "\\end{document}\n"


def _is_foreign(sign: str) -> bool:
    """Whether pdfLaTeX cannot set a character; quotation marks and the like it can."""
    return sign >= "\u0370" and not "\u2000" <= sign <= "\u206f"


def _axis(band: Band) -> Iterator[str]:
    bottom = band.y + AXIS_HEIGHT
    for cell in band.cells:
        fill, style = ("axis", "year") if cell.is_year else ("months", "months")
        right = cell.x + cell.width
        yield (
            f"\\filldraw[fill=littrack{fill}, draw=white] ({cell.x:.2f},{band.y:.2f}) "
            f"rectangle ({right:.2f},{bottom:.2f});"
        )
        yield _node(style, cell.x + cell.width / 2, band.y + AXIS_HEIGHT / 2 + 5, cell.label)
    fill = "axis" if band.last else "line"
    yield (
        f"\\fill[littrack{fill}] ({band.end:.2f},{band.y:.2f}) -- "
        f"({band.end + ARROW:.2f},{band.y + AXIS_HEIGHT / 2:.2f}) -- ({band.end:.2f},{bottom:.2f});"
    )


def _bracket(bracket: Bracket) -> str:
    return (
        f"\\draw[tl lead] ({bracket.tick:.2f},{bracket.axis:.2f}) -- "
        f"({bracket.tick:.2f},{bracket.bar:.2f}) "
        f"({bracket.left:.2f},{bracket.hook:.2f}) -- ({bracket.left:.2f},{bracket.bar:.2f}) -- "
        f"({bracket.right:.2f},{bracket.bar:.2f}) -- ({bracket.right:.2f},{bracket.hook:.2f});"
    )


def _box(box: Box) -> Iterator[str]:
    model = box.card.model
    place = (box.x, box.y, box.width, box.card.height)
    yield from _frame(*place, public=model.public is True, reviewed=is_reviewed(model))
    y = box.y + PAD_TOP + NAME_SIZE * 0.9
    for line in box.card.name:
        yield _node("name", box.x + PAD_LEFT, y, line)
        y += NAME_LINE
    if box.card.has_organisation:
        yield _node("maker", box.x + PAD_LEFT, y - 0.5, organisation_line(box.card, box.width))


def _frame(
    x: float, y: float, width: float, height: float, *, public: bool, reviewed: bool
) -> Iterator[str]:
    style = ("tl public" if public else "tl other") + ("" if reviewed else ", tl unreviewed")
    right, bottom = x + width - 0.5, y + height - 0.5
    yield f"\\path[{style}] ({x + 0.5:.2f},{y + 0.5:.2f}) rectangle ({right:.2f},{bottom:.2f});"
    if public:
        end = y + height - 3
        yield f"\\path[tl mark] ({x + 2:.2f},{y + 3:.2f}) rectangle ({x + 5.5:.2f},{end:.2f});"


def _entry(entry: Entry) -> Iterator[str]:
    if entry.has_sample:
        place = (entry.x, entry.y - SAMPLE_HEIGHT + 2, SAMPLE_WIDTH, SAMPLE_HEIGHT)
        yield from _frame(*place, public=entry.public, reviewed=entry.reviewed)
    yield _node("small", entry.text_x, entry.y, entry.text)


def _node(style: str, x: float, y: float, text: str) -> str:
    label = latex_text(text).replace("-", "--") if style == "months" else latex_text(text)
    return f"\\node[tl {style}] at ({x:.2f},{y:.2f}) {{{label}}};"


def latex_text(text: str) -> str:
    r"""A text that LaTeX sets as it is: "PanGu-α_2" is PanGu-$\alpha$\_2."""
    signs = " ".join(text.split())
    return "".join(_SPECIAL.get(sign) or _greek(sign) or sign for sign in signs)


def _greek(sign: str) -> str | None:
    if not "\u0391" <= sign <= "\u03c9":
        return None
    if sign in _LATIN_CAPITALS:
        return _LATIN_CAPITALS[sign]
    words = unicodedata.name(sign, "").split()  # GREEK SMALL LETTER ALPHA
    if len(words) != 4:
        return None
    name = "lambda" if words[3] == "LAMDA" else words[3].lower()
    return f"$\\{name if words[1] == 'SMALL' else name.capitalize()}$"
