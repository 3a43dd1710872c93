"""Notes that are no text files: saved pages, PDF, Word, Zotero; and whole folders of notes."""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from docx import Document

from littrack.errors import InputError
from littrack.notes import Note, PassageKind
from littrack.sources.notes.reading import read_note, read_notes

LONG = "这一段讲训练数据的构成与去重的办法，也讲并行训练的取舍，读来颇有收获。" * 6
PAGE = f"""<html><head><meta charset="{{charset}}"><title>某模型笔记</title>
<script>var hidden = "脚本";</script><style>p {{{{}}}}</style></head><body>
<nav><a href="/">首页导航</a></nav>
<div id="content_views"><h1>某模型</h1><p>论文见<a href="https://arxiv.org/abs/2204.02311">PaLM</a>，
规模 <b>540B</b>。</p><h2>方法</h2><ul><li>只有解码器</li></ul>
<table><tr><th>模型</th><th>规模</th></tr><tr><td><p>甲</p></td><td>62B</td></tr></table>
<pre>x = 1
y = 2</pre><blockquote><p>一句引文</p></blockquote>
<div style="display: none">看不见</div><p>{LONG}</p></div>
<footer>页脚</footer></body></html>"""


def written(tmp_path: Path, name: str, data: bytes | str) -> Note:
    path = tmp_path / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return read_note(path, name)


def told(note: Note) -> list[tuple[str, str]]:
    return [(passage.kind.value, passage.text) for passage in note.passages]


@pytest.mark.parametrize("charset", ["utf-8", "gbk"])
def test_a_saved_page_gives_its_article_in_blocks(tmp_path: Path, charset: str) -> None:
    note = written(tmp_path, "a.html", PAGE.format(charset=charset).encode(charset))
    assert told(note) == [
        ("heading", "某模型"),
        ("paragraph", "论文见PaLM， 规模 540B。"),
        ("heading", "方法"),
        ("item", "只有解码器"),
        ("row", "模型 | 规模"),
        ("row", "甲 | 62B"),
        ("code", "x = 1\ny = 2"),
        ("quote", "一句引文"),
        ("paragraph", LONG),
    ]
    assert note.title == "某模型笔记"
    link = note.links[0]
    assert (link.target, note.text[slice(*link.span)]) == (
        "https://arxiv.org/abs/2204.02311",
        "PaLM",
    )


def test_a_page_without_a_known_article_gives_the_densest_part(tmp_path: Path) -> None:
    menu = "".join(f"<li><a href='/{n}'>栏目之{n}</a></li>" for n in range(30))
    page = (
        f"<body><div><ul>{menu}</ul></div><div><div><p>{LONG}</p><p>{LONG}</p></div></div></body>"
    )
    assert told(written(tmp_path, "b.htm", page)) == [("paragraph", LONG), ("paragraph", LONG)]


def pdf_of(*pages: str) -> bytes:
    """A small PDF in Helvetica, a line of text for each line given."""
    count = len(pages)
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(count))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, page in enumerate(pages):
        words = "".join(f"({line}) Tj 0 -14 Td " for line in page.splitlines())
        stream = f"BT /F1 10 Tf 40 800 Td {words}ET"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 850] /Contents {5 + 2 * number} 0 R"
            " /Resources << /Font << /F1 3 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    data, places = b"%PDF-1.4\n", []
    for number, words in enumerate(objects, 1):
        places.append(len(data))
        data += f"{number} 0 obj\n{words}\nendobj\n".encode()
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    trailer = f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(data)}\n%%EOF"
    return (
        data
        + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode()
        + trailer.encode()
    )


def test_a_pdf_gives_its_text_with_the_place_of_each_page(tmp_path: Path) -> None:
    first = (
        "1 Introduction\nScaling helps language models in many of the tasks that were tried\n"
        "here, and arXiv:2204.02311 is one of them."
    )
    note = written(tmp_path, "a.pdf", pdf_of(first, "Second page."))
    assert told(note) == [
        ("heading", "1 Introduction"),
        ("paragraph", first.partition("\n")[2]),
        ("paragraph", "Second page."),
    ]
    assert note.frontmatter["pages"] == [0, note.text.index("Second")]
    assert [link.target for link in note.links] == ["2204.02311"]


@pytest.mark.parametrize("data", [b"%PDF-1.4\nnothing", b"", pdf_of(""), pdf_of("x")[:200]])
def test_a_pdf_that_is_damaged_or_without_words_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(InputError, match="PDF"):
        written(tmp_path, "b.pdf", data)


