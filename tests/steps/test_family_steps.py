"""The family graph: roots by any name, one source alone, what cannot be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from littrack.claims import RelationKind
from littrack.errors import InputError, NotFound
from littrack.steps.claims import import_claims, load_catalogue
from littrack.steps.families import load_family
from littrack.steps.figures import draw_family
from littrack.steps.opening import OpenLibrary

HEADER = "model\tname\tpaper\tfield\tvalue\tsource\tlocator\tnote\n"
ROWS = (
    ("Alpha", "release", "2022-06", "Board"),
    ("Beta", "base_model", "Alpha | fine-tuning", "Board"),
    ("Beta", "release", "2022-01", "Board"),
    ("Gamma", "base_model", "Alpha", "Wiki"),
    ("Delta", "base_model", "Omega", "Wiki"),
    ("Epsilon", "base_model", "Gamma | merge", "Wiki"),
    ("Gamma", "base_model", "Epsilon | merge", "Wiki"),
    ("Method", "kind", "method", "Wiki"),
)


@pytest.fixture
def told(library: OpenLibrary, tmp_path: Path) -> OpenLibrary:
    """A library with some edges that two sources tell of; nobody has reviewed them."""
    path = tmp_path / "edges.tsv"
    lines = (f"{name}\t{name}\t\t{field}\t{value}\t{source}\t\t\n"
             for name, field, value, source in ROWS)  # fmt: skip
    path.write_text(HEADER + "".join(lines), "utf-8")
    import_claims(library, path)
    return library


def test_the_llama_and_gpt_families_of_the_catalogue(library: OpenLibrary) -> None:
    load_catalogue(library)
    llama = load_family(library, "LLaMA")
    edges = {(one.child, one.parent, one.kind) for one in llama.relations}
    assert ("Chinese LLaMA", "LLaMA", RelationKind.CONTINUED) in edges
    assert ("Koala", "Alpaca", RelationKind.DATA) in edges
    assert {"Alpaca", "Vicuna", "Goat"} <= {model.name for model in llama.models}
    assert [model.name for model in load_family(library, "LLaMA-13B").models] == [
        model.name for model in llama.models
    ], "another name of the root gives the same family"
    assert load_family(library, "LLaMA 13B").root == "LLaMA"
    figure = load_family(library, "GPT", source="gpt SERIES")
    assert {one.child for one in figure.relations} >= {"GPT-2", "GPT-3", "Codex", "ChatGPT"}
    sources = {claim.evidence.source for one in figure.relations for claim in one.claims}
    assert all("GPT series" in source for source in sources)
    every = load_family(library)
    names = {model.name for model in every.models}
    assert "Megatron-LM" in names
    assert not {"RLHF", "Prefix tuning"} & names, "methods from which nothing came"
    text = str(draw_family(library, llama, ".txt").content)
    assert text.startswith("LLaMA  2023.02\n├─ Alpaca  2023.03")


def test_a_root_that_nothing_is_called_names_what_is_near(library: OpenLibrary) -> None:
    with pytest.raises(NotFound, match="littrack update --no-ingest"):
        load_family(library, "GPT")
    assert load_family(library).models == ()
    load_catalogue(library)
    with pytest.raises(NotFound, match="no model is called 'Lama'; did you mean LLaMA"):
        load_family(library, "Lama")
    with pytest.raises(NotFound, match=r"no source with 'zzz' .*; these do: .*LLaMA family"):
        load_family(library, source="zzz")
    with pytest.raises(NotFound, match=r"no source with 'LLaMA family' .* a relation of GPT$"):
        load_family(library, "GPT", source="LLaMA family")
    lone = load_family(library, "Self-Instruct")
    assert ([model.name for model in lone.models], lone.relations) == (["Self-Instruct"], ())


def test_what_cannot_be_right_is_said(told: OpenLibrary) -> None:
    assert load_family(told).models == ()
    found = load_family(told, unreviewed=True)
    assert {model.name for model in found.models} >= {"Alpha", "Beta", "Gamma", "Epsilon"}
    assert any(
        "Beta (2022-01, kind not stated) is said to come from Alpha" in problem
        for problem in found.problems
    )
    assert "Delta is said to come from Omega, which is no known model" in found.problems
    assert any(problem.startswith("a circle, so one of these") for problem in found.problems)
    row = next(row for row in found.table.rows if row["child"] == "Beta")
    assert (row["parent"], row["kind"], row["explicit"]) == ("Alpha", "fine-tuning", False)
    assert row["evidence"][0]["source"].endswith("Board")


def test_one_source_is_taken_at_its_word_alone(told: OpenLibrary) -> None:
    found = load_family(told, source="board", unreviewed=True)
    assert [(one.child, one.parent) for one in found.relations] == [("Beta", "Alpha")]
    assert {model.name for model in found.models} == {"Alpha", "Beta"}
    assert [problem for problem in found.problems if "Omega" in problem] == []


def test_an_unknown_form_names_the_known_ones(told: OpenLibrary) -> None:
    found = load_family(told, unreviewed=True)
    with pytest.raises(InputError, match=r"written as \.gif; known are \.svg, .*\.dot.*\.txt"):
        draw_family(told, found, ".gif")
    assert str(draw_family(told, found, ".SVG").content).startswith("<svg")
