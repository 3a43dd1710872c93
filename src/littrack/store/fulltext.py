"""Full text in the database: SQLite FTS5 or PostgreSQL tsvector over tokens that littrack prepares.

Both index exactly the tokens of `text.tokens`, so that both match the same papers; and both rank by
the same formula, Okapi BM25 (Robertson & Zaragoza 2009) in the form of SQLite's ``bm25()``:

    sum over phrases q of idf(q) * f * (k1 + 1) / (f + k1 * (1 - b + b * length / mean length))
    idf(q) = ln((N - n + 0.5) / (n + 0.5)), at least 1e-6;  k1 = 1.2, b = 0.75

with f the frequency weighted by column. FTS5 computes it itself; for PostgreSQL, whose ``ts_rank``
knows no document frequency, it is computed here: for single tokens from frequencies stored beside
the tsvector, for phrases from its positions. A large SQLite library has it computed beforehand, in
the files of word_index.py; without them, or when they are behind, the answers are the same, slowly.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from weakref import ref

import numpy as np
import sqlalchemy as sa

from littrack.records import Progress, no_progress
from littrack.store.state import load_state, save_state
from littrack.store.tables import papers, papers_fulltext
from littrack.store.word_index import WORTH_IT, Formula, open_word_index
from littrack.text import TOKENS_REVISION, indexed_tokens

# A word in the title says more than one in the abstract; authors are found by name, but hardly
# count where the name is an ordinary word (Long, Will). Chosen on development data.
COLUMN_WEIGHTS = {"title": 2.0, "abstract": 1.0, "authors": 0.3}
_K1, _B = 1.2, 0.75
_LABELS = {"title": "A", "abstract": "B", "authors": "C"}  # PostgreSQL's names for columns
_MAX_POSITION = 16_383  # of a tsvector
_APPROXIMATED = 10_000  # places asked for beyond which the word index would leave out some
_MANY, _SAMPLE = 0.15, 300  # the share of papers that are not worth naming, and how it is told

Phrase = tuple[str, ...]  # neighbouring tokens; one token is a phrase of one
FulltextRow = tuple[int, str, str, str]  # paper id and its `indexed_tokens`


@dataclass(frozen=True, slots=True)
class Choice:
    """A SELECT of the paper ids that may be returned, or that may not be."""

    ids: sa.Select[Any]
    is_excluded: bool

    def statement(self, conn: sa.Connection) -> str:
        """The SELECT with the values (dates, category names) written in."""
        inner = self.ids.compile(dialect=conn.dialect, compile_kwargs={"literal_binds": True})
        return str(inner).replace("%%", "%")

    def condition(self, conn: sa.Connection, column: str) -> str:
        """`` AND column [NOT] IN (...)``."""
        return f" AND {column} {'NOT ' if self.is_excluded else ''}IN ({self.statement(conn)})"


def load_chosen(conn: sa.Connection, choice: Choice) -> np.ndarray | None:
    """The ids that a choice names, ascending; None when it keeps a large part of all papers.

    Then it is faster to ask `keep_chosen` about the best. A sample tells; within a transaction, the
    answer is kept.
    """
    statement = choice.statement(conn)
    transaction = conn.get_transaction()
    known = conn.info.get("littrack_chosen")
    kept = known is not None and transaction is not None and known[0]() is transaction
    if known is not None and kept and known[1] == statement:
        return known[2]  # type: ignore[no-any-return]
    highest = conn.scalar(sa.select(sa.func.max(papers.c.id))) or 0
    sample = np.arange(1, highest + 1, max(1, highest // _SAMPLE))
    ids = None
    if choice.is_excluded or len(keep_chosen(conn, choice, sample)) <= _MANY * len(sample):
        rows = _fetch(conn, statement)
        ids = np.sort(np.array([row[0] for row in rows], np.int64))
    if transaction is not None:  # a connection's info outlives it: what it held then is not kept
        conn.info["littrack_chosen"] = (ref(transaction), statement, ids)
    return ids


def keep_chosen(conn: sa.Connection, choice: Choice, ids: np.ndarray) -> np.ndarray:
    """Those of the ids that a choice lets be returned, in their order."""
    named: list[int] = []
    for start in range(0, len(ids), 5_000):
        listed = ", ".join(str(i) for i in ids[start : start + 5_000].tolist())
        rows = _fetch(
            conn, f"SELECT id FROM ({choice.statement(conn)}) AS chosen WHERE id IN ({listed})"
        )
        named += [row[0] for row in rows]
    return ids[np.isin(ids, named, invert=choice.is_excluded)]


def _fetch(conn: sa.Connection, statement: str) -> Sequence[sa.Row[Any]]:
    """The rows of a statement without parameters, in which psycopg would take % for one."""
    if conn.dialect.name == "postgresql":
        statement = statement.replace("%", "%%")
    return conn.exec_driver_sql(statement).fetchall()


FTS5_DDL = (
    "CREATE VIRTUAL TABLE papers_fts USING fts5("
    "title, abstract, authors, content='', tokenize='unicode61 remove_diacritics 0')"
)
FTS5_VOCABULARY_DDL = "CREATE VIRTUAL TABLE papers_fts_terms USING fts5vocab(papers_fts, row)"


def save_fulltext(
    conn: sa.Connection, rows: Sequence[FulltextRow], replaced: Sequence[FulltextRow] = ()
) -> None:
    """Index `rows` in place of `replaced`.

    FTS5 keeps no copy of what it indexed (the papers are in SQL already; a copy would add half to
    the database), so to forget a row it must be told exactly what the row was.
    """
    if conn.dialect.name == "sqlite":
        if replaced:
            conn.exec_driver_sql(
                "INSERT INTO papers_fts (papers_fts, rowid, title, abstract, authors) "
                "VALUES ('delete', ?, ?, ?, ?)",
                list(replaced),
            )
        if rows:
            conn.exec_driver_sql(
                "INSERT INTO papers_fts (rowid, title, abstract, authors) VALUES (?, ?, ?, ?)",
                list(rows),
            )
        return
    if replaced:
        ids = [row[0] for row in replaced]
        conn.execute(sa.delete(papers_fulltext).where(papers_fulltext.c.paper_id.in_(ids)))
    if rows:
        conn.execute(
            sa.text(
                "INSERT INTO papers_fulltext (paper_id, lexemes, length, frequencies) VALUES "
                "(:paper_id, CAST(:lexemes AS tsvector), :length, CAST(:frequencies AS jsonb))"
            ),
            [_tsvector_row(*row) for row in rows],
        )


def rebuild_fulltext(conn: sa.Connection) -> int:
    """Make the whole full text anew from the papers' current versions; returns their number."""
    if conn.dialect.name == "sqlite":
        conn.exec_driver_sql("INSERT INTO papers_fts (papers_fts) VALUES ('delete-all')")
        # Fewer, larger merges while millions of rows come in (SQLite's manual, "automerge").
        conn.exec_driver_sql("INSERT INTO papers_fts (papers_fts, rank) VALUES ('automerge', 8)")
    else:
        conn.execute(sa.delete(papers_fulltext))
    current = sa.text(
        "SELECT p.id, v.title, v.abstract, v.authors FROM papers p "
        "JOIN paper_versions v ON v.id = p.version_id WHERE p.id > :last ORDER BY p.id LIMIT 1000"
    ).columns(authors=sa.JSON)
    last = done = 0
    while rows := conn.execute(current, {"last": last}).all():
        save_fulltext(
            conn, [(r.id, *indexed_tokens(r.title, r.abstract or "", r.authors)) for r in rows]
        )
        last, done = rows[-1].id, done + len(rows)
    save_state(conn, "tokens", TOKENS_REVISION)
    return done


