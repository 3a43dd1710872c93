"""Papers and their versions, vectors, the ledger of runs.

Revision 0001, the first; 2026-11-20.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from littrack.errors import StoreError
from littrack.store.tables import UTCDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "papers",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("arxiv_id", sa.Text, nullable=False),
        sa.Column("version", sa.Integer),
        sa.Column("version_id", sa.Integer, nullable=False),
        sa.Column("published", UTCDateTime, nullable=False),
        sa.Column("published_precision", sa.String(8), nullable=False),
        sa.Column("published_kind", sa.String(12), nullable=False),
        sa.Column("updated", UTCDateTime),
        sa.Column("journal_ref", sa.Text),
        sa.Column("doi", sa.Text),
        sa.Column("report_no", sa.Text),
        sa.Column("license", sa.Text),
        sa.Column("submitter", sa.Text),
        sa.Column("withdrawn", sa.Boolean, nullable=False),
        sa.Column("modified", UTCDateTime),
        sa.Column("record_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("first_seen_at", UTCDateTime, nullable=False),
        sa.Column("last_changed_at", UTCDateTime, nullable=False),
        sa.UniqueConstraint("arxiv_id", name="uq_papers_arxiv_id"),
    )
    op.create_index("ix_papers_published", "papers", ["published"])
    op.create_index("ix_papers_withdrawn", "papers", ["withdrawn"])
    op.create_table(
        "paper_versions",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        _paper_id(),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("submitted", UTCDateTime),
        sa.Column("title", sa.Text),
        sa.Column("abstract", sa.Text),
        sa.Column("abstract_kind", sa.String(8)),
        sa.Column("authors", sa.JSON),
        sa.Column("categories", sa.JSON),
        sa.Column("comment", sa.Text),
        sa.Column("text_hash", sa.LargeBinary(32)),
        sa.Column("content_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
        sa.UniqueConstraint("paper_id", "number", "content_hash"),
    )
    op.create_table(
        "paper_authors",
        _paper_id(primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "paper_categories",
        _paper_id(primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("category", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_paper_categories_category", "paper_categories", ["category"])
    _create_vectors()
    _create_ledger()


def _paper_id(primary_key: bool = False) -> sa.Column[int]:
    target = sa.ForeignKey("papers.id", ondelete="CASCADE")
    if primary_key:
        return sa.Column("paper_id", sa.Integer, target, primary_key=True, autoincrement=False)
    return sa.Column("paper_id", sa.Integer, target, nullable=False)


def _create_vectors() -> None:
    op.create_table(
        "encoders",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("revision", sa.Text, nullable=False),
        sa.Column("prompt", sa.Text, nullable=False),
        sa.Column("dimension", sa.Integer, nullable=False),
        sa.Column("dtype", sa.String(8), nullable=False),
        sa.UniqueConstraint("model", "revision", "prompt", "dimension", "dtype"),
    )
    op.create_table(
        "vectors",
        sa.Column(
            "encoder_id",
            sa.Integer,
            sa.ForeignKey("encoders.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("text_hash", sa.LargeBinary(32), primary_key=True),
        sa.Column("vector", sa.LargeBinary, nullable=False),
    )


def _create_ledger() -> None:
    op.create_table(
        "source_runs",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("checkpoint", sa.JSON),
        sa.Column("counts", sa.JSON, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("started_at", UTCDateTime, nullable=False),
        sa.Column("finished_at", UTCDateTime),
    )
    op.create_index("ix_source_runs_source_target", "source_runs", ["source", "target"])
    op.create_table(
        "source_responses",
        sa.Column(
            "run_id",
            sa.Integer,
            sa.ForeignKey("source_runs.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("sha256", sa.LargeBinary(32), nullable=False),
        sa.Column("entries", sa.Integer, nullable=False),
        sa.Column("total", sa.Integer),
        sa.Column("fetched_at", UTCDateTime, nullable=False),
    )
    op.create_table(
        "library_state",
        sa.Column("key", sa.String(32), primary_key=True),
        sa.Column("value", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    papers = op.get_bind().scalar(sa.text("SELECT count(*) FROM papers"))
    if papers:
        raise StoreError(
            f"going back before the first schema would delete {papers} papers; nothing was changed"
        )
    for table in (
        "library_state",
        "source_responses",
        "source_runs",
        "vectors",
        "encoders",
        "paper_categories",
        "paper_authors",
        "paper_versions",
        "papers",
    ):
        op.drop_table(table)
