"""Topics in SQL: fits, topics under ids that outlive them, which paper belongs where, events.

A living topic has no `died_fit`. One that a person merged into another lives on as a part of that
one: it has `merged_into` and no `died_fit`, its centroid still draws papers, and they are the
other's. A broader topic is one that others name as their parent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa

from littrack.errors import NotFound
from littrack.store.bulk import insert_rows, insert_tuples
from littrack.store.tables import (
    paper_topics,
    paper_versions,
    papers,
    topic_events,
    topic_fits,
    topics,
    vectors,
)
from littrack.topics import Topic, TopicEvent, TopicEventKind, TopicFit, TopicTerm

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Placed:
    """Papers and where they belong, as arrays in the same order; topic 0 is nowhere."""

    papers: np.ndarray  # SQL ids, int64
    topics: np.ndarray  # int64
    similarities: np.ndarray  # float32, to the nearest centroid
    text_hashes: Sequence[bytes]

    def __len__(self) -> int:
        return len(self.papers)


@dataclass(frozen=True, slots=True)
class Clusters:
    """The centroids that draw papers: of living topics, also of those that are part of another."""

    numbers: tuple[int, ...]  # of the topics the centroids are of
    owners: tuple[int, ...]  # the topics that the papers are counted for
    parents: tuple[int | None, ...]
    centroids: np.ndarray  # float32 (n, d)


def load_newest_fit(conn: sa.Connection) -> tuple[TopicFit, int] | None:
    """The last fit and the encoder it was made with; None before the first."""
    row = conn.execute(sa.select(topic_fits).order_by(topic_fits.c.id.desc()).limit(1)).first()
    if row is None:
        return None
    return TopicFit(row.id, row.fitted_at, row.settings, row.measures), row.encoder_id


def load_topics(conn: sa.Connection, *, with_dead: bool = False) -> list[Topic]:
    """The topics that papers can belong to now, and the broader ones, by id; or all ever."""
    query = sa.select(topics).order_by(topics.c.id)
    if not with_dead:
        query = query.where(topics.c.died_fit.is_(None), topics.c.merged_into.is_(None))
    return [_topic(row) for row in conn.execute(query)]


def load_topic(conn: sa.Connection, number: int) -> Topic:
    """A topic by its id, living or not.

    Raises:
        NotFound: there never was one.
    """
    row = conn.execute(sa.select(topics).where(topics.c.id == number)).first()
    if row is None:
        raise NotFound(f"there is no topic {number}; littrack topics list shows them")
    return _topic(row)


def _topic(row: sa.Row[tuple[object, ...]]) -> Topic:
    return Topic(
        number=row.id,
        label=row.label,
        label_zh=row.label_zh,
        size=row.size,
        terms=tuple(TopicTerm(text, weight) for text, weight in row.terms),
        representatives=tuple(row.representatives),
        parent=row.parent_id,
        coherence=row.coherence,
        named_by=row.named_by,
        died=row.died_fit is not None,
        merged_into=row.merged_into,
    )


def load_newest_number(conn: sa.Connection) -> int:
    """The highest id a topic ever had; 0 before the first."""
    return conn.scalar(sa.select(sa.func.max(topics.c.id))) or 0


def load_clusters(conn: sa.Connection, *, broad: bool = False) -> Clusters:
    """The centroids of the topics, or of the broader ones, by id."""
    c = topics.c
    rows = conn.execute(sa.select(topics).where(c.died_fit.is_(None)).order_by(c.id)).all()
    parents = {row.parent_id for row in rows}
    chosen = [row for row in rows if (row.id in parents) == broad]
    owner = {row.id: row.merged_into or row.id for row in rows}
    return Clusters(
        numbers=tuple(row.id for row in chosen),
        owners=tuple(owner[row.id] for row in chosen),
        parents=tuple(row.parent_id for row in chosen),
        centroids=np.array(
            [np.frombuffer(row.centroid, "<f4") for row in chosen], np.float32, ndmin=2
        ),
    )


def load_placed(conn: sa.Connection) -> Placed:
    """Where every paper was put, by the paper's SQL id."""
    c = paper_topics.c
    query = sa.select(c.paper_id, c.topic_id, c.similarity, c.text_hash).order_by(c.paper_id)
    rows = conn.execute(query).all()
    return Placed(
        np.fromiter((row[0] for row in rows), np.int64, len(rows)),
        np.fromiter((row[1] or 0 for row in rows), np.int64, len(rows)),
        np.fromiter((row[2] for row in rows), np.float32, len(rows)),
        [bytes(row[3]) for row in rows],
    )


