from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from builders import a_date, a_paper, a_version, utc
from littrack.errors import InputError, NotFound, SettingsError
from littrack.records import Paper, PaperVersion
from littrack.steps.audit_trends import audit_trends
from littrack.steps.claims import load_catalogue
from littrack.steps.freeze_trends import freeze_trends, keep_counts
from littrack.steps.opening import OpenLibrary
from littrack.steps.trend_charts import load_landmarks
from littrack.steps.trends import TrendRequest, compare_averages, count_trends, list_papers
from littrack.store import frozen_months, harvests, runs
from littrack.store.engine import begin
from littrack.store.saving import save_papers
from littrack.store.tombstones import save_deletions
from littrack.trends import Semantics, SeriesKind, Step

LANGUAGE_MODEL = TrendRequest(phrases=("language model",))
DAYS = ("2022-01-03", "2022-01-30", "2022-02-10", "2022-04-05", "2022-04-06", "2022-06-20")
PHRASE = ("language model", "arxiv-stem")


def made(number: int, day: str, **changes: Any) -> Paper:
    fields = {"title": "Language models of rivers", "abstract": "They flow.", "version": 1}
    fields |= {"versions": (a_version(1, f"{day} 12:00:00"),)}
    return a_paper(
        arxiv_id=f"{day[2:4]}{day[5:7]}.{number:05d}",
        published=a_date(f"{day} 12:00:00"),
        **fields | changes,
    )


def save(library: OpenLibrary, papers: Iterable[Paper]) -> None:
    with begin(library.engine) as conn:
        save_papers(conn, list(papers), library.now())


@pytest.fixture
def library(library_of: Callable[..., OpenLibrary]) -> OpenLibrary:
    """Six papers with the phrase, two without, one withdrawn; and a newer one at the end."""
    library = library_of()
    held = [made(number, day) for number, day in enumerate(DAYS, 1)]
    others = [made(91, "2022-01-05", title="Maps"), made(92, "2022-06-21", title="Maps")]
    withdrawn = [made(93, "2022-01-06", withdrawn=True)]
    save(library, [*held, *others, *withdrawn])
    return library


def counts(library: OpenLibrary, request: TrendRequest = LANGUAGE_MODEL) -> list[int]:
    (series,) = count_trends(library, request)
    return [point.count for point in series.points]


def test_papers_are_counted_by_month_of_version_one_with_sums_and_shares(
    library: OpenLibrary,
) -> None:
    (series,) = count_trends(library, LANGUAGE_MODEL)
    assert [f"{point.period:%Y-%m}" for point in series.points][::5] == ["2022-01", "2022-06"]
    assert [point.count for point in series.points] == [2, 1, 0, 2, 0, 1]
    assert [point.cumulative for point in series.points] == [2, 3, 3, 5, 5, 6]
    assert [point.total for point in series.points] == [3, 1, 0, 2, 0, 2]
    assert series.points[0].share == pytest.approx(2 / 3)
    assert series.points[2].share is None
    assert (series.name, series.kind, series.semantics) == (
        "language model",
        SeriesKind.PHRASE,
        Semantics.ARXIV_STEM,
    )


def test_the_last_period_is_partial_as_nothing_later_is_known(library: OpenLibrary) -> None:
    (series,) = count_trends(library, LANGUAGE_MODEL)
    assert [point.partial for point in series.points] == [False] * 5 + [True]
    assert "partial: 2022-06; papers are known until 2022-06-21" in series.notes


def test_quarters_and_years_are_sums_of_months(library: OpenLibrary) -> None:
    assert counts(library, replace(LANGUAGE_MODEL, step=Step.QUARTER)) == [3, 3]
    assert counts(library, replace(LANGUAGE_MODEL, step=Step.YEAR)) == [6]


def test_sums_begin_with_what_came_before_unless_told_otherwise(library: OpenLibrary) -> None:
    request = replace(LANGUAGE_MODEL, since=utc("2022-04-01"), until=utc("2022-06-01"))
    (series,) = count_trends(library, request)
    assert (series.baseline, [p.cumulative for p in series.points]) == (3, [5, 5])
    (series,) = count_trends(library, replace(request, baseline=False))
    assert (series.baseline, [p.cumulative for p in series.points]) == (0, [2, 2])
    assert "3 papers before 2022-04 are not in the sums" in series.notes


def test_each_series_can_have_its_own_start(library: OpenLibrary) -> None:
    starts = (utc("2022-02-01"), utc("2022-05-01"))
    request = TrendRequest(phrases=("language model", "rivers"), starts=starts)
    first, second = count_trends(library, request)
    assert [p.count for p in first.points] == [1, 0, 2, 0, 1]
    assert [p.count for p in second.points] == [0, 1]
    with pytest.raises(InputError, match="2 starts for 1 series"):
        count_trends(library, replace(request, phrases=("rivers",)))


