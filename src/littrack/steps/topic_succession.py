"""From one fit to the next: which clusters go on under which ids, and what became of the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from littrack.analysis.topic_matching import Matching, match_topics
from littrack.analysis.topic_measures import measure_agreement
from littrack.analysis.topics import find_nearest
from littrack.store import topics
from littrack.store.topics import Clusters, Placed
from littrack.topics import Topic, TopicEvent, TopicEventKind, TopicFit

if TYPE_CHECKING:
    import sqlalchemy as sa


@dataclass(frozen=True, slots=True)
class Former:
    """What the last fit left: nothing but empty parts before the first."""

    fit: TopicFit | None
    is_comparable: bool  # made with the same encoder: its centroids say something
    clusters: Clusters
    broad: Clusters
    placed: Placed
    names: Mapping[int, Topic]  # every topic ever, by id

    @classmethod
    def load(cls, conn: sa.Connection, encoder_id: int) -> Former:
        """Read it from SQL."""
        newest = topics.load_newest_fit(conn)
        return cls(
            newest[0] if newest else None,
            newest is not None and newest[1] == encoder_id,
            topics.load_clusters(conn),
            topics.load_clusters(conn, broad=True),
            topics.load_placed(conn),
            {topic.number: topic for topic in topics.load_topics(conn, with_dead=True)},
        )

    def start(self, count: int | None) -> np.ndarray | None:
        """The centroids to begin with; None where there are none or fewer are asked for."""
        known = len(self.clusters.numbers)
        if not self.is_comparable or not known or (count is not None and count < known):
            return None
        return self.clusters.centroids

    def asked_for(self, count: int | None) -> bool:
        """Whether the last fit was asked for just this number of topics."""
        return count is not None and self.fit is not None and self.fit.settings["topics"] == count

    def merged_into(self, number: int) -> int | None:
        """What a person made this topic a part of."""
        known = self.names.get(number)
        return known.merged_into if known and not known.died else None

    def clusters_of(self, ids: np.ndarray, matrix: np.ndarray) -> np.ndarray:
        """The cluster (by place) each of these papers was in; -1 for none."""
        order = np.searchsorted(self.placed.papers, ids)
        order = np.minimum(order, max(0, len(self.placed) - 1))
        if not len(self.placed):
            return np.full(len(ids), -1, np.int64)
        held = (self.placed.papers[order] == ids) & (self.placed.topics[order] > 0)
        if self.is_comparable:  # parts of a topic that a person made are told apart
            return np.where(held, find_nearest(matrix, self.clusters.centroids)[0], -1)
        place_of = {number: place for place, number in enumerate(self.clusters.numbers)}
        places = [place_of.get(number, -1) for number in self.placed.topics[order].tolist()]
        return np.where(held, np.array(places, np.int64), -1)


@dataclass(frozen=True, slots=True)
class Named:
    """Clusters that wait for their ids: centroids, broader ones, and which belongs to which."""

    centroids: np.ndarray
    broad_centroids: np.ndarray
    broad_of: np.ndarray  # place of each cluster's broader one; -1 for none


@dataclass(frozen=True, slots=True)
class Succession:
    """The ids of clusters, in their order, and what happened."""

    numbers: tuple[int, ...]
    owners: tuple[int, ...]  # the topic each cluster's papers are counted for
    parents: tuple[int | None, ...]
    broad_numbers: tuple[int, ...]
    dead: Mapping[int, int | None]  # with the topic that most of its papers went to
    events: tuple[TopicEvent, ...]
    measures: Mapping[str, float]


def succeed(
    former: Former,
    named: Named,
    papers: tuple[np.ndarray, np.ndarray, np.ndarray],
    when: tuple[int, datetime],
) -> Succession:
    """Give clusters their ids: those of the last fit where most papers are the same.

    `papers` are SQL ids, vectors and clusters; `when` is the number of the fit and its time.
    """
    ids, matrix, clusters = papers
    before = former.clusters_of(ids, matrix)
    old = match_topics(before, clusters, former.clusters.numbers, len(named.centroids))
    old = _keep_owners(old, former)
    newest = max(former.names, default=0)
    numbers, newest = _number(old, len(named.centroids), newest)
    broad_before, broad_after = _broad_places(before, clusters, former, named)
    broader = match_topics(
        broad_before, broad_after, former.broad.numbers, len(named.broad_centroids)
    )
    broad_numbers, _ = _number(broader, len(named.broad_centroids), newest)
    parents = [broad_numbers[p] if p >= 0 else None for p in named.broad_of.tolist()]
    owners = tuple(former.merged_into(number) or number for number in numbers)
    story = _Story(when) if former.fit else None
    events = [
        *(story.tell(old, numbers, owners) if story else ()),
        *(story.tell(broader, broad_numbers, broad_numbers) if story else ()),
    ]
    return Succession(
        numbers=numbers,
        owners=owners,
        parents=tuple(parents),
        broad_numbers=broad_numbers,
        dead=_dead(old, owners) | _dead(broader, broad_numbers),
        events=tuple(events),
        measures=_compare(before, clusters, old, former),
    )


def _keep_owners(old: Matching, former: Former) -> Matching:
    """A topic that died while a part of it lives goes on in that part: a person's merge stays."""
    kept, dead = dict(old.kept), list(old.dead)
    for cluster, number in old.kept.items():
        owner = former.merged_into(number)
        if owner in dead:
            kept[cluster] = owner
            dead[dead.index(owner)] = number
    heirs = {number: heir for number, heir in old.heirs.items() if number in dead}
    heirs |= {old.kept[c]: c for c in kept if kept[c] != old.kept[c]}
    return Matching(kept, old.overlaps, old.born, old.origins, tuple(dead), heirs)


