"""Search papers by words and by meaning, in English and Chinese, and say why each was found.

A query is read as `littrack.analysis.query_language` says: what it demands of a paper becomes a
filter. Two rankings find papers (`candidates`), BM25 over words and the cosine of vectors. Their
joint best get a second look, piece by piece (`second_look`), and those that named a thing a bonus
(`first_use`); all parts add up to the score. A query that says nothing (`nonsense`) finds nothing.

With `Filters.as_of`, among the papers known at that moment, with the texts known then. Papers that
come later do not change the answer: words are counted among the papers known then. What does:

* A paper revised since is shown as it read then, but found by what it says now.
* Whether a query is nonsense goes by the words known today.
* Dates and categories, which filters go by, are those known today.
* Where words match more than `DEPTH` of the papers known, the choice of these, and beyond `BUDGET`
  the choice of words, is by today's counts; and an index of more than 50,000 papers approximates.
  Late places may then differ.
* Another encoder, or another version of littrack, is another search.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from littrack.analysis.fusion import Fused, choose_weights, fuse
from littrack.analysis.queries import Query, parse_query
from littrack.analysis.snippets import first_sentence
from littrack.analysis.terms import other_forms
from littrack.records import Explanation, Filters, Hit
from littrack.steps.candidates import find_by_meaning, find_by_words
from littrack.steps.conditions import list_newest, understand
from littrack.steps.first_use import find_first_uses
from littrack.steps.nonsense import says_something
from littrack.steps.opening import OpenLibrary
from littrack.steps.second_look import LOOKED_AT, look_again, read_together
from littrack.steps.terms import load_term_table
from littrack.store import papers

if TYPE_CHECKING:
    import sqlalchemy as sa

Mode = Literal["hybrid", "semantic", "lexical"]

FINDERS = ("lexical", "semantic")  # the rankings that find papers; the others order what they found


def search_papers(
    library: OpenLibrary,
    text: str,
    *,
    limit: int = 10,
    mode: Mode = "hybrid",
    filters: Filters = Filters(),  # noqa: B008 - frozen
    explain: bool = False,
) -> list[Hit]:
    """The best papers for a query, at most `limit`, best first; none for nonsense.

    A query that only demands (``au:wei date:2023``) finds the newest papers that meet it.

    Raises:
        InputError: no word to search for, or a query that cannot be read (names the column).
        NotFound: a model or topic that the query demands is unknown.
        IndexMissing, IndexStale: meaning cannot be searched (mode "lexical" still can).
    """
    free, filters = understand(library, text, filters)
    if not free and filters.where is not None:
        return list_newest(library, filters, limit=limit, explain=explain)
    return search_text(library, free, limit=limit, mode=mode, filters=filters, explain=explain)


def search_text(
    library: OpenLibrary,
    text: str,
    *,
    limit: int = 10,
    mode: Mode = "hybrid",
    filters: Filters = Filters(),  # noqa: B008 - frozen
    explain: bool = False,
) -> list[Hit]:
    """The best papers for a text as it stands: no word of it is an operator or a field.

    Raises:
        InputError, IndexMissing, IndexStale: as `search_papers`.
    """
    query = parse_query(text, load_term_table(library))
    with library.engine.connect() as conn:
        rankings: dict[str, Sequence[tuple[int, float]]] = {}
        if mode != "semantic":
            rankings["lexical"] = find_by_words(conn, query, filters)
        if mode != "lexical":
            vector = library.encoder.encode_queries([query.meaning])
            rankings["semantic"] = find_by_meaning(library, conn, vector, filters)
        if not says_something(library, conn, query, rankings):
            return []
        if mode == "hybrid":
            weights = choose_weights(rankings, query, library.settings.search.weights)
            likely = [paper_id for paper_id, _ in fuse(rankings, weights).best(LOOKED_AT)]
            rankings |= look_again(library, conn, query, likely)
            rankings |= read_together(library, conn, query, likely)
        return _fused(library, conn, query, rankings, (limit, filters, explain))


def _fused(
    library: OpenLibrary,
    conn: sa.Connection,
    query: Query,
    rankings: Mapping[str, Sequence[tuple[int, float]]],
    wanted: tuple[int, Filters, bool],
) -> list[Hit]:
    limit, filters, explain = wanted
    weights = choose_weights(rankings, query, library.settings.search.weights)
    fused = fuse(rankings, weights)
    if "lexical" in rankings:  # it is a matter of words: meaning alone stays what it is
        fused = fused.plus("first use", find_first_uses(conn, query.names, filters.as_of))
    best = fused.best(limit)
    found = papers.load_papers_by_id(conn, [key for key, _ in best], as_of=filters.as_of)
    shown = {key for key, _ in best}
    places = {
        name: {key: (place, score) for place, (key, score) in enumerate(ranking, 1) if key in shown}
        for name, ranking in rankings.items()
    }
    return [
        Hit(
            rank=rank,
            paper=paper,
            score=score,
            matched_by=tuple(name for name in FINDERS if paper_id in places.get(name, ())),
            snippet=first_sentence(paper.abstract),
            explanation=_explain(query, paper_id, (fused, places, weights)) if explain else None,
        )
        for rank, ((paper_id, score), paper) in enumerate(zip(best, found, strict=True), 1)
    ]


def _explain(
    query: Query,
    paper_id: int,
    why: tuple[
        Fused,
        Mapping[str, Mapping[int, tuple[int, float]]],
        Mapping[str, float],
    ],
) -> Explanation:
    """The parts of a score, and of each ranking its place, its own score and its weight."""
    fused, places, weights = why
    parts = {name: part for name, part in fused.parts_of(paper_id).items()
             if part or name != "first use"}  # fmt: skip
    details: dict[str, Any] = {}
    for name, found in places.items():
        if paper_id in found:
            place, score = found[paper_id]
            standardised = parts[name] / weights[name] if weights[name] else 0.0
            details[name] = {
                "rank": place,
                "score": score,
                "weight": weights[name],
                "standardised": standardised,
            }
    details["words"] = list(query.words)
    details["phrases"] = {" ".join(phrase): weight for phrase, weight in query.phrases.items()}
    details["terms"] = {
        m.form: list(other_forms(m, chinese=True)) for m in (*query.terms, *query.mined)
    }
    return Explanation(parts, details)
