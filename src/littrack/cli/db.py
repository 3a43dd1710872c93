"""The library's database: db upgrade and db check."""

from __future__ import annotations

import typer

from littrack.cli.command import command
from littrack.cli.context import LibraryOption, flags_of, load, opened
from littrack.cli.messages import FINDINGS, hint
from littrack.cli.output import Output
from littrack.present.tables import Table


@command("upgrade", "littrack db upgrade --library my-survey")
def upgrade(ctx: typer.Context, library: LibraryOption = None) -> None:
    """Bring the database to this version's schema."""
    from littrack.steps.database import upgrade_database
    from littrack.steps.opening import create_library

    loaded = load(ctx, library)
    create_library(loaded.library)
    before, after = upgrade_database(loaded.database_url, loaded.library)
    if before == after:
        print(f"already at schema {after}")
    else:
        print(f"schema {before or '(none)'} -> {after}")


@command("check", "littrack db check", "littrack db check --json")
def check(ctx: typer.Context, output: Output, library: LibraryOption = None) -> None:
    """Look for damage and differences from the schema.

    The exit code is 4 if there are any.
    """
    from littrack.steps.database import check_database

    loaded = load(ctx, library)
    opened(ctx, library).engine.dispose()  # makes a new database, refuses an outdated one
    found = check_database(loaded.database_url, loaded.library)
    rows = [{"difference": difference} for difference in found]
    output.table(Table(rows, {"difference": "Difference"}, ("difference",)))
    if found:
        raise typer.Exit(FINDINGS)
    hint(flags_of(ctx), "the database is sound and as it should be")


COMMANDS = (upgrade, check)
