"""The two rankings that find papers: BM25 over words, and the cosine of vectors."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from littrack.analysis.bm25 import Phrase, WordCounts, score_by_words
from littrack.analysis.queries import Query, affordable
from littrack.records import Filters
from littrack.steps.opening import OpenLibrary
from littrack.store import as_of as earlier
from littrack.store import fulltext, papers
from littrack.text import indexed_tokens
from littrack.vector_index import VectorIndex, drop_empty

if TYPE_CHECKING:
    import sqlalchemy as sa

# Each ranking contributes its best thousand: enough to standardise scores, cheap to sort.
DEPTH = 1_000
# Papers that the words of one query may hold in sum; bounds the time of a search by words.
BUDGET, LONG_BUDGET = 60_000, 200_000  # the latter for texts, where every word is some evidence


def find_by_words(conn: sa.Connection, query: Query, filters: Filters) -> list[tuple[int, float]]:
    """The best by BM25 over the query's words, its phrases and the other forms of its terms."""
    single = {phrase[0]: weight for phrase, weight in query.phrases.items() if len(phrase) == 1}
    single |= dict.fromkeys(query.words, 1.0)
    prefixes = {token for token in single if len(token) == 1 and not token.isascii()}
    counts = fulltext.count_tokens(conn, single.keys() - prefixes)
    chosen = affordable(counts, BUDGET if query.is_short else LONG_BUDGET)
    if query.is_short or not chosen:  # of a text, a lone character says next to nothing
        chosen += sorted(prefixes)
    phrases = {phrase: w for phrase, w in query.phrases.items() if len(phrase) > 1}
    phrases |= {(token,): single[token] for token in chosen}
    choice = papers.choose_papers(filters)
    found = fulltext.find_by_words(conn, phrases, limit=DEPTH, choice=choice)
    if filters.as_of is None:
        return found
    return _score_as_of(conn, [paper_id for paper_id, _ in found], phrases, filters.as_of)


def _score_as_of(
    conn: sa.Connection, ids: Sequence[int], phrases: Mapping[Phrase, float], moment: datetime
) -> list[tuple[int, float]]:
    """The papers by BM25 with the counts of a moment: later papers make no word more common."""
    matches = {
        phrase: [paper_id for paper_id, _ in found]
        for phrase in phrases
        if (found := fulltext.find_by_words(conn, {phrase: 1.0}, limit=sys.maxsize))
    }
    known = earlier.find_known(conn, {i for found in matches.values() for i in found}, moment)
    counts = WordCounts(
        earlier.count_known(conn, moment),
        {phrase: len(known.intersection(found)) for phrase, found in matches.items()},
    )
    # By the text of today, as they were found: the index knows no other.
    documents = {
        paper_id: indexed_tokens(paper.title, paper.abstract, paper.authors)
        for paper_id, paper in zip(ids, papers.load_papers_by_id(conn, ids), strict=True)
    }
    weights = tuple(fulltext.COLUMN_WEIGHTS.values())
    return score_by_words(documents, phrases, counts, weights)


def find_by_meaning(
    library: OpenLibrary, conn: sa.Connection, vector: np.ndarray, filters: Filters
) -> list[tuple[int, float]]:
    """The nearest papers to a vector (1, dimension), by cosine; none when the vector is zero."""
    index = library.open_index()
    if not vector.any():
        return []
    choice = papers.choose_papers(filters)
    ids = None if choice is None else fulltext.load_chosen(conn, choice)
    if choice is not None and ids is None:
        return _nearest_of_many(conn, index, vector, choice)
    if choice is not None and choice.is_excluded:
        scores, found = index.search(vector, DEPTH, excluded=ids)
    else:
        scores, found = index.search(vector, DEPTH, allowed=ids)
    return drop_empty(scores[0], found[0])


def _nearest_of_many(
    conn: sa.Connection, index: VectorIndex, vector: np.ndarray, choice: fulltext.Choice
) -> list[tuple[int, float]]:
    """The nearest that a choice of many papers keeps: the nearest are asked, not all named."""
    wanted = 2 * DEPTH
    while True:
        scores, found = index.search(vector, wanted)
        nearest = drop_empty(scores[0], found[0])
        kept = set(fulltext.keep_chosen(conn, choice, found[0][found[0] >= 0]).tolist())
        if len(kept) >= DEPTH or len(nearest) < wanted or wanted >= index.count:
            return [item for item in nearest if item[0] in kept][:DEPTH]
        wanted = min(index.count, max(2 * wanted, int(1.2 * wanted * DEPTH / max(1, len(kept)))))
