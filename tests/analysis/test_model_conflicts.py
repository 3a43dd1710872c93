from __future__ import annotations

from typing import Any

import pytest

from builders import utc
from littrack.analysis.cells import choose_cell
from littrack.analysis.model_conflicts import find_conflicts
from littrack.claims import (
    Basis,
    Claim,
    ClaimConflict,
    ClaimValue,
    Evidence,
    EvidenceKind,
    Hardware,
    Model,
    ModelDateKind,
    ModelField,
    ModelStatus,
    Parent,
    Quantity,
    Relation,
    RelationKind,
    TypedDate,
    Unit,
)
from littrack.quantities import parse_hardware, parse_quantity
from littrack.records import Precision

DATE, SIZE, DATA = ModelField.RELEASE, ModelField.SIZE, ModelField.PRETRAIN_DATA
TIME, MAKER, BASE = ModelField.TRAINING_TIME, ModelField.ORGANISATION, ModelField.BASE_MODEL
KINDS = {"paper": EvidenceKind.PAPER, "Ada": EvidenceKind.PERSON}
KINDS |= {"a note": EvidenceKind.NOTE, "their page": EvidenceKind.URL}
PRECISIONS = {4: Precision.YEAR, 7: Precision.MONTH, 10: Precision.DAY}


def said(source: str, field: ModelField, value: ClaimValue, **more: Any) -> Claim:
    """A claim of a table, or of what the source's name says it is."""
    basis = Basis.STATED if source in ("paper", "their page", "Ada") else Basis.REPORTED
    evidence = Evidence(
        KINDS.get(source, EvidenceKind.TABLE),
        source,
        more.pop("locator", "arXiv metadata" if source == "paper" else ""),
        basis=basis,
        retrieved=utc("2026-01-01"),
    )
    recorded = more.pop("recorded_at", utc("2026-01-01"))
    return Claim("M", field, value, evidence, recorded, **more)


def on(day: str, kind: ModelDateKind = ModelDateKind.UNSPECIFIED) -> TypedDate:
    """A year, a month or a day, as it is written."""
    return TypedDate(kind, utc((day + "-01-01")[:10]), PRECISIONS[len(day)])


def v1(day: str) -> Claim:
    return said("paper", DATE, on(day, ModelDateKind.ARXIV_V1))


def released(source: str, day: str) -> Claim:
    return said(source, DATE, on(day))


def size(source: str, number: str, **more: Any) -> Claim:
    return said(source, SIZE, parse_quantity(number, Unit.PARAMETERS), **more)


def data(source: str, amount: str) -> Claim:
    return said(source, DATA, parse_quantity(amount))


def made_by(source: str, *names: str) -> list[Claim]:
    return [said(source, MAKER, name) for name in names]


def a_model(name: str, *claims: Claim) -> Model:
    fields = dict.fromkeys(claim.field for claim in claims)
    cells = {
        field: choose_cell(field, [one for one in claims if one.field is field]) for field in fields
    }
    return Model(name, ModelStatus.CURATED, cells)


def conflicts(*claims: Claim) -> list[ClaimConflict]:
    return find_conflicts([a_model("M", *claims)])


def kinds(*claims: Claim) -> list[tuple[str, str]]:
    return [(one.kind, one.rival) for one in conflicts(*claims)]


# --- dates ----------------------------------------------------------------------------------------


def test_a_date_of_a_later_version_is_named_as_such() -> None:
    [found] = conflicts(
        v1("2022-04-05"),
        said("paper", DATE, on("2022-10-05", ModelDateKind.ARXIV_LATEST)),
        released("a note", "2022-10-05"),
    )
    assert (found.kind, found.shown, found.rival) == ("date-type", "2022-04-05", "2022-10-05")
    assert found.explanation == (
        "paper; a note: on 2022-10-05, a later version was submitted to arXiv"
    )


def test_that_a_paper_has_a_later_version_contradicts_nothing() -> None:
    latest = said("paper", DATE, on("2022-10-05", ModelDateKind.ARXIV_LATEST))
    assert conflicts(v1("2022-04-05"), latest) == []


def test_sources_that_agree_on_an_event_are_one_conflict_that_says_how_each_words_it() -> None:
    [found] = conflicts(
        v1("2022-01-20"),
        said("their page", DATE, on("2021-05-18", ModelDateKind.ANNOUNCED)),
        said("a list", DATE, on("2021-05", ModelDateKind.ANNOUNCED)),
        released("a guide", "2021"),
        released("a graph", "2021-05-19"),
    )
    assert (found.kind, found.rival) == ("date-type", "2021-05-18")
    who, words = found.explanation.split(": ")
    assert set(who.split("; ")) == {
        *("their page", "a list (2021-05)", "a guide (2021)", "a graph (2021-05-19)"),
    }
    assert words == "on 2021-05-18, it was announced"
    assert len(found.claims) == 5


