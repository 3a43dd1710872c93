"""What a report says of a changed paper."""

from __future__ import annotations

from typing import Any

import pytest

from builders import a_paper, utc
from littrack.records import Change, ChangeKind
from littrack.store.changes import find_change
from littrack.store.merging import merge

SEEN = {"modified": utc("2023-03-02")}
LATER = {"modified": utc("2023-03-09")}


def change(known: dict[str, Any], new: dict[str, Any]) -> Change | None:
    before, after = a_paper(**known), a_paper(**new)
    return find_change(before, merge(before, after), after)


@pytest.mark.parametrize(
    ("known", "new", "kind", "detail"),
    [
        (SEEN, LATER | {"version": 2}, ChangeKind.VERSION, "v1 -> v2"),
        (SEEN, LATER | {"journal_ref": "ACL 2023"}, ChangeKind.METADATA, "journal_ref"),
        (SEEN, LATER | {"categories": ("cs.CL",), "doi": "10.1/x"}, ChangeKind.METADATA, None),
        (SEEN, LATER | {"withdrawn": True, "version": 2}, ChangeKind.WITHDRAWN, "v1 -> v2"),
        (SEEN, LATER | {"withdrawn": True}, ChangeKind.WITHDRAWN, "v1"),
        ({}, {"journal_ref": "ACL 2023"}, ChangeKind.METADATA, "journal_ref"),
    ],
)
def test_each_kind_of_change_is_named(
    known: dict[str, Any], new: dict[str, Any], kind: ChangeKind, detail: str | None
) -> None:
    found = change(known, new)
    assert found is not None
    assert (found.arxiv_id, found.kind) == ("2303.00001", kind)
    assert found.detail == (detail or "categories, doi")


def test_a_later_datestamp_alone_is_no_change_for_the_reader() -> None:
    assert change(SEEN, LATER) is None


def test_what_oai_tells_beyond_the_api_is_learned_not_changed() -> None:
    assert change({}, SEEN | {"journal_ref": "ACL 2023", "submitter": "Ada"}) is None
    other = change({"journal_ref": "EMNLP 2022"}, SEEN | {"journal_ref": "ACL 2023"})
    assert other is not None
    assert other.detail == "journal_ref"
