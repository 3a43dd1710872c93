from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from littrack.errors import AnswerBroken, InputError, SourceError, SourceIncomplete
from littrack.sources.harvest import HarvestPage
from littrack.sources.oai.checkpoint import OaiCheckpoint, plan_sets
from littrack.sources.oai.harvest import OaiOptions, fetch_records, fetch_sets

CL, LG = "cs:cs:CL", "cs:cs:LG"
HarvestOf = Callable[..., list[HarvestPage]]


@pytest.fixture
def ids(small_oai: Any, oai_record: Any) -> list[str]:
    """Thirty records over five days, eleven of them on one day, in the order of change."""
    days = [1] * 3 + [2] * 11 + [3] * 2 + [4] * 10 + [9] * 4
    for number, day in enumerate(days):
        small_oai.add(oai_record(f"2401.{10000 + number}", f"2024-01-{day:02d}"))
    return [record.arxiv_id for record in small_oai.records]


@pytest.fixture
def harvest(small_oai: Any, shelf: Any, make_http: Any) -> HarvestOf:
    """The pages of a harvest, each stored before the next is asked for."""

    def run(
        checkpoint: OaiCheckpoint | None = None, *, stop_after: int = 999, **options: Any
    ) -> list[HarvestPage]:
        retries = options.pop("retries", 5)
        pages = []
        for page in fetch_sets(
            make_http(retries=retries),
            small_oai.url,
            checkpoint or plan_sets([CL]),
            shelf.missing,
            OaiOptions(**options),
        ):
            shelf.store(page)
            pages.append(page)
            if len(pages) == stop_after:
                break
        return pages

    return run


def ends(pages: list[HarvestPage]) -> list[tuple[str, bool]]:
    return [(page.part, page.complete) for page in pages if page.last]


def saved(page: HarvestPage) -> OaiCheckpoint:
    return OaiCheckpoint.from_json(str(page.checkpoint))


# --- a service without faults ---------------------------------------------------------------------


def test_a_set_is_read_whole_and_proved_by_its_list(
    ids: Any, small_oai: Any, shelf: Any, harvest: HarvestOf
) -> None:
    pages = harvest()
    assert sorted(shelf.papers) == sorted(ids)
    assert ends(pages) == [(CL, True)]
    assert pages[-1].last
    assert small_oai.verbs() == ["ListRecords"] * 8 + ["ListIdentifiers"] * 6
    assert not any(page.warnings or page.rejections for page in pages)


def test_the_records_are_asked_in_arxivs_own_format_from_a_day_without_an_end(
    ids: Any, small_oai: Any, harvest: HarvestOf
) -> None:
    harvest(plan_sets([CL], date(2024, 1, 3)))
    assert small_oai.asked[0] == {
        "verb": "ListRecords",
        "metadataPrefix": "arXivRaw",
        "set": CL,
        "from": "2024-01-03",
    }
    assert set(small_oai.asked[1]) == {"verb", "resumptionToken"}


def test_days_bound_what_is_read_and_what_is_proved(
    ids: Any, small_oai: Any, shelf: Any, harvest: HarvestOf
) -> None:
    pages = harvest(plan_sets([CL], date(2024, 1, 3), date(2024, 1, 4)))
    assert sorted(shelf.papers) == ids[14:26]
    assert ends(pages) == [(CL, True)]
    assert pages[-1].window.start == datetime(2024, 1, 3, tzinfo=UTC)
    assert pages[-1].window.end == datetime(2024, 1, 5, tzinfo=UTC)


def test_without_days_neither_is_sent_and_the_span_ends_with_the_first_answer(
    ids: Any, small_oai: Any, harvest: HarvestOf
) -> None:
    pages = harvest()
    assert set(small_oai.asked[0]) == {"verb", "metadataPrefix", "set"}
    spans = {(page.window.start, page.window.end) for page in pages}
    assert spans == {(None, datetime(2026, 1, 1, 0, 0, 9, tzinfo=UTC))}


