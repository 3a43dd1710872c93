"""The places a setting may come from: flags, the environment, a file. Each is read to a layer."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from littrack.errors import SettingsError
from littrack.setting_values import (
    FLAGS,
    FOLDERS,
    SECTIONS,
    SUBSCRIPTION,
    SURVEY,
    TABLES,
    checked,
    database_url,
    flag,
    from_environment,
    is_misspelt,
    nearest,
    refuse,
    refuse_unknown,
    shown,
    some_text,
    switch,
)
from littrack.toml_file import read_text, read_toml

# What the environment may say beside LITTRACK_<SECTION>__<KEY>.
_PLAIN_VARIABLES = (
    "LITTRACK_DEBUG",
    "LITTRACK_HOME",
    "LITTRACK_LIBRARY",
    "LITTRACK_OFFLINE",
    "LITTRACK_RECORD",
    "LITTRACK_REPLAY",
    "LITTRACK_REQUIRE_POSTGRES",  # for the test suite; known here so that it is not an error
)


class Given(NamedTuple):
    """A checked value and where it stands, in words."""

    value: Any
    origin: str


# "library", "offline", "debug", "record", "replay", "section.key", "survey.<key>"; "subscription":
# a tuple of tables, each Given with a place of its own.
Layer = dict[str, Given]


def read_flags(overrides: Mapping[str, object], start: Path) -> Layer:
    """What the flags of a command say; None is a flag that was not given."""
    layer: Layer = {}
    for name, value in overrides.items():
        if value is None:
            continue
        origin = "flag --" + name.rpartition(".")[2].replace("_", "-")
        if name == "library":
            layer[name] = Given(absolute(str(value), start), origin)
        elif name in FLAGS:
            layer[name] = Given(checked(name, flag, value, origin=origin), origin)
        elif name in FOLDERS:
            folder = checked(name, some_text, str(value), origin=origin)
            layer[name] = Given(str(absolute(folder, start)), origin)
        else:
            _put(layer, name, value, origin=origin, base=start)
    return layer


def read_environment(environ: Mapping[str, str], start: Path) -> Layer:
    """What the variables that begin with LITTRACK_ say."""
    layer: Layer = {}
    for variable in sorted(name for name in environ if name.startswith("LITTRACK_")):
        origin, value = f"environment {variable}", environ[variable]
        name = variable.removeprefix("LITTRACK_").lower()
        section, _, key = name.partition("__")
        if variable == "LITTRACK_LIBRARY" and value:
            layer[name] = Given(absolute(value, start), origin)
        elif name in FLAGS:
            layer[name] = Given(checked(name, switch, value, origin=origin), origin)
        elif name in FOLDERS and value:
            layer[name] = Given(str(absolute(value, start)), origin)
        elif key and (section == "survey" or key in SECTIONS.get(section, {})):
            given = from_environment(section, key, value)
            _put(layer, f"{section}.{key}", given, origin=origin, base=start)
        elif variable not in _PLAIN_VARIABLES:
            known = [f"LITTRACK_{s}__{k}".upper() for s, keys in SECTIONS.items() for k in keys]
            hint = nearest(variable, [*known, *_PLAIN_VARIABLES])
            raise SettingsError(f"unknown environment variable {variable}{hint}")
    return layer


def read_file(path: Path, label: str) -> Layer:
    """What littrack.toml or the user's config.toml says; nothing if there is no such file."""
    file = read_toml(path)

    def origin(*keys: str | int) -> str:
        return f"{label} {path}, line {file.line(*keys)}"

    layer: Layer = {}
    for section, table in file.content.items():
        if section not in TABLES:
            refuse_unknown(section, origin=origin(section))
        elif section == "subscription":
            layer[section] = Given(_subscriptions(table, origin), origin(section))
        elif not isinstance(table, dict):
            problem = f"must be a table: write [{section}], then its keys below"
            refuse(section, problem, origin=origin(section))
        else:
            for key, value in table.items():
                name, place = f"{section}.{key}", origin(section, key)
                _put(layer, name, value, origin=place, base=path.parent)
                if name == "database.url":
                    _refuse_password(value, place)
    return layer


def absolute(written: str, base: Path) -> Path:
    """A path as the user wrote it, seen from where it was written."""
    try:
        return Path(os.path.abspath(base / Path(written).expanduser()))
    except RuntimeError as exc:  # ~somebody
        raise SettingsError(f"{written}: {exc}") from exc


def _put(layer: Layer, name: str, value: Any, *, origin: str, base: Path) -> None:
    """Check one "section.key" and file it; ``base`` is where its relative paths count from."""
    section, _, key = name.partition(".")
    checks = SURVEY if section == "survey" else SECTIONS.get(section, {})
    if key in checks:
        value = checked(name, checks[key], value, origin=origin)
    elif section != "survey" or is_misspelt(key, SURVEY):
        refuse_unknown(name, origin=origin)
    if name == "notes.folders":
        value = tuple(str(absolute(folder, base)) for folder in value)
    if name == "database.url_file":
        name, (value, origin) = "database.url", _url_from_file(absolute(value, base), origin)
    if name in layer:
        refuse(name, f"is already given ({layer[name].origin}); keep one of the two", origin=origin)
    layer[name] = Given(value, origin)


def _url_from_file(path: Path, origin: str) -> Given:
    text = read_text(path)
    if text is None:
        refuse("database.url_file", f"names {path}, and there is no such file", origin=origin)
    origin = f"{origin} ({path})"
    return Given(checked("database.url", database_url, text.strip(), origin=origin), origin)


def _refuse_password(url: str, origin: str) -> None:
    if shown(url) != url:
        refuse(
            "database.url",
            "holds a password; give the URL by LITTRACK_DATABASE__URL,"
            " or write it to a file of its own and name that: url_file = ...",
            origin=origin,
        )


def _subscriptions(tables: object, origin: Callable[..., str]) -> tuple[Given, ...]:
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        refuse("subscription", "must be written [[subscription]]", origin=origin("subscription"))
    found: dict[str, Given] = {}
    for number, table in enumerate(tables):
        place = partial(origin, "subscription", number)
        one = _subscription(table, place)
        name = one["name"]
        if name in found:
            problem = f"has the name of another one ({found[name].origin})"
            refuse(f'subscription "{name}"', problem, origin=place())
        found[name] = Given(one, place())
    return tuple(found.values())


def _subscription(table: Mapping[str, object], place: Callable[..., str]) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for key, value in table.items():
        if key not in SUBSCRIPTION:
            refuse_unknown(f"subscription.{key}", origin=place(key))
        given[key] = checked(f"subscription.{key}", SUBSCRIPTION[key], value, origin=place(key))
    if "name" not in given:
        refuse("subscription", 'has no name; add name = "..."', origin=place())
    title = f'subscription "{given["name"]}"'
    if not any(given.get(key) for key in ("query", "categories", "ids")):
        refuse(title, "asks for nothing: add query, categories or ids", origin=place())
    chosen = [key for key in ("query", "ids") if given.get(key)]
    if given.setdefault("via", "api" if chosen else "oai") == "oai" and chosen:
        problem = f"names {' and '.join(chosen)}, but OAI-PMH lists whole categories only"
        refuse(title, f'{problem}: via must be "api", or be left out', origin=place("via"))
    return given
