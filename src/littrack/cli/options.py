"""Options that several commands share, and how their values are read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

import typer

from littrack import conditions
from littrack.conditions import Author, Condition, HasModel, InTopic, join_all, join_any
from littrack.errors import InputError
from littrack.records import Filters


class Mode(StrEnum):
    """How to search."""

    HYBRID = "hybrid"
    SEMANTIC = "semantic"
    LEXICAL = "lexical"


@dataclass(frozen=True, slots=True)
class Period:
    """A year, month or day: from its first moment to the first after it, in UTC."""

    start: datetime
    end: datetime

    @property
    def last(self) -> datetime:
        """Its last moment: what has the date of the next midnight is not within it."""
        return self.end - timedelta(microseconds=1)


def parse_period(text: str) -> Period:
    """``2023``, ``2023-05`` or ``2023-05-17``.

    >>> parse_period("2023-12").end.date().isoformat()
    '2024-01-01'
    """
    try:
        return Period(*conditions.parse_period(text))
    except InputError as exc:
        raise typer.BadParameter(exc.reason) from exc


def check_categories(values: list[str] | None) -> list[str]:
    """Categories as arXiv writes them; ``cs.*`` is a whole archive."""
    for value in values or []:
        if not re.fullmatch(r"[a-z][a-z-]*(\.([A-Za-z][A-Za-z-]*|\*))?", value):
            raise typer.BadParameter(f'{value!r} is no category: write "cs.CL" or "cs.*"')
    return values or []


def check_span(since: Period | None, until: Period | None) -> None:
    """Refuse a span that ends before it begins."""
    if since and until and since.start >= until.end:
        raise typer.BadParameter("ends before --since begins", param_hint="--until")


def make_filters(
    since: Period | None,
    until: Period | None,
    categories: list[str] | None,
    *,
    withdrawn: bool,
    as_of: Period | None = None,
) -> Filters:
    """What the options let a search return; the whole periods of --until and --as-of are meant."""
    check_span(since, until)
    return Filters(
        since=since.start if since else None,
        until=until.end - timedelta(days=1) if until else None,  # the last day, meant as a whole
        categories=tuple(categories or ()),
        withdrawn=withdrawn,
        as_of=as_of.last if as_of else None,
    )


def demand(
    filters: Filters,
    *,
    authors: list[str] | None = None,
    topics: list[str] | None = None,
    models: list[str] | None = None,
) -> Filters:
    """The filters with what --author, --topic and --model demand: of each, any one."""
    wanted: tuple[tuple[Callable[[str], Condition], list[str] | None], ...] = (
        (Author, authors),
        (InTopic, topics),
        (HasModel, models),
    )
    parts = [join_any([kind(value) for value in values]) for kind, values in wanted if values]
    return replace(filters, where=join_all(parts))


def check_names(values: list[str] | None) -> list[str]:
    """Names with a letter or digit in them."""
    for value in values or []:
        if not any(map(str.isalnum, value)):
            raise typer.BadParameter(f"{value!r} is no name")
    return values or []


LimitOption = Annotated[
    int, typer.Option("-n", "--limit", min=1, metavar="N", help="At most so many.")
]
ModeOption = Annotated[Mode, typer.Option("--mode", help="By words, by meaning, or both.")]
SinceOption = Annotated[
    Period | None,
    typer.Option(
        "--since",
        parser=parse_period,
        metavar="DATE",
        help="Published on or after: 2023, 2023-05 or 2023-05-17.",
        show_default=False,
    ),
]
UntilOption = Annotated[
    Period | None,
    typer.Option(
        "--until",
        parser=parse_period,
        metavar="DATE",
        help="Published before the end of: 2023, 2023-05 or 2023-05-17.",
        show_default=False,
    ),
]
AsOfOption = Annotated[
    Period | None,
    typer.Option(
        "--as-of",
        parser=parse_period,
        metavar="DATE",
        help="As it was known at the end of that day.",
        show_default=False,
    ),
]
CategoryOption = Annotated[
    list[str] | None,
    typer.Option(
        "-c",
        "--category",
        callback=check_categories,
        metavar="C",
        help='An arXiv category, or "cs.*"; may be repeated: any of them.',
        show_default=False,
    ),
]
AuthorOption = Annotated[
    list[str] | None,
    typer.Option(
        "--author",
        callback=check_names,
        metavar="NAME",
        help='A family name or "Jason Wei"; may be repeated: any of them.',
        show_default=False,
    ),
]
TopicOption = Annotated[
    list[str] | None,
    typer.Option(
        "--topic",
        callback=check_names,
        metavar="TOPIC",
        help="A topic's number, or words of its label; may be repeated: any of them.",
        show_default=False,
    ),
]
ModelOption = Annotated[
    list[str] | None,
    typer.Option(
        "--model",
        callback=check_names,
        metavar="NAME",
        help="A model that the paper names or presents; may be repeated: any of them.",
        show_default=False,
    ),
]
FacetsOption = Annotated[
    bool,
    typer.Option(
        "--facets", help="Count all matching papers by year, category, topic and model instead."
    ),
]
ToArxivOption = Annotated[
    bool, typer.Option("--to-arxiv", help="Print the query as arXiv's API reads it, and stop.")
]
WithdrawnOption = Annotated[bool, typer.Option("--withdrawn", help="Withdrawn papers too.")]
FailEmptyOption = Annotated[
    bool, typer.Option("--fail-empty", help="Exit with code 3 when nothing is found.")
]
