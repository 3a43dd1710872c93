"""Amounts as notes write them: 8B/62B/540B, 1300 亿, 1.56T 词, 5 到 5000 亿个标记, 780 B tokens.

What is counted may stand behind a list (8B/62B/540B 参数), and words may stand between (780 B
高质量 token). An amount that bounds others (超过 100B), or is of a part (22B 视觉参数), is marked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from littrack.claims import Quantity, Unit
from littrack.quantities import BYTES, NUMBER, SCALES

_HAN = "|".join(sorted((word for word in SCALES if not word.isascii()), key=len, reverse=True))
_WORDS = "billion|million|trillion|thousand|bn|mn|tn"
_AMOUNT = re.compile(
    rf"(?<![A-Za-z0-9_.])(?<!\d,)(?P<number>{NUMBER})"
    rf"(?:[ \u00a0-]?(?:(?P<bytes>[KMGTP]i?B)|(?P<letter>[KMBT])|(?P<word>{_WORDS}))"
    rf"(?![A-Za-z0-9])"
    rf"|\s?(?P<han>{_HAN}))",
    re.IGNORECASE,
)
_BARE = re.compile(rf"(?<![A-Za-z0-9_.-])(?<!\d,)(?P<number>{NUMBER})(?![A-Za-z0-9.%])")
_LETTERS = {"k": 1e3, "m": 1e6, "b": 1e9, "t": 1e12}
_NOUNS: tuple[tuple[Unit, str], ...] = (
    (Unit.PARAMETERS, r"参数|parameters?\b|params?\b"),
    (Unit.TOKENS, r"tokens?(?![A-Za-z])|令牌|标记|词元"),
    (Unit.WORDS, r"words?\b|单词|词(?![表汇典])"),
    (Unit.BYTES, r"bytes?\b|字节"),
    (
        Unit.EXAMPLES,
        r"examples?\b|samples?\b|documents?\b|pairs?\b|instances?\b|样本|条|篇|对(?![齐话比])|个?指令|个?问题",
    ),
)
_NOUN = re.compile(
    r"\s*(?:\([^()]{1,12}\))?\s*[个個的-]?\s*(?P<between>(?:[A-Za-z-]+\s+){0,2}?|[\u4e00-\u9fff]{0,4}?(?:模型|的)?)\s*"
    rf"(?:{'|'.join(f'(?P<u{i}>{words})' for i, (_, words) in enumerate(_NOUNS))})",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(
    r"\s*(?:\((?:[Bb]illion|[Mm]illion)\))?\s*(?:[/、,~～–—-]|和|与|及|或|到|至|\band\b|\bor\b|\bto\b|,\s*and\b)?"
    r"\s*(?:超过|over|more than|about|约)?\s*",
    re.IGNORECASE,
)
_BOUND = re.compile(
    r"(?:超过|大于|小于|不到|不足|至少|高于|低于|[><≥≤]|over|above|under|below|beyond|exceed(?:s|ing)?"
    r"|(?:more|less|larger|smaller|fewer|greater) than|at (?:least|most)|up to)\s*(?:约\s*)?$",
    re.IGNORECASE,
)
_PART = re.compile(
    r"语言|视觉|图像|音频|编码|解码|专家|嵌入|共享|英|中文|代码|非"
    r"|vision|visual|language|image|audio|encoder|decoder|expert|embedding|english|chinese|code\b|non-",
    re.IGNORECASE,
)
_ACTIVE = re.compile(r"激活|active|activated", re.IGNORECASE)
_MEMORY = re.compile(r"^\s*(?:的\s*)?(?:显存|内存|RAM|VRAM|memory|GPU|[AVH]\d{2,3})", re.IGNORECASE)
_MEMORY_BEFORE = re.compile(r"(?:显存|内存|RAM|VRAM|memory)\s*(?:of|为|:)?\s*$", re.IGNORECASE)


_LARGEST = 1e18  # of anything that is counted
_NEAR = 24  # characters that tell what kind of amount it is


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with what it counts, as far as that is said, and where it stands in a sentence."""

    value: float
    unit: Unit | None  # None: 13B, which is mostly parameters
    start: int
    end: int
    text: str
    is_bound: bool = False
    is_part: bool = False  # of something larger: 22B vision parameters
    qualifier: str = ""  # "active"

    def quantity(self, unit: Unit) -> Quantity:
        """As a claim has it."""
        return Quantity(self.value, self.unit or unit, self.qualifier)


