"""What the user has decided, and where: the only reader of the environment in littrack.

A value comes from the first of these that gives it; `Loaded.origins` tells which one did:

    flag                    littrack --library DIR, ...
    environment             LITTRACK_ARXIV__DELAY_SECONDS=3
    library file            DIR/littrack.toml
    user file               config.toml in the user's configuration folder
    default                 the dataclasses below

The library is the folder given by ``--library``, else by ``LITTRACK_LIBRARY``, else the nearest one
upward that holds littrack.toml, else the user's data folder. ``LITTRACK_HOME`` holds all the user's
folders when it is set. This module is on the path of every command, so it imports little.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, NoReturn
from urllib.parse import urlsplit

from littrack.errors import SettingsError

SETTINGS_FILE = "littrack.toml"
USER_FILE = "config.toml"
POLITE_DELAY_SECONDS = 3.0  # arXiv's terms of use: one request in three seconds

# What the environment may say beside LITTRACK_<SECTION>__<KEY>.
_PLAIN_VARIABLES = (
    "LITTRACK_DEBUG",
    "LITTRACK_HOME",
    "LITTRACK_LIBRARY",
    "LITTRACK_OFFLINE",
    "LITTRACK_REQUIRE_POSTGRES",  # for the test suite; known here so that it is not an error
)


@dataclass(frozen=True, slots=True)
class DatabaseSettings:
    """Where the papers are kept. A relative SQLite path counts from the library folder."""

    url: str = "sqlite:///littrack.db"


@dataclass(frozen=True, slots=True)
class ArxivSettings:
    """How arXiv is asked."""

    api_url: str = "https://export.arxiv.org/api/query"
    oai_url: str = "https://oaipmh.arxiv.org/oai"
    rss_url: str = "https://rss.arxiv.org/rss"
    delay_seconds: float = POLITE_DELAY_SECONDS
    contact: str = ""


@dataclass(frozen=True, slots=True)
class EncoderSettings:
    """The model that makes vectors: "bundled", a sentence-transformers name[@revision] or path."""

    model: str = "bundled"


@dataclass(frozen=True, slots=True)
class NotesSettings:
    """Folders of notes to read; a relative one counts from the place it was written in."""

    folders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Subscription:
    """A standing order for papers: what `littrack ingest` pulls when it is told nothing else."""

    name: str
    query: str = ""
    categories: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    via: str = "api"


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting, checked."""

    database: DatabaseSettings = field(default_factory=DatabaseSettings)
    arxiv: ArxivSettings = field(default_factory=ArxivSettings)
    encoder: EncoderSettings = field(default_factory=EncoderSettings)
    notes: NotesSettings = field(default_factory=NotesSettings)
    subscriptions: tuple[Subscription, ...] = ()
    survey: Mapping[str, Any] = field(default_factory=dict)
    offline: bool = False  # never reach for the network
    debug: bool = False  # show tracebacks


