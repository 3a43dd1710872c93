"""A cross-encoder: it reads a query and a text together; better than vectors, and much slower."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from littrack.errors import InputError, SourceUnavailable

PAIRS_AT_ONCE = 32
RANKING = ("ForSequenceClassification", "ForCausalLM", "ForConditionalGeneration")


class Reranker(Protocol):
    """Says how well texts answer a query; scores compare texts of the same query only."""

    def rerank(self, query: str, texts: Sequence[str]) -> list[float]:
        """One score for each text, higher is better."""


class CrossEncoderReranker:
    """Any sentence-transformers CrossEncoder, on the processor or whatever torch finds.

    Works offline from the hub's cache (``HF_HUB_OFFLINE=1``). The scores are the model's own
    numbers before any squashing, so that they stay apart where it is sure. The same texts give the
    same scores; a score moves in the sixth digit with the texts it shares a batch with.
    """

    def __init__(self, model: str, *, offline: bool = False) -> None:
        """`model` is a path, a name, or ``name@revision``; `offline` takes it from the cache alone.

        Raises InputError for a folder that holds no cross-encoder, or one that gives a pair several
        scores; SourceUnavailable for a name that neither the cache nor the hub has.
        """
        folder = Path(model).expanduser()
        if model.startswith((".", "/", "~")) or folder.exists():
            self._model = _load_folder(folder)
        else:
            name, _, revision = model.partition("@")
            self._model = _load_named(name, revision or None, offline)
        _check_head(self._model, model)

    def rerank(self, query: str, texts: Sequence[str]) -> list[float]:
        """One score for each text, higher is better."""
        if not texts:
            return []
        from torch.nn import Identity

        scores = self._model.predict(
            [(query, text) for text in texts],
            batch_size=PAIRS_AT_ONCE,
            activation_fn=Identity(),
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        return [float(score) for score in np.asarray(scores, np.float64).reshape(len(texts))]


@cache
def open_reranker(model: str, *, offline: bool = False) -> Reranker:
    """The cross-encoder of the setting ``search.reranker``, read when first asked for and kept."""
    return CrossEncoderReranker(model, offline=offline)


def _load_folder(folder: Path) -> Any:
    if not (folder / "config.json").is_file():
        raise InputError("holds no cross-encoder", folder)
    try:
        return _cross_encoder()(str(folder), local_files_only=True)
    except Exception as error:  # the library raises whatever its parts raise
        raise InputError(f"the cross-encoder cannot be loaded ({error})", folder) from error


def _load_named(name: str, revision: str | None, offline: bool) -> Any:
    try:
        load = _cross_encoder()
        if not offline:
            return load(name, revision=revision)
        from huggingface_hub import snapshot_download  # `load` asks the hub, whatever it is told

        folder = snapshot_download(name, revision=revision, local_files_only=True)
        return load(folder, local_files_only=True)
    except InputError:  # sentence-transformers itself is missing
        raise
    except Exception as error:  # network, hub and file errors share no base class
        version = f" at revision {revision}" if revision else ""
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        raise SourceUnavailable(
            f"the cross-encoder {name}{version} is neither in the local cache nor can it be fetched"
            f" from the model hub ({reason}). Check the name and the network, give the"
            ' path of a downloaded model, or set search.reranker = "".'
        ) from error


def _check_head(model: Any, name: str) -> None:
    """Refuse what loads without an error and yet cannot rank."""
    if model.num_labels != 1:
        raise InputError(
            f"{name} gives a pair of texts {model.num_labels} scores; a cross-encoder gives one"
        )
    kinds = getattr(model.config, "architectures", None) or []
    if kinds and not any(kind.endswith(RANKING) for kind in kinds):
        raise InputError(
            f"{name} is {kinds[0]}, not a cross-encoder: its scores would come of random weights"
        )


def _cross_encoder() -> Any:
    try:
        from sentence_transformers import CrossEncoder
        from transformers.utils import logging
    except ImportError as error:
        raise InputError(
            "a re-ranker needs sentence-transformers: pip install sentence-transformers"
        ) from error
    logging.disable_progress_bar()
    return CrossEncoder
