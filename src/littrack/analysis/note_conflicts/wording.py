"""The one sentence that explains a conflict, in English and in Chinese."""

from __future__ import annotations

import re
from typing import Literal

from littrack.analysis.disputes import value_text as english_text
from littrack.claims import ClaimValue, ModelDateKind, Quantity
from littrack.quantities import render_quantity

Language = Literal["en", "zh"]

# By rule: the English sentence, the Chinese one.
_SENTENCES: dict[str, tuple[str, str]] = {
    "version": (
        "this is the date of v{number}; the paper is from {known}",
        "这是 arXiv 第 {number} 版（v{number}）的日期，论文首发于 {known}",
    ),
    "later version": (
        "this is the date of a later version; the paper is from {known}",
        "这是论文后来某一版的日期，论文首发于 {known}",
    ),
    "later than id": (
        "id {paper} is from {month}, so {value} can only be the date of a later version",
        "论文编号 {paper} 说明它首发于 {month}，{value} 只可能是后来某一版的日期",
    ),
    "earlier than id": (
        "the paper's id {paper} is from {month}; on {value} it was not there yet",
        "论文编号 {paper} 说明它首发于 {month}，{value} 时还没有这篇论文",
    ),
    "before paper": (
        "the paper {paper} only came in {month}; perhaps the model was out before it",
        "论文 {paper} 到 {month} 才出现，模型也许发布得更早",
    ),
    "placeholder": (
        "1 January stands for a year whose day is not known; {model} is from {known}",
        "1 月 1 日多半是只知年份时的占位；{model} 发布于 {known}",
    ),
    "no day": (
        "1 January stands for a year whose day is not known",
        "1 月 1 日多半是只知年份时的占位",
    ),
    "order date": (
        "{model} is made from {parent}, which only came out on {came}",
        "{model} 以 {parent} 为基础，而 {parent} 到 {came} 才发布，{value} 不可能",
    ),
    "event": (
        "on {value}, {event}; the date of {model} is {known}",
        "{value} 是{event}的日期；{model} 的发布日期记为 {known}",
    ),
    "date": ("{model} is from {known}", "{model} 发布于 {known}"),
    "value": (
        "{model}: {field} is {known}, not {value}",
        "{model} 的{field}是 {known}，不是 {value}",
    ),
    "unlisted": (
        "{model}: sources have {known} for {field}; {value} is not among them",
        "来源给出的 {model} {field}是 {known}，其中没有 {value}",
    ),
    "rival": (
        "{model}: {field} is {known}; {value} has a source too",
        "{model} 的{field}一般写 {known}；{value} 也有出处",
    ),
    "entity": (
        "{value} is the size of {other}, not of {model}, which has {known}",
        "{value} 是 {other} 的参数量；{model} 的参数量是 {known}",
    ),
    "slip": (
        "{value} is {times} times what {model} has ({known}); a digit or unit may have slipped",
        "{value} 与 {model} 的 {known} 相差 {times} 倍，可能多写或少写了数位",
    ),
    "unit": (
        "{known}, not {value}: {model}'s number counts {unit}",
        "应为 {known}，不是 {value}：{model} 的这个数字数的是{unit}",
    ),
    "maker": (
        "{model} was made by {known}, not by {value}",
        "{model} 是 {known} 的，不是 {value} 的",
    ),
    "country": (
        "{model} was made by {known}, which is in {country}",
        "{model} 由 {known}（{country}）发布，不是{value}",
    ),
    "kind": ("{model} is a language model, not a {value}", "{model} 是语言模型，不是{value}"),
    "closed": (
        "not all of them are: the weights of {known} are not public",
        "并非都公开：{known} 的权重没有公开",
    ),
    "base": (
        "{model} is made from {known}, not from {value}",
        "{model} 的基座是 {known}，不是 {value}",
    ),
    "structure": (
        "{model} is made from {known}, so it has that model's structure, not {value}'s",
        "{model} 的基座是 {known}，结构也应同 {known}，而不是 {value}",
    ),
    "expansion": ("{model} stands for {known}", "{model} 是 {known} 的缩写，词序或用词有误"),
    "used before": (
        "{value}: {model} only came out in {known}",
        "{value} 时 {model} 还没有发布，它发布于 {known}",
    ),
    "months after": (
        "{model} came out in {known}, but {other} in {came}: {months} months do not lie between",
        "{model} 发布于 {known}，而 {other} 发布于 {came}，中间没有隔 {months} 个月",
    ),
    "month of id": (
        "the note cites {paper}, whose id is from {known}, not {value}",
        "所引论文的编号是 {paper}，即 {known}，不是 {value}",
    ),
    "year of id": (
        "the paper {paper} is from {known}; it cannot be cited as of {value}",
        "论文 {paper} 发表于 {known}，引用年份 {value} 不对",
    ),
    "cut title": ("the title is cut off; it is \u201c{known}\u201d", "标题被截断，全称是“{known}”"),
    "bare range": (
        "read as written, the range begins at {low}; the paper has {known}",
        "“{value}”只有后一个数带单位，照字面是从 {low} 开始；论文写的是 {known}",
    ),
    "range": ("the paper has {known}", "论文写的是 {known}"),
    "ratio": (
        "the paper's {ratio} is about {known}, not about {value}",
        "论文里的 {ratio} 说的是{known}，不是{value}",
    ),
    "slip in note": (
        "the same note says {known} elsewhere, so a digit has slipped in {value}",
        "同一篇笔记别处写的是 {known}，{value} 多写或少写了数位",
    ),
    "list in note": (
        "line {line} of the same note says {known}",
        "与本笔记第 {line} 行的“{known}”不一致",
    ),
    "twice": (
        "the note says {known} in line {line} and {value} here",
        "本笔记第 {line} 行写 {known}，这里写 {value}",
    ),
    "definition": (
        "other notes draw the line elsewhere: {known}",
        "其他笔记的界限不同：{known}",
    ),
    "other note": ("{other} says {known} of {model}", "笔记 {other} 说 {model} 是 {known}"),
}  # fmt: skip
_ALSO = (" (so does {sources})", "（{sources} 也这样写）")

