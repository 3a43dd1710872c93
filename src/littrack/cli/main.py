"""The door of the command line: every command by name, and what becomes of errors.

Exit codes: 0 fine, 1 unexpected, 2 usage, 3 nothing found (--fail-empty), 4 findings, 5 partly
done, 130 interrupted, and those of `littrack.errors`.
"""

from __future__ import annotations

import gc
import os
import shlex
import sys
import traceback
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from littrack import __version__
from littrack.cli import (
    config,
    db,
    edition,
    evaluate,
    family,
    importing,
    index,
    ingest,
    library,
    models,
    notes,
    papers,
    schedule,
    search,
    sections,
    snapshot,
    source,
    table,
    terms,
    timeline,
    topics,
    train,
    trends,
)
from littrack.cli.command import example_text
from littrack.cli.context import Flags
from littrack.cli.messages import log_as_json, say
from littrack.errors import LittrackError

INTERRUPTED = 130

# In the order of the main job, which is also the order of --help.
COMMANDS = (
    library.init,
    library.quickstart,
    ingest.ingest,
    importing.import_files,
    index.embed,
    index.update,
    search.search,
    search.similar,
    source.source,
    papers.show,
    trends.trends,
    family.family,
    table.table,
    timeline.why,
    library.status,
    library.doctor,
    schedule.schedule,
    train.train_encoder,
    train.train_terms,
    train.train_releases,
)
GROUPS = (
    ("timeline", "The models by date: a list, a figure, an explanation.", timeline.COMMANDS),
    ("models", "What is known of models, and what waits for a decision.", models.COMMANDS),
    ("topics", "What the papers are about: clusters with ids that stay.", topics.COMMANDS),
    ("notes", "What you wrote, linked to papers and checked.", notes.COMMANDS),
    ("terms", "The bilingual term table.", terms.COMMANDS),
    ("sections", "The survey's sections and the papers in them.", sections.COMMANDS),
    ("edition", "Frozen states of the survey and what changed between them.", edition.COMMANDS),
    ("index", "The vector index, made from the database.", index.COMMANDS),
    ("db", "The library's database.", db.COMMANDS),
    ("snapshot", "Backups of a library, each in one file.", snapshot.COMMANDS),
    ("config", "The settings and where they come from.", config.COMMANDS),
    ("eval", "Measure this library on judgements of your own.", evaluate.COMMANDS),
)
EXAMPLES = ("littrack quickstart", 'littrack search "chain-of-thought"', "littrack search 思维链")


class ListByDefault(TyperGroup):
    """A group whose name alone means its `list`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """``littrack timeline --json`` is ``littrack timeline list --json``."""
        if not args or (args[0].startswith("-") and args[0] != "--help"):
            args = ["list", *args]
        return super().parse_args(ctx, args)


class Door(TyperGroup):
    """Where every error becomes a line on stderr and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        debug = bool(ctx.params.get("debug"))
        try:
            return super().invoke(ctx)
        except LittrackError as exc:
            raise _failure(str(exc), exc.exit_code, debug) from exc
        except BrokenPipeError as exc:
            _discard_output()
            raise typer.Exit(0) from exc  # whoever read it had enough
        except KeyboardInterrupt as exc:
            again = shlex.join(["littrack", *sys.argv[1:]])
            say(
                "littrack: interrupted: what came before is stored. "
                f"To go on, run the same command again: {again}"
            )
            raise typer.Exit(INTERRUPTED) from exc
        except Exception as exc:
            if isinstance(exc, (typer.Exit, typer.Abort)) or hasattr(exc, "format_message"):
                raise  # Typer's own: wrong usage, which it explains itself
            what = " ".join(f"unexpected {type(exc).__name__}: {exc}".split())
            advice = "" if debug else " (run again with --debug to see it)"
            raise _failure(what + advice, 1, debug) from exc


def _failure(message: str, code: int, debug: bool) -> typer.Exit:
    if debug:
        traceback.print_exc()
    say(message, "error")
    return typer.Exit(code)


def _discard_output() -> None:
    """Let Python close stdout in peace: what is still in its buffer goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"littrack {__version__}")
        raise typer.Exit


def start(
    ctx: typer.Context,
    library: Annotated[
        str | None,
        typer.Option(
            "--library",
            metavar="DIR",
            help="The library's folder; may also stand after the command.",
            show_default=False,
        ),
    ] = None,
    debug: Annotated[
        bool,
        typer.Option("--debug", envvar="LITTRACK_DEBUG", help="Show tracebacks."),
    ] = False,
    quiet: Annotated[
        bool, typer.Option("-q", "--quiet", help="No progress and no hints; warnings stay.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("-v", "--verbose", help="Every rejection and every wait.")
    ] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Never use the network.")] = False,
    json_log: Annotated[
        bool, typer.Option("--json-log", help="Messages on stderr as JSON lines.")
    ] = False,
    colour: Annotated[str, typer.Option(envvar="FORCE_COLOR", hidden=True)] = "",
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Keep a literature survey alive: papers in, answers in English and Chinese out."""
    log_as_json(json_log)
    ctx.obj = Flags(library, debug, quiet, verbose, offline, bool(colour))


def build_app() -> typer.Typer:
    """The whole command line."""
    # Plain help and errors: Typer's boxes need rich, which takes as long to load as all the rest.
    app = typer.Typer(
        name="littrack",
        cls=Door,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        no_args_is_help=True,
        context_settings={"max_content_width": 100},
    )
    app.callback(epilog=example_text(EXAMPLES))(start)
    for command in COMMANDS:
        command.add(app)
    for name, help, commands in GROUPS:
        examples = tuple(line for command in commands for line in command.examples[:1])
        lists = any(command.name == "list" for command in commands)
        group = typer.Typer(
            cls=ListByDefault if lists else TyperGroup,
            rich_markup_mode=None,
            no_args_is_help=not lists,
            help=help,
            epilog=example_text(examples),
        )
        for command in commands:
            command.add(group)
        app.add_typer(group, name=name)
    return app


def main() -> None:
    """Run the command line; what ``littrack`` on the shell calls."""
    _speak_utf8()
    gc.set_threshold(50_000, 20, 20)  # most of a short command is imports, which make no garbage
    try:
        build_app()(prog_name="littrack")
    except KeyboardInterrupt:  # before any command began
        sys.exit(INTERRUPTED)


def _speak_utf8() -> None:
    """UTF-8 whatever the locale: answers are Chinese too, and files must be the same everywhere."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
