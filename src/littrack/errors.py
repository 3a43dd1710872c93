"""Every error littrack raises on purpose, and the exit code it ends a command with.

    LittrackError                    1   caught once, at the door
    ├─ SettingsError                78   littrack.toml or LITTRACK_*: names the key and its place
    ├─ SourceError                  69   the outside world
    │  ├─ SourceUnavailable         69   nobody there to be asked: offline, no connection, 404
    │  │  ├─ RateLimited            75   told to slow down
    │  │  ├─ SourceOverloaded       75   5xx: it has a bad moment
    │  │  └─ AnswerBroken           75   a connection that hung up or broke, a time-out
    │  ├─ SourceIncomplete           5   the source gave less than it said it holds
    │  └─ SourceMalformed           75   an answer we cannot read: HTML, XML that breaks off
    ├─ InputError                   65   a file or argument of the user's that cannot be read
    ├─ OutputError                  73   a file or folder that cannot be written
    ├─ StoreError                   65   the database
    │  ├─ SchemaOutdated            78   "run: littrack db upgrade"
    │  ├─ StoreLocked               75   who holds it, since when
    │  └─ NotFound                  65   no such paper, topic, model
    └─ IndexError_                  65   the derived FAISS index
       ├─ IndexMissing              78   "run: littrack update --no-ingest"
       └─ IndexStale                65   "run: littrack index repair"

Messages say what happened, to what, and what to do next. Foreign exceptions are translated where
they enter the program (``raise ... from exc``). Exit codes follow sysexits.h where it has one.
"""

from __future__ import annotations

from pathlib import Path


class LittrackError(Exception):
    """The root: its message is written for the person at the terminal."""

    exit_code = 1


class SettingsError(LittrackError):
    """A setting is unknown or has a value that cannot be used."""

    exit_code = 78


class SourceError(LittrackError):
    """Something outside (arXiv, a model hub) did not give what was asked."""

    exit_code = 69


class SourceUnavailable(SourceError):
    """The source did not answer, or answered that it cannot now."""


class RateLimited(SourceUnavailable):
    """The source asked for a pause longer than this run is willing to wait."""

    exit_code = 75


class SourceOverloaded(SourceUnavailable):
    """The source answered with a server error to the end of our patience."""

    exit_code = 75


class AnswerBroken(SourceUnavailable):
    """An answer did not come, or not to its end, to the end of our patience."""

    exit_code = 75


class SourceIncomplete(SourceError):
    """The source's own count and what it delivered do not agree after every retry."""

    exit_code = 5


class SourceMalformed(SourceError):
    """The answer is not what the source's protocol promises; its bytes are kept in `payload`."""

    exit_code = 75

    def __init__(self, message: str, payload: bytes = b"") -> None:
        super().__init__(message)
        self.payload = payload

    def __reduce__(self) -> tuple[type[SourceMalformed], tuple[str, bytes]]:
        return type(self), (str(self), self.payload)


class InputError(LittrackError):
    """A file or argument that the user gave cannot be read; names the file and line if known."""

    exit_code = 65

    def __init__(self, message: str, path: Path | None = None, line: int | None = None) -> None:
        where = "" if path is None else f"{path}: " if line is None else f"{path}, line {line}: "
        super().__init__(where + message)
        self.reason, self.path, self.line = message, path, line

    def __reduce__(self) -> tuple[type[InputError], tuple[str, Path | None, int | None]]:
        return type(self), (self.reason, self.path, self.line)


class OutputError(LittrackError):
    """A file or folder cannot be written (read-only, full, no such folder)."""

    exit_code = 73


class StoreError(LittrackError):
    """The database cannot do what was asked."""

    exit_code = 65


class SchemaOutdated(StoreError):
    """The database was made by another version of littrack."""

    exit_code = 78


class StoreLocked(StoreError):
    """Another littrack process is writing to this library."""

    exit_code = 75


class NotFound(StoreError):
    """The library holds nothing by that name."""

    exit_code = 65


class IndexError_(LittrackError):  # the underscore keeps Python's own IndexError readable
    """The vector index cannot be used as it is."""

    exit_code = 65


class IndexMissing(IndexError_):
    """No index was built yet for this model."""

    exit_code = 78


class IndexStale(IndexError_):
    """The index file is damaged or does not belong to this library's vectors."""
