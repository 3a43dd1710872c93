from __future__ import annotations

import pytest

from builders import utc
from littrack.analysis.cells import PERSON, choose_cell, is_same
from littrack.claims import (
    Basis,
    Cell,
    Claim,
    ClaimValue,
    Evidence,
    EvidenceKind,
    Hardware,
    ModelDateKind,
    ModelField,
    Parent,
    Quantity,
    RelationKind,
    TypedDate,
    Unit,
)
from littrack.records import Precision

PLACES = {"arXiv": "arXiv metadata"}
KINDS = {
    "README": (EvidenceKind.TABLE, Basis.REPORTED),
    "Table 1": (EvidenceKind.TABLE, Basis.REPORTED),
    "Epoch": (EvidenceKind.TABLE, Basis.REPORTED),
    "arXiv": (EvidenceKind.PAPER, Basis.STATED),
    "blog": (EvidenceKind.URL, Basis.STATED),
    "guess": (EvidenceKind.TABLE, Basis.INFERRED),
    "note": (EvidenceKind.NOTE, Basis.REPORTED),
    "memory": (EvidenceKind.PAPER, Basis.STATED),  # a paper that nobody looked into
    "Ada": (EvidenceKind.PERSON, Basis.STATED),
}


def said(source: str, value: ClaimValue, field: ModelField = ModelField.RELEASE) -> Claim:
    kind, basis = KINDS[source]
    seen = utc("2026-01-01") if source == "blog" else None
    evidence = Evidence(kind, source, PLACES.get(source, ""), basis=basis, retrieved=seen)
    return Claim("M", field, value, evidence, utc("2026-01-01"))


def a_date(text: str, kind: ModelDateKind = ModelDateKind.UNSPECIFIED) -> TypedDate:
    parts = text.count("-")
    precision = (Precision.YEAR, Precision.MONTH, Precision.DAY)[parts]
    return TypedDate(kind, utc(text + "-01" * (2 - parts)), precision)


def parameters(billions: float | None, **more: object) -> Quantity:
    value = None if billions is None else billions * 1e9
    return Quantity(value, Unit.PARAMETERS, **more)  # type: ignore[arg-type]


def sizes(*claims: tuple[str, Quantity]) -> Cell:
    return choose_cell(ModelField.SIZE, [said(*one, ModelField.SIZE) for one in claims])


LAMDA = [
    said("README", a_date("2021-05", ModelDateKind.ANNOUNCED)),
    said("guess", a_date("2021-06-18")),
    said("arXiv", a_date("2022-01-20", ModelDateKind.ARXIV_V1)),
    said("Epoch", a_date("2022-02-10", ModelDateKind.ARXIV_LATEST)),
    said("Table 1", a_date("2022-01")),
]


@pytest.mark.parametrize(
    ("rule", "shown"),
    [
        ("survey", "2022-01-20"),
        ("earliest", "2021-05"),
        ("weights", "2022-01-20"),
        ("latest-version", "2022-02-10"),
    ],
)
def test_of_four_dates_each_rule_shows_its_own_and_keeps_the_others(rule: str, shown: str) -> None:
    cell = choose_cell(ModelField.RELEASE, LAMDA, rule)
    assert str(cell.values[0]) == shown
    assert cell.rule == rule
    assert len(cell.claims) + len(cell.rivals) == len(LAMDA)


def test_a_month_that_agrees_with_the_day_is_no_rival() -> None:
    cell = choose_cell(ModelField.RELEASE, LAMDA)
    assert [one.evidence.source for one in cell.claims] == ["arXiv", "Table 1"]
    assert {one.evidence.source for one in cell.rivals} == {"README", "guess", "Epoch"}


def test_a_model_without_a_paper_shows_its_earliest_public_release() -> None:
    claims = [
        said("blog", a_date("2023-03-14", ModelDateKind.API_RELEASE)),
        said("README", a_date("2023-03")),
        said("Epoch", a_date("2023-07", ModelDateKind.WEIGHTS_RELEASE)),
    ]
    assert str(choose_cell(ModelField.RELEASE, claims).values[0]) == "2023-03-14"


