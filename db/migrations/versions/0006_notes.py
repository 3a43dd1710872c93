"""Notes: what people wrote, what it is about, what contradicts it, and what they decided.

Revision 0006, after 0005; 2026-11-20.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from littrack.errors import StoreError
from littrack.store.tables import UTCDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_notes()
    _create_links()
    _create_conflicts()
    _create_decisions()


def _note_id(*, primary_key: bool = True) -> sa.Column[int]:
    parent = sa.ForeignKey("notes.id", ondelete="CASCADE")
    return sa.Column(
        "note_id",
        sa.Integer,
        parent,
        primary_key=primary_key,
        autoincrement=False,
        nullable=False,
    )


def _create_notes() -> None:
    op.create_table(
        "notes",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("folder", sa.Text, nullable=False),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("sha256", sa.LargeBinary(32), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("modified_ns", sa.BigInteger, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("format", sa.String(12), nullable=False),
        sa.Column("encoding", sa.Text, nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("script", sa.String(12), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("frontmatter", sa.JSON, nullable=False),
        sa.Column("cited", sa.JSON, nullable=False),
        sa.Column("hyperlinks", sa.JSON, nullable=False),
        sa.Column("damages", sa.JSON, nullable=False),
        sa.Column("read_at", UTCDateTime, nullable=False),
        sa.Column("gone_at", UTCDateTime),
        sa.Column("linked_state", sa.BigInteger),
        sa.UniqueConstraint("path"),
    )
    op.create_index("ix_notes_file", "notes", ["file"])
    op.create_table(
        "note_passages",
        _note_id(),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("char_start", sa.Integer, nullable=False),
        sa.Column("char_end", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("headings", sa.JSON, nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("script", sa.String(12), nullable=False),
    )


def _create_links() -> None:
    op.create_table(
        "note_links",
        _note_id(),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("passage", sa.Integer, nullable=False),
        sa.Column("char_start", sa.Integer, nullable=False),
        sa.Column("char_end", sa.Integer, nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("method", sa.String(12)),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("target_kind", sa.String(8), nullable=False),
        sa.Column("target", sa.Text),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("candidates", sa.JSON, nullable=False),
        sa.Column("explanation", sa.Text, nullable=False),
    )
    op.create_index("ix_note_links_target", "note_links", ["target"])


def _create_conflicts() -> None:
    op.create_table(
        "note_conflicts",
        _note_id(),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("key", sa.Text, nullable=False),
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


def _create_decisions() -> None:
    op.create_table(
        "note_decisions",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        _note_id(primary_key=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("quote", sa.Text, nullable=False),
        sa.Column("headings", sa.JSON, nullable=False),
        sa.Column("targets", sa.JSON, nullable=False),
        sa.Column("decided_by", sa.Text, nullable=False),
        sa.Column("because", sa.Text, nullable=False),
        sa.Column("decided_at", UTCDateTime, nullable=False),
    )
    op.create_index("ix_note_decisions_note_id", "note_decisions", ["note_id"])


TABLES = ("note_decisions", "note_conflicts", "note_links", "note_passages", "notes")


def downgrade() -> None:
    conn = op.get_bind()
    for table in TABLES:
        rows = conn.scalar(sa.select(sa.func.count()).select_from(sa.table(table)))
        if rows:
            raise StoreError(
                f"going back before schema 0006 would delete {rows} rows of {table}; nothing was "
                "changed"
            )
    for table in TABLES:
        op.drop_table(table)
