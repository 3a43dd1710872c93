"""The review queue: proposals as objects for scripts, and where evidence stands in their text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from littrack.claims import Claim, ModelField, Outcome, Parent, Quantity, Unit
from littrack.present.model_words import FIELDS, full_text
from littrack.present.tables import Table, display_width
from littrack.quantities import in_billions

COLUMNS = {
    "score": "Score",
    "arxiv_id": "arXiv",
    "name": "Name",
    "sizes_b": "Size (B)",
    "base_model": "Base model",
    "known": "May be",
    "title": "Title",
}
KEYS = (
    *("name", "arxiv_id", "score", "outcome", "sizes_b", "tokens_b", "base_model", "evidence"),
    *("version", "published", "title", "names", "access", "reasons", "known", "decided"),
)
PARTS = ("title", "abstract")


class Proposal(Protocol):
    """A paper that may release a model, with all that helps to decide."""

    @property
    def name(self) -> str:
        """The first of `names`, or nothing."""

    @property
    def arxiv_id(self) -> str:
        """Of the paper."""

    @property
    def version(self) -> int:
        """That was read; 0 when the source did not number it."""

    @property
    def title(self) -> str:
        """Of the paper."""

    @property
    def abstract(self) -> str:
        """Its own, or nothing."""

    @property
    def published(self) -> str:
        """The day, or the month."""

    @property
    def score(self) -> float:
        """0 to 1: probability of being a release."""

    @property
    def outcome(self) -> Outcome:
        """What extraction makes of it."""

    @property
    def names(self) -> tuple[str, ...]:
        """Of the models it releases, best first."""

    @property
    def claims(self) -> tuple[Claim, ...]:
        """With their places in title and abstract."""

    @property
    def reasons(self) -> tuple[str, ...]:
        """What spoke for and against."""

    @property
    def known(self) -> str:
        """The model that it may be, or nothing."""

    @property
    def decided(self) -> str:
        """What a person said, or nothing."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Characters of a text that are evidence for a field."""

    start: int
    end: int
    field: ModelField


def review_table(items: Iterable[Proposal]) -> Table:
    """A row a proposal, in the order given."""
    return Table([review_object(item) for item in items], COLUMNS, KEYS)


def review_object(item: Proposal) -> dict[str, Any]:
    """All that was read of a proposal; None or []: nothing was."""
    sizes = [one for one in _quantities(item, ModelField.SIZE) if one.qualifier != "active"]
    data = [one for one in _quantities(item, ModelField.PRETRAIN_DATA) if one.unit is Unit.TOKENS]
    parents = [claim.value for claim in item.claims if isinstance(claim.value, Parent)]
    access = [claim.value for claim in item.claims if claim.field is ModelField.ACCESS]
    return {
        "name": item.name or None,
        "arxiv_id": item.arxiv_id,
        "score": item.score,
        "outcome": str(item.outcome),
        "sizes_b": sorted({size for one in sizes if (size := in_billions(one)) is not None}),
        "tokens_b": next(iter(map(in_billions, data)), None),
        "base_model": " + ".join(dict.fromkeys(one.name for one in parents)) or None,
        "evidence": [_evidence(claim) for claim in item.claims],
        "version": item.version or None,
        "published": item.published,
        "title": item.title,
        "names": list(item.names),
        "access": next(map(str, access), None),
        "reasons": list(item.reasons),
        "known": item.known or None,
        "decided": item.decided or None,
    }


def _quantities(item: Proposal, field: ModelField) -> list[Quantity]:
    held = (claim.value for claim in item.claims if claim.field is field)
    return [value for value in held if isinstance(value, Quantity)]


def _evidence(claim: Claim) -> dict[str, Any]:
    return {
        "field": str(claim.field),
        "value": full_text(claim.field, claim.value),
        "part": claim.evidence.locator,
        "start": claim.evidence.start,
        "end": claim.evidence.end,
        "sentence": claim.evidence.sentence,
    }


def find_marks(item: Proposal, part: str) -> list[Mark]:
    """Where evidence stands in "title" or "abstract", in order, none over another.

    Of two in one place the shorter stays: it says more exactly what it is about.
    """
    text = item.title if part == "title" else item.abstract
    placed = [
        Mark(claim.evidence.start, claim.evidence.end, claim.field)
        for claim in item.claims
        if claim.evidence.locator == part
        and claim.evidence.start is not None
        and claim.evidence.end is not None
        and _is_there(item, claim, text)
    ]
    kept: list[Mark] = []
    for mark in sorted(placed, key=lambda one: (one.end - one.start, one.start, one.field)):
        if all(mark.end <= other.start or other.end <= mark.start for other in kept):
            kept.append(mark)
    return sorted(kept, key=lambda one: one.start)


def _is_there(item: Proposal, claim: Claim, text: str) -> bool:
    """Whether this is the text that was read: another version may say it elsewhere."""
    start, end = claim.evidence.start or 0, claim.evidence.end or 0
    version = f"v{item.version}" if item.version else ""
    marked = text[start:end] if 0 <= start < end <= len(text) else ""
    same_version = claim.evidence.source == f"{item.arxiv_id}{version}"
    return same_version and bool(marked.strip()) and marked in claim.evidence.sentence


def split_marked(text: str, marks: Sequence[Mark]) -> Iterator[tuple[str, ModelField | None]]:
    """The text in pieces, each with the field that it is evidence for."""
    place = 0
    for mark in marks:
        if place < mark.start:
            yield text[place : mark.start], None
        yield text[mark.start : mark.end], mark.field
        place = mark.end
    if place < len(text):
        yield text[place:], None


def group_claims(item: Proposal) -> list[tuple[ModelField, str, Claim]]:
    """(field, value as text, its first claim), each value once, fields in their usual order."""
    found: dict[tuple[ModelField, str], Claim] = {}
    for claim in sorted(item.claims, key=lambda one: list(ModelField).index(one.field)):
        found.setdefault((claim.field, full_text(claim.field, claim.value)), claim)
    return [(field, text, claim) for (field, text), claim in found.items()]


def field_name(field: ModelField) -> str:
    """A field as the screen calls it."""
    return "name" if field is ModelField.ALIAS else FIELDS["en"][field]


def excerpt(item: Proposal, claim: Claim, width: int) -> str:
    """The sentence of a claim; of a longer one what fits around the evidence."""
    found = claim.evidence
    sentence = found.sentence
    if display_width(sentence) <= width or found.start is None or found.end is None:
        return sentence
    text = item.title if found.locator == "title" else item.abstract
    begin = max(text.rfind(sentence, 0, found.start + len(sentence)), 0)
    start, end = found.start - begin, found.end - begin
    spare = width - display_width(sentence[start:end]) - 2  # for the dots at both ends
    left = _last_fitting(sentence[:start], max(spare // 2, 0))
    right = _first_fitting(sentence[end:], max(spare - display_width(left), 0))
    left = _last_fitting(sentence[:start], max(spare - display_width(right), 0))
    before = "…" if len(left) < start else ""
    after = "…" if end + len(right) < len(sentence) else ""
    return f"{before}{left}{sentence[start:end]}{right}{after}"


def _first_fitting(text: str, width: int) -> str:
    """As many whole words as fit; of Chinese as many characters."""
    fitting, used = 0, 0
    for place, character in enumerate(text):
        used += display_width(character)
        if used > width:
            return text[:fitting]
        following = text[place + 1 : place + 2]
        if not (following.isascii() and following.isalnum() and character.isascii()):
            fitting = place + 1
    return text


def _last_fitting(text: str, width: int) -> str:
    return _first_fitting(text[::-1], width)[::-1]
