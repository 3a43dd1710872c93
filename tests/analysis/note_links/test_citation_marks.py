"""Spots that point at a work without naming it."""

from __future__ import annotations

import pytest

from littrack.analysis.note_links.marks import find_author_years, find_marks

KNOWN = {str(number) for number in range(1, 10)} | {"^a"}


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("如 [3] 所述", [("3",)]),
        ("能力 ^[4]^ ,", [("4",)]),
        ("见 [1, 3-5]", [("1", "3", "4", "5")]),
        ("a footnote[^a].", [("^a",)]),
        ("[1](http://x.org) is a link, [77] nobody's mark", []),
        ("an array x[i]", []),
    ],
)
def test_brackets_are_marks_where_the_note_lists_them(
    text: str, marks: list[tuple[str, ...]]
) -> None:
    assert [one.marks for one in find_marks(text, KNOWN)] == marks


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("(Devlin et al., 2018)", ("Devlin", 2018)),
        ("Wei. et. al. 2022. Title", ("Wei", 2022)),
        ("Kaplan 等人在2020年", ("Kaplan", 2020)),
        ("Li and Liang. 2021", ("Li", 2021)),
        ("Fu et. al. Nov 2022", ("Fu", 2022)),
    ],
)
def test_author_and_year_are_read_in_both_languages(text: str, cited: tuple[str, int]) -> None:
    assert [(one.name, one.year) for one in find_author_years(text)] == [cited]


def test_a_year_or_a_name_alone_cites_nothing() -> None:
    assert find_author_years("In 2020 Brown wrote, and Wei et al. agreed; PaLM 2022") == []
