from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from builders import a_date, a_paper
from littrack import errors
from littrack.errors import InputError, LittrackError, SourceMalformed
from littrack.records import DateKind, Hit, Precision, SaveCounts


def test_a_date_prints_as_much_as_is_known() -> None:
    assert str(a_date("2022-01-28 17:05:00")) == "2022-01-28"
    assert str(a_date("2022-01-28", Precision.DAY, DateKind.ANNOUNCED)) == "2022-01-28"
    assert str(a_date("2022-01-01", Precision.MONTH, DateKind.ID_MONTH)) == "2022-01"


def test_a_paper_knows_its_page() -> None:
    assert a_paper(arxiv_id="hep-th/9901001").url == "https://arxiv.org/abs/hep-th/9901001"


def test_records_do_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        a_paper().title = "Another"  # type: ignore[misc]


def test_counts_add_up() -> None:
    total = SaveCounts(1, 2, 3, 4) + SaveCounts(new=10, older=1)
    assert total == SaveCounts(new=11, updated=2, unchanged=3, older=5)
    assert total.total == 21
    assert SaveCounts().total == 0


def test_a_hit_shows_its_papers_title_and_date() -> None:
    hit = Hit(1, a_paper(title="Seen"), 0.5, ("lexical",))
    assert (hit.title, str(hit.published), hit.snippet) == ("Seen", "2023-03-01", "")


def all_errors() -> list[type[LittrackError]]:
    found = [value for value in vars(errors).values() if isinstance(value, type)]
    return [value for value in found if issubclass(value, LittrackError)]


@pytest.mark.parametrize("error", all_errors())
def test_the_page_of_errors_tells_each_ones_exit_code(error: type[LittrackError]) -> None:
    assert errors.__doc__ is not None
    lines = [line.split() for line in errors.__doc__.splitlines() if error.__name__ in line.split()]
    assert len(lines) == 1
    words = lines[0]
    assert int(words[words.index(error.__name__) + 1]) == error.exit_code


def test_an_input_error_says_where_as_far_as_it_knows() -> None:
    path = Path("papers.jsonl")
    assert str(InputError("no title")) == "no title"
    assert str(InputError("no title", path)) == "papers.jsonl: no title"
    assert str(InputError("no title", path, 3)) == "papers.jsonl, line 3: no title"


@pytest.mark.parametrize("error", all_errors())
def test_errors_survive_the_way_to_another_process(error: type[LittrackError]) -> None:
    back = pickle.loads(pickle.dumps(error("what happened")))
    assert (type(back), str(back)) == (error, "what happened")


def test_errors_keep_what_they_carry_on_that_way() -> None:
    read = pickle.loads(pickle.dumps(InputError("no title", Path("a"), 3)))
    assert (str(read), read.reason, read.path, read.line) == (
        "a, line 3: no title", "no title", Path("a"), 3,
    )  # fmt: skip
    malformed = pickle.loads(pickle.dumps(SourceMalformed("no XML", b"<htm")))
    assert (str(malformed), malformed.payload) == ("no XML", b"<htm")
