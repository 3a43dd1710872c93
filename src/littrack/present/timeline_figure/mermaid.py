"""The timeline in Mermaid's syntax, for README files and notes."""

from __future__ import annotations

from itertools import groupby

from littrack.claims import Model
from littrack.present.timeline_figure.words import WORDS, FigureOptions, Groups, is_reviewed

# What Mermaid reads as the end of a name, as a comment or as a directive, in its full width.
_FULL_WIDTH = str.maketrans({sign: chr(ord(sign) + 0xFEE0) for sign in ":;#%{}<>"})


def render_timeline_mermaid(groups: Groups, *, options: FigureOptions | None = None) -> str:
    """A `timeline` diagram: a section a year, a period a span that has models."""
    options = options or FigureOptions()
    words = WORDS[options.language]
    lines = ["timeline", f"    title {_name(options.title or words.title)} ({_name(words.key)})"]
    shown = [(bucket, group) for bucket, group in groups if group]
    for year, spans in groupby(shown, key=lambda one: one[0].year):
        lines.append(f"    section {year}")
        for bucket, group in spans:
            events = "".join(f" : {_event(model)}" for model in group)
            lines.append(f"        {bucket.label or year}{events}")
    return "\n".join(lines) + "\n"


def _event(model: Model) -> str:
    marks = " ◆" * bool(model.public) + " (?)" * (not is_reviewed(model))
    return _name(model.name) + marks


def _name(text: str) -> str:
    """A name on one line without signs that mean something to Mermaid."""
    return " ".join(text.split()).translate(_FULL_WIDTH)
