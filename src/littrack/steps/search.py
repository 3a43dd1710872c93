"""Search papers by words and by meaning, in English and Chinese, and say why each was found.

With `Filters.as_of`, among the papers known at that moment, with the texts known then. Papers that
come later do not change the answer: words are counted among the papers known then. What does:

* A paper revised since is shown as it read then, but found by what it says now.
* Dates and categories, which filters go by, are those known today.
* Where words match more than `DEPTH` of the papers known, the choice of these, and beyond `BUDGET`
  the choice of words, is by today's counts; and an index of more than 50,000 papers approximates.
  Late places may then differ.
* Another encoder, or another version of littrack, is another search.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from littrack.analysis.bm25 import Phrase, WordCounts, score_by_words
from littrack.analysis.fusion import fuse, order
from littrack.analysis.queries import Query, affordable, parse_query
from littrack.analysis.snippets import choose_snippet
from littrack.analysis.terms import TermTable, other_forms, read_terms
from littrack.errors import InputError
from littrack.identifiers import parse_recorded_id
from littrack.records import Explanation, Filters, Hit, Paper
from littrack.steps.opening import OpenLibrary
from littrack.steps.show import find_paper
from littrack.store import as_of as earlier
from littrack.store import fulltext, papers
from littrack.text import indexed_tokens
from littrack.vector_index import drop_empty

if TYPE_CHECKING:
    import sqlalchemy as sa

Mode = Literal["hybrid", "semantic", "lexical"]

# Each ranking contributes its best thousand: enough to standardise scores, cheap to sort.
DEPTH = 1_000
# Weights of meaning against words, by the query's script; chosen on development data among .3 to .8
# in tenths and .65. Between .6 and .7 little changes.
WEIGHTS = {"en": (0.65, 0.35), "zh": (0.6, 0.4)}
# Papers that the words of one query may hold in sum; bounds the time of a search by words.
BUDGET, LONG_BUDGET = 60_000, 200_000  # the latter for texts, where every word is some evidence
FIRST_USES = 5
FIRST_USE_WEIGHT = 4.0  # standard deviations; see `_first_uses`


@cache
def term_table() -> TermTable:
    """The bundled bilingual terms."""
    lines = (files("littrack") / "data" / "terms.tsv").read_text("utf-8").splitlines()
    return TermTable(read_terms(lines))


def search_papers(
    library: OpenLibrary,
    text: str,
    *,
    limit: int = 10,
    mode: Mode = "hybrid",
    filters: Filters = Filters(),  # noqa: B008 - frozen
    explain: bool = False,
) -> list[Hit]:
    """The best papers for a query, at most `limit`, best first.

    Raises:
        InputError: no word to search for.
        IndexMissing, IndexStale: meaning cannot be searched (mode "lexical" still can).
    """
    query = parse_query(text, term_table())
    with library.engine.connect() as conn:
        rankings: dict[str, Sequence[tuple[int, float]]] = {}
        if mode != "semantic":
            rankings["lexical"] = find_by_words(conn, query, filters)
        if mode != "lexical":
            vector = library.encoder.encode_queries([query.meaning])
            rankings["semantic"] = find_by_meaning(library, conn, vector, filters)
        return _fused(conn, query, rankings, limit=limit, filters=filters, explain=explain)


def find_by_words(conn: sa.Connection, query: Query, filters: Filters) -> list[tuple[int, float]]:
    """The best by BM25 over the query's words, its phrases and the other forms of its terms."""
    single = {phrase[0]: weight for phrase, weight in query.phrases.items() if len(phrase) == 1}
    single |= dict.fromkeys(query.words, 1.0)
    prefixes = {token for token in single if len(token) == 1 and not token.isascii()}
    counts = fulltext.count_tokens(conn, single.keys() - prefixes)
    budget = BUDGET if query.is_short else LONG_BUDGET
    chosen = [*affordable(counts, budget), *sorted(prefixes)]
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
    ids = None if choice is None else np.array(papers.load_choice(conn, choice), np.int64)
    if choice is not None and choice.is_excluded:
        scores, found = index.search(vector, DEPTH, excluded=ids)
    else:
        scores, found = index.search(vector, DEPTH, allowed=ids)
    return drop_empty(scores[0], found[0])


