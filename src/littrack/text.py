"""Pure text: folding, tokens, sentences with offsets, language and script, stems, content hash.

Everything that compares two texts in littrack goes through `fold` first, so that 思維鏈, 思维链,
full-width letters and capitals mean the same everywhere: in the full text, in the encoder's
vocabulary and in a query.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Any, Literal

# Han, kana and Hangul: scripts indexed by pairs of characters because words are not spaced
# (Hangul is spaced but agglutinates; pairs serve it as well). Ranges: Unicode 15 block list.
_CJK = (
    "\u3005\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af"
    "\U00020000-\U000323af"
)
_HAN_CHARACTER = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
_WORD = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+")
_CJK_CHARACTER = re.compile(f"[{_CJK}]")
# What NFD parts from letters; it stands alone where no letter is composed with it (i\u0307).
_ACCENT = re.compile("[\u0300-\u036f]")
_ASCII_WORD = re.compile(r"[a-z0-9]+")
# The same as a table for `str.translate`, three times as fast: all else becomes a space.
_ONLY_WORDS = {i: " " for i in range(128) if not chr(i).isalnum()}
_TEX_ACCENT = re.compile(r"\\[\"'`^~=.]\s*\{?([A-Za-z])\}?|\\[chvu]\{([A-Za-z])\}")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f\ufffe\uffff\ud800-\udfff]")

TOKENS_REVISION = 1  # raise when `tokens` changes, so that stored full text is made again

Language = Literal["zh", "en", "mixed", "other"]
Script = Literal["simplified", "traditional", "mixed", "none"]

# Words too common to choose papers by; kept in the index (phrases need them), dropped from
# queries unless nothing else is left. The list is the closed-class words of English.
STOP_WORDS = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "been",
        "but",
        "by",
        "can",
        "could",
        "did",
        "do",
        "does",
        "for",
        "from",
        "had",
        "has",
        "have",
        "he",
        "her",
        "his",
        "how",
        "i",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "may",
        "me",
        "might",
        "must",
        "my",
        "no",
        "nor",
        "not",
        "of",
        "on",
        "or",
        "our",
        "ought",
        "shall",
        "she",
        "should",
        "so",
        "such",
        "than",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "those",
        "through",
        "to",
        "too",
        "under",
        "up",
        "us",
        "was",
        "we",
        "were",
        "what",
        "when",
        "where",
        "which",
        "while",
        "who",
        "whom",
        "whose",
        "why",
        "will",
        "with",
        "would",
        "you",
        "your",
        "via",
    ]
)


def fold(text: str) -> str:
    """The form in which texts are compared: NFKC, lower case, simplified characters.

    Traditional characters are converted by OpenCC's ``t2s`` tables (phrases before characters).
    Length may change; see `sentences` for offsets into the original.
    """
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKC", text).lower()
    folded = unicodedata.normalize("NFC", folded)  # lower case may have a form that capitals lack
    if _HAN_CHARACTER.search(folded):
        folded = str(_to_simplified().convert(_encodable(folded)))
    return folded


def clean(text: str) -> str:
    """One line of text: NFC, no control characters, white space collapsed. TeX is kept."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if text.isprintable():  # no control characters, and no white space but the plain space
        return text.strip() if "  " not in text else " ".join(text.split())
    text = _CONTROL.sub("", text)
    return " ".join(text.split())


def has_chinese(text: str) -> bool:
    """Whether any Han character occurs."""
    return not text.isascii() and _HAN_CHARACTER.search(text) is not None


def _encodable(text: str) -> str:
    """The text without lone surrogates (they come from undecodable arguments)."""
    return text.encode("utf-8", "replace").decode("utf-8")


@cache
def _to_simplified() -> Any:
    """OpenCC's converter, loaded on the first text that holds a Han character."""
    from opencc import OpenCC

    return OpenCC("t2s")


@cache
def _to_traditional() -> Any:
    from opencc import OpenCC

    return OpenCC("s2t")


@cache
def _porter() -> Any:
    import Stemmer

    return Stemmer.Stemmer("porter", 0)  # no cache of its own: `_stems` is faster


# Porter stems by word: a corpus has few distinct words, so each is stemmed once. A plain dict,
# asked in one expression, because this is the innermost loop of every import.
_stems: dict[str, str] = {}
_LONGEST_WORD = 500  # characters; PostgreSQL takes no word above 2,046 bytes
_MOST_STEMS = 500_000  # bounds the memory of a long-running process


def _stem_all(words: list[str]) -> list[str]:
    stems = list(map(_stems.get, words))
    if None in stems:
        if len(_stems) > _MOST_STEMS:
            _stems.clear()
        missing = [word for word in dict.fromkeys(words) if word not in _stems]
        ascii_words = [w for w in missing if w.isascii() and len(w) <= _LONGEST_WORD]
        _stems.update((word, word[:_LONGEST_WORD]) for word in missing)
        found = zip(ascii_words, _porter().stemWords(ascii_words), strict=True)
        _stems.update((word, stemmed or word) for word, stemmed in found)  # "s" has no stem
        return [_stems[word] for word in words]
    return stems  # type: ignore[return-value]


