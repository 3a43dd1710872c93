from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from littrack.errors import InputError
from littrack.records import AbstractKind, DateKind, Paper, PaperDate, Precision
from littrack.sources.paper_files import lines
from littrack.sources.paper_files.json_lines import SnapshotLine, fingerprint, read_snapshot

KAGGLE = {
    "id": "2201.11903",
    "submitter": "Jason Wei",
    "authors": "Jason Wei and Xuezhi Wang",
    "title": "Chain of\n  Thought",
    "comments": "12 pages",
    "journal-ref": None,
    "doi": "10.1/a 10.1/b",
    "report-no": "R-1",
    "categories": "cs.CL cs.AI",
    "license": "http://creativecommons.org/licenses/by/4.0/",
    "abstract": "  A first line\nof text.\n",
    "versions": [
        {"version": "v1", "created": "Fri, 28 Jan 2022 02:33:07 GMT"},
        {"version": "v2", "created": "Tue, 10 Jan 2023 23:07:57 GMT"},
    ],
    "update_date": "2023-01-12",
    "authors_parsed": [["Wei", "Jason", ""], ["Wang", "Xuezhi", "Jr."]],
}
SIMPLE = {
    "id": "2303.18223",
    "title": "A survey",
    "abstract": "Some text.",
    "authors": ["Wayne Xin Zhao", "Kun Zhou"],
    "categories": ["cs.CL", "cs.AI"],
    "published": "2023-03-31",
}


def write(path: Path, *records: Any, zipped: bool = False) -> Path:
    texts = [
        r if isinstance(r, bytes) else json.dumps(r, ensure_ascii=False).encode() for r in records
    ]
    data = b"".join(text + b"\n" for text in texts)
    path.write_bytes(gzip.compress(data) if zipped else data)
    return path


def read_one(tmp_path: Path, **changes: Any) -> Paper:
    record = {k: v for k, v in (SIMPLE | changes).items() if v is not ...}
    (line,) = read_snapshot(write(tmp_path / "one.jsonl", record))
    assert line.paper is not None, line.rejection
    return line.paper


def reason(tmp_path: Path, record: Any) -> str:
    """Why a line is rejected, standing between two good ones."""
    path = write(tmp_path / "three.jsonl", SIMPLE, record, SIMPLE | {"id": "2303.18224"})
    first, second, third = read_snapshot(path)
    assert first.paper and third.paper and not second.paper
    assert second.line_number == 2
    assert second.rejection is not None
    assert second.rejection.where == "line 2"
    return second.rejection.reason


@pytest.mark.parametrize("zipped", [False, True])
def test_a_simple_line_becomes_a_paper(tmp_path: Path, zipped: bool) -> None:
    path = write(tmp_path / "any.name", SIMPLE, zipped=zipped)
    (line,) = read_snapshot(path)
    day = datetime(2023, 3, 31, tzinfo=UTC)
    assert line == SnapshotLine(
        1,
        path.stat().st_size,
        Paper(
            arxiv_id="2303.18223",
            title="A survey",
            abstract="Some text.",
            authors=("Wayne Xin Zhao", "Kun Zhou"),
            categories=("cs.CL", "cs.AI"),
            published=PaperDate(day, Precision.DAY, DateKind.V1),
        ),
    )


def test_a_kaggle_line_becomes_a_paper_with_its_history(tmp_path: Path) -> None:
    (line,) = read_snapshot(write(tmp_path / "k.json", KAGGLE))
    paper = line.paper
    assert paper is not None
    v1, v2 = (
        datetime(2022, 1, 28, 2, 33, 7, tzinfo=UTC),
        datetime(2023, 1, 10, 23, 7, 57, tzinfo=UTC),
    )
    assert paper.published == PaperDate(v1, Precision.SECOND, DateKind.V1)
    assert (paper.version, paper.updated) == (2, v2)
    assert paper.modified == datetime(2023, 1, 12, tzinfo=UTC)
    assert paper.title == "Chain of Thought"
    assert paper.abstract == "A first line of text."
    assert paper.authors == ("Jason Wei", "Xuezhi Wang Jr.")
    assert paper.categories == ("cs.CL", "cs.AI")
    assert (paper.doi, paper.report_no, paper.submitter) == ("10.1/a", "R-1", "Jason Wei")
    assert paper.license == "http://creativecommons.org/licenses/by/4.0/"
    assert [(v.number, v.submitted, v.title) for v in paper.versions] == [
        (1, v1, None),
        (2, v2, "Chain of Thought"),
    ]


