"""search and similar."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from littrack.cli.command import command
from littrack.cli.context import Flags, LibraryOption, flags_of, opened
from littrack.cli.messages import NOTHING_FOUND, hint, warn
from littrack.cli.options import (
    AsOfOption,
    AuthorOption,
    CategoryOption,
    FacetsOption,
    FailEmptyOption,
    LimitOption,
    Mode,
    ModelOption,
    ModeOption,
    SinceOption,
    ToArxivOption,
    TopicOption,
    UntilOption,
    WithdrawnOption,
    demand,
    make_filters,
)
from littrack.cli.output import Format, Output
from littrack.errors import IndexMissing, InputError
from littrack.present.facet_rows import facets_table
from littrack.present.hit_lines import hit_lines
from littrack.present.papers import hits_table

if TYPE_CHECKING:
    from littrack.records import Filters, Hit
    from littrack.steps.opening import OpenLibrary


class Kind(StrEnum):
    """What may be found."""

    PAPER = "paper"
    NOTE = "note"


class Sort(StrEnum):
    """The order in which the best are shown."""

    SCORE = "score"
    DATE = "date"


def check_kind(value: Kind) -> Kind:
    """Notes are not searched yet."""
    if value is Kind.NOTE:
        raise typer.BadParameter("notes come with a later version")
    return value


KindOption = Annotated[Kind, typer.Option("--kind", callback=check_kind, help="What to find.")]
SortOption = Annotated[
    Sort, typer.Option("--sort", help="Show the best by score, or the newest of them first.")
]
SnippetsOption = Annotated[
    bool, typer.Option("-s", "--snippets", help="Show the sentence that says it best.")
]
ExplainOption = Annotated[bool, typer.Option("--explain", help="Show how a score came about.")]
EXAMPLE = "A paper's arXiv id, a text file (- for standard input), or a text."


@command(
    "search",
    'littrack search "chain-of-thought" -n 5',
    "littrack search 检索增强生成 --since 2023-06 --category cs.CL",
    'littrack search "mixture of experts" --as-of 2026-11-01',
    'littrack search "mixture of experts" --json | jq -r ".[].arxiv_id"',
    "littrack search 思维链 --explain",
    'littrack search "long context" --sort date -o hits.html',
    "littrack search 'ti:\"chain of thought\" AND cat:cs.CL NOT au:wei date:[2023 TO 2024-06]'",
    "littrack search 'small models has:code' --facets",
    "littrack search 'ti:transform* -survey' --to-arxiv",
)
def search(
    ctx: typer.Context,
    query: Annotated[
        list[str],
        typer.Argument(metavar="QUERY", help="Words in English or Chinese; fields, see above."),
    ],
    output: Output,
    limit: LimitOption = 10,
    mode: ModeOption = Mode.HYBRID,
    since: SinceOption = None,
    until: UntilOption = None,
    as_of: AsOfOption = None,
    category: CategoryOption = None,
    author: AuthorOption = None,
    topic: TopicOption = None,
    model: ModelOption = None,
    kind: KindOption = Kind.PAPER,
    withdrawn: WithdrawnOption = False,
    facets: FacetsOption = False,
    to_arxiv: ToArxivOption = False,
    sort: SortOption = Sort.SCORE,
    snippets: SnippetsOption = False,
    explain: ExplainOption = False,
    fail_empty: FailEmptyOption = False,
    library: LibraryOption = None,
) -> None:
    """Find papers by words and by meaning, best first.

    Fields demand: ti: abs: au: cat: id: year: date:[2023 TO 2024-06] model: topic: lang:
    has:doi|journal|comment|versions|code|model is:withdrawn; so do "phrases", AND, OR, NOT,
    -word, transform* and parentheses. Bare words rank. Put the whole query into single quotes.
    --facets counts the papers that have every word of it and pass all filters.

    --until goes by when papers were submitted, --as-of by when this library learned of them. The
    papers of later days do not change what --as-of finds, nor its order. A paper revised since
    is shown as it read then, but found by its text of today; dates and categories are today's.
    In libraries of more than 50,000 papers, and for words that more than 1,000 hold, the late
    places may shift.

    When nothing is found, standard error says why, beginning with one of: empty library,
    filters, index, source, no match. -o FILE.html writes a page to read.
    """
    from littrack.steps.conditions import look_up, ranked_by, translate_query
    from littrack.steps.facets import count_facets
    from littrack.steps.search import search_papers

    text = " ".join(query)
    if to_arxiv:
        output.write(translate_query(text) + "\n")
        return
    filters = make_filters(since, until, category, withdrawn=withdrawn, as_of=as_of)
    library_ = opened(ctx, library)
    filters = look_up(library_, demand(filters, authors=author, topics=topic, models=model))
    if facets:
        output.table(facets_table(count_facets(library_, text, filters)))
        return

    def find(chosen: Mode, within: Filters, most: int = limit) -> list[Hit]:
        return search_papers(
            library_, text, limit=most, mode=chosen.value, filters=within, explain=explain
        )

    hits = _found(library_, mode, lambda chosen: find(chosen, filters))
    hits = _highlighted(library_, ranked_by(text), hits, sort)
    _show(output, text, hits, snippets=snippets, explain=explain)
    if hits:
        _say_shortcoming(flags_of(ctx), library_)
        return
    _say_why(flags_of(ctx), library_, filters, lambda other, most: find(mode, other, most))
    if fail_empty:
        raise typer.Exit(NOTHING_FOUND)


@command(
    "similar",
    "littrack similar 1706.03762",
    "littrack similar draft.md --since 2023",
    'littrack similar "training very deep networks with shortcuts"',
    "littrack similar 1706.03762 --also 1810.04805 --not 2005.14165 --sort date",
)
def similar(
    ctx: typer.Context,
    wanted: Annotated[str, typer.Argument(metavar="ID|FILE|TEXT", help=EXAMPLE)],
    output: Output,
    also: Annotated[
        list[str] | None,
        typer.Option("--also", metavar="ID|FILE|TEXT", help="Another example; may be repeated."),
    ] = None,
    unlike: Annotated[
        list[str] | None,
        typer.Option("--not", metavar="ID|FILE|TEXT", help="What it is not; may be repeated."),
    ] = None,
    limit: LimitOption = 10,
    since: SinceOption = None,
    until: UntilOption = None,
    as_of: AsOfOption = None,
    category: CategoryOption = None,
    withdrawn: WithdrawnOption = False,
    sort: SortOption = Sort.SCORE,
    snippets: SnippetsOption = False,
    fail_empty: FailEmptyOption = False,
    library: LibraryOption = None,
) -> None:
    """Find papers like a paper, a file or a text, by meaning.

    Several examples are averaged; those of --not count half against them. --as-of means the same
    as for search: papers of later days change nothing.
    """
    from littrack.steps.similar import Examples, example_text, find_like

    filters = make_filters(since, until, category, withdrawn=withdrawn, as_of=as_of)
    texts = tuple(text_of(one) for one in (wanted, *(also or [])))
    examples = Examples(texts, tuple(text_of(one) for one in unlike or []))
    library_ = opened(ctx, library)

    def find(within: Filters, most: int = limit) -> list[Hit]:
        return find_like(library_, examples, limit=most, filters=within)

    hits = _found(library_, Mode.SEMANTIC, lambda _: find(filters))
    if hits:
        like = "\n".join(example_text(library_, one, filters.as_of) for one in texts)
        hits = _highlighted(library_, like, hits, sort)
    _show(output, " ".join(wanted.split())[:200], hits, snippets=snippets)
    if hits:
        _say_shortcoming(flags_of(ctx), library_)
        return
    _say_why(flags_of(ctx), library_, filters, find)
    if fail_empty:
        raise typer.Exit(NOTHING_FOUND)


def _found(library: OpenLibrary, mode: Mode, find: Callable[[Mode], list[Hit]]) -> list[Hit]:
    """What is found; without an index by words alone, where words were asked for as well."""
    from littrack.steps.nothing_found import is_empty

    try:
        return find(mode)
    except IndexMissing as exc:
        if is_empty(library):
            return []
        if mode is not Mode.HYBRID:
            raise
        warn(f"searching by words alone: {exc}")
        return find(Mode.LEXICAL)


def _highlighted(library: OpenLibrary, text: str, hits: list[Hit], sort: Sort) -> list[Hit]:
    """With the best sentences and the marked words, in the order asked for; ranks stay."""
    from littrack.steps.highlights import highlight

    shown = highlight(library, text, hits) if hits and text else hits
    if sort is Sort.DATE:
        shown.sort(key=lambda hit: hit.published.value, reverse=True)
    return shown


def _show(
    output: Output, asked: str, hits: Sequence[Hit], *, snippets: bool, explain: bool = False
) -> None:
    """The answer as a page, as lines for people, or as rows."""
    if output.wants_page:
        from littrack.present.hits_page import render_hits_page

        output.write(render_hits_page(asked, hits))
    elif output.format is Format.TABLE and (snippets or explain):
        output.lines(hit_lines(hits))
    else:
        output.table(hits_table(hits, explained=explain, snippets=snippets))


def _say_shortcoming(flags: Flags, library: OpenLibrary) -> None:
    """One line at most where papers that belong to the answer may be missing."""
    from littrack.steps.nothing_found import find_shortcomings

    if flags.quiet:
        return
    for absence in find_shortcomings(library)[:1]:
        hint(flags, f"hint: {absence.message}")


def _say_why(
    flags: Flags,
    library: OpenLibrary,
    filters: Filters,
    find: Callable[[Filters, int], list[Hit]],
) -> None:
    """Why nothing was found, each reason on a line."""
    from littrack.steps.nothing_found import COUNTED, explain_nothing

    if flags.quiet:
        return

    def retry(other: Filters) -> list[Hit]:
        try:
            return find(other, COUNTED)
        except IndexMissing:  # said already
            return []

    for absence in explain_nothing(library, filters, retry):
        hint(flags, str(absence))


def text_of(wanted: str) -> str:
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
