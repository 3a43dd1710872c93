"""Titles, first authors and code of all papers at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from builders import a_paper, utc
from littrack.records import PaperVersion
from littrack.store.engine import begin
from littrack.store.paper_names import (
    load_all_titles,
    load_first_authors,
    load_repositories,
)
from littrack.store.saving import save_papers


@pytest.fixture
def conn(engine: sa.Engine) -> Iterator[sa.Connection]:
    code = "Code: https://github.com/Some-Lab/Tool.git, and https://github.com/shared/list."
    first = a_paper(arxiv_id="2303.00001", title="Old name", abstract=code)
    renamed = PaperVersion(2, utc("2023-05-01"))
    again = a_paper(
        arxiv_id="2303.00001",
        title="New name",
        abstract=code,
        version=2,
        versions=(*first.versions, renamed),
    )
    other = a_paper(
        arxiv_id="2303.00002", title="Another", abstract="See github.com/shared/list", authors=()
    )
    for batch in ([first, other], [again]):
        with begin(engine) as writing:
            save_papers(writing, batch, utc("2026-01-02 03:04:05"))
    with engine.connect() as reading:
        yield reading


def test_older_titles_come_behind_the_current_ones(conn: sa.Connection) -> None:
    titles = load_all_titles(conn)
    assert set(titles[:2]) == {("2303.00001", "New name"), ("2303.00002", "Another")}
    assert titles[2:] == [("2303.00001", "Old name")]


def test_the_first_author_comes_with_the_year_of_version_1(conn: sa.Connection) -> None:
    assert load_first_authors(conn) == [("2303.00001", "Ada Lovelace", 2023)]


def test_a_repository_belongs_to_the_one_paper_that_names_it(conn: sa.Connection) -> None:
    assert load_repositories(conn) == {"some-lab/tool": "2303.00001"}
