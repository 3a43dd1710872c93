from __future__ import annotations

import pytest

from littrack.analysis.fusion import choose_weights, fuse, order, standardise
from littrack.analysis.queries import parse_query
from littrack.analysis.terms import TermTable


def test_scores_become_deviations_from_their_mean() -> None:
    # mean 5, deviation sqrt((9 + 1 + 1 + 9) / 4) = sqrt(5)
    root = 5**0.5
    expected = {1: 3 / root, 2: 1 / root, 3: -1 / root, 4: -3 / root}
    assert standardise([(1, 8.0), (2, 6.0), (3, 4.0), (4, 2.0)]) == pytest.approx(expected)


def test_standard_scores_do_not_depend_on_unit_and_origin() -> None:
    ranking = [(1, 8.0), (2, 6.0), (3, 1.0)]
    moved = [(key, 100 - 7 * (10 - score)) for key, score in ranking]
    assert standardise(moved) == pytest.approx(standardise(ranking))


def test_equal_scores_say_nothing() -> None:
    assert standardise([(1, 3.0), (2, 3.0)]) == {1: 0.0, 2: 0.0}
    assert standardise([(1, 3.0)]) == {1: 0.0}
    assert standardise([]) == {}


def test_two_rankings_worked_out_by_hand() -> None:
    # words: 1 and 2 stand one deviation above and below; meaning: 2 and 3 likewise.
    rankings = {"words": [(1, 4.0), (2, 2.0)], "meaning": [(2, 0.9), (3, 0.7)]}
    parts = fuse(rankings, {"words": 0.4, "meaning": 0.6})
    assert parts == {
        1: pytest.approx({"words": 0.4, "meaning": -0.6}),  # the lowest that meaning gave
        2: pytest.approx({"words": -0.4, "meaning": 0.6}),
        3: pytest.approx({"words": -0.4, "meaning": -0.6}),
    }
    assert order(parts) == [
        (2, pytest.approx(0.2)),
        (1, pytest.approx(-0.2)),
        (3, pytest.approx(-1.0)),
    ]


def test_an_empty_ranking_adds_nothing_to_anyone() -> None:
    parts = fuse({"words": [(1, 4.0), (2, 2.0)], "meaning": []}, {"words": 1.0, "meaning": 5.0})
    assert parts == {1: {"words": 1.0, "meaning": 0.0}, 2: {"words": -1.0, "meaning": 0.0}}
    assert fuse({"words": [], "meaning": []}, {"words": 1.0, "meaning": 1.0}) == {}
    assert fuse({}, {}) == {}


def test_equal_sums_stand_by_id() -> None:
    assert order({9: {"a": 0.5, "b": 0.5}, 2: {"a": 1.0}, 5: {"a": 2.0}}) == [
        (5, 2.0),
        (2, 1.0),
        (9, 1.0),
    ]


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
