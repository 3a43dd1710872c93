"""Show why papers were found: the sentence that says it and the words that matched, with offsets.

Apart from the search itself, which thousands of queries of an evaluation run without it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from littrack.analysis.queries import Query, parse_query
from littrack.analysis.snippets import (
    Match,
    Phrase,
    choose_sentence,
    cut_sentence,
    find_matches,
    measure_coverage,
    merge,
    within,
    write_snippet,
)
from littrack.records import Hit, Paper, Place
from littrack.steps.opening import OpenLibrary
from littrack.steps.terms import load_term_table
from littrack.store import fulltext, papers
from littrack.text import sentences

if TYPE_CHECKING:
    import sqlalchemy as sa

# Words that say less of the query than this leave the choice of the sentence to the meaning too.
ENOUGH = 0.5
_LEAST = 0.01  # the weight of a word that every paper has


@dataclass(frozen=True, slots=True)
class _Reading:
    """What was found in a paper's title and abstract."""

    title: list[Match]
    abstract: list[Match]


def highlight(library: OpenLibrary, text: str, hits: Sequence[Hit]) -> list[Hit]:
    """The hits of a query with the best sentence of each as its snippet, and the words marked.

    Where words say too little, the sentence nearest in meaning is preferred. An explanation learns
    which words matched, how much each weighs (its rarity) and how often it occurs.

    Raises:
        InputError: no word in the query.
    """
    query = parse_query(text, load_term_table(library))
    with library.engine.connect() as conn:
        weights = weigh(conn, query)
    read = [
        _Reading(find_matches(hit.paper.title, weights), find_matches(hit.paper.abstract, weights))
        for hit in hits
    ]
    near = _measure_nearness(library, query, _vague(hits, read, weights))
    return [
        _marked(hit, reading, weights, near.get(hit.paper.arxiv_id, ()))
        for hit, reading in zip(hits, read, strict=True)
    ]


def weigh(conn: sa.Connection, query: Query) -> dict[Phrase, float]:
    """What may be marked, by rarity: ln(papers / papers with the word), summed over a phrase.

    Words that no paper has are left out: they can be found nowhere.
    """
    wanted = {(word,) for word in query.words} | (set(query.phrases) if query.is_short else set())
    tokens = {token for phrase in wanted for token in phrase}
    number = papers.load_newest_id(conn) + 1
    # The index has a lone Chinese character only where a run ends: its count says nothing.
    counts = {
        token: count if len(token) > 1 or token.isascii() else max(1, count)
        for token, count in fulltext.count_tokens(conn, tokens).items()
    }
    if not query.is_short:
        counts = {token: count for token, count in counts.items() if count <= _common(number)}
    rarity = {token: math.log(number / (count + 1)) for token, count in counts.items() if count}
    return {
        phrase: max(_LEAST, min(math.log(number), sum(rarity[token] for token in phrase)))
        for phrase in wanted
        if all(token in rarity for token in phrase)
    }


def _common(number: int) -> int:
    """How many papers may have a word of a long text that is marked: a third."""
    return max(1, number // 3)


def _vague(
    hits: Sequence[Hit], read: Sequence[_Reading], weights: Mapping[Phrase, float]
) -> list[Paper]:
    """The papers found by meaning whose words say too little."""
    return [
        hit.paper
        for hit, reading in zip(hits, read, strict=True)
        if "semantic" in hit.matched_by and measure_coverage(reading.abstract, weights) < ENOUGH
    ]


def _measure_nearness(
    library: OpenLibrary, query: Query, vague: Sequence[Paper]
) -> dict[str, list[float]]:
    """The cosine of every sentence of these abstracts with the query, by arXiv id."""
    parts = {p.arxiv_id: [p.abstract[slice(*s)] for s in sentences(p.abstract)] for p in vague}
    everything = [sentence for found in parts.values() for sentence in found]
    if not everything:
        return {}
    vector = library.encoder.encode_queries([query.meaning])[0]
    cosines = iter((library.encoder.encode_passages(everything) @ vector).tolist())
    return {arxiv_id: [next(cosines) for _ in found] for arxiv_id, found in parts.items()}


def _marked(
    hit: Hit, reading: _Reading, weights: Mapping[Phrase, float], nearness: Sequence[float]
) -> Hit:
    title = [Place("title", *span) for span in merge(reading.title)]
    text = hit.paper.abstract
    explanation = _with_words(hit, reading, weights)
    sentence = choose_sentence(text, reading.abstract, weights, nearness)
    if sentence is None:
        return replace(hit, explanation=explanation, highlights=tuple(title))
    shown = cut_sentence(text, sentence, reading.abstract)
    marks = merge(within(reading.abstract, shown))
    return replace(
        hit,
        snippet=write_snippet(text, sentence, shown),
        snippet_at=Place("abstract", *shown),
        highlights=(*title, *(Place("abstract", *span) for span in marks)),
        explanation=explanation,
    )


def _with_words(hit: Hit, reading: _Reading, weights: Mapping[Phrase, float]) -> Any:
    """The explanation with the words that matched, weightiest first, as they are written there."""
    if hit.explanation is None:
        return None
    written: dict[Phrase, str] = {}
    for matches, text in (
        (reading.title, hit.paper.title),
        (reading.abstract, hit.paper.abstract),
    ):
        for match in matches:
            written.setdefault(match.phrase, text[match.start : match.end].lower())
    counts = Counter(match.phrase for match in (*reading.title, *reading.abstract))
    matched = [
        {"word": written[phrase], "weight": round(weights[phrase], 3), "count": counts[phrase]}
        for phrase in sorted(counts, key=lambda phrase: (-weights[phrase], phrase))
    ]
    return replace(hit.explanation, details={**hit.explanation.details, "matched": matched})