def test_a_date_that_fits_nothing_is_said_to_fit_nothing() -> None:
    [found] = conflicts(v1("2019-10-23"), released("a note", "2019-06-11"))
    assert found.kind == "date"
    assert found.explanation == "a note: 2019-06-11, and no source says what happened then"


def test_a_date_after_the_first_version_may_be_that_of_a_later_one() -> None:
    [found] = conflicts(v1("2021-12-13"), released("a note", "2022-08-01"))
    assert found.kind == "date"
    assert found.explanation.endswith("; perhaps a later version of the paper was submitted")


@pytest.mark.parametrize(
    ("rival", "remark"),
    [
        ("2022-05-01", "a day earlier"),
        ("2022-05-04", "2 days later"),
        ("2023-01-01", "a first of January may stand for a year"),
    ],
)
def test_a_day_off_and_a_placeholder_are_called_so(rival: str, remark: str) -> None:
    [found] = conflicts(v1("2022-05-02"), released("a table", rival))
    assert (found.kind, found.explanation.endswith(remark)) == ("date", True)


def test_the_first_of_a_month_belongs_to_what_happened_in_that_month() -> None:
    weights = said("their page", DATE, on("2019-11-05", ModelDateKind.WEIGHTS_RELEASE))
    [found] = conflicts(v1("2019-02-14"), weights, released("a graph", "2019-11-01"))
    assert (found.kind, found.rival) == ("date-type", "2019-11-05")


def test_a_year_at_the_border_is_noise_and_a_year_far_off_is_not() -> None:
    assert conflicts(v1("2021-12-13"), released("a guide", "2022")) == []
    assert kinds(v1("2021-12-13"), released("a guide", "2018")) == [("date", "2018")]


def test_the_days_of_training_are_no_rivals_until_somebody_takes_them_for_the_release() -> None:
    training = said("their page", DATE, on("2022-07-05", ModelDateKind.TRAINING_END))
    assert conflicts(v1("2022-11-09"), training) == []
    found = kinds(v1("2022-11-09"), training, released("a list", "2022-07"))
    assert found == [("date-type", "2022-07-05")]


def test_dates_nobody_explains_are_grouped_where_they_agree() -> None:
    found = kinds(
        v1("2023-11-28"),
        released("one", "2023-09-06"),
        released("two", "2023-09"),
        released("three", "2023-06-14"),
    )
    assert sorted(found) == [("date", "2023-06-14"), ("date", "2023-09-06")]


def test_an_id_of_the_month_after_the_first_version_is_no_conflict() -> None:
    known = said("arXiv", DATE, on("2021-02-26", ModelDateKind.ARXIV_V1))
    from_id = said("the id", DATE, on("2021-03", ModelDateKind.ARXIV_V1))
    assert conflicts(known, from_id) == []
    wrong = said("a table", DATE, on("2021-05", ModelDateKind.ARXIV_V1))
    assert kinds(known, wrong) == [("date", "2021-05")]


def test_a_date_before_that_of_the_parent_is_an_impossible_order() -> None:
    parent = a_model("P", v1("2023-02-27"), released("a list", "2023-02"), released("x", "2023"))
    announced = said("their page", DATE, on("2023-03-28", ModelDateKind.ANNOUNCED))
    child = a_model("M", announced, released("a note", "2023-02-15"))
    made_from = Relation("M", "P", RelationKind.RLHF)
    [found] = find_conflicts([child, parent], [made_from])
    assert (found.model, found.kind) == ("M", "order")
    assert found.explanation == (
        "a note: 2023-02-15, before P was there (2023-02-27), from which it is made"
    )
    member = Relation("M", "P", RelationKind.MEMBER)  # a series is named after its members
    assert [one.kind for one in find_conflicts([child, parent], [member])] == ["date"]


# --- sizes and other quantities -------------------------------------------------------------------


def test_words_are_told_from_tokens() -> None:
    [found] = conflicts(data("paper", "768B tokens"), data("a note", "1.56T words"))
    assert found.kind == "unit"
    assert found.explanation == "a note: 1.56T words; words are not tokens"


def test_bytes_beside_a_count_of_tokens_are_no_second_mistake() -> None:
    claims = data("paper", "366B tokens"), data("a note", "350B tokens"), data("a note", "1.5 TB")
    assert kinds(*claims) == [("value", "350B tokens")]


def test_active_parameters_are_no_size() -> None:
    active = said("a note", SIZE, Quantity(97e9, Unit.PARAMETERS, "active"))
    assert kinds(size("paper", "1200B"), active) == [("unit", "97B active")]
    assert kinds(size("paper", "1200B"), active, size("a note", "1200B")) == []


