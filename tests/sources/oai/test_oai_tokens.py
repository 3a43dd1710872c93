from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from littrack.sources.oai.records import OaiHeader
from littrack.sources.oai.tokens import ListPlace, leads_on, next_token, page_problem, parse_token

DAY = st.sampled_from(["", "2005-09-16", "2024-02-29", "2026-01-01"])
PLACE = st.builds(
    ListPlace,
    verb=st.sampled_from(["ListRecords", "ListIdentifiers"]),
    metadata_prefix=st.just("arXivRaw"),
    from_day=DAY,
    until_day=DAY,
    set_name=st.sampled_from(["", "cs", "cs:cs:CL", "physics:cond-mat:str-el", "a&b=c d%"]),
    skip=st.integers(0, 10**7),
)
ASKED = ListPlace("ListRecords", "arXivRaw", "2024-01-01", "", "cs:cs:CL", 3)


def headers(*days: str) -> list[OaiHeader]:
    times = [datetime.fromisoformat(day).replace(tzinfo=UTC) for day in days]
    return [OaiHeader(f"2401.{10000 + i}", time) for i, time in enumerate(times)]


def token(from_day: str, skip: int, **other: str) -> str:
    return ListPlace("ListRecords", "arXivRaw", from_day, "", "cs:cs:CL", skip).token()


@given(PLACE)
def test_a_place_survives_being_written_as_a_token(place: ListPlace) -> None:
    assert parse_token(place.token()) == place


@given(st.text(max_size=60))
def test_any_text_is_a_place_or_none(text: str) -> None:
    place = parse_token(text)
    assert place is None or isinstance(place.skip, int)


def test_a_token_as_arxiv_wrote_it_is_read() -> None:
    text = "verb%3DListRecords%26metadataPrefix%3DarXiv%26from%3D2025-03-04%26skip%3D117"
    assert parse_token(text) == ListPlace("ListRecords", "arXiv", "2025-03-04", skip=117)
    assert parse_token(unquote(text)) == parse_token(text)


@pytest.mark.parametrize("text", ["", "12345|xyz", "verb%3DListRecords", "skip%3D5", "a%3Db%26c"])
def test_another_token_is_no_place(text: str) -> None:
    assert parse_token(text) is None


@pytest.mark.parametrize(
    ("days", "following"),
    [
        (["2024-01-01", "2024-01-01"], token("2024-01-01", 5)),
        (["2024-01-05", "2024-01-05"], token("2024-01-01", 5)),  # one day later fills the page
        (["2024-01-01", "2024-01-02"], token("2024-01-02", 1)),
        (["2024-01-01", "2024-01-02"], token("2024-01-09", 0)),
        (["2024-01-02", "2024-01-01"], token("2024-01-02", 1)),  # in another order, but whole
        (["2024-01-01"], None),
        (["2024-01-01"], ""),
        (["2024-01-01"], "a token of another form"),
    ],
)
def test_a_whole_page_and_its_token_agree(days: list[str], following: str | None) -> None:
    assert page_problem(ASKED, headers(*days), following) is None
    assert leads_on(ASKED, "", following)


@pytest.mark.parametrize(
    ("days", "following", "words"),
    [
        (["2024-01-01"], token("2024-01-01", 5), "4 records .* the list skips 5"),
        (["2024-01-01", "2024-01-02"], token("2024-01-02", 2), "1 records from 2024-01-02"),
        (["2024-01-01", "2024-01-03"], token("2024-01-02", 1), "records up to 2024-01-03"),
        (["2024-01-01"], token("2024-01-09", 1), "not whole"),
        (["2023-12-31"], None, "got one of 2023-12-31"),
    ],
)
def test_a_page_that_is_not_whole_disagrees_with_its_token(
    days: list[str], following: str | None, words: str
) -> None:
    problem = page_problem(ASKED, headers(*days), following)
    assert problem is not None
    assert re.search(words, problem)


def test_a_repeated_record_is_noticed_without_any_token() -> None:
    twice = headers("2024-01-01") * 2
    assert "1 are repetitions" in str(page_problem(None, twice, None))


@pytest.mark.parametrize(
    "following",
    [
        token("2024-01-01", 3),
        token("2024-01-01", 2),
        token("2023-12-31", 9),
        ListPlace("ListIdentifiers", "arXivRaw", "2024-01-02", "", "cs:cs:CL").token(),
        ListPlace("ListRecords", "arXivRaw", "2024-01-02", "", "cs:cs:LG").token(),
        ListPlace("ListRecords", "arXivRaw", "2024-01-02", "2024-05-05", "cs:cs:CL").token(),
        "the one that was asked",
    ],
)
def test_a_token_that_goes_back_or_elsewhere_is_not_followed(following: str) -> None:
    assert not leads_on(ASKED, "the one that was asked", following)


def test_the_place_after_some_records_is_counted_from_the_same_day() -> None:
    assert ASKED.after(4).skip == 7
    assert ASKED.after(4).from_day == ASKED.from_day


@pytest.mark.parametrize(
    ("days", "following", "followed"),
    [
        (["2024-01-01", "2024-01-02"], token("2024-01-02", 1), token("2024-01-02", 1)),
        (["2024-01-01", "2024-01-02"], token("2024-01-09", 0), token("2024-01-02", 1)),
        (["2024-01-05", "2024-01-05"], token("2024-01-09", 0), token("2024-01-01", 5)),
        (["2024-01-01"], "a token of another form", "a token of another form"),
    ],
)
def test_a_list_goes_on_right_after_what_was_shown(
    days: list[str], following: str, followed: str
) -> None:
    assert next_token(ASKED, headers(*days), following) == followed
