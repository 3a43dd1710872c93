"""What harvests covered, changed and could not read; tombstones; checked reference lists.

Revision 0003, after 0002; 2026-11-20.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from littrack.errors import StoreError
from littrack.store.tables import UTCDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "source_coverage",
        *_of_run(),
        sa.Column("part", sa.Text, nullable=False),
        sa.Column("basis", sa.String(12), nullable=False),
        sa.Column("starts_at", UTCDateTime),
        sa.Column("ends_at", UTCDateTime, nullable=False),
        sa.Column("papers", sa.Integer, nullable=False),
        sa.Column("complete", sa.Boolean, nullable=False),
    )
    op.create_table(
        "source_rejections",
        *_of_run(),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
    )
    op.create_table(
        "source_changes",
        *_of_run(),
        sa.Column("arxiv_id", sa.Text, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tombstones",
        sa.Column("arxiv_id", sa.Text, primary_key=True),
        sa.Column("modified", UTCDateTime, nullable=False),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
    )
    _create_references()


def _of_run() -> tuple[sa.Column[int], sa.Column[int]]:
    """The key of what belongs to a run: its number, and a number within it."""
    run = sa.ForeignKey("source_runs.id", ondelete="CASCADE")
    return (
        sa.Column("run_id", sa.Integer, run, primary_key=True, autoincrement=False),
        sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
    )


def _create_references() -> None:
    op.create_table(
        "reference_entries",
        sa.Column("list", sa.Text, primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("authors", sa.JSON, nullable=False),
        sa.Column("year", sa.Integer),
        sa.Column("arxiv_id", sa.Text),
        sa.Column("version", sa.Integer),
        sa.Column("doi", sa.Text),
        sa.Column("url", sa.Text),
        sa.Column("raw", sa.Text, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("explanation", sa.Text, nullable=False),
        sa.Column("paper", sa.Text),
        sa.Column("suggestion", sa.Text),
        sa.Column("checked_at", UTCDateTime, nullable=False),
    )
    op.create_index("ix_reference_entries_arxiv_id", "reference_entries", ["arxiv_id"])


TABLES = (
    "reference_entries",
    "tombstones",
    "source_changes",
    "source_rejections",
    "source_coverage",
)


def downgrade() -> None:
    conn = op.get_bind()
    for table in TABLES:
        rows = conn.scalar(sa.select(sa.func.count()).select_from(sa.table(table)))
        if rows:
            raise StoreError(
                f"going back before schema 0003 would delete {rows} rows of {table}; nothing was "
                "changed"
            )
    for table in TABLES:
        op.drop_table(table)
