from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory
from dumps import dump, dump_rows

from builders import a_paper, a_version, an_encoder, utc
from littrack.errors import SchemaOutdated, StoreError
from littrack.store import schema
from littrack.store.engine import begin
from littrack.store.fulltext import find_by_words
from littrack.store.runs import save_response, save_run_progress, save_run_start
from littrack.store.saving import save_papers
from littrack.store.schema import open_database
from littrack.store.tables import tombstones
from littrack.store.vectors import save_encoder, save_vectors

NOW = utc("2026-01-02 03:04:05")
SINCE_0003 = {
    "claims",
    "editions",
    "extractions",
    "note_conflicts",
    "note_decisions",
    "note_links",
    "note_passages",
    "notes",
    "paper_topics",
    "reference_entries",
    "section_assignments",
    "source_changes",
    "source_coverage",
    "source_rejections",
    "term_pairs",
    "term_sources",
    "term_uses",
    "tombstones",
    "topic_events",
    "topic_fits",
    "topics",
    "trend_changes",
    "trend_months",
}


def fill(engine: sa.Engine) -> None:
    """Something in every table."""
    import numpy as np

    records = [
        a_paper(arxiv_id="2303.00001", title="Graphs of words", comment="12 pages"),
        a_paper(
            arxiv_id="2303.00002",
            title="大语言模型的推理",
            abstract="本文研究思维链。",
            version=2,
            versions=(a_version(1, "2023-03-01"), a_version(2, "2023-04-01 01:02:03.000004")),
            withdrawn=True,
        ),
    ]
    with begin(engine) as conn:
        save_papers(conn, records, NOW)
        encoder = save_encoder(conn, an_encoder())
        save_vectors(conn, encoder, [b"\x00" * 31 + b"\x01"], np.eye(1, 4, dtype=np.float32))
        run = save_run_start(conn, "arxiv", "cat:cs.CL", NOW)
        save_run_progress(conn, run.id, {"page": 3}, {"new": 2})
        answer = {"url": "u", "status": 200, "sha256": b"\x02" * 32, "entries": 2, "total": 9}
        save_response(conn, run.id, answer | {"fetched_at": NOW})


def search(engine: sa.Engine) -> list[tuple[int, float]]:
    with engine.connect() as conn:
        return find_by_words(conn, {("graph",): 1.0, ("推理",): 1.0, ("思",): 0.5}, limit=9)


def table_names(engine: sa.Engine) -> set[str]:
    return set(sa.inspect(engine).get_table_names())


def test_a_bare_database_is_upgraded_to_exactly_what_the_tables_describe(
    bare_engine: sa.Engine,
) -> None:
    assert schema.is_empty(bare_engine)
    assert schema.current(bare_engine) is None
    schema.upgrade(bare_engine)
    assert schema.current(bare_engine) == schema.HEAD
    assert not schema.is_empty(bare_engine)
    assert schema.differences(bare_engine) == []
    assert schema.damage(bare_engine) == []
    schema.check(bare_engine)  # does not raise


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("DROP INDEX ix_papers_published", "ix_papers_published"),
        ("ALTER TABLE papers ADD COLUMN colour TEXT", "colour"),
        ("DROP TABLE source_responses", "source_responses"),
        ("CREATE TABLE extra (id INTEGER)", "extra"),
    ],
)
def test_a_change_made_by_someone_else_is_named_as_a_difference(
    engine: sa.Engine, change: str, named: str
) -> None:
    with begin(engine) as conn:
        conn.exec_driver_sql(change)
    found = schema.differences(engine)
    assert found
    assert all(named in difference for difference in found)


def test_a_row_without_its_parent_is_found_as_damage(
    sqlite_engine: sa.Engine, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "littrack.db")) as other:  # checks no foreign keys
        other.execute("INSERT INTO paper_authors VALUES (77, 0, 'Nobody')")
        other.commit()
    assert schema.damage(sqlite_engine) == ["paper_authors: a row without its parent"]


def test_the_head_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.migrations_folder()))
    assert ScriptDirectory.from_config(config).get_current_head() == schema.HEAD


