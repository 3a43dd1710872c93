"""What a person does to topics: give names, make one a part of another; and what there is to see.

Both outlive every refit: the name goes on with the topic's id, and what was merged keeps drawing
papers for the topic it was merged into.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from littrack.analysis.topic_places import place_on_map
from littrack.errors import InputError, NotFound
from littrack.steps.curate import reviewer
from littrack.steps.opening import OpenLibrary
from littrack.store import papers, topics
from littrack.store.engine import begin
from littrack.topics import Topic, TopicEvent, TopicEventKind

if TYPE_CHECKING:
    import sqlalchemy as sa


@dataclass(frozen=True, slots=True)
class TopicDetails:
    """A topic with what surrounds it."""

    topic: Topic
    parent: Topic | None
    topics: tuple[Topic, ...]  # of a broader topic
    papers: tuple[tuple[str, str, float], ...]  # arXiv id, title, similarity; central ones first
    events: tuple[TopicEvent, ...]


def rename_topic(
    library: OpenLibrary, number: int, label: str, label_zh: str | None, by: str | None = None
) -> Topic:
    """Give a topic a name that stays; without a Chinese one, the English one stands for it too.

    Raises:
        NotFound, InputError: there is no such topic now, or the name is empty.
    """
    label, label_zh = label.strip(), (label_zh or label).strip()
    if not label or not label_zh:
        raise InputError("a topic's name must not be empty")
    with library.writing("littrack topics rename"), begin(library.engine) as conn:
        topic = _living(conn, number)
        who = reviewer(library, by)
        topics.save_name(conn, number, label, label_zh, who)
        _record(library, conn, TopicEventKind.RENAME, (number, ()), f"{who}: {topic.label}")
        return topics.load_topic(conn, number)


def merge_topics(library: OpenLibrary, number: int, into: int, by: str | None = None) -> Topic:
    """Make a topic a part of another, for good.

    Raises:
        NotFound, InputError: one of them is no topic now, or they are of different kinds.
    """
    with library.writing("littrack topics merge"), begin(library.engine) as conn:
        one, other = _living(conn, number), _living(conn, into)
        broad = {topic.parent for topic in topics.load_topics(conn)}
        if number == into:
            raise InputError(f"topic {number} cannot be merged into itself")
        if number in broad or into in broad:
            raise InputError("broader topics follow from their topics and cannot be merged")
        who = reviewer(library, by)
        topics.save_merge(conn, number, into)
        detail = f"{who}: {one.label} into {other.label}"
        _record(library, conn, TopicEventKind.MERGE, (into, (number,)), detail)
        return topics.load_topic(conn, into)


def _living(conn: sa.Connection, number: int) -> Topic:
    topic = topics.load_topic(conn, number)
    if topic.died or topic.merged_into:
        heir = f"; most of it is in topic {topic.merged_into}" if topic.merged_into else ""
        raise NotFound(f"topic {number} is no more{heir}")
    return topic


def _record(
    library: OpenLibrary,
    conn: sa.Connection,
    kind: TopicEventKind,
    concerned: tuple[int, tuple[int, ...]],
    detail: str,
) -> None:
    newest = topics.load_newest_fit(conn)
    fit = newest[0].number if newest else 0
    event = TopicEvent(kind, concerned[0], concerned[1], detail, library.now(), fit)
    topics.save_events(conn, [event])


def show_topic(library: OpenLibrary, number: int, *, limit: int = 10) -> TopicDetails:
    """A topic with its papers, living or not.

    Raises:
        NotFound: there never was one of that id.
    """
    with library.engine.connect() as conn:
        topic = topics.load_topic(conn, number)
        living = topics.load_topics(conn)
        members = topics.load_members(conn, number, limit=limit)
        titles = papers.load_titles(conn, [arxiv_id for arxiv_id, _ in members])
        parent = next((t for t in living if t.number == topic.parent), None)
        own = sorted((t for t in living if t.parent == number), key=lambda t: (-t.size, t.number))
        return TopicDetails(
            topic,
            parent,
            tuple(own),
            tuple((arxiv_id, titles[arxiv_id], near) for arxiv_id, near in members),
            tuple(topics.load_events(conn, number)),
        )


def load_events(library: OpenLibrary, number: int | None = None) -> list[TopicEvent]:
    """What happened to topics, or to one, oldest first."""
    with library.engine.connect() as conn:
        if number is not None:
            topics.load_topic(conn, number)
        return topics.load_events(conn, number)


def load_map(library: OpenLibrary) -> dict[int, tuple[float, float]]:
    """Where each topic lies on a map of two dimensions."""
    with library.engine.connect() as conn:
        clusters = topics.load_clusters(conn)
    own = [place for place, n in enumerate(clusters.numbers) if clusters.owners[place] == n]
    places = place_on_map(clusters.centroids[own]) if own else np.zeros((0, 2))
    return {
        clusters.numbers[place]: (round(float(x), 6), round(float(y), 6))
        for place, (x, y) in zip(own, places, strict=True)
    }


def load_placements(library: OpenLibrary) -> list[tuple[str, int | None, float]]:
    """Every paper with its topic (None: it belongs nowhere) and the similarity, by arXiv id."""
    with library.engine.connect() as conn:
        return sorted(topics.load_placements(conn), key=lambda row: row[0])
