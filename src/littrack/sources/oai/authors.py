"""The free text in which arXivRaw names the authors -> one name each, as Atom lists them. Pure.

The text is what the submitter typed: affiliations in parentheses, also nested; commas and "and"
between the names; accents in TeX, which arXiv's other formats turn into letters.
"""

from __future__ import annotations

import re
from unicodedata import normalize

from littrack.sources.paper_files.simple_lines import NAMES

_INNERMOST = re.compile(r"\([^()]*\)")
_NEVER_CLOSED = re.compile(r"\([^,;]*")
_BETWEEN = re.compile(r"\s*[,;]\s*(?:and\s+|&\s*)?|:\s+|\s+and\s+|\s+&\s+", re.IGNORECASE)
_SUFFIX = re.compile(r"(?:[JS]r\.?|I{2,3}|IV)", re.IGNORECASE)
_AND_OTHERS = re.compile(r"\s*\bet\.?\s+al\b\.?$", re.IGNORECASE)

_ACCENTS = dict(
    zip(
        "\"'`^~=.cvHukrdb",
        "\u0308\u0301\u0300\u0302\u0303\u0304\u0307"
        "\u0327\u030c\u030b\u0306\u0328\u030a\u0323\u0331",
        strict=True,
    )
)
_LETTERS = {
    **{"ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å"},
    **{"o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "i": "i", "j": "j"},
}
_ACCENTED = re.compile(
    r"\\(?:([\"'`^~=.])|([cvHukrdb])(?=[\s{\\]))\s*"
    r"(?:\{\s*\\?([A-Za-z])\s*\}|\\([ij])(?![A-Za-z])\s*|([A-Za-z]))"
)
_NAMED_LETTER = re.compile(r"\\(ss|ae|AE|oe|OE|aa|AA|[oOlLij])(?![A-Za-z])\s*")
_SPACES = re.compile(r"~|\\[ ,;]")
_BRACES = str.maketrans("", "", "{}")


def split_names(text: str) -> tuple[str, ...]:
    """Every name of ``text`` in order; a "Jr." or "III" stays with its name, "et al" is dropped."""
    names: list[str] = []
    for part in _BETWEEN.split(_without_affiliations(_without_tex(text))):
        name = NAMES(part)
        if "al" in name:
            name = _AND_OTHERS.sub("", name)
        if names and _SUFFIX.fullmatch(name):
            names[-1] = f"{names[-1]} {name}"
        elif name and name.lower() != "and":
            names.append(name)
    return tuple(names)


def _without_affiliations(text: str) -> str:
    if "(" not in text and ")" not in text:
        return text
    before = ""
    while before != text:
        before, text = text, _INNERMOST.sub(" ", text)
    return _NEVER_CLOSED.sub(" ", text).replace(")", " ")


def _without_tex(text: str) -> str:
    r"""Accents as letters: ``Schr\"odinger`` -> Schrödinger. Unknown commands stay as they are."""
    if "\\" not in text and "{" not in text and "~" not in text:
        return text
    text = _ACCENTED.sub(_accented, text)
    text = _NAMED_LETTER.sub(lambda match: _LETTERS[match[1]], text)
    return _SPACES.sub(" ", text).translate(_BRACES)


def _accented(match: re.Match[str]) -> str:
    mark = _ACCENTS[match[1] or match[2]]
    return normalize("NFC", (match[3] or match[4] or match[5]) + mark)
