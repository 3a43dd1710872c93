"""Notes and what is known about their models, for the tests of facts and conflicts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from builders import a_date, a_paper, a_version, utc
from littrack.analysis.families import find_relations
from littrack.analysis.models import Models, build_models
from littrack.analysis.note_conflicts.checking import Checked, find_note_conflicts
from littrack.analysis.note_conflicts.known import Known
from littrack.notes import Note, NoteConflict
from littrack.records import Paper
from littrack.sources.claim_tables import read_catalogue
from littrack.sources.notes.reading import read_note

NOW = utc("2026-01-01")
# Dates and figures of real papers; the abstracts are written for these tests.
PAPERS = (
    a_paper(
        arxiv_id="2204.02311",
        title="PaLM: Scaling Language Modeling with Pathways",
        published=a_date("2022-04-05 10:00:00"),
        version=5,
        versions=(a_version(1, "2022-04-05"), a_version(5, "2022-10-05")),
    ),
    a_paper(
        arxiv_id="2112.11446",
        title="Scaling Language Models: Methods, Analysis & Insights from Training Gopher",
        abstract="Sizes go from 44 million to 280 billion parameters; it took 1/5 of the energy.",
        published=a_date("2021-12-08 10:00:00"),
        versions=(a_version(1, "2021-12-08"),),
    ),
    a_paper(
        arxiv_id="2211.09085",
        title="Galactica: A Large Language Model for Science",
        abstract="Galactica stands beside a General Science Language Model of old.",
        published=a_date("2022-11-16 10:00:00"),
        versions=(a_version(1, "2022-11-16"),),
    ),
)


@cache
def catalogued() -> Models:
    """The models of the bundled catalogue."""
    seen = {paper.arxiv_id: (paper, NOW) for paper in PAPERS}
    return build_models(list(read_catalogue(NOW)), [], [], seen)


@cache
def known(papers: tuple[Paper, ...] = PAPERS) -> Known:
    """The catalogue and a few papers."""
    models = catalogued()
    names = {one.name for one in models.models}

    def resolve(name: str, _claim: object) -> str | None:
        return name if name in names else models.registry.resolve(name).model

    relations = find_relations(models.models, models.edges, resolve)
    return Known.of(models.models, relations, papers, models.registry)


def a_note(folder: Path, text: str, name: str = "note.md") -> Note:
    """A note with that text, as it is read from a file."""
    path = folder / name
    path.write_text(text, "utf-8")
    return read_note(path, name)


def check(notes: Sequence[Note] | Note) -> Checked:
    """What is the matter with notes that are linked to nothing but what they name."""
    held = [notes] if isinstance(notes, Note) else list(notes)
    return find_note_conflicts(held, {}, known())


def told(conflicts: Sequence[NoteConflict]) -> list[tuple[str, str, str, str]]:
    """Model, field, the note's value and the kind of each."""
    return [(one.model, one.field, one.note_value, one.kind.value) for one in conflicts]
