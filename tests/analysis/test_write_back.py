"""Blocks in and out of notes: whatever the text is, what comes out is what went in."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from littrack.analysis.write_back import (
    Block,
    Marker,
    find_blocks,
    find_line_end,
    find_section_end,
    insert_blocks,
    remove_blocks,
    replace_block,
)
from littrack.errors import InputError
from littrack.notes import Passage, PassageKind

LINES = ("**论文**", "", "- [T5](https://arxiv.org/abs/1910.10683)")
WRITTEN = """\
# T5

读完了。

%% littrack begin %%
**论文**

- [T5](https://arxiv.org/abs/1910.10683)
%% littrack end %%
"""
ENDS = st.sampled_from(["\n", "\r\n", "\r"])
WORDS = st.sampled_from(
    ["", " ", "模型", "%% note %%", "```", "---", "\t-", "a\u2028b", "\x0b", "#", "^id"]
)
TEXTS = st.lists(st.tuples(WORDS, ENDS)).map(lambda rows: "".join(word + end for word, end in rows))
ANY = st.one_of(TEXTS, st.tuples(TEXTS, WORDS).map("".join), st.text())


def test_a_block_goes_to_the_end_behind_an_empty_line() -> None:
    assert replace_block("# T5\n\n读完了。\n", Block(9, LINES)) == WRITTEN
    assert remove_blocks(WRITTEN) == "# T5\n\n读完了。\n"


@pytest.mark.parametrize(
    "text", ["", "\n", "\n\n", "a", "a\n", "a\r\n", "a\r", "a\n\n\n", "a\r\n\n", "\ufeff"]
)
def test_the_last_line_end_is_as_it_was(text: str) -> None:
    written = replace_block(text, Block(len(text), LINES))
    assert written != text
    assert remove_blocks(written) == text


@given(text=ANY, marker=st.sampled_from(Marker), lines=st.lists(st.text()))
@settings(max_examples=300, deadline=None)
def test_any_text_comes_back_character_by_character(
    text: str, marker: Marker, lines: list[str]
) -> None:
    block = Block(len(text), tuple(lines))
    once = replace_block(text, block, marker)
    assert replace_block(once, Block(len(once), tuple(lines)), marker) == once
    assert remove_blocks(once) == text


@given(text=ANY, places=st.lists(st.integers(0, 60), max_size=4))
@settings(max_examples=300, deadline=None)
def test_blocks_at_any_places_come_out_again(text: str, places: list[int]) -> None:
    blocks = [Block(place, (f"line {number}",)) for number, place in enumerate(places)]
    written = insert_blocks(text, blocks)
    assert len(find_blocks(written)) == len(blocks)
    assert remove_blocks(written) == text


def test_a_block_is_renewed_where_a_person_moved_it() -> None:
    moved = "%% littrack begin %%\nold\n%% littrack end %%\n\n# T5\n\nwritten later\n"
    renewed = replace_block(moved, Block(len(moved), ("new",)))
    assert renewed == moved.replace("old", "new")
    assert remove_blocks(renewed) == "\n\n# T5\n\nwritten later\n"


def test_several_blocks_become_the_one_that_is_wanted() -> None:
    text = insert_blocks("a\nb\n", [Block(1, ("1",)), Block(3, ("2",))])
    assert replace_block(text, Block(len(text), ("3",))) == (
        "a\nb\n\n%% littrack begin %%\n3\n%% littrack end %%\n"
    )


def test_a_block_speaks_the_line_ends_of_its_note() -> None:
    written = replace_block("a\r\nb\r\nc\n", Block(8, ("x",)))
    assert written == ("a\r\nb\r\nc\r\n\r\n%% littrack begin %%\r\nx\r\n%% littrack end %%\n")
    assert find_line_end("no end") == "\n"


def test_markers_may_be_comments_of_html() -> None:
    written = replace_block("a", Block(1, ("x",)), Marker.HTML)
    assert written == "a\n\n<!-- littrack begin -->\nx\n<!-- littrack end -->"
    assert replace_block(written, Block(1, ("x",)), Marker.OBSIDIAN) == (
        "a\n\n%% littrack begin %%\nx\n%% littrack end %%"
    )


def test_what_is_written_cannot_end_its_own_block() -> None:
    lines = ("%% littrack end %%", "<!-- littrack end -->", "two\nlines")
    written = replace_block("a", Block(1, lines))
    assert len(find_blocks(written)) == 1
    assert "two lines" in written
    assert remove_blocks(written) == "a"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a\n%% littrack begin %%\nb\n", "line 2: a littrack block that does not end"),
        ("a\r\nb\r\n%% littrack end %%", "line 3: a littrack marker without its begin"),
        ("<!-- littrack begin -->\n%% littrack begin %%", "line 2: .* without its end"),
    ],
)
def test_a_marker_without_its_other_half_is_an_error(text: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        remove_blocks(text)


def test_a_marker_inside_a_line_is_no_marker() -> None:
    text = "I typed `%% littrack begin %%` here\n  %% littrack end %%\n"
    assert find_blocks(text) == []


def test_a_section_ends_where_the_next_heading_begins() -> None:
    text = "# A\none\n\n## B\ntwo\n"
    heads = [(0, (2, 3), PassageKind.HEADING), (1, (4, 7), PassageKind.PARAGRAPH)]
    heads += [(2, (12, 13), PassageKind.HEADING), (3, (14, 17), PassageKind.PARAGRAPH)]
    passages = [Passage(number, span, text[slice(*span)], kind) for number, span, kind in heads]
    assert find_section_end(text, passages, 1) == text.index("## B")
    assert find_section_end(text, passages, 3) == len(text)
    written = insert_blocks(text, [Block(find_section_end(text, passages, 0), ("x",))])
    assert written == ("# A\none\n\n%% littrack begin %%\nx\n%% littrack end %%\n\n## B\ntwo\n")
