from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from littrack.errors import InputError
from littrack.records import Window
from littrack.sources.query_api.windows import Checkpoint, PendingWindow, plan_windows

NOW = datetime(2026, 1, 1, 12, 30, 15, tzinfo=UTC)
START = datetime(2024, 1, 1, tzinfo=UTC)


@given(st.integers(1, 10**6), st.integers(1, 20))
def test_parts_of_a_window_join_without_gap_or_overlap(minutes: int, parts: int) -> None:
    whole = PendingWindow(START, START + timedelta(minutes=minutes), 7)
    split = whole.split(parts)
    assert len(split) == min(parts, minutes)
    assert (split[0].start, split[-1].end) == (whole.start, whole.end)
    assert all(a.end == b.start for a, b in pairwise(split))
    assert all(part.start < part.end and part.count is None for part in split)


def test_a_minute_cannot_be_split() -> None:
    assert len(PendingWindow(START, START + timedelta(seconds=90)).split(2)) == 1


def test_a_checkpoint_survives_as_text() -> None:
    tomorrow = PendingWindow(NOW, NOW + timedelta(days=1), None, True)
    pending = (PendingWindow(START, NOW, 12), tomorrow)
    checkpoint = Checkpoint('ti:"大模型"', pending, 1000, ("2303.18223", "math/0309136"))
    assert Checkpoint.from_json(checkpoint.to_json()) == checkpoint


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"source": "oai"}', "null", "3"])
def test_a_text_that_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="saved place"):
        Checkpoint.from_json(text)


def test_an_open_window_runs_from_arxivs_beginning_to_tomorrow() -> None:
    (pending,) = plan_windows("cat:cs.CL", [Window(None, None)], NOW).pending
    assert pending.start == datetime(1991, 8, 1, tzinfo=UTC)
    assert pending.end == datetime(2026, 1, 2, 12, 30, tzinfo=UTC)


def test_a_bad_query_is_refused_before_anything_is_asked() -> None:
    with pytest.raises(InputError):
        plan_windows("lastUpdatedDate:[202401010000 TO 202402010000]", [Window(None, None)], NOW)
    with pytest.raises(InputError):
        plan_windows("a", [Window(NOW, START)], NOW)
