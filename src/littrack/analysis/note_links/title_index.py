"""The titles of a whole library, ready to be found in running text: whole, shortened or misspelt.

A title is filed under its rarest words (`_ANCHORS`), so that a text is compared only with the few
titles of which it holds at least two of these. Each of those is then laid over the text where its
words stand and judged by how much of it, weighted by rarity, is there in its order. Names before a
colon ("LoRA: ...") are filed as well: a note often calls a paper by nothing else.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import chain

from littrack.notes import Folded, Span
from littrack.text import STOP_WORDS, fold

_ANCHORS, _ANCHORS_PRESENT = 3, 2
_BREAK = "\n"
_NOT_WORDS = re.compile(r"[^a-z0-9\u3400-\u9fff\n]+")
_CHARACTERS = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[\u3400-\u9fff]|[a-z0-9]+")
_ALIKE, _PRESENT = 0.72, 0.6  # of a title's weight: found in order; present at all
_SPELLING = 0.8  # likeness of two words above which one is the other misspelt
_LONG_PART = 4  # content words: so long a title or subtitle is not written by chance
_LONGEST_NAME = 4  # words before a colon
_TELLING = 18.0  # weight of a title that nobody writes without meaning it: three rare words
_SMALLEST = 2_000  # titles: in a smaller library too, a few rare words tell
_CHARACTER = 1.2  # weight of a Chinese character: rare among titles, yet everywhere in notes


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text, and where it stands in the original."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class TitleMatch:
    """A title found in a text."""

    arxiv_id: str
    title: str
    span: Span
    likeness: float  # share of the title, by weight, that stands there; 1.0 is to the letter
    telling: float  # 0 to 1: how unlikely these words are to stand there by chance
    words: int


@dataclass(frozen=True, slots=True)
class NameMatch:
    """A name with which titles begin, found in a text."""

    name: str
    spans: tuple[Span, ...]
    papers: tuple[str, ...]  # whose titles begin with it
    rarity: float  # of its rarest word: the logarithm of how many titles there are for each with it


@dataclass(slots=True)
class _Title:
    arxiv_id: str
    title: str
    words: list[str]


def words_of(folded: Folded) -> list[Word]:
    """The words of a folded text, Chinese characters one by one, with their original places."""
    return [Word(found[0], folded.original(*found.span())) for found in _WORD.finditer(folded.text)]


class TitleIndex:
    """Titles by their rarest words, and by the names they begin with."""

    def __init__(self, titles: Iterable[tuple[str, str]]) -> None:
        """Index (arXiv id, title) pairs; a paper may have several titles."""
        pairs = [(arxiv_id, " ".join(title.split())) for arxiv_id, title in titles if title]
        plain = _plain(_BREAK.join(title for _, title in pairs))
        lines = [line.split() for line in plain.split(_BREAK)] if pairs else []
        self._titles = [
            _Title(arxiv_id, title, words)
            for (arxiv_id, title), words in zip(pairs, lines, strict=True)
        ]
        self._counts = Counter(chain.from_iterable(lines))
        self._filed: dict[str, list[int]] = {}
        self._needed: list[int] = []
        self._names: dict[str, list[int]] = {}
        for number, title in enumerate(self._titles):
            self._file(number, title)
        self._by_paper: dict[str, list[int]] = {}
        for number, title in enumerate(self._titles):
            self._by_paper.setdefault(title.arxiv_id, []).append(number)

    def _file(self, number: int, title: _Title) -> None:
        rarest = sorted(set(title.words), key=self._counts.__getitem__)[:_ANCHORS]
        self._needed.append(min(_ANCHORS_PRESENT, len(rarest)))
        for word in rarest:
            self._filed.setdefault(word, []).append(number)
        name, colon, _ = title.title.partition(":")
        size = name.count(" ") + 1
        if colon and size <= _LONGEST_NAME:
            self._names.setdefault("".join(_plain(name).split()), []).append(number)

    def __contains__(self, arxiv_id: str) -> bool:
        return arxiv_id in self._by_paper

    def title_of(self, arxiv_id: str) -> str:
        """The (first) title of a paper; "" where there is none of it."""
        numbers = self._by_paper.get(arxiv_id)
        return self._titles[numbers[0]].title if numbers else ""

    def words_of_paper(self, arxiv_id: str) -> frozenset[str]:
        """The words that tell, of all titles of a paper."""
        words = chain.from_iterable(
            self._titles[number].words for number in self._by_paper.get(arxiv_id, ())
        )
        return frozenset(words) - STOP_WORDS

    def title_words(self, arxiv_id: str) -> list[str]:
        """The words of a paper's (first) title in order, without those that tell nothing."""
        numbers = self._by_paper.get(arxiv_id)
        found = self._titles[numbers[0]].words if numbers else []
        return [word for word in found if word not in STOP_WORDS]

    def weight(self, word: str) -> float:
        """How rare a word is among titles: 0 for one in all of them."""
        if len(word) == 1 and not word.isascii():
            return _CHARACTER
        size = max(len(self._titles), _SMALLEST)
        return math.log((size + 1) / (self._counts.get(word, 0) + 0.5))

    def find_titles(self, words: Sequence[Word]) -> list[TitleMatch]:
        """The titles that stand in a text, the most alike first."""
        places: dict[str, list[int]] = {}
        for place, word in enumerate(words):
            places.setdefault(word.text, []).append(place)
        filed = (self._filed[text] for text in places if text in self._filed)
        hits = Counter(chain.from_iterable(filed))
        matches = []
        for number, count in hits.items():
            if count >= self._needed[number]:
                match = self._lay_over(self._titles[number], words, places)
                if match is not None:
                    matches.append(match)
        return sorted(matches, key=lambda one: (-one.likeness * one.telling, one.span))

    def share_present(self, arxiv_id: str, present: Set[str]) -> float:
        """How much of a paper's title, by weight, is among the words of a text."""
        best = 0.0
        for number in self._by_paper.get(arxiv_id, ()):
            words = set(self._titles[number].words) - STOP_WORDS
            whole = sum(map(self.weight, words))
            if whole:
                best = max(best, sum(map(self.weight, words & present)) / whole)
        return best

    def find_names(self, words: Sequence[Word]) -> list[NameMatch]:
        """The names in a text with which titles begin, longest at each place."""
        found: dict[str, list[Span]] = {}
        place = 0
        while place < len(words):
            for size in range(min(_LONGEST_NAME, len(words) - place), 0, -1):
                run = words[place : place + size]
                name = "".join(word.text for word in run)
                if name in self._names and not name.isdigit() and len(name) > 1:
                    found.setdefault(name, []).append((run[0].span[0], run[-1].span[1]))
                    place += size
                    break
            else:
                place += 1
        return [self._name_match(name, spans) for name, spans in found.items()]

    def _name_match(self, name: str, spans: Sequence[Span]) -> NameMatch:
        titles = [self._titles[number] for number in self._names[name]]
        papers = tuple(dict.fromkeys(title.arxiv_id for title in titles))
        head = _plain(titles[0].title.partition(":")[0]).split()
        return NameMatch(name, tuple(spans), papers, max(map(self.weight, head), default=0.0))

    def _lay_over(
        self, title: _Title, words: Sequence[Word], places: Mapping[str, Sequence[int]]
    ) -> TitleMatch | None:
        """The title where most of its words stand, if that is enough of it."""
        weights = [self.weight(word) for word in title.words]
        whole = sum(weights)
        present = sum(w for word, w in zip(title.words, weights, strict=True) if word in places)
        if present < _PRESENT * whole or len(title.words) < 2:
            return None
        best: tuple[float, int, int] = (0.0, 0, 0)
        for start in _likely_starts(title.words, places):
            window = [word.text for word in words[start : start + len(title.words) + 3]]
            likeness, first, last = _compare(title, window, weights)
            best = max(best, (likeness, start + first, start + last))
        likeness, first, last = best
        if likeness < _ALIKE:
            return None
        span = (words[first].span[0], words[last].span[1])
        telling = min(1.0, whole * likeness / _TELLING)
        content = sum(word not in STOP_WORDS for word in title.words)
        return TitleMatch(title.arxiv_id, title.title, span, likeness, telling, content)


