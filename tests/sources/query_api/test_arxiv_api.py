from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from littrack.errors import InputError, SettingsError, SourceOverloaded, SourceUnavailable
from littrack.records import Window
from littrack.sources.harvest import HarvestPage
from littrack.sources.query_api.harvest import ApiOptions, fetch_count, fetch_ids, fetch_window
from littrack.sources.query_api.windows import Checkpoint, plan_windows

YEAR = Window(datetime(2024, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC))
SMALL = ApiOptions(page_size=10, split_above=40)


@pytest.fixture
def papers(small_arxiv: Any, record: Any) -> set[str]:
    """A hundred papers over the year, four in each second so that ties are common."""
    for number in range(100):
        month, day = 1 + number // 9, 1 + number // 4
        time = f"2024-{min(month, 12):02d}-{day:02d}T10:00:00Z"
        small_arxiv.records.append(record(f"24{min(month, 12):02d}.{10000 + number}", time))
    return {paper.arxiv_id for paper in small_arxiv.records}


def plan(query: str = "cat:cs.CL", window: Window = YEAR) -> Checkpoint:
    return plan_windows(query, (window,), datetime(2026, 1, 1, tzinfo=UTC))


def harvest(http: Any, small_arxiv: Any, options: ApiOptions = SMALL) -> list[HarvestPage]:
    return list(fetch_window(http, small_arxiv.url, plan(), options))


def ids(pages: list[HarvestPage]) -> set[str]:
    return {paper.arxiv_id for page in pages for paper in page.papers}


def test_a_harvest_is_whole_and_says_so(papers: Any, small_arxiv: Any, make_http: Any) -> None:
    pages = harvest(make_http(), small_arxiv)
    assert ids(pages) == papers
    assert all(page.complete for page in pages)
    assert not any(page.warnings for page in pages)


def test_windows_are_split_until_they_are_small_enough(
    papers: Any, small_arxiv: Any, make_http: Any
) -> None:
    pages = harvest(make_http(), small_arxiv)
    assert len({page.window for page in pages}) > 2
    assert max(page.total for page in pages) <= 40
    assert max(int(asked["start"]) for asked in small_arxiv.asked) < 40


def test_pages_are_asked_by_time_of_submission_oldest_first(
    papers: Any, small_arxiv: Any, make_http: Any
) -> None:
    pages = harvest(make_http(), small_arxiv)
    for asked in small_arxiv.asked:
        assert (asked["sortBy"], asked["sortOrder"]) == ("submittedDate", "ascending")
    times = [paper.published.value for page in pages for paper in page.papers]
    assert times == sorted(times)


def test_three_seconds_lie_between_all_requests(
    papers: Any, small_arxiv: Any, make_http: Any
) -> None:
    harvest(make_http(), small_arxiv)
    assert min(later - earlier for earlier, later in pairwise(small_arxiv.times)) >= 3


def test_a_page_tells_the_ledger_what_it_was(papers: Any, small_arxiv: Any, make_http: Any) -> None:
    first, *_, last = harvest(make_http(), small_arxiv)
    assert first.url.startswith(small_arxiv.url + "?search_query=")
    assert (first.status, first.start, first.entries, len(first.sha256)) == (200, 0, 10, 64)
    assert not first.last
    assert last.last


@pytest.mark.parametrize(
    "fault", ["429", "rate200", "503 0", "truncated", "html", "reset", "cut", "empty", "short"]
)
def test_every_third_request_failing_costs_time_and_no_paper(
    fault: str, papers: Any, small_arxiv: Any, make_http: Any
) -> None:
    small_arxiv.script = ["", "", fault] * 40
    pages = harvest(make_http(), small_arxiv)
    assert ids(pages) == papers
    assert all(page.complete for page in pages)
    assert len([page for page in pages if page.last]) == len({page.window for page in pages})


def test_a_page_that_suddenly_says_zero_is_not_believed(
    papers: Any, small_arxiv: Any, make_http: Any
) -> None:
    small_arxiv.script = ["", *[""] * 3, "zero", "", "zero"]
    pages = harvest(make_http(), small_arxiv)
    assert ids(pages) == papers


def test_zero_is_asked_three_times_minutes_apart_before_it_is_believed(
    small_arxiv: Any, make_http: Any, record: Any
) -> None:
    small_arxiv.records = [record("2001.00001", "2020-01-01T00:00:00Z")]  # in another year
    (page,) = harvest(make_http(), small_arxiv)
    assert (page.total, page.entries, page.last, page.complete) == (0, 0, True, True)
    query = small_arxiv.asked[0]["search_query"]
    asked = zip(small_arxiv.asked, small_arxiv.times, strict=True)
    times = [time for question, time in asked if question["search_query"] == query]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert len(gaps) == 2
    assert min(gaps) >= 120


