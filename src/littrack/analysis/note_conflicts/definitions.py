"""From how many parameters on a model is called large: notes that draw the line differently."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from littrack.analysis.note_conflicts.found import Found, line_of, note_language
from littrack.analysis.note_conflicts.wording import explain
from littrack.analysis.note_facts.amounts import extract_amounts
from littrack.analysis.note_facts.reading import Sentence
from littrack.claims import Unit
from littrack.notes import ConflictKind, Note, Span

_TERM = re.compile(r"\bLLMs?\b|large language models?|大(?:型)?语言模型", re.IGNORECASE)
_DEFINES = re.compile(
    r"称|是指|指的是|定义|术语|大小为|refers? to|defined as|(?:are|is) called|the term",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"大于|超过|以上|不少于|至少|[>≥]|more than|over|at least|larger than|exceed", re.IGNORECASE
)
_ORDERS = re.compile(
    r"(?P<count>数十|数百|数千|几十|几百|数|tens of|hundreds of|tens or hundreds of)"
    r"\s*(?P<scale>亿|billions?)",
    re.IGNORECASE,
)
_FACTORS = {"数": 1, "数十": 10, "几十": 10, "数百": 100, "几百": 100, "数千": 1000,
            "tens of": 10, "hundreds of": 100, "tens or hundreds of": 10}  # fmt: skip


_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class _Line:
    """Where a note draws the line: the least number of parameters, as a power of ten."""

    order: int
    text: str
    span: Span
    is_vague: bool  # "hundreds of billions": an order, no number


def find_definition_conflicts(
    notes: Sequence[tuple[Note, Sequence[Sentence]]],
) -> Iterator[tuple[Note, Found]]:
    """Each note whose line is another than that of other notes, once."""
    lines: Mapping[str, _Line] = {
        note.path: line for note, sentences in notes if (line := _line(sentences))
    }
    agreed = _agreed(list(lines.values()))
    for note, _sentences in notes:
        own = lines.get(note.path)
        if own is None or own.order == agreed:
            continue
        others = [
            (other, line)
            for other, _ in notes
            if (line := lines.get(other.path)) and line.order != own.order
        ][:_MOST_NAMED]
        if not others:
            continue
        known = "; ".join(f"{other.path} “{line.text}”" for other, line in others)
        sources = tuple(f"{other.path}:{line_of(other, line.span[0])}" for other, line in others)
        words = explain("definition", note_language(note), known=known)
        yield (
            note,
            Found(
                *(own.span, "LLM", "definition", own.text, known, ConflictKind.VALUE, words),
                sources=sources,
            ),
        )


def _agreed(lines: Sequence[_Line]) -> int | None:
    """The line that more than half of the notes draw; they need not be told of the others."""
    counts = Counter(line.order for line in lines)
    order, count = counts.most_common(1)[0] if counts else (None, 0)
    return order if 2 * count > len(lines) else None


def _line(sentences: Sequence[Sentence]) -> _Line | None:
    """The first sentence of a note that says from what size on a model is a large one."""
    for sentence in sentences:
        text = sentence.text
        if not _TERM.search(text) or not _DEFINES.search(text):
            continue
        vague = _ORDERS.search(text)
        if vague and re.search(r"参数|param", text):
            scale = 1e8 if vague["scale"] == "亿" else 1e9
            value = _FACTORS[vague["count"].lower()] * scale
            span = sentence.span(*vague.span())
            return _Line(len(f"{value:.0f}"), vague[0], span, True)
        for one in extract_amounts(text):
            if one.unit in (None, Unit.PARAMETERS) and one.value >= 1e8:
                more = _MORE.search(text[max(0, one.start - 12) : one.start])
                shown = f"{more[0]} {one.text}" if more else one.text
                return _Line(
                    len(f"{one.value:.0f}"), shown, sentence.span(one.start, one.end), False
                )
    return None
