"""Embed with many workers: the plan, what a worker does with a batch, and who writes.

Knows no scheduler; flows/embed_cluster.py puts Dask under it. Two choices are made here:

* PostgreSQL takes writers from every machine, so a worker stores its own vectors. SQLite takes one,
  on the machine its file lies on, so there a worker answers with the rows and the driver stores
  them. Either way a batch is one transaction.
* A vector is keyed by its text and its encoder, and one that is there already is left alone. A
  batch made twice, or half a run repeated, therefore changes nothing; a run begins with what lacks
  a vector, so nothing needs to be remembered about the last one.
"""

from __future__ import annotations

import hashlib
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np

from littrack.encoder.opening import open_encoder
from littrack.encoder.protocol import Encoder
from littrack.errors import AnswerBroken, InputError, StoreError
from littrack.records import EncoderIdentity, Progress, RunReport, no_progress
from littrack.steps.embed import passage_text
from littrack.steps.opening import OpenLibrary
from littrack.store import vectors
from littrack.store.engine import begin, open_engine

LOST_IN_A_ROW = 5  # batches; then it is not the batches
Rows = np.ndarray  # (n, dimension) float16, as they are stored


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker must know beside the texts."""

    model: str
    offline: bool
    identity: EncoderIdentity
    encoder_id: int
    database: str | None  # where workers store vectors; None: they hand them back


@dataclass(frozen=True, slots=True)
class Batch:
    """Texts to encode together, and the hashes their vectors are stored under."""

    hashes: tuple[bytes, ...]
    texts: tuple[str, ...]
    key: str  # of encoder and texts: the same batch has the same key in every run


Wait = Callable[[], Rows | None]  # blocks until a batch is made; rows that are yet to be stored
Submit = Callable[[Job, Batch], Wait]


# --- on a worker ----------------------------------------------------------------------------------

_one_at_a_time = threading.Lock()  # a process has one encoder, and tokenizers are not for two


@cache
def _open_encoder(model: str, offline: bool) -> Encoder:
    return open_encoder(model, offline=offline)


_open_engine = cache(open_engine)


def identify_encoder(model: str, *, offline: bool) -> EncoderIdentity:
    """What marks the vectors that this process makes with `model`."""
    with _one_at_a_time:
        return _identify(_open_encoder(model, offline))


def _identify(encoder: Encoder) -> EncoderIdentity:
    return EncoderIdentity(
        encoder.name, encoder.revision, encoder.passage_prompt, encoder.dimension
    )


def encode_batch(job: Job, batch: Batch) -> Rows | None:
    """Encode `batch` and store its vectors, or answer with them where only the driver may write.

    Raises:
        InputError: the model of that name is another one here than where the job was made.
        SourceUnavailable, StoreError: the model cannot be had, the database not used.
    """
    with _one_at_a_time:
        encoder = _open_encoder(job.model, job.offline)
        if _identify(encoder) != job.identity:
            raise InputError(
                f"the model {job.model} differs between machines: {job.identity.revision} and "
                f"{encoder.revision}; name a revision (name@revision), or copy one folder to all"
            )
        rows: Rows = encoder.encode_passages(batch.texts).astype(np.float16)
    if job.database is None:
        return rows
    with begin(_open_engine(job.database, Path())) as conn:
        vectors.save_vectors(conn, job.encoder_id, batch.hashes, rows)
    return None


# --- where the job was started --------------------------------------------------------------------


@dataclass
class _Tally:
    """The batches on their way and what became of the others."""

    library: OpenLibrary
    job: Job
    waiting: deque[tuple[Batch, Wait]] = field(default_factory=deque)
    done: int = 0
    lost: int = 0
    in_a_row: int = 0
    warnings: list[str] = field(default_factory=list)

    def take(self) -> None:
        """Wait for the oldest batch and store what it brings."""
        batch, wait = self.waiting.popleft()
        try:
            rows = wait()
            if rows is not None:
                with begin(self.library.engine) as conn:
                    vectors.save_vectors(conn, self.job.encoder_id, batch.hashes, rows)
        except (AnswerBroken, StoreError) as exc:
            self.lost, self.in_a_row = self.lost + len(batch.texts), self.in_a_row + 1
            self.warnings.append(f"batch {batch.key} of {len(batch.texts)} texts: {exc}")
            if self.in_a_row >= LOST_IN_A_ROW:
                raise
        else:
            self.done, self.in_a_row = self.done + len(batch.texts), 0

    def report(self) -> RunReport:
        """The same counts as `littrack embed`, and what is left for the next run."""
        counts = {"embedded": self.done} | ({"lost": self.lost} if self.lost else {})
        return RunReport("embed", counts, warnings=tuple(self.warnings), complete=not self.lost)


def embed_in_batches(
    library: OpenLibrary,
    identity: EncoderIdentity,
    submit: Submit,
    *,
    size: int,
    window: Callable[[], int],
    progress: Progress = no_progress,
) -> RunReport:
    """Embed what lacks a vector of `identity`, `size` texts a batch, through `submit`.

    At most `window()` batches are on their way at a time, which bounds the driver's memory; it is
    asked before each one, as workers come and go. A batch that fails for good is reported and left
    to the next run; what is wrong with all of them ends the run.
    """
    with library.writing("littrack embed on a cluster"):
        job, total = _plan(library, identity)
        tally = _Tally(library, job)
        for batch in _cut(library, job, size):
            while tally.waiting and len(tally.waiting) >= window():
                tally.take()
                progress("embedding", tally.done, total)
            tally.waiting.append((batch, submit(job, batch)))
        while tally.waiting:
            tally.take()
            progress("embedding", tally.done, total)
    return tally.report()


def local_model(model: str) -> str:
    """`model`, a relative folder made absolute: workers run in folders of their own."""
    folder = Path(model).expanduser()
    return str(folder.resolve()) if folder.is_dir() else model


def _plan(library: OpenLibrary, identity: EncoderIdentity) -> tuple[Job, int]:
    with begin(library.engine) as conn:
        encoder_id = vectors.save_encoder(conn, identity)
        total = vectors.count_unembedded(conn, encoder_id)
    settings = library.settings
    many_writers = library.engine.dialect.name == "postgresql"
    database = settings.database.url if many_writers else None
    model = local_model(settings.encoder.model)
    return Job(model, settings.offline, identity, encoder_id, database), total


def _cut(library: OpenLibrary, job: Job, size: int) -> Iterator[Batch]:
    """The texts without a vector, in the order of their papers; read as they are needed."""
    after = 0
    while True:
        with library.engine.connect() as conn:
            rows = vectors.load_unembedded(conn, job.encoder_id, after=after, limit=size)
        if not rows:
            return
        hashes = tuple(bytes(row[1]) for row in rows)
        texts = tuple(passage_text(title, abstract) for _, _, title, abstract in rows)
        yield Batch(hashes, texts, _key(job.identity, hashes))
        after = rows[-1][0]


def _key(identity: EncoderIdentity, hashes: tuple[bytes, ...]) -> str:
    digest = hashlib.sha256(repr(identity).encode())
    for text_hash in hashes:
        digest.update(text_hash)
    return digest.hexdigest()[:16]
