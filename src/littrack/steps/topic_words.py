"""What topics are called: read some of their papers' texts, choose terms and labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from littrack.analysis.terms import TermTable, read_terms
from littrack.analysis.topic_labels import choose_labels, find_terms, label_broader, translate_label
from littrack.analysis.topic_measures import measure_coherence
from littrack.analysis.topic_phrases import Phrases, find_phrases
from littrack.store import topics
from littrack.store.topics import Placed
from littrack.topics import Topic

if TYPE_CHECKING:
    import sqlalchemy as sa

TEXTS_A_TOPIC = 400  # read for the labels, spread evenly over the topic's papers by arXiv id
_LEAST_SHARE = 0.02  # of a topic's texts: a phrase as rare as that marks none


@cache
def _table() -> TermTable:
    """Words of topics and, after them, the terms of search; what stands in both is of the first."""
    folder = files("littrack") / "data"
    names = ("topic_words.tsv", "terms.tsv")
    lines = ((folder / name).read_text("utf-8").splitlines() for name in names)
    return TermTable(term for part in lines for term in read_terms(part))


def describe_topics(
    conn: sa.Connection,
    placed: Placed,
    parents: Mapping[int, int | None],
    known: Mapping[int, Topic],
) -> dict[int, Topic]:
    """Labels, terms and coherence of every topic with papers, and of the broader ones.

    A topic that a person named keeps its name.
    """
    chosen = _choose_texts(placed.topics)
    numbers = [int(number) for number in np.unique(placed.topics[chosen])]
    least = max(2, round(_LEAST_SHARE * len(chosen) / max(1, len(numbers))))
    phrases = find_phrases(topics.load_texts(conn, placed.papers[chosen].tolist()), least)
    own = placed.topics[chosen]
    described = _describe(phrases, own, numbers, known)
    broad_of = np.array([parents.get(number) or 0 for number in numbers], np.int64)
    broad = sorted(set(broad_of.tolist()) - {0})
    if broad:
        above = broad_of[np.searchsorted(numbers, own)]
        found = _describe(phrases, above, broad, known)
        sizes = {number: int((placed.topics == number).sum()) for number in numbers}
        described |= _label_by_topics(found, described, parents, sizes)
    return described


def _label_by_topics(
    found: Mapping[int, Topic],
    described: Mapping[int, Topic],
    parents: Mapping[int, int | None],
    sizes: Mapping[int, int],
) -> dict[int, Topic]:
    """Broader topics by their largest topics: terms common to many topics would say little."""
    named = {}
    for number, topic in found.items():
        own = [described[leaf] for leaf in described if parents.get(leaf) == number]
        own.sort(key=lambda leaf: (-sizes[leaf.number], leaf.number))
        label = topic.label if topic.named_by else label_broader([leaf.label for leaf in own])
        label_zh = topic.label_zh if topic.named_by else translate_label(label, _table())
        named[number] = replace(topic, label=label, label_zh=label_zh)
    return named


def _choose_texts(topic_of: np.ndarray) -> np.ndarray:
    """Places of the papers to read, ascending."""
    order = np.argsort(topic_of, kind="stable")
    borders = np.flatnonzero(np.diff(topic_of[order], prepend=-1))
    parts = [own for own in np.split(order, borders[1:]) if topic_of[own[0]] > 0]
    spread = [
        own[np.linspace(0, len(own) - 1, min(TEXTS_A_TOPIC, len(own))).astype(np.intp)]
        for own in parts
    ]
    return np.sort(np.concatenate([*spread, np.empty(0, np.intp)]))


def _describe(
    phrases: Phrases, topic_of: np.ndarray, numbers: list[int], known: Mapping[int, Topic]
) -> dict[int, Topic]:
    places = np.searchsorted(numbers, topic_of)
    marked = find_terms(phrases, places, len(numbers))
    labels = choose_labels([item.terms for item in marked], _table())
    found = {}
    for number, item, label in zip(numbers, marked, labels, strict=True):
        coherence = measure_coherence(
            [phrases.texts_with(phrase) for phrase in item.phrases], phrases.texts
        )
        label_zh, named_by = translate_label(label, _table()), ""
        before = known.get(number)
        if before is not None and before.named_by:
            label, label_zh, named_by = before.label, before.label_zh, before.named_by
        found[number] = Topic(
            number,
            label,
            label_zh,
            size=0,
            terms=item.terms,
            coherence=None if coherence is None else round(coherence, 6),
            named_by=named_by,
        )
    return found
