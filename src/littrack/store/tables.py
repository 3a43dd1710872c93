"""The tables, as SQLAlchemy Core sees them; db/migrations makes them (a test compares the two).

    papers ──< paper_versions      what each version said: rows are added, never edited
       ├────< paper_authors        in the order of the paper
       ├────< paper_categories     the primary one first
       └───── papers_fts / papers_fulltext   (SQLite / PostgreSQL, see fulltext.py)
    encoders ──< vectors           by hash of the text: equal texts share a vector
    source_runs ──< source_responses   the ledger of what was asked and answered,
       ├──────< source_coverage        which spans were read, and whether whole
       ├──────< source_rejections      records that could not be read, with their bytes
       └──────< source_changes         what the run changed about which paper
    tombstones                     ids that arXiv says are gone
    reference_entries              reference lists of the user's, each entry checked
    claims                         what sources say about models; a claim is retired, never edited
    extractions                    which paper versions were read for releases, and what came of it
    editions                       frozen states of the survey
    topic_fits ──< topics          clusters with ids that outlive a fit; a topic may have a parent
       ├──────< topic_events       births, deaths, merges and splits, and what a person did
       └──────< paper_topics       where each paper belongs; topic_id NULL: nowhere
    trend_months, trend_changes    counts of complete months, and why one ever changed
    section_assignments            the survey's sections that a paper may belong to
    notes ──< note_passages        what people wrote, as it was read
      ├─────< note_links           what each passage is about
      ├─────< note_conflicts       what contradicts a note
      └─────< note_decisions       what a person said of both: added to, never edited
    term_sources ──< term_pairs    what notes and glossaries put side by side as one term
       └───────────< term_uses     how often each writes a form
    library_state                  counters that derived files are compared with

Notes name papers by their arXiv id, not their row: a note may be there before its paper.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = sa.MetaData(naming_convention=NAMING)


def sqlite_time(value: datetime) -> str:
    """How SQLite holds a time: ``2022-01-28 17:49:20``, UTC, sortable. Naive times are refused."""
    if value.tzinfo is not UTC:
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}: littrack stores UTC only")
        value = value.astimezone(UTC)
    return value.isoformat(" ")[:-6]


class UTCDateTime(sa.types.TypeDecorator[datetime]):
    """An aware UTC datetime: ``timestamptz`` in PostgreSQL, sortable ISO text in SQLite."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """Text on SQLite, where SQLAlchemy's own DateTime would drop the zone and parse slowly."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sa.String(26))
        return dialect.type_descriptor(sa.DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> Any:
        """Refuse naive times; write UTC."""
        if value is None:
            return None
        text = sqlite_time(value)
        return text if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> datetime | None:
        """Read UTC, aware."""
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.fromisoformat(value).replace(tzinfo=UTC)
        aware: datetime = value.astimezone(UTC)
        return aware


# Ids are given by littrack (1, 2, 3 ... in order of first sight), not by the database: a run that
# was killed and repeated then numbers papers exactly as an uninterrupted one, on both databases.
papers = sa.Table(
    "papers",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("arxiv_id", sa.Text, nullable=False, unique=True),
    sa.Column("version", sa.Integer),
    sa.Column("version_id", sa.Integer, nullable=False),  # the paper_versions row that is current
    sa.Column("published", UTCDateTime, nullable=False, index=True),
    sa.Column("published_precision", sa.String(8), nullable=False),
    sa.Column("published_kind", sa.String(12), nullable=False),
    sa.Column("updated", UTCDateTime),
    sa.Column("journal_ref", sa.Text),
    sa.Column("doi", sa.Text),
    sa.Column("report_no", sa.Text),
    sa.Column("license", sa.Text),
    sa.Column("submitter", sa.Text),
    sa.Column("withdrawn", sa.Boolean, nullable=False, index=True),
    sa.Column("modified", UTCDateTime),
    sa.Column("record_hash", sa.LargeBinary(32), nullable=False),
    sa.Column("first_seen_at", UTCDateTime, nullable=False),
    sa.Column("last_changed_at", UTCDateTime, nullable=False),
)

# `content_hash` is empty while only the version's date is known; then the text may be filled in.
paper_versions = sa.Table(
    "paper_versions",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("paper_id", sa.ForeignKey("papers.id", ondelete="CASCADE"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("submitted", UTCDateTime),
    sa.Column("title", sa.Text),
    sa.Column("abstract", sa.Text),
    sa.Column("abstract_kind", sa.String(8)),
    sa.Column("authors", sa.JSON(none_as_null=True)),
    sa.Column("categories", sa.JSON(none_as_null=True)),
    sa.Column("comment", sa.Text),
    sa.Column("text_hash", sa.LargeBinary(32)),  # title and abstract: the key of its vector
    sa.Column("content_hash", sa.LargeBinary(32), nullable=False),
    sa.Column("recorded_at", UTCDateTime, nullable=False),
    sa.UniqueConstraint("paper_id", "number", "content_hash"),
)

paper_authors = sa.Table(
    "paper_authors",
    metadata,
    sa.Column("paper_id", sa.ForeignKey("papers.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sqlite_with_rowid=False,
)

paper_categories = sa.Table(
    "paper_categories",
    metadata,
    sa.Column("paper_id", sa.ForeignKey("papers.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("category", sa.Text, nullable=False, index=True),
    sqlite_with_rowid=False,
)

encoders = sa.Table(
    "encoders",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("model", sa.Text, nullable=False),
    sa.Column("revision", sa.Text, nullable=False),
    sa.Column("prompt", sa.Text, nullable=False),
    sa.Column("dimension", sa.Integer, nullable=False),
    sa.Column("dtype", sa.String(8), nullable=False),
    sa.UniqueConstraint("model", "revision", "prompt", "dimension", "dtype"),
)

vectors = sa.Table(
    "vectors",
    metadata,
    sa.Column("encoder_id", sa.ForeignKey("encoders.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("text_hash", sa.LargeBinary(32), primary_key=True),
    sa.Column("vector", sa.LargeBinary, nullable=False),
)

source_runs = sa.Table(
    "source_runs",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("source", sa.String(16), nullable=False),
    sa.Column("target", sa.Text, nullable=False),  # what was asked: the same words resume a run
    # running, complete, incomplete, stopped (by the source; can go on) or failed
    sa.Column("status", sa.String(12), nullable=False),
    sa.Column("checkpoint", sa.JSON(none_as_null=True)),
    sa.Column("counts", sa.JSON(none_as_null=True), nullable=False),
    sa.Column("note", sa.Text),
    sa.Column("started_at", UTCDateTime, nullable=False),
    sa.Column("finished_at", UTCDateTime),
    sa.Index("ix_source_runs_source_target", "source", "target"),
)

source_responses = sa.Table(
    "source_responses",
    metadata,
    sa.Column("run_id", sa.ForeignKey("source_runs.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("sequence", sa.Integer, primary_key=True),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("sha256", sa.LargeBinary(32), nullable=False),
    sa.Column("entries", sa.Integer, nullable=False),
    sa.Column("total", sa.Integer),
    sa.Column("fetched_at", UTCDateTime, nullable=False),
)

# `basis`: what the span counts by: "submitted" (v1, the query API) or "modified" (OAI-PMH).
source_coverage = sa.Table(
    "source_coverage",
    metadata,
    sa.Column("run_id", sa.ForeignKey("source_runs.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("sequence", sa.Integer, primary_key=True),
    sa.Column("part", sa.Text, nullable=False),  # an OAI set; "" for the whole target
    sa.Column("basis", sa.String(12), nullable=False),
    sa.Column("starts_at", UTCDateTime),  # None: from the beginning
    sa.Column("ends_at", UTCDateTime, nullable=False),
    sa.Column("papers", sa.Integer, nullable=False),
    sa.Column("complete", sa.Boolean, nullable=False),
)

source_rejections = sa.Table(
    "source_rejections",
    metadata,
    sa.Column("run_id", sa.ForeignKey("source_runs.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("sequence", sa.Integer, primary_key=True),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("payload", sa.LargeBinary, nullable=False),
    sa.Column("recorded_at", UTCDateTime, nullable=False),
)

source_changes = sa.Table(
    "source_changes",
    metadata,
    sa.Column("run_id", sa.ForeignKey("source_runs.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("sequence", sa.Integer, primary_key=True),
    sa.Column("arxiv_id", sa.Text, nullable=False),
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sqlite_with_rowid=False,
)

tombstones = sa.Table(
    "tombstones",
    metadata,
    sa.Column("arxiv_id", sa.Text, primary_key=True),
    sa.Column("modified", UTCDateTime, nullable=False),  # the day arXiv says so for
    sa.Column("recorded_at", UTCDateTime, nullable=False),
)

# A list is known by the file it came from; importing the file again replaces its entries.
reference_entries = sa.Table(
    "reference_entries",
    metadata,
    sa.Column("list", sa.Text, primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("authors", sa.JSON(none_as_null=True), nullable=False),
    sa.Column("year", sa.Integer),
    sa.Column("arxiv_id", sa.Text, index=True),
    sa.Column("version", sa.Integer),
    sa.Column("doi", sa.Text),
    sa.Column("url", sa.Text),
    sa.Column("raw", sa.Text, nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("explanation", sa.Text, nullable=False),
    sa.Column("paper", sa.Text),  # arXiv id of the paper it was compared with
    sa.Column("suggestion", sa.Text),
    sa.Column("checked_at", UTCDateTime, nullable=False),
)

library_state = sa.Table(
    "library_state",
    metadata,
    sa.Column("key", sa.String(32), primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
)

# PostgreSQL's half of the full text; SQLite's is a virtual table that SQLAlchemy cannot describe.
# Kept out of `metadata`, made by the same migration, see fulltext.py.
papers_fulltext = sa.Table(
    "papers_fulltext",
    sa.MetaData(),
    sa.Column("paper_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("lexemes", sa.Text, nullable=False),  # tsvector; its type takes 20 ms to import
    sa.Column("length", sa.Integer, nullable=False),  # tokens of all columns
    sa.Column("frequencies", sa.JSON, nullable=False),  # by token, weighted by column; jsonb
)

# Knowledge has a time of its own: what was known on a day is what was recorded by then and not yet
# retired. `version_id` is the paper version a claim was read in, where it was.
claims = sa.Table(
    "claims",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("origin", sa.Text, nullable=False, index=True),  # catalogue, extraction, import:FILE
    sa.Column("version_id", sa.ForeignKey("paper_versions.id", ondelete="CASCADE"), index=True),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("field", sa.String(24), nullable=False),
    sa.Column("value", sa.JSON, nullable=False),
    sa.Column("paper", sa.Text),  # arXiv id of the paper that presents the subject
    sa.Column("kind", sa.String(8), nullable=False),  # of the evidence
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("locator", sa.Text, nullable=False),
    sa.Column("char_start", sa.Integer),
    sa.Column("char_end", sa.Integer),
    sa.Column("sentence", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("basis", sa.String(8), nullable=False),
    sa.Column("retrieved_at", UTCDateTime),
    sa.Column("method", sa.String(8), nullable=False),
    sa.Column("confidence", sa.Float, nullable=False),
    sa.Column("tool", sa.Text, nullable=False),
    sa.Column("recorded_at", UTCDateTime, nullable=False),
    sa.Column("retired_at", UTCDateTime),
)

extractions = sa.Table(
    "extractions",
    metadata,
    sa.Column(
        "version_id", sa.ForeignKey("paper_versions.id", ondelete="CASCADE"), primary_key=True
    ),
    sa.Column("extractor", sa.Text, nullable=False),
    sa.Column("outcome", sa.String(8), nullable=False, index=True),
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("names", sa.JSON, nullable=False),
    sa.Column("reasons", sa.JSON, nullable=False),
    sa.Column("read_at", UTCDateTime, nullable=False),
    sqlite_with_rowid=False,
)

editions = sa.Table(
    "editions",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("created_at", UTCDateTime, nullable=False),
    sa.Column("content", sa.Text, nullable=False),  # JSON as it was frozen, to the byte
    sa.Column("sha256", sa.LargeBinary(32), nullable=False),
)

topic_fits = sa.Table(
    "topic_fits",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("encoder_id", sa.ForeignKey("encoders.id"), nullable=False),
    sa.Column("settings", sa.JSON, nullable=False),
    sa.Column("measures", sa.JSON, nullable=False),  # papers, topics, outliers, agreement ...
    sa.Column("fitted_at", UTCDateTime, nullable=False),
)

# `merged_into`: where a topic that died went, by matching or by a person.
topics = sa.Table(
    "topics",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("parent_id", sa.Integer),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("label_zh", sa.Text, nullable=False),
    sa.Column("named_by", sa.Text, nullable=False),  # "" = by its terms; else a person
    sa.Column("terms", sa.JSON, nullable=False),
    sa.Column("representatives", sa.JSON, nullable=False),  # arXiv ids
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("coherence", sa.Float),
    sa.Column("centroid", sa.LargeBinary, nullable=False),  # float32, unit length
    sa.Column("born_fit", sa.ForeignKey("topic_fits.id"), nullable=False),
    sa.Column("died_fit", sa.ForeignKey("topic_fits.id")),
    sa.Column("merged_into", sa.Integer),
)

topic_events = sa.Table(
    "topic_events",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("fit_id", sa.ForeignKey("topic_fits.id"), nullable=False),
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("topic_id", sa.Integer, nullable=False),
    sa.Column("others", sa.JSON, nullable=False),  # ids of the other topics concerned
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("recorded_at", UTCDateTime, nullable=False),
)

paper_topics = sa.Table(
    "paper_topics",
    metadata,
    sa.Column("paper_id", sa.ForeignKey("papers.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("topic_id", sa.ForeignKey("topics.id"), index=True),
    sa.Column("similarity", sa.Float, nullable=False),  # cosine to the nearest centroid
    sa.Column("text_hash", sa.LargeBinary(32), nullable=False),  # of the text that was assigned
    sa.Column("fit_id", sa.ForeignKey("topic_fits.id"), nullable=False),
    sqlite_with_rowid=False,
)

trend_months = sa.Table(
    "trend_months",
    metadata,
    sa.Column("phrase", sa.Text, primary_key=True),
    sa.Column("semantics", sa.String(12), primary_key=True),
    sa.Column("month", UTCDateTime, primary_key=True),
    sa.Column("papers", sa.Integer, nullable=False),
    sa.Column("sha256", sa.LargeBinary(32), nullable=False),  # of the sorted arXiv ids
    sa.Column("frozen_at", UTCDateTime, nullable=False),
)

trend_changes = sa.Table(
    "trend_changes",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("phrase", sa.Text, nullable=False),
    sa.Column("semantics", sa.String(12), nullable=False),
    sa.Column("month", UTCDateTime, nullable=False),
    sa.Column("before", sa.Integer, nullable=False),
    sa.Column("after", sa.Integer, nullable=False),
    sa.Column("cause", sa.Text, nullable=False),
    sa.Column("recorded_at", UTCDateTime, nullable=False),
)

section_assignments = sa.Table(
    "section_assignments",
    metadata,
    sa.Column("paper_id", sa.ForeignKey("papers.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("section", sa.Text, primary_key=True),
    sa.Column("place", sa.Integer, nullable=False),  # 1: the likeliest section
    sa.Column("confidence", sa.Float, nullable=False),
    sa.Column("status", sa.String(8), nullable=False),  # assigned, review, decided, rejected
    sa.Column("classifier", sa.Text, nullable=False),
    sa.Column("assigned_at", UTCDateTime, nullable=False),
)

# `path` is what people call a note, counted from `folder`; `file` is where it is on this machine.
# `linked_state`: what the counter of papers was when its links were found; NULL: they were not yet.
notes = sa.Table(
    "notes",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("path", sa.Text, nullable=False, unique=True),
    sa.Column("folder", sa.Text, nullable=False),
    sa.Column("file", sa.Text, nullable=False, index=True),
    sa.Column("sha256", sa.LargeBinary(32), nullable=False),  # of the file's bytes
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("modified_ns", sa.BigInteger, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("format", sa.String(12), nullable=False),
    sa.Column("encoding", sa.Text, nullable=False),
    sa.Column("language", sa.String(8), nullable=False),
    sa.Column("script", sa.String(12), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("frontmatter", sa.JSON, nullable=False),
    sa.Column("cited", sa.JSON, nullable=False),  # its list of references
    sa.Column("hyperlinks", sa.JSON, nullable=False),
    sa.Column("damages", sa.JSON, nullable=False),
    sa.Column("read_at", UTCDateTime, nullable=False),
    sa.Column("gone_at", UTCDateTime),  # when its file was first missed
    sa.Column("linked_state", sa.BigInteger),
)

note_passages = sa.Table(
    "note_passages",
    metadata,
    sa.Column("note_id", sa.ForeignKey("notes.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("char_start", sa.Integer, nullable=False),
    sa.Column("char_end", sa.Integer, nullable=False),
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("headings", sa.JSON, nullable=False),
    sa.Column("language", sa.String(8), nullable=False),
    sa.Column("script", sa.String(12), nullable=False),
)

note_links = sa.Table(
    "note_links",
    metadata,
    sa.Column("note_id", sa.ForeignKey("notes.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("passage", sa.Integer, nullable=False),
    sa.Column("char_start", sa.Integer, nullable=False),
    sa.Column("char_end", sa.Integer, nullable=False),
    sa.Column("status", sa.String(12), nullable=False),
    sa.Column("method", sa.String(12)),
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("target_kind", sa.String(8), nullable=False),
    sa.Column("target", sa.Text, index=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("candidates", sa.JSON, nullable=False),
    sa.Column("explanation", sa.Text, nullable=False),
)

note_conflicts = sa.Table(
    "note_conflicts",
    metadata,
    sa.Column("note_id", sa.ForeignKey("notes.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("key", sa.Text, nullable=False),  # the same as long as the note says the same
    sa.Column("char_start", sa.Integer, nullable=False),
    sa.Column("char_end", sa.Integer, nullable=False),
    sa.Column("quote", sa.Text, nullable=False),
    sa.Column("model", sa.Text, nullable=False),
    sa.Column("arxiv_id", sa.Text),
    sa.Column("field", sa.Text, nullable=False),
    sa.Column("note_value", sa.Text, nullable=False),
    sa.Column("known_value", sa.Text, nullable=False),
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("explanation", sa.Text, nullable=False),
    sa.Column("sources", sa.JSON, nullable=False),
    sa.Column("found_at", UTCDateTime, nullable=False),
)

# A passage is found again by its words, as its number changes when the note does.
note_decisions = sa.Table(
    "note_decisions",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("note_id", sa.ForeignKey("notes.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("kind", sa.String(12), nullable=False),  # link, none, reset, accepted, dismissed ...
    sa.Column("key", sa.Text, nullable=False),  # of the conflict; "" for a passage
    sa.Column("quote", sa.Text, nullable=False),  # the words of the passage
    sa.Column("headings", sa.JSON, nullable=False),
    sa.Column("targets", sa.JSON, nullable=False),  # arXiv ids of what the passage is about
    sa.Column("decided_by", sa.Text, nullable=False),
    sa.Column("because", sa.Text, nullable=False),
    sa.Column("decided_at", UTCDateTime, nullable=False),
)

# A note by its path, or "import:" and the name of a glossary's file. `counted_with` marks the table
# whose forms were counted in it; empty: not counted yet.
term_sources = sa.Table(
    "term_sources",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("is_note", sa.Boolean, nullable=False),
    sa.Column("sha256", sa.LargeBinary(32), nullable=False),
    sa.Column("miner", sa.Text, nullable=False),
    sa.Column("counted_with", sa.LargeBinary(32), nullable=False),
    sa.Column("read_at", UTCDateTime, nullable=False),
)

term_pairs = sa.Table(
    "term_pairs",
    metadata,
    sa.Column("source", sa.ForeignKey("term_sources.name", ondelete="CASCADE"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("kind", sa.String(8), nullable=False),
    sa.Column("english", sa.Text, nullable=False),
    sa.Column("chinese", sa.Text, nullable=False),
    sa.Column("abbreviation", sa.Text, nullable=False),
    sa.Column("char_start", sa.Integer, nullable=False),
    sa.Column("char_end", sa.Integer, nullable=False),
    sa.Column("meaning", sa.Text, nullable=False),
    sqlite_with_rowid=False,
)

term_uses = sa.Table(
    "term_uses",
    metadata,
    sa.Column("source", sa.ForeignKey("term_sources.name", ondelete="CASCADE"), primary_key=True),
    sa.Column("form", sa.Text, primary_key=True),
    sa.Column("kind", sa.String(12), primary_key=True),
    sa.Column("times", sa.Integer, nullable=False),
    sa.Column("char_start", sa.Integer, nullable=False),
    sa.Column("char_end", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)
