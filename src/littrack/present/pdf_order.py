"""The objects of a PDF file in a fixed order.

The converter walks over tables whose order changes from run to run: the same figure gives the same
objects in another order and under other numbers. Here they are numbered as a reader that starts at
the root of the file meets them.
"""

from __future__ import annotations

import re
from itertools import pairwise

_REFERENCE = re.compile(rb"\b(\d+) 0 R\b")
_TABLE = re.compile(rb"xref\s+0 (\d+)\s+")
_ENTRY = 20  # bytes of a line of the cross-reference table
# The fonts, images and patterns that a page uses, under names that the page's content knows.
_RESOURCES = re.compile(rb"(?<=<<\n)(?:\s*/[A-Za-z]+\d+ \d+ 0 R\n){2,}")
_BINARY = b"%\xe2\xe3\xcf\xd3\n"  # tells programs that the file is not text


def put_in_order(pdf: bytes) -> bytes:
    """The same document, as the same bytes however the converter ordered its objects.

    Raises:
        ValueError: the file is not built as the converter builds it: one plain table, no updates.
    """
    objects = _read_objects(pdf)
    trailer = pdf[pdf.rindex(b"trailer") : pdf.rindex(b"startxref")]
    numbers = _numbers(trailer, objects)
    parts, places = [pdf[: pdf.index(b"\n") + 1], _BINARY], []
    for old, new in numbers.items():
        places.append(sum(map(len, parts)))
        parts.append(b"%d 0 obj\n%s\nendobj\n\n" % (new, _renumbered(objects[old], numbers)))
    start = sum(map(len, parts))
    size = b"%d" % (len(places) + 1)
    parts += [b"xref\n0 %s\n0000000000 65535 f \n" % size]
    parts += [b"%010d 00000 n \n" % place for place in places]
    parts += [re.sub(rb"(?<=/Size )\d+", size, _renumbered(trailer, numbers))]
    return b"".join(parts) + b"startxref\n%d\n%%%%EOF\n" % start


def _read_objects(pdf: bytes) -> dict[int, bytes]:
    """The content of each object under its number, the entries of its resources sorted."""
    end = int(pdf[pdf.rindex(b"startxref") :].split()[1])
    table = _TABLE.match(pdf, end)
    if table is None:
        raise ValueError("the PDF file has no plain table of its objects")
    entries = [table.end() + number * _ENTRY for number in range(1, int(table[1]))]
    starts = {int(pdf[entry : entry + 10]): number for number, entry in enumerate(entries, 1)}
    objects = {}
    for start, following in pairwise([*sorted(starts), end]):
        head = b"%d 0 obj\n" % starts[start]
        if not pdf.startswith(head, start):
            raise ValueError(f"object {starts[start]} of the PDF file is not where its table says")
        content = pdf[start + len(head) : pdf.rindex(b"endobj", start, following)]
        objects[starts[start]] = content.removesuffix(b"\n")
    return objects


def _numbers(trailer: bytes, objects: dict[int, bytes]) -> dict[int, int]:
    """Old number to new, in the order in which the objects are met."""
    numbers: dict[int, int] = {}
    todo = [trailer]
    while todo:
        for found in _REFERENCE.finditer(_head(todo.pop(0))):
            old = int(found[1])
            if old not in numbers:
                numbers[old] = len(numbers) + 1
                todo.append(objects[old])
    return numbers


def _head(content: bytes) -> bytes:
    """An object without its stream: the bytes of an image may look like anything."""
    return _RESOURCES.sub(_in_order, content.split(b"stream\n", 1)[0])


def _in_order(found: re.Match[bytes]) -> bytes:
    """The lines of a dictionary, sorted by name: fo2 before fo10."""
    lines: list[bytes] = found[0].splitlines(keepends=True)
    lines.sort(key=lambda line: (len(line.split()[0]), line))
    return b"".join(lines)


def _renumbered(content: bytes, numbers: dict[int, int]) -> bytes:
    head = _head(content)
    stream = content[len(head) :]  # sorting keeps the length
    return _REFERENCE.sub(lambda found: b"%d 0 R" % numbers[int(found[1])], head) + stream
