"""Asking a source over HTTP until its answer passes every check, politely and not for ever.

One loop for everything that can go wrong for a moment: the limiter gives the turn, `accept` judges
the answer, a refused one is kept for inspection and asked for again after a growing pause.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlencode, urljoin

import requests
from urllib3.exceptions import HTTPError as Urllib3Error

from littrack import __version__
from littrack.errors import (
    InputError,
    RateLimited,
    SourceError,
    SourceIncomplete,
    SourceMalformed,
    SourceUnavailable,
)
from littrack.sources.limiter import Clock, Limiter, OnWait

T = TypeVar("T")

CONNECT_SECONDS, READ_SECONDS = 10.0, 200.0
_WHOLE_ANSWER_SECONDS = 900.0  # a body that drips past this is cut off
_LARGEST_BODY_BYTES = 256 * 2**20
_SHORTEST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 10.0, 900.0
_RETRIED_STATUS = frozenset({429, 500, 502, 503, 504})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 3
_QUARANTINED_BYTES = 65536


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whole, with the bytes as they were after content decoding."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def sha256(self) -> str:
        """Hexadecimal checksum of the body."""
        return hashlib.sha256(self.body).hexdigest()

    @property
    def content_type(self) -> str:
        """The media type, lower case, without parameters."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class HttpOptions:
    """How `CheckedHttp` behaves; the defaults suit arXiv."""

    contact: str = ""  # e-mail or URL, shown to arXiv in the User-Agent
    retries: int = 5  # after the first try
    seed: int | None = None  # of the jitter
    offline: bool = False  # refuse before any socket is opened
    quarantine: Path | None = None  # folder for refused answers
    on_wait: OnWait | None = None  # told (seconds, why) before each pause


class _Refused(Exception):
    """One failed try, worth another."""

    def __init__(
        self, cause: SourceError, *, retry_after: float = 0.0, answer: Answer | None = None
    ) -> None:
        super().__init__(str(cause))
        self.cause, self.retry_after, self.answer = cause, retry_after, answer


class CheckedHttp:
    """One session to the outside world; every answer it returns was accepted by a check."""

    def __init__(self, limiter: Limiter, clock: Clock, options: HttpOptions | None = None) -> None:
        self.clock = clock
        self.options = options or HttpOptions()
        self._limiter = limiter
        self._random = random.Random(self.options.seed)
        self._session = requests.Session()
        contact = f" (+{self.options.contact})" if self.options.contact else ""
        self._session.headers["User-Agent"] = f"littrack/{__version__}{contact}"

    def close(self) -> None:
        """Close the connection."""
        self._session.close()

    def __enter__(self) -> CheckedHttp:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def pause(self, seconds: float, why: str) -> None:
        """Wait, and say so to `on_wait`."""
        if self.options.on_wait is not None:
            self.options.on_wait(seconds, why)
        self.clock.sleep(seconds)

    def fetch(self, url: str, parameters: Mapping[str, str], accept: Callable[[Answer], T]) -> T:
        """Ask until ``accept`` returns; what it returns is the result.

        ``accept`` sees answers of status 200 and 400. It raises a SourceError to have the question
        asked again and InputError when asking again is useless.

        Raises:
            InputError: the source understood the question and refuses it.
            RateLimited: told to slow down to the end, or for longer than 15 minutes.
            SourceIncomplete: the last answer held less than it said.
            SourceUnavailable: anything else, after every retry; or offline.
        """
        full = f"{url}?{urlencode(parameters)}" if parameters else url
        if self.options.offline:
            raise SourceUnavailable(
                f"{_without_query(url)} was not asked: --offline or LITTRACK_OFFLINE is set"
            )
        for attempt in range(self.options.retries + 1):
            try:
                return self._try(full, accept)
            except _Refused as refused:
                self._quarantine(refused, full)
                last = refused
            if last.retry_after > _LONGEST_PAUSE_SECONDS:
                raise RateLimited(
                    f"{full}: asked to come back in {last.retry_after / 60:.0f} minutes; what was "
                    "stored is safe, run the command again then"
                ) from last.cause
            if attempt < self.options.retries:
                seconds = max(last.retry_after, self._backoff(attempt))
                self.pause(seconds, f"try {attempt + 1} of {self.options.retries + 1}: {last}")
        raise self._given_up(full, last.cause) from last.cause

    def _try(self, url: str, accept: Callable[[Answer], T]) -> T:
        answer = self._follow(url)
        _refuse_limited(answer, self.clock)
        if answer.status not in (200, 400):
            raise SourceUnavailable(
                f"{answer.url}: HTTP {answer.status}: {_excerpt(answer.body)}; asking again will "
                "not help, check the address in littrack.toml"
            )
        if answer.status == 400:
            with suppress(SourceError):  # `accept` may know what the error page says
                accept(answer)
            raise InputError(f"{answer.url}: refused with HTTP 400: {_excerpt(answer.body)}")
        try:
            return accept(answer)
        except SourceError as exc:
            raise _Refused(exc, answer=answer) from exc

    def _follow(self, url: str) -> Answer:
        """The answer at the end of the redirects; each step takes its own turn."""
        for _ in range(_MOST_REDIRECTS + 1):
            with self._limiter.turn(url, self.options.on_wait):
                answer = self._ask(url)
            if answer.status not in _REDIRECTS or "Location" not in answer.headers:
                return answer
            url = urljoin(url, answer.headers["Location"])
        raise _Refused(SourceUnavailable(f"more than {_MOST_REDIRECTS} redirects"), answer=answer)

    def _ask(self, url: str) -> Answer:
        deadline = self.clock.monotonic() + _WHOLE_ANSWER_SECONDS
        try:
            with self._session.get(
                url,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                stream=True,
            ) as response:
                body = bytearray()
                for chunk in response.iter_content(65536):
                    body += chunk
                    if len(body) > _LARGEST_BODY_BYTES or self.clock.monotonic() > deadline:
                        raise _Refused(SourceMalformed("the answer does not end"))
        except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema) as exc:
            raise InputError(f"{url} is not an address that can be asked: {exc}") from exc
        except (requests.RequestException, Urllib3Error, OSError) as exc:
            raise _Refused(SourceUnavailable(_network_words(exc))) from exc
        return Answer(url, response.status_code, response.headers, bytes(body))

    def _backoff(self, attempt: int) -> float:
        """Seconds: doubling from 10, with jitter on top so that many clients spread out."""
        pause: float = _SHORTEST_PAUSE_SECONDS * 2**attempt
        return min(pause * self._random.uniform(1, 2), _LONGEST_PAUSE_SECONDS)

    def _given_up(self, url: str, cause: SourceError) -> SourceError:
        tries = self.options.retries + 1
        asked = f" (asked {tries} times)" if tries > 1 else ""
        message = f"{_without_query(url)}: {cause}{asked}; try again later"
        for kind in (RateLimited, SourceIncomplete):
            if isinstance(cause, kind):
                return kind(message)
        return SourceUnavailable(message)

    def _quarantine(self, refused: _Refused, url: str) -> None:
        """Keep a refused answer for inspection; failing to is no reason to stop."""
        folder, answer = self.options.quarantine, refused.answer
        if folder is None or answer is None:
            return
        head = [f"{url}", f"refused: {refused}", f"status: {answer.status}"]
        head += [f"{name}: {value}" for name, value in answer.headers.items()]
        name = f"{self.clock.now():%Y%m%dT%H%M%SZ}-{answer.sha256[:12]}.txt"
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            text = "\n".join(head).encode() + b"\n\n" + answer.body[:_QUARANTINED_BYTES]
            (folder / name).write_bytes(text)


