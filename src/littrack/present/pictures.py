"""SVG to PNG and PDF, the same on every machine: with fonts that come along."""

from __future__ import annotations

import re
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

from littrack.present.pdf_order import put_in_order
from littrack.present.svg import character_widths

FONTS = Path(__file__).parent / "fonts"
_TEXT = re.compile(r"<text\b[^>]*>(.*?)</text>", re.DOTALL)
_NOT_SHOWN = re.compile(r"<(title|desc)\b.*?</\1>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


def render_png(svg: str, scale: float = 2.0) -> bytes:
    """A picture of ``scale`` pixels for each CSS pixel of the figure."""
    found: bytes = _converter().svg_to_png(svg, scale=scale)
    return found


def render_pdf(svg: str) -> bytes:
    """A page of the figure's size; text stays text and its fonts are embedded."""
    return put_in_order(_converter().svg_to_pdf(svg))


def missing_characters(svg: str) -> str:
    """The characters, each once, that neither of our fonts has: a picture may show them as boxes.

    A font of the machine may have them; what is drawn then differs from machine to machine.
    """
    shown = "".join(_TEXT.findall(_NOT_SHOWN.sub("", svg)))
    used = set(unescape(_TAG.sub("", shown)))
    known = character_widths().keys() | chinese_characters()
    return "".join(sorted(one for one in used - known if not one.isspace()))


@cache
def chinese_characters() -> frozenset[str]:
    """What the Chinese font that comes along has."""
    return frozenset((FONTS / "littrack_sans_sc.txt").read_text("utf-8")) - {"\n"}


@cache
def _converter() -> Any:
    """The converter, which knows Liberation Sans, once it has been told of the Chinese font."""
    import vl_convert  # 80 MB: only for those who want a picture

    vl_convert.register_font_directory(str(FONTS))
    return vl_convert
