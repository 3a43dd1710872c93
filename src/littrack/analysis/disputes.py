"""What a dispute about one cell is, and how claims are quoted in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from littrack.claims import Claim, ClaimValue, EvidenceKind, Hardware, Parent, Quantity, TypedDate
from littrack.quantities import render_quantity

_MOST = 6  # values in one line: a dataset of forty laboratories names them all
TEXTS = (EvidenceKind.NOTE, EvidenceKind.PAPER, EvidenceKind.URL)


@dataclass(frozen=True, slots=True)
class Dispute:
    """Claims that together say one thing against what a cell shows, and why that matters."""

    kind: str
    rival: str
    explanation: str
    claims: tuple[Claim, ...]


def by_source(claims: Iterable[Claim]) -> dict[str, list[Claim]]:
    """The claims of each source."""
    found: dict[str, list[Claim]] = {}
    for claim in claims:
        found.setdefault(claim.evidence.source, []).append(claim)
    return found


def who_says(claims: Iterable[Claim], rival: str) -> str:
    """The sources; one that words it otherwise is followed by its words: "README (2021-05)"."""
    said = []
    claims = list(claims)
    everything = {value_text(claim.value) for claim in claims}
    for source, held in by_source(claims).items():
        texts = {value_text(claim.value) for claim in held}
        alike = rival in texts or set(texts) == everything
        words = "" if alike else f" ({joined_text(held)})"
        said.append(f"{source}{words}")
    return "; ".join(said)


def as_internal(dispute: Dispute, supporting: Iterable[Claim]) -> Dispute:
    """The dispute as one of a source with itself, if its only source also says what is shown.

    Rows of a table may be about several variants of a model; a text speaks of one thing.
    """
    sources = by_source(dispute.claims)
    source, held = next(iter(sources.items()))
    same = [
        claim
        for claim in supporting
        if claim.evidence.source == source and claim not in dispute.claims
    ]
    if len(sources) > 1 or not same or held[0].evidence.kind not in TEXTS:
        return dispute
    said = f"{source}: {_placed(same[0])} and {_placed(held[0])}"
    return replace(dispute, kind="internal", explanation=said)


def _placed(claim: Claim) -> str:
    place = f" ({claim.evidence.locator})" if claim.evidence.locator else ""
    return value_text(claim.value) + place


def joined_text(claims: Sequence[Claim]) -> str:
    """The different values of some claims in one line; quantities by size."""
    values = [claim.value for claim in claims]
    if all(isinstance(value, Quantity) for value in values):
        values.sort(key=lambda one: (one.value or 0.0) if isinstance(one, Quantity) else 0.0)
    texts = list(dict.fromkeys(map(value_text, values)))
    more = f" and {len(texts) - _MOST} more" if len(texts) > _MOST else ""
    return ", ".join(texts[:_MOST]) + more


def value_text(value: ClaimValue) -> str:
    """A value in one line, for people."""
    match value:
        case Quantity(value=None):
            return "not disclosed"
        case Quantity():
            active = " active" if value.qualifier == "active" else ""
            return render_quantity(value) + active
        case Parent():
            return value.name
        case bool():
            return "yes" if value else "no"
        case TypedDate() | Hardware():
            return str(value)
        case _:
            return value
