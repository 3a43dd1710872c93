from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
import sqlalchemy as sa
from dumps import Dump, dump
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import a_date, a_paper, a_version, utc
from littrack.records import (
    AbstractKind,
    DateKind,
    Filters,
    Paper,
    PaperVersion,
    Precision,
    SaveCounts,
)
from littrack.store import papers
from littrack.store.engine import begin
from littrack.store.papers import load_papers, load_versions
from littrack.store.saving import save_papers
from littrack.store.state import load_state
from littrack.text import content_hash

MakeEngine = Callable[[], sa.Engine]  # a fresh database each time
NOW, LATER = utc("2026-01-02 03:04:05"), utc("2026-02-03 04:05:06")


def save(engine: sa.Engine, *records: Paper, now: Any = NOW) -> SaveCounts:
    with begin(engine) as conn:
        return save_papers(conn, records, now)


def load(engine: sa.Engine, arxiv_id: str = "2303.00001") -> Paper:
    with engine.connect() as conn:
        (paper,) = load_papers(conn, [arxiv_id])
        return paper


def versions(engine: sa.Engine, arxiv_id: str = "2303.00001") -> list[PaperVersion]:
    with engine.connect() as conn:
        return load_versions(conn, arxiv_id)


def rows(engine: sa.Engine, query: str) -> list[tuple[Any, ...]]:
    with engine.connect() as conn:
        return [tuple(row) for row in conn.exec_driver_sql(query)]


def full() -> Paper:
    """A paper with something in every field."""
    return a_paper(
        version=3,
        title="Größe ≠ size: 大模型 & \\'Etudes 😀",
        abstract='A "quoted" text\'s 100% = {x} :y \\z.\nSecond line.',
        authors=("Zoë Ångström", "王小明", "Ada Lovelace", "Ada Lovelace"),
        categories=("cs.IR", "cs.CL", "math.ST"),
        published=a_date("2023-03-01 10:00:00"),
        updated=utc("2023-06-01 23:59:59"),
        comment="12 pages",
        journal_ref="J. Find. 3 (2023)",
        doi="10.1/x_y%z",
        report_no="R-1",
        license="CC BY 4.0",
        submitter="王小明",
        withdrawn=True,
        modified=utc("2023-07-01"),
        versions=(
            a_version(1, "2023-03-01 10:00:00"),
            a_version(2),
            a_version(3, "2023-06-01 23:59:59"),
        ),
    )


# Saving and loading


def test_a_saved_paper_comes_back_as_it_was(engine: sa.Engine) -> None:
    assert save(engine, full()) == SaveCounts(new=1)
    assert load(engine) == full()


def test_the_rows_of_a_saved_paper(engine: sa.Engine) -> None:
    paper = a_paper(
        version=2, versions=(a_version(1, "2023-03-01 10:00:00"), a_version(2, "2023-04-01"))
    )
    save(engine, paper)
    found = dump(engine)
    (row,) = found["papers"]
    assert row[:7] == (1, "2303.00001", 2, 1, utc("2023-03-01 10:00:00"), "second", "v1")
    assert row[-2:] == (NOW, NOW)
    current, first = found["paper_versions"]
    assert current[:6] == (1, 1, 2, utc("2023-04-01"), paper.title, paper.abstract)
    assert current[6:10] == ("author", ["Ada Lovelace", "王小明"], ["cs.IR", "cs.CL"], None)
    assert (current[10], len(current[11])) == (content_hash(paper.title, paper.abstract), 32)
    assert first == (2, 1, 1, utc("2023-03-01 10:00:00"), *[None] * 7, b"", NOW)
    assert found["paper_authors"] == [(1, 0, "Ada Lovelace"), (1, 1, "王小明")]
    assert found["paper_categories"] == [(1, 0, "cs.IR"), (1, 1, "cs.CL")]
    assert ("papers", 1) in found["library_state"]
    assert {row[0] for row in found["full text"]} == {1}


