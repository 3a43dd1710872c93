"""The kinds of files a chart can be, by their suffixes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from littrack.errors import InputError
from littrack.present.charts.pgfplots import render_pgfplots
from littrack.present.charts.shapes import Chart
from littrack.present.charts.vega_lite import draw_svg, vega_lite_spec
from littrack.present.embedded_font import embed_font
from littrack.present.pictures import render_pdf, render_png

_DOTS = 300 / 96  # a CSS pixel, at 300 dots an inch
SUFFIXES = (".svg", ".png", ".pdf", ".html", ".json", ".tex", ".csv")

_PICTURES: Mapping[str, Callable[[Chart], str | bytes]] = {
    ".svg": lambda chart: embed_font(draw_svg(chart)),
    ".png": lambda chart: render_png(draw_svg(chart), _DOTS),
    ".pdf": lambda chart: render_pdf(draw_svg(chart)),
    ".json": lambda chart: (
        json.dumps(vega_lite_spec(chart, hover=True), ensure_ascii=False, indent=1) + "\n"
    ),
    ".tex": render_pgfplots,
}


def render_chart(chart: Chart, suffix: str) -> str | bytes:
    """A picture of the chart, or what a program makes one of."""
    return _PICTURES[suffix](chart)


def check_suffix(suffix: str) -> str:
    """The suffix in small letters.

    Raises:
        InputError: no chart can be written so.
    """
    known = suffix.lower()
    if known not in SUFFIXES:
        raise InputError(f"a chart cannot be a {suffix or '(no suffix)'} file; {_choices()}")
    return known


def _choices() -> str:
    return f"choose one of {', '.join(SUFFIXES)}"
