"""Terms in a manuscript that should be written otherwise."""

from __future__ import annotations

from littrack.analysis.term_lint import find_odd_forms
from littrack.analysis.term_table import join_terms
from littrack.records import Term
from littrack.terms import KnownTerm, TermEntry

SHIPPED = (
    Term(("emergent ability", "emergence"), ("涌现能力", "涌现", "突现")),
    Term(("fine-tuning", "finetuning", "fine-tune"), ("微调", "精调")),
)


def odd(
    text: str, known: list[KnownTerm] | None = None, **options: bool
) -> list[tuple[int, int, str, str]]:
    found = find_odd_forms(text, known or join_terms(SHIPPED), **options)
    assert [text[slice(*one.span)] for one in found] == [one.form for one in found]
    return [(one.line, one.column, one.form, one.preferred) for one in found]


def test_two_forms_of_a_term_are_one_too_many() -> None:
    assert odd("先微调，\n再微调，最后精调。") == [(2, 7, "精调", "微调")]
    assert odd("Finetuning, fine-tuning and fine-tuning.") == [(1, 1, "Finetuning", "fine-tuning")]


def test_one_form_throughout_is_fine_whichever_it_is() -> None:
    assert odd("精调，又精调。") == []
    assert odd("We fine-tune; fine-tuning helps. Emergence is an emergent ability.") == []


def test_a_short_form_of_the_same_word_is_fine() -> None:
    assert odd("涌现能力就是会涌现。") == []
    assert odd("涌现能力就是会突现。") == [(1, 8, "突现", "涌现能力")]


def test_a_preferred_form_is_demanded_even_of_a_single_use() -> None:
    known = join_terms(SHIPPED, [TermEntry(chinese=("微调",), avoid=("调参",))])
    assert odd("只写精调。", known) == [(1, 3, "精调", "微调")]
    assert odd("也有调参。", known) == [(1, 3, "调参", "微调")]
    [one] = find_odd_forms("只写精调。", known)
    assert "terms.toml" in one.reason


def test_languages_are_judged_apart() -> None:
    assert odd("微调(fine-tuning)") == []


def test_what_is_no_prose_is_left_out() -> None:
    assert odd("微调 `精调` [x](精调.md) [[精调]] https://a.org/精调 <!-- 精调 -->") == []
    tex = "微调\\cite{精调} \\label{sec:精调} % 精调\n微调"
    assert odd(tex, tex=True) == []
    assert odd("微调 % 精调\n微调") == [(1, 6, "精调", "微调")]


def test_an_empty_manuscript_has_no_findings() -> None:
    assert odd("") == []
