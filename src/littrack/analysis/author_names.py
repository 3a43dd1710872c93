"""Whether the first author that a reference names is the first author of a paper.

Names come as ``Wei, Jason``, ``Jason Wei``, ``J. Wei``, ``Wei J``, and Chinese ones in either
order; any of these may mean the others. Where a list begins with a group (OpenAI, a collaboration),
its first person counts too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from enum import Enum
from functools import lru_cache

from littrack.text import fold, has_chinese


class Agreement(Enum):
    """How the authors of a reference and of a paper agree."""

    SAME = "same"
    LISTED = "listed"  # among the authors, but not the first
    OTHER = "other"
    UNKNOWN = "unknown"  # a list is empty, or in another script


Reading = tuple[str, tuple[str, ...]]  # family name, given names or initials; folded

_PARTICLES = frozenset(
    ("van", "von", "der", "den", "de", "la", "le", "di", "da", "dos", "del", "el", "al", "bin")
)
_GROUP = re.compile(
    r"\b(?:teams?|collaborations?|groups?|consortium|initiative|project|labs?|laboratory|institute|"
    r"university|research|inc|ai|community|association|working)\b|openai|deepmind|google|anthropic|"
    r"团队|课题组|研究院|实验室|大学"
)
_OTHERS = frozenset(("et al.", "et al", "others", "等", ""))
_TEX = re.compile(r"\\[\"'`^~=.]|\\[cHkruvbd](?=\s*\{)|[{}\\]")
_SUFFIX = re.compile(r"(?:,\s*|\s)(?:jr|sr|ii|iii|iv)\.?$", re.IGNORECASE)


def compare_first_authors(names: Sequence[str], paper_names: Sequence[str]) -> Agreement:
    """Whether the list begins with the author that the paper's list begins with."""
    cited, real = _known(names), _known(paper_names)
    if not cited or not real:
        return Agreement.UNKNOWN
    firsts, real_firsts = _firsts(cited), _firsts(real)
    if any(is_same_author(one, other) for one in firsts for other in real_firsts):
        return Agreement.SAME
    if has_chinese(cited[0]) != has_chinese(real[0]):
        return Agreement.UNKNOWN
    if all(map(is_group, firsts)) or all(map(is_group, real_firsts)):
        return Agreement.UNKNOWN  # the lab's name for the people's, or the other way round
    if any(is_same_author(cited[0], other) for other in real):
        return Agreement.LISTED
    return Agreement.OTHER


def begins_with_author(text: str, paper_names: Sequence[str]) -> bool:
    """Whether a paper's first author is named in running text."""
    words = set(_folded_words(text))
    for name in _firsts(_known(paper_names)):
        if any(family in words or (has_chinese(family) and family in fold(text))
               for family, _ in _likely_readings(name)):  # fmt: skip
            return True
    return False


def is_group(name: str) -> bool:
    """Whether a name is that of a company, a team or a collaboration."""
    return _GROUP.search(fold(name)) is not None


@lru_cache(maxsize=8192)
def is_same_author(one: str, other: str) -> bool:
    """Whether two names can be of one person, or are of one group.

    >>> is_same_author("van den Oord, A.", "Aäron van den Oord")
    True
    """
    if is_group(one) and is_group(other):
        shared = set(_folded_words(one)) & set(_folded_words(other))
        return bool(shared - {"team", "the", "group", "collaboration", "ai", "research"})
    return any(
        family == other_family and _agree(given, other_given)
        for family, given in _readings(one)
        for other_family, other_given in _readings(other)
    )


def _known(names: Sequence[str]) -> list[str]:
    return [name for name in names if fold(name).strip() not in _OTHERS]


def _firsts(names: list[str]) -> list[str]:
    """The first name; where it is a group's, the first person's as well."""
    if names and is_group(names[0]):
        return names[:1] + [name for name in names if not is_group(name)][:1]
    return names[:1]


def _readings(name: str) -> Iterator[Reading]:
    """Everything that a name can mean."""
    if not name.isupper():  # initials that stick together, "Wei JW"; but not "WEI LI"
        name = re.sub(r"\b[A-Z]{2,3}\b", lambda found: " ".join(found[0]), name)
    yield from _likely_readings(name)
    words = _folded_words(name)
    if "," not in name and len(words) > 1:
        yield words[0], tuple(words[1:])  # family name first: Wei J, 赵 鑫, Zhao Xin
    if len(words) > 1:  # Xin Zhao, written Zhao, Xin or the other way round
        yield words[-1], tuple(words[:-1])
    yield "".join(words), ()


def _likely_readings(name: str) -> Iterator[Reading]:
    name = _SUFFIX.sub("", name.strip())
    family, comma, given = name.partition(",")
    words = _folded_words(name)
    if not words:
        return
    if comma:
        families = _folded_words(family)
        if families:
            yield "".join(families), tuple(_folded_words(given))
            yield families[-1], tuple(_folded_words(given))
        return
    if has_chinese(name):
        yield "".join(words), ()
        return
    start = len(words) - 1
    while start > 1 and words[start - 1] in _PARTICLES:
        start -= 1
    yield "".join(words[start:]), tuple(words[:start])
    yield words[-1], tuple(words[:start])


@lru_cache(maxsize=8192)
def _folded_words(text: str) -> tuple[str, ...]:
    """Words without accents, hyphens and apostrophes."""
    text = _TEX.sub("", text)
    text = re.sub(r"(?<=[^\W\d_])[-‐‑'’](?=[^\W\d_])", "", text)
    apart = unicodedata.normalize("NFD", fold(text))
    plain = "".join(c for c in apart if unicodedata.category(c) != "Mn")
    return tuple(re.findall(r"[^\W\d_]+", plain.replace("ø", "o").replace("ł", "l")))


def _agree(given: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether given names can be the same person's: an initial, a short form, or not stated."""
    if not given or not other or "".join(given) == "".join(other):
        return True
    return any(_is_short_for(one, two) or _is_short_for(two, one) for one in given for two in other)


def _is_short_for(short: str, whole: str) -> bool:
    return whole.startswith(short)
