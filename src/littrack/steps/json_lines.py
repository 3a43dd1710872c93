"""Read the files of JSON lines that a user measures with."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from littrack.errors import InputError

T = TypeVar("T")


def read_json_lines(
    path: Path, parse: Callable[[Mapping[str, Any]], T], wanted: str
) -> Iterator[T]:
    """What `parse` makes of each line; `wanted` says what a line is, for the message.

    Raises:
        InputError: with the line, for a file that holds anything else.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as exc:
        raise InputError(f"cannot be read: {exc}", path) from exc
    # Not splitlines: JSON may hold line separators such as U+2028 within its strings.
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
            if not isinstance(data, dict):
                raise ValueError("it is no object in braces")
            made = parse(data)
        except (InputError, ValueError, KeyError, TypeError) as exc:
            reason = f"{exc} is missing" if isinstance(exc, KeyError) else str(exc)
            raise InputError(f"not {wanted}: {reason}", path, number) from exc
        yield made


def texts_of(value: object) -> tuple[str, ...]:
    """A list as texts; ValueError for anything else, such as one text that forgot its brackets."""
    if not isinstance(value, list):
        raise ValueError(f"{value!r} is no list")
    return tuple(str(item) for item in value)
