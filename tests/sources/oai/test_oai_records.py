from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from littrack.errors import SourceMalformed
from littrack.records import AbstractKind, DateKind, PaperDate, PaperVersion, Precision
from littrack.sources.harvest import Deletion
from littrack.sources.oai.records import OaiHeader, OaiRefusal, parse_answer, salvage_answer

V1 = datetime(2007, 4, 2, 19, 18, 42, tzinfo=UTC)
DAY = datetime(2024, 1, 1, tzinfo=UTC)
VERSIONS = """
<version version="v2"><date>Tue, 03 Apr 2007 00:00:00 GMT</date><size>10kb</size>
  <source_type>D</source_type></version>
<version version="v1"><date>Mon, 2 Apr 2007 19:18:42 GMT</date><size>9kb</size></version>
"""
EXTRA = """<comments>9 pages,
  two figures</comments><proxy>X</proxy><report-no>R-1</report-no><acm-class>I.2</acm-class>
<journal-ref>J. 1</journal-ref><doi>10.1/a 10.1/b</doi><license>http://x/l</license>
<abstract>  An abstract of
Schr\\"odinger &amp; $N^{*}$ &lt; 5.
</abstract>"""


@pytest.fixture
def answer(oai_record: Any, oai_envelope: Any) -> Any:
    """The bytes of a page of ListRecords with these records."""

    def make(*records: Any, ending: str = "") -> bytes:
        texts = [r if isinstance(r, str) else r.record() for r in records]
        made: bytes = oai_envelope(f"<ListRecords>{''.join(texts)}{ending}</ListRecords>")
        return made

    return make


def test_a_record_becomes_a_paper_with_its_history(answer: Any, oai_record: Any) -> None:
    record = oai_record(
        "0704.0001",
        "2024-01-01",
        title="A title\n  over lines",
        authors="A. Ash (X), B. Birch, Jr. and C. Cedar",
        versions=VERSIONS,
        extra=EXTRA,
    )
    found = parse_answer(answer(record, ending="<resumptionToken/>"))
    (paper,) = found.papers
    assert (paper.arxiv_id, paper.version, paper.title) == ("0704.0001", 2, "A title over lines")
    assert paper.authors == ("A. Ash", "B. Birch Jr.", "C. Cedar")
    assert paper.categories == ("cs.CL", "cs.AI")
    assert paper.published == PaperDate(V1, Precision.SECOND, DateKind.V1)
    assert paper.updated == datetime(2007, 4, 3, tzinfo=UTC)
    assert paper.modified == DAY
    assert paper.abstract == 'An abstract of Schr\\"odinger & $N^{*}$ < 5.'
    assert paper.abstract_kind is AbstractKind.AUTHOR
    assert (paper.comment, paper.report_no) == ("9 pages, two figures", "R-1")
    assert (paper.journal_ref, paper.doi, paper.license) == ("J. 1", "10.1/a", "http://x/l")
    assert (paper.submitter, paper.withdrawn) == ("Ada", False)
    first, last = paper.versions
    assert first == PaperVersion(1, V1)
    assert (last.number, last.submitted, last.title) == (2, paper.updated, paper.title)
    assert (last.authors, last.comment) == (paper.authors, paper.comment)


def test_an_answer_says_when_it_was_given_and_how_it_goes_on(answer: Any, oai_record: Any) -> None:
    found = parse_answer(answer(oai_record("2401.00001", "2024-01-01"), ending=""))
    assert found.response_date == datetime(2026, 1, 1, 0, 0, 9, tzinfo=UTC)
    assert (found.token, found.verb, found.entries, found.newest) == (None, "ListRecords", 1, DAY)
    record = oai_record("2401.00001", "2024-01-01")
    last = parse_answer(answer(record, ending="<resumptionToken/>"))
    assert last.token == ""
    token = (
        "<resumptionToken expirationDate='2026-01-02T00:00:00Z'>\n a%3Db%2520c </resumptionToken>"
    )
    assert parse_answer(answer(record, ending=token)).token == "a%3Db%2520c"


def test_a_deleted_record_is_a_deletion_without_metadata(answer: Any, oai_record: Any) -> None:
    gone = oai_record("2401.00002", "2024-01-01", deleted=True)
    found = parse_answer(answer(oai_record("2401.00001", "2024-01-01"), gone))
    assert [header.arxiv_id for header in found.headers] == ["2401.00001", "2401.00002"]
    assert found.headers[1] == OaiHeader("2401.00002", DAY, deleted=True)
    assert found.deletions == (Deletion("2401.00002", DAY),)
    assert len(found.papers) == 1


def test_a_list_of_identifiers_has_headers_only(oai_record: Any, oai_envelope: Any) -> None:
    texts = [oai_record("hep-th/9901001", "2005-09-16"), oai_record("2401.00001", "2024-01-01")]
    body = "".join(record.header() for record in texts)
    found = parse_answer(oai_envelope(f"<ListIdentifiers>{body}</ListIdentifiers>"))
    assert [header.arxiv_id for header in found.headers] == ["hep-th/9901001", "2401.00001"]
    assert found.papers == ()


