"""What is made from the papers: embed, index and update."""

from __future__ import annotations

from typing import Annotated

import typer

from littrack.cli.command import command
from littrack.cli.context import LibraryOption, ModelOption, flags_of, opened
from littrack.cli.messages import FINDINGS, finish, hint
from littrack.cli.output import Output
from littrack.cli.progress import watched
from littrack.present.tables import Table


@command(
    "embed",
    "littrack embed && littrack index build",
    "littrack embed --model intfloat/multilingual-e5-small",
)
def embed(ctx: typer.Context, model: ModelOption = None, library: LibraryOption = None) -> None:
    """Embed what is new or changed.

    A run that was stopped goes on where it was. Vectors of several models lie side by side; the
    one that encoder.model names is searched.
    """
    from littrack.steps.embed import embed_papers

    with watched(flags_of(ctx)) as watch:
        report = embed_papers(opened(ctx, library, model), watch.progress)
    step = "littrack index build" + (f" --model {model}" if model else "")
    finish(ctx, [report], f"next: {step}" if report.counts["embedded"] else "")


@command("build", "littrack index build")
def build(ctx: typer.Context, model: ModelOption = None, library: LibraryOption = None) -> None:
    """Bring the index up to date with the database."""
    from littrack.steps.index import build as step

    with watched(flags_of(ctx)) as watch:
        report = step(opened(ctx, library, model), watch.progress)
    finish(ctx, [report])


@command("repair", "littrack index repair")
def repair(ctx: typer.Context, model: ModelOption = None, library: LibraryOption = None) -> None:
    """Replace a damaged index, correct a wrong one.

    The same as build: the index is made to agree with the database.
    """
    build.run(ctx, model, library)


@command("rebuild", "littrack index rebuild")
def rebuild(ctx: typer.Context, model: ModelOption = None, library: LibraryOption = None) -> None:
    """Make the whole index again from the database."""
    from littrack.steps.index import rebuild as step

    with watched(flags_of(ctx)) as watch:
        report = step(opened(ctx, library, model), watch.progress)
    finish(ctx, [report])


@command("verify", "littrack index verify", "littrack index verify --json")
def verify(
    ctx: typer.Context,
    output: Output,
    model: ModelOption = None,
    library: LibraryOption = None,
) -> None:
    """Compare the index with the database.

    The exit code is 4 when they differ.
    """
    from littrack.steps.index import verify as step

    report = step(opened(ctx, library, model))
    row = {**report.counts, "complete": report.complete}
    output.table(Table([row], {key: key for key in row}, tuple(row)))
    if not report.complete or report.counts["unembedded"]:
        hint(flags_of(ctx), "next: littrack update --no-ingest")
    if not report.complete:
        raise typer.Exit(FINDINGS)


@command("list", "littrack index list", "littrack index list --json")
def list_(ctx: typer.Context, output: Output, library: LibraryOption = None) -> None:
    """List the encoders with vectors here, and their indexes."""
    from littrack.steps.index import EncoderState, list_encoders

    def row(state: EncoderState) -> dict[str, object]:
        encoder, manifest = state.encoder, state.manifest
        return {
            "model": encoder.model,
            "revision": encoder.revision,
            "prompt": encoder.prompt,
            "dimension": encoder.dimension,
            "used": state.is_used,
            "vectors": state.vectors,
            "indexed": manifest.count if manifest else 0,
            "kind": manifest.kind if manifest else None,
            "behind": state.is_behind,
        }

    rows = [row(state) for state in list_encoders(opened(ctx, library))]
    keys = ("model", "revision", "prompt", "dimension", "used", "vectors", "indexed", "kind")
    shown = {key: key for key in (*keys, "behind") if key != "prompt"}
    output.table(Table(rows, shown, (*keys, "behind")))
    if not rows:
        hint(flags_of(ctx), "no vectors yet; next: littrack update --no-ingest")


@command("update", "littrack update", "littrack update --no-ingest")
def update(
    ctx: typer.Context,
    no_ingest: Annotated[
        bool, typer.Option("--no-ingest", help="Only with what the library holds already.")
    ] = False,
    library: LibraryOption = None,
) -> None:
    """Do everything for what is new.

    Ingest the subscriptions, embed, index, and read new paper versions for model releases.
    """
    from littrack.steps.update import update as step

    library_ = opened(ctx, library)
    with watched(flags_of(ctx)) as watch:
        reports = step(
            library_, ingest_first=not no_ingest, progress=watch.progress, on_wait=watch.on_wait
        )
    finish(ctx, reports)


COMMANDS = (build, rebuild, verify, repair, list_)
