"""Find the sentence of a paper that a claim comes from: a quote, a paraphrase, a translation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from littrack.analysis.claim_numbers import extract_numbers, other_writings
from littrack.analysis.queries import Query, parse_query
from littrack.analysis.snippets import Phrase, measure_coverage, merge, within
from littrack.analysis.sources_of_claims import (
    Claim,
    Evidence,
    Reading,
    Trace,
    find_names,
    find_trace,
    name_kind,
    read_text,
    score_evidence,
    score_roughly,
)
from littrack.errors import IndexError_, InputError
from littrack.records import ClaimSource, Filters, Hit, Paper, Place
from littrack.steps.highlights import weigh
from littrack.steps.opening import OpenLibrary
from littrack.steps.search import search_text
from littrack.steps.terms import load_term_table
from littrack.text import STOP_WORDS, sentences

if TYPE_CHECKING:
    import numpy as np

CANDIDATES = 150  # papers that a search for the claim finds
READ_CLOSELY = 30  # of them, the best at first sight; and as many of the best of the search
FLOOR = 0.5  # below it a claim has no source here
LONGEST_CLAIM = 600  # characters; a longer paragraph is as many claims as it has sentences
_LONGEST_QUERY = 1_500
_BROKEN_WORD = re.compile(r"(?<=\w)-[ \t]*\n\s*(?=\w)")  # as a printed page breaks it


@dataclass(frozen=True, slots=True)
class ClaimText:
    """A claim within a longer text, by the characters ``[start, end)``."""

    text: str
    start: int
    end: int


def split_claims(text: str) -> list[ClaimText]:
    """The claims of a whole text: its paragraphs and list items, long ones sentence by sentence."""
    claims: list[ClaimText] = []
    for start, end in _paragraphs(text):
        spans = [(start, end)]
        if end - start > LONGEST_CLAIM:
            spans = [(start + s, start + e) for s, e in sentences(text[start:end])]
        claims += [_trimmed(text, s, e) for s, e in spans if any(map(str.isalnum, text[s:e]))]
    return claims


def _trimmed(text: str, start: int, end: int) -> ClaimText:
    piece = text[start:end].strip()
    start = text.index(piece, start)
    return ClaimText(piece, start, start + len(piece))


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Runs of lines; a blank line, a list item, a heading or a quote begins another."""
    start = place = 0
    for line in text.splitlines(keepends=True):
        if not line.strip() or line.lstrip()[:1] in "-*#>|":
            yield start, place
            start = place
        place += len(line)
    yield start, place


def find_sources(
    library: OpenLibrary,
    text: str,
    *,
    limit: int = 3,
    filters: Filters = Filters(),  # noqa: B008 - frozen
    floor: float = FLOOR,
) -> list[ClaimSource]:
    """The sentences that a claim likeliest comes from, one a paper, best first; none below `floor`.

    Raises:
        InputError: no word in the claim.
    """
    claim = Claim(text)
    scored = sorted(
        ((score_evidence(claim, evidence), paper, evidence)
         for paper, evidence in gather_evidence(library, claim, filters)),
        key=lambda item: (-item[0], item[2].place),
    )  # fmt: skip
    with library.engine.connect() as conn:
        weights = weigh(conn, _query(library, text))
    return [
        _source(claim, (rank, score, paper), evidence.trace, weights)
        for rank, (score, paper, evidence) in enumerate(scored[:limit], 1)
        if score >= floor
    ]


def _source(
    claim: Claim,
    ranked: tuple[int, float, Paper],
    trace: Trace,
    weights: Mapping[Phrase, float],
) -> ClaimSource:
    rank, score, paper = ranked
    text = paper.title if trace.field == "title" else paper.abstract
    marks = merge(within(read_text(trace.field, text, weights).matches, trace.span))
    return ClaimSource(
        rank,
        paper,
        score,
        " ".join(text[slice(*trace.span)].split()),
        Place(trace.field, *trace.span),
        name_kind(claim, trace),
        trace.numbers.agree,
        trace.numbers.differ,
        tuple(Place(trace.field, *mark) for mark in marks),
    )


