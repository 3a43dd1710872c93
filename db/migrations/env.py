"""Alembic's entry: runs the migrations on the connection that littrack hands over.

There is no alembic.ini: the URL comes from littrack's settings (``littrack db upgrade``).
"""

from __future__ import annotations

from alembic import context

from littrack.store.schema import include_name
from littrack.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_name=include_name,
    render_as_batch=True,  # SQLite cannot alter columns in place
    compare_type=True,
    transactional_ddl=True,  # both databases roll DDL back; littrack begins SQLite's itself
)
with context.begin_transaction():
    context.run_migrations()
