"""The check of one reference against one paper: the decision table, line by line."""

from __future__ import annotations

from typing import Any

import pytest

from builders import a_paper
from littrack.analysis.reference_checks import Resemblance, check_reference, compare_work
from littrack.records import Paper, PaperVersion, Reference, ReferenceStatus

TITLE = "Attention Is All You Need"


def the_paper(**changes: Any) -> Paper:
    fields = {
        "arxiv_id": "1706.03762",
        "title": TITLE,
        "authors": ("Ashish Vaswani", "Noam Shazeer"),
    }
    return a_paper(**fields | changes)


def cited(title: str = TITLE, author: str = "Vaswani, Ashish", **changes: Any) -> Reference:
    fields: dict[str, Any] = {
        "place": "line 1",
        "key": "a",
        "kind": "article",
        "title": title,
        "authors": (author,) if author else (),
        "arxiv_id": "1706.03762",
    }
    return Reference(**fields | changes)


@pytest.mark.parametrize(
    ("title", "author", "status"),
    [
        (TITLE.upper(), "Vaswani, A.", "verified"),
        (TITLE, "", "verified"),
        (TITLE, "Shazeer, Noam", "title_variant"),
        (TITLE, "Wei, Jason", "title_variant"),
        (TITLE + ": Transformers", "Vaswani, A.", "title_variant"),
        (TITLE + ": Transformers", "", "title_variant"),
        (TITLE + ": Transformers", "Shazeer, N.", "title_variant"),
        (TITLE + ": Transformers", "Wei, Jason", "id_mismatch"),
        ("Tree of Thoughts", "Vaswani, A.", "id_mismatch"),
        ("Tree of Thoughts", "", "id_mismatch"),
        ("Tree of Thoughts", "Wei, Jason", "id_mismatch"),
        ("注意力就是一切", "Vaswani, A.", "title_variant"),
        ("注意力就是一切", "王小明", "unchecked"),
        ("", "Vaswani, A.", "unchecked"),
    ],
)
def test_the_decision_table(title: str, author: str, status: str) -> None:
    checked = check_reference(cited(title, author), the_paper())
    assert checked.status == status
    assert (checked.paper, checked.paper_title) == ("1706.03762", TITLE)


def test_the_explanation_says_what_differs() -> None:
    checked = check_reference(cited("Tree of Thoughts", "Yao, Shunyu"), the_paper())
    assert checked.explanation == (
        "the title of 1706.03762 is 'Attention Is All You Need', not 'Tree of Thoughts'; "
        "the first author is 'Ashish Vaswani', not 'Yao, Shunyu'"
    )


def test_what_is_verified_without_author_says_so() -> None:
    assert "no author to compare" in check_reference(cited(author=""), the_paper()).explanation
    assert check_reference(cited(), the_paper()).explanation == ""


def test_the_title_of_an_older_version_is_a_variant_unless_that_version_is_cited() -> None:
    versions = [
        PaperVersion(1, None, title="Self-Attention Alone"),
        PaperVersion(2, None, title=TITLE),
    ]
    checked = check_reference(cited("Self-attention alone"), the_paper(), versions)
    assert checked.status is ReferenceStatus.TITLE_VARIANT
    assert "version 1" in checked.explanation
    checked = check_reference(cited("Self-attention alone", version=1), the_paper(), versions)
    assert checked.status is ReferenceStatus.VERIFIED


def test_a_changed_order_of_authors_is_forgiven_when_a_version_had_it() -> None:
    versions = [PaperVersion(1, None, title=TITLE, authors=("Noam Shazeer", "Ashish Vaswani"))]
    checked = check_reference(cited(author="Shazeer, Noam"), the_paper(), versions)
    assert checked.status is ReferenceStatus.VERIFIED


def test_in_a_plain_line_title_and_author_may_stand_anywhere() -> None:
    line = "Transformers, see attention is all you need by Vaswani and others"
    checked = check_reference(cited("Transformers, see", "", kind="", raw=line), the_paper())
    assert (checked.status, checked.explanation) == (ReferenceStatus.VERIFIED, "")
    entry = cited("Transformers, see", "", kind="article", raw=line)
    assert check_reference(entry, the_paper()).status is ReferenceStatus.ID_MISMATCH


def test_a_withdrawn_paper_is_named_as_such() -> None:
    assert "withdrawn" in check_reference(cited(), the_paper(withdrawn=True)).explanation


@pytest.mark.parametrize(
    ("title", "author", "resemblance"),
    [
        (TITLE, "Vaswani", Resemblance.SAME),
        (TITLE, "", Resemblance.SAME),
        (TITLE, "Wei, Jason", Resemblance.TITLE_ONLY),
        (TITLE + ": More", "Vaswani", Resemblance.LIKELY),
        (TITLE + ": More", "", Resemblance.NONE),
        ("Tree of Thoughts", "Vaswani", Resemblance.NONE),
    ],
)
def test_a_paper_resembles_a_reference_more_or_less(
    title: str, author: str, resemblance: Resemblance
) -> None:
    assert compare_work(cited(title, author), the_paper()) is resemblance