class UserFolders(NamedTuple):
    """The folders of littrack that belong to the user, not to a library. None need exist."""

    config: Path
    data: Path
    cache: Path
    state: Path


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings, the library they are for, and where each of them came from.

    ``origins`` has "library", "offline", "debug", every "section.key", "subscription.<name>" and
    "survey.<key>". ``library`` is absolute and need not exist yet.
    """

    settings: Settings
    library: Path
    origins: Mapping[str, str]
    folders: UserFolders

    @property
    def library_file(self) -> Path:
        """The littrack.toml of this library, whether it exists or not."""
        return self.library / SETTINGS_FILE

    @property
    def database_url(self) -> str:
        """`database.url` as SQLAlchemy wants it: absolute path, psycopg as the driver."""
        url = self.settings.database.url
        scheme, _, rest = url.partition("://")
        if not scheme.startswith("sqlite"):
            return f"postgresql+psycopg://{rest}"
        path, question, options = rest.removeprefix("/").partition("?")
        if not path or path == ":memory:" or path.startswith("file:"):
            return url
        file = _absolute(path, self.library).as_posix()
        if "?" in file:  # SQLAlchemy would take the rest for options and open another file
            raise SettingsError(f"{file}: a database cannot lie at a path with a question mark")
        return f"{scheme}:///{file}{question}{options}"


# --- one value ------------------------------------------------------------------------------------
# A check takes what was written and returns what is kept, or raises ValueError with the words that
# follow "section.key ". It never repeats a value that could be a secret.


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"must be text in quotes, not {_kind(value)}")
    return value


def _some_text(value: object) -> str:
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


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"must be true or false, not {_kind(value)}")
    return value


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


def _database_url(value: object) -> str:
    scheme, separator, rest = _text(value).partition("://")
    dialect, _, driver = scheme.partition("+")
    if not separator or dialect not in ("sqlite", "postgresql", "postgres"):
        raise ValueError("must begin with sqlite:/// or postgresql+psycopg://")
    if driver not in ("", {"sqlite": "pysqlite"}.get(dialect, "psycopg")):
        raise ValueError(f"names the driver {driver}; littrack uses postgresql+psycopg or sqlite")
    if dialect == "sqlite" and not rest.startswith("/"):
        raise ValueError("must have three slashes: sqlite:///littrack.db")
    return _text(value)


def _via(value: object) -> str:
    if value not in ("api", "oai"):
        raise ValueError(f'must be "api" or "oai", not {value!r}')
    return _text(value)


def _kind(value: object) -> str:
    """What a value is, in words of TOML."""
    names = {bool: "true/false", int: "a number", float: "a number", str: "text", dict: "a table"}
    names[list] = "a list"
    return names.get(type(value), f"a {type(value).__name__}")


_Check = Callable[[object], Any]
_SECTIONS: Mapping[str, Mapping[str, _Check]] = {
    "database": {"url": _database_url, "url_file": _some_text},
    "arxiv": {
        "api_url": _web_url,
        "oai_url": _web_url,
        "rss_url": _web_url,
        "delay_seconds": _delay,
        "contact": _contact,
    },
    "encoder": {"model": _some_text},
    "notes": {"folders": _texts},
}
_SUBSCRIPTION: Mapping[str, _Check] = {
    "name": _some_text,
    "query": _some_text,
    "categories": _categories,
    "ids": _texts,
    "via": _via,
}
_TABLES = (*_SECTIONS, "subscription", "survey")
_FLAGS = ("offline", "debug")


# --- values from one place ------------------------------------------------------------------------


class _Value(NamedTuple):  # half the cost of a dataclass, on the path of every command
    """A checked value and where it stands, in words."""

    value: Any
    origin: str


class _Layer:
    """All that one place gives: flags, environment, one file. Keys are as in `Loaded.origins`."""

    def __init__(self) -> None:
        self.values: dict[str, _Value] = {}
        self.subscriptions: tuple[_Value, ...] | None = None


def load_settings(
    start: Path | None = None,
    environ: Mapping[str, str] | None = None,
    overrides: Mapping[str, object] = MappingProxyType({}),
) -> Loaded:
    """Find the library and read every setting; SettingsError says what stands wrong, and where.

    Args:
        start: Where to look upward from for a library; the current folder if None.
        environ: The environment; this process's own if None.
        overrides: What the flags say: "library", "offline", "debug" or "section.key" to its value.
            None as a value means that the flag was not given.
    """
    environ = os.environ if environ is None else environ
    start = _current_folder() if start is None else start.absolute()
    flags = _read_flags(overrides, start)
    environment = _read_environment(environ, start)
    folders = user_folders(environ)
    library = flags.values.get("library") or environment.values.get("library")
    library = library or _nearest_library(start) or _Value(folders.data, "default")
    if library.value.exists() and not library.value.is_dir():
        raise SettingsError(f"the library {library.value} ({library.origin}) is not a folder")
    layers = (
        flags,
        environment,
        _read_file(library.value / SETTINGS_FILE, "library file"),
        _read_file(folders.config / USER_FILE, "user file"),
    )
    settings, origins = _merge(layers)
    return Loaded(settings, library.value, {"library": library.origin, **origins}, folders)


def user_folders(environ: Mapping[str, str] | None = None) -> UserFolders:
    """The user's own folders: below LITTRACK_HOME if that is set, else the system's places."""
    home = (os.environ if environ is None else environ).get("LITTRACK_HOME")
    if home:
        root = _absolute(home, Path())
        return UserFolders(root, root / "library", root / "cache", root / "state")
    from platformdirs import PlatformDirs  # 5 ms, not needed when LITTRACK_HOME is set

    dirs = PlatformDirs("littrack", appauthor=False)
    return UserFolders(
        dirs.user_config_path, dirs.user_data_path, dirs.user_cache_path, dirs.user_state_path
    )


def _current_folder() -> Path:
    try:
        return Path.cwd()
    except OSError as exc:
        raise SettingsError("the current folder no longer exists; change to another one") from exc


def _absolute(written: str, base: Path) -> Path:
    """A path as the user wrote it, seen from where it was written."""
    try:
        return Path(os.path.abspath(base / Path(written).expanduser()))
    except RuntimeError as exc:  # ~somebody
        raise SettingsError(f"{written}: {exc}") from exc


def _nearest_library(start: Path) -> _Value | None:
    for folder in (start, *start.parents):
        # Unlike Path.is_file this is False, not an error, where we may not look.
        if os.path.isfile(folder / SETTINGS_FILE):
            return _Value(folder, f"nearest folder upward with {SETTINGS_FILE}")
    return None


def _merge(layers: Iterable[_Layer]) -> tuple[Settings, dict[str, str]]:
    """The first layer that has a value wins."""
    found: dict[str, _Value] = {}
    subscriptions: tuple[_Value, ...] | None = None
    for layer in layers:
        if subscriptions is None:
            subscriptions = layer.subscriptions
        found = {**layer.values, **found}
    origins = {f"subscription.{item.value.name}": item.origin for item in subscriptions or ()}
    groups: dict[str, Any] = {}
    for section in (part for part in fields(Settings) if part.name in _SECTIONS):
        kind: Any = section.default_factory
        given: dict[str, Any] = {}
        for key in fields(kind):
            value = found.get(f"{section.name}.{key.name}")
            origins[f"{section.name}.{key.name}"] = value.origin if value else "default"
            if value:
                given[key.name] = value.value
        groups[section.name] = kind(**given)
    for name in _FLAGS:
        groups[name] = found[name].value if name in found else False
        origins[name] = found[name].origin if name in found else "default"
    survey = {key: value for key, value in found.items() if key.startswith("survey.")}
    origins |= {key: value.origin for key, value in survey.items()}
    settings = Settings(
        **groups,
        subscriptions=tuple(item.value for item in subscriptions or ()),
        survey={key.removeprefix("survey."): item.value for key, item in survey.items()},
    )
    _check_politeness(settings.arxiv, origins)
    return settings, origins


def _check_politeness(arxiv: ArxivSettings, origins: Mapping[str, str]) -> None:
    """Refuse a short delay unless every address is this very machine, as in a rehearsal."""
    if arxiv.delay_seconds >= POLITE_DELAY_SECONDS:
        return
    for key in ("api_url", "oai_url", "rss_url"):
        host = urlsplit(getattr(arxiv, key)).hostname or ""
        if not _is_loopback(host):
            _fail(
                "arxiv.delay_seconds",
                origins["arxiv.delay_seconds"],
                f"is {arxiv.delay_seconds:g}, below the {POLITE_DELAY_SECONDS:g} seconds that arXiv"
                f" asks for; less is allowed only when all three addresses are on loopback, and"
                f" arxiv.{key} ({origins[f'arxiv.{key}']}) is on {host}",
            )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _read_flags(overrides: Mapping[str, object], start: Path) -> _Layer:
    layer = _Layer()
    for key, value in overrides.items():
        if value is None:
            continue
        origin = "flag --" + key.rpartition(".")[2].replace("_", "-")
        if key == "library":
            layer.values[key] = _Value(_absolute(str(value), start), origin)
        elif key in _FLAGS:
            layer.values[key] = _Value(_checked(key, origin, _flag, value), origin)
        elif key.startswith("survey."):
            layer.values[key] = _Value(value, origin)
        else:
            _put(layer, key, value, origin, start)
    return layer


def _read_environment(environ: Mapping[str, str], start: Path) -> _Layer:
    layer = _Layer()
    for name in sorted(name for name in environ if name.startswith("LITTRACK_")):
        origin, value = f"environment {name}", environ[name]
        section, separator, key = name.removeprefix("LITTRACK_").lower().partition("__")
        if name == "LITTRACK_LIBRARY" and value:
            layer.values["library"] = _Value(_absolute(value, start), origin)
        elif section in _FLAGS and not separator:
            layer.values[section] = _Value(_checked(section, origin, _switch, value), origin)
        elif name in _PLAIN_VARIABLES:
            continue
        elif section == "survey" and key:
            layer.values[f"survey.{key}"] = _Value(_plain_or_toml(value), origin)
        elif section in _SECTIONS and key in _SECTIONS[section]:
            _put(layer, f"{section}.{key}", _from_text(section, key, value), origin, start)
        else:
            known = [f"LITTRACK_{s}__{k}".upper() for s, keys in _SECTIONS.items() for k in keys]
            nearest = _nearest(name, [*known, *_PLAIN_VARIABLES])
            raise SettingsError(f"unknown environment variable {name}{nearest}")
    return layer


def _switch(value: object) -> bool:
    words = {"1": True, "true": True, "yes": True, "on": True}
    words |= {"": False, "0": False, "false": False, "no": False, "off": False}
    answer = words.get(str(value).strip().lower())
    if answer is None:
        raise ValueError(f'must be 1 or 0, not "{value}"')
    return answer


def _from_text(section: str, key: str, value: str) -> object:
    """A value of the environment, as TOML would have given it; what is no number stays text."""
    check = _SECTIONS[section][key]
    if check is _texts:
        return [part for part in value.split(os.pathsep) if part]
    if check is _delay:
        try:
            return float(value)
        except ValueError:
            return value
    return value


def _plain_or_toml(value: str) -> object:
    """`survey` has no fixed keys, so no kinds either: 5 is a number, x is a text."""
    import tomllib

    try:
        return tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return value


def _read_file(path: Path, label: str) -> _Layer:
    """Read littrack.toml or the user's config.toml; a missing file is an empty one."""
    text = _file_text(path)
    if text is None or not text.strip():
        return _Layer()
    import tomllib

    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        reason, line = _syntax_error(str(exc), text)
        raise SettingsError(f"{path}, line {line}: {reason}") from exc
    lines = _lines(text)

    def origin(*keys: str | int) -> str:
        while keys and keys not in lines:
            keys = keys[:-1]
        return f"{label} {path}, line {lines.get(keys, 1)}"

    layer = _Layer()
    for name, table in content.items():
        if name not in _TABLES:
            _unknown_table(name, table, origin(name))
        elif name == "subscription":
            layer.subscriptions = _subscriptions(table, origin)
        elif not isinstance(table, dict):
            _fail(name, origin(name), f"must be a table: write [{name}], then its keys below")
        elif name == "survey":
            for key, value in table.items():
                layer.values[f"survey.{key}"] = _Value(value, origin(name, key))
        else:
            for key, value in table.items():
                _put(layer, f"{name}.{key}", value, origin(name, key), path.parent)
    return layer


