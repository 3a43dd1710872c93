"""What a series says of itself, in Chinese: the sentences that steps make of its counts."""

from __future__ import annotations

import re

_NUMBER = r"([\d,]+)"
_CHINESE = (
    (rf"{_NUMBER} of the library's {_NUMBER} are dated by the month in their id",
     "库中 {1} 篇里有 {0} 篇只知编号中的月份"),
    (rf"{_NUMBER} of the library's {_NUMBER} are dated by the day of announcement, .*",
     "库中 {1} 篇里有 {0} 篇以公告日计，可能比首个版本晚几天"),
    (rf"{_NUMBER} more have no date that says the month", "另有 {0} 篇日期不足以确定月份"),
    (rf"{_NUMBER} papers before (\S+) are not in the sums", "{1} 之前的 {0} 篇未计入累计"),
    (r"partial: (.*); papers are known until (\S+)", "不完整：{0}；已知论文截至 {1}"),
    (rf"(\S+) was frozen at {_NUMBER} and is {_NUMBER} now; .*",
     "{0} 冻结时为 {1} 篇，现为 {2} 篇；下次 littrack update 会说明原因"),
    (rf"(\S+) was frozen at {_NUMBER} and is {_NUMBER} since (\S+): (.*)",
     "{0} 冻结时为 {1} 篇，自 {3} 起为 {2} 篇：{4}"),
)  # fmt: skip


def translate_note(note: str, language: str) -> str:
    """The note in the chart's language; one that is not known here stays as it is.

    >>> translate_note("5 more have no date that says the month", "zh")
    '另有 5 篇日期不足以确定月份'
    """
    if language == "zh":
        for pattern, words in _CHINESE:
            found = re.fullmatch(pattern, note)
            if found:
                return words.format(*found.groups())
    return note