def test_a_kaggle_line_without_parsed_authors_or_versions_is_read_too(tmp_path: Path) -> None:
    record = KAGGLE | {"authors_parsed": None, "versions": []}
    (line,) = read_snapshot(write(tmp_path / "k.json", record))
    assert line.paper is not None
    assert line.paper.authors == ("Jason Wei", "Xuezhi Wang")
    assert line.paper.published.kind is DateKind.ID_MONTH
    assert line.paper.version is None


@pytest.mark.parametrize(
    ("changes", "withdrawn"),
    [
        ({"comments": "This paper has been withdrawn"}, True),
        ({"comments": None, "abstract": "This paper has been withdrawn by the author."}, True),
        ({"comments": "withdrawn from a workshop"}, False),
        ({"abstract": "We study money withdrawn from banks."}, False),
    ],
)
def test_withdrawal_is_read_from_comment_and_abstract(
    tmp_path: Path, changes: Any, withdrawn: bool
) -> None:
    (line,) = read_snapshot(write(tmp_path / "k.json", KAGGLE | changes))
    assert line.paper is not None
    assert line.paper.withdrawn is withdrawn


@pytest.mark.parametrize(
    ("published", "kind", "value", "precision", "expected"),
    [
        ("2023-03-30", "v1", (2023, 3, 30), Precision.DAY, DateKind.V1),
        ("2023-04-03", "announced", (2023, 4, 3), Precision.DAY, DateKind.ANNOUNCED),
        ("2023-03", None, (2023, 3, 1), Precision.MONTH, DateKind.V1),
        ("2023", None, (2023, 3, 1), Precision.MONTH, DateKind.ID_MONTH),
        (2023, None, (2023, 3, 1), Precision.MONTH, DateKind.ID_MONTH),
        (None, None, (2023, 3, 1), Precision.MONTH, DateKind.ID_MONTH),
        ("", None, (2023, 3, 1), Precision.MONTH, DateKind.ID_MONTH),
        ("2023-03-31T19:28:46.5+02:00", None, (2023, 3, 31, 17, 28, 46), Precision.SECOND, "v1"),
        ("2023-03-31T17:28:46Z", None, (2023, 3, 31, 17, 28, 46), Precision.SECOND, "v1"),
        ("2023-03-31 17:28", None, (2023, 3, 31, 17, 28), Precision.SECOND, "v1"),
    ],
)
def test_a_date_keeps_the_precision_and_the_kind_it_came_with(
    tmp_path: Path, published: Any, kind: Any, value: Any, precision: Any, expected: Any
) -> None:
    paper = read_one(tmp_path, published=published, published_kind=kind)
    assert paper.published == PaperDate(datetime(*value, tzinfo=UTC), precision, DateKind(expected))


def test_a_missing_date_is_the_month_of_the_identifier(tmp_path: Path) -> None:
    paper = read_one(tmp_path, id="math.GT/0309136", published=...)
    assert paper.arxiv_id == "math/0309136"
    assert paper.published.value == datetime(2003, 9, 1, tzinfo=UTC)


def test_optional_fields_of_a_simple_line_are_kept(tmp_path: Path) -> None:
    paper = read_one(
        tmp_path,
        version="v3",
        updated="2023-05-07T17:58:32Z",
        comment="Work in\n progress",
        doi="10.1/x",
        journal_ref="J. 2",
    )
    updated = datetime(2023, 5, 7, 17, 58, 32, tzinfo=UTC)
    assert (paper.version, paper.updated, paper.comment) == (3, updated, "Work in progress")
    assert (paper.doi, paper.journal_ref) == ("10.1/x", "J. 2")
    assert [(v.number, v.submitted, v.abstract) for v in paper.versions] == [
        (3, updated, "Some text.")
    ]


def test_the_version_in_the_identifier_counts_when_none_is_stated(tmp_path: Path) -> None:
    assert read_one(tmp_path, id="arXiv:2303.18223v4").version == 4
    assert read_one(tmp_path, id="2303.18223v4", version=5).version == 5


def test_a_summary_stands_in_for_a_missing_abstract_only(tmp_path: Path) -> None:
    paper = read_one(tmp_path, abstract=..., summary="In one sentence.")
    assert (paper.abstract, paper.abstract_kind) == ("In one sentence.", AbstractKind.SUMMARY)
    paper = read_one(tmp_path, summary="In one sentence.")
    assert (paper.abstract, paper.abstract_kind) == ("Some text.", AbstractKind.AUTHOR)
    assert read_one(tmp_path, abstract=None).abstract_kind is AbstractKind.NONE


