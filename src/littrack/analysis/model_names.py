r"""What a model's name is made of, and when two writings are one name.

PanGu-α, PanGu-alpha and Pangu-\(\alpha\) are one name; Qwen2.5, Qwen25 and Qwen2 5B are three.
Whether two different names mean one model is not decided here: see `model_resolution`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from littrack.quantities import SCALES
from littrack.text import fold


@dataclass(frozen=True, slots=True)
class NameParts:
    """A name taken apart: "Qwen2.5-Coder-32B-Instruct" is Qwen, 2.5, 32e9, (coder, instruct)."""

    family: str  # as written
    version: str = ""  # "2.5", "3.0", "003", "4o", "R1"; a "v" in front is left out
    size: float | None = None  # parameters; of 8x7B the product, which is above the true total
    variant: tuple[str, ...] = ()  # lower case, in the order written
    experts: int = 1  # 8 of 8x7B
    active: float | None = None  # 22e9 of 235B-A22B


# Words that tell members of one family apart; the family's name ends before the first of them.
_VARIANTS = """
    base chat instruct instruction instructed coder code math vl vision audio omni speech
    tiny nano micro mini small medium large xl xxl xlarge xxlarge huge giant jumbo turbo pro
    ultra plus max flash lite air instant preview thinking reasoning think distill sft rlhf
    dpo moe opus sonnet haiku uncensored embed embedding guard hf int4 int8 awq gptq gguf
