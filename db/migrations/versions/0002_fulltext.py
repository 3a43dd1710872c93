"""Full text: FTS5 in SQLite, tsvector in PostgreSQL; filled from the papers that are there.

Revision 0002, after 0001; 2026-11-20. Derived data: going back and forth loses nothing.
"""

from __future__ import annotations

from alembic import op

from littrack.store.fulltext import FTS5_DDL, FTS5_VOCABULARY_DDL, rebuild_fulltext

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(FTS5_DDL)
        op.execute(FTS5_VOCABULARY_DDL)
    else:
        op.execute(
            "CREATE TABLE papers_fulltext ("
            "paper_id INTEGER PRIMARY KEY REFERENCES papers (id) ON DELETE CASCADE, "
            "lexemes TSVECTOR NOT NULL, length INTEGER NOT NULL, frequencies JSONB NOT NULL)"
        )
        op.execute("CREATE INDEX ix_papers_fulltext_lexemes ON papers_fulltext USING gin (lexemes)")
    rebuild_fulltext(op.get_bind())


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE papers_fts_terms")
        op.execute("DROP TABLE papers_fts")
    else:
        op.execute("DROP TABLE papers_fulltext")