def _plain(text: str) -> str:
    """Lower-case words and Chinese characters apart, lines kept."""
    if text.isascii():
        return _NOT_WORDS.sub(" ", text.lower())
    folded = "\n".join(map(fold, text.split("\n")))
    return _CHARACTERS.sub(r" \g<0> ", _NOT_WORDS.sub(" ", folded))


def _likely_starts(title: Sequence[str], places: Mapping[str, Sequence[int]]) -> list[int]:
    """Where in the text the title would begin, by most of its words; at most a few."""
    votes = Counter(
        place - index
        for index, word in enumerate(title)
        if word not in STOP_WORDS
        for place in places.get(word, ())
    )
    starts: list[int] = []
    for start, _ in votes.most_common(6):
        if all(abs(start - other) > 2 for other in starts):
            starts.append(start)
    return [max(0, start - 1) for start in starts[:3]]


def _compare(
    title: _Title, window: Sequence[str], weights: Sequence[float]
) -> tuple[float, int, int]:
    """How much of the title stands in a window of the text, and from which word to which."""
    matcher = SequenceMatcher(None, title.words, window, autojunk=False)
    met, alien, first, last = 0.0, 0, len(window), 0
    for kind, t0, t1, w0, w1 in matcher.get_opcodes():
        if kind == "equal":
            met += sum(weights[t0:t1])
            first, last = min(first, w0), max(last, w1 - 1)
        elif kind == "replace" and (share := _respelt(title.words[t0:t1], window[w0:w1])):
            met += share * sum(weights[t0:t1])
            first, last = min(first, w0), max(last, w1 - 1)
        elif w0 > 0 and w1 < len(window):
            alien += w1 - w0
    whole = sum(weights)
    if not met or not whole:
        return 0.0, 0, 0
    inner = alien * whole / max(1, len(title.words)) / 2
    likeness = met / (whole + inner)
    missing = set(title.words) - set(window)
    if any(word.isdigit() for word in missing):
        likeness *= 0.7  # another number is another work
    if likeness < _ALIKE and _holds_part(title.title, window[first : last + 1]):
        likeness = _ALIKE + 0.1
    return likeness, first, last


def _respelt(one: Sequence[str], other: Sequence[str]) -> float:
    """Whether words are others misspelt, or parted otherwise: 1, somewhat less, or 0."""
    joined, seen = "".join(one), "".join(other)
    if joined == seen:
        return 1.0
    if min(len(joined), len(seen)) < 4 or re.findall(r"\d+", joined) != re.findall(r"\d+", seen):
        return 0.0
    ratio = SequenceMatcher(None, joined, seen, autojunk=False).ratio()
    return 0.9 if ratio >= _SPELLING else 0.0


def _holds_part(title: str, window: Sequence[str]) -> bool:
    """Whether a whole long part of the title, before or after its colon, stands there."""
    parts = [_plain(part).split() for part in title.split(":", 1)]
    text = f" {' '.join(window)} "
    return len(parts) == 2 and any(
        sum(word not in STOP_WORDS for word in part) >= _LONG_PART and f" {' '.join(part)} " in text
        for part in parts
    )


def iter_words(text: str) -> Iterator[Word]:
    """The words of a text that is folded already, each where it stands."""
    for found in _WORD.finditer(text):
        yield Word(found[0], found.span())
