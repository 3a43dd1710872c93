"""Hits as lines for people: title, facts, the sentence with its marked words, and the arithmetic.

A line is made of pieces, each with its role; the command line gives the roles their colours, and
without colours the pieces are simply joined.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from littrack.present.tables import display_width
from littrack.records import Hit, Paper, Place

Role = Literal["plain", "match", "head", "faint"]
SHOWN_WORDS = 12  # that matched, in an explanation
SHOWN_FORMS = 6  # of a term
_LABEL = 10  # columns of "sentence", "words" ... and the space behind them
_INDENT = "   "
# How the parts of a score and the rankings are called for people; others go by their own names.
_NAMES = {"lexical": "words", "semantic": "meaning"}
_SCORES = {"lexical": "BM25", "semantic": "cosine"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text with one role."""

    text: str
    role: Role = "plain"


Line = tuple[Piece, ...]


def mark_pieces(text: str, shown: tuple[int, int], marks: Iterable[Place]) -> list[Piece]:
    """The shown part of a text on one line, cut where a mark begins or ends."""
    pieces: list[Piece] = []
    place, end = shown
    for mark in marks:
        if mark.start < place or mark.end > end:
            continue
        pieces += [Piece(text[place : mark.start]), Piece(text[mark.start : mark.end], "match")]
        place = mark.end
    pieces.append(Piece(text[place:end]))
    return [Piece(_flat(piece.text), piece.role) for piece in pieces if piece.text]


def _flat(text: str) -> str:
    """White space and control characters as single spaces; the text must not move the cursor."""
    plain = "".join(character if character.isprintable() else " " for character in text)
    inner = " ".join(plain.split())
    return " " * plain.startswith(" ") + inner + " " * (plain.endswith(" ") and bool(inner))


def title_pieces(hit: Hit) -> list[Piece]:
    """The title with its marked words."""
    marks = [mark for mark in hit.highlights if mark.field == "title"]
    return mark_pieces(hit.paper.title, (0, len(hit.paper.title)), marks)


def snippet_pieces(hit: Hit) -> list[Piece]:
    """The snippet with its marked words; without a place it is plain text."""
    at = hit.snippet_at
    if at is None:
        return [Piece(hit.snippet)] if hit.snippet else []
    marks = [mark for mark in hit.highlights if mark.field == at.field]
    text = hit.paper.abstract if at.field == "abstract" else hit.paper.title
    pieces = mark_pieces(text, (at.start, at.end), marks)
    before = [Piece("… ", "faint")] if hit.snippet.startswith("… ") else []
    return [*before, *pieces, *([Piece(" …", "faint")] if hit.snippet.endswith(" …") else [])]


def paper_facts(paper: Paper) -> str:
    """Id, date, category and first authors, on one line."""
    authors = ", ".join(paper.authors[:3]) + (" et al." if len(paper.authors) > 3 else "")
    category = paper.categories[0] if paper.categories else ""
    version = f"v{paper.version}" if paper.version else ""
    flag = "WITHDRAWN" if paper.withdrawn else ""
    facts = (f"{paper.arxiv_id}{version}", str(paper.published), category, authors, flag)
    return " · ".join(_flat(fact) for fact in facts if fact)


def hit_lines(hits: Sequence[Hit]) -> list[Line]:
    """For each hit its title, facts, sentence and, where it was asked for, its explanation."""
    lines: list[Line] = []
    for hit in hits:
        lines += [] if not lines else [()]
        lines.append((Piece(f"{hit.rank}. ", "faint"), *_headed(title_pieces(hit))))
        lines.append((Piece(f"{_INDENT}{paper_facts(hit.paper)}", "faint"),))
        snippet = snippet_pieces(hit)
        if hit.explanation is None:
            lines += [(Piece(_INDENT), *snippet)] if snippet else []
        else:
            lines += [_labelled(name, pieces) for name, pieces in explain_hit(hit)]
    return lines


def _headed(pieces: Sequence[Piece]) -> list[Piece]:
    return [Piece(one.text, "head") if one.role == "plain" else one for one in pieces]


def _labelled(label: str, pieces: Sequence[Piece]) -> Line:
    space = " " * max(1, _LABEL - display_width(label))
    return (Piece(f"{_INDENT}{label}{space}", "faint"), *pieces)


def explain_hit(hit: Hit) -> Iterator[tuple[str, list[Piece]]]:
    """Why a hit stands where it does, as labelled lines: the arithmetic, ranks, words, terms."""
    if hit.explanation is not None:
        details = hit.explanation.details
        yield "score", [Piece(write_sum(hit.explanation.parts, hit.score, details))]
        ranks = [_write_rank(name, one) for name, one in details.items() if _is_rank(one)]
        if ranks:
            yield "ranks", [Piece(" · ".join(ranks))]
        yield from _explain_words(details)
    snippet = snippet_pieces(hit)
    if snippet:
        yield "sentence", snippet


def _explain_words(details: Mapping[str, Any]) -> Iterator[tuple[str, list[Piece]]]:
    matched = details.get("matched") or ()
    if matched:
        told = [f"{one['word']} {one['weight']:.1f} ×{one['count']}" for one in matched]
        more = [f"and {len(told) - SHOWN_WORDS} more"] if len(told) > SHOWN_WORDS else []
        yield "words", [Piece(_flat(" · ".join([*told[:SHOWN_WORDS], *more])))]
    for form, others in (details.get("terms") or {}).items():
        listed = ", ".join(others[:SHOWN_FORMS]) + (" …" if len(others) > SHOWN_FORMS else "")
        yield "term", [Piece(_flat(f"{form} → {listed}"))]


def _is_rank(value: Any) -> bool:
    return isinstance(value, Mapping) and {"rank", "score"} <= value.keys()


def _write_rank(name: str, found: Mapping[str, Any]) -> str:
    """``by meaning 3 (cosine 0.712)``."""
    score = f"{_SCORES.get(name, 'score')} {found['score']:.3f}"
    return f"by {_NAMES.get(name, name)} {found['rank']} ({score})"


def write_sum(parts: Mapping[str, float], score: float, details: Mapping[str, Any]) -> str:
    """``words 0.979 + meaning 0.65 × 3.195 = 2.077 ... = 7.056``: as shown, it adds up exactly."""
    told = [
        f"{_NAMES.get(name, name)} {_factors(details.get(name))}{part:.3f}"
        for name, part in _rounded(parts, score).items()
    ]
    return f"{' + '.join(told)} = {round(score, 3):.3f}"


def _factors(found: Any) -> str:
    """``0.65 × 3.195 = `` where the search told the weight and the standardised score."""
    if isinstance(found, Mapping) and {"weight", "standardised"} <= found.keys():
        return f"{found['weight']:g} × {found['standardised']:.3f} = "
    return ""


def _rounded(parts: Mapping[str, float], score: float) -> dict[str, float]:
    """The parts in thousandths that add up to the score in thousandths.

    What rounding leaves over goes to the parts that it moved furthest.
    """
    shown = {name: round(part * 1000) for name, part in parts.items()}
    left = round(score * 1000) - sum(shown.values())
    step = 1 if left > 0 else -1
    by_error = sorted(shown, key=lambda name: step * (shown[name] - parts[name] * 1000))
    for name in by_error[: abs(left)]:
        shown[name] += step
    return {name: value / 1000 for name, value in shown.items()}


def render_lines(lines: Iterable[Line]) -> str:
    """The lines without colours."""
    return "".join("".join(piece.text for piece in line).rstrip() + "\n" for line in lines)
