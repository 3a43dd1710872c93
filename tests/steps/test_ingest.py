"""Ingesting from arXiv: what is stored, what the ledger says, and how a stopped run goes on."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from littrack.errors import InputError, RateLimited, SourceUnavailable
from littrack.records import ChangeKind
from littrack.settings import Subscription, load_settings
from littrack.steps.ingest import IngestRequest, ingest, ingest_subscriptions, load_changes
from littrack.steps.opening import OpenLibrary, open_library
from littrack.steps.show import show_paper
from littrack.steps.status import load_run_details, load_status

NLP = IngestRequest(categories=("cs.CL",), since=datetime(2024, 1, 1, tzinfo=UTC))


@pytest.fixture
def linked(
    tmp_path: Path,
    small_arxiv: Any,
    clock: Any,
    record: Any,
    database_of: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> OpenLibrary:
    """A library whose arXiv is the small one, with thirty papers and a clock that never waits."""
    monkeypatch.setattr("littrack.sources.limiter.SystemClock", lambda: clock)
    small_arxiv.records += [
        record(f"2401.{10000 + i}", f"2024-01-{1 + i:02d}T10:00:00Z", title=f"Paper {i}")
        for i in range(30)
    ]
    settings = {f"arxiv.{name}_url": small_arxiv.url for name in ("api", "oai", "rss")}
    overrides = settings | {"library": str(tmp_path / "library")} | database_of(tmp_path)
    return open_library(load_settings(tmp_path, None, overrides), clock.now)


def responses(library: OpenLibrary) -> list[tuple[int, int]]:
    with library.engine.connect() as conn:
        found = conn.exec_driver_sql("SELECT entries, total FROM source_responses ORDER BY 1, 2")
        return [(row[0], row[1]) for row in found]


def test_a_window_is_stored_whole_and_every_answer_is_in_the_ledger(linked: OpenLibrary) -> None:
    report = ingest(linked, NLP)
    assert (report.counts["received"], report.counts["new"]) == (30, 30)
    assert report.complete
    source = load_status(linked).sources[0]
    assert (source["complete"], source["papers"]) == (True, 30)
    assert (30, 30) in responses(linked)
    published = show_paper(linked, "2401.10003").paper.published
    assert (str(published), published.kind) == ("2024-01-04", "v1")


def test_asking_again_changes_nothing(linked: OpenLibrary) -> None:
    ingest(linked, NLP)
    again = ingest(linked, NLP)
    assert (again.counts["new"], again.counts["unchanged"]) == (0, 30)


def test_a_run_that_the_source_ended_goes_on_where_it_was(
    linked: OpenLibrary, small_arxiv: Any
) -> None:
    whole = small_arxiv.answer

    def dead(_asked: dict[str, str], _fault: str) -> tuple[int, dict[str, str], bytes]:
        return 503, {}, b"down"

    small_arxiv.answer = dead
    with pytest.raises(SourceUnavailable, match="try again later"):
        ingest(linked, NLP)
    assert load_status(linked).sources[0]["state"] == "stopped"
    small_arxiv.answer = whole
    assert ingest(linked, NLP).complete
    with linked.engine.connect() as conn:
        assert conn.scalar(sa.text("SELECT count(*) FROM source_runs")) == 1


def test_a_try_that_brought_nothing_leaves_no_trace(linked: OpenLibrary, small_arxiv: Any) -> None:
    small_arxiv.answer = lambda _asked, _fault: (429, {}, b"Rate exceeded.")
    with pytest.raises(SourceUnavailable):
        ingest(linked, NLP, patient=False)
    assert load_status(linked).sources == ()


def test_a_source_that_holds_back_papers_makes_the_run_incomplete(
    linked: OpenLibrary, small_arxiv: Any
) -> None:
    whole = small_arxiv.answer

    def boasting(asked: dict[str, str], fault: str) -> tuple[int, dict[str, str], bytes]:
        status, headers, body = whole(asked, fault)
        return status, headers, body.replace(b">30<", b">31<")

    small_arxiv.answer = boasting
    try:
        report = ingest(linked, NLP)
    except SourceUnavailable:
        pytest.fail("a wrong total must not lose the papers that came")
    assert not report.complete
    assert report.counts["received"] >= 30
    assert load_status(linked).papers == 30
    assert load_status(linked).sources[0]["complete"] is False


def test_papers_by_id_and_one_that_arxiv_does_not_know(linked: OpenLibrary) -> None:
    request = IngestRequest(ids=("arXiv:2401.10005v1", "2401.10006", "2401.99999"))
    report = ingest(linked, request)
    assert report.counts["new"] == 2
    assert [rejection.where for rejection in report.rejections] == ["2401.99999"]
    assert not report.complete


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        (IngestRequest(), "nothing to ingest"),
        (IngestRequest(categories=("cs",)), r"cs\.\*"),
        (IngestRequest(queries=("large language model",)), "quotes"),
    ],
)
def test_what_arxiv_cannot_answer_as_meant_is_refused(
    linked: OpenLibrary, request_: IngestRequest, says: str
) -> None:
    with pytest.raises(InputError, match=says):
        ingest(linked, request_)
    assert load_status(linked).sources == ()


def subscribed(library: OpenLibrary, *subscriptions: Subscription) -> OpenLibrary:
    return replace(library, settings=replace(library.settings, subscriptions=subscriptions))


def spans_asked(small_arxiv: Any) -> list[tuple[str, str]]:
    """The spans of the pages (not of the counts) that were asked for, each once."""
    queries = [asked["search_query"] for asked in small_arxiv.pages_asked()]
    spans = [re.findall(r"\[(\d{8})\d{4} TO (\d{8})\d{4}\]", query)[-1] for query in queries]
    return list(dict.fromkeys(spans))


def at(library: OpenLibrary, text: str) -> OpenLibrary:
    """The library on another day; its clock stands still there."""
    moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
    return replace(library, now=lambda: moment)


NLP_API = Subscription("nlp", categories=("cs.CL",), via="api")


def test_a_subscription_goes_on_from_where_it_was_with_a_week_of_overlap(
    linked: OpenLibrary, small_arxiv: Any
) -> None:
    library = subscribed(linked, NLP_API)
    (first,) = ingest_subscriptions(at(library, "2024-01-10"))
    assert spans_asked(small_arxiv) == [("19910801", "20240111")]
    small_arxiv.asked.clear()
    (second,) = ingest_subscriptions(at(library, "2024-01-20"))
    assert spans_asked(small_arxiv) == [("20240103", "20240121")]
    assert (first.counts["new"], second.counts["new"]) == (10, 10)
    assert load_status(linked).sources[0]["holes"] == []


def test_once_in_thirty_days_the_last_sixty_are_read_again(
    linked: OpenLibrary, small_arxiv: Any
) -> None:
    library = subscribed(linked, NLP_API)
    days = ("2024-03-01", "2024-03-02", "2024-04-01", "2024-04-02")
    starts = []
    for day in days:
        small_arxiv.asked.clear()
        ingest_subscriptions(at(library, day))
        starts += [re.findall(r"\[(\d{8})", a["search_query"])[-1] for a in small_arxiv.asked[:1]]
    assert starts == ["19910801", "20240223", "20240102", "20240325"]


def test_a_window_that_stayed_incomplete_is_a_hole_and_is_read_again(
    linked: OpenLibrary, small_arxiv: Any
) -> None:
    library = subscribed(linked, NLP_API)
    whole = small_arxiv.answer

    def boasting(asked: dict[str, str], fault: str) -> tuple[int, dict[str, str], bytes]:
        status, headers, body = whole(asked, fault)
        return status, headers, body.replace(b">30<", b">31<")

    small_arxiv.answer = boasting
    (first,) = ingest_subscriptions(at(library, "2024-02-10"))
    assert not first.complete
    source = load_status(library).sources[0]
    assert source["last_success"] is None
    assert source["holes"] == [{"from": "1991-08-01", "until": "2024-02-10", "why": "not read"}]
    small_arxiv.answer = whole
    (second,) = ingest_subscriptions(at(library, "2024-02-11"))
    assert second.complete
    assert load_status(library).sources[0]["holes"] == []


def test_another_query_under_the_same_name_is_read_from_its_beginning(
    linked: OpenLibrary, small_arxiv: Any
) -> None:
    ingest_subscriptions(at(subscribed(linked, NLP_API), "2024-02-10"))
    small_arxiv.asked.clear()
    wider = replace(NLP_API, categories=("cs.CL", "cs.LG"))
    ingest_subscriptions(at(subscribed(linked, wider), "2024-02-11"))
    assert spans_asked(small_arxiv) == [("19910801", "20240212")]


def test_a_changed_subscription_leaves_no_stale_source_behind(linked: OpenLibrary) -> None:
    ingest_subscriptions(at(subscribed(linked, NLP_API), "2024-02-10"))
    wider = subscribed(linked, replace(NLP_API, categories=("cs.CL", "cs.LG")))
    later = at(wider, "2024-03-30")
    states = {source["name"]: source["stale"] for source in load_status(later).sources}
    assert states == {"api nlp: cat:cs.CL": False, "api nlp": True}
    ingest_subscriptions(later)
    assert not any(source["stale"] for source in load_status(later).sources)


def test_a_paper_announced_long_after_its_submission_is_named_late(
    linked: OpenLibrary, small_arxiv: Any, record: Any
) -> None:
    library = subscribed(linked, NLP_API)
    ingest_subscriptions(at(library, "2024-02-10"))
    small_arxiv.records += [
        record("2402.00001", "2024-01-15T12:00:00Z", title="Held back by moderation"),
        record("2402.00002", "2024-02-10T12:00:00Z"),
    ]
    small_arxiv.records[20].version = 2
    (report,) = ingest_subscriptions(at(library, "2024-03-20"))
    assert report.run is not None
    changes, counts = load_changes(linked, report.run)
    assert {(c.kind, c.arxiv_id, c.detail) for c in changes} == {
        (ChangeKind.LATE, "2402.00001", "submitted 2024-01-15"),
        (ChangeKind.VERSION, "2401.10020", "v1 -> v2"),
    }
    assert counts[ChangeKind.NEW] == 1
    details = load_run_details(linked)
    assert details.titles["2402.00001"] == "Held back by moderation"


def test_a_span_that_is_said_to_be_empty_is_doubted_when_the_library_knows_better(
    linked: OpenLibrary, small_arxiv: Any, record: Any
) -> None:
    library = subscribed(linked, NLP_API)
    ingest_subscriptions(at(library, "2024-01-20"))
    small_arxiv.records[:] = [record("2301.00001", "2023-01-01T00:00:00Z")]
    (report,) = ingest_subscriptions(at(library, "2024-01-21"))
    assert not report.complete
    assert "the library holds 8 papers of it" in report.warnings[0]


def test_when_every_subscription_fails_the_reason_is_raised(
    linked: OpenLibrary, small_arxiv: Any
) -> None:
    other = Subscription("ml", categories=("cs.LG",), via="api")
    small_arxiv.answer = lambda _asked, _fault: (429, {}, b"Rate exceeded.")
    with pytest.raises(RateLimited):
        ingest_subscriptions(subscribed(linked, NLP_API, other))
    assert len({asked["search_query"] for asked in small_arxiv.asked}) == 1, (
        "the second subscription leaves a service alone that asked to slow down"
    )
