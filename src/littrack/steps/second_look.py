"""A second look at the best papers of a search: their pieces against the pieces of the query."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from littrack.analysis.soft_matching import PaperPieces, compare_softly, distinct_ids
from littrack.encoder.static import StaticEncoder
from littrack.steps.opening import OpenLibrary
from littrack.store.texts import load_texts

if TYPE_CHECKING:
    import sqlalchemy as sa

    from littrack.analysis.queries import Query

LOOKED_AT = 200  # of 100, 200 and 400 papers the second is as good as the third
_NOTHING = np.zeros(0, np.int64)


def read_together(
    library: OpenLibrary, conn: sa.Connection, query: Query, ids: Sequence[int]
) -> dict[str, list[tuple[int, float]]]:
    """The ranking of the first of `ids` by the cross-encoder of the settings; none without one."""
    chosen = library.settings.search
    if not chosen.reranker or not ids:
        return {}
    from littrack.encoder.reranker import open_reranker

    first = list(ids[: chosen.rerank_depth])
    found = load_texts(conn, first)
    texts = ["\n".join(found[key]) for key in first]
    reranker = open_reranker(chosen.reranker, offline=library.settings.offline)
    return {"cross-encoder": list(zip(first, reranker.rerank(query.text, texts), strict=True))}


def look_again(
    library: OpenLibrary, conn: sa.Connection, query: Query, ids: Sequence[int]
) -> dict[str, list[tuple[int, float]]]:
    """Rankings of the papers `ids` by likeness in pieces; none with an encoder that has no pieces.

    Of a query of a few words only the titles are looked at: they say what a paper is about.
    """
    encoder = library.encoder
    if not isinstance(encoder, StaticEncoder) or not ids:
        return {}
    texts = load_texts(conn, ids)
    titles = [texts[key][0] for key in ids]
    abstracts = [] if query.is_short else [texts[key][1] for key in ids]
    wanted, *pieces = encoder.cut([query.meaning, *titles, *abstracts])
    bodies = pieces[len(ids) :] or [_NOTHING] * len(ids)
    papers = [PaperPieces(*both) for both in zip(pieces[: len(ids)], bodies, strict=True)]
    needed = distinct_ids(wanted, papers)
    found = compare_softly(wanted, papers, needed, encoder.piece_vectors(needed))
    measures = {"title": [match.title for match in found]}
    if not query.is_short:
        measures["coverage"] = [match.coverage for match in found]
        measures["focus"] = [match.focus for match in found]
    return {name: list(zip(ids, shares, strict=True)) for name, shares in measures.items()}
