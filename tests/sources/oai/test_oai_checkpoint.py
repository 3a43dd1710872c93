from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from littrack.errors import InputError
from littrack.sources.oai.checkpoint import OaiCheckpoint, Phase, plan_sets
from littrack.sources.oai.records import OaiAnswer, OaiHeader

DAYS = st.none() | st.dates(date(2005, 9, 17), date(2100, 1, 1))
CHECKPOINTS = st.builds(
    OaiCheckpoint,
    sets=st.lists(st.text(max_size=9), max_size=3).map(tuple),
    since=DAYS,
    until=DAYS,
    list_since=DAYS,
    phase=st.sampled_from(Phase),
    token=st.text(max_size=20),
    from_day=DAYS,
    last_day=DAYS,
    position=st.integers(0, 10**7),
    records_until=DAYS,
    redone=st.booleans(),
    sound=st.booleans(),
    responded=st.none() | st.datetimes(datetime(2020, 1, 1), timezones=st.just(UTC)),
    missing=st.lists(st.text(max_size=9), max_size=3).map(tuple),
    missing_count=st.integers(0, 99),
    earliest_missing=DAYS,
)


@given(CHECKPOINTS)
def test_a_checkpoint_survives_being_saved(checkpoint: OaiCheckpoint) -> None:
    text = checkpoint.to_json()
    assert OaiCheckpoint.from_json(text) == checkpoint
    assert OaiCheckpoint.from_json(text).to_json() == text


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"source": "arxiv-api"}', '{"source": "oai"}'])
def test_another_text_is_no_checkpoint(text: str) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        OaiCheckpoint.from_json(text)


def test_a_checkpoint_with_a_bad_day_or_of_another_version_is_refused() -> None:
    state = json.loads(plan_sets(["a"]).to_json())
    for change in ({"since": "soon"}, {"phase": "x"}, {"sets": None}, {"more": 1}):
        with pytest.raises(InputError):
            OaiCheckpoint.from_json(json.dumps({**state, **change}))


def test_the_list_is_read_from_where_the_records_are_unless_told_otherwise() -> None:
    since = date(2024, 5, 1)
    assert plan_sets(["a"], since).list_since == since
    assert plan_sets(["a"], since, list_since=date(2024, 1, 1)).list_since == date(2024, 1, 1)
    assert plan_sets(["a"], since, list_since=date(2024, 9, 1)).list_since == since
    assert plan_sets(["a"], since, list_since=None).list_since is None
    assert plan_sets(["a"], None, list_since=since).list_since is None


def test_a_day_before_the_service_began_is_no_day_at_all() -> None:
    plan = plan_sets(["a", "b", "a"], date(1991, 8, 1))
    assert (plan.sets, plan.since, plan.from_day) == (("a", "b"), None, None)


def test_of_a_time_its_day_in_utc_counts() -> None:
    time = datetime.fromisoformat("2024-05-01T23:30:00-05:00")
    assert plan_sets(["a"], time, time).since == date(2024, 5, 2)
    assert plan_sets(["a"], time, time).until == date(2024, 5, 2)


def test_no_sets_and_days_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(InputError, match="no OAI set"):
        plan_sets([])
    with pytest.raises(InputError, match="nothing can have changed"):
        plan_sets(["a"], date(2024, 5, 2), date(2024, 5, 1))
    with pytest.raises(InputError, match="nothing can have changed"):
        plan_sets(["a"], None, date(1999, 5, 1))


def test_the_covered_span_ends_with_the_first_answer_or_the_day_asked_for() -> None:
    answered = OaiAnswer(datetime(2024, 5, 3, 12, tzinfo=UTC))
    later = OaiAnswer(datetime(2024, 5, 9, 12, tzinfo=UTC))
    plan = plan_sets(["a"], date(2024, 5, 1)).read(answered).read(later)
    assert plan.window.start == datetime(2024, 5, 1, tzinfo=UTC)
    assert plan.window.end == answered.response_date
    past = plan_sets(["a"], None, date(2024, 5, 2)).read(answered)
    assert (past.window.start, past.window.end) == (None, datetime(2024, 5, 3, tzinfo=UTC))
    today = plan_sets(["a"], None, date(2024, 5, 3)).read(answered)
    assert today.window.end == answered.response_date


def test_missing_ids_are_counted_once_and_kept_up_to_a_bound() -> None:
    times = [datetime(2024, 5, day, tzinfo=UTC) for day in range(9, 1, -1)]
    headers = [OaiHeader(f"id{time.day}", time) for time in times]
    plan = plan_sets(["a"]).lacking(headers[:4], keep=5).lacking(headers[2:6], keep=5)
    assert plan.missing == ("id9", "id8", "id7", "id6", "id5")
    assert plan.missing_count == 6
    assert plan.earliest_missing == date(2024, 5, 4)


def test_the_next_set_begins_afresh() -> None:
    plan = plan_sets(["a", "b"], date(2024, 5, 1), list_since=None)
    used = plan.read(OaiAnswer(datetime(2024, 5, 3, tzinfo=UTC), token="x")).listing().again()
    assert used.finished() == plan_sets(["b"], date(2024, 5, 1), list_since=None)
    assert used.finished().finished().done
