from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from littrack.errors import InputError
from littrack.identifiers import (
    OLD_ARCHIVES,
    ArxivId,
    doi_of,
    find_arxiv_ids,
    month_of,
    parse_arxiv_id,
    sort_key,
    url_of,
)

SURVEY = ArxivId("2303.18223")


@st.composite
def current_ids(draw: st.DrawFn) -> str:
    month = draw(st.integers(1, 12))
    year = draw(st.integers(7, 90))
    if year == 7:
        month = max(month, 4)
    digits = 4 if year <= 14 else 5
    number = draw(st.integers(1, 10**digits - 1))
    return f"{year:02d}{month:02d}.{number:0{digits}d}"


@st.composite
def old_ids(draw: st.DrawFn) -> str:
    archive = draw(st.sampled_from(sorted(OLD_ARCHIVES)))
    year = draw(st.sampled_from([*range(92, 100), *range(0, 7)]))
    month, number = draw(st.integers(1, 12)), draw(st.integers(1, 999))
    return f"{archive}/{year:02d}{month:02d}{number:03d}"


ids = st.one_of(current_ids(), old_ids())
versions = st.one_of(st.none(), st.integers(1, 999))
FORMS = [
    "{}",
    "arXiv:{}",
    "arxiv: {}",
    "http://arxiv.org/abs/{}",
    "https://www.arxiv.org/abs/{}#references",
    "https://export.arxiv.org/pdf/{}",
    "https://arxiv.org/pdf/{}.pdf",
    "https://arxiv.org/html/{}?view=1",
    "arxiv.org/format/{}",
    "https://ar5iv.labs.arxiv.org/html/{}",
    "https://ar5iv.org/abs/{}",
    "oai:arXiv.org:{}",
    "10.48550/arXiv.{}",
    "doi:10.48550/arXiv.{}",
    "https://doi.org/10.48550/arXiv.{}",
    "  {}\n",
    "arXiv:{} [cs.CL]",
]


@given(ids, versions, st.sampled_from(FORMS))
def test_every_form_of_an_identifier_means_the_same(
    base: str, version: int | None, form: str
) -> None:
    expected = ArxivId(base, version)
    assert parse_arxiv_id(form.format(expected)) == expected


@given(ids, versions)
def test_full_width_characters_are_read_as_their_half_width_ones(
    base: str, version: int | None
) -> None:
    expected = ArxivId(base, version)
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in f"arXiv:{expected}")
    assert parse_arxiv_id(wide) == expected
    assert find_arxiv_ids(f"见{wide}。") == [(1, 1 + len(wide), expected)]


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("math.GT/0309136", "math/0309136"),
        ("MATH/0309136v2", "math/0309136"),
        ("Cond-Mat/0612198", "cond-mat/0612198"),
        ("cs.CL/0112017", "cs/0112017"),
        ("https://arxiv.org/abs/math%2F0309136", "math/0309136"),
        ("cmp-lg/9404001", "cmp-lg/9404001"),
    ],
)
def test_old_identifiers_lose_case_and_subject_class(text: str, base: str) -> None:
    assert parse_arxiv_id(text).base == base


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3.14159",
        "2313.18223",  # no month 13
        "2300.18223",
        "1412.12345",  # five digits only from 2015
        "1501.1234",
        "0703.0001",  # the new form began in April 2007
        "2303.00000",
        "2303.182233",
        "2303.18223v0",
        "math/0704001",  # the old form ended in March 2007
        "math/9107001",  # arXiv began in August 1991
        "math/0309000",
        "poetry/0309136",
        "https://example.org/abs/2303.18223",
        "٢٣٠٣.١٨٢٢٣",  # other scripts' digits are no identifier
    ],
)
def test_what_arxiv_never_gave_out_is_refused_by_name(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_arxiv_id(text)
    assert repr(text) in str(caught.value)
    assert "2303.18223" in str(caught.value)


def test_a_last_zero_lost_as_a_number_is_pointed_out() -> None:
    with pytest.raises(InputError, match=r"was it 1804\.07010"):
        parse_arxiv_id("1804.0701")


@given(st.text())
def test_any_text_is_an_identifier_or_an_input_error(text: str) -> None:
    try:
        found = parse_arxiv_id(text)
    except InputError:
        return
    assert parse_arxiv_id(str(found)) == found


def test_identifiers_are_found_in_chinese_and_english_text() -> None:
    text = "论文2303.18223提出（arXiv:2201.11903v2），见 https://arxiv.org/pdf/1706.03762v5.pdf。"
    hits = find_arxiv_ids(text)
    assert [(text[start:end], str(found)) for start, end, found in hits] == [
        ("2303.18223", "2303.18223"),
        ("arXiv:2201.11903v2", "2201.11903v2"),
        ("https://arxiv.org/pdf/1706.03762v5.pdf", "1706.03762v5"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "pi is 3.14159",
        "$2303.18223",
        "¥ 2303.18223",
        "2303.18223元",
        "2303.18223 万",
        "2303.18223%",
        "v2303.18223",
        "version 1.2303.18223",
        "2303.18223.1",
        "-2303.18223",
        "12303.18223",
        "2303.182234",
        "1,2303.18223",
        "1011.1234 kg",
        "10.1145/2303.18223",
        "foo/cs/0112017",
        "xhep-th/9901001",
        "hep-th/99010011",
    ],
)
def test_numbers_that_are_no_identifiers_are_left_alone(text: str) -> None:
    assert find_arxiv_ids(text) == []


@given(ids, versions, st.sampled_from(["，", " ", "(", "“", "在"]), st.sampled_from("。，) ”的"))
def test_spans_cover_exactly_the_mention(
    base: str, version: int | None, before: str, after: str
) -> None:
    assume(not (before == " " and after == "万"))
    mention = f"arXiv:{ArxivId(base, version)}"
    text = f"前文{before}{mention}{after}后文"
    assert find_arxiv_ids(text) == [(3, 3 + len(mention), ArxivId(base, version))]


@given(st.text(alphabet="0123456789. v/arXiv:hep-th元$，的"))
def test_found_spans_are_ordered_and_parse_to_what_was_found(text: str) -> None:
    last = 0
    for start, end, found in find_arxiv_ids(text):
        assert last <= start < end <= len(text)
        assert parse_arxiv_id(text[start:end]) == found
        last = end


def test_the_month_is_the_first_of_the_month_of_announcement() -> None:
    assert month_of("2303.18223") == datetime(2023, 3, 1, tzinfo=UTC)
    assert month_of("hep-th/9108001") == datetime(1991, 8, 1, tzinfo=UTC)
    assert month_of("math/0001001v3") == datetime(2000, 1, 1, tzinfo=UTC)


def test_doi_and_address_follow_arxivs_own_scheme() -> None:
    assert doi_of("arXiv:2303.18223v2") == "10.48550/arXiv.2303.18223"
    assert url_of(SURVEY) == "https://arxiv.org/abs/2303.18223"
    assert url_of(SURVEY, 4) == "https://arxiv.org/abs/2303.18223v4"
    assert url_of("math/0309136v2") == "https://arxiv.org/abs/math/0309136v2"


def test_the_oldest_paper_sorts_first_across_both_forms() -> None:
    mixed = ["2303.18223", "0704.0001", "1501.00001", "math/0309136", "hep-th/9108001", "1412.9999"]
    assert sorted(mixed, key=sort_key) == [
        "hep-th/9108001",
        "math/0309136",
        "0704.0001",
        "1412.9999",
        "1501.00001",
        "2303.18223",
    ]
