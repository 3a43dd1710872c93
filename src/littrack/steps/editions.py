"""Editions: the timeline frozen under a name, and the change log between two."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from littrack.analysis.buckets import group_by_bucket
from littrack.analysis.editions import compare_editions, freeze_edition
from littrack.analysis.selection import Clause
from littrack.claims import Edition, EditionDiff
from littrack.errors import InputError, OutputError
from littrack.present.edition_changes import changes_table, render_changelog
from littrack.present.edition_json import edition_from_json, edition_to_json
from littrack.present.tables import Table
from littrack.steps.figures import TableStyle, draw_table, draw_timeline
from littrack.steps.models import load_decisions
from littrack.steps.opening import OpenLibrary
from littrack.steps.timeline import (
    EVERYTHING,
    Choice,
    Timeline,
    choose_buckets,
    language_of,
    load_timeline,
    selection_rule,
    shows_unreviewed,
)
from littrack.store.editions import load_edition, load_edition_names, save_edition
from littrack.store.engine import begin

NOW = "now"  # the library as it is, instead of an edition


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is different between two editions, to be written in several ways."""

    diff: EditionDiff
    library: OpenLibrary

    def changelog(self, language: str | None, form: Literal["md", "text"]) -> str:
        """The change log in a language; the settings' if None."""
        return render_changelog(self.diff, language_of(self.library, language), form)

    @property
    def table(self) -> Table:
        """A change a row."""
        return changes_table(self.diff)


def create_edition(
    library: OpenLibrary, name: str, choice: Choice = EVERYTHING, folder: Path | None = None
) -> Edition:
    """Freeze what the timeline shows; with a folder, its figures and tables are written there.

    Raises:
        InputError: there is an edition of that name, or none can be called so.
        OutputError: the folder cannot be written.
    """
    with library.writing("littrack edition create"):
        _check_name(library, name)  # before anything is written
        edition = _freeze(library, name, choice)
        if folder is not None:
            edition = replace(edition, files=_write_files(library, choice, folder))
        with begin(library.engine) as conn:
            save_edition(conn, name, edition_to_json(edition), library.now())
    return edition


def _check_name(library: OpenLibrary, name: str) -> None:
    if not name or name != name.strip() or not name.isprintable():
        raise InputError(f"no edition can be called {name!r}; write a name such as v17")
    if name == NOW:
        raise InputError(f'"{NOW}" is the library as it is; give the edition another name')
    with library.engine.connect() as conn:
        if name in dict(load_edition_names(conn)):
            raise InputError(
                f"there is an edition {name!r} already; editions are never overwritten"
            )


def _freeze(library: OpenLibrary, name: str, choice: Choice) -> Edition:
    now = library.now()
    timeline = load_timeline(library, choice)
    printed = timeline.printed
    buckets = choose_buckets(library, printed)
    groups, unplaced = group_by_bucket(printed, buckets)
    places = {model.name: str(bucket) for bucket, models in groups for model in models}
    as_of = choice.as_of or now
    edition = freeze_edition(name, printed, places, created_at=now, as_of=as_of)
    return replace(
        edition,
        rules={
            "dates": str(library.settings.survey.get("date_rule", "survey")),
            "selection": _selection(library, choice),
            "buckets": ", ".join(map(str, buckets)),
        },
        left_out=_left_out(library, timeline, choice),
        decisions=tuple(load_decisions(library, choice.as_of)),
        figures={"timeline": len(printed) - len(unplaced), "table": len(printed)},
        citations=tuple(sorted({model.paper for model in printed if model.paper})),
    )


def _selection(library: OpenLibrary, choice: Choice) -> str:
    """All that decides what is shown: when it differs, the change log says so."""
    parts = [selection_rule(library, choice.select).text]
    parts += [_until(choice.until)] if choice.until else []
    parts += ["unreviewed too"] if shows_unreviewed(library, choice) else []
    return "; ".join(parts)


def _until(day: datetime) -> str:
    return f"until {_day(day)}"


def _left_out(library: OpenLibrary, timeline: Timeline, choice: Choice) -> dict[str, str]:
    """By model: the conditions that leave it out, each with the value seen."""
    found = {
        entry.model.name: "; ".join(_seen(one) for one in entry.verdict.clauses if one.decisive)
        for entry in timeline.entries
        if not entry.printed
    }
    if choice.until is None:
        return found
    later = load_timeline(library, replace(choice, until=None)).entries
    names = {entry.model.name for entry in timeline.entries}
    until = _until(choice.until)
    return found | {
        entry.model.name: f"{until} ({entry.model.release or '-'})"
        for entry in later
        if entry.model.name not in names
    }


def _seen(clause: Clause) -> str:
    return f"{clause.text} ({clause.seen or '-'})"


_FILES = {
    "timeline.svg": ".svg",
    "timeline.pdf": ".pdf",
    "timeline.tex": ".tex",
    "table.tex": "latex",
    "table.md": "md",
    "table.csv": "csv",
}


def _write_files(library: OpenLibrary, choice: Choice, folder: Path) -> dict[str, str]:
    """The edition's figures and tables, and the hash of each."""
    hashes = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, form in _FILES.items():
            content = _rendered(library, choice, form)
            data = content.encode() if isinstance(content, str) else content
            (folder / file).write_bytes(data)
            hashes[file] = hashlib.sha256(data).hexdigest()
    except OSError as exc:
        raise OutputError(f"cannot write to {folder}: {exc.strerror or exc}") from exc
    return hashes


def _rendered(library: OpenLibrary, choice: Choice, form: str) -> str | bytes:
    if form.startswith("."):
        return draw_timeline(library, form, choice).content
    return draw_table(library, TableStyle(form), choice).content


def list_editions(library: OpenLibrary) -> list[Mapping[str, Any]]:
    """Every edition in a row, oldest first."""
    with library.engine.connect() as conn:
        found = [(name, load_edition(conn, name)) for name, _ in load_edition_names(conn)]
    return [_row(edition_from_json(text), text) for _, text in found]


def _row(edition: Edition, text: str) -> dict[str, Any]:
    return {
        "edition": edition.name,
        "created": _day(edition.created_at),
        "as_of": _day(edition.as_of),
        "models": len(edition.rows),
        "public": sum(row.model.public is True for row in edition.rows),
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
    }


def _day(moment: datetime) -> str:
    return moment.date().isoformat()


def compare(library: OpenLibrary, earlier: str, later: str) -> Comparison:
    """What changed from one edition to another; "now" is the library as it is.

    Raises:
        NotFound: there is no such edition.
    """
    editions = []
    for name in (earlier, later):
        if name == NOW:
            editions.append(_freeze(library, NOW, EVERYTHING))
            continue
        with library.engine.connect() as conn:
            editions.append(edition_from_json(load_edition(conn, name)))
    return Comparison(compare_editions(*editions), library)