def refresh_fulltext(conn: sa.Connection) -> None:
    """Make the full text anew if another version of littrack made it with other tokens."""
    if load_state(conn, "tokens") != TOKENS_REVISION:
        rebuild_fulltext(conn)


def _tsvector_row(paper_id: int, title: str, abstract: str, authors: str) -> dict[str, Any]:
    """A row with the tsvector written out, for no parser of PostgreSQL knows Chinese pairs."""
    positions: dict[str, list[str]] = {}
    frequencies: defaultdict[str, float] = defaultdict(float)
    place = 0
    for column, words in zip(_LABELS, (title, abstract, authors), strict=True):
        for word in words.split():
            place += 1
            positions.setdefault(word, []).append(f"{min(place, _MAX_POSITION)}{_LABELS[column]}")
            frequencies[word] += COLUMN_WEIGHTS[column]
        place += 1  # so that no phrase runs from one column into the next
    lexemes = " ".join(f"'{word}':{','.join(places[:255])}" for word, places in positions.items())
    length = sum(len(words.split()) for words in (title, abstract, authors))
    row = {"paper_id": paper_id, "lexemes": lexemes, "length": length}
    return row | {"frequencies": json.dumps(frequencies, ensure_ascii=False)}


def count_tokens(conn: sa.Connection, terms: Iterable[str]) -> dict[str, int]:
    """In how many papers each token occurs."""
    if (index := open_word_index(conn)) is not None:
        return {term: index.count(term) for term in terms}
    counts: dict[str, int] = {}
    for term in set(terms):
        if conn.dialect.name == "sqlite":
            found = conn.exec_driver_sql(
                "SELECT doc FROM papers_fts_terms WHERE term = ?", (term,)
            ).scalar()
        else:
            found = conn.scalar(
                sa.text(
                    "SELECT count(*) FROM papers_fulltext WHERE lexemes @@ CAST(:q AS tsquery)"
                ),
                {"q": _quoted(term)},
            )
        counts[term] = found or 0
    return counts


