"""Plain reference lists: which lines belong together, and what each says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from littrack.records import Reference
from littrack.sources.references.citation_text import parse_citation
from littrack.sources.references.plain import parse_lines


def references(text: str) -> list[Reference]:
    return [entry.reference for entry in parse_lines(text)[0]]


@pytest.mark.parametrize(
    ("line", "first_author", "title"),
    [
        (
            'J. Wei and X. Wang, "Chain-of-thought prompting," in Proc. NeurIPS, 2022.',
            "J. Wei",
            "Chain-of-thought prompting",
        ),
        (
            "Wei, J., & Wang, X. (2022). Chain-of-thought prompting. NeurIPS.",
            "Wei, J.",
            "Chain-of-thought prompting",
        ),
        (
            "Jason Wei, Xuezhi Wang, and Denny Zhou. 2022. Chain-of-thought prompting. In NeurIPS.",
            "Jason Wei",
            "Chain-of-thought prompting",
        ),
        (
            "van den Oord, A., Li, Y., and Vinyals, O. Predictive coding for all. 2018.",
            "van den Oord, A.",
            "Predictive coding for all",
        ),
        ("Vaswani et al. Attention is all you. NIPS 2017.", "Vaswani", "Attention is all you"),
        (
            "Vaswani A, Shazeer N, et al. Attention is all you need[C]//NIPS. 2017: 5998-6008.",
            "Vaswani A",
            "Attention is all you need",
        ),
        ("OpenAI. GPT-4 report. CoRR, abs/2303.08774, 2023.", "OpenAI", "GPT-4 report"),
        ("赵鑫, 周昆, 等. 大语言模型综述[J]. 计算机学报, 2023.", "赵鑫", "大语言模型综述"),
        ("赵鑫，周昆。大语言模型综述。arXiv：2303.18223，2023。", "赵鑫", "大语言模型综述"),
        ("《大语言模型综述》，2023，arXiv:2303.18223", "", "大语言模型综述"),
        ("Attention Is All You Need (arXiv:1706.03762)", "", "Attention Is All You Need"),
        ("Tree of Thoughts (Yao et al., 2023)", "Yao", "Tree of Thoughts"),
        ("Min Lin, Qiang Chen. Network In Network. 2013.", "Min Lin", "Network In Network"),
        ('The "Something" Database, 2017', "", 'The "Something" Database'),
        ("1706.03762", "", ""),
    ],
)  # fmt: skip
def test_each_style_gives_its_first_author_and_title(
    line: str, first_author: str, title: str
) -> None:
    found = parse_citation(line)
    assert (next(iter(found.authors), ""), found.title) == (first_author, title)


def test_numbered_entries_may_go_over_several_lines() -> None:
    found = references(
        "References\n\n"
        "[1] J. Wei et al. Chain-of-\nthought prompting. arXiv:2201.11903,\n    2022.\n"
        "[2] A. Vaswani. Attention is all you need. In\n2017. arXiv:1706.03762\n"
    )
    assert [(one.place, one.key, one.arxiv_id) for one in found] == [
        ("line 3", "[1]", "2201.11903"),
        ("line 6", "[2]", "1706.03762"),
    ]
    assert found[0].title == "Chain-of-thought prompting"


@pytest.mark.parametrize("mark", ["{}. ", "({}) ", "{}) ", "［{}］", "【{}】", "{}、"])
def test_marks_of_many_kinds_begin_an_entry(mark: str) -> None:
    text = "".join(f"{mark.format(n)}大模型研究之{n}. 2023.\n" for n in (1, 2, 3))
    assert [one.key for one in references(text)] == ["[1]", "[2]", "[3]"]


def test_a_line_without_mark_goes_on_until_it_says_year_or_id() -> None:
    found = references(
        "Jason Wei. Finetuned Language Models Are Zero-Shot\nLearners. arXiv:2109.01652.\n"
        "Ashish Vaswani. Attention Is All You Need. 2017.\n"
    )
    assert [one.title for one in found] == [
        "Finetuned Language Models Are Zero-Shot Learners",
        "Attention Is All You Need",
    ]


def test_a_list_of_bare_titles_has_one_a_line() -> None:
    found = references(
        "References\nAttention Is All You Need\nBERT: Pre-training of Deep Bidirectional\n"
        "  Transformers for Language Understanding\n大语言模型综述\n"
    )
    assert [one.title for one in found] == [
        "Attention Is All You Need",
        "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding",
        "大语言模型综述",
    ]


def test_blank_lines_part_entries() -> None:
    found = references("Jason Wei. One title here. 2022.\n\nAshish Vaswani. Another. 2017.\n")
    assert [one.place for one in found] == ["line 1", "line 3"]


def test_markdown_lists_lose_their_markup_and_the_prose_around_them() -> None:
    found = references(
        "# Reading list\n\nWhat we read in 2023.\n\n"
        "- **[LLaMA: Open Models](https://arxiv.org/abs/2302.13971)** by Touvron et al.\n"
        "* ReAct: Synergizing Reasoning ([arXiv](https://arxiv.org/abs/2210.03629))\n\n"
        "| Title | Id |\n|---|---|\n| Tree of Thoughts | 2305.10601 |\n"
    )
    assert [(one.title, one.arxiv_id) for one in found] == [
        ("LLaMA: Open Models", "2302.13971"),
        ("ReAct: Synergizing Reasoning", "2210.03629"),
        ("Tree of Thoughts", "2305.10601"),
    ]
    assert found[0].url == "https://arxiv.org/abs/2302.13971"


def test_a_line_has_no_kind_and_keeps_its_words() -> None:
    (one,) = references("Ashish Vaswani. Attention Is All You Need. 2017.")
    assert (one.kind, one.year) == ("", 2017)
    assert one.raw == "Ashish Vaswani. Attention Is All You Need. 2017."


PIECES = st.sampled_from([*'[](){}.,;"“”《》|#-*\n', "[1] ", "et al. ", "等", "2023", "1706.03762"])


@given(st.lists(PIECES | st.text(max_size=6), max_size=40).map("".join))
def test_no_text_makes_the_reader_of_lines_fail(text: str) -> None:
    assert all(one.place.startswith("line ") for one in references(text))


def test_an_endless_line_is_read_in_time() -> None:
    assert len(references("[1] " + "A. " * 50_000)) == 1
