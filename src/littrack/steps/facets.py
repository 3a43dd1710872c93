"""Count all papers that a query matches, by year, category, topic and model.

A ranking has no end, so what matches is said exactly: the papers that hold every word of the query
(stop words aside; or, where the query is a term of the bilingual table, any form of the term) and
that meet its conditions and the filters.
"""

from __future__ import annotations

from dataclasses import replace

from littrack.analysis.query_language import choose_telling, parse_search
from littrack.analysis.terms import other_forms
from littrack.conditions import Condition, Words, join_all, join_any
from littrack.records import Facet, FacetKind, Filters
from littrack.steps.conditions import look_up
from littrack.steps.opening import OpenLibrary
from littrack.steps.terms import load_term_table
from littrack.store import facets as stored
from littrack.text import tokens

MOST = 10  # values of a facet


def count_facets(library: OpenLibrary, text: str, filters: Filters) -> list[Facet]:
    """The facets of all papers that match, the most frequent values first, years in order.

    The facet "withdrawn" also counts papers that the filters leave out for being withdrawn; the
    others count what a search could return.

    Raises:
        InputError, NotFound: as `littrack.steps.conditions.understand`.
    """
    query = parse_search(text)
    parts = [filters.where, query.condition, _holds_all(library, query.bare)]
    demanded = join_all([part for part in parts if part is not None])
    chosen = look_up(library, replace(filters, where=demanded))
    with library.engine.connect() as conn:
        every = stored.load_matching(conn, replace(chosen, withdrawn=True))
        withdrawn = stored.count_withdrawn(conn, every)
        ids = every if chosen.withdrawn else stored.load_matching(conn, chosen)
        found = stored.count_facets(conn, ids, limit=MOST)
    states = (("no", len(every) - withdrawn), ("yes", withdrawn))
    return found + [Facet(FacetKind.WITHDRAWN, value, number) for value, number in states if number]


def _holds_all(library: OpenLibrary, bare: str) -> Condition | None:
    """Every word, or any form of the term that they are."""
    whole = join_all([Words(word) for word in choose_telling(bare.split())])
    if whole is None:
        return None
    forms = [
        Words(form)
        for match in load_term_table(library).find(bare)
        if tokens(match.form) == tokens(bare)
        for form in other_forms(match, chinese=True)
        if tokens(form)
    ]
    return join_any([whole, *forms])
