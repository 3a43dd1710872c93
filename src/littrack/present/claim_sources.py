"""Where claims come from, as objects for scripts and lines for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from littrack.present.hit_lines import Line, Piece, mark_pieces, paper_facts
from littrack.present.tables import Table
from littrack.records import ClaimSource

NO_SOURCE = "no source in this library"
KEYS = (
    *("rank", "kind", "arxiv_id", "version", "title", "authors", "published"),
    *("primary_category", "score", "url", "snippet", "match", "sentence", "field", "start", "end"),
    *("numbers", "highlights", "claim"),
)
COLUMNS = {
    "rank": "#",
    "score": "Score",
    "match": "Match",
    "arxiv_id": "arXiv",
    "sentence": "Sentence",
}
_SHOWN_CLAIM = 160  # characters of a claim above its sources


@dataclass(frozen=True, slots=True)
class Answer:
    """A claim, where it stands in what was given, and the sentences it seems to come from."""

    claim: str
    start: int
    end: int
    sources: tuple[ClaimSource, ...]


def source_object(answer: Answer, source: ClaimSource) -> dict[str, Any]:
    """A source as scripts read it; start and end count characters of the title or abstract."""
    paper = source.paper
    return {
        "rank": source.rank,
        "kind": "paper",
        "arxiv_id": paper.arxiv_id,
        "version": paper.version,
        "title": paper.title,
        "authors": list(paper.authors),
        "published": str(paper.published),
        "primary_category": paper.categories[0] if paper.categories else None,
        "score": round(source.score, 6),
        "url": paper.url,
        "snippet": source.sentence,
        "match": source.match,
        "sentence": source.sentence,
        "field": source.place.field,
        "start": source.place.start,
        "end": source.place.end,
        "numbers": {
            "agree": list(source.agree),
            "differ": [{"claim": said, "sentence": stated} for said, stated in source.differ],
        },
        "highlights": [asdict(place) for place in source.highlights],
        "claim": {"text": answer.claim, "start": answer.start, "end": answer.end},
    }


def sources_table(answers: Sequence[Answer]) -> Table:
    """All sources of all claims; a claim without one has no row."""
    rows = [source_object(answer, source) for answer in answers for source in answer.sources]
    return Table(rows, COLUMNS, KEYS)


def source_lines(answers: Sequence[Answer]) -> list[Line]:
    """The sources of each claim; the claims are repeated only where there are several."""
    lines: list[Line] = []
    for answer in answers:
        if len(answers) > 1:
            lines += [(), (Piece(f"“{shorten(answer.claim)}”", "head"),)]
            lines += [] if answer.sources else [(Piece(f"   {NO_SOURCE}", "faint"),)]
        for source in answer.sources:
            lines += [(), *_lines_of(source)]
    return lines[1:]


def shorten(claim: str) -> str:
    """A claim on one line, cut where it is long."""
    flat = " ".join(claim.split())
    return flat if len(flat) <= _SHOWN_CLAIM else f"{flat[:_SHOWN_CLAIM]} …"


def _lines_of(source: ClaimSource) -> Iterator[Line]:
    at, paper = source.place, source.paper
    title = " ".join(paper.title.split())
    yield Piece(f"{source.rank}. ", "faint"), Piece(title, "head")
    yield (Piece(f"   {paper_facts(paper)}", "faint"),)
    where = f"{source.match}, {source.score:.2f}, {at.field} {at.start}-{at.end}: "
    yield Piece(f"   {where}", "faint"), *source_pieces(source)
    told = tell_numbers(source)
    if told:
        yield (Piece(f"   {told}"),)


def tell_numbers(source: ClaimSource) -> str:
    """``numbers agree: 540B, 780B · differ: the claim says 175B, the sentence 176B``."""
    told = [f"numbers agree: {', '.join(source.agree)}"] if source.agree else []
    told += [f"differ: the claim says {said}, the sentence {stated}"
             for said, stated in source.differ]  # fmt: skip
    return " · ".join(told)


def source_pieces(source: ClaimSource) -> list[Piece]:
    """The sentence with what it shares with the claim marked."""
    at = source.place
    text = source.paper.title if at.field == "title" else source.paper.abstract
    return mark_pieces(text, (at.start, at.end), source.highlights)
