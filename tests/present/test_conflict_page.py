"""The page of conflicts: grouped, quoted with its line, escaped; empty when there is none."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

from littrack.notes import ConflictKind, ConflictState, Note, NoteConflict
from littrack.present.conflict_page import render_conflicts

TEXT = "# 笔记\n\n- 发布时间：2022-10-05，很新\n- 参数量 <540B> & 更多\n"
NOTE = Note("a/笔记.md", TEXT, "笔记", "markdown", "utf-8", "")
START = TEXT.index("2022")
ONE = NoteConflict(
    note=NOTE.path,
    span=(START, START + 10),
    quote="2022-10-05",
    model="PaLM",
    arxiv_id="2204.02311",
    field="release_date",
    note_value="2022-10-05",
    known_value="2022-04-05",
    kind=ConflictKind.DATE_TYPE,
    explanation="这是 arXiv 第 5 版（v5）的日期，论文首发于 2022-04-05",
    sources=("arXiv:2204.02311", "https://example.org/a b"),
)
PLACE = TEXT.index("540B")
TWO = replace(
    ONE,
    span=(PLACE, PLACE + 4),
    quote="540B",
    field="size",
    known_value="62B",
    sources=("Table 1",),
    kind=ConflictKind.VALUE,
    explanation="PaLM 的参数量不是 540B",
)


class Tags(HTMLParser):
    """Counts what is open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_groups_by_note_and_model_and_gives_the_line() -> None:
    page = render_conflicts([TWO, ONE], [NOTE], "zh")
    assert page.count("## a/笔记.md") == 1
    assert page.count("### PaLM") == 1
    assert page.index("第 3 行") < page.index("第 4 行")
    assert "**2022-10-05**" in page
    assert "[arXiv:2204.02311](https://arxiv.org/abs/2204.02311)" in page
    assert "1 篇笔记，共 2 处" in page


def test_what_is_known_is_not_said_twice() -> None:
    page = render_conflicts([ONE, TWO], [NOTE], "zh")
    assert page.count("已知") == 1
    assert "已知 62B: Table 1" in page


def test_markup_of_a_note_stays_text() -> None:
    assert r"\<**540B**\>" in render_conflicts([TWO], [NOTE])
    page = render_conflicts([TWO], [NOTE], "en", "html")
    assert "&lt;<mark>540B</mark>&gt; &amp; 更多" in page


def test_the_html_page_is_whole_and_needs_nothing_from_elsewhere() -> None:
    page = render_conflicts([ONE, TWO], [NOTE], "en", "html")
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    assert "2 things in 1 note" in tags.text
    assert "src=" not in page
    assert "<script" not in page


def test_what_a_person_decided_and_what_is_no_error_is_said() -> None:
    dismissed = replace(TWO, state=ConflictState.DISMISSED)
    page = render_conflicts([dismissed], [NOTE], "en", remarks=[ONE])
    assert "*dismissed*" in page
    assert "no error: both have a source" in page


def test_a_page_without_conflicts_says_so() -> None:
    assert "Nothing was found" in render_conflicts([], [NOTE], "en")
    assert "没有发现" in render_conflicts([], [], "zh", "html")
