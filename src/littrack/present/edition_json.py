"""A frozen edition as JSON and back: the same bytes for the same edition, and nothing assumed.

The text follows the records: an object a dataclass, with the fields that are not their default. A
value that may be of several types is wrapped: ``{"Quantity": {"value": 5.4e11, ...}}``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, datetime
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from littrack.claims import Edition
from littrack.errors import InputError

FORMAT = "littrack edition 1"


def edition_to_json(edition: Edition) -> str:
    """The edition as text that is fit for keeping and for comparing line by line."""
    data = {"format": FORMAT} | _object(edition)
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def edition_from_json(text: str) -> Edition:
    """Read what `edition_to_json` wrote.

    Raises:
        InputError: it is not such a text; the message names the place.
    """
    try:
        data = json.loads(text, object_pairs_hook=_pairs)
    except (ValueError, RecursionError) as exc:
        raise InputError(f"the edition is not JSON: {exc}") from exc
    if not isinstance(data, dict) or data.pop("format", None) != FORMAT:
        raise InputError(f'this is no edition: it does not begin with "format": "{FORMAT}"')
    edition: Edition = _read(Edition, data, "edition")
    return edition


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twice!r} stands twice in one object")
    return found


# --- writing --------------------------------------------------------------------------------------


def _object(record: Any) -> dict[str, Any]:
    """The fields that are not their default."""
    hints = _hints(type(record))
    return {
        item.name: _write(hints[item.name], getattr(record, item.name))
        for item in fields(record)
        if getattr(record, item.name) != _default(item)
    }


def _write(kind: Any, value: Any) -> Any:
    if value is None or isinstance(value, (str, bool, int, float)):
        return str(value) if isinstance(value, StrEnum) else value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        inner = get_args(kind)[1]
        return {str(key): _write(inner, value[key]) for key in sorted(value)}
    if isinstance(value, tuple):
        return [_write(get_args(kind)[0], item) for item in value]
    data = _object(value)
    return {type(value).__name__: data} if len(_records(kind)) > 1 else data


def _default(item: Field[Any]) -> Any:
    if item.default_factory is not MISSING:
        return item.default_factory()
    return item.default


def _hints(record: Any) -> dict[str, Any]:
    """The types of a dataclass's fields; working them out takes time."""
    if record not in _HINTS:
        _HINTS[record] = get_type_hints(record)
    return _HINTS[record]


_HINTS: dict[Any, dict[str, Any]] = {}


def _choices(kind: Any) -> tuple[Any, ...]:
    return get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)


def _records(kind: Any) -> dict[str, Any]:
    """The dataclasses among the types that a value may have, by name."""
    return {one.__name__: one for one in _choices(kind) if is_dataclass(one)}  # type: ignore[union-attr]


# --- reading --------------------------------------------------------------------------------------


def _read(kind: Any, data: Any, place: str) -> Any:
    """The value of that type that the data stand for."""
    choices = _choices(kind)
    if data is None and NoneType in choices:
        return None
    records = _records(kind)
    if records and isinstance(data, dict):
        return _read_record(records, data, place)
    for choice in choices:
        if get_origin(choice) is tuple:
            return _read_tuple(choice, data, place)
        if get_origin(choice) is Mapping:
            return _read_mapping(choice, data, place)
        if choice is not NoneType and not is_dataclass(choice) and _fits(choice, data):
            return _read_plain(choice, data, place)
    raise _fault(place, f"holds {_shown(data)}, which cannot stand there")


def _read_mapping(kind: Any, data: Any, place: str) -> dict[Any, Any]:
    if not isinstance(data, dict):
        raise _fault(place, f"must be an object, not {_shown(data)}")
    of_key, of_value = get_args(kind)
    return {
        _read_plain(of_key, key, place): _read(of_value, value, f"{place}.{key}")
        for key, value in data.items()
    }


def _read_tuple(kind: Any, data: Any, place: str) -> tuple[Any, ...]:
    if not isinstance(data, list):
        raise _fault(place, f"must be a list, not {_shown(data)}")
    inner = get_args(kind)[0]
    return tuple(_read(inner, item, f"{place}[{number}]") for number, item in enumerate(data))


def _read_record(records: Mapping[str, Any], data: dict[str, Any], place: str) -> Any:
    if len(records) > 1:
        if len(data) != 1 or next(iter(data)) not in records:
            raise _fault(place, f"must name one of {', '.join(records)}")
        name, data = next(iter(data.items()))
        if not isinstance(data, dict):
            raise _fault(place, f"must be an object, not {_shown(data)}")
    else:
        name = next(iter(records))
    record = records[name]
    hints = _hints(record)
    known = {item.name: _default(item) for item in fields(record)}
    for key in data:
        if key not in known:
            raise _fault(place, f"has {key!r}, which {name} does not")
    missing = [key for key, default in known.items() if default is MISSING and key not in data]
    if missing:
        raise _fault(place, f"lacks {missing[0]!r}")
    return record(**{key: _read(hints[key], data[key], f"{place}.{key}") for key in data})


def _fits(kind: Any, data: Any) -> bool:
    """Whether JSON writes a value of that type so; true and false are no numbers."""
    if kind is bool or isinstance(data, bool):
        return kind is bool and isinstance(data, bool)
    if kind is float:
        return isinstance(data, (int, float))
    if kind is int:
        return isinstance(data, int)
    return isinstance(data, str)


def _read_plain(kind: Any, data: Any, place: str) -> Any:
    if kind is datetime:
        return _read_time(data, place)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        if data not in set(kind):
            raise _fault(place, f"is {data!r}; it must be one of {', '.join(kind)}")
        return kind(data)
    return float(data) if kind is float else data


def _read_time(data: str, place: str) -> datetime:
    try:
        time = datetime.fromisoformat(data)
    except ValueError as exc:
        raise _fault(place, f"is {data!r}, which is no time") from exc
    if time.tzinfo is None:
        raise _fault(place, f"is {data!r}, which has no time zone")
    return time.astimezone(UTC)


def _fault(place: str, words: str) -> InputError:
    return InputError(f"{place} {words}")


def _shown(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False)[:60]
