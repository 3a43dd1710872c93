"""Reference lists in SQL, and finding papers by title."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from builders import a_paper, utc
from littrack.records import CheckedReference, Reference, ReferenceStatus
from littrack.store.engine import begin
from littrack.store.references import (
    load_lists,
    load_references,
    load_title_candidates,
    save_references,
)
from littrack.store.saving import save_papers

NOW = utc("2026-01-02")
CHECKED = CheckedReference(
    Reference(
        place="line 3",
        key="wei2022",
        kind="article",
        title="思维链 Prompting",
        authors=("Wei, Jason", "王小明"),
        year=2022,
        arxiv_id="2303.00001",
        version=2,
        doi="10.1/x",
        url="https://example.org",
        raw="@article{...}",
    ),
    ReferenceStatus.ID_MISMATCH,
    "the title differs",
    "2303.00001",
    "Finding papers by meaning",
    "2201.11903",
)
BARE = CheckedReference(Reference("line 9", "", "", "", ()), ReferenceStatus.UNCHECKED)


def test_a_list_comes_back_as_it_was_saved(engine: sa.Engine) -> None:
    with begin(engine) as conn:
        save_papers(conn, [a_paper()], NOW)
        save_references(conn, "a.bib", [CHECKED, BARE], NOW)
        assert load_references(conn, "a.bib") == [CHECKED, BARE]
        assert load_references(conn, "other.bib") == []


def test_saving_a_list_again_replaces_its_entries_and_no_others(engine: sa.Engine) -> None:
    with begin(engine) as conn:
        save_references(conn, "a.bib", [CHECKED, BARE], NOW)
        save_references(conn, "b.bib", [BARE], NOW)
        save_references(conn, "a.bib", [BARE], NOW)
        assert load_references(conn, "a.bib") == [BARE]
        assert load_references(conn, "b.bib") == [BARE]
        assert load_lists(conn) == ["a.bib", "b.bib"]
        save_references(conn, "a.bib", [], NOW)
        assert load_lists(conn) == ["b.bib"]


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("ATTENTION is all you need", ["1706.03762"]),
        ("{A}ttention -- Is All You Need", ["1706.03762"]),
        ("Fine-tuned Language Models are Zero-Shot Learners", ["2109.01652"]),
        ("大语言模型综述", ["2303.18223"]),
        ("Wombats", []),
        ("", []),
        ("?!", []),
    ],
)
def test_papers_are_found_by_their_title(engine: sa.Engine, title: str, found: list[str]) -> None:
    titles = {
        "1706.03762": "Attention Is All You Need",
        "2109.01652": "Finetuned Language Models Are Zero-Shot Learners",
        "2303.18223": "大语言模型综述",
    }
    paper = a_paper(abstract="Nothing.")
    with begin(engine) as conn:
        save_papers(conn, [replace(paper, arxiv_id=i, title=t) for i, t in titles.items()], NOW)
        assert [arxiv_id for arxiv_id, _ in load_title_candidates(conn, title)] == found
