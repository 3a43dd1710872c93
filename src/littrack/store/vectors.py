"""Vectors in SQL, keyed by the hash of the text and by the encoder that made them.

Half precision: unit vectors lose about 0.0005 per component, far below what ranks papers, and the
library stays half as large.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import sqlalchemy as sa

from littrack.records import EncoderIdentity
from littrack.store.state import count_change
from littrack.store.tables import encoders, paper_versions, papers, vectors

_DTYPE = np.dtype("<f2")


def state_key(encoder_id: int) -> str:
    """The counter (state.py) that rises when vectors of this encoder are stored."""
    return f"vectors:{encoder_id}"


def load_encoder_id(conn: sa.Connection, encoder: EncoderIdentity) -> int | None:
    """The row of this encoder, if it ever made a vector here."""
    c = encoders.c
    return conn.scalar(
        sa.select(c.id).where(
            c.model == encoder.model,
            c.revision == encoder.revision,
            c.prompt == encoder.prompt,
            c.dimension == encoder.dimension,
            c.dtype == encoder.dtype,
        )
    )


def save_encoder(conn: sa.Connection, encoder: EncoderIdentity) -> int:
    """The row of this encoder, made if need be."""
    found = load_encoder_id(conn, encoder)
    if found is not None:
        return found
    number = (conn.scalar(sa.select(sa.func.max(encoders.c.id))) or 0) + 1
    row = {"model": encoder.model, "revision": encoder.revision, "prompt": encoder.prompt}
    sizes = {"dimension": encoder.dimension, "dtype": encoder.dtype}
    conn.execute(encoders.insert(), {"id": number} | row | sizes)
    return number


def load_encoders(conn: sa.Connection) -> list[tuple[int, EncoderIdentity]]:
    """Every encoder that made vectors here, by the number of its row."""
    c = encoders.c
    query = sa.select(c.id, c.model, c.revision, c.prompt, c.dimension, c.dtype).order_by(c.id)
    return [(row[0], EncoderIdentity(*row[1:])) for row in conn.execute(query)]


def load_unembedded(
    conn: sa.Connection, encoder_id: int, *, after: int, limit: int
) -> list[tuple[int, bytes, str, str]]:
    """Papers whose current text has no vector yet: ``(paper id, text hash, title, abstract)``.

    In order of the paper's id, from the first above `after`.
    """
    version = paper_versions.c
    has_vector = sa.exists().where(
        vectors.c.encoder_id == encoder_id, vectors.c.text_hash == version.text_hash
    )
    query = (
        sa.select(papers.c.id, version.text_hash, version.title, version.abstract)
        .join(paper_versions, version.id == papers.c.version_id)
        .where(papers.c.id > after, ~has_vector)
        .order_by(papers.c.id)
        .limit(limit)
    )
    return [(row[0], row[1], row[2], row[3] or "") for row in conn.execute(query)]


def count_unembedded(conn: sa.Connection, encoder_id: int | None) -> int:
    """How many papers have a current text without a vector of this encoder."""
    version = paper_versions.c
    query = (
        sa.select(sa.func.count())
        .select_from(papers)
        .join(paper_versions, version.id == papers.c.version_id)
    )
    if encoder_id is not None:
        has_vector = sa.exists().where(
            vectors.c.encoder_id == encoder_id, vectors.c.text_hash == version.text_hash
        )
        query = query.where(~has_vector)
    return conn.scalar(query) or 0


def save_vectors(
    conn: sa.Connection, encoder_id: int, text_hashes: Sequence[bytes], matrix: np.ndarray
) -> None:
    """Store unit rows of `matrix` (n, dimension) by the hashes of their texts; repeats are kept."""
    rows = {
        text_hash: {"encoder_id": encoder_id, "text_hash": text_hash, "vector": row.tobytes()}
        for text_hash, row in zip(text_hashes, matrix.astype(_DTYPE), strict=True)
    }
    if not rows:
        return
    insert = sa.insert(vectors).prefix_with("OR IGNORE", dialect="sqlite")
    if conn.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as insert_postgresql

        conn.execute(insert_postgresql(vectors).on_conflict_do_nothing(), list(rows.values()))
    else:
        conn.execute(insert, list(rows.values()))
    count_change(conn, state_key(encoder_id))


def load_text_hashes(conn: sa.Connection, encoder_id: int) -> tuple[np.ndarray, np.ndarray]:
    """What an index must hold: ids (n,) int64 and text hashes (n,) as 32-byte strings, by id."""
    version = paper_versions.c
    query = (
        sa.select(papers.c.id, version.text_hash)
        .join(paper_versions, version.id == papers.c.version_id)
        .join(vectors, vectors.c.text_hash == version.text_hash)
        .where(vectors.c.encoder_id == encoder_id)
        .order_by(papers.c.id)
    )
    ids, hashes = [np.empty(0, np.int64)], [b""]  # packed as they come: 40 bytes a paper, not 300
    for rows in conn.execution_options(stream_results=True).execute(query).partitions(20_000):
        ids.append(np.fromiter((row[0] for row in rows), np.int64, len(rows)))
        hashes.append(b"".join(bytes(row[1]) for row in rows))
    return np.concatenate(ids), np.frombuffer(b"".join(hashes), dtype="V32")


def load_vectors(
    conn: sa.Connection, encoder_id: int, dimension: int, paper_ids: Sequence[int] | None = None
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Vectors of the papers' current texts in chunks: ids (n,) int64, rows (n, dimension) float32.

    All of them in order of id, or those of `paper_ids`.
    """
    version = paper_versions.c
    query = (
        sa.select(papers.c.id, vectors.c.vector)
        .join(paper_versions, version.id == papers.c.version_id)
        .join(vectors, vectors.c.text_hash == version.text_hash)
        .where(vectors.c.encoder_id == encoder_id)
        .order_by(papers.c.id)
    )
    if paper_ids is None:
        result = conn.execution_options(stream_results=True).execute(query)
        for rows in result.partitions(20_000):
            yield _matrix(rows, dimension)
        return
    for start in range(0, len(paper_ids), 500):
        chunk = [int(number) for number in paper_ids[start : start + 500]]
        yield _matrix(conn.execute(query.where(papers.c.id.in_(chunk))).all(), dimension)


def _matrix(
    rows: Sequence[sa.Row[tuple[int, bytes]]], dimension: int
) -> tuple[np.ndarray, np.ndarray]:
    ids = np.fromiter((row[0] for row in rows), np.int64, len(rows))
    data = np.frombuffer(b"".join(bytes(row[1]) for row in rows), _DTYPE)
    return ids, data.reshape(len(rows), dimension).astype(np.float32)


def has_vector(conn: sa.Connection, encoder_id: int, arxiv_id: str) -> bool:
    """Whether the paper's current text has a vector of this encoder."""
    version = paper_versions.c
    query = (
        sa.select(papers.c.id)
        .join(paper_versions, version.id == papers.c.version_id)
        .join(vectors, vectors.c.text_hash == version.text_hash)
        .where(papers.c.arxiv_id == arxiv_id, vectors.c.encoder_id == encoder_id)
    )
    return conn.scalar(query) is not None


def count_vectors(conn: sa.Connection, encoder_id: int | None) -> int:
    """How many papers have a vector of this encoder for their current text."""
    if encoder_id is None:
        return 0
    version = paper_versions.c
    query = (
        sa.select(sa.func.count())
        .select_from(papers)
        .join(paper_versions, version.id == papers.c.version_id)
        .join(vectors, vectors.c.text_hash == version.text_hash)
        .where(vectors.c.encoder_id == encoder_id)
    )
    return conn.scalar(query) or 0
