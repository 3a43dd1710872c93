"""Asking a source over HTTP until its answer passes every check, politely and not for ever.

One loop for everything that can go wrong for a moment: the limiter gives the turn, `accept` judges
the answer, a refused one is kept for inspection and asked for again after a growing pause.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import random
import re
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlencode, urljoin

import requests
from urllib3.exceptions import HTTPError as Urllib3Error
from urllib3.exceptions import NewConnectionError, ProtocolError, ReadTimeoutError

from littrack import __version__
from littrack.errors import (
    AnswerBroken,
    InputError,
    RateLimited,
    SourceError,
    SourceIncomplete,
    SourceMalformed,
    SourceOverloaded,
    SourceUnavailable,
)
from littrack.sources.limiter import (
    LONGEST_HOLD_OFF_SECONDS,
    LONGEST_REQUEST_SECONDS,
    Clock,
    Limiter,
    OnWait,
)
from littrack.sources.quarantine import write_refused

if TYPE_CHECKING:
    from littrack.sources.cassettes import Recording, Replay

T = TypeVar("T")

CONNECT_SECONDS, READ_SECONDS = 10.0, 200.0
# A body that drips past this is cut off; its last bytes may have been waited for that long.
_WHOLE_ANSWER_SECONDS = LONGEST_REQUEST_SECONDS - CONNECT_SECONDS - READ_SECONDS
_LARGEST_BODY_BYTES = 256 * 2**20
_SHORTEST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 10.0, LONGEST_HOLD_OFF_SECONDS
_RETRIED_STATUS = frozenset({429, 500, 502, 503, 504})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 3
# Where arXiv's answers tell the time: OAI-PMH's head and tokens, a feed's head.
_CLOCK = re.compile(
    rb"<responseDate>[^<]{0,40}</responseDate>| expirationDate=['\"][^'\"]{0,40}['\"]"
    rb"|(?<=</title>)\s*<updated>[^<]{0,40}</updated>(?=\s*<(?:link|opensearch))"
)
_ALIKE_IS_FINAL = 3  # so many refused answers of the same bytes: more would be the same again


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
    def content_sha256(self) -> str:
        """Checksum of what the answer says, whenever it was given: without the service's clock."""
        return hashlib.sha256(_CLOCK.sub(b"", self.body)).hexdigest()

    @property
    def content_type(self) -> str:
        """The media type, lower case, without parameters."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class NetworkFailure:
    """No answer came, or not to its end."""

    reason: str


@dataclass(frozen=True, slots=True)
class HttpOptions:
    """How `CheckedHttp` behaves; the defaults suit arXiv.

    A replay needs no network and no time: it opens no socket, takes no turn, makes no pause, is
    exempt from ``offline`` and puts nothing into quarantine. InputError with a recording as well.
    """

    contact: str = ""  # e-mail or URL, shown to arXiv in the User-Agent
    retries: int = 5  # after the first try; with 0, no hold-off is waited for either
    seed: int | None = None  # of the jitter
    offline: bool = False  # refuse before any socket is opened
    quarantine: Path | None = None  # folder for refused answers
    on_wait: OnWait | None = None  # told (seconds, why) before each pause
    recording: Recording | None = None  # gets every answer
    replay: Replay | None = None  # gives every answer

    def __post_init__(self) -> None:
        if self.recording is not None and self.replay is not None:
            raise InputError("a replay cannot be recorded: give one of --record and --replay")


class _Refused(Exception):
    """One failed try, worth another."""

    def __init__(
        self,
        cause: SourceError,
        *,
        answer: Answer | None = None,
        retry_after: float = 0.0,
        by_check: bool = False,
    ) -> None:
        super().__init__(str(cause))
        self.cause, self.answer, self.retry_after = cause, answer, retry_after
        unfit = by_check and isinstance(cause, (SourceMalformed, SourceIncomplete))
        self.salvageable = answer if unfit else None  # a whole answer, but `accept` refused it

    @property
    def overloaded(self) -> bool:
        """Whether it is the service that has enough, for everybody on this machine."""
        troubled = self.answer is not None and self.answer.status in _RETRIED_STATUS
        return troubled or isinstance(self.cause, RateLimited)


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
        self._session.headers["Accept-Encoding"] = "gzip"  # what `_decoded` can read

    def close(self) -> None:
        """Close the connection."""
        self._session.close()

    def __enter__(self) -> CheckedHttp:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def pause(self, seconds: float, why: str) -> None:
        """Wait, and say so to `on_wait`; a replay does not wait."""
        if self.options.replay is not None:
            return
        if self.options.on_wait is not None:
            self.options.on_wait(seconds, why)
        self.clock.sleep(seconds)

    def fetch(
        self,
        url: str,
        parameters: Mapping[str, str],
        accept: Callable[[Answer], T],
        salvage: Callable[[Answer], T] | None = None,
    ) -> T:
        """Ask until ``accept`` returns; what it returns is the result.

        ``accept`` sees answers of status 200 and 400. It raises a SourceError to have the question
        asked again and InputError when asking again is useless. When every try was used up, or
        three answers in a row are alike to the byte, and ``accept`` found the last one malformed or
        incomplete, ``salvage`` is given it: what it returns is the result, unless it raises a
        SourceError as well.

        Raises:
            InputError: the source understood the question and refuses it; a damaged recording.
            RateLimited: told to slow down to the end, or for longer than 15 minutes; without
                retries, while any client of this machine was told so.
            SourceIncomplete: the last answer held less than it said.
            SourceMalformed, SourceOverloaded, AnswerBroken: what the last try ended in.
            SourceUnavailable: nobody there; or offline.
        """
        full = f"{url}?{urlencode(parameters)}" if parameters else url
        self._refuse_offline(url)
        refused: list[_Refused] = []
        while True:
            try:
                return self._try(full, accept)
            except _Refused as exc:
                refused.append(exc)
            seconds, last = self._heed(full, refused), refused[-1]
            given_up = len(refused) > self.options.retries or _is_nobody_home(refused)
            if salvage is not None and last.salvageable and (given_up or _same_again(refused)):
                with suppress(SourceError):
                    return salvage(last.salvageable)
            if given_up:
                raise _given_up(full, last.cause, len(refused)) from last.cause
            self.pause(seconds, f"try {len(refused)} of {self.options.retries + 1}: {last}")

    def _refuse_offline(self, url: str) -> None:
        if self.options.offline and self.options.replay is None:
            raise SourceUnavailable(
                f"{_without_query(url)} was not asked: --offline or LITTRACK_OFFLINE is set; run "
                "again without it, or with --replay DIR to be answered from a recording"
            )

    def _heed(self, url: str, refused: list[_Refused]) -> float:
        """Keep what was refused last and tell who must know; the seconds until the next try."""
        last = refused[-1]
        seconds = max(last.retry_after, self._backoff(len(refused) - 1))
        if self.options.replay is None:
            self._keep(last)
            if last.overloaded:
                self._limiter.hold_off(seconds)
        if last.retry_after > _LONGEST_PAUSE_SECONDS:
            raise RateLimited(
                f"{url}: asked to come back in {last.retry_after / 60:.0f} minutes; what was "
                "stored is safe, run the command again then"
            ) from last.cause
        return seconds

    def _try(self, url: str, accept: Callable[[Answer], T]) -> T:
        answer = self._follow(url)
        _refuse_overload(answer, self._time_of(answer))
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
            raise _Refused(exc, answer=answer, by_check=True) from exc

    def _follow(self, url: str) -> Answer:
        """The answer at the end of the redirects; each step is a request of its own."""
        for _ in range(_MOST_REDIRECTS + 1):
            answer = self._ask(url)
            if answer.status not in _REDIRECTS or "Location" not in answer.headers:
                return answer
            url = urljoin(url, answer.headers["Location"])
        raise _Refused(AnswerBroken(f"more than {_MOST_REDIRECTS} redirects"), answer=answer)

    def _ask(self, url: str) -> Answer:
        """One answer: out of the replay, or in a turn of its own from the network."""
        if self.options.replay is not None:
            came = self.options.replay.take(url)
            if isinstance(came, NetworkFailure):
                raise _Refused(AnswerBroken(came.reason))
            return came
        try:
            patient = self.options.retries > 0
            with self._limiter.turn(url, self.options.on_wait, patient=patient):
                answer = self._request(url)
        except _Refused as refused:
            self._record(url, NetworkFailure(str(refused)))
            raise
        self._record(url, answer)
        return answer

    def _record(self, url: str, came: Answer | NetworkFailure) -> None:
        if self.options.recording is not None:
            self.options.recording.add(url, came)

    def _request(self, url: str) -> Answer:
        deadline = self.clock.monotonic() + _WHOLE_ANSWER_SECONDS
        body = bytearray()
        try:
            with self._session.get(
                url,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                stream=True,
            ) as response:
                # What is there, however little: a full chunk of a dripping body may take days.
                while chunk := response.raw.read1(65536, decode_content=False):
                    body += chunk
                    if len(body) > _LARGEST_BODY_BYTES or self.clock.monotonic() > deadline:
                        raise _Refused(SourceMalformed("the answer does not end"))
        except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema) as exc:
            raise InputError(f"{url} is not an address that can be asked: {exc}") from exc
        except (requests.RequestException, Urllib3Error, OSError) as exc:
            kind = SourceUnavailable if _is_nobody_there(exc) else AnswerBroken
            raise _Refused(kind(_network_words(exc))) from exc
        return _decoded(Answer(url, response.status_code, response.headers, bytes(body)))

    def _backoff(self, attempt: int) -> float:
        """Seconds: doubling from 10, with jitter on top so that many clients spread out."""
        pause: float = _SHORTEST_PAUSE_SECONDS * 2**attempt
        return min(pause * self._random.uniform(1, 2), _LONGEST_PAUSE_SECONDS)

    def _keep(self, refused: _Refused) -> None:
        """Put a refused answer into quarantine; failing to is no reason to stop."""
        folder, answer = self.options.quarantine, refused.answer
        if folder is not None and answer is not None:
            with suppress(OSError):
                write_refused(folder, answer, reason=str(refused), when=self.clock.now())

    def _time_of(self, answer: Answer) -> datetime:
        """When an answer came; for a replayed one that is long ago, its own Date tells."""
        if self.options.replay is not None:
            with suppress(KeyError, ValueError, TypeError):
                return parsedate_to_datetime(answer.headers["Date"])
        return self.clock.now()


def _decoded(answer: Answer) -> Answer:
    """Undo the gzip of a body, to its very end: half of it is no answer."""
    encoding = answer.headers.get("Content-Encoding", "").strip().lower()
    if encoding in ("", "identity"):
        return answer
    try:
        if encoding not in ("gzip", "x-gzip"):
            raise OSError(f"{encoding} was not asked for")
        with gzip.open(io.BytesIO(answer.body)) as file:
            body = file.read(_LARGEST_BODY_BYTES + 1)
        if len(body) > _LARGEST_BODY_BYTES:
            raise OSError("it is too large")
    except (OSError, EOFError, zlib.error) as exc:
        if answer.status != 200:
            return answer  # its status says enough
        cause = SourceMalformed(f"the answer cannot be unpacked: {exc}", answer.body)
        raise _Refused(cause, answer=answer) from exc
    return replace(answer, body=body)


def _refuse_overload(answer: Answer, now: datetime) -> None:
    """Turn what the service says of its own state into a refusal."""
    retry_after = _retry_after(answer.headers.get("Retry-After"), now)
    if answer.status == 429 or answer.body[:64].strip().lower().startswith(b"rate exceeded"):
        cause: SourceError = RateLimited(f"HTTP {answer.status}: {_excerpt(answer.body)}")
        raise _Refused(cause, retry_after=retry_after, answer=answer)
    if answer.status in _RETRIED_STATUS:
        cause = SourceOverloaded(f"HTTP {answer.status}: {_excerpt(answer.body)}")
        raise _Refused(cause, retry_after=retry_after, answer=answer)


def _is_nobody_home(refused: list[_Refused]) -> bool:
    """Whether no connection came about, three times running: this machine is not on the network."""
    last = refused[-_ALIKE_IS_FINAL:]
    return len(last) == _ALIKE_IS_FINAL and all(type(o.cause) is SourceUnavailable for o in last)


def _same_again(refused: list[_Refused]) -> bool:
    """Whether the last few answers were refused by the check and are alike to the byte."""
    last = [one.salvageable for one in refused[-_ALIKE_IS_FINAL:]]
    checksums = {None if answer is None else answer.content_sha256 for answer in last}
    return len(last) == _ALIKE_IS_FINAL and len(checksums) == 1 and None not in checksums


def _given_up(url: str, cause: SourceError, tries: int) -> SourceError:
    asked = f" (asked {tries} times)" if tries > 1 else ""
    message = f"{_without_query(url)}: {cause}{asked}; try again later"
    return type(cause)(message)


def _retry_after(text: str | None, now: datetime) -> float:
    """Seconds asked for by a Retry-After header, as number or date; 0 when there is no sense."""
    if text is None:
        return 0.0
    with suppress(ValueError, TypeError, OverflowError):
        if text.strip().isdigit():
            return float(text)
        return max(0.0, (parsedate_to_datetime(text) - now).total_seconds())
    return 0.0


def _is_nobody_there(exc: Exception) -> bool:
    """Whether no connection was made at all: no such host, refused, no route."""
    if isinstance(exc, requests.exceptions.ConnectTimeout):
        return True
    reasons = (getattr(one, "reason", None) for one in exc.args)
    return any(isinstance(reason, NewConnectionError) for reason in reasons)


def _network_words(exc: Exception) -> str:
    if isinstance(exc, requests.exceptions.ConnectTimeout):
        return f"no connection within {CONNECT_SECONDS:g} seconds"
    if isinstance(exc, (requests.exceptions.Timeout, ReadTimeoutError)):
        return f"no answer within {READ_SECONDS:g} seconds"
    if isinstance(exc, ProtocolError):
        return f"the connection broke in the middle of the answer ({exc})"
    if _is_nobody_there(exc):
        return f"no connection ({_root_cause(exc)})"
    return f"the connection broke before an answer ({_root_cause(exc)})"


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
