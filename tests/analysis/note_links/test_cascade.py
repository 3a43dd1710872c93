"""What the passages of a note are linked to, by the note's own words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from littrack.analysis.model_resolution import Known, Registry
from littrack.analysis.note_links.cascade import (
    link_passages,
    main_link,
    read_note_spots,
    sections_to_search,
)
from littrack.analysis.note_links.evidence import Evidence, FirstAuthor, KnownModel
from littrack.analysis.note_links.title_index import TitleIndex
from littrack.analysis.terms import TermTable
from littrack.notes import LinkMethod, LinkStatus, Note, NoteLink, TargetKind
from littrack.records import Term
from note_builders import a_note

T5, PALM, COT, LAMDA = "1910.10683", "2204.02311", "2201.11903", "2201.08239"
GLM, GLM_130B = "2103.10360", "2210.02414"
TITLES = [
    (T5, "Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer"),
    (PALM, "PaLM: Scaling Language Modeling with Pathways"),
    (COT, "Chain-of-Thought Prompting Elicits Reasoning in Large Language Models"),
    (LAMDA, "LaMDA: Language Models for Dialog Applications"),
    (GLM, "GLM: General Language Model Pretraining with Autoregressive Blank Infilling"),
    (GLM_130B, "GLM-130B: An Open Bilingual Pre-trained Model"),
]
MODELS = {
    "T5": KnownModel("T5", T5, 0.95),
    "PaLM": KnownModel("PaLM", PALM, 0.95),
    "LaMDA": KnownModel("LaMDA", LAMDA, 0.95),
    "GPT-2": KnownModel("GPT-2", None, 0.95),
    "GLM-10B": KnownModel("GLM-10B", GLM, 0.95),
    "GLM-130B": KnownModel("GLM-130B", GLM_130B, 0.95),
    "More": KnownModel("More", COT, 0.6),
    "NewNet2": KnownModel("NewNet2", COT, 0.6),
}
ALIASES = {"GLM-10B": ("GLM",), "GLM-130B": ("GLM",)}
AUTHORS = {
    "raffel": [FirstAuthor(T5, "Colin Raffel", 2019)],
    "wei": [FirstAuthor(COT, "Jason Wei", 2022)],
    "zeng": [FirstAuthor(GLM_130B, "Aohan Zeng", 2022)],
    "du": [FirstAuthor(GLM, "Zhengxiao Du", 2021)],
}
EVIDENCE = Evidence(
    TitleIndex(TITLES),
    Registry(Known(name, ALIASES.get(name, ())) for name in MODELS),
    MODELS,
    TermTable([Term(("in-context learning",), ("上下文学习", "语境学习"), ("ICL",))]),
    AUTHORS,
    {"some/code": COT},
    {"reading list": "lists/Reading list.md"},
)


def links_of(note: Note, number: int, evidence: Evidence = EVIDENCE) -> list[NoteLink]:
    links = link_passages(read_note_spots(note, evidence))
    return [link for link in links if link.passage == number]


def papers_of(note: Note, number: int) -> list[tuple[str, str | None]]:
    """(method, paper) of the linked ones."""
    return [
        (str(link.method), link.target)
        for link in links_of(note, number)
        if link.target_kind is TargetKind.PAPER and link.status is LinkStatus.LINKED
    ]


@pytest.mark.parametrize(
    ("line", "method", "paper"),
    [
        ("见 https://arxiv.org/abs/2204.02311v3", "id", PALM),
        ("代码 https://github.com/some/code 在此", "id", COT),
        ("《LaMDA: Language Models for Dialog Applications》值得读", "title", LAMDA),
        ("T5 把任务都写成文本", "alias", T5),
        ("结构好(Raffel et al., 2019): Text-to-Text Transfer with Unified Limits", "citation", T5),
    ],
)
def test_each_way_of_naming_a_paper_is_a_method(line: str, method: str, paper: str) -> None:
    assert papers_of(a_note(line), 0)[0] == (method, paper)


def test_an_id_that_the_library_lacks_is_kept_as_unresolved() -> None:
    [link] = links_of(a_note("见 arXiv:2001.08361"), 0)
    assert (link.status, link.target) == (LinkStatus.UNRESOLVED, "2001.08361")
    assert "does not hold" in link.explanation


def test_a_paper_that_is_excluded_is_not_held() -> None:
    without = replace(EVIDENCE, exclude=frozenset([T5]))
    links = links_of(a_note("T5 把任务都写成文本"), 0, without)
    assert not [one for one in links if one.target == T5]


def test_a_mark_leads_to_the_entry_and_its_paper() -> None:
    note = a_note(
        "推理变强 [2],规模律 [1]",
        "[1] Kaplan et al. 2020. Scaling Laws: https://arxiv.org/abs/2001.08361",
        "[2] Wei et al. 2022. Chain of Thought Prompting Elicits Reasoning in Large Models",
    )
    found = links_of(note, 0)
    assert [(one.status, one.target) for one in found] == [
        (LinkStatus.LINKED, COT),
        (LinkStatus.UNRESOLVED, "2001.08361"),
    ]
    assert note.text[slice(*found[0].span)] == "[2]"
    assert papers_of(note, 2) == [("citation", COT)]


def test_an_entry_whose_id_and_title_disagree_stays_open() -> None:
    note = a_note(
        "见 [1]", f"[1] Someone. 2022. PaLM: Scaling Language Modeling with Pathways: arXiv:{T5}"
    )
    link = links_of(note, 1)[0]
    assert link.status is LinkStatus.AMBIGUOUS
    assert {one for one, _ in link.candidates} == {T5, PALM}


def test_author_and_year_settle_a_name_that_several_bear() -> None:
    assert papers_of(a_note("GLM (Zeng et al., 2022)"), 0)[0] == ("citation", GLM_130B)
    assert papers_of(a_note("GLM (Du et al., 2021)"), 0)[0] == ("citation", GLM)


def test_a_name_that_several_bear_stays_ambiguous() -> None:
    link = links_of(a_note("GLM 很好"), 0)[0]
    assert link.status is LinkStatus.AMBIGUOUS
    assert {one for one, _ in link.candidates} == {GLM, GLM_130B}


def test_a_note_that_says_which_it_means_means_it_throughout() -> None:
    title = "GLM: General Language Model Pretraining with Autoregressive Blank Infilling"
    note = a_note("# 总览", "GLM 很好", "# GLM", f"论文地址:{title}")
    assert papers_of(note, 1) == [("alias", GLM)]


def test_author_and_year_of_a_model_without_paper_are_no_other_paper() -> None:
    links = links_of(a_note("GPT-2 (Raffel et al., 2019)"), 0)
    assert not [one for one in links if one.target == T5]
    assert any(one.status is LinkStatus.UNRESOLVED for one in links)


def test_a_passage_inherits_from_its_heading_unless_it_names_another() -> None:
    note = a_note("# T5 模型", "把所有任务写成文本到文本的形式。", "LaMDA 用于对话。")
    assert papers_of(note, 1) == [("section", T5)]
    assert papers_of(note, 2)[0] == ("alias", LAMDA)


def test_the_labelled_line_says_more_than_the_heading() -> None:
    title = "GLM-130B: An Open Bilingual Pre-trained Model"
    note = a_note("# T5 与后来者", "方法:双语训练。", f"论文地址:{title}")
    assert papers_of(note, 1) == [("section", GLM_130B)]


def test_a_section_inherits_from_the_section_above() -> None:
    note = a_note("# PaLM", "谷歌的模型。", "## 训练数据", "网页、书籍与代码。")
    assert papers_of(note, 3) == [("section", PALM)]
    assert links_of(note, 3)[0].score < links_of(note, 1)[0].score


def test_a_heading_of_a_model_without_paper_is_not_guessed_at() -> None:
    note = a_note(
        "# GPT-2", "这个模型用网页训练,效果比上一代好得多,参数也多得多,而且可以续写文章。"
    )
    spots = read_note_spots(note, EVIDENCE)
    assert sections_to_search(spots) == []
    assert main_link(note.passages[1], links_of(note, 1)) is None


def test_what_says_nothing_is_left_to_a_search() -> None:
    note = a_note("本文提出一种新的训练方法,在许多任务上都有提升,作者还分析了原因。" * 3)
    assert sections_to_search(read_note_spots(note, EVIDENCE)) == [0]
    assert links_of(note, 0)[0].status is LinkStatus.NONE


def test_boilerplate_has_no_links() -> None:
    assert links_of(a_note("!相关文章:T5 与 https://arxiv.org/abs/2204.02311"), 0) == []


def test_a_word_that_is_also_a_proposed_name_is_no_name() -> None:
    assert links_of(a_note("More data helps."), 0)[0].status is LinkStatus.NONE


def test_a_model_that_nobody_has_confirmed_is_only_a_candidate() -> None:
    link = links_of(a_note("我们试了 NewNet2"), 0)[0]
    assert link.status is LinkStatus.AMBIGUOUS
    assert link.candidates[0][0] == COT
    assert "confirmed" in link.explanation


def test_models_and_terms_are_linked_beside_papers() -> None:
    kinds = {(one.target_kind, one.target) for one in links_of(a_note("T5 会語境學習吗"), 0)}
    assert (TargetKind.MODEL, "T5") in kinds
    assert (TargetKind.TERM, "in-context learning") in kinds


def test_wikilinks_lead_to_notes_or_stay_open() -> None:
    found, missing = links_of(a_note("见 [[Reading List]] 和 [[nowhere|那里]]"), 0)
    assert (found.target_kind, found.target) == (TargetKind.NOTE, "lists/Reading list.md")
    assert (missing.status, missing.title) == (LinkStatus.UNRESOLVED, "那里")


def test_the_spans_of_all_links_lie_in_their_passages() -> None:
    note = a_note("# T5 模型", "與 PaLM(Wei 等人 2022)相比,[[x]] 見 arXiv:2204.02311", "T5")
    for link in link_passages(read_note_spots(note, EVIDENCE)):
        start, end = note.passages[link.passage].span
        assert start <= link.span[0] <= link.span[1] <= end
        assert link.method is not LinkMethod.PERSON
