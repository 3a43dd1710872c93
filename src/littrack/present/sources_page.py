"""Where claims come from, as a page that needs nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from littrack.present.claim_sources import (
    NO_SOURCE,
    Answer,
    shorten,
    source_pieces,
    tell_numbers,
)
from littrack.present.hit_lines import Piece
from littrack.present.hits_page import render_item, render_page
from littrack.records import ClaimSource


def render_sources_page(answers: Sequence[Answer]) -> str:
    """The sources of each claim on a page."""
    if len(answers) == 1:
        count = len(answers[0].sources)
        told = NO_SOURCE if not count else "one sentence" if count == 1 else f"{count} sentences"
        return render_page(shorten(answers[0].claim), told, map(_item, answers[0].sources))
    found = sum(bool(answer.sources) for answer in answers)
    told = f"{found} of {len(answers)} have a source in this library"
    return render_page(f"{len(answers)} claims", told, _claims(answers))


def _claims(answers: Sequence[Answer]) -> Iterator[str]:
    for answer in answers:
        none = "" if answer.sources else f' <span class="facts">{NO_SOURCE}</span>'
        yield f"<li><p>“{escape(shorten(answer.claim))}”{none}</p></li>\n"
        yield from map(_item, answer.sources)


def _item(source: ClaimSource) -> str:
    told = " · ".join(filter(None, (f"match: {source.match}", tell_numbers(source))))
    title = [Piece(source.paper.title)]
    return render_item(source.paper, f"{source.score:.2f}", title, source_pieces(source), [told])
