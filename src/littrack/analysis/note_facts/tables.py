"""Tables of notes: a row is about the model in its name column, a cell about its column's label."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from littrack.analysis.note_facts.labels import label_field
from littrack.analysis.note_facts.reading import readable
from littrack.claims import ModelField
from littrack.notes import Folded, Note, Passage, PassageKind
from littrack.text import fold

_NAMES = {
    "模型",
    "模型名称",
    "名称",
    "模型名",
    "项目",
    "model",
    "models",
    "name",
    "model name",
    "llm",
}
_RULE = re.compile(r"[|\s:+-]*")
_LEAST_COLUMNS = 2
_MARKS = " *_`"


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell below a label that is known, and the name in its row."""

    passage: Passage
    whole: Folded
    name: str
    field: ModelField
    start: int  # in the row's readable text
    end: int

    @property
    def text(self) -> str:
        """What stands in it."""
        return self.whole.text[self.start : self.end]


def read_tables(note: Note) -> Iterator[TableCell]:
    """The labelled cells of tables that have a column of models."""
    columns: list[str] = []
    before: Passage | None = None
    for passage in note.passages:
        is_row = passage.kind is PassageKind.ROW
        for start, end in _lines(passage) if is_row else ():
            if before is None or before.kind is not PassageKind.ROW:
                columns = [fold(passage.text[a:b]).strip(_MARKS) for a, b in _cells(passage.text)]
                before = passage
                continue
            if not _RULE.fullmatch(passage.text[start:end]):
                yield from _row(passage, (start, end), columns)
        before = passage


def _lines(passage: Passage) -> Iterator[tuple[int, int]]:
    """The rows of a passage; a reader may keep a table in one."""
    start = 0
    for line in passage.text.split("\n"):
        if line.strip():
            yield start, start + len(line)
        start += len(line) + 1


def _row(passage: Passage, place: tuple[int, int], columns: Sequence[str]) -> Iterator[TableCell]:
    named = next((i for i, label in enumerate(columns) if label in _NAMES), None)
    whole = readable(passage.text)
    cells = list(_cells(whole.text, *place))
    if named is None or named >= len(cells):
        return
    name = whole.text[slice(*cells[named])].strip(_MARKS)
    if not name:
        return
    for label, (start, end) in zip(columns, cells, strict=False):
        field = label_field(label)
        if field is not None and start < end:
            yield TableCell(passage, whole, name, field, start, end)


def _cells(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """Where the cells of a row stand, without the blanks around them."""
    end = len(text.split("\n", 1)[0]) if end is None else end
    row = text[start:end]
    first = 1 if row.lstrip().startswith("|") else 0
    place = start + (row.index("|") + 1 if first else 0)
    if row.count("|") < _LEAST_COLUMNS - 1:
        return
    for cell in row[place - start :].rstrip().removesuffix("|").split("|"):
        left = len(cell) - len(cell.lstrip())
        yield place + left, place + max(left, len(cell.rstrip()))
        place += len(cell) + 1
