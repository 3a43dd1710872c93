from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from littrack import __version__
from littrack.errors import (
    InputError,
    RateLimited,
    SettingsError,
    SourceIncomplete,
    SourceMalformed,
    SourceUnavailable,
)
from littrack.sources.arxiv_api import parse_feed_answer
from littrack.sources.atom import FeedPage
from littrack.sources.http import Answer

ASK = {"id_list": "2303.18223", "max_results": "10"}


@pytest.fixture(autouse=True)
def one_paper(small_arxiv: Any, record: Any) -> None:
    small_arxiv.records.append(record("2303.18223", "2023-03-31T17:28:46Z"))


def fetch(http: Any, small_arxiv: Any) -> FeedPage:
    page: FeedPage = http.fetch(small_arxiv.url, ASK, parse_feed_answer)
    return page


FAULTS = ["429", "rate200", "503 0", "truncated", "html", "reset", "cut"]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_passing_fault_is_outlived(fault: str, small_arxiv: Any, make_http: Any) -> None:
    small_arxiv.script = [fault, fault]
    assert fetch(make_http(), small_arxiv).papers[0].arxiv_id == "2303.18223"
    assert len(small_arxiv.asked) == 3


@pytest.mark.parametrize("fault", FAULTS)
def test_pauses_grow_from_ten_seconds_and_are_never_shorter(
    fault: str, small_arxiv: Any, make_http: Any
) -> None:
    small_arxiv.script = [fault] * 5
    fetch(make_http(), small_arxiv)
    gaps = [later - earlier for earlier, later in pairwise(small_arxiv.times)]
    for attempt, gap in enumerate(gaps):
        assert 10 * 2**attempt <= gap <= 20 * 2**attempt


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("429", RateLimited),
        ("rate200", RateLimited),
        ("503 0", SourceUnavailable),
        ("truncated", SourceUnavailable),
        ("html", SourceUnavailable),
        ("reset", SourceUnavailable),
        ("cut", SourceUnavailable),
    ],
)
def test_a_lasting_fault_ends_after_the_retries_with_its_own_error(
    fault: str, error: type[Exception], small_arxiv: Any, make_http: Any
) -> None:
    small_arxiv.always = fault
    with pytest.raises(error) as caught:
        fetch(make_http(retries=2), small_arxiv)
    assert type(caught.value) is error
    assert len(small_arxiv.asked) == 3
    assert "asked 3 times" in str(caught.value)


def test_the_longest_pause_is_a_quarter_of_an_hour(small_arxiv: Any, make_http: Any) -> None:
    small_arxiv.always = "429"
    waits: list[float] = []
    with pytest.raises(RateLimited):
        fetch(make_http(retries=9, on_wait=lambda s, why: waits.append(s)), small_arxiv)
    assert max(waits) == 900


def test_a_longer_retry_after_is_obeyed(small_arxiv: Any, make_http: Any, clock: Any) -> None:
    small_arxiv.script = ["503 100"]
    fetch(make_http(), small_arxiv)
    assert 100 in clock.slept


def test_a_shorter_retry_after_does_not_shorten_the_pause(small_arxiv: Any, make_http: Any) -> None:
    small_arxiv.script = ["503 4"]
    fetch(make_http(), small_arxiv)
    assert small_arxiv.times[1] - small_arxiv.times[0] >= 10


def test_a_retry_after_as_a_date_is_obeyed(small_arxiv: Any, make_http: Any, clock: Any) -> None:
    small_arxiv.script = ["503 Thu, 01 Jan 2026 00:05:00 GMT"]
    fetch(make_http(), small_arxiv)
    assert 300 in clock.slept


def test_a_pause_longer_than_a_quarter_of_an_hour_is_left_to_the_user(
    small_arxiv: Any, make_http: Any
) -> None:
    small_arxiv.script = ["503 7200"]
    with pytest.raises(RateLimited, match="120 minutes"):
        fetch(make_http(), small_arxiv)
    assert len(small_arxiv.asked) == 1