def test_a_page_tells_the_ledger_what_it_was(ids: Any, small_oai: Any, harvest: HarvestOf) -> None:
    first, second, *_ = harvest()
    assert first.url.startswith(small_oai.url + "?verb=ListRecords")
    assert (first.status, len(first.sha256), first.total, first.part) == (200, 64, None, CL)
    assert (first.start, first.entries, second.start) == (0, 4, 4)
    assert first.asked_at == datetime(2026, 1, 1, 0, 0, 9, tzinfo=UTC)
    assert first.reached == datetime(2024, 1, 2, tzinfo=UTC)
    assert (first.last, len(first.papers)) == (False, 4)


def test_three_seconds_lie_between_all_requests(ids: Any, clock: Any, harvest: HarvestOf) -> None:
    asked = harvest()
    assert clock.elapsed >= 3 * (len(asked) - 1)


def test_sets_are_read_one_after_another(
    ids: Any, small_oai: Any, shelf: Any, oai_record: Any, harvest: HarvestOf
) -> None:
    small_oai.add(oai_record("2401.20001", "2024-01-02", sets=(LG,)))
    pages = harvest(plan_sets([CL, LG]))
    assert ends(pages) == [(CL, True), (LG, True)]
    assert "2401.20001" in shelf.papers


def test_an_empty_set_is_complete_when_the_list_says_so_too(
    small_oai: Any, harvest: HarvestOf
) -> None:
    pages = harvest(plan_sets([CL, LG]))
    assert ends(pages) == [(CL, True), (LG, True)]
    assert small_oai.verbs() == ["ListRecords", "ListIdentifiers"] * 2
    assert [page.entries for page in pages] == [0] * 4


def test_an_unknown_set_is_the_users_mistake_in_arxivs_words(
    ids: Any, small_oai: Any, harvest: HarvestOf
) -> None:
    with pytest.raises(InputError, match=r"set=cs:cs:XX.*Set does not exist"):
        harvest(plan_sets(["cs:cs:XX"]))
    assert len(small_oai.asked) == 1


def test_deleted_records_are_reported_and_not_missing(
    ids: Any, small_oai: Any, oai_record: Any, shelf: Any, harvest: HarvestOf
) -> None:
    small_oai.add(oai_record(ids[5], "2024-01-09", deleted=True))
    pages = harvest()
    gone = [deletion.arxiv_id for page in pages for deletion in page.deletions]
    assert gone == [ids[5]]
    assert ids[5] not in shelf.papers
    assert ends(pages) == [(CL, True)]


def test_an_earlier_deletion_that_the_library_does_not_know_of_is_fetched(
    ids: Any, small_oai: Any, oai_record: Any, harvest: HarvestOf
) -> None:
    small_oai.add(oai_record("2312.00001", "2023-12-05", deleted=True))
    pages = harvest(plan_sets([CL], date(2024, 1, 1), list_since=None))
    gone = [deletion.arxiv_id for page in pages for deletion in page.deletions]
    assert gone == ["2312.00001"]
    assert ends(pages) == [(CL, True)]


def test_a_second_harvest_of_the_same_days_finds_nothing_missing(
    ids: Any, small_oai: Any, harvest: HarvestOf
) -> None:
    harvest()
    small_oai.asked.clear()
    assert ends(harvest(plan_sets([CL], date(2024, 1, 9)))) == [(CL, True)]
    assert small_oai.verbs() == ["ListRecords", "ListIdentifiers", "ListIdentifiers"]


# --- what the list shows to be missing ------------------------------------------------------------


def test_a_record_pushed_off_its_page_by_another_ones_change_is_fetched(
    ids: Any, small_oai: Any, shelf: Any, oai_record: Any, harvest: HarvestOf
) -> None:
    def move(number: int) -> None:
        if number == 2:  # the first record, already delivered, moves to the end
            small_oai.add(oai_record(ids[3], "2024-01-09"))

    small_oai.before = move
    pages = harvest()
    assert sorted(shelf.papers) == sorted(ids)
    assert ends(pages) == [(CL, True)]
    assert small_oai.verbs().count("GetRecord") == 1


