"""The curation file: what people decided about models, one ``[[decision]]`` after the other.

It is written by hand as well as by littrack, so what stands in it is never rewritten: decisions are
added at the end, and only the very tables that were added can be taken out again.
"""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from littrack.claims import ClaimValue, Decision, DecisionKind, ModelField
from littrack.errors import InputError, OutputError, SettingsError
from littrack.identifiers import parse_arxiv_id
from littrack.setting_values import nearest
from littrack.sources.claim_tables import parse_field, parse_value
from littrack.sources.curation_text import HEADER, render_decisions
from littrack.toml_file import read_toml

KEYS = ("what", "model", "who", "paper", "field", "value", "because", "evidence", "when")
_NAMES = (DecisionKind.ALIAS, DecisionKind.RENAME, DecisionKind.MERGE, DecisionKind.SPLIT)
# What a kind needs besides `what`, `model`, `who` and `when`, and which keys mean nothing to it.
_NEEDED: Mapping[DecisionKind, tuple[str, ...]] = {
    DecisionKind.REJECT: ("because",),
    DecisionKind.NOT_A_MODEL: ("because",),
    DecisionKind.ALIAS: ("value",),
    DecisionKind.RENAME: ("value",),
    DecisionKind.MERGE: ("value",),
    DecisionKind.SPLIT: ("value", "paper"),
    DecisionKind.SET: ("field", "value", "because"),
    DecisionKind.UNSET: ("field",),
}
_SEVERAL = (DecisionKind.SET, DecisionKind.ALIAS)  # values in one table


def read_curation(path: Path) -> tuple[Decision, ...]:
    """Every decision in the order of the file; a missing file has none.

    Raises:
        InputError: what stands there is no decision; names the line.
    """
    try:
        found = read_toml(path)
    except SettingsError as exc:  # it names file and line
        raise InputError(str(exc)) from exc
    for key in found.content:
        if key != "decision":
            hint = nearest(key, ("decision",))
            raise InputError(f"unknown {key}{hint}", path, found.line(key))
    tables = found.content.get("decision", [])
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        raise InputError("a decision begins with [[decision]]", path, found.line("decision"))
    decisions: list[Decision] = []
    for number, table in enumerate(tables):
        try:
            place = f"{path.name}, line {found.line('decision', number)}"
            decisions += _decisions(table, place)
        except _Wrong as exc:
            line = found.line("decision", number, exc.key)
            raise InputError(str(exc), path, line) from exc
    return tuple(decisions)


class _Wrong(ValueError):
    """What is wrong with a table, and with which key of it."""

    def __init__(self, key: str, problem: str) -> None:
        super().__init__(f"{key} {problem}")
        self.key = key


def _decisions(table: Mapping[str, Any], place: str) -> Iterator[Decision]:
    for key in table:
        if key not in KEYS:
            raise _Wrong(key, f"is no key of a decision{nearest(key, KEYS)}")
    kind = _kind(table)
    needed = ("model", "who", "when", *_NEEDED.get(kind, ()))
    for key in needed:
        if table.get(key) in (None, "", []):
            raise _Wrong(key, f'is missing: what = "{kind}" needs it')
    for key in ("field", "value"):
        if key in table and key not in needed:
            raise _Wrong(key, f'means nothing to what = "{kind}"')
    field, values = _field_and_values(kind, table)
    for value in values:
        yield Decision(
            kind,
            _text(table, "model"),
            _text(table, "who"),
            _moment(table["when"]),
            _text(table, "because"),
            _paper(table),
            field,
            value,
            _text(table, "evidence"),
            place,
        )


def _kind(table: Mapping[str, Any]) -> DecisionKind:
    written = table.get("what")
    if written not in set(DecisionKind):
        hint = nearest(str(written or ""), [one.value for one in DecisionKind])
        raise _Wrong("what", f"is {written!r}{hint}" if written else f"is missing{hint}")
    return DecisionKind(written)


def _text(table: Mapping[str, Any], key: str) -> str:
    value = table.get(key, "")
    if not isinstance(value, str):
        raise _Wrong(key, f'must be a text in quotes: {key} = "{value}"')
    return value.strip()


def _paper(table: Mapping[str, Any]) -> str | None:
    if not table.get("paper"):
        return None
    try:
        return parse_arxiv_id(_text(table, "paper")).base
    except InputError as exc:
        raise _Wrong("paper", f"cannot be: {exc}") from exc


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


