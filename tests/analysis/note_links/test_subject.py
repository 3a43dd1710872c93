"""Which paper a text is about, and when nothing says so."""

from __future__ import annotations

import pytest

from littrack.analysis.note_links.cascade import read_text
from littrack.analysis.note_links.clues import FEATURES, features, gather_clues
from littrack.analysis.note_links.evidence import Evidence
from littrack.analysis.note_links.openings import is_coined
from littrack.analysis.note_links.subject import choose_subject, parse_weights
from littrack.analysis.note_links.title_index import TitleIndex
from littrack.errors import InputError
from littrack.steps.note_links import link_weights

TITLES = [
    ("2012.15460", "TransTrack: Multiple-Object Tracking with Transformer"),
    ("2101.02702", "TrackFormer: Multi-Object Tracking with Transformers"),
    ("1807.06521", "CBAM: Convolutional Block Attention Module"),
    *((f"2402.{n:05}", f"Object detection in sense {n}") for n in range(1, 60)),
]
EVIDENCE = Evidence(TitleIndex(TITLES))
TEXT = "TrackFormer 和 TransTrack 一样用 Transformer 做跟踪。TrackFormer 提出 track query。"


def chosen(text: str, exclude: frozenset[str] = frozenset()) -> tuple[str, float]:
    clues = gather_clues(read_text(text, EVIDENCE), EVIDENCE.titles, (), exclude)
    found = choose_subject(clues, link_weights().unsearched)
    return (found.arxiv_id, found.probability) if found else ("", 0.0)


def test_the_name_that_leads_and_is_repeated_is_the_subject() -> None:
    assert chosen(TEXT)[0] == "2101.02702"


def test_without_the_right_paper_the_other_one_is_less_sure() -> None:
    right, other = chosen(TEXT)[1], chosen(TEXT, frozenset(["2101.02702"]))
    assert other[0] == "2012.15460"
    assert other[1] < right
    assert other[1] < link_weights().unsearched.threshold


def test_a_title_at_the_beginning_is_sure() -> None:
    found = chosen("CBAM: Convolutional Block Attention Module\n通道注意力与空间注意力。")
    assert found[0] == "1807.06521"
    assert found[1] >= link_weights().unsearched.threshold


def test_another_title_at_the_beginning_speaks_against_a_paper() -> None:
    text = "Deep Tracking of Many Small Objects\nCBAM 也被用到。"
    rows = features(gather_clues(read_text(text, EVIDENCE), EVIDENCE.titles))
    assert rows["1807.06521"][FEATURES.index("other title line")] == 1.0


def test_a_text_that_names_nothing_has_no_subject() -> None:
    assert chosen("今天天气很好,我们去公园。") == ("", 0.0)


@pytest.mark.parametrize(
    ("word", "is_name"),
    [("YOLOv4", True), ("TransTrack", True), ("GPT2", True), ("Attention", False), ("cat", False),
     ("f68183d21df79685", False), ("2023", False)],
)  # fmt: skip
def test_names_are_told_by_their_look(word: str, is_name: bool) -> None:
    assert is_coined(word) is is_name


def test_weights_for_other_features_are_refused() -> None:
    part = dict.fromkeys(FEATURES, 1.0) | {"constant": 0.0, "threshold": 0.5}
    parse_weights({"unsearched": part, "searched": part})
    with pytest.raises(InputError, match="other features"):
        parse_weights({"unsearched": part | {"luck": 1.0}, "searched": part})


def test_candidates_come_best_first() -> None:
    clues = gather_clues(read_text(TEXT, EVIDENCE), EVIDENCE.titles)
    found = choose_subject(clues, link_weights().unsearched)
    assert found is not None
    chances = [chance for _, chance in found.candidates]
    assert chances == sorted(chances, reverse=True)
