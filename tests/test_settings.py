"""Where each setting comes from, and what is said when one is wrong."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from littrack.errors import SettingsError
from littrack.setting_values import shown
from littrack.settings import (
    DEFAULT_TOML,
    DatabaseSettings,
    Loaded,
    SearchSettings,
    Settings,
    Subscription,
    load_settings,
)
from littrack.toml_file import find_lines

EXAMPLE = Path(__file__).parent.parent / "littrack.toml.example"
LOOPBACK = """\
[arxiv]
api_url = "http://127.0.0.1:8001/api/query"
oai_url = "http://localhost:8001/oai"
rss_url = "http://[::1]:8001/rss"
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The user's own folders, empty."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A folder that becomes a library once it has a littrack.toml."""
    folder = tmp_path / "survey"
    folder.mkdir()
    return folder


@pytest.fixture
def load(home: Path, library: Path) -> Iterator[Callable[..., Loaded]]:
    """Load the settings of a library with this littrack.toml, this environment, these flags."""

    def call(toml: str = "", /, flags: dict[str, object] | None = None, **env: str) -> Loaded:
        (library / "littrack.toml").write_text(toml, "utf-8")
        return load_settings(library, {"LITTRACK_HOME": str(home), **env}, flags or {})

    yield call


def refusal(load: Callable[..., Loaded], *args: Any, **kwargs: Any) -> str:
    """The message of the SettingsError that loading ends with."""
    with pytest.raises(SettingsError) as caught:
        load(*args, **kwargs)
    assert caught.value.exit_code == 78
    return str(caught.value)


# --- defaults, places, precedence -----------------------------------------------------------------


def test_an_empty_file_gives_the_defaults_and_says_so(load: Callable[..., Loaded]) -> None:
    loaded = load("")
    assert loaded.settings == Settings()
    assert loaded.settings.arxiv.delay_seconds == 3.0
    assert set(loaded.origins.values()) == {"default", "nearest folder upward with littrack.toml"}


def test_each_place_wins_over_the_next(
    home: Path, library: Path, load: Callable[..., Loaded]
) -> None:
    (home / "config.toml").write_text('[arxiv]\ncontact = "user"\n', "utf-8")
    toml = '[arxiv]\n\ncontact = "library"\n'
    env = {"LITTRACK_ARXIV__CONTACT": "environment"}
    flags = {"arxiv.contact": "flag"}
    for loaded, value, origin in (
        (load(""), "user", f"user file {home / 'config.toml'}, line 2"),
        (load(toml), "library", f"library file {library / 'littrack.toml'}, line 3"),
        (load(toml, **env), "environment", "environment LITTRACK_ARXIV__CONTACT"),
        (load(toml, flags, **env), "flag", "flag --contact"),
    ):
        assert loaded.settings.arxiv.contact == value
        assert loaded.origins["arxiv.contact"] == origin


def test_a_flag_that_was_not_given_overrides_nothing(load: Callable[..., Loaded]) -> None:
    assert load("", {"encoder.model": None}).origins["encoder.model"] == "default"


def test_the_sections_of_two_files_are_joined_key_by_key(
    home: Path, load: Callable[..., Loaded]
) -> None:
    (home / "config.toml").write_text(
        '[arxiv]\ncontact = "me"\ndelay_seconds = 9\n[survey]\na = 1\nb = 1\n', "utf-8"
    )
    settings = load("[arxiv]\ndelay_seconds = 4\n[survey]\nb = 2\nc = {d = 3}\n").settings
    assert (settings.arxiv.contact, settings.arxiv.delay_seconds) == ("me", 4.0)
    assert settings.survey == {"a": 1, "b": 2, "c": {"d": 3}}


