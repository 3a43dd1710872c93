"""Proposals as objects, and where their evidence stands in the text."""

from __future__ import annotations

from dataclasses import replace

import pytest

from littrack.claims import ModelField, Quantity, Unit
from littrack.present.review import (
    excerpt,
    find_marks,
    group_claims,
    review_object,
    review_table,
    split_marked,
)
from littrack.present.tables import display_width, render_table
from proposals import ABSTRACT, CHINESE_ABSTRACT, a_chinese_proposal, a_proposal


def test_an_object_has_what_was_read_with_its_place() -> None:
    found = review_object(a_proposal(known="Wombat 1"))
    assert found | {"evidence": []} == {
        "name": "Wombat",
        "arxiv_id": "2404.00001",
        "score": 0.84,
        "outcome": "review",
        "sizes_b": [7, 13],
        "tokens_b": 1400,
        "base_model": "LLaMA",
        "evidence": [],
        "version": 2,
        "published": "2024-04-01",
        "title": "Wombat: A Burrowing Language Model",
        "names": ["Wombat", "Wombat-Chat"],
        "access": "open",
        "reasons": ["+ says that it introduces a model", "- no report of its own"],
        "known": "Wombat 1",
        "decided": None,
    }
    size = found["evidence"][2]
    assert (size["field"], size["value"], size["part"]) == ("size", "7B", "abstract")
    assert ABSTRACT[size["start"] : size["end"]] == "7B"
    assert size["sentence"].startswith("We introduce Wombat")


def test_an_object_of_nothing_read_has_nulls() -> None:
    found = review_object(a_proposal(name="", read=()))
    assert found["name"] is None
    assert (found["sizes_b"], found["tokens_b"], found["base_model"]) == ([], None, None)
    assert (found["evidence"], found["names"], found["known"]) == ([], [], None)


def test_active_parameters_are_no_size_and_words_no_tokens() -> None:
    read = (
        ("7B", "abstract", ModelField.SIZE, Quantity(7e9, Unit.PARAMETERS, "active")),
        ("13B", "abstract", ModelField.SIZE, Quantity(13e9, Unit.PARAMETERS)),
        ("1.4T tokens", "abstract", ModelField.PRETRAIN_DATA, Quantity(1.4e12, Unit.WORDS)),
    )
    found = review_object(a_proposal(read=read))
    assert (found["sizes_b"], found["tokens_b"]) == ([13], None)


def test_a_table_has_a_row_a_proposal_and_csv_every_key() -> None:
    table = review_table([a_proposal(), a_chinese_proposal()])
    lines = render_table(table, "table").splitlines()
    assert lines[0].split()[:3] == ["Score", "arXiv", "Name"]
    assert "袋熊" in lines[2]
    heading = render_table(table, "csv").splitlines()[0]
    assert heading.startswith("name,arxiv_id,score,outcome,sizes_b,tokens_b,base_model,evidence")


@pytest.mark.parametrize("item", [a_proposal(), a_chinese_proposal()], ids=["en", "zh"])
@pytest.mark.parametrize("part", ["title", "abstract"])
def test_the_pieces_of_a_text_are_the_text(item: object, part: str) -> None:
    text = item.title if part == "title" else item.abstract  # type: ignore[attr-defined]
    pieces = list(split_marked(text, find_marks(item, part)))  # type: ignore[arg-type]
    assert "".join(piece for piece, _ in pieces) == text
    assert any(field is not None for _, field in pieces)


def test_evidence_is_marked_with_its_field() -> None:
    item = a_proposal()
    marked = [piece for piece in split_marked(ABSTRACT, find_marks(item, "abstract")) if piece[1]]
    assert marked == [
        ("Wombat", ModelField.ALIAS),
        ("7B", ModelField.SIZE),
        ("13B", ModelField.SIZE),
        ("built on LLaMA", ModelField.BASE_MODEL),
        ("1.4T tokens", ModelField.PRETRAIN_DATA),
        ("open", ModelField.ACCESS),
    ]


def test_of_two_marks_in_one_place_the_shorter_stays() -> None:
    read = (
        ("Wombat, a family of models with 7B", "abstract", ModelField.ACCESS, "open"),
        ("7B", "abstract", ModelField.SIZE, Quantity(7e9, Unit.PARAMETERS)),
        ("with 7B", "abstract", ModelField.KIND, "model"),
    )
    (mark,) = find_marks(a_proposal(read=read), "abstract")
    assert mark.field is ModelField.SIZE


def test_places_in_another_version_of_the_text_are_not_marked() -> None:
    item = a_proposal()
    assert find_marks(replace(item, version=3), "abstract") == []
    assert find_marks(replace(item, abstract=""), "abstract") == []


def test_each_value_is_listed_once_in_the_order_of_fields() -> None:
    found = [(field.value, text) for field, text, _ in group_claims(a_proposal())]
    assert found == [
        ("alias", "Wombat"),
        ("size", "7B"),
        ("size", "13B"),
        ("access", "publicly available"),
        ("base_model", "LLaMA (instruction tuning)"),
        ("pretrain_data", "1.4T tokens"),
    ]


@pytest.mark.parametrize("width", [20, 30, 45, 60, 200])
@pytest.mark.parametrize("item", [a_proposal(), a_chinese_proposal()], ids=["en", "zh"])
def test_an_excerpt_shows_the_evidence_and_fits(item: object, width: int) -> None:
    for claim in item.claims:  # type: ignore[attr-defined]
        text = item.title if claim.evidence.locator == "title" else item.abstract  # type: ignore[attr-defined]
        shown = excerpt(item, claim, width)  # type: ignore[arg-type]
        words = text[claim.evidence.start : claim.evidence.end]
        assert words in shown
        assert display_width(shown) <= width
        assert shown.strip("…") in claim.evidence.sentence


def test_an_excerpt_cuts_between_words() -> None:
    item = a_proposal()
    size = next(one for one in item.claims if one.field is ModelField.SIZE)
    assert excerpt(item, size, 40) == "…of models with 7B and 13B parameters…"
    chinese = a_chinese_proposal()
    access = chinese.claims[-1]
    assert excerpt(chinese, access, 30) == "…现有方法，模型权重已经公开。"
    assert CHINESE_ABSTRACT.endswith("优于现有方法，模型权重已经公开。")
