"""The mined translation table: the English of Chinese words that the term table does not know.

It is made by `littrack train-terms` and not by hand, so it is right in most rows, not in all: where
the hand-written table (`terms`) knows a term, that is believed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

# Words around terms that say nothing to search for: no entries, and no gap in a translation.
SILENT = frozenset(
    """
    的 之 中的 基于 通过 进行 使用 利用 采用 以及 关于 对于 针对 面向 一种 一个 如何 怎么 怎样 什么
    哪些 有关 相关 提出 提供 解决 优于 现有 进一步 可以 导致 实现 具有 存在 用于 其中 成为 能够 需要
    包括 根据 由于 因此 仍然 论文 文章
    """.split()  # noqa: SIM905 - a list of 40 words is read more easily as words
)
# What a character left between terms means, as a rule; the last few mean nothing of their own.
AFFIXES = {
    "非": "non", "多": "multi", "双": "double", "半": "semi", "自": "self", "元": "meta",
    "负": "negative", "正": "positive", "核": "kernel", "树": "tree", "图": "graph", "链": "chain",
    "环": "loop", "行": "row", "列": "column", "边": "edge", "点": "point", "词": "word",
    "流": "flow", "熵": "entropy", "法": "method", "率": "rate", "集": "set", "层": "layer",
    "机": "machine", "域": "domain", "类": "class", "值": "value", "积": "product",
    "器": "", "性": "", "化": "", "式": "", "型": "", "地": "", "度": "", "们": "",
}  # fmt: skip
_LONGEST = 8  # characters
_GAP = 3.0  # what a character costs that no translation covers; a translation costs 2 at most


@dataclass(frozen=True, slots=True)
class Translation:
    """A Chinese term and its English.

    `sureness` is the share of the texts with the term in which the English is expected to
    translate it, times the cosine of the texts of both.
    """

    chinese: str
    english: str
    sureness: float


@dataclass(slots=True)
class TranslationTable:
    """English and sureness by Chinese, ready to translate what a person typed."""

    entries: dict[str, tuple[str, float]] = field(default_factory=dict)

    def add(self, one: Translation) -> None:
        """Know one more."""
        self.entries[one.chinese] = (one.english, one.sureness)

    def cover(self, run: str) -> tuple[list[Translation], int]:
        """The translations that cover a run of folded Chinese best, and how many characters none.

        The cheapest way to cut it: few pieces, sure ones, and as few characters left as can be.
        """
        cost, cuts = [0.0], [0]
        for end in range(1, len(run) + 1):
            starts = range(max(0, end - _LONGEST), end)
            best = min((cost[start] + self._cost(run[start:end]), start) for start in starts)
            cost.append(best[0])
            cuts.append(best[1])
        pieces: list[str] = []
        end = len(run)
        while end:
            pieces.append(run[cuts[end] : end])
            end = cuts[end]
        pieces.reverse()
        affixes = {p: (AFFIXES[p], 0.0) for p in pieces if p in AFFIXES} if len(pieces) > 1 else {}
        entries = {p: self.entries.get(p) or affixes.get(p) for p in pieces}
        left = sum(len(p) for p in pieces if entries[p] is None and p not in SILENT)
        return [Translation(p, *known) for p in pieces if (known := entries[p])], left

    def _cost(self, piece: str) -> float:
        if piece in self.entries:
            return 2 - self.entries[piece][1]
        if piece in SILENT:
            return 0.1
        return _GAP if len(piece) == 1 else math.inf


def read_translations(lines: Iterable[str]) -> TranslationTable:
    """The table from its lines: Chinese, English, sureness in hundredths; the first is a header."""
    rows = (line.rstrip("\n").split("\t") for line in lines)
    next(rows, None)
    return TranslationTable(
        {chinese: (english, int(sure) / 100) for chinese, english, sure in rows}
    )


def write_lines(found: Iterable[Translation]) -> list[str]:
    """The lines of the table that `read_translations` reads."""
    rows = [f"{one.chinese}\t{one.english}\t{round(one.sureness * 100)}" for one in found]
    return ["zh\ten\tsureness", *rows]