def test_the_subscriptions_of_the_library_replace_those_of_the_user(
    home: Path, library: Path, load: Callable[..., Loaded]
) -> None:
    (home / "config.toml").write_text(
        '[[subscription]]\nname = "mine"\ncategories = ["cs.AI"]\n', "utf-8"
    )
    assert [one.name for one in load("").settings.subscriptions] == ["mine"]
    loaded = load(
        '[[subscription]]\nname = "llm"\ncategories = ["cs.CL", "cs.*", "hep-th"]\n\n'
        '[[subscription]]\nname = "cot"\nquery = "all:cot"\n'
    )
    assert loaded.settings.subscriptions == (
        Subscription("llm", categories=("cs.CL", "cs.*", "hep-th"), via="oai"),
        Subscription("cot", query="all:cot", via="api"),
    )
    place = f"library file {library / 'littrack.toml'}"
    assert loaded.origins["subscription.llm"] == f"{place}, line 1"
    assert loaded.origins["subscription.cot"] == f"{place}, line 5"


def test_the_environment_reaches_every_section(load: Callable[..., Loaded], tmp_path: Path) -> None:
    folders = os.pathsep.join([str(tmp_path / "a"), "b"])
    settings = load(
        "",
        LITTRACK_DATABASE__URL="postgresql+psycopg://me:secret@db/papers",
        LITTRACK_ARXIV__DELAY_SECONDS="3.5",
        LITTRACK_SEARCH__RERANKER="org/ranker@1.0",
        LITTRACK_SEARCH__RERANK_DEPTH="20",
        LITTRACK_NOTES__FOLDERS=folders,
        LITTRACK_SURVEY__COLUMNS="5",
        LITTRACK_SURVEY__TITLE="大语言模型综述",
        LITTRACK_OFFLINE="1",
        LITTRACK_DEBUG="no",
        LITTRACK_REQUIRE_POSTGRES="1",
        OTHER="x",
    ).settings
    assert settings.database.url == "postgresql+psycopg://me:secret@db/papers"
    assert settings.arxiv.delay_seconds == 3.5
    assert settings.search == SearchSettings("org/ranker@1.0", 20)
    assert settings.notes.folders == (str(tmp_path / "a"), str(tmp_path / "survey" / "b"))
    assert settings.survey == {"columns": 5, "title": "大语言模型综述"}
    assert settings.offline is True
    assert settings.debug is False


def test_a_subscription_to_categories_alone_is_harvested_unless_it_says_otherwise(
    load: Callable[..., Loaded],
) -> None:
    table = "[[subscription]]\nname = 'a'\ncategories = ['cs.CL']\n"
    for more, via in (
        ("", "oai"),
        ("via = 'oai'", "oai"),
        ("via = 'api'", "api"),
        ("query = 'x'", "api"),
        ("ids = ['2303.18223']", "api"),
        ("query = 'x'\nvia = 'api'", "api"),
    ):
        assert load(table + more).settings.subscriptions[0].via == via


def test_the_folders_of_recordings_count_from_the_current_folder(
    load: Callable[..., Loaded], library: Path, tmp_path: Path
) -> None:
    settings = load("").settings
    assert (settings.record, settings.replay) == ("", "")
    loaded = load("", LITTRACK_RECORD="tape", LITTRACK_REPLAY="")
    assert (loaded.settings.record, loaded.settings.replay) == (str(library / "tape"), "")
    assert loaded.origins["record"] == "environment LITTRACK_RECORD"
    loaded = load("", {"replay": tmp_path / "tape", "record": None})
    assert loaded.settings.replay == str(tmp_path / "tape")
    assert loaded.origins["replay"] == "flag --replay"
    loaded = load("", {"replay": "by-flag"}, LITTRACK_REPLAY="by-variable")
    assert loaded.settings.replay == str(library / "by-flag")


def test_a_replay_cannot_be_recorded(load: Callable[..., Loaded]) -> None:
    message = refusal(load, "", {"replay": "a"}, LITTRACK_RECORD="b")
    assert "environment LITTRACK_RECORD" in message and "flag --replay" in message
    assert "must not be empty" in refusal(load, "", {"record": ""})


# --- finding the library --------------------------------------------------------------------------


