from __future__ import annotations

import pytest

from littrack.analysis.queries import is_understood, parse_query
from littrack.analysis.terms import TermTable
from littrack.records import Term

TABLE = TermTable(
    [
        Term(("chain-of-thought",), ("思维链", "链式思维"), ("CoT",)),
        Term(("object detection",), ("目标检测",)),
    ]
)


@pytest.mark.parametrize("name", ["chain-of-thought", "思维链", "思維鏈", "链式思维"])
def test_a_term_alone_means_the_same_by_each_of_its_names(name: str) -> None:
    query = parse_query(name, TABLE)
    assert query.meaning == "chain-of-thought"
    assert query.phrases[("chain", "of", "thought")] == 2
    assert set(query.names) >= {("chain", "of", "thought")}


def test_an_abbreviation_stays_beside_the_term_that_it_stands_for() -> None:
    assert parse_query("CoT", TABLE).meaning == "CoT chain-of-thought"


def test_a_term_among_other_words_is_added_to_them_only_in_chinese() -> None:
    assert parse_query("快速目标检测", TABLE).meaning == "快速目标检测 object detection"
    assert parse_query("fast object detection", TABLE).meaning == "fast object detection"


def test_words_like_the_and_of_alone_make_an_empty_query() -> None:
    assert parse_query("the of and", TABLE).is_empty
    assert not parse_query("the theory of mind", TABLE).is_empty


def understood(text: str, known: set[str], pieces: float | None, likeness: float = 0.3) -> bool:
    query = parse_query(text, TABLE)
    return is_understood(query, dict.fromkeys(known, 1), pieces, likeness)


def test_half_of_the_words_known_to_the_library_are_enough() -> None:
    assert understood("qzx transformer", {"transform"}, 1.0)
    assert not understood("qzx wvb transformer", {"transform"}, 1.0)


def test_a_term_of_the_table_is_understood_however_it_is_cut() -> None:
    assert understood("目标检测", set(), 1.0)


def test_misspelt_and_chinese_words_are_known_by_the_length_of_their_pieces() -> None:
    assert understood("trasnfomer", set(), 2.75)
    assert not understood("asdfgh zxcv", set(), 1.7)
    assert understood("强化学习", set(), 2.0)
    assert not understood("格展点子涌", set(), 1.0)


def test_a_paper_very_like_the_query_is_an_answer_whatever_its_words() -> None:
    assert understood("asdfgh zxcv", set(), 1.7, likeness=0.6)


def test_what_cannot_be_told_passes_in_chinese_only() -> None:
    assert understood("强化学习", set(), None)
    assert understood("猫", set(), 1.0)
    assert not understood("asdfgh", set(), None)
