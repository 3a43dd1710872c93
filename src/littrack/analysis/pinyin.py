"""Pinyin that a converter put behind Chinese characters: 訓(xùn), 能力(nénglì)."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from littrack.notes import Span

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_CANDIDATE = re.compile(
    rf"(?P<han>[{_HAN}]{{0,8}})(?P<pinyin>[(（]\s?[^\W\d_][^()（）\n]{{0,40}}?[)）])"
)
_TONES = "\u0304\u0301\u030c\u0300"  # macron, acute, caron, grave
_SYLLABLE = re.compile(
    r"(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?"
    r"(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|üan|ai|an|ao|ei|en|er|ia|ie|in|iu|ou|ua|ue"
    r"|ui|un|uo|üe|ün|[aoeiuü])['’\s]?"
)
# Without a tone mark a syllable proves nothing, unless it is how this very character is read.
_TONELESS = {
    "的": "de", "地": "de", "得": "de", "了": "le", "吗": "ma", "嗎": "ma", "呢": "ne", "吧": "ba",
    "么": "me", "麼": "me", "们": "men", "們": "men", "着": "zhe", "著": "zhe", "个": "ge",
    "個": "ge", "子": "zi", "过": "guo", "過": "guo", "头": "tou", "頭": "tou",
}  # fmt: skip


class Pinyin(NamedTuple):
    """Where pinyin stands with its brackets, and the characters before it that it spells."""

    span: Span
    han: str


def find_pinyin(text: str) -> list[Pinyin]:
    """Every pinyin in brackets, in order; "(GPT)", "(see)" and "(résumé)" are none."""
    found = []
    for each in _CANDIDATE.finditer(text):
        inner = each["pinyin"][1:-1].strip()
        count = _count_syllables(inner, each["han"], text[each.end() : each.end() + 1])
        if count:
            found.append(Pinyin(each.span("pinyin"), each["han"][-count:]))
    return found


def _count_syllables(inner: str, han: str, after: str) -> int:
    """How many syllables the words in brackets are; 0 when they are no pinyin of what precedes."""
    if han and _TONELESS.get(han[-1]) == inner:
        return 1
    apart = unicodedata.normalize("NFD", inner.replace("ɡ", "g"))
    tones = sum(character in _TONES for character in apart)
    plain = unicodedata.normalize("NFC", "".join(c for c in apart if c not in _TONES)).lower()
    syllables = _split(plain)
    neutral = inner.endswith(tuple(_TONELESS.values()))  # wǒmen
    if not tones or not syllables or tones < syllables - neutral:
        return 0
    if not han:  # the character itself was lost: F(xiàn)在
        return syllables if syllables == 1 and re.match(f"[{_HAN}]", after) else 0
    return syllables if syllables <= len(han) else 0


def _split(plain: str) -> int:
    """How few syllables a word can be parted into; 0 if it cannot."""
    best = {0: 0}
    for start in range(len(plain)):
        if start not in best:
            continue
        for end in range(start + 1, min(len(plain), start + 7) + 1):
            if _SYLLABLE.fullmatch(plain, start, end):
                best[end] = min(best.get(end, 99), best[start] + 1)
    return best.get(len(plain), 0)