def _fused(
    conn: sa.Connection,
    query: Query,
    rankings: Mapping[str, Sequence[tuple[int, float]]],
    *,
    limit: int,
    filters: Filters,
    explain: bool,
) -> list[Hit]:
    semantic, lexical = WEIGHTS["zh" if query.is_chinese else "en"]
    weights = {"semantic": semantic, "lexical": lexical}
    if len(rankings) == 1:
        weights = dict.fromkeys(rankings, 1.0)
    parts = fuse(rankings, weights)
    if "lexical" in rankings:  # it is a matter of words: meaning alone stays what it is
        for paper_id, bonus in _first_uses(conn, query, filters.as_of).items():
            if paper_id in parts:
                parts[paper_id]["first use"] = bonus
    best = order(parts)[:limit]
    best_ids = [paper_id for paper_id, _ in best]
    found = papers.load_papers_by_id(conn, best_ids, as_of=filters.as_of)
    places = {
        name: {paper_id: (place, score) for place, (paper_id, score) in enumerate(ranking, 1)}
        for name, ranking in rankings.items()
    }
    wanted = {*query.words, *(token for phrase in query.phrases for token in phrase)}
    return [
        Hit(
            rank=rank,
            paper=paper,
            score=score,
            matched_by=tuple(name for name in places if paper_id in places[name]),
            snippet=choose_snippet(paper.abstract, wanted),
            explanation=_explain(query, paper_id, parts, places) if explain else None,
        )
        for rank, ((paper_id, score), paper) in enumerate(zip(best, found, strict=True), 1)
    ]


def _first_uses(
    conn: sa.Connection, query: Query, as_of: datetime | None = None
) -> dict[int, float]:
    """A bonus for the papers that first had the query, as a phrase, in their title.

    Someone who asks for "chain-of-thought" wants the paper that named it among the thousand that
    say it since. The bonus grows with the number of titles that took the phrase up (nothing for
    one, the whole weight from one title in a thousand papers) and falls evenly over the five
    earliest. Where a name was used before for something else (LoRa is also a radio), the other
    parts of the score decide.
    """
    if not query.names:
        return {}
    ids, number = fulltext.find_in_titles(conn, query.names), papers.load_newest_id(conn)
    if as_of is not None:
        ids, number = sorted(earlier.find_known(conn, ids, as_of)), earlier.count_known(conn, as_of)
    if len(ids) < 2:
        return {}
    widely = max(10.0, number / 1000)
    spread = min(1.0, math.log(len(ids)) / math.log(widely))
    earliest = papers.load_earliest(conn, ids, limit=FIRST_USES, as_of=as_of)
    return {
        key: FIRST_USE_WEIGHT * spread * (1 - place / FIRST_USES)
        for place, key in enumerate(earliest)
    }


def _explain(
    query: Query,
    paper_id: int,
    parts: Mapping[int, Mapping[str, float]],
    places: Mapping[str, Mapping[int, tuple[int, float]]],
) -> Explanation:
    details: dict[str, Any] = {
        name: {"rank": found[paper_id][0], "score": found[paper_id][1]}
        for name, found in places.items()
        if paper_id in found
    }
    details["words"] = list(query.words)
    details["phrases"] = {" ".join(phrase): weight for phrase, weight in query.phrases.items()}
    details["terms"] = {m.form: list(other_forms(m, chinese=True)) for m in query.terms}
    return Explanation(dict(parts[paper_id]), details)


def find_similar(
    library: OpenLibrary,
    wanted: str,
    *,
    limit: int = 10,
    filters: Filters = Filters(),  # noqa: B008
) -> list[Hit]:
    """Papers most like a paper of the library (by arXiv id) or like a text, by meaning alone.

    Raises:
        NotFound: an arXiv id that the library does not hold, or did not at the moment asked for.
        InputError: a text without a word.
    """
    with library.engine.connect() as conn:
        paper = _asked_paper(conn, wanted, filters.as_of)
        text = wanted if paper is None else f"{paper.title}\n{paper.abstract}"
        query = parse_query(text[:4_000], term_table())
        vector = library.encoder.encode_passages([text])
        ranking = find_by_meaning(library, conn, vector, filters)
        if paper is not None:
            own = papers.load_ids(conn, [paper.arxiv_id])
            ranking = [item for item in ranking if item[0] not in own.values()]
        best = ranking[:limit]
        best_ids = [paper_id for paper_id, _ in best]
        found = papers.load_papers_by_id(conn, best_ids, as_of=filters.as_of)
    wanted_tokens = set(query.words)
    return [
        Hit(rank, hit, score, ("semantic",), choose_snippet(hit.abstract, wanted_tokens))
        for rank, ((_, score), hit) in enumerate(zip(best, found, strict=True), 1)
    ]


def _asked_paper(conn: sa.Connection, wanted: str, as_of: datetime | None) -> Paper | None:
    """The paper that an arXiv id names; None when `wanted` is a text."""
    try:
        arxiv_id = parse_recorded_id(wanted).base
    except InputError:
        return None
    return find_paper(conn, arxiv_id, as_of)
