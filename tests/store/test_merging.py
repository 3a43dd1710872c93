from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from builders import a_date, a_paper, a_version, utc
from littrack.records import AbstractKind, DateKind, Paper, PaperDate, Precision
from littrack.store.merging import merge, merge_versions, record_hash

V1_SECOND = a_date("2023-03-01 10:00:00")
V1_DAY = a_date("2023-03-01", Precision.DAY)
ANNOUNCED = a_date("2023-03-03", Precision.DAY, DateKind.ANNOUNCED)
ID_MONTH = a_date("2023-03-01", Precision.MONTH, DateKind.ID_MONTH)


def later(**changes: Any) -> Paper:
    """Version 2 of the same paper."""
    known = {"version": 2, "updated": utc("2023-05-01"), "title": "Finding papers, revisited"}
    return a_paper(**known | {"abstract": "A new text."} | changes)


def test_what_says_nothing_new_changes_nothing() -> None:
    assert merge(a_paper(), a_paper()) == a_paper()


# 1. Versions


def test_a_newer_version_replaces_the_text() -> None:
    merged = merge(a_paper(comment="8 pages"), later(authors=("B",), categories=("cs.LG",)))
    assert (merged.version, merged.title, merged.abstract) == (
        2,
        "Finding papers, revisited",
        "A new text.",
    )
    assert (merged.authors, merged.categories, merged.comment) == (("B",), ("cs.LG",), None)
    assert merged.updated == utc("2023-05-01")


@pytest.mark.parametrize("number", [1, None])
def test_an_older_version_adds_only_to_the_history_and_the_latest_datestamp(
    number: int | None,
) -> None:
    known = later(versions=(a_version(2, "2023-05-01"),))
    old = a_paper(
        version=number, doi="10.1/old", comment="old", modified=utc("2025-01-01"), withdrawn=True
    )
    history = (a_version(1, "2023-03-01 10:00:00"), *known.versions)
    assert merge(known, old) == replace(known, versions=history, modified=old.modified)


@pytest.mark.parametrize("name", ["journal_ref", "doi", "report_no", "license", "submitter"])
def test_what_belongs_to_the_paper_outlives_a_newer_version_that_is_silent(name: str) -> None:
    assert getattr(merge(a_paper(**{name: "said"}), later()), name) == "said"
    assert getattr(merge(a_paper(**{name: "said"}), later(**{name: "new"})), name) == "new"


def test_a_newer_version_brings_a_withdrawn_paper_back() -> None:
    assert merge(a_paper(withdrawn=True), later()).withdrawn is False
    assert merge(a_paper(), later(withdrawn=True)).withdrawn is True


# 2. One and the same version


def test_the_record_modified_later_wins() -> None:
    first = a_paper(title="First", modified=utc("2024-01-01"))
    second = a_paper(title="Second", modified=utc("2024-02-01"))
    assert merge(first, second).title == "Second"
    assert merge(second, first).title == "Second"
    assert merge(second, first).modified == utc("2024-02-01")
    assert merge(second, a_paper(title="Of no date")).title == "Of no date"  # said just now


@pytest.mark.parametrize(
    "name", ["comment", "journal_ref", "doi", "report_no", "license", "submitter"]
)
def test_a_field_that_is_not_stated_never_erases_one_that_is(name: str) -> None:
    known = a_paper(**{name: "said"})
    assert getattr(merge(known, a_paper(modified=utc("2024-01-01"))), name) == "said"
    assert getattr(merge(known, a_paper(**{name: "new"})), name) == "new"


def test_the_time_of_the_update_is_kept_when_the_same_version_is_silent_on_it() -> None:
    assert merge(a_paper(updated=utc("2023-05-01")), a_paper()).updated == utc("2023-05-01")


def test_no_authors_and_no_categories_do_not_erase_some() -> None:
    merged = merge(a_paper(), a_paper(authors=(), categories=()))
    assert (merged.authors, merged.categories) == (a_paper().authors, a_paper().categories)


def test_a_withdrawn_version_stays_withdrawn() -> None:
    assert merge(a_paper(withdrawn=True), a_paper(modified=utc("2024-01-01"))).withdrawn is True


# 3. Dates


@pytest.mark.parametrize(
    ("stronger", "weaker"),
    [
        (V1_SECOND, V1_DAY),
        (V1_SECOND, ANNOUNCED),
        (V1_DAY, ANNOUNCED),
        (V1_DAY, ID_MONTH),
        (ANNOUNCED, ID_MONTH),
    ],
)
def test_a_stronger_date_wins_in_either_order(stronger: PaperDate, weaker: PaperDate) -> None:
    assert merge(a_paper(published=weaker), a_paper(published=stronger)).published == stronger
    assert merge(a_paper(published=stronger), a_paper(published=weaker)).published == stronger


def test_a_stronger_date_is_learned_even_from_an_older_version() -> None:
    known = later(published=ID_MONTH)
    assert merge(known, a_paper(published=V1_SECOND)).published == V1_SECOND
    assert merge(later(published=V1_SECOND), a_paper(published=ID_MONTH)).published == V1_SECOND


