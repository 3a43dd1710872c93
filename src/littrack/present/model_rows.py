"""Models as objects for scripts: what is shown, and the evidence it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from littrack.claims import (
    Cell,
    Claim,
    Hardware,
    Model,
    ModelField,
    ModelStatus,
    Quantity,
    TypedDate,
    Unit,
)
from littrack.identifiers import url_of
from littrack.present.model_words import base_models, value_text
from littrack.present.tables import Table
from littrack.quantities import in_billions, render_quantity
from littrack.records import Precision

COLUMNS = {
    "model": "Model",
    "organisation": "Organisation",
    "release": "Release",
    "date_kind": "Date is",
    "sizes_b": "Size (B)",
    "public": "Public",
    "status": "Status",
    "arxiv_id": "arXiv",
}
KEYS = (
    *("model", "organisation", "release", "date_kind", "arxiv_id", "sizes_b", "public"),
    *("base_model", "pretrain_tokens_b", "hardware", "status", "evidence"),
    *("release_date", "release_precision", "dates", "aliases", "kind", "family", "title", "link"),
    *("access", "licence", "architecture", "active_sizes_b", "estimated_sizes_b", "public_size_b"),
    *("undisclosed", "base_models", "instruction_tuning", "rlhf", "pretrain_data"),
    *("pretrain_sources", "data_cutoff", "training_time", "in_context_learning"),
    *("chain_of_thought", "tuning", "domain", "withdrawn", "unverified", "conflicts"),
)
# What the survey's table shows of a model: what of it has no evidence makes a row unverified.
TABLE_FIELDS = (
    *(ModelField.RELEASE, ModelField.SIZE, ModelField.ACCESS, ModelField.BASE_MODEL),
    *(ModelField.INSTRUCTION_TUNING, ModelField.RLHF, ModelField.PRETRAIN_DATA),
    *(ModelField.DATA_CUTOFF, ModelField.HARDWARE, ModelField.TRAINING_TIME),
    *(ModelField.IN_CONTEXT_LEARNING, ModelField.CHAIN_OF_THOUGHT),
)


def models_table(models: Iterable[Model]) -> Table:
    """One row a model, in the order given."""
    return Table([model_object(model) for model in models], COLUMNS, KEYS)


def model_object(model: Model) -> dict[str, Any]:
    """All that is shown of a model; None: nobody states it."""
    return _identity(model) | _numbers(model) | _facts(model) | _trust(model)


def release_text(date: TypedDate) -> str:
    """The month of a release, or the year or quarter when no more is known."""
    if date.precision in (Precision.YEAR, Precision.QUARTER):
        return str(date)
    return f"{date.value:%Y-%m}"


def missing_evidence(model: Model) -> list[ModelField]:
    """The fields of the table whose sources nobody looked up."""
    cells = (model.cells[name] for name in TABLE_FIELDS if name in model.cells)
    return [cell.field for cell in cells if cell.values and not _has_evidence(cell)]


def is_unverified(model: Model) -> bool:
    """Whether nobody has reviewed a model, or something is shown that nobody looked up."""
    return model.status is not ModelStatus.CURATED or bool(missing_evidence(model))


def link_of(model: Model) -> str | None:
    """The page of its paper, else the first page that anybody names."""
    if model.paper is not None:
        return url_of(model.paper)
    link = model.value(ModelField.LINK)
    return None if link is None else str(link)


def _has_evidence(cell: Cell) -> bool:
    return any(one.evidence.source and one.evidence.checked for one in cell.claims)


def _identity(model: Model) -> dict[str, Any]:
    release = model.release
    return {
        "model": model.name,
        "organisation": model.organisation or None,
        "release": None if release is None else release_text(release),
        "date_kind": None if release is None else str(release.kind),
        "arxiv_id": model.paper,
        "release_date": None if release is None else str(release),
        "release_precision": None if release is None else str(release.precision),
        "dates": _dates(model),
        "aliases": list(model.aliases),
        "kind": str(model.kind),
        "family": model.value(ModelField.FAMILY),
        "title": model.value(ModelField.TITLE),
        "link": link_of(model),
        "public": model.public,
        "access": model.value(ModelField.ACCESS),
        "licence": model.value(ModelField.LICENCE),
    }


def _numbers(model: Model) -> dict[str, Any]:
    """Sizes and data; what is somebody's guess stands apart from what is stated."""
    sizes = [one for one in model.values(ModelField.SIZE) if isinstance(one, Quantity)]
    data = [one for one in model.values(ModelField.PRETRAIN_DATA) if isinstance(one, Quantity)]
    tokens = [one for one in data if one.unit is Unit.TOKENS and not one.estimate]
    public = [one for one in sizes if one.qualifier == "public"]
    numbers = (ModelField.SIZE, ModelField.PRETRAIN_DATA, ModelField.TRAINING_TIME)
    return {
        "sizes_b": _billions(one for one in model.sizes if not one.estimate),
        "active_sizes_b": _billions(one for one in sizes if one.qualifier == "active"),
        "estimated_sizes_b": _billions(one for one in sizes if one.estimate),
        "public_size_b": max(_billions(public), default=None),
        "pretrain_tokens_b": next(iter(map(in_billions, tokens)), None),
        "pretrain_data": [_quantity(one) for one in data if one.value is not None],
        "training_time": _first_quantity(model, ModelField.TRAINING_TIME),
        "undisclosed": [str(name) for name in numbers if _is_undisclosed(model, name)],
    }


