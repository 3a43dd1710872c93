from __future__ import annotations

import numpy as np

from littrack.analysis.topic_places import place_on_map, place_papers


def test_the_map_keeps_neighbours_together_and_its_signs() -> None:
    centroids = np.array([[1, 0, 0], [0.9, 0.1, 0], [0, 1, 0], [0, 0.9, 0.2]], np.float32)
    places = place_on_map(centroids)
    near = np.linalg.norm(places[0] - places[1])
    assert near < np.linalg.norm(places[0] - places[2]) / 3
    assert (places[np.abs(places).argmax(axis=0), [0, 1]] > 0).all()
    assert place_on_map(centroids[:1]).tolist() == [[0, 0]]


def groups(number: int, each: int) -> np.ndarray:
    """Unit vectors in groups of near ones."""
    generator = np.random.default_rng(3)
    middles = np.repeat(generator.normal(size=(number, 16)), each, axis=0)
    found = middles + 0.2 * generator.normal(size=middles.shape)
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


def test_many_topics_of_one_kind_lie_together() -> None:
    places = place_on_map(groups(5, 6))
    apart = np.linalg.norm(places[:, None] - places[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    nearest = apart.argmin(axis=1)
    assert (nearest // 6 == np.arange(30) // 6).mean() > 0.9


def test_the_map_is_the_same_twice() -> None:
    assert place_on_map(groups(5, 6)).tobytes() == place_on_map(groups(5, 6)).tobytes()


def test_papers_stand_around_their_own_topic() -> None:
    vectors = groups(4, 20)
    topics = np.repeat(np.arange(4), 20)
    centroids = np.array([vectors[topics == n].mean(axis=0) for n in range(4)])
    places = place_papers(vectors, topics, centroids)
    middles = place_on_map(centroids)
    nearest = np.linalg.norm(places[:, None] - middles[None], axis=2).argmin(axis=1)
    assert (nearest == topics).mean() > 0.8
    for number in range(4):
        assert np.allclose(places[topics == number].mean(axis=0), middles[number])
