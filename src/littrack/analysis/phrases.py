r"""When a text holds a phrase: the one definition that trends count by, and its index questions.

A text is its words: whatever their case, accents and script (`littrack.text.words`); whatever
stands between them: hyphens and dashes of all kinds, line breaks, TeX's ``$``, ``{}``, ``~``; and
without marks such as ``\emph``. A phrase is held where its words follow one another, by semantics:

    literal     as written
    plural      the last word in singular or plural too
    arxiv-stem  by stems as well, the way arXiv's search makes them (Lucene's EnglishAnalyzer: the
                possessive 's is dropped, then Porter's stems with his two later changes). A stop
                word within a phrase stands for any one word, as in Lucene, whose index keeps its
                place but not the word: "chain of thought" is also "chain for thought". Stop words
                at either end count as nothing.

Chinese, Japanese and Korean are found as they stand, in any run of characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import product
from typing import Literal, NamedTuple

from littrack.errors import InputError
from littrack.text import fold, stem, tokens, words
from littrack.trends import Semantics

Span = tuple[int, int]  # of characters
Tokens = tuple[str, ...]  # neighbours in the full text; the last may end in "*": begins so
Near = tuple[Tokens, int, tuple[Tokens, ...]]  # all within so many, and one of these if any

RULES = 1  # raise when the same text may count otherwise, so that frozen counts are made again
LONGEST = 12  # words of a phrase

# The stop words of Lucene's English analyser.
_STOP_WORDS = frozenset(
    (
        *("a", "an", "and", "are", "as", "at", "be", "but", "by", "for", "if", "in", "into", "is"),
        *("it", "no", "not", "of", "on", "or", "such", "that", "the", "their", "then", "there"),
        *("these", "they", "this", "to", "was", "will", "with"),
    )
)
# TeX's commands that only say how what follows looks.
_MARKS = (
    *("emph", "em", "it", "bf", "rm", "tt", "sc", "sl", "sf", "mbox", "text", "underline"),
    *(f"text{kind}" for kind in ("bf", "it", "tt", "sc", "sf", "rm", "sl", "normal")),
    *(f"math{kind}" for kind in ("rm", "bf", "it", "sf", "tt", "cal", "bb")),
    *("bfseries", "itshape", "boldsymbol", "ensuremath"),
)
_MARK = re.compile(r"\\(?:" + "|".join(sorted(_MARKS, key=len, reverse=True)) + r")(?![A-Za-z])")
_POSSESSIVE = re.compile(r"(?<=[^\W_])['\u2018\u2019]s(?![^\W_])", re.IGNORECASE)
# What the full text may hold between two words that neighbour each other here.
_UNSEEN = tuple(dict.fromkeys((*(tokens(mark)[0] for mark in _MARKS), "s")))
_MOST_UNSEEN = 8  # of them within one phrase
_CHUNK = re.compile(r"(?:\\\W\s+|\S)+")  # TeX allows white space between an accent and its letter


class _Slot(NamedTuple):
    """What may stand at one place of a phrase."""

    kind: Literal["word", "stem", "any", "run"]
    values: frozenset[str] = frozenset()


@dataclass(frozen=True)  # no slots: what is asked for is kept
class Reading:
    """A text as its words."""

    words: tuple[str, ...]
    bare: tuple[str, ...]  # without the possessive 's

    @cached_property
    def known(self) -> frozenset[str]:
        """Each word once."""
        return frozenset(self.words)

    @cached_property
    def stems(self) -> frozenset[str]:
        """Each stem once."""
        return frozenset(map(arxiv_stem, self.bare))


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask the full text for a phrase, whose tokens are stems.

    Whoever has one of ``sure`` holds the phrase. Whoever holds it has one of ``sure`` or
    ``unsure``, or is ``near``. What has a token of ``doubtful`` can be left out if no text does.
    """

    sure: tuple[Tokens, ...]
    unsure: tuple[Tokens, ...]
    near: tuple[Near, ...]
    doubtful: frozenset[str]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase as it is looked for."""

    text: str
    semantics: Semantics
    written: tuple[_Slot, ...]  # literal and plural
    stemmed: tuple[_Slot, ...]  # () unless by stems

    def is_in(self, text: str) -> bool:
        """Whether the text holds it."""
        plain = _as_pattern(self.written) if text.isascii() and "\\" not in text else None
        if plain is not None:
            if plain.search(text.lower()):
                return True
            return bool(self.stemmed) and self.is_among(read_text(text))
        return self.is_among(read_text(text))

    def is_among(self, read: Reading) -> bool:
        """Whether a text that was read holds it: for many phrases in one text."""
        return _is_among(self.written, read.words, read.known) or (
            bool(self.stemmed) and _is_among(self.stemmed, read.bare, read.stems)
        )

    def find(self, text: str) -> list[Span]:
        """Where the text holds it, in order; a word that TeX writes in pieces is told roughly."""
        found: set[Span] = set()
        for slots, read in ((self.written, text), (self.stemmed, _blank(_POSSESSIVE, text))):
            places = list(_places(slots, read_words(read))) if slots else []
            spans = _word_spans(read) if places else []
            found.update(
                _within_runs(slots, read, spans[i][0], spans[i + len(slots) - 1][1]) for i in places
            )
        return sorted(found)

    def is_written_in(self, text: str) -> bool:
        """Whether the text holds it with the same capitals, or its plural: RAG, RAGs, not rag."""
        wanted = _letters(self.text)
        return any(
            _letters(text[a:b]).removesuffix("s") in (wanted, wanted.removesuffix("s"))
            for a, b in parse_phrase(self.text, Semantics.PLURAL).find(text)
        )

    @property
    def question(self) -> Question:
        """What to ask the full text."""
        parts = [_question(slots) for slots in (self.written, self.stemmed) if slots]
        sure = tuple(dict.fromkeys(tokens for part in parts for tokens in part.sure))
        unsure = dict.fromkeys(tokens for part in parts for tokens in part.unsure)
        near: dict[tuple[Tokens, int], Near] = {}
        for one in (one for part in parts for one in part.near):
            same = near.get(one[:2], one)
            beside = dict.fromkeys((*one[2], *same[2])) if one[2] and same[2] else ()
            near[one[:2]] = (*one[:2], tuple(beside))
        doubtful = frozenset[str]().union(*(part.doubtful for part in parts))
        left = tuple(tokens for tokens in unsure if tokens not in sure)
        return Question(sure, left, tuple(near.values()), doubtful)


def find_phrase(text: str, phrase: str, semantics: Semantics) -> list[Span]:
    """Where the text holds the phrase, as ``(start, end)`` character offsets.

    >>> find_phrase("Neural language-models", "language model", Semantics.PLURAL)
    [(7, 22)]
    """
    return parse_phrase(phrase, semantics).find(text)


def parse_phrase(text: str, semantics: Semantics) -> Phrase:
    """A phrase, ready to be looked for.

    Raises:
        InputError: it holds no word, or more than can be looked for.
    """
    found = read_words(text)
    if not found:
        raise InputError(f"the phrase {text[:80]!r} holds no word to count")
    if len(found) > LONGEST:
        raise InputError(f"the phrase {text[:80]!r} has more than {LONGEST} words")
    written = [_written(word) for word in found]
    if semantics is not Semantics.LITERAL and written[-1].kind == "word":
        written[-1] = _Slot("word", number_forms(found[-1]))
    stemmed: tuple[_Slot, ...] = ()
    if semantics is Semantics.ARXIV_STEM:
        stemmed = _stemmed(_without_possessives(text))
    return Phrase(" ".join(text.split()), semantics, tuple(written), stemmed)


def _written(word: str) -> _Slot:
    return _Slot("run" if _is_run(word) else "word", frozenset((word,)))


def _stemmed(found: Sequence[str]) -> tuple[_Slot, ...]:
    """By stems, any word for a stop word; () when there is nothing else."""
    slots = [
        _Slot("any", frozenset((word,)))
        if word in _STOP_WORDS
        else _written(word)
        if _is_run(word)
        else _Slot("stem", frozenset((arxiv_stem(word),)))
        for word in found
    ]
    kept = [i for i, slot in enumerate(slots) if slot.kind != "any"]
    return tuple(slots[kept[0] : kept[-1] + 1]) if kept else ()


@lru_cache(maxsize=10_000)
def _is_run(word: str) -> bool:
    """Whether it is written without spaces: it does not join a Latin letter before it."""
    return not word.isascii() and len(words("a" + word[0])) > 1


def read_text(text: str) -> Reading:
    """A text, ready to be asked for phrases."""
    return Reading(tuple(read_words(text)), tuple(_without_possessives(text)))


def read_words(text: str) -> list[str]:
    """The words of a text; of Chinese, whole runs of characters."""
    return words(_blank(_MARK, text) if "\\" in text else text)


def _without_possessives(text: str) -> list[str]:
    return read_words(_blank(_POSSESSIVE, text))


def _blank(what: re.Pattern[str], text: str) -> str:
    """The text with spaces instead, so that every other character keeps its place."""
    return what.sub(lambda found: " " * len(found[0]), text)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _word_spans(text: str) -> list[Span]:
    """Where each of `read_words` stands; of a word that is written otherwise, its surroundings."""
    seen, spans = _blank(_MARK, text), []
    for chunk in _CHUNK.finditer(seen):
        folded, place = fold(chunk[0]), 0
        for word in words(chunk[0]):
            start = folded.find(word, place) if len(folded) == len(chunk[0]) else -1
            if start < 0:
                spans.append(chunk.span())
                continue
            place = start + len(word)
            spans.append((chunk.start() + start, chunk.start() + place))
    return spans


def _within_runs(slots: Sequence[_Slot], text: str, start: int, end: int) -> Span:
    """The span without what a run has before the phrase, or after it."""
    folded = fold(text[start:end])
    if len(folded) == end - start:
        if slots[-1].kind == "run":
            (run,) = slots[-1].values
            end = start + (folded.find(run) if len(slots) == 1 else folded.rfind(run)) + len(run)
        if slots[0].kind == "run":
            (run,) = slots[0].values
            start += folded.find(run)
    return start, end


def _is_among(slots: Sequence[_Slot], found: Sequence[str], known: frozenset[str]) -> bool:
    """Whether the words hold a phrase; most texts lack one of its words, which is seen at once."""
    if any(slot.kind in ("word", "stem") and slot.values.isdisjoint(known) for slot in slots):
        return False
    return next(_places(slots, found), None) is not None


@lru_cache(maxsize=1_000)
def _as_pattern(slots: tuple[_Slot, ...]) -> re.Pattern[str] | None:
    """The same for plain English in small letters, ten times as fast; None for other phrases."""
    if not all(slot.kind == "word" and all(map(str.isascii, slot.values)) for slot in slots):
        return None
    parts = ("|".join(sorted(slot.values, key=len, reverse=True)) for slot in slots)
    inner = "[^a-z0-9]+".join(f"(?:{part})" for part in parts)
    return re.compile(f"(?<![a-z0-9]){inner}(?![a-z0-9])")


def _places(slots: Sequence[_Slot], found: Sequence[str]) -> Iterator[int]:
    """The words with which the phrase begins."""
    last = len(slots) - 1
    for start in _beginnings(slots[0], found, is_last=not last):
        if start + last < len(found) and all(
            _fits(slots[i], found[start + i], False, i == last) for i in range(1, last + 1)
        ):
            yield start


def _beginnings(slot: _Slot, found: Sequence[str], *, is_last: bool) -> list[int]:
    """As `_fits`, for every word of a text at once: this is where the time goes."""
    values = slot.values
    if slot.kind == "word":
        return [i for i, word in enumerate(found) if word in values]
    if slot.kind == "stem":
        return [i for i, word in enumerate(found) if arxiv_stem(word) in values]
    return [i for i, word in enumerate(found) if _fits(slot, word, True, is_last)]


def _fits(slot: _Slot, word: str, is_first: bool, is_last: bool) -> bool:
    if slot.kind == "word":
        return word in slot.values
    if slot.kind == "stem":
        return arxiv_stem(word) in slot.values
    if slot.kind == "any":
        return True
    (run,) = slot.values  # a phrase begins and ends anywhere within a run
    if is_first:
        return run in word if is_last else word.endswith(run)
    return word.startswith(run) if is_last else word == run


# Stems and forms


@lru_cache(maxsize=500_000)
def arxiv_stem(word: str) -> str:
    """The stem of a folded word as Lucene makes it: short words whole, two rules more."""
    return word if len(word) <= 2 or not word.isascii() else _from_indexed(stem(word))


def _from_indexed(stemmed: str) -> str:
    """From Porter's stem of 1980 to that of his later programs: possibly, ontology."""
    for ending, instead in (("bli", "ble"), ("logi", "log")):
        before = stemmed.removesuffix(ending)
        if before != stemmed and re.search("[aeiouy][^aeiouy]", before):
            return stem(before + instead)
    return stemmed