def test_a_refusal_keeps_arxivs_words(oai_envelope: Any) -> None:
    found = parse_answer(oai_envelope("<error code='badArgument'>The words.\n Reason: x</error>"))
    assert found.refusal == OaiRefusal("badArgument", "The words. Reason: x")
    assert (found.entries, found.newest, found.token) == (0, None, None)


@pytest.mark.parametrize(
    "fields",
    [
        {"versions": VERSIONS.replace(">D<", ">AI<")},
        {"versions": VERSIONS.replace(">10kb<", ">0kb<")},
        {"extra": "<comments>This paper has been withdrawn by the author</comments>"},
        {"extra": "<abstract>This paper has been withdrawn due to an error.</abstract>"},
    ],
    ids=["source type", "size", "comment", "abstract"],
)
def test_each_sign_of_withdrawal_counts(fields: Any, answer: Any, oai_record: Any) -> None:
    (paper,) = parse_answer(answer(oai_record("0704.0001", "2024-01-01", **fields))).papers
    assert paper.withdrawn


def test_a_withdrawn_version_that_was_replaced_is_no_sign(answer: Any, oai_record: Any) -> None:
    versions = VERSIONS.replace(">9kb<", ">0kb<")  # of v1
    (paper,) = parse_answer(answer(oai_record("0704.0001", "2024-01-01", versions=versions))).papers
    assert not paper.withdrawn


def test_letters_are_read_from_the_bytes_whatever_the_header_says(
    answer: Any, oai_record: Any
) -> None:
    record = oai_record("0704.0001", "2024-01-01", title="Gödel – 数学", authors="K. Gödel")
    (paper,) = parse_answer(answer(record)).papers
    assert (paper.title, paper.authors) == ("Gödel – 数学", ("K. Gödel",))


BAD_RECORDS = {
    "no title": ({"title": ""}, "no title"),
    "blank title": ({"title": " \n "}, "no title"),
    "no versions": ({"versions": ""}, "no first version"),
    "no first version": (
        {"versions": VERSIONS.replace('version="v1"', 'version="v3"')},
        "no first version",
    ),
    "one number twice": (
        {"versions": VERSIONS.replace('version="v2"', 'version="v1"')},
        "one number",
    ),
    "odd version": ({"versions": VERSIONS.replace('"v1"', '"1"')}, "not of the form v1"),
    "bad date": ({"versions": VERSIONS.replace("Apr", "Foo")}, "a version's date"),
    "impossible date": ({"versions": VERSIONS.replace("2 Apr", "31 Apr")}, "impossible"),
    "no date": ({"versions": VERSIONS.replace("date>", "day>")}, "a version's date"),
    "another id": ({"raw": f"<id>2401.99999</id>{VERSIONS}"}, "the metadata that of 2401.99999"),
    "no id": ({"raw": f"<title>A</title>{VERSIONS}"}, "no id"),
    "impossible id": ({"raw": f"<id>24O1.00001</id>{VERSIONS}"}, "not an arXiv identifier"),
    "two titles": ({"extra": "<title>Again</title>"}, "occurs twice"),
    "elements in text": ({"extra": "<abstract>A <b>b</b> c</abstract>"}, "elements where text"),
    "bad day": ({"day": "2024-13-01"}, "record 1"),
    "a month": ({"day": "2024-01"}, "not a day"),
    "tomorrow's tomorrow": ({"day": "2026-01-09"}, "yet to come"),
}


@pytest.mark.parametrize(("fields", "words"), BAD_RECORDS.values(), ids=BAD_RECORDS)
def test_a_record_that_cannot_be_makes_the_page_malformed_and_is_rejected_at_last(
    fields: Any, words: str, answer: Any, oai_record: Any
) -> None:
    bad = oai_record(**{"arxiv_id": "0704.0001", "day": "2024-01-01", **fields})
    good = [oai_record(f"2401.0000{i}", "2024-01-01") for i in (1, 2)]
    body = answer(bad, *good, ending="<resumptionToken>a%3Db</resumptionToken>")
    with pytest.raises(SourceMalformed, match=words):
        parse_answer(body)
    found = salvage_answer(body)
    assert [paper.arxiv_id for paper in found.papers] == ["2401.00001", "2401.00002"]
    (rejection,) = found.rejections
    assert rejection.where == "0704.0001"
    assert words in rejection.reason or words == "record 1"
    assert rejection.payload == bad.record().strip().encode()
    assert (found.token, found.entries) == ("a%3Db", 3)