def test_an_empty_library_has_no_points(library_of: Callable[..., OpenLibrary]) -> None:
    (series,) = count_trends(library_of(name="none"), LANGUAGE_MODEL)
    assert series.points == ()


def test_what_cannot_be_counted_is_refused(library: OpenLibrary) -> None:
    with pytest.raises(InputError, match="nothing to count"):
        count_trends(library, TrendRequest())
    with pytest.raises(InputError, match="ends before"):
        span = replace(LANGUAGE_MODEL, since=utc("2023-01-01"), until=utc("2022-01-01"))
        count_trends(library, span)
    with pytest.raises(NotFound, match="term table"):
        count_trends(library, TrendRequest(terms=("zzzz",)))
    with pytest.raises(NotFound, match="no model is"):
        count_trends(library, TrendRequest(models=("zzzz",)))


def test_a_term_is_any_of_its_names_in_both_languages(library: OpenLibrary) -> None:
    save(
        library,
        [
            made(11, "2022-03-01", title="Retrieval-augmented generation"),
            made(12, "2022-03-02", title="检索增强生成"),
            made(13, "2022-03-03", title="RAG for maps"),
            made(14, "2022-03-04", title="A rag and a bone"),
        ],
    )
    for term in ("检索增强生成", "retrieval-augmented generation"):
        (series,) = count_trends(library, TrendRequest(terms=(term,)))
        assert sum(point.count for point in series.points) == 3


def test_a_model_is_counted_where_it_is_named_and_not_where_it_is_a_word(
    library: OpenLibrary,
) -> None:
    load_catalogue(library)
    save(
        library,
        [
            made(11, "2022-05-01", title="Prompting PaLM with maps"),
            made(12, "2022-05-02", title="Palm trees on maps"),
            made(13, "2022-05-03", title="PaLM-E and others"),
        ],
    )
    (series,) = count_trends(library, TrendRequest(models=("palm",)))
    assert (series.name, sum(p.count for p in series.points)) == ("PaLM", 1)


def test_a_group_of_authors_is_a_series_and_a_paper_of_two_of_them_counts_once(
    library: OpenLibrary,
) -> None:
    save(
        library,
        [
            made(11, "2022-05-01", authors=("Jason Wei", "Denny Zhou")),
            made(12, "2022-05-02", authors=("J. Wei",)),
            made(13, "2022-05-03", authors=("Furu Wei",)),
            made(14, "2022-06-03", authors=("Zhou, Denny",)),
        ],
    )
    (series,) = count_trends(library, TrendRequest(authors=("Wei, Jason; Denny Zhou",)))
    assert series.kind is SeriesKind.AUTHORS
    assert [p.count for p in series.points] == [2, 1]
    with pytest.raises(InputError, match="names no author"):
        count_trends(library, TrendRequest(authors=(" ; ",)))


def test_categories_and_topics_are_series_too(library: OpenLibrary) -> None:
    save(library, [made(11, "2022-05-01", categories=("math.ST",), title="Maps")])
    with begin(library.engine) as conn:
        _add_topic(conn, 7, [1, 2])
    request = TrendRequest(categories=("math.ST", "cs.*"), topics=(7,))
    math, cs, topic = count_trends(library, request)
    assert sum(p.count for p in math.points) == 1
    assert sum(p.count for p in cs.points) == 8
    assert (topic.name, [p.count for p in topic.points][:2]) == ("topic 7", [2, 0])


def _add_topic(conn: sa.Connection, number: int, papers: list[int]) -> None:
    now = "2026-01-01 00:00:00"
    for statement in (
        "INSERT INTO encoders VALUES (1, 'm', 'r', '', 2, 'float16')",
        f"INSERT INTO topic_fits VALUES (1, 1, '{{}}', '{{}}', '{now}')",
        f"INSERT INTO topics VALUES ({number}, NULL, '', '', '', '[]', '[]', 2, NULL, x'00', 1, "
        "NULL, NULL)",
        *(f"INSERT INTO paper_topics VALUES ({one}, {number}, 0.5, x'00', 1)" for one in papers),
    ):
        conn.exec_driver_sql(statement)


def test_each_count_lists_its_papers(library: OpenLibrary) -> None:
    ((series, papers),) = list_papers(library, LANGUAGE_MODEL, utc("2022-01-01"), utc("2022-02-01"))
    assert series.name == "language model"
    assert [paper.arxiv_id for paper in papers] == ["2201.00001", "2201.00002"]


