from __future__ import annotations

from littrack.analysis.queries import parse_query
from littrack.analysis.terms import TermTable
from littrack.analysis.translations import (
    Translation,
    TranslationTable,
    read_translations,
    write_lines,
)
from littrack.records import Term

MINED = TranslationTable(
    {
        "超平面": ("hyperplane", 0.6),
        "分离": ("separation", 0.5),
        "平面": ("plane", 0.7),
        "语言": ("language", 0.8),
        "语言模型": ("speech model", 0.9),
        "评估": ("evaluation", 0.8),
    }
)
TABLE = TermTable([Term(("language model",), ("语言模型",))], lambda: MINED)


def covered(run: str) -> tuple[list[str], int]:
    found, left = MINED.cover(run)
    return [one.english for one in found], left


def test_a_run_is_cut_into_few_sure_pieces() -> None:
    assert covered("超平面") == (["hyperplane"], 0)
    assert covered("分离超平面") == (["separation", "hyperplane"], 0)


def test_what_no_translation_covers_is_counted() -> None:
    assert covered("鹦鹉超平面") == (["hyperplane"], 2)
    assert covered("") == ([], 0)


def test_words_that_say_nothing_are_no_gap() -> None:
    assert covered("基于超平面的评估") == (["hyperplane", "evaluation"], 0)


def test_a_character_beside_terms_is_translated_by_what_it_usually_means() -> None:
    assert covered("非分离") == (["non", "separation"], 0)
    assert covered("图") == ([], 1)


def test_the_table_is_read_as_it_is_written() -> None:
    rows = [Translation("超平面", "hyperplane", 0.62), Translation("评估", "evaluation", 0.8)]
    table = read_translations(write_lines(rows))
    assert table.entries == {"超平面": ("hyperplane", 0.62), "评估": ("evaluation", 0.8)}


def test_a_mined_term_alone_is_searched_as_its_english() -> None:
    query, same = parse_query("超平面", TABLE), parse_query("hyperplane", TABLE)
    assert query.meaning == "hyperplane"
    assert query.phrases[("hyperplan",)] == 1
    assert set(query.names) >= set(same.names)
    assert [match.form for match in query.mined] == ["超平面"]


def test_the_hand_written_table_wins_where_both_know_a_term() -> None:
    query = parse_query("语言模型的评估", TABLE)
    assert query.meaning == "language model evaluation"
    assert query.phrases[("languag", "model", "evalu")] == 2
    assert [match.form for match in query.mined] == ["评估"]


def test_half_a_translation_stands_beside_the_query() -> None:
    assert parse_query("鹦鹉超平面", TABLE).meaning == "鹦鹉超平面 hyperplane"


def test_latin_words_keep_their_place_in_the_translation() -> None:
    assert parse_query("BERT评估", TABLE).meaning == "bert evaluation"


def test_english_and_texts_are_left_alone() -> None:
    assert parse_query("hyperplane", TABLE).mined == ()
    text = "我们在很多不同的数据上仔细评估了这个超平面方法"
    assert parse_query(text, TABLE).mined == ()
    assert parse_query(text, TABLE).meaning == text