def test_authors_and_categories_may_be_one_text(tmp_path: Path) -> None:
    paper = read_one(
        tmp_path, authors="Wayne Xin Zhao, Kun Zhou, and Li Du", categories="cs.CL cs.AI"
    )
    assert paper.authors == ("Wayne Xin Zhao", "Kun Zhou", "Li Du")
    assert paper.categories == ("cs.CL", "cs.AI")


def test_text_is_composed_collapsed_and_freed_of_controls(tmp_path: Path) -> None:
    paper = read_one(tmp_path, title=" Erdo\u030bs\x07\n  and  $x$ ")
    assert paper.title == "Erdős and $x$"


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (b"not json", "not JSON: Expecting value at character 1"),
        (b'{"id": "2303.18223", "title": ', "not JSON"),
        (b"[1, 2]", "not a JSON object"),
        (b'"text"', "not a JSON object"),
        (b'{"id": "2303.18223", "title": "\xff"}', "not UTF-8 at byte 32"),
        (SIMPLE | {"id": None}, "no id"),
        (SIMPLE | {"id": 2303.18223}, "put it in quotes"),
        (SIMPLE | {"id": "2313.18223"}, "2313.18223"),
        (SIMPLE | {"title": None}, "no title"),
        (SIMPLE | {"title": " \n"}, "no title"),
        (SIMPLE | {"title": ["A"]}, "title is a list, not text"),
        (SIMPLE | {"abstract": {"a": 1}}, "abstract is an object, not text"),
        (SIMPLE | {"authors": 7}, "authors is a number"),
        (SIMPLE | {"authors": ["A", None]}, "authors holds something"),
        (SIMPLE | {"authors": [["A"]]}, "authors holds something"),
        (SIMPLE | {"published": "2023-02-30"}, "2023-02-30"),
        (SIMPLE | {"published": "20230331"}, "expected YYYY"),
        (SIMPLE | {"published": "soon"}, "soon"),
        (SIMPLE | {"published": "0001-01-01"}, "year 1 is not possible"),
        (SIMPLE | {"published": True}, "true or false"),
        (SIMPLE | {"published_kind": "guess"}, "published_kind"),
        (SIMPLE | {"updated": "never"}, "never"),
        (SIMPLE | {"version": 0}, "version is 0"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_a_bad_line_is_rejected_in_words_and_the_rest_goes_on(
    tmp_path: Path, record: Any, words: str
) -> None:
    assert words in reason(tmp_path, record)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"versions": "v1"}, "versions is not a list"),
        ({"versions": [{"version": "one"}]}, "v1, v2"),
        ({"versions": [{"version": "v1", "created": "2007-04-02"}]}, "2 Apr 2007"),
        (
            {"versions": [{"version": "v1", "created": "Mon, 32 Apr 2007 19:18:42 GMT"}]},
            "impossible",
        ),
        ({"authors_parsed": [["only key"]]}, "authors_parsed"),
        ({"update_date": "2023-13-01"}, "update_date"),
    ],
)
def test_a_bad_kaggle_line_is_rejected_in_words(tmp_path: Path, changes: Any, words: str) -> None:
    lines = list(read_snapshot(write(tmp_path / "k.json", KAGGLE, KAGGLE | changes, KAGGLE)))
    assert [line.paper is not None for line in lines] == [True, False, True]
    assert words in lines[1].rejection.reason  # type: ignore[union-attr]


def test_blank_lines_and_a_byte_order_mark_are_no_records(tmp_path: Path) -> None:
    good = json.dumps(SIMPLE).encode()
    path = tmp_path / "f"
    path.write_bytes(b"\xef\xbb\xbf" + good + b"\r\n\r\n  \n" + good)
    assert [(line.line_number, line.rejection) for line in read_snapshot(path)] == [
        (1, None),
        (4, None),
    ]


@pytest.mark.parametrize("zipped", [False, True])
def test_reading_goes_on_after_any_line(tmp_path: Path, zipped: bool) -> None:
    records = [SIMPLE | {"id": f"2303.{n:05d}"} for n in range(1, 8)]
    path = write(tmp_path / "f", *records, zipped=zipped)
    whole = list(read_snapshot(path))
    for done in range(8):
        assert list(read_snapshot(path, start_line=done)) == whole[done:]