def test_saving_twice_writes_nothing(engine: sa.Engine) -> None:
    batch = [full(), a_paper(arxiv_id="2303.00002"), a_paper(arxiv_id="2303.00003", versions=())]
    save(engine, *batch)
    before = dump(engine)
    assert save(engine, *batch, now=LATER) == SaveCounts(unchanged=3)
    assert dump(engine) == before


def test_an_empty_batch_is_nothing(engine: sa.Engine) -> None:
    before = dump(engine)
    assert save(engine) == SaveCounts()
    assert dump(engine) == before


def test_authors_keep_their_order_and_namesakes(engine: sa.Engine) -> None:
    save(engine, a_paper(authors=("Zed", "Ann", "Zed", "米勒")))
    assert load(engine).authors == ("Zed", "Ann", "Zed", "米勒")
    names = rows(engine, "SELECT name FROM paper_authors ORDER BY position")
    assert names == [("Zed",), ("Ann",), ("Zed",), ("米勒",)]
    save(engine, a_paper(authors=("Ann",)))
    assert rows(engine, "SELECT name FROM paper_authors") == [("Ann",)]


def test_a_category_named_twice_is_kept_once(engine: sa.Engine) -> None:
    save(engine, a_paper(categories=("cs.IR", "cs.CL", "cs.IR")))
    found = rows(engine, "SELECT position, category FROM paper_categories ORDER BY 1")
    assert found == [(0, "cs.IR"), (1, "cs.CL")]


def test_the_word_none_and_the_empty_text_are_not_nothing(engine: sa.Engine) -> None:
    silent = a_paper(arxiv_id="2303.00001")
    spoken = a_paper(arxiv_id="2303.00002", comment="None", doi="", submitter="null")
    save(engine, silent, spoken)
    first, second = load(engine), load(engine, "2303.00002")
    assert (first.comment, first.doi, first.submitter) == (None, None, None)
    assert (second.comment, second.doi, second.submitter) == ("None", "", "null")
    save(engine, replace(silent, comment="None"))
    assert load(engine).comment == "None"


def test_a_paper_without_abstract_and_authors_comes_back_so(engine: sa.Engine) -> None:
    bare = a_paper(
        abstract="",
        abstract_kind=AbstractKind.NONE,
        authors=(),
        categories=(),
        version=None,
        versions=(),
        published=a_date("2023-03-01", Precision.MONTH, DateKind.ID_MONTH),
    )
    save(engine, bare)
    assert load(engine) == replace(bare, versions=(a_version(0),))


def test_papers_are_loaded_in_the_order_asked_and_unknown_ones_are_left_out(
    engine: sa.Engine,
) -> None:
    ids = ["2303.00003", "2303.00001", "2303.00002"]
    save(engine, *[a_paper(arxiv_id=arxiv_id) for arxiv_id in ids])
    with engine.connect() as conn:
        asked = ["2303.00002", "9999.99999", "2303.00003", "2303.00002"]
        assert [p.arxiv_id for p in load_papers(conn, asked)] == [asked[0], asked[2], asked[3]]
        by_id = papers.load_papers_by_id(conn, [3, 77, 1])
        assert [p.arxiv_id for p in by_id] == ["2303.00002", "2303.00003"]
        assert papers.load_ids(conn, asked) == {"2303.00003": 1, "2303.00002": 3}
        assert load_papers(conn, []) == []


def test_more_papers_than_a_statement_takes_are_saved_and_loaded(engine: sa.Engine) -> None:
    batch = [a_paper(arxiv_id=f"2303.{i:05d}", title=f"Paper {i}") for i in range(1, 1_106)]
    assert save(engine, *batch) == SaveCounts(new=1_105)
    assert save(engine, *batch, now=LATER) == SaveCounts(unchanged=1_105)
    with engine.connect() as conn:
        assert load_papers(conn, [paper.arxiv_id for paper in batch]) == batch
        assert papers.load_ids(conn, ["2303.01105"]) == {"2303.01105": 1_105}


def test_a_word_longer_than_postgresql_takes_does_not_stop_the_paper(engine: sa.Engine) -> None:
    save(engine, a_paper(abstract=f"Before {'x' * 3_000} after."))
    assert "x" * 3_000 in load(engine).abstract


