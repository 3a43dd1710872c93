from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from littrack.errors import InputError, SourceMalformed, SourceUnavailable
from littrack.records import AbstractKind, DateKind, PaperDate, PaperVersion, Precision
from littrack.sources.query_api.atom import parse_feed, salvage_feed

V1 = datetime(2022, 1, 28, 2, 33, 7, tzinfo=UTC)
V6 = datetime(2023, 1, 10, 23, 7, 57, tzinfo=UTC)
ENTRY = """<entry>
  <id>http://arxiv.org/abs/2201.11903v6</id>
  <title>Chain of
    Thought</title>
  <updated>2023-01-10T23:07:57Z</updated>
  <summary>  A first line
of text with $N^{*}$ and Schr\\"odinger.
</summary>
  <category term="cs.CL"/><category term="cs.AI"/>
  <published>2022-01-28T02:33:07Z</published>
  <arxiv:comment>12 pages</arxiv:comment>
  <arxiv:primary_category term="cs.CL"/>
  <arxiv:journal_ref>J. 1</arxiv:journal_ref>
  <author><name>Jason Wei</name><arxiv:affiliation>A</arxiv:affiliation></author>
  <author><name>Xuezhi Wang</name></author>
  <arxiv:doi>10.1/a</arxiv:doi><arxiv:doi>10.1/b</arxiv:doi>
</entry>"""


def test_an_entry_becomes_a_paper(make_feed: Any) -> None:
    page = parse_feed(make_feed([ENTRY], total=9, start=4, title="arXiv Query: x"))
    assert (page.total, page.start, page.query_title) == (9, 4, "arXiv Query: x")
    (paper,) = page.papers
    assert paper.arxiv_id == "2201.11903"
    assert paper.version == 6
    assert paper.title == "Chain of Thought"
    assert paper.abstract == 'A first line of text with $N^{*}$ and Schr\\"odinger.'
    assert paper.abstract_kind is AbstractKind.AUTHOR
    assert paper.authors == ("Jason Wei", "Xuezhi Wang")
    assert paper.categories == ("cs.CL", "cs.AI")
    assert paper.published == PaperDate(V1, Precision.SECOND, DateKind.V1)
    assert paper.updated == V6
    assert (paper.comment, paper.journal_ref, paper.doi) == ("12 pages", "J. 1", "10.1/a")
    assert not paper.withdrawn


def test_the_history_is_the_first_version_and_the_current_one(make_feed: Any) -> None:
    (paper,) = parse_feed(make_feed([ENTRY])).papers
    first, current = paper.versions
    assert first == PaperVersion(1, V1)
    assert (current.number, current.submitted) == (6, V6)
    assert (current.title, current.abstract) == (paper.title, paper.abstract)
    assert (current.authors, current.categories) == (paper.authors, paper.categories)


def test_a_first_version_has_no_other(make_feed: Any, record: Any) -> None:
    (paper,) = parse_feed(make_feed([record("2303.18223", "2023-03-31T17:28:46Z").entry()])).papers
    assert [version.number for version in paper.versions] == [1]


def test_the_primary_category_comes_first_wherever_it_stands(make_feed: Any) -> None:
    entry = ENTRY.replace('primary_category term="cs.CL"', 'primary_category term="cs.AI"')
    assert parse_feed(make_feed([entry])).papers[0].categories == ("cs.AI", "cs.CL")


def test_old_zones_and_old_identifiers_are_read(make_feed: Any, record: Any) -> None:
    entry = record("math/0309136", "2003-09-07T20:00:00-05:00", version=2).entry()
    (paper,) = parse_feed(make_feed([entry])).papers
    assert (paper.arxiv_id, paper.version) == ("math/0309136", 2)
    assert paper.published.value == datetime(2003, 9, 8, 1, tzinfo=UTC)


def test_the_title_zero_is_a_title(make_feed: Any, record: Any) -> None:
    entry = record("2104.12255", "2021-04-25T20:43:45Z", title="0").entry()
    assert parse_feed(make_feed([entry])).papers[0].title == "0"


@pytest.mark.parametrize(
    ("comment", "withdrawn"),
    [
        ("This paper has been withdrawn by the authors due to an error", True),
        ("Withdrawn", True),
        ("withdrawn from arXiv for a licence conflict", True),
        ("withdrawn from the conference, 12 pages", False),
        ("the result was not withdrawn", False),
        ("12 pages, 3 figures", False),
    ],
)
def test_withdrawal_is_read_from_the_comment(comment: str, withdrawn: bool, make_feed: Any) -> None:
    (paper,) = parse_feed(make_feed([ENTRY.replace("12 pages", comment)])).papers
    assert paper.withdrawn is withdrawn