def gather_evidence(
    library: OpenLibrary, claim: Claim, filters: Filters
) -> list[tuple[Paper, Evidence]]:
    """What speaks for each paper that a search for the claim finds."""
    hits = _find_candidates(library, claim, filters)
    with library.engine.connect() as conn:
        weights = weigh(conn, _query(library, claim.text))
    readings = [_read(hit.paper, weights) for hit in hits]
    rough = [score_roughly(claim, one, weights, place) for place, one in enumerate(readings, 1)]
    by_sight = sorted(range(len(hits)), key=lambda i: -rough[i])[:READ_CLOSELY]
    order = list(dict.fromkeys([*by_sight, *range(min(READ_CLOSELY, len(hits)))]))
    near = _measure_nearness(library, claim, [hits[i].paper for i in order])
    found = []
    for i, meant in zip(order, near, strict=True):
        evidence = _judge(claim, readings[i], weights, meant, i + 1)
        if evidence is not None:
            found.append((hits[i].paper, evidence))
    return found


def _find_candidates(library: OpenLibrary, claim: Claim, filters: Filters) -> list[Hit]:
    """By the claim as it is, then by its numbers and names as papers in English write them."""
    found = _search(library, _BROKEN_WORD.sub("", claim.text), filters)
    keys = [form for number in claim.numbers for form in other_writings(number)]
    keys += find_names(claim.text, STOP_WORDS)
    if keys:
        found += _search(library, " ".join(dict.fromkeys(keys)), filters, lexical=True)
    return list({hit.paper.arxiv_id: hit for hit in reversed(found)}.values())[::-1]


def _search(
    library: OpenLibrary, text: str, filters: Filters, *, lexical: bool = False
) -> list[Hit]:
    """Candidates; by words alone where there is no index."""
    text = text[:_LONGEST_QUERY]
    if not lexical:
        try:
            return search_text(library, text, limit=CANDIDATES, filters=filters)
        except IndexError_:
            pass
    try:
        return search_text(library, text, limit=CANDIDATES, mode="lexical", filters=filters)
    except InputError:
        if lexical:  # nothing in the names and numbers to look up
            return []
        raise


_Readings = tuple[Reading, Reading]  # title and abstract


def _read(paper: Paper, weights: Mapping[Phrase, float]) -> _Readings:
    return read_text("title", paper.title, weights), read_text("abstract", paper.abstract, weights)


def _judge(
    claim: Claim,
    readings: _Readings,
    weights: Mapping[Phrase, float],
    meant: tuple[Sequence[float], float],
    place: int,
) -> Evidence | None:
    """The best of title and abstract; `meant` is the nearness of title and sentences, and whole."""
    nearness, whole = meant
    traces: list[Trace] = []
    numbers = [number for reading in readings for number in extract_numbers(reading.text)]
    done = 0
    for reading in readings:
        cosines = nearness[done : done + len(reading.spans)]
        done += len(reading.spans)
        trace = find_trace(claim, reading, weights, cosines, numbers)
        traces += [trace] if trace is not None else []
    if not traces:
        return None
    best = max(traces, key=lambda t: (t.is_copy, 2 * t.copied + t.covered + t.near))
    matches = [match for reading in readings for match in reading.matches]
    return Evidence(best, measure_coverage(matches, weights), whole, place)


def _measure_nearness(
    library: OpenLibrary, claim: Claim, papers: Sequence[Paper]
) -> list[tuple[list[float], float]]:
    """For each paper the cosines of its title and sentences with the claim, and that of it all."""
    parts = [
        [p.title] * bool(p.title) + [p.abstract[slice(*s)] for s in sentences(p.abstract)]
        for p in papers
    ]
    wholes = [f"{p.title}\n{p.abstract}" for p in papers]
    texts = [*wholes, *(text for part in parts for text in part)]
    if not texts:
        return []
    query = _query(library, claim.text)
    vector = library.encoder.encode_queries([query.meaning[:_LONGEST_QUERY]])[0]
    cosines: np.ndarray = library.encoder.encode_passages(texts) @ vector
    rest = iter(cosines[len(papers) :].tolist())
    return [
        ([next(rest) for _ in part], whole)
        for part, whole in zip(parts, cosines[: len(papers)].tolist(), strict=True)
    ]


def _query(library: OpenLibrary, text: str) -> Query:
    return parse_query(text, load_term_table(library))
