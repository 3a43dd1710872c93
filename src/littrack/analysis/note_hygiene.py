"""Notes made ready for comparing, and what has happened to them; the note itself stays as it is.

`fold_passage` does what `littrack.text.fold` does, and takes away what stands between a reader and
the words: pinyin in brackets, breaks inside links, lost spaces. Each character of the result knows
where it came from. `find_damages` lists the spots.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from littrack.analysis.lost_spaces import FIELD_WORDS, find_lost_spaces
from littrack.analysis.mojibake import find_mojibake
from littrack.analysis.pinyin import find_pinyin
from littrack.notes import Damage, DamageKind, Folded, Note, Span
from littrack.text import fold

_HAN_RUN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]+")
# A Markdown link whose label was broken, and an address of arXiv broken behind the slash or number.
_TORN_LABEL = re.compile(
    r"\[(?P<label>[^\[\]\r\n]{1,300}[ \t]*(?P<gap>(?:\r\n?|\n)\s{0,20})[^\[\]\r\n]{1,300})\]\(\s*https?://"
)
_TORN_ADDRESS = re.compile(
    r"https?://[^\s<>()\[\]]{0,80}?arxiv\.org/(?:abs|pdf)/?(?:\d{0,4}\.?\d{0,4})?"
    r"(?P<gap>[ \t]*(?:\r\n?|\n)[ \t]*)(?=/?[\d.]{2,}(?:v\d{1,2})?(?:\.pdf)?(?:[\s)\]，。）]|$))",
    re.I,
)
_MOST_MINOR = 6  # characters that both scripts share, between two of one of them
_LEAST_MAJOR = 20  # characters of a script that make it the script of the note


class _Edit(NamedTuple):
    start: int
    end: int
    text: str  # what stands there instead


@dataclass(frozen=True, slots=True)
class Scripts:
    """How many characters of a note are written so in one script only."""

    simplified: int
    traditional: int

    @property
    def main(self) -> str:
        """Which of them the note is written in, "none" where nothing tells."""
        if self.simplified == self.traditional:
            return "none"
        return "simplified" if self.simplified > self.traditional else "traditional"


def fold_passage(text: str, words: Collection[str] = FIELD_WORDS) -> Folded:
    """A text in the form in which texts are compared, and the place of each of its characters.

    Args:
        text: As it stands in the note.
        words: English words by which lost spaces are found, in lower case; names that look like
            several words may stand among them, so that they stay whole.
    """
    parts: list[str] = []
    places: list[Span] = []
    last = 0
    for edit in _edits(text, words):
        if edit.start < last:
            continue  # inside of another one
        _add_folded(text, last, edit.start, parts, places)
        parts.append(edit.text)
        places += [(edit.start, edit.end)] * len(edit.text)
        last = edit.end
    _add_folded(text, last, len(text), parts, places)
    return _simplified("".join(parts), places)


def _edits(text: str, words: Collection[str]) -> list[_Edit]:
    """Where something is taken away or put in."""
    edits = [
        _Edit(place, place, " ") for run in find_lost_spaces(text, words) for place in run.places
    ]
    if not text.isascii():
        edits += [_Edit(*pinyin.span, "") for pinyin in find_pinyin(text)]
    if "\n" in text or "\r" in text:
        edits += [_Edit(*found.span("gap"), " ") for found in _TORN_LABEL.finditer(text)]
        edits += [_Edit(*found.span("gap"), "") for found in _TORN_ADDRESS.finditer(text)]
    return sorted(edits)


def _add_folded(text: str, start: int, end: int, parts: list[str], places: list[Span]) -> None:
    piece = text[start:end]
    lower = piece.lower()
    if piece.isascii() or (
        len(lower) == len(piece)
        and unicodedata.is_normalized("NFKC", piece)
        and unicodedata.is_normalized("NFKC", lower)
    ):
        parts.append(lower)
        places += zip(range(start, end), range(start + 1, end + 1), strict=True)
        return
    for first, last in _clusters(piece):
        folded = unicodedata.normalize("NFKC", piece[first:last]).lower()
        folded = unicodedata.normalize("NFC", folded)
        parts.append(folded)
        places += [(start + first, start + last)] * len(folded)


def _clusters(piece: str) -> Iterator[Span]:
    """The stretches that must be normalised together: a letter with what is written upon it."""
    first = 0
    for place in range(1, len(piece)):
        character = piece[place]
        joined = unicodedata.combining(character) or "\u1160" <= character <= "\u11ff"
        if not joined and character not in "\uff9e\uff9f":
            yield first, place
            first = place
    if piece:
        yield first, len(piece)


def _simplified(text: str, places: list[Span]) -> Folded:
    """The text in simplified characters; a run whose length changes shares its places."""
    if text.isascii():
        return Folded(text, tuple(places))
    parts: list[str] = []
    kept: list[Span] = []
    last = 0
    for run in _HAN_RUN.finditer(text):
        parts.append(text[last : run.start()])
        kept += places[last : run.start()]
        simple = fold(run[0])
        parts.append(simple)
        own = places[run.start() : run.end()]
        even = len(simple) == len(own)
        kept += own if even else [(own[0][0], own[-1][1])] * len(simple)
        last = run.end()
    parts.append(text[last:])
    kept += places[last:]
    return Folded("".join(parts), tuple(kept))


def count_scripts(text: str) -> Scripts:
    """How much of a text is simplified and how much traditional; most characters are both."""
    kinds = [_script_of(character) for character in text if character > "\u3400"]
    return Scripts(kinds.count("simplified"), kinds.count("traditional"))


@lru_cache(maxsize=32_768)
def _script_of(character: str) -> str:
    """The script that a character belongs to alone: it is in that side's standard only."""
    in_mainland, in_taiwan = _is_in("gb2312", character), _is_in("big5", character)
    if in_mainland == in_taiwan or not _HAN_RUN.match(character):
        return ""
    if in_mainland:
        return "simplified"
    return "traditional" if fold(character) != character else ""


