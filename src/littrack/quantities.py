"""Numbers with units as papers and notes write them, in English and Chinese: read and written.

One number is stored (540e9 parameters); "540B", "540 billion" and "5400 亿" are ways to write it.
"""

from __future__ import annotations

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
    "百万": 1e6,
    "千万": 1e7,
    "亿": 1e8,
    "十亿": 1e9,
    "百亿": 1e10,
    "千亿": 1e11,
    "万亿": 1e12,
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
    "hour": Unit.HOURS,
    "小时": Unit.HOURS,
    "day": Unit.DAYS,
    "天": Unit.DAYS,
}
NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?(?:e[+-]?\d+)?"
_SCALE = "|".join(sorted((*SCALES, *BYTES), key=len, reverse=True))
_QUANTITY = re.compile(
    rf"^\s*(?P<number>{NUMBER})\s*-?\s*(?P<scale>{_SCALE})?(?![A-Za-z])"
    r"\s*-?\s*(?P<unit>[^\W\d_]*)\s*$",
    re.IGNORECASE,
)


def parse_quantity(text: str, unit: Unit | None = None) -> Quantity:
    """Read "540B", "768B tokens", "1.56 trillion words", "4000 亿 tokens", "750 GB", "57.7 days".

    Args:
        text: The number with scale and unit.
        unit: What is counted when the text does not say.

    Raises:
        ValueError: it is no number with a unit.
    """
    match = _QUANTITY.match(text)
    if match is None:
        raise ValueError(f"{text!r} is no number with a unit such as 540B or 768B tokens")
    number = float(match["number"].replace(",", ""))
    scale = (match["scale"] or "").lower()
    word = match["unit"].lower().removesuffix("s")
    found = Unit.BYTES if scale in BYTES else _UNITS.get(word)
    if word and word not in _UNITS:
        raise ValueError(f"{text!r}: {match['unit']!r} is no unit littrack knows")
    if found is None and unit is None:
        raise ValueError(f"{text!r} does not say what is counted: parameters, tokens, bytes ...")
    value = number * (BYTES.get(scale) or SCALES.get(scale, 1.0))
    return Quantity(_exact(value), found or unit or Unit.PARAMETERS)


def _exact(value: float) -> float:
    """Without the dust of multiplying: 1.3 * 1e9 is 1300000000."""
    return float(f"{value:.12g}")


def parse_hardware(text: str) -> Hardware:
    """Read "1024 TPU v3", "4,480 80G A100"; without a number in front the count is not stated."""
    match = re.match(r"^\s*(\d{1,3}(?:,\d{3})+|\d+)\s*(?:x|×)?\s+(\S.*?)\s*$", text)
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
    return ("~" if quantity.estimate else "") + _written(quantity.value, quantity.unit, language)


def _written(value: float, unit: Unit, language: str) -> str:
    if unit in (Unit.HOURS, Unit.DAYS):
        english, chinese = ("h", "小时") if unit is Unit.HOURS else ("d", "天")
        return f"{_short(value)} {chinese if language == 'zh' else english}"
    if unit is Unit.BYTES:
        name, scale = _largest(value, (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("KB", 1e3)))
        return f"{_short(value / scale)} {name or 'B'}"
    if language == "zh":
        name, scale = _largest(value, (("万亿", 1e12), ("亿", 1e8), ("万", 1e4)))
        number = f"{_short(value / scale)} {name}".rstrip()
    else:
        name, scale = _largest(value, (("T", 1e12), ("B", 1e9), ("M", 1e6), ("K", 1e3)))
        if unit is Unit.PARAMETERS and name == "T":  # the field writes 1200B, not 1.2T
            name, scale = "B", 1e9
        number = _short(value / scale) + name
    return number if unit is Unit.PARAMETERS else f"{number} {unit}"


def _largest(value: float, scales: tuple[tuple[str, float], ...]) -> tuple[str, float]:
    """The largest scale of which there is at least one whole."""
    return next((one for one in scales if value >= one[1]), ("", 1.0))


def _short(value: float) -> str:
    """Up to four digits, without an exponent or trailing zeros."""
    rounded = float(f"{value:.4g}")
    return f"{int(rounded)}" if rounded.is_integer() else f"{rounded:.10g}"
