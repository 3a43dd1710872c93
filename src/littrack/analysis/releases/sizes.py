"""How many parameters a paper says that its own models have."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from littrack.analysis.releases.names import (
    NO_NAME_END,
    is_shaped_like_a_name,
)
from littrack.analysis.releases.ownership import has_own_subject, is_compared, is_own, own_keys
from littrack.analysis.releases.passages import Passage
from littrack.analysis.releases.vocabulary import FAMILIES, NOT_NAMES
from littrack.claims import Finding, ModelField, Quantity, Unit
from littrack.quantities import SCALES

_NUMBER = re.compile(
    r"(?<![\w.,$])(?P<times>\d+\s?[x×]\s?)?(?P<active>A)?"
    r"(?P<number>\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)"
    r"(?P<gap>\s*-?\s*)(?P<scale>billions?|millions?|trillions?|bn"
    r"|[BMTbm])(?P<plus>\+)?(?![A-Za-z0-9])"
)
_WITHIN_NAME = re.compile(
    r"(?<=[A-Za-z0-9.])(?P<sep>[-_ ]?)(?P<active>A)?(?P<number>\d+(?:\.\d+)?)(?P<scale>[BMTb])"
    r"(?![A-Za-z0-9])"
)
_PARAMETERS = re.compile(
    r"[\s-]*(?:\(?\w+\)?[\s-]+){0,3}?\(?(?:param(?:eter)?s?|weights)\b", re.IGNORECASE
)
_IS_MODEL = re.compile(
    r"[\s-]*(?:\(?[\w.-]+\)?,?\s+){0,6}?(?:models?|llms?|lms?|version|variants?"
    r"|scale|transformer|vlm|mllm"
    r"|checkpoints?|moe|vit|language model|network|encoder|bert|gpt|base|instruct|chat)\b",
    re.IGNORECASE,
)
_OTHER_UNIT = re.compile(
    r"\+?[\s-]*(?:(?:of|and|or|to|more|than|over|about|high-quality|diverse"
    r"|multi\w*|raw|text|training|"
    r"[\w-]+),?\s+){0,6}?(?P<unit>tokens?|words?|images?|pairs?|examples?|samples?"
    r"|documents?|masks?|hours?|"
    r"sentences?|users?|videos?|instructions?|sequences?|pages?|triples?|nodes|entities|proteins?|"
    r"molecules?|residues|nucleotides|characters|bytes|dollars|lines|files|points|data|"
    r"steps|clips|people|questions|conversations|posts|tweets|articles|interactions|speakers|"
    r"frames|pixels|cells|reads|utterances|structures|context|compounds|records|queries|"
    r"problems|bases|base pairs|flops?|corpus|dataset|pre-training data|context window|"
    r"annotations|boxes|objects|captions|concepts|trajectories|episodes|prompts)\b(?!-)",
    re.IGNORECASE,
)
_LIST = re.compile(
    r"\s*(?:[,/&~–—-]|(?:,\s*)?\band\b|(?:,\s*)?\bor\b|\bto\b|\bthrough\b|up to"
    r"|\s)+\s*(?:up to|over|about|around)?\s*"
)
_BARE = re.compile(r"(?<![\w.])(?P<number>\d+(?:\.\d+)?)(?![\w.%])")
_ACTIVE = re.compile(r"\b(?:activ\w+|per token)\b", re.IGNORECASE)
_EARLY = re.compile(r"\bactivat(?:es|ing)\s+(?:only\s+|about\s+|just\s+)*$", re.IGNORECASE)
_FRACTION = re.compile(r"\s*(?:%|×|x\b|times|fold)")
_LARGEST, _SMALLEST = 2e13, 1e5
_LEAST_MILLIONS = 1e7  # in a name without more words: "X-8.6M" is a collection of data


@dataclass(frozen=True, slots=True)
class _Number:
    """A number with a scale, and what is known of it so far."""

    start: int
    end: int
    value: float
    letter: str  # the scale as written
    certain: bool  # the text says that it counts parameters
    active: bool


def find_sizes(passage: Passage, names: Collection[str]) -> list[Finding]:
    """The sizes of the released models, in the order of the text, each value once a part."""
    keys = own_keys(names)
    found: dict[tuple[float, str], Finding] = {}
    for number in sorted(_numbers(passage), key=lambda one: one.start):
        if not _is_own_size(passage, number, keys):
            continue
        quantity = Quantity(number.value, Unit.PARAMETERS, "active" if number.active else "")
        span = number.start, number.end
        confidence = 0.95 if number.certain else 0.85
        finding = passage.finding(ModelField.SIZE, quantity, span, confidence)
        found.setdefault((number.value, quantity.qualifier), finding)
    return list(found.values())


def _numbers(passage: Passage) -> Iterator[_Number]:
    text = passage.text
    certain_from = -1
    matches = list(_NUMBER.finditer(text))
    kinds = [_counts_parameters(text, match) for match in matches]
    for i in range(len(matches) - 2, -1, -1):  # "7 billion and 13 billion parameters"
        if kinds[i] is None and _LIST.fullmatch(text, matches[i].end(), matches[i + 1].start()):
            kinds[i] = kinds[i + 1]
    for i in range(1, len(matches)):  # "sizes of 7B parameters, 13B, and 70B"
        if kinds[i] is None and _LIST.fullmatch(text, matches[i - 1].end(), matches[i].start()):
            kinds[i] = kinds[i - 1]
    for match, certain in zip(matches, kinds, strict=True):
        letter = match["scale"]
        if certain is False or match["times"]:
            continue
        if certain is None and letter not in ("B", "M", "T"):
            continue
        value = _value(match["number"], letter)
        active = bool(match["active"]) or _is_active(text, match.start(), match.end())
        yield _Number(match.start(), match.end(), value, letter, bool(certain), active)
        if certain:
            yield from _bare_before(text, match, max(0, certain_from))
        certain_from = match.end()
    for match in _WITHIN_NAME.finditer(text):
        value = _value(match["number"], match["scale"])
        if _is_size_of_a_name(text, match):
            begin = match.start("active" if match["active"] else "number")
            yield _Number(begin, match.end(), value, "name", False, bool(match["active"]))


def _is_size_of_a_name(text: str, match: re.Match[str]) -> bool:
    """Whether "7B" within a word is a size: not in 8x7B, M4T, SA-6M."""
    if match["sep"].isspace() or re.search(r"\d[x×]$", text[: match.start()][-3:]):
        return False
    if match["scale"] == "b":
        return match["sep"] == "-"
    if match["scale"] == "B":
        return bool(match["sep"]) or text[match.start() - 1].islower()
    return bool(match["sep"]) and (match["scale"] == "T" or float(match["number"]) >= 10)


def _value(number: str, scale: str) -> float:
    key = scale.lower().removesuffix("s") if len(scale) > 2 else scale.lower()
    return float(f"{float(number.replace(',', '')) * SCALES[key]:.12g}")


def _counts_parameters(text: str, match: re.Match[str]) -> bool | None:
    """True: parameters; False: something else; None: the text does not say at this place."""
    end = match.end()
    stop = _SENTENCE.search(text, end)
    limit = min(stop.start() if stop else len(text), end + 90)
    parameters = _PARAMETERS.match(text, end, limit)
    other = _OTHER_UNIT.match(text, end, limit)
    if other and _is_active(text, match.start(), end):
        return True
    if other and not (parameters and parameters.end() <= other.end()):
        model = _IS_MODEL.match(text, end, limit)
        if not (model and model.end() < other.end() and match["scale"] == "B"):
            return False
    if parameters:
        return True
    if _is_active(text, match.start(), end) and match["scale"] not in ("M", "m"):
        return True
    if text[max(0, match.start() - 1) : match.start()] in ("$", "€"):
        return False
    before = text[max(0, match.start() - 45) : match.start()].lower()
    if _FRACTION.match(text, end):
        return None
    if re.search(
        r"param(?:eter)?s?(?:[^.;]|\.(?=\d)){0,35}$|\bsizes?\b (?:of |from "
        r"|ranging )?(?:[^.;]|\.(?=\d)){0,25}$",
        before,
    ):
        return True
    if match["scale"] in ("B", "T", "M") and _IS_MODEL.match(text, end, limit):
        return True
    return None


_SENTENCE = re.compile(r"[.;](?=\s|$)|[)](?=\s*[,.])")


def _bare_before(text: str, match: re.Match[str], start: int) -> Iterator[_Number]:
    """Numbers that share the scale of the one after them: "from 0.5 to 72 billion"."""
    begin = max(start, match.start() - 40)
    end = match.start()
    for bare in reversed(list(_BARE.finditer(text, begin, match.start()))):
        between = text[bare.end() : end]
        if not _SHARING.fullmatch(between):
            return
        value = _value(bare["number"], match["scale"])
        yield _Number(bare.start(), bare.end(), value, match["scale"], True, False)
        end = bare.start()


_SHARING = re.compile(r"\s*(?:,|/|-|–|,?\s*and|,?\s*or|to|,\s*to)\s*")


def _is_active(text: str, start: int, end: int) -> bool:
    if _EARLY.search(text, max(0, start - 40), start):
        return True
    stop = re.compile(r"[,.;)]|\band\b|\bwith\b|\btotal\b|\bout of\b").search(text, end + 1)
    limit = min(stop.start() if stop else len(text), end + 60)
    return _ACTIVE.search(text, end, limit) is not None


def _is_own_size(passage: Passage, number: _Number, keys: Collection[str]) -> bool:
    if not _SMALLEST <= number.value <= _LARGEST:
        return False
    text = passage.text
    if (
        _VAGUE.match(text, number.end)
        and not _AT.search(text, max(0, number.start - 10), number.start)
    ) or _BOUND.search(text, max(0, number.start - 14), number.start):
        return False
    foreign = _FOREIGN.search(text[max(0, number.start - 70) : number.start])
    if foreign and not is_own(foreign["name"] or foreign[0].split()[0], keys):
        return False
    after = _NAME_AFTER.match(text, number.end)
    if after and after["name"].lower() not in NOT_NAMES and _KNOWN.match(after["name"]):
        return is_own(after["name"], keys)
    name = _name_before(text, number)
    if name:
        tiny = number.letter in ("M", "m") and number.value < _LEAST_MILLIONS
        return is_own(name, keys) and (number.certain or not tiny)
    if number.letter == "name":
        return False
    if passage.part == "title":
        return True
    if number.letter in ("M", "m", "T", "million", "trillion") and not number.certain:
        return False
    if is_compared(passage, number.start):
        return False
    return has_own_subject(passage, number.start, keys)


def _name_before(text: str, number: _Number) -> str:
    """The name that a size is attached to: "OPT" of "OPT-175B" and of "OPT (175B)"."""
    begin = max(0, number.start - 60)
    head = text[begin : number.start]
    if _NUMBER.search(head[-8:]):
        return ""  # the one before in a list
    pattern = _ATTACHED if number.letter == "name" or head.endswith(("-", "_")) else _APART
    found = pattern.search(_ARTICLE.sub("", head))
    if found is None or found[1].lower() in NOT_NAMES | _DETERMINERS:
        return ""
    word = found[1].split()[-1]
    named = (
        number.letter == "name"
        or is_shaped_like_a_name(word)
        or word[0].isupper()
        or word[0].isdigit()
    )
    return found[1] if named and not NO_NAME_END.search(word) else ""


_ARTICLE = re.compile(r"\b(?:The|Our|A|An|This)\s")
_DETERMINERS = frozenset(
    [
        "our",
        "its",
        "their",
        "only",
        "with",
        "base",
        "size",
        "sizes",
        "scale",
        "up",
        "another",
        "even",
    ]
)


_VAGUE = re.compile(r"-?\s?scale\b|\+?-?\s?(?:class|level|size)\b")
_AT = re.compile(r"\b[Aa]t (?:the |an? )?$")
_BOUND = re.compile(r"(?:[<>≤≥]=?|\bsub-|(?:more|less|fewer|larger|smaller) than)\s*$")
_KNOWN = re.compile(rf"(?:{FAMILIES})(?![a-z])", re.IGNORECASE)
_NAME_AFTER = re.compile(r"\s(?:parameter\s)?(?P<name>[A-Za-z]*[A-Z][\w.-]*)")
# "TinyStories, a 10 million", "GPT-3 model with 175 billion": the number belongs to that name.
_FOREIGN = re.compile(
    rf"(?:(?P<name>(?<![\w-])[A-Za-z]+-?[\dA-Z][\w.-]*)(?:\s?[,–—-]+\s|\s\()(?:an?"
    rf"|the)\s(?:[\w-]+\s){{0,2}}"
    rf"|\b(?:{FAMILIES})(?:-[\w.]+)?\s(?:models?\s)?(?:with|has|having|of)\s)$"
)
_ATTACHED = re.compile(r"((?:[A-Z]\w*\s)?[^\s,;()/]*[\w.])[-_ ]?$")
_APART = re.compile(
    r"((?:[A-Z][\w.]*\s)?(?:[A-Za-z]*[A-Z][\w.+-]*"
    r"|[a-z]+[-\d][\w.-]*)(?:[ -]\d[\w.]*)?)(?:\s\(|\s|\s?[-:]\s?)$"
)
