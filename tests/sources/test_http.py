from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from littrack import __version__
from littrack.errors import (
    AnswerBroken,
    InputError,
    RateLimited,
    SettingsError,
    SourceIncomplete,
    SourceMalformed,
    SourceOverloaded,
    SourceUnavailable,
)
from littrack.sources.http import Answer
from littrack.sources.limiter import PACE
from littrack.sources.quarantine import read_quarantine
from littrack.sources.query_api.atom import FeedPage
from littrack.sources.query_api.harvest import parse_feed_answer

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
        ("503 0", SourceOverloaded),
        ("truncated", SourceMalformed),
        ("html", SourceMalformed),
        ("reset", AnswerBroken),
        ("cut", AnswerBroken),
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
    slowed, denied = read_quarantine(tmp_path / "refused")
    assert (slowed.status, denied.status) == (429, 200)
    assert "text/html" in denied.reason and denied.url.startswith(small_arxiv.url)
    assert b"Access denied" in denied.path.read_bytes()


def test_offline_nothing_is_asked_and_the_way_out_is_told(small_arxiv: Any, make_http: Any) -> None:
    with pytest.raises(SourceUnavailable, match=r"LITTRACK_OFFLINE is set; .* --replay DIR"):
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


def test_a_machine_without_network_is_not_kept_waiting_for_half_an_hour(
    make_http: Any, small_arxiv: Any, clock: Any
) -> None:
    with pytest.raises(SourceUnavailable, match=r"no connection .*asked 3 times"):
        make_http().fetch("http://127.0.0.1:1/api/query", ASK, str)
    assert clock.elapsed < 120


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

    with pytest.raises(SourceMalformed) as caught:
        make_http(retries=0).fetch(small_arxiv.url, ASK, unreadable)
    assert isinstance(caught.value.__cause__, SourceMalformed)
    assert b"2303.18223" in caught.value.__cause__.payload


# --- other clients on this machine ----------------------------------------------------------------


@pytest.mark.parametrize("fault", ["429", "rate200", "503 60"])
def test_other_clients_hold_off_when_one_was_told_to_slow_down(
    fault: str, small_arxiv: Any, make_http: Any, clock: Any
) -> None:
    small_arxiv.script = [fault]
    with pytest.raises(SourceUnavailable):
        fetch(make_http(retries=0), small_arxiv)
    with pytest.raises(RateLimited, match="come back in"):
        fetch(make_http(retries=0), small_arxiv)
    assert len(small_arxiv.asked) == 1
    fetch(make_http(), small_arxiv)
    assert clock.elapsed >= (60 if fault == "503 60" else 10)


def test_an_answer_that_only_the_check_refuses_stops_nobody_else(
    small_arxiv: Any, make_http: Any, clock: Any
) -> None:
    small_arxiv.script = ["html"]
    with pytest.raises(SourceMalformed):
        fetch(make_http(retries=0), small_arxiv)
    fetch(make_http(retries=0), small_arxiv)
    assert clock.elapsed == pytest.approx(3.02)


def test_arxivs_pace_is_announced(small_arxiv: Any, make_http: Any) -> None:
    said: list[str] = []
    http = make_http(on_wait=lambda _seconds, why: said.append(why))
    fetch(http, small_arxiv)
    fetch(http, small_arxiv)
    assert said == [PACE]


# --- salvage --------------------------------------------------------------------------------------


def incomplete(_answer: Answer) -> str:
    raise SourceIncomplete("7 of 9 papers")


def test_the_last_answer_is_salvaged_when_every_try_was_refused(
    small_arxiv: Any, make_http: Any, tmp_path: Path
) -> None:
    http = make_http(retries=1, quarantine=tmp_path / "refused")
    got = http.fetch(small_arxiv.url, ASK, incomplete, lambda answer: answer.sha256)
    assert len(small_arxiv.asked) == 2
    kept = read_quarantine(tmp_path / "refused")
    assert [one.path.stem.partition("-")[2] for one in kept] == [got[:12]] * 2


def test_the_same_bytes_three_times_are_final_if_they_can_be_salvaged(
    small_arxiv: Any, make_http: Any
) -> None:
    http = make_http(retries=5)
    assert http.fetch(small_arxiv.url, ASK, incomplete, lambda _answer: "saved") == "saved"
    assert len(small_arxiv.asked) == 3
    with pytest.raises(SourceIncomplete, match="asked 6 times"):
        http.fetch(small_arxiv.url, ASK, incomplete)


