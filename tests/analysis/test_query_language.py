from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from builders import utc
from littrack.analysis.query_language import SearchQuery, parse_search
from littrack.conditions import (
    And,
    Author,
    Category,
    Condition,
    DateRange,
    Fact,
    Has,
    HasModel,
    InLanguage,
    InTopic,
    IsWithdrawn,
    Not,
    Or,
    PaperId,
    TextField,
    Words,
)
from littrack.errors import InputError

TITLE, ABSTRACT = TextField.TITLE, TextField.ABSTRACT


def condition(text: str) -> Condition | None:
    return parse_search(text).condition


def test_a_query_of_every_kind_is_read() -> None:
    found = parse_search(
        'ti:"chain of thought" AND (cat:cs.CL OR cat:cs.LG) NOT au:wei date:[2023 TO 2024-06]'
    )
    assert found.condition == And(
        (
            Words("chain of thought", TITLE),
            Or((Category("cs.CL"), Category("cs.LG"))),
            Not(Author("wei")),
            DateRange(utc("2023-01-01"), utc("2024-07-01")),
        )
    )
    assert (found.free, found.bare) == ("chain of thought", "")


@pytest.mark.parametrize(
    "text",
    [
        "chain-of-thought",
        "BERT: Pre-training of Deep Bidirectional Transformers",
        "ATTENTION IS NOT ALL YOU NEED",
        "GRAPH AND TEXT LEARNING",
        "A Survey of Large Language Models (LLMs)",
        "see https://arxiv.org/abs/2201.11903 and doi:10.1000/1 or arXiv:2201.11903",
        "note: this was read twice",
        "OR problems in logistics",
        "research AND",
        "A* search with Q*",
        "An O(log n)-approximation",
        "images of RGB(-D) cameras",
        "time series -an application to rivers",
        "How NOT to measure a model",
        "paths by RRT*",
        "bitwise AND and OR",
        "some *emphasised words* here",
        'a 12" display',
        'a quote "that never ends',
        "pre- and post-training, GPT -4, 2019 -2021",
        "思维链：让模型逐步推理",
        "data:image TITLE:x Model:y",
        "((unbalanced",
        "",
        "   ",
        "???",
    ],
)
def test_natural_language_is_left_as_it_is(text: str) -> None:
    assert parse_search(text) == SearchQuery(text, bare=text)


def test_prose_with_operators_and_quotes_demands_nothing() -> None:
    text = (
        'The authors say that "scale is enough" AND that models of this size do NOT need any '
        "further training on the tasks that they are measured by in this paper -sic"
    )
    assert condition(text) is None
    assert (
        condition("本文认为模型的规模越大推理的能力就越强而且不需要额外的训练数据 AND 模型") is None
    )


def test_a_long_question_may_end_with_a_field() -> None:
    text = "how can very large models be trained on small sets of data that are noisy cat:cs.CL"
    found = parse_search(text)
    assert found.condition == Category("cs.CL")
    assert found.free == text.removesuffix(" cat:cs.CL")


