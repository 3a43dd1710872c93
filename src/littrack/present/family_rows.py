"""The edges of the family graph as rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from littrack.claims import Relation
from littrack.present.tables import Table

KEYS = ("child", "parent", "kind", "label", "explicit", "evidence")
COLUMNS = {
    "child": "Model",
    "parent": "From",
    "kind": "Relation",
    "label": "Label",
    "strength": "Evidence",
}


def relations_table(relations: Iterable[Relation]) -> Table:
    """An edge a row, with everything that is said for it."""
    return Table([relation_object(one) for one in relations], COLUMNS, (*KEYS, "strength"))


def relation_object(relation: Relation) -> dict[str, Any]:
    """An edge as scripts read it."""
    return {
        "child": relation.child,
        "parent": relation.parent,
        "kind": relation.kind.value,
        "label": relation.label,
        "explicit": relation.explicit,
        "strength": "solid" if relation.explicit else "dashed",
        "evidence": [
            {
                "source": claim.evidence.source,
                "locator": claim.evidence.locator,
                "basis": claim.evidence.basis.value,
                "sentence": claim.evidence.sentence,
                "note": claim.evidence.note,
            }
            for claim in relation.claims
        ],
    }
