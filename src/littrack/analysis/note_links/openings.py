"""How a text opens: the lines like titles that it begins with, and the name that it repeats.

"《Mask R-CNN》, ICCV 2017" says what a note is about even where the library does not hold it: then
no other paper must be taken for it, however alike.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

from littrack.analysis.note_links.title_index import TitleIndex, Word
from littrack.text import STOP_WORDS

_LEADING_LINES = 4
_QUOTED = re.compile(r"[《\[「『“\"]([A-Za-z][^《》\[\]「」『』“”\"\n]{15,200})[》\]」』”\"]")
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9'’-]*")
_FEWEST, _MOST = 4, 25  # words of a line like a title
_HAN = re.compile(r"[\u3400-\u9fff]")
_LABEL = re.compile(
    r"^[\s#>*•\-\d.、【】\[\]]*(?:论文|標題|标题|题目|題目|paper|title)?[^:：]{0,8}[:：]\s*", re.I
)
_SAME_LINE = 0.6  # share of a line like a title in a title from which on it is that title
_LONGEST_NAME, _MOST_NAMES = 25, 12
_PASSED_OVER, _LONGEST_BEGINNING = 3, 3  # words of a title; letters of each in an acronym
_HASH = re.compile(r"\d*[0-9a-f]*\d[0-9a-f]{5,}")  # part of a file's name
_LEAD = 80  # characters in which the name stands that a text is about


@dataclass(frozen=True, slots=True)
class Opening:
    """What a text says first."""

    title_lines: tuple[frozenset[str], ...] = ()  # the words of each line like a title
    main_name: str = ""  # folded; "" where no name stands out
    main_places: frozenset[int] = frozenset()  # where it stands
    names: Mapping[str, int] = field(default_factory=dict)  # all of them, and how often


def read_opening(text: str, words: Sequence[Word], title: str = "") -> Opening:
    """What a text opens with; `title` is what stands over it, if anything."""
    lines = [line for line in text.split("\n") if line.strip()][:_LEADING_LINES]
    quoted = _QUOTED.findall("\n".join(lines)[:600])
    kept = tuple(filter(None, map(_words_like_title, [title, *lines, *quoted])))
    counts = _count_names(text, words)
    ranked = counts.most_common(1)
    name = ranked[0][0] if ranked and ranked[0][1] >= 2 else ""
    places = frozenset(word.span[0] for word in words if name and word.text == name)
    return Opening(kept, name, places, dict(counts.most_common(_MOST_NAMES)))


def _words_like_title(line: str) -> frozenset[str]:
    """The words of a line if it may be an English title, else nothing."""
    latin = _LATIN.findall(line)
    han = len(_HAN.findall(_LABEL.sub("", line)))
    if not _FEWEST <= len(latin) <= _MOST or han > len(latin) or "http" in line:
        return frozenset()
    capitals = sum(word[0].isupper() for word in latin)
    if capitals < 2:
        return frozenset()
    return frozenset(re.findall(r"[a-z0-9]+", " ".join(latin).lower())) - STOP_WORDS


def _count_names(text: str, words: Sequence[Word]) -> Counter[str]:
    """How often each coined word stands there, what leads twice as much: TransTrack, YOLOv4."""
    counts: Counter[str] = Counter()
    for word in words:
        start, end = word.span
        if is_coined(text[start:end]):
            counts[word.text] += 2 if start < _LEAD else 1
    return counts


def is_coined(written: str) -> bool:
    """Whether a word is a name by its look: capitals inside it, or letters with digits."""
    if not 3 <= len(written) <= _LONGEST_NAME or not written.isascii() or _HASH.fullmatch(written):
        return False
    has_digit = any(map(str.isdigit, written)) and any(map(str.isalpha, written))
    return has_digit or any(map(str.isupper, written[1:]))


def share_of_names(opening: Opening, words: Set[str]) -> float:
    """How many of a text's names, by how often they stand there, are among a paper's words."""
    total = sum(opening.names.values())
    return sum(n for name, n in opening.names.items() if name in words) / total if total else 0.0


def is_acronym(name: str, title: Sequence[str]) -> bool:
    """Whether a name is made of the beginnings of a title's words, in their order.

    >>> is_acronym("yolof", ["you", "only", "look", "one", "level", "feature"])
    True
    """
    plain = name.removesuffix("net") if len(name) > 5 else name
    return len(plain) >= 3 and title[:1] != [] and _made_of(plain, tuple(title), 0)


def _made_of(rest: str, words: tuple[str, ...], taken: int) -> bool:
    """Whether what is left of a name begins the words that are left, some of them passed over."""
    if not rest:
        return taken >= 2
    for place, word in enumerate(words[:_PASSED_OVER]):
        for size in range(min(len(rest), len(word), _LONGEST_BEGINNING), 0, -1):
            if rest[:size] == word[:size] and _made_of(rest[size:], words[place + 1 :], taken + 1):
                return True
    return False


def meets_title_line(
    opening: Opening, title_words: frozenset[str], index: TitleIndex
) -> tuple[float, bool]:
    """How much of the best title line is in a title, and whether the lines are of other works."""
    if not opening.title_lines:
        return 0.0, False
    best = 0.0
    for line in opening.title_lines:
        whole = sum(map(index.weight, line))
        shared = sum(map(index.weight, line & title_words))
        title = sum(map(index.weight, title_words))
        if whole and title:
            best = max(best, shared / max(min(whole, 1.5 * title), title))
    return best, best < _SAME_LINE