def _file_text(path: Path) -> str | None:
    try:
        return path.read_text("utf-8-sig")  # some editors on Windows begin with a mark
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as exc:
        raise SettingsError(f"{path} cannot be read: {exc.strerror or exc}") from exc
    except UnicodeDecodeError as exc:
        line = path.read_bytes()[: exc.start].count(b"\n") + 1
        raise SettingsError(f"{path}, line {line}: not UTF-8; save the file as UTF-8") from exc


def _put(layer: _Layer, name: str, value: object, origin: str, base: Path) -> None:
    """Check one "section.key" and file it; ``base`` is where its relative paths count from."""
    section, _, key = name.partition(".")
    keys = _SECTIONS.get(section, {})
    if key not in keys:
        _unknown_key(name, origin)
    checked = _checked(name, origin, keys[key], value)
    if name == "notes.folders":
        checked = tuple(str(_absolute(folder, base)) for folder in checked)
    in_file = origin.startswith(("library file ", "user file "))
    if name == "database.url" and in_file and shown(checked) != checked:
        _fail(
            name,
            origin,
            "holds a password; give the URL by LITTRACK_DATABASE__URL,"
            " or write it to a file of its own and name that: url_file = ...",
        )
    if name == "database.url_file":
        name, origin, checked = _url_from_file(_absolute(checked, base), origin)
    if name in layer.values:
        _fail(name, origin, f"is already given ({layer.values[name].origin}); keep one of the two")
    layer.values[name] = _Value(checked, origin)