def test_a_year_that_one_list_has_alone_does_not_win() -> None:
    claims = [
        said("guess", a_date("2018")),
        said("README", a_date("2018")),
        said("Epoch", a_date("2019-02-14")),
        said("Table 1", a_date("2019-02")),
    ]
    assert str(choose_cell(ModelField.RELEASE, claims).values[0]) == "2019-02-14"


def test_the_first_of_a_month_in_a_list_gives_way_to_the_day_of_the_announcement() -> None:
    claims = [
        said("Epoch", a_date("2018-06-01")),
        said("README", a_date("2018-06")),
        said("memory", a_date("2018-06-11", ModelDateKind.ANNOUNCED)),
    ]
    assert str(choose_cell(ModelField.RELEASE, claims).values[0]) == "2018-06-11"


def test_a_date_that_one_list_has_alone_is_not_earlier_than_what_two_have() -> None:
    claims = [
        said("README", a_date("2022-06")),
        said("Epoch", a_date("2022-08-04")),
        said("Table 1", a_date("2022-08")),
    ]
    assert str(choose_cell(ModelField.RELEASE, claims).values[0]) == "2022-08-04"
    assert str(choose_cell(ModelField.RELEASE, claims[:2]).values[0]) == "2022-06"


def test_an_organisation_is_named_once_though_sources_call_it_by_several_names() -> None:
    field = ModelField.ORGANISATION
    names = (
        ("README", "Beijing Academy of Artificial Intelligence"),
        ("Epoch", "BAAI"),
        ("Table 1", "Tsinghua"),
        ("guess", "Tsinghua"),
    )
    cell = choose_cell(field, [said(source, name, field) for source, name in names])
    assert cell.values == ("BAAI",)


def test_of_several_lists_of_organisations_the_one_with_most_in_common_is_shown() -> None:
    field = ModelField.ORGANISATION
    lists = {"README": ["ChatGLM"], "Epoch": ["Zhipu", "Tsinghua"], "Table 1": ["Tsinghua"]}
    claims = [said(source, name, field) for source, names in lists.items() for name in names]
    assert choose_cell(field, claims).values == ("Tsinghua",)


def test_a_training_date_is_never_a_release() -> None:
    claims = [said("blog", a_date("2022-03", ModelDateKind.TRAINING_START))]
    cell = choose_cell(ModelField.RELEASE, claims)
    assert (cell.values, cell.rivals) == ((), tuple(claims))


def test_a_table_does_not_outvote_arxiv_about_its_own_date() -> None:
    claims = [
        said("Table 1", a_date("2021-11", ModelDateKind.ARXIV_V1)),
        said("Epoch", a_date("2021-11", ModelDateKind.ARXIV_V1)),
        said("arXiv", a_date("2022-01-20", ModelDateKind.ARXIV_V1)),
    ]
    assert str(choose_cell(ModelField.RELEASE, claims).values[0]) == "2022-01-20"


def test_a_note_speaks_only_where_nobody_else_does() -> None:
    note = said("note", a_date("2019-01-01"))
    other = said("README", a_date("2022-05"))
    assert choose_cell(ModelField.RELEASE, [note, other]).values == (other.value,)
    assert choose_cell(ModelField.RELEASE, [note]).values == (note.value,)


def test_a_person_decides_and_what_says_otherwise_stays_visible() -> None:
    decided = said("Ada", a_date("2021-05-18", ModelDateKind.ANNOUNCED))
    cell = choose_cell(ModelField.RELEASE, [*LAMDA, decided])
    assert (str(cell.values[0]), cell.rule) == ("2021-05-18", PERSON)
    assert [one.evidence.source for one in cell.claims] == ["Ada", "README"]
    assert len(cell.rivals) == len(LAMDA) - 1


def test_sizes_of_the_makers_are_extended_by_a_table_that_has_them_all() -> None:
    cell = sizes(
        ("arXiv", parameters(540)),
        ("Table 1", parameters(8)),
        ("Table 1", parameters(62)),
        ("Table 1", parameters(540)),
        ("Epoch", parameters(540.35)),
        ("README", parameters(700)),
    )
    assert cell.values == (parameters(8), parameters(62), parameters(540))
    assert [one.value for one in cell.rivals] == [parameters(700)]