@pytest.mark.parametrize(
    ("text", "bare", "expected"),
    [
        ("small models cat:cs.CL", "small models", Category("cs.CL")),
        ("small map AND has:doi", "", And((Words("small"), Words("map"), Has(Fact.DOI)))),
        ("graph OR map", "", Or((Words("graph"), Words("map")))),
        ("BERT OR GPT", "", Or((Words("BERT"), Words("GPT")))),
        ("a OR b AND c", "", Or((Words("a"), And((Words("b"), Words("c")))))),
        ("what is a graph AND map", "", And((Words("graph"), Words("map")))),
        ("graph -survey (of)", "graph of", Not(Words("survey"))),
        ('graph -"a survey"', "graph", Not(Words("a survey"))),
        ("graph -(map OR tree)", "graph", Not(Or((Words("map"), Words("tree"))))),
        ("graph ANDNOT map", "", And((Words("graph"), Not(Words("map"))))),
        ("NOT NOT ti:graph", "", Not(Not(Words("graph", TITLE)))),
        ("transform* models", "models", Words("transform", prefix=True)),
        ('abs:"language mod*"', "", Words("language mod", ABSTRACT, prefix=True)),
        ("ti:(graph OR map)", "", Or((Words("graph", TITLE), Words("map", TITLE)))),
        ("ti:(graph map)", "", And((Words("graph", TITLE), Words("map", TITLE)))),
        ("cat:(cs.cl CS.LG)", "", Or((Category("cs.CL"), Category("cs.LG")))),
        ("(graph map) has:doi", "graph map", Has(Fact.DOI)),
        ("cat:cs", "", Category("cs.*")),
        ("cat:hep-th", "", Category("hep-th")),
        ("id:2201.11903v2", "", PaperId("2201.11903")),
        ("title:graph", "", Words("graph", TITLE)),
        ("au:van_den_oord", "", Author("van den oord")),
        ("au:vaswan*", "", Author("vaswan", prefix=True)),
        ("year:2023", "", DateRange(utc("2023-01-01"), utc("2024-01-01"))),
        ("year:2021-2022", "", DateRange(utc("2021-01-01"), utc("2023-01-01"))),
        ("date:2023-12", "", DateRange(utc("2023-12-01"), utc("2024-01-01"))),
        ("date:[* TO 2023-05-17]", "", DateRange(None, utc("2023-05-18"))),
        ("date:[2023 to *]", "", DateRange(utc("2023-01-01"), None)),
        ("lang:Chinese", "", InLanguage("zh")),
        ("is:withdrawn", "", IsWithdrawn()),
        ("思维链 AND 图", "", And((Words("思维链"), Words("图")))),
    ],
)  # fmt: skip
def test_a_query_demands_and_ranks_by(text: str, bare: str, expected: Condition) -> None:
    found = parse_search(text)
    assert (found.bare, found.condition) == (bare, expected)


def test_what_is_demanded_also_ranks_in_the_order_typed() -> None:
    assert parse_search('"Why trust you?": explaining models -survey').free == (
        "Why trust you? : explaining models"
    )
    assert parse_search("model:PaLM ti:(scaling laws) au:wei topic:12 cat:cs.CL").free == (
        "PaLM scaling laws"
    )
    assert parse_search("model:PaLM").condition == HasModel("PaLM")
    assert parse_search("topic:12").condition == InTopic("12")
    assert parse_search("au:wei cat:cs.CL").free == ""