def _refuse_limited(answer: Answer, clock: Clock) -> None:
    """Turn what the service says of its own state into a refusal."""
    retry_after = _retry_after(answer.headers.get("Retry-After"), clock)
    if answer.status == 429 or answer.body[:64].strip().lower().startswith(b"rate exceeded"):
        cause: SourceError = RateLimited(f"HTTP {answer.status}: {_excerpt(answer.body)}")
        raise _Refused(cause, retry_after=retry_after, answer=answer)
    if answer.status in _RETRIED_STATUS:
        cause = SourceUnavailable(f"HTTP {answer.status}: {_excerpt(answer.body)}")
        raise _Refused(cause, retry_after=retry_after, answer=answer)


def _retry_after(text: str | None, clock: Clock) -> float:
    """Seconds asked for by a Retry-After header, as number or date; 0 when there is no sense."""
    if text is None:
        return 0.0
    with suppress(ValueError, TypeError, OverflowError):
        if text.strip().isdigit():
            return float(text)
        return max(0.0, (parsedate_to_datetime(text) - clock.now()).total_seconds())
    return 0.0


def _network_words(exc: Exception) -> str:
    if isinstance(exc, requests.exceptions.ConnectTimeout):
        return f"no connection within {CONNECT_SECONDS:g} seconds"
    if isinstance(exc, requests.exceptions.Timeout):
        return f"no answer within {READ_SECONDS:g} seconds"
    if isinstance(exc, requests.exceptions.ChunkedEncodingError):
        return f"the connection broke in the middle of the answer ({exc})"
    return f"no connection ({_root_cause(exc)})"


def _root_cause(exc: BaseException) -> str:
    """The system's own words, without the layers that each repeat the address."""
    inner: BaseException | None = exc
    while inner is not None:
        if isinstance(inner, OSError) and inner.strerror:
            return inner.strerror
        reason = next((a for a in inner.args if isinstance(a, BaseException)), None)
        inner = getattr(inner, "reason", None) or inner.__cause__ or reason or inner.__context__
    return str(exc)


def _without_query(url: str) -> str:
    return url.partition("?")[0]


def _excerpt(body: bytes) -> str:
    text = " ".join(body[:400].decode("utf-8", "replace").split())
    return text[:160] or "(no text)"
