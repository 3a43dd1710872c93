"""Recordings of a source: every answer as it came, faults included, to be played again offline.

A recording is a folder:

    cassette.json     {"format": 1, "littrack": ..., "started": ..., "complete": ...}
    requests.jsonl    one line an answer, in order: what was asked, status, headers, name of body;
                      or, when no answer came, why
    bodies/           each different body once, gzipped, by the checksum of its bytes

What was asked is the path and the query without the host, so that a recording of arXiv also answers
for any other address with the same path. The body is written before its line: whatever is cut off
by a kill, the lines that stand are whole.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from littrack import __version__
from littrack.errors import InputError, OutputError, SourceUnavailable
from littrack.sources.http import Answer, NetworkFailure

_FORMAT = 1
_ABOUT, _REQUESTS, _BODIES = "cassette.json", "requests.jsonl", "bodies"
_KEPT_HEADERS = ("Content-Type", "Retry-After", "Location", "Date")


class Recording:
    """A cassette that answers are added to; leaving its block without an error completes it.

    ``started`` is when the first run that was recorded here began: what a replay takes for now.
    """

    def __init__(self, folder: Path, started: datetime, sequence: int) -> None:
        self.folder, self.started = folder, started
        self._sequence = sequence

    def __enter__(self) -> Recording:
        return self

    def __exit__(self, kind: type[BaseException] | None, *exc: object) -> None:
        if kind is None:
            _write_about(self.folder, self.started, complete=True)

    def add(self, url: str, came: Answer | NetworkFailure) -> None:
        """Keep what came for ``url``; OutputError if it cannot be written."""
        request = _request(url)
        service = request.split("/")[1].partition("?")[0]
        line: dict[str, Any] = {"sequence": self._sequence, "service": service, "request": request}
        with _writing(self.folder):
            if isinstance(came, NetworkFailure):
                line["failure"] = came.reason
            else:
                headers = {
                    name: came.headers[name] for name in _KEPT_HEADERS if name in came.headers
                }
                body = f"{came.sha256}.gz"
                line |= {"status": came.status, "headers": headers}
                line |= {"body": body, "sha256": came.sha256}
                if not (self.folder / _BODIES / body).exists():
                    _replace(self.folder / _BODIES / body, gzip.compress(came.body, mtime=0))
            with (self.folder / _REQUESTS).open("ab") as file:
                file.write(json.dumps(line).encode("ascii") + b"\n")
        self._sequence += 1


class Replay:
    """A cassette that answers: each answer once, in order, and the last good one ever after."""

    def __init__(
        self, folder: Path, started: datetime, complete: bool, lines: list[dict[str, Any]]
    ) -> None:
        self.folder, self.started, self.complete = folder, started, complete
        self._lines: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        for line in lines:
            self._lines[line["request"]].append(line)
        self._used: Counter[str] = Counter()

    def take(self, url: str) -> Answer | NetworkFailure:
        """What came for ``url`` when it was recorded.

        Raises:
            SourceUnavailable: this was not asked then.
            InputError: the recorded body is missing or damaged.
        """
        request = _request(url)
        lines, used = self._lines.get(request, []), self._used[request]
        good = [line for line in lines if line.get("status") == 200]
        left = lines[used:] or good[-1:]
        if not left:
            unfinished = "" if self.complete else ", which was not finished,"
            raise SourceUnavailable(
                f"the recording in {self.folder}{unfinished} has no answer to {request}"
            )
        self._used[request] += 1
        line = left[0]
        if "failure" in line:
            return NetworkFailure(line["failure"])
        return Answer(url, line["status"], line["headers"], self._body(line))

    def _body(self, line: Mapping[str, Any]) -> bytes:
        path = self.folder / _BODIES / Path(line["body"]).name
        try:
            body = gzip.decompress(path.read_bytes())
        except (OSError, EOFError, zlib.error) as exc:
            raise InputError(f"a recorded answer cannot be read: {exc}", path) from exc
        if hashlib.sha256(body).hexdigest() != line["sha256"]:
            raise InputError("a recorded answer was changed: its checksum is another one", path)
        return body


def open_recording(folder: Path, started: datetime) -> Recording:
    """Make a recording, or go on with the one that is there, which keeps its own ``started``.

    Raises:
        InputError: the folder holds a recording that cannot be read.
        OutputError: it cannot be written.
    """
    with _writing(folder):
        (folder / _BODIES).mkdir(parents=True, exist_ok=True)
    sequence = 0
    if (folder / _ABOUT).exists():
        started, _complete = _read_about(folder)
        sequence = len(_read_lines(folder))
        with _writing(folder):
            _cut_off_half_line(folder / _REQUESTS)
    _write_about(folder, started, complete=False)
    return Recording(folder, started, sequence)


def open_replay(folder: Path) -> Replay:
    """Open a recording to be answered from; InputError if there is none that can be read."""
    started, complete = _read_about(folder)
    return Replay(folder, started, complete, _read_lines(folder))


def _request(url: str) -> str:
    """Path and query of a URL, the parameters in order of their names."""
    parts = urlsplit(url)
    query = urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True)))
    return (parts.path or "/") + (f"?{query}" if query else "")


def _read_about(folder: Path) -> tuple[datetime, bool]:
    path = folder / _ABOUT
    try:
        about = json.loads(path.read_bytes())
        if about["format"] != _FORMAT:
            raise ValueError(f"its format is {about['format']}; this littrack reads {_FORMAT}")
        started = datetime.fromisoformat(about["started"])
        return started.astimezone(UTC), about["complete"] is True
    except FileNotFoundError as exc:
        raise InputError("there is no recording; --record makes one", path) from exc
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise InputError(f"this is not a recording of littrack's ({exc})", path) from exc


def _write_about(folder: Path, started: datetime, *, complete: bool) -> None:
    about = {
        "format": _FORMAT,
        "littrack": __version__,
        "started": started.astimezone(UTC).isoformat(),
        "complete": complete,
    }
    with _writing(folder):
        _replace(folder / _ABOUT, json.dumps(about, indent=2).encode("ascii") + b"\n")


def _read_lines(folder: Path) -> list[dict[str, Any]]:
    """Every whole line; what a kill left after the last line break is none."""
    path = folder / _REQUESTS
    try:
        texts = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
    except OSError as exc:
        raise InputError(f"cannot be read: {exc}", path) from exc
    lines = []
    for number, text in enumerate(texts, 1):
        try:
            line = json.loads(text)
            complete = "failure" in line or {"status", "headers", "body", "sha256"} <= line.keys()
            if not complete or not isinstance(line["request"], str):
                raise ValueError("something is missing")
        except (ValueError, KeyError, TypeError, AttributeError) as exc:
            raise InputError(f"not a recorded answer ({exc})", path, number) from exc
        lines.append(line)
    return lines


def _cut_off_half_line(path: Path) -> None:
    if path.exists():
        end = path.read_bytes().rfind(b"\n") + 1
        if end < path.stat().st_size:
            os.truncate(path, end)


def _replace(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.write_bytes(content)
    os.replace(fresh, path)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise OutputError(f"the recording in {folder} cannot be written: {exc}") from exc
