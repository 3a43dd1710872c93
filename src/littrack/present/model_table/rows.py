"""Models to the rows of the table: what stands in each cell, with which mark, on what evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from littrack.claims import Claim, Model, ModelField, Quantity
from littrack.present.model_rows import is_unverified, release_text
from littrack.present.model_table.words import (
    CHECK,
    ESTIMATE,
    NOTHING,
    WORDS,
    Mark,
    TableWords,
)
from littrack.present.model_words import DATE_RULES, Language, base_models
from littrack.quantities import in_billions, plain_number, render_quantity


@dataclass(frozen=True, slots=True)
class TableOptions:
    """How the table is to be printed."""

    language: Language = "en"
    day: date | None = None  # the state of knowledge that the caption names
    date_rule: str = "survey"  # that chose the release dates; words of one's own are kept
    citation_keys: Mapping[str, str] = field(default_factory=dict)  # by arXiv id
    standalone: bool = False  # LaTeX: a document that compiles, not a table to include

    @property
    def words(self) -> TableWords:
        """The words of the language."""
        return WORDS[self.language]


@dataclass(frozen=True, slots=True)
class TableCell:
    """What stands in a cell, and the strongest claim behind it."""

    text: str = NOTHING
    marks: tuple[Mark, ...] = ()
    claim: Claim | None = None

    @property
    def marked(self) -> str:
        """The text with its marks."""
        return self.text + "".join(self.marks)


@dataclass(frozen=True, slots=True)
class TableRow:
    """A model and its twelve cells."""

    model: Model
    cells: Mapping[str, TableCell]
    unverified: bool


@dataclass(frozen=True, slots=True)
class TableGroup:
    """Models of one access, oldest first."""

    public: bool | None
    rows: tuple[TableRow, ...]


def group_rows(models: Iterable[Model], language: Language = "en") -> list[TableGroup]:
    """Public models, closed ones, those of which nobody says; each by release, then name."""
    ordered = sorted(models, key=release_order)
    groups = []
    for public in (True, False, None):
        rows = tuple(table_row(one, language) for one in ordered if one.public is public)
        groups += [TableGroup(public, rows)] if rows else []
    return groups


def release_order(model: Model) -> tuple[bool, str, str, str]:
    """Sorts as the table shows it: by month, then name; without a date last."""
    shown = release_text(model.release) if model.release else ""
    return not shown, shown, model.name.casefold(), model.name


def table_row(model: Model, language: Language = "en") -> TableRow:
    """The cells of one model."""
    cells = {key: fill(model, language) for key, fill in _CELLS.items()}
    return TableRow(model, MappingProxyType(cells), is_unverified(model))


def caption(groups: Sequence[TableGroup], options: TableOptions) -> str:
    """What the table is, of which day, and what its dates mean."""
    words = options.words
    rules = DATE_RULES[options.language]
    return words.caption.format(
        count=sum(len(group.rows) for group in groups),
        day=words.as_of.format(day=options.day.isoformat()) if options.day else "",
        rule=rules.get(options.date_rule, options.date_rule),
    )


def notes(groups: Sequence[TableGroup], language: Language) -> list[tuple[str, str]]:
    """The signs that occur in the table, each with its meaning."""
    words = WORDS[language]
    rows = [row for group in groups for row in group.rows]
    cells = [cell for row in rows for cell in row.cells.values()]
    found = [(NOTHING, words.nothing)] if any(cell.text == NOTHING for cell in cells) else []
    if any(cell.text.startswith(ESTIMATE) for cell in cells):
        found.append((ESTIMATE, words.estimate))
    used = {mark for cell in cells for mark in cell.marks}
    found += [(mark.value, words.marks[mark]) for mark in Mark if mark in used]
    if any(row.unverified for row in rows):
        found.append((words.unverified, words.unverified_note))
    return found


# --- one cell -------------------------------------------------------------------------------------


def _claim(model: Model, name: ModelField) -> Claim | None:
    cell = model.cells.get(name)
    return next(iter(cell.claims), None) if cell else None


def _name(model: Model, _: Language) -> TableCell:
    marks = (Mark.WITHDRAWN,) if model.withdrawn else ()
    return TableCell(model.name, marks, _claim(model, ModelField.ACCESS))


def _release(model: Model, _: Language) -> TableCell:
    text = release_text(model.release) if model.release else NOTHING
    return TableCell(text, (), _claim(model, ModelField.RELEASE))


def _size(model: Model, _: Language) -> TableCell:
    """The largest public size where one is named, else the largest; in billions."""
    claim = _claim(model, ModelField.SIZE)
    public = [one for one in model.sizes if one.qualifier == "public"]
    if public:
        return TableCell(_billions(public[-1]), (Mark.PUBLIC_SIZE,), claim)
    hidden = (Mark.UNDISCLOSED,) if _is_hidden(model, ModelField.SIZE) else ()
    text = _billions(model.sizes[-1]) if model.sizes else NOTHING
    return TableCell(text, hidden, claim)


def _billions(quantity: Quantity) -> str:
    return (ESTIMATE if quantity.estimate else "") + plain_number(in_billions(quantity) or 0.0)


def _is_hidden(model: Model, name: ModelField) -> bool:
    return any(isinstance(one, Quantity) and one.value is None for one in model.values(name))


def _base_model(model: Model, _: Language) -> TableCell:
    names = " + ".join(parent.name for parent in base_models(model))
    return TableCell(names or NOTHING, (), _claim(model, ModelField.BASE_MODEL))


def _checked(name: ModelField) -> Callable[[Model, Language], TableCell]:
    def fill(model: Model, _: Language) -> TableCell:
        return TableCell(CHECK if model.value(name) is True else NOTHING, (), _claim(model, name))

    return fill


def _quantities(name: ModelField) -> Callable[[Model, Language], TableCell]:
    def fill(model: Model, language: Language) -> TableCell:
        values = [one for one in model.values(name) if isinstance(one, Quantity)]
        stated = [render_quantity(one, language) for one in values if one.value is not None]
        marks = (Mark.UNDISCLOSED,) if _is_hidden(model, name) else ()
        return TableCell(" / ".join(stated) or NOTHING, marks, _claim(model, name))

    return fill


def _texts(name: ModelField) -> Callable[[Model, Language], TableCell]:
    def fill(model: Model, _: Language) -> TableCell:
        return TableCell(
            " / ".join(map(str, model.values(name))) or NOTHING, (), _claim(model, name)
        )

    return fill


_CELLS: Mapping[str, Callable[[Model, Language], TableCell]] = MappingProxyType(
    {
        "model": _name,
        "release": _release,
        "size": _size,
        "base_model": _base_model,
        "instruction_tuning": _checked(ModelField.INSTRUCTION_TUNING),
        "rlhf": _checked(ModelField.RLHF),
        "pretrain_data": _quantities(ModelField.PRETRAIN_DATA),
        "data_cutoff": _texts(ModelField.DATA_CUTOFF),
        "hardware": _texts(ModelField.HARDWARE),
        "training_time": _quantities(ModelField.TRAINING_TIME),
        "in_context_learning": _checked(ModelField.IN_CONTEXT_LEARNING),
        "chain_of_thought": _checked(ModelField.CHAIN_OF_THOUGHT),
    }
)
