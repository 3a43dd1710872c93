"""What may stand in each setting, and what is said when something else does.

A check takes what was written and returns what is kept, or raises ValueError with the words that
follow "section.key ". It never repeats a value that could be a secret.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn
from urllib.parse import urlsplit

from littrack.errors import SettingsError

Check = Callable[[object], Any]


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"must be text in quotes, not {_kind(value)}")
    return value


def some_text(value: object) -> str:
    """Text that is more than blanks."""
    if not _text(value).strip():
        raise ValueError("must not be empty")
    return _text(value)


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)):
        raise ValueError(f'must be a list such as ["a", "b"], not {_kind(value)}')
    for item in value:
        if not isinstance(item, str) or not item.strip():
            raise ValueError(f"must be a list of texts that are not empty; it holds {item!r}")
    return tuple(value)


def _categories(value: object) -> tuple[str, ...]:
    for item in _texts(value):
        if not re.fullmatch(r"[a-z][a-z-]*(\.([A-Za-z][A-Za-z-]*|\*))?", item):
            raise ValueError(f'holds "{item}"; an arXiv category looks like "cs.CL" or "cs.*"')
    return _texts(value)


def _delay(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"must be a number of seconds, not {_kind(value)}")
    if not 0 <= value < float("inf"):
        raise ValueError(f"is {value}; it must be a number of seconds, zero or more")
    return float(value)


def _depth(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"must be a whole number, not {_kind(value)}")
    if not 1 <= value <= 1000:
        raise ValueError(f"is {value}; it must be a number of papers from 1 to 1000")
    return value


_KINDS = ("short", "en", "zh")
_PARTS = ("semantic", "lexical", "coverage", "focus", "title", "cross-encoder")


def _weights(value: object) -> dict[str, dict[str, float]]:
    example = "{ short = { semantic = 0.65, lexical = 0.35 } }"
    if not isinstance(value, dict):
        raise ValueError(f"must be a table such as {example}, not {_kind(value)}")
    for kind, parts in value.items():
        if kind not in _KINDS:
            raise ValueError(f"has no {kind!r}{nearest(str(kind), _KINDS)}")
        if not isinstance(parts, dict):
            raise ValueError(f"must be a table such as {example}")
        for part, weight in parts.items():
            if part not in _PARTS:
                raise ValueError(f"has no {kind}.{part}{nearest(str(part), _PARTS)}")
            if isinstance(weight, bool) or not isinstance(weight, (int, float)) or weight < 0:
                raise ValueError(f"has {kind}.{part} = {weight!r}; a weight is a number from 0 on")
    return {kind: {name: float(w) for name, w in parts.items()} for kind, parts in value.items()}


def _web_url(value: object) -> str:
    url = _text(value)
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # a bracket without its pair, a port that is no number
        good = False
    if not good or re.search(r"\s", url):
        raise ValueError(f'is "{shown(url)}"; it must be a URL such as https://host/path')
    return url


def _contact(value: object) -> str:
    if not re.fullmatch(r"[ -~]*", _text(value)):
        raise ValueError("must be an e-mail address or a URL in plain ASCII: it is sent to arXiv")
    return _text(value)


def database_url(value: object) -> str:
    """A URL of SQLite or PostgreSQL."""
    scheme, separator, rest = _text(value).partition("://")
    dialect, _, driver = scheme.partition("+")
    if not separator or dialect not in ("sqlite", "postgresql", "postgres"):
        raise ValueError("must begin with sqlite:/// or postgresql+psycopg://")
    if driver not in ("", "pysqlite" if dialect == "sqlite" else "psycopg"):
        raise ValueError(f"names the driver {driver}; littrack uses postgresql+psycopg or sqlite")
    if dialect == "sqlite" and not rest.startswith("/"):
        raise ValueError("must have three slashes: sqlite:///littrack.db")
    return _text(value)


def _via(value: object) -> str:
    if value not in ("api", "oai"):
        raise ValueError(f'must be "api" or "oai", not {value!r}')
    return _text(value)


def _language(value: object) -> str:
    if value not in ("en", "zh"):
        raise ValueError(f'must be "en" or "zh", not {value!r}')
    return _text(value)


def flag(value: object) -> bool:
    """True or False."""
    if not isinstance(value, bool):
        raise ValueError(f"must be true or false, not {_kind(value)}")
    return value


def switch(value: object) -> bool:
    """A flag as the environment gives it: 1 or 0, yes or no ..."""
    word = str(value).strip().lower()
    if word in ("1", "true", "yes", "on"):
        return True
    if word in ("", "0", "false", "no", "off"):
        return False
    raise ValueError(f'must be 1 or 0, not "{value}"')


def _kind(value: object) -> str:
    """What a value is, in words of TOML."""
    names = {bool: "true/false", int: "a number", float: "a number", str: "text", dict: "a table"}
    names[list] = "a list"
    return names.get(type(value), f"a {type(value).__name__}")


# --- every setting there is -----------------------------------------------------------------------

SECTIONS: Mapping[str, Mapping[str, Check]] = {
    "database": {"url": database_url, "url_file": some_text},
    "arxiv": {
        "api_url": _web_url,
        "oai_url": _web_url,
        "rss_url": _web_url,
        "delay_seconds": _delay,
        "contact": _contact,
    },
    "encoder": {"model": some_text},
    "search": {"reranker": _text, "rerank_depth": _depth, "weights": _weights},
    "notes": {"folders": _texts},
}
SUBSCRIPTION: Mapping[str, Check] = {
    "name": some_text,
    "query": some_text,
    "categories": _categories,
    "ids": _texts,
    "via": _via,
}
SURVEY: Mapping[str, Check] = {  # other keys may stand there too: they are the user's
    "date_rule": some_text,
    "buckets": _texts,
    "select": _text,
    "scope": _text,
    "unreviewed": flag,
    "language": _language,
    "reviewer": _text,
    "sections": some_text,
    "trends": _texts,
    "landmarks": _texts,
}
TABLES = (*SECTIONS, "subscription", "survey")
FLAGS = ("offline", "debug")
FOLDERS = ("record", "replay")  # of the command line and the environment only, like the flags


def from_environment(section: str, key: str, value: str) -> object:
    """A value of the environment as TOML would have given it."""
    check = SECTIONS.get(section, {}).get(key)
    if check is _texts:
        return [part for part in value.split(os.pathsep) if part]
    if check is not None and check not in (_delay, _depth, _weights):
        return value
    import tomllib  # numbers, and whatever `survey` may hold

    try:
        return tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return value


# --- saying what is wrong -------------------------------------------------------------------------


def checked(name: str, check: Check, value: object, *, origin: str) -> Any:
    """What the check makes of a value; SettingsError if it refuses."""
    try:
        return check(value)
    except ValueError as exc:
        refuse(name, str(exc), origin=origin)


def refuse(name: str, problem: str, *, origin: str) -> NoReturn:
    """Raise SettingsError: which setting, what is wrong with it, and where that stands."""
    raise SettingsError(f"{name} {problem} ({origin})")


def refuse_unknown(name: str, *, origin: str) -> NoReturn:
    """Raise SettingsError for a "section.key", or a section, that there is not."""
    section, key = name.split(".", 1) if "." in name else ("", name)
    homes = [home for home, keys in SECTIONS.items() if key in keys]
    tables = {"": TABLES, "subscription": SUBSCRIPTION, "survey": SURVEY, **SECTIONS}
    known = tables.get(section, ())
    what = "key" if section or homes or name in (*FLAGS, *FOLDERS) else "section"
    hint = f": it belongs below [{homes[0]}]" if homes else nearest(key, known)
    if name in (*FLAGS, *FOLDERS):
        hint = f": it is for one run at a time, as --{name} or LITTRACK_{name.upper()}"
    place = origin.removeprefix("library file ").removeprefix("user file ")
    raise SettingsError(f"unknown {what} {name} in {place}{hint}")


def nearest(name: str, known: Iterable[str]) -> str:
    """The end of a message about an unknown name: the known one that looks like it, else all."""
    import difflib

    names = list(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if close:
        return f": did you mean {close[0]}?"
    return f"; known are {', '.join(names)}" if names else ""


def is_misspelt(name: str, known: Iterable[str]) -> bool:
    """Whether a name is nearly, but not quite, one of the known."""
    import difflib

    return bool(difflib.get_close_matches(name, list(known), n=1, cutoff=0.8))


def shown(value: object) -> str:
    """A setting as it may be printed: the password of a URL is masked, whatever it holds.

    >>> shown("postgresql+psycopg://me:secret@host/papers")
    'postgresql+psycopg://me:***@host/papers'
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return ", ".join(shown(item) for item in value)
    text = re.sub(r"(://[^:/?#@\[]*:)[^/?#]*@", r"\1***@", str(value))
    # Up to the last @: a password with an unescaped / or @ in it must not be shown in part.
    text = re.sub(r"(?s)(postgres[\w+]*://[^:/?#@]*:).*@", r"\1***@", text)
    return re.sub(r"(?i)([?&](?:ssl)?password=)[^&]*", r"\1***", text)