"""
VARIANT_WORDS = frozenset(_VARIANTS.split())
# TeX commands that only dress the text; all others stand for a character or a name and stay.
_DRESS = (
    r"(?:text|math|operatorname|emph|mbox|small|large|Large|xspace|boldsymbol|ensuremath)[a-z]*"
)
_COMMAND = re.compile(
    rf"\\(?:{_DRESS}\*?|bf|it|tt|sc|em|rm|sf|bfseries|itshape|ttfamily|scshape)(?![A-Za-z])\s*"
)
_TEX_ACCENT = re.compile(r"\\[\"'`^~=.]\s*\{?([A-Za-z])\}?|\\[cHkruvbd]\s*\{([A-Za-z])\}")
_TEX_LETTER = re.compile(r"\\(?:var)?([A-Za-z]+)\s*")
_LINK = re.compile(r"!?\[([^\]\[]*)\]\([^()\s]*\)")
_FOOTNOTE = re.compile(r"\^?\[\^?\d+\]\^?|</?[a-z][^<>]*>|[™®©℠\u200b\u200c\u200d\u2060\ufeff]")

_PIECE = re.compile(r"\d+(?:\.\d+)*|[^\W\d_]+|\++")

# A size: "13B", "8x7B", "1.3b", "774M", "175 billion", "1300 亿"; glued only to a longer word.
_LETTER_SIZES = {"b": 1e9, "m": 1e6, "t": 1e12}
_SIZE = re.compile(
    r"(?:(?<![\w.])|(?<=[^\W\d_]{3})|(?<=[\u3400-\u9fff]))"
    r"(?:(?P<experts>\d{1,3})\s?[xX×]\s?)?(?P<number>\d+(?:\.\d+)?)"
    r"(?:(?P<letter>[BbMmT])|\s?-?(?P<word>bn|[Bb]illion|[Mm]illion|[Tt]rillion|[千百十]?[万亿]亿?))"
    r"(?![A-Za-z0-9])(?:\s?-?param(?:eter)?s?|\s?参数|\s?參數)?"
)
_ACTIVE = re.compile(r"(?<![^\W_])A(?P<number>\d+(?:\.\d+)?)(?P<letter>[BM])(?![A-Za-z0-9])")
_LEAST_MILLIONS = 5e6  # below, "1M" in a name is the length of the context

_BRACKETS = ("(", ")", "（", "）")
_LEAD = re.compile(r"[ \u00a0]?[(（]|[ \u00a0]?[-‐‑–]?")
_TAIL = re.compile(r"[ \u00a0-]?的? ?")

_WORD = re.compile(r"[^\W_]+(?:\.\d+[A-Za-z]?(?![^\W_]))*\+*")
_VERSION = re.compile(r"[vV]?(\d+(?:\.\d+)*[A-Za-z]?)|([A-SU-Z]\d+(?:\.\d+)*)")
_GLUED_VERSION = re.compile(
    r"([^\W\d_]{3,}?|[^\W\d_]{2}(?=\d+\.))[vV]?(\d+(?:\.\d+)*[a-z]?)"  # Phi2, Yi1.5; not UL2
)
_OWN_DIGIT = re.compile(r"[^\W\d_]*[a-z][A-UW-Z]")  # CodeT|5, LongT|5: the digit is no version


@lru_cache(maxsize=32768)
def name_key(name: str) -> str:
    r"""The form in which names are compared: letters, numbers and plus signs, nothing else.

    Numbers keep their dot, and two numbers in a row keep apart. A name of signs alone is its key.

    >>> name_key("PanGu-$\\alpha$"), name_key("Llama 2 70B"), name_key("GPT-3.5")
    ('pangualpha', 'llama2-70b', 'gpt3.5')
    """
    folded = fold(without_markup(name))
    return join_pieces(_PIECE.findall(_letters(folded))) or fold(name).strip()


def join_pieces(pieces: list[str]) -> str:
    """The key that folded pieces make in this order."""
    key, after_number = "", False
    for piece in pieces:
        is_number = piece[0].isdigit()
        key += f"-{piece}" if is_number and after_number else piece
        after_number = is_number
    return key


@lru_cache(maxsize=32768)
def piece_key(piece: str) -> str:
    """One word or number of a running text, as it stands in a key."""
    return "".join(_PIECE.findall(_letters(fold(piece))))


def without_markup(text: str) -> str:
    """The text without TeX commands, Markdown links, footnote marks, tags and trade marks."""
    text = _FOOTNOTE.sub("", _LINK.sub(r"\1", text))
    if "\\" in text:
        text = _TEX_ACCENT.sub(lambda found: found[1] or found[2], text)
        text = _TEX_LETTER.sub(r"\1", _COMMAND.sub("", text))
    return text.translate(_DROPPED)


_DROPPED = str.maketrans("", "", "${}\\*`")


def _letters(folded: str) -> str:
    """Greek letters by their names, no accents, the multiplication sign as x."""
    if folded.isascii():
        return folded
    return "".join(map(_plain, unicodedata.normalize("NFD", folded)))


def _plain(character: str) -> str:
    if "\u0370" <= character <= "\u03ff":
        return unicodedata.name(character, "").rpartition(" ")[2].lower()
    if character == "×":
        return "x"
    return "" if unicodedata.category(character) == "Mn" else character


def split_size(name: str) -> tuple[str, NameParts]:
    """The name without its size, and the size with what belongs to it.

    >>> rest, size = split_size("Mixtral-8x7B-Instruct")
    >>> rest, size.size, size.experts
    ('Mixtral-Instruct', 56000000000.0, 8)
    """
    text = unicodedata.normalize("NFKC", without_markup(name))
    active = _ACTIVE.search(text)
    found = next((one for one in _SIZE.finditer(text) if _is_size(one)), None)
    if found is None:
        return text, NameParts("")
    experts = int(found["experts"] or 1)
    size = NameParts(
        "",
        size=float(f"{_parameters(found) * experts:.12g}"),
        experts=experts,
        active=_parameters(active) if active else None,
    )
    rest = text
    for part in sorted(filter(None, (found, active)), key=lambda one: -one.start()):
        rest = _cut(rest, part.start(), part.end())
    return rest, size


def size_after(text: str, place: int) -> tuple[int, float] | None:
    """A size that directly follows a name in running text: where it ends, and its parameters."""
    lead = _LEAD.match(text, place)
    found = _SIZE.match(text, lead.end()) if lead else None
    if lead is None or found is None or not _is_size(found):
        return None
    size = _parameters(found) * int(found["experts"] or 1)
    if lead[0].strip() in _BRACKETS and text[found.end() : found.end() + 1] in _BRACKETS:
        return found.end() + 1, size
    return max(found.end("letter"), found.end("word")), size


def size_before(text: str, place: int) -> float | None:
    """A size that directly precedes a name in running text: "the 130B GLM", "1300 亿参数的 GLM"."""
    start = max(0, place - 30)
    for found in _SIZE.finditer(text, start, place):
        if _is_size(found) and _TAIL.fullmatch(text, found.end(), place):
            return _parameters(found) * int(found["experts"] or 1)
    return None


def _is_size(found: re.Match[str]) -> bool:
    return found["word"] is not None or _parameters(found) >= _LEAST_MILLIONS


def _parameters(found: re.Match[str]) -> float:
    word = found.groupdict().get("word")
    scale = SCALES[word.lower()] if word else _LETTER_SIZES[found["letter"].lower()]
    return float(f"{float(found['number']) * scale:.12g}")


def _cut(text: str, start: int, end: int) -> str:
    """The text without a stretch, and without the marks that then hold nothing."""
    before, after = text[:start].rstrip(" -_([:"), text[end:].lstrip(" ")
    if after[:1] in (")", "]") and before.count("(") <= before.count(")"):
        after = after[1:]
    glued = not before or not after or after[0] in " -_)]"
    return before + ("" if glued else " ") + after if before else after.lstrip(" -_)")


@lru_cache(maxsize=8192)
def parse_name(name: str) -> NameParts:
    """Take a name apart into family, version, size and variant; what is not there stays empty.

    >>> parse_name("Llama 2 70B Chat")
    NameParts(family='Llama', version='2', size=70000000000.0, variant=('chat',), experts=1, \
active=None)
    """
    rest, size = split_size(name)
    rest = rest.strip(" -_()")
    words = list(_WORD.finditer(rest))
    end, version = _family(words)
    variant = []
    for word in words:
        if word.start() < end:
            continue
        number = _VERSION.fullmatch(word[0])
        if number and not version:
            version = number[1] or number[2]
        else:
            variant.append(word[0].lower())
    family = rest[:end].strip(" -_()") if end else rest
    return NameParts(family, version, size.size, tuple(variant), size.experts, size.active)


def _family(words: list[re.Match[str]]) -> tuple[int, str]:
    """Where the family's name ends, and the version that is glued to it."""
    end = 0
    for word in words:
        if end and (_VERSION.fullmatch(word[0]) or word[0].lower() in VARIANT_WORDS):
            break
        glued = _GLUED_VERSION.fullmatch(word[0])
        if glued and not _OWN_DIGIT.fullmatch(glued[1]):
            return word.start() + len(glued[1]), glued[2]
        end = word.end()
    return end, ""


