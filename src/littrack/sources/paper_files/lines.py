"""Lines of a file that may be gzipped, in bounded memory, saying how far in the file they end.

Whether the file is gzipped is told by its first bytes, not its name. A file that breaks off gives
its whole lines first and the error after them, which the `gzip` module's reader does not promise.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

from littrack.errors import InputError

GZIP_MAGIC = b"\x1f\x8b"
LONGEST_LINE_BYTES = 16 * 2**20  # a paper has a few thousand; 5,000 authors still fit
_CHUNK_BYTES = 2**18
_FINGERPRINT_BYTES = 65536


class RawLine(NamedTuple):
    """One line without its end; ``data`` None: longer than any record, and skipped."""

    number: int  # 1-based
    byte_position: int  # bytes of the file (as on disk) that had been read
    data: bytes | None


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What tells that a file is still the one that was being read."""

    size: int  # bytes on disk
    sha256: str  # of the first and the last 64 KiB

    def progress(self, byte_position: int) -> float:
        """The part of the file that was read, 0 to 1."""
        return min(1.0, byte_position / self.size) if self.size else 1.0


def fingerprint(path: Path) -> Fingerprint:
    """Size, and a checksum over both ends of the file: cheap for gigabytes.

    Raises:
        InputError: there is no such file, or it cannot be read.
    """
    with open_file(path) as file:
        size = path.stat().st_size
        digest = hashlib.sha256(file.read(_FINGERPRINT_BYTES))
        file.seek(max(0, size - _FINGERPRINT_BYTES))
        digest.update(file.read(_FINGERPRINT_BYTES))
    return Fingerprint(size, digest.hexdigest())


def open_file(path: Path) -> BinaryIO:
    """Open for reading bytes.

    Raises:
        InputError: in words for the user.
    """
    if path.is_dir():
        raise InputError("this is a folder; name the file in it", path)
    try:
        return path.open("rb")
    except FileNotFoundError as exc:
        raise InputError("there is no such file", path) from exc
    except OSError as exc:
        raise InputError(f"cannot be read: {exc.strerror or exc}", path) from exc


def read_lines(path: Path) -> Iterator[RawLine]:
    """Every line, in order; the last one may lack its line feed.

    Raises:
        InputError: not readable; or, after the whole lines before it, where the gzip data break.
    """
    number, rest, skipping, position = 0, b"", False, 0
    try:
        for position, block in _blocks(path):
            lines = (rest + block).split(b"\n")
            rest = lines.pop()
            for line in lines:
                number += 1
                yield RawLine(number, position, None if skipping else line)
                skipping = False
            if len(rest) > LONGEST_LINE_BYTES:
                rest, skipping = b"", True
    except (zlib.error, EOFError, OSError) as exc:
        raise InputError(
            f"the file is damaged or cut off after line {number}: {exc}", path
        ) from exc
    if rest or skipping:
        yield RawLine(number + 1, position, None if skipping else rest)


def _blocks(path: Path) -> Iterator[tuple[int, bytes]]:
    """(bytes read from disk, plain bytes), each block of bounded size."""
    with open_file(path) as file:
        if file.read(2) == GZIP_MAGIC:
            file.seek(0)
            yield from _gunzip(file)
            return
        file.seek(0)
        while block := file.read(_CHUNK_BYTES):
            yield file.tell(), block


def _gunzip(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    member = zlib.decompressobj(wbits=31)
    pending = b""
    while True:
        chunk = pending or file.read(_CHUNK_BYTES)
        if not chunk:
            break
        plain = member.decompress(chunk, 4 * _CHUNK_BYTES)
        yield file.tell(), plain
        pending = member.unconsumed_tail
        if member.eof:  # several members in one file are one text; zeros after the last are padding
            pending = member.unused_data
            if not pending.strip(b"\0"):
                pending = file.read(_CHUNK_BYTES).lstrip(b"\0")
            pending = pending.lstrip(b"\0")
            if not pending:
                return
            member = zlib.decompressobj(wbits=31)
    raise EOFError("the compressed data have no end")
