from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from littrack.text import (
    STOP_WORDS,
    clean,
    content_hash,
    fold,
    has_chinese,
    language,
    query_tokens,
    script,
    sentences,
    stem,
    tokens,
    words,
)

# Everything Python calls a character, lone surrogates too: undecodable arguments bring them.
ANY_TEXT = st.text(st.characters(codec=None, categories=None))
# Chinese of both scripts that is really written, among English, TeX and the marks between them.
# (OpenCC's own table is not settled for a few rare words: 薴 becomes 苧 and 苧 becomes 苎.)
WRITTEN_TEXT = st.text(
    "思维链思維鏈模型推理學习機器後后發髮图圖书書语言語言，。；·・「」あアン"
    "abcXYZ012 éÉïÏßİıŞǅﬁﬀ½²①ＡＢａ　\\\"'`^~{}cHvu.-\n\t😀👩‍🔬\u0301\u030c\u00ad\u200b"
)


# Folding


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Chain-of-Thought", "chain-of-thought"),
        ("思維鏈", "思维链"),
        ("思维链", "思维链"),
        ("ＧＰＴ－４", "gpt-4"),
        ("ﬁne ½", "fine 1⁄2"),
        ("頭髮與發展", "头发与发展"),
        ("Größe ÉTÉ", "größe été"),
        ("İstanbul", "i\u0307stanbul"),
        ("", ""),
    ],
)
def test_texts_that_mean_the_same_fold_to_the_same(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(ANY_TEXT.filter(lambda text: not has_chinese(unicodedata.normalize("NFKC", text))))
def test_folding_twice_is_folding_once_in_every_script(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@settings(max_examples=200)
@given(WRITTEN_TEXT)
def test_folding_twice_is_folding_once_in_chinese_and_english(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize("text", ["J\u030c", "T\u0308", "W\u030a", "H\u0331"])
def test_a_capital_that_only_its_small_letter_has_a_sign_for_folds_at_once(text: str) -> None:
    assert fold(fold(text)) == fold(text) == unicodedata.normalize("NFC", text.lower())


# Tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Retrieval-Augmented Generation", ["retriev", "augment", "gener"]),
        ("networks Network NETWORKING", ["network", "network", "network"]),
        ("naïve Bayes", ["naiv", "bay"]),
        ("GPT-4o, 3.5 v2", ["gpt", "4o", "3", "5", "v2"]),
        ("snake_case", ["snake", "case"]),
        ("大模型", ["大模", "模型", "型"]),
        ("图", ["图"]),
        ("思維鏈", ["思维", "维链", "链"]),
        ("用GPT做翻译", ["用", "gpt", "做翻", "翻译", "译"]),
        ("推，理", ["推", "理"]),
        (
            "コンピュータ・ビジョン",
            ["コン", "ンピ", "ピュ", "ュー", "ータ", "タ", "ビジ", "ジョ", "ョン", "ン"],
        ),
        ("한국어", ["한국", "국어", "어"]),
        ("Привет", ["привет"]),
        ("", []),
        (" \n…!?😀 ", []),
    ],
)
def test_known_texts_give_known_tokens(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("Erdős", "erdos"),
        ("Erd\\H{o}s", "erdos"),
        ('G\\"odel', "godel"),
        ('G\\"{o}del', "godel"),
        ("Poincar\\'e", "poincare"),
        ("\\c{S}ahin", "sahin"),
        ("Şahin", "sahin"),
        ("İbrahim", "ibrahim"),
        ("BİRİNCİ", "birinci"),
        ("x\u0302y", "xy"),
        ("＼'etude", "etude"),
    ],
)
def test_accents_are_left_out_also_those_of_tex(written: str, plain: str) -> None:
    assert tokens(written) == tokens(plain) == [stem(plain)]
    assert words(written) == [plain]


