"""Passages are found again in notes that were edited."""

from __future__ import annotations

from littrack.analysis.note_passages import find_moves, find_passage
from littrack.notes import Note, Passage, PassageKind


def a_note(*rows: tuple[str, str]) -> Note:
    """A note of passages: heading, words; each on a line."""
    passages, start = [], 0
    for number, (heading, words) in enumerate(rows):
        span = (start, start + len(words))
        headings = (heading,) if heading else ()
        passages.append(Passage(number, span, words, PassageKind.PARAGRAPH, headings))
        start += len(words) + 1
    text = "\n".join(words for _, words in rows)
    return Note("a.md", text, "a", "markdown", "utf-8", "", tuple(passages))


def test_the_same_words_are_the_same_passage_wherever_they_stand() -> None:
    note = a_note(("A", "别的"), ("B", "训练用了  两千张卡"), ("", "x"))
    found = find_passage(note, "训练用了 两千张卡", ["elsewhere"])
    assert found is not None
    assert found.number == 1


def test_of_equal_passages_the_one_under_the_same_heading_is_meant() -> None:
    note = a_note(("A", "See the paper."), ("B", "See the paper."))
    found = find_passage(note, "See the paper.", ["B"])
    assert found is not None
    assert found.number == 1


def test_a_passage_that_was_edited_a_little_is_still_the_same() -> None:
    note = a_note(
        ("A", "The model has 540B parameters and was trained on 780B tokens."), ("A", "x")
    )
    quote = "The model has 540B parameters and was trained on 780B token"
    found = find_passage(note, quote, ["A"])
    assert found is not None
    assert found.number == 0
    assert find_passage(note, quote, ["B"]) is None
    assert find_passage(note, "Nothing of the kind was ever said.", ["A"]) is None


def test_passages_that_only_moved_say_how_far() -> None:
    before = a_note(("A", "one"), ("A", "two"))
    after = a_note(("A", "one"), ("A", "two"))
    assert find_moves(before.passages, after.passages) == [0, 0]
    longer = a_note(("", "intro"), ("A", "one"), ("A", "two"))
    assert find_moves(before.passages, longer.passages[1:]) == [6, 6]
    assert find_moves(before.passages, longer.passages) is None
