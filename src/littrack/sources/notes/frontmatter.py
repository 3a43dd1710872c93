"""The YAML at the top of an Obsidian note -> plain values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime

_FRONTMATTER = re.compile(
    r"\ufeff?---[ \t]*(?:\r\n?|\n)(?P<yaml>.*?)^(?:---|\.\.\.)[ \t]*$", re.DOTALL | re.MULTILINE
)
_LONGEST = 2**16  # characters
_ALIAS = re.compile(r"(?:^|[\s\[{,:-])[*&][\w-]+\s*(?:$|[\s,\]}])", re.MULTILINE)
_DEEPEST = 10


def find_frontmatter(text: str) -> tuple[Mapping[str, object], int]:
    """The values, and where the note itself begins.

    YAML that cannot be read is left out, not refused: the note below it is still a note. So is
    YAML with anchors, which no note needs and by which a few lines can become gigabytes.
    """
    found = _FRONTMATTER.match(text[:_LONGEST])
    if found is None:
        return {}, 0
    return _values(found["yaml"]), found.end()


def _values(text: str) -> Mapping[str, object]:
    import yaml  # only notes with frontmatter need it

    if _ALIAS.search(text):
        return {}
    try:
        values = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError):
        return {}
    return (
        {str(key): _plain(value) for key, value in values.items()}
        if isinstance(values, dict)
        else {}
    )


def _plain(value: object, depth: int = 0) -> object:
    """A value as JSON can hold it: dates as text, what is too deep or strange as its text."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if depth < _DEEPEST and isinstance(value, (list, tuple, set)):
        return [_plain(each, depth + 1) for each in value]
    if depth < _DEEPEST and isinstance(value, dict):
        return {str(key): _plain(each, depth + 1) for key, each in value.items()}
    return str(value)
