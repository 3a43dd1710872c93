"""Spots of a text that were decoded with the wrong encoding, or lost for good."""

from __future__ import annotations

import re
from collections.abc import Iterator

from littrack.notes import Damage, DamageKind

# UTF-8 read as Windows Latin: a leading byte, then bytes of 80-BF as that encoding shows them.
_CONTINUING = "\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_AS_LATIN = re.compile(rf"(?:[\u00c2-\u00df][{_CONTINUING}]|[\u00e0-\u00ef][{_CONTINUING}]{{2}})+")
_WIDE = re.compile(r"[^\x00-\x7f]{3,400}")
_LOST = re.compile(r"\ufffd+|(?:锟斤拷)+锟?|(?:烫){3,}|(?:屯){4,}")
# A converter's question mark in place of a character, right before the next sign.
_QUESTIONED = re.compile(r"(?<=[\u3400-\u9fff^)）\s])\?(?:[,，。]|/(?=li>))")
_HAN = re.compile("[\u3400-\u9fff]")


def find_mojibake(text: str) -> list[Damage]:
    """Every such spot, with what it was where decoding it again tells."""
    return sorted((*_lost(text), *_misread(text)), key=lambda damage: damage.span)


def _lost(text: str) -> Iterator[Damage]:
    for pattern in (_LOST, _QUESTIONED):
        for found in pattern.finditer(text):
            yield Damage(DamageKind.REPLACEMENT, found.span(), found[0])


def _misread(text: str) -> Iterator[Damage]:
    if text.isascii():
        return
    for found in _AS_LATIN.finditer(text):
        meant = _decoded_again(found[0], "cp1252") or _decoded_again(found[0], "latin-1")
        if meant and len(meant) < len(found[0]):
            yield Damage(DamageKind.MOJIBAKE, found.span(), found[0], meant)
    for found in _WIDE.finditer(text):
        # Two bytes a character, three in UTF-8: real Chinese is hardly ever UTF-8 by chance.
        meant = _decoded_again(found[0], "gb18030")
        if meant and len(_HAN.findall(meant)) * 2 > len(meant) > 1:
            yield Damage(DamageKind.MOJIBAKE, found.span(), found[0], meant)


def _decoded_again(text: str, encoding: str) -> str:
    try:
        return text.encode(encoding).decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return ""