def _indexed_forms(stemmed: str) -> list[str]:
    """What stands in the full text for words of one arXiv stem; the last are rare."""
    forms = [stemmed, stem(stemmed)] if len(stemmed) <= 2 else [stemmed]
    candidates = (f"{stemmed}i", f"{stemmed}ibli")
    return [*dict.fromkeys(forms), *(one for one in candidates if _from_indexed(one) == stemmed)]


_IRREGULAR = (("is", "es"), ("us", "i"), ("ix", "ices"), ("ex", "ices"), ("on", "a"), ("um", "a"))
_IRREGULAR_WORDS = frozenset(
    (
        *("analysis", "hypothesis", "thesis", "synthesis", "basis", "axis", "crisis", "emphasis"),
        *("stimulus", "nucleus", "locus", "radius", "matrix", "vertex", "index", "criterion"),
        *("phenomenon", "automaton", "spectrum", "datum", "medium", "optimum"),
    )
)
_OWN_PLURALS = {"corpus": "corpora", "child": "children", "man": "men", "woman": "women"}


def number_forms(word: str) -> frozenset[str]:
    """The word in singular and plural, as far as English spells them by rule."""
    singulars = {word, word.removesuffix("s"), word.removesuffix("es")}
    singulars |= {word.removesuffix("ies") + "y"} if word.endswith("ies") else set()
    singulars |= {one for one in (*_IRREGULAR_WORDS, *_OWN_PLURALS) if word in _plurals(one)}
    known = {one for one in singulars if one == word or (len(one) > 1 and word in _plurals(one))}
    return frozenset(known).union(*map(_plurals, known))