def _url_from_file(path: Path, origin: str) -> tuple[str, str, str]:
    text = _file_text(path)
    if text is None:
        _fail("database.url_file", origin, f"names {path}, and there is no such file")
    origin = f"{origin} ({path})"
    return "database.url", origin, _checked("database.url", origin, _database_url, text.strip())


def _subscriptions(tables: object, origin: Callable[..., str]) -> tuple[_Value, ...]:
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        _fail("subscription", origin("subscription"), "must be written [[subscription]]")
    found: dict[str, _Value] = {}
    for number, table in enumerate(tables):
        where = origin("subscription", number)
        one = _subscription(table, where, partial(origin, "subscription", number))
        if one.name in found:
            first = found[one.name].origin
            _fail(f'subscription "{one.name}"', where, f"has the name of another one ({first})")
        found[one.name] = _Value(one, where)
    return tuple(found.values())


def _subscription(
    table: Mapping[str, object], where: str, place: Callable[[str], str]
) -> Subscription:
    given: dict[str, Any] = {}
    for key, value in table.items():
        if key not in _SUBSCRIPTION:
            _unknown_key(f"subscription.{key}", place(key))
        given[key] = _checked(f"subscription.{key}", place(key), _SUBSCRIPTION[key], value)
    if "name" not in given:
        _fail("subscription", where, 'has no name; add name = "..."')
    title = f'subscription "{given["name"]}"'
    if not any(given.get(key) for key in ("query", "categories", "ids")):
        _fail(title, where, "asks for nothing: add query, categories or ids")
    harvest = not (given.get("query") or given.get("ids"))
    if given.setdefault("via", "oai" if harvest else "api") == "oai" and not harvest:
        _fail(title, place("via"), 'has a query or ids, for which via must be "api"')
    return Subscription(**given)