def load_papers_to_place(
    conn: sa.Connection, encoder_id: int, *, only_new: bool
) -> list[tuple[int, str, bytes]]:
    """Papers with a vector that are not withdrawn: ``(SQL id, arXiv id, text hash)`` by arXiv id.

    With `only_new`, those that were not put anywhere yet with the text they have now.
    """
    version = paper_versions.c
    query = (
        sa.select(papers.c.id, papers.c.arxiv_id, version.text_hash)
        .join(paper_versions, version.id == papers.c.version_id)
        .join(vectors, vectors.c.text_hash == version.text_hash)
        .where(vectors.c.encoder_id == encoder_id, ~papers.c.withdrawn)
    )
    if only_new:
        same = paper_topics.c.text_hash == version.text_hash
        placed = sa.exists().where(paper_topics.c.paper_id == papers.c.id, same)
        query = query.where(~placed)
    # Ordered here: databases sort text in different ways.
    return sorted(((row[0], row[1], bytes(row[2])) for row in conn.execute(query)), key=_arxiv_id)


def _arxiv_id(row: tuple[int, str, bytes]) -> str:
    return row[1]


def load_texts(conn: sa.Connection, paper_ids: Sequence[int]) -> Iterator[str]:
    """Title and abstract of each of these papers, in their order."""
    version = paper_versions.c
    query = sa.select(papers.c.id, version.title, version.abstract).join(
        paper_versions, version.id == papers.c.version_id
    )
    for start in range(0, len(paper_ids), _CHUNK):
        chunk = [int(number) for number in paper_ids[start : start + _CHUNK]]
        found = {row[0]: row for row in conn.execute(query.where(papers.c.id.in_(chunk)))}
        for number in chunk:
            yield f"{found[number].title}. {found[number].abstract or ''}"


def load_members(
    conn: sa.Connection, number: int, *, limit: int | None = None
) -> list[tuple[str, float]]:
    """The papers of a topic or of a broader one, the most central first: arXiv id, similarity."""
    inside = sa.select(topics.c.id).where(topics.c.parent_id == number)
    query = (
        sa.select(papers.c.arxiv_id, paper_topics.c.similarity)
        .join(papers, papers.c.id == paper_topics.c.paper_id)
        .where((paper_topics.c.topic_id == number) | paper_topics.c.topic_id.in_(inside))
        .order_by(paper_topics.c.similarity.desc(), papers.c.arxiv_id)
        .limit(limit)
    )
    return [(row.arxiv_id, row.similarity) for row in conn.execute(query)]


def load_placements(conn: sa.Connection) -> Iterator[tuple[str, int | None, float]]:
    """Every paper that was looked at, by SQL id: arXiv id, topic (None: nowhere), similarity."""
    c = paper_topics.c
    query = sa.select(papers.c.arxiv_id, c.topic_id, c.similarity).join(
        papers, papers.c.id == c.paper_id
    )
    for row in conn.execute(query.order_by(papers.c.id)):
        yield row.arxiv_id, row.topic_id, row.similarity


def load_events(conn: sa.Connection, number: int | None = None) -> list[TopicEvent]:
    """What happened, oldest first; to one topic, also as another's part."""
    rows = conn.execute(sa.select(topic_events).order_by(topic_events.c.id))
    return [
        TopicEvent(
            TopicEventKind(row.kind),
            row.topic_id,
            tuple(row.others),
            row.detail,
            row.recorded_at,
            row.fit_id,
        )
        for row in rows
        if number is None or number == row.topic_id or number in row.others
    ]


@dataclass(frozen=True, slots=True)
class FittedTopic:
    """A topic as a fit found it."""

    topic: Topic
    centroid: np.ndarray


def save_fit(conn: sa.Connection, fit: TopicFit, encoder_id: int) -> None:
    """Begin a new fit."""
    row = {"id": fit.number, "encoder_id": encoder_id, "fitted_at": fit.fitted_at}
    documents = {"settings": dict(fit.settings), "measures": dict(fit.measures)}
    conn.execute(topic_fits.insert(), row | documents)


def save_topics(conn: sa.Connection, fitted: Iterable[FittedTopic], fit: int) -> None:
    """Store topics as they are now; those that are new are born in this fit."""
    known = set(conn.scalars(sa.select(topics.c.id)))
    for item in fitted:
        row = _row(item)
        if item.topic.number in known:
            conn.execute(topics.update().where(topics.c.id == item.topic.number).values(row))
        else:
            conn.execute(topics.insert(), row | {"id": item.topic.number, "born_fit": fit})


