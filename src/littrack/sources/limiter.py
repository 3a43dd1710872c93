"""One limiter for all of arXiv on this machine, over threads and processes.

arXiv's terms of use: no more than one request every three seconds and one connection at a time,
over the API, OAI-PMH and RSS together. All processes share four files in one folder:

    arxiv.lock           held while a request is under way, and only then; the system frees it
    arxiv-turn.json      who holds it, since when and until when at the latest; a turn that ended
                         as it should takes it away
    arxiv-last-answer    when the last answer ended, whatever it was
    arxiv-not-before     when arXiv, having said that it is overloaded, may be asked again
"""

from __future__ import annotations

import ipaddress
import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from littrack.errors import OutputError, RateLimited, SettingsError, SourceUnavailable

PACE = "arXiv's pace"  # why an ordinary pause between two requests is made
LONGEST_REQUEST_SECONDS = 1110.0  # a turn that lasts longer hangs
LONGEST_HOLD_OFF_SECONDS = 900.0
SMALLEST_DELAY_SECONDS = 3.0
_MARGIN_SECONDS = 0.02  # the server may see its answer end a little later than we do
_GRAIN_SECONDS = 0.001  # shorter pauses are what rounding left over
_POLL_SECONDS = 0.5  # between two tries for the turn
_HELD_OFF = "arXiv asked this machine to slow down"

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


@dataclass(frozen=True, slots=True)
class _Lease:
    """Who has the turn; both times are aware."""

    pid: int | None
    host: str
    since: datetime
    until: datetime

    def to_json(self) -> str:
        return json.dumps(
            {
                "pid": self.pid,
                "host": self.host,
                "since": self.since.isoformat(timespec="seconds"),
                "until": self.until.isoformat(timespec="seconds"),
            }
        )

    @classmethod
    def from_json(cls, text: str) -> _Lease:
        """What `to_json` wrote; ValueError, KeyError or TypeError if something else did."""
        given = json.loads(text)
        since, until = (datetime.fromisoformat(given[name]) for name in ("since", "until"))
        if not (since.tzinfo and until.tzinfo):
            raise ValueError("a time without its zone")
        return cls(int(given["pid"]), str(given["host"]), since, until)