# --- other spellings ------------------------------------------------------------------------------

_SHORTEST_WORD = 6  # letters: in a shorter word one letter makes another name (GLM, GLaM)
_SHORTEST_REPLACED, _SHORTEST_TWICE = 8, 10  # Mistral and Mixtral are two models
_ZERO, _VEE = re.compile(r"(\d)\.0(?![\d.])"), re.compile(r"(?<=[\s_-])[vV](?=\d)")
_NUMBERS = re.compile(r"[\d.+-]+")
_HUMP = re.compile(r"\d+(?:\.\d+)*|[A-Z]*[a-z]+|[A-Z]+|\++")


def loose_key(name: str) -> str:
    """The key without ".0", and without the "v" of a version."""
    return name_key(_ZERO.sub(r"\1", _VEE.sub("", name)))


@dataclass(frozen=True, slots=True)
class Spelling:
    """A way to write a name, with the words in which a letter may be wrong."""

    key: str
    words: tuple[tuple[int, int], ...]  # where they stand in the key

    @property
    def group(self) -> tuple[str, str]:
        """What a misspelling has in common with it."""
        return spelling_group(self.key)


def spelling_of(writing: str) -> Spelling | None:
    """How a name is written, None if it has no word long enough to be misspelt."""
    plain = without_markup(writing)
    words = tuple(_long_words(plain)) if plain.isascii() else ()
    return Spelling(name_key(writing), words) if words else None


def spelling_group(key: str) -> tuple[str, str]:
    """The first letter, and the numbers: GPT-3 is no misspelling of GPT-4."""
    return key[:1], " ".join(_NUMBERS.findall(key))


def _long_words(writing: str) -> Iterator[tuple[int, int]]:
    """Where in the key the words stand that are long enough to be misspelt."""
    place, after_number = 0, False
    for piece in _HUMP.findall(writing):
        place += after_number and piece[0].isdigit()
        after_number = piece[0].isdigit()
        if len(piece) >= _SHORTEST_WORD and piece.isalpha():
            yield place, place + len(piece)
        place += len(piece)


def is_misspelling(key: str, spelling: Spelling) -> bool:
    """Whether a key has one or two letters wrong inside one long word, its first and last apart.

    At the borders of words a letter more or less is another name: BLOOMZ, mT5, GPT-NeoXT.
    """
    other = spelling.key
    if abs(len(key) - len(other)) > 2 or key == other:
        return False
    shorter = min(len(key), len(other))
    start = next((i for i in range(shorter) if key[i] != other[i]), shorter)
    same = next((i for i in range(shorter - start) if key[-1 - i] != other[-1 - i]), None)
    tail = shorter - start if same is None else same
    wrong, right = key[start : len(key) - tail], other[start : len(other) - tail]
    word = next((w for w in spelling.words if w[0] < start and len(other) - tail < w[1]), None)
    if word is None or not (wrong + right).isalpha():
        return False
    length = word[1] - word[0]
    replaced = len(wrong) == len(right) == 1
    if replaced and length < _SHORTEST_REPLACED:
        return False
    return _edits(wrong, right) <= (2 if length >= _SHORTEST_TWICE else 1)


def _edits(one: str, other: str) -> int:
    """Letters left out, added, replaced or exchanged with their neighbour."""
    if len(one) == len(other) == 2 and one == other[::-1]:
        return 1
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, row = row, [i]
        for j, wanted in enumerate(other, 1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (letter != wanted)))
    return row[-1]
