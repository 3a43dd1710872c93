"""Section assignments in SQL, on both databases."""

from __future__ import annotations

import sqlalchemy as sa

from builders import a_paper, utc
from littrack.store.engine import begin
from littrack.store.papers import load_ids
from littrack.store.saving import save_papers
from littrack.store.sections import (
    count_assignments,
    load_assignments,
    load_section_papers,
    load_unassigned,
    save_assignments,
)
from littrack.topics import SectionAssignment

ONE, TWO, THREE = "2303.00001", "2303.00002", "2303.00003"
LATER = utc("2026-12-01")


def fill(engine: sa.Engine) -> dict[str, int]:
    """Three papers, the first of them assigned and the second up for review."""
    with begin(engine) as conn:
        papers = [a_paper(arxiv_id=one, title=f"Title {one}") for one in (ONE, TWO, THREE)]
        save_papers(conn, papers, utc("2026-01-02"))
        ids = load_ids(conn, [ONE, TWO, THREE])
        found = {
            ids[ONE]: [SectionAssignment(ONE, "data", 1, 0.9, "assigned")],
            ids[TWO]: [
                SectionAssignment(TWO, "data", 1, 0.5, "review"),
                SectionAssignment(TWO, "tuning", 2, 0.4, "review"),
            ],
        }
        save_assignments(conn, found, "c1", LATER)
    return ids


def test_assignments_are_kept_with_their_papers(engine: sa.Engine) -> None:
    fill(engine)
    with engine.connect() as conn:
        rows = load_assignments(conn)
        assert [(one.assignment.arxiv_id, one.assignment.section) for one in rows] == [
            (ONE, "data"), (TWO, "data"), (TWO, "tuning"),
        ]  # fmt: skip
        assert rows[0].title == f"Title {ONE}"
        [chosen] = load_assignments(conn, sections=["tuning"], statuses=["review"])
        assert chosen.assignment == SectionAssignment(TWO, "tuning", 2, 0.4, "review")
        assert load_assignments(conn, arxiv_ids=[THREE]) == []


def test_a_paper_up_for_review_counts_once(engine: sa.Engine) -> None:
    fill(engine)
    with engine.connect() as conn:
        assert count_assignments(conn) == {("data", "assigned"): 1, ("data", "review"): 1}


def test_what_is_new_for_a_classifier(engine: sa.Engine) -> None:
    ids = fill(engine)
    with engine.connect() as conn:
        assert load_unassigned(conn, "c1") == [ids[THREE]]
        assert load_unassigned(conn, "c2") == sorted(ids.values())


def test_a_changed_paper_is_new_again(engine: sa.Engine) -> None:
    ids = fill(engine)
    with begin(engine) as conn:
        changed = a_paper(arxiv_id=ONE, title="Another title", version=2)
        save_papers(conn, [changed], utc("2026-12-02"))
        assert load_unassigned(conn, "c1") == sorted((ids[ONE], ids[THREE]))


def test_what_is_found_replaces_what_was_known(engine: sa.Engine) -> None:
    ids = fill(engine)
    with begin(engine) as conn:
        new = SectionAssignment(TWO, "tuning", 1, 1.0, "decided")
        save_assignments(conn, {ids[TWO]: [new]}, "c2", LATER)
        assert [one.assignment for one in load_assignments(conn, arxiv_ids=[TWO])] == [new]


def test_papers_come_in_the_order_that_was_asked(engine: sa.Engine) -> None:
    ids = fill(engine)
    with engine.connect() as conn:
        found = load_section_papers(conn, [ids[THREE], ids[ONE]])
    assert found == [(THREE, f"Title {THREE}"), (ONE, f"Title {ONE}")]
