"""One limiter for all of arXiv on this machine, over threads and processes.

arXiv's terms of use: no more than one request every three seconds and one connection at a time,
over the API, OAI-PMH and RSS together. The turn is a lock file; beside it stands the time at which
the last answer ended. Whoever holds the turn waits, asks, and writes the time, also after errors.
"""

from __future__ import annotations

import ipaddress
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from littrack.errors import OutputError, SettingsError, SourceUnavailable

SMALLEST_DELAY_SECONDS = 3.0
_MARGIN_SECONDS = 0.02  # the server may see its answer end a little later than we do
_POLL_SECONDS = 0.5  # between two tries for the turn
_PATIENCE_SECONDS = 3600.0  # for another process to hand over its turn

OnWait = Callable[[float, str], None]


class Clock(Protocol):
    """Time as the sources see it, so that tests need none."""

    def now(self) -> datetime:
        """The wall clock, aware, UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that never jump; only differences mean something."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The wall clock, aware, UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that never jump."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


def is_loopback(url: str) -> bool:
    """Whether the address is this machine's own."""
    host = (urlsplit(url).hostname or "").lower()
    if host == "localhost":
        return True
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return False


def check_delay(delay_seconds: float, url: str) -> None:
    """Refuse to be impolite to anyone but ourselves.

    Raises:
        SettingsError: ``delay_seconds`` is below 3 for a host that is not loopback, or no number.
    """
    if delay_seconds >= SMALLEST_DELAY_SECONDS or (delay_seconds >= 0 and is_loopback(url)):
        return
    raise SettingsError(
        f"[arxiv] delay_seconds = {delay_seconds:g} is too short for {url}: arXiv's terms of use "
        f"allow one request every {SMALLEST_DELAY_SECONDS:g} seconds (shorter only on loopback)"
    )


class Limiter:
    """Hands out turns: one at a time, ``delay_seconds`` after the end of the one before."""

    def __init__(self, folder: Path, delay_seconds: float, clock: Clock) -> None:
        self.delay_seconds = delay_seconds
        self._clock = clock
        self._folder = folder
        self._last_answer = folder / "arxiv-last-answer"
        self._ended: float | None = None  # monotonic; guards against a wall clock set forward

    @contextmanager
    def turn(self, url: str, on_wait: OnWait | None = None) -> Iterator[None]:
        """Wait for the turn, hold it for one request, and note when the answer ended.

        Raises:
            SettingsError: the delay is too short for the host of ``url``.
            SourceUnavailable: another process kept the turn for an hour.
            OutputError: the lock folder cannot be written.
        """
        check_delay(self.delay_seconds, url)
        lock = self._acquire(on_wait)
        try:
            pause = self._pause()
            if pause > 0:
                self._clock.sleep(pause)
            self._note()  # a process killed in mid-request leaves at least the start behind
            try:
                yield
            finally:
                self._note()
                self._ended = self._clock.monotonic()
        finally:
            lock.release()

    def _acquire(self, on_wait: OnWait | None) -> FileLock:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self._folder / "arxiv.lock", timeout=0)
            waited = 0.0
            while True:
                with suppress(Timeout):
                    lock.acquire(timeout=0)
                    return lock
                if waited >= _PATIENCE_SECONDS:
                    raise SourceUnavailable(
                        f"another littrack process has been asking arXiv for {waited / 60:.0f} "
                        f"minutes (lock {lock.lock_file}): wait for it or end it, then run again"
                    )
                if on_wait is not None and waited % 60 == 0:
                    on_wait(_POLL_SECONDS, "another littrack process is asking arXiv")
                self._clock.sleep(_POLL_SECONDS)
                waited += _POLL_SECONDS
        except OSError as exc:
            raise self._unwritable(exc) from exc

    def _pause(self) -> float:
        """Seconds until the next request may start; never more than the delay."""
        pause, delay = 0.0, self.delay_seconds + _MARGIN_SECONDS
        try:
            last = float(self._last_answer.read_text("ascii"))
            # A time in the future: the clock was set back. Then the full delay, not the difference.
            pause = last + delay - self._clock.now().timestamp()
        except FileNotFoundError:
            pass
        except (OSError, ValueError):  # half-written by a crash: as if it had ended just now
            pause = delay
        if not 0 <= pause <= delay:
            pause = 0.0 if pause < 0 else delay
        if self._ended is not None:
            pause = max(pause, self._ended + delay - self._clock.monotonic())
        return pause

    def _note(self) -> None:
        fresh = self._last_answer.with_suffix(f".{os.getpid()}")
        try:
            fresh.write_text(f"{self._clock.now().timestamp():.6f}", "ascii")
            os.replace(fresh, self._last_answer)
        except OSError as exc:
            raise self._unwritable(exc) from exc

    def _unwritable(self, exc: OSError) -> OutputError:
        return OutputError(
            f"{self._folder}: the lock that keeps littrack polite to arXiv cannot be written: {exc}"
        )