def test_a_hundredfold_size_is_a_slip_of_a_digit() -> None:
    [found] = conflicts(
        size("paper", "175B"), size("a note", "175B"), size("a note", "17500B", locator="line 52")
    )
    assert (found.kind, found.rival) == ("outlier", "17500B")
    assert found.explanation == "a note: 17500B, so far off that a digit may have slipped"


def test_a_source_that_lists_further_sizes_contradicts_nothing() -> None:
    claims = [size("paper", number) for number in ("8B", "62B", "540B")]
    assert conflicts(*claims, size("a list", "540B"), size("a list", "1.1B")) == []
    assert kinds(*claims, size("a list", "7B"), size("a list", "13B")) == [("value", "7B, 13B")]


@pytest.mark.parametrize(
    ("shown", "other"),
    [("540B", "540.35B"), ("7B", "7.61B"), ("7B", "6.74B"), ("3B", "2.8B"), ("15.5B", "15B")],
)
def test_a_rounded_size_is_the_same_size(shown: str, other: str) -> None:
    assert conflicts(size("paper", shown), size("a list", other)) == []


@pytest.mark.parametrize(
    ("shown", "other"), [("176B", "175B"), ("1.6B", "1.3B"), ("6B", "9B"), ("7B", "8.54B")]
)
def test_a_number_that_is_no_rounding_is_another_number(shown: str, other: str) -> None:
    assert kinds(size("paper", shown), size("a list", other)) == [("value", other)]


def test_a_text_that_gives_two_numbers_for_one_thing_contradicts_itself() -> None:
    [found] = conflicts(
        size("a note", "62B", locator="line 105"), size("a note", "63B", locator="line 109")
    )
    assert (found.kind, found.field) == ("internal", SIZE)
    said_twice = {"62B (line 105)", "63B (line 109)"}
    assert set(found.explanation.removeprefix("a note: ").split(" and ")) == said_twice
    assert len(found.claims) == 2


def test_rows_of_a_table_are_about_variants_and_contradict_nothing() -> None:
    assert conflicts(size("a list", "355M"), size("a list", "345M")) == []


def test_an_estimate_of_what_is_not_disclosed_is_no_fact() -> None:
    undisclosed = said("paper", SIZE, Quantity(None, Unit.PARAMETERS))
    guess = said("Epoch", SIZE, Quantity(1.8e12, Unit.PARAMETERS, estimate=True))
    [found] = conflicts(undisclosed, guess)
    assert found.kind == "estimate"
    assert found.explanation == "Epoch: ~1800B, an estimate of what is not disclosed"
    silent = said("a note", SIZE, Quantity(None, Unit.PARAMETERS), locator="line 1")
    [turned] = conflicts(guess, silent)
    assert (turned.kind, turned.rival) == ("estimate", "~1800B")


def test_hours_are_compared_with_days() -> None:
    hours, days = said("paper", TIME, parse_quantity("2808 h")), parse_quantity("105 days")
    [found] = conflicts(hours, said("a table", TIME, days))
    assert (found.kind, found.explanation) == ("value", "a table: 105 d; 2808 h are 117 d")
    assert conflicts(hours, said("a table", TIME, parse_quantity("117 days"))) == []


# --- another model is meant -----------------------------------------------------------------------


def test_the_size_of_a_sister_points_at_the_sister() -> None:
    family = said("a list", ModelField.FAMILY, "GLM")
    chat = a_model("ChatGLM", family, size("their page", "6B"), size("a note", "130B"))
    large = a_model("GLM-130B", family, size("paper", "130B"))
    [found] = find_conflicts([chat, large])
    assert (found.model, found.kind, found.rival) == ("ChatGLM", "entity", "130B")
    assert "GLM-130B" in found.explanation
    stranger = a_model("OPT", size("paper", "130B"))
    assert [one.kind for one in find_conflicts([chat, stranger])] == ["outlier"]


def test_a_size_that_half_the_family_has_points_at_nobody() -> None:
    family = said("a list", ModelField.FAMILY, "LLaMA")
    others = [a_model(f"M{i}", family, size("paper", "33B")) for i in range(3)]
    model = a_model("M", family, size("paper", "7B"), size("a note", "33B"))
    assert [one.kind for one in find_conflicts([model, *others])] == ["value"]


def test_a_paper_that_presents_another_model_is_a_mix_up() -> None:
    large = a_model("GLM-130B", said("paper", ModelField.PAPER, "2210.02414"))
    chat = a_model("ChatGLM", said("a note", ModelField.PAPER, "2210.02414"))
    [found] = find_conflicts([chat, large])
    assert (found.model, found.kind, found.field) == ("ChatGLM", "entity", ModelField.PAPER)
    assert found.explanation == "a note: 2210.02414, which presents GLM-130B"
    both = a_model("Flan-T5", said("a list", ModelField.PAPER, "2210.02414"))
    assert find_conflicts([both, large]) == []  # one paper may present two models