def test_a_service_that_finds_nothing_at_all_is_not_believed(
    papers: Any, small_arxiv: Any, make_http: Any
) -> None:
    small_arxiv.always = "zero"
    with pytest.raises(SourceOverloaded, match="holds no papers at all"):
        harvest(make_http(retries=1), small_arxiv)


def test_a_spurious_zero_does_not_end_a_harvest(
    papers: Any, small_arxiv: Any, make_http: Any
) -> None:
    small_arxiv.script = ["zero", "zero"]
    assert ids(harvest(make_http(), small_arxiv)) == papers


def test_an_empty_part_of_a_window_is_asked_again_when_the_sum_does_not_fit(
    papers: Any, small_arxiv: Any, make_http: Any
) -> None:
    small_arxiv.script = ["", "zero"]  # the whole, then its first part
    assert ids(harvest(make_http(), small_arxiv)) == papers


def test_ties_in_a_new_order_on_every_page_lose_no_paper_unnoticed(
    papers: Any, small_arxiv: Any, make_http: Any
) -> None:
    small_arxiv.script = ["", "ties"] * 40
    pages = harvest(make_http(), small_arxiv)
    assert ids(pages) == papers or not all(page.complete for page in pages)


def test_a_total_that_is_always_too_high_marks_the_window_incomplete(
    papers: Any, small_arxiv: Any, make_http: Any
) -> None:
    small_arxiv.always = "total+3"
    pages = harvest(make_http(retries=1), small_arxiv, ApiOptions(50, 200))
    assert ids(pages) == papers
    parts = [page for page in pages if page.last]
    assert {page.complete for page in parts} == {False}
    assert all("INCOMPLETE" in page.warnings[0] for page in parts)


@pytest.mark.parametrize("fault", ["total-40", "total-7"])
def test_a_total_that_is_always_too_low_is_noticed(
    fault: str, papers: Any, small_arxiv: Any, make_http: Any
) -> None:
    small_arxiv.always = fault
    pages = harvest(make_http(retries=1), small_arxiv, ApiOptions(20, 200))
    assert ids(pages) == papers
    assert {page.complete for page in pages if page.last} == {False}


def test_papers_that_change_places_between_pages_are_found_on_single_pages(
    small_arxiv: Any, make_http: Any, record: Any
) -> None:
    small_arxiv.records = [
        record(f"2401.{10000 + i}", f"2024-01-{1 + i // 40:02d}T12:00:00Z") for i in range(400)
    ]
    small_arxiv.script = ["", "", "ties", "", "ties"]  # the second and the fourth page
    pages = harvest(make_http(), small_arxiv, ApiOptions(90, 500))
    assert len(ids(pages)) == 400
    assert all(page.complete for page in pages)


def test_a_harvest_goes_on_from_every_saved_page(
    papers: Any, small_arxiv: Any, make_http: Any
) -> None:
    http = make_http()
    pages = harvest(http, small_arxiv)
    for stop, page in enumerate(pages):
        assert page.checkpoint is not None
        rest = fetch_window(http, small_arxiv.url, Checkpoint.from_json(page.checkpoint), SMALL)
        assert [p.papers for p in rest] == [p.papers for p in pages[stop + 1 :]]


def test_another_page_size_after_a_stop_loses_nothing(
    papers: Any, small_arxiv: Any, make_http: Any
) -> None:
    http = make_http()
    pages = harvest(http, small_arxiv)[:2]
    checkpoint = Checkpoint.from_json(str(pages[-1].checkpoint))
    small_arxiv.asked.clear()
    rest = list(fetch_window(http, small_arxiv.url, checkpoint, ApiOptions(15, 40)))
    assert all(int(asked["start"]) % int(asked["max_results"]) == 0 for asked in small_arxiv.asked)
    assert ids(pages + rest) == papers
    assert all(page.complete for page in rest)


def test_a_dead_source_leaves_the_pages_before_it(
    papers: Any, small_arxiv: Any, make_http: Any
) -> None:
    pages = fetch_window(make_http(), small_arxiv.url, plan(), SMALL)
    got = [next(pages)]
    small_arxiv.always = "503 0"
    with pytest.raises(SourceUnavailable):
        got.extend(pages)
    small_arxiv.always = ""
    checkpoint = Checkpoint.from_json(str(got[-1].checkpoint))
    got += fetch_window(make_http(), small_arxiv.url, checkpoint, SMALL)
    assert ids(got) == papers


