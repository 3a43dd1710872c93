"""Topics, trends and sections.

Revision 0005, after 0004; 2026-11-20.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from littrack.errors import StoreError
from littrack.store.tables import UTCDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_topics()
    _create_trends()


def _create_topics() -> None:
    op.create_table(
        "topic_fits",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("encoder_id", sa.Integer, sa.ForeignKey("encoders.id"), nullable=False),
        sa.Column("settings", sa.JSON, nullable=False),
        sa.Column("measures", sa.JSON, nullable=False),
        sa.Column("fitted_at", UTCDateTime, nullable=False),
    )
    op.create_table(
        "topics",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("parent_id", sa.Integer),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("label_zh", sa.Text, nullable=False),
        sa.Column("named_by", sa.Text, nullable=False),
        sa.Column("terms", sa.JSON, nullable=False),
        sa.Column("representatives", sa.JSON, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("coherence", sa.Float),
        sa.Column("centroid", sa.LargeBinary, nullable=False),
        sa.Column("born_fit", sa.Integer, sa.ForeignKey("topic_fits.id"), nullable=False),
        sa.Column("died_fit", sa.Integer, sa.ForeignKey("topic_fits.id")),
        sa.Column("merged_into", sa.Integer),
    )
    op.create_table(
        "topic_events",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("fit_id", sa.Integer, sa.ForeignKey("topic_fits.id"), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("topic_id", sa.Integer, nullable=False),
        sa.Column("others", sa.JSON, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
    )
    op.create_table(
        "paper_topics",
        sa.Column(
            "paper_id",
            sa.Integer,
            sa.ForeignKey("papers.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("topic_id", sa.Integer, sa.ForeignKey("topics.id")),
        sa.Column("similarity", sa.Float, nullable=False),
        sa.Column("text_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("fit_id", sa.Integer, sa.ForeignKey("topic_fits.id"), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_paper_topics_topic_id", "paper_topics", ["topic_id"])


def _create_trends() -> None:
    op.create_table(
        "trend_months",
        sa.Column("phrase", sa.Text, primary_key=True),
        sa.Column("semantics", sa.String(12), primary_key=True),
        sa.Column("month", UTCDateTime, primary_key=True),
        sa.Column("papers", sa.Integer, nullable=False),
        sa.Column("sha256", sa.LargeBinary(32), nullable=False),
        sa.Column("frozen_at", UTCDateTime, nullable=False),
    )
    op.create_table(
        "trend_changes",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("phrase", sa.Text, nullable=False),
        sa.Column("semantics", sa.String(12), nullable=False),
        sa.Column("month", UTCDateTime, nullable=False),
        sa.Column("before", sa.Integer, nullable=False),
        sa.Column("after", sa.Integer, nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
    )
    op.create_table(
        "section_assignments",
        sa.Column(
            "paper_id",
            sa.Integer,
            sa.ForeignKey("papers.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("section", sa.Text, primary_key=True),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("status", sa.String(8), nullable=False),
        sa.Column("classifier", sa.Text, nullable=False),
        sa.Column("assigned_at", UTCDateTime, nullable=False),
    )


TABLES = (
    "section_assignments",
    "trend_changes",
    "trend_months",
    "paper_topics",
    "topic_events",
    "topics",
    "topic_fits",
)


def downgrade() -> None:
    conn = op.get_bind()
    for table in TABLES:
        rows = conn.scalar(sa.select(sa.func.count()).select_from(sa.table(table)))
        if rows:
            raise StoreError(
                f"going back before schema 0005 would delete {rows} rows of {table}; nothing was "
                "changed"
            )
    for table in TABLES:
        op.drop_table(table)
