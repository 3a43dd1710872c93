"""Figures and pages that bring the Chinese characters they show.

A machine without a Chinese font draws boxes. So an SVG or HTML file carries a subset of our own
font (`present/fonts/README.md`) with just the characters in it, some tens of kilobytes; a file
without Chinese stays as it is. fontTools makes the subset; the same file gives the same bytes.
"""

from __future__ import annotations

import re
from base64 import b64encode
from functools import lru_cache
from io import BytesIO

from littrack.present.pictures import FONTS, chinese_characters

FAMILY = "Littrack Sans SC"
_FILE = "LittrackSansSC-Regular.otf"
_PLACE = re.compile(r"<head>|<svg\b[^>]*>")


def embed_font(document: str) -> str:
    """The SVG or HTML document with the characters of our Chinese font that occur in it."""
    used = "".join(sorted(set(document) & chinese_characters()))
    place = _PLACE.search(document)
    if not used or place is None:
        return document
    data = b64encode(_subset(used)).decode("ascii")
    style = (
        f'<style>@font-face {{ font-family: "{FAMILY}"; '
        f'src: url("data:font/woff;base64,{data}") format("woff"); }}</style>'
    )
    return f"{document[: place.end()]}\n{style}{document[place.end() :]}"


@lru_cache(maxsize=8)
def _subset(characters: str) -> bytes:
    """A WOFF file of these characters."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    options = Options(hinting=False, layout_features=[], notdef_outline=True)
    subsetter, target = Subsetter(options), BytesIO()
    subsetter.populate(text=characters)
    with TTFont(FONTS / _FILE, recalcTimestamp=False, lazy=True) as font:
        subsetter.subset(font)
        font.flavor = "woff"
        font.save(target)
    return target.getvalue()
