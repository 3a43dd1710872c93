"""Why a model is shown as it is: every claim behind its cells, down to the quoted sentence."""

from __future__ import annotations

from collections.abc import Sequence

from littrack.claims import Cell, Claim, EvidenceKind, Model, ModelField
from littrack.present.model_words import (
    BASES,
    DATE_RULES,
    FIELDS,
    METHODS,
    STATUSES,
    full_text,
    source_text,
)
from littrack.present.tables import display_width

WIDTH = 100  # columns of a page
_INDENT = "      "


def render_claims(model: Model, field: ModelField | None = None) -> str:
    """The claims behind one field, or behind every field that anybody says something about."""
    if field is not None:
        return "\n".join(_field(model, field)) + "\n"
    lines = _head(model)
    for name in ModelField:
        if name in model.cells:
            lines += ["", *_field(model, name)]
    return "\n".join(lines) + "\n"


def _head(model: Model) -> list[str]:
    lines = [model.name, f"  {model.kind}, {STATUSES['en'][model.status]}"]
    lines += _folded("also known as " + ", ".join(model.aliases), "  ") if model.aliases else []
    paper = f"arXiv:{model.paper}" if model.paper else "none known"
    withdrawn = ", withdrawn" if model.withdrawn else ""
    return [*lines, f"  paper: {paper}{withdrawn}"]


def _field(model: Model, name: ModelField) -> list[str]:
    title = f"{model.name}.{name}"
    cell = model.cells.get(name)
    if cell is None or not (cell.values or cell.claims or cell.rivals):
        return [f"{title}: not stated by any source"]
    shown = "; ".join(full_text(name, value) for value in cell.values) or "nothing"
    lines = _folded(f"{title}: {shown}", "", "  ")
    lines += _folded(f"chosen by the rule: {_rule(cell)}", "  ") if cell.rule else []
    people = [claim for claim in cell.claims if _is_decision(claim)]
    others = [claim for claim in cell.claims if not _is_decision(claim)]
    lines += _claims("decided", people, model.name)
    lines += _claims("says so", others, model.name)
    if not cell.claims and cell.values:
        lines.append(f"  unverified: no source is known for the {FIELDS['en'][name]}")
    return lines + _claims("says otherwise", cell.rivals, model.name)


def _rule(cell: Cell) -> str:
    words = DATE_RULES["en"].get(cell.rule) if cell.field is ModelField.RELEASE else None
    return f"{cell.rule} ({words})" if words else cell.rule


def _is_decision(claim: Claim) -> bool:
    return claim.evidence.kind is EvidenceKind.PERSON


def _claims(heading: str, claims: Sequence[Claim], name: str) -> list[str]:
    lines = [f"  {heading}"] if claims else []
    for claim in claims:
        lines += _claim(claim, name)
    return lines


def _claim(claim: Claim, name: str) -> list[str]:
    """The value, its place, how far it is to be trusted, the sentence; `name` is the model's."""
    evidence = claim.evidence
    lines = _folded(full_text(claim.field, claim.value), "    ")
    about = f'; there called "{claim.subject}"' if claim.subject != name else ""
    lines += _folded(_place(claim) + about, _INDENT)
    lines += _folded(_trust(claim), _INDENT)
    lines += _folded(f"“{evidence.sentence}”", _INDENT) if evidence.sentence.strip() else []
    if evidence.note:
        word = "because" if _is_decision(claim) else "note"
        lines += _folded(f"{word}: {evidence.note}", _INDENT)
    return lines


def _place(claim: Claim) -> str:
    """``arXiv:2204.02311v1, abstract, characters 120-180``."""
    evidence = claim.evidence
    parts = [source_text(evidence), evidence.locator]
    if evidence.start is not None and evidence.end is not None:
        parts.append(f"characters {evidence.start}-{evidence.end}")
    if evidence.retrieved is not None and not _is_decision(claim):
        parts.append(f"seen {evidence.retrieved:%Y-%m-%d}")
    elif not evidence.checked:
        parts.append("not looked up")
    return ", ".join(part for part in parts if part) or "no source"


def _trust(claim: Claim) -> str:
    tool = f" ({claim.tool})" if claim.tool else ""
    parts = [BASES[claim.evidence.basis], METHODS[claim.method] + tool]
    parts += [f"confidence {claim.confidence:.2f}"] if claim.confidence < 1 else []
    return "; ".join([*parts, f"recorded {claim.recorded_at:%Y-%m-%d}"])


def _folded(text: str, indent: str, further: str | None = None) -> list[str]:
    """Lines of at most `WIDTH` columns; Chinese breaks anywhere, long words are cut."""
    lines, line = [], indent
    rest = indent if further is None else further
    for part in _parts(text):
        if display_width(line + part.rstrip()) > WIDTH and line.strip():
            lines.append(line.rstrip())
            line = rest
        while display_width(line + part.rstrip()) > WIDTH:
            room = _fitting(part, WIDTH - display_width(line))
            lines.append(line + part[:room])
            part, line = part[room:], rest
        line += part
    return [*lines, line.rstrip()]


def _fitting(text: str, columns: int) -> int:
    """How many characters from the start fit."""
    count = 0
    while count < len(text) and display_width(text[: count + 1]) <= columns:
        count += 1
    return max(count, 1)


def _parts(text: str) -> list[str]:
    """What a line may end behind: words with their space, single wide characters."""
    parts: list[str] = []
    for word in " ".join(text.split()).split(" "):
        start = len(parts)
        for character in word:
            joins = len(parts) > start and display_width(character) < 2
            if joins and display_width(parts[-1][-1]) < 2:
                parts[-1] += character
            else:
                parts.append(character)
        if len(parts) > start:
            parts[-1] += " "
    return parts
