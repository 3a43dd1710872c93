"""What a note says of a paper in numbers, against the paper's own abstract: ranges and ratios."""

from __future__ import annotations

import re
from collections.abc import Iterator

from littrack.analysis.note_conflicts.found import Found
from littrack.analysis.note_conflicts.wording import Language, explain
from littrack.analysis.note_facts.amounts import Range, extract_ranges
from littrack.analysis.note_facts.reading import Sentence
from littrack.notes import ConflictKind
from littrack.quantities import plain_number
from littrack.records import Paper

# What a ratio can be about, most special first: the words of both languages, and how it is called.
_ABOUT: dict[tuple[str, str], str] = {
    ("the carbon footprint", "碳排放"): r"carbon|emission|co2|碳",
    ("energy", "能耗"): r"energy|electricity|power consumption|能量|能耗|能源|电",
    ("the training data", "训练数据"): r"training (?:data|tokens)|tokens|data\b|数据|令牌|token",
    ("the computation", "计算量"): r"flops?|computation|compute\b|计算|算力|训练资源|计算资源|资源",
    ("the parameters", "参数量"): r"parameters?|size|smaller|larger|参数|规模|大小",
    ("the cost", "成本"): r"cost|price|cheaper|成本|费用|价格",
    ("the time", "时间"): r"\btime\b|faster|speed|时间|速度",
}
_RATIO = re.compile(r"(?<![\d/.])(?P<a>\d{1,2})/(?P<b>\d{1,3})(?:th|rd|nd)?(?![\d/])")
_CHINESE_RATIO = re.compile(r"(?P<b>[二三四五六七八九十])分之(?P<a>[一二三四五六七八九])")
_DIGITS = "零一二三四五六七八九十"
_BEHIND, _BEFORE = 28, 16  # characters in which the thing stands
_CLOSE = 1e-6


def find_abstract_conflicts(
    sentence: Sentence, paper: Paper, language: Language
) -> Iterator[Found]:
    """Ranges and ratios of a sentence about a paper that its abstract states otherwise."""
    if not paper.abstract:
        return
    yield from _ranges(sentence, paper, language)
    yield from _ratios(sentence, paper, language)


def _ranges(sentence: Sentence, paper: Paper, language: Language) -> Iterator[Found]:
    """One end as in the abstract and the other not: "5 到 5000 亿" for 5 to 500 billion."""
    there = [(one, *_meant(one)) for one in extract_ranges(paper.abstract)]
    for said in extract_ranges(sentence.text):
        for other, low, high in there:
            if said.unit is not other.unit or said.unit is None:
                continue
            same = (_is_equal(said.low, low), _is_equal(said.high, high))
            if same not in ((False, True), (True, False)):
                continue
            rule = "bare range" if said.bare else "range"
            kind = ConflictKind.UNIT if said.bare else ConflictKind.VALUE
            value, known = said.text.strip(), other.text.strip()
            told = {"low": plain_number(said.low), "value": value, "known": known}
            yield Found(
                sentence.span(said.start, said.end),
                "",
                f"{said.unit}_range",
                value,
                known,
                kind,
                explain(rule, language, **told),
                paper.arxiv_id,
                (f"arXiv:{paper.arxiv_id}",),
            )
            break


def _meant(one: Range) -> tuple[float, float]:
    """In English the scale counts for both ends: 5 to 500 billion."""
    if not one.bare:
        return one.low, one.high
    for scale in (1e12, 1e9, 1e6, 1e3):
        if one.high / scale >= 1:
            return one.low * scale, one.high
    return one.low, one.high


def _is_equal(one: float, other: float) -> bool:
    return abs(one - other) <= _CLOSE * max(one, other)


def _ratios(sentence: Sentence, paper: Paper, language: Language) -> Iterator[Found]:
    """The same ratio of another thing: 1/7 of the computation for 1/7 of the carbon footprint."""
    there: dict[float, set[tuple[str, str]]] = {}
    for value, _text, place in _read(paper.abstract):
        about = _subject(paper.abstract, *place)
        if about:
            there.setdefault(value, set()).add(about)
    for value, text, place in _read(sentence.text):
        about = _subject(sentence.text, *place)
        known = there.get(value)
        if about is None or not known or about in known:
            continue
        index = int(language == "zh")
        right = next(iter(sorted(known)))[index]
        words = explain("ratio", language, ratio=text, known=right, value=about[index])
        yield Found(
            sentence.span(*place),
            "",
            "ratio",
            f"{text}: {about[index]}",
            f"{text}: {right}",
            ConflictKind.VALUE,
            words,
            paper.arxiv_id,
            (f"arXiv:{paper.arxiv_id}",),
        )


def _read(text: str) -> Iterator[tuple[float, str, tuple[int, int]]]:
    for found in _RATIO.finditer(text):
        if 0 < int(found["a"]) < int(found["b"]):
            yield int(found["a"]) / int(found["b"]), f"{found['a']}/{found['b']}", found.span()
    for found in _CHINESE_RATIO.finditer(text):
        a, b = _DIGITS.index(found["a"]), _DIGITS.index(found["b"])
        yield a / b, f"{a}/{b}", found.span()


def _subject(text: str, start: int, end: int) -> tuple[str, str] | None:
    """What a ratio is about: said right behind it, else right before."""
    behind = re.split(r"[,，。;；.]", text[end : end + _BEHIND])[0]
    before = re.split(r"[,，。;；.]", text[max(0, start - _BEFORE) : start])[-1]
    for part in (behind, before):
        for about, words in _ABOUT.items():
            if re.search(words, part, re.IGNORECASE):
                return about
    return None
