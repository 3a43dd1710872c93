"""Headings of plain text: numbered ones, and short lines that stand above what they name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from littrack.sources.notes.blocks import width
from littrack.text import fold, has_chinese


class Heading(NamedTuple):
    """How deep it stands, and what it says, number included."""

    level: int
    title: str


_LONGEST = 80  # columns
_UNNUMBERED_LEVEL = 7  # below every numbered one
_LONGEST_UNNUMBERED = 40
_MOST_WORDS = 7
_ATX = re.compile(r"(#{1,6})[ \t]+(\S.*?)[ \t#]*$")
_NUMBERED = re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,2}){0,4})(?P<dot>\.?)(?P<gap>\s+)(?=\S)")
_CLOSE = re.compile(
    r"(?P<number>\d{1,2}(?:\.\d{1,2}){1,4})(?P<dot>)(?P<gap>)(?=[\u3400-\u9fffA-Z])"
)
_CHAPTER = re.compile(
    r"第\s?[一二三四五六七八九十百\d]{1,3}\s?(?P<kind>[章篇部讲講節节])(?=[\s:：、.]|$)"
)
_HAN_NUMBER = re.compile(r"[一二三四五六七八九十]{1,3}\s?[、．.]")
_BRACKETED = re.compile(r"[（(][一二三四五六七八九十]{1,3}[)）]")
_KNOWN = re.compile(
    r"(?:keywords?|abstract|introduction|background|related work|methods?|experiments?|results?"
    r"|discussion|conclusions?|references?|bibliography|appendix|摘要|关键词|引言|前言|简介|背景|总结|小结|结论"
    r"|正文|参考文献|参考资料|附录|相关文章|推荐阅读|目录)[\s:：]*"
)
_ENDS_SENTENCE = re.compile(r"[。，；！,;!.…、](?:[”’」』）)])*$")
_INSIDE_SENTENCE = re.compile(
    r"[。，；！|]|[,;]\s|(?<=[\u3400-\u9fff])[,;]|://|:\S|：\S|[.]\s+[A-Z]|="
)
_TITLE_BEGINS = re.compile(r"[A-Z\u3400-\u9fff【《“\"「『]")
_BULLET = re.compile(r"[-*+•·●◦■▪>|]|\[|Q[:：]|A[:：]")


def find_numbered(line: str) -> Heading | None:
    """A heading by its number, by marks, or one that every paper has."""
    line = line.strip()
    marked = _ATX.match(line)
    if marked:
        return Heading(len(marked[1]), marked[2])
    if not line or width(line) > _LONGEST or _ENDS_SENTENCE.search(line):
        return None
    chapter = _CHAPTER.match(line)
    if chapter:
        return Heading(2 if chapter["kind"] in "節节" else 1, line)
    if _HAN_NUMBER.match(line) and not _INSIDE_SENTENCE.search(line):
        return Heading(2, line)
    if _BRACKETED.match(line) and not _INSIDE_SENTENCE.search(line):
        return Heading(3, line)
    found = _NUMBERED.match(line) or _CLOSE.match(line)
    if found and _is_title(line[found.end() :]):
        depth = found["number"].count(".") + 1
        if not (found["dot"] and depth == 1):  # "1. ..." may as well be an item of a list
            return Heading(depth, line)
    return Heading(_UNNUMBERED_LEVEL, line.rstrip(":： ")) if _KNOWN.fullmatch(fold(line)) else None


def _is_title(words: str) -> bool:
    """Whether what follows a number is a title, not the rest of a sentence or a sum."""
    if not _TITLE_BEGINS.match(words) or "://" in words:
        return False
    return (
        not has_chinese(words[:1])
        or words[0] not in "个個年月日号號块塊种種次亿億万萬千百周天颗顆打层層位"
    )


def find_unnumbered(lines: Sequence[str], place: int) -> Heading | None:
    """A short line that names what stands below it.

    `lines` are those of the note that are not blank; a blank one between two is "".
    """
    line = lines[place].strip()
    if not _looks_short(line):
        return None
    below = next((each.strip() for each in lines[place + 1 : place + 3] if each.strip()), "")
    above = lines[place - 1].strip() if place else ""
    if not below or above.startswith("http"):
        return None
    leads_on = above or place + 1 >= len(lines) or lines[place + 1].strip() or _BULLET.match(below)
    if line[-1] in ":：" and leads_on:
        return None  # it leads into the next line: "for these reasons:"
    neighbours = [each.strip() for each in lines[max(0, place - 3) : place + 4] if each.strip()]
    if sum(map(_looks_short, neighbours)) > 4:  # a menu, a list of names
        return None
    if not _looks_short(below) and not _BULLET.match(below) and width(below) <= width(line):
        return None
    return Heading(_UNNUMBERED_LEVEL, line.rstrip(":： "))


def _looks_short(line: str) -> bool:
    if not line or width(line) > _LONGEST_UNNUMBERED or _BULLET.match(line):
        return False
    if _ENDS_SENTENCE.search(line) or _INSIDE_SENTENCE.search(line) or line[0].isdigit():
        return False
    if has_chinese(line):
        return line[-1] not in "吗嗎呢吧的了" and not re.search(r"\d\s*[*/+]\s*\d", line)
    words = line.split()
    return line[0].isupper() and len(words) <= _MOST_WORDS and len(line) > 1
