"""source: where a claim comes from."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from littrack.cli.command import command
from littrack.cli.context import Flags, LibraryOption, flags_of, opened
from littrack.cli.messages import NOTHING_FOUND, hint
from littrack.cli.options import FailEmptyOption, LimitOption, WithdrawnOption
from littrack.cli.output import Format, Output
from littrack.cli.progress import watched
from littrack.cli.search import text_of
from littrack.errors import InputError
from littrack.present.claim_sources import (
    NO_SOURCE,
    Answer,
    source_lines,
    sources_table,
)
from littrack.records import Filters

if TYPE_CHECKING:
    from littrack.steps.opening import OpenLibrary
    from littrack.steps.source import ClaimText


@command(
    "source",
    'littrack source "8B/62B/540B parameters, trained on 780B tokens"',
    'littrack source "PaLM 有 5400 亿参数,在 7800 亿词元上训练" --json',
    "littrack source notes.md -n 1 -o sources.html",
    "pbpaste | littrack source -",
)
def source(
    ctx: typer.Context,
    claim: Annotated[
        list[str],
        typer.Argument(
            metavar="CLAIM|FILE",
            help="What somebody wrote, in English or Chinese; a text file (- for standard input).",
        ),
    ],
    output: Output,
    limit: LimitOption = 3,
    withdrawn: WithdrawnOption = False,
    fail_empty: FailEmptyOption = False,
    library: LibraryOption = None,
) -> None:
    """Find the sentence of a paper that is behind a claim.

    The claim may be copied, reworded or translated. A match is exact (the very words), near (most
    of them, as after scanning or cutting), numbers (the same ones with their units) or meaning.
    Numbers that the sentence states otherwise are named. The score, 0 to 1, compares claims too.
    Titles and abstracts are read, as they are now.

    A file is taken by paragraphs and list items, long ones by sentences; --json tells where each
    claim stands in it.
    """
    wanted, flags = " ".join(claim), flags_of(ctx)
    library_ = opened(ctx, library)
    claims = _claims(wanted)
    filters = Filters(withdrawn=withdrawn)
    answers = _answers(flags, library_, claims, (filters, limit))
    if output.wants_page:
        from littrack.present.sources_page import render_sources_page

        output.write(render_sources_page(answers))
    elif output.format is Format.TABLE:
        output.lines(source_lines(answers))
    else:
        output.table(sources_table(answers))
    missing = sum(not answer.sources for answer in answers)
    if missing:
        _say_why(flags, library_, missing, len(answers))
    if missing == len(answers) and fail_empty:
        raise typer.Exit(NOTHING_FOUND)


def _claims(wanted: str) -> list[ClaimText]:
    """One claim that was typed, or those of a file."""
    from littrack.steps.source import ClaimText, split_claims

    text = text_of(wanted)
    if wanted != "-" and not os.path.isfile(wanted):
        return [ClaimText(text, 0, len(text))]
    claims = split_claims(text)
    if not claims:
        raise InputError("holds no claim: not a word", None if wanted == "-" else Path(wanted))
    return claims


def _answers(
    flags: Flags, library: OpenLibrary, claims: list[ClaimText], asked: tuple[Filters, int]
) -> list[Answer]:
    from littrack.steps.source import find_sources

    filters, limit = asked
    answers = []
    with watched(flags) as watch:
        for done, claim in enumerate(claims):
            watch.progress("looking for sources", done, len(claims))
            found = find_sources(library, claim.text, limit=limit, filters=filters)
            answers.append(Answer(claim.text, claim.start, claim.end, tuple(found)))
    return answers


def _say_why(flags: Flags, library: OpenLibrary, missing: int, asked: int) -> None:
    """That claims have no source here, and why the library may not know it."""
    from littrack.steps.nothing_found import find_shortcomings, is_empty

    many = "" if asked == 1 else f" for {missing} of {asked} claims"
    if is_empty(library):
        hint(flags, "empty library: nothing to search yet: littrack quickstart")
        return
    hint(flags, f"no match: {NO_SOURCE}{many}")
    for absence in find_shortcomings(library):
        hint(flags, str(absence))
