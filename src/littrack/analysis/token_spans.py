"""Where the tokens of a text stand in it: `text.tokens` with offsets into the original.

Folding changes lengths (ﬁ is two letters, an accent may be none, TeX writes é in three), so the
text is folded piece by piece, and each folded character remembers the piece that it came from.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from littrack.text import tokens, words


class TokenSpan(NamedTuple):
    """A token as the index holds it, and the characters ``[start, end)`` that it was made of."""

    token: str
    start: int
    end: int


# What folds as one: an accent written in TeX, syllables of Hangul given in parts, or a character
# with the marks that are composed with it.
_PIECE = re.compile(
    r"\\[\"'`^~=.]\s*\{?[A-Za-z]\}?|\\[chvuCHVU]\{[A-Za-z]\}"
    r"|[\u1100-\u11ff]+"
    # Characters are simplified by the phrase they stand in: 乾 of 乾隆 is not that of 乾燥.
    r"|[\u3400-\u4dbf\u4e00-\u9fff]+(?![\u0300-\u036f\u3099\u309a])"
    r"|.[\u0300-\u036f\u1ab0-\u1aff\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f]*",
    re.DOTALL,
)
_ACCENTS = re.compile("[\u0300-\u036f]+")
_ONLY_WORDS = {code: " " for code in range(128) if not chr(code).isalnum()}
_PLAIN_WORD = re.compile(r"[A-Za-z0-9]+")


def find_token_spans(text: str) -> list[TokenSpan]:
    """The tokens of a text in order, as `text.tokens` gives them, each with its place."""
    if text.isascii() and "\\" not in text:
        places = (found.span() for found in _PLAIN_WORD.finditer(text))
        return [
            TokenSpan(token, start, end)
            for token, (start, end) in zip(tokens(text), places, strict=True)
        ]
    folded, starts, ends = fold_with_places(text)
    spans: list[TokenSpan] = []
    place = 0
    for word in words(text):
        at = folded.find(word, place)
        if at < 0:  # folded otherwise as a whole than by pieces, as a final sigma is
            continue
        place = at + len(word)
        found = tokens(word)
        if len(found) == 1:
            spans.append(TokenSpan(found[0], starts[at], ends[place - 1]))
            continue
        for first, token in enumerate(found, at):  # pairs of neighbouring characters
            spans.append(TokenSpan(token, starts[first], ends[first + len(token) - 1]))
    return spans


def fold_with_places(text: str) -> tuple[str, Sequence[int], Sequence[int]]:
    """The words of a text folded, all else as spaces; where each character of it came from.

    The places are offsets into `text`: the beginning and the end of the piece that was folded.
    """
    if text.isascii() and "\\" not in text:
        folded_words = text.lower().translate(_ONLY_WORDS)
        return folded_words, range(len(text)), range(1, len(text) + 1)
    folded: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for found in _PIECE.finditer(text):
        piece = _fold_piece(found[0])
        folded.append(piece)
        if len(piece) == len(found[0]):  # character by character
            starts += range(found.start(), found.end())
            ends += range(found.start() + 1, found.end() + 1)
            continue
        starts += [found.start()] * len(piece)
        ends += [found.end()] * len(piece)
    return "".join(folded), starts, ends


@lru_cache(maxsize=20_000)
def _fold_piece(piece: str) -> str:
    return " ".join(words(piece)) or ("" if _ACCENTS.fullmatch(piece) else " ")
