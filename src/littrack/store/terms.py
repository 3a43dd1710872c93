"""Terms as sources pair and use them. A source is a note, by its path, or an imported glossary."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from littrack.store.bulk import insert_rows
from littrack.store.state import count_change
from littrack.store.tables import term_pairs, term_sources, term_uses
from littrack.terms import FormKind, PairKind, TermPair, TermUse

STATE = "terms"  # the counter of what changed pairs
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class TermSource:
    """What pairs were read from, and with what; `counted_with`: the table its uses are of."""

    name: str
    is_note: bool
    sha256: bytes
    miner: str
    counted_with: bytes = b""


def load_term_sources(conn: sa.Connection) -> dict[str, TermSource]:
    """Every source by its name, in the order of names."""
    s = term_sources.c
    query = sa.select(s.name, s.is_note, s.sha256, s.miner, s.counted_with).order_by(s.name)
    return {row.name: TermSource(*row) for row in conn.execute(query)}


def save_term_pairs(
    conn: sa.Connection, source: TermSource, pairs: Sequence[TermPair], now: datetime
) -> None:
    """What a source says, in place of what it said before; its uses are to be counted anew."""
    delete_term_sources(conn, [source.name])
    row = {"name": source.name, "is_note": source.is_note, "sha256": source.sha256}
    row |= {"miner": source.miner, "counted_with": source.counted_with, "read_at": now}
    conn.execute(term_sources.insert(), row)
    rows = [
        {
            "source": source.name,
            "position": position,
            "kind": pair.kind.value,
            "english": pair.english,
            "chinese": pair.chinese,
            "abbreviation": pair.abbreviation,
            "char_start": pair.span[0],
            "char_end": pair.span[1],
            "meaning": pair.meaning,
        }
        for position, pair in enumerate(pairs)
    ]
    insert_rows(conn, term_pairs, rows)


def save_term_uses(
    conn: sa.Connection, name: str, uses: Iterable[TermUse], counted_with: bytes
) -> None:
    """How often a source writes each form, in place of what was counted before."""
    conn.execute(term_uses.delete().where(term_uses.c.source == name))
    rows = [
        {
            "source": name,
            "form": use.form,
            "kind": use.kind.value,
            "times": use.count,
            "char_start": use.span[0],
            "char_end": use.span[1],
        }
        for use in uses
    ]
    insert_rows(conn, term_uses, rows)
    own = term_sources.c.name == name
    conn.execute(term_sources.update().where(own).values(counted_with=counted_with))


def delete_term_sources(conn: sa.Connection, names: Sequence[str]) -> None:
    """Forget sources and all that they say."""
    for start in range(0, len(names), _CHUNK):
        chunk = list(names[start : start + _CHUNK])
        for table in (term_pairs, term_uses):
            conn.execute(table.delete().where(table.c.source.in_(chunk)))
        conn.execute(term_sources.delete().where(term_sources.c.name.in_(chunk)))
    if names:
        count_change(conn, STATE)


def load_term_pairs(conn: sa.Connection) -> dict[str, tuple[TermPair, ...]]:
    """What every source says, by its name, in the order of the source."""
    p = term_pairs.c
    found: dict[str, list[TermPair]] = {}
    for row in conn.execute(sa.select(term_pairs).order_by(p.source, p.position)):
        pair = TermPair(
            PairKind(row.kind),
            row.english,
            row.chinese,
            row.abbreviation,
            (row.char_start, row.char_end),
            row.meaning,
        )
        found.setdefault(row.source, []).append(pair)
    return {name: tuple(pairs) for name, pairs in found.items()}


def load_term_uses(conn: sa.Connection) -> dict[str, tuple[TermUse, ...]]:
    """How often every source writes each form, the most frequent first."""
    u = term_uses.c
    query = sa.select(term_uses).order_by(u.source, u.times.desc(), u.form, u.kind)
    found: dict[str, list[TermUse]] = {}
    for row in conn.execute(query):
        use = TermUse(row.form, FormKind(row.kind), row.times, (row.char_start, row.char_end))
        found.setdefault(row.source, []).append(use)
    return {name: tuple(uses) for name, uses in found.items()}
