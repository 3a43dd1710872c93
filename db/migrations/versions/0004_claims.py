"""Claims about models, which paper versions were read for them, and frozen editions.

Revision 0004, after 0003; 2026-11-20.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from littrack.errors import StoreError
from littrack.store.tables import UTCDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_claims()
    op.create_table(
        "extractions",
        sa.Column(
            "version_id",
            sa.Integer,
            sa.ForeignKey("paper_versions.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("extractor", sa.Text, nullable=False),
        sa.Column("outcome", sa.String(8), nullable=False),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("names", sa.JSON, nullable=False),
        sa.Column("reasons", sa.JSON, nullable=False),
        sa.Column("read_at", UTCDateTime, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_extractions_outcome", "extractions", ["outcome"])
    op.create_table(
        "editions",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("created_at", UTCDateTime, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("sha256", sa.LargeBinary(32), nullable=False),
    )


def _create_claims() -> None:
    op.create_table(
        "claims",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("version_id", sa.Integer, sa.ForeignKey("paper_versions.id", ondelete="CASCADE")),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("field", sa.String(24), nullable=False),
        sa.Column("value", sa.JSON, nullable=False),
        sa.Column("paper", sa.Text),
        sa.Column("kind", sa.String(8), nullable=False),
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
    op.create_index("ix_claims_origin", "claims", ["origin"])
    op.create_index("ix_claims_version_id", "claims", ["version_id"])


TABLES = ("editions", "extractions", "claims")


def downgrade() -> None:
    conn = op.get_bind()
    for table in TABLES:
        rows = conn.scalar(sa.select(sa.func.count()).select_from(sa.table(table)))
        if rows:
            raise StoreError(
                f"going back before schema 0004 would delete {rows} rows of {table}; nothing was "
                "changed"
            )
    for table in TABLES:
        op.drop_table(table)