def extract_amounts(text: str) -> list[Amount]:
    """The amounts with a scale in a sentence, in order."""
    found: list[Amount] = []
    for match in _AMOUNT.finditer(text):
        if _is_in_name(text, match.start(), found):
            continue
        if match["bytes"] and (
            _MEMORY.match(text[match.end() : match.end() + _NEAR])
            or _MEMORY_BEFORE.search(_before(text, match.start()))
        ):
            continue
        amount = _read(text, match)
        if 0 < amount.value < _LARGEST:
            found.append(amount)
    return _with_shared_units(text, found)


def _before(text: str, place: int) -> str:
    return text[max(0, place - _NEAR) : place]


def _is_in_name(text: str, start: int, found: Sequence[Amount]) -> bool:
    """Whether it belongs to a name (LLaMA-7B): a hyphen is before it, and no amount."""
    if start < 2 or text[start - 1] not in "-–" or not text[start - 2].isalnum():
        return False
    return not found or found[-1].end != start - 1


def _read(text: str, match: re.Match[str]) -> Amount:
    number = float(match["number"].replace(",", ""))
    unit: Unit | None = None
    end = match.end()
    if match["bytes"]:
        factor, unit = BYTES[match["bytes"].lower().replace("i", "")], Unit.BYTES
    elif match["letter"]:
        factor = _LETTERS[match["letter"].lower()]
    else:
        factor = SCALES[(match["word"] or match["han"]).lower()]
    part = active = False
    if unit is None:
        noun = _NOUN.match(text, end)
        if noun is not None:
            unit = next(one for i, (one, _) in enumerate(_NOUNS) if noun[f"u{i}"])
            between = noun["between"]
            part, active = bool(_PART.search(between)), bool(_ACTIVE.search(between))
            end = noun.end()
    bound = bool(_BOUND.search(_before(text, match.start())))
    value = float(f"{number * factor:.12g}")
    return Amount(
        *(value, unit, match.start(), match.end(), match[0].strip(), bound, part),
        "active" if active else "",
    )


def _with_shared_units(text: str, found: list[Amount]) -> list[Amount]:
    """What a list counts is said once, behind its last member."""
    for i in range(len(found) - 2, -1, -1):
        one, other = found[i], found[i + 1]
        if one.unit is not None or other.unit in (None, Unit.BYTES):
            continue
        if _SEPARATOR.fullmatch(text, one.end, other.start):
            found[i] = replace(one, unit=other.unit, is_part=other.is_part)
    return found


@dataclass(frozen=True, slots=True)
class Range:
    """From one amount to another; ``bare``: the first stands without a scale, "5 到 5000 亿"."""

    low: float
    high: float
    unit: Unit | None
    start: int
    end: int
    text: str
    bare: bool = False


_TO = r"\s*(?:到|至|[-–—~～]|to)\s*(?:超过|over|more than)?\s*"
_TO_AMOUNT = re.compile(_TO, re.IGNORECASE)


def extract_ranges(text: str) -> list[Range]:
    """The ranges of a sentence: "70M to 16B", "7000 万到超过 160 亿个参数", "5 到 5000 亿"."""
    amounts = extract_amounts(text)
    found = []
    for i, high in enumerate(amounts):
        low = amounts[i - 1] if i else None
        if low is not None and _TO_AMOUNT.fullmatch(text, low.end, high.start):
            unit = high.unit or low.unit
            found.append(
                Range(low.value, high.value, unit, low.start, high.end, text[low.start : high.end])
            )
            continue
        for bare in _BARE.finditer(text, 0, high.start):
            if _TO_AMOUNT.fullmatch(text, bare.end(), high.start):
                value = float(bare["number"].replace(",", ""))
                whole = text[bare.start() : high.end]
                found.append(
                    Range(value, high.value, high.unit, bare.start(), high.end, whole, True)
                )
    return found
