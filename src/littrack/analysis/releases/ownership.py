"""Whether a number or name is about the model that a paper releases, or about another one."""

from __future__ import annotations

import re
from collections.abc import Collection

from littrack.analysis.releases.names import WORD, before_size, name_key, without_size
from littrack.analysis.releases.passages import Passage

# What stands after these within a clause is somebody else's.
_COMPARING = re.compile(
    r"\b(?:outperform\w*|surpass\w*|exceed\w*|than(?!\s*$)|compar(?:ed?|able|ably"
    r"|ing|ison) (?:to|with)|versus|vs\.?"
    r"|rival(?:s|ing|ling)?|match(?:es|ing)?|competitive (?:with|to|against"
    r"|performance)|on (?:a )?par with"
    r"|approach(?:es|ing) (?:the )?(?:performance|level|quality)|beat(?:s|ing)?"
    r"|unlike|such as|e\.g\.,?"
    r"|similar to|close to|relative to|against|over (?:the )?(?:previous|strong)"
    r"|limited (?:in|to)|equivalent to|better than"
    r"|superior to|comparable|like|previous\w*|existing|larger-scale"
    r"|(?<!a )(?<!of )(?<!new )(?<!our )state-of-the-art (?:[\w-]+ ){0,3}?(?:models|methods|llms"
    r"|systems|baselines|approaches|vlms|mllms)"
    r"|larger models|other \w+|gap (?:with|to|between)|instead of|rather than"
    r"|challeng(?:es|ing)|below|up against|akin to|alternatives? to|trail\w*|competing with"
    r"|distill(?:ed|ing) from|teacher|achieve\w* by|recent|prior|even)\b",
    re.IGNORECASE,
)
# "By training over 400 models ranging from 70 million to 16 billion": none of them is released.
_SWEEP = re.compile(r"\b(?:over|than) \d{2,} (?:[\w-]+ ){0,2}models\b", re.IGNORECASE)
_CLAUSE = re.compile(
    r"[;:]|\bafter\b|,\s+(?:and|but|while|yet|we|our|with|which|it|trained|despite"
    r"|using|the|this)\b|\bwhile\b|\bdespite\b|\busing (?:only|just|fewer)\b"
)
_PRESENTING = re.compile(
    r"\b(?:we|our|ours|this (?:paper|report|work|model|series|family|new)"
    r"|these models?|the models?|"
    r"it|its|they|the (?:series|family|suite|largest|smallest|resulting|flagship)"
    r"|both|each|introduc\w+|"
    r"present\w*|releas\w+|trained|pretrained|pre-trained|featur\w+|compris\w+"
    r"|available|contain\w*|"
    r"includ\w+|consist\w*|smaller|lightweight|encompass\w*|activat\w+|version\w*|total)\b",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"v?\d")
_LEAST = 3  # letters of a word that can stand for a name


def is_compared(passage: Passage, position: int) -> bool:
    """Whether the words before a position, within its clause, set others beside the own model."""
    start, _end = passage.sentence_at(position)
    text = passage.text
    begin = start
    for border in _CLAUSE.finditer(text, start, position):
        begin = border.start()
    return (
        _COMPARING.search(text, begin, position) is not None
        or _SWEEP.search(text, start, position) is not None
    )


def has_own_subject(passage: Passage, position: int, keys: Collection[str]) -> bool:
    """Whether the sentence around a position speaks of the paper's own models."""
    start, end = passage.sentence_at(position)
    if _PRESENTING.search(passage.text, start, end):
        return True
    return names_own(passage, (start, end), keys)


def names_own(passage: Passage, span: tuple[int, int], keys: Collection[str]) -> bool:
    """Whether a word of a released name stands in a span."""
    start, end = span
    words = (name_key(word[0]) for word in WORD.finditer(passage.text, start, end))
    return any(_is_part(word, keys) for word in words if len(word) >= _LEAST)


def _is_part(word: str, keys: Collection[str]) -> bool:
    return any(word.startswith(key) or key.startswith(word) for key in keys if len(key) >= _LEAST)


def own_keys(names: Collection[str]) -> frozenset[str]:
    """The keys by which `is_own` knows released names: whole, without a size, and before it."""
    forms = (form for name in names for form in (name, without_size(name), before_size(name)))
    return frozenset(key for key in map(name_key, forms) if len(key) >= 2)


def is_own(name: str, keys: Collection[str]) -> bool:
    """Whether a name is one of the released models', or of a variant or the family of one."""
    key = name_key(without_size(name))
    if len(key) < 2:
        return False
    if any(key == own or (len(own) > 2 and key.startswith(own)) for own in keys):
        return True
    # "Novum-Base" beside "Novum 2", but not "Novum", which may be an earlier one.
    roots = (_DIGIT.split(own, maxsplit=1)[0] for own in keys)
    return key.isalpha() and any(
        len(root) > _LEAST and key.startswith(root) and key != root for root in roots
    )
