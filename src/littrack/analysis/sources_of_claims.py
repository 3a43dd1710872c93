"""The sentence behind a claim: copied, copied badly, said otherwise, or said in another language.

Four kinds of evidence, from the strongest to the weakest: the very characters; most of their runs
of five (which survive errors of scanning, and cuts); its numbers with their units, and its words;
its meaning. They are weighed into one number between 0 and 1 by a logistic regression. Its weights
were fitted, within bounds, on claims made from papers of a corpus against the wrong papers that a
search finds for them; then rounded, and that of agreeing numbers raised by hand.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from littrack.analysis.claim_numbers import Agreement, Number, compare_numbers, extract_numbers
from littrack.analysis.snippets import Match, Phrase, find_matches, measure_coverage, within
from littrack.analysis.token_spans import fold_with_places
from littrack.text import has_chinese, sentences

Span = tuple[int, int]
Kind = Literal["exact", "near", "numbers", "meaning"]

RUN, HAN_RUN = 5, 3  # characters of a run; a Chinese character says more than a letter
SHORTEST_COPY = 12  # letters that are no accident where they stand alike; half as many in Chinese
NEAR = 0.45  # share of the claim's runs that makes a sentence a bad copy of it
MOST_SENTENCES = 4  # that one claim may come from
WORTH_ADDING = 0.12  # share of the claim's runs that a further sentence must bring


@dataclass(frozen=True)  # no slots: what is asked again is kept
class Claim:
    """A claim, ready to be compared with many texts."""

    text: str

    @cached_property
    def letters(self) -> str:
        """Its folded letters and digits without anything between them."""
        return compact(self.text)

    @cached_property
    def run(self) -> int:
        """The length of the runs that are compared."""
        return HAN_RUN if has_chinese(self.text) else RUN

    @cached_property
    def runs(self) -> frozenset[str]:
        """Its runs of characters."""
        return split_runs(self.letters, self.run)

    @cached_property
    def numbers(self) -> list[Number]:
        """The numbers it states."""
        return extract_numbers(self.text)

    @property
    def is_long(self) -> bool:
        """Whether finding the same characters elsewhere can be no accident."""
        return len(self.letters) >= SHORTEST_COPY // (2 if has_chinese(self.text) else 1)


def compact(text: str) -> str:
    """The folded letters and digits of a text, without spaces: line breaks do not matter."""
    return fold_with_places(text)[0].replace(" ", "")


def split_runs(letters: str, length: int) -> frozenset[str]:
    """All runs of so many neighbouring characters; a shorter text is one run."""
    return frozenset(letters[i : i + length] for i in range(max(1, len(letters) - length + 1)))


def find_copy(claim: Claim, text: str) -> Span | None:
    """Where the very characters of the claim stand, spaces and punctuation aside."""
    if not claim.is_long or claim.letters not in compact(text):
        return None
    folded, starts, ends = fold_with_places(text)
    places = [place for place, character in enumerate(folded) if character != " "]
    at = folded.replace(" ", "").find(claim.letters)
    return starts[places[at]], ends[places[at + len(claim.letters) - 1]]


def measure_copied(claim: Claim, text: str) -> float:
    """The share of the claim's runs that a text holds: 0 to 1."""
    return len(claim.runs & split_runs(compact(text), claim.run)) / len(claim.runs)


@dataclass(frozen=True, slots=True)
class Reading:
    """A text with its sentences and what of the claim's words stands where."""

    field: str
    text: str
    spans: list[Span]
    matches: list[Match]


def read_text(field: str, text: str, weights: Mapping[Phrase, float]) -> Reading:
    """A title (one sentence) or an abstract, ready to look for the claim in."""
    spans = [(0, len(text))] if field == "title" and text else sentences(text)
    return Reading(field, text, spans, find_matches(text, weights))


@dataclass(frozen=True, slots=True)
class Trace:
    """The sentence or sentences of a text that a claim seems to come from, and why."""

    field: str
    span: Span
    is_copy: bool
    copied: float  # share of the claim's runs
    covered: float  # share of the claim's words, by rarity
    near: float  # cosine of the meanings
    numbers: Agreement
    is_translation: bool  # one is Chinese, the other not: no characters can be shared