def test_a_record_pushed_off_its_page_in_both_lists_is_listed_again(
    small_oai: Any, shelf: Any, oai_record: Any, harvest: HarvestOf
) -> None:
    for number in range(20):
        small_oai.add(oai_record(f"2401.{10000 + number}", "2024-01-02"))
    small_oai.page_size, small_oai.list_size = 7, 6
    everything = [record.arxiv_id for record in small_oai.records]

    def move(number: int) -> None:
        moved = {2: [0], 5: [1, 2]}  # before the second page of the records, and of the list
        for index in moved.get(number, []):
            small_oai.add(oai_record(everything[index], "2024-01-09"))

    small_oai.before = move
    pages = harvest()
    assert sorted(shelf.papers) == everything
    assert ends(pages) == [(CL, True)]


def test_what_the_library_lacks_from_earlier_days_is_fetched(
    ids: Any, small_oai: Any, shelf: Any, harvest: HarvestOf
) -> None:
    pages = harvest(plan_sets([CL], date(2024, 1, 4), list_since=date(2024, 1, 2)))
    assert sorted(shelf.papers) == ids[3:]
    assert ends(pages) == [(CL, True)]
    assert small_oai.verbs().count("GetRecord") == 13


def test_when_more_is_missing_than_is_fetched_the_records_are_read_again(
    ids: Any, small_oai: Any, shelf: Any, oai_record: Any, harvest: HarvestOf
) -> None:
    for number in range(60):
        small_oai.add(oai_record(f"2312.{10000 + number}", "2023-12-05"))
    pages = harvest(plan_sets([CL], date(2024, 1, 1), list_since=None))
    assert len(shelf.papers) == 90
    assert ends(pages) == [(CL, True)]
    assert "GetRecord" not in small_oai.verbs()
    again = [asked for asked in small_oai.asked if asked.get("from") == "2023-12-05"]
    assert [asked["verb"] for asked in again] == ["ListRecords"]
    (warning,) = [warning for page in pages for warning in page.warnings]
    assert "60 records are missing; reading again from 2023-12-05 on" in warning


def test_what_stays_missing_after_the_second_reading_makes_the_set_incomplete(
    ids: Any, small_oai: Any, shelf: Any, make_http: Any
) -> None:
    def all_of(headers: Any) -> Any:
        return headers  # a library that keeps nothing

    http = make_http()
    options = OaiOptions(fetch_at_most=20)
    pages = list(fetch_sets(http, small_oai.url, plan_sets([CL]), all_of, options))
    assert ends(pages) == [(CL, False)]
    assert "30 records are still missing (2401.10000, 2401.10001" in pages[-1].warnings[0]
    assert small_oai.verbs().count("ListRecords") == 16


def test_a_listed_record_that_arxiv_does_not_know_makes_the_set_incomplete(
    ids: Any, small_oai: Any, shelf: Any, harvest: HarvestOf
) -> None:
    def vanish(number: int) -> None:
        if small_oai.verbs()[-1] == "GetRecord":
            small_oai.records = [r for r in small_oai.records if r.arxiv_id != ids[14]]

    small_oai.before = vanish
    pages = harvest(plan_sets([CL], date(2024, 1, 4), list_since=date(2024, 1, 3)))
    assert ends(pages) == [(CL, False)]
    assert [r.where for page in pages for r in page.rejections] == [ids[14]]
    assert ids[15] in shelf.papers


def test_a_list_that_ends_before_the_records_do_is_no_proof(
    ids: Any, small_oai: Any, harvest: HarvestOf
) -> None:
    small_oai.script = [""] * 8 + ["error noRecordsMatch"]
    pages = harvest()
    assert ends(pages) == [(CL, False)]
    assert "the list ends at nothing, the records at 2024-01-09" in pages[-1].warnings[0]


# --- faults ---------------------------------------------------------------------------------------