def test_a_note_that_states_another_size_is_a_rival() -> None:
    cell = sizes(("Epoch", parameters(1.6)), ("note", parameters(1.3)))
    assert cell.values == (parameters(1.6),)
    assert [one.value for one in cell.rivals] == [parameters(1.3)]


def test_the_largest_public_size_keeps_its_mark() -> None:
    cell = sizes(("Table 1", parameters(13, qualifier="public")), ("README", parameters(13)))
    assert cell.values == (parameters(13, qualifier="public"),)


def test_a_fact_beats_not_disclosed_and_not_disclosed_beats_an_estimate() -> None:
    field = ModelField.PRETRAIN_DATA
    nothing, guess = Quantity(None, Unit.TOKENS), Quantity(13e12, Unit.TOKENS, estimate=True)
    fact = Quantity(1.4e12, Unit.TOKENS)
    undisclosed = [said("arXiv", nothing, field), said("guess", guess, field)]
    assert choose_cell(field, undisclosed).values == (nothing,)
    assert choose_cell(
        field, [said("README", nothing, field), said("Epoch", fact, field)]
    ).values == (fact,)


def test_what_somebody_looked_up_beats_what_is_said_to_stand_in_the_paper() -> None:
    field = ModelField.PRETRAIN_DATA
    words, tokens = Quantity(1.56e12, Unit.WORDS), Quantity(768e9, Unit.TOKENS)
    cell = choose_cell(field, [said("memory", words, field), said("Table 1", tokens, field)])
    assert cell.values == (tokens,)
    assert choose_cell(field, [said("memory", words, field)]).values == (words,)


def test_an_estimate_never_stands_in_for_what_is_not_disclosed() -> None:
    guess = parameters(1800, estimate=True)
    cell = sizes(("memory", parameters(None)), ("Epoch", guess))
    assert cell.values == (parameters(None),)
    assert [one.value for one in cell.rivals] == [guess]
    assert sizes(("Epoch", guess)).values == (guess,)


def test_words_are_not_tokens_and_days_are_hours() -> None:
    assert not is_same(Quantity(1.56e12, Unit.WORDS), Quantity(1.56e12, Unit.TOKENS))
    assert is_same(Quantity(57.7, Unit.DAYS), Quantity(1385, Unit.HOURS))
    assert not is_same(parameters(96.6, qualifier="active"), parameters(96.6))
    assert is_same(parameters(540), parameters(540.35))
    assert not is_same(parameters(1.3), parameters(1.6))


def test_hardware_agrees_when_one_says_more_than_the_other() -> None:
    assert is_same(Hardware("TPU v4", 6144), Hardware("Google TPU v4", 6144))
    assert is_same(Hardware("80G A100", 992), Hardware("A100"))
    assert is_same(Hardware("80G A100", 992), Hardware("NVIDIA A100 SXM4 80 GB", 992))
    assert not is_same(Hardware("40G A100", 768), Hardware("80G A100", 768))
    assert not is_same(Hardware("TPU v3", 1024), Hardware("TPU v3", 2048))


def test_of_equal_hardware_the_one_that_tells_most_is_shown_in_short() -> None:
    field = ModelField.HARDWARE
    told = (
        ("Epoch", Hardware("NVIDIA A100 SXM4 80 GB", 4480)),
        ("README", Hardware("A100", 4480)),
        ("Table 1", Hardware("80G A100", 4480)),
    )
    cell = choose_cell(field, [said(source, value, field) for source, value in told])
    assert (cell.values, cell.rivals) == ((Hardware("80G A100", 4480),), ())


def test_both_parents_are_shown_and_a_predecessor_is_none() -> None:
    field = ModelField.BASE_MODEL
    cell = choose_cell(
        field,
        [
            said("arXiv", Parent("PaLM"), field),
            said("arXiv", Parent("ViT-22B"), field),
            said("arXiv", Parent("Flan", RelationKind.SUCCESSOR), field),
        ],
    )
    assert {one.name for one in cell.values if isinstance(one, Parent)} == {"PaLM", "ViT-22B"}


def test_the_order_of_claims_does_not_matter() -> None:
    forward = choose_cell(ModelField.RELEASE, LAMDA)
    assert choose_cell(ModelField.RELEASE, LAMDA[::-1]) == forward
