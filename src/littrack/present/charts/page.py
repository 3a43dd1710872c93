"""A chart as a page that needs nothing else: the picture, what one points at, and the numbers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache

from littrack.present.charts.shapes import Chart
from littrack.present.charts.vega_lite import draw_svg, vega_lite_spec
from littrack.present.embedded_font import embed_font
from littrack.present.svg import FONT_FAMILY, element, escape

_STYLE = """
body { font-family: FONTS; color: #1b2733; margin: 2rem auto; max-width: 60rem;
  padding: 0 1rem; line-height: 1.45; }
h1 { font-size: 1.4rem; }
.figure { overflow-x: auto; margin: 1.5rem 0; }
.figure svg { display: block; max-width: 100%; height: auto; }
.numbers { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.9rem; margin-bottom: 1.5rem; }
caption { text-align: left; font-weight: bold; font-size: 1.1rem; padding: 0.5rem 0; }
th, td { text-align: right; padding: 0.2rem 0 0.2rem 1.2rem; border-bottom: 1px solid #dde3e8; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
table.words th, table.words td { text-align: left; }
thead th { border-bottom: 2px solid #33475b; vertical-align: bottom; }
tbody th { font-weight: normal; white-space: nowrap; }
""".replace("FONTS", FONT_FAMILY)
# The picture stays where the script does not run.
_SCRIPT = """
vegaEmbed("#chart", {spec}, {{actions: false, renderer: "svg"}}).catch(console.error);
"""


def render_page(chart: Chart, title: str, tables: Sequence[str]) -> str:
    """The page; its script is Vega's own, within it, and asks nothing of the network."""
    spec = json.dumps(vega_lite_spec(chart, hover=True), ensure_ascii=False)
    script = _SCRIPT.format(spec=spec.replace("</", "<\\/"))
    title = escape(title)
    page = "\n".join(
        [
            "<!DOCTYPE html>",
            f'<html lang="{chart.tag}">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{title}</title>",
            f"<style>{_STYLE}</style>",
            "</head>",
            "<body>",
            f"<h1>{title}</h1>",
            f'<div class="figure" id="chart">\n{draw_svg(chart)}</div>',
            *tables,
            f"<script>{_vega()}</script>",
            f"<script>{script}</script>",
            "</body>",
            "</html>",
            "",
        ]
    )
    return embed_font(page)


@cache
def _vega() -> str:
    """Vega, Vega-Lite and Vega-Embed in one script of 0.9 MB."""
    import vl_convert  # 80 MB: only for those who want a picture

    script = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return script.replace("</script", "<\\/script")


def render_table(
    caption: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    words: bool = False,
) -> str:
    """A table of a page whose first column names the rows; ``words`` stand left."""
    return "\n".join(_table(caption, heads, rows, "words" if words else None))


def _table(
    caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]], look: str | None
) -> Iterator[str]:
    opening = element("table", "", class_=look).removesuffix("</table>")
    yield f'<div class="numbers">{opening}'
    yield element("caption", escape(caption))
    cells = "".join(element("th", escape(head), scope="col") for head in heads)
    yield f"<thead><tr>{cells}</tr></thead>\n<tbody>"
    for first, *rest in rows:
        name = element("th", escape(first), scope="row")
        yield f"<tr>{name}{''.join(element('td', escape(cell)) for cell in rest)}</tr>"
    yield "</tbody>\n</table></div>"