def test_a_refused_query_is_not_asked_again(small_arxiv: Any, make_http: Any) -> None:
    small_arxiv.always = "400"
    with pytest.raises(InputError, match="incorrect id format for abc"):
        fetch(make_http(), small_arxiv)
    assert len(small_arxiv.asked) == 1


def test_waiting_is_announced_with_its_reason(small_arxiv: Any, make_http: Any) -> None:
    said: list[tuple[float, str]] = []
    small_arxiv.script = ["rate200"]
    fetch(make_http(on_wait=lambda seconds, why: said.append((seconds, why))), small_arxiv)
    assert len(said) == 1
    assert said[0][0] >= 10
    assert "Rate exceeded" in said[0][1]


def test_the_same_seed_gives_the_same_pauses(small_arxiv: Any, make_http: Any, clock: Any) -> None:
    small_arxiv.script = ["429", "429", "", "429", "429"]
    fetch(make_http(), small_arxiv)
    first, clock.slept = clock.slept, []
    fetch(make_http(), small_arxiv)
    assert [s for s in clock.slept if s > 5] == [s for s in first if s > 5]


def test_littrack_names_itself_and_its_user(small_arxiv: Any, make_http: Any) -> None:
    fetch(make_http(contact="ada@example.org"), small_arxiv)
    fetch(make_http(), small_arxiv)
    agent = f"littrack/{__version__}"
    assert small_arxiv.agents == [f"{agent} (+ada@example.org)", agent]


def test_refused_answers_are_kept_for_inspection(
    small_arxiv: Any, make_http: Any, tmp_path: Path
) -> None:
    small_arxiv.script = ["html", "429"]
    fetch(make_http(quarantine=tmp_path / "refused"), small_arxiv)
    kept = [path.read_text() for path in sorted((tmp_path / "refused").iterdir())]
    assert len(kept) == 2
    assert "Access denied" in kept[0]
    assert "Content-Type: text/html" in kept[0]
    assert "status: 429" in kept[1]


def test_offline_nothing_is_asked(small_arxiv: Any, make_http: Any) -> None:
    with pytest.raises(SourceUnavailable, match="offline"):
        fetch(make_http(offline=True), small_arxiv)
    assert small_arxiv.asked == []


def test_a_redirect_takes_a_turn_of_its_own(small_arxiv: Any, make_http: Any) -> None:
    small_arxiv.script = ["redirect"]

    def accept(answer: Answer) -> int:
        return answer.status

    small_arxiv.found = lambda asked: []
    small_arxiv.answer = lambda asked, fault: (
        (301, {"Location": "/moved"}, b"") if fault else (200, {}, b"")
    )
    assert make_http().fetch(small_arxiv.url, ASK, accept) == 200
    assert small_arxiv.times[1] - small_arxiv.times[0] >= 3


def test_an_unreachable_host_is_unavailable_in_words(make_http: Any, small_arxiv: Any) -> None:
    url = "http://127.0.0.1:1/api/query"  # a port that nothing listens on
    with pytest.raises(SourceUnavailable, match="no connection"):
        make_http(retries=1).fetch(url, ASK, parse_feed_answer)


def test_an_address_that_is_none_is_an_input_error(make_http: Any) -> None:
    with pytest.raises((InputError, SettingsError)):
        make_http().fetch("arxiv://x", {}, parse_feed_answer)


def test_what_the_check_refuses_is_asked_again_and_then_named(
    small_arxiv: Any, make_http: Any
) -> None:
    def never(answer: Answer) -> None:
        raise SourceIncomplete("7 of 9 papers")

    with pytest.raises(SourceIncomplete, match="7 of 9"):
        make_http(retries=1).fetch(small_arxiv.url, ASK, never)
    assert len(small_arxiv.asked) == 2

    def unreadable(answer: Answer) -> None:
        raise SourceMalformed("no feed", answer.body)

    with pytest.raises(SourceUnavailable) as caught:
        make_http(retries=0).fetch(small_arxiv.url, ASK, unreadable)
    assert isinstance(caught.value.__cause__, SourceMalformed)
    assert b"2303.18223" in caught.value.__cause__.payload