def test_the_library_is_the_nearest_folder_upward(home: Path, library: Path) -> None:
    deep = library / "notes" / "2024"
    deep.mkdir(parents=True)
    (library / "littrack.toml").touch()
    loaded = load_settings(deep, {"LITTRACK_HOME": str(home)})
    assert loaded.library == library
    assert loaded.library_file == library / "littrack.toml"


def test_a_flag_wins_over_the_variable_and_both_over_the_current_folder(
    home: Path, library: Path, tmp_path: Path
) -> None:
    (library / "littrack.toml").touch()
    env = {"LITTRACK_HOME": str(home), "LITTRACK_LIBRARY": "../by-variable"}
    loaded = load_settings(library, env)
    assert loaded.library == tmp_path / "by-variable"  # need not exist: made on first use
    assert loaded.origins["library"] == "environment LITTRACK_LIBRARY"
    loaded = load_settings(library, env, {"library": tmp_path / "by-flag"})
    assert loaded.library == tmp_path / "by-flag"
    assert loaded.origins["library"] == "flag --library"


def test_without_any_library_it_is_the_users_data_folder(home: Path, tmp_path: Path) -> None:
    loaded = load_settings(tmp_path, {"LITTRACK_HOME": str(home), "LITTRACK_LIBRARY": ""})
    assert loaded.library == loaded.folders.data == home / "library"
    assert loaded.origins["library"] == "default"


def test_without_littrack_home_the_system_says_where_the_users_folders_are(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    folders = load_settings(tmp_path, {}).folders
    assert all(folder.is_absolute() and "littrack" in folder.parts for folder in folders)
    if sys.platform == "linux":
        assert set(folders) == {tmp_path / "littrack"}


def test_a_library_that_is_a_file_is_refused(home: Path, tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    with pytest.raises(SettingsError, match=r"x \(flag --library\) is not a folder"):
        load_settings(tmp_path, {"LITTRACK_HOME": str(home)}, {"library": "x"})


# --- the database ---------------------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="paths with a root, not a drive")
@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("sqlite:///littrack.db", "sqlite:////lib/littrack.db"),
        ("sqlite:///../x.db?timeout=3", "sqlite:////x.db?timeout=3"),
        ("sqlite+pysqlite:////data/x.db", "sqlite+pysqlite:////data/x.db"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("sqlite:///file:x?mode=ro&uri=true", "sqlite:///file:x?mode=ro&uri=true"),
        ("postgres://me@db/x", "postgresql+psycopg://me@db/x"),
        ("postgresql://me@db/x", "postgresql+psycopg://me@db/x"),
        ("postgresql+psycopg:///x?host=/run", "postgresql+psycopg:///x?host=/run"),
    ],
)
def test_the_database_url_is_completed_for_sqlalchemy(url: str, expected: str) -> None:
    settings = Settings(database=DatabaseSettings(url))
    folders: Any = None
    assert Loaded(settings, Path("/lib"), {}, folders).database_url == expected


def test_a_library_whose_path_no_database_url_can_hold_is_refused(home: Path) -> None:
    loaded = load_settings(home, {"LITTRACK_HOME": str(home)}, {"library": "what?"})
    with pytest.raises(SettingsError, match=r"what\?.* question mark"):
        _ = loaded.database_url


def test_a_password_may_stand_in_a_file_of_its_own_or_the_environment_only(
    library: Path, load: Callable[..., Loaded]
) -> None:
    url = "postgresql+psycopg://me:geheim@db/papers"
    for secret in (url, "postgresql+psycopg://me@db/papers?password=geheim"):
        message = refusal(load, f'[database]\nurl = "{secret}"\n')
        assert "line 2" in message and "url_file" in message and "geheim" not in message
    (library / "secret").write_text(url + "\n", "utf-8")
    loaded = load('[database]\nurl_file = "secret"\n')
    assert loaded.settings.database.url == url
    assert loaded.origins["database.url"].endswith(f"line 2 ({library / 'secret'})")
    assert load("", LITTRACK_DATABASE__URL_FILE="secret").settings.database.url == url


def test_a_url_file_that_is_missing_or_doubled_is_refused(load: Callable[..., Loaded]) -> None:
    assert "there is no such file" in refusal(load, '[database]\nurl_file = "none"\n')
    (load("").library / "u").write_text("sqlite:///x.db", "utf-8")
    message = refusal(load, '[database]\nurl = "sqlite:///y.db"\nurl_file = "u"\n')
    assert "already given" in message


@pytest.mark.parametrize(
    "url",
    ["littrack.db", "mysql://u:geheim@h/x", "postgresql+asyncpg://u:geheim@h/x", "sqlite://x.db"],
)
def test_a_database_that_littrack_does_not_know_is_refused_without_repeating_secrets(
    load: Callable[..., Loaded], url: str
) -> None:
    message = refusal(load, f'[database]\nurl = "{url}"\n')
    assert message.startswith("database.url ") and "geheim" not in message


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="*"), min_size=1))
def test_a_password_is_never_shown(password: str) -> None:
    text = shown(f"postgresql+psycopg://me:{password}@HOST")
    assert text == "postgresql+psycopg://me:***@HOST"


