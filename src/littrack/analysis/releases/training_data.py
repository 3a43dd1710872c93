"""How much text a paper says that its own models were trained on: tokens, words, bytes."""

from __future__ import annotations

import re
from collections.abc import Collection

from littrack.analysis.releases.ownership import has_own_subject, is_compared, own_keys
from littrack.analysis.releases.passages import Passage
from littrack.claims import Finding, ModelField, Quantity, Unit
from littrack.quantities import BYTES, SCALES

_WRITTEN = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "twelve": 12, "fifteen": 15, "twenty": 20, "a": 1,
}  # fmt: skip
_WORDS = "|".join(_WRITTEN)
_AMOUNT = re.compile(
    rf"(?<![\w.$])(?P<number>\d{{1,3}}(?:,\d{{3}})+|\d+(?:\.\d+)?|\b(?:{_WORDS})(?=\s\w{{6}}))"
    r"\s*-?\s*(?:(?P<scale>billions?|millions?|trillions?|bn|[BMTbmtK])\b"
    r"|(?P<bytes>[KMGTP]i?B)\b)\+?"
    r"(?P<rest>(?:[\s-]+(?:\([^()]*\)\s+)?(?:of\s+)?"
    r"(?:(?!param|model|context)[^\W\d][\w-]*,?(?:\s+and)?\s+){0,6}?)"
    r"(?P<unit>tokens?|words?|bytes?|text|data|corpus|corpora)\b)?",
    re.IGNORECASE,
)
_RANGE = re.compile(
    r"(?P<number>\d+(?:\.\d+)?)\s*(?P<scale>[BMT]|billion|trillion)?\s*(?:to|-|–"
    r"|and|,)\s*(?:over\s+)?$"
)
_TRAINING = re.compile(
    r"\b(?:pre-?train\w*|train\w*|learn\w* from|tuned|fine-?tun\w*|tuning|corpus"
    r"|corpora|data|dataset"
    r"|mid-train\w*|post-train\w*|annealing|see[ns]|consum\w*)\b",
    re.IGNORECASE,
)
_TRAINED = re.compile(
    r"\b(?:pre-?train\w*|train(?:ed|ing|s)?|fine-?tun\w*|mid-train\w*|learn\w*|adapt\w*)\b",
    re.IGNORECASE,
)
_NOT_TRAINING = re.compile(
    r"\b(?:context|window|length|per (?:second|day|month|million|dollar|user|query|request)"
    r"|throughput|every|each|database|retriev\w*|inputs? (?:of )?up to"
    r"|sequences? (?:of )?(?:up to)?|cost|vocabulary|generat\w+ (?:over|up to)?)\b",
    re.IGNORECASE,
)
_PART = re.compile(r"\d\s?(?:[BMT]\b|\w*illion)[^.;]*\b(?:including|of which|comprising)\b")
_NEXT = re.compile(
    r"\s*(?:context|window|per |/s|length|vocabulary|database|in length|input|sequence)"
)
_OF_TEXT = re.compile(
    r"^\+?(?:(?!gpu|memory|ram|vram)[^.;])*?\b(?:text|data|corpus|corpora|dataset|code|web)\b",
    re.IGNORECASE,
)
_LEAST = 1e6  # tokens: below, it is a context, not a corpus


def find_training_data(passage: Passage, names: Collection[str]) -> list[Finding]:
    """Amounts of training text of the released models, each value once a part."""
    keys = own_keys(names)
    found: dict[tuple[float, Unit], Finding] = {}
    text = passage.text
    for match in _AMOUNT.finditer(text):
        unit = _unit(match)
        if unit is None or not _is_training(passage, match, unit, keys):
            continue
        values = [(_value(match["number"], match["scale"], match["bytes"]), match.span())]
        if before := _RANGE.search(text, max(0, match.start() - 30), match.start()):
            scale = before["scale"] or match["scale"]
            values.insert(0, (_value(before["number"], scale, None), before.span()))
        for value, (start, end) in values:
            if value >= _LEAST:
                quantity = Quantity(value, unit)
                finding = passage.finding(ModelField.PRETRAIN_DATA, quantity, (start, end), 0.9)
                found.setdefault((value, unit), finding)
    return list(found.values())


def _unit(match: re.Match[str]) -> Unit | None:
    """What is counted, None when it is nothing that is read."""
    word = (match["unit"] or "").lower()
    if match["bytes"]:
        return Unit.BYTES
    if match["scale"] in ("b", "m", "t") and not word:
        return None
    if word.startswith("token"):
        return Unit.TOKENS
    if word.startswith("word"):
        return Unit.WORDS
    return Unit.BYTES if word.startswith("byte") else None


def _value(number: str, scale: str | None, size: str | None) -> float:
    plain = float(_WRITTEN.get(number.lower(), 0) or number.replace(",", ""))
    if size:
        return float(f"{plain * BYTES[size.lower().replace('ib', 'b')]:.12g}")
    key = (scale or "").lower()
    return float(f"{plain * SCALES.get(key.removesuffix('s') if len(key) > 2 else key, 1.0):.12g}")


def _is_training(passage: Passage, match: re.Match[str], unit: Unit, keys: Collection[str]) -> bool:
    """Whether an amount is what the released models were trained on."""
    text = passage.text
    start, end = passage.sentence_at(match.start())
    if _NEXT.match(text, match.end()):
        return False
    near = text[match.end() : match.end() + 60]
    if unit is Unit.BYTES and not match["unit"] and not _OF_TEXT.search(near):
        return False
    cue = _TRAINED if unit is Unit.BYTES else _TRAINING
    if not cue.search(text, start, end):
        return False
    if not _TRAINED.search(text, start, end) and not has_own_subject(passage, match.start(), keys):
        return False
    if _PART.search(text, max(start, match.start() - 160), match.start()):
        return False  # of an amount before
    near = text[max(start, match.start() - 60) : match.start()]
    if _NOT_TRAINING.search(near) or is_compared(passage, match.start()):
        return False
    if match["scale"] in ("K", "k"):
        return False
    return has_own_subject(passage, match.start(), keys)
