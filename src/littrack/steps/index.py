"""Bring the indexes to what SQL holds: add what is missing, drop what is gone, or rebuild."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from littrack.errors import IndexError_, IndexMissing
from littrack.records import EncoderIdentity, Progress, RunReport, no_progress
from littrack.steps.opening import OpenLibrary
from littrack.store import fulltext, vectors
from littrack.store.state import load_state
from littrack.vector_index import (
    Manifest,
    VectorIndex,
    build_index,
    read_index,
    read_manifest,
    write_index,
)

if TYPE_CHECKING:
    import sqlalchemy as sa


def build(library: OpenLibrary, progress: Progress = no_progress) -> RunReport:
    """Make the index hold exactly the papers' current vectors, with as little work as possible.

    A missing or damaged file, or a library that has outgrown the index's kind, is built anew. Also
    what ``littrack index repair`` does: SQL says what must be there, the index is made to agree.
    """
    with library.writing("littrack index"), library.engine.connect() as conn:
        report = _build(library, conn, progress)
        return _with_words(report, fulltext.update_word_index(conn, progress=progress))


def _build(library: OpenLibrary, conn: sa.Connection, progress: Progress) -> RunReport:
    encoder_id = vectors.load_encoder_id(conn, library.passage_identity) or 0
    try:
        index = read_index(library.index_folder, library.passage_identity, check=True)
    except IndexError_ as problem:
        reason = "" if isinstance(problem, IndexMissing) else str(problem)
        return _build_anew(library, conn, encoder_id, progress, reason)
    if not index.is_as_chosen(vectors.count_vectors(conn, encoder_id)):
        return _build_anew(library, conn, encoder_id, progress, "")
    return _update(library, conn, encoder_id, index, progress)


def _with_words(report: RunReport, read: int | None) -> RunReport:
    """The report, with how many papers the word index read anew where there is one."""
    return report if read is None else replace(report, counts={**report.counts, "words": read})


def rebuild(library: OpenLibrary, progress: Progress = no_progress) -> RunReport:
    """Make the index from SQL alone, whatever file there is."""
    with library.writing("littrack index rebuild"), library.engine.connect() as conn:
        encoder_id = vectors.load_encoder_id(conn, library.passage_identity) or 0
        report = _build_anew(library, conn, encoder_id, progress, "")
        return _with_words(report, fulltext.update_word_index(conn, anew=True, progress=progress))


def load_states(conn: sa.Connection, encoder_id: int) -> tuple[int, int]:
    """SQL's counters that tell whether an index of this encoder is behind."""
    return load_state(conn, vectors.state_key(encoder_id)), load_state(conn, "papers")


def _build_anew(
    library: OpenLibrary, conn: sa.Connection, encoder_id: int, progress: Progress, reason: str
) -> RunReport:
    identity = library.passage_identity
    states = load_states(conn, encoder_id)
    ids, hashes = vectors.load_text_hashes(conn, encoder_id)
    done = 0

    def chunks() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        nonlocal done
        for chunk_ids, matrix in vectors.load_vectors(conn, encoder_id, identity.dimension):
            yield chunk_ids, matrix
            done += len(chunk_ids)
            progress("indexing", done, len(ids))

    index = build_index(chunks(), (ids, hashes), identity.dimension)
    write_index(index, library.index_folder, identity, states)
    counts = {"indexed": index.count, "added": index.count, "removed": 0}
    warnings = [reason] if reason else []
    return RunReport("index", counts, warnings=(*warnings, *_unembedded(conn, encoder_id)))


def _update(
    library: OpenLibrary,
    conn: sa.Connection,
    encoder_id: int,
    index: VectorIndex,
    progress: Progress,
) -> RunReport:
    identity, folder = library.passage_identity, library.index_folder
    states = load_states(conn, encoder_id)
    ids, hashes = vectors.load_text_hashes(conn, encoder_id)
    difference = index.compare(ids, hashes)
    added = sorted({*map(int, difference.missing), *map(int, difference.stale)})
    index.remove(difference.orphan)
    done = 0
    for chunk_ids, matrix in vectors.load_vectors(conn, encoder_id, identity.dimension, added):
        index.add(chunk_ids, matrix, hashes[np.searchsorted(ids, chunk_ids)])
        done += len(chunk_ids)
        progress("indexing", done, len(added))
    manifest = read_manifest(folder, identity)
    if not difference.is_equal or (manifest.vectors_state, manifest.papers_state) != states:
        write_index(index, folder, identity, states)
    counts = {"indexed": index.count, "added": len(added), "removed": len(difference.orphan)}
    return RunReport("index", counts, warnings=_unembedded(conn, encoder_id))


def _unembedded(conn: sa.Connection, encoder_id: int) -> tuple[str, ...]:
    """A warning about papers that no index can hold yet."""
    number = vectors.count_unembedded(conn, encoder_id)
    lacking = f"{number} papers have no vector of this encoder yet. Run: littrack embed"
    return (lacking,) if number else ()


def is_behind(library: OpenLibrary) -> bool:
    """Whether papers or vectors changed since the index was made; False when there is none."""
    try:
        manifest = read_manifest(library.index_folder, library.passage_identity)
    except IndexError_:
        return False
    with library.engine.connect() as conn:
        encoder_id = vectors.load_encoder_id(conn, library.passage_identity) or 0
        return (manifest.vectors_state, manifest.papers_state) != load_states(conn, encoder_id)


@dataclass(frozen=True, slots=True)
class EncoderState:
    """What a library holds of one encoder."""

    encoder: EncoderIdentity
    is_used: bool  # by searches, as the settings are
    vectors: int  # papers whose current text has one
    manifest: Manifest | None  # of its index; None: there is none that can be read
    is_behind: bool  # papers or vectors changed since the index was made


def list_encoders(library: OpenLibrary) -> list[EncoderState]:
    """Every encoder whose vectors lie here side by side, and what became of its index."""
    used = library.passage_identity
    states = []
    with library.engine.connect() as conn:
        for encoder_id, encoder in vectors.load_encoders(conn):
            try:
                manifest = read_manifest(library.index_folder, encoder)
            except IndexError_:
                manifest = None
            made_at = manifest and (manifest.vectors_state, manifest.papers_state)
            is_behind = manifest is not None and made_at != load_states(conn, encoder_id)
            number = vectors.count_vectors(conn, encoder_id)
            states.append(EncoderState(encoder, encoder == used, number, manifest, is_behind))
    return states


def verify(library: OpenLibrary) -> RunReport:
    """Compare the index with SQL and with its own checksum; changes nothing.

    Raises:
        IndexMissing, IndexStale: there is none, or the file is damaged.
    """
    identity = library.passage_identity
    index = read_index(library.index_folder, identity, check=True)
    with library.engine.connect() as conn:
        encoder_id = vectors.load_encoder_id(conn, identity) or 0
        difference = index.compare(*vectors.load_text_hashes(conn, encoder_id))
        unembedded = vectors.count_unembedded(conn, encoder_id)
    counts = {
        "indexed": index.count,
        "missing": len(difference.missing),
        "orphan": len(difference.orphan),
        "stale": len(difference.stale),
        "unembedded": unembedded,
    }
    return RunReport("verify", counts, complete=difference.is_equal)
