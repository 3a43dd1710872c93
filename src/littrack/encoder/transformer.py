"""Any sentence-transformers model, by its name on the model hub or by path; needs torch."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from littrack.encoder.protocol import Matrix
from littrack.errors import InputError, SourceUnavailable

# Prompts of families whose model folders do not state them; from their model cards.
KNOWN_PROMPTS: Mapping[str, tuple[str, str]] = {
    "e5-mistral": ("Instruct: Retrieve relevant papers for the query\nQuery: ", ""),
    "multilingual-e5-large-instruct": (
        "Instruct: Retrieve relevant papers for the query\nQuery: ",
        "",
    ),
    "e5": ("query: ", "passage: "),
    "bge-m3": ("", ""),
    "bge-small-en": ("Represent this sentence for searching relevant passages: ", ""),
    "bge-base-en": ("Represent this sentence for searching relevant passages: ", ""),
    "bge-large-en": ("Represent this sentence for searching relevant passages: ", ""),
    "bge-small-zh": ("为这个句子生成表示以用于检索相关文章：", ""),
    "bge-base-zh": ("为这个句子生成表示以用于检索相关文章：", ""),
    "bge-large-zh": ("为这个句子生成表示以用于检索相关文章：", ""),
    "nomic-embed-text": ("search_query: ", "search_document: "),
}
QUERY_NAMES = ("query", "search_query")
PASSAGE_NAMES = ("passage", "document", "search_document", "corpus")
TEXTS_AT_ONCE = 32
BLOCK_BYTES = 1 << 20


class TransformerEncoder:
    """A sentence-transformers model behind littrack's `Encoder`.

    `revision` is the hub's commit, or for a local folder a SHA-256 over its files. Works offline
    from the hub's cache (``HF_HUB_OFFLINE=1``). A row moves in the sixth digit with the texts it
    shares a batch with, as padding changes the order of summation.
    """

    normalised = True

    def __init__(self, model: str, *, offline: bool = False) -> None:
        """`model` is a path, a name, or ``name@revision``; `offline` takes it from the cache alone.

        Raises InputError for a folder that holds no model, SourceUnavailable for a name that can
        be found neither in the cache nor on the hub.
        """
        folder = Path(model).expanduser()
        looks_local = model.startswith((".", "/", "~")) or folder.exists()
        if looks_local:
            self._model = _load_folder(folder)
            self.name, self.revision = folder.resolve().name, digest_folder(folder)
        else:
            self.name, _, wanted = model.partition("@")
            self._model = _load_named(self.name, wanted or None, offline)
            self.revision = wanted or _find_commit(self._model) or "unknown"
        self.dimension = _find_dimension(self._model)
        self.query_prompt, self.passage_prompt = choose_prompts(self.name, self._model.prompts)

    def encode_passages(self, texts: Sequence[str]) -> Matrix:
        """Rows of length one (or zero), float32 (n, dimension)."""
        return self._encode(texts, self.passage_prompt)

    def encode_queries(self, texts: Sequence[str]) -> Matrix:
        """The same with the query prompt."""
        return self._encode(texts, self.query_prompt)

    def _encode(self, texts: Sequence[str], prompt: str) -> Matrix:
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        full = [place for place, text in enumerate(texts) if text.strip()]
        if full:
            rows[full] = self._model.encode(
                [texts[place] for place in full],
                prompt=prompt,  # an empty one too: otherwise the model's default prompt is used
                batch_size=TEXTS_AT_ONCE,
                normalize_embeddings=True,
                convert_to_numpy=True,
                show_progress_bar=False,
            )
        return rows


def choose_prompts(name: str, stated: Mapping[str, str]) -> tuple[str, str]:
    """(query prompt, passage prompt): what the model states, else what its family is known for."""
    query = next((stated[key] for key in QUERY_NAMES if stated.get(key)), "")
    passage = next((stated[key] for key in PASSAGE_NAMES if stated.get(key)), "")
    if query or passage:
        return query, passage
    own = name.lower().rsplit("/", 1)[-1]
    family = next((family for family in KNOWN_PROMPTS if _belongs(own, family)), None)
    return ("", "") if family is None else KNOWN_PROMPTS[family]


def _belongs(name: str, family: str) -> bool:
    return name == family or name.startswith(f"{family}-") or f"-{family}-" in name


def digest_folder(folder: Path) -> str:
    """SHA-256 over the names and contents of the files that decide a local model's vectors."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in {".safetensors", ".bin", ".json", ".txt", ".model"}:
            digest.update(path.relative_to(folder).as_posix().encode())
            with path.open("rb") as stream:
                while block := stream.read(BLOCK_BYTES):
                    digest.update(block)
    return digest.hexdigest()


def _load_folder(folder: Path) -> Any:
    if not (folder / "modules.json").is_file() and not (folder / "config.json").is_file():
        raise InputError("holds no sentence-transformers model", folder)
    try:
        return _sentence_transformer()(str(folder), local_files_only=True)
    except Exception as error:  # the library raises whatever its parts raise
        raise InputError(f"the model cannot be loaded ({error})", folder) from error


def _load_named(name: str, revision: str | None, offline: bool) -> Any:
    try:
        load = _sentence_transformer()
        return load(name, revision=revision, local_files_only=offline)
    except Exception as error:  # network, hub and file errors share no base class
        version = f" at revision {revision}" if revision else ""
        raise SourceUnavailable(
            f"the model {name}{version} is neither in the local cache nor can it be fetched from "
            f"the model hub ({_first_line(error)}). Check the name and the network, give the path "
            'of a downloaded model, or use model = "bundled".'
        ) from error


def _sentence_transformer() -> Any:
    try:
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging
    except ImportError as error:
        raise InputError(
            "this model needs sentence-transformers: pip install sentence-transformers"
        ) from error
    logging.disable_progress_bar()  # of reading weights from disk; downloads still show theirs
    return SentenceTransformer


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _find_commit(model: Any) -> str | None:
    """The hub's commit that was loaded, as transformers notes it in the configuration."""
    for module in model.modules():
        commit = getattr(getattr(module, "config", None), "_commit_hash", None)
        if commit:
            return str(commit)
    return None


def _find_dimension(model: Any) -> int:
    named = getattr(model, "get_embedding_dimension", None)
    return int(named() if named else model.get_sentence_embedding_dimension())
