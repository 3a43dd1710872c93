"""The words and phrases of many texts as arrays: what topics are labelled by.

A phrase is one to four words without stop words, or two around "of" (mixture of experts), not
across punctuation. Singular and plural, capitals and hyphens within a word make no difference: the
phrase is counted by its lemmas and shown as it is written most often.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from littrack.text import STOP_WORDS, fold

_PIECE = re.compile(r"[^\W_]+(?:-[^\W_]+)*|[^\w\s]|_")
_CONTENT, _OF, _STOP, _BREAK = range(4)
_Found = tuple[np.ndarray, np.ndarray, int]  # where, a number for each phrase there, its length
LONGEST = 4  # words; what is longer shows as two that overlap, which is rare
# Besides the stop words of search: words of grammar, which begin or end no phrase.
_GRAMMAR_WORDS = """
about across after against all also although among any because before being between beyond both
despite due during each either even few fewer further hence here however instead just less like many
more most much neither only other others over own per quite rather same several since some still
than therefore thus together too toward towards two three under upon use used using very well
whether while within without yet ie eg et al s t
"""
_GRAMMAR = frozenset(_GRAMMAR_WORDS.split())
_ENDS_IN_S = frozenset({"news", "does", "series", "species", "yes", "gas", "lens", "alias"})
_SINGULAR_SHARE = 0.02  # of the plural's count; what is rarer is a slip of somebody's pen


@dataclass(frozen=True, slots=True)
class Phrases:
    """Every frequent phrase and where it occurs.

    Occurrence i is of phrase `phrase[i]`, in text `text[i]`, from word `place[i]` of all on.
    """

    lemmas: Sequence[tuple[str, ...]]  # by phrase
    texts: int
    phrase: np.ndarray  # int32, ascending
    text: np.ndarray  # int32
    place: np.ndarray  # int32
    words: np.ndarray  # int32 into `surfaces`: all texts, one after the other
    surfaces: Sequence[str]

    def occurrences(self, number: int) -> slice:
        """Where the occurrences of a phrase lie in the arrays."""
        return slice(*np.searchsorted(self.phrase, (number, number + 1)))

    def texts_with(self, number: int) -> np.ndarray:
        """The texts that hold a phrase, ascending."""
        return np.unique(self.text[self.occurrences(number)])

    def shown(self, number: int) -> str:
        """A phrase as it is written most often."""
        places = self.place[self.occurrences(number)]
        forms = self.words[places].astype(np.int64)
        length = len(self.lemmas[number])
        for step in range(1, length):  # a number for each row of words seen
            forms = np.unique(forms, return_inverse=True)[1] << 31 | self.words[places + step]
        _, first, counts = np.unique(forms, return_index=True, return_counts=True)
        place = int(places[first[counts.argmax()]])
        return " ".join(self.surfaces[word] for word in self.words[place : place + length])


def find_phrases(texts: Iterable[str], least: int) -> Phrases:
    """The phrases that occur at least `least` times in the texts."""
    surfaces, words, text_of = _read(texts)
    lemma_of, lemmas, kinds = _lemmatise(surfaces, np.bincount(words, minlength=len(surfaces)))
    stream = lemma_of[words]
    kinds = kinds.copy()
    rare = np.bincount(stream, minlength=len(lemmas)) < least
    kinds[rare & (kinds == _CONTENT)] = _BREAK
    found = _find_runs(stream, kinds[stream] == _CONTENT, text_of, least)
    found.append(_find_linked(stream, kinds[stream], text_of, least))
    return _table(found, (surfaces, words, text_of), (stream, lemmas))


def _read(texts: Iterable[str]) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Different words as written, the words of all texts by number, and the text of each."""
    numbers: defaultdict[str, int] = defaultdict()
    numbers.default_factory = numbers.__len__
    number_of = numbers.__getitem__
    parts = [np.array(list(map(number_of, _PIECE.findall(text))), np.int32) for text in texts]
    lengths = [len(part) for part in parts]
    words = np.concatenate([*parts, np.empty(0, np.int32)])
    text_of = np.repeat(np.arange(len(parts), dtype=np.int32), lengths)
    return list(numbers), words, text_of