# --- who made it, and from what -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shown", "other"),
    [
        ("Meta", "Facebook AI Research"),
        ("EleutherAI", "ElutherAI"),
        ("Shanghai AI Laboratory", "Shanghai AI Lab"),
        ("Zhipu AI", "Z.ai (Zhipu AI)"),
        ("Allen Institute for AI", "AI2"),
        ("NVIDIA", "Microsoft&NVIDIA"),
        ("Technology Innovation Institute", "TII"),
    ],
)
def test_a_house_under_another_name_is_the_same_house(shown: str, other: str) -> None:
    assert conflicts(*made_by("paper", shown), *made_by("a list", other)) == []


def test_another_maker_is_a_wrong_attribution_and_a_co_author_is_not() -> None:
    claims = made_by("paper", "Meta")
    assert kinds(*claims, *made_by("a note", "OpenAI")) == [("attribution", "OpenAI")]
    assert kinds(*claims, *made_by("a list", "Meta AI", "University of Washington")) == []


def test_a_long_list_of_makers_is_cut() -> None:
    many = made_by("a list", *(f"Laboratory {chr(65 + i)}" for i in range(9)))
    [found] = conflicts(*made_by("paper", "BigCode"), *many)
    assert found.rival.count("Laboratory") == 6
    assert found.rival.endswith(" and 3 more")
    assert len(found.claims) == 10


def test_another_parent_is_named_unless_it_stands_further_up_the_line() -> None:
    claims = said("paper", BASE, Parent("GPT-J")), said("a note", BASE, Parent("LLaMA"))
    child = a_model("M", *claims)
    [found] = find_conflicts([child, a_model("LLaMA"), a_model("GPT-J")])
    assert (found.kind, found.shown, found.rival) == ("base", "GPT-J", "LLaMA")
    line = [
        Relation("M", "GPT-J", RelationKind.BASE),
        Relation("GPT-J", "LLaMA", RelationKind.BASE),
    ]
    assert find_conflicts([child, a_model("LLaMA"), a_model("GPT-J")], line) == []


def test_a_parent_by_another_of_its_names_is_the_same_parent() -> None:
    child = a_model("M", said("paper", BASE, Parent("GPT-J")), said("x", BASE, Parent("GPT-J-6B")))
    assert find_conflicts([child, a_model("GPT-J")]) == []


def test_a_note_that_names_two_parents_contradicts_itself_and_a_paper_does_not() -> None:
    one, other = Parent("GPT-J"), Parent("LLaMA")
    shown = said("their page", BASE, one)
    twice = said("a note", BASE, one, locator="a"), said("a note", BASE, other, locator="b")
    [found] = conflicts(shown, *twice)
    assert (found.kind, found.explanation) == ("internal", "a note: GPT-J (a) and LLaMA (b)")
    assert conflicts(said("a list", BASE, one), said("a list", BASE, other)) == []


# --- words and decisions --------------------------------------------------------------------------


def test_an_api_is_closed_and_weights_are_not() -> None:
    field = ModelField.ACCESS
    assert conflicts(said("paper", field, "api"), said("a list", field, "closed")) == []
    assert kinds(said("paper", field, "closed"), said("a note", field, "open")) == [
        ("value", "open")
    ]


def test_chips_without_their_name_are_the_same_chips() -> None:
    field, shown = ModelField.HARDWARE, said("paper", ModelField.HARDWARE, Hardware("TPU v4", 6144))
    assert conflicts(shown, said("a note", field, parse_hardware("6144 个芯片"))) == []
    found = kinds(shown, said("a note", field, parse_hardware("4096 个芯片")))
    assert found == [("value", "4096 芯片")]


def test_evidence_that_came_after_a_decision_is_reported_against_it() -> None:
    decided = size("Ada", "6B")
    [found] = conflicts(decided, size("paper", "9B", recorded_at=utc("2026-02-01")))
    assert found.kind == "decision"
    assert found.explanation == "paper: recorded after the decision of Ada, 2026-01-01"
    earlier = size("paper", "9B", recorded_at=utc("2025-12-01"))
    assert [one.kind for one in conflicts(decided, earlier)] == ["value"]


def test_sources_that_agree_are_no_conflict() -> None:
    assert conflicts(size("paper", "540B"), size("Epoch", "540.35B")) == []
    assert conflicts(*made_by("paper", "Google"), *made_by("a list", "Google Research")) == []


def test_one_rival_value_is_one_conflict_with_all_who_state_it() -> None:
    [found] = conflicts(size("paper", "1.6B"), size("a note", "1.3B"), size("a list", "1.3B"))
    assert found.explanation == "a list; a note: 1.3B"
    assert len(found.claims) == 3
