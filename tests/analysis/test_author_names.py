"""Comparing first authors, however their names are written."""

from __future__ import annotations

import pytest

from littrack.analysis.author_names import (
    Agreement,
    begins_with_author,
    compare_first_authors,
    is_same_author,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Wei, Jason", "Jason Wei"),
        ("Wei, J.", "Jason Wei"),
        ("Wei J", "Jason Wei"),
        ("Hu, EJ", "Edward J. Hu"),
        ("Hu, Edward", "J. Edward Hu"),
        ("Zhao Xin", "Xin Zhao"),
        ("Zhao, Xin", "Wayne Xin Zhao"),
        ("赵, 鑫", "赵鑫"),
        ("趙鑫", "赵鑫"),
        ("van den Oord, A.", "Aäron van den Oord"),
        ("Oord, Aaron van den", "Aaron van den Oord"),
        (r"Evsi{\'c}, {\'E}ric", "Eric Evsić"),
        ("Chang, Ming-Wei", "Ming Wei Chang"),
        ("Brown", "Tom B. Brown"),
        ("Gemini Team Google", "Gemini Team"),
    ],
)
def test_two_spellings_of_one_name(one: str, other: str) -> None:
    assert is_same_author(one, other)
    assert is_same_author(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Wei, Jason", "Xuezhi Wei"), ("Liu, Yang", "Ye Liu"), ("Wei", "Wang"), ("OpenAI", "Meta AI")],
)
def test_two_names_of_two_people(one: str, other: str) -> None:
    assert not is_same_author(one, other)


@pytest.mark.parametrize(
    ("names", "paper_names", "agreement"),
    [
        (("Wei, Jason", "Wang, X."), ("Jason Wei", "Xuezhi Wang"), Agreement.SAME),
        (("Wang, X.",), ("Jason Wei", "Xuezhi Wang"), Agreement.LISTED),
        (("Brown, Tom",), ("Jason Wei", "Xuezhi Wang"), Agreement.OTHER),
        (("Achiam, Josh",), ("OpenAI", "Josh Achiam"), Agreement.SAME),
        (("DeepSeek-AI",), ("Aixin Liu",), Agreement.UNKNOWN),
        (("赵鑫",), ("Wayne Xin Zhao",), Agreement.UNKNOWN),
        ((), ("Jason Wei",), Agreement.UNKNOWN),
        (("et al.",), ("Jason Wei",), Agreement.UNKNOWN),
        (("Jason Wei",), (), Agreement.UNKNOWN),
    ],
)
def test_first_authors_agree_or_not(
    names: tuple[str, ...], paper_names: tuple[str, ...], agreement: Agreement
) -> None:
    assert compare_first_authors(names, paper_names) is agreement


def test_a_first_author_is_found_in_running_text() -> None:
    assert begins_with_author("See Wei et al., 2022", ("Jason Wei",))
    assert begins_with_author("赵鑫等人的综述", ("赵鑫",))
    assert not begins_with_author("See Weinberg, 2022", ("Jason Wei",))
