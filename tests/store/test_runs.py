from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from builders import utc
from littrack.store.engine import begin
from littrack.store.runs import (
    Run,
    load_last_run,
    load_last_success,
    load_newest_by_target,
    load_newest_snapshot_day,
    load_run,
    load_runs,
    load_runs_of,
    save_response,
    save_run_end,
    save_run_progress,
    save_run_start,
)
from littrack.store.state import count_change, load_state, save_state
from littrack.store.tables import source_responses

MONDAY, TUESDAY, FRIDAY = utc("2026-01-05"), utc("2026-01-06"), utc("2026-01-09")


def start(engine: sa.Engine, target: str = "cat:cs.CL", source: str = "arxiv") -> Run:
    with begin(engine) as conn:
        return save_run_start(conn, source, target, MONDAY)


def test_a_run_begins_with_nothing_done(engine: sa.Engine) -> None:
    run = start(engine)
    assert run == Run(1, "arxiv", "cat:cs.CL", "running", None, {}, MONDAY, None)
    with engine.connect() as conn:
        assert load_last_run(conn, "arxiv", "cat:cs.CL") == run


def test_an_unfinished_run_is_taken_up_with_its_checkpoint(engine: sa.Engine) -> None:
    run = start(engine)
    with begin(engine) as conn:
        save_run_progress(conn, run.id, {"page": 7, "done": ["大"]}, {"new": 40})
    with begin(engine) as conn:
        taken = save_run_start(conn, "arxiv", "cat:cs.CL", TUESDAY)
    assert taken == replace(run, checkpoint={"page": 7, "done": ["大"]}, counts={"new": 40})
    with engine.connect() as conn:
        assert len(load_runs(conn)) == 1


@pytest.mark.parametrize("status", ["complete", "incomplete", "failed"])
def test_after_a_finished_run_a_new_one_begins_from_the_start(
    engine: sa.Engine, status: str
) -> None:
    run = start(engine)
    with begin(engine) as conn:
        save_run_progress(conn, run.id, {"page": 7}, {"new": 40})
        save_run_end(conn, run.id, status, TUESDAY, note="why")
        second = save_run_start(conn, "arxiv", "cat:cs.CL", FRIDAY)
        newest, oldest = load_runs(conn)
    assert (second.id, second.checkpoint, second.counts) == (2, None, {})
    assert (newest.id, newest.status) == (2, "running")
    assert (oldest.status, oldest.finished_at, oldest.note) == (status, TUESDAY, "why")
    assert oldest.counts == {"new": 40}


def test_a_checkpoint_is_lost_with_the_transaction_it_belongs_to(engine: sa.Engine) -> None:
    run = start(engine)
    with pytest.raises(ZeroDivisionError), begin(engine) as conn:
        save_run_progress(conn, run.id, {"page": 7}, {})
        raise ZeroDivisionError
    with engine.connect() as conn:
        assert load_last_run(conn, "arxiv", "cat:cs.CL") == run


def test_runs_of_other_targets_and_sources_do_not_mix(engine: sa.Engine) -> None:
    first, second = start(engine), start(engine, "cat:cs.LG")
    third = start(engine, source="kaggle")
    assert [first.id, second.id, third.id] == [1, 2, 3]
    with engine.connect() as conn:
        assert load_last_run(conn, "arxiv", "cat:cs.LG") == second
        assert load_last_run(conn, "arxiv", "cat:cs") is None
        assert load_last_run(conn, "oai", "cat:cs.CL") is None


def test_the_newest_run_of_every_target_is_listed_newest_first(engine: sa.Engine) -> None:
    for number, target in enumerate(["a", "b", "a"], 1):
        with begin(engine) as conn:
            save_run_start(conn, "arxiv", target, MONDAY)
            save_run_end(conn, number, "complete", TUESDAY)
    with engine.connect() as conn:
        assert [(run.id, run.target) for run in load_newest_by_target(conn)] == [(3, "a"), (2, "b")]
        assert [run.id for run in load_runs(conn, limit=2)] == [3, 2]


def test_the_last_success_is_the_end_of_the_newest_complete_run_for_that_very_target(
    engine: sa.Engine,
) -> None:
    endings = [("cs_x", "complete", MONDAY), ("cs_x", "complete", TUESDAY)]
    endings += [("cs_x", "failed", FRIDAY), ("csax", "complete", FRIDAY)]
    for number, (target, status, when) in enumerate(endings, 1):
        with begin(engine) as conn:
            save_run_start(conn, "arxiv", target, MONDAY)
            save_run_end(conn, number, status, when)
    with engine.connect() as conn:
        assert load_last_success(conn, "arxiv", "cs_x") == TUESDAY
        assert load_last_success(conn, "arxiv", "math") is None
        assert load_last_success(conn, "oai", "cs_x") is None
        assert [run.id for run in load_runs_of(conn, "arxiv", "cs_x")] == [3, 2, 1]
        assert load_run(conn, 4) == load_runs_of(conn, "arxiv", "csax")[0]
        assert load_run(conn, 5) is None


def test_only_a_snapshot_that_was_imported_to_its_end_says_how_new_it_is(
    engine: sa.Engine,
) -> None:
    newest, day_before = "2026-11-08T00:00:00+00:00", "2026-11-07T00:00:00+00:00"
    days = [("a", "complete", day_before), ("b", "incomplete", newest)]
    later = "2026-11-15T00:00:00+00:00"
    for target, status, day in [*days, ("c", "failed", later), ("d", "complete", None)]:
        with begin(engine) as conn:
            run = save_run_start(conn, "import", target, MONDAY)
            save_run_progress(conn, run.id, {"snapshot_day": day}, {})
            save_run_end(conn, run.id, status, MONDAY)
    with engine.connect() as conn:
        assert load_newest_snapshot_day(conn) == utc("2026-11-08")


def test_answers_are_numbered_within_their_run(engine: sa.Engine) -> None:
    first, second = start(engine), start(engine, "cat:cs.LG")
    answer = {"status": 200, "sha256": b"\x07" * 32, "entries": 3, "total": None}
    for run_id, url in [(first.id, "p1"), (second.id, "q1"), (first.id, "p2")]:
        with begin(engine) as conn:
            save_response(conn, run_id, answer | {"url": url, "fetched_at": MONDAY})
    with engine.connect() as conn:
        order = source_responses.select().order_by(*source_responses.primary_key)
        rows = conn.execute(order).all()
    assert [(r.run_id, r.sequence, r.url) for r in rows] == [
        (1, 1, "p1"),
        (1, 2, "p2"),
        (2, 1, "q1"),
    ]
    assert (rows[0].sha256, rows[0].total, rows[0].fetched_at) == (b"\x07" * 32, None, MONDAY)


def test_counters_start_at_nothing_and_rise_one_by_one(engine: sa.Engine) -> None:
    with begin(engine) as conn:
        assert load_state(conn, "papers") == 0
        count_change(conn, "papers")
        count_change(conn, "papers")
        save_state(conn, "revision", 2**40)
        save_state(conn, "revision", 2**40 + 1)
    with engine.connect() as conn:
        assert [load_state(conn, key) for key in ("papers", "revision", "vectors")] == [
            2,
            2**40 + 1,
            0,
        ]
