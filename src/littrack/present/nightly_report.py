"""The report of a scheduled run as Markdown, and its sources as a table's rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from littrack.identifiers import url_of
from littrack.present.changes import ORDER, sort_changes
from littrack.present.library import SHOWN_HOLES, describe_counts
from littrack.present.tables import Table, render_markdown
from littrack.records import Change, ChangeKind, RunReport

SHOWN = 50  # papers of each kind; the ledger has the rest
SHOWN_WARNINGS = 20
HEADINGS: Mapping[ChangeKind, str] = {
    ChangeKind.WITHDRAWN: "Withdrawn",
    ChangeKind.DELETED: "Deleted",
    ChangeKind.LATE: "New, announced late",
    ChangeKind.VERSION: "New versions",
    ChangeKind.METADATA: "Changed metadata",
    ChangeKind.NEW: "New papers",
}
SOURCE_COLUMNS = ("source", "papers", "state", "last whole", "holes", "run")
_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+~|!$&])")
_BREAKS_LINE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class NightlyReport:
    """All that is told of one run: ``what`` ran, what each part did, failed at, changed."""

    what: str  # nightly, weekly, backfill
    library: str
    finished: datetime
    reports: Sequence[RunReport] = ()
    failures: Mapping[str, str] = field(default_factory=dict)  # by task: why, and what to do
    changes: Sequence[Change] = ()
    titles: Mapping[str, str] = field(default_factory=dict)  # by arXiv id
    sources: Sequence[Mapping[str, Any]] = ()  # as `littrack status --json` has them
    advice: Sequence[str] = ()
    candidates: Sequence[Mapping[str, Any]] = ()  # model releases to be reviewed


def escape_markdown(text: str) -> str:
    """The text on one line, as Markdown shows it and does not understand it."""
    return _SPECIAL.sub(r"\\\1", _BREAKS_LINE.sub(" ", text).strip())


def summarise(report: NightlyReport) -> str:
    """One line: what changed, what is missing, what failed."""
    changed = [f"{number:,} {kind}" for kind, number in _count(report.changes).items()]
    done = [
        f"{one.name} {describe_counts(one.counts)}" for one in report.reports if one.run is None
    ]
    parts = [", ".join(changed) or "no paper changed", *done]
    parts += [f"INCOMPLETE {one.name}" for one in report.reports if not one.complete]
    return "; ".join([*parts, *describe_failures(report.failures)])


def describe_failures(failures: Mapping[str, str]) -> list[str]:
    """``FAILED embed, index: why``; what failed for the same reason stands together."""
    reasons = dict.fromkeys(failures.values())
    tasks = {why: ", ".join(task for task in failures if failures[task] == why) for why in reasons}
    return [f"FAILED {names}: {why}" for why, names in tasks.items()]


def render_nightly(report: NightlyReport) -> str:
    """The page, worst first; what nobody needs to read is left out."""
    sections = (
        _failures(report),
        _parts(report),
        _candidates(report),
        _papers(report),
        _warnings(report),
        _holes(report),
        _advice(report),
    )
    title = f"# {report.what} of {escape_markdown(report.library)}"
    head = [title, "", f"{report.finished:%Y-%m-%d %H:%M} UTC: {_verdict(report)}.", ""]
    return "\n".join([*head, *(line for section in sections for line in section)]) + "\n"


def source_rows(sources: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The sources as `littrack status` shows them, a plain row each."""
    return [
        {
            "source": one["name"],
            "papers": one["papers"],
            "state": one["state"] + (" (stale)" if one["stale"] else ""),
            "last whole": (one["last_success"] or "never")[:16].replace("T", " "),
            "holes": len(one["holes"]),
            "run": one["run"] or "",
        }
        for one in sources
    ]


def _verdict(report: NightlyReport) -> str:
    changed = ", ".join(f"**{number:,} {kind}**" for kind, number in _count(report.changes).items())
    state = "all complete"
    if report.failures:
        state = f"**failed: {', '.join(report.failures)}**"
    elif not all(one.complete for one in report.reports):
        state = "**incomplete**"
    return f"{changed or 'no paper changed'}; {state}"