def test_averages_are_a_day_before_and_after_a_moment(library: OpenLibrary) -> None:
    span = replace(LANGUAGE_MODEL, since=utc("2022-01-01"), until=utc("2022-06-01"))
    ((_, before, after),) = compare_averages(library, span, utc("2022-04-01"))
    assert before == pytest.approx(3 / 90)
    assert after == pytest.approx(2 / 61)
    own = replace(span, since=None, starts=(utc("2022-02-01"),))
    ((_, before, _),) = compare_averages(library, own, utc("2022-04-01"))
    assert before == pytest.approx(1 / 59)


# Frozen months


def changes(library: OpenLibrary) -> list[tuple[str, int, int, str]]:
    with library.engine.connect() as conn:
        found = frozen_months.load_trend_changes(conn, *PHRASE)
    return [(f"{one.month:%Y-%m}", one.before, one.after, one.cause) for one in found]


def frozen(library: OpenLibrary) -> list[int]:
    with library.engine.connect() as conn:
        return [one.papers for one in frozen_months.load_frozen(conn, *PHRASE).values()]


def test_complete_months_are_frozen_and_give_the_same_series(library: OpenLibrary) -> None:
    before = count_trends(library, LANGUAGE_MODEL)
    report = freeze_trends(library)
    assert report.counts == {"phrases": 2, "months": 5, "changed": 0}
    assert frozen(library) == [2, 1, 0, 2, 0]  # June is not known to its end
    assert count_trends(library, LANGUAGE_MODEL) == before
    assert freeze_trends(library).counts["months"] == 0


def test_what_came_since_is_counted_beside_frozen_months(library: OpenLibrary, clock: Any) -> None:
    freeze_trends(library)
    clock.elapsed += 86_400
    save(library, [made(21, "2022-06-22"), made(22, "2022-07-30")])
    assert counts(library) == [2, 1, 0, 2, 0, 2, 1]
    freeze_trends(library)
    assert frozen(library) == [2, 1, 0, 2, 0, 2]
    assert counts(library) == [2, 1, 0, 2, 0, 2, 1]
    assert changes(library) == []


def _late(library: OpenLibrary) -> None:
    save(library, [made(21, "2022-01-20")])


def _new_version(library: OpenLibrary) -> None:
    versions = (a_version(1, "2022-01-03 12:00:00"), a_version(2, "2022-09-01"))
    save(library, [made(1, "2022-01-03", title="Maps", version=2, versions=versions)])


def _withdrawal(library: OpenLibrary) -> None:
    save(library, [made(1, "2022-01-03", withdrawn=True, modified=utc("2022-09-01"))])


def _deletion(library: OpenLibrary) -> None:
    with begin(library.engine) as conn:
        save_deletions(conn, [("2201.00001", utc("2025-12-31"))], library.now())


def _other_words(library: OpenLibrary) -> None:
    paper = made(1, "2022-01-03", title="Maps", modified=utc("2022-09-01"))
    save(library, [replace(paper, versions=(PaperVersion(1, paper.published.value),))])


@pytest.mark.parametrize(
    ("change", "cause", "after"),
    [
        (_late, "late paper 2201.00021", 3),
        (_new_version, "new version 2201.00001", 1),
        (_withdrawal, "withdrawn 2201.00001", 1),
        (_deletion, "deleted 2201.00001", 1),
        (_other_words, "metadata 2201.00001", 1),
    ],
)
def test_a_frozen_month_changes_with_a_logged_cause(
    library: OpenLibrary,
    clock: Any,
    change: Callable[[OpenLibrary], None],
    cause: str,
    after: int,
) -> None:
    freeze_trends(library)
    clock.elapsed += 86_400
    change(library)
    (series,) = count_trends(library, LANGUAGE_MODEL)
    assert series.points[0].count == after
    assert any("2022-01 was frozen at 2 and is" in note for note in series.notes)
    report = freeze_trends(library)
    assert changes(library) == [("2022-01", 2, after, cause)]
    assert report.counts["changed"] == 1
    assert cause in report.warnings[0]
    (series,) = count_trends(library, LANGUAGE_MODEL)
    assert series.points[0].count == after
    assert any(cause in note for note in series.notes)


def test_a_change_that_nothing_explains_is_unknown(library: OpenLibrary, clock: Any) -> None:
    freeze_trends(library)
    clock.elapsed += 86_400
    with begin(library.engine) as conn:
        conn.exec_driver_sql("UPDATE trend_months SET sha256 = x'00', papers = 9 WHERE papers = 1")
    freeze_trends(library)
    assert changes(library) == [("2022-02", 9, 1, "unknown")]


