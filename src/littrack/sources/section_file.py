"""The files of the survey's sections: the tree, and what people decided about single papers.

Both are TOML that is written by hand as well. The tree (``sections.toml``) is only read; decisions
(``section-decisions.toml``) are added at the end, and what stands there is never rewritten.
"""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from littrack.errors import InputError, OutputError, SettingsError
from littrack.identifiers import parse_arxiv_id
from littrack.setting_values import nearest
from littrack.sources.curation_text import render_moment, render_string
from littrack.toml_file import TomlFile, read_text, read_toml
from littrack.topics import Section

KEYS = ("key", "title", "title_zh", "description", "examples", "parent")
DECISION_KEYS = ("what", "paper", "section", "who", "because", "when")
_KEY = re.compile(r"[^\W_][\w.-]*(/[^\W_][\w.-]*)*")
HEADER = """\
# Decisions of people about which sections of the survey papers belong to. They win over whatever
# the classifier says, and it learns from them. `littrack sections accept` and `reject` add to this
# file; it may be edited by hand and belongs under version control. The last decision about a paper
# and a section counts. With this line in .gitattributes git merges what two people have added:
#     section-decisions.toml merge=union
#
# [[section_decision]]
# what = "accept"           # the paper belongs there; "reject": it does not
# paper = "2201.11903"
# section = "utilisation/chain-of-thought"
# who = "your name"
# because = "it names the method"
# when = 2026-01-31         # a date, or a date and time
"""


@dataclass(frozen=True, slots=True)
class SectionDecision:
    """A person's word that a paper belongs into a section, or does not."""

    accepted: bool
    arxiv_id: str
    section: str
    who: str
    because: str
    when: datetime


class _Wrong(ValueError):
    """What is wrong with a table, and with which key of it."""

    def __init__(self, key: str, problem: str) -> None:
        super().__init__(f"{key} {problem}")
        self.key = key


# --- the tree -------------------------------------------------------------------------------------


def read_sections(path: Path) -> tuple[Section, ...]:
    """The sections in the order of the file, each with the key of the section around it.

    Raises:
        InputError: the file cannot be read, or is no tree of sections; names the line.
    """
    found, tables = _read_tables(path, "section")
    sections: list[Section] = []
    for number, table in enumerate(tables):
        try:
            sections.append(_section(table, sections))
        except _Wrong as exc:
            line = found.line("section", number, exc.key)
            raise InputError(str(exc), path, line) from exc
    if not sections:
        raise InputError("holds no section: each begins with [[section]]", path)
    return _tree(sections, path, found)


def _section(table: Mapping[str, Any], before: Iterable[Section]) -> Section:
    _check_keys(table, KEYS, "a section")
    for key in ("key", "title"):
        if not table.get(key):
            raise _Wrong(key, "is missing: a section needs it")
    key = _text(table, "key")
    if not _KEY.fullmatch(key):
        raise _Wrong("key", f'is {key!r}; write letters, digits and -, as in "adaptation/tuning"')
    if any(one.key == key for one in before):
        raise _Wrong("key", f"is {key!r}, as another section's is")
    return Section(
        key,
        _text(table, "title"),
        _text(table, "title_zh"),
        _text(table, "description"),
        _examples(table),
        _text(table, "parent") or None,
    )


def _examples(table: Mapping[str, Any]) -> tuple[str, ...]:
    written = table.get("examples", [])
    if not isinstance(written, list) or not all(isinstance(one, str) for one in written):
        raise _Wrong("examples", 'must be a list of arXiv ids: examples = ["2201.11903"]')
    return tuple(dict.fromkeys(_arxiv_id("examples", one) for one in written))


def _tree(sections: Sequence[Section], path: Path, found: TomlFile) -> tuple[Section, ...]:
    """With every parent known: the one that is named, else the one before the key's last slash."""
    keys = {one.key for one in sections}
    placed: dict[str, Section] = {}
    for number, one in enumerate(sections):
        implied = one.key.rpartition("/")[0]
        parent = one.parent or (implied if implied in keys else None)
        if parent is not None and parent not in keys:
            problem = f"parent is {parent!r}, which is no section{nearest(parent, keys)}"
            raise InputError(problem, path, found.line("section", number, "parent"))
        placed[one.key] = replace(one, parent=parent)
    for number, one in enumerate(sections):
        seen, around = {one.key}, placed[one.key].parent
        while around is not None:
            if around in seen:
                line = found.line("section", number, "parent")
                raise InputError(f"the section {one.key!r} would be inside itself", path, line)
            seen.add(around)
            around = placed[around].parent
    return tuple(placed.values())


# --- decisions ------------------------------------------------------------------------------------


