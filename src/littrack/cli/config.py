"""What is set, and where: config show and config path."""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated, Any

import typer

from littrack.cli.command import command
from littrack.cli.context import LibraryOption, flags_of, load
from littrack.cli.messages import hint
from littrack.cli.output import Output
from littrack.present.tables import Table
from littrack.setting_values import shown
from littrack.settings import Loaded

SECTIONS = ("database", "arxiv", "encoder", "notes", "search")


@command("show", "littrack config show --origin", "littrack config show --json")
def show(
    ctx: typer.Context,
    output: Output,
    origin: Annotated[bool, typer.Option("--origin", help="Where each comes from.")] = False,
    library: LibraryOption = None,
) -> None:
    """Show every setting; passwords are masked."""
    loaded = load(ctx, library)
    rows: list[dict[str, Any]] = [
        {"key": key, "value": _masked(value)} for key, value in _values(loaded).items()
    ]
    columns = {"key": "Key", "value": "Value"}
    if origin:
        columns |= {"origin": "From"}
        rows = [row | {"origin": loaded.origins.get(row["key"], "default")} for row in rows]
    output.table(Table(rows, columns, tuple(columns)))


@command("path", "littrack config path", '"${EDITOR:-vi}" "$(littrack config path)"')
def path(ctx: typer.Context, library: LibraryOption = None) -> None:
    """Print the path of this library's littrack.toml."""
    loaded = load(ctx, library)
    print(loaded.library_file)
    if not loaded.library_file.exists():
        hint(flags_of(ctx), "it is not there yet: littrack init makes it")


def _values(loaded: Loaded) -> dict[str, Any]:
    """Every setting by the name that `Loaded.origins` has for it."""
    settings = loaded.settings
    values: dict[str, Any] = {"library": loaded.library}
    for name in SECTIONS:
        section = getattr(settings, name)
        values |= {
            f"{name}.{field.name}": getattr(section, field.name) for field in fields(section)
        }
    for subscription in settings.subscriptions:
        given = {
            field.name: getattr(subscription, field.name)
            for field in fields(subscription)
            if field.name != "name" and getattr(subscription, field.name)
        }
        values[f"subscription.{subscription.name}"] = given
    values |= {f"survey.{key}": value for key, value in settings.survey.items()}
    flags = ("offline", "record", "replay", "debug")
    return values | {name: getattr(settings, name) for name in flags}


def _masked(value: Any) -> Any:
    """A value as JSON has it, with the password of any URL in it masked."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, dict):
        return {key: _masked(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_masked(item) for item in value]
    return shown(value)


COMMANDS = (show, path)
