"""The bytes of a text file -> its characters, unchanged, and the encoding they are in.

A byte order mark and the line ends stay in the text, so that ``text.encode(encoding)`` gives the
bytes back, unless some of them could not be read: those stand as U+FFFD.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import NamedTuple

from littrack.errors import InputError


class Decoded(NamedTuple):
    """The text of a file, exactly."""

    text: str
    encoding: str


# Big5 as Hong Kong writes it holds all of Big5.
_LEGACY = ("gb18030", "big5hkscs", "cp1252")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: it begins with the same two bytes
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BINARY = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffe\uffff]")
_MOST_DAMAGED = 0.03  # of the characters: more, and it is no text with a few broken spots
_LEAST_COMMON = 0.5  # of what is not ASCII: less, and it is in another encoding than these
_MOST_BINARY = 0.05  # of the characters: formulas copied from a PDF leave a few behind
_SAMPLE = 2**16  # bytes that tell the encoding
_COMMON = {"gb18030": "gb2312", "big5hkscs": "big5"}


def decode_note(data: bytes, path: Path) -> Decoded:
    """The characters of a text file.

    Raises:
        InputError: binary, or in an encoding that cannot be told.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _checked(Decoded(data.decode(name, "replace"), name), path)
    if b"\0" in data[:_SAMPLE]:
        return _checked(_wide(data, path), path)
    try:
        return _checked(Decoded(data.decode("utf-8"), "utf-8"), path)
    except UnicodeDecodeError:
        pass
    damaged = Decoded(data.decode("utf-8", "replace"), "utf-8")
    if damaged.text.count("\ufffd") <= _MOST_DAMAGED * len(damaged.text) and not _is_legacy(data):
        return _checked(damaged, path)
    return _checked(_legacy(data, path), path)


def _wide(data: bytes, path: Path) -> Decoded:
    """UTF-16 without a mark: every second byte of its Western letters is zero."""
    even, odd = data[::2].count(0), data[1::2].count(0)
    name = "utf-16-le" if odd >= even else "utf-16-be"
    if len(data) % 2 == 0 and max(even, odd) > 10 * min(even, odd):
        try:
            return Decoded(data.decode(name), name)
        except UnicodeDecodeError:
            pass
    raise InputError("this is a binary file, not a note", path)


def _is_legacy(data: bytes) -> bool:
    """Whether the bytes are no UTF-8 at all: what is not ASCII in them hardly ever decodes."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return broken * 2 > sum(character > "\x7f" for character in text)


def _legacy(data: bytes, path: Path) -> Decoded:
    """The encoding whose everyday characters they are; charset-normalizer has a say in it."""
    likely = _likely(data)
    best, most = None, 0.0
    for name in _LEGACY:
        text = data.decode(name, "replace")
        common = _commonness(text, name)
        if text.count("\ufffd") > _MOST_DAMAGED * len(text) or common < _LEAST_COMMON:
            continue
        if common + 0.2 * (name == likely) > most:
            best, most = Decoded(text, name), common + 0.2 * (name == likely)
    if best is None:
        raise InputError("the encoding cannot be told; save the note as UTF-8", path)
    return best


def _likely(data: bytes) -> str:
    from charset_normalizer import from_bytes  # only a file that is no UTF-8 needs it

    best = from_bytes(data[:_SAMPLE], cp_isolation=list(_LEGACY)).best()
    return best.encoding if best is not None else ""


def _commonness(text: str, name: str) -> float:
    """The share of what is not ASCII that the small, everyday set of the encoding has."""
    high = [character for character in text[:_SAMPLE] if character > "\x7f"]
    if not high:
        return 1.0
    if name not in _COMMON:  # Latin: accented letters stand alone, among ASCII ones
        runs = re.findall(r"[^\x00-\x7f]+", text[:_SAMPLE])
        alone: int = sum(len(run) == 1 and run.isalpha() for run in runs)
        return alone / len(high)
    return sum(_has(_COMMON[name], character) for character in high) / len(high)


def _has(encoding: str, character: str) -> bool:
    """Whether the character stands in the first plane of the set: the few thousand in daily use."""
    try:
        code = character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return code < (b"\xd8" if encoding == "gb2312" else b"\xc6\x7f")


def _checked(decoded: Decoded, path: Path) -> Decoded:
    odd = len(_BINARY.findall(decoded.text))
    if odd > 3 and odd > _MOST_BINARY * len(decoded.text):
        raise InputError("this is a binary file, not a note", path)
    if decoded.text.count("\ufffd") > max(3, _MOST_DAMAGED * len(decoded.text)):
        raise InputError("too many of its bytes are no text; save the note as UTF-8", path)
    return decoded
