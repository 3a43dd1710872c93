"""Saved answers of arXiv: whole ones, several in a file, damaged ones, and what is none."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

from littrack.errors import InputError
from littrack.sources.oai.records import parse_answer
from littrack.sources.paper_files.xml_files import XmlFormat, XmlRecord, find_xml_format, read_xml
from littrack.sources.query_api.atom import parse_feed

DAY = "2024-03-01T10:00:00Z"


def read_all(path: Path, format: XmlFormat) -> tuple[list[XmlRecord], str]:
    """Every record, and the error after them."""
    records: list[XmlRecord] = []
    try:
        for record in read_xml(path, format):
            records.append(record)
    except InputError as exc:
        return records, str(exc)
    return records, ""


def ids_of(records: list[XmlRecord]) -> list[str]:
    return [record.paper.arxiv_id for record in records if record.paper]


@pytest.fixture
def feed_bytes(make_feed: Any, record: Any) -> bytes:
    """A page of three papers."""
    return bytes(make_feed([record(f"2403.0000{n}", DAY).entry() + "\n" for n in (1, 2, 3)]))


@pytest.fixture
def oai_bytes(oai_envelope: Any, oai_record: Any) -> bytes:
    """A list of two papers and a deleted one."""
    records = [
        oai_record("2403.00001", "2024-03-05"),
        oai_record("2403.00002", "2024-03-06", deleted=True),
        oai_record("2403.00003", "2024-03-07"),
    ]
    inner = "".join(one.record() for one in records)
    return bytes(oai_envelope(f"<ListRecords>{inner}</ListRecords>"))


def test_a_saved_feed_gives_the_papers_that_the_service_gave(
    tmp_path: Path, feed_bytes: bytes
) -> None:
    (tmp_path / "page.xml").write_bytes(feed_bytes)
    records, error = read_all(tmp_path / "page.xml", "atom")
    assert (error, [record.line_number for record in records]) == ("", [1, 2, 3])
    assert tuple(record.paper for record in records) == parse_feed(feed_bytes).papers


def test_a_saved_list_gives_papers_and_deletions(tmp_path: Path, oai_bytes: bytes) -> None:
    (tmp_path / "list.xml").write_bytes(oai_bytes)
    records, error = read_all(tmp_path / "list.xml", "oai")
    answer = parse_answer(oai_bytes)
    assert error == ""
    assert tuple(one.paper for one in records if one.paper) == answer.papers
    assert tuple(one.deletion for one in records if one.deletion) == answer.deletions


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("between", [b"", b"\n", b"\r\n\n"])
def test_several_answers_in_one_file_are_read_one_after_the_other(
    tmp_path: Path, make_feed: Any, record: Any, between: bytes, zipped: bool
) -> None:
    pages = [make_feed([record(f"2403.0000{n}", DAY).entry()]) for n in (1, 2, 3)]
    data = b"\xef\xbb\xbf" + between.join(pages)
    (tmp_path / "pages.xml").write_bytes(gzip.compress(data) if zipped else data)
    records, error = read_all(tmp_path / "pages.xml", "atom")
    assert (ids_of(records), error) == (["2403.00001", "2403.00002", "2403.00003"], "")


def test_reading_goes_on_after_a_record(tmp_path: Path, feed_bytes: bytes) -> None:
    (tmp_path / "page.xml").write_bytes(feed_bytes)
    records = list(read_xml(tmp_path / "page.xml", "atom", 2))
    assert (ids_of(records), records[0].line_number) == (["2403.00003"], 3)


def test_one_poisonous_entry_is_a_rejection_with_its_bytes(
    tmp_path: Path, feed_bytes: bytes
) -> None:
    bad = feed_bytes.replace(b"A title", b"A \x01 title", 2).replace(b"A \x01 title", b"A title", 1)
    (tmp_path / "page.xml").write_bytes(bad + bad)
    records, error = read_all(tmp_path / "page.xml", "atom")
    assert (ids_of(records), error) == (["2403.00001", "2403.00003"] * 2, "")
    first, second = [one.rejection for one in records if one.rejection]
    assert first.where == "http://arxiv.org/abs/2403.00002v1"
    assert second.where == "page 2: http://arxiv.org/abs/2403.00002v1"
    assert b"A \x01 title" in first.payload


def test_one_poisonous_oai_record_is_a_rejection_with_its_bytes(
    tmp_path: Path, oai_bytes: bytes
) -> None:
    bad = oai_bytes.replace(b"<id>2403.00003</id>", b"<id>2403.00004</id>")
    (tmp_path / "list.xml").write_bytes(bad)
    records, error = read_all(tmp_path / "list.xml", "oai")
    assert (ids_of(records), error) == (["2403.00001"], "")
    (rejection,) = [one.rejection for one in records if one.rejection]
    assert (rejection.where, rejection.payload[:8]) == ("2403.00003", b"<record>")


def test_a_feed_cut_off_anywhere_gives_its_whole_entries_and_then_the_error(
    tmp_path: Path, feed_bytes: bytes
) -> None:
    papers = parse_feed(feed_bytes).papers
    for end in range(10, len(feed_bytes) - 7, 13):
        (tmp_path / "cut.xml").write_bytes(feed_bytes[:end])
        records, error = read_all(tmp_path / "cut.xml", "atom")
        whole = feed_bytes[:end].count(b"</entry>")
        assert tuple(record.paper for record in records) == papers[:whole]
        assert "not all of it" in error


def test_a_list_cut_off_anywhere_gives_its_whole_records_and_then_the_error(
    tmp_path: Path, oai_bytes: bytes
) -> None:
    for end in range(10, len(oai_bytes) - 12, 17):
        (tmp_path / "cut.xml").write_bytes(oai_bytes[:end])
        records, error = read_all(tmp_path / "cut.xml", "oai")
        assert len(records) == oai_bytes[:end].count(b"</record>")
        assert all(record.rejection is None for record in records)
        assert error != ""


def test_a_damaged_archive_gives_what_came_before(tmp_path: Path, feed_bytes: bytes) -> None:
    zipped = gzip.compress(feed_bytes)
    (tmp_path / "cut.xml.gz").write_bytes(zipped[:-6])  # all the text, but not its checksum
    records, error = read_all(tmp_path / "cut.xml.gz", "atom")
    assert ids_of(records) == ["2403.00001", "2403.00002", "2403.00003"]
    assert "damaged or cut off" in error
    assert "3 whole records came before" in error


def test_a_broken_answer_among_others_loses_nothing_but_its_end(
    tmp_path: Path, feed_bytes: bytes, make_feed: Any, record: Any
) -> None:
    other = make_feed([record("2403.00009", DAY).entry()])
    cut = feed_bytes[: feed_bytes.rindex(b"<entry>") + 50]
    (tmp_path / "pages.xml").write_bytes(other + cut + other)
    records, error = read_all(tmp_path / "pages.xml", "atom")
    assert ids_of(records) == ["2403.00009", "2403.00001", "2403.00002", "2403.00009"]
    assert "page 2: " in error
    assert "(after record 3)" in error


@pytest.mark.parametrize(
    ("space", "name"),
    [
        ("http://arxiv.org/OAI/arXiv/", "the format arXiv;"),
        ("http://www.openarchives.org/OAI/2.0/oai_dc/", "the format oai_dc;"),
        ("http://example.org/mine", "does not know"),
    ],
)
def test_records_in_another_format_are_refused_with_the_one_to_ask_for(
    tmp_path: Path, oai_bytes: bytes, space: str, name: str
) -> None:
    other = oai_bytes.replace(b"http://arxiv.org/OAI/arXivRaw/", space.encode())
    (tmp_path / "other.xml").write_bytes(other)
    records, error = read_all(tmp_path / "other.xml", "oai")
    assert records == []
    assert name in error
    assert "metadataPrefix=arXivRaw" in error


def test_a_list_of_ids_is_refused_with_what_to_ask_for(
    tmp_path: Path, oai_envelope: Any, oai_record: Any
) -> None:
    header = oai_record("2403.00001", "2024-03-05").header()
    listed = oai_envelope(f"<ListIdentifiers>{header}</ListIdentifiers>")
    (tmp_path / "ids.xml").write_bytes(listed)
    with pytest.raises(InputError, match="ids without papers: ask for ListRecords"):
        list(read_xml(tmp_path / "ids.xml", "oai"))


def test_an_error_that_was_saved_is_said_in_words(
    tmp_path: Path, make_error_feed: Any, oai_envelope: Any
) -> None:
    (tmp_path / "error.xml").write_bytes(make_error_feed("incorrect id format for abc"))
    with pytest.raises(InputError, match=r"not a page of papers.*incorrect id format for abc"):
        list(read_xml(tmp_path / "error.xml", "atom"))
    refusal = oai_envelope("<error code='noRecordsMatch'>Nothing.</error>")
    (tmp_path / "refusal.xml").write_bytes(refusal)
    with pytest.raises(InputError, match=r"noRecordsMatch \(Nothing\.\)"):
        list(read_xml(tmp_path / "refusal.xml", "oai"))


def test_a_page_without_papers_is_refused(tmp_path: Path, make_feed: Any) -> None:
    (tmp_path / "none.xml").write_bytes(make_feed([]))
    with pytest.raises(InputError, match="no record in it"):
        list(read_xml(tmp_path / "none.xml", "atom"))


@pytest.mark.parametrize(
    ("text", "format"),
    [
        ('\ufeff<?xml version="1.0"?>\n<!-- saved -->\n<feed xmlns="x">', "atom"),
        ("<a:feed xmlns:a='x'>", "atom"),
        ("<OAI-PMH>", "oai"),
        ("<!DOCTYPE html>\n<html>", None),
        ("<rss>", None),
        ("<feedback>", None),
        ("<", None),
        ("plain", None),
    ],
)
def test_the_root_tells_the_format(text: str, format: str | None) -> None:
    assert find_xml_format(text) == format
