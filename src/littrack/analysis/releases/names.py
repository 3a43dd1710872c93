"""Names as they stand in running text: where one begins and ends, and whether two are the same."""

from __future__ import annotations

import re
from collections.abc import Iterator

from littrack.analysis.releases.vocabulary import NOT_NAMES
from littrack.analysis.titles import title_key

WORD = re.compile(r"[^\W_][\w^+]*(?:[-./·:'](?=\w)[\w^+]+)*\+*")
_VERSION = re.compile(
    r"v?\d+(?:\.\d+)*[a-z]?(?:-[A-Za-z]+)*$|\d+(?:\.\d+)?[BMKT](?:-[\w.]+)*$|[34]D$"
)
_SIZE = re.compile(
    r"(?:[- _]?(?:\d+x)?\d+(?:\.\d+)?[BMbm](?:-A\d+(?:\.\d+)?[Bb])?)(?=$|[- ])|[- ](?:xx?l|xs)$",
    re.IGNORECASE,
)
NO_NAME_END = re.compile(
    r"-(?:based|style|like|level|aware|trained|pre-?trained|tuned|finetuned|driven|specific|scale|guided"
    r"|enhanced|augmented|powered|generated|token|parameter|only|centric|wise|type|class|inspired"
    r"|derived|initiali[sz]ed|distilled|compatible|to-\w+|as-a-judge|oriented|assisted|sized?"
    r"|shot|step|stage|bit|task|modal|source|sourced|sparse|free|agnostic|quality|turn)s?$",
    re.IGNORECASE,
)
_GENERIC = """
    model models series family families llm llms technical report suite language large system
    framework dataset benchmark herd mllm mllms vlm vlms lm lms project team code api demo
    transformers checkpoints weights collection embeddings release
"""
_TRAILING = frozenset(_GENERIC.split())
_POSSESSIVE = re.compile(r"'s?$")


def is_shaped_like_a_name(word: str) -> bool:
    """Whether capitals or digits within make a word a name wherever it stands: mT5, GPT, phi-1.5.

    >>> [is_shaped_like_a_name(word) for word in ("mT5", "GPT", "phi-1.5", "Galactica", "7B")]
    [True, True, True, False, False]
    """
    if not word[0].isalpha():
        return bool(re.match(r"\d+[A-Za-z]+-[A-Z]", word))
    inner = word[1:]
    if inner.isalpha() and inner.islower():  # what most words are
        return False
    return inner != inner.lower() or (inner.isascii() and any(c.isdigit() for c in inner))


def name_at(text: str, start: int, *, lenient: bool = False) -> tuple[int, int] | None:
    """The span of the name that begins at or just after `start`; None if none does.

    A name is one word with capitals or digits and those that belong to it: "Pangu Ultra MoE",
    "Poro 34B". `lenient` takes a word in small letters too, where the text says that it is a name.
    """
    first = WORD.search(text, start, start + 60)
    if (
        first is None
        or text[start : first.start()].strip("\"' *(")
        or not _heads(first[0], lenient)
    ):
        return None
    begin, end = first.start(), first.end()
    words = [first[0]]
    while len(words) < 6 and (after := WORD.match(text, end + 1)) and text[end] == " ":
        if not (_VERSION.match(after[0]) or _continues(after[0])):
            break
        words.append(after[0])
        end = after.end()
    return _trimmed(text, begin, end, words)


_ADDRESS = re.compile(r"\w\.(?:github|gitlab|com|org|net|io)\b|^(?:https?|www)\b", re.IGNORECASE)


def _heads(word: str, lenient: bool) -> bool:
    if _ADDRESS.search(word):
        return False
    if NO_NAME_END.search(word) or word.lower().rstrip("s") in NOT_NAMES:
        return False
    if word.lower() in NOT_NAMES:
        return False
    return word[0].isupper() or is_shaped_like_a_name(word) or (lenient and word[0].isalpha())


def _continues(word: str) -> bool:
    if NO_NAME_END.search(word):
        return False
    return word[0].isupper() and word.lower() not in _SMALL_WORDS


_SMALL_WORDS = frozenset(
    [
        "a",
        "an",
        "the",
        "we",
        "our",
        "it",
        "this",
        "that",
        "is",
        "are",
        "was",
        "were",
        "and",
        "or",
        "of",
        "for",
        "with",
        "in",
        "on",
        "to",
        "by",
        "from",
        "via",
        "as",
        "at",
        "using",
        "can",
        "how",
        "why",
        "what",
    ]
)
_CITATION = re.compile(r"\s*(?:et al|and [A-Z][a-z]+,? \(?\d{4}|,? \(?(?:19|20)\d\d\))")


def _trimmed(text: str, begin: int, end: int, words: list[str]) -> tuple[int, int] | None:
    """The span without generic words at its end; None when nothing is left."""
    if _CITATION.match(text, end):
        return None
    while words and words[-1].lower() in _TRAILING and not _is_spelt_out(text, end, words):
        words.pop()
        if not words:
            return None
        end = text.rindex(words[-1], begin, end) + len(words[-1])
    possessive = _POSSESSIVE.search(text, begin, end)
    if possessive:
        end = possessive.start()
    if all(word.lower() in NOT_NAMES or word.isdigit() for word in words):
        return None
    return (begin, end) if end - begin >= 2 else None


def _is_spelt_out(text: str, end: int, words: list[str]) -> bool:
    """Whether an abbreviation of all the words follows: "Segment Anything Model (SAM)"."""
    initials = "".join(word[0] for word in words)
    return text.startswith(f" ({initials})", end)


def names_listed_at(text: str, span: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """The span and those of further names in the same enumeration: "A, B, and C"."""
    yield span
    further: list[tuple[int, int]] = []
    end = span[1]
    while len(further) < 8:
        joint = _JOINT.match(text, end)
        found = name_at(text, joint.end()) if joint else None
        if joint is None or found is None:
            break
        further.append(found)
        end = found[1]
        if "and" in joint[0].lower() or "&" in joint[0]:
            yield from further
            further = []


_JOINT = re.compile(
    r"(?:\s*\([^()]{1,40}\))?(?:\s*,\s*(?:and\s+)?|\s+and\s+|\s*&\s*|\s*/\s*)(?:[Tt]he\s+)?",
    re.IGNORECASE,
)


def name_key(name: str) -> str:
    r"""The letters and digits of a name: equal for PanGu-α, PanGu-$\\alpha$ and Pangu alpha."""
    return title_key(name)


def without_size(name: str) -> str:
    """A name without its size.

    >>> without_size("Falcon-H1-34B-Base"), without_size("Poro 34B")
    ('Falcon-H1-Base', 'Poro')
    """
    return _SIZE.sub("", name).strip(" -") or name


def before_size(name: str) -> str:
    """What stands before the size of a name, or the name.

    >>> before_size("Falcon-H1-34B-Base"), before_size("Galactica")
    ('Falcon-H1', 'Galactica')
    """
    size = _SIZE.search(name)
    return (name[: size.start()].strip(" -") if size else "") or name