# Rules of merging, as they reach the rows


def test_a_newer_version_is_added_and_the_old_row_stays_as_it_was(engine: sa.Engine) -> None:
    save(engine, a_paper())
    (old,) = dump(engine)["paper_versions"]
    newer = a_paper(version=2, title="Another title", authors=("New Author",), comment="v2")
    newer = replace(newer, versions=(*a_paper().versions, a_version(2, "2023-04-01")))
    assert save(engine, newer, now=LATER) == SaveCounts(updated=1)
    assert load(engine) == newer
    assert dump(engine)["paper_versions"][0] == old
    assert [(v.number, v.title, v.authors) for v in versions(engine)] == [
        (1, a_paper().title, a_paper().authors),
        (2, "Another title", ("New Author",)),
    ]
    with engine.connect() as conn:
        assert papers.load_seen(conn, "2303.00001") == (NOW, LATER)


def test_an_older_version_adds_its_text_to_the_history_and_nothing_else(
    engine: sa.Engine,
) -> None:
    newer = a_paper(version=2, title="Another title", versions=(a_version(2, "2023-04-01"),))
    save(engine, newer)
    assert save(engine, a_paper(), now=LATER) == SaveCounts(older=1)
    known = (a_version(1, "2023-03-01 10:00:00"), a_version(2, "2023-04-01"))
    assert load(engine) == replace(newer, versions=known)
    assert [(v.number, v.title) for v in versions(engine)] == [
        (1, a_paper().title),
        (2, "Another title"),
    ]


@pytest.mark.parametrize("history", [(), (a_version(1, "2023-03-01 10:00:00"),)])
@pytest.mark.parametrize("number", [None, 1])
def test_old_and_new_again_and_again_settle_at_once(
    engine: sa.Engine, number: int | None, history: tuple[PaperVersion, ...]
) -> None:
    newer = a_paper(version=2, title="Another title", versions=history)
    older = a_paper(version=number, versions=history)
    save(engine, newer, older)
    before = dump(engine)
    assert save(engine, newer, now=LATER) == SaveCounts(unchanged=1)
    assert save(engine, older, now=LATER) == SaveCounts(older=1)
    assert dump(engine) == before


def test_a_changed_text_of_the_same_version_is_a_row_of_its_own(engine: sa.Engine) -> None:
    save(engine, a_paper())
    (old,) = dump(engine)["paper_versions"]
    save(engine, a_paper(title="Corrected", modified=utc("2024-01-01")), now=LATER)
    found = dump(engine)["paper_versions"]
    assert found[0] == old
    assert (len(found), found[1][2], found[1][4]) == (2, 1, "Corrected")
    assert load(engine).title == "Corrected"


def test_a_version_known_by_its_date_is_filled_once_and_never_edited(engine: sa.Engine) -> None:
    history = (a_version(1, "2023-03-01 10:00:00"), a_version(2, "2023-04-01"))
    save(engine, a_paper(version=2, title="Second", versions=history))
    empty = dump(engine)["paper_versions"][1]
    assert (empty[2], empty[4], empty[11]) == (1, None, b"")
    save(engine, a_paper(title="First"), now=LATER)
    second, filled = dump(engine)["paper_versions"]
    assert filled[:5] == (*empty[:4], "First")
    assert filled[-1] == LATER
    save(engine, a_paper(title="First, told differently"), now=LATER)
    assert dump(engine)["paper_versions"][:2] == [second, filled]
    assert [v.title for v in versions(engine)] == ["First", "First, told differently", "Second"]


def test_a_date_learned_later_for_a_version_with_text_is_kept(engine: sa.Engine) -> None:
    undated = a_paper(versions=(), published=a_date("2023-03-01", Precision.DAY))
    save(engine, undated)
    dated = replace(undated, versions=(a_version(1, "2023-03-01 10:00:00"),))
    assert save(engine, dated, now=LATER) == SaveCounts(updated=1)
    assert load(engine).versions == dated.versions
    before = dump(engine)
    assert save(engine, undated, now=LATER + timedelta(days=1)) == SaveCounts(unchanged=1)
    assert save(engine, dated, now=LATER + timedelta(days=1)) == SaveCounts(unchanged=1)
    assert dump(engine) == before


