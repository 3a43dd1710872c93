"""Who goes on as whom, and how well topics fit: known answers."""

from __future__ import annotations

import numpy as np
import pytest

from littrack.analysis.topic_matching import match_topics
from littrack.analysis.topic_measures import (
    measure_agreement,
    measure_coherence,
    measure_drift,
)


def test_clusters_go_on_as_the_topics_whose_papers_they_hold() -> None:
    before = np.array([0] * 10 + [1] * 10)
    after = np.array([1] * 9 + [0] + [0] * 10)
    found = match_topics(before, after, (7, 8), 2)
    assert found.kept == {1: 7, 0: 8}
    assert found.overlaps == {1: pytest.approx(0.9), 0: pytest.approx(10 / 11)}
    assert (found.born, found.dead) == ((), ())


def test_the_matching_is_the_best_for_all_and_not_for_the_first() -> None:
    # Topic 1 overlaps most with cluster 0, but topic 2 has nothing else.
    before = np.array([0] * 20 + [1] * 10)
    after = np.array([0] * 11 + [1] * 9 + [0] * 10)
    assert match_topics(before, after, (1, 2), 2).kept == {1: 1, 0: 2}


def test_half_a_topic_that_leaves_is_a_birth_out_of_it() -> None:
    before = np.array([0] * 20)
    after = np.array([0] * 12 + [1] * 8)
    found = match_topics(before, after, (5,), 2)
    assert found.kept == {0: 5}
    assert (found.born, dict(found.origins)) == ((1,), {1: 5})


def test_a_topic_that_goes_into_another_dies_and_has_an_heir() -> None:
    before = np.array([0] * 12 + [1] * 8)
    after = np.array([0] * 20)
    found = match_topics(before, after, (5, 6), 1)
    assert found.kept == {0: 5}
    assert (found.dead, dict(found.heirs)) == ((6,), {6: 0})


def test_papers_from_everywhere_make_a_topic_without_origin() -> None:
    before = np.array([0] * 10 + [1] * 10 + [2] * 10)
    after = np.array([0] * 7 + [3] * 3 + [1] * 7 + [3] * 3 + [2] * 7 + [3] * 3)
    found = match_topics(before, after, (1, 2, 3), 4)
    assert (found.born, dict(found.origins)) == ((3,), {})


def test_without_topics_before_everything_is_born() -> None:
    found = match_topics(np.full(5, -1), np.zeros(5, np.int64), (), 1)
    assert (found.kept, found.born, found.dead) == ({}, (0,), ())


def test_terms_that_always_come_together_cohere_and_others_repel() -> None:
    one, other = np.array([0, 1]), np.array([2, 3])
    assert measure_coherence([one, one], 4) == pytest.approx(1)
    assert measure_coherence([one, other], 4) == -1
    assert measure_coherence([np.array([0, 1]), np.array([0, 2])], 4) == pytest.approx(0)
    assert measure_coherence([one], 4) is None


def test_agreement_is_one_for_the_same_partition_and_about_nought_for_chance() -> None:
    one = np.array([0, 0, 1, 1, 2, 2])
    assert measure_agreement(one, np.array([5, 5, 3, 3, 9, 9])) == 1
    assert measure_agreement(np.array([0, 0, 1, 1]), np.array([0, 0, 1, 2])) == pytest.approx(
        0.5714, abs=1e-4
    )
    chance = np.random.default_rng(0).integers(0, 5, (2, 5000))
    assert abs(measure_agreement(chance[0], chance[1])) < 0.01


FIT = {"papers": 1000.0, "similarity": 0.5, "spread": 0.1, "outside": 0.01}


@pytest.mark.parametrize(
    ("news", "reason"),
    [
        ({}, None),
        ({"new": 249, "new_similarity": 249 * 0.48, "new_outside": 5}, None),
        ({"new": 250, "new_similarity": 250 * 0.5, "new_outside": 2}, "new papers"),
        ({"new": 100, "new_similarity": 100 * 0.44, "new_outside": 1}, "less similar"),
        ({"new": 100, "new_similarity": 100 * 0.5, "new_outside": 7}, "outside"),
        ({"new": 20, "new_similarity": 0.0, "new_outside": 20}, None),  # too few to say
        ({"changed": 100, "moved": 25}, "moved"),
    ],
)
def test_a_fit_is_due_when_one_measure_passes_its_limit(
    news: dict[str, float], reason: str | None
) -> None:
    drift = measure_drift(FIT | news)
    assert drift.is_due == (reason is not None)
    assert [name for name, value in drift.parts.items() if value >= 1] == (
        [reason] if reason else []
    )
