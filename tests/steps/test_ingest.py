"""Ingesting from arXiv: what is stored, what the ledger says, and how a stopped run goes on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from littrack.errors import InputError, SourceUnavailable
from littrack.settings import load_settings
from littrack.steps.ingest import IngestRequest, ingest, ingest_subscriptions
from littrack.steps.opening import OpenLibrary, open_library
from littrack.steps.show import show_paper
from littrack.steps.status import load_status

NLP = IngestRequest(categories=("cs.CL",), since=datetime(2024, 1, 1, tzinfo=UTC))


@pytest.fixture
def linked(
    tmp_path: Path, small_arxiv: Any, clock: Any, record: Any, monkeypatch: pytest.MonkeyPatch
) -> OpenLibrary:
    """A library whose arXiv is the small one, with thirty papers and a clock that never waits."""
    monkeypatch.setattr("littrack.sources.limiter.SystemClock", lambda: clock)
    small_arxiv.records += [
        record(f"2401.{10000 + i}", f"2024-01-{1 + i:02d}T10:00:00Z", title=f"Paper {i}")
        for i in range(30)
    ]
    settings = {f"arxiv.{name}_url": small_arxiv.url for name in ("api", "oai", "rss")}
    overrides = settings | {"library": str(tmp_path / "library")}
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


def test_a_subscription_goes_on_from_its_last_success_with_a_week_of_overlap(
    linked: OpenLibrary, small_arxiv: Any
) -> None:
    from littrack.settings import Subscription

    nlp = Subscription("nlp", categories=("cs.CL",), via="api")
    library = replace(linked, settings=replace(linked.settings, subscriptions=(nlp,)))
    first, second = ingest_subscriptions(library)[0], ingest_subscriptions(library)[0]
    assert "since" not in first.name
    assert second.name.endswith("since 2025-12-25")  # the clock stands at 2026-01-01
    assert first.counts["new"] == 30
