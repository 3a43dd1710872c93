"""Terms in SQL, on both databases."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from builders import utc
from littrack.errors import StoreError
from littrack.store import schema
from littrack.store import terms as store
from littrack.store.engine import begin
from littrack.store.terms import TermSource
from littrack.terms import FormKind, PairKind, TermPair, TermUse

NOW = utc("2026-11-20")
NOTE = TermSource("a.md", True, b"\x01" * 32, "1")
GLOSSARY = TermSource("import:g.csv", False, b"\x02" * 32, "1")
PAIRS = (
    TermPair(PairKind.TABLE, "router", "路由器", "", (3, 9), "选择专家"),
    TermPair(PairKind.INLINE, "", "词元", "", (20, 22)),
)
USES = (
    TermUse("词元", FormKind.CHINESE, 5, (20, 22)),
    TermUse("router", FormKind.ENGLISH, 2, (3, 9)),
)


def fill(engine: sa.Engine) -> None:
    with begin(engine) as conn:
        store.save_term_pairs(conn, NOTE, PAIRS, NOW)
        store.save_term_pairs(conn, GLOSSARY, PAIRS[:1], NOW)
        store.save_term_uses(conn, NOTE.name, USES, b"\x03" * 32)


def test_pairs_and_uses_are_kept_as_they_were(engine: sa.Engine) -> None:
    fill(engine)
    with engine.connect() as conn:
        assert store.load_term_pairs(conn) == {"a.md": PAIRS, "import:g.csv": PAIRS[:1]}
        assert store.load_term_uses(conn) == {"a.md": USES}
        sources = store.load_term_sources(conn)
    assert sources["a.md"].counted_with == b"\x03" * 32
    assert sources["import:g.csv"] == GLOSSARY


def test_saving_a_source_again_replaces_what_it_said(engine: sa.Engine) -> None:
    fill(engine)
    with begin(engine) as conn:
        store.save_term_pairs(conn, NOTE, PAIRS[1:], NOW)
    with engine.connect() as conn:
        assert store.load_term_pairs(conn)["a.md"] == PAIRS[1:]
        assert store.load_term_uses(conn) == {}
        assert store.load_term_sources(conn)["a.md"].counted_with == b""


def test_a_source_is_forgotten_with_all_that_it_said(engine: sa.Engine) -> None:
    fill(engine)
    with begin(engine) as conn:
        store.delete_term_sources(conn, ["a.md", "never.md"])
    with engine.connect() as conn:
        assert list(store.load_term_sources(conn)) == ["import:g.csv"]
        assert list(store.load_term_pairs(conn)) == ["import:g.csv"]
        assert store.load_term_uses(conn) == {}


def test_going_below_0007_is_refused_while_an_imported_glossary_would_be_lost(
    engine: sa.Engine,
) -> None:
    fill(engine)
    with pytest.raises(StoreError, match="1 imported files; nothing was changed"):
        schema.downgrade(engine, "0006")
    assert schema.current(engine) == schema.HEAD
    with begin(engine) as conn:
        assert store.load_term_pairs(conn)["a.md"] == PAIRS
        store.delete_term_sources(conn, [GLOSSARY.name])
    schema.downgrade(engine, "0006")  # what notes say can be read in them again
    schema.upgrade(engine)
    assert schema.differences(engine) == []
