"""Trends as rows: for programs everything, for people what was asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from littrack.present.tables import Row, Table
from littrack.records import Paper
from littrack.trends import Audit, ChangePoint, Step, TrendSeries

KEYS = ("phrase", "match", "period", "count", "cumulative", "partial", "kind", "total", "share")
PAPER_KEYS = ("phrase", "match", "arxiv_id", "published", "date_kind", "title")
AUDIT_KEYS = ("phrase", "start", "end", "local", "source", "parts", "explanation", "details")


def trends_table(
    series: Sequence[TrendSeries], *, cumulative: bool = False, shares: bool = False
) -> Table:
    """A row for each period of each series."""
    columns = {"phrase": "series", "period": "period", "count": "papers"}
    if cumulative:
        columns["cumulative"] = "in all"
    if shares:
        columns["share"] = "of all papers"
    columns["partial"] = "partial"
    return Table([row for one in series for row in _rows(one)], columns, KEYS)


def _rows(series: TrendSeries) -> Iterator[Row]:
    for point in series.points:
        yield {
            "phrase": series.name,
            "match": series.semantics.value if series.semantics else None,
            "period": period_name(point.period, series.step),
            "count": point.count,
            "cumulative": point.cumulative,
            "partial": point.partial,
            "kind": series.kind.value,
            "total": point.total,
            "share": None if point.share is None else round(point.share, 6),
        }


def period_name(period: datetime, step: Step) -> str:
    """``2022``, ``2022-Q1`` or ``2022-01``."""
    if step is Step.QUARTER:
        return f"{period:%Y}-Q{(period.month + 2) // 3}"
    return f"{period:%Y}" if step is Step.YEAR else f"{period:%Y-%m}"


def changes_table(found: Sequence[tuple[TrendSeries, Sequence[ChangePoint]]]) -> Table:
    """A change of level a row: its first period, the interval it lies in, the rates around it."""
    rows = [
        {
            "series": series.name,
            "period": period_name(change.period, series.step),
            "earliest": period_name(change.earliest, series.step),
            "latest": period_name(change.latest, series.step),
            "before": round(change.before, 6),
            "after": round(change.after, 6),
        }
        for series, changes in found
        for change in changes
    ]
    keys = ("series", "period", "earliest", "latest", "before", "after")
    return Table(rows, {key: key for key in keys}, keys)


def counted_papers_table(found: Sequence[tuple[TrendSeries, Sequence[Paper]]]) -> Table:
    """The papers behind a count, a row for each in each series."""
    rows = [
        {
            "phrase": series.name,
            "match": series.semantics.value if series.semantics else None,
            "arxiv_id": paper.arxiv_id,
            "published": str(paper.published),
            "date_kind": paper.published.kind.value,
            "title": paper.title,
        }
        for series, papers in found
        for paper in papers
    ]
    columns = {name: name for name in ("phrase", "arxiv_id", "published", "title")}
    return Table(rows, columns, PAPER_KEYS)


def audits_table(audits: Sequence[Audit]) -> Table:
    """A row for each phrase that was counted three ways."""
    rows = [
        {
            "phrase": one.name,
            "start": f"{one.start:%Y-%m-%d}",
            "end": f"{one.end:%Y-%m-%d}",
            "local": one.local,
            "source": one.source,
            "parts": one.parts,
            "explanation": one.explanation,
            "details": dict(one.details),
        }
        for one in audits
    ]
    columns = {
        "phrase": "phrase",
        "start": "from",
        "end": "before",
        "local": "here",
        "source": "arXiv",
        "parts": "arXiv, by parts",
        "explanation": "why",
    }
    return Table(rows, columns, AUDIT_KEYS)
