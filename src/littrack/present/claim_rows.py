"""The claims about a model as rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from littrack.claims import Cell, Claim, Model, ModelField
from littrack.present.model_words import value_text
from littrack.present.tables import Table

KEYS = (
    *("model", "field", "value", "standing", "kind", "source", "locator", "start", "end"),
    *("sentence", "note", "basis", "method", "confidence", "recorded", "tool", "rule"),
)


def claims_table(model: Model, field: ModelField | None = None) -> Table:
    """A claim a row: those that say what is shown first, then those that say otherwise."""
    cells = [cell for name, cell in model.cells.items() if field in (None, name)]
    rows = [row for cell in cells for row in _rows(model, cell)]
    return Table(rows, {key: key for key in KEYS[:7]}, KEYS)


def _rows(model: Model, cell: Cell) -> Iterator[dict[str, Any]]:
    for standing, claims in (("shown", cell.claims), ("rival", cell.rivals)):
        for claim in claims:
            yield {"model": model.name, "standing": standing, "rule": cell.rule} | _row(claim)


def _row(claim: Claim) -> dict[str, Any]:
    evidence = claim.evidence
    return {
        "field": claim.field.value,
        "value": value_text(claim.value),
        "kind": evidence.kind.value,
        "source": evidence.source,
        "locator": evidence.locator,
        "start": evidence.start,
        "end": evidence.end,
        "sentence": evidence.sentence,
        "note": evidence.note,
        "basis": evidence.basis.value,
        "method": claim.method.value,
        "confidence": claim.confidence,
        "recorded": claim.recorded_at.isoformat(),
        "tool": claim.tool,
    }