def stem(word: str) -> str:
    """The Porter (1980) stem of a folded English word, as arXiv's own search uses."""
    return _stem_all([word])[0]


def tokens(text: str) -> list[str]:
    """The tokens that a text is indexed by, in order.

    English words are folded, stripped of accents (also TeX ones) and stemmed. A run of Chinese
    gives every pair of neighbouring characters and, last, its final character alone, so that a
    one-character query can match by prefix wherever the character stands.
    """
    folded = fold(text)
    if "\\" in folded:
        folded = _TEX_ACCENT.sub(lambda found: found[1] or found[2], folded)
    if folded.isascii():
        return _stem_all(folded.translate(_ONLY_WORDS).split())
    if not _CJK_CHARACTER.search(folded):
        return _stem_all(_WORD.findall(_without_accents(folded)))
    result: list[str] = []
    for word in _WORD.findall(_ACCENT.sub("", folded)):
        if _is_cjk(word[0]):
            result.extend(word[i : i + 2] for i in range(len(word)))
        else:
            result.append(stem(_without_accents(word)))
    return result


IndexedTokens = tuple[str, str, str]


def indexed_tokens(title: str, abstract: str, authors: Sequence[str]) -> IndexedTokens:
    """What the full text holds of a paper: space-separated tokens for title, abstract, authors."""
    return " ".join(tokens(title)), " ".join(tokens(abstract)), " ".join(tokens("; ".join(authors)))


def query_tokens(text: str) -> list[str]:
    """The tokens to look up for a query: as `tokens`, without stop words and lone characters.

    Stop words stay when there is nothing else ("to be or not to be"). A Chinese run of one
    character stays as that character, to be matched by prefix.
    """
    kept: list[str] = []
    stopped: list[str] = []
    for word in words(text):
        if _is_cjk(word[0]):
            kept.extend(word[i : i + 2] for i in range(max(1, len(word) - 1)))
        elif word in STOP_WORDS:
            stopped.append(stem(word))
        else:
            kept.append(stem(word))
    return kept or stopped


def words(text: str) -> list[str]:
    """Folded words without stemming: English words, and whole runs of Chinese."""
    folded = fold(text)
    if "\\" in folded:
        folded = _TEX_ACCENT.sub(lambda found: found[1] or found[2], folded)
    return [
        word if _is_cjk(word[0]) or word.isascii() else _without_accents(word)
        for word in _WORD.findall(_ACCENT.sub("", folded))
    ]


def _is_cjk(character: str) -> bool:
    return character > "\u3000" and _CJK_CHARACTER.match(character) is not None


def _without_accents(text: str) -> str:
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", _ACCENT.sub("", apart))


def language(text: str) -> Language:
    """Chinese, English, both, or neither, by the share of Han characters among letters.

    One Han character says about as much as half an English word, so they count double.
    """
    han = len(_HAN_CHARACTER.findall(text))
    latin = sum(1 for word in _ASCII_WORD.findall(text.lower()) if not word.isdigit())
    if not han and not latin:
        return "other"
    share = han / (han + 2 * latin)
    if share > 0.75:
        return "zh"
    return "mixed" if share > 0.1 else "en"


def script(text: str) -> Script:
    """Whether Chinese text is written in simplified or traditional characters, or in both."""
    if not has_chinese(text):
        return "none"
    text = _encodable(text)
    traditional = _to_simplified().convert(text) != text
    simplified = _to_traditional().convert(text) != text
    if traditional and simplified:
        return "mixed"
    return "traditional" if traditional else "simplified"


_SENTENCE_END = re.compile(
    r"[.!?]+[\"')\]\u201d\u2019]*(?=\s|$)|[。！？；…]+[”’」』）]*|\n\s*\n|\n(?=\s*[-*#>|])"
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|w\.r\.t|et al|cf|vs|figs?|eqs?|sec|tab|resp|approx|no|dr|mrs?|prof|st)"
    r"|(?:^|\s)[A-Z])\.$",
    re.IGNORECASE,
)


def sentences(text: str) -> list[tuple[int, int]]:
    """Sentences as ``(start, end)`` character offsets into `text`, white space trimmed.

    Ends at . ! ? before white space, at 。！？；, at blank lines and before list items; not
    after common abbreviations, initials or inside numbers.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for end in _SENTENCE_END.finditer(text):
        before = text[start : end.end()]
        if end[0].startswith(".") and _ABBREVIATION.search(before) and end.end() < len(text):
            continue
        _append_trimmed(spans, text, start, end.end())
        start = end.end()
    _append_trimmed(spans, text, start, len(text))
    return spans


def _append_trimmed(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    if piece.strip():
        spans.append((start + left, start + len(piece.rstrip())))


def content_hash(*parts: str) -> bytes:
    """SHA-256 (32 bytes) of texts after `clean`; the order and the borders of the parts count."""
    digest = hashlib.sha256()
    for part in parts:
        data = clean(part).encode("utf-8")
        digest.update(len(data).to_bytes(4, "little"))
        digest.update(data)
    return digest.digest()
