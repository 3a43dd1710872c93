"""Where a term begins in running Chinese, which has no spaces: cues, quotes, length, recurrence.

在一些任务上采用链式思维(chain-of-thought) names 链式思维, not all that stands before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

HAN = "\u3400-\u4dbf\u4e00-\u9fff"
CHINESE_RUN = re.compile(rf"[{HAN}](?:[{HAN}]|\s?[-·–—]\s?(?=[{HAN}]))*")

# Words after which a term begins. Of one character, only what terms hardly contain; where they do,
# the words that do are in _HOLDING.
_CUES_WORDS = """
    称为 称作 称之为 称 叫做 叫作 叫 名为 所谓 即为 即 例如 比如 譬如 包括 包含 以及 或者 还是
    通过 利用 使用 采用 运用 应用 应用于 基于 关于 对于 用于 适用于 位于 属于 由于 至于 根据
    按照 引入 提出 介绍 提到 了解 一种 一个 一些 两种 三种 这种 该种 这个 这些 那些 某种 各种
    各个 多种 几种 不同 其中 其他 其它 主要 进行 实现 具有 拥有 没有 能够 可以 需要 应该 必须
    来做 我们 他们 它们 作者 首先 其次 然后 最后 因此 所以 但是 并且 而且 如果 因为 为了 在于
    来自 得到 获得 形成 产生 执行 完成 解决 一系列 多个 几个 类似 当然 已经 来 尽管 虽然 依赖
    直接 额外 表现 前几 到 取 输入 输出 变成 成为 作了 专门 常用 常见 著名 新型 全新 典型 涉及
    证明 发现 认为 表明 研究 的 了 是 和 与 及 或 被 把 让 从 为 在 有 如 而 也 就 都 只 又 很
    这 那 该 其 做 以 将 于
"""
_CUES = _CUES_WORDS.split()
_HOLDING_WORDS = """
    目的 饱和 求和 总和 参与 普及 行为 人为 作为 潜在 内在 外在 在线 在环 有监督 有效 有限 有向
    有界 有害 有偏 有序 私有 专有 特有 将来 服从 主从 只读 名称 对称 称谓 如何 意为 关于 都市
    其他 从众 更新 叫声 即时 即插 有损 有用 来源 未来 端到端 序列到序列 点到点 取样
"""
_HOLDING = _HOLDING_WORDS.split()
_CUE = re.compile("|".join(sorted(map(re.escape, _CUES), key=lambda cue: -len(cue))))
_HELD = re.compile("|".join(_HOLDING))
# Words that name no concept by themselves: 模型(BERT) says what BERT is, not what it is called.
_GENERIC_WORDS = """
    模型 方法 结构 框架 算法 数据 数据集 任务 论文 文章 作者 公司 大学 工具 平台 系统 代码 项目
    版本 参数 步骤 图 表 网络 模块 机制 技术 策略 领域 问题 实验 结果 指标 大模型 工作 团队
    机构 语料 小模型 基线 场景 样本 函数 过程 部分 网络结构 整体框架 阶段 情况 方式 内容 信息
    名称
"""
_GENERIC = frozenset(_GENERIC_WORDS.split())
_QUOTED = re.compile(r"(?:[“\"「『《【]|\*\*|__|`|==)([^“”\"「」『』《》【】*_`=\n]{2,24})"
                     r"(?:[”\"」』》】]|\*\*|__|`|==)\s?$")  # fmt: skip
_NOT_LAST = ("的", "等", "了", "是", "后", "时", "为")
_MOST_CHARACTERS = 14
_MOST_PLACES = 100  # of a word in a text, looked at


def find_quoted(before: str) -> str | None:
    """What stands in quotes or in bold at the end of a text: its borders are certain."""
    found = _QUOTED.search(before)
    return found[1].strip() if found else None


def find_chinese_end(before: str) -> str:
    """The run of Chinese that a text ends with; "" without one."""
    start = len(before)
    while start and (CHINESE_RUN.fullmatch(before[start - 1]) or before[start - 1] in " -·–—"):
        start -= 1
    runs = list(CHINESE_RUN.finditer(before, start))
    return runs[-1][0] if runs and runs[-1].end() == len(before.rstrip()) else ""


def cut_after_cue(run: str) -> str:
    """The run after the last word that does not belong to a term."""
    held = [place for word in _HELD.finditer(run) for place in range(*word.span())]
    borders = [cue.end() for cue in _CUE.finditer(run) if not set(range(*cue.span())) <= set(held)]
    fitting = [border for border in borders if len(run) - border >= 2]
    return run[fitting[-1] :].strip(" -·–—") if fitting else run


def is_termlike(chinese: str) -> bool:
    """Whether it can be a term: neither one character nor a sentence nor a word for anything."""
    if not 2 <= len(chinese) <= _MOST_CHARACTERS or chinese in _GENERIC:
        return False
    return CHINESE_RUN.fullmatch(chinese) is not None


def has_cue(chinese: str) -> bool:
    """Whether a word stands in it that terms do not have."""
    return cut_after_cue(chinese) != chinese or chinese.endswith(_NOT_LAST)


def is_fitting(chinese: str, english: str, abbreviation: str) -> bool:
    """Whether a Chinese form is as long as a translation of the English is: 2 characters a word."""
    length = sum(not c.isascii() for c in chinese)
    words = len(re.findall(r"[A-Za-z]+", english))
    if words:
        return words <= length <= 3.5 * words + 1
    letters = sum(c.isupper() for c in abbreviation)
    return 1.5 * letters <= length <= 3.5 * letters


def find_recurring_end(run: str, text: str) -> str | None:
    """The longest end of a run that the text has elsewhere too, after two other characters."""
    for start in range(max(1, len(run) - _MOST_CHARACTERS), len(run) - 2):
        end, before = run[start:], {run[start - 1]}
        for place, _ in zip(_places(end, text), range(_MOST_PLACES), strict=False):
            before.add(text[place - 1 : place])
            if len(before) > 2:
                return end
    return None


def _places(piece: str, text: str) -> Iterator[int]:
    place = text.find(piece)
    while place >= 0:
        yield place
        place = text.find(piece, place + 1)