def test_going_down_to_0001_and_up_again_loses_nothing(engine: sa.Engine) -> None:
    fill(engine)
    before, found = dump(engine), search(engine)
    empty = {name for name, held in before.items() if not held}
    assert empty == SINCE_0003, "every older table is filled"
    assert {paper_id for paper_id, _ in found} == {1, 2}
    schema.downgrade(engine, "0001")
    assert schema.current(engine) == "0001"
    with engine.connect() as conn:
        rows = dump_rows(conn)
    gone = SINCE_0003 | {"full text"}
    assert rows == {name: held for name, held in before.items() if name not in gone}
    assert not [name for name in table_names(engine) if name.startswith("papers_f")]
    schema.upgrade(engine)
    assert dump(engine) == before
    assert search(engine) == found
    assert schema.differences(engine) == []


def test_going_below_0003_is_refused_while_its_tables_hold_what_cannot_be_made_again(
    engine: sa.Engine,
) -> None:
    fill(engine)
    with begin(engine) as conn:
        row = {"arxiv_id": "2303.00009", "modified": utc("2023-04-01")}
        conn.execute(tombstones.insert(), row | {"recorded_at": utc("2023-04-02")})
    before = dump(engine)
    with pytest.raises(StoreError, match="would delete 1 rows of tombstones; nothing was changed"):
        schema.downgrade(engine, "0002")
    assert dump(engine) == before


def test_going_below_the_first_schema_is_refused_while_there_are_papers(
    engine: sa.Engine,
) -> None:
    fill(engine)
    before = dump(engine)
    with pytest.raises(StoreError, match="would delete 2 papers; nothing was changed"):
        schema.downgrade(engine, "base")
    assert schema.current(engine) == schema.HEAD
    assert dump(engine) == before


def test_without_papers_everything_goes_and_can_be_made_again(engine: sa.Engine) -> None:
    schema.downgrade(engine, "base")
    assert table_names(engine) <= {"alembic_version"}
    assert schema.is_empty(engine)
    schema.upgrade(engine)
    assert schema.differences(engine) == []


def test_an_upgrade_that_fails_in_the_middle_leaves_nothing_behind(
    bare_engine: sa.Engine,
) -> None:
    with begin(bare_engine) as conn:  # the last table that 0001 makes is in the way
        conn.exec_driver_sql("CREATE TABLE library_state (mine INTEGER)")
    with pytest.raises(sa.exc.DBAPIError, match="library_state"):
        schema.upgrade(bare_engine)
    assert table_names(bare_engine) == {"library_state"}


@pytest.mark.parametrize(
    ("found", "advice"),
    [("0001", "run: littrack db upgrade"), ("9999", "newer than this littrack knows")],
)
def test_the_schema_of_another_version_is_refused(
    engine: sa.Engine, found: str, advice: str
) -> None:
    with begin(engine) as conn:
        conn.execute(sa.text("UPDATE alembic_version SET version_num = :found"), {"found": found})
    with pytest.raises(SchemaOutdated, match=advice) as raised:
        schema.check(engine)
    assert found in str(raised.value)
    assert schema.HEAD in str(raised.value)


def test_tables_of_another_program_are_refused(bare_engine: sa.Engine) -> None:
    with begin(bare_engine) as conn:
        conn.exec_driver_sql("CREATE TABLE recipes (id INTEGER)")
    assert not schema.is_empty(bare_engine)
    with pytest.raises(StoreError, match="not littrack's"):
        schema.check(bare_engine)
    assert table_names(bare_engine) == {"recipes"}


def test_opening_makes_a_new_database_and_opens_it_again(tmp_path: Path) -> None:
    url = "sqlite:///library.db"
    fill(open_database(url, tmp_path))
    again = open_database(url, tmp_path)
    assert len(dump(again)["papers"]) == 2
    assert (tmp_path / "library.db").is_file()


def test_opening_refuses_an_older_schema_and_changes_nothing(tmp_path: Path) -> None:
    url = "sqlite:///library.db"
    engine = open_database(url, tmp_path)
    fill(engine)
    schema.downgrade(engine, "0001")
    with pytest.raises(SchemaOutdated):
        open_database(url, tmp_path)
    assert schema.current(engine) == "0001"
