"""A text that a reader puts together, for formats that are not text themselves."""

from __future__ import annotations

from collections.abc import Iterable

from littrack.errors import InputError
from littrack.notes import Hyperlink, PassageKind
from littrack.sources.notes.blocks import Block

LARGEST_CHARACTERS = 8 * 2**20  # a note as long as twenty novels is another kind of file


class Manuscript:
    """Grows block by block; what is added is separated by a blank line."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self.blocks: list[Block] = []
        self.links: list[Hyperlink] = []

    def add(self, text: str, kind: PassageKind = PassageKind.PARAGRAPH, level: int = 0) -> int:
        """Where the block begins in the text; one without any words is left out."""
        text = text.strip()
        start = self._length
        if not text:
            return start
        if start + len(text) > LARGEST_CHARACTERS:
            raise InputError(f"more than {LARGEST_CHARACTERS >> 20} million characters of text")
        self._parts.append(text)
        self._length += len(text) + 2
        title = " ".join(text.split()) if kind is PassageKind.HEADING else ""
        self.blocks.append(Block(start, start + len(text), kind, level, title))
        return start

    def add_link(self, start: int, end: int, target: str, label: str = "") -> None:
        """A link whose words stand at ``[start, end)`` of the whole text."""
        self.links.append(Hyperlink((start, end), target, label))

    @property
    def text(self) -> str:
        """All of it."""
        return "\n\n".join(self._parts)

    def found_links(self, others: Iterable[Hyperlink]) -> tuple[Hyperlink, ...]:
        """The links known from the format, and those others that overlap none of them."""
        known = sorted(self.links, key=lambda link: link.span)
        taken = bytearray(self._length + 2)
        for link in known:
            taken[slice(*link.span)] = b"\1" * (link.span[1] - link.span[0])
        free = [link for link in others if not any(taken[slice(*link.span)])]
        return tuple(sorted([*known, *free], key=lambda link: link.span))