def find_by_words(
    conn: sa.Connection,
    phrases: Mapping[Phrase, float],
    *,
    limit: int,
    choice: Choice | None = None,
) -> list[tuple[int, float]]:
    """The `limit` best papers for any of the phrases, as ``(paper id, score)``, best first.

    The score is the sum over the phrases of weight times BM25. A phrase of one Chinese character
    matches by prefix. `choice` says which papers may be returned.
    """
    if not phrases:
        return []
    if limit <= _APPROXIMATED and not any(map(_is_prefix, phrases)):
        index = open_word_index(conn)
        if index is not None:
            return _find_indexed(conn, index.find_by_words(phrases), limit, choice)
    if conn.dialect.name == "sqlite":
        return _find_sqlite(conn, phrases, limit, choice)
    return _find_postgresql(conn, phrases, limit, choice)


def _is_prefix(phrase: Phrase) -> bool:
    return len(phrase) == 1 and len(phrase[0]) == 1 and not phrase[0].isascii()


def find_in_titles(conn: sa.Connection, phrases: Sequence[Phrase]) -> list[int]:
    """The ids of all papers with one of the phrases in the title, ascending."""
    if not any(map(_is_prefix, phrases)) and (index := open_word_index(conn)) is not None:
        return [int(i) for i in index.find_in_titles(phrases)]
    if conn.dialect.name == "sqlite":
        match = "title : (" + " OR ".join(map(_fts5_phrase, phrases)) + ")"
        query = "SELECT rowid FROM papers_fts WHERE papers_fts MATCH ? ORDER BY rowid"
        return [row[0] for row in conn.exec_driver_sql(query, (match,))]
    in_title = " | ".join(f"({_tsquery(phrase, 'A')})" for phrase in phrases)
    query = "SELECT paper_id FROM papers_fulltext WHERE lexemes @@ CAST(:q AS tsquery) ORDER BY 1"
    return list(conn.scalars(sa.text(query), {"q": in_title}))


def find_earliest(conn: sa.Connection, ids: Sequence[int], limit: int) -> list[int] | None:
    """The `limit` papers submitted first, withdrawn ones left out; None without a word index."""
    index = open_word_index(conn)
    return None if index is None else index.find_earliest(np.array(ids, np.int64), limit)


def find_first_in_titles(
    conn: sa.Connection, phrases: Sequence[Phrase], limit: int
) -> tuple[int, list[int]] | None:
    """How many titles say one of the phrases, and the `limit` papers of them submitted first.

    Withdrawn papers are counted, not named. Of thousands the number is an estimate. None without a
    word index: then `find_in_titles` says which they are.
    """
    if any(map(_is_prefix, phrases)) or (index := open_word_index(conn)) is None:
        return None
    return index.find_first_in_titles(phrases, limit)


def has_word_index(conn: sa.Connection) -> bool:
    """Whether common words cost a search next to nothing here."""
    return open_word_index(conn) is not None


