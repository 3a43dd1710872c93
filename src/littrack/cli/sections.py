"""The survey's sections: the tree, the papers in it, and what a person says about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from littrack.cli.command import command
from littrack.cli.context import LibraryOption, ModelOption, flags_of, opened
from littrack.cli.messages import NOTHING_FOUND, finish, hint
from littrack.cli.options import FailEmptyOption
from littrack.cli.output import Output
from littrack.cli.progress import watched
from littrack.errors import InputError
from littrack.identifiers import parse_arxiv_id
from littrack.present.tables import Table

if TYPE_CHECKING:
    from littrack.steps.section_review import SectionCount, SectionReview
    from littrack.store.sections import AssignedPaper

_LIST = ("section", "title", "title_zh", "parent", "decided", "assigned", "review", "examples")
_PAPERS = ("arxiv_id", "section", "confidence", "status", "title")
_REVIEW = ("arxiv_id", "title", "section", "confidence", "choices")

SectionArgument = Annotated[
    str, typer.Argument(metavar="KEY", help="A section's key, as `littrack sections list` has it.")
]
PapersArgument = Annotated[list[str], typer.Argument(metavar="ID... KEY", help="arXiv ids, a key.")]
LimitOption = Annotated[
    int | None,
    typer.Option("-n", "--limit", min=1, metavar="N", help="At most so many; else all."),
]
ByOption = Annotated[
    str | None,
    typer.Option(
        "--by",
        metavar="WHO",
        help="Whose decision it is; else survey.reviewer, else your user name.",
        show_default=False,
    ),
]
BecauseOption = Annotated[
    str, typer.Option("--because", metavar="WHY", help="The reason, for whoever asks later.")
]


@command("init", "littrack sections init")
def init(ctx: typer.Context, library: LibraryOption = None) -> None:
    """Write sections.toml, an example to be changed.

    It has the sections of a survey of large language models, each with example papers.
    """
    from littrack.steps.sections import init_sections

    path = init_sections(opened(ctx, library))
    hint(flags_of(ctx), f"written: {path}")
    hint(flags_of(ctx), "next: make it your survey's, then littrack sections assign")


@command("list", "littrack sections list", "littrack sections --json")
def list_sections(ctx: typer.Context, output: Output, library: LibraryOption = None) -> None:
    """List the sections and how many papers are in each.

    Of the papers up for review, each counts where it most likely belongs.
    """
    from littrack.steps.section_review import count_sections

    counted = count_sections(opened(ctx, library))
    columns = {"section": "Section", "title": "Title", "title_zh": "标题", "decided": "Decided"}
    columns |= {"assigned": "Assigned", "review": "Review"}
    output.table(Table([_section_row(one) for one in counted], columns, _LIST))
    if not any(one.decided + one.assigned + one.review for one in counted):
        hint(flags_of(ctx), "no paper is assigned yet: littrack sections assign")


def _section_row(counted: SectionCount) -> dict[str, Any]:
    section = counted.section
    return {
        "section": section.key,
        "title": section.title,
        "title_zh": section.title_zh,
        "description": section.description,
        "parent": section.parent,
        "decided": counted.decided,
        "assigned": counted.assigned,
        "review": counted.review,
        "examples": list(section.examples),
    }


@command("assign", "littrack sections assign", "littrack sections assign --all")
def assign(
    ctx: typer.Context,
    everything: Annotated[
        bool, typer.Option("--all", help="Papers that were assigned before, too.")
    ] = False,
    model: ModelOption = None,
    library: LibraryOption = None,
) -> None:
    """Assign what is new or changed to sections.

    When the sections or your decisions have changed, that is every paper. What is not clear goes
    to review; what a person decided stays.
    """
    from littrack.steps.sections import assign_sections

    with watched(flags_of(ctx)) as watch:
        done = assign_sections(
            opened(ctx, library, model), everything=everything, progress=watch.progress
        )
    if done.right_at_1 is not None and done.right_at_3 is not None:
        hint(
            flags_of(ctx),
            f"of the examples, held out in turn, {done.right_at_1:.0%} came first into a section "
            f"of theirs, {done.right_at_3:.0%} within the first three",
        )
    finish(ctx, [done.report], "next: littrack sections list, littrack sections review")


@command(
    "papers",
    "littrack sections papers utilisation/chain-of-thought",
    "littrack sections papers adaptation --json",
)
def papers(
    ctx: typer.Context,
    section: SectionArgument,
    output: Output,
    limit: LimitOption = None,
    fail_empty: FailEmptyOption = False,
    library: LibraryOption = None,
) -> None:
    """List the papers of a section, and of those inside it.

    What a person decided comes first, then the surest.
    """
    from littrack.steps.section_review import load_papers_of

    found = load_papers_of(opened(ctx, library), section)[:limit]
    columns = {"arxiv_id": "arXiv", "section": "Section", "confidence": "Sure"}
    columns |= {"status": "Status", "title": "Title"}
    output.table(Table([_paper_row(one) for one in found], columns, _PAPERS))
    if not found:
        hint(flags_of(ctx), "no papers: littrack sections assign, littrack sections review")
        if fail_empty:
            raise typer.Exit(NOTHING_FOUND)


def _paper_row(one: AssignedPaper) -> dict[str, Any]:
    return {
        "arxiv_id": one.assignment.arxiv_id,
        "title": one.title,
        "section": one.assignment.section,
        "confidence": one.assignment.confidence,
        "status": one.assignment.status,
    }


@command(
    "review",
    "littrack sections review",
    "littrack sections review --section evaluation/tools -n 20",
    "littrack sections review --json",
)
def review(
    ctx: typer.Context,
    output: Output,
    section: Annotated[
        str | None,
        typer.Option(
            "--section", metavar="KEY", help="Only where this is the likeliest.", show_default=False
        ),
    ] = None,
    limit: LimitOption = None,
    library: LibraryOption = None,
) -> None:
    """List the papers whose section is not clear.

    Each with the sections that it may belong to, the likeliest first.
    """
    from littrack.steps.section_review import load_section_review

    waiting = load_section_review(opened(ctx, library), section)[:limit]
    columns = {"arxiv_id": "arXiv", "choices": "May belong to", "title": "Title"}
    rows = [_review_row(one) for one in waiting]
    shown = [row | {"choices": _choices_text(one)} for row, one in zip(rows, waiting, strict=True)]
    as_text = output.format in ("table", "md")
    output.table(Table(shown if as_text else rows, columns, _REVIEW))
    if waiting:
        hint(flags_of(ctx), "next: littrack sections accept ID KEY, or reject ID KEY")
    else:
        hint(flags_of(ctx), "nothing waits for review")


def _review_row(one: SectionReview) -> dict[str, Any]:
    return {
        "arxiv_id": one.arxiv_id,
        "title": one.title,
        "section": one.choices[0].section,
        "confidence": one.choices[0].confidence,
        "choices": [
            {"section": each.section, "confidence": each.confidence} for each in one.choices
        ],
    }


def _choices_text(one: SectionReview) -> str:
    return ", ".join(f"{each.section} {each.confidence:.2f}" for each in one.choices)


@command(
    "accept",
    "littrack sections accept 2201.11903 utilisation/chain-of-thought",
    'littrack sections accept 2302.04761 2307.16789 evaluation/tools --because "they call tools"',
)
def accept(
    ctx: typer.Context,
    papers: PapersArgument,
    because: BecauseOption = "",
    by: ByOption = None,
    library: LibraryOption = None,
) -> None:
    """Put papers into a section.

    A paper may be put into several. The next assignment learns from it.
    """
    _decide(ctx, library, papers, because, by, accepted=True)


@command(
    "reject",
    'littrack sections reject 2303.08774 overview/scaling-laws --because "a model report"',
)
def reject(
    ctx: typer.Context,
    papers: PapersArgument,
    because: BecauseOption,
    by: ByOption = None,
    library: LibraryOption = None,
) -> None:
    """Say that papers do not belong into a section."""
    _decide(ctx, library, papers, because, by, accepted=False)


def _decide(
    ctx: typer.Context,
    library: str | None,
    words: list[str],
    because: str,
    by: str | None,
    *,
    accepted: bool,
) -> None:
    from littrack.sources.section_file import SectionDecision
    from littrack.steps.curate import reviewer
    from littrack.steps.section_review import decide_sections

    *papers, section = words
    if not papers:
        raise typer.BadParameter("name a paper and a section: 2201.11903 KEY", param_hint="ID KEY")
    try:
        ids = [parse_arxiv_id(one).base for one in papers]
    except InputError as exc:
        raise typer.BadParameter(str(exc), param_hint="ID") from exc
    library_ = opened(ctx, library)
    who, now = reviewer(library_, by), library_.now()
    decisions = [SectionDecision(accepted, one, section, who, because, now) for one in ids]
    path = decide_sections(library_, decisions)
    done = f"put into {section}" if accepted else f"kept out of {section}"
    hint(flags_of(ctx), f"{', '.join(ids)} {done}: {path}")


COMMANDS = (init, list_sections, assign, papers, review, accept, reject)
