r"""The byte-pair vocabulary of the bundled encoder, over folded Chinese and English text.

Byte-pair merging (Sennrich et al. 2016, arXiv:1508.07909) needs no word segmenter, so one
vocabulary serves both scripts. A word is a run of letters and digits or a run of CJK characters;
everything else separates words. The classes are written out as ranges, not as ``\w``, so that the
split does not change with the Unicode tables of whatever regex engine reads the file.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from tokenizers.normalizers import Normalizer
    from tokenizers.pre_tokenizers import PreTokenizer

UNKNOWN = "[UNK]"
LETTERS = r"0-9a-zß-öø-ɏͰ-ϿЀ-ԯ"  # Latin with accents, Greek, Cyrillic
CJK = r"\u3400-\u4dbf\u4e00-\u9fff\u3041-\u3096\u30a1-\u30fa"
# The particle joins almost anything on its left: as a word of its own it keeps phrases such as
# "language model + particle" from using up the vocabulary.
PARTICLE = "的"
WORD = rf"[{LETTERS}]+|{PARTICLE}|(?:(?!{PARTICLE})[{CJK}])+"

LONGEST_PIECE = 18  # characters; longer ones are whole phrases that occur in one paper only


def train_vocabulary(texts: Iterable[str], size: int) -> Tokenizer:
    """A tokenizer of at most `size` pieces learned from folded `texts`.

    Row 0 is the unknown piece. The same texts in the same order give the same vocabulary.
    """
    from tokenizers import Tokenizer, models, trainers

    tokenizer = Tokenizer(models.BPE(unk_token=UNKNOWN))
    tokenizer.normalizer = _normaliser()
    tokenizer.pre_tokenizer = _splitter()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        min_frequency=3,
        special_tokens=[UNKNOWN],
        max_token_length=LONGEST_PIECE,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def _normaliser() -> Normalizer:
    """The part of `littrack.text.fold` that a tokenizer file can carry.

    littrack folds before it tokenises; other readers of the file get the same vectors for all but
    traditional Chinese.
    """
    from tokenizers import normalizers

    return normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])


def _splitter() -> PreTokenizer:
    from tokenizers import Regex, pre_tokenizers

    return pre_tokenizers.Split(Regex(WORD), behavior="removed", invert=True)
