"""Search papers by words and by meaning, in English and Chinese, and say why each was found."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from littrack.analysis.fusion import fuse, order
from littrack.analysis.queries import Query, affordable, parse_query
from littrack.analysis.snippets import choose_snippet
from littrack.analysis.terms import TermTable, other_forms, read_terms
from littrack.errors import InputError, NotFound
from littrack.identifiers import parse_recorded_id
from littrack.records import Explanation, Filters, Hit, Paper
from littrack.steps.opening import OpenLibrary
from littrack.store import fulltext, papers
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
    return fulltext.find_by_words(conn, phrases, limit=DEPTH, choice=choice)


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
        for paper_id, bonus in _first_uses(conn, query).items():
            if paper_id in parts:
                parts[paper_id]["first use"] = bonus
    best = order(parts)[:limit]
    found = papers.load_papers_by_id(conn, [paper_id for paper_id, _ in best])
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


def _first_uses(conn: sa.Connection, query: Query) -> dict[int, float]:
    """A bonus for the papers that first had the query, as a phrase, in their title.

    Someone who asks for "chain-of-thought" wants the paper that named it among the thousand that
    say it since. The bonus grows with the number of titles that took the phrase up (nothing for
    one, the whole weight from one title in a thousand papers) and falls evenly over the five
    earliest. Where a name was used before for something else (LoRa is also a radio), the other
    parts of the score decide.
    """
    if not query.names:
        return {}
    ids = fulltext.find_in_titles(conn, query.names)
    if len(ids) < 2:
        return {}
    widely = max(10.0, papers.load_newest_id(conn) / 1000)
    spread = min(1.0, math.log(len(ids)) / math.log(widely))
    earliest = papers.load_earliest(conn, ids, limit=FIRST_USES)
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
        NotFound: an arXiv id that the library does not hold.
        InputError: a text without a word.
    """
    with library.engine.connect() as conn:
        paper = _asked_paper(conn, wanted)
        text = wanted if paper is None else f"{paper.title}\n{paper.abstract}"
        query = parse_query(text[:4_000], term_table())
        vector = library.encoder.encode_passages([text])
        ranking = find_by_meaning(library, conn, vector, filters)
        if paper is not None:
            own = papers.load_ids(conn, [paper.arxiv_id])
            ranking = [item for item in ranking if item[0] not in own.values()]
        best = ranking[:limit]
        found = papers.load_papers_by_id(conn, [paper_id for paper_id, _ in best])
    wanted_tokens = set(query.words)
    return [
        Hit(rank, hit, score, ("semantic",), choose_snippet(hit.abstract, wanted_tokens))
        for rank, ((_, score), hit) in enumerate(zip(best, found, strict=True), 1)
    ]


def _asked_paper(conn: sa.Connection, wanted: str) -> Paper | None:
    """The paper that an arXiv id names; None when `wanted` is a text."""
    try:
        arxiv_id = parse_recorded_id(wanted).base
    except InputError:
        return None
    found = papers.load_papers(conn, [arxiv_id])
    if not found:
        raise NotFound(
            f"the library holds no paper {arxiv_id}. Get it with: littrack ingest --ids {arxiv_id}"
        )
    return found[0]
