from __future__ import annotations

import numpy as np
import pytest

from littrack.analysis.fusion import Fused, choose_weights, fuse, standardise
from littrack.analysis.queries import parse_query
from littrack.analysis.terms import TermTable


def parts_by_id(fused: Fused) -> dict[int, dict[str, float]]:
    return {key: fused.parts_of(key) for key in fused.ids.tolist()}


def test_scores_become_deviations_from_their_mean() -> None:
    # mean 5, deviation sqrt((9 + 1 + 1 + 9) / 4) = sqrt(5)
    root = 5**0.5
    expected = [3 / root, 1 / root, -1 / root, -3 / root]
    assert standardise(np.array([8.0, 6.0, 4.0, 2.0])).tolist() == pytest.approx(expected)


def test_standard_scores_do_not_depend_on_unit_and_origin() -> None:
    scores = np.array([8.0, 6.0, 1.0])
    assert standardise(100 - 7 * (10 - scores)) == pytest.approx(standardise(scores))


def test_equal_scores_say_nothing() -> None:
    assert standardise(np.array([3.0, 3.0])).tolist() == [0.0, 0.0]
    assert standardise(np.array([3.0])).tolist() == [0.0]
    assert standardise(np.array([])).tolist() == []


def test_two_rankings_worked_out_by_hand() -> None:
    # words: 1 and 2 stand one deviation above and below; meaning: 2 and 3 likewise.
    rankings = {"words": [(1, 4.0), (2, 2.0)], "meaning": [(2, 0.9), (3, 0.7)]}
    fused = fuse(rankings, {"words": 0.4, "meaning": 0.6})
    assert parts_by_id(fused) == {
        1: pytest.approx({"words": 0.4, "meaning": -0.6}),  # the lowest that meaning gave
        2: pytest.approx({"words": -0.4, "meaning": 0.6}),
        3: pytest.approx({"words": -0.4, "meaning": -0.6}),
    }
    assert fused.best(3) == [
        (2, pytest.approx(0.2)),
        (1, pytest.approx(-0.2)),
        (3, pytest.approx(-1.0)),
    ]


def test_an_empty_ranking_adds_nothing_to_anyone() -> None:
    parts = fuse({"words": [(1, 4.0), (2, 2.0)], "meaning": []}, {"words": 1.0, "meaning": 5.0})
    expected = {1: {"words": 1.0, "meaning": 0.0}, 2: {"words": -1.0, "meaning": 0.0}}
    assert parts_by_id(parts) == expected
    assert fuse({"words": [], "meaning": []}, {"words": 1.0, "meaning": 1.0}).best(9) == []
    assert fuse({}, {}).best(9) == []


def test_equal_sums_stand_by_id() -> None:
    fused = Fused(np.array([2, 5, 9]), ("a", "b"), np.array([[1.0, 0.0], [2.0, 0.0], [0.5, 0.5]]))
    assert fused.best(3) == [(5, 2.0), (2, 1.0), (9, 1.0)]
    assert fused.best(1) == [(5, 2.0)]


def test_a_bonus_is_a_part_of_its_own_for_those_that_were_found() -> None:
    fused = fuse({"words": [(1, 4.0), (2, 2.0)]}, {"words": 1.0}).plus("first", {2: 3.0, 7: 9.0})
    assert fused.best(2) == [(2, 2.0), (1, 1.0)]
    assert fused.parts_of(2) == {"words": -1.0, "first": 3.0}
    assert fuse({"words": [(1, 4.0)]}, {"words": 1.0}).plus("first", {7: 9.0}).names == ("words",)


def test_only_the_weights_of_the_rankings_at_hand_are_chosen() -> None:
    few = parse_query("speech recognition", TermTable([]))
    assert choose_weights(["lexical", "semantic"], few).keys() == {"lexical", "semantic"}
    assert choose_weights(["lexical", "semantic", "title"], few).keys() == {
        "lexical",
        "semantic",
        "title",
    }


def test_the_pieces_of_a_chinese_text_weigh_more_than_its_words() -> None:
    names = ("lexical", "semantic", "title", "coverage", "focus")
    english = choose_weights(names, parse_query(" ".join(map(str, range(20))), TermTable([])))
    chinese = choose_weights(names, parse_query("模型怎样一步一步地推理出答案来", TermTable([])))
    assert english["semantic"] > english["focus"]
    assert chinese["semantic"] < chinese["focus"]


def test_a_single_ranking_keeps_its_scores() -> None:
    query = parse_query("speech recognition", TermTable([]))
    assert choose_weights(["semantic"], query) == {"semantic": 1}
