"""Reads a static model (one vector per piece) without torch: tokenizers and numpy only."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from littrack.encoder.model_folder import PROVENANCE, TOKENIZER, WEIGHTS, compute_revision
from littrack.encoder.pieces import PieceTable
from littrack.encoder.protocol import Matrix
from littrack.errors import InputError
from littrack.text import fold

NUMPY_TYPES = {"F32": "<f4", "F16": "<f2", "F64": "<f8", "I8": "i1", "I64": "<i8", "I32": "<i4"}
VECTORS = ("embedding.weight", "embeddings")  # as sentence-transformers and model2vec name them
TEXTS_AT_ONCE = 1024
FEW_IDS = 4096  # up to here rows are read one by one from the file; above, the table is unpacked


class StaticEncoder:
    """The mean of the pieces' vectors, at length one: a sentence-transformers StaticEmbedding.

    Opening maps the weights into memory without reading them; a single query touches only the rows
    that it needs. Texts are folded (`littrack.text.fold`) first. There is no difference between
    queries and passages. The row of a text does not depend on the other texts of the call.
    """

    normalised = True
    query_prompt = ""
    passage_prompt = ""

    def __init__(self, folder: Path, *, name: str | None = None) -> None:
        """Raises InputError where `folder` holds no static model."""
        home = find_static_folder(folder)
        if home is None:
            raise InputError("holds no static embedding model", folder)
        try:
            tensors = map_tensors(home / WEIGHTS)
            self._pieces = PieceTable(home / TOKENIZER)
            self._table = next(tensors[key] for key in VECTORS if key in tensors)
            provenance = _read_provenance(folder)
            self.revision = str(provenance.get("revision") or compute_revision(home))
        except (OSError, ValueError, KeyError) as error:
            raise InputError(f"the model cannot be read ({error})", folder) from error
        self._scales, self._mapping = tensors.get("weights"), tensors.get("mapping")
        self._unpacked: Matrix | None = None
        self.name = name or str(provenance.get("name") or folder.name)
        self.dimension = int(self._table.shape[1])

    def encode_passages(self, texts: Sequence[str]) -> Matrix:
        """Rows of length one (or zero), float32 (n, dimension)."""
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), TEXTS_AT_ONCE):
            block = [fold(text) for text in texts[start : start + TEXTS_AT_ONCE]]
            rows[start : start + len(block)] = self._encode_block(block)
        return rows

    def encode_queries(self, texts: Sequence[str]) -> Matrix:
        """The same as `encode_passages`: the model has no prompts."""
        return self.encode_passages(texts)

    def cut(self, texts: Sequence[str]) -> list[NDArray[np.int64]]:
        """The ids of the pieces of each text, in order, without the unknown piece."""
        ids, counts = self._pieces.find_ids([fold(text) for text in texts])
        rows = np.split(ids, np.cumsum(counts)[:-1])
        return [row[row != self._pieces.unknown] for row in rows]

    def count_pieces(self, text: str) -> int:
        """Into how many pieces a text is cut, unknown ones among them: few long ones are words."""
        return len(self._pieces.find_ids([fold(text)])[0])

    def piece_vectors(self, ids: NDArray[np.int64]) -> Matrix:
        """The vectors of pieces, as they are summed up in a text's."""
        return self._read_rows(ids) if self._unpacked is None else self._unpacked[ids]

    def _encode_block(self, folded: list[str]) -> Matrix:
        ids, counts = self._pieces.find_ids(folded)
        if len(ids) <= FEW_IDS and self._unpacked is None:
            table, places = self._read_rows(ids), np.arange(len(ids))
        else:
            if self._unpacked is None:
                self._unpacked = self._read_rows(np.arange(self._pieces.size()))
            table, places = self._unpacked, ids
        sums = np.zeros((len(folded), self.dimension), dtype=np.float32)
        end = 0
        for row, count in enumerate(counts):
            # A plain loop: one text's vectors fit the cache, and reduceat is several times slower.
            table[places[end : end + count]].sum(axis=0, out=sums[row])
            end += count
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        np.divide(sums, lengths, out=sums, where=lengths > 0)
        return sums

    def _read_rows(self, ids: NDArray[np.int64]) -> Matrix:
        """The vectors of the pieces `ids` as float32; the unknown piece's is zero."""
        rows = ids if self._mapping is None else np.asarray(self._mapping)[ids]
        vectors = self._table[rows].astype(np.float32)
        if self._scales is not None:
            vectors *= np.asarray(self._scales[ids], dtype=np.float32)[:, None]
        if self._pieces.unknown is not None:
            vectors[ids == self._pieces.unknown] = 0
        return vectors


def find_static_folder(folder: Path) -> Path | None:
    """Where the weights of a static model lie: `folder` or its first module; None if it is none."""
    if not (folder / TOKENIZER).is_file() and (folder / "modules.json").is_file():
        modules = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
        folder = folder / str(modules[0]["path"])
        return folder if str(modules[0]["type"]).endswith("StaticEmbedding") else None
    if not (folder / TOKENIZER).is_file() or not (folder / WEIGHTS).is_file():
        return None
    try:
        names = set(map_tensors(folder / WEIGHTS))
    except (OSError, ValueError, KeyError):
        return None
    return folder if names & set(VECTORS) and len(names) <= 3 else None


def map_tensors(path: Path) -> dict[str, NDArray[Any]]:
    """The tensors of a safetensors file, mapped and not read.

    The format: eight bytes of header length, a JSON header, the raw little-endian values
    (https://github.com/huggingface/safetensors#format). Raises OSError, ValueError or KeyError
    for a file that is not like that.
    """
    with path.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        if length > 100_000_000:
            raise ValueError("not a safetensors file")
        header = json.loads(stream.read(length))
    header.pop("__metadata__", None)
    return {
        name: np.memmap(
            path,
            dtype=NUMPY_TYPES[entry["dtype"]],
            mode="r",
            offset=8 + length + entry["data_offsets"][0],
            shape=tuple(entry["shape"]),
        )
        for name, entry in header.items()
    }


def _read_provenance(folder: Path) -> dict[str, Any]:
    path = folder / PROVENANCE
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}
