"""What people write about terms: terms.toml, which says which forms are preferred, and glossaries.

terms.toml is written by hand and only read. A glossary is a CSV or TSV file with a header.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from littrack.errors import InputError, SettingsError
from littrack.setting_values import nearest
from littrack.sources.text_files import read_text
from littrack.terms import TermEntry
from littrack.toml_file import TomlFile, read_toml

KEYS = ("english", "chinese", "abbreviations", "avoid", "reject")
GLOSSARIES = (".csv", ".tsv", ".tab")  # the endings of files that are tables
_LONGEST_CELL = 2**20


def read_term_entries(path: Path) -> tuple[TermEntry, ...]:
    """The terms of a terms.toml in its order; a missing file has none.

    Raises:
        InputError: it is not what it should be; names the line.
    """
    try:
        found = read_toml(path)
    except SettingsError as exc:  # it names file and line
        raise InputError(str(exc)) from exc
    for key in found.content:
        if key != "term":
            raise InputError(f"unknown {key}{nearest(key, ('term',))}", path, found.line(key))
    tables = found.content.get("term", [])
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        raise InputError("each term begins with [[term]]", path, found.line("term"))
    entries = tuple(_entry(table, path, found, number) for number, table in enumerate(tables))
    _check_owners(entries, path, found)
    return entries


def _entry(table: Mapping[str, Any], path: Path, found: TomlFile, number: int) -> TermEntry:
    for key, value in table.items():
        line = found.line("term", number, key)
        if key not in KEYS:
            raise InputError(f"{key} is no key of a term{nearest(key, KEYS)}", path, line)
        if not all(isinstance(form, str) and form.strip() for form in _listed(value)):
            raise InputError(f'{key} must be texts: {key} = ["思维链", "链式思维"]', path, line)
    forms = {key: tuple(map(_one_line, _listed(table.get(key, [])))) for key in KEYS}
    if not any(forms[key] for key in ("english", "chinese", "abbreviations")):
        problem = "a term needs a form that is preferred: english, chinese or abbreviations"
        raise InputError(problem, path, found.line("term", number))
    return TermEntry(**forms)


def _one_line(form: str) -> str:
    return " ".join(form.split())


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _check_owners(entries: tuple[TermEntry, ...], path: Path, found: TomlFile) -> None:
    """A form can be of one term only."""
    seen: dict[str, int] = {}
    for number, entry in enumerate(entries):
        for key in KEYS[:-1]:
            for form in getattr(entry, key):
                if seen.setdefault(form.casefold(), number) != number:
                    line = found.line("term", number, key)
                    raise InputError(f"{form!r} is a form of another term already", path, line)


def read_glossary(path: Path) -> list[list[str]]:
    """The rows of a CSV or TSV file, the header first.

    Raises:
        InputError: it cannot be read, or holds no rows.
    """
    text = read_text(path).text
    if path.suffix.lower() != ".csv":  # in a TSV file a quotation mark is a character as any other
        rows = [line.split("\t") for line in text.splitlines() if line.strip()]
    else:
        rows = _read_csv(text, path)
    if len(rows) < 2:
        raise InputError("holds no row below its header", path)
    return rows


def _read_csv(text: str, path: Path) -> list[list[str]]:
    csv.field_size_limit(_LONGEST_CELL)
    try:
        return [row for row in csv.reader(io.StringIO(text, newline="")) if any(row)]
    except csv.Error as exc:
        raise InputError(f"is no table: {exc}", path) from exc