def _count(changes: Sequence[Change]) -> dict[str, int]:
    kinds = [one.kind for one in changes]
    return {str(kind): kinds.count(kind) for kind in reversed(ORDER) if kind in kinds}


def _failures(report: NightlyReport) -> Iterator[str]:
    if report.failures:
        yield from ("## Failed", "")
        for task, why in report.failures.items():
            yield f"- **{task}**: {escape_markdown(why)}"
        yield from ("", "The next run goes on where this one stopped.", "")


def _parts(report: NightlyReport) -> Iterator[str]:
    if report.reports:
        rows = [
            {
                "part": escape_markdown(one.name),
                "did": describe_counts(one.counts),
                "state": "complete" if one.complete else "**incomplete**",
                "run": one.run or "",
            }
            for one in report.reports
        ]
        columns = {"part": "Part", "did": "Did", "state": "State", "run": "Run"}
        # The cells are escaped already, the table's own escaping of | would do it twice.
        yield render_markdown(Table(rows, columns, ())).replace("\\\\|", "\\|")


def _candidates(report: NightlyReport) -> Iterator[str]:
    if not report.candidates:
        return
    yield from (f"## Model releases proposed ({len(report.candidates):,})", "")
    for one in report.candidates[:SHOWN]:
        link = f"[{one['arxiv_id']}]({url_of(one['arxiv_id'], None)})"
        sizes = f" {one['sizes']}" if one["sizes"] else ""
        name = f"**{escape_markdown(one['model'])}**{sizes}"
        yield f"- {name}, {one['outcome']}: {link} {escape_markdown(one['title'])}"
    if len(report.candidates) > SHOWN:
        yield f"- … and {len(report.candidates) - SHOWN:,} more"
    yield from ("", "Decide with `littrack models review`.", "")


def _papers(report: NightlyReport) -> Iterator[str]:
    changes = sort_changes(report.changes)
    runs = [f"`littrack status --run {one.run}`" for one in report.reports if one.run is not None]
    for kind in (*ORDER[:-1], ChangeKind.NEW):
        of_kind = [one for one in changes if one.kind is kind]
        if not of_kind:
            continue
        yield from (f"## {HEADINGS[kind]} ({len(of_kind):,})", "")
        yield from (_paper(one, report.titles.get(one.arxiv_id, "")) for one in of_kind[:SHOWN])
        if len(of_kind) > SHOWN:
            yield f"- … and {len(of_kind) - SHOWN:,} more: {', '.join(runs)}"
        yield ""


def _paper(one: Change, title: str) -> str:
    detail = f" ({escape_markdown(one.detail)})" if one.detail else ""
    return f"- [{one.arxiv_id}]({url_of(one.arxiv_id, None)}) {escape_markdown(title)}{detail}"


def _warnings(report: NightlyReport) -> Iterator[str]:
    warnings = [warning for one in report.reports for warning in one.warnings]
    if warnings:
        yield from ("## Warnings", "")
        yield from (f"- {escape_markdown(one)}" for one in warnings[:SHOWN_WARNINGS])
        if len(warnings) > SHOWN_WARNINGS:
            yield f"- … and {len(warnings) - SHOWN_WARNINGS:,} more: `littrack doctor`"
        yield ""


def _holes(report: NightlyReport) -> Iterator[str]:
    holes = [(source["name"], hole) for source in report.sources for hole in source["holes"]]
    if holes:
        yield from ("## Holes in the calendar", "")
        for name, hole in holes[:SHOWN_HOLES]:
            days = f"{hole['from']} to {hole['until']}"
            yield f"- {escape_markdown(name)}: {days}: {hole['why']}"
        if len(holes) > SHOWN_HOLES:
            yield f"- … and {len(holes) - SHOWN_HOLES:,} more: `littrack status --json`"
        yield ""


def _advice(report: NightlyReport) -> Iterator[str]:
    if report.advice:
        yield from ("## What to do", "")
        yield from (f"- {escape_markdown(one)}" for one in report.advice)
        yield ""