@pytest.mark.parametrize("text", ["BERT's attention", "s", "models' and its", "x's y's z's"])
def test_no_token_is_empty_not_even_what_is_left_of_a_possessive(text: str) -> None:
    assert all(tokens(text))
    assert all(query_tokens(text))


def test_a_text_may_be_longer_than_any_memory_of_stems() -> None:
    assert tokens("walking " * 3 + "walked") == ["walk"] * 4
    assert tokens(" ".join(f"walking{i}" for i in range(2_000)))[-1] == "walking1999"


def test_no_token_is_longer_than_a_database_takes() -> None:
    for text in ("x" * 3_000, "é" * 3_000, "я" * 3_000, "\U00010428" * 3_000):
        assert max(len(token.encode()) for token in tokens(text)) <= 2_046
        assert "".join(tokens(text)) == "".join(tokens(fold(text)))


@given(st.text("大模型推理学习图", min_size=1, max_size=12))
def test_a_chinese_run_gives_every_pair_and_its_last_character(text: str) -> None:
    assert tokens(text) == [*map("".join, pairwise(text)), text[-1]]


@given(ANY_TEXT)
def test_tokens_of_any_text_are_words_in_small_letters(text: str) -> None:
    found = tokens(text)
    assert all(token and token == token.lower() for token in found)
    assert not re.search(r"[\s!-/:-@\[-`{-~]", "".join(found))
    assert all(stem(word) in found for word in words(text) if word.isascii())
    query_tokens(text)


@given(ANY_TEXT.filter(lambda text: not has_chinese(unicodedata.normalize("NFKC", text))))
def test_tokens_of_a_folded_text_are_those_of_the_text(text: str) -> None:
    assert tokens(fold(text)) == tokens(text)


@settings(max_examples=200)
@given(WRITTEN_TEXT)
def test_tokens_of_a_folded_text_are_those_of_the_text_in_chinese(text: str) -> None:
    assert tokens(fold(text)) == tokens(text)


# Query tokens


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("the chain of thought", ["chain", "thought"]),
        ("to be or not to be", [stem(word) for word in ["to", "be", "or", "not", "to", "be"]]),
        ("大模型", ["大模", "模型"]),
        ("图", ["图"]),
        ("what is RAG技术", ["rag", "技术"]),
        ("的 the", ["的"]),
        ("?!", []),
    ],
)
def test_known_queries_give_known_tokens(query: str, expected: list[str]) -> None:
    assert query_tokens(query) == expected


@given(st.lists(st.sampled_from([*sorted(STOP_WORDS), "graph", "推理", "图"]), max_size=6))
def test_whatever_is_sought_is_indexed_or_the_start_of_what_is(query: list[str]) -> None:
    text = " ".join(query)
    indexed = tokens(text)
    for token in query_tokens(text):
        assert any(held.startswith(token) for held in indexed)


def test_stop_words_are_folded_words() -> None:
    assert all(fold(word) == word and words(word) == [word] for word in STOP_WORDS)


# Sentences


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("It costs 3.5 dollars. Cheap.", ["It costs 3.5 dollars.", "Cheap."]),
        ("As in Fig. 3, e.g. here. End.", ["As in Fig. 3, e.g. here.", "End."]),
        ("Wei et al. say so. Yes.", ["Wei et al. say so.", "Yes."]),
        ("By J. Smith. Good.", ["By J. Smith.", "Good."]),
        ('He said "no." Then left.', ['He said "no."', "Then left."]),
        (
            "本文研究推理。方法简单！有效吗？有效；很好",
            ["本文研究推理。", "方法简单！", "有效吗？", "有效；", "很好"],
        ),
        ("他说：“好。”然后离开。", ["他说：“好。”", "然后离开。"]),
        ("Title\n\nFirst line\nsecond line.", ["Title", "First line\nsecond line."]),
        ("List:\n- one\n- two", ["List:", "- one", "- two"]),
        ("  padded.  ", ["padded."]),
        ("ends with etc. et al.", ["ends with etc.", "et al."]),
        ("", []),
        (" \n\t ", []),
    ],
)
def test_known_texts_fall_into_known_sentences(text: str, expected: list[str]) -> None:
    assert split(text) == expected


