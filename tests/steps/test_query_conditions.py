"""Queries on a library: what is looked up before the search, and what is counted."""

from __future__ import annotations

from pathlib import Path

import pytest
from papers_on_disk import LANDMARKS, write_lines

from littrack.conditions import Author, Category
from littrack.errors import InputError, NotFound
from littrack.records import FacetKind, Filters
from littrack.steps.claims import load_catalogue
from littrack.steps.conditions import list_newest, look_up, translate_query, understand
from littrack.steps.facets import count_facets
from littrack.steps.import_files import import_file
from littrack.steps.opening import OpenLibrary
from littrack.store.facets import load_matching
from littrack.store.papers import load_papers_by_id

MORE = [
    {
        "id": "2205.00011",
        "title": "Prompting PaLM with maps",
        "abstract": "A chain of thought on maps.",
        "authors": ["Jasmine Wei"],
        "categories": ["cs.CL"],
        "published": "2022-05-01",
    },
    {
        "id": "2205.00012",
        "title": "Palm trees on maps",
        "abstract": "Trees, seen from above.",
        "authors": ["Wei Li"],
        "categories": ["cs.CV"],
        "published": "2022-05-02",
        "comment": "This paper has been withdrawn by the author",
    },
    {
        "id": "2205.00013",
        "title": "思维链提示综述",
        "abstract": "本文综述思维链提示方法及其在推理中的应用。",
        "authors": ["王小明"],
        "categories": ["cs.CL"],
        "published": "2022-05-03",
    },
]
NOW = "2026-01-01 00:00:00"


@pytest.fixture
def filled(library: OpenLibrary, tmp_path: Path) -> OpenLibrary:
    import_file(library, write_lines(tmp_path / "papers.jsonl", [*LANDMARKS, *MORE]))
    with library.engine.begin() as conn:
        conn.exec_driver_sql("INSERT INTO encoders VALUES (1, 'm', 'r', '', 2, 'float16')")
        conn.exec_driver_sql(f"INSERT INTO topic_fits VALUES (1, 1, '{{}}', '{{}}', '{NOW}')")
        blob = "x'00'" if conn.dialect.name == "sqlite" else "'\\x00'"
        for number, label, chinese, parent, merged, paper in (
            (1, "language", "语言", "NULL", "NULL", None),
            (2, "reasoning with language", "推理", "1", "NULL", 1),
            (3, "retrieval", "检索", "NULL", "NULL", 2),
            (4, "old", "旧", "NULL", "3", None),
        ):
            conn.exec_driver_sql(
                f"INSERT INTO topics VALUES ({number}, {parent}, '{label}', '{chinese}', '', '[]', "
                f"'[]', 1, NULL, {blob}, 1, NULL, {merged})"
            )
            if paper:
                conn.exec_driver_sql(
                    f"INSERT INTO paper_topics VALUES ({paper}, {number}, 0.5, {blob}, 1)"
                )
    return library


def found(library: OpenLibrary, text: str, filters: Filters | None = None) -> list[str]:
    """The arXiv ids of all papers that meet what a query demands."""
    _, chosen = understand(library, text, filters or Filters())
    with library.engine.connect() as conn:
        ids = load_matching(conn, chosen)
        return [paper.arxiv_id for paper in load_papers_by_id(conn, ids)]


def test_authors_topics_and_languages_are_looked_up(filled: OpenLibrary) -> None:
    assert found(filled, "au:wei") == ["2201.11903", "2205.00011"]
    assert found(filled, 'au:"jason wei"') == ["2201.11903"]
    assert found(filled, "au:王") == ["2205.00013"]
    assert found(filled, "lang:zh") == ["2205.00013"]
    assert found(filled, "lang:en au:(wei OR 王)") == ["2201.11903", "2205.00011"]
    assert found(filled, "topic:2") == found(filled, "topic:推理") == ["2201.11903"]
    assert found(filled, "topic:1") == ["2201.11903"], "those that it is broader than"
    assert found(filled, "topic:4") == ["2005.11401"], "what it was merged into"
    assert found(filled, "topic:(retrieval reasoning)") == ["2201.11903", "2005.11401"]
    assert found(filled, "NOT topic:language cat:cs.CL date:[2021 TO *]") == [
        *("2106.09685", "2205.00011", "2205.00013"),
    ]