def _field_and_values(
    kind: DecisionKind, table: Mapping[str, Any]
) -> tuple[ModelField | None, list[ClaimValue | None]]:
    given = table.get("value")
    written = [_written(one) for one in (given if isinstance(given, list) else [given])]
    if len(written) > 1 and kind not in _SEVERAL:
        raise _Wrong("value", f'must be one name for what = "{kind}"')
    if kind in _NAMES:
        if not all(one for one in written):
            raise _Wrong("value", f'must be a name in quotes for what = "{kind}"')
        return None, list(written)
    if kind not in (DecisionKind.SET, DecisionKind.UNSET):
        return None, [None]
    return _claimed(_text(table, "field"), written)


def _claimed(
    name: str, written: Sequence[str | None]
) -> tuple[ModelField, list[ClaimValue | None]]:
    """The field, and its values as a table of claims would write them; None: the field alone."""
    try:
        field, detail = parse_field(name)
    except ValueError as exc:
        raise _Wrong("field", f"cannot be: {exc}") from exc
    try:
        return field, [None if one is None else parse_value(field, one, detail) for one in written]
    except ValueError as exc:
        raise _Wrong("value", f"cannot be: {exc}") from exc


def _written(value: object) -> str | None:
    """What stands there as text: ``true`` and ``2022-04-04`` need no quotes."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    raise _Wrong("value", f'must be a text in quotes: value = "{value}"')


# --- writing --------------------------------------------------------------------------------------


def append_decisions(path: Path, decisions: Sequence[Decision], header: str = HEADER) -> None:
    """Add decisions at the end; what stands there stays as it is, byte for byte.

    A kill leaves the old file or the new one. A new file begins with the header, and is made for
    no decisions too.

    Raises:
        InputError: what stands there is not TOML, or a decision cannot be written as such.
        OutputError: the file cannot be written.
    """
    old = _read_bytes(path)
    if not decisions and old is not None:
        return
    added = _rendered(decisions)
    if old is None:
        new = header.encode() + added
    else:
        added = _in_style_of(old, added)
        new = old + (b"" if not old or old.endswith(b"\n") else added[: added.index(b"\n") + 1])
        new += added
    _check(new, path)
    _write(path, new)


def withdraw_decisions(path: Path, decisions: Sequence[Decision]) -> bool:
    """Take out what `append_decisions` added last for these; False if it does not stand there so.

    Raises:
        OutputError: the file cannot be written.
    """
    old = _read_bytes(path) or b""
    added = _in_style_of(old, _rendered(decisions))
    before, found, after = old.rpartition(added)
    if not found:
        return False
    _check(before + after, path)
    _write(path, before + after)
    return True


def _rendered(decisions: Sequence[Decision]) -> bytes:
    try:
        return render_decisions(decisions).encode()
    except ValueError as exc:  # half of a surrogate pair: a terminal in another encoding than UTF-8
        raise InputError(f"a decision holds what is not text: {exc}") from exc


def _in_style_of(old: bytes, added: bytes) -> bytes:
    """With the line ends that the file has."""
    return added.replace(b"\n", b"\r\n") if b"\r\n" in old else added


def _check(new: bytes, path: Path) -> None:
    try:
        tomllib.loads(new.decode("utf-8-sig"))
    except ValueError as exc:
        raise InputError(f"nothing can be added, as it would not be TOML: {exc}", path) from exc


def _read_bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as exc:
        raise InputError(f"cannot be read: {exc.strerror or exc}", path) from exc


def _write(path: Path, data: bytes) -> None:
    """A new file beside the old one, synced, then renamed; a link is followed."""
    draft = None
    try:
        target = path.resolve()
        draft = target.with_name(f".{target.name}.{os.getpid()}.tmp")
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            draft.chmod(stat.S_IMODE(target.stat().st_mode))
        draft.replace(target)
        _sync_folder(target.parent)
    except (OSError, RuntimeError) as exc:  # RuntimeError: a circle of links
        reason = getattr(exc, "strerror", None) or exc
        raise OutputError(f"cannot write {path}: {reason}") from exc
    finally:
        if draft is not None:
            with suppress(OSError):
                draft.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make the new name last through a power cut; not every system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
