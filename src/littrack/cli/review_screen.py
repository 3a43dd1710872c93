"""The screen of the review: a proposal with its evidence marked where it stands.

    2/41  PaLM  ████████▌░ 0.85  review  2204.02311v1  2022-04-05
    PaLM: Scaling Language Modeling with Pathways
    ...
    a accept n name r reject m merge e set s skip u undo o open ? help q quit

Colour tells the fields apart. Where there is none the evidence stands in brackets with the name of
its field. The head and the foot stay in their places; what is between scrolls.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from rich.columns import Columns
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from littrack.claims import ModelField
from littrack.cli.review_keys import FIELDS, KEYS, REASONS, Mode, State
from littrack.present.review import (
    PARTS,
    Proposal,
    excerpt,
    field_name,
    find_marks,
    group_claims,
    split_marked,
)

Line = list[Segment]

_BAR = 10  # cells
_WIDEST_VALUE = 32
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_STYLES: Mapping[ModelField, str] = {
    ModelField.ALIAS: "magenta",
    ModelField.SIZE: "green",
    ModelField.PRETRAIN_DATA: "cyan",
    ModelField.BASE_MODEL: "yellow",
    ModelField.ACCESS: "blue",
    ModelField.ORGANISATION: "red",
}
_FOOT = {
    "a": "accept",
    "n": "name",
    "r": "reject",
    "m": "merge",
    "e": "set",
    "s": "skip",
    "u": "undo",
    "o": "open",
    "?": "help",
    "q": "quit",
}


def draw(console: Console, state: State, *, asking: bool = False) -> State:
    """Print the screen over the old one; the state comes back scrolled no further than it goes.

    With `asking` the last line is left free for an answer.
    """
    lines, state = compose(console, state, asking=asking)
    console.clear()
    console.print(Lines(lines), end="\n" if asking else "")
    return state


def compose(console: Console, state: State, *, asking: bool = False) -> tuple[list[Line], State]:
    """The lines of the screen, as many as the terminal has or one less."""
    height = console.height
    head = _rendered(console, _head(state))
    said = _rendered(console, Text(state.said, style="bold"))
    foot = [] if asking else _rendered(console, _foot(state))
    room = max(height - asking - len(head) - len(said) - len(foot), 1)
    body = _rendered(console, _body(console, state))
    top = min(state.top, max(len(body) - room, 0))
    shown = body[top : top + room]
    if top + room < len(body) and not state.said:
        said = _rendered(console, Text(f"PgDn: {len(body) - top - room} more", style="dim"))
    empty = [Segment("")]
    lines = [*head, *shown, *[empty] * (room - len(shown)), *said, *foot]
    return lines[: height - asking], replace(state, top=top)


class Lines:
    """Lines that are rendered already."""

    def __init__(self, lines: list[Line]) -> None:
        self._lines = lines

    def __rich_console__(self, _console: Console, _options: ConsoleOptions) -> RenderResult:
        for number, line in enumerate(self._lines):
            if number:
                yield Segment.line()
            yield from line


def _rendered(console: Console, what: RenderableType) -> list[Line]:
    return console.render_lines(what, console.options.update(height=None), pad=False)


# --- the parts ------------------------------------------------------------------------------------


def _head(state: State) -> RenderableType:
    item = state.item
    version = f"v{item.version}" if item.version else ""
    line = Text.assemble(
        (f"{state.place + 1}/{len(state.items)}  ", "dim"),
        (state.name or "(no name was read)", "bold"),
        f"  {score_bar(item.score)} {item.score:.2f}  {item.outcome}",
        (f"  {item.arxiv_id}{version}  {item.published}", "dim"),
    )
    others = [name for name in item.names if name != state.name]
    if others:
        return Group(line, Text(f"also {', '.join(others)}", style="dim"))
    return line


def score_bar(score: float) -> str:
    """Ten cells, in eighths; what is missing is dotted."""
    eighths = round(min(max(score, 0.0), 1.0) * _BAR * 8)
    full, part = divmod(eighths, 8)
    bar = "█" * full + (_EIGHTHS[part] if part else "")
    return bar.ljust(_BAR, "·")


def _foot(state: State) -> RenderableType:
    """The keys that may be pressed now."""
    if state.mode is Mode.REASON:
        lines = [_key(key, words) for key, words in (*REASONS.items(), ("t", "type another"))]
        return Group(Text("why is it rejected? (any other key: back)", style="bold"), *lines)
    if state.mode is Mode.FIELD:
        names = {key: field_name(field) for key, field in FIELDS.items()}
        question = Text("which field? (any other key: back)", style="bold")
        return Group(question, _keys(names | {"t": "type another"}))
    return Text(" ").join(_key(key, does) for key, does in _FOOT.items())


def _keys(keys: Mapping[str, str]) -> RenderableType:
    """Keys with what they do, in columns when there are many."""
    return Columns([_key(key, does) for key, does in keys.items()], padding=(0, 2))


def _key(key: str, does: str) -> Text:
    return Text.assemble((key, "bold"), (f" {does}", "dim"))


def _body(console: Console, state: State) -> RenderableType:
    if state.mode is Mode.HELP:
        return _help()
    colour = not console.no_color and console.color_system is not None
    title, abstract = (_marked(state.item, part, colour=colour) for part in PARTS)
    title.stylize("bold")
    abstract = abstract if abstract.plain else Text("(no abstract)", style="dim")
    parts = [
        Text(),
        title,
        Text(),
        abstract,
        Text(),
        *_about(state, colour=colour, width=console.width),
    ]
    return Group(*parts)


def _marked(item: Proposal, part: str, *, colour: bool) -> Text:
    """The title or the abstract with its evidence in place."""
    whole = item.title if part == "title" else item.abstract
    text = Text()
    for piece, field in split_marked(whole, find_marks(item, part)):
        if field is None:
            text.append(piece)
        elif colour:
            text.append(piece, _style(field))
        else:
            text.append("[").append(piece, "underline").append(f": {field_name(field)}]")
    return text


def _style(field: ModelField) -> str:
    return f"bold underline {_STYLES.get(field, 'bright_black')}"


def _about(state: State, *, colour: bool, width: int) -> Iterator[RenderableType]:
    """Below the abstract: what was read, why it is here, what is known and decided."""
    yield from _claim_lines(state.item, colour=colour, width=width)
    yield Text()
    if state.item.reasons:
        yield Text(f"why: {'; '.join(state.item.reasons)}")
    if state.item.known:
        known = state.item.known
        paper = f" ({state.papers[known]})" if known in state.papers else ""
        yield Text(f"may be {known}{paper}: m merges", style="bold yellow")
    if state.answer(state.place):
        yield Text(f"decided: {state.answer(state.place)}", style="bold green")


def _claim_lines(item: Proposal, *, colour: bool, width: int) -> Iterator[Text]:
    """A line a value: field, value, and as much of its sentence as there is room for."""
    found = group_claims(item)
    if not found:
        yield Text("nothing was read in it", style="dim")
        return
    names = [Text(f"[{field_name(field)}]", _style(field) if colour else "") for field, *_ in found]
    values = [Text(value, "bold") for _, value, _ in found]
    first = max(one.cell_len for one in names)
    second = min(max(one.cell_len for one in values), _WIDEST_VALUE)
    for name, value, (_, _, claim) in zip(names, values, found, strict=True):
        value.truncate(second, overflow="ellipsis", pad=True)
        gap = " " * (first - name.cell_len + 2)
        sentence = excerpt(item, claim, max(width - first - second - 4, 10))
        parts = (name, gap, value, "  ", (sentence, "dim"))
        yield Text.assemble(*parts, no_wrap=True, overflow="ellipsis")


def _help() -> RenderableType:
    table = Table.grid(padding=(0, 2))
    for key, does in KEYS.items():
        table.add_row(Text(key, style="bold"), Text(does))
    return Group(Text(), table, Text(), Text("Any key goes back.", style="dim"))
