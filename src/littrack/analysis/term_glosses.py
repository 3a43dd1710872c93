"""Pairs within sentences: 涌现能力(Emergent Abilities), Chain-of-Thought（思维链）, 语言模型LM.

A pair that the table knows already is found wherever the two forms touch. One that it does not
know must stand in parentheses, with borders that can be told and lengths that fit: a wrong term
does more harm in a search than a missing one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from littrack.analysis.abbreviations import find_meaning, is_abbreviation, is_initials
from littrack.analysis.term_borders import (
    CHINESE_RUN,
    HAN,
    cut_after_cue,
    find_chinese_end,
    find_quoted,
    find_recurring_end,
    has_cue,
    is_fitting,
    is_termlike,
)
from littrack.analysis.term_forms import FormIndex, split_joined
from littrack.terms import FormKind, PairKind, Span, TermPair
from littrack.text import STOP_WORDS, fold, stem, words

_LOOKED_BACK = 120  # characters before the parentheses
_PARENTHESES = re.compile(r"[(（]([^()（）\n]{2,90})[)）]")
_WORD = r"[A-Za-z][A-Za-z0-9]*"
_JOINT = r"(?:\s?[-–‑]\s?|\s|['’]s?\s?|/|&)"
_ENGLISH = re.compile(rf"{_WORD}(?:{_JOINT}[A-Za-z0-9]+)*")
_ENGLISH_END = re.compile(rf"({_WORD}(?:{_JOINT}[A-Za-z0-9]+)*)[*_`\"”']*\s?$")
_CUE = re.compile(
    r"(?:英文(?:名称?|全称|缩写|简称)?|中文(?:名称?|译名)?|全称|简称|缩写|即|又称|也称|亦称|又叫|也叫"
    r"|译为|译作|abbreviated as|abbr\.?|i\.e\.,?|aka|short for|or)\s?(?:为|是|作)?\s?[:：]?\s*",
    re.IGNORECASE,
)
_MARKS = " *_`\"“”'"
_SEPARATOR = re.compile(r"\s*[,，;；、:：]\s*|\s+or\s+")
_NOT_FIRST_WORDS = """
    see figure fig table tab section sec eq eqs equation chapter appendix page arxiv http https
    e eg ie cf vs left right top bottom we this that these max min ours others etc
"""
_NOT_FIRST = frozenset(_NOT_FIRST_WORDS.split())
_REMARKS = re.compile(
    "^(?:如下|推荐|重要|可选|必|待|未|已|见|图$|表$|左|右|前者|后者|略|个人|这里|注意$|最|取|不(?!确定|变|平衡))"
    "|[图表][0-9]|开源|闭源|我们|参考|来源|作者|包括|例如|比如|也就是|感觉|没有|非常|可能|应该|今年|去年"
    "|目前|左右|以上|以下"
)
_ENDINGS_WORDS = """
    学习 模型 训练 微调 精调 调优 预测 注意力 机制 网络 函数 编码 编码器 解码 解码器 推理 算法
    对齐 强化 检索 生成 能力 蒸馏 量化 剪枝 嵌入 表示 表征 建模 规划 提示 向量 采样 卷积 归一化
    正则化 梯度 损失 评估 增强 自注意力 变换器 图谱 翻译 识别 分类 回归 聚类 优化 搜索 抽取
    摘要 问答 推断 框架
