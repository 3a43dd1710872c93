"""SVG by hand: what a text measures, and one writer for each element the figures use.

Widths come from a table of Liberation Sans, which has the metrics of Arial and Helvetica, so that a
figure has the same bytes on every machine. Lengths are in CSS pixels; numbers are written with two
digits.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path

# The last but the generic one are the Chinese fonts of Linux, macOS and Windows.
FONT_FAMILY = (
    "Liberation Sans, Arial, Helvetica, Littrack Sans SC, Noto Sans CJK SC, PingFang SC, "
    "Microsoft YaHei, sans-serif"
)
_EM = 2048  # units that the table of widths divides an em into


@cache
def character_widths(*, bold: bool = False) -> Mapping[str, int]:
    """The advance of each character of Liberation Sans, in 2048ths of an em."""
    text = (Path(__file__).parent / "fonts/liberation_sans_widths.json").read_text("utf-8")
    table: Mapping[str, Mapping[str, str]] = json.loads(text)
    return {
        character: int(width)
        for width, characters in table["bold" if bold else "regular"].items()
        for character in characters
    }


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide a text is set at a font size, without kerning, which only makes it narrower.

    What Liberation Sans does not have is taken to be as wide as a Chinese character: 1 em.
    """
    widths = character_widths(bold=bold)
    return sum(_advance(character, widths) for character in text) * size / _EM


def _advance(character: str, widths: Mapping[str, int]) -> int:
    known = widths.get(character)
    if known is not None:
        return known
    return 0 if unicodedata.category(character) in ("Mn", "Me", "Cf") else _EM


def shorten(text: str, size: float, room: float, *, bold: bool = False) -> str:
    """The text, its end replaced by "…" where it is wider than the room."""
    if text_width(text, size, bold=bold) <= room:
        return text
    while text and text_width(text + "…", size, bold=bold) > room:
        text = text[:-1].rstrip()
    return text + "…"


def wrap(text: str, size: float, room: float, *, lines: int, bold: bool = False) -> list[str]:
    """A name on as few lines as it needs; the last one is shortened if ``lines`` are too few.

    Lines break after spaces, hyphens and the like, before Chinese characters, else anywhere.
    """
    broken: list[str] = []
    rest = text.strip()
    while len(broken) < lines - 1 and text_width(rest, size, bold=bold) > room:
        line = _beginning(rest, size, room, bold=bold)
        broken.append(line.rstrip())
        rest = rest[len(line) :].lstrip()
    return [*broken, shorten(rest, size, room, bold=bold)]


def _beginning(text: str, size: float, room: float, *, bold: bool) -> str:
    """As much of a text as fits in the room, up to a place where a line may break."""
    end = 1
    while end < len(text) and text_width(text[: end + 1].rstrip(), size, bold=bold) <= room:
        end += 1
    breaks = [place for place in range(1, end + 1) if _may_break(text, place)]
    return text[: breaks[-1] if breaks else end]


def _may_break(text: str, place: int) -> bool:
    return place == len(text) or text[place - 1] in " -–/_" or text[place] >= "\u2e80"


def escape(text: str) -> str:
    """A text as XML holds it, between tags and in attributes, without what XML 1.0 forbids."""
    kept = "".join(character for character in text if _is_allowed(character))
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        kept = kept.replace(character, entity)
    return kept


def _is_allowed(character: str) -> bool:
    if character < " ":
        return character in "\t\n\r"
    return not "\ud800" <= character <= "\udfff" and character not in "\ufffe\uffff"


def number(value: float) -> str:
    """A length with two digits at most: 12, 12.5, 0.33.

    >>> number(12.0), number(-0.001)
    ('12', '0')
    """
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def element(name: str, content: str | None = None, **attributes: str | float | None) -> str:
    """One element; ``content`` is markup. ``stroke_width`` is written stroke-width, None left out.

    >>> element("rect", x=1.5, stroke_width=2, class_="box")
    '<rect x="1.5" stroke-width="2" class="box"/>'
    """
    words = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_attribute(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{words}/>" if content is None else f"<{name}{words}>{content}</{name}>"


def _attribute(value: str | float) -> str:
    return escape(value) if isinstance(value, str) else number(value)


def text_element(text: str, x: float, y: float, **attributes: str | float | None) -> str:
    """A line of text whose baseline begins at a point."""
    return element("text", escape(text), x=x, y=y, **attributes)


def link(content: str, address: str | None) -> str:
    """Markup that leads to an address; as it is without one."""
    return content if address is None else element("a", content, href=address, target="_blank")
