"""Checked references as a table."""

from __future__ import annotations

from littrack.present.references import findings_table, references_table
from littrack.present.tables import render_table
from littrack.records import CheckedReference, Reference, ReferenceStatus


def one(status: ReferenceStatus, suggestion: str | None = None) -> CheckedReference:
    reference = Reference("line 1", "", "article", "A title", ("Ada Lovelace",), 1843)
    return CheckedReference(reference, status, "why", suggestion=suggestion)


def test_findings_leave_out_what_is_verified_and_columns_that_are_empty() -> None:
    references = [("a", one(status)) for status in ReferenceStatus]
    table = findings_table(references)
    assert [row["status"] for row in table.rows] == [
        "id_mismatch", "not_found", "title_variant", "unchecked",
    ]  # fmt: skip
    assert list(table.columns) == ["status", "place", "explanation"]


def test_of_equal_findings_those_with_a_suggestion_come_first() -> None:
    references = [("a", one(ReferenceStatus.UNCHECKED, s)) for s in (None, "1706.03762")]
    assert [row["suggestion"] for row in findings_table(references).rows] == ["1706.03762", None]


def test_with_several_lists_a_column_says_which() -> None:
    references = [("a", one(ReferenceStatus.UNCHECKED)), ("b", one(ReferenceStatus.VERIFIED))]
    assert next(iter(findings_table(references).columns)) == "list"
    text = render_table(references_table(references), "csv")
    assert text.splitlines()[0].startswith("list,place,key")
    assert len(text.splitlines()) == 3