# --- saying what is wrong -------------------------------------------------------------------------


def _checked(name: str, origin: str, check: _Check, value: object) -> Any:
    try:
        return check(value)
    except ValueError as exc:
        _fail(name, origin, str(exc))


def _fail(name: str, origin: str, problem: str) -> NoReturn:
    raise SettingsError(f"{name} {problem} ({origin})")


def _unknown_key(name: str, origin: str) -> NoReturn:
    section, _, key = name.partition(".")
    homes = [home for home, keys in _SECTIONS.items() if key in keys]
    keys = _SUBSCRIPTION if section == "subscription" else _SECTIONS.get(section, {})
    hint = f": it belongs below [{homes[0]}]" if homes else _nearest(key, keys)
    raise SettingsError(f"unknown key {name} in {_place(origin)}{hint}")


def _unknown_table(name: str, content: object, origin: str) -> NoReturn:
    homes = [home for home, keys in _SECTIONS.items() if name in keys]
    if homes and not isinstance(content, dict):
        raise SettingsError(
            f"unknown key {name} in {_place(origin)}: it belongs below [{homes[0]}]"
        )
    raise SettingsError(f"unknown section {name} in {_place(origin)}{_nearest(name, _TABLES)}")


def _place(origin: str) -> str:
    return origin.removeprefix("library file ").removeprefix("user file ")


