"""Subscriptions through OAI-PMH, day after day: what is asked, what is stored, what is reported."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from littrack.records import Change, ChangeKind, Filters, RunReport
from littrack.settings import Subscription
from littrack.steps.embed import embed_papers
from littrack.steps.import_files import import_file
from littrack.steps.index import build
from littrack.steps.ingest import IngestRequest, ingest, ingest_subscriptions
from littrack.steps.opening import OpenLibrary
from littrack.steps.search import search_papers
from littrack.steps.show import show_paper
from littrack.steps.status import load_run_details, load_status

NLP = Subscription("nlp", categories=("cs.CL",), via="oai")
CL, LG = "cs:cs:CL", "cs:cs:LG"
DayOf = Callable[..., RunReport]


@pytest.fixture
def library(library_of: Any, oai_door: Any) -> OpenLibrary:
    """A library for the small service and its thirty papers, all changed in February 2024."""
    made: OpenLibrary = library_of(oai_door)
    return made


@pytest.fixture
def day(library: OpenLibrary, small_oai: Any) -> DayOf:
    """Runs the subscription on a day."""

    def run(today: str, subscription: Subscription = NLP) -> RunReport:
        small_oai.today = today
        small_oai.asked.clear()
        settings = replace(library.settings, subscriptions=(subscription,))
        moment = datetime.fromisoformat(f"{today}T06:00:00+00:00")
        (report,) = ingest_subscriptions(replace(library, settings=settings, now=lambda: moment))
        return report

    return run


def spans(small_oai: Any) -> list[tuple[str, str | None, str | None, str | None]]:
    """Verb, set, from and until of every question but the continued ones, each once."""
    asked = [one for one in small_oai.asked if "set" in one]
    keys = ("verb", "set", "from", "until")
    return list(dict.fromkeys(tuple(one.get(key) for key in keys) for one in asked))  # type: ignore[arg-type]


def rows(library: OpenLibrary, query: str) -> set[Any]:
    with library.engine.connect() as conn:
        return {tuple(row) for row in conn.execute(sa.text(query))}


def versions(*dates: str, source: str = "D") -> str:
    """The history of a paper; `source` is the type of its last version's source."""
    types = ["D"] * (len(dates) - 1) + [source]
    return "".join(
        f'<version version="v{number}"><date>{date} 10:00:00 GMT</date><size>9kb</size>'
        f"<source_type>{kind}</source_type></version>"
        for number, (date, kind) in enumerate(zip(dates, types, strict=True), 1)
    )


def test_a_subscription_reads_its_set_whole_and_then_from_two_days_back(
    library: OpenLibrary, oai_door: Any, day: DayOf, stored_in: Any
) -> None:
    first = day("2024-03-01")
    assert (first.complete, first.counts["new"]) == (True, 30)
    assert stored_in(library) == oai_door.held
    assert spans(oai_door.service) == [
        ("ListRecords", CL, None, None),
        ("ListIdentifiers", CL, None, None),
    ]
    oai_door.service.records[3].day = "2024-03-04"
    second = day("2024-03-05")
    assert (second.complete, second.counts["received"]) == (True, 1)
    assert spans(oai_door.service) == [
        ("ListRecords", CL, "2024-02-28", None),
        ("ListIdentifiers", CL, "2024-02-28", None),
    ]


