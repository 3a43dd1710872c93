"""A model as a page of text, and what sources say against each other as a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from littrack.claims import Basis, Cell, Claim, ClaimConflict, EvidenceKind, Model, ModelField
from littrack.present.model_rows import is_unverified
from littrack.present.model_words import FIELDS, STATUSES, full_text, source_text
from littrack.present.papers import wrapped
from littrack.present.tables import Table, display_width

CONFLICT_COLUMNS = {
    "model": "Model",
    "field": "Field",
    "kind": "Kind",
    "shown": "Shown",
    "rival": "But also",
    "explanation": "Who says so",
}
CONFLICT_KEYS = (*CONFLICT_COLUMNS, "sources")
# In the head of the page, or said by it.
_NOT_LISTED = {ModelField.ALIAS, ModelField.KIND, ModelField.PAPER, ModelField.NOT_A_MODEL}


def render_model(model: Model) -> str:
    """A page about one model: what is shown, who says so, and how many say otherwise."""
    lines = [*wrapped(_title(model)), ""]
    cells = [cell for name, cell in model.cells.items() if name not in _NOT_LISTED and cell.values]
    facts = {"status": STATUSES["en"][model.status]} | _paper(model)
    facts |= {"also called": ", ".join(model.aliases)} if model.aliases else {}
    facts |= {FIELDS["en"][cell.field]: _shown(cell) for cell in cells}
    width = max(map(display_width, facts))
    lines += [f"{name:<{width}}  {fact}" for name, fact in facts.items()]
    evidence = [line for cell in cells for line in _quoted(cell)]
    if evidence:
        lines += ["", "as it stands there", *evidence]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _title(model: Model) -> str:
    kind = "" if model.kind == "model" else f" ({model.kind})"
    maker = f" by {model.organisation}" if model.organisation else ""
    marks = ["UNVERIFIED"] if is_unverified(model) else []
    marks += ["NOT A MODEL"] if model.value(ModelField.NOT_A_MODEL) else []
    marks += ["WITHDRAWN"] if model.withdrawn else []
    return " - ".join([f"{model.name}{kind}{maker}", *marks])


def _paper(model: Model) -> dict[str, str]:
    return {"paper": f"arXiv:{model.paper}"} if model.paper else {}


def _shown(cell: Cell) -> str:
    """The values, who says so first, and how many others do and do not."""
    values = ", ".join(full_text(cell.field, value) for value in cell.values)
    sources = [one for one in map(_source, cell.claims) if one]
    first, *more = dict.fromkeys(sources) or ("",)
    counts = [f"{len(more)} more"] if more else []
    others = {full_text(cell.field, claim.value) for claim in cell.rivals}
    counts += [f"{len(others)} {'says' if len(others) == 1 else 'say'} otherwise"] if others else []
    said = ", ".join([first, *counts] if first else counts)
    return f"{values}  [{said}]" if said else values


def _source(claim: Claim) -> str:
    """A person's decision is worth as much as the reason given."""
    found = claim.evidence
    reason = f": {found.note}" if found.kind is EvidenceKind.PERSON and found.note else ""
    return source_text(found) + reason


def _quoted(cell: Cell) -> Iterator[str]:
    """The sentence that the strongest claim about a field stands in."""
    sentence = next((one.evidence.sentence for one in cell.claims if one.evidence.sentence), "")
    if sentence:
        head, *rest = wrapped(f"{FIELDS['en'][cell.field]}: {sentence}")
        yield f"  {head}"
        yield from (f"    {line}" for line in rest)


def conflicts_table(conflicts: Iterable[ClaimConflict]) -> Table:
    """A row a conflict; the claims behind it are for scripts."""
    rows = [_conflict_object(one) for one in conflicts]
    return Table(rows, CONFLICT_COLUMNS, CONFLICT_KEYS)


def _conflict_object(conflict: ClaimConflict) -> dict[str, Any]:
    return {
        "model": conflict.model,
        "field": str(conflict.field),
        "kind": conflict.kind,
        "shown": conflict.shown,
        "rival": conflict.rival,
        "explanation": conflict.explanation,
        "sources": [_source_object(claim) for claim in conflict.claims],
    }


def _source_object(claim: Claim) -> dict[str, Any]:
    return {
        "value": full_text(claim.field, claim.value),
        "source": claim.evidence.source,
        "locator": claim.evidence.locator,
        "sentence": claim.evidence.sentence,
        "stated": claim.evidence.basis is Basis.STATED,
    }
