"""Phrases, terms and labels with known answers."""

from __future__ import annotations

import numpy as np
import pytest

from littrack.analysis.terms import TermTable, read_terms
from littrack.analysis.topic_labels import (
    choose_labels,
    find_terms,
    label_broader,
    translate_label,
)
from littrack.analysis.topic_phrases import Phrases, find_phrases
from littrack.topics import TopicTerm

TABLE = TermTable(
    read_terms(
        [
            "en\tzh\tabbr",
            "machine translation\t机器翻译\tMT",
            "speech\t语音\t",
            "emotion recognition\t情绪识别\t",
            "retrieval-augmented generation\t检索增强生成\tRAG",
        ]
    )
)


def counted(phrases: Phrases) -> dict[str, int]:
    counts = np.bincount(phrases.phrase, minlength=len(phrases.lemmas)).tolist()
    return {" ".join(words): count for words, count in zip(phrases.lemmas, counts, strict=True)}


def test_phrases_do_not_cross_stop_words_punctuation_or_texts() -> None:
    texts = ["Graph search. Tree search", "graph search is a tree", "graph search", "tree"] * 2
    found = counted(find_phrases(texts, 2))
    assert found == {"graph": 6, "search": 8, "tree": 6, "graph search": 6, "tree search": 2}


def test_plurals_capitals_and_hyphens_within_a_word_make_no_difference() -> None:
    texts = ["Fine-tuning language models", "finetuning Language Models", "fine-tuning a model"]
    phrases = find_phrases(texts, 2)
    found = counted(phrases)
    assert found["finetuning"] == 3
    assert found["language model"] == 2
    assert found["finetuning language model"] == 2
    numbers = {" ".join(words): number for number, words in enumerate(phrases.lemmas)}
    assert phrases.shown(numbers["finetuning"]) in ("Fine-tuning", "fine-tuning", "finetuning")
    assert phrases.texts_with(numbers["model"]).tolist() == [0, 1, 2]


def test_a_phrase_is_shown_as_it_is_written_most_often() -> None:
    phrases = find_phrases(["the LoRA adapters", "LoRA adapters", "lora adapter"], 2)
    shown = [phrases.shown(n) for n, words in enumerate(phrases.lemmas) if len(words) == 2]
    assert shown == ["LoRA adapters"]


def test_two_words_around_of_are_a_phrase() -> None:
    assert counted(find_phrases(["a mixture of experts", "mixture of experts"], 2)) == {
        "mixture": 2, "experts": 2, "mixture of experts": 2,
    }  # fmt: skip


def test_four_words_are_one_phrase_and_not_two_that_overlap() -> None:
    texts = ["Markov chain Monte Carlo methods"] * 9 + ["tree search"] * 9
    phrases = find_phrases(texts, 3)
    marked = find_terms(phrases, np.array([0] * 9 + [1] * 9), 2)
    assert marked[0].terms[0].text == "Markov chain Monte Carlo"
    assert not any(term.text == "chain Monte" for term in marked[0].terms)
    assert [term.text for term in marked[1].terms] == ["tree search"]


def test_a_word_gives_way_to_the_phrase_that_stands_for_it() -> None:
    texts = ["large language models"] * 9 + ["large language"] + ["vision"] * 9
    phrases = find_phrases(texts, 2)
    marked = find_terms(phrases, np.array([0] * 10 + [1] * 9), 2)
    assert [term.text for term in marked[0].terms] == ["large language models"]


def test_generic_words_alone_mark_no_topic() -> None:
    texts = ["we propose a novel method for parsing"] * 9 + ["we propose a novel approach"] * 9
    marked = find_terms(find_phrases(texts, 2), np.array([0] * 9 + [1] * 9), 2)
    assert [[term.text for term in topic.terms] for topic in marked] == [["parsing"], []]


def test_texts_of_no_topic_are_passed_over() -> None:
    marked = find_terms(find_phrases(["parsing"] * 4, 2), np.array([-1, -1, 0, 0]), 1)
    assert [term.text for term in marked[0].terms] == ["parsing"]


def test_nothing_is_found_in_nothing() -> None:
    assert find_terms(find_phrases([], 2), np.empty(0, np.int64), 1)[0].terms == ()


def terms(*texts: str) -> list[TopicTerm]:
    return [TopicTerm(text, 1 / place) for place, text in enumerate(texts, 1)]


@pytest.mark.parametrize(
    ("written", "label"),
    [
        (("graph", "nodes", "edges", "trees", "paths"), "graph, nodes, edges, trees"),
        (("parsing trees", "nodes", "edges", "trees"), "parsing trees, nodes, edges"),
        (("RAG", "retrieval-augmented generation", "documents"),
         "retrieval-augmented generation, documents"),
        (("question", "question answering", "passages", "readers"),
         "question answering, passages, readers"),
        (("machine translation", "MT", "BLEU"), "machine translation, BLEU"),
    ],
)  # fmt: skip
def test_each_term_of_a_label_adds_something(written: tuple[str, ...], label: str) -> None:
    assert choose_labels([terms(*written)], TABLE) == [label]


def test_two_topics_never_have_one_label() -> None:
    one = terms("graph search", "tree search", "beam search", "depth")
    assert choose_labels([one, one, one[:3], []], TABLE) == [
        "graph search, tree search, beam search",
        "graph search, tree search, beam search, depth",
        "graph search, tree search, beam search 3",
        "topic 4",
    ]


def test_a_broader_topic_is_called_by_its_largest_topics() -> None:
    labels = ["robots, control", "robot arms, grasping", "maps, routes", "cars, roads"]
    assert label_broader(labels) == "robots, grasping, maps"


def test_a_term_is_translated_where_the_table_covers_it_wholly() -> None:
    label = "Machine translation, speech emotion recognition, speech codecs"
    assert translate_label(label, TABLE) == "机器翻译、语音情绪识别、speech codecs"