def test_a_days_changes_each_end_in_their_rows_and_are_named_by_their_kind(
    library: OpenLibrary, oai_record: Any, small_oai: Any, day: DayOf
) -> None:
    texts = "SELECT p.arxiv_id, number, title, abstract, submitted, v.recorded_at "
    texts += "FROM paper_versions v JOIN papers p ON p.id = v.paper_id"
    day("2024-03-01")
    before = rows(library, texts)
    abstract = "<abstract>Abstract 0 &amp; more.</abstract>"
    journal = f"<journal-ref>J. Test 1</journal-ref>{abstract}"
    new, longer, gone, printed, late, deleted = (
        *("2403.00001", "2401.10002", "2401.10004"),
        *("2401.10000", "2401.20000", "2401.10006"),
    )
    today = "2024-03-05"
    small_oai.add(
        oai_record(new, today, "Fresh", versions=versions("4 Mar 2024")),
        oai_record(longer, today, "Said better", versions=versions("3 Jan 2024", "4 Mar 2024")),
        oai_record(
            *(gone, today, small_oai.records[4].title),
            versions=versions("3 Jan 2024", "4 Mar 2024", source="I"),
        ),
        replace(small_oai.records[0], day=today, extra=journal),
        oai_record(late, today, "Held back", versions=versions("9 Jan 2024")),
        oai_record(deleted, today, deleted=True),
    )
    report = day(today)
    assert report.complete
    assert (report.counts["new"], report.counts["deleted"]) == (2, 1)
    details = load_run_details(library, report.run)
    assert set(details.changes) == {
        Change(new, ChangeKind.NEW),
        Change(longer, ChangeKind.VERSION, "v1 -> v2"),
        Change(gone, ChangeKind.WITHDRAWN, "v1 -> v2"),
        Change(printed, ChangeKind.METADATA, "journal_ref"),
        Change(late, ChangeKind.LATE, "submitted 2024-01-09"),
        Change(deleted, ChangeKind.DELETED),
    }
    assert details.titles[late] == "Held back"
    after = rows(library, texts)
    assert before <= after, "what a version said is never edited"
    assert {(row[0], row[1]) for row in after - before} == {
        *((new, 1), (longer, 2), (gone, 2), (late, 1))
    }
    assert rows(library, "SELECT arxiv_id FROM papers WHERE withdrawn") == {(gone,), (deleted,)}
    assert rows(library, "SELECT arxiv_id FROM tombstones") == {(deleted,)}
    assert show_paper(library, printed).paper.journal_ref == "J. Test 1"
    assert show_paper(library, longer).paper.title == "Said better"


def test_a_day_without_changes_is_a_success(
    library: OpenLibrary, small_oai: Any, day: DayOf
) -> None:
    day("2024-03-01")
    report = day("2024-03-02")
    assert (report.complete, report.counts["received"], report.warnings) == (True, 0, ())
    assert small_oai.verbs() == ["ListRecords", "ListIdentifiers"]
    source = load_status(library).sources[0]
    assert source["complete"]
    assert source["last_success"].startswith("2024-03-02")
    assert source["covered_until"].startswith("2024-03-02")
    assert source["holes"] == []


def kaggle_line(record: Any) -> str:
    """A line of arXiv's own snapshot for a record of the service."""
    return json.dumps(
        {
            "id": record.arxiv_id,
            "submitter": "Ada",
            "authors": record.authors,
            "title": record.title,
            "comments": None,
            "journal-ref": None,
            "doi": None,
            "report-no": None,
            "categories": "cs.CL cs.AI",
            "license": None,
            "abstract": "  An abstract.\n",
            "versions": [{"version": "v1", "created": "Mon, 1 Jan 2024 10:00:00 GMT"}],
            "update_date": record.day,
            "authors_parsed": [["Lovelace", "Ada", ""]],
        }
    )


def test_after_a_snapshot_only_what_is_newer_is_read_and_what_it_lacks_is_listed(
    library: OpenLibrary, oai_door: Any, day: DayOf, tmp_path: Path, stored_in: Any
) -> None:
    held = [record for record in oai_door.service.records if record.day <= "2024-02-04"]
    lacking = held.pop(5)
    snapshot = tmp_path / "snapshot.jsonl"
    snapshot.write_text("".join(kaggle_line(record) + "\n" for record in held), "utf-8")
    import_file(library, snapshot)
    report = day("2024-03-01")
    assert report.complete
    assert spans(oai_door.service) == [
        ("ListRecords", CL, "2024-02-02", None),
        ("ListIdentifiers", CL, None, None),
    ]
    assert lacking.day == "2024-02-02", "it is in the overlap; the others are not"
    assert stored_in(library).keys() == oai_door.held.keys()


