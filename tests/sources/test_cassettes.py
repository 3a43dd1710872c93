"""What is recorded is played again as it happened: without a network, a turn or a pause."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from littrack import __version__
from littrack.errors import (
    InputError,
    OutputError,
    RateLimited,
    SourceOverloaded,
    SourceUnavailable,
)
from littrack.sources.cassettes import Recording, Replay, open_recording, open_replay
from littrack.sources.http import Answer, NetworkFailure
from littrack.sources.query_api.harvest import parse_feed_answer

STARTED = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)
URL = "https://export.arxiv.org/api/query?search_query=a&start=0"
ASK = {"id_list": "2303.18223", "max_results": "10"}


@pytest.fixture
def tape(tmp_path: Path) -> Path:
    return tmp_path / "tape"


def answer(body: bytes, status: int = 200) -> Answer:
    headers = {"Content-Type": "text/plain", "Set-Cookie": "x=1", "Date": "now"}
    return Answer(URL, status, headers, body)


def record_all(folder: Path, *came: Answer | NetworkFailure, url: str = URL) -> None:
    with open_recording(folder, STARTED) as recording:
        for one in came:
            recording.add(url, one)


def bodies(replay: Replay, count: int, url: str = URL) -> list[bytes | str]:
    came = [replay.take(url) for _ in range(count)]
    return [one.reason if isinstance(one, NetworkFailure) else one.body for one in came]


# --- what is written ------------------------------------------------------------------------------


def test_a_cassette_says_what_it_is_and_whether_it_was_finished(tape: Path) -> None:
    hours = timezone(timedelta(hours=2))
    with open_recording(tape, STARTED.astimezone(hours)):
        about = json.loads((tape / "cassette.json").read_text())
        assert about == {
            "format": 1,
            "littrack": __version__,
            "started": "2025-12-31T23:30:00+00:00",
            "complete": False,
        }
    assert open_replay(tape).complete
    assert open_replay(tape).started == STARTED
    with pytest.raises(ZeroDivisionError), open_recording(tape, STARTED):
        raise ZeroDivisionError
    assert not open_replay(tape).complete


def test_a_line_tells_what_was_asked_and_what_came_but_no_host_and_no_cookie(tape: Path) -> None:
    record_all(tape, answer(b"one"), NetworkFailure("no connection"))
    first, second = map(json.loads, (tape / "requests.jsonl").read_text().splitlines())
    checksum = answer(b"one").sha256
    assert first == {
        "sequence": 0,
        "service": "api",
        "request": "/api/query?search_query=a&start=0",
        "status": 200,
        "headers": {"Content-Type": "text/plain", "Date": "now"},
        "body": f"{checksum}.gz",
        "sha256": checksum,
    }
    assert (second["sequence"], second["failure"]) == (1, "no connection")


def test_equal_bodies_are_kept_once_and_recordings_are_equal_to_the_byte(tmp_path: Path) -> None:
    for name in ("a", "b"):
        record_all(tmp_path / name, answer(b"one"), answer(b"one", 503), answer(b"two"))
    files = {
        name: {p.name: p.read_bytes() for p in sorted((tmp_path / name).rglob("*")) if p.is_file()}
        for name in ("a", "b")
    }
    assert files["a"] == files["b"]
    assert len(files["a"]) == 4


# --- what is played -------------------------------------------------------------------------------


def test_answers_come_in_their_order_and_the_last_good_one_for_ever(tape: Path) -> None:
    failure = NetworkFailure("reset")
    record_all(tape, answer(b"down", 503), answer(b"one"), failure, answer(b"two"), failure)
    expected = [b"down", b"one", "reset", b"two", "reset", b"two", b"two"]
    assert bodies(open_replay(tape), 7) == expected


def test_without_a_good_answer_the_recording_ends(tape: Path) -> None:
    record_all(tape, answer(b"down", 503))
    replay = open_replay(tape)
    assert bodies(replay, 1) == [b"down"]
    with pytest.raises(SourceUnavailable, match="has no answer"):
        replay.take(URL)


def test_neither_the_host_nor_the_order_of_parameters_matters(tape: Path) -> None:
    record_all(tape, answer(b"one"))
    url = "http://127.0.0.1:8001/api/query?start=0&search_query=a"
    came = open_replay(tape).take(url)
    assert isinstance(came, Answer)
    assert (came.url, came.body, came.content_type) == (url, b"one", "text/plain")
    for other in (
        "http://x/oai?search_query=a&start=0",
        "http://x/api/query?search_query=a&start=",
    ):
        with pytest.raises(SourceUnavailable, match=f"the recording in {tape} has no answer to /"):
            open_replay(tape).take(other)


def test_an_unfinished_recording_says_so_when_an_answer_is_missing(tape: Path) -> None:
    open_recording(tape, STARTED).add(URL, answer(b"one"))
    with pytest.raises(SourceUnavailable, match="which was not finished, has no answer to /x"):
        open_replay(tape).take("http://h/x")


def test_a_run_that_goes_on_adds_to_the_recording_and_keeps_its_first_time(tape: Path) -> None:
    record_all(tape, answer(b"one"))
    with open_recording(tape, STARTED + timedelta(days=3)) as recording:
        assert recording.started == STARTED
        recording.add(URL, answer(b"two"))
    assert bodies(open_replay(tape), 2) == [b"one", b"two"]
    lines = (tape / "requests.jsonl").read_text().splitlines()
    assert [json.loads(line)["sequence"] for line in lines] == [0, 1]


@pytest.mark.parametrize("left", range(1, 12, 3))
def test_a_kill_costs_the_last_answer_and_nothing_else(tape: Path, left: int) -> None:
    record_all(tape, answer(b"one"), answer(b"two"))
    lines = tape / "requests.jsonl"
    whole = lines.read_bytes()
    first = whole.index(b"\n") + 1
    lines.write_bytes(whole[: first + left])
    assert bodies(open_replay(tape), 2) == [b"one", b"one"]
    record_all(tape, answer(b"three"))
    assert bodies(open_replay(tape), 3) == [b"one", b"three", b"three"]


# --- damage ---------------------------------------------------------------------------------------


def test_a_folder_without_a_recording_is_an_input_error(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(InputError, match=r"cassette\.json: there is no recording"):
            open_replay(folder)


@pytest.mark.parametrize(
    "about",
    ["", "[]", '{"format": 2}', '{"format": 1, "started": "x", "complete": true}', '{"format": 1}'],
)
def test_another_format_is_neither_played_nor_written_to(tape: Path, about: str) -> None:
    tape.mkdir()
    (tape / "cassette.json").write_text(about)
    opens: list[Callable[[], object]] = [
        lambda: open_replay(tape),
        lambda: open_recording(tape, STARTED),
    ]
    for opened in opens:
        with pytest.raises(InputError, match="not a recording of littrack"):
            opened()
    assert (tape / "cassette.json").read_text() == about


@pytest.mark.parametrize("line", ["x", "[]", "{}", '{"request": "/x"}', '{"failure": "x"}'])
def test_a_damaged_line_is_named(tape: Path, line: str) -> None:
    record_all(tape, answer(b"one"))
    with (tape / "requests.jsonl").open("a") as file:
        file.write(line + "\n")
    with pytest.raises(InputError, match=r"requests\.jsonl, line 2: not a recorded answer"):
        open_replay(tape)


@pytest.mark.parametrize("content", [None, b"", b"one", gzip.compress(b"other")])
def test_a_missing_or_damaged_body_is_named(tape: Path, content: bytes | None) -> None:
    record_all(tape, answer(b"one"))
    (path,) = (tape / "bodies").iterdir()
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=path.name):
        open_replay(tape).take(URL)


def test_a_recording_that_cannot_be_written_is_an_output_error(tape: Path) -> None:
    tape.write_text("a file")
    with pytest.raises(OutputError, match="the recording in"):
        open_recording(tape, STARTED)
    tape.unlink()
    recording = open_recording(tape, STARTED)
    shutil.rmtree(tape)
    with pytest.raises(OutputError, match="the recording in"):
        recording.add(URL, answer(b"one"))


# --- through the client ---------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def one_paper(small_arxiv: Any, record: Any) -> None:
    small_arxiv.records.append(record("2303.18223", "2023-03-31T17:28:46Z"))


@pytest.fixture
def recording(tape: Path) -> Recording:
    return open_recording(tape, STARTED)


FAULTS = ["429", "html", "reset", "503 100", "cut", ""]


def test_a_replay_gives_what_the_recorded_run_was_given_faults_included(
    small_arxiv: Any, make_http: Any, recording: Recording, tape: Path, clock: Any
) -> None:
    small_arxiv.script = list(FAULTS)
    seen: list[str] = []

    def accept(came: Answer) -> str:
        seen.append(came.sha256)
        parse_feed_answer(came)
        return came.sha256

    first = make_http(recording=recording).fetch(small_arxiv.url, ASK, accept)
    recorded, asked, elapsed = list(seen), len(small_arxiv.asked), clock.elapsed
    assert asked == len(FAULTS)
    seen.clear()
    said: list[str] = []
    http = make_http(
        replay=open_replay(tape), offline=True, on_wait=lambda _seconds, why: said.append(why)
    )
    http.pause(60, "a pause of the source's own")
    assert http.fetch("http://elsewhere.invalid/api/query", ASK, accept) == first
    assert seen == recorded
    assert (len(small_arxiv.asked), clock.elapsed, said) == (asked, elapsed, [])


def test_a_replay_ends_with_the_error_that_the_recorded_run_ended_with(
    small_arxiv: Any, make_http: Any, recording: Recording, tape: Path, tmp_path: Path
) -> None:
    small_arxiv.always = "rate200"
    kept = tmp_path / "refused"
    live = make_http(retries=1, recording=recording)
    with pytest.raises(RateLimited, match=r"Rate exceeded\. \(asked 2 times\)"):
        live.fetch(small_arxiv.url, ASK, parse_feed_answer)
    replayed = make_http(retries=1, replay=open_replay(tape), quarantine=kept)
    with pytest.raises(RateLimited, match=r"Rate exceeded\. \(asked 2 times\)"):
        replayed.fetch(small_arxiv.url, ASK, parse_feed_answer)
    assert len(small_arxiv.asked) == 2
    assert not kept.exists()


def test_a_date_to_come_back_at_counts_from_the_recorded_answer(make_http: Any, tape: Path) -> None:
    for date, error in (("00:05:00", SourceOverloaded), ("02:00:00", RateLimited)):
        headers = {
            "Retry-After": f"Mon, 02 Jan 2023 {date} GMT",
            "Date": "Mon, 02 Jan 2023 00:00:00 GMT",
        }
        record_all(tape / date[:2], Answer(URL, 503, headers, b"down"))
        http = make_http(replay=open_replay(tape / date[:2]), retries=0)
        with pytest.raises(SourceUnavailable) as caught:
            http.fetch(URL, {}, parse_feed_answer)
        assert type(caught.value) is error


def test_redirects_are_replayed_step_by_step(
    small_arxiv: Any, make_http: Any, recording: Recording, tape: Path
) -> None:
    small_arxiv.script = ["redirect", ""]
    small_arxiv.answer = lambda _asked, fault: (
        (301, {"Location": f"{small_arxiv.url}?moved=1"}, b"") if fault else (200, {}, b"there")
    )
    live = make_http(recording=recording)
    assert live.fetch(small_arxiv.url, ASK, lambda came: came.body) == b"there"
    replayed = make_http(replay=open_replay(tape))
    assert replayed.fetch(small_arxiv.url, ASK, lambda came: came.body) == b"there"
    assert len(small_arxiv.asked) == 2


def test_a_replay_cannot_be_recorded(make_http: Any, recording: Recording, tape: Path) -> None:
    with pytest.raises(InputError, match="--record and --replay"):
        make_http(recording=recording, replay=open_replay(tape))
