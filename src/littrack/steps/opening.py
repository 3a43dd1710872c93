"""Open a library: its folder, its settings, its database, its encoder. Where every door begins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from littrack.encoder.opening import open_encoder
from littrack.encoder.protocol import Encoder
from littrack.errors import OutputError
from littrack.records import EncoderIdentity
from littrack.settings import DEFAULT_TOML, SETTINGS_FILE, DatabaseSettings, Loaded, Settings
from littrack.store import engine, locks, schema
from littrack.vector_index import Manifest, VectorIndex, read_index, read_manifest

if TYPE_CHECKING:
    import sqlalchemy as sa


def utc_now() -> datetime:
    """The system's clock, as every step takes it unless a test gives another."""
    return datetime.now(UTC).replace(microsecond=0)


@dataclass(frozen=True)  # no slots: the encoder is opened once and kept
class OpenLibrary:
    """A library at hand: what a step needs to know, nothing it must look up elsewhere."""

    folder: Path
    settings: Settings
    engine: sa.Engine
    state_folder: Path  # per machine, not per library: arXiv's limiter, quarantine
    now: Callable[[], datetime] = field(default=utc_now)
    _indexes: dict[Manifest, VectorIndex] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def encoder(self) -> Encoder:
        """The encoder of the settings; opened when first asked for."""
        return open_encoder(self.settings.encoder.model, offline=self.settings.offline)

    @property
    def passage_identity(self) -> EncoderIdentity:
        """What marks the vectors of papers made by this encoder."""
        encoder = self.encoder
        return EncoderIdentity(
            encoder.name, encoder.revision, encoder.passage_prompt, encoder.dimension
        )

    @property
    def index_folder(self) -> Path:
        """Where the vector indexes lie."""
        return self.folder / "index"

    def open_index(self) -> VectorIndex:
        """The index for searching; kept open until another one is written.

        Raises:
            IndexMissing, IndexStale: there is none, or its file is damaged.
        """
        manifest = read_manifest(self.index_folder, self.passage_identity)
        if manifest not in self._indexes:
            self._indexes.clear()
            self._indexes[manifest] = read_index(self.index_folder, self.passage_identity)
        return self._indexes[manifest]

    @contextmanager
    def writing(self, doing: str) -> Iterator[None]:
        """Hold the library for writing: its folder, and a PostgreSQL database wherever it is.

        Raises:
            StoreLocked: another process does.
        """
        with engine.write_lock(self.folder, doing), locks.database_lock(self.engine, doing):
            yield


def create_library(folder: Path) -> bool:
    """Make the folder and its commented littrack.toml; True if there was none. Nothing is replaced.

    Raises:
        OutputError: the folder cannot be made or written.
    """
    path = folder / SETTINGS_FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if path.exists():
            return False
        path.write_text(DEFAULT_TOML, "utf-8")
    except OSError as exc:
        raise OutputError(f"cannot make a library in {folder}: {exc.strerror}") from exc
    return True


def open_library(loaded: Loaded, now: Callable[[], datetime] = utc_now) -> OpenLibrary:
    """Open the library that the settings are for; its folder and an empty database are made.

    A read-only copy of a library opens for reading.

    Raises:
        SchemaOutdated: the database was made by another version.
        OutputError, StoreError: it cannot be made or read.
    """
    if not loaded.library_file.exists():
        with suppress(OutputError):  # a read-only copy needs none; else the next line says why
            create_library(loaded.library)
    settings = replace(loaded.settings, database=DatabaseSettings(loaded.database_url))
    database = schema.open_database(loaded.database_url, loaded.library)
    return OpenLibrary(loaded.library, settings, database, loaded.folders.state, now)
