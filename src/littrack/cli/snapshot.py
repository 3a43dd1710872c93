"""Backups: snapshot create, verify and restore."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from littrack.cli.command import command
from littrack.cli.context import LibraryOption, flags_of, load
from littrack.cli.messages import FINDINGS, finish, hint
from littrack.cli.output import Output
from littrack.cli.progress import watched
from littrack.present.tables import Table

if TYPE_CHECKING:
    from littrack.steps.snapshot import Verified

SnapshotArgument = Annotated[
    Path, typer.Argument(metavar="FILE", help="The snapshot.", show_default=False)
]
COLUMNS = {"member": "Member", "rows": "Rows", "bytes": "Bytes", "state": "State"}


@command(
    "create",
    "littrack snapshot create",
    "littrack snapshot create /backup/survey.littrack.zip --library my-survey",
)
def create(
    ctx: typer.Context,
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE",
            help="A new file, or a folder for one; else <library>-<time>.littrack.zip here.",
            show_default=False,
        ),
    ] = None,
    library: LibraryOption = None,
) -> None:
    """Back the library up into one file.

    It holds the database, littrack.toml and the other .toml, .yaml and .bib files at the top of the
    library; no passwords, and nothing that can be made again. The library may be in use.
    """
    from littrack.steps.opening import utc_now
    from littrack.steps.snapshot import create_snapshot, name_snapshot

    loaded = load(ctx, library)
    path = file or Path()
    if path.is_dir():
        path = path / name_snapshot(loaded.library, utc_now())
    with watched(flags_of(ctx)) as watch:
        made = create_snapshot(loaded.database_url, loaded.library, path, watch.progress)
    print(f"{made.path}\nsha256:{made.address}")
    finish(ctx, [made.report], f"next: littrack snapshot verify {made.path}")


@command(
    "verify",
    "littrack snapshot verify survey.littrack.zip",
    "littrack snapshot verify survey.littrack.zip --deep --json",
)
def verify(
    ctx: typer.Context,
    file: SnapshotArgument,
    output: Output,
    deep: Annotated[
        bool, typer.Option("--deep", help="Restore it into a temporary database, too.")
    ] = False,
    library: LibraryOption = None,
) -> None:
    """Check that a snapshot is whole.

    Every member is compared with the manifest, whose SHA-256 is the one that create printed. No
    library is touched. The exit code is 4 if something is wrong.
    """
    from littrack.steps.snapshot import verify_snapshot

    with watched(flags_of(ctx)) as watch:
        found = verify_snapshot(file, deep=deep, progress=watch.progress)
    output.table(Table(_rows(found), COLUMNS, (*COLUMNS, "sha256")))
    hint(flags_of(ctx), _summary(found))
    if not found.is_sound:
        raise typer.Exit(FINDINGS)


def _rows(found: Verified) -> list[dict[str, Any]]:
    """A row for each member; the manifest's hash is the snapshot's address."""
    about = {member.name: member for member in found.manifest.members}
    rows = []
    for name, problem in {"manifest.json": "", **found.problems}.items():
        member = about.get(name)
        sha256 = found.address if name == "manifest.json" else member.sha256 if member else None
        sizes = (member.rows, member.bytes) if member else (None, None)
        row = {"member": name, "rows": sizes[0], "bytes": sizes[1], "state": problem or "ok"}
        rows.append(row | {"sha256": sha256})
    return rows


def _summary(found: Verified) -> str:
    manifest = found.manifest
    models = [f"{one['model']}@{one['revision'][:12]}" for one in manifest.encoders]
    lines = [
        f"sha256:{found.address}",
        f"made by littrack {manifest.littrack}, schema {manifest.schema}; "
        f"newest entry {manifest.newest or 'none'}; vectors of {', '.join(models) or 'no encoder'}",
        "the snapshot is sound" if found.is_sound else "the snapshot is DAMAGED",
    ]
    return "\n".join(lines)


@command(
    "restore",
    "littrack snapshot restore survey.littrack.zip my-survey",
    "LITTRACK_DATABASE__URL=postgresql://host/survey littrack snapshot restore survey.littrack.zip",
)
def restore(
    ctx: typer.Context,
    file: SnapshotArgument,
    folder: Annotated[
        str | None,
        typer.Argument(metavar="DIR", help="A new library's folder.", show_default=False),
    ] = None,
    library: LibraryOption = None,
) -> None:
    """Make a library of a snapshot.

    The library must be empty; its database is the one that littrack.toml or the environment names,
    SQLite or PostgreSQL. Without DIR in the folder that --library names, else in the current one.
    """
    from littrack.steps.snapshot import restore_snapshot

    named = flags_of(ctx).library if library is None else library
    if folder is not None and named is not None and folder != named:
        raise typer.BadParameter("give the folder once: as DIR or with --library")
    chosen = next((one for one in (folder, named) if one is not None), ".")
    if chosen == "":
        raise typer.BadParameter("is empty; name a folder", param_hint="DIR")
    place = Path(chosen).expanduser().absolute()
    with watched(flags_of(ctx)) as watch:
        report = restore_snapshot(file, place, lambda: load(ctx, str(place)), watch.progress)
    print(f"restored: {place}")
    finish(ctx, [report], "next: littrack index build")


COMMANDS = (create, verify, restore)