def test_what_is_older_than_the_overlap_and_not_in_the_snapshot_is_fetched_by_id(
    library: OpenLibrary, oai_door: Any, day: DayOf, tmp_path: Path, stored_in: Any
) -> None:
    held = [record for record in oai_door.service.records if record.day <= "2024-02-04"]
    lacking = held.pop(1)
    snapshot = tmp_path / "snapshot.jsonl"
    snapshot.write_text("".join(kaggle_line(record) + "\n" for record in held), "utf-8")
    import_file(library, snapshot)
    assert day("2024-03-01").complete
    fetched = [asked for asked in oai_door.service.asked if asked["verb"] == "GetRecord"]
    assert [asked["identifier"] for asked in fetched] == [f"oai:arXiv.org:{lacking.arxiv_id}"]
    assert stored_in(library).keys() == oai_door.held.keys()


def test_a_category_that_is_added_is_read_from_its_beginning(
    library: OpenLibrary, small_oai: Any, oai_record: Any, day: DayOf
) -> None:
    small_oai.add(oai_record("2301.00001", "2023-02-01", sets=(LG,)))
    day("2024-03-01")
    report = day("2024-03-05", replace(NLP, categories=("cs.CL", "cs.LG")))
    assert report.complete
    assert spans(small_oai) == [
        ("ListRecords", CL, "2024-02-28", None),
        ("ListIdentifiers", CL, "2024-02-28", None),
        ("ListRecords", LG, None, None),
        ("ListIdentifiers", LG, None, None),
    ]
    assert show_paper(library, "2301.00001").paper.modified is not None


def test_asking_both_services_for_the_same_papers_changes_no_text(
    api_door: Any, oai_door: Any, library_of: Any, stored_in: Any
) -> None:
    for record in oai_door.service.records:
        record.title = record.title.replace("é", "\\'e").replace(" why", "  why")
    library = library_of(api_door, oai_door)
    assert ingest(library, api_door.request).complete
    report = ingest(library, oai_door.request)
    assert (report.complete, report.counts["received"]) == (True, 30)
    assert load_run_details(library, report.run).changes == ()
    assert stored_in(library) == api_door.held
    back = ingest(library, api_door.request)
    assert load_run_details(library, back.run).changes == ()
    assert stored_in(library) == api_door.held


def test_papers_by_id_come_with_their_whole_history(
    library: OpenLibrary, small_oai: Any, oai_record: Any
) -> None:
    history = versions("3 Jan 2024", "4 Feb 2024", "5 Mar 2024")
    small_oai.add(oai_record("2401.30000", "2024-03-06", "Thrice", versions=history))
    report = ingest(library, IngestRequest(ids=("arXiv:2401.30000v2",), via="oai"))
    assert report.complete
    known = show_paper(library, "2401.30000").versions
    assert [(one.number, f"{one.submitted:%Y-%m-%d}", one.title) for one in known] == [
        (1, "2024-01-03", None),
        (2, "2024-02-04", None),
        (3, "2024-03-05", "Thrice"),
    ]


def test_a_withdrawn_paper_is_found_only_when_withdrawn_ones_are_asked_for(
    library: OpenLibrary, small_oai: Any, oai_record: Any, day: DayOf
) -> None:
    day("2024-03-01")
    history = versions("3 Jan 2024", "4 Mar 2024", source="I")
    small_oai.add(oai_record("2401.30000", "2024-03-05", "Perpetuum mobile", versions=history))
    day("2024-03-05")
    embed_papers(library)
    build(library)
    for mode in ("hybrid", "lexical", "semantic"):
        hits = search_papers(library, "perpetuum mobile", mode=mode)  # type: ignore[arg-type]
        assert "2401.30000" not in {hit.paper.arxiv_id for hit in hits}
        wider = Filters(withdrawn=True)
        hits = search_papers(library, "perpetuum mobile", filters=wider, mode=mode)  # type: ignore[arg-type]
        assert hits[0].paper.arxiv_id == "2401.30000"
