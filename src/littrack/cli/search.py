"""search and similar."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from littrack.cli.command import command
from littrack.cli.context import Flags, LibraryOption, flags_of, opened
from littrack.cli.messages import NOTHING_FOUND, hint, warn
from littrack.cli.options import (
    AsOfOption,
    CategoryOption,
    FailEmptyOption,
    LimitOption,
    Mode,
    ModeOption,
    SinceOption,
    UntilOption,
    WithdrawnOption,
    make_filters,
)
from littrack.cli.output import Output
from littrack.errors import IndexMissing, InputError
from littrack.present.papers import hits_table

if TYPE_CHECKING:
    from littrack.records import Hit
    from littrack.steps.opening import OpenLibrary

EMPTY = "nothing to search yet: littrack import FILE, littrack ingest, or littrack quickstart"


class Kind(StrEnum):
    """What may be found."""

    PAPER = "paper"
    NOTE = "note"


def check_kind(value: Kind) -> Kind:
    """Notes are not searched yet."""
    if value is Kind.NOTE:
        raise typer.BadParameter("notes come with a later version")
    return value


KindOption = Annotated[Kind, typer.Option("--kind", callback=check_kind, help="What to find.")]


@command(
    "search",
    'littrack search "chain-of-thought" -n 5',
    "littrack search 检索增强生成 --since 2023-06 --category cs.CL",
    'littrack search "mixture of experts" --as-of 2026-11-01',
    'littrack search "mixture of experts" --json | jq -r ".[].arxiv_id"',
)
def search(
    ctx: typer.Context,
    query: Annotated[
        list[str], typer.Argument(metavar="QUERY", help="Words in English or Chinese.")
    ],
    output: Output,
    limit: LimitOption = 10,
    mode: ModeOption = Mode.HYBRID,
    since: SinceOption = None,
    until: UntilOption = None,
    as_of: AsOfOption = None,
    category: CategoryOption = None,
    kind: KindOption = Kind.PAPER,
    withdrawn: WithdrawnOption = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show how a score came about.")
    ] = False,
    fail_empty: FailEmptyOption = False,
    library: LibraryOption = None,
) -> None:
    """Find papers by words and by meaning, best first.

    --until goes by when papers were submitted, --as-of by when this library learned of them. The
    papers of later days do not change what --as-of finds, nor its order. A paper revised since
    is shown as it read then, but found by its text of today; dates and categories are today's.
    In libraries of more than 50,000 papers, and for words that more than 1,000 hold, the late
    places may shift.
    """
    from littrack.steps.search import search_papers

    filters = make_filters(since, until, category, withdrawn=withdrawn, as_of=as_of)
    text, library_ = " ".join(query), opened(ctx, library)

    def find(chosen: Mode) -> list[Hit]:
        return search_papers(
            library_, text, limit=limit, mode=chosen.value, filters=filters, explain=explain
        )

    hits = _found(library_, mode, find)
    output.table(hits_table(hits, explained=explain))
    _end(flags_of(ctx), library_, found=bool(hits), fail_empty=fail_empty)


@command(
    "similar",
    "littrack similar 1706.03762",
    "littrack similar draft.md --since 2023",
    'littrack similar "training very deep networks with shortcuts"',
)
def similar(
    ctx: typer.Context,
    wanted: Annotated[
        str,
        typer.Argument(
            metavar="ID|FILE|TEXT",
            help="A paper's arXiv id, a text file (- for standard input), or a text.",
        ),
    ],
    output: Output,
    limit: LimitOption = 10,
    since: SinceOption = None,
    until: UntilOption = None,
    as_of: AsOfOption = None,
    category: CategoryOption = None,
    withdrawn: WithdrawnOption = False,
    fail_empty: FailEmptyOption = False,
    library: LibraryOption = None,
) -> None:
    """Find papers like a paper, a file or a text, by meaning.

    --as-of means the same as for search: papers of later days change nothing.
    """
    from littrack.steps.search import find_similar

    filters = make_filters(since, until, category, withdrawn=withdrawn, as_of=as_of)
    text = _text_of(wanted)
    library_ = opened(ctx, library)

    def find(_mode: Mode) -> list[Hit]:
        return find_similar(library_, text, limit=limit, filters=filters)

    hits = _found(library_, Mode.SEMANTIC, find)
    output.table(hits_table(hits))
    _end(flags_of(ctx), library_, found=bool(hits), fail_empty=fail_empty)


def _found(library: OpenLibrary, mode: Mode, find: Callable[[Mode], list[Hit]]) -> list[Hit]:
    """What is found; without an index by words alone, where words were asked for as well."""
    from littrack.steps.status import load_status

    try:
        return find(mode)
    except IndexMissing as exc:
        if not load_status(library).papers:
            return []
        if mode is not Mode.HYBRID:
            raise
        warn(f"searching by words alone: {exc}")
        return find(Mode.LEXICAL)


def _end(flags: Flags, library: OpenLibrary, *, found: bool, fail_empty: bool) -> None:
    """Say why nothing was found, if so; and when newer papers could not be found yet."""
    from littrack.steps.index import is_behind

    if found:
        if is_behind(library):
            hint(flags, "hint: the index is behind the papers: littrack update --no-ingest")
        return
    from littrack.steps.status import load_status

    status = load_status(library)
    if not status.papers:
        hint(flags, EMPTY)
    elif status.indexed < status.papers:
        hint(flags, "no match; but the index is behind the papers: littrack update --no-ingest")
    else:
        hint(flags, f"no match among {status.papers:,} papers; try other words or wider filters")
    if fail_empty:
        raise typer.Exit(NOTHING_FOUND)


def _text_of(wanted: str) -> str:
    """The text that is meant: of a file, of standard input, or the argument itself."""
    path = Path(wanted)
    try:
        if wanted == "-":
            return sys.stdin.read()
        if os.path.isfile(wanted):  # unlike Path.is_file it takes any text for an answer
            return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as exc:
        raise InputError(f"cannot be read as UTF-8 text: {exc}", path) from exc
    if " " not in wanted and path.suffix in (".md", ".txt", ".tex"):
        raise InputError("no such file", path)
    return wanted