def update_word_index(
    conn: sa.Connection, *, anew: bool = False, progress: Progress = no_progress
) -> int | None:
    """Bring the word index up to date where the library is large; the papers read, None if not."""
    from littrack.store.word_index_building import build_word_index

    if (conn.scalar(sa.select(sa.func.max(papers.c.id))) or 0) < WORTH_IT:
        return None
    formula = Formula(tuple(COLUMN_WEIGHTS.values()), _K1, _B)
    return build_word_index(conn, formula, anew=anew, progress=progress)


def _find_indexed(
    conn: sa.Connection, scores: np.ndarray, limit: int, choice: Choice | None
) -> list[tuple[int, float]]:
    """The best of `scores` (by id; changed here) that may be returned."""
    if choice is not None:
        named = load_chosen(conn, choice)
        if named is not None:
            named = named[named < len(scores)]
            kept = np.zeros_like(scores)
            if choice.is_excluded:
                scores[named] = 0
            else:
                kept[named] = scores[named]
                scores = kept
            choice = None
    wanted = limit
    while True:
        best = _best_ids(scores, wanted)
        kept_ids = best if choice is None else keep_chosen(conn, choice, best)
        if len(kept_ids) >= limit or len(best) < wanted:
            return [(int(i), float(scores[i])) for i in kept_ids[:limit]]
        share = max(len(kept_ids), 1) / len(best)
        wanted = max(2 * wanted, int(1.2 * limit / share))


def _best_ids(scores: np.ndarray, limit: int) -> np.ndarray:
    """The ids of the highest scores above 0, highest first; of equal ones the lower id."""
    held = np.flatnonzero(scores > 0)
    if len(held) > limit:
        held = held[scores[held] >= np.partition(scores[held], -limit)[-limit]]
    return held[np.lexsort((held, -scores[held]))][:limit]


def _find_sqlite(
    conn: sa.Connection,
    phrases: Mapping[Phrase, float],
    limit: int,
    choice: Choice | None,
) -> list[tuple[int, float]]:
    scores: defaultdict[int, float] = defaultdict(float)
    weights = ", ".join(str(weight) for weight in COLUMN_WEIGHTS.values())
    inside = "" if choice is None else choice.condition(conn, "+rowid")
    by_weight = sorted(phrases, key=lambda phrase: phrases[phrase])
    for weight, group in groupby(by_weight, key=lambda phrase: phrases[phrase]):
        match = " OR ".join(_fts5_phrase(phrase) for phrase in group)
        rows = conn.exec_driver_sql(
            f"SELECT rowid, -bm25(papers_fts, {weights}) AS score FROM papers_fts "
            f"WHERE papers_fts MATCH ?{inside}",
            (match,),
        )
        for paper_id, score in rows:
            scores[paper_id] += weight * score
    return _best(scores, limit)


def _best(scores: Mapping[int, float], limit: int) -> list[tuple[int, float]]:
    """Highest first; equal scores by id, so that the answer is the same every time."""
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:limit]


def _fts5_phrase(phrase: Phrase) -> str:
    return '"' + " ".join(phrase) + '"' + ("*" if _is_prefix(phrase) else "")


def _quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


def _tsquery(phrase: Phrase, label: str = "") -> str:
    marks = f":{label}{'*' if _is_prefix(phrase) else ''}".removesuffix(":")
    return " <-> ".join(f"{_quoted(word)}{marks}" for word in phrase)


def _find_postgresql(
    conn: sa.Connection,
    phrases: Mapping[Phrase, float],
    limit: int,
    choice: Choice | None,
) -> list[tuple[int, float]]:
    number, mean = conn.execute(
        sa.text("SELECT count(*), coalesce(avg(length), 1) FROM papers_fulltext")
    ).one()
    inside = "" if choice is None else choice.condition(conn, "f.paper_id").replace(":", "\\:")
    single = [phrase for phrase in phrases if len(phrase) == 1 and not _is_prefix(phrase)]
    longer = [phrase for phrase in phrases if phrase not in set(single)]
    lengths: dict[int, int] = {}
    frequencies = _read_frequencies(conn, single, inside, lengths)
    frequencies |= _count_positions(conn, longer, inside, lengths)
    matches = _count_phrases(conn, phrases)
    scores: defaultdict[int, float] = defaultdict(float)
    for phrase, weight in phrases.items():
        idf = max(1e-6, math.log((number - matches[phrase] + 0.5) / (matches[phrase] + 0.5)))
        for paper_id, f in frequencies[phrase].items():
            norm = _K1 * (1 - _B + _B * lengths[paper_id] / float(mean))
            scores[paper_id] += weight * idf * f * (_K1 + 1) / (f + norm)
    return _best(scores, limit)


