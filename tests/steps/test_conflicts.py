"""Conflicts of a library: the catalogue's own, those of a table, and names that stay open."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from littrack.claims import ClaimConflict, ModelField
from littrack.errors import NotFound
from littrack.steps.claims import import_claims, load_catalogue
from littrack.steps.conflicts import load_conflicts
from littrack.steps.opening import OpenLibrary

CLAIMS = ["model", "name", "paper", "field", "value", "source", "locator", "note"]
SOURCES = ["key", "kind", "basis", "title", "url", "retrieved", "licence", "note"]
# Those that the survey's table and its repository date differently.
TWO_MONTHS = {
    *("mT5", "PanGu-α", "CPM-2", "GPT-NeoX-20B", "UL2", "GLM-130B", "BLOOM", "CodeGeeX"),
    *("Pythia", "GShard", "HyperCLOVA", "FLAN", "LaMDA", "MT-NLG", "InstructGPT"),
}


@pytest.fixture
def catalogued(library: OpenLibrary) -> OpenLibrary:
    """A library that holds the catalogue."""
    load_catalogue(library)
    return library


def tell(library: OpenLibrary, folder: Path, *rows: str) -> None:
    """Import what a note says, each row as "model, field, value"."""
    lines = ["\t".join(CLAIMS)]
    for number, row in enumerate(rows, 1):
        model, field, value = row.split(", ")
        lines.append("\t".join((model, model, "", field, value, "n", f"line {number}", "")))
    claims, sources = folder / "note.tsv", folder / "sources.tsv"
    claims.write_text("\n".join(lines) + "\n", "utf-8")
    cells = ("n", "note", "reported", "reading.md", "", "", "", "")
    sources.write_text("\t".join(SOURCES) + "\n" + "\t".join(cells) + "\n", "utf-8")
    import_claims(library, claims, sources=sources)


def found(library: OpenLibrary, model: str) -> set[tuple[ModelField, str, str]]:
    return {(one.field, one.kind, one.rival) for one in load_conflicts(library, model)}


def sources_of(conflict: ClaimConflict) -> set[str]:
    return {claim.evidence.source for claim in conflict.claims}


def test_the_catalogue_has_few_enough_conflicts_to_be_read(catalogued: OpenLibrary) -> None:
    conflicts = load_conflicts(catalogued)
    assert len(conflicts) <= 130
    assert max(len(one.explanation) for one in conflicts) < 450
    keys = Counter((one.model, one.field, one.kind, one.rival) for one in conflicts)
    assert max(keys.values()) == 1


def test_the_dates_of_lamda_stand_with_their_sources(catalogued: OpenLibrary) -> None:
    dates = {
        one.rival: one
        for one in load_conflicts(catalogued, "LaMDA")
        if one.field is ModelField.RELEASE
    }
    assert {date: one.kind for date, one in dates.items()} == {
        "2021-05-18": "date-type",
        "2021-06-18": "date",
        "2022-02-10": "date-type",
    }
    assert {one.shown for one in dates.values()} == {"2022-01"}
    assert any("README" in source for source in sources_of(dates["2021-05-18"]))
    assert "Ecosystem Graphs" in sources_of(dates["2021-06-18"])
    assert "it was announced" in dates["2021-05-18"].explanation


def test_each_month_that_table_and_repository_date_differently_is_reported(
    catalogued: OpenLibrary,
) -> None:
    conflicts = load_conflicts(catalogued)
    dated = {one.model for one in conflicts if one.field is ModelField.RELEASE}
    assert dated >= TWO_MONTHS


def test_a_model_made_from_a_later_one_is_reported(catalogued: OpenLibrary, tmp_path: Path) -> None:
    tell(catalogued, tmp_path, "Chain-of-thought prompting, base_model, PaLM")
    [order] = [
        one
        for one in load_conflicts(catalogued, "Chain-of-thought prompting")
        if one.kind == "order"
    ]
    assert order.field is ModelField.BASE_MODEL
    assert order.shown.startswith("PaLM (2022-04")
    assert "came out later" in order.explanation


def test_a_name_of_two_models_is_one_question_for_each_source(
    catalogued: OpenLibrary, tmp_path: Path
) -> None:
    tell(catalogued, tmp_path, "GLM, licence, MIT", "GLM, access, open")
    [question] = [one for one in load_conflicts(catalogued) if one.shown == "GLM"]
    assert (question.kind, question.model) == ("entity", "GLM-10B / GLM-130B")
    assert question.rival == "licence MIT, access open"
    assert question.explanation.startswith("reading.md: ")
    assert question in load_conflicts(catalogued, "GLM-10B")
    assert question in load_conflicts(catalogued, "GLM-130B")


def test_a_note_never_changes_what_is_shown(catalogued: OpenLibrary, tmp_path: Path) -> None:
    before = [one for one in load_conflicts(catalogued, "LLaMA") if one.field is ModelField.RELEASE]
    tell(catalogued, tmp_path, "LLaMA, organisation, OpenAI", "LLaMA, release, 2023-02-27")
    after = load_conflicts(catalogued, "LLaMA")
    assert [one for one in after if one.field is ModelField.RELEASE] == before
    [wrong] = [one for one in after if one.kind == "attribution"]
    assert (wrong.shown, wrong.rival) == ("Meta", "OpenAI")


def test_conflicts_of_one_model_and_of_an_unknown_one(catalogued: OpenLibrary) -> None:
    assert {one.model for one in load_conflicts(catalogued, "MT-NLG 530B")} == {"MT-NLG"}
    with pytest.raises(NotFound, match="no model is called 'Nobody'"):
        load_conflicts(catalogued, "Nobody")


def test_an_empty_library_has_no_conflicts(library: OpenLibrary) -> None:
    assert load_conflicts(library) == []
