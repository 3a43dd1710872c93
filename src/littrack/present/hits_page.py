"""Hits as a page that needs nothing else: what was asked, what was found, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from littrack.present.embedded_font import embed_font
from littrack.present.hit_lines import (
    Piece,
    explain_hit,
    paper_facts,
    snippet_pieces,
    title_pieces,
)
from littrack.records import Hit, Paper
from littrack.text import has_chinese

_STYLE = """
:root { color-scheme: light dark; --soft: #555; --line: #8885; --mark: #ffe58a; --ink: #111; }
@media (prefers-color-scheme: dark) { :root { --soft: #aaa; --mark: #e0b020; } }
body { font: 16px/1.5 "Liberation Sans", Arial, Helvetica, "Noto Sans CJK SC", "PingFang SC",
  "Microsoft YaHei", "Littrack Sans SC", sans-serif; margin: 2rem auto; max-width: 48rem;
  padding: 0 1rem; }
h1 { font-size: 1.35rem; margin-bottom: .2rem; }
ol { list-style: none; margin: 1.2rem 0; padding: 0; }
li { border-top: 1px solid var(--line); padding: .9rem 0; break-inside: avoid; }
h2 { font-size: 1.05rem; margin: 0; }
h2 a { text-decoration: none; }
h2 a:hover { text-decoration: underline; }
p { margin: .3rem 0; }
.facts, .why, .number { color: var(--soft); font-size: .87rem; }
.number { float: right; }
mark { background: var(--mark); border-radius: .15rem; color: var(--ink); padding: 0 .1rem; }
dl { color: var(--soft); display: grid; font-size: .87rem; gap: .1rem .8rem;
  grid-template-columns: max-content 1fr; margin: .4rem 0 0; }
dt { font-weight: 600; } dd { margin: 0; overflow-wrap: anywhere; }
"""
_FOUND_BY = {"lexical": "its words", "semantic": "its meaning"}


def render_hits_page(query: str, hits: Sequence[Hit]) -> str:
    """The answer to a query as a page."""
    count = f"{len(hits)} papers" if len(hits) != 1 else "one paper"
    return render_page(query, count if hits else "nothing found", map(_hit, hits))


def _hit(hit: Hit) -> str:
    found_by = " and ".join(_FOUND_BY.get(name, name) for name in hit.matched_by)
    why = [f"found by {found_by}"] if found_by else []
    explained = "" if hit.explanation is None else _explanation(hit)
    item = (title_pieces(hit), snippet_pieces(hit), why)
    return render_item(hit.paper, f"{hit.score:.3f}", *item, explained)


def _explanation(hit: Hit) -> str:
    rows = (
        f"<dt>{escape(name)}</dt><dd>{_marked(pieces)}</dd>"
        for name, pieces in explain_hit(hit)
        if name != "sentence"
    )
    return f"<dl>{''.join(rows)}</dl>"


def render_item(
    paper: Paper,
    number: str,
    title: Sequence[Piece],
    text: Sequence[Piece],
    why: Sequence[str],
    more: str = "",
) -> str:
    """A paper of a page: its number, title, facts, sentence, and the reasons in small print."""
    shown = f"<p>{_marked(text)}</p>\n" if text else ""
    reasons = "".join(f'<p class="why">{escape(reason)}</p>\n' for reason in why)
    return f"""<li>
<span class="number">{escape(number)}</span>
<h2><a href="{escape(paper.url)}">{_marked(title)}</a></h2>
<p class="facts">{escape(paper_facts(paper))}</p>
{shown}{reasons}{more}
</li>
"""


def _marked(pieces: Iterable[Piece]) -> str:
    return "".join(
        f"<mark>{escape(one.text)}</mark>" if one.role == "match" else escape(one.text)
        for one in pieces
    )


def render_page(asked: str, count: str, items: Iterable[str]) -> str:
    """What was asked, how much was found, and the items."""
    title = escape(" ".join(asked.split()))
    language = "zh-Hans" if has_chinese(asked) else "en"
    page = f"""<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} – littrack</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>{title}</h1>
<p class="facts">{escape(count)}</p>
<ol>
{"".join(items)}</ol>
</body>
</html>
"""
    return embed_font(page)
