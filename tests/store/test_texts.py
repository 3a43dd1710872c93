from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from builders import a_paper, utc
from littrack.store.engine import begin
from littrack.store.papers import load_ids
from littrack.store.saving import save_papers
from littrack.store.texts import load_texts


@pytest.fixture
def conn(engine: sa.Engine) -> Iterator[sa.Connection]:
    with begin(engine) as writing:
        first = a_paper(arxiv_id="2303.00001", title="First", abstract="On the one.")
        second = a_paper(arxiv_id="2303.00002", title="Second", abstract="")
        save_papers(writing, [first, second], utc("2026-01-02 03:04:05"))
    with engine.connect() as reading:
        yield reading


def test_titles_and_abstracts_come_by_sql_id(conn: sa.Connection) -> None:
    ids = load_ids(conn, ["2303.00001", "2303.00002"])
    assert load_texts(conn, list(ids.values())) == {
        ids["2303.00001"]: ("First", "On the one."),
        ids["2303.00002"]: ("Second", ""),
    }


def test_unknown_ids_are_left_out(conn: sa.Connection) -> None:
    assert load_texts(conn, [999_999]) == {}
    assert load_texts(conn, []) == {}
