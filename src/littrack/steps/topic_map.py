"""The map of topics as a picture: a dot a paper, near ones are about like things."""

from __future__ import annotations

import numpy as np

from littrack.analysis.topic_places import place_papers
from littrack.errors import NotFound
from littrack.present.charts.topic_chart import render_topic_map
from littrack.present.charts.words import ChartOptions
from littrack.steps.opening import OpenLibrary
from littrack.steps.timeline import language_of
from littrack.steps.topics import list_topics
from littrack.store import topics, vectors

MAP_FORMS = (".svg", ".png", ".pdf", ".html")
_DOTS = 4000  # papers; more make no better picture


def draw_map(library: OpenLibrary, suffix: str, language: str | None = None) -> str | bytes:
    """The papers of the topics around their topics, like ones beside each other.

    Raises:
        NotFound: there are no topics yet.
    """
    with library.engine.connect() as conn:
        newest = topics.load_newest_fit(conn)
        if newest is None:
            raise NotFound("there are no topics yet. Run: littrack topics fit")
        clusters = topics.load_clusters(conn)
        placed = topics.load_placed(conn)
        inside = np.flatnonzero(placed.topics)
        chosen = inside[:: max(1, len(inside) // _DOTS)][:_DOTS]
        topic_of = dict(
            zip(placed.papers[chosen].tolist(), placed.topics[chosen].tolist(), strict=True)
        )
        found, dimension = [], library.passage_identity.dimension
        for ids, matrix in vectors.load_vectors(conn, newest[1], dimension, sorted(topic_of)):
            found.append((ids, matrix))
    ids = np.concatenate([ids for ids, _ in found])
    numbers = np.array([topic_of[paper] for paper in ids.tolist()])
    places = place_papers(
        np.concatenate([matrix for _, matrix in found]),
        np.searchsorted(np.array(clusters.numbers), numbers),
        clusters.centroids,
    )
    points = [
        (float(x), float(y), int(number)) for (x, y), number in zip(places, numbers, strict=True)
    ]
    options = ChartOptions(language=language_of(library, language))
    return render_topic_map(points, list_topics(library), suffix=suffix, options=options)
