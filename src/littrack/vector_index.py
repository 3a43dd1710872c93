"""The vector index: a FAISS file that can always be made again from SQL. The only home of faiss.

Inner product over unit rows, so a score is a cosine. A row's FAISS id is its SQL id. On disk:

    index/papers-<encoder>.json                  manifest, replaced in one rename
    index/papers-<encoder>-<digest>.faiss        the index it names
    index/papers-<encoder>-<digest>.rows.npy     id and text hash of every row, to compare with SQL

A new index gets new file names and is then named by the manifest, so a reader always finds a whole
one and a killed writer leaves only files that nothing names.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from littrack.errors import IndexMissing, IndexStale, OutputError
from littrack.records import EncoderIdentity

# Kinds by size: exact while a scan costs next to nothing; one byte a component up to 250,000 (a
# quarter of the size; recall@10 against the exact answer .99 for 300 queries over 131,696 papers);
# above that cells are probed, so that a query need not scan a million rows.
FLAT_UNTIL = 50_000
SQ8_UNTIL = 250_000
PROBES = 32
_TRAINING_ROWS = 100_000
ROW_TYPE = np.dtype([("id", "<i8"), ("hash", "V32")])


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the index file holds and what it was made from."""

    file: str
    kind: str  # FAISS factory string below the id map
    count: int
    dimension: int
    sha256: str
    size: int  # bytes of the file, and when it was written (ns): unchanged, it needs no checksum
    modified_ns: int
    model: str
    revision: str
    prompt: str
    dtype: str
    vectors_state: int  # counters of SQL at the time (store/state.py): behind when they moved on
    papers_state: int
    metric: str = "inner product of unit rows"


@dataclass(frozen=True, slots=True)
class Comparison:
    """How an index differs from what SQL says it should hold (SQL ids)."""

    missing: np.ndarray
    orphan: np.ndarray
    stale: np.ndarray

    @property
    def is_equal(self) -> bool:
        """Whether there is nothing to do."""
        return not (len(self.missing) or len(self.orphan) or len(self.stale))


