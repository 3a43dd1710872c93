"""The timeline as a page that needs nothing else: the figure, and below it the same as a table."""

from __future__ import annotations

from collections.abc import Iterator

from littrack.claims import Bucket, Model
from littrack.present.svg import FONT_FAMILY, element, escape, link
from littrack.present.timeline_figure.svg import render_timeline_svg
from littrack.present.timeline_figure.words import WORDS, FigureOptions, Groups, Words, address

_STYLE = """
body { font-family: FONTS; color: #1b2733; margin: 2rem auto; max-width: 75rem;
  padding: 0 1rem; line-height: 1.45; }
h1 { font-size: 1.4rem; }
.figure { overflow-x: auto; margin: 1.5rem 0; }
.figure svg { display: block; max-width: 100%; min-width: 46rem; height: auto; }
.figure a:focus-visible rect { stroke: #b3541e; stroke-width: 2; }
table { border-collapse: collapse; width: 100%; font-size: 0.9rem; }
caption { text-align: left; font-weight: bold; font-size: 1.1rem; padding: 0.5rem 0; }
th, td { text-align: left; padding: 0.25rem 0.75rem 0.25rem 0; border-bottom: 1px solid #dde3e8;
  vertical-align: top; }
thead th { border-bottom: 2px solid #33475b; white-space: nowrap; }
tbody th { font-weight: bold; }
a { color: #1f5f93; }
.note { color: #55626e; font-size: 0.9rem; }
@media print { .figure svg { min-width: 0; } }
""".replace("FONTS", FONT_FAMILY)


def render_timeline_html(groups: Groups, *, options: FigureOptions | None = None) -> str:
    """One page without scripts; the table has each model's date, its kind and its paper."""
    options = options or FigureOptions()
    words = WORDS[options.language]
    title = escape(options.title or words.title)
    notes = [words.rule] + [words.unplaced.format(options.unplaced)] * bool(options.unplaced)
    return "\n".join(
        [
            "<!DOCTYPE html>",
            f'<html lang="{words.tag}">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{title}</title>",
            f"<style>{_STYLE}</style>",
            "</head>",
            "<body>",
            f"<h1>{title}</h1>",
            f'<div class="figure">\n{render_timeline_svg(groups, options=options)}</div>',
            *_table(groups, words),
            element("p", escape(" ".join(notes)), class_="note"),
            "</body>",
            "</html>",
            "",
        ]
    )


def _table(groups: Groups, words: Words) -> Iterator[str]:
    heads = "".join(element("th", escape(name), scope="col") for name in words.columns)
    yield f"<table>\n<caption>{escape(words.heading)}</caption>"
    yield f"<thead><tr>{heads}</tr></thead>\n<tbody>"
    for bucket, group in groups:
        yield from (_row(bucket, model, words) for model in group)
    yield "</tbody>\n</table>"


def _row(bucket: Bucket, model: Model, words: Words) -> str:
    release = model.release
    public = {True: words.yes, False: words.no, None: words.not_stated}[model.public]
    status = words.statuses[model.status] + (f", {words.withdrawn}" if model.withdrawn else "")
    cells = [
        element("td", escape(str(bucket))),
        element("td", escape(str(release) if release else "")),
        element("td", escape(words.dates[release.kind] if release else words.not_stated)),
        element("th", link(escape(model.name), address(model)), scope="row"),
        *(element("td", escape(text)) for text in (model.organisation, public, status)),
    ]
    return f"<tr>{''.join(cells)}</tr>"
