"""Options that several commands share, and how their values are read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated

import typer

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
    found = re.fullmatch(r"(\d{4})(?:-(\d\d?)(?:-(\d\d?))?)?", text.strip(), re.ASCII)
    try:
        if found is None:
            raise ValueError
        year, month, day = (int(part) if part else 0 for part in found.groups())
        start = datetime(year, month or 1, day or 1, tzinfo=UTC)
        if day:
            end = start + timedelta(days=1)
        elif month:
            end = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
        else:
            end = datetime(year + 1, 1, 1, tzinfo=UTC)
    except (ValueError, OverflowError) as exc:
        raise typer.BadParameter(f"{text!r} is no date: write 2023, 2023-05 or 2023-05-17") from exc
    return Period(start, end)


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
WithdrawnOption = Annotated[bool, typer.Option("--withdrawn", help="Withdrawn papers too.")]
FailEmptyOption = Annotated[
    bool, typer.Option("--fail-empty", help="Exit with code 3 when nothing is found.")
]