def test_a_header_that_cannot_be_is_rejected_by_its_place(answer: Any, oai_record: Any) -> None:
    good = oai_record("2401.00001", "2024-01-01")
    for bad in (
        oai_record("nonsense", "2024-01-01"),
        good.record().replace("oai:arXiv.org:", "oai:elsewhere:"),
        good.record().replace("<header>", '<header status="odd">'),
        "<record><header><datestamp>2024-01-01</datestamp></header></record>",
        "<record></record>",
        good.record().replace("metadata>", "about>"),
        good.record().replace("arXivRaw", "arXivOld"),
    ):
        body = answer(good, bad)
        with pytest.raises(SourceMalformed, match="record 2"):
            parse_answer(body)
        found = salvage_answer(body)
        assert len(found.papers) == len(found.rejections) == 1
        assert found.rejections[0].where in ("nonsense", "record 2", "2401.00001")


@pytest.mark.parametrize("junk", [b"\xe9\xff", b"\x0b\x01", b"&nbsp;", b"<", b"</title>"])
def test_bytes_that_are_no_xml_cost_one_record_at_last(
    junk: bytes, answer: Any, oai_record: Any
) -> None:
    body = answer(*(oai_record(f"2401.0000{i}", "2024-01-01") for i in (1, 2, 3)))
    at = body.index(b"<id>2401.00002")
    body = body[:at] + body[at:].replace(b"<title>", b"<title>" + junk, 1)
    with pytest.raises(SourceMalformed):
        parse_answer(body)
    found = salvage_answer(body)
    assert [paper.arxiv_id for paper in found.papers] == ["2401.00001", "2401.00003"]
    assert [rejection.where for rejection in found.rejections] == ["2401.00002"]
    assert junk in found.rejections[0].payload


def test_a_bad_header_costs_one_entry_of_a_list_of_identifiers(
    oai_record: Any, oai_envelope: Any
) -> None:
    texts = [oai_record(f"2401.0000{i}", "2024-01-01").header() for i in (1, 2, 3)]
    texts[1] = texts[1].replace("2024-01-01", "soon")
    body = oai_envelope(f"<ListIdentifiers>{''.join(texts)}</ListIdentifiers>")
    with pytest.raises(SourceMalformed):
        parse_answer(body)
    found = salvage_answer(body)
    assert (len(found.headers), len(found.rejections)) == (2, 1)


def test_nothing_is_salvaged_from_an_answer_that_is_bad_outside_its_records(
    answer: Any, oai_record: Any
) -> None:
    body = answer(
        oai_record("2401.00001", "2024-01-01"), ending="<resumptionToken>x</resumptionToken>"
    )
    for bad in (
        body[: len(body) * 2 // 3],
        body.replace(b"</resumptionToken>", b""),
        body.replace(b"x</res", b"\x01</res"),
        body.replace(b"<responseDate>2026", b"<responseDate>soon"),
        body + b"<p>",
        b"<html>" + body,
        b"",
    ):
        with pytest.raises(SourceMalformed):
            parse_answer(bad)
        with pytest.raises(SourceMalformed):
            salvage_answer(bad)


def test_what_oai_pmh_has_not_is_refused(answer: Any, oai_record: Any, oai_envelope: Any) -> None:
    record = oai_record("2401.00001", "2024-01-01")
    body, end = answer(record), "<resumptionToken/>"
    doctype = b'?>\n<!DOCTYPE x [<!ENTITY a "b">]>'
    for bad in (
        body.replace(b"?>", doctype, 1),
        body.replace(b"http://www.openarchives.org/OAI/2.0/", b"http://elsewhere/"),
        oai_envelope(""),
        oai_envelope("<Identify/>"),
        oai_envelope("<ListRecords/><ListRecords/>"),
        oai_envelope("<error code='noRecordsMatch'/><ListRecords/>"),
        answer(record, ending=end * 2),
        answer(record, end, record),
        oai_envelope(f"<ListIdentifiers>{record.record()}</ListIdentifiers>"),
        oai_envelope(f"<ListRecords>{record.header()}</ListRecords>"),
        oai_envelope(f"<GetRecord>{record.record()}{end}</GetRecord>"),
    ):
        with pytest.raises(SourceMalformed):
            parse_answer(bad)


def test_a_comment_in_a_text_does_not_cut_it(answer: Any, oai_record: Any) -> None:
    body = answer(oai_record("2401.00001", "2024-01-01"))
    (paper,) = parse_answer(body.replace(b"An abstract", b"An <!-- x -->ab<?y z?>stract")).papers
    assert paper.abstract == "An abstract."


@pytest.mark.parametrize("cut", range(50, 1200, 61))
def test_every_answer_broken_off_is_refused(cut: int, answer: Any, oai_record: Any) -> None:
    body = answer(oai_record("2401.00001", "2024-01-01"), ending="<resumptionToken/>")
    if cut < len(body) - 1:
        with pytest.raises(SourceMalformed):
            parse_answer(body[:cut])
