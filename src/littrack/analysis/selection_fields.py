"""What a selection rule can ask of a model, and how spans of days compare."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, date
from typing import Any, Literal

from littrack.claims import (
    Model,
    ModelField,
    ModelKind,
    ModelStatus,
    Parent,
    Quantity,
    TypedDate,
    Unit,
)
from littrack.records import Precision

Test = Callable[[Any], bool | None]  # of a value that is stated
ValueKind = Literal["number", "truth", "text", "texts", "names", "date"]


@dataclass(frozen=True, slots=True)
class Name:
    """A name that rules may use: the kind of its value, and how a model answers."""

    kind: ValueKind
    read: Callable[[Model], Any]
    choices: tuple[str, ...] = ()


def _size(model: Model) -> Quantity | None:
    return model.sizes[-1] if model.sizes else None


def _in_billions(quantity: Quantity | None) -> float | None:
    return None if quantity is None or quantity.value is None else quantity.value / 1e9


def _undisclosed(model: Model) -> bool | None:
    """Known to have a size that its makers keep to themselves; None when nobody says anything."""
    sizes = model.values(ModelField.SIZE)
    return not model.sizes if sizes else None


def _tokens(model: Model) -> float | None:
    data = model.values(ModelField.PRETRAIN_DATA)
    tokens = [one.value for one in data if isinstance(one, Quantity) and one.unit is Unit.TOKENS]
    return max((value / 1e9 for value in tokens if value is not None), default=None)


def _evaluated(model: Model) -> bool | None:
    """A paper presents it, or somebody evaluated it for in-context learning or reasoning."""
    asked = (ModelField.IN_CONTEXT_LEARNING, ModelField.CHAIN_OF_THOUGHT)
    return model.paper is not None or any(model.value(one) is True for one in asked) or None


def _texts(name: ModelField) -> Callable[[Model], tuple[str, ...] | None]:
    return lambda model: tuple(map(str, model.values(name))) or None


def _parents(model: Model) -> tuple[str, ...] | None:
    found = model.values(ModelField.BASE_MODEL)
    return tuple(one.name if isinstance(one, Parent) else str(one) for one in found) or None


def negated(value: bool | None) -> bool | None:
    """The contrary; of what is unknown nothing."""
    return None if value is None else not value


NAMES: Mapping[str, Name] = {
    "size_b": Name("number", lambda model: _in_billions(_size(model))),  # the largest total
    "undisclosed": Name("truth", _undisclosed),  # the size is
    "tokens_b": Name("number", _tokens),
    "year": Name("number", lambda model: model.release.value.year if model.release else None),
    "release": Name("date", lambda model: model.release),
    "public": Name("truth", lambda model: model.public),
    "closed": Name("truth", lambda model: negated(model.public)),
    "has_paper": Name("truth", lambda model: model.paper is not None),
    "has_public_evaluation": Name("truth", _evaluated),
    "instruction_tuning": Name("truth", lambda m: m.value(ModelField.INSTRUCTION_TUNING)),
    "rlhf": Name("truth", lambda model: model.value(ModelField.RLHF)),
    "unreviewed": Name("truth", lambda model: model.status is not ModelStatus.CURATED),
    "listed": Name("truth", lambda model: bool(model.values(ModelField.BUCKET))),  # in print
    "withdrawn": Name("truth", lambda model: model.withdrawn),
    "name": Name("names", lambda model: (model.name, *model.aliases)),
    "base_model": Name("names", _parents),
    "organisation": Name("texts", _texts(ModelField.ORGANISATION)),
    "family": Name("texts", _texts(ModelField.FAMILY)),
    "domain": Name("texts", _texts(ModelField.DOMAIN)),
    "kind": Name("text", lambda model: str(model.kind), tuple(map(str, ModelKind))),
    "status": Name("text", lambda model: str(model.status), tuple(map(str, ModelStatus))),
}


def shown(name: str, model: Model) -> str:
    """What a rule sees of a model, for people; "" when it is not stated."""
    value = NAMES[name].read(model)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if name == "name":
        return model.name
    if isinstance(value, tuple):
        return ", ".join(value)
    if name == "size_b":
        size = _size(model)
        return f"{'~' if size and size.estimate else ''}{value:.12g}"
    return f"{value:.12g}" if isinstance(value, (int, float)) else str(value)


# --- dates of which only a part is known ----------------------------------------------------------

_MONTHS = {Precision.YEAR: 12, Precision.QUARTER: 3, Precision.MONTH: 1}
_DATE = re.compile(r"(\d{4})(?:-Q([1-4])|-(\d\d)(?:-(\d\d))?)?")


def parse_span(text: str) -> tuple[int, int] | None:
    """The first day of "2019", "2019-Q1", "2019-01" or "2019-01-31" and the day after its last."""
    match = _DATE.fullmatch(text.strip())
    if match is None:
        return None
    year, quarter, month, day = (int(part) if part else 0 for part in match.groups())
    months = 3 if quarter else 1 if month else 12
    try:
        first = date(year, quarter * 3 - 2 if quarter else month or 1, day or 1)
    except ValueError:
        return None
    return _span(first, 0 if day else months)


def _span(first: date, months: int) -> tuple[int, int]:
    if not months:
        return first.toordinal(), first.toordinal() + 1
    years, month = divmod(first.month - 1 + months, 12)
    if first.year + years > MAXYEAR:
        return first.toordinal(), date.max.toordinal()
    return first.toordinal(), date(first.year + years, month + 1, 1).toordinal()


def compare_spans(sign: str, start: int, end: int) -> Test:
    """A comparison of spans of days; unknown where they overlap: is 2022 before 2022-04?"""

    def test(seen: TypedDate) -> bool | None:
        first, after = _span(seen.value.date(), _MONTHS.get(seen.precision, 0))
        holds, fails = {
            "<": (after <= start, first >= start),
            "<=": (after <= end, first >= end),
            ">": (first >= end, after <= end),
            ">=": (first >= start, after <= start),
            "==": (first >= start and after <= end, after <= start or first >= end),
        }[sign]
        return True if holds else False if fails else None

    return test
