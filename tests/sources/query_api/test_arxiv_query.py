from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from littrack.errors import InputError
from littrack.records import Window
from littrack.sources.query_api.queries import compose_query, normalise_query, rewrite_warning

YEAR = Window(datetime(2024, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("cat:cs.CL", "cat:cs.CL"),
        ("cat:CS.cl", "cat:cs.CL"),
        ("cat:cond-mat.Mtrl-Sci", "cat:cond-mat.mtrl-sci"),
        ("cat:q-fin.*", "cat:q-fin.*"),
        ("ti:a AND ti:b OR ti:c", "((ti:a AND ti:b) OR ti:c)"),
        ("ti:a AND (ti:b OR ti:c)", "(ti:a AND (ti:b OR ti:c))"),
        ("ti:a ANDNOT ti:b AND ti:c", "((ti:a ANDNOT ti:b) AND ti:c)"),
        ("ti:a AND NOT ti:b", "(ti:a ANDNOT ti:b)"),
        ("((ti:a))", "ti:a"),
        ("ti:a AND (ti:b AND ti:c)", "(ti:a AND ti:b AND ti:c)"),
        ("transformers", "all:transformers"),
        ('"language  model"', 'all:"language model"'),
        ("ti：“大模型”", 'ti:"大模型"'),
        ("title:x", "ti:x"),
        ("ti:x AND au:del_maestro", '(ti:x AND au:"del maestro")'),
        ("doi:10.1000/a:b", "doi:10.1000/a:b"),
    ],
)
def test_a_query_is_sent_with_every_grouping_written_out(written: str, sent: str) -> None:
    assert normalise_query(written) == sent
    assert normalise_query(sent) == sent


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("", "empty"),
        ("large language model", "quotes"),
        ("abs:graph neural", "quotes"),
        ("ti:a and ti:b", "capitals"),
        ("lastUpdatedDate:[202401010000 TO 202402010000]", "no way to ask"),
        ("NOT ti:a", "absent"),
        ("(ti:a", "closing"),
        ("ti:a)", "closing"),
        ("ti:(a b)", "search word"),
        ("ti:", "search word"),
        ("ti:AND", "search word"),
        ("a OR", "ends"),
        ("foo:bar", "unknown field"),
        ("ti:*x", "wildcard"),
        ("cat:cs/CL", "category"),
        ("submittedDate:2024*", "--since"),
        ("submittedDate:[2024 TO 2025]", "--since"),
        ('ti:"x', "cannot be read"),
        ("(" * 60 + "a" + ")" * 60, "deep"),
        ("a OR " * 2000 + "a", "longer"),
    ],
)
def test_what_arxiv_would_read_otherwise_is_refused_with_the_reason(
    query: str, reason: str
) -> None:
    with pytest.raises(InputError, match=reason):
        normalise_query(query)


def test_a_window_reaches_a_minute_beyond_its_end() -> None:
    assert compose_query("cat:cs.CL", YEAR) == (
        "(cat:cs.CL) AND submittedDate:[202401010000 TO 202501010001]"
    )


def test_seconds_widen_the_window_to_whole_minutes() -> None:
    start = datetime(2024, 1, 1, 0, 0, 30, tzinfo=UTC)
    window = Window(start, start + timedelta(minutes=1))
    assert compose_query("a", window).endswith("[202401010000 TO 202401010003]")


def test_an_open_start_is_the_beginning_of_arxiv() -> None:
    assert "[199108010000 TO" in compose_query("a", Window(None, YEAR.end))


def test_an_empty_window_is_refused() -> None:
    with pytest.raises(InputError, match="empty or open"):
        compose_query("a", Window(YEAR.end, YEAR.start))


def test_a_query_shown_as_it_was_sent_is_no_reason_to_warn() -> None:
    sent = compose_query("ti:a AND ti:b OR cat:cs.CL", YEAR)
    quoted = sent.replace("[", '"').replace("]", '"')
    for shown in (sent, sent.replace(" AND", "  AND"), quoted):
        title = f"arXiv Query: search_query={shown}&id_list=&start=0&max_results=10"
        assert rewrite_warning(sent, title) is None


@pytest.mark.parametrize(
    "shown",
    ["(ti:a AND (ti:b OR ti:c))", "(ti:a OR all:and OR ti:b)", "ti:a", "", "((nonsense"],
)
def test_another_meaning_in_the_title_is_a_warning(shown: str) -> None:
    sent = compose_query("ti:a AND ti:b OR ti:c")
    title = f"arXiv Query: search_query={shown}&id_list=&start=0"
    warning = rewrite_warning(sent, title)
    assert warning is not None
    assert sent in warning


def test_a_title_without_a_query_is_a_warning() -> None:
    assert "does not show" in str(rewrite_warning("a", "arXiv"))


terms = st.sampled_from(["ti:a", "abs:b", 'all:"c d"', "cat:cs.CL", "au:e"])
queries = st.recursive(
    terms,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["AND", "OR", "ANDNOT"]), inner).map(" ".join),
        inner.map("({})".format),
    ),
    max_leaves=8,
)


@given(queries)
def test_normalising_twice_changes_nothing(query: str) -> None:
    once = normalise_query(query)
    assert normalise_query(once) == once
    assert rewrite_warning(once, f"search_query={once}&id_list=") is None


@given(st.text())
def test_any_text_is_a_query_or_an_input_error(text: str) -> None:
    with suppress(InputError):
        normalise_query(text)
