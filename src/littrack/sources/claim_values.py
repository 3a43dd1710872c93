"""How fields and values of models are written in tables: text -> what is claimed.

A field is a `ModelField`; that of a release has the kind of its date: ``release:weights_release``.
Values, in tables of claims as in the curation file:

    2022, 2022-Q1, 2022-04, 2022-04-04           dates
    540B, 97B active, 13B public, ~1.8T          sizes; "public" is the largest one that is
    not disclosed                                by those who made the model
    768B tokens, 1.56T words, 750 GB             training data
    1024 TPU v3 / 57.7 days / yes, no            hardware, time, whether
    LLaMA | continued pre-training | + chinese data
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from littrack.claims import (
    ClaimValue,
    ModelDateKind,
    ModelField,
    ModelKind,
    Parent,
    Quantity,
    RelationKind,
    TypedDate,
    Unit,
)
from littrack.errors import InputError
from littrack.identifiers import parse_arxiv_id
from littrack.quantities import parse_hardware, parse_quantity
from littrack.records import Precision

NOT_DISCLOSED = "not disclosed"

_FIELDS: Mapping[str, ModelField] = {
    **{field.value: field for field in ModelField},
    # as the other header calls them
    "arxiv": ModelField.PAPER,
    "sizes": ModelField.SIZE,
    "org": ModelField.ORGANISATION,
    "data": ModelField.PRETRAIN_DATA,
    "train_time": ModelField.TRAINING_TIME,
    "base": ModelField.BASE_MODEL,
    "train_sets": ModelField.PRETRAIN_SOURCES,
    "IT": ModelField.INSTRUCTION_TUNING,
    "RLHF": ModelField.RLHF,
    "cutoff": ModelField.DATA_CUTOFF,
}
_WORDS: Mapping[ModelField, tuple[str, ...]] = {  # where only these can stand
    ModelField.KIND: tuple(ModelKind),
    ModelField.ACCESS: ("open", "closed", "api"),
    ModelField.TUNING: ("full", "parameter-efficient"),
}
_TRUTH = {"yes": True, "true": True, "是": True, "no": False, "false": False, "否": False}
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?|[- ]Q([1-4]))?")
_BUCKET = re.compile(r"\d{4}(?:-\d{2}\.\.\d{2})?")
_SIZE_KINDS = ("active", "public")
_LEAST_SIZE = 1000  # parameters: a smaller number has lost its "B"
_DATA_UNITS = (Unit.TOKENS, Unit.WORDS, Unit.BYTES, Unit.EXAMPLES)
_SPANS = {"d": ("days", 1), "h": ("hours", 1), "minutes": ("hours", 1 / 60), "weeks": ("days", 7)}
_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*(d|h|minute|week)s?")
_DATAPOINTS = re.compile(r"(\S+) datapoints\b.*")
_DATAPOINTS_NOTE = "datapoints: the source does not say whether tokens or words"
_LISTED_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([BM]?)(?:-A(\d+(?:\.\d+)?)B)?(?:-[A-Za-z]+)?")


def parse_field(text: str) -> tuple[ModelField, str]:
    """The field, and of a release the kind of its date: ``release:weights_release``.

    Raises:
        ValueError: there is no such field or kind.
    """
    name, colon, detail = text.strip().partition(":")
    field = _FIELDS.get(name)
    if field is None:
        raise ValueError(f"{name!r} is no field{nearest(name, _FIELDS)}")
    if field is not ModelField.RELEASE:
        if colon:
            raise ValueError(f"only a release has a kind of date, {name} has none")
        return field, ""
    kind = detail or ModelDateKind.UNSPECIFIED
    if kind not in set(ModelDateKind):
        raise ValueError(f"{kind!r} is no kind of date{nearest(kind, ModelDateKind)}")
    return field, str(kind)


def parse_value(field: ModelField, text: str, detail: str = "") -> ClaimValue:
    """What the text says in this field; `detail` is the kind of a release's date.

    Raises:
        ValueError: the field cannot hold that.
    """
    text = text.strip()
    if not text:
        raise ValueError(f"{field} has no value")
    reader = _READERS.get(field)
    if field is ModelField.RELEASE:
        return parse_date(text, ModelDateKind(detail or ModelDateKind.UNSPECIFIED))
    return reader(text) if reader else text


def parse_date(text: str, kind: ModelDateKind = ModelDateKind.UNSPECIFIED) -> TypedDate:
    """A date as precise as it is written.

    Raises:
        ValueError: it is none.
    """
    match = _DATE.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no date such as 2022, 2022-Q1, 2022-04 or 2022-04-04")
    year, month, day, quarter = match.groups()
    first = 3 * int(quarter) - 2 if quarter else int(month or 1)
    try:
        value = datetime(int(year), first, int(day or 1), tzinfo=UTC)
    except ValueError as exc:
        raise ValueError(f"{text!r} is no day of the calendar") from exc
    if quarter:
        return TypedDate(kind, value, Precision.QUARTER)
    finest = Precision.DAY if day else Precision.MONTH if month else Precision.YEAR
    return TypedDate(kind, value, finest)


def _parse_size(text: str) -> Quantity:
    if text == NOT_DISCLOSED:
        return Quantity(None, Unit.PARAMETERS)
    number, _, qualifier = text.removeprefix("~").strip().partition(" ")
    if qualifier not in _SIZE_KINDS:
        number, qualifier = text.removeprefix("~"), ""
    found = parse_quantity(number, Unit.PARAMETERS)
    if found.unit is not Unit.PARAMETERS:
        raise ValueError(f"{text!r} counts {found.unit}, not parameters")
    if (found.value or 0) < _LEAST_SIZE:
        raise ValueError(f"{text!r} is no size: write 540B for 540 billion parameters")
    return replace(found, qualifier=qualifier, estimate=text.startswith("~"))


def _parse_data(text: str) -> Quantity:
    if text == NOT_DISCLOSED:
        return Quantity(None, Unit.TOKENS)
    found = parse_quantity(text.removeprefix("~"))
    if found.unit not in _DATA_UNITS:
        raise ValueError(f"{text!r} counts {found.unit}, not tokens, words, bytes or examples")
    return replace(found, estimate=text.startswith("~"))


def _parse_time(text: str) -> Quantity:
    if span := _SPAN.fullmatch(text):
        unit, factor = _SPANS[span[2] if span[2] in _SPANS else span[2] + "s"]
        text = f"{float(span[1]) * factor:.12g} {unit}"
    found = parse_quantity(text)
    if found.unit not in (Unit.HOURS, Unit.DAYS):
        raise ValueError(f"{text!r} counts {found.unit}, not hours or days")
    return found


def _parse_truth(text: str) -> bool:
    if text.lower() not in _TRUTH:
        raise ValueError(f"{text!r} is neither yes nor no")
    return _TRUTH[text.lower()]


def _parse_parent(text: str) -> Parent:
    name, kind, label, *more = [part.strip() for part in text.split("|")] + [""] * 2
    if not name or any(more):
        raise ValueError(f"{text!r} is no parent such as LLaMA | instruction tuning | + chat data")
    kind = kind or RelationKind.BASE
    if kind not in set(RelationKind):
        raise ValueError(f"{kind!r} is no kind of relation{nearest(kind, RelationKind)}")
    return Parent(name, RelationKind(kind), label)


def parse_paper(text: str) -> str:
    """An arXiv id without its version.

    Raises:
        ValueError: it is none.
    """
    try:
        return parse_arxiv_id(text).base
    except InputError as exc:
        raise ValueError(exc.reason) from exc


def _parse_link(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise ValueError(f"{text!r} is no address that starts with https://")
    return text


def _parse_bucket(text: str) -> str:
    if not _BUCKET.fullmatch(text):
        raise ValueError(f"{text!r} is no span of a timeline such as 2019 or 2021-11..12")
    return text


def _parse_word(field: ModelField) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in _WORDS[field]:
            raise ValueError(f"{text!r} is none of {', '.join(_WORDS[field])}")
        return text

    return parse


_READERS: Mapping[ModelField, Callable[[str], ClaimValue]] = {
    **{field: _parse_word(field) for field in _WORDS},
    ModelField.PAPER: parse_paper,
    ModelField.LINK: _parse_link,
    ModelField.SIZE: _parse_size,
    ModelField.BASE_MODEL: _parse_parent,
    ModelField.INSTRUCTION_TUNING: _parse_truth,
    ModelField.RLHF: _parse_truth,
    ModelField.PRETRAIN_DATA: _parse_data,
    ModelField.DATA_CUTOFF: parse_date,
    ModelField.HARDWARE: parse_hardware,
    ModelField.TRAINING_TIME: _parse_time,
    ModelField.IN_CONTEXT_LEARNING: _parse_truth,
    ModelField.CHAIN_OF_THOUGHT: _parse_truth,
    ModelField.BUCKET: _parse_bucket,
    ModelField.NOT_A_MODEL: _parse_truth,
}


def nearest(name: str, known: Iterable[str]) -> str:
    """What may have been meant, to end a message with; "" if nothing comes near."""
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"; did you mean {close[0]}?" if close else ""


# --- values of the other header: several in a cell, sizes in billions -----------------------------


def parse_public(name: str, text: str) -> tuple[ModelField, list[ClaimValue], str]:
    """(field, values, note) of a row with the header that other collections are gathered under.

    Raises:
        ValueError: no such field, or it cannot hold that.
    """
    field, detail = parse_field(name)
    text, note = text.strip(), ""
    if field is ModelField.RELEASE and ".." in text:
        field = ModelField.BUCKET
    if field is ModelField.PRETRAIN_DATA and (points := _DATAPOINTS.fullmatch(text)):
        text, note = f"{points[1]} examples", _DATAPOINTS_NOTE
    if field is ModelField.SIZE:
        return field, list(_listed_sizes(text)), note
    parts = re.split(r"[;,]", text) if field in _LISTS else [text]
    return field, [parse_value(field, part, detail) for part in parts], note


_LISTS = (ModelField.ORGANISATION, ModelField.BASE_MODEL)


def _listed_sizes(text: str) -> Iterator[Quantity]:
    """``13``, ``7|13|70B``, ``3, 7, 12``, ``0.06 - 11`` (its ends), ``57B-A14B-MoE``."""
    for part in re.split(r"\s+-\s+|(?<=[\d.])-(?=\d)|[|/,]", text):
        match = _LISTED_SIZE.fullmatch(part.strip())
        if match is None:
            raise ValueError(f"{text!r} are no sizes in billions such as 13 or 7|13|70B")
        yield _parse_size(match[1] + (match[2] or "B"))
        if match[3]:
            yield _parse_size(f"{match[3]}B active")
