"""Rows to text and back."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from littrack.present.tables import (
    Table,
    display_width,
    render_aligned,
    render_csv,
    render_json,
    render_jsonl,
    render_markdown,
    render_tsv,
)

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
ROWS = st.lists(st.fixed_dictionaries({"id": st.integers(), "title": CELLS}))


def table(rows: list[dict[str, object]]) -> Table:
    return Table(rows, {"id": "Id", "title": "Title"}, ("id", "title"))


@pytest.mark.parametrize(
    ("text", "width"),
    [("", 0), ("abc", 3), ("é", 1), ("e\u0301", 1), ("语言", 4), ("ＡＢ", 4), ("a\u200bb", 2)],
)
def test_wide_characters_take_two_columns_and_marks_none(text: str, width: int) -> None:
    assert display_width(text) == width


def test_columns_are_aligned_by_what_is_seen() -> None:
    rows = [{"title": "综述", "n": 7, "id": "a"}, {"title": "Survey", "n": 12, "id": "b"}]
    text = render_aligned(Table(rows, {"title": "Title", "n": "N", "id": "Id"}, ()))
    assert text == "Title    N  Id\n综述     7  a\nSurvey  12  b\n"


@given(ROWS)
def test_json_and_json_lines_come_back_as_they_were(rows: list[dict[str, object]]) -> None:
    assert json.loads(render_json(table(rows))) == rows
    assert [json.loads(line) for line in render_jsonl(table(rows)).split("\n")[:-1]] == rows


@given(ROWS)
def test_csv_comes_back_as_it_was(rows: list[dict[str, object]]) -> None:
    back = csv.DictReader(io.StringIO(render_csv(table(rows)), newline=""))
    assert [(row["id"], row["title"]) for row in back] == [
        (str(row["id"]), row["title"]) for row in rows
    ]


@given(ROWS)
def test_tsv_and_plain_text_have_a_line_a_row(rows: list[dict[str, object]]) -> None:
    lines = render_tsv(table(rows)).split("\n")
    assert len(lines) == len(rows) + 2
    assert {line.count("\t") for line in lines[:-1]} == {1}
    assert len(render_aligned(table(rows)).splitlines()) == (len(rows) + 1 if rows else 0)


@given(ROWS)
def test_markdown_has_as_many_cells_in_each_row(rows: list[dict[str, object]]) -> None:
    for line in render_markdown(table(rows)).splitlines():
        assert line.replace("\\\\", "").replace("\\|", "").count("|") == 3


def test_values_that_are_no_text() -> None:
    row = {"a": None, "b": True, "c": ["x", "y"], "d": {"k": "值"}, "e": 0.25}
    text = render_csv(Table([row], {}, tuple(row)))
    assert text.splitlines()[1] == ',true,x; y,"{""k"": ""值""}",0.25'
    assert render_aligned(Table([row], {key: key for key in row}, ())).split() == (
        ["a", "b", "c", "d", "e", "true", "x;", "y", '{"k":', '"值"}', "0.250"]
    )


def test_a_title_cannot_move_the_cursor() -> None:
    text = render_aligned(table([{"id": 1, "title": "red \x1b[31m\r\nnext\tcell"}]))
    assert text == "Id  Title\n 1  red [31m next cell\n"
    assert "\x1b" not in text
