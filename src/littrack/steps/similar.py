"""More like this: papers near several examples in meaning, and far from others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from littrack.errors import InputError
from littrack.identifiers import parse_recorded_id
from littrack.records import Filters, Hit, Paper
from littrack.steps.candidates import find_by_meaning
from littrack.steps.opening import OpenLibrary
from littrack.steps.show import find_paper
from littrack.store import papers
from littrack.text import query_tokens

if TYPE_CHECKING:
    from datetime import datetime

    import sqlalchemy as sa

# How much a negative example weighs against a positive one (Rocchio 1971: a fraction of it).
NEGATIVE_WEIGHT = 0.5


@dataclass(frozen=True, slots=True)
class Examples:
    """What is wanted and what is not: arXiv ids or texts."""

    like: tuple[str, ...]
    unlike: tuple[str, ...] = ()


def find_like(
    library: OpenLibrary,
    examples: Examples,
    *,
    limit: int = 10,
    filters: Filters = Filters(),  # noqa: B008 - frozen
) -> list[Hit]:
    """Papers like the positive examples and unlike the negative ones; none of them among the hits.

    The mean of the positive vectors less half the mean of the negative ones, at length one, is
    what papers are compared with. So a score is a cosine, however many examples there are.

    Raises:
        NotFound: an arXiv id that the library does not hold, or did not at the moment asked for.
        InputError: no example, or a text without a word.
    """
    with library.engine.connect() as conn:
        like = [_read(conn, wanted, filters.as_of) for wanted in examples.like]
        unlike = [_read(conn, wanted, filters.as_of) for wanted in examples.unlike]
        if not like:
            raise InputError("no example to find papers like")
        vector = _direction(library, [one.text for one in like], [one.text for one in unlike])
        ranking = find_by_meaning(library, conn, vector, filters)
        named = [one.paper.arxiv_id for one in (*like, *unlike) if one.paper is not None]
        own = set(papers.load_ids(conn, named).values())
        best = [item for item in ranking if item[0] not in own][:limit]
        ids = [paper_id for paper_id, _ in best]
        found = papers.load_papers_by_id(conn, ids, as_of=filters.as_of)
    return [
        Hit(rank, paper, score, ("semantic",))
        for rank, ((_, score), paper) in enumerate(zip(best, found, strict=True), 1)
    ]


@dataclass(frozen=True, slots=True)
class _Example:
    text: str
    paper: Paper | None


def _read(conn: sa.Connection, wanted: str, as_of: datetime | None) -> _Example:
    """The paper that an arXiv id names, or the text itself."""
    try:
        arxiv_id = parse_recorded_id(wanted).base
    except InputError:
        if not query_tokens(wanted):
            raise InputError(f"{wanted[:80]!r} holds no word to compare papers with") from None
        return _Example(wanted, None)
    paper = find_paper(conn, arxiv_id, as_of)
    return _Example(f"{paper.title}\n{paper.abstract}", paper)


def _direction(library: OpenLibrary, like: Sequence[str], unlike: Sequence[str]) -> np.ndarray:
    """The vector to search with, (1, dimension); zero where the examples cancel out."""
    rows = library.encoder.encode_passages([*like, *unlike])
    vector = rows[: len(like)].mean(axis=0)
    if unlike:
        vector = vector - NEGATIVE_WEIGHT * rows[len(like) :].mean(axis=0)
    length = float(np.linalg.norm(vector))
    return np.asarray(vector / length if length else vector, np.float32)[None, :]


def example_text(library: OpenLibrary, wanted: str, as_of: datetime | None = None) -> str:
    """The text that an example stands for: a paper's title and abstract, or the text itself."""
    with library.engine.connect() as conn:
        return _read(conn, wanted, as_of).text