@pytest.mark.parametrize(
    ("text", "column", "problem"),
    [
        ("ti:graph AND (cat:cs.CL", 24, "expected ')'"),
        ("graph AND map)", 14, "there is no '(' that this ')' closes"),
        ("ti:graph AND", 13, "expected a word"),
        ("ti:graph AND OR ti:map", 14, "not OR"),
        ("tit:foo", 1, "there is no field 'tit': did you mean ti:?"),
        ("graph catt:cs.CL", 7, "did you mean cat:?"),
        ('cat:cs.CL ti:"x', 14, 'this " is never closed'),
        ("date:[2023", 6, "this [ is never closed"),
        ("date:2023-13", 6, "is no date"),
        ("date:[2024 TO 2023]", 6, "ends before it begins"),
        ("date:[2024 2023]", 6, "expected two dates"),
        ("year:2023-05", 6, "is no year"),
        ("ti:[2023 TO 2024]", 4, "brackets are for dates"),
        ("cat:c$", 5, "is no category"),
        ("id:nothing", 4, "nothing"),
        ("ti:???", 4, "holds no word"),
        ('ti:""', 4, "has no value"),
        ("au:!!", 4, "is no name"),
        ("has:cde", 5, "did you mean code?"),
        ("lang:python", 6, "there is no language 'python'"),
        ("is:open", 4, "known are withdrawn"),
        ("ti: foo cat:cs.CL", 1, "must follow it directly"),
        ("ti:(cat:cs.CL)", 5, "cannot stand within"),
        ("& AND cat:cs.CL", 1, "expected a word or a phrase"),
        ("cat:cs.CL " + "(" * 41 + "x" + ")" * 41, 52, "nested too deeply"),
        ("cat:cs.CL " + "NOT " * 41 + "x", 175, "nested too deeply"),
    ],
)
def test_an_error_points_at_its_column(text: str, column: int, problem: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_search(text)
    message = str(caught.value)
    assert f"at column {column}: " in message
    assert problem in message
    assert caught.value.exit_code == 65


def test_a_caret_stands_below_what_is_wrong_also_after_wide_characters() -> None:
    with pytest.raises(InputError) as caught:
        parse_search("ti:思维链 AND au:")
    assert str(caught.value).splitlines() == [
        "the query cannot be read at column 12: the value of au: must follow it directly",
        "  ti:思维链 AND au:",
        "  " + " " * 14 + "^",
    ]


# Whatever is typed

PIECES = st.sampled_from(
    [
        *("graph", "思维链", "the", "A*", "transform*", "a-b", "-x", "-", "&", "12", "BERT", "*x*"),
        *("AND", "OR", "NOT", "ANDNOT", "and", "(", ")", '"', '"two words"', '"mod*"', "[", "]"),
        *("ti:graph", "ti:(", "ti:", 'abs:"a b"', "au:wei", 'au:"j. wei"', "tit:x", "foo:x"),
        *("cat:cs.CL", "cat:cs", "cat:(cs.CL", "id:2201.11903", "year:2023", "date:2023-05"),
        *("date:[2023 TO *]", "date:[2023", "has:doi", "is:withdrawn", "lang:zh", "model:PaLM"),
        *("topic:3", "note:a", "http://a.b/c", "NOT -(", ":", "ti:a*", '"x"*', "“卷曲”"),
    ]
)  # fmt: skip
TYPED = st.one_of(
    st.text(max_size=40),
    st.lists(st.one_of(PIECES, PIECES, st.text(max_size=4)), max_size=12).map(" ".join),
    st.lists(PIECES, max_size=8).map("".join),
)


def understood(text: str) -> SearchQuery | None:
    try:
        return parse_search(text)
    except InputError:
        return None


@given(TYPED)
@settings(max_examples=400, deadline=None)
@example("graph OR (map NOT tree) -x \t ti:a")
@example("OR cat:cs.CL")
@example('ti:(a)-ti:b (c)-"d" (e)-f')
@example('cat:cs.CL "a"b"')
def test_what_was_understood_prints_as_a_query_that_is_understood_the_same(text: str) -> None:
    found = understood(text)
    if found is None:
        return
    again = parse_search(str(found))
    assert (again.condition, again.bare) == (found.condition, found.bare)


NATURAL = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters='":-*'))


@given(NATURAL.map(str.lower))
@settings(max_examples=200, deadline=None)
def test_no_text_without_marks_is_an_error_or_changed(text: str) -> None:
    assert parse_search(text) == SearchQuery(text, bare=text)


LEAVES: st.SearchStrategy[Condition] = st.sampled_from(
    [
        Words("graph"),
        Words("two words", TITLE),
        Words("mod", ABSTRACT, prefix=True),
        Author("j. wei"),
        Category("cs.*"),
        PaperId("cs/9901001"),
        DateRange(utc("0987-01-01"), None),
        Has(Fact.CODE),
        InTopic("long context"),
    ]
)


def _join(kind: Callable[[tuple[Condition, ...]], And | Or]) -> Callable[..., Condition]:
    """Flat, as a query is read: an AND holds no AND."""

    def join(parts: list[Condition]) -> Condition:
        kept = [part for part in parts if not isinstance(part, And | Or)]
        return kind(tuple(kept)) if len(kept) > 1 else parts[0]

    return join


def _larger(parts: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    several = st.lists(parts, min_size=2, max_size=4)
    return st.one_of(parts.map(Not), several.map(_join(And)), several.map(_join(Or)))


@given(st.recursive(LEAVES, _larger, max_leaves=8))
@settings(max_examples=150, deadline=None)
def test_every_condition_can_be_typed(wanted: Condition) -> None:
    assert condition(str(wanted)) == wanted