def _row(item: FittedTopic) -> dict[str, object]:
    topic = item.topic
    return {
        "parent_id": topic.parent,
        "label": topic.label,
        "label_zh": topic.label_zh,
        "named_by": topic.named_by,
        "terms": [[term.text, term.weight] for term in topic.terms],
        "representatives": list(topic.representatives),
        "size": topic.size,
        "coherence": topic.coherence,
        "centroid": item.centroid.astype("<f4").tobytes(),
        "merged_into": topic.merged_into,
    }


def save_deaths(conn: sa.Connection, dead: Mapping[int, int | None], fit: int) -> None:
    """Let topics die in a fit, each with the topic that most of its papers went to, or none."""
    for number, heir in dead.items():
        values = {"died_fit": fit, "merged_into": heir, "size": 0}
        conn.execute(topics.update().where(topics.c.id == number).values(values))


def replace_placed(conn: sa.Connection, placed: Placed, fit: int, *, whole: bool) -> None:
    """Put papers into topics: all there are (`whole`), or these beside the others."""
    numbers = placed.papers.tolist()
    if whole:
        conn.execute(paper_topics.delete())
    for start in range(0, 0 if whole else len(numbers), _CHUNK):
        chunk = numbers[start : start + _CHUNK]
        conn.execute(paper_topics.delete().where(paper_topics.c.paper_id.in_(chunk)))
    found = zip(
        numbers,
        placed.topics.tolist(),
        placed.similarities.tolist(),
        placed.text_hashes,
        strict=True,
    )
    rows = [(paper, topic or None, near, text, fit) for paper, topic, near, text in found]
    insert_tuples(conn, paper_topics, rows)


def forget_withdrawn(conn: sa.Connection) -> int:
    """Take papers that were withdrawn since out of their topics; how many."""
    gone = sa.select(papers.c.id).where(papers.c.withdrawn)
    return conn.execute(paper_topics.delete().where(paper_topics.c.paper_id.in_(gone))).rowcount


def count_members(conn: sa.Connection) -> None:
    """Bring the sizes of living topics, and of the broader ones, to what belongs to them."""
    c = paper_topics.c
    query = sa.select(c.topic_id, sa.func.count()).where(c.topic_id.isnot(None))
    sizes = {row[0]: row[1] for row in conn.execute(query.group_by(c.topic_id))}
    living = load_topics(conn)
    for topic in living:
        if topic.parent is not None:
            sizes[topic.parent] = sizes.get(topic.parent, 0) + sizes.get(topic.number, 0)
    for topic in living:
        size = sizes.get(topic.number, 0)
        if size != topic.size:
            conn.execute(topics.update().where(topics.c.id == topic.number).values(size=size))


def save_measures(conn: sa.Connection, fit: int, measures: Mapping[str, float]) -> None:
    """What was counted since the fit."""
    changed = topic_fits.update().where(topic_fits.c.id == fit)
    conn.execute(changed.values(measures=dict(measures)))


def save_events(conn: sa.Connection, events: Iterable[TopicEvent]) -> None:
    """Add to what happened."""
    number = conn.scalar(sa.select(sa.func.max(topic_events.c.id))) or 0
    rows = [
        {
            "id": number + place,
            "fit_id": event.fit,
            "kind": event.kind.value,
            "topic_id": event.topic,
            "others": list(event.others),
            "detail": event.detail,
            "recorded_at": event.recorded_at,
        }
        for place, event in enumerate(events, 1)
    ]
    insert_rows(conn, topic_events, rows)


def save_name(conn: sa.Connection, number: int, label: str, label_zh: str, by: str) -> None:
    """Give a topic the name that a person chose."""
    values = {"label": label, "label_zh": label_zh, "named_by": by}
    conn.execute(topics.update().where(topics.c.id == number).values(values))


def save_merge(conn: sa.Connection, number: int, into: int) -> None:
    """Make a topic, and what was merged into it before, part of another: its papers go there."""
    part = (topics.c.id == number) | (
        (topics.c.merged_into == number) & topics.c.died_fit.is_(None)
    )
    conn.execute(topics.update().where(part).values(merged_into=into))
    conn.execute(topics.update().where(topics.c.id == number).values(size=0))
    moved = paper_topics.update().where(paper_topics.c.topic_id == number)
    conn.execute(moved.values(topic_id=into))
    count_members(conn)
    central = [arxiv_id for arxiv_id, _ in load_members(conn, into, limit=10)]
    conn.execute(topics.update().where(topics.c.id == into).values(representatives=central))