def docx_of() -> bytes:
    document = Document()
    document.core_properties.title = "读书笔记"
    document.add_heading("某模型", 1)
    document.add_paragraph("  参数量为 540B。")
    document.add_heading("方法", 2)
    document.add_paragraph("只有解码器", style="List Bullet")
    document.add_paragraph("一句引文", style="Quote")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "甲", "62B"
    document.add_paragraph("见 arXiv:2204.02311。")
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()


def test_a_word_file_gives_headings_items_quotes_and_rows_in_order(tmp_path: Path) -> None:
    note = written(tmp_path, "a.docx", docx_of())
    assert told(note) == [
        ("heading", "某模型"),
        ("paragraph", "参数量为 540B。"),
        ("heading", "方法"),
        ("item", "只有解码器"),
        ("quote", "一句引文"),
        ("row", "甲 | 62B"),
        ("paragraph", "见 arXiv:2204.02311。"),
    ]
    assert note.title == "读书笔记"
    assert note.passages[-1].headings == ("某模型", "方法")


def repacked(name: str, words: bytes) -> bytes:
    """The Word file with one part put in place of its own."""
    data = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx_of())) as old, zipfile.ZipFile(data, "w", 8) as new:
        for part in old.infolist():
            new.writestr(part.filename, words if part.filename == name else old.read(part))
    return data.getvalue()


def test_bombs_in_word_files_are_refused_before_they_are_unpacked(tmp_path: Path) -> None:
    zeros = repacked("docProps/app.xml", b" " * (70 * 2**20))
    assert len(zeros) < 2**20
    with pytest.raises(InputError, match="70 MiB: refused"):
        written(tmp_path, "b.docx", zeros)
    laughs = (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
    )
    for encoded in (laughs, laughs.decode().encode("utf-16")):
        with pytest.raises(InputError, match="defines entities"):
            written(tmp_path, "c.docx", repacked("word/document.xml", encoded))


@pytest.mark.parametrize(
    "data", [b"", b"PK\3\4nothing", docx_of()[:900], repacked("word/document.xml", b"<a>")]
)
def test_a_damaged_word_file_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(InputError, match="Word file"):
        written(tmp_path, "d.docx", data)


ITEM = {
    "itemType": "preprint",
    "citationKey": "chowdhery2022",
    "title": "PaLM: Scaling Language Modeling with Pathways",
    "creators": [{"firstName": "Aakanksha", "lastName": "Chowdhery"}],
    "date": "2022-10-05",
    "extra": "arXiv:2204.02311 [cs]",
    "notes": [{"note": "<h1>要点</h1><p>规模 <b>540B</b></p>"}],
    "attachments": [
        {
            "annotations": [
                {
                    "annotationText": "few-shot performance",
                    "annotationComment": "与 GPT-3 比较",
                    "annotationPageLabel": "3",
                }
            ]
        }
    ],
}
AS_TEXT = [
    ("heading", "PaLM: Scaling Language Modeling with Pathways"),
    (
        "reference",
        "Aakanksha Chowdhery. 2022. PaLM: Scaling Language Modeling with Pathways."
        " arXiv:2204.02311",
    ),
    ("annotation", "few-shot performance (p. 3)\n与 GPT-3 比较"),
    ("heading", "要点"),
    ("paragraph", "规模 540B"),
]


def test_notes_and_annotations_stand_under_their_paper_in_a_zotero_export(tmp_path: Path) -> None:
    silent = {"itemType": "book", "title": "Without notes"}
    note = written(tmp_path, "a.json", json.dumps({"items": [silent, ITEM]}))
    assert told(note) == AS_TEXT
    reference = note.references[0]
    assert (reference.mark, reference.arxiv_id) == ("chowdhery2022", "2204.02311")
    assert note.text[slice(*reference.span)] == reference.text


def test_csl_items_are_read_with_their_note(tmp_path: Path) -> None:
    item = {
        "id": "a1", "title": "A Title", "author": [{"family": "Wei", "given": "J."}],
        "issued": {"date-parts": [[2022, 1]]}, "DOI": "10.1000/xyz", "note": "一条笔记",
    }  # fmt: skip
    note = written(tmp_path, "b.json", json.dumps([item]))
    assert told(note)[1:] == [
        ("reference", "J. Wei. 2022. A Title. doi:10.1000/xyz"),
        ("paragraph", "一条笔记"),
    ]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"a": 1}', '[{"title": "x"}]', "[" * 100_000])