def test_a_weaker_date_never_overwrites_a_stronger_one(engine: sa.Engine) -> None:
    month = a_date("2023-03-01", Precision.MONTH, DateKind.ID_MONTH)
    save(engine, a_paper())
    before = dump(engine)
    assert save(engine, a_paper(published=month), now=LATER) == SaveCounts(unchanged=1)
    assert dump(engine) == before
    assert str(load(engine).published) == "2023-03-01"


def test_a_summary_never_replaces_the_authors_abstract(engine: sa.Engine) -> None:
    save(engine, a_paper())
    summary = {"abstract": "A sentence of ours.", "abstract_kind": AbstractKind.SUMMARY}
    for version in (None, 1, 2):
        save(engine, a_paper(version=version, versions=(), **summary), now=LATER)
        assert load(engine).abstract == a_paper().abstract
        assert load(engine).abstract_kind is AbstractKind.AUTHOR


def test_a_field_stated_once_stays_for_the_same_version(engine: sa.Engine) -> None:
    save(engine, a_paper(doi="10.1/x", comment="9 pages"))
    save(engine, a_paper(journal_ref="J. 3"), now=LATER)
    paper = load(engine)
    assert (paper.doi, paper.comment, paper.journal_ref) == ("10.1/x", "9 pages", "J. 3")


def test_the_full_text_follows_the_current_version(engine: sa.Engine) -> None:
    save(engine, a_paper(title="Walruses"))
    save(engine, a_paper(title="Zebras", version=2), now=LATER)
    with engine.connect() as conn:
        assert papers.count_papers(conn) == {"papers": 1, "versions": 2, "withdrawn": 0}
        found = str(dump(conn)["full text"])
    assert "zebra" in found
    assert "walrus" not in found


def test_counts_and_the_counter_tell_what_was_written(engine: sa.Engine) -> None:
    save(engine, *[a_paper(arxiv_id=f"2303.0000{i}", version=2) for i in range(1, 4)])
    batch = [
        a_paper(arxiv_id="2303.00001", version=2),
        a_paper(arxiv_id="2303.00002", version=3),
        a_paper(arxiv_id="2303.00003", version=1),
        a_paper(arxiv_id="2303.00004"),
    ]
    assert save(engine, *batch, now=LATER) == SaveCounts(new=1, updated=1, unchanged=1, older=1)
    with engine.connect() as conn:
        assert load_state(conn, "papers") == 2
    save(engine, *batch, now=LATER)
    with engine.connect() as conn:
        assert load_state(conn, "papers") == 2


# Ids and interruptions


def test_ids_count_from_one_in_order_of_first_sight(engine: sa.Engine) -> None:
    ids = ["2303.00009", "hep-th/9901001", "2303.00001"]
    save(engine, a_paper(arxiv_id=ids[0]))
    save(engine, a_paper(arxiv_id=ids[0]), *[a_paper(arxiv_id=arxiv_id) for arxiv_id in ids[1:]])
    assert rows(engine, "SELECT id, arxiv_id FROM papers ORDER BY id") == [
        *enumerate(ids, 1),
    ]


def test_a_paper_twice_in_a_batch_is_merged_in_its_turn(make_engine: MakeEngine) -> None:
    first, other = a_paper(), a_paper(arxiv_id="2303.00002")
    second = a_paper(version=2, title="Another title")
    together, apart = make_engine(), make_engine()
    assert save(together, first, other, second, first) == SaveCounts(new=2, updated=1, older=1)
    for record in (first, other, second, first):
        save(apart, record)
    assert without_counter(dump(together)) == without_counter(dump(apart))


def without_counter(found: Dump) -> Dump:
    """All but the counters of writing transactions, which differ with the number of these."""
    return {name: held for name, held in found.items() if name != "library_state"}