def test_a_model_is_one_that_is_named_or_presented(filled: OpenLibrary) -> None:
    load_catalogue(filled)
    assert found(filled, "model:palm") == ["2205.00011"]
    with pytest.raises(NotFound, match="no model is called 'zzzz'"):
        found(filled, "model:zzzz")


def test_withdrawn_papers_are_found_only_where_they_are_asked_for(filled: OpenLibrary) -> None:
    assert found(filled, "ti:maps") == ["2205.00011"]
    assert found(filled, "is:withdrawn") == ["2205.00012"]
    assert found(filled, "ti:maps NOT is:withdrawn") == ["2205.00011"]
    assert found(filled, "ti:maps", Filters(withdrawn=True)) == ["2205.00011", "2205.00012"]


def test_a_query_and_the_filters_are_both_demanded(filled: OpenLibrary) -> None:
    filters = Filters(where=Author("wei"), categories=("cs.*",))
    assert found(filled, "date:2022-05", filters) == ["2205.00011"]
    free, chosen = understand(filled, "two words", Filters(where=Category("cs.CV")))
    assert (free, chosen.where) == ("two words", Category("cs.CV"))
    assert understand(filled, "two words", Filters()) == ("two words", Filters())
    assert look_up(filled, Filters()) == Filters()


def test_what_is_not_there_is_said(filled: OpenLibrary) -> None:
    with pytest.raises(NotFound, match="no topic is called 'cooking'"):
        found(filled, "topic:cooking")
    with pytest.raises(NotFound, match="there is no topic 77"):
        found(filled, "topic:77")
    for text in ("note:a.md", "has:note"):
        with pytest.raises(InputError, match="no notes yet"):
            found(filled, text)


def test_a_query_that_ranks_nothing_lists_the_newest(filled: OpenLibrary) -> None:
    free, filters = understand(filled, "cat:cs.CL", Filters())
    assert free == ""
    hits = list_newest(filled, filters, limit=2, explain=True)
    assert [(hit.rank, hit.paper.arxiv_id) for hit in hits] == [
        (1, "2205.00013"),
        (2, "2205.00011"),
    ]
    assert hits[1].snippet == "A chain of thought on maps."
    assert hits[0].matched_by == ("filter",)
    assert hits[0].explanation is not None


def counts(library: OpenLibrary, text: str, kind: FacetKind) -> dict[str, int]:
    return {one.value: one.papers for one in count_facets(library, text, Filters())
            if one.kind is kind}  # fmt: skip


def test_facets_count_all_papers_that_match(filled: OpenLibrary) -> None:
    load_catalogue(filled)
    assert counts(filled, "cat:cs.*", FacetKind.YEAR) == {
        **{"2022": 3, "2021": 1, "2020": 1, "2017": 1, "2015": 1},
    }
    assert counts(filled, "cat:cs.*", FacetKind.CATEGORY) == {"cs.CL": 6, "cs.CV": 1}
    assert counts(filled, "large language models", FacetKind.YEAR) == {"2022": 1, "2021": 1}
    assert counts(filled, "maps", FacetKind.WITHDRAWN) == {"no": 1, "yes": 1}
    assert counts(filled, "chain of thought", FacetKind.TOPIC) == {"2": 1}
    assert sum(counts(filled, "思维链", FacetKind.YEAR).values()) == 3, "in all its names"
    assert counts(filled, "au:wei", FacetKind.MODEL) == {"Chain-of-thought prompting": 1}
    assert counts(filled, "zebra", FacetKind.YEAR) == {}


def test_facets_have_the_names_of_topics(filled: OpenLibrary) -> None:
    (topic,) = (f for f in count_facets(filled, "topic:3", Filters()) if f.kind is FacetKind.TOPIC)
    assert (topic.value, topic.label, topic.papers) == ("3", "retrieval", 1)


def test_a_query_is_translated_for_arxiv() -> None:
    assert translate_query("graph -au:wei") == "(all:graph ANDNOT au:wei)"
