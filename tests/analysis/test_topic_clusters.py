"""Clusters with known answers, and the same answer whatever the machine does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import littrack
from littrack.analysis.topics import (
    CENTROID_GRID,
    VECTOR_GRID,
    choose_broad_count,
    choose_topic_count,
    drop_small,
    find_clusters,
    find_floors,
    find_nearest,
    to_grid,
)


def bunches(sizes: list[int], seed: int = 0, spread: float = 0.3) -> tuple[np.ndarray, np.ndarray]:
    """Vectors around random directions, and which bunch each is of."""
    generator = np.random.default_rng(seed)
    directions = np.random.default_rng(99).normal(size=(len(sizes), 32))
    labels = np.repeat(np.arange(len(sizes)), sizes)
    noise = generator.normal(size=(len(labels), 32)) * spread
    return to_grid(directions[labels] + noise), labels


def test_bunches_that_lie_apart_are_found_whole() -> None:
    vectors, labels = bunches([40, 60, 80, 20])
    found = find_clusters(vectors, 4)
    for bunch in range(4):
        assert len(set(found.labels[labels == bunch].tolist())) == 1
    assert sorted(np.bincount(found.labels).tolist()) == [20, 40, 60, 80]
    assert found.similarities.min() > 0.8


def test_products_on_the_grids_do_not_depend_on_the_order_of_adding() -> None:
    generator = np.random.default_rng(3)
    vectors = to_grid(generator.normal(size=(200, 256)))
    centroids = to_grid(generator.normal(size=(7, 256)), CENTROID_GRID)
    exact = vectors.astype(np.float64) @ centroids.T.astype(np.float64)
    shuffled = generator.permutation(256)
    for one, other in ((vectors, centroids), (vectors[:, shuffled], centroids[:, shuffled])):
        assert (one @ other.T == exact).all()
        step_by_step = np.zeros((200, 7), np.float32)
        for place in range(256):
            step_by_step += one[:, place, None] * other[None, :, place]
        assert (step_by_step == exact).all()


def test_rows_on_a_grid_are_units_and_zero_rows_stay_zero() -> None:
    rows = to_grid(np.array([[3.0, 4.0], [0.0, 0.0]]))
    assert np.abs(rows - [[0.6, 0.8], [0, 0]]).max() < 1 / VECTOR_GRID
    assert (rows * VECTOR_GRID % 1 == 0).all()


THREADS = """
import hashlib, numpy as np
from littrack.analysis.topics import find_clusters, to_grid
vectors = to_grid(np.random.default_rng(5).normal(size=(6000, 128)))
found = find_clusters(vectors, 30)
parts = found.labels, found.centroids, found.similarities
print(hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest())
"""


def test_any_number_of_threads_gives_the_same_bytes() -> None:
    digests = set()
    for threads in ("1", "2", "4"):
        names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
        paths = {"PYTHONPATH": str(Path(littrack.__file__).parent.parent)}
        environment = os.environ | paths | dict.fromkeys(names, threads)
        ran = subprocess.run(
            [sys.executable, "-c", THREADS], capture_output=True, check=True, env=environment
        )
        digests.add(ran.stdout)
    assert len(digests) == 1


def test_the_seed_and_nothing_else_is_chance() -> None:
    vectors, _ = bunches([30] * 12, spread=2.0)
    one, two, other = (find_clusters(vectors, 6, seed=seed) for seed in (1, 1, 2))
    assert one.labels.tobytes() == two.labels.tobytes()
    assert one.labels.tobytes() != other.labels.tobytes()


def test_from_old_centroids_clusters_keep_their_places_and_new_ones_join() -> None:
    vectors, labels = bunches([40, 40, 40])
    old = find_clusters(vectors[labels < 2], 2)
    found = find_clusters(vectors, 3, start=old.centroids)
    assert (find_nearest(vectors[labels < 2], old.centroids)[0] == found.labels[labels < 2]).all()
    assert set(found.labels[labels == 2].tolist()) == {2}


def test_a_cluster_weighs_as_much_as_its_papers() -> None:
    vectors = to_grid(np.array([[1.0, 0.0], [0.0, 1.0]]))
    found = find_clusters(vectors, 1, weights=np.array([3.0, 1.0]))
    assert found.centroids[0] == pytest.approx([0.949, 0.316], abs=0.001)


def test_equal_vectors_make_no_more_clusters_than_there_are_different_ones() -> None:
    vectors = to_grid(np.ones((50, 4)))
    assert len(find_clusters(vectors, 5).centroids) == 1


def test_small_clusters_dissolve_into_their_neighbours() -> None:
    vectors, _ = bunches([30, 30, 3])
    found = find_clusters(vectors, 3)
    kept = drop_small(vectors, found, smallest=5)
    assert len(kept.centroids) == 2
    assert np.bincount(kept.labels).sum() == 63


def test_a_paper_far_below_its_topics_quartiles_lies_under_the_floor() -> None:
    similarities = np.array([0.5, 0.6, 0.6, 0.7, 0.7, 0.8, 0.1, 0.9, 0.9], np.float32)
    labels = np.array([0, 0, 0, 0, 0, 0, 0, 1, 1])
    floors = find_floors(labels, similarities, 3)
    assert floors[0] == pytest.approx(0.3)  # quartiles .5 and .7
    assert (similarities < floors[labels]).nonzero()[0].tolist() == [6]
    assert floors[2] == 0


@pytest.mark.parametrize(
    ("papers", "current", "count"),
    [(20, None, 2), (150, None, 8), (20_000, None, 50), (131_692, None, 128), (10**7, None, 400),
     (22_000, 50, 50), (40_000, 50, 71)],
)  # fmt: skip
def test_the_number_of_topics_follows_a_rule_and_stays_when_about_right(
    papers: int, current: int | None, count: int
) -> None:
    assert choose_topic_count(papers, current) == count


def test_broader_topics_are_the_root_of_the_topics_and_stay_when_about_right() -> None:
    assert [choose_broad_count(n) for n in (8, 9, 50, 128)] == [0, 3, 7, 11]
    assert choose_broad_count(146, 11) == 11
    assert choose_broad_count(200, 11) == 14
