"""Numbers with units as papers and notes write them, in English and Chinese: read and written.

One number is stored (540e9 parameters); "540B", "540 billion" and "5400 亿" are ways to write it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from littrack.claims import Hardware, Quantity, Unit

# Case matters for one letter only: "m" and "M" are a million, "b" a billion, never a bit.
SCALES: Mapping[str, float] = {
    "k": 1e3,
    "thousand": 1e3,
    "m": 1e6,
    "mn": 1e6,
    "million": 1e6,
    "b": 1e9,
    "bn": 1e9,
    "billion": 1e9,
    "g": 1e9,
    "t": 1e12,
    "tn": 1e12,
    "trillion": 1e12,
    "千": 1e3,
    "万": 1e4,
    "萬": 1e4,
    "百万": 1e6,
    "百萬": 1e6,
    "千万": 1e7,
    "千萬": 1e7,
    "亿": 1e8,
    "億": 1e8,
    "十亿": 1e9,
    "十億": 1e9,
    "百亿": 1e10,
    "百億": 1e10,
    "千亿": 1e11,
    "千億": 1e11,
    "万亿": 1e12,
    "萬億": 1e12,
}
# Of bytes: powers of ten, as the papers mean them.
BYTES: Mapping[str, float] = {"kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12, "pb": 1e15}
_UNITS: Mapping[str, Unit] = {
    "parameter": Unit.PARAMETERS,
    "param": Unit.PARAMETERS,
    "参数": Unit.PARAMETERS,
    "參數": Unit.PARAMETERS,
    "token": Unit.TOKENS,
    "词元": Unit.TOKENS,
    "令牌": Unit.TOKENS,
    "word": Unit.WORDS,
    "单词": Unit.WORDS,
    "词": Unit.WORDS,
    "byte": Unit.BYTES,
    "字节": Unit.BYTES,
    "example": Unit.EXAMPLES,
    "sample": Unit.EXAMPLES,
    "document": Unit.EXAMPLES,
    "样本": Unit.EXAMPLES,
    "h": Unit.HOURS,
    "hour": Unit.HOURS,
    "小时": Unit.HOURS,
    "d": Unit.DAYS,
    "day": Unit.DAYS,
    "天": Unit.DAYS,
}
_WEEKS = {"week": 7.0, "周": 7.0}  # of days
_CHINESE_UNITS: Mapping[Unit, str] = {Unit.WORDS: "词", Unit.EXAMPLES: "样本"}
_TIMES: Mapping[Unit, tuple[str, str]] = {Unit.HOURS: ("h", "小时"), Unit.DAYS: ("d", "天")}
UNDISCLOSED = frozenset({"not disclosed", "undisclosed", "未披露", "未公开"})
QUALIFIERS: Mapping[str, str] = {"active": "active", "public": "public", "激活": "active"}

NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?(?:e[+-]?\d+)?"
_DIGITS = 6  # as many of a number are written: 540.35B stays what it is


def _any_of(words: list[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_LATIN = _any_of([word for word in (*SCALES, *BYTES) if word.isascii()])
_HAN = _any_of([word for word in SCALES if not word.isascii()])
_QUANTITY = re.compile(
    rf"(?P<about>[~≈约]?)\s*(?P<number>{NUMBER})"
    rf"[\s-]*(?P<scale>(?:{_LATIN})(?![A-Za-z])|{_HAN})?"
    rf"[\s-]*[个個]?\s*(?P<unit>[^\W\d_]*?)\s*[（(]?(?P<qualifier>{_any_of(list(QUALIFIERS))})?[)）]?",
    re.IGNORECASE,
)


def parse_quantity(text: str, unit: Unit | None = None) -> Quantity:
    """Read "540B", "768B tokens", "1.56 trillion words", "4000 亿 tokens", "750 GB", "57.7 days".

    An estimate has a "~" in front, parameters may end in "active" or "public", and "not disclosed"
    is a quantity too when it is known of what.

    Args:
        text: The number with scale and unit.
        unit: What is counted when the text does not say.

    Raises:
        ValueError: it is no number with a unit.
    """
    text = text.strip()
    if text.lower() in UNDISCLOSED and unit is not None:
        return Quantity(None, unit)
    match = _QUANTITY.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no number with a unit such as 540B or 768B tokens")
    scale = (match["scale"] or "").lower()
    factor, found = _unit_of(match, text)
    found = Unit.BYTES if scale in BYTES else found or unit
    if found is None:
        raise ValueError(f"{text!r} does not say what is counted: parameters, tokens, bytes ...")
    number = float(match["number"].replace(",", ""))
    value = number * factor * (BYTES.get(scale) or SCALES.get(scale, 1.0))
    if not math.isfinite(value):
        raise ValueError(f"{text!r} is too large to be a number of {found}")
    qualifier = QUALIFIERS[match["qualifier"].lower()] if match["qualifier"] else ""
    return Quantity(_exact(value), found, qualifier, bool(match["about"]))


def _unit_of(match: re.Match[str], text: str) -> tuple[float, Unit | None]:
    """What one of the unit counts, and the unit; None when there is none."""
    word = match["unit"].lower()
    word = word.removesuffix("s") if len(word) > 1 else word
    if word in _WEEKS:
        return _WEEKS[word], Unit.DAYS
    if word and word not in _UNITS:
        raise ValueError(f"{text!r}: {match['unit']!r} is no unit littrack knows")
    return 1.0, _UNITS.get(word)


def _exact(value: float) -> float:
    """Without the dust of multiplying: 1.3 * 1e9 is 1300000000."""
    return float(f"{value:.12g}")


def parse_hardware(text: str) -> Hardware:
    """Read "1024 TPU v3", "4,480 80G A100", "512 × A100", "96 块 V100".

    Without a number in front the count is not stated.

    Raises:
        ValueError: there is nothing to read.
    """
    if not text.strip():
        raise ValueError("hardware is empty; it looks like 1024 TPU v3")
    match = re.fullmatch(
        r"\s*(\d{1,3}(?:,\d{3})+|\d+)(?:\s*[x×]\s*|\s*[块张个颗枚片]\s*|\s+)(\S.*?)\s*", text
    )
    if match is None:
        return Hardware(text.strip())
    return Hardware(match[2], int(match[1].replace(",", "")))


def in_billions(quantity: Quantity) -> float | None:
    """The number in billions, an int where it is whole; None when it is not disclosed."""
    if quantity.value is None:
        return None
    value = _exact(quantity.value / 1e9)
    return int(value) if value.is_integer() else value


def render_quantity(quantity: Quantity, language: str = "en") -> str:
    """Write "540B", "768B tokens", "750 GB", "57.7 d"; in Chinese "5400 亿", "1.4 万亿 tokens".

    Parameters stand without their unit. What is not disclosed is "-"; an estimate bears a "~".
    """
    if quantity.value is None:
        return "-"
    value = float(f"{quantity.value:.{_DIGITS}g}")
    return ("~" if quantity.estimate else "") + _written(value, quantity.unit, language)


def _written(value: float, unit: Unit, language: str) -> str:
    if unit in _TIMES:
        return f"{plain_number(value)} {_TIMES[unit][language == 'zh']}"
    if unit is Unit.BYTES:
        scales = (("PB", 1e15), ("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("KB", 1e3))
        name, scale = _largest(value, scales)
        return f"{plain_number(value / scale)} {name or 'bytes'}"
    if language == "zh":
        name, scale = _largest(value, (("万亿", 1e12), ("亿", 1e8), ("万", 1e4)))
        number = f"{plain_number(value / scale)} {name}".rstrip()
    else:
        name, scale = _largest(value, (("T", 1e12), ("B", 1e9), ("M", 1e6), ("K", 1e3)))
        if unit is Unit.PARAMETERS and name == "T":  # the field writes 1200B, not 1.2T
            name, scale = "B", 1e9
        number = plain_number(value / scale) + name
    if unit is Unit.PARAMETERS:
        return number
    return f"{number} {_CHINESE_UNITS.get(unit, unit) if language == 'zh' else unit}"


def _largest(value: float, scales: tuple[tuple[str, float], ...]) -> tuple[str, float]:
    """The largest scale of which there is at least one whole."""
    return next((one for one in scales if value >= one[1]), ("", 1.0))


def plain_number(value: float) -> str:
    """Up to six digits, without an exponent or trailing zeros: 540, 540.35, 0.117."""
    rounded = float(f"{value:.{_DIGITS}g}")
    return f"{int(rounded)}" if rounded.is_integer() else f"{rounded:.10g}"
