"""Sections over a small library: assigned, asked about, decided, and decided for good."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from papers_on_disk import write_lines

from builders import utc
from littrack.errors import InputError, NotFound
from littrack.sources.section_file import SectionDecision
from littrack.steps.embed import embed_papers
from littrack.steps.import_files import import_file
from littrack.steps.opening import OpenLibrary
from littrack.steps.section_review import (
    count_sections,
    decide_sections,
    load_papers_of,
    load_section_review,
)
from littrack.steps.sections import assign_sections, decisions_path, init_sections
from littrack.store.sections import load_assignments

TREE = """\
[[section]]
key = "using"
title = "Using models"

[[section]]
key = "using/tools"
title = "Tool use"
description = "Models that call calculators and search engines."
examples = ["2400.00001", "2400.00003", "2400.00005"]

[[section]]
key = "law"
title = "Law"
description = "Judges, courts and statutes."
examples = ["2400.00002", "2400.00004", "2400.00006"]
"""
TOOLS = ("Language models that call tools", "A model learns when to call a calculator.")
LAW = ("Reading statutes for courts", "Judges and courts apply statutes to cases.")


def paper_id(number: int) -> str:
    return f"2401.{number + 1:05d}"


@pytest.fixture
def filled(library: OpenLibrary, tmp_path: Path) -> OpenLibrary:
    """Ten papers in turn about tools and about law, with vectors, and a tree."""
    records: list[dict[str, object]] = [
        {
            "id": paper_id(number),
            "title": f"{(TOOLS, LAW)[number % 2][0]} {number}",
            "abstract": (TOOLS, LAW)[number % 2][1],
            "authors": ["Ada Lovelace"],
            "categories": ["cs.CL"],
            "published": "2024-01-02",
        }
        for number in range(10)
    ]
    import_file(library, write_lines(tmp_path / "ten.jsonl", records))
    embed_papers(library)
    tree = TREE.replace("2400.", "2401.")
    (library.folder / "sections.toml").write_text(tree, "utf-8")
    return library


def decision(number: int, section: str, *, accepted: bool) -> SectionDecision:
    when = utc("2026-11-20 12:00:00")
    return SectionDecision(accepted, paper_id(number), section, "jane", "I read it", when)


def rows_of(library: OpenLibrary, number: int) -> list[tuple[str, str]]:
    with library.engine.connect() as conn:
        found = load_assignments(conn, arxiv_ids=[paper_id(number)])
    return [(one.assignment.section, one.assignment.status) for one in found]


def test_examples_are_decided_and_the_others_follow_them(filled: OpenLibrary) -> None:
    counts = assign_sections(filled).report.counts
    assert counts["decided"] == 6
    assert counts["assigned"] + counts["review"] == 4
    assert rows_of(filled, 0) == [("using/tools", "decided")]
    assert rows_of(filled, 6)[0][0] == "using/tools"
    assert rows_of(filled, 7)[0][0] == "law"


def test_a_second_assignment_has_nothing_to_do(filled: OpenLibrary) -> None:
    assign_sections(filled)
    assert not any(assign_sections(filled).report.counts.values())
    assert sum(assign_sections(filled, everything=True).report.counts.values()) == 10


def test_a_decision_counts_at_once_and_survives(filled: OpenLibrary) -> None:
    assign_sections(filled)
    path = decide_sections(filled, [decision(6, "law", accepted=True)])
    assert path == decisions_path(filled)
    assert rows_of(filled, 6) == [("law", "decided")]
    later = replace(filled, now=lambda: utc("2026-12-01"))
    assert sum(assign_sections(later).report.counts.values()) == 10, "all learn from it"
    assert rows_of(filled, 6) == [("law", "decided")]
    assert paper_id(6) in {one.assignment.arxiv_id for one in load_papers_of(filled, "law")}


def test_what_is_rejected_never_comes_back(filled: OpenLibrary) -> None:
    assign_sections(filled)
    decide_sections(filled, [decision(7, "law", accepted=False)])
    assert ("law", "rejected") in rows_of(filled, 7)
    assign_sections(filled)
    assert rows_of(filled, 7) == [("using/tools", "assigned"), ("law", "rejected")]


def test_a_section_has_the_papers_of_those_inside_it(filled: OpenLibrary) -> None:
    assign_sections(filled)
    outer = [one.assignment.arxiv_id for one in load_papers_of(filled, "using")]
    assert outer[:3] == [paper_id(number) for number in (0, 2, 4)]
    assert outer == [one.assignment.arxiv_id for one in load_papers_of(filled, "using/tools")]
    assert [one.decided for one in count_sections(filled)] == [0, 3, 3]


def test_what_is_not_clear_is_asked_about(filled: OpenLibrary) -> None:
    assign_sections(filled)
    waiting = load_section_review(filled)
    assert all(1 < len(one.choices) <= 3 for one in waiting)
    sure = [one.choices[0].confidence for one in waiting]
    assert sure == sorted(sure, reverse=True)
    with pytest.raises(NotFound, match="did you mean law"):
        load_section_review(filled, "lwa")


def test_examples_that_are_missing_are_named(filled: OpenLibrary) -> None:
    path = filled.folder / "sections.toml"
    path.write_text(path.read_text("utf-8").replace("2401.00005", "2312.99999"), "utf-8")
    [missing, few] = [*assign_sections(filled).report.warnings, ""][:2]
    assert "littrack ingest --ids 2312.99999" in missing
    assert few == ""


def test_decisions_about_what_there_is_not_are_refused(filled: OpenLibrary) -> None:
    with pytest.raises(NotFound, match="no section 'lex'"):
        decide_sections(filled, [decision(1, "lex", accepted=True)])
    with pytest.raises(NotFound, match=r"littrack ingest --ids 2401\.00100"):
        decide_sections(filled, [decision(99, "law", accepted=True)])
    assert not decisions_path(filled).exists()


def test_without_a_tree_the_example_is_offered_and_never_overwrites(library: OpenLibrary) -> None:
    with pytest.raises(InputError, match="littrack sections init"):
        assign_sections(library)
    path = init_sections(library)
    assert path.name == "sections.toml"
    with pytest.raises(InputError, match="not overwritten"):
        init_sections(library)
    assert "littrack update" in assign_sections(library).report.warnings[0]