def find_trace(
    claim: Claim,
    reading: Reading,
    weights: Mapping[Phrase, float],
    nearness: Sequence[float] = (),
    elsewhere: Sequence[Number] = (),
) -> Trace | None:
    """The part of a text that is most like the claim; None for an empty text."""
    if not reading.spans:
        return None
    copy = find_copy(claim, reading.text)
    if copy is not None:
        chosen = [place for place, span in enumerate(reading.spans) if _overlap(span, copy)]
    else:
        chosen = _choose(claim, reading, weights, nearness)
    span = reading.spans[chosen[0]][0], reading.spans[chosen[-1]][1]
    said = reading.text[slice(*span)]
    return Trace(
        reading.field,
        span,
        copy is not None,
        measure_copied(claim, said),
        measure_coverage(within(reading.matches, span), weights),
        max((nearness[place] for place in chosen), default=0.0) if nearness else 0.0,
        compare_numbers(claim.numbers, extract_numbers(said), elsewhere),
        has_chinese(claim.text) != has_chinese(said),
    )


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _choose(
    claim: Claim, reading: Reading, weights: Mapping[Phrase, float], nearness: Sequence[float]
) -> list[int]:
    """The best sentence by all evidence, with the neighbours that hold more runs of the claim."""
    parts = [split_runs(compact(reading.text[slice(*s)]), claim.run) for s in reading.spans]
    scores = []
    for place, span in enumerate(reading.spans):
        stated = extract_numbers(reading.text[slice(*span)])
        scores.append(
            2 * len(claim.runs & parts[place]) / len(claim.runs)
            + measure_coverage(within(reading.matches, span), weights)
            + compare_numbers(claim.numbers, stated).share
            + (nearness[place] if nearness else 0.0)
        )
    best = max(range(len(scores)), key=lambda place: (scores[place], -place))
    first = last = best
    held = claim.runs & parts[best]
    while last - first + 1 < MOST_SENTENCES:
        around = [place for place in (first - 1, last + 1) if 0 <= place < len(parts)]
        gains = {place: len((claim.runs & parts[place]) - held) for place in around}
        place = max(gains, key=lambda one: gains[one], default=-1)
        if place < 0 or gains[place] < WORTH_ADDING * len(claim.runs):
            break
        held |= claim.runs & parts[place]
        first, last = min(first, place), max(last, place)
    return list(range(first, last + 1))


def score_roughly(
    claim: Claim, readings: Sequence[Reading], weights: Mapping[Phrase, float], place: int
) -> float:
    """Whether a paper is worth reading sentence by sentence; compares papers of one claim only."""
    text = "\n".join(reading.text for reading in readings)
    matches = [match for reading in readings for match in reading.matches]
    stated = compare_numbers(claim.numbers, extract_numbers(text)) if claim.numbers else None
    return (
        2 * measure_copied(claim, text)
        + measure_coverage(matches, weights)
        + (stated.share if stated else 0.0)
        + 1 / math.sqrt(place)
    )


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a paper as the source of a claim."""

    trace: Trace
    covered: float  # share of the claim's words in the whole paper, by rarity
    near: float  # cosine of the claim and the whole paper
    place: int  # in the search for the claim; 1 is the best


def measure_features(claim: Claim, evidence: Evidence) -> tuple[float, ...]:
    """What the weights of `WEIGHTS` multiply, in their order."""
    trace = evidence.trace
    return (
        1.0,
        float(trace.is_copy),
        trace.copied,
        trace.covered,
        evidence.covered,
        trace.near,
        evidence.near,
        trace.numbers.share,
        min(trace.numbers.strength, _ENOUGH_NUMBERS),
        1 / math.sqrt(evidence.place),
        float(trace.is_translation),
    )


_ENOUGH_NUMBERS = 3.0  # agreeing; more are no more evidence
# Constant, copy, copied, words of the sentence and of the paper, meaning of both, numbers (the
# share that agrees, and how many), place, translation (which has no characters to share).
WEIGHTS = (-10.0, 4.0, 6.5, 0.2, 1.4, 5.5, 4.0, 1.2, 1.3, 2.0, 2.2)


def score_evidence(claim: Claim, evidence: Evidence) -> float:
    """How likely the paper is the source, 0 to 1."""
    features = measure_features(claim, evidence)
    total = sum(weight * value for weight, value in zip(WEIGHTS, features, strict=True))
    return 1 / (1 + math.exp(-total))


def name_kind(claim: Claim, trace: Trace) -> Kind:
    """The strongest evidence that the sentence gives."""
    if trace.is_copy:
        return "exact"
    if claim.is_long and trace.copied >= NEAR:
        return "near"
    return "numbers" if trace.numbers.agree else "meaning"


def find_names(text: str, stop_words: Collection[str]) -> list[str]:
    """Words of the claim that look like names: Latin words in Chinese, capitals and digits."""
    chinese = has_chinese(text)
    return [
        word
        for place, word in enumerate(_latin_words(text))
        if word.lower() not in stop_words
        and (chinese or any(c.isupper() for c in word[1:]) or (place and word[0].isupper()))
    ]


def _latin_words(text: str) -> list[str]:
    plain = "".join(c if c.isascii() and (c.isalnum() or c == "-") else " " for c in text)
    return [word for word in (one.strip("-") for one in plain.split()) if word[:1].isalpha()]
