"""Models out: list, show, review, conflicts; tables of claims in: import."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from littrack.claims import Model, ModelField, ModelStatus, Outcome
from littrack.cli import model_decisions
from littrack.cli.command import command
from littrack.cli.context import LibraryOption, flags_of, opened
from littrack.cli.messages import finish, hint
from littrack.cli.model_decisions import ByOption
from littrack.cli.options import Period, parse_period
from littrack.cli.output import Format, Output
from littrack.cli.progress import watched
from littrack.cli.timeline import AsOfOption
from littrack.errors import NotFound
from littrack.present.model_page import conflicts_table, render_model
from littrack.present.model_rows import model_object, models_table
from littrack.present.review import review_table

if TYPE_CHECKING:
    from littrack.steps.curate import ReviewItem
    from littrack.steps.opening import OpenLibrary


class Queue(StrEnum):
    """Which proposals of extraction."""

    REVIEW = "review"
    ACCEPT = "accept"
    ALL = "all"


_OUTCOMES = {
    Queue.REVIEW: (Outcome.REVIEW,),
    Queue.ACCEPT: (Outcome.ACCEPT,),
    Queue.ALL: (Outcome.REVIEW, Outcome.ACCEPT),
}


@command(
    "list",
    "littrack models list",
    "littrack models list --status candidate",
    "littrack models list --family LLaMA --as-of 2023-06 --json",
)
def list_models(
    ctx: typer.Context,
    output: Output,
    status: Annotated[
        list[ModelStatus] | None,
        typer.Option("--status", help="Only these; may be repeated.", show_default=False),
    ] = None,
    family: Annotated[
        str | None,
        typer.Option("--family", metavar="NAME", help="Only this family.", show_default=False),
    ] = None,
    as_of: AsOfOption = None,
    library: LibraryOption = None,
) -> None:
    """List every model that is known, in whatever state of review."""
    from littrack.steps.models import load_models

    found = load_models(opened(ctx, library), as_of=as_of.last if as_of else None).models
    wanted = [model for model in found if not status or model.status in status]
    if family is not None:
        wanted = [model for model in wanted if _is_of_family(model, family)]
    output.table(models_table(wanted))


def _is_of_family(model: Model, family: str) -> bool:
    return any(str(one).casefold() == family.casefold() for one in model.values(ModelField.FAMILY))


@command("show", "littrack models show PaLM", "littrack models show GLM-130B --json")
def show(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name, or another name of it.")],
    output: Output,
    as_of: AsOfOption = None,
    library: LibraryOption = None,
) -> None:
    """Show one model, and the sentences that say it.

    Beside each value stands who says so, and how many others do or say otherwise; littrack why
    tells all of it.
    """
    from littrack.steps.models import load_models, unknown_model

    models = load_models(opened(ctx, library), as_of=as_of.last if as_of else None)
    model = models.find(name)
    if model is None:
        raise NotFound(unknown_model(models, name))
    output.page(model_object(model), render_model(model))


@command(
    "review",
    "littrack models review",
    "littrack models review --outcome accept --limit 20",
    "littrack models review --json > queue.json",
)
def review(
    ctx: typer.Context,
    output: Output,
    outcome: Annotated[
        Queue,
        typer.Option("--outcome", help="What waits for a decision, what littrack accepted, both."),
    ] = Queue.REVIEW,
    limit: Annotated[
        int | None,
        typer.Option(
            "-n", "--limit", min=1, metavar="N", help="The likeliest N.", show_default=False
        ),
    ] = None,
    since: Annotated[
        Period | None,
        typer.Option(
            "--since",
            parser=parse_period,
            metavar="DATE",
            help="Read by littrack on or after: 2023, 2023-05 or 2023-05-17.",
            show_default=False,
        ),
    ] = None,
    everything: Annotated[
        bool,
        typer.Option("--all", help="Also what is decided, known, or outside the survey's scope."),
    ] = False,
    as_list: Annotated[
        bool, typer.Option("--list", help="A table, at a terminal too; nothing is asked.")
    ] = False,
    by: ByOption = None,
    library: LibraryOption = None,
) -> None:
    """Decide which papers release a model.

    At a terminal one after the other, the likeliest first, with the evidence marked in the
    abstract; ? shows the keys. Each decision is written at once. Otherwise, or with --list or
    --json, a table.
    """
    from littrack.steps.curate import load_review

    library_ = opened(ctx, library)
    start = since.start if since else None
    items = load_review(library_, _OUTCOMES[outcome], since=start, everything=everything)[:limit]
    is_watched = sys.stdin.isatty() and sys.stdout.isatty()
    wants_file = output.format is not Format.TABLE or output.path is not None
    if not as_list and not wants_file and is_watched and items:
        _review(ctx, library_, items, by)
        return
    output.table(review_table(items))
    if not items:
        hint(flags_of(ctx), "nothing waits for review (--all shows what is decided)")


def _review(
    ctx: typer.Context, library: OpenLibrary, items: list[ReviewItem], by: str | None
) -> None:
    from littrack.cli.review import review as review_at_terminal
    from littrack.steps.curate import reviewer
    from littrack.steps.models import curation_path

    said = review_at_terminal(library, items, reviewer(library, by))
    hint(flags_of(ctx), f"{said}: {curation_path(library)}")


@command(
    "conflicts",
    "littrack models conflicts",
    "littrack models conflicts LaMDA",
    "littrack models conflicts --format md -o conflicts.md",
)
def conflicts(
    ctx: typer.Context,
    output: Output,
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="Of one model.", show_default=False)
    ] = None,
    library: LibraryOption = None,
) -> None:
    """List what sources say against each other.

    And against your decisions, and against the calendar.
    """
    from littrack.steps.conflicts import load_conflicts

    output.table(conflicts_table(load_conflicts(opened(ctx, library), name)))


@command("import", "littrack models import table1.csv", "littrack models import claims.tsv")
def import_claims(
    ctx: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="Tables of claims.")],
    sources: Annotated[
        Path | None,
        typer.Option(
            "--sources",
            metavar="FILE",
            help="A table of what the sources are: notes, papers, pages ...; else they are tables.",
            show_default=False,
        ),
    ] = None,
    library: LibraryOption = None,
) -> None:
    """Take in what another collection says about models.

    A TSV or CSV file with a claim a line: model, field, value, source and locator. A file that is
    imported again replaces what it said before. Claims that disagree are kept side by side:
    littrack models conflicts lists them.
    """
    from littrack.steps.claims import import_claims as import_step

    library_ = opened(ctx, library)
    with watched(flags_of(ctx)) as watch:
        reports = [
            import_step(library_, path, sources=sources, progress=watch.progress) for path in files
        ]
    finish(ctx, reports, "next: littrack models list, littrack models conflicts")


COMMANDS = (
    *(list_models, show, review),
    *model_decisions.COMMANDS,
    *(conflicts, import_claims),
)
