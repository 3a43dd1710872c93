"""A function as a command: its name, its example, its output options."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

import typer

from littrack.cli.context import flags_of
from littrack.cli.output import OPTIONS, Output, choose_output

Function = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Command:
    """What `add` makes known to Typer. Every command has an example; a test sees to it."""

    name: str
    run: Function
    examples: tuple[str, ...]

    def add(self, app: typer.Typer) -> None:
        """Put the command into an app."""
        app.command(self.name, epilog=example_text(self.examples))(self.run)


def command(name: str, *examples: str) -> Callable[[Function], Command]:
    """Make a command of a function; a parameter of type `Output` stands for --format and kin."""

    def wrap(function: Function) -> Command:
        return Command(name, _with_output_options(function), examples)

    return wrap


def example_text(examples: tuple[str, ...]) -> str:
    """The end of a --help page."""
    # A line of only \b: the help formatter keeps the lines below as they are.
    return "\b\n" + "\n".join(["Example:", *(f"  {line}" for line in examples)])


def _with_output_options(function: Function) -> Function:
    signature = inspect.signature(function, eval_str=True)
    outputs = [item.name for item in signature.parameters.values() if item.annotation is Output]
    if not outputs:
        return function

    @wraps(function)
    def run(ctx: typer.Context, **arguments: Any) -> None:
        options = {name: arguments.pop(name) for name, _, _ in OPTIONS}
        output = choose_output(options, colour=flags_of(ctx).colour)
        function(ctx, **{outputs[0]: output}, **arguments)

    kept = [item for item in signature.parameters.values() if item.name not in outputs]
    added = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
        for name, kind, default in OPTIONS
    ]
    parameters = [*kept, *added]
    # Typer reads the signature; the annotations must say the same.
    vars(run)["__signature__"] = signature.replace(parameters=parameters)
    run.__annotations__ = {item.name: item.annotation for item in parameters} | {"return": None}
    return run
