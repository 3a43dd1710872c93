"""Mines a translation table from Chinese texts and English ones that say the same.

Chinese is written without spaces: a term is a run of two to eight characters that hold together
(each occurs with the others far more often than by chance) and that stand between many different
neighbours. An English term is one to four words of one sentence that neither begin nor end with a
stop word nor within a hyphenated word; a plural counts as its singular. `alignment` finds which
translate each other; the surest translation of each is kept, if it is sure enough and says more
than the translations of its parts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from littrack.analysis.alignment import Links, find_links, weigh_links
from littrack.analysis.ngrams import Numbers, Runs, count_runs, measure_variety
from littrack.analysis.translations import SILENT, Translation, TranslationTable
from littrack.text import STOP_WORDS, stem

if TYPE_CHECKING:
    from scipy import sparse

_LONGEST_CHINESE, _LEAST_CHINESE = 8, 4  # characters; occurrences
_LONGEST_ENGLISH, _LEAST_ENGLISH = 4, 3  # words; occurrences
_LEAST_COHESION = 1.5  # pointwise mutual information of the weakest joint
_LEAST_VARIETY = 0.8  # nats, on either side
_LEAST_SURENESS = (0.06, 0.12)  # of two or three characters; of more, which need it less often
_NEARLY, _FULL_NAME = 0.9, 0.3  # of the overlap, for `choose_name`
_OFTEN = 10  # texts from which on a longer name is no accident

_CHINESE_RUN = re.compile("[\u4e00-\u9fff]+")
_ENGLISH_SYMBOL = re.compile("[a-z0-9]+|[^\\sa-z0-9]")
# No term begins or ends with these,
_NEVER_AT_END = frozenset("的了和与是在而且及或等也都就我你他她它们这那很")
# and if one does with these, it must not be a term without them.
_SELDOM_AT_END = frozenset(
    "的了在对和上中并而与是为以来个及或于能但使将被从等其该种都由用至到向则也可所更大多些"
    "一二三四五六七八九十这那各每不有无"
)
# Longer runs with these are pieces of a sentence.
_CLAUSE, _CUT_AT_END = frozenset("的将被了是"), frozenset("中上时因")
_NEVER_BEGINS = (*SILENT, "汤姆", "玛丽")  # whom many of the sentence pairs are about
_NO_PLURALS = frozenset({"news", "does", "this", "thus", "gas", "bias"})
_RAREST_SINGULAR = 50  # a word in "s" is a plural if one in so many of it is singular
_HAS_LETTER = re.compile("[a-z]")
_NO_CONTENT = STOP_WORDS | {
    "s",
    "t",
    "re",
    "also",
    "e",
    "g",
    "ie",
    "eg",
    "than",
    "more",
    "however",
    "out",
}


Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class _Terms:
    """The terms of one language: which text holds which, and how each is written."""

    occurs: sparse.csr_matrix  # texts by terms, 1 where one occurs
    names: Sequence[str]


def mine_translations(
    pairs: Sequence[tuple[str, str]], say: Callable[[str], None] = lambda _line: None
) -> list[Translation]:
    """The translations to be had from (English, Chinese) texts that are folded, by Chinese."""
    chinese = _find_chinese([text for _, text in pairs])
    say(f"{chinese.occurs.shape[1]} Chinese terms")
    english = _find_english([text for text, _ in pairs])
    say(f"{english.occurs.shape[1]} English terms")
    links = find_links(chinese.occurs, english.occurs)
    say(f"{len(links.source)} links")
    expected = weigh_links(links, chinese.occurs, english.occurs)
    found = _choose(links, expected, chinese, english)
    say(f"{len(found)} translations")
    return drop_composed(sorted(found, key=lambda one: one.chinese))


def _choose(
    links: Links, expected: NDArray[np.float64], chinese: _Terms, english: _Terms
) -> list[Translation]:
    """The surest translation of each Chinese term that has a sure one."""
    sizes = np.asarray(chinese.occurs.sum(0)).ravel()
    sureness = expected / sizes[links.source] * np.sqrt(links.overlap)
    ends = np.searchsorted(links.source, np.arange(len(sizes) + 1))
    found = []
    for term, (start, end) in enumerate(pairwise(ends)):
        if start == end:
            continue
        best = start + int(np.argmax(sureness[start:end]))
        form = chinese.names[term]
        if sureness[best] < _LEAST_SURENESS[len(form) > 3]:
            continue
        targets, overlaps = links.target[start:end], links.overlap[start:end]
        names = [english.names[target] for target in targets]
        others = dict(zip(names, overlaps.tolist(), strict=True))
        often = sizes[term] >= _OFTEN
        name = choose_name(names[best - start], others if often else {})
        found.append(Translation(form, name, round(float(sureness[best]), 2)))
    return found


def choose_name(best: str, others: Mapping[str, float]) -> str:
    """The full name: what `best` is cut from or abbreviates, if that overlaps nearly as much.

    `others` are the translations of the same term with their overlap.
    """
    for name in sorted(others, key=lambda other: (-len(other.split()), -others[other])):
        words = name.split()
        initials = {
            "".join(w[0] for w in words),
            "".join(w[0] for w in words if w not in STOP_WORDS),
        }
        is_longer = f" {best} " in f" {name} " and name != best
        if is_longer and others[name] >= _NEARLY * others[best]:
            return name
        if best in initials and others[name] >= _FULL_NAME * others[best]:
            return name
    return best


def drop_composed(found: Iterable[Translation]) -> list[Translation]:
    """Without those that shorter ones make up or say more fully: 图像压缩 is 图像 and 压缩."""
    kept: list[Translation] = []
    table = TranslationTable({})
    for one in sorted(found, key=lambda one: (len(one.chinese), one.chinese)):
        parts, left = table.cover(one.chinese)
        left += sum(len(part.chinese) == 1 for part in parts)  # that is a guess
        if left or not _stems(one.english) <= _stems(" ".join(p.english for p in parts)):
            kept.append(one)
            table.add(one)
    return sorted(kept, key=lambda one: one.chinese)


def _stems(phrase: str) -> frozenset[str]:
    return frozenset(map(stem, phrase.split()))


def _find_chinese(texts: Sequence[str]) -> _Terms:
    """Runs of characters that hold together and stand between many neighbours."""
    parts = ["\0".join(_CHINESE_RUN.findall(text)) + "\0" for text in texts]
    whole = "".join(parts)
    symbols = np.frombuffer(whole.encode("utf-32-le"), np.int32)
    text_of = np.repeat(np.arange(len(texts), dtype=np.int32), [len(part) for part in parts])
    counts: dict[str, int] = {}
    terms: dict[str, int] = {}
    numbered: list[tuple[Runs, Numbers]] = []
    for runs in count_runs(symbols, _LONGEST_CHINESE, _LEAST_CHINESE):
        forms = [whole[place : place + runs.length] for place in runs.first]
        counts.update(zip(forms, runs.counts.tolist(), strict=True))
        number = np.full(len(forms), -1, np.int32)
        if runs.length > 1:
            varied = np.flatnonzero(measure_variety(symbols, runs) >= _LEAST_VARIETY)
            for run in varied.tolist():
                form = forms[run]
                if _may_be_term(form, terms) and _cohesion(form, counts, len(whole)):
                    number[run] = terms.setdefault(form, len(terms))
        numbered.append((runs, number))
    return _Terms(_occurrences(numbered, text_of, len(texts), len(terms)), list(terms))


def _may_be_term(form: str, shorter: Mapping[str, int]) -> bool:
    """Whether it neither begins nor ends with a function word."""
    if form[0] in _NEVER_AT_END or form[-1] in _NEVER_AT_END or form.startswith(_NEVER_BEGINS):
        return False
    if len(form) > 3 and (form[-1] in _CUT_AT_END or not _CLAUSE.isdisjoint(form)):
        return False
    at_start = form[0] in _SELDOM_AT_END and form[1:] in shorter
    return not at_start and not (form[-1] in _SELDOM_AT_END and form[:-1] in shorter)


def _cohesion(form: str, counts: Mapping[str, int], total: int) -> bool:
    """Whether its weakest joint is still far more frequent than by chance."""
    chance = max(counts[form[:cut]] * counts[form[cut:]] for cut in range(1, len(form)))
    return bool(np.log(counts[form] * total / chance) >= _LEAST_COHESION)


def _find_english(texts: Sequence[str]) -> _Terms:
    """Runs of words within one sentence; a plural counts as its singular."""
    known: dict[str, int] = {}
    places: list[int] = []
    sizes = []
    for text in texts:
        found = [*_ENGLISH_SYMBOL.findall(text), "."]
        places += [known.setdefault(symbol, len(known)) for symbol in found]
        sizes.append(len(found))
    symbols = np.array(places, np.int32)
    del places
    text_of = np.repeat(np.arange(len(texts), dtype=np.int32), sizes)
    hyphen = symbols == known.get("-", -1)
    after_hyphen, before_hyphen = np.roll(hyphen, 1)[~hyphen], np.roll(hyphen, -1)[~hyphen]
    symbols, text_of = symbols[~hyphen], text_of[~hyphen]
    words = _singulars(known, np.bincount(symbols, minlength=len(known)))
    numbers: dict[str, int] = {"": 0}
    symbols = np.array([numbers.setdefault(word, len(numbers)) for word in words])[symbols]
    symbols = symbols.astype(np.int32)
    return _english_terms(symbols, list(numbers), text_of, (after_hyphen, before_hyphen))


def _singulars(counts_of: Iterable[str], counts: NDArray[np.int64]) -> list[str]:
    """By symbol: the word, a plural as its singular, or "" for what no term holds."""
    number = dict(zip(counts_of, counts.tolist(), strict=True))
    words = []
    for symbol, count in number.items():
        endings = (("ies", "y"), ("es", ""), ("s", "")) if len(symbol) > 3 else ()
        singulars = (symbol[: -len(end)] + new for end, new in endings if symbol.endswith(end))
        likely = [one for one in singulars if number.get(one, 0) * _RAREST_SINGULAR >= count]
        is_plural = likely and symbol not in _NO_PLURALS
        word = max(likely, key=lambda one: number[one]) if is_plural else symbol
        words.append(word if _HAS_LETTER.search(word) else "")
    return words


def _english_terms(
    symbols: Numbers, words: Sequence[str], text_of: Numbers, hyphens: tuple[Flags, Flags]
) -> _Terms:
    empty = np.array([word in _NO_CONTENT or len(word) < 2 for word in words])
    numbered: list[tuple[Runs, Numbers]] = []
    names: list[str] = []
    for runs in count_runs(symbols, _LONGEST_ENGLISH, _LEAST_ENGLISH):
        number = np.full(len(runs.counts), -1, np.int32)
        last = symbols[runs.first + runs.length - 1]
        good = np.flatnonzero(~empty[symbols[runs.first]] & ~empty[last])
        number[good] = np.arange(len(names), len(names) + len(good))
        for place in runs.first[good].tolist():
            names.append(" ".join(words[i] for i in symbols[place : place + runs.length]))
        if runs.length > 1:  # one word may be part of a compound, more are cut from one
            runs.at[hyphens[0] | np.roll(hyphens[1], 1 - runs.length)] = -1
        numbered.append((runs, number))
    return _Terms(_occurrences(numbered, text_of, int(text_of[-1]) + 1, len(names)), names)


def _occurrences(
    numbered: Sequence[tuple[Runs, Numbers]], text_of: Numbers, texts: int, terms: int
) -> sparse.csr_matrix:
    from scipy import sparse

    found = sparse.csr_matrix((texts, terms), dtype=np.float32)
    for runs, number in numbered:
        places = np.flatnonzero(runs.at >= 0)
        term = number[runs.at[places]]
        places, term = places[term >= 0], term[term >= 0]
        ones = np.ones(len(term), np.float32)
        found = found + sparse.csr_matrix((ones, (text_of[places], term)), shape=found.shape)
    found.sum_duplicates()
    found.data[:] = 1
    return found
