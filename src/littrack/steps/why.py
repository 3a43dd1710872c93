"""Why a cell says what it says: every claim behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from littrack.claims import Model, ModelField
from littrack.errors import InputError
from littrack.present.claim_rows import claims_table
from littrack.present.model_claims import render_claims
from littrack.present.tables import Table
from littrack.setting_values import nearest
from littrack.steps.models import load_models
from littrack.steps.opening import OpenLibrary
from littrack.steps.timeline import find_model

# What people type for a field besides its name.
_OTHER_NAMES = {
    "date": ModelField.RELEASE,
    "sizes": ModelField.SIZE,
    "parameters": ModelField.SIZE,
    "base": ModelField.BASE_MODEL,
    "parent": ModelField.BASE_MODEL,
    "tokens": ModelField.PRETRAIN_DATA,
    "data": ModelField.PRETRAIN_DATA,
    "org": ModelField.ORGANISATION,
    "public": ModelField.ACCESS,
    "license": ModelField.LICENCE,
    "name": ModelField.ALIAS,
    "aliases": ModelField.ALIAS,
}


@dataclass(frozen=True, slots=True)
class Explained:
    """The claims behind a cell or a whole model."""

    text: str
    table: Table


def explain_cell(library: OpenLibrary, cell: str, *, as_of: datetime | None = None) -> Explained:
    """Gather the claims of ``PaLM.release`` or ``PaLM``.

    Raises:
        NotFound: there is no such model, or the name may be several.
        InputError: there is no such field.
    """
    model, field = _split(library, cell, as_of)
    return Explained(render_claims(model, field), claims_table(model, field))


def _split(
    library: OpenLibrary, cell: str, as_of: datetime | None
) -> tuple[Model, ModelField | None]:
    """Names have dots too (GPT-3.5): the end is a field only if it is the name of one."""
    models = load_models(library, as_of=as_of)
    name, _, last = cell.rpartition(".")
    field = parse_field(last) if name else None
    wanted = name if field else cell
    model = models.find(wanted)
    if model is not None:
        return model, field
    if name and last and field is None and models.find(name) is not None:
        raise InputError(f"there is no field {last!r}{nearest(last, list(ModelField))}")
    return find_model(library, models, wanted, as_of), field


def parse_field(text: str) -> ModelField | None:
    """The field that a word means, None if it is none; of ``release:announced``, the field."""
    word = text.partition(":")[0].strip().lower().replace("-", "_")
    return ModelField(word) if word in set(ModelField) else _OTHER_NAMES.get(word)
