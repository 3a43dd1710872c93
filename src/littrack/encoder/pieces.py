"""Texts to piece ids, fast.

A byte-pair tokenizer cuts each word by itself, and most words of a text were seen before: for the
vocabulary that littrack trains, the ids of a word are kept and looked up, which on one core is
about twice as fast as the tokenizer on two. Any other tokenizer is called for the whole text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import chain, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from littrack.encoder.vocabulary import WORD

if TYPE_CHECKING:
    from tokenizers import Tokenizer

FEW_WORDS = 500  # of a query or two; from there the tokenizer is worth opening
WORDS_KEPT = 400_000  # about 80 MB; a corpus of 130,000 abstracts has 180,000 different words


class PieceTable:
    """The tokenizer of a model folder. `unknown` is the id that carries no meaning, or None."""

    def __init__(self, path: Path) -> None:
        """Raises OSError or ValueError where `path` is no tokenizer.json."""
        self._path = path
        description = json.loads(path.read_text(encoding="utf-8"))
        model = description["model"]
        unknown = model.get("unk_token")
        self._cuts_at_words = _cuts_at_words(description)
        if self._cuts_at_words:
            pairs: BytePairs | None = BytePairs(model["vocab"], model["merges"], unknown)
            self._size = len(model["vocab"])
            self.unknown = model["vocab"].get(unknown)
        else:
            pairs = None
            self._size = int(self._tokenizer.get_vocab_size())
            self.unknown = self._tokenizer.token_to_id(unknown) if unknown else None
        self._find_words = re.compile(WORD).findall
        self._ids_of_word = _WordIds(pairs, lambda: self._tokenizer)

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        """The real one, opened when there is more to cut than a query (it takes 0.1 s)."""
        from tokenizers import Tokenizer

        tokenizer: Tokenizer = Tokenizer.from_file(str(self._path))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        if self._cuts_at_words:
            tokenizer.normalizer = None  # the folded text is already NFKC and lower-case
        return tokenizer

    def size(self) -> int:
        """How many pieces there are."""
        return self._size

    def find_ids(self, texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(ids of all texts one after the other, number of ids per text) of folded `texts`."""
        if not self._cuts_at_words:
            encodings = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
            rows = [encoding.ids for encoding in encodings]
        else:
            rows = [self._ids_by_word(text) for text in texts]
        counts = np.fromiter(map(len, rows), dtype=np.int64, count=len(rows))
        ids = np.fromiter(chain.from_iterable(rows), dtype=np.int64, count=int(counts.sum()))
        return ids, counts

    def _ids_by_word(self, text: str) -> list[int]:
        words = self._find_words(text)
        return list(chain.from_iterable(map(self._ids_of_word.__getitem__, words)))


class BytePairs:
    """Byte-pair encoding of single words in plain Python (Sennrich et al. 2016).

    Gives exactly what the tokenizer gives; slower by far, but ready at once.
    """

    def __init__(
        self, vocabulary: dict[str, int], merges: Sequence[str | list[str]], unknown: str
    ) -> None:
        self._ids = vocabulary
        names = (pair if isinstance(pair, str) else " ".join(pair) for pair in merges)
        self._ranks = {pair: rank for rank, pair in enumerate(names)}
        self._unknown = vocabulary[unknown]

    def cut(self, word: str) -> tuple[int, ...]:
        """Ids of the pieces: the characters, joined pair by pair, the earliest merge first."""
        parts = list(word)
        never = len(self._ranks)
        while len(parts) > 1:
            ranks = [self._ranks.get(f"{a} {b}", never) for a, b in pairwise(parts)]
            best = min(ranks)
            if best == never:
                break
            place = ranks.index(best)
            parts[place : place + 2] = [parts[place] + parts[place + 1]]
        return tuple(self._ids.get(part, self._unknown) for part in parts)


class _WordIds(dict[str, tuple[int, ...]]):
    """Piece ids by word, found at the first use of a word."""

    def __init__(self, pairs: BytePairs | None, tokenizer: Callable[[], Tokenizer]) -> None:
        super().__init__()
        self._pairs, self._tokenizer = pairs, tokenizer

    def __missing__(self, word: str) -> tuple[int, ...]:
        if self._pairs is not None and len(self) < FEW_WORDS:
            ids = self._pairs.cut(word)
        else:
            ids = tuple(self._tokenizer().encode(word, add_special_tokens=False).ids)
        if len(self) >= WORDS_KEPT:
            self.clear()
        self[word] = ids
        return ids


def _cuts_at_words(description: dict[str, Any]) -> bool:
    """Whether the tokenizer splits text as `littrack.encoder.vocabulary` does, into plain BPE."""
    model = description["model"]
    special = ("dropout", "continuing_subword_prefix", "end_of_word_suffix", "byte_fallback")
    plain = model.get("type") == "BPE" and not any(model.get(name) for name in special)
    return plain and description.get("pre_tokenizer") == {
        "type": "Split",
        "pattern": {"Regex": WORD},
        "behavior": "Removed",
        "invert": True,
    }