FAULTS = (
    *("503", "429", "500", "reset", "cut", "truncated", "html", "badbytes", "ctrl", "empty"),
    *("short", "dup", "shuffle", "nofield", "expire"),
)


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault != "expire"])
def test_every_third_request_failing_costs_time_and_no_paper(
    fault: str, ids: Any, small_oai: Any, shelf: Any, harvest: HarvestOf
) -> None:
    small_oai.script = ["", "", fault] * 60
    pages = harvest()
    assert sorted(shelf.papers) == sorted(ids)
    assert ends(pages) == [(CL, True)]
    assert not any(page.rejections for page in pages)


@pytest.mark.parametrize("retries", [1, 5])
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("odds", [0.2, 0.6, 1.0])
@pytest.mark.parametrize("fault", FAULTS)
def test_no_fault_however_frequent_makes_a_harvest_silently_short(
    fault: str,
    odds: float,
    seed: int,
    retries: int,
    ids: Any,
    small_oai: Any,
    shelf: Any,
    harvest: HarvestOf,
) -> None:
    small_oai.odds, small_oai.random = (fault, odds), random.Random(seed)
    try:
        pages = harvest(retries=retries)
    except SourceError:
        return
    assert len(ends(pages)) == 1
    if ends(pages) == [(CL, True)]:
        assert sorted(shelf.papers) == sorted(ids)
    else:
        assert any(page.warnings or page.rejections for page in pages)


@pytest.mark.parametrize("seed", range(8))
def test_nor_does_a_mixture_of_faults_and_changes(
    seed: int, ids: Any, small_oai: Any, shelf: Any, oai_record: Any, harvest: HarvestOf
) -> None:
    dice = random.Random(seed)

    def trouble(number: int) -> None:
        small_oai.odds = (dice.choice(FAULTS), 0.3)
        if dice.random() < 0.1:
            small_oai.add(oai_record(dice.choice(ids), "2024-01-10"))

    small_oai.before = trouble
    try:
        pages = harvest()
    except SourceError:
        return
    if ends(pages) == [(CL, True)]:
        assert sorted(shelf.papers) == sorted(ids)


@pytest.mark.parametrize("fault", ["badbytes", "ctrl"])
def test_a_record_that_is_always_broken_is_rejected_and_the_rest_is_stored(
    fault: str, ids: Any, small_oai: Any, shelf: Any, harvest: HarvestOf
) -> None:
    small_oai.poison = {ids[6]: fault}
    pages = harvest()
    assert sorted(shelf.papers) == sorted(set(ids) - {ids[6]})
    assert ends(pages) == [(CL, False)]
    (rejection,) = [r for page in pages for r in page.rejections]
    assert rejection.where == ids[6]
    assert rejection.payload.startswith(b"<record>")


def test_a_record_that_lacks_its_title_is_rejected_and_the_rest_is_stored(
    ids: Any, small_oai: Any, shelf: Any, oai_record: Any, harvest: HarvestOf
) -> None:
    small_oai.add(oai_record(ids[6], "2024-01-02", title=""))
    pages = harvest()
    assert sorted(shelf.papers) == sorted(set(ids) - {ids[6]})
    assert ends(pages) == [(CL, False)]
    (rejection,) = [r for page in pages for r in page.rejections]
    assert (rejection.where, rejection.reason) == (ids[6], "no title")
    assert "1 of 4 records cannot be read" in str([page.warnings for page in pages])


def test_a_record_that_is_broken_only_in_lists_is_healed_by_asking_for_it(
    ids: Any, small_oai: Any, shelf: Any, harvest: HarvestOf
) -> None:
    def heal(number: int) -> None:
        if small_oai.verbs()[-1] == "GetRecord":
            small_oai.poison = {}

    small_oai.poison, small_oai.before = {ids[6]: "ctrl"}, heal
    pages = harvest()
    assert sorted(shelf.papers) == sorted(ids)
    assert ends(pages) == [(CL, True)]
    assert not any(page.rejections for page in pages)


def test_a_header_that_cannot_be_read_makes_the_set_incomplete(
    ids: Any, small_oai: Any, oai_record: Any, shelf: Any, harvest: HarvestOf
) -> None:
    small_oai.add(oai_record("24O1.10000", "2024-01-02"))
    pages = harvest()
    assert sorted(shelf.papers) == sorted(ids)
    assert ends(pages) == [(CL, False)]
    assert [r.where for page in pages for r in page.rejections] == ["24O1.10000"]


