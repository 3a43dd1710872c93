"""Papers as objects and as pages."""

from __future__ import annotations

import json

from builders import a_date, a_paper, a_version, utc
from littrack.present.papers import WIDTH, hit_object, hits_table, paper_object, render_paper
from littrack.present.tables import display_width
from littrack.records import AbstractKind, DateKind, Explanation, Hit, Precision


def a_hit(**changes: object) -> Hit:
    return Hit(1, a_paper(**changes), 0.5, ("lexical",), "a snippet")


def test_a_hit_says_how_much_of_its_date_is_known() -> None:
    known = hit_object(a_hit())
    assert (known["published"], known["published_kind"]) == ("2023-03-01", "v1")
    month = a_date("2023-03-01", Precision.MONTH, DateKind.ID_MONTH)
    vague = hit_object(a_hit(published=month, version=None, abstract_kind=AbstractKind.SUMMARY))
    assert (vague["published"], vague["published_precision"]) == ("2023-03", "month")
    assert vague["version"] is None
    assert vague["abstract_kind"] == "summary"


def test_a_hit_without_categories_has_no_primary_one() -> None:
    assert hit_object(a_hit(categories=()))["primary_category"] is None


def test_an_explanation_is_an_object_and_a_column() -> None:
    why = Explanation({"lexical": 0.25, "semantic": 0.25}, {"words": ["a"]})
    hit = Hit(1, a_paper(), 0.5, ("lexical", "semantic"), "", why)
    row = hits_table([hit], explained=True).rows[0]
    assert row["explanation"]["parts"] == {"lexical": 0.25, "semantic": 0.25}
    assert row["why"] == "words 0.250 + meaning 0.250 = 0.500"


def test_a_paper_is_json_through_and_through() -> None:
    paper = a_paper(updated=utc("2023-04-01"))
    found = paper_object(
        paper, [a_version(0), a_version(2, "2023-04-01")], {"seen": utc("2024-01-01")}
    )
    assert json.loads(json.dumps(found)) == found
    assert found["updated"] == "2023-04-01T00:00:00Z"
    assert found["seen"] == "2024-01-01T00:00:00Z"
    assert [version["version"] for version in found["versions"]] == [None, 2]


def test_a_page_is_wrapped_by_what_is_seen_and_names_what_is_no_abstract() -> None:
    abstract = "大语言模型在各种任务上表现出色。" * 20
    paper = a_paper(abstract=abstract, abstract_kind=AbstractKind.SUMMARY, withdrawn=True)
    page = render_paper(paper_object(paper, [a_version(1, "2023-03-01")], {}))
    assert max(map(display_width, page.splitlines())) <= WIDTH
    assert abstract in page.replace("\n", "")
    assert "not the paper's abstract" in page
    assert "WITHDRAWN" in page
    assert "v1   2023-03-01" in page
