"""Tables of papers: as littrack, Zotero, spreadsheets and scripts write them."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from littrack.errors import InputError
from littrack.records import AbstractKind, DateKind, Paper
from littrack.sources.paper_files.csv_files import CsvFile, find_header
from littrack.sources.paper_files.json_lines import SnapshotLine

HEADER = "arxiv_id,title,abstract,authors,categories,published,version"
ROW = '2303.18223,A Survey,"Line one\nline two",Ada Lovelace; Wei Zhao,cs.CL; cs.AI,2023-03-31,2'


def read(path: Path) -> list[SnapshotLine]:
    return list(CsvFile(path).records())


def read_text(tmp_path: Path, text: str, name: str = "papers.csv") -> list[SnapshotLine]:
    (tmp_path / name).write_text(text, "utf-8", newline="")
    return read(tmp_path / name)


def paper_of(tmp_path: Path, text: str) -> Paper:
    """The paper in a table of one row."""
    (line,) = read_text(tmp_path, text)
    assert line.paper is not None, line.rejection
    return line.paper


def faults(lines: list[SnapshotLine]) -> list[tuple[str, str]]:
    return [(one.rejection.where, one.rejection.reason) for one in lines if one.rejection]


def ids(lines: list[SnapshotLine]) -> list[str]:
    return [one.paper.arxiv_id for one in lines if one.paper]


def test_a_row_becomes_a_paper(tmp_path: Path) -> None:
    paper = paper_of(tmp_path, f"{HEADER}\r\n{ROW}\r\n")
    assert (paper.arxiv_id, paper.version, paper.title) == ("2303.18223", 2, "A Survey")
    assert paper.abstract == "Line one line two"
    assert paper.authors == ("Ada Lovelace", "Wei Zhao")
    assert paper.categories == ("cs.CL", "cs.AI")
    assert (str(paper.published), paper.published.kind) == ("2023-03-31", DateKind.V1)


@pytest.mark.parametrize(
    ("text", "categories"),
    [
        ("cs.CL cs.AI", ("cs.CL", "cs.AI")),
        ("cs.CL, cs.AI", ("cs.CL", "cs.AI")),
        ("cs.CL;math:Optimization and Control", ("cs.CL", "math:Optimization and Control")),
    ],
)
def test_categories_are_parted_by_what_is_between_them(
    tmp_path: Path, text: str, categories: tuple[str, ...]
) -> None:
    paper = paper_of(tmp_path, f'id,title,categories\n2303.18223,T,"{text}"\n')
    assert paper.categories == categories


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_first_line_tells_the_delimiter(tmp_path: Path, delimiter: str) -> None:
    file = io.StringIO(newline="")
    rows = [HEADER.split(","), ["2303.18223", "A; B, C\tD", "", "Ada, Wei", "cs.CL", "", ""]]
    csv.writer(file, delimiter=delimiter).writerows(rows)
    paper = paper_of(tmp_path, file.getvalue())
    assert (paper.title, paper.authors) == ("A; B, C D", ("Ada", "Wei"))
    (tmp_path / "excel.csv").write_text(f"sep={delimiter}\r\n{file.getvalue()}", newline="")
    assert ids(read(tmp_path / "excel.csv")) == ["2303.18223"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("zipped", [False, True])
def test_the_encoding_is_found(tmp_path: Path, encoding: str, zipped: bool) -> None:
    data = "编号,标题,摘要\n2303.18223,大语言模型综述,大语言模型的思维链推理研究\n".encode(encoding)
    (tmp_path / "papers.csv").write_bytes(gzip.compress(data) if zipped else data)
    table = CsvFile(tmp_path / "papers.csv")
    (line,) = table.records()
    assert line.paper is not None
    assert line.paper.title == "大语言模型综述"
    assert ("GB18030" in table.warning) is (encoding == "gb18030")


def test_a_row_that_cannot_be_read_is_named_by_its_line_and_the_others_are_read(
    tmp_path: Path,
) -> None:
    rows = [
        HEADER,
        ROW,  # of two lines
        "2303.1,A lost zero or more,,,,,",
        ",No id,,,,,",
        "2303.00002,,,,,,",
        "2303.00003,A date,,,,31/03/2023,",
        '2303.00004,"A "quoted" word",,,,,',
        "2303.00005,Too many cells,,,,,1,2,3",
        "",
        ",,,,,,",
        "2303.00006,The last,,,,,",
    ]
    lines = read_text(tmp_path, "\n".join(rows) + "\n")
    assert ids(lines) == ["2303.18223", "2303.00006"]
    named = faults(lines)
    assert [where for where, _ in named] == [f"line {n}" for n in (4, 5, 6, 7, 8, 9)]
    words = ("not an arXiv identifier", "no id", "no title", "not a date", "quotation", "9 cells")
    for (_, reason), word in zip(named, words, strict=True):
        assert word in reason
    assert lines[1].rejection is not None
    assert lines[1].rejection.payload == b"2303.1,A lost zero or more,,,,,\n"[:-1]


def test_an_id_that_lost_its_zero_is_kept_as_it_stands(tmp_path: Path) -> None:
    assert paper_of(tmp_path, "id,title\n1906.1102,A title\n").arxiv_id == "1906.1102"


def test_a_quotation_mark_that_is_not_closed_costs_one_row(tmp_path: Path) -> None:
    rows = [f"2303.{n:05d},Title {n},,,,," for n in range(1, 6_000)]
    rows[2] = '2303.00003,"Never closed,,,,,'
    lines = read_text(tmp_path, "\n".join([HEADER, *rows]) + "\n")
    assert len(ids(lines)) == 5_998
    assert faults(lines) == [("line 4", "a quotation mark is opened in this row and not closed")]


def test_a_file_cut_off_within_a_cell_does_not_give_a_shortened_paper(tmp_path: Path) -> None:
    whole = f"{HEADER}\n2303.00001,First,,,,,\n{ROW}\n"
    for end in range(len(whole) - len(ROW) + 12, len(whole) - 3):
        lines = read_text(tmp_path, whole[:end])
        assert ids(lines) == ["2303.00001"]
        assert faults(lines)


def test_a_damaged_archive_gives_the_rows_before(tmp_path: Path) -> None:
    rows = "".join(f"2303.{n:05d},Title {n * n * 7919},,,,,\n" for n in range(1, 20_000))
    data = gzip.compress(f"{HEADER}\n{rows}".encode())
    (tmp_path / "cut.csv.gz").write_bytes(data[: len(data) // 2])
    found = []
    with pytest.raises(InputError, match="damaged or cut off"):
        for line in CsvFile(tmp_path / "cut.csv.gz").records():
            found.append(line)
    assert found
    assert all(line.paper for line in found)


def test_reading_goes_on_after_a_line(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"{HEADER}\n{ROW}\n2303.00001,Next,,,,,\n", "utf-8")
    table = CsvFile(tmp_path / "a.csv")
    first, second = table.records()
    assert (first.line_number, second.line_number) == (2, 4)
    assert ids(list(table.records(2))) == ["2303.00001"]


def test_one_line_that_is_not_utf8_is_rejected_alone(tmp_path: Path) -> None:
    text = "id,title\n2303.00001,Schrödinger\n2303.00002,B\udcff\n2303.00003,Gödel\n"
    (tmp_path / "a.csv").write_bytes(text.encode("utf-8", "surrogateescape"))
    lines = read(tmp_path / "a.csv")
    assert ids(lines) == ["2303.00001", "2303.00003"]
    assert faults(lines) == [("line 3", "not UTF-8, as the other rows are")]
    assert lines[1].rejection is not None
    assert lines[1].rejection.payload == b"2303.00002,B\xff"


def test_tabs_without_quoting_keep_quotation_marks(tmp_path: Path) -> None:
    text = 'arxiv_id\ttitle\n1602.04938\t"Why Should I Trust You?": Explaining\n2303.00001\t"Open\n'
    lines = read_text(tmp_path, text, "papers.tsv")
    titles = [one.paper.title for one in lines if one.paper]
    assert titles == ['"Why Should I Trust You?": Explaining', '"Open']


def test_a_table_of_zotero_has_its_ids_in_other_columns_and_last_names_first(
    tmp_path: Path,
) -> None:
    file = io.StringIO(newline="")
    rows = [
        ["Key", "Item Type", "Publication Year", "Author", "Title", "DOI", "Url", "Abstract Note",
         "Date", "Extra", "Version"],
        ["A", "preprint", "2023", "Vaswani, Ashish; Shazeer, Noam", "Attention", "",
         "http://arxiv.org/abs/1706.03762", "Text.", "2023-08-02", "arXiv:1706.03762 [cs]", ""],
        ["B", "preprint", "2020", "Lewis, Patrick", "Retrieval", "10.48550/arXiv.2005.11401", "",
         "", "2020", "", "1.2.3"],
        ["C", "conferencePaper", "2016", "He, Kaiming", "Residual", "10.1109/CVPR.2016.90", "",
         "", "2016", "arXiv:1512.03385", ""],
        ["D", "book", "2001", "Knuth, Donald", "A book", "", "http://example.org/2303.18223", "",
         "2001", "", ""],
    ]  # fmt: skip
    csv.writer(file).writerows(rows)
    lines = read_text(tmp_path, file.getvalue())
    assert ids(lines) == ["1706.03762", "2005.11401", "1512.03385"]
    papers = [one.paper for one in lines if one.paper]
    assert papers[0].authors == ("Ashish Vaswani", "Noam Shazeer")
    assert (papers[1].authors, papers[1].doi) == (("Patrick Lewis",), None)
    assert (papers[2].authors, papers[2].doi) == (("Kaiming He",), "10.1109/CVPR.2016.90")
    assert {paper.published.kind for paper in papers} == {DateKind.ID_MONTH}
    assert faults(lines) == [("line 5", "no id")]


def test_what_scripts_and_spreadsheets_make_of_values_is_understood(tmp_path: Path) -> None:
    paper = paper_of(
        tmp_path,
        "entry_id,ID,Title,Summary,Authors,Categories,Primary Category,Published,Updated,Version,"
        "DOI,Comment\n"
        "0,http://arxiv.org/abs/2303.18223v1,T,The abstract.,\"['Ada Lovelace', 'Wei Zhao']\","
        "\"['cs.AI', 'cs.CL']\",cs.CL,2023/3/31 9:05,2023-04-02 10:00:00+00:00,1.0,nan,None\n",
    )
    assert (paper.abstract, paper.abstract_kind) == ("The abstract.", AbstractKind.AUTHOR)
    assert paper.authors == ("Ada Lovelace", "Wei Zhao")
    assert paper.categories == ("cs.CL", "cs.AI")
    assert str(paper.published.value) == "2023-03-31 09:05:00+00:00"
    assert (paper.version, paper.doi, paper.comment) == (1, None, None)


def test_littracks_own_columns_keep_what_they_mean(tmp_path: Path) -> None:
    paper = paper_of(
        tmp_path,
        "arxiv_id,title,abstract,abstract_kind,published,published_kind,withdrawn\n"
        "2303.18223,T,In short.,summary,2023-03,id_month,true\n",
    )
    assert (paper.abstract, paper.abstract_kind) == ("In short.", AbstractKind.SUMMARY)
    assert (str(paper.published), paper.published.kind) == ("2023-03", DateKind.ID_MONTH)
    assert paper.withdrawn


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("\ufeff\n", "empty"),
        ("a,b,c\n1,2,3\n", "names no column"),
        ("title,author,year\nA,B,2020\n", "no column of arXiv ids.*BibTeX"),
        ("arxiv_id,year\n2303.18223,2020\n", "no column of titles"),
        ("title,doi\nA,10.1/a\nB,10.1/b\n", r"none of the first 2 rows has one in doi.*id \(or"),
    ],
)
def test_a_table_of_something_else_is_refused_with_the_columns_that_are_needed(
    tmp_path: Path, text: str, says: str
) -> None:
    with pytest.raises(InputError, match=says):
        read_text(tmp_path, text)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"absent\.csv: there is no such file"):
        CsvFile(tmp_path / "absent.csv")


def test_a_first_line_without_known_columns_is_no_header() -> None:
    assert find_header("A sentence, with a comma.\n") is None
    assert find_header("") is None


@settings(max_examples=60, deadline=None)
@given(
    titles=st.lists(st.text(st.characters(codec="utf-8"), max_size=12), max_size=6),
    delimiter=st.sampled_from(",;\t"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_whatever_a_writer_quotes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, titles: list[str], delimiter: str, quoting: int
) -> None:
    path = tmp_path_factory.mktemp("table") / "papers.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, quoting=quoting)  # type: ignore[arg-type]
        writer.writerow(["id", "title", "comment"])
        writer.writerows([f"2303.{n:05d}", f"T {t}", ""] for n, t in enumerate(titles, 1))
    lines = read(path)
    assert ids(lines) == [f"2303.{n:05d}" for n in range(1, 1 + len(titles))]
