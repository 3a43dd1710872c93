from __future__ import annotations

import numpy as np
import pytest

from littrack.analysis.soft_matching import PaperPieces, compare_softly, distinct_ids

# Three directions: 1 and 2 say the same with different weight, 3 and 4 say other things.
VECTORS = {
    1: [2.0, 0.0, 0.0],
    2: [6.0, 0.0, 0.0],
    3: [0.0, 2.0, 0.0],
    4: [0.0, 0.0, 1.0],
    5: [0.6, 0.8, 0.0],
}


def pieces(*ids: int) -> np.ndarray:
    return np.array(ids, np.int64)


def compare(query: np.ndarray, *papers: PaperPieces) -> list[tuple[float, float, float]]:
    ids = distinct_ids(query, papers)
    vectors = np.array([VECTORS[int(i)] for i in ids], np.float32)
    found = compare_softly(query, papers, ids, vectors)
    return [(match.coverage, match.focus, match.title) for match in found]


def test_a_text_covers_itself() -> None:
    (itself,) = compare(pieces(1, 3), PaperPieces(pieces(1), pieces(3)))
    assert itself == pytest.approx((1, 1, 1))


def test_another_word_of_the_same_meaning_counts_as_the_word() -> None:
    (same,) = compare(pieces(1), PaperPieces(pieces(2), pieces(2, 2)))
    assert same == pytest.approx((1, 1, 1))


def test_pieces_count_by_the_length_of_their_vector() -> None:
    # Of the query 2 (weight 6) is met and 3 (weight 2) not: 6/8. Of the paper, 1 (2) and not 4 (1).
    (match,) = compare(pieces(2, 3), PaperPieces(pieces(4), pieces(1)))
    assert match == pytest.approx((6 / 8, 2 / 3, 0))


def test_a_piece_that_is_met_in_part_counts_in_part() -> None:
    # 5 has the cosine .6 with 1 and .8 with 3, the nearer one.
    (match,) = compare(pieces(5), PaperPieces(pieces(1, 3), pieces()))
    assert match == pytest.approx((0.8, 0.7, 0.7))  # (2 * .6 + 2 * .8) / 4


def test_repetition_does_not_make_a_piece_weightier() -> None:
    once = compare(pieces(1, 3), PaperPieces(pieces(1), pieces(4)))
    assert compare(pieces(1, 1, 1, 3), PaperPieces(pieces(1), pieces(4, 4, 4))) == once


def test_texts_without_pieces_say_nothing() -> None:
    both = compare(pieces(1), PaperPieces(pieces(), pieces()), PaperPieces(pieces(1), pieces()))
    assert both[0] == (0, 0, 0)
    assert compare(pieces(), PaperPieces(pieces(1), pieces())) == [(0, 0, 0)]
