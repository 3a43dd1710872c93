"""Whether a query says anything to a library: the nearest papers to nonsense are no answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from littrack.analysis.queries import Query, is_understood
from littrack.encoder.static import StaticEncoder
from littrack.store import fulltext
from littrack.text import words

if TYPE_CHECKING:
    import sqlalchemy as sa

    from littrack.encoder.protocol import Encoder
    from littrack.steps.opening import OpenLibrary


def says_something(
    library: OpenLibrary,
    conn: sa.Connection,
    query: Query,
    rankings: Mapping[str, Sequence[tuple[int, float]]],
) -> bool:
    """Whether what the rankings hold answers the query at all.

    "The of and" is answered only where it stands in a title. A search by words alone finds what
    holds the words, and texts are never nonsense.
    """
    if query.is_empty:
        return bool(query.names and fulltext.find_in_titles(conn, query.names))
    if "semantic" not in rankings or not query.is_short:
        return True
    counts = fulltext.count_tokens(conn, query.words)
    likeness = max((score for _, score in rankings["semantic"][:1]), default=0.0)
    return is_understood(query, counts, _piece_length(library.encoder, query.text), likeness)


def _piece_length(encoder: Encoder, text: str) -> float | None:
    """Characters in a piece of the text on average; None with an encoder that has no pieces."""
    if not isinstance(encoder, StaticEncoder):
        return None
    return sum(map(len, words(text))) / max(1, encoder.count_pieces(text))