def _plurals(word: str) -> set[str]:
    if word in _OWN_PLURALS:
        return {_OWN_PLURALS[word]}
    if word.endswith(("s", "x", "z", "ch", "sh")):
        found = {f"{word}es"}
    elif re.search("[^aeiou0-9]y$", word):
        found = {f"{word[:-1]}ies"}
    else:
        found = {f"{word}s"}
    if word in _IRREGULAR_WORDS:
        found |= {word.removesuffix(a) + b for a, b in _IRREGULAR if word.endswith(a)}
    return found


# Questions to the full text


def _question(slots: Sequence[_Slot]) -> Question:
    choices = [_choices(slots, i) for i in range(len(slots))]
    doubtful = frozenset(
        token
        for slot, forms in zip(slots, choices, strict=True)
        if slot.kind == "stem"
        for form in forms[1:]
        for token in form
    )
    has_gap = any(slot.kind == "any" for slot in slots)
    every = [_joined(parts) for parts in product(*choices)]
    solid = [forms for slot, forms in zip(slots, choices, strict=True) if slot.kind != "any"]
    fixed = [_joined(parts) for parts in product(*solid)]
    unseen = _UNSEEN if any(slot.kind == "stem" for slot in slots) else _UNSEEN[:-1]  # no 's
    near = tuple(_near(one, slots, () if has_gap else unseen) for one in fixed if len(one) > 1)
    if all(_is_decided(slot, forms) for slot, forms in zip(slots, choices, strict=True)):
        return Question(tuple(every), (), near, doubtful)
    return Question((), () if has_gap else tuple(every), near, doubtful)