def test_what_holds_no_secret_is_shown_as_it_is() -> None:
    for value in ("https://export.arxiv.org/api/query", "sqlite:///a@b.db", "http://[::1]:80/x@y"):
        assert shown(value) == value
    assert shown(True) == "true"
    assert shown(("a", "b")) == "a, b"
    assert shown(3.5) == "3.5"
    assert shown("postgresql://h/x?sslpassword=s&a=b") == "postgresql://h/x?sslpassword=***&a=b"


# --- what is refused, with its line ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("toml", "line", "words"),
    [
        ("[arxiv]\n\n\ndelay_second = 5", 4, "unknown key arxiv.delay_second"),
        ("[arxiv]\n\n\ndelay_second = 5", 4, "did you mean delay_seconds?"),
        ("[arxiv]\nfolders = []", 2, "it belongs below [notes]"),
        ("delay_seconds = 5", 1, "unknown key delay_seconds"),
        ("delay_seconds = 5", 1, "it belongs below [arxiv]"),
        ("\n[arxive]\nx = 1", 2, "did you mean arxiv?"),
        ("\n[subscriptions]\n", 2, "did you mean subscription?"),
        ("[wombat]", 1, "known are database, arxiv"),
        ("arxiv = 3", 1, "write [arxiv]"),
        ('[subscription]\nname = "x"', 1, "[[subscription]]"),
        ('[arxiv]\ndelay_seconds = "5"', 2, "must be a number of seconds, not text"),
        ("[arxiv]\ndelay_seconds = true", 2, "must be a number of seconds, not true/false"),
        ("[arxiv]\ndelay_seconds = -1", 2, "zero or more"),
        ("[arxiv]\ndelay_seconds = nan", 2, "zero or more"),
        ("[arxiv]\ndelay_seconds = inf", 2, "zero or more"),
        ("[arxiv]\ndelay_seconds = 2.9", 2, "below the 3 seconds"),
        ('[arxiv]\napi_url = "export.arxiv.org"', 2, "must be a URL"),
        ('[arxiv]\napi_url = "ftp://a/b"', 2, "must be a URL"),
        ('[arxiv]\nrss_url = "http://h:port/x"', 2, "must be a URL"),
        ('[arxiv]\noai_url = "http://[::1/x"', 2, "must be a URL"),
        ('[arxiv]\ncontact = "a\\nb"', 2, "plain ASCII"),
        ('[encoder]\nmodel = ""', 2, "must not be empty"),
        ("[search]\nreranker = 1", 2, "search.reranker must be text in quotes"),
        ("[search]\nrerank_depth = 0", 2, "from 1 to 1000"),
        ("[search]\nrerank_depth = 2.5", 2, "must be a whole number"),
        ('[notes]\nfolders = "notes"', 2, "must be a list"),
        ('[notes]\nfolders = ["a", 3]', 2, "it holds 3"),
        ("[[subscription]]\ncategories = ['cs.CL']", 1, "has no name"),
        ("[[subscription]]\nname = 'a'", 1, "asks for nothing"),
        ("[[subscription]]\nname = 'a'\ncategories = []", 1, "asks for nothing"),
        ("[[subscription]]\nname = 'a'\ncategories = ['CL']", 3, 'holds "CL"'),
        ("[[subscription]]\nname = 'a'\nids = ['1']\nvia = 'rss'", 4, 'must be "api" or "oai"'),
        ("[[subscription]]\nname = 'a'\nquery = 'x'\nvia = 'oai'", 4, 'via must be "api"'),
        (
            "[[subscription]]\nname = 'a'\nids = ['1']\nvia = 'oai'",
            4,
            "lists whole categories only",
        ),
        ("record = 'x'", 1, "unknown key record"),
        ("offline = true", 1, "--offline or LITTRACK_OFFLINE"),
        ("[arxiv]\nreplay = 'x'", 2, "unknown key arxiv.replay"),
        ("[[subscription]]\nname = 'a'\nquerry = 'x'", 3, "did you mean query?"),
        (
            "[[subscription]]\nname='a'\nids=['1']\n[[subscription]]\nname='a'\nids=['2']",
            4,
            "name of another one",
        ),
        ("[arxiv]\ncontact = ", 2, "Invalid value"),
        ("[arxiv]\ncontact = 'a'\ncontact = 'b'\n", 3, "overwrite"),
        ("[arxiv]\ncontact = [1,\n\n", 2, "nvalid"),
    ],
)
def test_what_is_wrong_is_named_with_file_and_line(
    load: Callable[..., Loaded], library: Path, toml: str, line: int, words: str
) -> None:
    message = refusal(load, toml)
    assert words in message
    assert f"{library / 'littrack.toml'}, line {line}" in message


