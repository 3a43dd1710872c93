"""Single rules: against the note itself, other notes, rounding, and what must stay silent."""

from __future__ import annotations

from pathlib import Path

import pytest

from littrack.analysis.note_conflicts.amounts import is_rounding
from littrack.analysis.note_conflicts.found import conflict_key, line_of
from littrack.notes import ConflictKind
from noted import a_note, check, told


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (137e9, 137e9, True),
        (540e9, 540.35e9, True),
        (6e9, 6.2e9, True),
        (175e9, 176e9, False),
        (1.3e9, 1.6e9, False),
        (7e9, 6.7e9, True),
    ],
)
def test_a_number_with_fewer_digits_is_the_same_number(
    one: float, other: float, same: bool
) -> None:
    assert is_rounding(one, other) is same
    assert is_rounding(other, one) is same


def test_a_list_that_is_repeated_with_one_number_off(tmp_path: Path) -> None:
    note = a_note(tmp_path, "两个门槛：62B 和 175B。\n\n综上得到 63B 和 175B 两个门槛。\n")
    (one,) = check(note).conflicts
    assert (one.kind, one.quote, one.known_value) == (
        ConflictKind.INTERNAL,
        "63B 和 175B",
        "62B 和 175B",
    )
    assert one.explanation == "与本笔记第 1 行的“62B 和 175B”不一致"


def test_lists_that_are_about_other_things_are_no_slip(tmp_path: Path) -> None:
    assert check(a_note(tmp_path, "先试 7B 和 13B。\n\n再试 33B 和 65B。\n")).conflicts == ()


def test_a_size_with_zeros_too_many(tmp_path: Path) -> None:
    note = a_note(tmp_path, "You need 175B, nothing below 175B. Nobody needs 17500B.\n")
    (one,) = check(note).conflicts
    assert (one.kind, one.note_value, one.known_value) == (ConflictKind.INTERNAL, "17500B", "175B")


def test_the_first_of_january_is_a_placeholder(tmp_path: Path) -> None:
    note = a_note(tmp_path, "## Galactica\n\n- 发布时间：2022-01-01\n")
    (one,) = check(note).conflicts
    assert told([one]) == [("Galactica", "release_date", "2022-01-01", "date-type")]
    assert "占位" in one.explanation


def test_an_announcement_is_a_remark_and_no_conflict(tmp_path: Path) -> None:
    checked = check(a_note(tmp_path, "## MT-NLG\n\n- Release date: October 2021\n"))
    assert told(checked.conflicts) == []
    (one,) = checked.remarks
    assert one.explanation == "on 2021-10, it was announced; the date of MT-NLG is 2022-01-28"


def test_bytes_beside_tokens_are_no_conflict_but_tokens_for_words_are(tmp_path: Path) -> None:
    quiet = a_note(tmp_path, "## Chinchilla\n\n- 训练数据：10.5TB\n", "a.md")
    loud = a_note(tmp_path, "## LaMDA\n\n- 训练数据：1.56T token\n", "b.md")
    assert check(quiet).conflicts == ()
    (one,) = check(loud).conflicts
    assert told([one]) == [("LaMDA", "pretrain_data", "1.56T tokens", "unit")]
    assert one.explanation == "应为 1.56T words，不是 1.56T tokens：LaMDA 的这个数字数的是词"


def test_notes_that_define_a_large_model_differently_are_told_of_each_other(tmp_path: Path) -> None:
    notes = [
        a_note(tmp_path, "一般把参数超过 100B 的语言模型称为大语言模型。\n", "a.md"),
        a_note(tmp_path, "LLM refers to models with more than 10B parameters.\n", "b.md"),
        a_note(tmp_path, "这里什么也没有定义。\n", "c.md"),
    ]
    found = check(notes).conflicts
    assert [(one.note, one.field) for one in found] == [
        ("a.md", "definition"),
        ("b.md", "definition"),
    ]
    assert "b.md" in found[0].explanation
    assert found[1].sources == ("a.md:1",)


def test_what_most_notes_say_is_not_held_against_them(tmp_path: Path) -> None:
    text = "LLM refers to models with more than 10B parameters.\n"
    notes = [a_note(tmp_path, text, f"{name}.md") for name in "abc"]
    notes.append(a_note(tmp_path, text.replace("10B", "100B"), "d.md"))
    assert [one.note for one in check(notes).conflicts] == ["d.md"]


def test_a_title_that_breaks_off_is_shown_whole(tmp_path: Path) -> None:
    from littrack.analysis.note_conflicts.checking import find_note_conflicts
    from littrack.notes import LinkMethod, LinkStatus, NoteLink
    from noted import known

    note = a_note(tmp_path, "## Galactica\n\n- 论文：Galactica: A Large Language Model\n")
    place = note.passages[-1]
    link = NoteLink(
        *(place.number, place.span, LinkStatus.LINKED, LinkMethod.TITLE), target="2211.09085"
    )
    (one,) = find_note_conflicts([note], {note.path: [link]}, known()).conflicts
    assert one.kind is ConflictKind.CITATION
    assert one.known_value == "Galactica: A Large Language Model for Science"


def test_a_series_is_not_open_while_members_are_closed(tmp_path: Path) -> None:
    note = a_note(tmp_path, "The GPT series and BERT are all publicly available checkpoints.\n")
    (one,) = check(note).conflicts
    assert (one.field, one.kind) == ("access", ConflictKind.ATTRIBUTION)
    assert "GPT-4" in one.explanation


def test_a_language_model_is_no_toolkit(tmp_path: Path) -> None:
    (one,) = check(a_note(tmp_path, "BLOOM 是一个用来评测模型的工具集。\n")).conflicts
    assert one.explanation == "BLOOM 是语言模型，不是工具集"


def test_a_smaller_variant_that_no_source_lists_is_a_remark(tmp_path: Path) -> None:
    checked = check(a_note(tmp_path, "## Gopher\n\n- 参数量：3B 参数\n"))
    assert (checked.conflicts, len(checked.remarks)) == ((), 1)


def test_the_same_error_is_reported_once_and_where_it_stands_first(tmp_path: Path) -> None:
    note = a_note(tmp_path, "BLOOM 有 175B 参数。\n\n后来又说 175B 的 BLOOM 不能做。\n")
    (one,) = check(note).conflicts
    assert (line_of(note, one.span[0]), one.known_value) == (1, "176B")


def test_the_key_of_a_conflict_outlives_edits_of_the_note(tmp_path: Path) -> None:
    before = a_note(tmp_path, "BLOOM 有 175B 参数。\n")
    after = a_note(tmp_path, "新的一段。\n\nBLOOM 有 175B 参数。\n")
    (one,), (other,) = check(before).conflicts, check(after).conflicts
    assert one.span != other.span
    assert conflict_key(one) == conflict_key(other)


def test_nothing_is_said_of_boilerplate_code_or_nothing(tmp_path: Path) -> None:
    assert check(a_note(tmp_path, "\n")).conflicts == ()
    assert check(a_note(tmp_path, "```\nBLOOM 有 175B 参数。\n```\n")).conflicts == ()
