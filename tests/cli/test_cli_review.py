"""The review at a terminal: what keys do, how it looks, and a session in a pseudo-terminal."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from rich.cells import cell_len
from rich.console import Console

from littrack.claims import DecisionKind, ModelField, Quantity, Unit
from littrack.cli.review_keys import (
    FIELDS,
    KEYS,
    REASONS,
    Ask,
    Mode,
    Open,
    Question,
    Quit,
    Save,
    State,
    Withdraw,
    answer,
    split_keys,
    step,
    summary,
)
from littrack.cli.review_screen import Lines, compose, score_bar
from proposals import ABSTRACT, CHINESE_ABSTRACT, TITLE, a_chinese_proposal, a_proposal

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.fixture
def state() -> State:
    """Three proposals: Wombat, one in Chinese, and one of whom no name was read."""
    items = (
        a_proposal(known="GLM-130B"),
        a_chinese_proposal(),
        a_proposal("2404.00003", name="", read=()),
    )
    return State(items, "jane", papers={"GLM-130B": "2210.02414"}, now=NOW)


# --- keys -----------------------------------------------------------------------------------------


def test_a_accepts_under_the_name_shown_and_goes_on(state: State) -> None:
    after, (effect,) = step(state, "a")
    assert isinstance(effect, Save)
    (decision,) = effect.decisions
    assert (decision.kind, decision.model) == (DecisionKind.ACCEPT, "Wombat")
    assert (decision.who, decision.when, decision.paper) == ("jane", NOW, "2404.00001")
    assert decision.evidence == "2404.00001v2"
    assert decision.because
    assert after.place == 1
    assert after.answer(0) == "accepted as Wombat"
    assert after.said == "Wombat: accepted as Wombat"


def test_a_accepts_under_the_name_that_the_library_gave(state: State) -> None:
    _, (effect,) = step(replace(state, names={"2404.00001": "Wombat (2404.00001)"}), "a")
    assert isinstance(effect, Save)
    assert effect.decisions[0].model == "Wombat (2404.00001)"


def test_a_asks_for_a_name_where_none_was_read(state: State) -> None:
    nameless = replace(state, place=2)
    after, (effect,) = step(nameless, "a")
    assert effect == Ask(Question.NAME, "its name: ")
    after, (saved,) = answer(after, Question.NAME, " Dingo ")
    assert isinstance(saved, Save)
    assert saved.decisions[0].model == "Dingo"
    assert after.answer(2) == "accepted as Dingo"


def test_n_accepts_under_another_name(state: State) -> None:
    _, (effect,) = step(state, "n")
    assert isinstance(effect, Ask)
    after, (saved,) = answer(state, effect.question, "Wombat-2")
    assert isinstance(saved, Save)
    assert saved.decisions[0].model == "Wombat-2"
    assert replace(after, place=0).name == "Wombat-2"


def test_a_name_that_another_paper_has_is_not_taken(state: State) -> None:
    with pytest.raises(ValueError, match=r"GLM-130B is known, from 2210\.02414"):
        answer(state, Question.NAME, "GLM-130B")


@pytest.mark.parametrize("key", REASONS)
def test_r_and_a_digit_reject_with_a_reason(state: State, key: str) -> None:
    asked, effects = step(state, "r")
    assert (asked.mode, effects) == (Mode.REASON, ())
    after, (saved,) = step(asked, key)
    assert isinstance(saved, Save)
    assert saved.decisions[0].kind is DecisionKind.REJECT
    assert saved.decisions[0].because == REASONS[key]
    assert (after.mode, after.place) == (Mode.BROWSE, 1)


def test_a_reason_can_be_typed_and_any_other_key_goes_back(state: State) -> None:
    asked, _ = step(state, "r")
    after, (effect,) = step(asked, "t")
    assert isinstance(effect, Ask)
    _, (saved,) = answer(after, effect.question, "只有评测")
    assert isinstance(saved, Save)
    assert saved.decisions[0].because == "只有评测"
    back, effects = step(asked, "x")
    assert (back.mode, back.place, effects) == (Mode.BROWSE, 0, ())


def test_what_has_no_name_is_rejected_by_its_title(state: State) -> None:
    asked, _ = step(replace(state, place=2), "r")
    _, (saved,) = step(asked, "2")
    assert isinstance(saved, Save)
    assert (saved.decisions[0].model, saved.decisions[0].paper) == (TITLE, "2404.00003")


def test_m_merges_into_the_model_that_it_may_be(state: State) -> None:
    _, (effect,) = step(state, "m")
    assert effect == Ask(Question.MERGE, "merge into (GLM-130B): ", "GLM-130B")
    after, (saved,) = answer(state, Question.MERGE, "GLM-130B")
    assert isinstance(saved, Save)
    (decision,) = saved.decisions
    assert (decision.kind, decision.model, decision.value) == (
        *(DecisionKind.MERGE, "Wombat", "GLM-130B"),
    )
    assert after.answer(0) == "merged into GLM-130B"


def test_what_has_no_name_becomes_another_paper_of_the_model(state: State) -> None:
    _, (saved,) = answer(replace(state, place=2), Question.MERGE, "GLM-130B")
    assert isinstance(saved, Save)
    (decision,) = saved.decisions
    assert (decision.kind, decision.model) == (DecisionKind.ACCEPT, "GLM-130B")
    assert decision.paper == "2404.00003"


def test_e_sets_a_field_in_three_questions_and_stays(state: State) -> None:
    asked, _ = step(state, "e")
    asked, (effect,) = step(asked, "1")
    assert isinstance(effect, Ask)
    assert effect.question is Question.VALUE
    assert "540B" in effect.prompt
    asked, (effect,) = answer(asked, Question.VALUE, "8B; 62B")
    assert isinstance(effect, Ask)
    assert (effect.question, effect.default) == (Question.BECAUSE, "as its title and abstract say")
    after, (saved,) = answer(asked, Question.BECAUSE, "table 3")
    assert isinstance(saved, Save)
    assert [one.value for one in saved.decisions] == [
        Quantity(8e9, Unit.PARAMETERS),
        Quantity(62e9, Unit.PARAMETERS),
    ]
    assert {(one.field, one.because, one.when) for one in saved.decisions} == {
        (ModelField.SIZE, "table 3", NOW)
    }
    assert (after.place, after.said, after.answer(0)) == (0, "size = 8B; 62B", "")


def test_any_field_can_be_named_and_nonsense_is_refused(state: State) -> None:
    asked, _ = step(state, "e")
    asked, (effect,) = step(asked, "t")
    assert isinstance(effect, Ask)
    with pytest.raises(ValueError, match="did you mean licence"):
        answer(asked, Question.FIELD, "license")
    asked, (effect,) = answer(asked, Question.FIELD, "release:weights_release")
    assert isinstance(effect, Ask)
    with pytest.raises(ValueError, match="'soon' is no date"):
        answer(asked, Question.VALUE, "soon")
    asked, _ = answer(asked, Question.VALUE, "2024-05")
    _, (saved,) = answer(asked, Question.BECAUSE, "blog")
    assert isinstance(saved, Save)
    assert str(saved.decisions[0].value) == "2024-05"


def test_a_field_of_what_has_no_name_waits_for_one(state: State) -> None:
    asked, _ = step(replace(state, place=2), "e")
    after, effects = step(asked, "1")
    assert effects == ()
    assert "no name yet" in after.said
    named, _ = answer(replace(state, place=2), Question.NAME, "Dingo")
    assert replace(named, place=2).name == "Dingo"


def test_u_takes_back_one_decision_after_the_other(state: State) -> None:
    one, (first,) = step(state, "a")
    two, (second,) = step(one, "a")
    back, (effect,) = step(two, "u")
    assert isinstance(second, Save)
    assert effect == Withdraw(second.decisions)
    assert (back.place, back.answer(1)) == (1, "")
    back, (effect,) = step(back, "u")
    assert isinstance(first, Save)
    assert effect == Withdraw(first.decisions)
    assert back.place == 0
    back, effects = step(back, "u")
    assert (effects, back.said) == ((), "nothing was decided in this session")


def test_no_two_decisions_have_the_same_time(state: State) -> None:
    one, (first,) = step(state, "a")
    _, (second,) = step(one, "a")
    assert isinstance(first, Save)
    assert isinstance(second, Save)
    assert second.decisions[0].when == first.decisions[0].when + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("keys", "place"),
    [("j", 1), ("jj", 2), ("jjj", 2), ("jk", 0), ("k", 0), ("s", 1), (" ", 1), ("x", 0)],
)
def test_moving_decides_nothing(state: State, keys: str, place: int) -> None:
    for key in keys:
        state, effects = step(state, key)
        assert effects == ()
    assert (state.place, state.done) == (place, ())


def test_after_the_last_proposal_come_those_that_were_skipped(state: State) -> None:
    after, _ = step(replace(state, place=1), "a")
    assert after.place == 2
    after, _ = answer(after, Question.NAME, "Dingo")
    assert after.place == 0
    after, _ = step(after, "a")
    assert after.is_settled
    assert after.place == 0


def test_o_opens_the_page_of_the_version_that_was_read(state: State) -> None:
    _, effects = step(state, "o")
    assert effects == (Open("https://arxiv.org/abs/2404.00001v2"),)


def test_help_and_quit(state: State) -> None:
    shown, _ = step(state, "?")
    assert shown.mode is Mode.HELP
    assert step(shown, "a") == (replace(shown, mode=Mode.BROWSE), ())
    assert step(state, "q")[1] == (Quit(),)


def test_an_empty_answer_changes_nothing(state: State) -> None:
    for question in Question:
        after, effects = answer(state, question, "  ")
        assert (effects, after.done) == ((), ())


@pytest.mark.parametrize(
    ("read", "keys"),
    [
        ("a", ["a"]),
        ("jjk", ["j", "j", "k"]),
        ("\x1b[A", ["k"]),
        ("\x1b[B\x1b[B", ["j", "j"]),
        ("\x1bOC", ["j"]),
        ("\x1b[6~", ["pgdn"]),
        ("\x1b", ["\x1b"]),
        ("\x1b[15~", ["\x1b[15~"]),
        ("\xe0H", ["k"]),
        ("是", ["是"]),
        ("", []),
    ],
)
def test_what_a_terminal_sends_is_split_into_keys(read: str, keys: list[str]) -> None:
    assert split_keys(read) == keys


def test_a_session_is_summed_up(state: State) -> None:
    assert summary(state.done) == "nothing decided"
    state, _ = step(state, "a")
    state, _ = step(state, "a")
    state, _ = step(state, "r")
    state, _ = step(state, "1")
    assert summary(state.done) == "accepted 2, rejected 1"


# --- the screen -----------------------------------------------------------------------------------


def shown(state: State, width: int, height: int = 40, *, colour: bool = False) -> str:
    """The screen as text; with `colour` with the codes for it."""
    console = Console(
        record=True,
        file=io.StringIO(),
        width=width,
        height=height,
        force_terminal=True,
        color_system="standard",
        no_color=not colour,
    )
    lines, _ = compose(console, state)
    console.print(Lines(lines), end="")
    return console.export_text(styles=colour)


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("height", [12, 24, 60])
def test_the_screen_fits_the_terminal(
    state: State, width: int, place: int, mode: Mode, height: int
) -> None:
    text = shown(replace(state, place=place, mode=mode), width, height)
    lines = text.split("\n")
    assert len(lines) == height
    assert max(map(cell_len, lines)) <= width


@pytest.mark.parametrize("width", [80, 120])
def test_the_screen_says_what_is_known(state: State, width: int) -> None:
    text = shown(state, width)
    head = text.split("\n")[0]
    assert head.startswith("1/3  Wombat  ████████▍· 0.84  review  2404.00001v2  2024-04-01")
    assert "also Wombat-Chat" in text
    assert "may be GLM-130B (2210.02414): m merges" in text
    assert "why: + says that it introduces a model; - no report of its own" in text
    row = next(line for line in text.split("\n") if line.startswith("[base model]"))
    assert row.split("]")[1].strip().startswith("LLaMA (instruction tuning)  ")
    assert "built on LLaMA" in row


def test_without_colour_brackets_mark_the_evidence(state: State) -> None:
    text = " ".join(shown(state, 80).split())
    assert "[Wombat: name]: A Burrowing Language Model" in text
    assert "[7B: size] and [13B: size] parameters [built on LLaMA: base model]." in text
    chinese = shown(replace(state, place=1), 80).replace("\n", "")
    assert "[袋熊: name]：会挖洞的大语言模型" in chinese
    assert "[130 亿参数: size]" in chinese


def test_in_colour_each_field_has_its_own(state: State) -> None:
    text = shown(state, 120, colour=True)
    assert "\x1b[1;4;32m7B\x1b[0m" in text
    assert "\x1b[1;4;33mbuilt on LLaMA\x1b[0m" in text
    assert "\x1b[1;4;32m[size]\x1b[0m" in text  # the legend
    assert ": size]" not in text


@pytest.mark.parametrize(("place", "abstract"), [(0, ABSTRACT), (1, CHINESE_ABSTRACT)])
def test_no_character_of_the_abstract_is_lost(state: State, place: int, abstract: str) -> None:
    unread = replace(state.items[place], claims=())
    text = shown(replace(state, items=(unread,)), 80)
    assert "".join(abstract.split()) in "".join(text.split())


def test_a_long_abstract_scrolls_and_no_further_than_its_end(state: State) -> None:
    long = replace(state, items=(a_proposal(abstract=f"{ABSTRACT} {'More words. ' * 300}The end"),))
    assert "PgDn: " in shown(long, 80, 24)
    assert "The end" not in shown(long, 80, 24)
    scrolled = replace(long, top=10_000)
    assert "why: " in shown(scrolled, 80, 24)
    console = Console(width=80, height=24, file=io.StringIO())
    _, kept = compose(console, scrolled)
    assert 0 < kept.top < 100
    assert step(kept, "pgup")[0].top == kept.top - 8


def test_the_choices_are_shown_while_they_can_be_made(state: State) -> None:
    text = shown(replace(state, mode=Mode.REASON), 80)
    assert all(f"{key} {words}" in text for key, words in REASONS.items())
    text = shown(replace(state, mode=Mode.FIELD), 80)
    assert all(f"{key} " in text for key in FIELDS)
    assert "base model" in text
    text = shown(replace(state, mode=Mode.HELP), 80)
    assert all(words in text for words in KEYS.values())


def test_what_was_decided_is_shown(state: State) -> None:
    after, _ = step(state, "a")
    assert "Wombat: accepted as Wombat" in shown(after, 80)
    assert "decided: accepted as Wombat" in shown(replace(after, place=0), 80)


@pytest.mark.parametrize(
    ("score", "bar"), [(0, "··········"), (1, "██████████"), (0.5, "█████·····"), (7, "█" * 10)]
)
def test_a_score_is_a_bar(score: float, bar: str) -> None:
    assert score_bar(score) == bar