def test_progress_grows_with_the_compressed_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "_CHUNK_BYTES", 100)
    path = write(tmp_path / "f", *[SIMPLE] * 50, zipped=True)
    print_ = fingerprint(path)
    steps = [print_.progress(line.byte_position) for line in read_snapshot(path)]
    assert steps == sorted(steps)
    assert 0 < steps[0] < 1
    assert steps[-1] > 0.9  # the last bytes are the checksum


@pytest.mark.parametrize("chunk", [1, 7, 64])
def test_the_size_of_the_chunks_makes_no_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    path = write(tmp_path / "f", SIMPLE, KAGGLE | {"id": "2303.00001"}, zipped=True)
    whole = [line.paper for line in read_snapshot(path)]
    monkeypatch.setattr(lines, "_CHUNK_BYTES", chunk)
    assert [line.paper for line in read_snapshot(path)] == whole


def test_several_gzip_members_and_padding_are_one_text(tmp_path: Path) -> None:
    member = gzip.compress(json.dumps(SIMPLE).encode() + b"\n")
    path = tmp_path / "f.gz"
    path.write_bytes(member + member + bytes(512))
    assert len(list(read_snapshot(path))) == 2


@pytest.mark.parametrize("kept", [0.5, 0.9, 0.99])
def test_a_file_cut_off_gives_its_good_lines_first(tmp_path: Path, kept: float) -> None:
    records = [SIMPLE | {"id": f"2303.{n:05d}", "abstract": f"{n * 7919}"} for n in range(1, 2001)]
    path = write(tmp_path / "f.gz", *records, zipped=True)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * kept)])
    got = []
    with pytest.raises(InputError, match="damaged or cut off after line") as caught:
        for line in read_snapshot(path):
            got.append(line)
    assert 0 < len(got) <= 2000
    assert all(line.paper for line in got)
    assert f"after line {len(got)}" in str(caught.value)


def test_a_damaged_gzip_file_is_an_input_error(tmp_path: Path) -> None:
    path = write(tmp_path / "f.gz", *[SIMPLE] * 20, zipped=True)
    data = bytearray(path.read_bytes())
    data[-6] ^= 0xFF  # the checksum
    path.write_bytes(data)
    with pytest.raises(InputError, match="damaged"):
        list(read_snapshot(path))


def test_a_line_longer_than_any_record_is_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "LONGEST_LINE_BYTES", 1000)
    monkeypatch.setattr(lines, "_CHUNK_BYTES", 300)
    path = write(tmp_path / "f", SIMPLE, SIMPLE | {"abstract": "x" * 5000}, SIMPLE)
    first, second, third = read_snapshot(path)
    assert first.paper and third.paper
    assert second.rejection is not None
    assert "longer" in second.rejection.reason


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (b"\n \n", "the file is empty"),
        (gzip.compress(b""), "the file is empty"),
        (b"\x89PNG\r\n\x00\x00", "binary"),
        ('{"id": 1}'.encode("utf-16"), "binary"),
        (b'[{"id": "2303.18223"}]', "one JSON array"),
        (b"id,title\n2303.18223,A\n", "not JSON lines"),
        (b"\x1f\x8bnot really", "damaged or cut off after line 0"),
    ],
)
def test_a_file_that_is_something_else_is_refused_in_words(
    tmp_path: Path, content: bytes, words: str
) -> None:
    path = tmp_path / "f"
    path.write_bytes(content)
    with pytest.raises(InputError, match=words) as caught:
        list(read_snapshot(path))
    assert str(path) in str(caught.value)


def test_a_missing_file_and_a_folder_are_refused_in_words(tmp_path: Path) -> None:
    for read in (fingerprint, lambda path: list(read_snapshot(path))):
        with pytest.raises(InputError, match="no such file"):
            read(tmp_path / "none")
        with pytest.raises(InputError, match="a folder"):
            read(tmp_path)


def test_a_fingerprint_sees_both_ends(tmp_path: Path) -> None:
    path = tmp_path / "f"
    data = bytearray(200_000)
    prints = []
    for place in (None, 0, 199_999):
        if place is not None:
            data[place] = 1
        path.write_bytes(data)
        prints.append(fingerprint(path))
    assert len({found.sha256 for found in prints}) == 3
    assert {found.size for found in prints} == {200_000}