@pytest.mark.parametrize("killed_at", [0, 1, 2])
def test_a_killed_and_repeated_import_gives_the_same_rows_as_one_that_was_not(
    make_engine: MakeEngine, killed_at: int
) -> None:
    pages = [
        [a_paper(arxiv_id="2303.00001", version=2), a_paper(arxiv_id="2303.00002")],
        [a_paper(arxiv_id="2303.00003"), a_paper(arxiv_id="2303.00001", title="Old")],
        [full(), a_paper(arxiv_id="2303.00004")],
    ]
    whole, killed = make_engine(), make_engine()
    for page in pages:
        save(whole, *page)
    for page in pages[:killed_at]:
        save(killed, *page)
    with pytest.raises(KeyboardInterrupt), begin(killed) as conn:
        save_papers(conn, pages[killed_at], NOW)
        raise KeyboardInterrupt
    for page in pages:  # from the start again
        save(killed, *page)
    assert without_counter(dump(killed)) == without_counter(dump(whole))


def records_of_two_papers() -> st.SearchStrategy[list[Paper]]:
    """What sources may say: a version's content is the same whenever it is told of.

    (Where two records contradict each other with equal right, the last one wins, each time anew.)
    """
    return st.lists(record(), min_size=1, max_size=7)


@st.composite
def record(draw: st.DrawFn) -> Paper:
    number = draw(st.sampled_from([None, 1, 2, 3]))
    kind = draw(st.sampled_from(list(AbstractKind)))
    modified = draw(st.sampled_from([None, "2024-01-01", "2024-02-01"]))
    optional = {"doi": "10.1/x", "journal_ref": "J. 3", "updated": utc("2023-05-01")}
    dates = [a_date(), a_date("2023-03-01", Precision.MONTH, DateKind.ID_MONTH)]
    lists = ("2023-03-04", "2023-03-05")
    dates += [a_date(day, Precision.DAY, DateKind.ANNOUNCED) for day in lists]
    numbers = draw(st.sets(st.integers(1, 3)))
    history = [(n, draw(st.sampled_from([None, f"2023-0{n + 2}-01"]))) for n in sorted(numbers)]
    return a_paper(
        arxiv_id=draw(st.sampled_from(["2303.00001", "2303.00002"])),
        version=number,
        title=f"Title {number}",
        abstract="" if kind is AbstractKind.NONE else f"Abstract {number} {kind}",
        abstract_kind=kind,
        authors=("Ada", f"Author {number}"),
        comment=f"Comment {number}",
        # An undated record speaks of now, whenever it is read: here it says no withdrawal.
        withdrawn=draw(st.booleans()) and modified is not None,
        modified=None if modified is None else utc(modified),
        published=draw(st.sampled_from(dates)),
        versions=tuple(a_version(n, date) for n, date in history),
        **{key: value for key, value in optional.items() if draw(st.booleans())},
    )


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(records=records_of_two_papers(), cuts=st.sets(st.integers(1, 6)))
def test_any_cutting_into_batches_gives_the_same_rows_and_saving_again_changes_nothing(
    engine: sa.Engine, records: list[Paper], cuts: set[int]
) -> None:
    def saved(batches: Sequence[Sequence[Paper]], *, again: bool) -> list[Dump]:
        found = []
        with engine.connect() as conn:  # rolled back at the end
            for now in (NOW, LATER) if again else (NOW,):
                for batch in batches:
                    save_papers(conn, batch, now)
                found.append(dump(conn))
        return found

    edges = [0, *sorted(cut for cut in cuts if cut < len(records)), len(records)]
    batches = [records[start:end] for start, end in pairwise(edges)]
    (cut,) = saved(batches, again=False)
    whole, twice = saved([records], again=True)
    assert without_counter(cut) == without_counter(whole)
    assert twice == whole


# Filters