def _number(match: Matching, clusters: int, newest: int) -> tuple[tuple[int, ...], int]:
    """The id of each cluster, new ones counted on; and the highest."""
    numbers = []
    for cluster in range(clusters):
        if cluster not in match.kept:
            newest += 1
        numbers.append(match.kept.get(cluster, newest))
    return tuple(numbers), newest


def _broad_places(
    before: np.ndarray, clusters: np.ndarray, former: Former, named: Named
) -> tuple[np.ndarray, np.ndarray]:
    """The broader topic of each paper, then and now, by place."""
    place_of = {number: place for place, number in enumerate(former.broad.numbers)}
    then = [place_of.get(parent or 0, -1) for parent in former.clusters.parents]
    return np.array([*then, -1], np.int64)[before], np.append(named.broad_of, -1)[clusters]


def _dead(match: Matching, owners: Sequence[int]) -> dict[int, int | None]:
    return {
        number: owners[match.heirs[number]] if number in match.heirs else None
        for number in match.dead
    }


@dataclass(frozen=True, slots=True)
class _Story:
    """What happened in a fit, as events."""

    when: tuple[int, datetime]

    def tell(
        self, match: Matching, numbers: Sequence[int], owners: Sequence[int]
    ) -> list[TopicEvent]:
        """Births and splits, deaths and merges."""
        events = []
        for cluster in match.born:
            origin = match.origins.get(cluster)
            if origin is not None:
                events.append(self._event(TopicEventKind.SPLIT, origin, (numbers[cluster],)))
            events.append(self._event(TopicEventKind.BIRTH, numbers[cluster], ()))
        for number in match.dead:
            if number in match.heirs:
                heir = owners[match.heirs[number]]
                events.append(self._event(TopicEventKind.MERGE, heir, (number,)))
            events.append(self._event(TopicEventKind.DEATH, number, ()))
        return events

    def _event(self, kind: TopicEventKind, topic: int, others: tuple[int, ...]) -> TopicEvent:
        return TopicEvent(kind, topic, others, _DETAILS[kind], self.when[1], self.when[0])


_DETAILS = {
    TopicEventKind.SPLIT: "most papers of the new topic were in this one",
    TopicEventKind.BIRTH: "no earlier topic holds enough of its papers",
    TopicEventKind.MERGE: "most papers of the topic that died are in this one",
    TopicEventKind.DEATH: "no topic holds enough of its papers",
}


def _compare(
    before: np.ndarray, after: np.ndarray, match: Matching, former: Former
) -> dict[str, float]:
    """How much stayed: share of ids kept, mean overlap, agreement about papers in both."""
    if not former.clusters.numbers:
        return {}
    both = (before >= 0) & (after >= 0)
    overlaps = list(match.overlaps.values())
    return {
        "kept": round(len(match.kept) / len(former.clusters.numbers), 6),
        "overlap": round(float(np.mean(overlaps)), 6) if overlaps else 0.0,
        "agreement": round(measure_agreement(before[both], after[both]), 6),
    }
