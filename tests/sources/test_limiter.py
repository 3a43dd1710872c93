from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from littrack.errors import OutputError, RateLimited, SettingsError, SourceUnavailable
from littrack.sources.limiter import PACE, Limiter, SystemClock, check_delay, is_loopback

DELAY = 3.02  # three seconds and the margin
ARXIV = "https://export.arxiv.org/api/query"


@pytest.fixture
def make_limiter(tmp_path: Path, clock: Any) -> Callable[..., Limiter]:
    return lambda delay=3.0: Limiter(tmp_path / "locks", delay, clock)


def test_the_first_request_starts_at_once(make_limiter: Any, clock: Any) -> None:
    with make_limiter().turn(ARXIV):
        pass
    assert clock.slept == []


def test_three_seconds_lie_between_the_end_of_an_answer_and_the_next_start(
    make_limiter: Any, clock: Any
) -> None:
    limiter = make_limiter()
    with limiter.turn(ARXIV):
        clock.elapsed += 40  # a slow answer
    clock.elapsed += 1
    with limiter.turn(ARXIV):
        assert clock.elapsed == pytest.approx(40 + DELAY)


def test_a_failed_request_counts_like_an_answered_one(make_limiter: Any, clock: Any) -> None:
    limiter = make_limiter()
    with pytest.raises(ZeroDivisionError), limiter.turn(ARXIV):
        raise ZeroDivisionError
    with limiter.turn(ARXIV):
        assert clock.elapsed == pytest.approx(DELAY)


def test_another_process_waits_for_this_ones_answer(make_limiter: Any, clock: Any) -> None:
    with make_limiter().turn(ARXIV):
        clock.elapsed += 10
    with make_limiter().turn(ARXIV):  # a limiter of its own knows the file only
        assert clock.elapsed == pytest.approx(10 + DELAY)


def test_a_clock_set_back_costs_the_delay_and_no_more(make_limiter: Any, clock: Any) -> None:
    with make_limiter().turn(ARXIV):
        pass
    clock.jump = -timedelta(days=2).total_seconds()
    with make_limiter().turn(ARXIV):
        assert clock.slept == pytest.approx([DELAY])


def test_a_clock_set_forward_does_not_shorten_the_delay(make_limiter: Any, clock: Any) -> None:
    limiter = make_limiter()
    with limiter.turn(ARXIV):
        pass
    clock.jump = 3600
    with limiter.turn(ARXIV):
        assert clock.slept == pytest.approx([DELAY])


@pytest.mark.parametrize("content", ["", "tomorrow", "nan", "\x00\x01"])
def test_a_broken_time_file_counts_as_an_answer_just_now(
    make_limiter: Any, clock: Any, tmp_path: Path, content: str
) -> None:
    (tmp_path / "locks").mkdir()
    (tmp_path / "locks" / "arxiv-last-answer").write_text(content)
    with make_limiter().turn(ARXIV):
        assert clock.slept == pytest.approx([DELAY])


def test_only_one_turn_is_held_at_a_time(make_limiter: Any, clock: Any, tmp_path: Path) -> None:
    (tmp_path / "locks").mkdir()
    other = FileLock(tmp_path / "locks" / "arxiv.lock")
    other.acquire()
    clock.during = lambda: other.release() if clock.elapsed > 10 else None
    said: list[str] = []
    with make_limiter().turn(ARXIV, lambda seconds, why: said.append(why)):
        assert clock.elapsed > 10
    assert said == ["another littrack process is asking arXiv"]


def test_a_turn_that_never_comes_is_given_up(make_limiter: Any, clock: Any, tmp_path: Path) -> None:
    (tmp_path / "locks").mkdir()
    with (
        FileLock(tmp_path / "locks" / "arxiv.lock"),
        pytest.raises(SourceUnavailable, match="another littrack process has been asking"),
        make_limiter().turn(ARXIV),
    ):
        pass
    assert clock.elapsed == pytest.approx(1110.5)  # nobody says who holds it: the longest request


def test_while_a_turn_is_held_the_holder_is_known(make_limiter: Any, tmp_path: Path) -> None:
    lease = tmp_path / "locks" / "arxiv-turn.json"
    with make_limiter().turn(ARXIV):
        told = json.loads(lease.read_text())
    assert (told["host"], told["since"]) == (socket.gethostname(), "2026-01-01T00:00:00+00:00")
    assert told["until"] == "2026-01-01T00:18:30+00:00"
    assert not lease.exists()


def test_a_holder_that_overstays_is_named(make_limiter: Any, clock: Any) -> None:
    with make_limiter().turn(ARXIV):
        clock.elapsed += 1000
        with pytest.raises(SourceUnavailable) as caught, make_limiter().turn(ARXIV):
            pass
        assert clock.elapsed == pytest.approx(1110.5)
    message = str(caught.value)
    assert f"process {os.getpid()} on {socket.gethostname()}" in message
    assert "since 2026-01-01 00:00:00 UTC" in message


def test_a_turn_handed_on_while_waiting_is_waited_for_anew(make_limiter: Any, clock: Any) -> None:
    holder = make_limiter().turn(ARXIV)
    holder.__enter__()

    def hand_on() -> None:
        nonlocal holder
        clock.during = None
        clock.elapsed += 1000
        holder.__exit__(None, None, None)
        holder = make_limiter().turn(ARXIV)
        holder.__enter__()
        clock.elapsed += 1000
        clock.during = lambda: holder.__exit__(None, None, None)

    clock.during = hand_on
    with make_limiter().turn(ARXIV):
        assert clock.elapsed > 2000


