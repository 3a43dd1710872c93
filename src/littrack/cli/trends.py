"""Papers over time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from littrack.cli.command import command
from littrack.cli.context import LibraryOption, flags_of, opened
from littrack.cli.files import write_file
from littrack.cli.messages import NOTHING_FOUND, hint, warn
from littrack.cli.options import (
    CategoryOption,
    FailEmptyOption,
    Period,
    check_span,
    parse_period,
)
from littrack.cli.output import Output
from littrack.cli.timeline import LanguageOption
from littrack.present.trend_rows import (
    audits_table,
    changes_table,
    counted_papers_table,
    trends_table,
)
from littrack.trends import Semantics, Step

if TYPE_CHECKING:
    from littrack.steps.opening import OpenLibrary
    from littrack.steps.trends import TrendRequest
    from littrack.trends import TrendSeries

_DATE = "2023, 2023-05 or 2023-05-17"


PhrasesArgument = Annotated[
    list[str] | None,
    typer.Argument(metavar="PHRASE...", help="Counted in title or abstract.", show_default=False),
]
MatchOption = Annotated[
    Semantics, typer.Option("--match", help="When a text holds a phrase, see above.")
]
ByOption = Annotated[Step, typer.Option("--by", help="The length of a period.")]
CumulativeOption = Annotated[
    bool, typer.Option("--cumulative", help="Show and draw the sums up to each period.")
]
ShareOption = Annotated[
    bool, typer.Option("--share", help="Show and draw the share of all papers held.")
]
StartsOption = Annotated[
    list[Period] | None,
    typer.Option(
        "--since",
        parser=parse_period,
        metavar="DATE",
        help=f"From the period of: {_DATE}; once for all, or once for each series.",
        show_default=False,
    ),
]
EndOption = Annotated[
    Period | None,
    typer.Option(
        "--until",
        parser=parse_period,
        metavar="DATE",
        help=f"To the period of: {_DATE}.",
        show_default=False,
    ),
]
BaselineOption = Annotated[
    bool,
    typer.Option(
        "--baseline/--no-baseline", help="Begin sums with the papers before the first period."
    ),
]
TopicOption = Annotated[
    list[int] | None,
    typer.Option("--topic", metavar="ID", help="Papers of a topic.", show_default=False),
]
TermOption = Annotated[
    list[str] | None,
    typer.Option(
        "--term",
        metavar="T",
        help="A concept by all its names, in English and Chinese.",
        show_default=False,
    ),
]
MentionOption = Annotated[
    list[str] | None,
    typer.Option("--model", metavar="M", help="Papers that name a model.", show_default=False),
]
AuthorsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--author",
        metavar="A",
        help='Papers of a person, or of any of a group: "Wei, Jason; Denny Zhou".',
        show_default=False,
    ),
]
AroundOption = Annotated[
    Period | None,
    typer.Option(
        "--around",
        parser=parse_period,
        metavar="DATE",
        help="Say the papers a day before and after.",
        show_default=False,
    ),
]
PapersOption = Annotated[
    Period | None,
    typer.Option(
        "--papers",
        parser=parse_period,
        metavar="PERIOD",
        help="List the papers that are counted then, instead.",
        show_default=False,
    ),
]
AuditOption = Annotated[
    bool, typer.Option("--audit", help="Compare with what arXiv counts, instead.")
]
ChangesOption = Annotated[
    bool,
    typer.Option("--changes", help="List where a series goes over to another level, instead."),
]
ChartOption = Annotated[
    Path | None,
    typer.Option(
        "--chart",
        metavar="FILE",
        help="Draw it too: .svg, .png, .pdf, .html, .tex, .json or .csv.",
        show_default=False,
    ),
]


@command(
    "trends",
    'littrack trends "language model" "large language model" --since 2018-06',
    'littrack trends "large language model" --cumulative --chart fig1.svg',
    'littrack trends 思维链 --term "in-context learning" --by year --json',
    'littrack trends "language model" --match literal --papers 2022-01',
    'littrack trends "language model" --since 2022 --until 2022 --audit',
    'littrack trends "large language model" --changes',
)
def trends(
    ctx: typer.Context,
    output: Output,
    phrases: PhrasesArgument = None,
    match: MatchOption = Semantics.ARXIV_STEM,
    by: ByOption = Step.MONTH,
    cumulative: CumulativeOption = False,
    share: ShareOption = False,
    since: StartsOption = None,
    until: EndOption = None,
    baseline: BaselineOption = True,
    topic: TopicOption = None,
    category: CategoryOption = None,
    term: TermOption = None,
    model: MentionOption = None,
    author: AuthorsOption = None,
    around: AroundOption = None,
    papers: PapersOption = None,
    audit: AuditOption = False,
    changes: ChangesOption = False,
    chart: ChartOption = None,
    language: LanguageOption = None,
    fail_empty: FailEmptyOption = False,
    library: LibraryOption = None,
) -> None:
    """Count papers over time, by the date of version 1.

    A phrase is counted in title or abstract. literal: as written, but for case, hyphens and line
    breaks; plural: the last word in singular or plural; arxiv-stem: by stems, as arXiv's own search
    counts. Several series are counted over the same periods. A period that is not over, or not
    wholly read, is marked as partial.
    """
    from littrack.steps.trends import TrendRequest

    request = TrendRequest(
        phrases=tuple(phrases or ()),
        terms=tuple(term or ()),
        categories=tuple(category or ()),
        topics=tuple(topic or ()),
        models=tuple(model or ()),
        authors=tuple(author or ()),
        semantics=match,
        step=by,
        baseline=baseline,
    )
    request = _within(request, since or [], until)
    library_ = opened(ctx, library)
    if audit:
        _audit(ctx, library_, request, output)
    elif papers is not None:
        _list(library_, request, papers, output)
    elif changes:
        _list_changes(library_, request, output, share=share)
    else:
        found = _count(ctx, library_, request, _Wanted(output, cumulative, share, around))
        if chart is not None:
            _draw(ctx, library_, request, found, (chart, language, cumulative, share))
        _remember(library_, request)
        if fail_empty and not any(one.points for one in found):
            raise typer.Exit(NOTHING_FOUND)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """How the counts are given out."""

    output: Output
    cumulative: bool
    share: bool
    around: Period | None


def _within(request: TrendRequest, since: list[Period], until: Period | None) -> TrendRequest:
    for one in since:
        check_span(one, until)
    starts = tuple(one.start for one in since)
    return replace(
        request,
        since=starts[0] if len(starts) == 1 else None,
        starts=starts if len(starts) > 1 else (),
        until=until.end if until else None,
    )


def _count(
    ctx: typer.Context, library: OpenLibrary, request: TrendRequest, wanted: _Wanted
) -> list[TrendSeries]:
    from littrack.steps.trends import count_trends

    series = count_trends(library, request)
    table = trends_table(series, cumulative=wanted.cumulative, shares=wanted.share)
    wanted.output.table(table)
    _tell(ctx, series)
    if wanted.around is not None:
        _compare(ctx, library, request, wanted.around.start)
    return series


def _tell(ctx: typer.Context, series: list[TrendSeries]) -> None:
    """What a reader of the numbers must know."""
    flags = flags_of(ctx)
    for one in series:
        if not one.points:
            hint(flags, f"{one.name}: no paper")
        for note in one.notes:
            hint(flags, f"{one.name}: {note}")


def _compare(
    ctx: typer.Context, library: OpenLibrary, request: TrendRequest, moment: datetime
) -> None:
    from littrack.steps.trends import compare_averages

    for one, before, after in compare_averages(library, request, moment):
        told = ["-" if number is None else f"{number:.2f}" for number in (before, after)]
        hint(
            flags_of(ctx),
            f"{one.name}: {told[0]} papers a day before {moment:%Y-%m-%d}, {told[1]} after",
        )


def _audit(ctx: typer.Context, library: OpenLibrary, request: TrendRequest, output: Output) -> None:
    from littrack.cli.progress import watched
    from littrack.steps.audit_trends import audit_trends

    with watched(flags_of(ctx)) as watch:
        audits = audit_trends(library, request, on_wait=watch.on_wait)
    output.table(audits_table(audits))


def _list_changes(
    library: OpenLibrary, request: TrendRequest, output: Output, *, share: bool
) -> None:
    from littrack.steps.trends import list_changes

    output.table(changes_table(list_changes(library, request, shares=share)))


def _list(library: OpenLibrary, request: TrendRequest, period: Period, output: Output) -> None:
    from littrack.steps.trends import list_papers

    output.table(counted_papers_table(list_papers(library, request, period.start, period.end)))


def _draw(
    ctx: typer.Context,
    library: OpenLibrary,
    request: TrendRequest,
    series: list[TrendSeries],
    style: tuple[Path, str | None, bool, bool],
) -> None:
    from littrack.steps.trend_charts import draw_trends

    path = style[0]
    write_file(path, draw_trends(library, request, series, (path.suffix, *style[1:])))
    hint(flags_of(ctx), f"{path}: {len(series)} series")


def _remember(library: OpenLibrary, request: TrendRequest) -> None:
    """Freeze what was counted, where the library can be written."""
    from littrack.steps.freeze_trends import keep_counts

    report = keep_counts(library, request)
    for warning in report.warnings if report else ():
        warn(warning)
