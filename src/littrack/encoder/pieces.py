"""Texts to piece ids, fast.

A byte-pair tokenizer cuts each word by itself, and most words of a text were seen before: for the
vocabulary that littrack trains, the ids of a word are kept and looked up, which on one core is
about twice as fast as the tokenizer on two. Any other tokenizer is called for the whole text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from littrack.encoder.vocabulary import WORD

if TYPE_CHECKING:
    from tokenizers import Tokenizer

WORDS_KEPT = 400_000  # about 80 MB; a corpus of 130,000 abstracts has 180,000 different words


class PieceTable:
    """The tokenizer of a model folder. `unknown` is the id that carries no meaning, or None."""

    def __init__(self, path: Path) -> None:
        from tokenizers import Tokenizer

        self._tokenizer: Tokenizer = Tokenizer.from_file(str(path))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        unknown = getattr(self._tokenizer.model, "unk_token", None)
        self.unknown = self._tokenizer.token_to_id(unknown) if unknown else None
        self._find_words = re.compile(WORD).findall if _cuts_at_words(self._tokenizer) else None
        if self._find_words is not None:
            # The folded text is already NFKC and lower-case.
            self._tokenizer.normalizer = None
        self._ids_of_word = _WordIds(self._tokenizer)

    def size(self) -> int:
        """How many pieces there are."""
        return int(self._tokenizer.get_vocab_size())

    def find_ids(self, texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(ids of all texts one after the other, number of ids per text) of folded `texts`."""
        if self._find_words is None:
            encodings = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
            rows = [encoding.ids for encoding in encodings]
        else:
            rows = [self._ids_by_word(text) for text in texts]
        counts = np.fromiter(map(len, rows), dtype=np.int64, count=len(rows))
        ids = np.fromiter(chain.from_iterable(rows), dtype=np.int64, count=int(counts.sum()))
        return ids, counts

    def _ids_by_word(self, text: str) -> list[int]:
        assert self._find_words is not None
        words = self._find_words(text)
        return list(chain.from_iterable(map(self._ids_of_word.__getitem__, words)))


class _WordIds(dict[str, tuple[int, ...]]):
    """Piece ids by word, asked of the tokenizer at the first use of a word."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        super().__init__()
        self._tokenizer = tokenizer

    def __missing__(self, word: str) -> tuple[int, ...]:
        ids = tuple(self._tokenizer.encode(word, add_special_tokens=False).ids)
        if len(self) >= WORDS_KEPT:
            self.clear()
        self[word] = ids
        return ids


def _cuts_at_words(tokenizer: Tokenizer) -> bool:
    """Whether `tokenizer` splits text exactly as `littrack.encoder.vocabulary` does."""
    splitter = tokenizer.pre_tokenizer
    return splitter is not None and json.loads(splitter.__getstate__()) == {
        "type": "Split",
        "pattern": {"Regex": WORD},
        "behavior": "Removed",
        "invert": True,
    }