def test_the_same_bytes_between_other_faults_are_not_final(
    small_arxiv: Any, make_http: Any
) -> None:
    small_arxiv.script = ["truncated", "truncated", "503 0", "truncated", "truncated", ""]
    page = make_http().fetch(small_arxiv.url, ASK, parse_feed_answer, parse_feed_answer)
    assert page.total == 1
    small_arxiv.always = "503 0"  # alike, but of no check
    with pytest.raises(SourceUnavailable, match="asked 6 times"):
        make_http().fetch(small_arxiv.url, ASK, parse_feed_answer, parse_feed_answer)


def test_what_cannot_be_salvaged_is_asked_for_to_the_end_and_given_up(
    small_arxiv: Any, make_http: Any
) -> None:
    with pytest.raises(SourceIncomplete, match=r"7 of 9 papers \(asked 6 times\)"):
        make_http().fetch(small_arxiv.url, ASK, incomplete, incomplete)


@pytest.mark.parametrize("fault", ["429", "rate200", "503 0", "reset", "cut"])
def test_only_a_whole_answer_that_the_check_refused_is_salvaged(
    fault: str, small_arxiv: Any, make_http: Any
) -> None:
    small_arxiv.script = [""]  # the last answer counts, not the first
    small_arxiv.always = fault
    with pytest.raises(SourceUnavailable):
        make_http(retries=1).fetch(small_arxiv.url, ASK, incomplete, lambda _answer: "saved")


# --- bodies ---------------------------------------------------------------------------------------


def body_of(http: Any, url: str) -> bytes:
    body: bytes = http.fetch(url, ASK, lambda answer: answer.body)
    return body


def packed(small_arxiv: Any, body: bytes, encoding: str = "gzip") -> None:
    headers = {"Content-Encoding": encoding}
    small_arxiv.answer = lambda _asked, _fault: (200, headers, body)


def test_a_packed_answer_is_unpacked(small_arxiv: Any, make_http: Any) -> None:
    packed(small_arxiv, gzip.compress(b"one") + gzip.compress(b" two"))
    assert body_of(make_http(), small_arxiv.url) == b"one two"


@pytest.mark.parametrize("cut", [1, 8, 9, 40])
def test_a_packed_answer_cut_in_the_middle_is_refused(
    cut: int, small_arxiv: Any, make_http: Any, tmp_path: Path
) -> None:
    packed(small_arxiv, gzip.compress(bytes(range(256)))[:-cut])
    http = make_http(retries=0, quarantine=tmp_path)
    with pytest.raises(SourceMalformed, match="cannot be unpacked"):
        body_of(http, small_arxiv.url)
    assert len(read_quarantine(tmp_path)) == 1


@pytest.mark.parametrize(("body", "encoding"), [(b"<feed/>", "gzip"), (b"x", "br")])
def test_an_answer_packed_otherwise_than_it_says_or_was_asked_is_refused(
    body: bytes, encoding: str, small_arxiv: Any, make_http: Any
) -> None:
    packed(small_arxiv, body, encoding)
    with pytest.raises(SourceMalformed, match="cannot be unpacked"):
        body_of(make_http(retries=0), small_arxiv.url)


def test_a_body_shorter_than_its_length_says_is_refused(small_arxiv: Any, make_http: Any) -> None:
    small_arxiv.always = "cut"
    with pytest.raises(SourceUnavailable, match="broke in the middle"):
        body_of(make_http(retries=0), small_arxiv.url)


@contextmanager
def dripping_server() -> Iterator[str]:
    """A server that sends one byte of its answer; its client must be done before the next."""
    over = threading.Event()
    in_time: list[bool] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _address = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nx")
                in_time.append(over.wait(5))

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/api/query"
        finally:
            over.set()
            thread.join()
    assert in_time == [True]


def test_a_body_that_drips_is_cut_off_without_waiting_for_a_large_piece(
    make_http: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    http = make_http(retries=0)
    times = iter(range(0, 10_000, 901))
    clock.monotonic = lambda: next(times)
    with dripping_server() as url, pytest.raises(SourceMalformed, match="does not end"):
        body_of(http, url)
