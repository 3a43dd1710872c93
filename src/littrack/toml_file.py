"""A TOML file of the user's, with the line of every key: tomllib does not tell it.

Lines are found by walking over the text once more. That text is valid by then, so the walk needs to
know no more of TOML than what must be stepped over: strings, comments, values over several lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from littrack.errors import SettingsError

# ("arxiv", "contact") for a key; the second [[subscription]] is ("subscription", 1).
KeyPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class TomlFile:
    """What a file says, and where."""

    content: Mapping[str, Any] = field(default_factory=dict)
    lines: Mapping[KeyPath, int] = field(default_factory=dict)

    def line(self, *keys: str | int) -> int:
        """The line of a key, or of the nearest table around it."""
        while keys and keys not in self.lines:
            keys = keys[:-1]
        return self.lines.get(keys, 1)


def read_toml(path: Path) -> TomlFile:
    """Read a file; a missing one is an empty one. SettingsError if it is not valid TOML."""
    text = read_text(path)
    if text is None:
        return TomlFile()
    import tomllib

    try:
        return TomlFile(tomllib.loads(text), find_lines(text))
    except tomllib.TOMLDecodeError as exc:
        reason, line = _syntax_error(str(exc), text)
        raise SettingsError(f"{path}, line {line}: {reason}") from exc


def read_text(path: Path) -> str | None:
    """The text of a file in UTF-8, None if there is no such file."""
    try:
        return path.read_text("utf-8-sig")  # some editors on Windows begin with a mark
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as exc:
        raise SettingsError(f"{path} cannot be read: {exc.strerror or exc}") from exc
    except UnicodeDecodeError as exc:
        line = path.read_bytes()[: exc.start].count(b"\n") + 1
        raise SettingsError(f"{path}, line {line}: not UTF-8; save the file as UTF-8") from exc


def _syntax_error(message: str, text: str) -> tuple[str, int]:
    found = re.search(r" \(at line (\d+), column \d+\)$", message)
    if found:
        return message[: found.start()], int(found[1])
    return message.removesuffix(" (at end of document)"), text.rstrip().count("\n") + 1


def find_lines(text: str) -> dict[KeyPath, int]:
    """The line of each key and table of valid TOML."""
    lines: dict[KeyPath, int] = {}
    counts: dict[KeyPath, int] = {}
    table: KeyPath = ()
    for line, brackets, names in _statements(text.replace("\r\n", "\n")):
        path = names if brackets else (*table, *names)
        if brackets == 2:
            number = counts.get(names, 0)
            counts[names] = number + 1
            path = (*names, number)
        if brackets:
            table = path
        for length in range(1, len(path) + 1):
            lines.setdefault(path[:length], line)
    return lines


_TOKEN = re.compile(
    r'''
      (?P<string> """ (?: \\[\s\S] | [^\\] )*? """ "{0,2}
                | \'\'\' [\s\S]*? \'\'\' '{0,2}
                | " (?: \\. | [^"\\\n] )* "
                | ' [^'\n]* ' )
    | (?P<comment> \# [^\n]* )
    | (?P<newline> \n )
    | (?P<open> [\[{] )
    | (?P<close> [\]}] )
    | (?P<equals> = )
    | (?P<bare> [A-Za-z0-9_-]+ )
    ''',
    re.VERBOSE,
)


def _statements(text: str) -> Iterator[tuple[int, int, KeyPath]]:
    """(line, brackets, dotted name) of each statement; brackets: 0 key, 1 [table], 2 [[array]]."""
    line = start = 1
    depth = brackets = 0
    names: list[str] = []
    in_value = False
    for token in _TOKEN.finditer(text + "\n"):
        kind, what = token.lastgroup, token[0]
        if kind in ("open", "close"):
            depth += 1 if kind == "open" else -1
            brackets += kind == "open" and not in_value
        elif kind == "equals":
            in_value = True
        elif kind in ("bare", "string") and not in_value:
            start = start if names else line
            names.append(what.strip("\"'") if kind == "string" else what)
        elif kind == "newline" and not depth:
            if names:
                yield start, brackets, tuple(names)
            names, brackets, in_value = [], 0, False
        line += what.count("\n")