def _lemmatise(
    surfaces: Sequence[str], counts: np.ndarray
) -> tuple[np.ndarray, list[str], np.ndarray]:
    """The lemma of each word, the lemmas, and the kind of each."""
    folded = [fold(word).replace("-", "") for word in surfaces]
    known: Counter[str] = Counter()
    for word, count in zip(folded, counts.tolist(), strict=True):
        known[word] += count
    numbers: dict[str, int] = {}
    lemma_of = np.array(
        [numbers.setdefault(_singular(word, known), len(numbers)) for word in folded], np.int32
    )
    kinds = np.array([_kind(lemma) for lemma in numbers], np.int8)
    return lemma_of, list(numbers), kinds


def _singular(word: str, known: Mapping[str, int]) -> str:
    """The singular, where that is a word of the texts too."""
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is", "ics")):
        return word
    if word in _ENDS_IN_S:
        return word
    rare = _SINGULAR_SHARE * known[word]
    for ending, singular in (("ies", "y"), ("s", ""), ("es", "")):
        candidate = word.removesuffix(ending) + singular
        if word.endswith(ending) and known.get(candidate, 0) > rare:
            return candidate
    return word


def _kind(lemma: str) -> int:
    if lemma == "of":
        return _OF
    if not any(character.isalpha() for character in lemma):
        return _BREAK
    if lemma in STOP_WORDS or lemma in _GRAMMAR or len(lemma) == 1:
        return _STOP
    return _CONTENT


def _find_runs(
    stream: np.ndarray, content: np.ndarray, text_of: np.ndarray, least: int
) -> list[_Found]:
    """Frequent runs of content words; of a longer one both shorter ones must be frequent."""
    places = np.flatnonzero(content)
    numbers = stream[places].astype(np.int64)
    found = [(places, numbers, 1)]
    for length in range(2, LONGEST + 1):
        number_at = np.full(len(stream) + 1, -1, np.int64)
        number_at[places] = np.unique(numbers, return_inverse=True)[1]
        goes_on = (number_at[places + 1] >= 0) & (places + length <= len(stream))
        places = places[goes_on]
        places = places[text_of[places] == text_of[places + length - 1]]
        numbers = number_at[places] << 31 | stream[places + length - 1]
        places, numbers = _frequent(places, numbers, least)
        found.append((places, numbers, length))
    return found


def _find_linked(stream: np.ndarray, kind: np.ndarray, text_of: np.ndarray, least: int) -> _Found:
    """Frequent pairs of content words around "of"."""
    content = kind == _CONTENT
    linked = content[:-2] & (kind[1:-1] == _OF) & content[2:] & (text_of[:-2] == text_of[2:])
    places = np.flatnonzero(linked)
    numbers = stream[places].astype(np.int64) << 31 | stream[places + 2]
    return *_frequent(places, numbers, least), 3


def _frequent(places: np.ndarray, keys: np.ndarray, least: int) -> tuple[np.ndarray, np.ndarray]:
    _, numbers, counts = np.unique(keys, return_inverse=True, return_counts=True)
    kept = counts[numbers] >= least
    return places[kept], keys[kept]


def _table(
    found: Sequence[_Found],
    read: tuple[list[str], np.ndarray, np.ndarray],
    lemmatised: tuple[np.ndarray, list[str]],
) -> Phrases:
    surfaces, words, text_of = read
    stream, names = lemmatised
    phrases: list[tuple[str, ...]] = []
    numbers, all_places = [], []
    for places, keys, length in found:
        _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
        numbers.append((inverse + len(phrases)).astype(np.int32))
        all_places.append(places.astype(np.int32))
        rows = stream[places[first][:, None] + np.arange(length)]
        phrases += [tuple(names[lemma] for lemma in row) for row in rows]
    phrase, place = np.concatenate(numbers), np.concatenate(all_places)
    order = np.argsort(phrase, kind="stable")
    phrase, place = phrase[order], place[order]
    count = int(text_of[-1]) + 1 if len(text_of) else 0
    return Phrases(phrases, count, phrase, text_of[place], place, words, surfaces)
