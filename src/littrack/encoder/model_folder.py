"""Writes a static model as a folder that sentence-transformers, model2vec and littrack read alike.

The layout is model2vec's: whole-number vectors with one scale per piece (`embeddings` int8,
`weights` float32), which sentence-transformers 6 multiplies out on loading. A quarter of the size
of float32, so that a larger vocabulary fits into the package.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from littrack.encoder.model_card import ModelCard, render_card
from littrack.encoder.protocol import Matrix
from littrack.errors import InputError, OutputError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

WEIGHTS, TOKENIZER, PROVENANCE = "model.safetensors", "tokenizer.json", "littrack.json"

MODULES = [
    {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.StaticEmbedding"},
    {
        "idx": 1,
        "name": "1",
        "path": "1_Normalize",
        "type": "sentence_transformers.models.Normalize",
    },
]
CONFIG = {
    "model_type": "model2vec",
    "architectures": ["StaticModel"],
    "normalize": True,
    "max_length": None,
    "embedding_dtype": "int8",
}


def write_model_folder(folder: Path, tokenizer: Tokenizer, vectors: Matrix, card: ModelCard) -> str:
    """Writes all files of the model; its revision. Raises OutputError."""
    from safetensors.numpy import save

    whole, scales = quantise(vectors)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / WEIGHTS).write_bytes(save({"embeddings": whole, "weights": scales}))
        (folder / TOKENIZER).write_text(_tokenizer_text(tokenizer), encoding="utf-8")
        revision = compute_revision(folder)
        _write_json(folder / "modules.json", MODULES)
        _write_json(folder / "config.json", CONFIG | {"hidden_dim": vectors.shape[1]})
        _write_json(folder / "config_sentence_transformers.json", {"similarity_fn_name": "cosine"})
        _write_json(folder / PROVENANCE, _provenance(card, revision, vectors.shape))
        (folder / "README.md").write_text(render_card(card, vectors.shape), encoding="utf-8")
    except OSError as error:
        raise OutputError(f"the model cannot be written to {folder} ({error})") from error
    return revision


def _tokenizer_text(tokenizer: Tokenizer) -> str:
    """The tokenizer's JSON with each merge as ``"a b"``, not ``["a", "b"]``.

    Both are the format; this one is smaller and opens in half the time, because no list is made
    for each of the 50,000 merges. Pieces hold no spaces.
    """
    description = json.loads(tokenizer.to_str(pretty=False))
    merges = description["model"].get("merges")
    if merges and not isinstance(merges[0], str):
        description["model"]["merges"] = [" ".join(pair) for pair in merges]
    return json.dumps(description, ensure_ascii=False, separators=(",", ":"))


def quantise(vectors: Matrix) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """(int8 rows, scale per row): row times scale is `vectors` to within half a scale."""
    scales = np.abs(vectors).max(axis=1) / 127
    divisor = np.where(scales > 0, scales, 1)[:, None]
    return np.rint(vectors / divisor).astype(np.int8), scales.astype(np.float32)


def compute_revision(folder: Path) -> str:
    """SHA-256 over the weights and the tokenizer, which together decide every vector."""
    digest = hashlib.sha256()
    for name in (WEIGHTS, TOKENIZER):
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()


def digest_files(paths: Sequence[Path]) -> dict[str, str]:
    """SHA-256 of each file by its name. Raises InputError."""
    try:
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
    except OSError as error:
        raise InputError(f"a training file cannot be read ({error})") from error


def digest_terms(terms: Sequence[tuple[str, str]]) -> dict[str, str]:
    """SHA-256 of the term pairs as tab-separated lines; nothing where there are none."""
    lines = "".join(f"{english}\t{chinese}\n" for english, chinese in terms)
    return {"terms": hashlib.sha256(lines.encode()).hexdigest()} if terms else {}


def _provenance(card: ModelCard, revision: str, shape: tuple[int, ...]) -> dict[str, Any]:
    return {
        "name": card.name,
        "revision": revision,
        "vocabulary": shape[0],
        "dimension": shape[1],
        "normalised": True,
        "seed": card.recipe["seed"],
        "recipe": card.recipe,
        "pairs": card.pairs,
        "terms": card.terms,
        "held_out": card.held_out,
        "data_sha256": card.files,
    }


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
