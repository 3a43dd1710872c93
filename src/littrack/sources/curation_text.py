"""Decisions as the TOML that stands in a curation file, and the header of a new file.

Each table begins and ends with a line that no other table has: so git, told to keep both sides of a
merge, never takes the head of one reviewer's table for the head of another's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from littrack.claims import (
    ClaimValue,
    Decision,
    DecisionKind,
    ModelField,
    Parent,
    Quantity,
    TypedDate,
    Unit,
)
from littrack.quantities import parse_quantity, render_quantity
from littrack.records import Precision

HEADER = """\
# Decisions of people about the models of this library. They win over whatever sources say.
# `littrack models review` and its kin add to this file; it may be edited by hand and belongs under
# version control. Decisions count in the order of `when`. With this line in .gitattributes git
# merges what two people have added:    curation.toml merge=union
#
# [[decision]]
# what = "accept"           # it is a model; `model` is its name from now on
# model = "PaLM"
# paper = "2204.02311"      # the arXiv paper that presents it
# who = "your name"
# because = "introduces a language model of its own"
# evidence = "2204.02311v1" # where it can be seen: an arXiv id, an address; may be left out
# when = 2026-01-31         # a date, or a date and time
#
# what = "reject"           # it stays out:          model = "Some Name", paper = "2204.02311"
# what = "not-a-model"      # a method, a dataset:   model = "Self-Instruct"
# what = "alias"            # has another name too:  model = "PanGu-α", value = "PanGu-alpha"
# what = "rename"           # is called otherwise:   model = "OPT175B", value = "OPT"
# what = "merge"            # is the same as:        model = "Galatica", value = "Galactica"
# what = "split"            # two under one name:    model = "GLM", paper = "2210.02414", \
value = "GLM-130B"
# what = "set"              # whatever sources say:  model = "PaLM", field = "size", \
value = ["8B", "62B", "540B"]
# what = "unset"            # takes a `set` back:    model = "PaLM", field = "size"
"""

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b"}
_ESCAPES |= {"\f": "\\f"}
_MUST_BE_ESCAPED = re.compile(r'[\\"\x00-\x1f\x7f]')


def render_decisions(decisions: Iterable[Decision]) -> str:
    """A table for each, with a blank line before it; values set in one go share a table."""
    tables = groupby(decisions, key=_what_a_table_shares)
    return "".join(f"\n{_table(tuple(held))}" for _, held in tables)


def _what_a_table_shares(decision: Decision) -> Decision | int:
    """All but the value; a kind of date belongs to the field, so dates of two kinds are apart."""
    if decision.kind is not DecisionKind.SET:
        return id(decision)
    kind = str(decision.value.kind) if isinstance(decision.value, TypedDate) else None
    return replace(decision, value=kind, place="")


def _table(held: Sequence[Decision]) -> str:
    lines = [f"# {render_moment(held[0].when)}, {_one_line(held[0].who)}", "[[decision]]"]
    return "\n".join([*lines, *(f"{key} = {value}" for key, value in _entries(held))]) + "\n"


def _entries(held: Sequence[Decision]) -> Iterator[tuple[str, str]]:
    one = held[0]
    texts = {
        "what": one.kind.value,
        "model": one.model,
        "who": one.who,  # stands here so that few lines in a row are the same for two reviewers
        "paper": one.paper,
        "field": one.field and field_text(one.field, one.value),
    }
    yield from ((key, render_string(text)) for key, text in texts.items() if text)
    values = [render_string(render_value(each.value)) for each in held if each.value is not None]
    if values:
        yield "value", values[0] if len(values) == 1 else f"[{', '.join(values)}]"
    if one.because:
        yield "because", render_string(one.because)
    if one.evidence:
        yield "evidence", render_string(one.evidence)
    yield "when", render_moment(one.when)


def field_text(field: ModelField, value: ClaimValue | None) -> str:
    """``release:weights_release``: the kind of a release's date stands with the field."""
    is_release = field is ModelField.RELEASE and isinstance(value, TypedDate)
    return f"{field}:{value.kind}" if is_release and isinstance(value, TypedDate) else str(field)


def render_value(value: ClaimValue) -> str:
    """A value in the grammar of a table of claims; reading it gives the same value."""
    match value:
        case bool():
            return "yes" if value else "no"
        case Quantity():
            return _quantity(value)
        case TypedDate():
            quarter = value.precision is Precision.QUARTER
            return str(value).replace(" ", "-") if quarter else str(value)
        case Parent():
            parts = [value.name, str(value.kind), value.label]
            return " | ".join(parts[: 3 if value.label else 2])
        case _:
            return str(value)


def _quantity(quantity: Quantity) -> str:
    """The usual short way, unless that rounds the number."""
    if quantity.value is None:
        return "not disclosed"
    qualifier = f" {quantity.qualifier}" if quantity.qualifier else ""
    short = render_quantity(quantity) + qualifier
    if parse_quantity(short, Unit.PARAMETERS) == quantity:
        return short
    about = "~" if quantity.estimate else ""
    unit = "" if quantity.unit is Unit.PARAMETERS else f" {quantity.unit}"
    return f"{about}{quantity.value:.12g}{unit}{qualifier}"


def render_string(text: str) -> str:
    """A TOML string on one line, whatever stands in it.

    Raises:
        ValueError: it holds half of a character, which no UTF-8 file can.
    """
    text.encode("utf-8")
    escaped = _MUST_BE_ESCAPED.sub(
        lambda found: _ESCAPES.get(found[0], f"\\u{ord(found[0]):04X}"), text
    )
    return f'"{escaped}"'


def render_moment(moment: datetime) -> str:
    """A TOML time in UTC; midnight too, so that decisions of a day keep their order."""
    return moment.isoformat().replace("+00:00", "Z")


def _one_line(text: str) -> str:
    """For a comment: TOML allows no control characters there."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())
