"""Sentences of a note as rules can read them, and the way back to the note's own characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from littrack.analysis.pinyin import find_pinyin
from littrack.notes import Folded, Note, Passage, PassageKind, Span
from littrack.text import fold, sentences

_HAN_RUN = re.compile("[\u3400-\u9fff]+")
_KEPT = "。；！？…～"  # sentences end there, or a range has it; the rest of full width is folded
# A line break ends a sentence unless a line of English was merely wrapped.
_BREAK = re.compile(
    r"\n(?=\s*(?:[•·*+>|#-]|\d+[.)、]|\[\d+\]))|(?<=[^A-Za-z0-9,;()%’'\"-])\n|\n(?=[^a-z(])"
)
_LONGEST = 2_000  # characters; rules look at every pair of things in a sentence
_SILENT = {PassageKind.BOILERPLATE, PassageKind.CODE, PassageKind.REFERENCE}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage, made readable; ``whole.text[start:]`` begins with its text."""

    passage: Passage
    text: str
    whole: Folded  # of the passage
    start: int
    opens_line: bool  # a label may stand at its beginning

    def span(self, start: int, end: int) -> Span:
        """Where characters of the sentence stand in the note."""
        first, last = self.whole.original(self.start + start, self.start + end)
        return self.passage.span[0] + first, self.passage.span[0] + last


def read_sentences(note: Note) -> Iterator[Sentence]:
    """The sentences of a note in order, without what others wrote around it."""
    for passage in note.passages:
        if passage.kind not in _SILENT:
            yield from passage_sentences(passage)


def passage_sentences(passage: Passage) -> Iterator[Sentence]:
    """The sentences of one passage; a line of a list begins a new one."""
    whole = readable(passage.text)
    start = 0
    for end in [*(found.start() for found in _BREAK.finditer(whole.text)), len(whole.text)]:
        line, opens = whole.text[start:end], True
        for first, last in sentences(line):
            for place in range(first, last, _LONGEST):
                text = line[place : min(last, place + _LONGEST)].replace("\n", " ")
                yield Sentence(passage, text, whole, start + place, opens)
                opens = False
        start = end


def readable(text: str) -> Folded:
    """Without pinyin in brackets, half width, in simplified characters; capitals stay.

    >>> readable("訓(xùn)練 GPT-3").text
    '训练 GPT-3'
    """
    kept = [True] * len(text)
    for found in find_pinyin(text):
        start, end = found.span
        kept[start:end] = [False] * (end - start)
    places = [(i, i + 1) for i in range(len(text)) if kept[i]]
    plain = "".join(_narrow(text[i]) for i, _ in places)
    return Folded(_HAN_RUN.sub(_simplified, plain), tuple(places))


def _narrow(character: str) -> str:
    if character.isascii() or character in _KEPT:
        return character
    narrow = unicodedata.normalize("NFKC", character)
    return narrow if len(narrow) == 1 else character


def _simplified(run: re.Match[str]) -> str:
    plain = fold(run[0])
    return plain if len(plain) == len(run[0]) else run[0]