def _billions(quantities: Iterable[Quantity]) -> list[float]:
    """Each number once, smallest first."""
    found = {value for one in quantities if (value := in_billions(one)) is not None}
    return sorted(found)


def _quantity(quantity: Quantity) -> dict[str, Any]:
    return {
        "value": quantity.value,
        "unit": str(quantity.unit),
        "estimate": quantity.estimate,
        "text": render_quantity(quantity),
    }


def _first_quantity(model: Model, name: ModelField) -> dict[str, Any] | None:
    value = model.value(name)
    stated = isinstance(value, Quantity) and value.value is not None
    return _quantity(value) if stated else None


def _is_undisclosed(model: Model, name: ModelField) -> bool:
    return any(isinstance(one, Quantity) and one.value is None for one in model.values(name))


def _facts(model: Model) -> dict[str, Any]:
    parents = base_models(model)
    hardware = [one for one in model.values(ModelField.HARDWARE) if isinstance(one, Hardware)]
    cutoff = model.value(ModelField.DATA_CUTOFF)
    return {
        "base_model": " + ".join(one.name for one in parents) or None,
        "base_models": [
            {"name": one.name, "kind": str(one.kind), "label": one.label} for one in parents
        ],
        "hardware": "; ".join(map(str, hardware)) or None,
        "architecture": model.value(ModelField.ARCHITECTURE),
        "instruction_tuning": model.value(ModelField.INSTRUCTION_TUNING),
        "rlhf": model.value(ModelField.RLHF),
        "pretrain_sources": model.value(ModelField.PRETRAIN_SOURCES),
        "data_cutoff": None if cutoff is None else str(cutoff),
        "in_context_learning": model.value(ModelField.IN_CONTEXT_LEARNING),
        "chain_of_thought": model.value(ModelField.CHAIN_OF_THOUGHT),
        "tuning": model.value(ModelField.TUNING),
        "domain": [str(value) for value in model.values(ModelField.DOMAIN)],
    }


def _trust(model: Model) -> dict[str, Any]:
    cells = model.cells.items()
    return {
        "status": str(model.status),
        "withdrawn": model.withdrawn,
        "unverified": is_unverified(model),
        "evidence": {str(name): _evidence(cell.claims[0]) for name, cell in cells if cell.claims},
        "conflicts": {
            str(name): [_rival(claim) for claim in cell.rivals]
            for name, cell in cells
            if cell.rivals
        },
    }


def _evidence(claim: Claim) -> dict[str, Any]:
    found = claim.evidence
    return {
        "source": found.source,
        "sentence": found.sentence,
        "locator": found.locator,
        "start": found.start,
        "end": found.end,
        "kind": str(found.kind),
        "basis": str(found.basis),
        "method": str(claim.method),
        "confidence": claim.confidence,
        "note": found.note,
        "retrieved": None if found.retrieved is None else f"{found.retrieved:%Y-%m-%d}",
    }


def _rival(claim: Claim) -> dict[str, Any]:
    return {"value": value_text(claim.value)} | _evidence(claim)


def _dates(model: Model) -> list[dict[str, Any]]:
    """Every date that anybody gives, oldest first; those that contradict another of their kind."""
    cell = model.cells.get(ModelField.RELEASE)
    claims = (*cell.claims, *cell.rivals) if cell else ()
    dated = [(claim, claim.value) for claim in claims if isinstance(claim.value, TypedDate)]
    dates = [date for _, date in dated]
    found = [
        {
            "kind": str(date.kind),
            "value": str(date),
            "source": claim.evidence.source,
            "locator": claim.evidence.locator,
            "sentence": claim.evidence.sentence,
            "shown": date == model.release,
            "conflicts": _is_contradicted(date, dates),
        }
        for claim, date in dated
    ]
    return sorted(found, key=lambda one: (one["value"], one["kind"], one["source"]))


def _is_contradicted(date: TypedDate, dates: Sequence[TypedDate]) -> bool:
    """Whether somebody gives another date for the same event, as far as both are precise."""
    return any(other.kind is date.kind and not _agree(str(date), str(other)) for other in dates)


def _agree(one: str, other: str) -> bool:
    """A year, month or day agrees with what is within it; quarters with their months."""
    if "Q" in one or "Q" in other:
        one, other = _quarter(one), _quarter(other)
    return one.startswith(other) or other.startswith(one)


def _quarter(date: str) -> str:
    if "Q" in date or len(date) < len("2022-01"):
        return date
    return f"{date[:4]} Q{(int(date[5:7]) + 2) // 3}"
