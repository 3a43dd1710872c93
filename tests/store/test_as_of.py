"""What the library knew at an earlier moment: papers, texts, versions, withdrawals."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from builders import a_date, a_paper, a_version, utc
from littrack.records import Change, ChangeKind, Filters, Paper, PaperVersion
from littrack.store import as_of, harvests, papers, runs
from littrack.store.engine import begin
from littrack.store.saving import save_papers
from littrack.store.tombstones import save_deletions

EARLY, BETWEEN, LATE = utc("2026-01-02 03:04:05"), utc("2026-01-20"), utc("2026-02-03 04:05:06")
LAST = utc("2026-03-01")
ID = "2303.00001"
FIRST = a_paper(title="A first title", versions=(a_version(1, "2023-03-01 10:00:00"),))
SECOND = a_paper(
    title="A second title",
    version=2,
    updated=utc("2026-01-30"),
    versions=(a_version(1, "2023-03-01 10:00:00"), a_version(2, "2026-01-30")),
)
WITHDRAWN = replace(SECOND, comment="This paper is withdrawn: Lemma 2 fails.", withdrawn=True)


def save(engine: sa.Engine, now: datetime, *records: Paper) -> None:
    with begin(engine) as conn:
        save_papers(conn, records, now)


def load(engine: sa.Engine, moment: datetime | None) -> Paper | None:
    with engine.connect() as conn:
        return next(iter(papers.load_papers(conn, [ID], as_of=moment)), None)


def versions(engine: sa.Engine, moment: datetime) -> list[PaperVersion]:
    with engine.connect() as conn:
        return papers.load_versions(conn, ID, as_of=moment)


def chosen(engine: sa.Engine, moment: datetime, **filters: Any) -> list[str]:
    """What a search may return, by both ways in which a choice is used."""
    with engine.connect() as conn:
        every = dict(conn.execute(sa.text("SELECT id, arxiv_id FROM papers")).tuples().all())
        choice = papers.choose_papers(Filters(as_of=moment, **filters))
        assert choice is not None
        named = set(papers.load_choice(conn, choice))
        condition = choice.condition(conn, "papers.id").replace(":", "\\:")
        written_in = conn.scalars(sa.text(f"SELECT id FROM papers WHERE 1 = 1{condition}"))
        kept = set(every) - named if choice.is_excluded else named
        assert set(written_in) == kept
        return sorted(every[paper_id] for paper_id in kept)


def test_a_paper_is_known_from_the_moment_it_was_first_seen(engine: sa.Engine) -> None:
    save(engine, EARLY, FIRST)
    save(engine, LATE, a_paper(arxiv_id="2303.00002"))
    assert load(engine, utc("2026-01-02 03:04:04")) is None
    assert load(engine, EARLY) == load(engine, None)
    assert chosen(engine, utc("2026-01-01")) == []
    assert chosen(engine, BETWEEN) == [ID]
    assert chosen(engine, LATE) == [ID, "2303.00002"]
    with engine.connect() as conn:
        assert [as_of.count_known(conn, day) for day in (BETWEEN, LATE)] == [1, 2]
        assert as_of.find_known(conn, [1, 2, 3], BETWEEN) == {1}


def test_other_filters_still_hold_at_an_earlier_moment(engine: sa.Engine) -> None:
    other = a_paper(arxiv_id="2303.00002", categories=("cs.CV",), published=a_date("2020-01-01"))
    save(engine, EARLY, FIRST, other)
    assert chosen(engine, BETWEEN, categories=("cs.CV",)) == ["2303.00002"]
    assert chosen(engine, BETWEEN, since=utc("2023-01-01")) == [ID]


def test_a_paper_revised_since_has_the_text_and_version_of_then(engine: sa.Engine) -> None:
    save(engine, EARLY, FIRST)
    before = load(engine, None)
    save(engine, LATE, replace(SECOND, authors=("Ada Lovelace",), categories=("cs.IR",)))
    after = load(engine, None)
    assert after is not None
    assert (after.title, after.version) == ("A second title", 2)
    assert load(engine, LATE) == after
    then = load(engine, BETWEEN)
    assert then is not None
    assert before is not None
    assert then == replace(before, updated=then.updated)
    assert then.updated == utc("2023-03-01 10:00:00")


def test_of_several_texts_of_one_version_the_last_known_one_is_shown(engine: sa.Engine) -> None:
    days = [(EARLY, "Typo"), (LATE, "Corrected"), (LAST, "Corrected again")]
    for day, title in days:
        save(engine, day, replace(FIRST, title=title, modified=day))
    for day, title in days:
        then = load(engine, day)
        assert then is not None
        assert (then.title, then.version, then.modified) == (
            title,
            1,
            day if day == LAST else None,  # what the datestamp was before is not kept
        )


def test_a_text_that_came_later_leaves_the_date_that_was_known(engine: sa.Engine) -> None:
    save(engine, EARLY, SECOND, a_paper(arxiv_id="2303.00002"))
    expected = versions(engine, BETWEEN)
    assert [(one.number, one.title) for one in expected] == [(1, None), (2, "A second title")]
    save(engine, LATE, FIRST)  # an older snapshot: the first version's text fills its row
    assert versions(engine, LATE)[0].title == "A first title"
    assert versions(engine, BETWEEN) == expected
    then = load(engine, BETWEEN)
    assert then is not None
    assert [one.number for one in then.versions] == [1, 2]


def test_versions_learned_later_are_not_listed(engine: sa.Engine) -> None:
    save(engine, EARLY, FIRST)
    save(engine, LATE, SECOND)
    assert [one.number for one in versions(engine, BETWEEN)] == [1]
    assert [one.number for one in versions(engine, LATE)] == [1, 2]


def test_a_paper_withdrawn_since_counts_as_not_withdrawn(engine: sa.Engine) -> None:
    save(engine, EARLY, FIRST)
    save(engine, LATE, WITHDRAWN)
    assert chosen(engine, LATE) == []
    assert chosen(engine, LATE, withdrawn=True) == [ID]
    assert chosen(engine, BETWEEN) == [ID]
    then = load(engine, BETWEEN)
    assert then is not None
    assert not then.withdrawn
    with engine.connect() as conn:
        assert papers.load_earliest(conn, [1], 5) == []
        assert papers.load_earliest(conn, [1], 5, as_of=BETWEEN) == [1]


def test_a_paper_that_said_so_then_was_withdrawn_then(engine: sa.Engine) -> None:
    save(engine, EARLY, replace(WITHDRAWN, version=1, versions=FIRST.versions))
    save(engine, LATE, replace(WITHDRAWN, title="Another title"))
    assert chosen(engine, BETWEEN) == []
    then = load(engine, BETWEEN)
    assert then is not None
    assert then.withdrawn


def test_a_flag_without_a_word_about_it_is_of_today_unless_a_harvest_reported_it(
    engine: sa.Engine,
) -> None:
    save(engine, EARLY, FIRST)
    with begin(engine) as conn:
        deleted = save_deletions(conn, [(ID, LATE)], LATE)
    assert deleted == [Change(ID, ChangeKind.DELETED)]
    assert chosen(engine, BETWEEN) == []
    with begin(engine) as conn:
        run = runs.save_run_start(conn, "oai", "cs", LATE)
        harvests.save_changes(conn, run.id, deleted)
    assert chosen(engine, BETWEEN) == [ID]
    assert chosen(engine, LATE) == []


@pytest.mark.parametrize(("moment", "changed"), [(BETWEEN, EARLY), (LATE, LATE), (LAST, LAST)])
def test_the_last_change_is_the_last_one_known(
    engine: sa.Engine, moment: datetime, changed: datetime
) -> None:
    save(engine, EARLY, FIRST)
    save(engine, LATE, SECOND)
    save(engine, LAST, replace(SECOND, title="A third title", modified=LAST))
    with engine.connect() as conn:
        assert papers.load_seen(conn, ID, as_of=moment) == (EARLY, changed)
