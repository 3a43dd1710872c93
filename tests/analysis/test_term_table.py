"""One table of shipped, decided and found terms."""

from __future__ import annotations

from littrack.analysis.term_table import join_terms
from littrack.records import Term
from littrack.terms import (
    FormKind,
    KnownTerm,
    PairKind,
    TermEntry,
    TermForm,
    TermPair,
    TermUse,
)

EMERGENCE = Term(("emergent ability", "emergent abilities"), ("涌现能力", "涌现"))
THOUGHT = Term(("chain-of-thought",), ("思维链",), ("CoT",))
SHIPPED = (EMERGENCE, THOUGHT)


def pair(english: str, chinese: str, short: str = "", kind: PairKind = PairKind.INLINE) -> TermPair:
    return TermPair(kind, english, chinese, short)


def forms_of(known: list[KnownTerm], form: str) -> Term:
    return next(
        one.term
        for one in known
        if form in one.term.english + one.term.chinese + one.term.abbreviations
    )


def test_without_more_the_table_is_the_shipped_one() -> None:
    assert [one.term for one in join_terms(SHIPPED)] == list(SHIPPED)
    assert all(one.bundled and not one.decided for one in join_terms(SHIPPED))


def test_a_pair_adds_its_new_form_to_the_term_that_has_the_other() -> None:
    known = join_terms(SHIPPED, pairs={"a.md": [pair("Emergent Ability", "突現能力")]})
    assert forms_of(known, "涌现") == Term(EMERGENCE.english, ("涌现能力", "涌现", "突现能力"))
    assert known[0].forms[-1] == TermForm("突现能力", FormKind.CHINESE, 0, ("a.md",))
    assert known[0].forms[0].sources == ("a.md",)


def test_pairs_of_unknown_forms_make_one_term_across_notes() -> None:
    known = join_terms(
        SHIPPED,
        pairs={
            "a.md": [pair("gating network", "门控网络")],
            "b.md": [pair("Gating Networks", "闸门网络"), pair("router", "路由器")],
        },
    )
    assert len(known) == 4
    assert forms_of(known, "闸门网络") == Term(("gating network",), ("门控网络", "闸门网络"))


def test_a_pair_of_two_known_terms_joins_nothing() -> None:
    known = join_terms(SHIPPED, pairs={"a.md": [pair("chain-of-thought", "涌现", "EA")]})
    assert [one.term for one in known] == list(SHIPPED)
    assert known[1].forms[0].sources == ("a.md",)


def test_an_abbreviation_alone_tells_no_term_beside_an_english_form() -> None:
    pairs = {"a.md": [pair("commutator of tensors", "", "CoT")]}
    known = join_terms(SHIPPED, pairs=pairs)
    assert forms_of(known, "CoT") == THOUGHT
    assert forms_of(known, "commutator of tensors") == Term(("commutator of tensors",), ())
    alone = join_terms(SHIPPED, pairs={"a.md": [pair("", "链式思维", "CoT")]})
    assert forms_of(alone, "链式思维").english == THOUGHT.english


def test_what_a_person_decided_comes_first_and_what_was_rejected_is_gone() -> None:
    entry = TermEntry(chinese=("突现能力", "涌现"), avoid=("显现",), reject=("涌现能力",))
    pairs = {"a.md": [pair("emergent ability", "涌现能力")]}
    [decided, other] = join_terms(SHIPPED, [entry], pairs)
    assert decided.term == Term(EMERGENCE.english, ("突现能力", "涌现", "显现"))
    assert decided.decided
    assert decided.bundled
    assert decided.avoid == ("显现",)
    assert other.term == THOUGHT


def test_the_surest_pair_gives_a_form_to_its_term() -> None:
    pairs = {
        "a.md": [pair("chain-of-thought", "推理链")],
        "b.md": [pair("emergent ability", "推理链", kind=PairKind.TABLE)],
    }
    known = join_terms(SHIPPED, pairs=pairs)
    assert "推理链" in forms_of(known, "涌现").chinese
    assert "推理链" not in forms_of(known, "思维链").chinese


def test_uses_are_summed_over_notes() -> None:
    use = TermUse("涌现", FormKind.CHINESE, 3, (0, 2))
    known = join_terms(SHIPPED, uses={"a.md": [use], "b.md": [use]})
    form = next(form for form in known[0].forms if form.form == "涌现")
    assert form == TermForm("涌现", FormKind.CHINESE, 6, ("a.md", "b.md"))


def test_the_order_of_the_notes_does_not_matter() -> None:
    one = {"a.md": [pair("router", "路由器")], "b.md": [pair("gate", "路由器")]}
    other = dict(reversed(one.items()))
    assert join_terms(SHIPPED, pairs=one) == join_terms(SHIPPED, pairs=other)
