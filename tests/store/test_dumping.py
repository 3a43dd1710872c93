"""Rows become lines and rows again, the same on SQLite and PostgreSQL."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa
from dumps import dump
from every_table import fill_every_table

from builders import utc
from littrack.errors import InputError
from littrack.store import dumping, schema
from littrack.store.dumping import Shape
from littrack.store.engine import begin
from littrack.store.tables import library_state, metadata, tombstones

SHAPES = dumping.find_shapes(schema.HEAD)
RUNS = next(shape for shape in SHAPES if shape.name == "source_runs")
STATE = next(shape for shape in SHAPES if shape.name == "library_state")

Lines = dict[str, bytes]


def all_lines(engine: sa.Engine) -> Lines:
    with dumping.reading(engine) as conn:
        return {
            shape.name: b"".join(chunk for _, chunk in dumping.load_lines(conn, shape))
            for shape in SHAPES
        }


def put_back(engine: sa.Engine, lines: Lines) -> None:
    with begin(engine) as conn:
        dumping.clear_rows(conn, SHAPES)
        for shape in SHAPES:
            list(dumping.save_lines(conn, shape, lines[shape.name].splitlines(keepends=True)))
        dumping.refill_fulltext(conn)


def test_every_table_has_a_shape_and_parents_come_first() -> None:
    names = [shape.name for shape in SHAPES]
    assert set(names) == set(metadata.tables)
    for table in metadata.tables.values():
        for key in table.foreign_keys:
            assert names.index(key.column.table.name) < names.index(table.name), (
                "a table that refers to itself or in a circle needs an order of its rows, too"
            )


def test_the_shapes_are_those_of_the_database_that_the_migrations_make() -> None:
    made = {shape.name: shape for shape in dumping.reflect_shapes(schema.HEAD)}
    assert made == {shape.name: shape for shape in SHAPES}
    assert [list(made[shape.name].columns) for shape in SHAPES] == [
        list(shape.columns) for shape in SHAPES
    ]


def test_an_older_schema_has_its_own_tables_with_times_known_as_times() -> None:
    older = {shape.name: shape for shape in dumping.find_shapes("0001")}
    assert "papers" in older and "tombstones" not in older
    assert not [name for name in older if name.startswith("papers_f")]
    assert older["papers"].columns["published"] == "time"
    with pytest.raises(InputError, match="schema '0000' is none of littrack's"):
        dumping.find_shapes("0000")


def test_a_type_without_a_portable_form_is_refused_not_guessed() -> None:
    table = sa.Table("t", sa.MetaData(), sa.Column("price", sa.Numeric(8, 2), primary_key=True))
    with pytest.raises(TypeError, match="no portable form yet"):
        dumping._shape(table)


def test_all_rows_come_back_as_they_were_and_the_full_text_with_them(
    engine: sa.Engine, make_engine: Any
) -> None:
    fill_every_table(engine)
    lines = all_lines(engine)
    assert all(lines.values()), "a table of the test is empty"
    again = make_engine()
    put_back(again, lines)
    assert dump(again) == dump(engine)
    assert all_lines(again) == lines
    assert schema.damage(again) == []


@pytest.mark.postgres
def test_both_databases_give_the_same_bytes_and_take_each_others(
    sqlite_engine: sa.Engine, postgresql_engine: sa.Engine, make_sqlite: Any
) -> None:
    fill_every_table(sqlite_engine)
    lines = all_lines(sqlite_engine)
    put_back(postgresql_engine, lines)
    assert all_lines(postgresql_engine) == lines
    again = make_sqlite()
    put_back(again, all_lines(postgresql_engine))
    assert dump(again) == dump(sqlite_engine)


def test_lines_are_in_the_order_of_bytes_whatever_the_language_of_the_server(
    engine: sa.Engine,
) -> None:
    keys = ["z", "É", "a", "B", "_", "思", "Z", "á", "-a"]
    with begin(engine) as conn:
        conn.execute(library_state.delete())
        conn.execute(library_state.insert(), [{"key": key, "value": 2**62} for key in keys])
    rows = [json.loads(line) for line in all_lines(engine)["library_state"].splitlines()]
    assert rows == [[key, 2**62] for key in sorted(keys, key=str.encode)]


def test_a_line_is_plain_json(engine: sa.Engine) -> None:
    put_in = '[1,"import","论文",  "running",{"a":[1.5,null]},{},null,'
    put_in += '"2026-11-20T12:15:01.250000Z",null]'
    with begin(engine) as conn:
        assert list(dumping.save_lines(conn, RUNS, [put_in.encode()])) == [1]
        typed = conn.execute(sa.select(metadata.tables["source_runs"])).one()
    assert typed.checkpoint == {"a": [1.5, None]}
    assert typed.started_at.isoformat() == "2026-11-20T12:15:01.250000+00:00"
    assert all_lines(engine)["source_runs"].decode() == put_in.replace(",  ", ",") + "\n"


@pytest.mark.parametrize(
    ("name", "line", "words"),
    [
        ("library_state", b'["a"]', "not 2 values"),
        ("library_state", b'{"a": 1, "b": 2}', "not 2 values"),
        ("library_state", b'["a", 1', "library_state cannot be read"),
        ("library_state", b'[null, 1]', "does not take rows 1 to 1 of library_state"),
        ("vectors", b'[1, "AAAA", "?"]', "vectors cannot be read"),
        ("vectors", b'[7, "AAAA", "AAAA"]', "does not take rows 1 to 1 of vectors"),
        ("tombstones", b'["a", "yesterday", "2026-11-20T12:15:01Z"]', "tombstones"),
        ("tombstones", b'["a", 5, "2026-11-20T12:15:01Z"]', "tombstones"),
    ],
)  # fmt: skip
def test_what_is_no_row_is_refused_with_its_table_and_nothing_is_stored(
    engine: sa.Engine, name: str, line: bytes, words: str
) -> None:
    before = dump(engine)
    shape = next(shape for shape in SHAPES if shape.name == name)
    with pytest.raises(InputError, match=words), begin(engine) as conn:
        list(dumping.save_lines(conn, shape, [line]))
    assert dump(engine) == before


def test_large_rows_are_inserted_a_few_at_a_time(
    sqlite_engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [json.dumps([f"k{number}", number]).encode() for number in range(10)]
    monkeypatch.setattr(dumping, "_WRITTEN_BYTES", 2 * len(lines[0]))
    with begin(sqlite_engine) as conn:
        assert list(dumping.save_lines(conn, STATE, lines)) == [2, 4, 6, 8, 10]


def test_a_dump_sees_one_state_while_others_write(engine: sa.Engine) -> None:
    stone = {"modified": utc("2026-11-20"), "recorded_at": utc("2026-11-20")}
    shape = next(shape for shape in SHAPES if shape.name == "tombstones")
    with dumping.reading(engine) as conn:
        assert dumping.count_rows(conn, [shape]) == {"tombstones": 0}
        with begin(engine) as writer:
            writer.execute(tombstones.insert(), stone | {"arxiv_id": "2303.00001"})
        assert list(dumping.load_lines(conn, shape)) == []
    with dumping.reading(engine) as conn:
        assert len(list(dumping.load_lines(conn, shape))) == 1


def test_the_newest_time_is_of_what_was_recorded_not_of_what_was_asked_for(
    engine: sa.Engine,
) -> None:
    with dumping.reading(engine) as conn:
        assert dumping.load_newest(conn, SHAPES) is None
    fill_every_table(engine)
    with dumping.reading(engine) as conn:
        assert dumping.load_newest(conn, SHAPES) == "2026-11-02T03:04:05.000006Z"


def test_tables_of_other_programs_are_named(engine: sa.Engine) -> None:
    with begin(engine) as conn:
        conn.exec_driver_sql("CREATE TABLE recipes (id INTEGER)")
    with dumping.reading(engine) as conn:
        assert dumping.load_strangers(conn, SHAPES) == ["recipes"]


def test_encoders_are_told_with_the_number_of_their_vectors(engine: sa.Engine) -> None:
    fill_every_table(engine)
    with dumping.reading(engine) as conn:
        found = dumping.load_encoders(conn)
    assert [(one["id"], one["vectors"]) for one in found] == [(1, 1), (2, 1), (3, 1)]


def test_a_shape_of_floats_keeps_every_bit(engine: sa.Engine) -> None:
    shape = Shape("numbers", {"id": "int", "value": "float"}, ("id",))
    values = [0.1 + 0.2, 1e-320, -2.5, 1.7976931348623157e308, None]
    with begin(engine) as conn:
        conn.exec_driver_sql("CREATE TABLE numbers (id INTEGER, value DOUBLE PRECISION)")
        lines = [json.dumps([number, value]).encode() for number, value in enumerate(values)]
        list(dumping.save_lines(conn, shape, lines))
        found = b"".join(chunk for _, chunk in dumping.load_lines(conn, shape))
    back = [json.loads(line)[1] for line in found.splitlines()]
    assert list(map(repr, back)) == list(map(repr, values))