def _nearest(name: str, known: Iterable[str]) -> str:
    import difflib

    names = list(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if close:
        return f": did you mean {close[0]}?"
    return f"; known are {', '.join(names)}" if names else ""


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


# --- where things stand in a TOML file ------------------------------------------------------------

_TOKEN = (  # not compiled here: many a command reads no file
    r'(?P<string>"""(?:\\[\s\S]|[^\\])*?"""(?:"{0,2})|\'\'\'[\s\S]*?\'\'\'(?:\'{0,2})'
    r"|\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*')"
    r"|(?P<comment>\#[^\n]*)|(?P<newline>\n)|(?P<open>[\[{])|(?P<close>[\]}])|(?P<equals>=)"
    r"|(?P<bare>[A-Za-z0-9_-]+)"
)


def _statements(text: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """(line, brackets, dotted name) of each statement; brackets: 0 key, 1 [table], 2 [[array]].

    Needs valid TOML, which tomllib has checked before. What stands in strings, comments and values
    over several lines is stepped over.
    """
    line = start = 1
    depth = brackets = 0
    names: list[str] = []
    in_value = False
    for token in re.finditer(_TOKEN, text + "\n"):
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


def _lines(text: str) -> dict[tuple[str | int, ...], int]:
    """The line of each key and table; the second [[subscription]] is ("subscription", 1)."""
    lines: dict[tuple[str | int, ...], int] = {}
    counts: dict[tuple[str, ...], int] = {}
    table: tuple[str | int, ...] = ()
    for line, brackets, names in _statements(text.replace("\r\n", "\n")):
        path: tuple[str | int, ...] = names if brackets else (*table, *names)
        if brackets == 2:
            number = counts.get(names, 0)
            counts[names] = number + 1
            path = (*names, number)
        if brackets:
            table = path
        for length in range(1, len(path) + 1):
            lines.setdefault(path[:length], line)
    return lines


def _syntax_error(message: str, text: str) -> tuple[str, int]:
    found = re.search(r" \(at line (\d+), column \d+\)$", message)
    if found:
        return message[: found.start()], int(found[1])
    return message.removesuffix(" (at end of document)"), text.rstrip().count("\n") + 1


# --- the file that `littrack init` writes ---------------------------------------------------------

DEFAULT_TOML = """\
# A littrack library: this file, the database and the index made from it.
#
# Lines that begin with "# " and a key show the default; remove the "# " to change one.
# LITTRACK_<SECTION>__<KEY> in the environment overrides a line here, for example
# LITTRACK_ARXIV__DELAY_SECONDS=5. `littrack config show` tells where each value came from.

[database]
# Relative to this folder. For PostgreSQL: "postgresql+psycopg://user@host/name". A password does
# not belong in this file: give the whole URL in LITTRACK_DATABASE__URL, or put it into a file of
# its own and name that here as url_file = "database.url".
# url = "sqlite:///littrack.db"

[arxiv]
# api_url = "https://export.arxiv.org/api/query"
# oai_url = "https://oaipmh.arxiv.org/oai"
# rss_url = "https://rss.arxiv.org/rss"
# arXiv asks for one request in three seconds; less is refused except for hosts on loopback.
# delay_seconds = 3.0
# Your e-mail address or a URL, sent to arXiv with each request so that they can reach you.
# contact = ""

[encoder]
# "bundled" knows English and Chinese and needs no download. Otherwise a sentence-transformers
# model: org/name, org/name@revision, or the path of a folder.
# model = "bundled"

[notes]
# Folders of Markdown notes, relative to this one: ["notes", "../vault"].
# folders = []

# What `littrack ingest` pulls when it is told nothing else, from where the last run stopped. As
# many as you like, each with a name of its own and at least one of categories, query and ids.
# Whole categories are harvested by via = "oai"; a query or ids need via = "api", which searches.
#
# [[subscription]]
# name = "llm"
# categories = ["cs.CL"]
# via = "oai"
#
# [[subscription]]
# name = "reasoning"
# query = 'abs:"chain of thought"'
# via = "api"

# The survey's own rules: selection, buckets, sections, trends to keep, editions.
[survey]
"""