class VectorIndex:
    """An opened index: add, remove, search. Not safe to change from two threads."""

    def __init__(self, handle: Any, rows: np.ndarray, kind: str) -> None:
        self._handle, self.rows, self.kind = handle, rows, kind

    @property
    def count(self) -> int:
        """Vectors held."""
        return int(self._handle.ntotal)

    @property
    def dimension(self) -> int:
        """Components of a vector."""
        return int(self._handle.d)

    def search(
        self,
        queries: np.ndarray,
        limit: int,
        *,
        allowed: np.ndarray | None = None,
        excluded: np.ndarray | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """The `limit` nearest rows of each query: scores and ids, both (n, at most limit).

        Queries (n, dimension) are normalised here; a zero query scores 0 everywhere. `allowed`
        restricts the answer to these ids, `excluded` leaves these out, *before* the best are
        chosen. Places that stay empty (fewer rows than `limit`) have id -1.
        """
        import faiss

        if allowed is not None and excluded is not None:
            allowed = np.setdiff1d(allowed, excluded)
        limit = min(limit, self.count if allowed is None else len(allowed))
        if limit == 0:
            empty = np.empty((len(queries), 0))
            return empty.astype(np.float32), empty.astype(np.int64)
        parameters: Any = None
        if allowed is not None or (excluded is not None and len(excluded)):
            named = np.ascontiguousarray(excluded if allowed is None else allowed, np.int64)
            selector: Any = faiss.IDSelectorBatch(named)
            kept = len(named) if allowed is not None else self.count - len(named)
            if allowed is None:
                selector = faiss.IDSelectorNot(selector)
            if self.kind.startswith("IVF"):
                probes = self._probes(kept, limit)
                parameters = faiss.SearchParametersIVF(sel=selector, nprobe=probes)  # type: ignore[call-arg]
            else:
                parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        scores, ids = self._handle.search(unit_rows(queries), limit, params=parameters)
        return scores, ids

    def _probes(self, allowed: int, limit: int) -> int:
        """More cells for a narrow filter: its few papers may lie in any of them."""
        import faiss

        cells = faiss.extract_index_ivf(self._handle).nlist
        if allowed <= limit:
            return int(cells)
        share = allowed / max(1, self.count)
        return int(min(cells, max(PROBES, PROBES / max(share, 1e-6) * 0.25)))

    def remove(self, ids: np.ndarray) -> None:
        """Forget these ids; unknown ones are ignored."""
        if len(ids):
            import faiss

            self._handle.remove_ids(faiss.IDSelectorBatch(np.ascontiguousarray(ids, np.int64)))
            self.rows = self.rows[~np.isin(self.rows["id"], ids)]

    def add(self, ids: np.ndarray, vectors: np.ndarray, hashes: np.ndarray) -> None:
        """Hold these vectors (n, dimension) under these ids, in place of what they had."""
        self.remove(np.intersect1d(ids, self.rows["id"]))  # FAISS would keep both
        self._handle.add_with_ids(unit_rows(vectors), np.ascontiguousarray(ids, np.int64))
        rows = np.empty(len(ids), ROW_TYPE)
        rows["id"], rows["hash"] = ids, hashes
        self.rows = np.concatenate([self.rows, rows])

    def compare(self, ids: np.ndarray, hashes: np.ndarray) -> Comparison:
        """What must change for the index to hold exactly `ids`, each with the text of `hashes`."""
        held_ids = self._ids()
        _, ours, theirs = np.intersect1d(self.rows["id"], ids, return_indices=True)
        differs = self.rows["hash"][ours].tobytes() != hashes[theirs].tobytes()
        stale = np.empty(0, np.int64)
        if differs:
            ours_view = self.rows["hash"][ours].copy().view("S32")
            stale = ids[theirs][ours_view != hashes[theirs].copy().view("S32")]
        unheld = np.setdiff1d(self.rows["id"], held_ids)  # in the list, not in the index itself
        return Comparison(
            missing=np.union1d(np.setdiff1d(ids, self.rows["id"]), np.intersect1d(unheld, ids)),
            orphan=np.union1d(
                np.setdiff1d(self.rows["id"], ids), np.setdiff1d(held_ids, self.rows["id"])
            ),
            stale=stale,
        )

    def _ids(self) -> np.ndarray:
        import faiss

        if not self.kind.startswith("IVF"):
            return np.asarray(faiss.vector_to_array(self._handle.id_map), np.int64)
        lists: Any = faiss.extract_index_ivf(self._handle).invlists
        cells = [
            faiss.rev_swig_ptr(lists.get_ids(cell), lists.list_size(cell)).copy()
            for cell in range(lists.nlist)
            if lists.list_size(cell)
        ]
        return np.concatenate(cells) if cells else np.empty(0, np.int64)

    def serialised(self) -> np.ndarray:
        """The index as FAISS writes it, one byte an element."""
        import faiss

        return np.asarray(faiss.serialize_index(self._handle))


def unit_rows(matrix: np.ndarray) -> np.ndarray:
    """Rows of length 1 as contiguous float32 (n, d); FAISS does not normalise. Zero rows stay."""
    rows = np.ascontiguousarray(matrix, np.float32)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(lengths > 0, lengths, 1)


def choose_kind(count: int) -> str:
    """The FAISS factory string for a library of this many papers."""
    if count <= FLAT_UNTIL:
        return "Flat"
    if count <= SQ8_UNTIL:
        return "SQ8"
    cells = 1 << max(10, min(16, round(np.log2(4 * np.sqrt(count)))))
    return f"IVF{cells},SQ8"


def build_index(
    chunks: Iterable[tuple[np.ndarray, np.ndarray]],
    rows: tuple[np.ndarray, np.ndarray],
    dimension: int,
) -> VectorIndex:
    """A new index of `rows` (ids, text hashes) from chunks of (ids, vectors) in the same order.

    Kinds that must be trained see the first 100,000 vectors; the training is seeded, so the same
    vectors give the same index.
    """
    import faiss

    ids, hashes = rows
    kind = choose_kind(len(ids))
    inner: Any = faiss.index_factory(dimension, kind, faiss.METRIC_INNER_PRODUCT)
    if kind.startswith("IVF"):
        inner.nprobe = PROBES
    # cells keep ids themselves; an id map over them would lose count at the first removal
    handle = inner if kind.startswith("IVF") else faiss.IndexIDMap2(inner)
    index = VectorIndex(handle, np.empty(0, ROW_TYPE), kind)
    by_id = np.argsort(ids)
    waiting: list[tuple[np.ndarray, np.ndarray]] = []
    waiting_rows = 0
    for chunk_ids, vectors in chunks:
        waiting.append((chunk_ids, vectors))
        waiting_rows += len(chunk_ids)
        if inner.is_trained or waiting_rows >= min(_TRAINING_ROWS, len(ids)):
            if not inner.is_trained:
                inner.train(unit_rows(np.concatenate([v for _, v in waiting])))
            for part_ids, part in waiting:
                places = by_id[np.searchsorted(ids, part_ids, sorter=by_id)]
                index.add(part_ids, part, hashes[places])
            waiting, waiting_rows = [], 0
    return index


def _name(encoder: EncoderIdentity) -> str:
    """A file name for an encoder: readable, and different for every different identity."""
    short = re.sub(r"[^A-Za-z0-9]+", "-", encoder.model).strip("-")[-40:] or "model"
    identity = json.dumps(asdict(encoder), sort_keys=True)
    return f"papers-{short}-{hashlib.sha256(identity.encode()).hexdigest()[:8]}"


def read_manifest(folder: Path, encoder: EncoderIdentity) -> Manifest:
    """The manifest of this encoder's index.

    Raises:
        IndexMissing: none was built.
        IndexStale: it cannot be read.
    """
    path = folder / f"{_name(encoder)}.json"
    try:
        return Manifest(**json.loads(path.read_text("utf-8")))
    except FileNotFoundError as exc:
        raise IndexMissing(
            f"no index for the encoder {encoder.model!r} yet. Run: littrack update --no-ingest"
        ) from exc
    except (OSError, ValueError, TypeError) as exc:
        raise IndexStale(f"{path} is damaged ({exc}). Run: littrack index rebuild") from exc


def read_index(folder: Path, encoder: EncoderIdentity, *, check: bool = False) -> VectorIndex:
    """Open the index of this encoder.

    A file that was touched since it was written (or copied) is compared with its checksum first;
    with `check` any file is.

    Raises:
        IndexMissing: none was built.
        IndexStale: the file is damaged or not what the manifest says.
    """
    import faiss

    manifest = read_manifest(folder, encoder)
    path = folder / str(manifest.file)
    damaged = f"the index file {path} is damaged or missing. Run: littrack index rebuild"
    try:
        found = path.stat()
        touched = (found.st_size, found.st_mtime_ns) != (manifest.size, manifest.modified_ns)
        if (check or touched) and _sha256(path) != manifest.sha256:
            raise IndexStale(damaged)
        handle = faiss.read_index(str(path))
        rows = np.load(_rows_path(path), allow_pickle=False)
    except (OSError, RuntimeError, ValueError, EOFError) as exc:
        raise IndexStale(damaged) from exc
    held = (handle.ntotal, len(rows), handle.d, rows.dtype)
    if held != (manifest.count, manifest.count, manifest.dimension, ROW_TYPE):
        raise IndexStale(damaged)
    return VectorIndex(handle, rows, manifest.kind)


def write_index(
    index: VectorIndex, folder: Path, encoder: EncoderIdentity, states: tuple[int, int]
) -> Manifest:
    """Write the index and then name it in the manifest; older files of this encoder go.

    `states` are SQL's counters (vectors, papers) that the index was made at.

    Raises:
        OutputError: the folder cannot be written or is full; the old index stays as it was.
    """
    name = _name(encoder)
    data = index.serialised().tobytes()
    digest = hashlib.sha256(data).hexdigest()
    path = folder / f"{name}-{digest[:12]}.faiss"
    with _as_output_error(folder):
        folder.mkdir(parents=True, exist_ok=True)
        _write_atomically(path, data)
        _write_atomically(_rows_path(path), _npy(index.rows))
        manifest = Manifest(
            file=path.name,
            kind=index.kind,
            count=index.count,
            dimension=index.dimension,
            sha256=digest,
            size=len(data),
            modified_ns=path.stat().st_mtime_ns,
            model=encoder.model,
            revision=encoder.revision,
            prompt=encoder.prompt,
            dtype=encoder.dtype,
            vectors_state=states[0],
            papers_state=states[1],
        )
        text = json.dumps(asdict(manifest), indent=1)
        _write_atomically(folder / f"{name}.json", text.encode("utf-8"))
        kept = (path, _rows_path(path), folder / f"{name}.json")
        for old in folder.glob(f"{name}*"):
            if old not in kept:
                old.unlink(missing_ok=True)
    return manifest


def _rows_path(path: Path) -> Path:
    return path.with_suffix(".rows.npy")


def _npy(array: np.ndarray) -> bytes:
    import io

    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_atomically(path: Path, data: bytes) -> None:
    """Temporary file, fsync, rename, fsync of the folder: a crash leaves the old or the new."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f"{path.name}.", delete=False) as file:
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            file.close()
            Path(file.name).unlink(missing_ok=True)
            raise
    os.replace(file.name, path)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@contextmanager
def _as_output_error(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise OutputError(f"cannot write the index in {folder}: {exc.strerror or exc}") from exc


def drop_empty(scores: Sequence[float], ids: Sequence[int]) -> list[tuple[int, float]]:
    """Pair ids with scores, without the -1 that FAISS pads with."""
    return [(int(i), float(s)) for i, s in zip(ids, scores, strict=True) if i >= 0]