def test_an_empty_last_page_is_never_the_end(
    ids: Any, small_oai: Any, shelf: Any, harvest: HarvestOf
) -> None:
    small_oai.script = [""] * 7 + ["empty"] * 99
    with pytest.raises(SourceIncomplete, match="without records"):
        harvest()


def test_an_empty_page_with_a_token_is_passed_at_last_and_its_records_fetched(
    ids: Any, small_oai: Any, shelf: Any, harvest: HarvestOf
) -> None:
    small_oai.script = [""] * 2 + ["empty"] * 6
    pages = harvest()
    assert sorted(shelf.papers) == sorted(ids)
    assert ends(pages) == [(CL, True)]
    assert "a page without records" in pages[2].warnings[0]


def test_a_last_page_cut_in_half_in_both_lists_is_noticed(
    small_oai: Any, oai_record: Any, shelf: Any, harvest: HarvestOf
) -> None:
    for number in range(4):
        small_oai.add(oai_record(f"2401.1000{number}", "2024-01-02"))
    small_oai.script = ["short", "short"]  # one page of records, one of identifiers
    pages = harvest()
    assert len(shelf.papers) == 4
    assert ends(pages) == [(CL, True)]


def test_an_expired_token_goes_on_from_the_last_day(
    ids: Any, small_oai: Any, shelf: Any, harvest: HarvestOf
) -> None:
    small_oai.script = ["", "", "expire"]
    pages = harvest()
    assert small_oai.asked[3]["from"] == "2024-01-02"
    assert "resumptionToken" not in small_oai.asked[3]
    assert sorted(shelf.papers) == sorted(ids)
    assert ends(pages) == [(CL, True)]


def test_tokens_that_always_expire_end_the_run_and_a_later_one_goes_on(
    ids: Any, small_oai: Any, shelf: Any, harvest: HarvestOf, make_http: Any
) -> None:
    small_oai.always = "expire"
    pages = fetch_sets(make_http(), small_oai.url, plan_sets([CL]), shelf.missing)
    got = []
    with pytest.raises(AnswerBroken, match="broke off 4 times"):
        for page in pages:
            shelf.store(page)
            got.append(page)
    small_oai.always = ""
    got += harvest(saved(got[-1]))
    assert sorted(shelf.papers) == sorted(ids)
    assert ends(got) == [(CL, True)]


@pytest.mark.parametrize("code", ["noRecordsMatch", "badArgument", "badResumptionToken"])
def test_any_refusal_of_a_token_is_a_restart_and_never_an_end(
    code: str, ids: Any, small_oai: Any, shelf: Any, harvest: HarvestOf
) -> None:
    small_oai.script = ["", "", f"error {code}"]
    pages = harvest()
    assert sorted(shelf.papers) == sorted(ids)
    assert ends(pages) == [(CL, True)]


def test_a_token_that_leads_back_is_not_followed(
    ids: Any, small_oai: Any, harvest: HarvestOf
) -> None:
    answer, first = small_oai.answer, []

    def circling(asked: Any, fault: str) -> Any:
        status, headers, body = answer(asked, fault)
        if "resumptionToken" in asked:
            first.append(asked["resumptionToken"])
            start, end = body.index(b"Z'>") + 3, body.index(b"</resumptionToken>")
            body = body[:start] + first[0].encode() + body[end:]
        return status, headers, body

    small_oai.answer = circling
    with pytest.raises(SourceError, match="leads back"):
        harvest()


