"""The sentence of an abstract that shows best why it was found."""

from __future__ import annotations

from collections.abc import Collection

from littrack.text import sentences, tokens


def choose_snippet(text: str, wanted: Collection[str], longest: int = 280) -> str:
    """The sentence with most of the `wanted` tokens, the earlier of equals; cut at `longest`.

    Without any of them, the first sentence; "" for an empty text.
    """
    spans = sentences(text)
    if not spans:
        return ""
    goal = set(wanted)
    start, end = max(spans, key=lambda span: len(goal.intersection(tokens(text[slice(*span)]))))
    sentence = " ".join(text[start:end].split())
    if len(sentence) <= longest:
        return sentence
    return sentence[:longest].rsplit(" ", 1)[0].rstrip(",;:") + " …"
