"""The ledger's detail: spans that were read, changes by name, records that could not be read."""

from __future__ import annotations

import sqlalchemy as sa

from builders import a_paper, utc
from littrack.records import Change, ChangeKind, Rejection
from littrack.store.engine import begin
from littrack.store.harvests import (
    Coverage,
    count_changes,
    load_changes,
    load_coverage,
    load_coverage_of_part,
    load_rejections,
    save_changes,
    save_coverage,
    save_rejections,
)
from littrack.store.papers import load_papers
from littrack.store.runs import save_run_start
from littrack.store.saving import save_papers
from littrack.store.tombstones import load_missing, load_tombstones, save_deletions, save_revivals

NOW = utc("2024-06-01 12:00:00")
SPAN = Coverage("cs:cs:CL", "modified", None, utc("2024-05-31"), 20, complete=True)
DAY, NEXT_DAY = utc("2024-05-30"), utc("2024-05-31")


def test_what_was_covered_is_found_by_target_and_by_set(engine: sa.Engine) -> None:
    with begin(engine) as conn:
        one = save_run_start(conn, "oai", "llm: cs.CL", NOW).id
        other = save_run_start(conn, "oai", "cs.CL", NOW).id
        for run in (one, other, other):
            save_coverage(conn, run, SPAN)
    with engine.connect() as conn:
        assert load_coverage(conn, "oai", "llm: cs.CL") == [SPAN]
        assert load_coverage_of_part(conn, "oai", "cs:cs:CL") == [SPAN] * 3
        assert load_coverage_of_part(conn, "oai", "cs:cs:LG") == []


def test_changes_and_rejections_of_a_run_come_back_in_their_order(engine: sa.Engine) -> None:
    changes = [
        Change("2405.00001", ChangeKind.NEW),
        Change("2401.00001", ChangeKind.VERSION, "v1 -> v2"),
    ]
    poison = Rejection("2405.00009", "no title", b"<record>\xff</record>")
    with begin(engine) as conn:
        run = save_run_start(conn, "oai", "cs.CL", NOW).id
        save_changes(conn, run, changes[:1])
        save_changes(conn, run, changes[1:])
        save_changes(conn, run, [])
        save_rejections(conn, run, [poison], NOW)
    with engine.connect() as conn:
        assert load_changes(conn, run) == changes
        assert load_changes(conn, run, [ChangeKind.VERSION]) == changes[1:]
        assert count_changes(conn, run) == {ChangeKind.NEW: 1, ChangeKind.VERSION: 1}
        assert load_rejections(conn, run) == [poison]


def test_a_deleted_paper_stays_flagged_and_its_id_is_known_for_ever(engine: sa.Engine) -> None:
    deletions = [("2303.00001", DAY), ("2303.99999", DAY)]
    with begin(engine) as conn:
        save_papers(conn, [a_paper()], NOW)
        changes = save_deletions(conn, deletions, NOW)
        assert save_deletions(conn, deletions, NOW) == [], "saying it again changes nothing"
    assert [change.arxiv_id for change in changes] == ["2303.00001", "2303.99999"]
    assert {change.kind for change in changes} == {ChangeKind.DELETED}
    with engine.connect() as conn:
        assert load_tombstones(conn, ["2303.00001", "2303.99999"]) == dict(deletions)
        assert load_papers(conn, ["2303.00001"])[0].withdrawn
        assert load_missing(conn, [("2303.99999", DAY, True)]) == []
        assert load_missing(conn, [("2303.99999", NEXT_DAY, True)]) != []


def test_a_paper_that_arxiv_describes_again_is_no_longer_gone(engine: sa.Engine) -> None:
    with begin(engine) as conn:
        save_papers(conn, [a_paper()], NOW)
        save_deletions(conn, [("2303.00001", DAY)], NOW)
        again = [a_paper(modified=NEXT_DAY)]
        save_papers(conn, again, NOW)
        save_revivals(conn, again)
    with engine.connect() as conn:
        assert load_tombstones(conn, ["2303.00001"]) == {}
        assert not load_papers(conn, ["2303.00001"])[0].withdrawn


def test_missing_is_what_the_library_lacks_or_holds_as_of_an_earlier_day(
    engine: sa.Engine,
) -> None:
    held = a_paper(modified=DAY)
    undated = a_paper(arxiv_id="2303.00002")
    with begin(engine) as conn:
        save_papers(conn, [held, undated], NOW)
    listed = [
        ("2303.00001", DAY, False),
        ("2303.00001", NEXT_DAY, False),
        ("2303.00002", DAY, False),
        ("2303.00003", DAY, False),
    ]
    with engine.connect() as conn:
        assert load_missing(conn, listed) == listed[1:]
