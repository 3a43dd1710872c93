"""What is written about the command line is compared with the command line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from littrack import __version__
from littrack.cli.main import build_app

ROOT = Path(__file__).parent.parent
ROOT_COMMAND: Any = typer.main.get_command(build_app())


def all_commands(command: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every command and group below, by its whole name."""
    for part, child in getattr(command, "commands", {}).items():
        whole = f"{name} {part}".strip()
        yield whole, child
        yield from all_commands(child, whole)


COMMANDS = dict(all_commands(ROOT_COMMAND))
LEAVES = {name for name, command in COMMANDS.items() if not hasattr(command, "commands")}


def documented(text: str) -> set[str]:
    """The commands between the markers: ``littrack NAME`` at the start of a line or a row.

    ``littrack index build|verify`` and ``littrack embed · littrack index build`` name two each.
    """
    block = re.search(r"<!-- commands -->(.*?)<!-- /commands -->", text, re.DOTALL)
    assert block, "README.md has no <!-- commands --> ... <!-- /commands -->"
    groups = {name for name in COMMANDS if name not in LEAVES}
    found = set()
    for line in block[1].splitlines():
        cell = line.split("|")[1] if line.startswith("| ") and "`" not in line else line
        mentions = re.findall(r"(?:^|`|· )littrack ([a-z][a-z-]*)(?: ([a-z][a-z|\\-]*))?", cell)
        for first, rest in mentions:
            if first in groups:
                parts = re.split(r"\\?\|", rest) if rest else sorted(COMMANDS[first].commands)
                found |= {f"{first} {part}" for part in parts}
            else:
                found.add(first)
    return found


def test_the_readme_lists_exactly_the_commands_there_are() -> None:
    assert documented((ROOT / "README.md").read_text("utf-8")) == LEAVES


def test_the_list_is_understood_as_a_table_and_as_a_block() -> None:
    text = """<!-- commands -->
| command | does |
|---|---|
| `littrack index build\\|verify` | see `littrack --help` |
| `littrack embed [--x]` · `littrack db check` | b |
```
littrack search QUERY     find, then littrack show ID
littrack config show
```
<!-- /commands -->"""
    assert documented(text) == {
        "index build", "index verify", "embed", "db check", "search", "config show",
    }  # fmt: skip


def test_the_changelog_tells_of_this_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert re.search(rf"^## \[?v?{re.escape(__version__)}\b", text, re.MULTILINE)


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_every_help_says_what_it_does_and_ends_with_an_example(name: str) -> None:
    command = COMMANDS.get(name, ROOT_COMMAND)
    assert command.help
    first = command.help.split("\n\n")[0]
    assert not name or len(first) <= 60, "the first sentence is cut in the list of commands"
    assert "Example" in command.epilog
    assert f"littrack {name}".strip() in command.epilog


@pytest.mark.parametrize("name", sorted(LEAVES))
def test_every_command_takes_the_library_after_it(name: str) -> None:
    options = {option for parameter in COMMANDS[name].params for option in parameter.opts}
    assert "--library" in options or name in ("train-encoder", "train-terms")


@pytest.mark.parametrize("name", sorted(LEAVES))
def test_every_option_is_explained(name: str) -> None:
    for parameter in COMMANDS[name].params:
        assert getattr(parameter, "help", None) or getattr(parameter, "hidden", False)


@pytest.mark.parametrize(
    "name", ["search", "similar", "show", "status", "doctor", "db check", "config show",
             "index verify", "eval search", "timeline list", "timeline explain", "why", "family",
             "table", "edition list", "edition diff", "models list", "models show",
             "models review", "models conflicts"],
)  # fmt: skip
def test_every_reading_command_has_all_the_forms(name: str) -> None:
    options = {option for parameter in COMMANDS[name].params for option in parameter.opts}
    assert {"--format", "--json", "--jsonl", "--nl", "-o", "--output"} <= options