Frequencies = dict[Phrase, dict[int, float]]  # by paper id


def _read_frequencies(
    conn: sa.Connection, phrases: Sequence[Phrase], inside: str, lengths: dict[int, int]
) -> Frequencies:
    """Of single tokens, as stored; `lengths` learns the length of each paper met."""
    frequencies: Frequencies = {phrase: {} for phrase in phrases}
    if not phrases:
        return frequencies
    columns = "".join(
        f", CAST(f.frequencies ->> :word{i} AS float8)" for i, _ in enumerate(phrases)
    )
    rows = conn.execute(
        sa.text(
            f"SELECT f.paper_id, f.length{columns} FROM papers_fulltext f "
            f"WHERE f.lexemes @@ CAST(:query AS tsquery){inside}"
        ),
        {"query": " | ".join(map(_tsquery, phrases))}
        | {f"word{i}": phrase[0] for i, phrase in enumerate(phrases)},
    )
    for paper_id, length, *found in rows:
        lengths[paper_id] = length
        for phrase, frequency in zip(phrases, found, strict=True):
            if frequency:
                frequencies[phrase][paper_id] = frequency
    return frequencies


def _count_positions(
    conn: sa.Connection, phrases: Sequence[Phrase], inside: str, lengths: dict[int, int]
) -> Frequencies:
    """Of phrases and prefixes, from the positions of their tokens, in the few papers with them."""
    frequencies: Frequencies = {phrase: {} for phrase in phrases}
    if not phrases:
        return frequencies
    rows = conn.execute(
        sa.text(
            "SELECT f.paper_id, f.length, l.lexeme, l.positions, l.weights FROM papers_fulltext f, "
            "LATERAL unnest(f.lexemes) AS l(lexeme, positions, weights) "
            "WHERE f.lexemes @@ CAST(:query AS tsquery) "
            f"AND (l.lexeme = ANY(:words) OR l.lexeme LIKE ANY(:prefixes)){inside} "
            "ORDER BY f.paper_id"
        ),
        {
            "query": " | ".join(f"({_tsquery(phrase)})" for phrase in phrases),
            "words": sorted({word for phrase in phrases for word in phrase}),
            "prefixes": [f"{phrase[0]}%" for phrase in phrases if _is_prefix(phrase)],
        },
    )
    for paper_id, lexemes in groupby(rows, key=lambda row: row.paper_id):
        found = list(lexemes)
        lengths[paper_id] = found[0].length
        places = {row.lexeme: dict(zip(row.positions, row.weights, strict=True)) for row in found}
        for phrase in phrases:
            frequency = _phrase_frequency(phrase, places)
            if frequency:
                frequencies[phrase][paper_id] = frequency
    return frequencies


def _count_phrases(conn: sa.Connection, phrases: Iterable[Phrase]) -> dict[Phrase, int]:
    """In how many papers each phrase occurs, whatever the filter: a filter must not move scores."""
    counting = sa.text(
        "SELECT count(*) FROM papers_fulltext WHERE lexemes @@ CAST(:query AS tsquery)"
    )
    return {p: conn.scalar(counting, {"query": _tsquery(p)}) or 0 for p in phrases}


def _phrase_frequency(phrase: Phrase, places: Mapping[str, Mapping[int, str]]) -> float:
    """Occurrences of the phrase, each counted with the weight of its column."""
    by_label = {_LABELS[column]: weight for column, weight in COLUMN_WEIGHTS.items()}
    if _is_prefix(phrase):
        starts = {
            place: label
            for lexeme, found in places.items()
            if lexeme.startswith(phrase[0])
            for place, label in found.items()
        }
    else:
        starts = dict(places.get(phrase[0], {}))
        for offset, word in enumerate(phrase[1:], 1):
            following = places.get(word, {})
            starts = {p: label for p, label in starts.items() if p + offset in following}
    return sum(by_label[label] for label in starts.values())
