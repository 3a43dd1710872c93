"""What a single sentence states about the models it names.

size           "175B Codex", "OPT 和 BLOOM,都是 175B", "BLOOM has 175B parameters"
release        "GPT-3 在 2020 年就发布了", "X was released in March 2023"
organisation   "由 OpenAI 开发", "Google 发布的 X"
base model     "以 LLaMA 为基础", "fine-tuned from LLaMA-7B"
kind           "X 是……的工具集": a tool, a data set
access         "GPT 系列……公开可用的模型检查点"
alias          "X 是 Y 的简写", "X stands for Y"
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from littrack.analysis.model_resolution import Mention
from littrack.analysis.note_facts.amounts import Amount, extract_amounts
from littrack.analysis.note_facts.dates import extract_dates
from littrack.analysis.note_facts.makers import ORGANISATION, organisation_name
from littrack.claims import ClaimValue, ModelField, Parent, Quantity, Unit

_BEFORE_NAME = re.compile(
    r"\s*(?:个)?(?:参数|parameters?|params?|-parameter)?\s*(?:的|-|版的?|规模的)?\s*(?:the\s)?\s*",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(r"(?P<name>.+?)\s*[(（]\s*(?P<size>\d[^()（）]*)[)）]")
_AFTER_NAME = re.compile(r"\s*[(（]\s*(?:约|about|~)?\s*")
_ALIKE = re.compile(
    r"^\s*(?:的[^,，。]{0,12})?[,，:：]?\s*"
    r"(?:的?(?:尺寸|大小|规模|参数量?)?\s*(?:都|均|同)(?:是|为|有)"
    r"|(?:are|have) (?:both|all)|both have|all have)\s*$",
    re.IGNORECASE,
)
_LONGEST_GAP = 90  # characters between a name and when it came out
_LEAST = 5e6  # parameters; 24.3K stars are none
_JOIN = re.compile(r"\s*(?:[、,，和与及]|and|以及|或)+\s*", re.IGNORECASE)
_THEIR = re.compile(
    r"^(?:它们|他们|二者|两者|三者|they)[^,，。\d]{0,10}"
    r"(?:都是|均为|都为|are (?:all|both)|all have)\s*$",
    re.IGNORECASE,
)
_ABOUT = r"(?:了|约|大约|大概|一个|about|around|roughly|approximately|some|an?|the|~)?"
_HAS = re.compile(
    r"^(?P<rest>[^,，。;；]*?)"
    r"(?:有|拥有|具有|包含|含|共|达到?|高达|是(?:一个)?(?:具有)?|为"
    r"|has|have|had|with|contains?|comprises|of|is an?)\s*"
    rf"{_ABOUT}\s*$",
    re.IGNORECASE,
)
_DIRECTLY = re.compile(
    r"\s*(?:[,，]?\s*(?:which|that|它)\s*)?"
    r"(?:'s|has|have|had|with|contains|comprises|is|was|拥有|共?有|具有|包含|含有?|为|是|达到?|高达)?"
    rf"\s*{_ABOUT}\s*",
    re.IGNORECASE,
)
_COPULA = re.compile(r"[,，]\s*(?:是|它是)?(?:具有|拥有)\s*(?:约)?$")
_BY_SIZE = re.compile(
    r"\s*的?(?:总)?(?:参数量|参数规模|参数|规模|大小)\s*(?:为|是|达到?|高达|有)?"
    rf"\s*{_ABOUT}\s*"
)
_OUT = re.compile(
    r"^[^,，。]{0,10}?(?:就|才|被|由[^,，。]{1,12})?\s*"
    r"(?:正式)?(?:发布|提出|推出|问世|上线|开源|公布|放出)",
    re.IGNORECASE,
)
_WAS_OUT = re.compile(
    r"(?:was|were|came|has been|had been)?\s*(?:first )?"
    r"(?:released|announced|published|launched|introduced|out|open-sourced)\b[^.;]{0,30}$",
    re.IGNORECASE,
)
_MADE = "developed|released|created|built|made|trained|published|introduced|proposed"
_MADE_BY = re.compile(
    rf"由\s*(?P<by>{ORGANISATION})[^,，。]{{0,8}}?(?:开发|发布|推出|提出|训练|研发|开源)"
    rf"|(?:{_MADE}) by (?:the )?(?P<en>{ORGANISATION})"
)
_MAKES = re.compile(
    rf"(?P<org>{ORGANISATION})\s*(?:公司|团队)?(?:在[^,，。]{{1,12}})?\s*"
    r"(?:发布|推出|提出|开发|开源|研发)(?:了|的)\s*(?:[^,，。A-Za-z]{0,8})$"
)
_KIND_OF = re.compile(
    r"^\s*(?:就)?(?:是|is|was)\s*(?:一个|一种|一套|an?|the)?(?P<rest>[^。;；]{0,40}?)"
    r"(?P<kind>工具集|工具包|工具箱|数据集|评测基准|toolkit|tool set|dataset|data set|benchmark)"
    r"(?P<after>.?)",
    re.IGNORECASE,
)
_TOOL = dict.fromkeys(("工具集", "工具包", "工具箱", "toolkit", "tool set"), "toolkit")
_OPEN = re.compile(
    r"(?:都是|均为|是)?(?:完全)?公开(?:可用|可访问|获取)"
    r"|publicly available|open[- ]source|open weights",
    re.IGNORECASE,
)
_NOT = re.compile(r"不|未|没有|尚|not |n't|neither|closed")
_LONG = r"(?P<words>[A-Z][A-Za-z-]+(?: [A-Za-z-]+){1,7})"
_SHORT_ZH = re.compile(rf"^\s*(?:是|即|为)\s*{_LONG}\s*的(?:简写|缩写|简称)")
_SHORT_EN = re.compile(
    r"^,?\s*(?:stands for|is short for|is an? (?:abbreviation|acronym) (?:of|for)|\(short for)"
    rf"\s+[\"“]?{_LONG}"
)
_BRACKET = re.compile(rf"^\s*[(（]{_LONG}[)）]")
_BASE_ZH = re.compile(r"(?:以|用|采用|使用)\s*$")
_BASE_ZH_AFTER = re.compile(r"^\s*(?:模型)?\s*(?:作)?为(?:基础|基座|底座|初始化|backbone)")
_SHORT = 8  # characters; more are the beginning of another statement
_SOMEBODY = re.compile(r"人|我|他|作者|等|\bwe\b|they|authors|et al", re.IGNORECASE)
_MAKES_OF = re.compile(r"^\s*(?:模型)?(?:构建|训练|微调|得到|推出|开发)(?:了|出)?\s*$")
_BASED_ON = re.compile(
    r"(?:基于|based (?:up)?on|fine-?tuned (?:from|on top of)|built (?:up)?on"
    r"|initiali[sz]ed from|derived from)\s*(?:the\s)?(?:[^,，。]{0,8}的\s*)?(?:\d[\d.]*[BM]\s*)?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Statement:
    """A value of a field, of the model with that name, and where it stands in the sentence."""

    name: str
    field: ModelField
    value: ClaimValue
    start: int
    end: int


def extract_statements(
    text: str, mentions: Sequence[Mention], topic: str | None = None, before: Sequence[str] = ()
) -> list[Statement]:
    """What a sentence states.

    Args:
        text: The sentence.
        mentions: The models that it names.
        topic: The model that its passage is about, for sentences that name none at the beginning.
        before: The models that the sentence before named, for "they all have 175B".
    """
    found = [
        *_sizes(text, mentions, before),
        *_releases(text, mentions),
        *_makers(text, mentions),
        *_kinds(text, mentions),
        *_access(text, mentions),
        *_aliases(text, mentions),
        *_bases(text, mentions, topic),
    ]
    return list(dict.fromkeys(found))


def _sizes(text: str, mentions: Sequence[Mention], before: Sequence[str]) -> Iterator[Statement]:
    amounts = [one for one in extract_amounts(text) if one.unit in (None, Unit.PARAMETERS)]
    amounts = [one for one in amounts if not (one.is_bound or one.is_part) and one.value >= _LEAST]
    yield from _respectively(text, mentions, amounts)
    yield from _bracketed(mentions)
    for amount in amounts:
        bearers = _bearers(text, mentions, amount) or (
            list(before) if _THEIR.match(text[: amount.start]) else []
        )
        for name in bearers:
            value = Quantity(amount.value, Unit.PARAMETERS, amount.qualifier)
            yield Statement(name, ModelField.SIZE, value, amount.start, amount.end)


def _bracketed(mentions: Sequence[Mention]) -> Iterator[Statement]:
    """A size in brackets, which counts as a part of the name: Falcon (40B)."""
    for one in mentions:
        found = _IN_BRACKETS.fullmatch(one.text)
        for amount in extract_amounts(found["size"]) if found else ():
            start = one.start + found.start("size") if found else one.start
            value = Quantity(amount.value, Unit.PARAMETERS)
            name = found["name"] if found else one.text
            yield Statement(name, ModelField.SIZE, value, start, start + len(amount.text))


def _bearers(text: str, mentions: Sequence[Mention], amount: Amount) -> list[str]:
    """The models whose size an amount is: the one right behind, or those right before."""
    for one in mentions:
        if amount.end <= one.start and _BEFORE_NAME.fullmatch(text, amount.end, one.start):
            return [one.text]
        if one.start <= amount.start < one.end:
            return []  # within a name
        if one.end <= amount.start and _AFTER_NAME.fullmatch(text, one.end, amount.start):
            return [one.text] if text[amount.end : amount.end + 1] in ")）" else []
    earlier = [one for one in mentions if one.end <= amount.start]
    if not earlier:
        return []
    if _ALIKE.match(text[earlier[-1].end : amount.start]):
        return _enumerated(text, earlier)
    between = text[earlier[-1].end : amount.start]
    if amount.unit is Unit.PARAMETERS and _DIRECTLY.fullmatch(between):
        return [earlier[-1].text]
    if amount.unit is None and _BY_SIZE.fullmatch(between):
        return [earlier[-1].text]
    has = _HAS.match(between)
    if has and len(earlier) == 1 and amount.unit is Unit.PARAMETERS and len(has["rest"]) < 30:
        return [earlier[0].text]
    is_copula = _COPULA.search(text[max(0, amount.start - 12) : amount.start])
    if is_copula and amount.unit is Unit.PARAMETERS and _leads(text, mentions[0]):
        return [mentions[0].text]  # a clause without a subject has that of the sentence
    return []


def _enumerated(text: str, mentions: Sequence[Mention]) -> list[str]:
    """The last mentions that an enumeration joins."""
    names = [mentions[-1].text]
    for one, other in zip(mentions[-2::-1], mentions[:0:-1], strict=False):
        if not _JOIN.fullmatch(text, one.end, other.start):
            break
        names.insert(0, one.text)
    return names


def _respectively(
    text: str, mentions: Sequence[Mention], amounts: Sequence[Amount]
) -> Iterator[Statement]:
    """GPT-3 和 PaLM 分别有 1750 亿和 5400 亿参数: as many names as numbers, in this order."""
    if not re.search(r"分别|respectively", text) or len(amounts) < 2:
        return
    names = [one for one in mentions if one.end <= amounts[0].start]
    if len(names) == len(amounts) and amounts[-1].unit is Unit.PARAMETERS:
        for one, amount in zip(names, amounts, strict=True):
            value = Quantity(amount.value, Unit.PARAMETERS)
            yield Statement(one.text, ModelField.SIZE, value, amount.start, amount.end)


def _releases(text: str, mentions: Sequence[Mention]) -> Iterator[Statement]:
    """A date right behind the name, with the word that it came out."""
    for dated in extract_dates(text):
        earlier = [one for one in mentions if one.end <= dated.start]
        if not earlier:
            continue
        between, after = text[earlier[-1].end : dated.start], text[dated.end :]
        chinese = re.fullmatch(r"[,，]?[^,，。A-Za-z]{0,14}?(?:于|在)\s*", between) and _OUT.match(
            after
        )
        chinese = chinese or (
            re.fullmatch(r"\s*(?:最初)?由[^,，。]{1,16}于\s*", between) and _OUT.match(after[:14])
        )
        english = _WAS_OUT.search(between) and re.search(r"\b(?:on|in)\s*$|\b$", between)
        if (chinese or english) and len(between) < _LONGEST_GAP:
            yield Statement(
                earlier[-1].text, ModelField.RELEASE, dated.date, dated.start, dated.end
            )


def _makers(text: str, mentions: Sequence[Mention]) -> Iterator[Statement]:
    for found in _MADE_BY.finditer(text):
        earlier = [one for one in mentions if one.end <= found.start()]
        group = "by" if found["by"] else "en"
        if len(earlier) == 1 and len(text[earlier[0].end : found.start()]) < 60:
            name = organisation_name(found[group])
            yield Statement(earlier[0].text, ModelField.ORGANISATION, name, *found.span(group))
    for one in mentions:
        made = _MAKES.search(text[: one.start])
        if made:
            name = organisation_name(made["org"])
            yield Statement(one.text, ModelField.ORGANISATION, name, *made.span("org"))


def _kinds(text: str, mentions: Sequence[Mention]) -> Iterator[Statement]:
    if not mentions or mentions[0].start > 3:
        return
    found = _KIND_OF.match(text[mentions[0].end :])
    if (
        found
        and not re.search(r"在|上|\bon\b|\bwith\b|\busing\b", found["rest"])
        and found["after"] not in "上中的"
    ):
        start = mentions[0].end + found.start("kind")
        word = found["kind"].lower()
        kind = _TOOL.get(word, "benchmark" if word in ("评测基准", "benchmark") else "dataset")
        yield Statement(mentions[0].text, ModelField.KIND, kind, start, start + len(word))


def _access(text: str, mentions: Sequence[Mention]) -> Iterator[Statement]:
    """Only of series: whether one model is open is told by its own sentence too many ways."""
    for found in _OPEN.finditer(text):
        if _NOT.search(text[max(0, found.start() - 8) : found.end()]):
            continue
        for series in re.finditer(
            r"(?P<name>[A-Z][A-Za-z]{1,12})\s*(?:系列|series|family)", text[: found.start()]
        ):
            if not re.search(r"[。;；]", text[series.end() : found.start()]):
                name = f"{series['name']} series"
                yield Statement(name, ModelField.ACCESS, "open", *found.span())


def _aliases(text: str, mentions: Sequence[Mention]) -> Iterator[Statement]:
    for one in mentions:
        for pattern in (_SHORT_ZH, _SHORT_EN, _BRACKET):
            found = pattern.match(text[one.end :])
            if found and len(found["words"]) > len(one.text):
                start, end = (one.end + place for place in found.span("words"))
                yield Statement(one.text, ModelField.ALIAS, found["words"], start, end)
                break


def _is_without_subject(before: str) -> bool:
    """Whether the clause names nobody who might have built on the model: "基于 LLaMA 微调"."""
    clause = re.split(r"[,，;；。:：]", before)[-1]
    return len(_BASED_ON.sub("", clause).strip()) <= _SHORT and not _SOMEBODY.search(clause)


def _leads(text: str, mention: Mention) -> bool:
    """Whether a mention opens the sentence, be it after a label."""
    return mention.start < 3 or text[: mention.start].rstrip()[-1:] in (":", "：")


def _bases(text: str, mentions: Sequence[Mention], topic: str | None) -> Iterator[Statement]:
    """The model from which the sentence's first one, or the passage's, is made."""
    for i, one in enumerate(mentions):
        before, after = text[: one.start], text[one.end :]
        told = (_BASE_ZH.search(before) and _BASE_ZH_AFTER.match(after)) or _BASED_ON.search(before)
        made = next(
            (m for m in mentions[i + 1 :] if _MAKES_OF.match(text[one.end : m.start])), None
        )
        child = topic if not i and _is_without_subject(before) else None
        if made is not None:
            child = made.text
        elif i and _leads(text, mentions[0]):
            child = mentions[0].text
        if told and child and child != one.text:
            yield Statement(child, ModelField.BASE_MODEL, Parent(one.text), one.start, one.end)