def chosen(engine: sa.Engine, **filters: Any) -> list[str]:
    """The ids of the papers that these filters let through, whichever way they say it."""
    with engine.connect() as conn:
        every = {i: a for i, a in conn.exec_driver_sql("SELECT id, arxiv_id FROM papers")}
        choice = papers.choose_papers(Filters(**filters))
        if choice is None:
            return sorted(every.values())
        named = papers.load_choice(conn, choice)
        condition = choice.condition(conn, "papers.id").replace(":", "\\:")
        written_in = conn.execute(sa.text(f"SELECT id FROM papers WHERE 1 = 1{condition}"))
        kept = set(every) - set(named) if choice.is_excluded else set(named)
        assert kept == {row[0] for row in written_in}
        assert named == sorted(named)
        return sorted(every[paper_id] for paper_id in kept)


@pytest.fixture
def mixed(engine: sa.Engine) -> sa.Engine:
    """Six papers of different days and categories; the last one is withdrawn."""
    said = [
        ("a", "2023-01-31 23:59:59", ("cs.CL",)),
        ("b", "2023-02-01 00:00:00", ("cs.LG", "cs.CL")),
        ("c", "2023-02-01 23:59:59", ("math.ST", "stat.ML")),
        ("d", "2023-02-02 00:00:00", ("cs_X",)),
        ("e", "2023-03-01 12:00:00", ("csx.CL", "hep-th")),
        ("f", "2023-03-02 12:00:00", ("cs.CL",)),
    ]
    batch = [a_paper(arxiv_id=i, published=a_date(day), categories=c) for i, day, c in said]
    save(engine, *batch[:-1], replace(batch[-1], withdrawn=True))
    return engine


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, "abcde"),
        ({"withdrawn": True}, "abcdef"),
        ({"categories": ("cs.CL",)}, "ab"),
        ({"categories": ("cs.CL",), "withdrawn": True}, "abf"),
        ({"categories": ("cs.*",)}, "ab"),
        ({"categories": ("cs*",)}, "abde"),
        ({"categories": ("cs_*",)}, "d"),
        ({"categories": ("%*",)}, ""),
        ({"categories": ("*",)}, "abcde"),
        ({"categories": ("hep-th", "stat.*")}, "ce"),
        ({"categories": ("cs.cl",)}, ""),
        ({"categories": ("it's:a%b",)}, ""),
        ({"since": utc("2023-02-01")}, "bcde"),
        ({"since": utc("2023-02-01 00:00:01")}, "cde"),
        ({"until": utc("2023-02-01")}, "abc"),
        ({"until": utc("2023-01-31")}, "a"),
        ({"since": utc("2023-02-01"), "until": utc("2023-02-01")}, "bc"),
        ({"since": utc("2023-02-01"), "categories": ("cs.CL",)}, "b"),
        ({"since": utc("2023-03-02"), "withdrawn": True}, "f"),
        ({"since": utc("2024-01-01")}, ""),
    ],
)
def test_filters_let_through_exactly_these(
    mixed: sa.Engine, filters: dict[str, Any], expected: str
) -> None:
    assert chosen(mixed, **filters) == list(expected)


def test_withdrawn_papers_stay_and_are_counted(mixed: sa.Engine) -> None:
    assert load(mixed, "f").withdrawn is True
    with mixed.connect() as conn:
        assert papers.count_papers(conn) == {"papers": 6, "versions": 6, "withdrawn": 1}


def test_the_earliest_papers_are_found_without_withdrawn_ones(mixed: sa.Engine) -> None:
    with mixed.connect() as conn:
        assert papers.load_earliest(conn, [6, 5, 3, 2], limit=2) == [2, 3]
        assert papers.load_earliest(conn, [6, 5], limit=2) == [5]
        assert papers.load_earliest(conn, [], limit=2) == []


def test_of_papers_of_one_time_the_one_seen_first_is_the_earliest(engine: sa.Engine) -> None:
    save(engine, *[a_paper(arxiv_id=f"2303.0000{i}") for i in range(1, 5)])
    with engine.connect() as conn:
        assert papers.load_earliest(conn, [4, 2, 3, 1], limit=3) == [1, 2, 3]