def test_papers_of_the_overlap_after_the_end_are_left_out(
    small_arxiv: Any, record: Any, make_http: Any
) -> None:
    times = ["2024-12-31T23:59:59Z", "2025-01-01T00:00:00Z", "2025-01-01T00:01:00Z"]
    small_arxiv.records = [record(f"2501.0000{i}", time) for i, time in enumerate(times, 1)]
    (page,) = harvest(make_http(), small_arxiv)
    assert ids([page]) == {"2501.00001"}
    assert page.complete
    assert page.entries == 3


def test_a_rewritten_query_is_reported_on_the_first_page(
    papers: Any, small_arxiv: Any, make_http: Any
) -> None:
    answer = small_arxiv.answer

    def rewritten(asked: Any, fault: str) -> Any:
        status, headers, body = answer(asked, fault)
        return status, headers, body.replace(b"cat:cs.CL", b"all:cs.CL")

    small_arxiv.answer = rewritten
    pages = harvest(make_http(), small_arxiv, ApiOptions(50, 200))
    assert "another query" in pages[0].warnings[0]
    assert pages[1].warnings == ()


def test_an_unreadable_identifier_is_rejected_and_the_window_still_whole(
    papers: Any, small_arxiv: Any, record: Any, make_http: Any
) -> None:
    small_arxiv.records.append(record("2401.07O1", "2024-01-05T00:00:00Z"))
    pages = harvest(make_http(), small_arxiv)
    assert ids(pages) == papers
    assert all(page.complete for page in pages)
    assert sum(len(page.rejections) for page in pages) == 1


def test_the_count_is_the_services_own(papers: Any, small_arxiv: Any, make_http: Any) -> None:
    assert fetch_count(make_http(), small_arxiv.url, "cat:cs.CL", YEAR) == 100
    assert len(small_arxiv.asked) == 1


def test_papers_are_fetched_by_id_in_batches_of_a_hundred(
    papers: Any, small_arxiv: Any, record: Any, make_http: Any
) -> None:
    more = [record(f"2305.{10000 + i}", "2023-05-01T00:00:00Z") for i in range(150)]
    small_arxiv.records += more
    wanted = [f"arXiv:{paper.arxiv_id}v1" for paper in more]
    pages = list(fetch_ids(make_http(), small_arxiv.url, wanted + wanted))
    assert ids(pages) == {paper.arxiv_id for paper in more}
    assert [asked["max_results"] for asked in small_arxiv.asked] == ["100", "50"]
    assert not any(page.rejections for page in pages)


def test_bad_and_unknown_ids_are_rejected_and_the_others_fetched(
    papers: Any, small_arxiv: Any, make_http: Any
) -> None:
    wanted = ["nonsense", "2401.10000", "https://arxiv.org/abs/2401.99999"]
    pages = list(fetch_ids(make_http(), small_arxiv.url, wanted))
    assert ids(pages) == {"2401.10000"}
    rejected = {r.where: r.reason for page in pages for r in page.rejections}
    assert set(rejected) == {"nonsense", "https://arxiv.org/abs/2401.99999"}
    assert "does not know" in rejected["https://arxiv.org/abs/2401.99999"]
    assert [asked["id_list"] for asked in small_arxiv.asked][1] == "2401.99999"


def test_an_id_that_only_arxiv_refuses_does_not_sink_the_others(
    papers: Any, small_arxiv: Any, make_http: Any
) -> None:
    answer = small_arxiv.answer
    small_arxiv.answer = lambda asked, fault: answer(
        asked, "400" if "2401.99999" in asked["id_list"] else ""
    )
    wanted = ["2401.10000", "2401.99999", "2401.10001", "2401.10002"]
    pages = list(fetch_ids(make_http(), small_arxiv.url, wanted))
    assert ids(pages) == {"2401.10000", "2401.10001", "2401.10002"}
    assert [r.where for page in pages for r in page.rejections] == ["2401.99999"]


def test_a_query_that_arxiv_refuses_ends_at_once(small_arxiv: Any, make_http: Any) -> None:
    small_arxiv.always = "400"
    with pytest.raises(InputError):
        harvest(make_http(), small_arxiv)
    assert len(small_arxiv.asked) == 1


def test_sizes_beyond_arxivs_limits_are_refused() -> None:
    for sizes in ((0, 10), (2001, 10), (10, 0), (10, 9999)):
        with pytest.raises(SettingsError):
            ApiOptions(*sizes)
