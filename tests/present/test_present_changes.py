"""What a run changed, in lines for people."""

from __future__ import annotations

from littrack.present.changes import WIDTH, render_changes, sort_changes
from littrack.present.tables import display_width
from littrack.records import Change, ChangeKind

KINDS = ("withdrawn", "deleted", "late", "new version", "metadata", "new")


def test_changes_stand_by_kind_the_grave_ones_first_and_new_ones_are_counted() -> None:
    changes = [Change(f"2401.0000{i}", kind) for i, kind in enumerate(ChangeKind, 1)]
    titles = {change.arxiv_id: f"Of {change.kind}" for change in changes}
    assert tuple(change.kind for change in sort_changes(changes)) == KINDS
    lines = render_changes(sort_changes(changes)[:5], titles, new=1132, run=17)
    assert lines == [
        "  withdrawn     2401.00005  Of withdrawn",
        "  deleted       2401.00006  Of deleted",
        "  late          2401.00002  Of late",
        "  new version   2401.00003  Of new version",
        "  metadata      2401.00004  Of metadata",
        "  new           1,132 papers",
    ]


def test_when_all_is_new_the_counts_are_enough() -> None:
    assert render_changes([], {}, new=132, run=17) == []


def test_identifiers_stand_in_a_column_and_details_behind_the_title() -> None:
    changes = [
        Change("hep-th/9901001", ChangeKind.VERSION, "v2 -> v3"),
        Change("2401.01234", ChangeKind.VERSION),
        Change("2401.01235", ChangeKind.DELETED),
    ]
    titles = {"hep-th/9901001": "Old  and\ngood", "2401.01234": "Young"}
    assert render_changes(changes, titles, new=0, run=1) == [
        "  new version   hep-th/9901001  Old and good (v2 -> v3)",
        "  new version   2401.01234      Young",
        "  deleted       2401.01235",
    ]


def test_long_titles_are_cut_and_details_are_not() -> None:
    change = Change("2401.01234", ChangeKind.METADATA, "journal_ref, doi")
    for title in ("A long title " * 20, "大语言模型综述" * 20):
        (line,) = render_changes([change], {"2401.01234": title}, new=0, run=1)
        assert WIDTH - 2 <= display_width(line) <= WIDTH
        assert line.endswith("… (journal_ref, doi)")


def test_after_twenty_lines_the_ledger_has_the_rest() -> None:
    changes = [Change(f"2401.{i:05}", ChangeKind.METADATA) for i in range(1, 153)]
    lines = render_changes(changes, {}, new=3, run=17)
    assert len(lines) == 22
    assert lines[20:] == [
        "  … and 132 more: littrack status --run 17",
        "  new           3 papers",
    ]
