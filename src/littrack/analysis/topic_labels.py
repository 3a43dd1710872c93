"""What topics are called: the phrases that mark each, and a label of a few in two languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from littrack.analysis.terms import TermTable
from littrack.analysis.topic_phrases import Phrases
from littrack.records import Term
from littrack.text import stem, words
from littrack.topics import TopicTerm

TERMS = 10  # kept of a topic
IN_LABEL = 3  # of them; one more where all are single words
_CONSIDERED = 80
_BY_LENGTH = np.array([0.0, 1.0, 2.0, 3.0, 3.0])  # a phrase says more than its words
_PART = 0.4  # a phrase goes where a longer one stands for so much of what it counts
_LEAST_LIFT = 2.0  # how much more often in the topic than anywhere
# Words that papers of every topic use. A phrase of nothing else marks none.
_GENERIC_WORDS = """
ability able accuracy accurate accurately achieve achieved additional address algorithm algorithms
analysis analyze application approach appropriate architecture aspect author available baseline
basis behavior benchmark better build call called capability case certain challenge change code
combine common compare compared comparison complex component comprehensive conduct consider consist
consistent construct context correct corresponding current data dataset deep define degree
demonstrate depend derive describe design desired detail determine develop difference different
difficult directly discuss domain effect effective effectiveness efficiency efficient empirical
enable enhance ensure entire epsilon establish evaluate evaluation every evidence example exist
existing experiment experimental explore extend extensive factor fail fast faster feature field
final find finding focus form frac framework free full function further future gain gap general
generalization generate generated generating github give goal group hand help high higher highlight
idea identify impact implementation important improve improved improvement include includes
increase increasingly individual information input insight integrate introduce investigate issue
key known large largescale lead learn learning least level limit limitation limited line link local
log low lower main maintain major make manner mathbb mathbf mathcal mean measure mechanism method
methodology metric model modern multiple must necessary need network neural new novel number
observe obtain obtained offer open order original outperform output overall paper paradigm
parameter part particular perform performance pipeline point position possible potential powerful
practical practice precision present preserve previous principle prior problem process produce
project property propose proposed provide provides public quality question range rate ratio reach
real realworld reason recent reduce related relationship relative relevant rely remain report
require research respect result review robust role sample scale scenario scheme score second select
sensitive separate set setting share show significant significantly similar similarity simple
single size small solution solve source space special specific specifically sqrt stage standard
start state stateoftheart step strategy strong structural structure study suggest support survey
system systems target task technique term test theory thorough time tool traditional train training
transform true type typically ultimately understand understanding unified unify unique usage useful
validate value variable variant variety various version way whose wide widely work world yield
"""
_GENERIC = frozenset(_GENERIC_WORDS.split())


@dataclass(frozen=True, slots=True)
class MarkedTopic:
    """The phrases that mark a topic, by number and as terms, the heaviest first."""

    phrases: tuple[int, ...]
    terms: tuple[TopicTerm, ...]


def find_terms(phrases: Phrases, topic_of: np.ndarray, count: int) -> list[MarkedTopic]:
    """The marking phrases of `count` topics; text i belongs to topic `topic_of[i]`, or -1.

    Class-based TF-IDF: how often in the topic's texts, times how rare in all, times the phrase's
    length. Phrases of only generic words, or not more frequent here than elsewhere, are left out.
    """
    lengths = np.array([len(lemmas) for lemmas in phrases.lemmas], np.intp)
    useful = np.array([not _GENERIC.issuperset(lemmas) for lemmas in phrases.lemmas], bool)
    topics = topic_of[phrases.text] if len(topic_of) else np.empty(0, np.int32)
    order = np.argsort(topics, kind="stable")
    borders = np.searchsorted(topics[order], np.arange(count + 1))
    totals = np.bincount(phrases.phrase, minlength=len(lengths)).astype(np.float64)
    size = max(1.0, totals.sum() / max(1, count))
    rarity = np.log1p(size / np.maximum(totals, 1))
    lift = min(_LEAST_LIFT, count**0.5)  # of two topics none can have twice the share of all
    marked = []
    for topic in range(count):
        own = phrases.phrase[order[borders[topic] : borders[topic + 1]]]
        counts = np.bincount(own, minlength=len(lengths)).astype(np.float64)
        share = counts / max(1, len(own))
        weights = share * rarity * _BY_LENGTH[lengths]
        texts = int((topic_of == topic).sum())
        weights[~useful | (counts * phrases.texts < lift * totals * texts)] = 0
        marked.append(_choose(phrases, counts, weights))
    return marked


def _choose(phrases: Phrases, counts: np.ndarray, weights: np.ndarray) -> MarkedTopic:
    """The heaviest phrases, without those that are part of another or the same in other words."""
    best = np.lexsort((np.arange(len(weights)), -weights))[:_CONSIDERED]
    kept: list[int] = []
    for number in map(int, best):
        if weights[number] <= 0:
            break
        lemmas = phrases.lemmas[number]
        if any(_squashed(phrases.lemmas[other]) == _squashed(lemmas) for other in kept):
            continue
        if any(
            _holds(phrases.lemmas[other], lemmas) and counts[other] >= _PART * counts[number]
            for other in kept
        ):
            continue
        parts = [
            other
            for other in kept
            if _holds(lemmas, phrases.lemmas[other]) and counts[number] >= _PART * counts[other]
        ]
        if parts:  # the longer phrase takes the place of what it stands for
            kept[kept.index(parts[0])] = number
            kept = [other for other in kept if other not in parts]
        else:
            kept.append(number)
    chosen = tuple(kept[:TERMS])
    terms = (TopicTerm(phrases.shown(n), round(float(weights[n]), 6)) for n in chosen)
    return MarkedTopic(chosen, tuple(terms))


def _squashed(lemmas: Sequence[str]) -> str:
    return "".join(lemmas)


def _holds(longer: Sequence[str], shorter: Sequence[str]) -> bool:
    """Whether the words of `shorter` stand in `longer`, side by side."""
    size = len(shorter)
    return size < len(longer) and any(
        tuple(longer[start : start + size]) == tuple(shorter)
        for start in range(len(longer) - size + 1)
    )


def choose_labels(topics: Sequence[Sequence[TopicTerm]], table: TermTable) -> list[str]:
    """A label for each topic by its terms; a label that another has is made longer."""
    used: set[str] = set()
    labels = []
    for number, terms in enumerate(topics, 1):
        texts = [term.text for term in terms]
        for length in range(IN_LABEL, TERMS + 1):
            label = ", ".join(_label_terms(texts, length, table))
            if label and label not in used:
                break
        else:
            label = f"{label or 'topic'} {number}"
        used.add(label)
        labels.append(label)
    return labels


def _label_terms(texts: Sequence[str], length: int, table: TermTable) -> list[str]:
    """The first terms that each add something: no word, abbreviation or other name of another."""
    chosen: list[str] = []
    for place, text in enumerate(texts):
        later = [other for other in texts[place + 1 : place + 4] if len(words(other)) > 1]
        if any(_adds_nothing(text, other) for other in (*chosen, *later)):
            continue
        concept = _concept(text, table)
        if concept is not None and any(_concept(other, table) is concept for other in chosen):
            continue
        chosen.append(text)
        single = all(len(words(term)) == 1 for term in chosen)
        if len(chosen) >= length + (single and length == IN_LABEL):
            break
    return chosen


def _concept(text: str, table: TermTable) -> Term | None:
    """The concept that a phrase is a name of, as a whole."""
    matches = table.find(text)
    whole = len(matches) == 1 and len(words(matches[0].form)) == len(words(text))
    return matches[0].term if whole else None


def _adds_nothing(term: str, other: str) -> bool:
    """Whether `other` says `term` too: in full, in other forms of the words, or abbreviated."""
    ours, theirs = words(term), words(other)
    if {stem(word) for word in ours} <= {stem(word) for word in theirs}:
        return True
    return _abbreviates(ours, theirs) or _abbreviates(theirs, ours)


def _abbreviates(short: Sequence[str], full: Sequence[str]) -> bool:
    if len(short) != 1 or len(full) < 2:
        return False
    letters = "".join(word[0] for word in full)
    return letters in (short[0], short[0].removesuffix("s"))


def label_broader(labels: Sequence[str]) -> str:
    """A broader topic by the first terms of its topics' labels, the largest topics first."""
    chosen: list[str] = []
    for label in labels:
        first = next((t for t in label.split(", ") if not _is_said(t, chosen)), None)
        if first is not None:
            chosen.append(first)
    return ", ".join(chosen[:IN_LABEL])


def _is_said(term: str, chosen: Sequence[str]) -> bool:
    return any(_adds_nothing(term, other) or _adds_nothing(other, term) for other in chosen)


def translate_label(label: str, table: TermTable) -> str:
    """A label in Chinese: each of its terms that the table knows wholly, the others as they are."""
    return "、".join(_translate(term, table) for term in label.split(", "))


def _translate(term: str, table: TermTable) -> str:
    matches = table.find(term)
    covered = sum(len(words(match.form)) for match in matches)
    if covered != len(words(term)) or not all(match.term.chinese for match in matches):
        return term
    return "".join(match.term.chinese[0] for match in matches) or term
