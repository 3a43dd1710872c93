"""Terms as notes and glossaries pair and use them.

Revision 0007, after 0006; 2026-11-20.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from littrack.errors import StoreError
from littrack.store.tables import UTCDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "term_sources",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("is_note", sa.Boolean, nullable=False),
        sa.Column("sha256", sa.LargeBinary(32), nullable=False),
        sa.Column("miner", sa.Text, nullable=False),
        sa.Column("counted_with", sa.LargeBinary(32), nullable=False),
        sa.Column("read_at", UTCDateTime, nullable=False),
    )
    op.create_table(
        "term_pairs",
        sa.Column(
            "source",
            sa.Text,
            sa.ForeignKey("term_sources.name", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("english", sa.Text, nullable=False),
        sa.Column("chinese", sa.Text, nullable=False),
        sa.Column("abbreviation", sa.Text, nullable=False),
        sa.Column("char_start", sa.Integer, nullable=False),
        sa.Column("char_end", sa.Integer, nullable=False),
        sa.Column("meaning", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "term_uses",
        sa.Column(
            "source",
            sa.Text,
            sa.ForeignKey("term_sources.name", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("form", sa.Text, primary_key=True),
        sa.Column("kind", sa.String(12), primary_key=True),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("char_start", sa.Integer, nullable=False),
        sa.Column("char_end", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Notes can be mined again; an imported glossary's file may be gone."""
    conn = op.get_bind()
    sources = sa.table("term_sources", sa.column("is_note", sa.Boolean))
    imported = sa.select(sa.func.count()).select_from(sources).where(~sources.c.is_note)
    rows = conn.scalar(imported)
    if rows:
        raise StoreError(
            f"going back before schema 0007 would delete the terms of {rows} imported files; "
            "nothing was changed"
        )
    for table in ("term_uses", "term_pairs", "term_sources"):
        op.drop_table(table)
