"""The numbers that a claim states, and which of them a text states too, otherwise, or not at all.

540B, 540 billion, 540-billion-parameter and 5400 亿 are one number. A number within a name (GPT-3,
T5, A100) is none.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from littrack.quantities import BYTES, NUMBER, SCALES
from littrack.text import fold

Kind = Literal["amount", "percent", "bytes", "year", "count"]

_LATIN = "|".join(sorted((s for s in (*SCALES, *BYTES) if s.isascii()), key=len, reverse=True))
_HAN = "|".join(sorted((s for s in SCALES if not s.isascii()), key=len, reverse=True))
_FOUND = re.compile(
    rf"(?<![A-Za-z0-9_.,])(?P<number>{NUMBER})"
    rf"(?:[ -]?(?P<scale>(?:{_LATIN})(?![A-Za-z])|{_HAN})|\s?(?P<percent>[%％]|percent|per cent))?"
    r"(?![A-Za-z0-9_])",
    re.IGNORECASE,
)
_YEARS = range(1980, 2051)
_SMALL = 0.3  # what a bare count below a hundred, or a year, says against an amount
_CLOSE = 10.0  # times; a number further off is another fact, not the same one stated otherwise


class Number(NamedTuple):
    """A number as it is written, what it is worth, and where it stands."""

    text: str
    value: float
    kind: Kind
    start: int
    end: int


def extract_numbers(text: str) -> list[Number]:
    """The numbers of a text in order, with their scale: "5400 亿" is 5.4e11."""
    found = []
    for match in _FOUND.finditer(text):
        number = _read(match, text)
        if number is not None:
            found.append(number)
    return found


def _read(match: re.Match[str], text: str) -> Number | None:
    scale = (match["scale"] or "").lower()
    start = match.start()
    if not scale and start > 1 and text[start - 1] in "-–" and text[start - 2].isalnum():
        return None  # GPT-3, BLEU-4; and the second half of a range says little alone
    digits = match["number"].replace(",", "")
    value = float(digits) * (BYTES.get(scale) or SCALES.get(scale, 1.0))
    if not math.isfinite(value):
        return None
    kind: Kind = "amount" if scale else "count"
    if match["percent"]:
        kind = "percent"
    elif scale in BYTES:
        kind = "bytes"
    elif not scale and digits.isdigit() and "," not in match["number"] and int(digits) in _YEARS:
        kind = "year"
    return Number(match[0].strip(), value, kind, start, match.end())


class Agreement(NamedTuple):
    """How the numbers of a claim stand against a text."""

    agree: tuple[str, ...]  # as the claim writes them
    differ: tuple[tuple[str, str], ...]  # the claim's, and the text's in its place
    absent: tuple[str, ...]
    strength: float = 0.0  # how much the agreeing ones say: 1 for each but a small bare count

    @property
    def share(self) -> float:
        """Of the claim's numbers, how many agree; a number stated otherwise counts against it."""
        total = len(self.agree) + len(self.differ) + len(self.absent)
        return (len(self.agree) - 0.5 * len(self.differ)) / total if total else 0.0


def compare_numbers(
    claim: Sequence[Number], sentence: Sequence[Number], elsewhere: Sequence[Number] = ()
) -> Agreement:
    """The claim's numbers against those of a sentence, and of the rest of its paper.

    One that is found nowhere is paired with the nearest number of its kind in the sentence that no
    number of the claim agrees with. A year that is absent is never called different.
    """
    there = [*sentence, *elsewhere]
    agree: list[Number] = []
    open_: list[Number] = []
    for number in dict.fromkeys(claim):
        (agree if any(_equal(number, one) for one in there) else open_).append(number)
    free = [one for one in sentence if not any(_equal(one, number) for number in claim)]
    differ, absent = [], []
    for number in open_:
        rivals = [one for one in free if one.kind == number.kind and _ratio(number, one) <= _CLOSE]
        if rivals and number.kind != "year":
            nearest = min(rivals, key=lambda one: (_ratio(number, one), one.start))
            free.remove(nearest)
            differ.append((number.text, nearest.text))
        else:
            absent.append(number.text)
    telling = {number.value: 1.0 if _is_telling(number) else _SMALL for number in agree}
    return Agreement(
        tuple(dict.fromkeys(number.text for number in agree)),
        tuple(differ),
        tuple(absent),
        sum(telling.values()),
    )


def _is_telling(number: Number) -> bool:
    """Whether a text has this number hardly by accident: with a unit, or three digits or more."""
    return number.kind not in ("count", "year") or (number.kind == "count" and number.value >= 100)


def _equal(one: Number, other: Number) -> bool:
    if "percent" in (one.kind, other.kind) and one.kind != other.kind:
        return False
    return math.isclose(one.value, other.value, rel_tol=1e-9)


def _ratio(one: Number, other: Number) -> float:
    low, high = sorted((abs(one.value), abs(other.value)))
    return high / low if low else math.inf


def other_writings(number: Number) -> list[str]:
    """How a paper in English may write an amount: 5400 亿 as "540b", "540 billion"."""
    if number.kind != "amount":
        return [fold(number.text)]
    for letter, name in (("t", "trillion"), ("b", "billion"), ("m", "million"), ("k", "thousand")):
        worth = float(f"{number.value / SCALES[letter]:.6g}")
        if worth >= 1 or letter == "k":
            written = f"{worth:.10g}"
            return [f"{written}{letter}", f"{written} {name}"]
    return []
