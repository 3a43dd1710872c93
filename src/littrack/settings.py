"""What the user has decided, and where: the only reader of the environment in littrack.

A value comes from the first of these that gives it; `Loaded.origins` tells which one did:

    flag                    littrack --library DIR, ...
    environment             LITTRACK_ARXIV__DELAY_SECONDS=3
    library file            DIR/littrack.toml
    user file               config.toml in the user's configuration folder
    default                 the dataclasses below

The library is the folder given by ``--library``, else by ``LITTRACK_LIBRARY``, else the nearest one
upward that holds littrack.toml, else the user's data folder. ``LITTRACK_HOME`` holds all the user's
folders when it is set. How the places are read: `setting_layers`; what may stand in them:
`setting_values`. These modules are on the path of every command, so they import little.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from littrack.errors import SettingsError
from littrack.setting_layers import (
    Given,
    Layer,
    absolute,
    read_environment,
    read_file,
    read_flags,
)
from littrack.setting_values import FLAGS, FOLDERS, refuse

SETTINGS_FILE = "littrack.toml"
USER_FILE = "config.toml"
POLITE_DELAY_SECONDS = 3.0  # arXiv's terms of use: one request in three seconds


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
class SearchSettings:
    """How the best papers are ordered.

    ``reranker`` is a sentence-transformers CrossEncoder (name[@revision] or path; none when empty)
    that takes a second, slower look at them. ``weights`` are those of the parts of a score, by kind
    of query ("short", "en", "zh"), where they are not littrack's own.
    """

    reranker: str = ""
    rerank_depth: int = 50
    weights: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NotesSettings:
    """Folders of notes to read; a relative one counts from the place it was written in."""

    folders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Subscription:
    """A standing order for papers: what `littrack ingest` pulls when it is told nothing else.

    From a file, ``via`` is "oai" unless there is a query or ids, which need "api".
    """

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
    search: SearchSettings = field(default_factory=SearchSettings)
    notes: NotesSettings = field(default_factory=NotesSettings)
    subscriptions: tuple[Subscription, ...] = ()
    survey: Mapping[str, Any] = field(default_factory=dict)
    offline: bool = False  # never reach for the network
    record: str = ""  # folder, absolute: keep every answer of arXiv there
    replay: str = ""  # folder, absolute: be answered from there, without the network
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

    ``origins`` has "library", "offline", "debug", "record", "replay", every "section.key",
    "subscription.<name>" and "survey.<key>". ``library`` is absolute and need not exist yet.
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
        file = absolute(path, self.library).as_posix()
        if "?" in file:  # SQLAlchemy would take the rest for options and open another file
            raise SettingsError(f"{file}: a database cannot lie at a path with a question mark")
        return f"{scheme}:///{file}{question}{options}"


def load_settings(
    start: Path | None = None,
    environ: Mapping[str, str] | None = None,
    overrides: Mapping[str, object] = MappingProxyType({}),
) -> Loaded:
    """Find the library and read every setting; SettingsError says what stands wrong, and where.

    Args:
        start: Where to look upward from for a library; the current folder if None.
        environ: The environment; this process's own if None.
        overrides: What the flags say: "library", "offline", "debug", "record", "replay" or
            "section.key" to its value. None as a value means that the flag was not given.
    """
    environ = os.environ if environ is None else environ
    start = _current_folder() if start is None else start.absolute()
    flags = read_flags(overrides, start)
    environment = read_environment(environ, start)
    folders = user_folders(environ)
    library = flags.get("library") or environment.get("library") or _nearest_library(start)
    library = library or Given(folders.data, "default")
    if library.value.exists() and not library.value.is_dir():
        raise SettingsError(f"the library {library.value} ({library.origin}) is not a folder")
    layers = (
        flags,
        environment,
        read_file(library.value / SETTINGS_FILE, "library file"),
        read_file(folders.config / USER_FILE, "user file"),
    )
    settings, origins = _merge(layers)
    return Loaded(settings, library.value, origins | {"library": library.origin}, folders)


def user_folders(environ: Mapping[str, str] | None = None) -> UserFolders:
    """The user's own folders: below LITTRACK_HOME if that is set, else the system's places."""
    home = (os.environ if environ is None else environ).get("LITTRACK_HOME")
    if home:
        root = absolute(home, Path())
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


def _nearest_library(start: Path) -> Given | None:
    for folder in (start, *start.parents):
        # Unlike Path.is_file this is False, not an error, where we may not look.
        if os.path.isfile(folder / SETTINGS_FILE):
            return Given(folder, f"nearest folder upward with {SETTINGS_FILE}")
    return None


def _merge(layers: Sequence[Layer]) -> tuple[Settings, dict[str, str]]:
    """The first layer that has a value wins."""
    found: Layer = {}
    for layer in reversed(layers):
        found |= layer
    subscriptions: tuple[Given, ...] = found.pop("subscription", Given((), "default")).value
    names = [f"{section}.{key.name}" for section, kind in _KINDS.items() for key in fields(kind)]
    origins = dict.fromkeys((*names, *FLAGS, *FOLDERS), "default")
    origins |= {name: given.origin for name, given in found.items()}
    origins |= {f"subscription.{one.value['name']}": one.origin for one in subscriptions}
    alone = (name for name in (*FLAGS, *FOLDERS) if name in found)
    values: dict[str, Any] = {name: found[name].value for name in alone}
    values |= {section: kind(**_below(section, found)) for section, kind in _KINDS.items()}
    settings = Settings(
        **values,
        subscriptions=tuple(Subscription(**one.value) for one in subscriptions),
        survey=_below("survey", found),
    )
    _check_politeness(settings.arxiv, origins)
    if settings.record and settings.replay:
        problem = f"and record ({origins['record']}) exclude each other: take one away"
        refuse("replay", problem, origin=origins["replay"])
    return settings, origins


_KINDS: Mapping[str, type[Any]] = {
    "database": DatabaseSettings,
    "arxiv": ArxivSettings,
    "encoder": EncoderSettings,
    "search": SearchSettings,
    "notes": NotesSettings,
}


def _below(section: str, found: Layer) -> dict[str, Any]:
    """The keys of one section, without its name."""
    names = (name for name in found if name.startswith(f"{section}."))
    return {name.removeprefix(f"{section}."): found[name].value for name in names}


def _check_politeness(arxiv: ArxivSettings, origins: Mapping[str, str]) -> None:
    """Refuse a short delay unless every address is this very machine, as in a rehearsal."""
    if arxiv.delay_seconds >= POLITE_DELAY_SECONDS:
        return
    for key in ("api_url", "oai_url", "rss_url"):
        host = urlsplit(getattr(arxiv, key)).hostname or ""
        if not _is_loopback(host):
            refuse(
                "arxiv.delay_seconds",
                f"is {arxiv.delay_seconds:g}, below the {POLITE_DELAY_SECONDS:g} seconds that arXiv"
                f" asks for; less is allowed only when all three addresses are on loopback, and"
                f" arxiv.{key} ({origins[f'arxiv.{key}']}) is on {host}",
                origin=origins["arxiv.delay_seconds"],
            )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


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

[search]
# A cross-encoder reads a query and a paper together, and orders the best papers anew: better and
# much slower. A sentence-transformers CrossEncoder: org/name, org/name@revision, or the path of a
# folder; needs `pip install sentence-transformers`. "" = none.
# reranker = ""
# How many of the best papers it reads for a query.
# rerank_depth = 50
# What each part of a score weighs (`littrack search --explain` names the parts), for queries of a
# few words and for English and Chinese texts; what is left out weighs what littrack has fitted:
#   { short = { semantic = 0.65, lexical = 0.35 }, en = { title = 0.5 }, zh = { lexical = 0.3 } }
# weights = {}

[notes]
# Folders of Markdown notes, relative to this one: ["notes", "../vault"].
# folders = []

# What `littrack ingest` pulls when it is told nothing else, from where the last run stopped. As
# many as you like, each with a name of its own and at least one of categories, query and ids.
# The key via need not be given. A subscription to categories alone goes via = "oai": whole lists,
# every new paper and every change, in few requests. A query or ids go via = "api", which searches.
# Written for categories, via = "api" works too, but misses what changes after the first submission.
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

# The survey's own rules. Keys of your own may stand here too.
[survey]
# Which of a model's dates is its date: "survey" = the submission of its arXiv paper, without one
# the earliest public release; or "earliest", "weights", "latest-version".
# date_rule = "survey"
# Which models figures, tables and editions show: "survey", "loose" (as its repository's list), or
# a rule such as "size_b >= 10 and public". `littrack timeline explain NAME` says which part of the
# rule kept or dropped a model.
# select = "survey"
# Which proposals are worth a look in `littrack models review`; "" = all.
# scope = ""
# Show what extraction accepted by itself and nobody has looked at yet.
# unreviewed = false
# The columns of the timeline figure; years that are not named are not divided.
# buckets = ["2021: 1-4, 5-8, 9-10, 11-12", "2022: 1-3, 4-6, 7-10, 11-12", "2023: 1-6, 7-12"]
# Phrases whose months are counted and frozen every night, and the models marked on their curves.
# trends = ["language model", "large language model"]
# landmarks = ["GPT-1", "BERT", "GPT-2", "T5", "GPT-3", "Codex", "InstructGPT", "ChatGPT", "GPT-4"]
# Of figures, tables and change logs: "en" or "zh".
# language = "en"
# Your name as it stands beside your decisions in curation.toml.
# reviewer = ""
"""
