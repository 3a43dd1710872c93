"""The classifier of sections, on vectors made for it: two groups of papers, one far from both."""

from __future__ import annotations

import numpy as np
import pytest

from littrack.analysis.sections import (
    ExamplePapers,
    Matrix,
    SectionWords,
    choose_classes,
    choose_temperature,
    count_right,
    describe_section,
    fit_classifier,
    judge,
    softmax,
)
from littrack.topics import Section

TREE = (
    Section("tuning", "Tuning", "微调"),
    Section("tuning/adapters", "Adapters", "适配器", "Small layers.", ("1902.00751",), "tuning"),
    Section("data", "Data"),
)


def unit(rows: object) -> Matrix:
    matrix = np.array(rows, np.float32)
    return matrix / np.linalg.norm(matrix, axis=1, keepdims=True)


WORDS = SectionWords(("retrieval", "safety"), ("Retrieval", "Safety"), unit([[1, 0, 0], [0, 1, 0]]))


def some_papers(count: int) -> ExamplePapers:
    """Half of them near the first axis, half near the second, all within reach of both."""
    rng = np.random.default_rng(7)
    side = np.arange(count) % 2
    centres = np.array([[1, 0.3, 0], [0.3, 1, 0]])[side]
    titles = tuple(("Finding passages", "Refusing harm")[one] for one in side)
    vectors = unit(centres + 0.2 * rng.normal(size=(count, 3)))
    return ExamplePapers(titles, vectors, np.eye(2, dtype=bool)[side])


NONE = some_papers(2).part(np.zeros(2, bool))


def test_papers_go_where_none_are_inside_or_where_there_are_examples() -> None:
    assert [one.key for one in choose_classes(TREE)] == ["tuning/adapters", "data"]
    own = (Section("tuning", "Tuning", examples=("2109.01652",)), *TREE[1:])
    assert [one.key for one in choose_classes(own)] == ["tuning", "tuning/adapters", "data"]


def test_a_section_says_its_titles_its_surroundings_and_its_sentence() -> None:
    assert describe_section(TREE[1], TREE) == "Adapters\n适配器\nTuning\nSmall layers."


def test_without_examples_the_words_decide_and_everything_belongs() -> None:
    fitted = fit_classifier(WORDS, NONE)
    asked = unit([[0.9, 0.1, 0], [0.1, 0.9, 0], [0, 0, 1]])
    assert fitted.scores(asked, ["", "", ""])[:2].argmax(axis=1).tolist() == [0, 1]
    assert fitted.is_inside(asked).all()
    assert (fitted.floor, fitted.right_at_1) == (None, None)


def test_with_examples_it_knows_what_belongs_nowhere_and_how_often_it_is_right() -> None:
    fitted = fit_classifier(WORDS, some_papers(40))
    asked = unit([[1, 0.3, 0], [0.3, 1, 0], [0, 0, 1]])
    assert fitted.is_inside(asked).tolist() == [True, True, False]
    sure = fitted.confidences(asked, ["Finding passages", "Refusing harm", "Wombats"])
    assert sure[:2].argmax(axis=1).tolist() == [0, 1]
    assert sure[0, 0] > 0.9
    assert np.allclose(sure.sum(axis=1), 1)
    assert fitted.right_at_1 is not None and fitted.right_at_1 > 0.9
    assert fitted.right_at_3 == 1.0


def test_examples_outweigh_the_words() -> None:
    papers = some_papers(40)
    swapped = ExamplePapers(papers.titles, papers.vectors, ~papers.belongs)
    found = fit_classifier(WORDS, swapped).confidences(unit([[1, 0.3, 0]]), ["Finding passages"])
    assert found.argmax() == 1


def test_the_same_papers_give_the_same_confidences() -> None:
    papers, asked = some_papers(40), unit([[1, 0.8, 0.1]])
    one = fit_classifier(WORDS, papers).confidences(asked, ["Passages"])
    assert np.array_equal(one, fit_classifier(WORDS, papers).confidences(asked, ["Passages"]))


def test_a_single_section_takes_everything() -> None:
    words = SectionWords(("data",), ("Data",), unit([[1, 0, 0]]))
    only = ExamplePapers(("A",), unit([[1, 0, 0]]), np.ones((1, 1), bool))
    assert fit_classifier(words, only).confidences(unit([[0, 1, 0]]), ["B"]).tolist() == [[1.0]]


def test_a_paper_of_two_sections_is_right_in_either() -> None:
    scores = np.array([[0.1, 0.9, 0.5], [0.9, 0.5, 0.1]])
    both = np.array([[True, True, False], [False, False, True]])
    assert count_right(scores, both, 1) == 0.5
    assert count_right(scores, both, 3) == 1.0


def test_the_temperature_rises_with_mistakes() -> None:
    scores = np.array([[8.0, 0.0]] * 10)
    right = np.array([[True, False]] * 10)
    half = np.array([[True, False], [False, True]] * 5)
    assert choose_temperature(scores, right) == pytest.approx(1.0)
    assert choose_temperature(scores, half) == pytest.approx(5.0)
    assert softmax(scores / 2)[0, 0] < softmax(scores)[0, 0]


def test_what_is_sure_is_assigned_and_what_is_not_is_asked() -> None:
    assert judge(np.array([0.2, 0.7, 0.1])) == ("assigned", (1,))
    assert judge(np.array([0.45, 0.55, 0.0])) == ("review", (1, 0, 2))
    assert judge(np.array([0.4, 0.1, 0.2, 0.3])) == ("review", (0, 3, 2))
    assert judge(np.array([1.0])) == ("assigned", (0,))