def read_section_decisions(path: Path) -> tuple[SectionDecision, ...]:
    """Every decision, oldest first; a missing file has none.

    Raises:
        InputError: what stands there is no decision; names the line.
    """
    if not path.exists():
        return ()
    found, tables = _read_tables(path, "section_decision")
    decisions = []
    for number, table in enumerate(tables):
        try:
            decisions.append(_decision(table))
        except _Wrong as exc:
            line = found.line("section_decision", number, exc.key)
            raise InputError(str(exc), path, line) from exc
    return tuple(sorted(decisions, key=lambda one: one.when))


def _decision(table: Mapping[str, Any]) -> SectionDecision:
    _check_keys(table, DECISION_KEYS, "a decision")
    for key in ("what", "paper", "section", "who", "when"):
        if table.get(key) in (None, ""):
            raise _Wrong(key, "is missing: a decision needs it")
    what = _text(table, "what")
    if what not in ("accept", "reject"):
        raise _Wrong("what", f"is {what!r}{nearest(what, ('accept', 'reject'))}")
    return SectionDecision(
        what == "accept",
        _arxiv_id("paper", _text(table, "paper")),
        _text(table, "section"),
        _text(table, "who"),
        _text(table, "because"),
        _moment(table["when"]),
    )


def append_section_decisions(path: Path, decisions: Sequence[SectionDecision]) -> None:
    """Add decisions at the end; what stands there stays as it is. A new file begins with a header.

    Raises:
        InputError: what stands there is not TOML, or a decision cannot be written as such.
        OutputError: the file cannot be written.
    """
    try:
        added = "".join(map(_render, decisions)).encode()
    except ValueError as exc:  # half of a surrogate pair: a terminal in another encoding than UTF-8
        raise InputError(f"a decision holds what is not text: {exc}") from exc
    old = HEADER.encode() if read_text(path) is None else path.read_bytes()
    if b"\r\n" in old:
        added = added.replace(b"\n", b"\r\n")
    new = old + (b"" if old.endswith(b"\n") or not old else b"\n") + added
    try:
        tomllib.loads(new.decode("utf-8-sig"))
    except ValueError as exc:
        raise InputError(f"nothing can be added, as it would not be TOML: {exc}", path) from exc
    _replace(path, new)


def _render(decision: SectionDecision) -> str:
    entries = {
        "what": "accept" if decision.accepted else "reject",
        "paper": decision.arxiv_id,
        "section": decision.section,
        "who": decision.who,
        "because": decision.because,
    }
    lines = [f"{key} = {render_string(text)}" for key, text in entries.items() if text]
    lines.append(f"when = {render_moment(decision.when)}")
    return "\n".join(["", "[[section_decision]]", *lines, ""])


def _replace(path: Path, data: bytes) -> None:
    """The old file or the new one, whenever the process is killed; a link is followed."""
    target = path.resolve()
    draft = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            draft.chmod(stat.S_IMODE(target.stat().st_mode))
        draft.replace(target)
    except OSError as exc:
        raise OutputError(f"cannot write {path}: {exc.strerror or exc}") from exc
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


# --- both -----------------------------------------------------------------------------------------


def _read_tables(path: Path, name: str) -> tuple[TomlFile, list[Mapping[str, Any]]]:
    """The ``[[name]]`` tables of a file that holds nothing else."""
    try:
        found = read_toml(path)
    except SettingsError as exc:  # it names file and line
        raise InputError(str(exc)) from exc
    for key in found.content:
        if key != name:
            raise InputError(f"unknown {key}{nearest(key, (name,))}", path, found.line(key))
    tables = found.content.get(name, [])
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        raise InputError(f"each begins with [[{name}]]", path, found.line(name))
    return found, tables


def _check_keys(table: Mapping[str, Any], known: Sequence[str], what: str) -> None:
    for key in table:
        if key not in known:
            raise _Wrong(key, f"is no key of {what}{nearest(key, known)}")


def _text(table: Mapping[str, Any], key: str) -> str:
    value = table.get(key, "")
    if not isinstance(value, str):
        raise _Wrong(key, f'must be a text in quotes: {key} = "{value}"')
    return " ".join(value.split())


def _arxiv_id(key: str, written: str) -> str:
    try:
        return parse_arxiv_id(written).base
    except InputError as exc:
        raise _Wrong(key, f"cannot be: {exc}") from exc


def _moment(written: object) -> datetime:
    """A TOML date or time, or a text that is one; without a zone in UTC."""
    if isinstance(written, str):
        with suppress(ValueError):
            written = datetime.fromisoformat(written)
    if isinstance(written, date) and not isinstance(written, datetime):
        written = datetime(written.year, written.month, written.day)
    if not isinstance(written, datetime):
        raise _Wrong("when", "must be a date: when = 2026-01-31 or when = 2026-01-31T12:00:00Z")
    return written.astimezone(UTC) if written.tzinfo else written.replace(tzinfo=UTC)
