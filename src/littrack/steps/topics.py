"""Topics: cluster the library, keep the ids of the last time, put new papers where they belong.

A fit reads everything, decides everything and then writes it in one transaction: killed, it leaves
the topics as they were. The same library and settings give the same topics, on any number of
threads (see analysis/topics.py). `assign_new` leaves the topics as they are and only counts how
well the new papers fit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from littrack.analysis import topics as clustering
from littrack.analysis.topic_measures import Drift, measure_drift
from littrack.analysis.topics import Clustering
from littrack.errors import InputError, NotFound
from littrack.records import Progress, RunReport, no_progress
from littrack.steps.opening import OpenLibrary
from littrack.steps.topic_succession import Former, Named, Succession, succeed
from littrack.steps.topic_words import describe_topics
from littrack.store import topics, vectors
from littrack.store.engine import begin
from littrack.store.topics import FittedTopic, Placed
from littrack.topics import Topic, TopicEvent, TopicFit

if TYPE_CHECKING:
    import sqlalchemy as sa

REPRESENTATIVES = 10


@dataclass(frozen=True, slots=True)
class FitOptions:
    """How to fit; what is None is chosen by rule."""

    count: int | None = None
    seed: int = 0
    fresh: bool = False  # not from the last fit's centroids; ids are matched all the same
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Corpus:
    """The papers to cluster, in order of arXiv id; equal texts share a row of `matrix`."""

    ids: np.ndarray  # SQL ids
    arxiv_ids: tuple[str, ...]
    text_hashes: tuple[bytes, ...]
    matrix: np.ndarray  # different vectors, on the grid
    row_of: np.ndarray  # of each paper, its row

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class _Fitted:
    """A finished fit, not yet stored."""

    fit: TopicFit
    encoder_id: int
    placed: Placed
    topics: tuple[FittedTopic, ...]
    dead: Mapping[int, int | None]
    events: tuple[TopicEvent, ...]


def fit_topics(
    library: OpenLibrary,
    options: FitOptions = FitOptions(),
    progress: Progress = no_progress,
) -> RunReport:
    """Cluster all papers that have a vector; a dry run only says what would come of it.

    Raises:
        InputError: too few papers have a vector, or the number of topics does not suit them.
    """
    with library.writing("littrack topics fit"):
        with library.engine.connect() as conn:
            fitted = _fit(library, conn, options, progress)
        if not options.dry_run:
            with begin(library.engine) as conn:
                _store(conn, fitted)
        progress("fitting topics", 4, 4)
    return _report(fitted, options)


def _fit(
    library: OpenLibrary, conn: sa.Connection, options: FitOptions, progress: Progress
) -> _Fitted:
    corpus, encoder_id = _load_corpus(library, conn)
    _check(len(corpus.matrix), options.count)
    former = Former.load(conn, encoder_id)
    progress("fitting topics", 1, 4)
    found, broad = _cluster(corpus, former, options)
    progress("fitting topics", 2, 4)
    floors = clustering.find_floors(found.labels, found.similarities, len(found.centroids))
    nearest = found.labels[corpus.row_of]
    similarities = found.similarities[corpus.row_of]
    clusters = np.where(similarities < floors[nearest], -1, nearest)
    named = Named(found.centroids, broad.centroids, broad.labels)
    number = former.fit.number + 1 if former.fit else 1
    succession = succeed(
        former, named, (corpus.ids, corpus.matrix[corpus.row_of], clusters), (number, library.now())
    )
    owner_of = np.array([*succession.owners, 0], np.int64)
    placed = Placed(corpus.ids, owner_of[clusters], similarities, corpus.text_hashes)
    described, coherence = _describe(conn, corpus, placed, former, (named, succession))
    progress("fitting topics", 3, 4)
    settings = {
        "topics": options.count,
        "seed": options.seed,
        "fresh": options.fresh,
        "floors": {str(n): float(f) for n, f in zip(succession.numbers, floors, strict=True)},
    }
    measures = _measure(placed, found, described) | {"coherence": coherence}
    fit = TopicFit(number, library.now(), settings, {**measures, **succession.measures})
    return _Fitted(fit, encoder_id, placed, tuple(described), succession.dead, succession.events)


def _load_corpus(
    library: OpenLibrary, conn: sa.Connection, *, only_new: bool = False
) -> tuple[Corpus, int]:
    identity = library.passage_identity
    encoder_id = vectors.load_encoder_id(conn, identity) or 0
    rows = topics.load_papers_to_place(conn, encoder_id, only_new=only_new)
    ids = np.array([row[0] for row in rows], np.int64)
    different: dict[bytes, int] = {}
    row_of = np.array([different.setdefault(row[2], len(different)) for row in rows], np.int64)
    place_of = {int(ids[i]): row for i, row in enumerate(row_of)}
    matrix = np.zeros((len(different), identity.dimension), np.float32)
    chosen = ids.tolist() if only_new else None
    for chunk_ids, chunk in vectors.load_vectors(conn, encoder_id, identity.dimension, chosen):
        known = [(place_of[i], n) for n, i in enumerate(chunk_ids.tolist()) if i in place_of]
        if known:
            places, numbers = map(np.array, zip(*known, strict=True))
            matrix[places] = clustering.to_grid(chunk[numbers])
    return Corpus(ids, tuple(r[1] for r in rows), tuple(r[2] for r in rows), matrix, row_of), (
        encoder_id
    )


def _check(papers: int, count: int | None) -> None:
    if papers < clustering.FEWEST_PAPERS:
        raise InputError(
            f"{papers} papers have a vector; topics need {clustering.FEWEST_PAPERS} at least. "
            "Run: littrack update"
        )
    if count is not None and not 2 <= count <= papers // clustering.SMALLEST:
        most = papers // clustering.SMALLEST
        raise InputError(f"{papers} papers can have 2 to {most} topics, not {count}")


def _cluster(corpus: Corpus, former: Former, options: FitOptions) -> tuple[Clustering, Clustering]:
    """Topics, and the broader ones as clusters of their centroids, each as heavy as its papers."""
    start = None if options.fresh else former.start(options.count)
    current = None if start is None else len(start)
    count = options.count or clustering.choose_topic_count(len(corpus.matrix), current)
    if current and former.asked_for(options.count):  # small ones dissolved: do not add them again
        count = current
    found = clustering.find_clusters(corpus.matrix, count, seed=options.seed, start=start)
    found = clustering.drop_small(corpus.matrix, found)
    before = former.broad.centroids if start is not None and former.broad.numbers else None
    wanted = clustering.choose_broad_count(
        len(found.centroids), None if before is None else len(before)
    )
    if not wanted:
        nothing = np.zeros((0, corpus.matrix.shape[1]), np.float32)
        none = np.full(len(found.centroids), -1, np.int32)
        return found, Clustering(nothing, none, np.zeros(len(none), np.float32), 0)
    if before is not None and len(before) > wanted:
        before = None
    weights = np.bincount(found.labels, minlength=len(found.centroids)).astype(np.float64)
    broad = clustering.find_clusters(
        found.centroids, wanted, seed=options.seed, start=before, weights=weights
    )
    return found, clustering.drop_small(found.centroids, broad, 1)


def _describe(
    conn: sa.Connection,
    corpus: Corpus,
    placed: Placed,
    former: Former,
    found: tuple[Named, Succession],
) -> tuple[list[FittedTopic], float]:
    """Every topic with its words, and their mean coherence."""
    named, succession = found
    parents = dict(zip(succession.numbers, succession.parents, strict=True))
    words = describe_topics(conn, placed, parents, former.names)
    result = []
    for kind, numbers, centroids in (
        ("topic", succession.numbers, named.centroids),
        ("broad", succession.broad_numbers, named.broad_centroids),
    ):
        for number, centroid in zip(numbers, centroids, strict=True):
            topic = words.get(number) or former.names[number]  # a part of another keeps its own
            if kind == "topic":
                inside = np.flatnonzero(placed.topics == number)
            else:
                own = [leaf for leaf, parent in parents.items() if parent == number]
                inside = np.flatnonzero(np.isin(placed.topics, own))
            topic = replace(
                topic,
                size=len(inside),
                parent=parents.get(number),
                representatives=_most_central(corpus, placed, inside),
                merged_into=former.merged_into(number),
            )
            result.append(FittedTopic(topic, centroid))
    scores = [t.topic.coherence for t in result if t.topic.coherence is not None]
    return result, round(float(np.mean(scores)), 6) if scores else 0.0


def _most_central(corpus: Corpus, placed: Placed, inside: np.ndarray) -> tuple[str, ...]:
    order = np.argsort(-placed.similarities[inside], kind="stable")[:REPRESENTATIVES]
    return tuple(corpus.arxiv_ids[place] for place in inside[order])


def _measure(placed: Placed, found: Clustering, described: list[FittedTopic]) -> dict[str, float]:
    similarities = placed.similarities.astype(np.float64)
    parents = {item.topic.parent for item in described} - {None}
    return {
        "papers": len(placed),
        "topics": len([t for t in described if t.topic.number not in parents and t.topic.size]),
        "broad": len(parents),
        "outside": round(float((placed.topics == 0).mean()), 6),
        "similarity": round(float(similarities.mean()), 6),
        "spread": round(float(similarities.std()), 6),
        "rounds": found.rounds,
    }


def _store(conn: sa.Connection, fitted: _Fitted) -> None:
    number = fitted.fit.number
    topics.save_fit(conn, fitted.fit, fitted.encoder_id)
    topics.save_topics(conn, fitted.topics, number)
    topics.save_deaths(conn, fitted.dead, number)
    topics.replace_placed(conn, fitted.placed, number, whole=True)
    topics.save_events(conn, fitted.events)


def _report(fitted: _Fitted, options: FitOptions) -> RunReport:
    measures = fitted.fit.measures
    counts = {name: int(measures[name]) for name in ("papers", "topics", "broad")}
    counts["outside"] = int((fitted.placed.topics == 0).sum())
    kinds = [event.kind.value for event in fitted.events]
    counts |= {f"{kind}s": kinds.count(kind) for kind in ("birth", "death", "merge", "split")}
    name = "topics (dry run, nothing stored)" if options.dry_run else "topics"
    return RunReport(name, counts)


def assign_new(library: OpenLibrary, progress: Progress = no_progress) -> RunReport:
    """Put papers that are new or changed into the topics there are; a warning when a fit is due.

    Raises:
        NotFound: there are no topics yet.
        InputError: the topics were made with another encoder.
    """
    with library.writing("littrack topics"):
        with library.engine.connect() as conn:
            newest = topics.load_newest_fit(conn)
            if newest is None:
                raise NotFound("there are no topics yet. Run: littrack topics fit")
            fit, encoder_id = newest
            corpus, own_encoder = _load_corpus(library, conn, only_new=True)
            if own_encoder != encoder_id:
                raise InputError(
                    "the topics were made with another encoder. Run: littrack topics fit"
                )
            placed = _place(conn, corpus, fit)
            before = topics.load_placed(conn)
        measures, moved = _count_news(fit.measures, placed, before)
        drift = measure_drift(measures)
        with begin(library.engine) as conn:
            gone = topics.forget_withdrawn(conn)
            if len(placed) or gone:
                topics.replace_placed(conn, placed, fit.number, whole=False)
                topics.count_members(conn)
                topics.save_measures(conn, fit.number, measures)
        progress("assigning topics", len(placed), len(placed))
    outside = int((placed.topics == 0).sum())
    counts = {"assigned": len(placed) - outside, "outside": outside, "moved": moved}
    return RunReport("topics", counts, warnings=_advice(drift))


def _place(conn: sa.Connection, corpus: Corpus, fit: TopicFit) -> Placed:
    clusters = topics.load_clusters(conn)
    nearest, similarities = clustering.find_nearest(corpus.matrix, clusters.centroids)
    floors = np.array([fit.settings["floors"][str(number)] for number in clusters.numbers])  # type: ignore[index]
    owners = np.array(clusters.owners, np.int64)
    inside = similarities >= floors[nearest]
    placed = np.where(inside, owners[nearest], 0)
    rows = corpus.row_of
    return Placed(corpus.ids, placed[rows], similarities[rows], corpus.text_hashes)


def _count_news(
    measures: Mapping[str, float], placed: Placed, before: Placed
) -> tuple[dict[str, float], int]:
    """The measures with what these papers add, and how many changed their topic."""
    known = np.isin(placed.papers, before.papers)
    places = np.searchsorted(before.papers, placed.papers[known])
    moved = int((before.topics[places] != placed.topics[known]).sum())
    added = {
        "new": int((~known).sum()),
        "new_similarity": round(float(placed.similarities[~known].sum(dtype=np.float64)), 6),
        "new_outside": int((placed.topics[~known] == 0).sum()),
        "changed": int(known.sum()),
        "moved": moved,
    }
    return {**measures, **{key: measures.get(key, 0) + more for key, more in added.items()}}, moved


def _advice(drift: Drift) -> tuple[str, ...]:
    if not drift.is_due:
        return ()
    reasons = ", ".join(f"{name} {value:.1f}" for name, value in drift.parts.items() if value >= 1)
    return (f"the topics have drifted ({reasons}; 1 is the limit). Run: littrack topics fit",)


def load_drift(library: OpenLibrary) -> Drift | None:
    """How far the library has moved away from its topics; None when there are none."""
    with library.engine.connect() as conn:
        newest = topics.load_newest_fit(conn)
    return None if newest is None else measure_drift(newest[0].measures)


def update_topics(library: OpenLibrary, progress: Progress = no_progress) -> RunReport:
    """Assign what is new; make the first topics where there are none and enough papers."""
    with library.engine.connect() as conn:
        newest = topics.load_newest_fit(conn)
        encoder_id = vectors.load_encoder_id(conn, library.passage_identity)
        held = vectors.count_vectors(conn, encoder_id)
    if newest is None and held < clustering.FEWEST_PAPERS:
        return RunReport("topics", {"assigned": 0})
    if newest is None or newest[1] != encoder_id:
        return fit_topics(library, progress=progress)
    return assign_new(library, progress)


def list_topics(library: OpenLibrary, *, broad: bool = False) -> list[Topic]:
    """The topics, the largest first; or the broader ones. None before the first fit."""
    with library.engine.connect() as conn:
        found = topics.load_topics(conn)
    parents = {topic.parent for topic in found}
    chosen = [topic for topic in found if (topic.number in parents) == broad]
    return sorted(chosen, key=lambda topic: (-topic.size, topic.number))
