"""What a text says of a query: the words that match, and the sentence that says most of it.

Words match as in the index (stems, pairs of Chinese characters), phrases where their words are
neighbours. All places are offsets into the text as it was given.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from littrack.analysis.token_spans import TokenSpan, find_token_spans
from littrack.text import sentences

Phrase = tuple[str, ...]  # neighbouring tokens
Span = tuple[int, int]

LONGEST = 280  # characters of a snippet
_BEFORE = 60  # characters left before the first match where a long sentence is cut


class Match(NamedTuple):
    """An occurrence of a wanted phrase."""

    phrase: Phrase
    start: int
    end: int


def find_matches(text: str, wanted: Collection[Phrase]) -> list[Match]:
    """Every occurrence of the wanted phrases, in order; they may overlap.

    A lone Chinese character matches wherever it stands, as it does in the index.
    """
    by_first: defaultdict[str, list[Phrase]] = defaultdict(list)
    for phrase in wanted:
        by_first[phrase[0]].append(phrase)
    lone = {token for token in by_first if len(token) == 1 and not token.isascii()}
    spans = find_token_spans(text)
    found: list[Match] = []
    for place, span in enumerate(spans):
        for phrase in by_first.get(span.token, ()):
            neighbours = spans[place : place + len(phrase)]
            if tuple(one.token for one in neighbours) == phrase:
                found.append(Match(phrase, span.start, neighbours[-1].end))
        if span.token[0] in lone and len(span.token) == 2:
            found.append(Match((span.token[0],), span.start, _first_end(spans, place)))
    return found


def _first_end(spans: Sequence[TokenSpan], place: int) -> int:
    """Where the first character of a pair ends: where the next pair begins."""
    following = spans[place + 1 : place + 2]
    return following[0].start if following else spans[place].end


def merge(matches: Sequence[Match]) -> list[Span]:
    """The characters that are matched at all, as spans that neither touch nor overlap."""
    merged: list[Span] = []
    for _, start, end in sorted(matches, key=lambda match: (match.start, match.end)):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def within(matches: Sequence[Match], span: Span) -> list[Match]:
    """The matches that lie in a part of the text."""
    return [match for match in matches if span[0] <= match.start and match.end <= span[1]]


def measure_coverage(matches: Sequence[Match], weights: Mapping[Phrase, float]) -> float:
    """The share of the wanted, by weight, that is there: 0 to 1. A word said often counts once."""
    total = sum(weights.values())
    if not total:
        return 0.0
    return sum(weights.get(phrase, 0.0) for phrase in {match.phrase for match in matches}) / total


def choose_sentence(
    text: str,
    matches: Sequence[Match],
    weights: Mapping[Phrase, float],
    nearness: Sequence[float] = (),
) -> Span | None:
    """The sentence with most of what is wanted, the earlier of equals; None for an empty text.

    `nearness` is how near each sentence is in meaning (cosine); where given, it counts as much as
    the words.
    """
    spans = sentences(text)
    if not spans:
        return None
    scores = [measure_coverage(within(matches, span), weights) for span in spans]
    if nearness:
        scores = [score + near for score, near in zip(scores, nearness, strict=True)]
    return spans[max(range(len(spans)), key=lambda place: (scores[place], -place))]


def cut_sentence(
    text: str, sentence: Span, matches: Sequence[Match] = (), longest: int = LONGEST
) -> Span:
    """As much of a sentence as is shown: whole words around its first matches."""
    start, end = sentence
    if end - start <= longest:
        return sentence
    first = min((match.start for match in within(matches, sentence)), default=start)
    last = max((m.end for m in within(matches, sentence) if m.end <= start + longest), default=0)
    if first > start and not last:  # the words come later than would be shown
        start = _next_word(text, max(start, first - _BEFORE), first)
    if end - start <= longest:
        return start, end
    piece = text[start : start + longest]
    head = piece if text[start + longest].isspace() else piece.rpartition(" ")[0] or piece
    return start, start + len(head.rstrip(" ,;:\n\t"))


def _next_word(text: str, start: int, latest: int) -> int:
    """The first place after a space, from `start` on; `start` where there is none in time."""
    space = text.find(" ", start, latest)
    return start if space < 0 else space + 1


def write_snippet(text: str, sentence: Span, shown: Span) -> str:
    """The shown part on one line, with … where the sentence goes on."""
    before = "… " if shown[0] > sentence[0] else ""
    after = " …" if shown[1] < sentence[1] else ""
    return before + " ".join(text[slice(*shown)].split()) + after


def first_sentence(text: str) -> str:
    """The first sentence on one line, cut at `LONGEST`; "" for an empty text."""
    spans = sentences(text)
    return write_snippet(text, spans[0], cut_sentence(text, spans[0], [], LONGEST)) if spans else ""