def _is_in(encoding: str, character: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def find_damages(text: str, words: Collection[str] = FIELD_WORDS) -> tuple[Damage, ...]:
    """Every spot of a note that did not reach it whole, in order."""
    found = [*_pinyin(text), *_lost_spaces(text, words), *_torn_links(text), *_minor_script(text)]
    found += find_mojibake(text)
    return tuple(sorted(found, key=lambda damage: damage.span))


def with_damages(note: Note, words: Collection[str] = FIELD_WORDS) -> Note:
    """The note with its damages listed."""
    return replace(note, damages=find_damages(note.text, words))


def _pinyin(text: str) -> Iterator[Damage]:
    for pinyin in find_pinyin(text):
        start, end = pinyin.span[0] - len(pinyin.han), pinyin.span[1]
        yield Damage(DamageKind.PINYIN, (start, end), text[start:end], pinyin.han)


def _lost_spaces(text: str, words: Collection[str]) -> Iterator[Damage]:
    for (start, end), places in find_lost_spaces(text, words):
        bounds = (start, *places, end)
        meant = " ".join(text[a:b] for a, b in pairwise(bounds))
        yield Damage(DamageKind.LOST_SPACES, (start, end), text[start:end], meant)


def _torn_links(text: str) -> Iterator[Damage]:
    for found in _TORN_LABEL.finditer(text):
        meant = " ".join(found["label"].split())
        yield Damage(DamageKind.BROKEN_LINK, found.span("label"), found["label"], meant)
    for found in _TORN_ADDRESS.finditer(text):
        rest = re.match(r"[^\s)\]，。）]+", text[found.end() :])
        end = found.end() + (rest.end() if rest else 0)
        whole = text[found.start() : found.start("gap")] + text[found.end("gap") : end]
        yield Damage(DamageKind.BROKEN_LINK, (found.start(), end), text[found.start() : end], whole)


def _minor_script(text: str) -> Iterator[Damage]:
    """The runs written in the script that the note is not written in."""
    scripts = count_scripts(text)
    minor = {"simplified": "traditional", "traditional": "simplified"}.get(scripts.main)
    if minor is None or max(scripts.simplified, scripts.traditional) < _LEAST_MAJOR:
        return
    start = end = -1
    for place, character in enumerate(text):
        kind = _script_of(character) if character > "\u3400" else ""
        breaks = character in "\r\n" or (kind and kind != minor) or place - end >= _MOST_MINOR
        if start >= 0 and breaks:
            yield _mixed(text, start, end)
            start = -1
        if kind == minor:
            start, end = (start if start >= 0 else place), place + 1
    if start >= 0:
        yield _mixed(text, start, end)


def _mixed(text: str, start: int, end: int) -> Damage:
    return Damage(DamageKind.MIXED_SCRIPT, (start, end), text[start:end])
