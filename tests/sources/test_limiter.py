from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from littrack.errors import OutputError, SettingsError, SourceUnavailable
from littrack.sources.limiter import Limiter, SystemClock, check_delay, is_loopback

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
        pytest.raises(SourceUnavailable, match="another littrack process"),
        make_limiter().turn(ARXIV),
    ):
        pass


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
