"""Selection rules: the language, unknown values, complaints, and why a model is in or out."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from littrack.analysis.selection import NAMED_RULES, compile_rule, explain
from littrack.analysis.selection_fields import NAMES
from littrack.claims import (
    Cell,
    ClaimValue,
    Model,
    ModelDateKind,
    ModelField,
    ModelKind,
    ModelStatus,
    Parent,
    Quantity,
    TypedDate,
    Unit,
)
from littrack.errors import SettingsError
from littrack.records import Precision


def model(name: str = "Meadow", **cells: ClaimValue | tuple[ClaimValue, ...]) -> Model:
    """A model with these cells; "paper", "kind" and "status" are attributes."""
    fields = {
        ModelField(key): Cell(ModelField(key), value if isinstance(value, tuple) else (value,))
        for key, value in cells.items()
        if key != "paper"
    }
    paper = cells.get("paper")
    return Model(name, ModelStatus.CURATED, fields, paper=str(paper) if paper else None)


def size(billions: float | None, qualifier: str = "") -> Quantity:
    return Quantity(None if billions is None else billions * 1e9, Unit.PARAMETERS, qualifier)


def released(text: str, precision: Precision = Precision.DAY) -> TypedDate:
    when = datetime.fromisoformat(text).replace(tzinfo=UTC)
    return TypedDate(ModelDateKind.ARXIV_V1, when, precision)


PALM = model(
    "PaLM",
    paper="2204.02311",
    size=(size(8), size(62), size(540)),
    access="closed",
    organisation=("Google", "Google Research"),
    release=released("2022-04-05"),
    pretrain_data=(Quantity(780e9, Unit.TOKENS), Quantity(1e15, Unit.BYTES)),
    instruction_tuning=False,
    family="PaLM",
)
ALPACA = model(
    "Alpaca",
    size=size(7),
    access="open",
    release=released("2023-03-01", Precision.MONTH),
    base_model=Parent("LLaMA"),
)
GPT_4 = model(
    "GPT-4",
    paper="2303.08774",
    size=size(None),
    access="api",
    release=released("2023-03-15"),
    rlhf=True,
)
UNSAID = model("Unsaid")


@pytest.mark.parametrize(
    ("rule", "kept"),
    [
        ("size_b >= 540", True),
        ("size_b > 540", False),
        ("540 <= size_b", True),
        ("10 < size_b <= 600", True),
        ("tokens_b == 780", True),
        ("public", False),
        ("closed", True),
        ("not public", True),
        ("public == false", True),
        ("instruction_tuning", False),
        ("has_paper and has_public_evaluation", True),
        ("undisclosed", False),
        ('organisation == "google"', True),
        ('organisation != "google"', False),
        ('"Google Research" in organisation', True),
        ('"Meta" not in organisation', True),
        ('organisation in ["Meta", "Google"]', True),
        ('name == "palm"', True),
        ('name not in ["PaLM 2", "PaLM-E"]', True),
        ('family == "PaLM"', True),
        ('kind == "model" and status == "curated"', True),
        ("unreviewed or withdrawn", False),
        ("year == 2022", True),
        ("rlhf", None),
        ("rlhf or public", None),
        ("rlhf or closed", True),
        ("rlhf and public", False),
        ("not rlhf", None),
        ('domain == "law"', None),
        ('domain != "law"', None),
        ('base_model == "LLaMA"', None),
        ("size_b >= -1", True),
        ("size_b >= 10\n  and not withdrawn", True),
    ],
)
def test_a_rule_keeps_drops_or_cannot_tell(rule: str, kept: bool | None) -> None:
    assert compile_rule(rule).keeps(PALM).kept is kept


def test_parents_are_compared_as_names() -> None:
    assert compile_rule('base_model in ["Llama", "OPT"]').keeps(ALPACA).kept is True
    assert compile_rule('base_model == "LLaMA2"').keeps(ALPACA).kept is False


@pytest.mark.parametrize(
    ("rule", "kept"),
    [
        ('release >= "2023"', True),
        ('release >= "2023-03"', True),
        ('release >= "2023-03-15"', None),
        ('release > "2023-02"', True),
        ('release > "2023-03"', False),
        ('release <= "2023-03"', True),
        ('release < "2023-03"', False),
        ('release < "2023-03-15"', None),
        ('release == "2023"', True),
        ('release == "2023-Q1"', True),
        ('release == "2023-03-01"', None),
        ('release != "2022"', True),
        ('release in ["2021", "2023-03"]', True),
    ],
)
def test_a_date_is_compared_as_far_as_it_is_known(rule: str, kept: bool | None) -> None:
    assert compile_rule(rule).keeps(ALPACA).kept is kept  # March 2023, the day is not known


def test_the_active_size_is_not_the_size() -> None:
    sparse = model(size=(size(1200), size(2000, "active")))
    assert compile_rule("size_b == 1200").keeps(sparse).kept is True


def test_undisclosed_is_not_the_same_as_not_stated() -> None:
    rule = compile_rule("size_b >= 10 or undisclosed")
    assert rule.keeps(GPT_4).kept is True
    assert rule.keeps(ALPACA).kept is False
    assert rule.keeps(UNSAID).kept is None


def test_what_is_unknown_is_left_out_unless_the_rule_keeps_it() -> None:
    assert compile_rule("size_b >= 10").keeps(UNSAID).kept is None
    kept = compile_rule("size_b >= 10", unknown="keep").keeps(UNSAID)
    assert kept.kept is True
    assert kept.benefit
    assert compile_rule("size_b >= 10", unknown="keep").keeps(ALPACA).kept is False


def test_the_verdict_names_the_clauses_it_rests_on() -> None:
    verdict = compile_rule("size_b >= 10 and (public or rlhf) and not withdrawn").keeps(ALPACA)
    assert [(one.text, one.value, one.seen, one.decisive) for one in verdict.clauses] == [
        ("size_b >= 10", False, "7", True),
        ("public", True, "true", False),
        ("rlhf", None, "", False),
        ("not withdrawn", True, "false", False),
    ]


def test_a_denied_group_rests_on_what_came_out_the_other_way() -> None:
    verdict = compile_rule("not (closed or rlhf)").keeps(PALM)
    assert verdict.kept is False
    assert [one.text for one in verdict.clauses if one.decisive] == ["closed"]


def test_the_explanation_says_which_clause_and_the_value_seen() -> None:
    rule = compile_rule("size_b >= 10 and public")
    assert explain(rule.keeps(ALPACA)) == (
        "Alpaca is left out, because size_b >= 10 does not hold (size_b is 7).\n"
        "Also looked at: public holds (public is true)."
    )
    assert explain(rule.keeps(ALPACA), "zh") == (
        "Alpaca 未入选，因为 size_b >= 10 不成立（size_b 为 7）。\n"
        "其余条件：public 成立（public 为 true）。"
    )
    unsaid = compile_rule("size_b >= 10")
    assert explain(unsaid.keeps(UNSAID)) == (
        "Unsaid is left out, because size_b >= 10 cannot be told (size_b is not stated)."
    )
    assert explain(unsaid.keeps(PALM), "zh") == (
        "PaLM 入选，因为 size_b >= 10 成立（size_b 为 540）。"
    )
    kept = compile_rule("size_b >= 10", unknown="keep").keeps(UNSAID)
    assert explain(kept) == (
        "Unsaid is kept, although size_b >= 10 cannot be told (size_b is not stated)."
    )


def test_an_estimated_size_is_marked() -> None:
    guessed = model(size=Quantity(1.8e12, Unit.PARAMETERS, estimate=True))
    assert compile_rule("size_b >= 10").keeps(guessed).clauses[0].seen == "~1800"


@pytest.mark.parametrize(
    ("rule", "column", "said"),
    [
        ("size >= 10", 1, 'there is no "size"; did you mean "size_b"?'),
        ("public and has_public_eval", 12, 'did you mean "has_public_evaluation"?'),
        ("size_b >= '10'", 11, "size_b is a number"),
        ("size_b >= true", 11, "size_b is a number"),
        ("size_b", 1, "size_b is no condition by itself"),
        ("public > 1", 10, "public has no order"),
        ("public == 1", 11, "public is true or false"),
        ("kind == 'modle'", 9, "kind is one of model, vision, series, system, method"),
        ("release > '2019-13'", 11, "release is a date"),
        ("release > 2019", 11, "release is a date"),
        ("size_b in 3", 11, 'after "in" must stand a list'),
        ("size_b in []", 11, 'after "in" must stand a list'),
        ("'model' in kind", 12, "kind holds one value"),
        ("public is True", 1, '"is" is not part of the language'),
        ("size_b == name", 11, "two names cannot be compared"),
        ("1 == 1", 1, "a comparison needs a name"),
        ("public and", 11, "cannot be read"),
        ("public) or (public", 7, "cannot be read"),
        ("public # or not", 8, "a rule cannot hold comments"),
        ("name == '盘古' and siez_b > 1", 18, 'did you mean "size_b"?'),
        ("__import__('os').system('x')", 1, "here must stand a condition"),
        ("public.real", 1, "here must stand a condition"),
        ("[x for x in public]", 1, "here must stand a condition"),
        ("lambda: public", 1, "here must stand a condition"),
        ("public if rlhf else closed", 1, "here must stand a condition"),
        ("size_b ** 9 ** 9 > 1", 1, "a comparison needs a name"),
        ("f'{public}' == name", 1, "name is text"),
        ("not " * 200 + "public", 1, "nested too deeply"),
    ],
)
def test_a_complaint_points_at_the_column(rule: str, column: int, said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        compile_rule(rule)
    first, _, arrow = str(caught.value).split("\n")
    assert first.startswith(f"selection rule, column {column}: ")
    assert said in first
    assert arrow.index("^") == column + 1  # two blanks stand before the rule


@pytest.mark.parametrize("rule", ["", "  ", "public and " * 300 + "public", "\0", "(" * 999])
def test_what_is_no_rule_at_all_is_refused(rule: str) -> None:
    with pytest.raises(SettingsError, match="selection rule"):
        compile_rule(rule)


def test_a_policy_for_the_unknown_must_be_known() -> None:
    with pytest.raises(SettingsError, match='must be "leave out" or "keep"'):
        compile_rule("public", unknown="drop")  # type: ignore[arg-type]


def test_the_strict_rule_is_the_papers_and_the_loose_one_the_repositorys() -> None:
    strict, loose = compile_rule("strict"), compile_rule("loose")
    assert strict.keeps(PALM).kept is True
    assert strict.keeps(GPT_4).kept is True
    assert strict.keeps(ALPACA).kept is False
    assert loose.keeps(ALPACA).kept is True
    assert strict.keeps(UNSAID).kept is None
    assert loose.keeps(UNSAID).kept is True
    method = Model("Way", ModelStatus.CURATED, PALM.cells, kind=ModelKind.METHOD, paper="2204.1")
    assert loose.keeps(method).kept is False
    assert set(NAMED_RULES) == {"survey", "strict", "loose"}


@given(st.text(max_size=60))
def test_any_text_is_a_rule_or_a_settings_error(text: str) -> None:
    with suppress(SettingsError):
        compile_rule(text).keeps(PALM)


PARTS = st.sampled_from(["public", "closed", "rlhf", "size_b >= 10", "withdrawn", "has_paper"])
RULES = st.recursive(
    PARTS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" and ", " or "]), inner).map(
            lambda t: f"({''.join(t)})"
        ),
        inner.map("not ({})".format),
    ),
    max_leaves=8,
)


@given(RULES, st.sampled_from([PALM, ALPACA, GPT_4, UNSAID]))
def test_denying_a_rule_denies_its_result(rule: str, one: Model) -> None:
    verdict, denied = compile_rule(rule).keeps(one), compile_rule(f"not ({rule})").keeps(one)
    assert denied.kept is (None if verdict.kept is None else not verdict.kept)
    assert any(clause.decisive for clause in verdict.clauses)


@given(RULES)
def test_stating_more_never_turns_a_known_result(rule: str) -> None:
    before = compile_rule(rule).keeps(UNSAID).kept
    said = model("Said", size=size(20), access="open", rlhf=True)
    if before is not None:
        assert compile_rule(rule).keeps(said).kept is before


def test_every_name_answers_for_a_model_of_which_nothing_is_said() -> None:
    for name in NAMES.values():
        assert name.read(UNSAID) is None or name.kind in ("truth", "text", "names")