@pytest.mark.parametrize("name", ["id", "title", "published", "updated"])
def test_an_entry_without_what_every_paper_has_refuses_the_page(name: str, make_feed: Any) -> None:
    entry = ENTRY.replace(f"<{name}>", "<other>").replace(f"</{name}>", "</other>")
    with pytest.raises(SourceMalformed, match=name):
        parse_feed(make_feed([entry]))


def test_a_blank_title_refuses_the_page(make_feed: Any, record: Any) -> None:
    with pytest.raises(SourceMalformed, match="title"):
        parse_feed(make_feed([record("2303.18223", "2023-03-31T17:28:46Z", title="\n ").entry()]))


def test_an_impossible_identifier_is_a_rejection_and_the_page_stays_good(
    make_feed: Any, record: Any
) -> None:
    bad = record("1804.07O10", "2018-04-19T00:00:00Z").entry()
    page = parse_feed(make_feed([bad, ENTRY]))
    assert [paper.arxiv_id for paper in page.papers] == ["2201.11903"]
    assert [rejection.where for rejection in page.rejections] == [
        "http://arxiv.org/abs/1804.07O10v1"
    ]
    assert len(page.identities) == 2


def test_a_page_cut_off_anywhere_is_refused(make_feed: Any) -> None:
    whole = make_feed([ENTRY])
    for end in range(len(whole)):
        with pytest.raises(SourceMalformed):
            parse_feed(whole[:end])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"Rate exceeded.",
        b"<html><body>denied</body></html>",
        b"<feed></feed>",  # not in the Atom name space
        b'<?xml version="1.0"?><!DOCTYPE feed [<!ENTITY a "b">]>'
        b'<feed xmlns="http://www.w3.org/2005/Atom">&a;</feed>',
        b'<feed xmlns="http://www.w3.org/2005/Atom"/>',  # says no total
        b'<feed xmlns="http://www.w3.org/2005/Atom">\xff\xfe</feed>',
        b'<feed xmlns="http://www.w3.org/2005/Atom">\x01</feed>',
    ],
)
def test_what_is_no_whole_feed_is_refused_with_its_bytes(body: bytes) -> None:
    with pytest.raises(SourceMalformed) as caught:
        parse_feed(body)
    assert caught.value.payload == body


def test_an_error_entry_for_a_bad_query_is_the_users(make_error_feed: Any) -> None:
    for message in (
        "incorrect id format for abc",
        "Invalid query string: '(ti:a'",
        "start must be an integer",
    ):
        with pytest.raises(InputError) as caught:
            parse_feed(make_error_feed(message))
        assert message in str(caught.value)


def test_any_other_error_entry_is_the_services(make_error_feed: Any) -> None:
    with pytest.raises(SourceUnavailable, match="on fire"):
        parse_feed(make_error_feed("the server is on fire"))


def damaged(make_feed: Any, old: str, new: bytes) -> bytes:
    """A page of three entries, the second of which is damaged."""
    entries = [ENTRY.replace("2201.11903", f"2201.1190{n}") for n in (1, 2, 3)]
    body: bytes = make_feed([entries[0], entries[1].replace(old, "DAMAGE"), entries[2]])
    return body.replace(b"DAMAGE", new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Chain of", b"\xe9\xff"),
        ("Chain of", b"\x0b\x01"),
        ("<published>2022-01-28T02:33:07Z</published>", b""),
        ("</title>", b"</titel>"),
    ],
)
def test_of_a_page_that_stays_unreadable_only_the_damaged_entry_is_lost_and_it_is_kept(
    make_feed: Any, old: str, new: bytes
) -> None:
    body = damaged(make_feed, old, new)
    with pytest.raises(SourceMalformed):
        parse_feed(body)
    page = salvage_feed(body)
    assert [paper.arxiv_id for paper in page.papers] == ["2201.11901", "2201.11903"]
    (rejection,) = page.rejections
    assert rejection.where == "http://arxiv.org/abs/2201.11902v6"
    assert rejection.payload.startswith(b"<entry>")
    assert rejection.payload.endswith(b"</entry>")
    assert (page.total, len(page.identities)) == (3, 3)


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.95])
def test_a_page_that_is_broken_off_is_not_salvaged(make_feed: Any, cut: float) -> None:
    body = make_feed([ENTRY, ENTRY, ENTRY])
    with pytest.raises(SourceMalformed):
        salvage_feed(body[: int(len(body) * cut)])