"""
_ENDINGS = tuple(_ENDINGS_WORDS.split())
_OF_SENTENCES = frozenset(
    ("is", "are", "was", "we", "this", "that", "can", "et", "al", "will", "has", "have")
)
_ORGANISATION = re.compile(r"\b(?:University|Institute|Laborator(?:y|ies)|Labs?|Inc|Corporation)\b")
_BULLETS = " \t-*+•·●#0123456789.、)"
_ENDS = re.compile(r"\s*(?:[,，.。;；:：]|$)")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


@dataclass(frozen=True, slots=True)
class _Gloss:
    """What stands within parentheses, as far as it names a term."""

    english: str = ""
    chinese: str = ""
    abbreviation: str = ""


def find_glosses(line: str, known: FormIndex, text: str) -> Iterator[TermPair]:
    """The pairs in a line; spans count in it. `text` is all of the note, to learn borders from."""
    for found in _PARENTHESES.finditer(line):
        gloss = _read_gloss(found[1])
        if gloss is not None:
            before = line[max(0, found.start() - _LOOKED_BACK) : found.start()]
            pair = _pair(before, gloss, known, text)
            if pair is not None:
                start = line.rfind(_first_form(pair, gloss), 0, found.start())
                yield _placed(pair, (max(start, 0), found.end()))
        yield from _pairs_at_end(found[1], found.start(1))


def _placed(pair: TermPair, span: Span) -> TermPair:
    return TermPair(pair.kind, pair.english, pair.chinese, pair.abbreviation, span, pair.meaning)


def _first_form(pair: TermPair, gloss: _Gloss) -> str:
    """The form that stands before the parentheses."""
    inside = (gloss.english, gloss.chinese, gloss.abbreviation)
    return next((form for _, form in pair.forms if form not in inside), "")


def _read_gloss(inside: str) -> _Gloss | None:
    found: dict[str, str] = {}
    if _YEAR.search(inside) or inside.endswith("等"):
        return None
    for number, part in enumerate(_SEPARATOR.split(inside.strip())):
        part = part.strip(_MARKS)
        cue = _CUE.match(part)
        part = part[cue.end() :] if cue else part
        if not part and number == 0:
            continue  # only a cue: 简称: LLM
        kind = _kind(part)
        if kind in found:
            return None  # examples or members: (reward, state, action)
        if kind is None:
            break
        found[kind] = part
    return _Gloss(**found) if found else None


def _kind(part: str) -> str | None:
    if is_abbreviation(part):
        return "abbreviation"
    if is_english_term(part):
        return "english"
    if is_termlike(part):
        return "chinese"
    return None


def is_english_term(text: str) -> bool:
    """Whether English words name something: at most seven, none of a sentence, none of a page."""
    if _ENGLISH.fullmatch(text) is None or sum(map(str.isalpha, text)) < 3:
        return False
    own = text.lower().split()  # In-context learning begins with no stop word
    if own[0] in _NOT_FIRST | STOP_WORDS or own[-1] in STOP_WORDS or _ORGANISATION.search(text):
        return False
    return len(re.findall(_WORD, text)) <= 7 and not _OF_SENTENCES & {*own}


def _pair(before: str, gloss: _Gloss, known: FormIndex, text: str) -> TermPair | None:
    """What stands before the parentheses, with what is in them."""
    if gloss.english or gloss.abbreviation:
        chinese = _find_chinese(before, gloss, known, text)
        if chinese:
            return TermPair(PairKind.INLINE, gloss.english, chinese, gloss.abbreviation)
    ending = _ENGLISH_END.search(before)
    if ending is None:
        return None
    if gloss.chinese:
        return _english_before(ending[1], gloss, known)
    if gloss.abbreviation:
        meaning = find_meaning(gloss.abbreviation, ending[1])
        if meaning and is_english_term(meaning):
            return TermPair(PairKind.INLINE, meaning, "", gloss.abbreviation)
    last = ending[1].split()[-1]
    if gloss.english and is_abbreviation(last):
        sure = find_meaning(last, gloss.english) == gloss.english
        return TermPair(PairKind.INLINE, gloss.english, "", last) if sure else None
    return None


def _find_chinese(before: str, gloss: _Gloss, known: FormIndex, text: str) -> str | None:
    """The Chinese form that ends before the parentheses."""
    quoted = find_quoted(before)
    if quoted is not None:
        return quoted if is_termlike(quoted) and not has_cue(quoted) else None
    run = find_chinese_end(before)
    meant = known.find(gloss.english, FormKind.ENGLISH)
    meant = known.find(gloss.abbreviation, FormKind.ABBREVIATION) if meant is None else meant
    end = known.find_end(run)
    if end is not None and end[1] == meant:
        return end[0]
    if not gloss.english and meant is None and any(c.isdigit() for c in gloss.abbreviation):
        return None  # the name of a model, or of a layer: C4
    cut = cut_after_cue(run)
    if _agrees(cut, gloss, known, meant):
        return cut
    recurring = find_recurring_end(cut, text)
    return recurring if recurring and _agrees(recurring, gloss, known, meant) else None


def _agrees(chinese: str, gloss: _Gloss, known: FormIndex, meant: int | None) -> bool:
    """Whether the two can be one term, as far as lengths and the table tell."""
    if not is_termlike(chinese) or chinese.endswith(("的", "了", "等")):
        return False
    if not is_fitting(chinese, gloss.english, gloss.abbreviation):
        return False
    number = known.find(chinese, FormKind.CHINESE)
    if meant is None and number is not None and gloss.english:
        return _shares_word(gloss.english, known.terms[number].english)
    if meant is None:
        return _is_telling(gloss.english) if gloss.english else chinese.endswith(_ENDINGS)
    if number is not None:
        return False  # of another term
    return " " in gloss.english or _shares_character(chinese, known.terms[meant].chinese)


def _is_telling(english: str) -> bool:
    """Whether an unknown English form says enough: two words, or a long one."""
    return len(english) > 6 and not any(map(str.isdigit, english)) and "/" not in english


def _english_before(run: str, gloss: _Gloss, known: FormIndex) -> TermPair | None:
    """An English form, and its Chinese in parentheses."""
    meant = known.find(gloss.chinese, FormKind.CHINESE)
    last = known.find_last_words(run)
    same = last is not None and last[1] == meant
    english = last[0] if last is not None and same else _trim(run)
    pair = _as_pair(english, gloss.chinese)
    if same:
        return pair
    if has_cue(gloss.chinese) or _REMARKS.search(gloss.chinese) or pair is None:
        return None
    number = known.find(english)
    if number is None and not _is_telling(english):
        return None
    if number is not None and not _shares_character(gloss.chinese, known.terms[number].chinese):
        return None  # more likely a remark: 连续的 token(自编码)
    plain = any(re.fullmatch("[A-Z]?[a-z]{3,}", word) for word in re.findall(_WORD, english))
    sure = plain or (gloss.chinese.endswith(_ENDINGS) and len(gloss.chinese) >= 4)
    return pair if sure and is_fitting(gloss.chinese, pair.english, pair.abbreviation) else None


def _shares_character(chinese: str, forms: tuple[str, ...]) -> bool:
    return not forms or any(set(fold(chinese)) & set(form) for form in forms)


def _shares_word(english: str, forms: tuple[str, ...]) -> bool:
    stems = set(map(stem, words(english)))
    return any(stems & set(map(stem, words(form))) for form in forms)


def _trim(run: str) -> str:
    """The words after the last one that terms do not begin with."""
    own = run.split(" ")
    stops = [number for number, word in enumerate(own) if word.lower() in STOP_WORDS]
    return " ".join(own[stops[-1] + 1 :] if stops and len(own) > 4 else own)


def _as_pair(english: str, chinese: str) -> TermPair | None:
    if is_abbreviation(english):
        return TermPair(PairKind.INLINE, "", chinese, english)
    if not is_english_term(english):
        return None
    return TermPair(PairKind.INLINE, split_joined(english), chinese)


def _pairs_at_end(inside: str, offset: int) -> Iterator[TermPair]:
    """A remark that ends with a term and its translation: (the beyond is word modeling词序建模)."""
    found = re.search(rf"((?:[a-z]+ )+[a-z]+)([{HAN}]{{3,8}})$", inside)
    if found is None or has_cue(found[2]) or not found[2].endswith(_ENDINGS):
        return
    english = _trim(found[1])
    if " " in english and is_english_term(english) and is_fitting(found[2], english, ""):
        start = offset + found.end(1) - len(english)
        yield TermPair(PairKind.INLINE, english, found[2], span=(start, offset + found.end()))


def find_touching(line: str, known: FormIndex) -> Iterator[TermPair]:
    """Two forms of one known term side by side: 情境学习ICL, Prompt 提示词."""
    for chinese in CHINESE_RUN.finditer(line):
        yield from _touching_after(line, chinese, known)
        yield from _touching_before(line, chinese, known)


def _touching_after(line: str, chinese: re.Match[str], known: FormIndex) -> Iterator[TermPair]:
    end = known.find_end(chinese[0])
    after = re.compile(rf" ?({_WORD}(?:[ -][A-Za-z]+){{0,5}})").match(line, chinese.end())
    if end is None or after is None:
        return
    own = after[1].split(" ")
    for length in range(len(own), 0, -1):
        english = " ".join(own[:length])
        if _is_same(english, end[1], known):
            span = (chinese.end() - len(end[0]), after.start(1) + len(english))
            yield _touching_pair(english, end[0], span)
            return


def _is_same(english: str, number: int, known: FormIndex) -> bool:
    if known.find(english) == number:
        return True
    forms = known.terms[number].english
    return is_abbreviation(english) and any(is_initials(english, form) for form in forms)


def _touching_before(line: str, chinese: re.Match[str], known: FormIndex) -> Iterator[TermPair]:
    start = known.find_start(chinese[0])
    before = _ENGLISH_END.search(line, max(0, chinese.start() - 80), chinese.start())
    if start is None or before is None:
        return
    last = known.find_last_words(before[1])
    if last is not None and last[1] == start[1]:
        alone = not line[: before.start(1)].strip(_BULLETS) and _ENDS.match(line, chinese.end())
        whole = alone and is_termlike(chinese[0]) and not has_cue(chinese[0])
        form = chinese[0] if whole else start[0]
        span = (before.end(1) - len(last[0]), chinese.start() + len(form))
        yield _touching_pair(last[0], form, span)


def _touching_pair(english: str, chinese: str, span: Span) -> TermPair:
    short = is_abbreviation(english)
    return TermPair(
        PairKind.INLINE,
        "" if short else split_joined(english),
        chinese,
        english if short else "",
        span,
    )
