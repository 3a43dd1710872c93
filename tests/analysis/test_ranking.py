from __future__ import annotations

import math

import pytest

from littrack.analysis.ranking import measure, ndcg, recall, reciprocal_rank

# Gains at the places 1, 2, 3, 4: 1, 1/log2(3), 1/2, 1/log2(5)
SECOND, THIRD, FOURTH = 1 / math.log2(3), 0.5, 1 / math.log2(5)


@pytest.mark.parametrize(
    ("ranked", "relevant", "depth", "expected"),
    [
        ("abcd", "a", 10, 1.0),
        ("abcd", "b", 10, SECOND),
        ("abcd", "ab", 10, 1.0),
        ("abcd", "ac", 10, (1 + THIRD) / (1 + SECOND)),
        ("abcd", "bd", 10, (SECOND + FOURTH) / (1 + SECOND)),
        ("abcd", "bd", 3, SECOND / (1 + SECOND)),
        ("abcd", "abc", 1, 1.0),  # no more than one could be shown
        ("abcd", "dxyz", 2, 0.0),
        ("abcd", "x", 10, 0.0),
        ("", "a", 10, 0.0),
        ("abcd", "", 10, 0.0),
    ],
)
def test_ndcg_worked_out_by_hand(ranked: str, relevant: str, depth: int, expected: float) -> None:
    assert ndcg(list(ranked), set(relevant), depth) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("ranked", "relevant", "depth", "expected"),
    [
        ("abcd", "ad", 4, 1.0),
        ("abcd", "ad", 3, 0.5),
        ("abcd", "adxy", 10, 0.5),
        ("aabb", "ab", 2, 0.5),
        ("", "a", 3, 0.0),
        ("abcd", "", 3, 0.0),
    ],
)
def test_recall_is_the_share_that_was_found(
    ranked: str, relevant: str, depth: int, expected: float
) -> None:
    assert recall(list(ranked), set(relevant), depth) == expected


@pytest.mark.parametrize(
    ("ranked", "relevant", "expected"),
    [("abcd", "a", 1.0), ("abcd", "dc", 1 / 3), ("abcd", "x", 0.0), ("", "a", 0.0)],
)
def test_the_reciprocal_rank_is_of_the_first_relevant_one(
    ranked: str, relevant: str, expected: float
) -> None:
    assert reciprocal_rank(list(ranked), set(relevant)) == pytest.approx(expected)


def test_measures_are_means_over_queries() -> None:
    deep = [str(number) for number in range(60)]
    found = measure([(["a", "b"], {"b"}), (deep, {"0", "20"})])
    assert found == pytest.approx(
        {
            "nDCG@10": (SECOND + 1 / (1 + SECOND)) / 2,
            "recall@10": (1 + 0.5) / 2,
            "recall@50": 1.0,
            "MRR": (0.5 + 1) / 2,
        }
    )


def test_no_queries_measure_nothing() -> None:
    assert set(measure([]).values()) == {0.0}