def test_of_two_announcements_the_first_counts() -> None:
    again = a_date("2023-03-10", Precision.DAY, DateKind.ANNOUNCED)
    assert merge(a_paper(published=ANNOUNCED), a_paper(published=again)).published == ANNOUNCED
    assert merge(a_paper(published=again), a_paper(published=ANNOUNCED)).published == ANNOUNCED


def test_a_correction_of_the_same_strength_is_taken() -> None:
    corrected = a_date("2023-03-01 11:00:00")
    assert merge(a_paper(), a_paper(published=corrected)).published == corrected


# 4. Abstracts

SUMMARY = {"abstract": "One sentence of ours.", "abstract_kind": AbstractKind.SUMMARY}
NOTHING = {"abstract": "", "abstract_kind": AbstractKind.NONE}
AUTHOR = {"abstract": a_paper().abstract, "abstract_kind": AbstractKind.AUTHOR}


@pytest.mark.parametrize("weaker", [SUMMARY, NOTHING])
@pytest.mark.parametrize("version", [None, 1, 2])
@pytest.mark.parametrize("modified", [None, utc("2025-01-01")])
def test_the_authors_abstract_is_never_replaced_by_less(
    weaker: dict[str, Any], version: int | None, modified: Any
) -> None:
    new = a_paper(**weaker, version=version, modified=modified)
    merged = merge(a_paper(), new)
    assert (merged.abstract, merged.abstract_kind) == (AUTHOR["abstract"], AbstractKind.AUTHOR)


@pytest.mark.parametrize("weaker", [SUMMARY, NOTHING])
def test_the_authors_abstract_replaces_less_whatever_was_modified_later(
    weaker: dict[str, Any],
) -> None:
    merged = merge(a_paper(**weaker, modified=utc("2025-01-01")), a_paper(**AUTHOR))
    assert (merged.abstract, merged.abstract_kind) == (AUTHOR["abstract"], AbstractKind.AUTHOR)
    assert merged.modified == utc("2025-01-01")


def test_a_summary_replaces_nothing_and_nothing_replaces_no_summary() -> None:
    assert merge(a_paper(**NOTHING), a_paper(**SUMMARY)).abstract == SUMMARY["abstract"]
    assert merge(a_paper(**SUMMARY), a_paper(**NOTHING)).abstract == SUMMARY["abstract"]


# History and hash


def test_histories_are_joined_by_number_and_a_known_date_stays() -> None:
    known = (a_version(1, "2023-03-01"), a_version(3))
    new = (a_version(3, "2023-06-01"), a_version(2), a_version(1, "2024-01-01"))
    expected = (a_version(1, "2023-03-01"), a_version(2), a_version(3, "2023-06-01"))
    assert merge_versions(known, new) == expected
    assert merge_versions((), ()) == ()


def test_every_field_counts_in_the_hash() -> None:
    changes: dict[str, Any] = {
        "arxiv_id": "2303.00002",
        "title": "T",
        "abstract": "A",
        "authors": ("王小明", "Ada Lovelace"),
        "categories": ("cs.CL", "cs.IR"),
        "published": V1_DAY,
        "version": None,
        "updated": utc("2023-05-01"),
        "abstract_kind": AbstractKind.SUMMARY,
        "comment": "None",
        "journal_ref": "None",
        "doi": "10.1/x",
        "report_no": "10.1/x",
        "license": "10.1/x",
        "submitter": "10.1/x",
        "withdrawn": True,
        "modified": utc("2023-05-01"),
        "versions": (),
    }
    assert sorted(changes) == sorted(a_paper().__dataclass_fields__)
    hashes = {record_hash(a_paper(**{name: value})) for name, value in changes.items()}
    assert len(hashes | {record_hash(a_paper())}) == len(changes) + 1
    assert record_hash(a_paper()) == record_hash(a_paper())


@pytest.mark.parametrize("name", ["comment", "journal_ref", "doi", "submitter"])
def test_the_word_none_is_not_the_same_as_nothing_said(name: str) -> None:
    assert record_hash(a_paper(**{name: "None"})) != record_hash(a_paper(**{name: None}))


def test_what_oai_only_spells_otherwise_than_the_api_is_no_change() -> None:
    by_api = a_paper(
        title="On Schrödinger  bridges", authors=("Erwin Schrödinger",), comment="9 p."
    )
    raw = a_paper(
        title='On Schr\\"odinger bridges',
        authors=('Erwin Schr\\"odinger',),
        comment="9 p.",
        modified=utc("2023-03-02"),
    )
    merged = merge(by_api, raw)
    assert (merged.title, merged.authors) == (by_api.title, by_api.authors)
    assert merge(merged, raw) == merged, "nor is it one when OAI-PMH says it again"
    assert merge(merged, by_api) == merged


def test_a_correction_with_a_later_datestamp_counts_to_the_letter() -> None:
    known = a_paper(title="A Study of Graphs", modified=utc("2023-03-02"))
    corrected = a_paper(title="A study of graphs", modified=utc("2023-03-09"))
    assert merge(known, corrected).title == "A study of graphs"


def test_a_withdrawal_that_a_later_record_takes_back_is_taken_back() -> None:
    withdrawn = a_paper(withdrawn=True, modified=utc("2023-03-02"))
    assert merge(withdrawn, a_paper(modified=utc("2023-03-09"))).withdrawn is False
    assert merge(withdrawn, a_paper(modified=None)).withdrawn is True, "the API does not tell"