EVENTS: dict[ModelDateKind, tuple[str, str]] = {
    ModelDateKind.WEIGHTS_RELEASE: ("its weights were released", "公开权重"),
    ModelDateKind.ANNOUNCED: ("it was announced", "对外宣布"),
    ModelDateKind.API_RELEASE: ("its API was opened", "开放接口"),
    ModelDateKind.VENUE: ("it was published at a venue", "会议发表"),
    ModelDateKind.ARXIV_V1: ("version 1 went to arXiv", "首次提交 arXiv"),
    ModelDateKind.ARXIV_LATEST: ("a later version went to arXiv", "提交后来某一版"),
    ModelDateKind.TRAINING_END: ("its training ended", "训练结束"),
    ModelDateKind.TRAINING_START: ("its training began", "训练开始"),
}
FIELDS: dict[str, tuple[str, str]] = {
    "size": ("the size", "参数量"),
    "pretrain_data": ("the training data", "训练数据量"),
    "hardware": ("the hardware", "训练硬件"),
    "training_time": ("the training time", "训练时间"),
}
UNITS: dict[str, tuple[str, str]] = {
    "tokens": ("tokens", "token"), "words": ("words", "词"), "bytes": ("bytes", "字节"),
    "parameters": ("parameters", "参数"), "examples": ("examples", "样本"),
}  # fmt: skip
KINDS = {"toolkit": "工具集", "dataset": "数据集", "benchmark": "评测基准"}


_LATIN_SCALE = re.compile(r"\d\s?[KMBT]i?B?(?![A-Za-z0-9])")


def explain(rule: str, language: Language, **values: object) -> str:
    """The sentence of a rule with its values filled in; `also` names who says the same."""
    place = int(language == "zh")
    said = _SENTENCES[rule][place].format(**values)
    return said + (_ALSO[place].format(sources=values["also"]) if values.get("also") else "")


def value_text(value: ClaimValue, language: Language) -> str:
    """A value in one line as the language writes it."""
    if language == "en" or not isinstance(value, Quantity):
        return english_text(value)
    return render_quantity(value, "zh") if value.value is not None else "未披露"


def number_style(sentence: str, language: Language) -> Language:
    """How numbers are shown: 130B in a sentence that writes them so, be it Chinese."""
    return "en" if _LATIN_SCALE.search(sentence) else language


def of(words: tuple[str, str], language: Language) -> str:
    """The word in the language."""
    return words[language == "zh"]
