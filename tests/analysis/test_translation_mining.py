"""A made-up pair of languages small enough to know every translation."""

from __future__ import annotations

import random

import numpy as np

from littrack.analysis.ngrams import count_runs, measure_variety
from littrack.analysis.translation_mining import choose_name, drop_composed, mine_translations
from littrack.analysis.translations import Translation

WORDS = {
    "鹦鹉": "parrot", "灯塔": "lighthouse", "蜂蜜": "honey", "铁轨": "railway", "雪橇": "sledge",
    "砚台": "ink stone", "琥珀": "amber", "驼铃": "camel bell", "罗盘": "compass", "芦苇": "reed",
}  # fmt: skip
FILLERS = ["看", "听", "想", "找", "买", "卖", "洗", "画", "写", "拿", "送", "借"]


def pairs(number: int = 300) -> list[tuple[str, str]]:
    """Sentences that hold three of the words each, in another order in each language."""
    draw = random.Random(4)
    made = []
    for _ in range(number):
        chosen = draw.sample(sorted(WORDS), 3)
        chinese = "".join(draw.choice(FILLERS) + word for word in chosen) + draw.choice(FILLERS)
        draw.shuffle(chosen)
        english = ", ".join(f"the {WORDS[word]}{draw.choice(['', 's'])}" for word in chosen)
        made.append((f"{english}.", chinese))
    return made


def test_every_word_of_a_small_language_is_translated() -> None:
    found = {one.chinese: one.english for one in mine_translations(pairs())}
    assert {word: found.get(word) for word in WORDS} == WORDS


def test_the_same_texts_give_the_same_table() -> None:
    assert mine_translations(pairs(120)) == mine_translations(pairs(120))


def test_what_shorter_terms_make_up_is_left_out() -> None:
    kept = drop_composed(
        [
            Translation("图像", "image", 0.8),
            Translation("压缩", "compression", 0.8),
            Translation("图像压缩", "jpeg", 0.6),
            Translation("图像压缩率", "bit rate", 0.6),
        ]
    )
    assert [one.chinese for one in kept] == ["压缩", "图像", "图像压缩", "图像压缩率"]
    same = Translation("图像压缩", "image compression", 0.6)
    assert same not in drop_composed([*kept[:2], same])


def test_a_name_is_completed_and_an_abbreviation_spelt_out() -> None:
    others = {"deep reinforcement": 0.6, "deep reinforcement learning": 0.58, "drl": 0.5}
    assert choose_name("deep reinforcement", others) == "deep reinforcement learning"
    assert choose_name("drl", others) == "deep reinforcement learning"
    assert choose_name("learning", {"learning": 0.9, "self learning": 0.3}) == "learning"


def test_runs_are_counted_within_borders() -> None:
    one, two, three = count_runs(np.array([1, 2, 0, 1, 2, 0, 2, 1], np.int32), 3, 2)
    assert one.counts.tolist() == [3, 3]
    assert two.counts.tolist() == [2] and two.first.tolist() == [0]
    assert two.at.tolist() == [0, -1, -1, 0, -1, -1, -1, -1]
    assert three.counts.tolist() == []


def test_a_fragment_has_less_variety_than_a_word() -> None:
    symbols = np.array([5, 1, 2, 3, 6, 1, 2, 4, 7, 1, 2, 8], np.int32)
    _, two = count_runs(symbols, 2, 3)
    assert np.allclose(measure_variety(symbols, two), [np.log(3)])