def test_json_without_notes_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError):
        written(tmp_path, "c.json", text)


def zotero_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("""
            CREATE TABLE items (itemID INTEGER PRIMARY KEY, key TEXT);
            CREATE TABLE deletedItems (itemID INTEGER);
            CREATE TABLE fields (fieldID INTEGER, fieldName TEXT);
            CREATE TABLE itemData (itemID INTEGER, fieldID INTEGER, valueID INTEGER);
            CREATE TABLE itemDataValues (valueID INTEGER, value TEXT);
            CREATE TABLE creators (creatorID INTEGER, firstName TEXT, lastName TEXT);
            CREATE TABLE itemCreators (itemID INTEGER, creatorID INTEGER, orderIndex INTEGER);
            CREATE TABLE itemNotes (itemID INTEGER, parentItemID INTEGER, note TEXT, title TEXT);
            CREATE TABLE itemAttachments (itemID INTEGER, parentItemID INTEGER);
            CREATE TABLE itemAnnotations (itemID INTEGER, parentItemID INTEGER, text TEXT,
                                          comment TEXT, pageLabel TEXT, sortIndex TEXT);
            INSERT INTO items VALUES (1, 'chowdhery2022'), (9, 'gone');
            INSERT INTO deletedItems VALUES (9), (6);
            INSERT INTO fields VALUES (1, 'title'), (2, 'date'), (3, 'extra');
            INSERT INTO itemData VALUES (1, 1, 1), (1, 2, 2), (1, 3, 3);
            INSERT INTO itemDataValues VALUES
                (1, 'PaLM: Scaling Language Modeling with Pathways'),
                (2, '2022-10-05 2022-10-05'), (3, 'arXiv:2204.02311 [cs]');
            INSERT INTO creators VALUES (1, 'Aakanksha', 'Chowdhery');
            INSERT INTO itemCreators VALUES (1, 1, 0);
            INSERT INTO itemNotes VALUES
                (2, 1, '<h1>要点</h1><p>规模 <b>540B</b></p>', ''), (6, 1, 'deleted', '');
            INSERT INTO itemAttachments VALUES (3, 1);
            INSERT INTO itemAnnotations VALUES
                (4, 3, 'few-shot performance', '与 GPT-3 比较', '3', '1');
        """)
        connection.commit()


def test_a_copy_of_a_zotero_database_gives_the_same_and_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "zotero.sqlite"
    zotero_database(path)
    before = path.read_bytes()
    note = read_note(path, "zotero.sqlite")
    assert told(note) == AS_TEXT
    assert note.references[0].arxiv_id == "2204.02311"
    assert path.read_bytes() == before
    assert [found.name for found in tmp_path.iterdir()] == ["zotero.sqlite"]


def test_a_database_of_something_else_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a.sqlite")) as connection:
        connection.execute("CREATE TABLE other (x)")
    with pytest.raises(InputError, match="no database of Zotero"):
        read_note(tmp_path / "a.sqlite", "a.sqlite")
    with pytest.raises(InputError, match="no SQLite database"):
        written(tmp_path, "b.sqlite", "text")


def test_a_folder_is_read_in_order_and_one_bad_file_stops_no_other(tmp_path: Path) -> None:
    for name in ("b/二.md", "a.txt", ".obsidian/x.md", ".trash/y.md", "附件/z.md", "~$w.docx"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("正文。", "utf-8")
    (tmp_path / "c.docx").write_bytes(b"no")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    found = read_notes(tmp_path)
    assert [note.path for note in found.notes] == ["a.txt", "b/二.md"]
    assert [(one.where, "Word" in one.reason) for one in found.rejections] == [("c.docx", True)]


def test_a_single_file_is_a_folder_of_one(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("正文。", "utf-8")
    assert [note.path for note in read_notes(tmp_path / "a.md").notes] == ["a.md"]
    with pytest.raises(InputError, match="no such file or folder"):
        read_notes(tmp_path / "b")


def test_a_file_of_another_kind_says_what_can_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"it reads \.db, \.docx"):
        written(tmp_path, "a.png", b"x")


def test_what_was_written_on_a_paper_in_zotero_stands_under_its_title(tmp_path: Path) -> None:
    note = written(tmp_path, "a.json", json.dumps([ITEM]))
    annotation = next(one for one in note.passages if one.kind is PassageKind.ANNOTATION)
    assert annotation.headings == (ITEM["title"],)
    assert note.passages[-1].headings == (ITEM["title"], "要点")