def test_the_message_for_a_misspelt_key_reads_well(
    load: Callable[..., Loaded], library: Path
) -> None:
    assert refusal(load, "[arxiv]\ndelay_second = 5") == (
        f"unknown key arxiv.delay_second in {library / 'littrack.toml'}, line 2:"
        " did you mean delay_seconds?"
    )


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("LITTRACK_ARXIV__DELAY_SECOND", "5", "did you mean LITTRACK_ARXIV__DELAY_SECONDS?"),
        ("LITTRACK_LIBARY", "x", "did you mean LITTRACK_LIBRARY?"),
        ("LITTRACK_ARXIV__DELAY_SECONDS", "soon", "(environment LITTRACK_ARXIV__DELAY_SECONDS)"),
        ("LITTRACK_ARXIV__DELAY_SECONDS", "1", "(environment LITTRACK_ARXIV__DELAY_SECONDS)"),
        ("LITTRACK_OFFLINE", "maybe", "must be 1 or 0"),
        ("LITTRACK_OFFLINE__X", "1", "unknown environment variable"),
        ("LITTRACK_SUBSCRIPTION__NAME", "a", "unknown environment variable"),
    ],
)
def test_a_wrong_variable_is_named(
    load: Callable[..., Loaded], name: str, value: str, words: str
) -> None:
    message = refusal(load, "", **{name: value})
    assert words in message and name in message


def test_a_wrong_flag_is_named(load: Callable[..., Loaded]) -> None:
    assert "(flag --delay-seconds)" in refusal(load, "", {"arxiv.delay_seconds": -1})
    assert "unknown key arxiv.delay in flag --delay" in refusal(load, "", {"arxiv.delay": 4})


def test_a_short_delay_is_allowed_when_every_address_is_on_loopback(
    load: Callable[..., Loaded],
) -> None:
    assert load(LOOPBACK + "delay_seconds = 0").settings.arxiv.delay_seconds == 0.0
    for host in ("127.0.0.1.example.org", "localhost.example.org", "10.0.0.1", "export.arxiv.org"):
        message = refusal(load, LOOPBACK.replace("127.0.0.1", host) + "delay_seconds = 0")
        assert host in message and "arxiv.api_url" in message


