"""A file of arXiv metadata, one JSON object a line -> papers and, line by line, what was wrong.

Two formats, told apart by their first records: the arXiv snapshot on Kaggle
(``Cornell-University/arxiv``, 14 keys, dates in RFC 2822) and littrack's simple lines. Both may be
gzipped. Reading streams, and can go on after any line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from littrack.errors import InputError
from littrack.records import Paper, Rejection
from littrack.sources.paper_files.kaggle_lines import is_kaggle, kaggle_paper
from littrack.sources.paper_files.lines import Fingerprint, RawLine, fingerprint, read_lines
from littrack.sources.paper_files.simple_lines import simple_paper

__all__ = ["Fingerprint", "RawLine", "SnapshotLine", "fingerprint", "read_snapshot"]

Layout = Literal["kaggle", "simple"]

_FIRST_LINES = 100  # that tell the format
_UTF8_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class SnapshotLine:
    """One line of the file: either ``paper`` or ``rejection`` is set."""

    line_number: int  # 1-based
    byte_position: int  # bytes of the file, as on disk, read so far: `Fingerprint.progress`
    paper: Paper | None = None
    rejection: Rejection | None = None


def read_snapshot(path: Path, start_line: int = 0) -> Iterator[SnapshotLine]:
    """Every line after ``start_line`` (the number of lines already done); blank ones are left out.

    Raises:
        InputError: there is no such file, it is empty, binary or not JSON lines; or, after the
            good lines before it, where a gzipped file is cut off or damaged.
    """
    layout = find_layout(path)
    for line in read_raw_lines(path, start_line):
        yield parse_line(line, layout)


def read_raw_lines(path: Path, start_line: int = 0) -> Iterator[RawLine]:
    """The lines of `read_snapshot`, not parsed yet."""
    for line in read_lines(path):
        if line.number > start_line and (line.data is None or line.data.strip()):
            yield line


def parse_line(line: RawLine, layout: Layout) -> SnapshotLine:
    """A paper, or why there is none."""
    to_paper = kaggle_paper if layout == "kaggle" else simple_paper
    try:
        return SnapshotLine(line.number, line.byte_position, to_paper(_object(line)))
    except ValueError as exc:
        rejection = Rejection(f"line {line.number}", str(exc))
        return SnapshotLine(line.number, line.byte_position, None, rejection)


def _object(line: RawLine) -> dict[str, Any]:
    """The JSON object on a line; ValueError in words for the user otherwise."""
    data = line.data
    if data is None:
        raise ValueError("the line is longer than 16 MiB; no record is")
    if line.number == 1 and data.startswith(_UTF8_MARK):
        data = data[3:]
    try:
        value = json.loads(data.decode("utf-8"))
    except UnicodeDecodeError as exc:
        raise ValueError(f"not UTF-8 at byte {exc.start + 1} of the line") from exc
    except json.JSONDecodeError as exc:
        raise ValueError(f"not JSON: {exc.msg} at character {exc.pos + 1}") from exc
    except RecursionError as exc:
        raise ValueError("not JSON that can be read: nested too deeply") from exc
    if not isinstance(value, dict):
        raise ValueError("not a JSON object: a line should be {...}")
    return value


def find_layout(path: Path) -> Layout:
    """How this file's records are written, from the first of them that are objects.

    Raises:
        InputError: as `read_snapshot`.
    """
    blank = objects = 0
    first: bytes | None = None
    try:
        for line in islice(read_lines(path), _FIRST_LINES):
            data = line.data or b""
            if b"\0" in data:
                raise InputError("this is a binary file or not UTF-8, not JSON lines", path)
            if not data.strip():
                blank += 1
                continue
            first = first or data.removeprefix(_UTF8_MARK).strip()
            objects += data.removeprefix(_UTF8_MARK).lstrip().startswith(b"{")
            try:
                record = _object(line)
            except ValueError:
                continue
            return "kaggle" if is_kaggle(record) else "simple"
    except InputError:
        if not objects:
            raise
    if objects:  # broken lines throughout: each is reported by itself
        return "simple"
    if first is None and blank < _FIRST_LINES:
        raise InputError("the file is empty", path)
    if first and first.startswith(b"["):
        raise InputError("this is one JSON array; expected JSON lines, one object a line", path)
    raise InputError("this is not JSON lines: none of its first lines begins with {", path)