def test_months_that_a_harvest_did_not_read_to_the_end_are_partial_and_not_frozen(
    library: OpenLibrary,
) -> None:
    with begin(library.engine) as conn:
        run = runs.save_run_start(conn, "api", "cat:cs.CL", library.now())
        for start, end, complete in (
            ("2022-01-01", "2022-03-10", True),
            ("2022-03-10", "2022-03-20", False),
            ("2022-03-20", "2022-08-01", True),
        ):
            covered = harvests.Coverage("", "submitted", utc(start), utc(end), 1, complete)
            harvests.save_coverage(conn, run.id, covered)
    (series,) = count_trends(library, LANGUAGE_MODEL)
    assert [point.count for point in series.points] == [2, 1, 0, 2, 0, 1, 0]
    assert [i for i, point in enumerate(series.points) if point.partial] == [2]
    freeze_trends(library)
    assert frozen(library) == [2, 1]


def test_a_phrase_that_is_asked_for_is_kept_where_the_library_can_be_written(
    library: OpenLibrary,
) -> None:
    request = TrendRequest(phrases=("Rivers",), semantics=Semantics.LITERAL)
    before = count_trends(library, request)
    with library.writing("something else"):
        assert keep_counts(library, request) is None
    report = keep_counts(library, request)
    assert report is not None and report.counts["months"] == 5
    assert keep_counts(library, request) is None  # nothing has changed since
    assert count_trends(library, request) == before


def test_counting_writes_nothing(library: OpenLibrary) -> None:
    with library.engine.connect() as conn:
        before = conn.exec_driver_sql("SELECT count(*) FROM trend_months").scalar()
    count_trends(library, LANGUAGE_MODEL)
    with library.engine.connect() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM trend_months").scalar() == before == 0


def test_the_settings_name_the_phrases_that_are_frozen(
    library_of: Callable[..., OpenLibrary],
) -> None:
    library = library_of(name="own")
    library = replace(
        library, settings=replace(library.settings, survey={"trends": ["maps", "rivers"]})
    )
    assert freeze_trends(library).counts["phrases"] == 2
    wrong = replace(library, settings=replace(library.settings, survey={"trends": "maps"}))
    with pytest.raises(SettingsError, match="list of phrases"):
        freeze_trends(wrong)


# The audit


@pytest.fixture
def audited(
    library: OpenLibrary, small_arxiv: Any, record: Any, tmp_path: Path
) -> Callable[..., OpenLibrary]:
    """The library, asking a small arXiv that holds its six papers and as many more as is said."""

    def make(*more: str, **settings: Any) -> OpenLibrary:
        for number, day in enumerate((*DAYS, *more), 1):
            small_arxiv.records.append(record(f"2201.{number:05d}", f"{day}T12:00:00Z"))
        arxiv = replace(library.settings.arxiv, api_url=small_arxiv.url)
        return replace(library, settings=replace(library.settings, arxiv=arxiv, **settings))

    return make


SPAN = replace(LANGUAGE_MODEL, since=utc("2022-01-01"), until=utc("2022-06-01"))


def test_an_audit_agrees_when_arxiv_holds_the_same(
    audited: Callable[..., OpenLibrary], small_arxiv: Any
) -> None:
    (audit,) = audit_trends(audited(), SPAN)
    assert (audit.local, audit.source, audit.parts) == (5, 5, 5)
    assert audit.explanation == "All three agree."
    assert (audit.start, audit.end) == (utc("2022-01-01"), utc("2022-06-01"))
    queries = [asked["search_query"] for asked in small_arxiv.asked]
    assert len(queries) == 4  # the span, and the three months that hold a paper
    assert all('ti:"language model" OR abs:"language model"' in query for query in queries)


def test_an_audit_says_what_is_missing_and_why(audited: Callable[..., OpenLibrary]) -> None:
    (audit,) = audit_trends(audited("2022-01-09", "2022-03-05"), SPAN)
    assert (audit.local, audit.source, audit.parts) == (5, 7, 6)
    assert "lacks 2 of arXiv's 7" in audit.explanation
    assert "1 withdrawn paper" in audit.explanation
    assert "2 without a paper here were not asked" in audit.explanation


def test_an_audit_offline_counts_here_and_says_so(audited: Callable[..., OpenLibrary]) -> None:
    (audit,) = audit_trends(audited(offline=True), SPAN)
    assert (audit.local, audit.source, audit.parts) == (5, None, None)
    assert "offline" in audit.explanation


def test_landmarks_are_the_timelines_models_by_date(library: OpenLibrary) -> None:
    assert load_landmarks(library) == []
    load_catalogue(library)
    found = load_landmarks(library)
    assert [one.name for one in found][:3] == ["GPT-1", "BERT", "GPT-2"]
    assert {one.name: f"{one.date:%Y-%m-%d}" for one in found}["ChatGPT"] == "2022-11-30"