def test_a_file_that_is_not_utf8_is_refused_with_its_line(library: Path, home: Path) -> None:
    (library / "littrack.toml").write_bytes("[survey]\ntitle = '综述'\n".encode("gb18030"))
    with pytest.raises(SettingsError, match="line 2: not UTF-8"):
        load_settings(library, {"LITTRACK_HOME": str(home)})


def test_a_file_saved_on_windows_is_read_and_counted_alike(library: Path, home: Path) -> None:
    text = "\ufeff[arxiv]\r\ncontact = '''\r\n[x]\r\n'''\r\n[encoder]\r\nmodel = 3\r\n"
    (library / "littrack.toml").write_text(text, "utf-8", newline="")
    with pytest.raises(SettingsError, match=r"arxiv\.contact .*line 2\)"):
        load_settings(library, {"LITTRACK_HOME": str(home)})


def test_lines_are_counted_past_strings_lists_and_comments() -> None:
    text = '''\
# [no] = 1
top = 1
[a] # = [b]
x = """
[a]
y = 1 \\""" """
"y z" = [ # ]
  "]", { y = 2 },
]
y = {p = "="}
a.b = 1
[[s]]
n = 1
[[s]]
n = 2
[c.d]
'''
    tomllib.loads(text)
    assert find_lines(text) == {
        ("top",): 2,
        ("a",): 3,
        ("a", "x"): 4,
        ("a", "y z"): 7,
        ("a", "y"): 10,
        ("a", "a"): 11,
        ("a", "a", "b"): 11,
        ("s",): 12,
        ("s", 0): 12,
        ("s", 0, "n"): 13,
        ("s", 1): 14,
        ("s", 1, "n"): 15,
        ("c",): 16,
        ("c", "d"): 16,
    }


# --- the example ----------------------------------------------------------------------------------


def test_the_example_file_is_what_init_writes() -> None:
    assert EXAMPLE.read_bytes() == DEFAULT_TOML.encode()


def test_the_file_that_init_writes_changes_nothing(load: Callable[..., Loaded]) -> None:
    assert load(DEFAULT_TOML).settings == Settings()


def test_its_lines_give_the_defaults_when_they_are_uncommented(
    load: Callable[..., Loaded],
) -> None:
    def live(line: str) -> str:
        bare = line.removeprefix("# ")
        return bare if bare.startswith("[[") or bare.partition(" = ")[0].isidentifier() else line

    toml = "\n".join(live(line) for line in DEFAULT_TOML.splitlines())
    loaded = load(toml)
    default = Settings()
    assert loaded.settings.database == default.database
    assert loaded.settings.arxiv == default.arxiv
    assert loaded.settings.encoder == default.encoder
    assert loaded.settings.search == default.search
    assert loaded.settings.notes == default.notes
    assert [one.name for one in loaded.settings.subscriptions] == ["llm", "reasoning"]
    assert [key for key, origin in loaded.origins.items() if origin == "default"] == [
        "offline",
        "debug",
        "record",
        "replay",
    ]


def test_the_module_imports_nothing_slow() -> None:
    code = "import sys, littrack.settings as s; print(*sys.modules)"
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert process.returncode == 0, process.stderr
    slow = {"tomllib", "platformdirs", "difflib", "asyncio", "json", "numpy"}
    assert not slow & set(process.stdout.split())


def test_weights_of_a_search_are_numbers_by_kind_and_part(load: Callable[..., Loaded]) -> None:
    found = load("[search]\nweights = { short = { lexical = 1, title = 0.2 } }").settings
    assert found.search.weights == {"short": {"lexical": 1.0, "title": 0.2}}
    for wrong, told in (
        ("{ shrt = { lexical = 1 } }", "did you mean short"),
        ("{ zh = { lexcal = 1 } }", "did you mean lexical"),
        ("{ zh = { lexical = -1 } }", "a number from 0 on"),
        ("0.5", "must be a table"),
    ):
        with pytest.raises(SettingsError, match=told):
            load(f"[search]\nweights = {wrong}")
