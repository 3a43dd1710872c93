"""The vector index: a FAISS file that can always be made again from SQL. The only home of faiss.

Inner product over unit rows, so a score is a cosine. A row's FAISS id is its SQL id. On disk:

    index/papers-<encoder>.json                  manifest, replaced in one rename
    index/papers-<encoder>-<digest>.faiss        the index it names
    index/papers-<encoder>-<digest>.rows.npy     id and text hash of every row, to compare with SQL
    index/papers-<encoder>-<digest>.exact        the rows in half precision, of kinds that round

The rounding kinds find candidates; the exact rows then say how near each is. Opened for searching,
cells and exact rows stay on disk: what a query needs is read, so a million papers cost a search
little more memory than a thousand.

A new index gets new file names and is then named by the manifest, so a reader always finds a whole
one and a killed writer leaves only files that nothing names.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any
from weakref import finalize

import numpy as np

from littrack.errors import IndexMissing, IndexStale, OutputError
from littrack.records import EncoderIdentity

# Kinds by size: exact while a scan costs next to nothing; one byte a component up to 250,000 (a
# quarter of the size); above that cells are probed, so that a query need not scan a million rows.
FLAT_UNTIL = 50_000
SQ8_UNTIL = 250_000
# A query looks into one cell in so many. At a million papers in 4,096 cells, 84 queries: recall@10
# against the exact answer .992, @1,000 .97, in 8 ms; one in 8: .984, .94, 5 ms; in 16: .963, .89.
PROBED = 4
_RERANKED = 100  # candidates beyond those asked for that are scored exactly
_TRAINING_ROWS = 160_000
_ADDED_ROWS = 20_000  # at once, while building
ROW_TYPE = np.dtype([("id", "<i8"), ("hash", "V32")])
EXACT_TYPE = np.dtype("<f2")


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
    exact_sha256: str = ""  # of the exact rows; "" where the index itself is exact


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


class ExactRows:
    """Unit rows in half precision in a file, the row of id `i` at place `i`; ids have few gaps.

    Read by position and not mapped: a mapped page is charged to the process, with fifteen more.
    """

    def __init__(self, file: IO[bytes], dimension: int, *, is_ours: bool) -> None:
        self.file, self.dimension, self._is_ours = file, dimension, is_ours
        finalize(self, file.close)

    @classmethod
    def new(cls, dimension: int) -> ExactRows:
        """None yet, in a file that goes with the object."""
        return cls(tempfile.TemporaryFile(), dimension, is_ours=True)

    @property
    def _row_bytes(self) -> int:
        return self.dimension * EXACT_TYPE.itemsize

    def read(self, ids: np.ndarray) -> np.ndarray:
        """The rows of these ids (n, dimension) float32; zeros where none was written."""
        size, numbers = self._row_bytes, ids.tolist()
        if hasattr(os, "pread"):
            file = self.file.fileno()  # a thousand are read: no call more than it takes
            parts = [os.pread(file, size, number * size) for number in numbers]
        else:
            parts = [self._seek_and_read(number * size, size) for number in numbers]
        data = b"".join([part.ljust(size, b"\0") for part in parts])
        return np.frombuffer(data, EXACT_TYPE).reshape(-1, self.dimension).astype(np.float32)

    def _seek_and_read(self, position: int, size: int) -> bytes:
        self.file.seek(position)
        return self.file.read(size)

    def write(self, ids: np.ndarray, rows: np.ndarray) -> None:
        """Keep these rows (n, dimension); the file that was opened is left as it is."""
        if not self._is_ours:
            own = tempfile.TemporaryFile()  # noqa: SIM115 - goes when the object goes
            self.copy_to(own)
            self.file, self._is_ours = own, True
            finalize(self, own.close)
        order = np.argsort(ids)
        runs = np.flatnonzero(np.diff(ids[order]) != 1) + 1  # neighbours are written together
        for places in np.split(order, runs):
            if len(places):
                self.file.seek(int(ids[places[0]]) * self._row_bytes)
                self.file.write(rows[places].astype(EXACT_TYPE).tobytes())
        self.file.flush()

    def copy_to(self, target: IO[bytes]) -> None:
        """Write all of the file to another one."""
        self.file.seek(0)
        shutil.copyfileobj(self.file, target, 1 << 22)


class VectorIndex:
    """An opened index: add, remove, search. Not safe to change from two threads."""

    def __init__(
        self, handle: Any, rows: np.ndarray, kind: str, exact: ExactRows | None = None
    ) -> None:
        self._handle, self.rows, self.kind, self.exact = handle, rows, kind, exact

    @property
    def count(self) -> int:
        """Vectors held."""
        return int(self._handle.ntotal)

    @property
    def dimension(self) -> int:
        """Components of a vector."""
        return int(self._handle.d)

    @property
    def cells(self) -> int:
        """Parts that the vectors are sorted into; 0 where every search looks at all."""
        import faiss

        is_sorted = self.kind.startswith("IVF")
        return int(faiss.extract_index_ivf(self._handle).nlist) if is_sorted else 0

    def is_as_chosen(self, count: int) -> bool:
        """Whether a new index of this many rows would be of the same kind."""
        has_exact = self.kind == "Flat" or self.exact is not None
        return self.kind == choose_kind(count) and has_exact

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
        if allowed is not None and excluded is not None:
            allowed = np.setdiff1d(allowed, excluded)
        limit = min(limit, self.count if allowed is None else len(allowed))
        if limit == 0:
            empty = np.empty((len(queries), 0))
            return empty.astype(np.float32), empty.astype(np.int64)
        rows = unit_rows(queries)
        if self.exact is None:
            return self._candidates(rows, limit, allowed, excluded)
        wanted = min(limit + _RERANKED, self.count)
        _, ids = self._candidates(rows, wanted, allowed, excluded)
        return self._by_exact_score(rows, ids, limit)

    def _candidates(
        self,
        rows: np.ndarray,
        limit: int,
        allowed: np.ndarray | None,
        excluded: np.ndarray | None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """The nearest as the index rounds them: from all cells where the nearest hold too few."""
        import faiss

        named = allowed if allowed is not None else excluded
        selector = None if named is None else _selector(named, is_excluded=allowed is None)
        if not self.kind.startswith("IVF"):
            parameters: Any = faiss.SearchParameters(sel=selector) if selector else None  # type: ignore[call-arg]
            return self._handle.search(rows, limit, params=parameters)  # type: ignore[no-any-return]
        cells = self.cells
        kept = self.count if named is None else len(named)
        kept = kept if allowed is not None or named is None else self.count - kept
        share = max(kept, 1) / max(self.count, 1)
        # The papers that a filter keeps may lie in any cell, so more are asked, the fewer it keeps.
        probes = min(cells, int(cells / PROBED / min(share, 1.0)) + 1)
        while True:
            named_probes = (
                {"nprobe": probes} if selector is None else {"nprobe": probes, "sel": selector}
            )
            parameters = faiss.SearchParametersIVF(**named_probes)
            scores, ids = self._handle.search(rows, limit, params=parameters)
            if probes == cells or (ids[:, min(limit, kept) - 1] >= 0).all():
                return scores, ids
            probes = min(cells, probes * 8)

    def _by_exact_score(
        self, rows: np.ndarray, ids: np.ndarray, limit: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """The candidates `ids` (n, candidates) in their true order, the first `limit` of them."""
        assert self.exact is not None
        scores = np.full(ids.shape, -np.inf, np.float32)
        for number, row in enumerate(rows):
            held = ids[number] >= 0
            scores[number, held] = self.exact.read(ids[number, held]) @ row
        order = np.argsort(-scores, axis=1, kind="stable")[:, :limit]
        return np.take_along_axis(scores, order, 1), np.take_along_axis(ids, order, 1)

    def remove(self, ids: np.ndarray) -> None:
        """Forget these ids; unknown ones are ignored."""
        if len(ids):
            import faiss

            self._handle.remove_ids(faiss.IDSelectorBatch(np.ascontiguousarray(ids, np.int64)))
            self.rows = self.rows[~np.isin(self.rows["id"], ids)]

    def add(self, ids: np.ndarray, vectors: np.ndarray, hashes: np.ndarray) -> None:
        """Hold these vectors (n, dimension) under these ids, in place of what they had."""
        self.remove(np.intersect1d(ids, self.rows["id"]))  # FAISS would keep both
        unit = unit_rows(vectors)
        self._handle.add_with_ids(unit, np.ascontiguousarray(ids, np.int64))
        if self.exact is not None:
            self.exact.write(ids, unit)
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

    def write_to(self, file: IO[bytes]) -> None:
        """Write the index as FAISS does, a piece at a time."""
        import faiss

        writer = faiss.PyCallbackIOWriter(file.write, 1 << 22)  # type: ignore[attr-defined]
        faiss.write_index(self._handle, writer)


def _selector(ids: np.ndarray, *, is_excluded: bool) -> Any:
    """What FAISS asks about every row it meets: one bit an id, where a set would cost a search."""
    import faiss

    members = np.zeros(int(ids.max(initial=0)) + 1, bool)
    members[ids] = True
    bits: Any = np.packbits(members, bitorder="little")
    chosen = faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg]
    return faiss.IDSelectorNot(chosen) if is_excluded else chosen


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
    """A new index of `rows` (ids, text hashes) from chunks of (ids, vectors).

    The vectors go to disk as they come and are taken from there, so memory holds the index and a
    chunk. Kinds that must be trained see rows from all over the library, always the same ones.
    """
    import faiss

    ids, hashes = rows
    kind = choose_kind(len(ids))
    inner: Any = faiss.index_factory(dimension, kind, faiss.METRIC_INNER_PRODUCT)
    # cells keep ids themselves; an id map over them would lose count at the first removal
    handle = inner if kind.startswith("IVF") else faiss.IndexIDMap2(inner)
    exact = ExactRows.new(dimension)
    for chunk_ids, vectors in chunks:
        exact.write(chunk_ids, unit_rows(vectors))
    if not inner.is_trained and len(ids):
        if kind.startswith("IVF"):
            inner.cp.niter = 10  # more hardly change the cells
        step = max(1, len(ids) // _TRAINING_ROWS)
        inner.train(unit_rows(exact.read(np.sort(ids)[::step][:_TRAINING_ROWS])))
    index = VectorIndex(handle, np.empty(0, ROW_TYPE), kind)
    for start in range(0, len(ids), _ADDED_ROWS):
        part = slice(start, start + _ADDED_ROWS)
        index.add(ids[part], exact.read(ids[part]), hashes[part])
    index.exact = None if kind == "Flat" else exact
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
    manifest = read_manifest(folder, encoder)
    path = folder / str(manifest.file)
    damaged = f"the index file {path} is damaged or missing. Run: littrack index rebuild"
    try:
        found = path.stat()
        touched = (found.st_size, found.st_mtime_ns) != (manifest.size, manifest.modified_ns)
        if (check or touched) and _sha256(path) != manifest.sha256:
            raise IndexStale(damaged)
        exact = (
            _read_exact(_exact_path(path), manifest, check=check) if manifest.exact_sha256 else None
        )
        handle = _read_handle(path, is_mapped=not check and manifest.kind.startswith("IVF"))
        rows = np.load(_rows_path(path), mmap_mode=None if check else "r", allow_pickle=False)
    except (OSError, RuntimeError, ValueError, EOFError) as exc:
        raise IndexStale(damaged) from exc
    held = (handle.ntotal, len(rows), handle.d, rows.dtype)
    if held != (manifest.count, manifest.count, manifest.dimension, ROW_TYPE):
        raise IndexStale(damaged)
    return VectorIndex(handle, rows, manifest.kind, exact)


def _read_handle(path: Path, *, is_mapped: bool) -> Any:
    import faiss

    if not is_mapped:
        return faiss.read_index(str(path))
    handle = faiss.read_index(str(path), faiss.IO_FLAG_MMAP)
    cells: Any = faiss.extract_index_ivf(handle)
    lists: Any = faiss.downcast_InvertedLists(cells.invlists)
    lists.prefetch_nthread = 0  # starting 32 threads costs more than the pages they would fetch
    return handle


def _read_exact(path: Path, manifest: Manifest, *, check: bool) -> ExactRows:
    if check and _sha256(path) != manifest.exact_sha256:
        raise ValueError("not the exact rows that the manifest names")
    file = path.open("rb")
    if path.stat().st_size % (manifest.dimension * EXACT_TYPE.itemsize):
        raise ValueError("the exact rows break off")
    return ExactRows(file, manifest.dimension, is_ours=False)


def write_index(
    index: VectorIndex, folder: Path, encoder: EncoderIdentity, states: tuple[int, int]
) -> Manifest:
    """Write the index and then name it in the manifest; older files of this encoder go.

    `states` are SQL's counters (vectors, papers) that the index was made at.

    Raises:
        OutputError: the folder cannot be written or is full; the old index stays as it was.
    """
    name = _name(encoder)
    with _as_output_error(folder):
        folder.mkdir(parents=True, exist_ok=True)
        path, digest = _write_atomically(
            folder, lambda sha256: f"{name}-{sha256[:12]}.faiss", index.write_to
        )
        exact_digest = ""
        if index.exact is not None:
            _, exact_digest = _write_atomically(
                folder, lambda _: _exact_path(path).name, index.exact.copy_to
            )
        _write_atomically(
            folder, lambda _: _rows_path(path).name, partial(_write_array, index.rows)
        )
        found = path.stat()
        manifest = Manifest(
            file=path.name,
            kind=index.kind,
            count=index.count,
            dimension=index.dimension,
            sha256=digest,
            size=found.st_size,
            modified_ns=found.st_mtime_ns,
            model=encoder.model,
            revision=encoder.revision,
            prompt=encoder.prompt,
            dtype=encoder.dtype,
            vectors_state=states[0],
            papers_state=states[1],
            exact_sha256=exact_digest,
        )
        text = json.dumps(asdict(manifest), indent=1).encode("utf-8")
        _write_atomically(folder, lambda _: f"{name}.json", lambda file: file.write(text))
        kept = (path, _rows_path(path), _exact_path(path), folder / f"{name}.json")
        for old in folder.glob(f"{name}*"):
            if old not in kept:
                old.unlink(missing_ok=True)
    return manifest


def _rows_path(path: Path) -> Path:
    return path.with_suffix(".rows.npy")


def _exact_path(path: Path) -> Path:
    return path.with_suffix(".exact")


def _write_array(array: np.ndarray, file: IO[bytes]) -> None:
    np.save(file, array, allow_pickle=False)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_atomically(
    folder: Path, name: Callable[[str], str], write: Callable[[IO[bytes]], object]
) -> tuple[Path, str]:
    """Temporary file, fsync, rename, fsync of the folder: a crash leaves the old or the new.

    Its final name may depend on the SHA-256 of what was written; both are returned.
    """
    prefix = f"{name('')}."
    with tempfile.NamedTemporaryFile(dir=folder, prefix=prefix, delete=False) as file:
        try:
            write(file)
            file.flush()
            os.fsync(file.fileno())
            digest = _sha256(Path(file.name))
        except BaseException:
            file.close()
            Path(file.name).unlink(missing_ok=True)
            raise
    path = folder / name(digest)
    os.replace(file.name, path)
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    return path, digest


@contextmanager
def _as_output_error(folder: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, RuntimeError) as exc:  # RuntimeError: FAISS's word for a write that failed
        reason = getattr(exc, "strerror", None) or exc
        raise OutputError(f"cannot write the index in {folder}: {reason}") from exc


def drop_empty(scores: Sequence[float], ids: Sequence[int]) -> list[tuple[int, float]]:
    """Pair ids with scores, without the -1 that FAISS pads with."""
    return [(int(i), float(s)) for i, s in zip(ids, scores, strict=True) if i >= 0]
