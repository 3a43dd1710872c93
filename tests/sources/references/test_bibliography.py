"""Reading reference lists: every format, every encoding, and what is broken in them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from littrack.errors import InputError
from littrack.records import Reference
from littrack.sources.references.bibtex import parse_bibtex
from littrack.sources.references.csl_json import parse_csl
from littrack.sources.references.lists import find_format, read_bibliography
from littrack.sources.references.ris import parse_ris

BIB = "@misc{a, title={Attention Is All You Need}, eprint={1706.03762}}\n"
RIS = "TY  - JOUR\nTI  - Attention Is All You Need\nUR  - arxiv.org/abs/1706.03762\nER  - \n"
CSL = '[{"type": "article", "title": "Attention Is All You Need", "number": "arXiv:1706.03762"}]'
LINES = "[1] A. Vaswani et al. Attention Is All You Need. arXiv:1706.03762, 2017.\n"


def bib(fields: str) -> Reference:
    (entry,), rejections = parse_bibtex(f"@article{{key, title={{T}}, {fields}}}")
    assert rejections == []
    return entry.reference


def write(tmp_path: Path, name: str, data: str | bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(data.encode("utf-8") if isinstance(data, str) else data)
    return path


# --- which format ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "format"),
    [
        ("refs.bib", BIB, "bibtex"),
        ("refs.txt", "% from somewhere\n\n" + BIB, "bibtex"),
        ("refs.ris", RIS, "ris"),
        ("refs.txt", RIS, "ris"),
        ("refs.json", CSL, "csl"),
        ("refs.json", '{\n  "items": [\n {"author": [{"family": "A"}]}]}', "csl"),
        ("refs.txt", LINES, "text"),
        ("refs.md", "# Reading\n\n- [Attention](https://arxiv.org/abs/1706.03762)\n", "text"),
        ("papers.jsonl", '{"id": "1706.03762", "title": "A", "authors": ["B"]}\n', None),
        ("papers.json", '{"id": "1706.03762", "title": "A", "abstract": "@misc{a}"}\n', None),
        ("papers.json", '[{"id": "1706.03762", "title": "A", "authors": ["B"]}]', None),
        ("papers.jsonl", "not json\n" + '{"id": "1706.03762"}\n', None),
        ("papers.jsonl", "", None),
    ],
)
def test_the_content_tells_the_format_before_the_name_does(
    tmp_path: Path, name: str, text: str, format: str | None
) -> None:
    assert find_format(write(tmp_path, name, text)) == format


def test_a_gzipped_file_is_papers_unless_its_name_says_otherwise(tmp_path: Path) -> None:
    data = gzip.compress(BIB.encode())
    assert find_format(write(tmp_path, "snapshot.gz", data)) is None
    path = write(tmp_path, "refs.bib.gz", data)
    assert find_format(path) == "bibtex"
    assert len(read_bibliography(path).entries) == 1


@pytest.mark.parametrize("text", [BIB, RIS, CSL, LINES])
def test_every_format_gives_the_same_id_and_title(tmp_path: Path, text: str) -> None:
    (entry,) = read_bibliography(write(tmp_path, "refs.txt", text)).entries
    assert (entry.reference.arxiv_id, entry.reference.title) == (
        "1706.03762",
        "Attention Is All You Need",
    )


def test_a_wrong_format_is_refused_with_the_right_one(tmp_path: Path) -> None:
    path = write(tmp_path, "refs.ris", RIS)
    with pytest.raises(InputError, match=r"no reference.*BibTeX.*--format ris"):
        read_bibliography(path, "bibtex")


# --- encodings ------------------------------------------------------------------------------------

CHINESE = (
    "[1] 赵鑫, 等. 大语言模型综述[J]. arXiv:2303.18223, 2023.\n[2] 车万翔. 自然语言处理. 2021.\n"
)


@pytest.mark.parametrize(
    ("encoding", "warning"),
    [("utf-8", ""), ("utf-8-sig", ""), ("utf-16", ""), ("gb18030", "GB18030")],
)
def test_chinese_lists_are_read_in_the_encodings_windows_writes(
    tmp_path: Path, encoding: str, warning: str
) -> None:
    path = write(tmp_path, "refs.txt", CHINESE.replace("\n", "\r\n").encode(encoding))
    found = read_bibliography(path)
    assert [entry.reference.title for entry in found.entries] == ["大语言模型综述", "自然语言处理"]
    assert warning in found.encoding_warning
    assert bool(warning) == bool(found.encoding_warning)


def test_latin_text_is_not_taken_for_chinese(tmp_path: Path) -> None:
    data = "@misc{a, title={Étude générale}, author={Müller, José}}".encode("latin-1")
    found = read_bibliography(write(tmp_path, "refs.bib", data))
    assert found.entries[0].reference.authors == ("Müller, José",)
    assert "Latin" in found.encoding_warning


@pytest.mark.parametrize(
    ("data", "says"),
    [(b"", "empty"), (b"\xef\xbb\xbf \n", "empty"), (b"%PDF\0\1\2\0\xff", "binary")],
)
def test_an_empty_or_binary_list_is_refused_in_words(
    tmp_path: Path, data: bytes, says: str
) -> None:
    with pytest.raises(InputError, match=says):
        read_bibliography(write(tmp_path, "refs.bib", data))


def test_a_missing_file_and_a_folder_are_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        find_format(tmp_path / "absent.bib")
    with pytest.raises(InputError, match="folder"):
        find_format(tmp_path)


# --- BibTeX ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "arxiv_id"),
    [
        ("eprint={2201.11903v3}, archivePrefix={arXiv}, primaryClass={cs.CL}", "2201.11903"),
        ("eprint={2201.11903}", "2201.11903"),
        ("eprinttype={arxiv}, eprint={arXiv:2201.11903}", "2201.11903"),
        ("eprint={9901001}, archivePrefix={arXiv}, primaryClass={hep-th}", "hep-th/9901001"),
        ("eprint={hep-th/9901001}", "hep-th/9901001"),
        ("journal={arXiv preprint arXiv:2201.11903}", "2201.11903"),
        ("journal={CoRR}, volume={abs/1706.03762}", "1706.03762"),
        ("url={http://arxiv.org/abs/1706.03762v5}", "1706.03762"),
        ("doi={10.48550/arXiv.1706.03762}", "1706.03762"),
        (r"howpublished={\url{https://arxiv.org/pdf/1706.03762.pdf}}", "1706.03762"),
        ("note={{arXiv}:1706.03762 [cs]}", "1706.03762"),
        ("eprint={PMC1234567}, eprinttype={pmcid}", None),
        ("doi={10.1145/1706.03762}", None),
        ("abstract={As in arXiv:1706.03762, ...}", None),
    ],
)
def test_the_id_is_found_wherever_bibtex_has_it(fields: str, arxiv_id: str | None) -> None:
    assert bib(fields).arxiv_id == arxiv_id


def test_of_several_ids_the_most_trusted_counts_and_the_others_are_named() -> None:
    text = "@misc{a, note={arXiv:2210.03629}, eprint={2305.10601}, title={T}}"
    (entry,), _ = parse_bibtex(text)
    assert entry.reference.arxiv_id == "2305.10601"
    assert "2210.03629 (note)" in entry.remark


def test_an_eprint_that_is_no_id_is_remarked_on() -> None:
    (entry,), _ = parse_bibtex("@misc{a, eprint={2203.1555}, archivePrefix={arXiv}, title={T}}")
    assert entry.reference.arxiv_id is None
    assert "'2203.1555' is no arXiv id" in entry.remark


def test_tex_becomes_the_characters_it_stands_for() -> None:
    text = r"""@misc{a, title={{\'E}tude of {BERT} --- 50% of {\"U}bung \& $O(n)$},
        author={Le{\'o}n, Jos{\'e} and {The Big Group and Friends} and others}}"""
    reference = parse_bibtex(text)[0][0].reference
    assert reference.title == "Étude of BERT — 50% of Übung & O(n)"
    assert reference.authors == ("León, José", "The Big Group and Friends", "et al.")


def test_strings_and_concatenation_are_resolved() -> None:
    text = '@string{sys = "Systems"}\n@misc{a, title = "Large " # sys # " at Work", year = 2020}'
    reference = parse_bibtex(text)[0][0].reference
    assert (reference.title, reference.year) == ("Large Systems at Work", 2020)


def test_a_broken_entry_is_named_and_takes_no_other_with_it() -> None:
    text = "\n".join(
        [
            "@misc{a, title={One}}",
            "@misc{b, title={Never closed, year={2020}",
            "@misc{c, title={Three}}",
            "@misc{c, title={The same key}, year=1, year=2}",
            "@misc{d, title={No value}, year}",
            "@comment{nothing}",
            "@misc{e, title={Cut off",
        ]
    )
    entries, rejections = parse_bibtex(text)
    assert [entry.reference.title for entry in entries] == ["One", "Three", "The same key"]
    assert [entry.reference.place for entry in entries] == ["line 1", "line 3", "line 4"]
    assert [rejection.where for rejection in rejections] == ["line 2", "line 5", "line 7"]
    assert b"Never closed" in rejections[0].payload


def test_what_bibtexparser_logs_is_not_printed(capsys: pytest.CaptureFixture[str]) -> None:
    parse_bibtex("@misc{b, title={Never closed\n")
    assert capsys.readouterr() == ("", "")


# --- RIS ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    ["UR  - http://arxiv.org/abs/1706.03762", "M1  - arXiv:1706.03762", "AN  - arXiv:1706.03762",
     "DO  - 10.48550/arXiv.1706.03762", "N1  - arXiv:1706.03762 [cs]",
     "DO - 10.48550/ARXIV.1706.03762"],
)  # fmt: skip
def test_the_id_is_found_wherever_ris_has_it(line: str) -> None:
    (entry,), _ = parse_ris(f"TY  - JOUR\nTI  - T\n{line}\nER  - \n")
    assert entry.reference.arxiv_id == "1706.03762"


def test_ris_entries_without_end_or_beginning_spoil_no_others() -> None:
    text = (
        "TY  - JOUR\nTI  - A title that\n      goes on\nAU  - Wei, Jason\nPY  - 2022/01/28\n"
        "TY  - GEN\nT1  - Second\nER  - \nstray\nTI  - Lost\nER  - \nTY  - JOUR\nER  - \n"
    )
    entries, rejections = parse_ris(text)
    first = entries[0].reference
    assert (first.title, first.authors, first.year) == (
        "A title that goes on",
        ("Wei, Jason",),
        2022,
    )
    assert [entry.reference.place for entry in entries] == ["line 1", "line 6"]
    assert [rejection.where for rejection in rejections] == ["line 9", "line 12"]


# --- CSL-JSON -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "field",
    [{"URL": "https://arxiv.org/abs/1706.03762"}, {"DOI": "10.48550/arXiv.1706.03762"},
     {"archive_location": "1706.03762"}, {"number": "arXiv:1706.03762"},
     {"note": "arXiv:1706.03762 [cs]"}],
)  # fmt: skip
def test_the_id_is_found_wherever_csl_has_it(field: dict[str, str]) -> None:
    (entry,), _ = parse_csl(json.dumps([{"type": "article", "title": "T"} | field]))
    assert entry.reference.arxiv_id == "1706.03762"


def test_csl_names_and_dates_are_put_together() -> None:
    item = {
        "id": "oord", "type": "article", "title": "On <i>Coding</i> &amp; more",
        "author": [{"family": "Oord", "given": "Aaron", "non-dropping-particle": "van den"},
                   {"literal": "OpenAI"}],
        "issued": {"date-parts": [[2018, 7, 10]]},
    }  # fmt: skip
    reference = parse_csl(json.dumps([item]))[0][0].reference
    assert reference.title == "On Coding & more"
    assert reference.authors == ("van den Oord, Aaron", "OpenAI")
    assert (reference.key, reference.year) == ("oord", 2018)


@pytest.mark.parametrize("end", ["]", ""])
def test_items_around_broken_json_are_still_read(end: str) -> None:
    text = (
        '[{"type": "article", "title": "One", "author": [{"family": "A"}, {"family": "B"}]},\n'
        '{"type" "broken", "author": [{"family": "C"}, {"family": "D"}]}, 5,\n'
        '{"type": "article", "title": "Three"}' + end
    )
    entries, rejections = parse_csl(text)
    assert [entry.reference.title for entry in entries] == ["One", "Three"]
    assert len(rejections) == 1
    assert b"broken" in rejections[0].payload


def test_what_no_database_takes_is_left_out_of_csl() -> None:
    text = (
        '[{"type": "article", "title": "A\\ud800 b\\u0000", "URL": "x\\udfff", "id": "k\\u0000"}]'
    )
    reference = parse_csl(text)[0][0].reference
    assert (reference.title, reference.url, reference.key) == ("A b", "x", "k")
    assert "\0" not in reference.raw
    assert reference.raw.encode("utf-8")


def test_what_is_no_item_is_rejected_alone() -> None:
    entries, rejections = parse_csl('[5, {"type": "article", "title": "One"}, {"x": 1}]')
    assert len(entries) == 1
    assert [rejection.where for rejection in rejections] == ["entry 1", "entry 3"]


# --- whatever comes -------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [*'{}[]"@,=\\$%#\n- ', "@misc{a, ", "TY  - ", "ER  - \n", "title={", '{"type":']
)


@given(st.lists(PIECES | st.text(max_size=5), max_size=40).map("".join))
def test_no_text_makes_a_parser_fail(text: str) -> None:
    for parse in (parse_bibtex, parse_ris, parse_csl):
        entries, rejections = parse(text)
        assert len(entries) + len(rejections) <= len(text)