class Limiter:
    """Hands out turns: one at a time, ``delay_seconds`` after the end of the one before."""

    def __init__(self, folder: Path, delay_seconds: float, clock: Clock) -> None:
        self.delay_seconds = delay_seconds
        self._clock = clock
        self._folder = folder
        self._lease = folder / "arxiv-turn.json"
        self._last_answer = folder / "arxiv-last-answer"
        self._not_before = folder / "arxiv-not-before"
        self._ended: float | None = None  # monotonic; guards against a wall clock set forward

    @contextmanager
    def turn(
        self, url: str, on_wait: OnWait | None = None, *, patient: bool = True
    ) -> Iterator[None]:
        """Wait for the turn, hold it for one request, and note when the answer ended.

        ``on_wait`` is told before each pause, and once a minute while another process asks. Unless
        ``patient``, only pauses of arXiv's ordinary pace are made, and other requests awaited.

        Raises:
            SettingsError: the delay is too short for the host of ``url``.
            RateLimited: arXiv is not to be asked for a while, and the caller is not patient.
            SourceUnavailable: another process keeps the turn for longer than a request may take.
            OutputError: the lock folder cannot be written.
        """
        check_delay(self.delay_seconds, url)
        lock = self._acquire(on_wait or _say_nothing, patient)
        try:
            self._write_lease()
            try:
                yield
            finally:
                self._ended = self._clock.monotonic()
                self._write_time(self._last_answer)
                with suppress(OSError):  # what is left behind costs the next turn one pause
                    self._lease.unlink()
        finally:
            lock.release()

    def hold_off(self, seconds: float) -> None:
        """Let no process of this machine ask for so long; a quarter of an hour at the most.

        Raises:
            OutputError: the lock folder cannot be written.
        """
        seconds = min(seconds, LONGEST_HOLD_OFF_SECONDS)
        if seconds > self._held_off():
            self._write_time(self._not_before, seconds)

    def _acquire(self, on_wait: OnWait, patient: bool) -> FileLock:
        """The lock, at a moment when a request may start. Every pause is made without the lock."""
        with self._writing():
            self._folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self._folder / "arxiv.lock")
        while True:
            seconds, why = self._pause(patient)
            if seconds:
                on_wait(seconds, why)
                self._clock.sleep(seconds)
                continue
            self._wait_for(lock, on_wait)
            try:
                self._clear_lease()
                if not self._pause(patient)[0]:  # the holder before us may have moved the times
                    return lock
            except BaseException:
                lock.release()
                raise
            lock.release()

    def _wait_for(self, lock: FileLock, on_wait: OnWait) -> None:
        """Take the lock, as long as whoever has it keeps within its time."""
        now, waited = self._clock.now(), 0.0
        holder = _Lease(None, "", now, now + timedelta(seconds=LONGEST_REQUEST_SECONDS))
        while not self._took(lock):
            holder = self._read_lease() or holder  # between two turns there is none for a moment
            if self._clock.now() > holder.until:
                who = f" (process {holder.pid} on {holder.host})" if holder.pid else ""
                raise SourceUnavailable(
                    f"another littrack process{who} has been asking arXiv since "
                    f"{holder.since:%Y-%m-%d %H:%M:%S} UTC, longer than a request may take (lock "
                    f"{lock.lock_file}): end it, then run again"
                )
            if waited % 60 == 0:
                on_wait(_POLL_SECONDS, "another littrack process is asking arXiv")
            self._clock.sleep(_POLL_SECONDS)
            waited += _POLL_SECONDS

    def _took(self, lock: FileLock) -> bool:
        try:
            with self._writing():
                lock.acquire(timeout=0)
        except Timeout:
            return False
        return True

    def _pause(self, patient: bool) -> tuple[float, str]:
        """Seconds until a request may start, and why; 0 when it may start now."""
        pace, held = self._until_pace(), self._held_off()
        if held > self.delay_seconds + _MARGIN_SECONDS and not patient:
            again = self._clock.now() + timedelta(seconds=held)
            raise RateLimited(
                f"{_HELD_OFF}; come back in {held:.0f} seconds, after {again:%H:%M:%S} UTC"
            )
        seconds, why = (held, _HELD_OFF) if held > pace else (pace, PACE)
        return (seconds, why) if seconds >= _GRAIN_SECONDS else (0.0, why)

    def _until_pace(self) -> float:
        """Seconds that are left of the delay; below zero when it is over."""
        delay = self.delay_seconds + _MARGIN_SECONDS
        pause = self._read_time(self._last_answer) + delay - self._clock.now().timestamp()
        if not pause <= delay:  # no number: broken by a crash. Too large: the clock was set back
            self._write_time(self._last_answer)
            pause = delay
        if self._ended is not None:
            pause = max(pause, self._ended + delay - self._clock.monotonic())
        return pause

    def _held_off(self) -> float:
        """Seconds that are left of what `hold_off` ordered."""
        left = self._read_time(self._not_before) - self._clock.now().timestamp()
        if left > LONGEST_HOLD_OFF_SECONDS:  # the clock was set back, or somebody wrote nonsense
            left = LONGEST_HOLD_OFF_SECONDS
            self._write_time(self._not_before, left)
        return left if left > 0 else 0.0

    def _clear_lease(self) -> None:
        """After a holder that died in its turn: when its connection ended, nobody noted."""
        if self._lease.exists():
            self._write_time(self._last_answer)
            with self._writing():
                self._lease.unlink()

    def _read_lease(self) -> _Lease | None:
        try:
            return _Lease.from_json(self._lease.read_text("ascii"))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _write_lease(self) -> None:
        now = self._clock.now()
        until = now + timedelta(seconds=LONGEST_REQUEST_SECONDS)
        self._write(self._lease, _Lease(os.getpid(), socket.gethostname(), now, until).to_json())

    def _read_time(self, path: Path) -> float:
        """Seconds since 1970; minus infinity if there is no file, nan if it makes no sense."""
        try:
            return float(path.read_text("ascii"))
        except FileNotFoundError:
            return float("-inf")
        except (OSError, ValueError):
            return float("nan")

    def _write_time(self, path: Path, ahead_seconds: float = 0.0) -> None:
        self._write(path, f"{self._clock.now().timestamp() + ahead_seconds:.6f}")

    def _write(self, path: Path, text: str) -> None:
        fresh = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
        with self._writing():
            self._folder.mkdir(parents=True, exist_ok=True)
            fresh.write_text(text, "ascii")
            os.replace(fresh, path)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except Timeout:  # an OSError too, but none of writing
            raise
        except OSError as exc:
            raise OutputError(
                f"{self._folder}: the lock that keeps littrack polite to arXiv cannot be written: "
                f"{exc}"
            ) from exc


def _say_nothing(_seconds: float, _why: str) -> None:
    """What `on_wait` is when nobody listens."""
