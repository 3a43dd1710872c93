"""A file of text in whatever encoding it has -> str: UTF-8, UTF-16, GB18030, Windows Latin."""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import NamedTuple

from littrack.errors import InputError
from littrack.sources.paper_files.lines import read_lines

LARGEST_BYTES = 256 * 2**20  # a list of references this long is another kind of file
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_MADE_OF_TEXT = 0.3  # of the bytes: so many are zero in UTF-16 text of Western letters


class DecodedText(NamedTuple):
    """Text with plain line feeds; `warning` says which encoding had to be guessed."""

    text: str
    warning: str = ""


def read_text(path: Path, largest_bytes: int = LARGEST_BYTES) -> DecodedText:
    """A whole file, gzipped or not.

    Raises:
        InputError: not readable, empty, binary, or larger than `largest_bytes` when unpacked.
    """
    blocks, size = [], 0
    for line in read_lines(path):
        size += len(line.data or b"") + 1
        if line.data is None or size > largest_bytes:
            raise InputError(f"larger than {largest_bytes >> 20} MiB: no reference list is", path)
        blocks.append(line.data)
    return decode(b"\n".join(blocks), path)


def decode(data: bytes, path: Path, *, is_cut: bool = False) -> DecodedText:
    """The text in these bytes; `is_cut`: they are the beginning of a longer file.

    Raises:
        InputError: empty, or binary.
    """
    if not data.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0"):
        raise InputError("the file is empty", path)
    name, warning = _find_encoding(data, is_cut)
    if not name:
        raise InputError("this is a binary file, or text in an encoding littrack cannot read", path)
    text = data.decode(name, "replace" if is_cut else "strict")
    plain = text.replace("\0", "").removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return DecodedText(plain, warning)


def _find_encoding(data: bytes, is_cut: bool) -> tuple[str, str]:
    """(encoding, warning); no encoding for binary data."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return (name, "") if _decodes(data, name, is_cut) else ("", "")
    if b"\0" in data:
        name = "utf-16-le" if data[1::2].count(0) >= data[::2].count(0) else "utf-16-be"
        zeros = data.count(0) / len(data)
        if zeros > _MADE_OF_TEXT and _decodes(data, name, is_cut):
            return name, "not UTF-8; read as UTF-16"
        return "", ""
    if _decodes(data, "utf-8", is_cut):
        return "utf-8", ""
    # In GB18030 characters are pairs of high bytes; in Latin text an accented letter stands alone.
    runs = _HIGH_RUN.findall(data)
    paired = sum(len(run) for run in runs if len(run) > 1)
    if paired * 2 > sum(map(len, runs)) and _decodes(data, "gb18030", is_cut):
        return "gb18030", "not UTF-8; read as GB18030"
    if _decodes(data, "cp1252", is_cut) and not re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", data):
        return "cp1252", "not UTF-8; read as Windows Latin (cp1252)"
    return "", ""


def _decodes(data: bytes, name: str, is_cut: bool) -> bool:
    decoder = codecs.getincrementaldecoder(name)()
    try:
        decoder.decode(data, final=not is_cut)
    except UnicodeDecodeError:
        return False
    return True