def test_tokens_of_another_form_are_followed_as_they_are(
    ids: Any, small_oai: Any, shelf: Any, harvest: HarvestOf
) -> None:
    answer, known = small_oai.answer, {}

    def opaque(asked: Any, fault: str) -> Any:
        token = asked.get("resumptionToken")
        real = {**asked, "resumptionToken": known[token]} if token else asked
        status, headers, body = answer(real, fault)
        if b"Z'>" in body:
            start, end = body.index(b"Z'>") + 3, body.index(b"</resumptionToken>")
            name = f"list|{len(known)}"
            known[name] = body[start:end].decode()
            body = body[:start] + name.encode() + body[end:]
        return status, headers, body

    small_oai.answer = opaque
    pages = harvest()
    assert sorted(shelf.papers) == sorted(ids)
    assert ends(pages) == [(CL, True)]


def test_a_service_that_takes_no_token_but_its_own_is_named(
    small_oai: Any, oai_record: Any, shelf: Any, harvest: HarvestOf
) -> None:
    small_oai.add(oai_record("2401.10000", "2024-01-02"))
    small_oai.always = "expire"
    pages = harvest()
    assert ends(pages) == [(CL, True)]
    assert "could not be checked" in pages[-1].warnings[0]


# --- stopping and going on ------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["", "short", "expire", "ctrl"])
def test_a_harvest_goes_on_from_every_saved_page(
    fault: str, ids: Any, small_oai: Any, shelf: Any, oai_record: Any, harvest: HarvestOf
) -> None:
    small_oai.poison = {ids[2]: "ctrl"}
    small_oai.add(oai_record("2401.20001", "2024-01-02", sets=(LG, CL)))
    plan = plan_sets([CL, LG], date(2024, 1, 2), list_since=None)
    whole = harvest(plan)
    everything = set(shelf.papers)
    assert everything == {*ids, "2401.20001"} - {ids[2]}
    for stop in range(1, len(whole)):
        shelf.__init__()
        small_oai.script = ["", fault] * 3
        first = harvest(plan, stop_after=stop)
        rest = harvest(saved(first[-1]))
        assert set(shelf.papers) == everything
        assert ends(first + rest) == [(CL, False), (LG, True)]


def test_nothing_is_asked_when_nothing_is_left(
    ids: Any, small_oai: Any, harvest: HarvestOf
) -> None:
    last = harvest()[-1]
    small_oai.asked.clear()
    assert harvest(saved(last)) == []
    assert small_oai.asked == []


# --- by identifier --------------------------------------------------------------------------------


def test_records_are_fetched_by_id_one_by_one(
    ids: Any, small_oai: Any, make_http: Any, clock: Any
) -> None:
    wanted = [f"arXiv:{ids[3]}v1", f"https://arxiv.org/abs/{ids[1]}", ids[3]]
    pages = list(fetch_records(make_http(), small_oai.url, wanted))
    assert [paper.arxiv_id for page in pages for paper in page.papers] == [ids[3], ids[1]]
    assert [(page.start, page.total, page.last) for page in pages] == [(0, 2, False), (1, 2, True)]
    assert all(paper.versions for page in pages for paper in page.papers)
    assert small_oai.asked[0]["identifier"] == f"oai:arXiv.org:{ids[3]}"


def test_ids_that_are_none_unknown_or_broken_are_rejected_and_the_others_fetched(
    ids: Any, small_oai: Any, make_http: Any
) -> None:
    small_oai.poison = {ids[0]: "ctrl"}
    wanted = ["nonsense", "arXiv:2401.99999", ids[0], ids[1]]
    pages = list(fetch_records(make_http(), small_oai.url, wanted))
    rejected = {r.where: r.reason for page in pages for r in page.rejections}
    assert list(rejected) == ["nonsense", "arXiv:2401.99999", ids[0]]
    assert "does not know this paper" in rejected["arXiv:2401.99999"]
    assert [paper.arxiv_id for page in pages for paper in page.papers] == [ids[1]]


def test_another_paper_than_the_one_asked_for_is_refused(
    ids: Any, small_oai: Any, make_http: Any
) -> None:
    answer = small_oai.answer
    small_oai.answer = lambda asked, fault: answer(
        {**asked, "identifier": f"oai:arXiv.org:{ids[9]}"}, fault
    )
    with pytest.raises(SourceError, match=f"asked for {ids[0]}"):
        list(fetch_records(make_http(retries=1), small_oai.url, [ids[0]]))
