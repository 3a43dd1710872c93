"""Answers that were refused, kept for whoever wants to know why; the newest ones, for a while.

One file an answer: a line of JSON that tells what it is, an empty line, the first bytes of the
body. Its name begins with its time, so that names sort by age.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from littrack.sources.http import Answer

_KEPT_BYTES = 65536  # of each body
_MOST_FILES = 200
_MOST_BYTES = 50_000_000  # of all files together
_LONGEST_STAY = timedelta(days=90)
_LONGEST_HEADER_BYTES = 65536
_TIME = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"(\d{8}T\d{6}Z)-[0-9a-f]{12}\.txt")


@dataclass(frozen=True, slots=True)
class RefusedAnswer:
    """What is known of one file."""

    path: Path
    when: datetime
    url: str
    status: int
    reason: str
    size: int  # bytes of the whole body, of which the file may hold the beginning only


def write_refused(folder: Path, answer: Answer, *, reason: str, when: datetime) -> None:
    """Keep an answer, and remove those that are too old or too many; OSError if that fails."""
    header = {
        "when": when.isoformat(timespec="seconds"),
        "url": answer.url,
        "status": answer.status,
        "reason": reason,
        "size": len(answer.body),
        "headers": dict(answer.headers),
    }
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{when.astimezone(UTC):{_TIME}}-{answer.sha256[:12]}.txt"
    text = json.dumps(header).encode("ascii") + b"\n\n" + answer.body[:_KEPT_BYTES]
    (folder / name).write_bytes(text)
    _prune(folder, when)


def read_quarantine(folder: Path) -> list[RefusedAnswer]:
    """Every refused answer that is kept, newest first; files of any other kind are passed over."""
    found = []
    for _when, path in _newest_first(folder):
        with suppress(OSError, ValueError, KeyError, TypeError):
            found.append(_read_header(path))
    return found


def _read_header(path: Path) -> RefusedAnswer:
    with path.open("rb") as file:
        header = json.loads(file.readline(_LONGEST_HEADER_BYTES))
    return RefusedAnswer(
        path=path,
        when=datetime.fromisoformat(header["when"]),
        url=str(header["url"]),
        status=int(header["status"]),
        reason=str(header["reason"]),
        size=int(header["size"]),
    )


def _newest_first(folder: Path) -> Iterator[tuple[datetime, Path]]:
    """The files that have a name of ours; none if there is no such folder."""
    paths = sorted(folder.iterdir(), reverse=True) if folder.is_dir() else []
    for path in paths:
        name = _NAME.fullmatch(path.name)
        if name:
            with suppress(ValueError):  # the 99th of a month
                yield datetime.strptime(name[1], _TIME).replace(tzinfo=UTC), path


def _prune(folder: Path, now: datetime) -> None:
    total = 0
    for number, (when, path) in enumerate(_newest_first(folder)):
        with suppress(OSError):  # another process prunes as well
            total += path.stat().st_size
            if number >= _MOST_FILES or total > _MOST_BYTES or now - when > _LONGEST_STAY:
                path.unlink()