@pytest.mark.parametrize("lease", ["", "[]", "{}", '{"pid": 1, "since": "x", "until": "y"}'])
def test_a_lease_that_cannot_be_read_harms_nobody(
    make_limiter: Any, clock: Any, tmp_path: Path, lease: str
) -> None:
    (tmp_path / "locks").mkdir()
    (tmp_path / "locks" / "arxiv-turn.json").write_text(lease)
    other = FileLock(tmp_path / "locks" / "arxiv.lock")
    other.acquire()
    clock.during = lambda: other.release()
    with make_limiter().turn(ARXIV):
        pass


def test_after_a_process_killed_in_its_turn_the_whole_delay_is_kept(
    make_limiter: Any, clock: Any, tmp_path: Path
) -> None:
    code = (
        "import sys; from pathlib import Path; from littrack.sources.limiter import *\n"
        "with Limiter(Path(sys.argv[1]), 3.0, SystemClock()).turn('https://export.arxiv.org/'):\n"
        "    print('asking', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "locks")]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe) as process:
        assert process.stdout is not None and process.stdout.readline() == b"asking\n"
        process.kill()
    with make_limiter().turn(ARXIV):
        assert clock.slept == pytest.approx([DELAY])


# --- waiting is announced -------------------------------------------------------------------------


def test_the_ordinary_pause_is_announced_as_arxivs_pace(make_limiter: Any) -> None:
    limiter = make_limiter()
    said: list[tuple[float, str]] = []
    for _ in range(3):
        with limiter.turn(ARXIV, lambda *wait: said.append(wait)):
            pass
    assert said == [(pytest.approx(DELAY), PACE)] * 2


# --- holding off ----------------------------------------------------------------------------------


def test_a_hold_off_is_kept_by_every_process_and_says_why(make_limiter: Any, clock: Any) -> None:
    make_limiter().hold_off(60)
    said: list[tuple[float, str]] = []
    with make_limiter().turn(ARXIV, lambda *wait: said.append(wait)):
        assert clock.elapsed == pytest.approx(60)
    assert said == [(pytest.approx(60), "arXiv asked this machine to slow down")]


def test_a_hold_off_is_never_shortened_and_never_longer_than_a_quarter_of_an_hour(
    make_limiter: Any, clock: Any
) -> None:
    make_limiter().hold_off(1e9)
    make_limiter().hold_off(10)
    with make_limiter().turn(ARXIV):
        assert clock.elapsed == pytest.approx(900)


def test_a_hold_off_ordered_while_waiting_for_the_turn_is_kept_as_well(
    make_limiter: Any, clock: Any
) -> None:
    holder = make_limiter().turn(ARXIV)
    holder.__enter__()

    def slow_down() -> None:
        clock.during = None
        make_limiter().hold_off(100)
        holder.__exit__(None, None, None)

    clock.during = slow_down
    with make_limiter().turn(ARXIV):
        assert clock.elapsed == pytest.approx(100.5)


def test_who_is_not_patient_is_told_when_to_come_back(make_limiter: Any, clock: Any) -> None:
    make_limiter().hold_off(125)
    with (
        pytest.raises(RateLimited, match=r"come back in 125 seconds, after 00:02:05 UTC"),
        make_limiter().turn(ARXIV, patient=False),
    ):
        pass
    assert clock.slept == []
    clock.elapsed += 123
    with make_limiter().turn(ARXIV, patient=False):  # no longer than arXiv's pace
        assert clock.elapsed == pytest.approx(125)


def test_a_clock_set_back_does_not_prolong_a_hold_off_without_end(
    make_limiter: Any, clock: Any
) -> None:
    make_limiter().hold_off(60)
    clock.jump = -timedelta(days=2).total_seconds()
    with make_limiter().turn(ARXIV):
        assert clock.slept == pytest.approx([900])
    clock.slept.clear()
    with make_limiter().turn(ARXIV):
        assert clock.slept == pytest.approx([DELAY])


@pytest.mark.parametrize("content", ["", "soon", "nan", "-inf"])
def test_a_broken_hold_off_is_none(
    make_limiter: Any, clock: Any, tmp_path: Path, content: str
) -> None:
    (tmp_path / "locks").mkdir()
    (tmp_path / "locks" / "arxiv-not-before").write_text(content)
    with make_limiter().turn(ARXIV, patient=False):
        assert clock.slept == []


def test_a_lock_folder_that_cannot_be_made_is_an_output_error(clock: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError), Limiter(tmp_path / "file" / "locks", 3, clock).turn(ARXIV):
        pass


def test_a_delay_below_three_seconds_is_for_loopback_only(make_limiter: Any) -> None:
    with pytest.raises(SettingsError, match="delay_seconds"), make_limiter(0.5).turn(ARXIV):
        pass
    with make_limiter(0.0).turn("http://127.0.0.1:8000/api/query"):
        pass
    for delay in (-1.0, float("nan")):
        with pytest.raises(SettingsError):
            check_delay(delay, "http://127.0.0.1/")


def test_loopback_is_known_in_all_its_spellings() -> None:
    for url in ("http://localhost:1/x", "http://127.8.0.1/", "http://[::1]:80/"):
        assert is_loopback(url)
    for url in (ARXIV, "http://127.0.0.1.example.org/", "http://10.0.0.1/", "nonsense"):
        assert not is_loopback(url)


def test_the_system_clock_tells_utc() -> None:
    assert SystemClock().now().utcoffset() == timedelta(0)
    assert SystemClock().monotonic() <= SystemClock().monotonic()
