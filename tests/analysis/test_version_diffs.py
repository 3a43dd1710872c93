from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from builders import utc
from littrack.analysis.version_diffs import FieldDiff, find_differences, mark_words
from littrack.records import PaperVersion


def version(number: int, title: str, authors: tuple[str, ...] = ("Ada",)) -> PaperVersion:
    return PaperVersion(number, utc("2024-01-01"), title, "An abstract.", authors, ("cs.CL",), None)


def test_each_field_that_differs_is_named_with_both_texts() -> None:
    first, third = version(1, "On graphs"), version(3, "On trees", ("Ada", "Bob"))
    only_dated = PaperVersion(2, utc("2024-02-01"))
    assert find_differences([first, only_dated, third]) == [
        FieldDiff(1, 3, "title", "On graphs", "On trees"),
        FieldDiff(1, 3, "authors", "Ada", "Ada; Bob"),
    ]


def test_a_correction_within_a_version_is_a_difference_too() -> None:
    assert find_differences([version(2, "Teh title"), version(2, "The title")]) == [
        FieldDiff(2, 2, "title", "Teh title", "The title")
    ]


def test_removed_and_added_words_are_marked_in_place() -> None:
    assert mark_words("a model of 540B parameters", "a model of 62B parameters") == (
        "a model of [-540B-]{+62B+} parameters"
    )
    assert mark_words("大语言模型", "大规模语言模型") == "大{+规模+}语言模型"


def test_texts_that_share_little_stand_one_after_the_other() -> None:
    assert mark_words("on graphs and trees", "a survey of language models") == (
        "[-on graphs and trees-] {+a survey of language models+}"
    )


words = st.lists(st.sampled_from(["graph", "tree", "of", "the", "模", "型", "."])).map(" ".join)


@given(words, words)
def test_both_texts_can_be_read_back_from_the_marks(old: str, new: str) -> None:
    marked = mark_words(old, new)
    if marked == f"[-{old}-] {{+{new}+}}":
        return
    assert re.sub(r"\{\+.*?\+\}", "", marked).replace("[-", "").replace("-]", "") == old
    assert re.sub(r"\[-.*?-\]", "", marked).replace("{+", "").replace("+}", "") == new
