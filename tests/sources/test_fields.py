from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from littrack.records import DateKind
from littrack.sources.fields import first_doi, is_withdrawn, one_line, optional_line, parse_date
from littrack.text import clean


@given(st.text(alphabet=st.characters() | st.sampled_from(" \n\t\x00a")))
def test_the_quick_way_to_one_line_gives_what_the_slow_one_gives(text: str) -> None:
    assert one_line(text) == clean(text)


def test_blank_text_is_not_stated() -> None:
    assert optional_line(None) is None
    assert optional_line(" \n") is None
    assert optional_line(" a\nb ") == "a b"


def test_of_several_dois_the_first_is_taken() -> None:
    assert first_doi("10.1/a  10.1/b") == "10.1/a"
    assert first_doi(" ") is None
    assert first_doi(None) is None


def test_an_abstract_about_withdrawing_is_no_withdrawal() -> None:
    assert is_withdrawn(None, "This submission has been withdrawn by arXiv administrators.")
    assert not is_withdrawn(None, "The drug was approved and later withdrawn.")
    assert not is_withdrawn("supersedes the withdrawn 2303.18223", "")


@given(st.text())
def test_any_text_is_a_date_or_a_value_error(text: str) -> None:
    try:
        found = parse_date(text, DateKind.V1)
    except ValueError:
        return
    assert found.value.utcoffset() is not None


def test_an_impossible_day_is_a_value_error() -> None:
    for text in (
        "2023-02-29",
        "2023-00",
        "2023-3-1",
        "2023-03-31T25:00:00",
        "0001-01-01T00:00+23:00",
    ):
        with pytest.raises(ValueError):
            parse_date(text, DateKind.V1)