@settings(max_examples=200)
@given(st.text(st.sampled_from('aB1 .!?。；\n-*"”)’e.g.\u3000中')) | ANY_TEXT)
def test_sentences_stand_in_order_trimmed_and_hold_every_letter(text: str) -> None:
    end = 0
    for start, stop in sentences(text):
        assert end <= start < stop <= len(text)
        assert text[start:stop] == text[start:stop].strip()
        assert not text[end:start].strip()
        end = stop
    assert not text[end:].strip()


# Language and script


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We study reasoning.", "en"),
        ("本文研究语言模型的推理能力。", "zh"),
        ("本文用 GPT 研究语言模型的推理能力", "zh"),
        ("用 transformer 做 machine translation", "mixed"),
        ("We call this chain of thought 链 in many of our experiments with large models", "en"),
        ("3.14 + 2", "other"),
        ("Привет", "other"),
        ("", "other"),
    ],
)
def test_the_language_of_known_texts(text: str, expected: str) -> None:
    assert language(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("思维链与推理", "simplified"),
        ("思維鏈與推理", "traditional"),
        ("思維鏈与推理", "mixed"),
        ("中文", "simplified"),  # written alike in both
        ("chain of thought", "none"),
        ("", "none"),
    ],
)
def test_the_script_of_known_texts(text: str, expected: str) -> None:
    assert script(text) == expected


@pytest.mark.parametrize("text", ["\ud800", "模型\ud800x", "\ud83d\ude00 模", "模\udcff型"])
def test_lone_surrogates_among_chinese_are_no_obstacle(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert all(token.encode() for token in tokens(text) + query_tokens(text))
    assert (script(text) == "none") is not has_chinese(text)
    assert len(content_hash(text)) == 32


@given(ANY_TEXT)
def test_no_text_is_beyond_language_and_script(text: str) -> None:
    assert language(text) in ("zh", "en", "mixed", "other")
    assert (script(text) == "none") is not has_chinese(text)


# Cleaning and hashing


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  two   words\n", "two words"),
        ("a\tb\r\nc", "a b c"),
        ("nul\x00l", "null"),
        ("e\u0301", "é"),
        ("$x_{1}$ \\alpha", "$x_{1}$ \\alpha"),
        ("full\u3000width", "full width"),
        ("lone\ud800", "lone"),
        ("page\x0cbreak", "page break"),
        ("\u200b思维", "\u200b思维"),
        ("", ""),
    ],
)
def test_known_texts_are_cleaned_to_known_lines(text: str, expected: str) -> None:
    assert clean(text) == expected


@given(ANY_TEXT)
def test_a_clean_text_is_one_line_and_stays_as_it_is(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert cleaned == cleaned.strip()
    assert not re.search("[\x00-\x1f\x7f\ud800-\udfff]|\\s{2}", cleaned)
    cleaned.encode("utf-8")


def test_the_hash_is_the_sha256_of_the_cleaned_parts_with_their_lengths() -> None:
    import hashlib

    by_hand = hashlib.sha256(b"\x03\x00\x00\x00a b" + b"\x02\x00\x00\x00\xc3\xa9").digest()
    assert content_hash(" a  b\n", "e\u0301") == by_hand


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("ab", "c"), ("a", "bc")),
        (("a", "b"), ("b", "a")),
        (("a",), ("a", "")),
        ((), ("",)),
        (("ab",), ("a", "b")),
        (("a b",), ("ab",)),
        (("A",), ("a",)),
    ],
)
def test_order_and_borders_of_the_parts_count(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert content_hash(*one) != content_hash(*other)


def test_white_space_and_composition_do_not_count() -> None:
    assert content_hash("caf\u00e9  au\nlait") == content_hash("cafe\u0301 au lait ")