def _joined(parts: Iterable[Tokens]) -> Tokens:
    return tuple(token for part in parts for token in part)


def _choices(slots: Sequence[_Slot], place: int) -> list[Tokens]:
    """What stands in the full text for one place of a phrase."""
    slot = slots[place]
    if slot.kind == "any":
        return [(stem(value),) for value in slot.values]
    if slot.kind == "stem":
        return [(form,) for value in slot.values for form in _indexed_forms(value)]
    if slot.kind == "word":
        return sorted({(stem(value),) for value in slot.values})
    (run,) = slot.values
    pairs = tuple(tokens(run))  # every two characters, and the last alone where the run ends
    if place < len(slots) - 1:
        return [pairs]
    return [pairs[:-1] or (f"{run}*",)]


def _is_decided(slot: _Slot, forms: Iterable[Tokens]) -> bool:
    """Whether the token tells the stem: not for short words, nor where it may be a mark."""
    return slot.kind in ("stem", "any") and all(
        token.isascii() and (len(token) > 2 or slot.kind == "any") and token not in _UNSEEN
        for form in forms
        for token in form
    )


def _near(found: Tokens, slots: Sequence[_Slot], unseen: Tokens) -> Near:
    """Where marks and possessives stand between the words; where any word may, if () is unseen."""
    between = len(found) + len(slots) - 2 + _MOST_UNSEEN
    return (found, between, tuple((one, mark) for one in found[:-1] for mark in unseen))
