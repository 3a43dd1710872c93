r"""A title or abstract without its markup, in which every character knows where it came from.

``PanGu-\(\alpha\)`` and ``**Poro 34B**`` are matched as ``PanGu-α`` and ``Poro 34B``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from littrack.claims import ClaimValue, Finding, ModelField
from littrack.text import sentences

# One character for one: typographic variants that papers use without a difference.
_ALIKE = str.maketrans(
    {
        "\u2010": "-",
        "\u2011": "-",
        "\u2212": "-",
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
        "\n": " ",
        "\r": " ",
        "\t": " ",
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
    }
)
_GREEK = {
    unicodedata.name(chr(code)).rpartition(" ")[2].lower(): chr(code)
    for code in range(0x3B1, 0x3CA)
    if code != 0x3C2  # the final sigma has no name of its own in TeX
} | {"Sigma": "Σ", "Omega": "Ω", "Delta": "Δ", "Phi": "Φ", "Psi": "Ψ", "Gamma": "Γ", "Pi": "Π"}
_COMMANDS: Mapping[str, str] = _GREEK | {
    "times": "×",
    "sim": "~",
    "approx": "~",
    "to": "-",
    "rightarrow": "-",
    "ldots": "...",
    "geq": ">",
    "leq": "<",
    "infty": "∞",
}
_MARKUP = re.compile(
    r"\\(?P<name>[A-Za-z]+)\*?\s*(?:\{\})?"
    r"|\\(?P<sign>[%&#_$])|\\[\"'`^~=.](?=\{?[A-Za-z])"
    r"|\\[()\[\]{}]|\$|[{}]|\*\*|`{1,2}|''"
    r"|(?<=[A-Za-z])~(?=[A-Za-z])"
)
_HAS_MARKUP = re.compile(r"[\\${}`]|\*\*|''|[A-Za-z]~[A-Za-z]")


@dataclass(frozen=True)
class Passage:
    """A title or an abstract as the rules read it."""

    part: str  # "title" or "abstract"
    original: str
    text: str  # without markup
    # Where each character of `text` begins and ends in `original`; None: at the same place.
    places: tuple[tuple[int, int], ...] | None

    @cached_property
    def sentences(self) -> tuple[tuple[int, int], ...]:
        """Sentences as spans of `text`; a title is one."""
        if self.part == "title":
            return ((0, len(self.text)),)
        return tuple(sentences(self.text))

    def sentence_at(self, position: int) -> tuple[int, int]:
        """The span of the sentence that holds a character of `text`."""
        for start, end in self.sentences:
            if start <= position < end:
                return start, end
        return 0, len(self.text)

    def finding(
        self,
        field: ModelField,
        value: ClaimValue,
        span: tuple[int, int],
        confidence: float = 1.0,
    ) -> Finding:
        """A finding at a span of `text`, said in characters of the original."""
        sentence = self.original_span(self.sentence_at(span[0]))
        start, end = self.original_span(span)
        words = self.original[slice(*sentence)]
        return Finding(field, value, self.part, start, end, words, confidence)

    def original_span(self, span: tuple[int, int]) -> tuple[int, int]:
        """Where a span of `text` stands in the original."""
        start, end = span
        if self.places is None or end <= start:
            return start, end
        return self.places[start][0], self.places[end - 1][1]


def read_passage(part: str, original: str) -> Passage:
    """The text without TeX and Markdown, with typographic variants made one."""
    text = original if original.isascii() else original.translate(_ALIKE)
    if original.isascii() and not original.isprintable():
        text = original.translate(_ALIKE)
    if not _HAS_MARKUP.search(text):
        return Passage(part, original, text, None)
    letters: list[str] = []
    places: list[tuple[int, int]] = []
    for piece, start, end in _pieces(text):
        letters.append(piece)
        if end - start == len(piece):
            places.extend((place, place + 1) for place in range(start, end))
        else:
            places.extend([(start, end)] * len(piece))
    return Passage(part, original, "".join(letters), tuple(places))


def _pieces(text: str) -> Iterator[tuple[str, int, int]]:
    """What is left of the text, piece by piece, and where each began and ended."""
    done = 0
    for markup in _MARKUP.finditer(text):
        yield text[done : markup.start()], done, markup.start()
        yield _meaning(markup), markup.start(), markup.end()
        done = markup.end()
    yield text[done:], done, len(text)


def _meaning(markup: re.Match[str]) -> str:
    """What stands for a piece of markup in the plain text."""
    if markup["name"]:
        return _COMMANDS.get(markup["name"], "")
    if markup["sign"]:
        return markup["sign"]
    if markup[0] in ("``", "''"):
        return '"'
    return " " if markup[0] == "~" else ""
