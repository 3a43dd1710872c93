"""What a command is given: the options before it, the settings, the library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated

import typer

from littrack.settings import Loaded, load_settings

if TYPE_CHECKING:
    from littrack.steps.opening import OpenLibrary

LibraryOption = Annotated[
    str | None,
    typer.Option(
        "--library",
        metavar="DIR",
        help="The library's folder; else $LITTRACK_LIBRARY, else the nearest one upward.",
        show_default=False,
    ),
]

ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="NAME",
        help="Another encoder than encoder.model: bundled, a sentence-transformers name, "
        "name@revision, or a folder.",
        show_default=False,
    ),
]


@dataclass(frozen=True, slots=True)
class Flags:
    """The options that stand before the command."""

    library: str | None = None
    debug: bool = False
    quiet: bool = False
    verbose: bool = False
    offline: bool = False
    colour: bool = False  # FORCE_COLOR: as if the output were a terminal


def flags_of(ctx: typer.Context) -> Flags:
    """The options of the whole program, from within a command."""
    return ctx.find_object(Flags) or Flags()


def load(
    ctx: typer.Context,
    library: str | None = None,
    model: str | None = None,
    overrides: Mapping[str, object] = MappingProxyType({}),
) -> Loaded:
    """The settings of the library that is meant: named after the command, before it, or found.

    ``overrides`` are further options of the command by the name of the setting; None: not given.
    """
    flags = flags_of(ctx)
    chosen = flags.library if library is None else library
    if chosen == "":  # most likely a shell variable that is not set
        raise typer.BadParameter("is empty; name a folder", param_hint="--library")
    given = {
        "library": chosen,
        "offline": flags.offline or None,
        "debug": flags.debug or None,
        "encoder.model": model,
        **overrides,
    }
    return load_settings(overrides=given)


def opened(
    ctx: typer.Context,
    library: str | None = None,
    model: str | None = None,
    overrides: Mapping[str, object] = MappingProxyType({}),
) -> OpenLibrary:
    """The library that is meant, made on first use; with another encoder than it names if given."""
    return open_loaded(load(ctx, library, model, overrides))


def open_loaded(loaded: Loaded) -> OpenLibrary:
    """The library of these settings."""
    from littrack.steps.opening import open_library

    return open_library(loaded)
